//! The sandbox platform: a connector over the simulated market. It spends nothing.
