//! The key to a write.

use crate::model::{ContentHash, Tag};

/// Allows one write. Only `control` can make one, after the policy has said yes and the intent is on disk.
///
/// ```compile_fail
/// // There is no public way to make one.
/// use adbrain_core::model::{ContentHash, Tag};
/// let permit = adbrain_core::platform::Permit { entry: ContentHash::of(b"plan"), target: Tag::new("ad") };
/// ```
#[derive(Debug)]
pub struct Permit {
    entry: ContentHash,
    target: Tag,
}

impl Permit {
    /// Issues a permit for one journal entry. Called in `control` alone; a test holds that.
    pub(crate) fn issue(entry: ContentHash, target: Tag) -> Self {
        Self { entry, target }
    }

    /// The hash of the journal entry that holds the intent.
    pub fn entry(&self) -> &ContentHash {
        &self.entry
    }

    /// The object that may be written.
    pub fn target(&self) -> &Tag {
        &self.target
    }
}
