//! adbrain.
