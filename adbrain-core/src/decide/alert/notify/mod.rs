//! Channels: what alerts tell reaches people.
//!
//! In: the notifications of a look, settings of channels. Out: letters, each kept in the store before it is sent and marked after. Called by
//! the brain and the command line. Never decides what is told, never shows a secret, never reads a clock but the one that it was given.
//!
//! A letter tells what one look has to say of one severity. It goes to every channel that takes that severity; a channel for escalation gets
//! it only where nobody has acknowledged it in time and it is not over. What fails is sent again by a fixed plan ([`RETRIES`]). The letter of
//! a report goes to the channels that its schedule names. Letters are kept for [`KEPT`] after the last try.

#[cfg(feature = "email")]
mod email;
mod enclosed;
mod letter;
mod log;
mod notifier;
mod outbox;
mod prune;
mod settings;
mod slack;
#[cfg(test)]
mod tests;
mod webhook;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::error::Result;

pub(crate) use enclosed::ReportLetter;
pub use enclosed::{Enclosure, ReportNews};
pub(crate) use letter::About;
pub use letter::{Item, Letter};
pub use notifier::{Delivered, Notifier};
pub use outbox::{Acknowledged, Delivery, DeliveryState, KeptLetter, Outbox};
pub use prune::KEPT;
pub use settings::{ChannelEntry, ChannelKind, ChannelReach, Channels};
pub use webhook::Signer;

/// How long after each try the next one comes, in seconds: the plan that Standard Webhooks recommends. The last try is about three days after
/// the first.
pub const RETRIES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// One try to send a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The try, counted from 1.
    pub number: u32,
    /// When it is made.
    pub at: Timestamp,
    /// Whether an earlier try may have arrived, because its answer was lost or its process ended.
    pub may_be_second: bool,
    /// Where it is an escalation: for how long nobody has acknowledged the letter.
    pub escalates_after: Option<SignedDuration>,
}

/// Where letters go.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Sends a letter once; an error says that it has not arrived, or that nobody knows.
    async fn send(&self, letter: &Letter, attempt: Attempt) -> Result<()>;
}
