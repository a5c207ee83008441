//! Tests that may be looked at while they run: group sequential designs, confidence sequences, the mixture likelihood ratio.
//!
//! In: information fractions, z values, effects with variances. Out: bounds, intervals and estimates that hold at every look.
//! Called by `experiment`. Never decides what to do with a test that has stopped.
//!
//! Which one: with an end date, a group sequential design (near the power of a single look); without one, a confidence sequence
//! (may be looked at for ever, and pays for it in power).

mod confidence;
mod design;
mod estimate;
mod exits;
mod futility;
mod msprt;
mod running;
mod spending;
mod walk;

#[cfg(test)]
mod simulation;

pub use confidence::{AlwaysValid, ConfidenceSequence};
pub use design::{Bounds, Design, Look, Sides};
pub use estimate::{AfterStopping, Inference, Stop, repeated_interval};
pub use exits::Exits;
pub use futility::{Binding, Futility};
pub use msprt::{Mixture, MixtureLook};
pub use running::{Running, running_intervals, running_p_values};
pub use spending::Spending;
