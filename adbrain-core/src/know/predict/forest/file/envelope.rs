//! What is around every model file: what it is, how long, and a checksum over all of it.

use sha2::{Digest, Sha256};

use super::bytes::{Reader, Writer, corrupt};
use crate::error::{Error, ErrorKind, Result};

/// A kind of file.
pub(in crate::know::predict) struct Kind {
    /// Its first bytes.
    magic: &'static [u8; 8],
    /// The version of the format that is written; others are not read.
    pub(super) version: u32,
}

/// A forest.
pub(in crate::know::predict) const FOREST: Kind = Kind { magic: b"ADBRAINF", version: 1 };
/// A forecaster of a rate.
pub(in crate::know::predict) const RATE: Kind = Kind { magic: b"ADBRAINR", version: 1 };

/// The bytes of a SHA-256.
pub(super) const HASH: usize = 32;
/// Magic, version, schema hash and length.
pub(super) const HEAD: usize = 8 + 4 + HASH + 8;

/// A body with its head, the hash of its schema and a checksum.
pub(in crate::know::predict) fn closed(kind: &Kind, schema: &[u8], body: &[u8]) -> Vec<u8> {
    let mut file = Writer::default();
    file.raw(kind.magic);
    file.word(kind.version);
    file.raw(&hash(schema));
    file.long(body.len() as u64);
    file.raw(body);
    let sum = hash(&file.bytes);
    file.raw(&sum);
    file.bytes
}

/// The schema hash and the body of a file that is whole.
pub(in crate::know::predict) fn opened<'a>(kind: &Kind, bytes: &'a [u8]) -> Result<(&'a [u8], &'a [u8])> {
    let is_ours = bytes.get(..kind.magic.len()).is_some_and(|start| start == kind.magic);
    if !is_ours {
        return Err(corrupt("they do not begin as one"));
    }
    let early = || corrupt("the file ends early");
    let mut head = Reader::new(bytes.get(kind.magic.len()..).unwrap_or_default());
    let version = head.word().map_err(|_| early())?;
    if version != kind.version {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("the model has format {version}, this engine reads {}", kind.version),
        )
        .next("update adbrain, or fit again with this version"));
    }
    let schema_hash = head.raw(HASH).map_err(|_| early())?;
    let length = head.long().map_err(|_| early())?;
    let wanted = usize::try_from(length).ok().and_then(|length| length.checked_add(HEAD + HASH));
    if wanted != Some(bytes.len()) {
        return Err(corrupt(&format!("they are {} bytes, not as many as they say", bytes.len())));
    }
    let (content, sum) = bytes.split_at_checked(bytes.len() - HASH).ok_or_else(early)?;
    if hash(content) != sum {
        return Err(corrupt("the checksum does not match"));
    }
    Ok((schema_hash, content.get(HEAD..).ok_or_else(early)?))
}

pub(in crate::know::predict) fn hash(bytes: &[u8]) -> [u8; HASH] {
    Sha256::digest(bytes).into()
}
