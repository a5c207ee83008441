//! What is done to a picture or film so that it fits a placement.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One step of a transform; steps are taken in their order, each on what the one before it left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "step", deny_unknown_fields)]
#[non_exhaustive]
pub enum TransformStep {
    /// Keeps a part of the picture; pixels from its top left corner.
    Crop {
        /// Pixels left of it.
        x: u32,
        /// Pixels above it.
        y: u32,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Makes the whole picture smaller.
    Scale {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Lays the picture on a larger black one.
    Pad {
        /// Pixels across of the larger one.
        width: u32,
        /// Pixels down of the larger one.
        height: u32,
        /// Pixels left of the picture.
        x: u32,
        /// Pixels above the picture.
        y: u32,
    },
    /// Keeps a piece of a film.
    Trim {
        /// Its first millisecond.
        start_ms: u64,
        /// Its length in milliseconds.
        length_ms: u64,
    },
    /// Writes the file in another format, or anew in its own.
    Encode {
        /// The format: `jpeg`, `png`, `mp4`.
        format: String,
    },
}
