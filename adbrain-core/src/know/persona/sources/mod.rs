//! Files of analytics, social insights and shops become profiles.

mod orders;
mod segments;
mod time;

use jiff::tz::TimeZone;

pub use orders::import_orders;
pub use segments::import_segments;

use super::profile::Profile;
use crate::model::{ContentHash, Currency, RowProblem};

/// What a file cannot say itself.
///
/// ```
/// use adbrain_core::persona::ImportOptions;
/// let options = ImportOptions::new("BRL".parse()?, "America/Sao_Paulo")?;
/// assert!(ImportOptions::new("BRL".parse()?, "Mars/Olympus").is_err());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImportOptions {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The time zone of the account: hours are told in it.
    pub time_zone: TimeZone,
}

impl ImportOptions {
    /// Takes a currency and the name of a time zone, `America/Sao_Paulo`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for an unknown time zone.
    pub fn new(currency: Currency, time_zone: &str) -> crate::Result<Self> {
        let time_zone = TimeZone::get(time_zone).map_err(|_| {
            crate::Error::invalid("time_zone", format!("{time_zone:?} is not a known time zone"))
                .next("give a name such as America/Sao_Paulo")
        })?;
        Ok(Self { currency, time_zone })
    }
}

/// The profiles of one file with what was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The SHA-256 of the file.
    pub hash: ContentHash,
    /// The profiles, in the order of the file; customers in the order of their names.
    pub profiles: Vec<Profile>,
    /// The rows that were not taken, with line and column.
    pub problems: Vec<RowProblem>,
    /// The columns that mean nothing here, by their headers.
    pub unused: Vec<String>,
}
