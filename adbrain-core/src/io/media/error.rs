//! What can go wrong with a media file.

use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind, Source};

/// The errors of this folder; they become the public error together with the file's name.
#[derive(Debug, thiserror::Error)]
pub(super) enum MediaError {
    #[error("there is no such file")]
    NotThere,
    #[error("is not a file")]
    NotAFile,
    #[error("is empty or is not an image or video that can be read")]
    NotMedia,
    #[error("is {bytes} bytes long, the greatest size is {limit}")]
    TooLarge { bytes: u64, limit: u64 },
    #[error("cannot be read or copied")]
    Unreadable { cause: io::Error },
    #[error("no file is kept under this hash")]
    NotKept,
    #[error("the kept bytes do not match their hash")]
    Changed,
    #[cfg(feature = "renditions")]
    #[error("cannot be made into another: {what}")]
    NotRendered { what: String },
    #[cfg(not(feature = "renditions"))]
    #[error("cannot be made into another in this build")]
    NoRenditions,
}

impl From<io::Error> for MediaError {
    fn from(cause: io::Error) -> Self {
        if cause.kind() == io::ErrorKind::NotFound { Self::NotThere } else { Self::Unreadable { cause } }
    }
}

impl MediaError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotThere | Self::NotKept => ErrorKind::NotFound,
            Self::NotAFile | Self::NotMedia | Self::TooLarge { .. } => ErrorKind::InvalidInput,
            Self::Unreadable { .. } => ErrorKind::Unavailable,
            Self::Changed => ErrorKind::Corrupt,
            #[cfg(feature = "renditions")]
            Self::NotRendered { .. } => ErrorKind::InvalidInput,
            #[cfg(not(feature = "renditions"))]
            Self::NoRenditions => ErrorKind::Unsupported,
        }
    }

    fn next(&self) -> &'static str {
        match self {
            Self::NotThere => "check the path; it starts at the folder of the brief",
            Self::NotAFile | Self::NotMedia => "give a PNG, JPEG, GIF, WebP, MP4 or MOV file",
            Self::TooLarge { .. } => "make the file smaller",
            Self::Unreadable { .. } => "check the rights and the free space of the disk",
            #[cfg(feature = "renditions")]
            Self::NotRendered { .. } => "give an upright PNG or JPEG file that is whole",
            #[cfg(not(feature = "renditions"))]
            Self::NoRenditions => "build adbrain with the feature renditions",
            Self::NotKept | Self::Changed => "run again with the original file in place",
        }
    }

    /// The public error about one file.
    pub(super) fn about(self, subject: &str) -> Error {
        let error = Error::new(self.kind(), format!("media file: {self}")).with("file", subject).next(self.next());
        match self {
            Self::Unreadable { cause } => error.caused_by(Box::new(cause) as Source),
            _ => error,
        }
    }

    /// The public error about the folder in which files are kept.
    pub(super) fn folder(folder: &Path, cause: io::Error) -> Error {
        Error::new(ErrorKind::Unavailable, "the folder for media files cannot be made")
            .with("folder", folder.display())
            .next("give a folder that can be written")
            .caused_by(Box::new(cause) as Source)
    }
}
