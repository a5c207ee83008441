//! The end of a journal, signed (Ed25519, RFC 8032): whoever has the public key can check later, without a network, that the journal was not
//! cut off or rewritten, and that nobody but the key's holder says so.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::audit::{Head, Verification, head, verify_to};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;
use crate::model::{ContentHash, canonical_json};
use crate::store::Database;

/// Bytes of a key.
const KEY_LENGTH: usize = 32;
/// Bytes of a signature.
const SIGNATURE_LENGTH: usize = 64;

/// Where a journal ended at a moment, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// How many entries there were.
    pub entries: u64,
    /// The hash of the newest one.
    pub head: ContentHash,
    /// When it was signed.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The public key of the signer, 64 hexadecimal digits.
    pub public_key: String,
    /// The signature over entries, head and moment as canonical JSON, 128 hexadecimal digits.
    pub signature: String,
}

/// What is signed.
#[derive(Serialize)]
struct Signed<'a> {
    entries: u64,
    head: &'a ContentHash,
    at: Timestamp,
}

/// Makes a new signing key from the machine's random numbers: 64 hexadecimal digits, to be kept outside the store.
///
/// # Errors
/// [`ErrorKind::Unavailable`] where the machine gives no random numbers.
pub fn new_signing_key() -> Result<Secret> {
    let mut bytes = [0; KEY_LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::new(ErrorKind::Unavailable, format!("the machine gives no random numbers: {error}"))
            .next("make the key on another machine")
    })?;
    Ok(Secret::new(hex::encode(bytes)))
}

/// The public key that belongs to a signing key, 64 hexadecimal digits.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a text that is no key; it is not shown.
pub fn public_key(key: &Secret) -> Result<String> {
    Ok(hex::encode(signing_key(key)?.verifying_key().as_bytes()))
}

/// Signs where a journal ends.
///
/// ```
/// use adbrain_core::control::{Head, new_signing_key, public_key, sign_head};
/// use adbrain_core::model::ContentHash;
/// let key = new_signing_key()?;
/// let head = Head { entries: 207, head: ContentHash::of(b"the newest entry") };
/// let signed = sign_head(&head, &key, "2027-01-31T12:00:00Z".parse().unwrap())?;
/// signed.check(&public_key(&key)?)?;
/// assert!(signed.check(&public_key(&new_signing_key()?)?).is_err());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a text that is no key.
pub fn sign_head(head: &Head, key: &Secret, at: Timestamp) -> Result<SignedHead> {
    let key = signing_key(key)?;
    let bytes = canonical_json(&Signed { entries: head.entries, head: &head.head, at })?;
    Ok(SignedHead {
        entries: head.entries,
        head: head.head.clone(),
        at,
        public_key: hex::encode(key.verifying_key().as_bytes()),
        signature: hex::encode(key.sign(&bytes).to_bytes()),
    })
}

/// Signs where the journal of a database ends now; nothing is checked.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a text that is no key; any error of the database.
pub async fn sign_journal(database: &dyn Database, key: &Secret, at: Timestamp) -> Result<SignedHead> {
    sign_head(&head(database).await?, key, at)
}

impl SignedHead {
    /// Checks that the holder of a key has signed exactly this. The key comes from somewhere else than the signed head itself.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a text that is no key, [`ErrorKind::Corrupt`] for another signer, or for anything that was changed since.
    pub fn check(&self, public_key: &str) -> Result<()> {
        let key = bytes::<KEY_LENGTH>("public_key", public_key)?;
        let no_key = |_| Error::invalid("public_key", "is no key").next("take what `adbrain audit key` printed");
        let key = VerifyingKey::from_bytes(&key).map_err(no_key)?;
        let signature = Signature::from_bytes(&bytes::<SIGNATURE_LENGTH>("signature", &self.signature)?);
        let signed = canonical_json(&Signed { entries: self.entries, head: &self.head, at: self.at })?;
        key.verify_strict(&signed, &signature).map_err(|_| {
            Error::new(ErrorKind::Corrupt, "the signature does not belong to this head and this key")
                .next("take the signed head as it was written, and the public key of who signed it")
        })
    }
}

/// Checks a signed head, then walks the journal and checks that it still holds the entry with which it ended then, at its place.
///
/// # Errors
/// As [`SignedHead::check`] and [`super::verify`].
pub async fn verify_signed(database: &dyn Database, signed: &SignedHead, public_key: &str) -> Result<Verification> {
    signed.check(public_key)?;
    verify_to(database, &signed.head).await
}

fn signing_key(key: &Secret) -> Result<SigningKey> {
    Ok(SigningKey::from_bytes(&bytes::<KEY_LENGTH>("key", key.expose().trim())?))
}

/// Hexadecimal digits as bytes; the digits are not shown.
fn bytes<const LENGTH: usize>(field: &str, digits: &str) -> Result<[u8; LENGTH]> {
    let decoded = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok());
    decoded.ok_or_else(|| {
        Error::invalid(field, format!("is not {} hexadecimal digits", 2 * LENGTH)).next("give it as it was printed")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> (SignedHead, String) {
        // RFC 8032, section 7.1, test 1.
        let key = Secret::new("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let head = Head { entries: 3, head: ContentHash::of(b"third") };
        (sign_head(&head, &key, Timestamp::UNIX_EPOCH).unwrap(), public_key(&key).unwrap())
    }

    #[test]
    fn the_public_key_is_that_of_the_standard_and_the_signature_is_always_the_same() {
        let (head, key) = signed();
        assert_eq!(key, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert_eq!(head, signed().0);
        head.check(&key).unwrap();
    }

    #[test]
    fn anything_that_was_changed_is_found_and_no_error_shows_a_key() {
        let (head, key) = signed();
        let faults: [fn(&mut SignedHead); 4] = [
            |head| head.entries += 1,
            |head| head.head = ContentHash::of(b"other"),
            |head| head.at = Timestamp::MAX,
            |head| head.signature = "00".repeat(64),
        ];
        for fault in faults {
            let mut other = head.clone();
            fault(&mut other);
            assert_eq!(other.check(&key).unwrap_err().kind(), ErrorKind::Corrupt);
        }
        let stranger = public_key(&new_signing_key().unwrap()).unwrap();
        assert_eq!(head.check(&stranger).unwrap_err().kind(), ErrorKind::Corrupt);
        let error = sign_head(&Head { entries: 0, head: head.head }, &Secret::new("canary"), head.at).unwrap_err();
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}
