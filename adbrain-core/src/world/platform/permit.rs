//! The key to a write.

use super::{AudienceFill, Upload};
use crate::error::{Error, ErrorKind, Result};
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

    /// Refuses every target but its own; every connector asks it before a write.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] for another target and for an object without a tag.
    pub fn check(&self, target: Option<&Tag>) -> Result<()> {
        if target == Some(&self.target) {
            return Ok(());
        }
        let target = target.map_or("an object without a tag", Tag::as_str);
        let refused = format!("a permit for {} does not allow a write to {target}", self.target);
        Err(Error::new(ErrorKind::Refused, refused).next("write through `Control`, which permits each target"))
    }

    /// Refuses every file but its own, and bytes that are not those of the file's hash. A file has no tag: the permit is for its hash.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] for another file, [`ErrorKind::InvalidInput`] for other bytes.
    pub fn check_upload(&self, upload: &Upload) -> Result<()> {
        self.check(Some(&Tag::new(upload.hash.as_str())))?;
        if ContentHash::of(&upload.bytes) == upload.hash {
            return Ok(());
        }
        Err(Error::invalid("upload.hash", "the bytes have another hash").next("give the `ContentHash` of these bytes"))
    }

    /// Refuses every custom audience but its own.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] for another one.
    pub fn check_fill(&self, fill: &AudienceFill) -> Result<()> {
        self.check(Some(&fill.tag()))
    }

    /// The object that may be written.
    pub fn target(&self) -> &Tag {
        &self.target
    }
}
