//! What comes in from outside and stays: report rows of ad accounts, analytics rows and orders in the store, as they were known when.
//!
//! In: accounts that are read, rows of files. Out: rows as they were known at a moment. Called by brain and the command line. Never drops
//! a row silently, never keeps half a day, never asks for a day that can change no more.

mod analytics;
mod check;
mod due;
mod facts;
mod pull;
mod shelf;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::model::{Message, MetricsRow};
use crate::platform::{Capabilities, InsightsStep};
use crate::store::Database;

pub use analytics::AnalyticsSource;
pub use due::look_back_days;
pub use facts::{Fact, FactMapping, Facts, read_facts};

use shelf::Shelf;

/// Which days of a source are brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullOrder {
    /// The first day.
    pub first: Date,
    /// The last day, included; days that have not closed yet are not asked for.
    pub last: Date,
    /// Rows by day or by hour.
    pub step: InsightsStep,
    /// The time zone of an account that does not tell its own.
    pub time_zone: TimeZone,
    /// What is done with an amount that cannot be.
    pub jumps: Jumps,
}

impl PullOrder {
    /// Daily rows; jumps are refused.
    pub fn days(first: Date, last: Date, time_zone: TimeZone) -> Self {
        Self { first, last, step: InsightsStep::Day, time_zone, jumps: Jumps::default() }
    }
}

/// What is done with money that jumps by a factor of 100,000 or more, as it does where micros are taken for units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Jumps {
    /// The row is refused by its name, and its day is kept out whole.
    #[default]
    Refuse,
    /// It is taken: a person has looked at it.
    Accept,
}

/// A row that was refused; its day was kept out whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusedRow {
    /// The day.
    #[schemars(with = "String")]
    pub day: Date,
    /// The row: campaign, ad set and ad, or the id of the order.
    pub row: String,
    /// The field: `spend`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// What one source brought.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pulled {
    /// The source: `meta/act_123`.
    pub source: String,
    /// Days that were asked for: those that were missing and those that may still be restated.
    pub asked_days: u64,
    /// Days that were kept, each in one transaction.
    pub kept_days: u64,
    /// Rows that were seen for the first time.
    pub new_rows: u64,
    /// Rows that say something else than before.
    pub restated_rows: u64,
    /// Rows that the source does not have any more.
    pub gone_rows: u64,
    /// Rows that came twice and were taken once.
    pub repeated_rows: u64,
    /// Rows that were refused. Their days are asked for again by the next pull.
    pub refused: Vec<RefusedRow>,
    /// What the source withholds, and why.
    #[serde(default)]
    pub notes: Vec<Message>,
    /// The last day up to which every day is known whole; none where the first one is not.
    #[schemars(with = "Option<String>")]
    pub known_until: Option<Date>,
}

/// A question about what is known of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownQuery {
    /// The source, as [`source_of`] names it.
    pub source: String,
    /// Rows by day or by hour.
    pub step: InsightsStep,
    /// The first day.
    pub first: Date,
    /// The last day, included.
    pub last: Date,
    /// What was known then is answered, whatever has been restated since.
    pub as_of: Timestamp,
}

/// A row as it was known: what it says, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Known<T> {
    /// The day of the account.
    #[schemars(with = "String")]
    pub day: Date,
    /// Whether the whole day is known: it had closed when the source was asked.
    pub is_closed: bool,
    /// Since when the source has said so.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// The row.
    pub row: T,
}

/// The one place where rows from outside enter the store, and from which they are read.
///
/// ```
/// use std::sync::Arc;
/// use adbrain_core::clock::ManualClock;
/// use adbrain_core::measure::{FactMapping, Ingestion, Jumps, KnownQuery, read_facts};
/// use adbrain_core::platform::InsightsStep;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let folder = tempfile::tempdir().unwrap();
/// let store = adbrain_core::store::open(&folder.path().join("brain.db")).await?;
/// let clock = ManualClock::at("2027-01-06T12:00:00Z".parse().unwrap());
/// let ingestion = Ingestion::new(store, Arc::new(clock));
/// let mapping = FactMapping::from_json(r#"{"source": "orders/shop", "id": ["order"], "day": "date", "time_zone": "UTC",
///     "currency": "BRL", "amounts": ["total"]}"#)?;
/// let file = read_facts(b"order,date,total\n1,2027-01-05,40.00\n", &mapping)?;
/// assert_eq!(ingestion.add(&mapping, &file.facts, Jumps::Refuse).await?.new_rows, 1);
/// assert_eq!(ingestion.add(&mapping, &file.facts, Jumps::Refuse).await?.new_rows, 0);
/// let day = file.facts[0].day;
/// let as_of = "2027-01-06T12:00:00Z".parse().unwrap();
/// let question = KnownQuery { source: "orders/shop".into(), step: InsightsStep::Day, first: day, last: day, as_of };
/// assert!(ingestion.facts(&question).await?[0].is_closed);
/// # Ok::<(), adbrain_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Ingestion {
    shelf: Shelf,
    clock: Arc<dyn Clock>,
}

impl Ingestion {
    /// Opens the store's rows from outside. The clock says which days have closed, and since when a row is known.
    pub fn new(database: Arc<dyn Database>, clock: Arc<dyn Clock>) -> Self {
        Self { shelf: Shelf::new(database), clock }
    }

    /// The report rows of an account as they were known, by day, campaign, ad set, ad and hour.
    ///
    /// # Errors
    /// Those of the database; [`crate::ErrorKind::Corrupt`] for rows that cannot be read.
    pub async fn rows(&self, question: &KnownQuery) -> Result<Vec<Known<MetricsRow>>> {
        let mut rows: Vec<Known<MetricsRow>> = self.shelf.known(question).await?;
        for known in &mut rows {
            known.row.as_of = known.as_of;
        }
        Ok(rows)
    }

    /// The analytics rows or orders of a source as they were known, by day and id.
    ///
    /// # Errors
    /// As [`Ingestion::rows`].
    pub async fn facts(&self, question: &KnownQuery) -> Result<Vec<Known<Fact>>> {
        self.shelf.known(question).await
    }

    /// Since when each day of a source is known whole; days that are not are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn known_days(
        &self,
        source: &str,
        step: InsightsStep,
        [first, last]: [Date; 2],
    ) -> Result<Vec<(Date, Timestamp)>> {
        let days = self.shelf.days((source, step), [first, last]).await?;
        Ok(days.into_iter().filter_map(|(day, state)| Some((day, state.known_at?))).collect())
    }
}

/// The name of an account as a source of rows: `meta/act_123`.
pub fn source_of(account: &Capabilities) -> String {
    format!("{}/{}", account.platform, account.account)
}

/// The time zone whose days an account's reports have, or another one where it tells none.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a name that is not known.
pub fn zone_of(account: &Capabilities, otherwise: &TimeZone) -> Result<TimeZone> {
    let Some(name) = &account.time_zone else { return Ok(otherwise.clone()) };
    TimeZone::get(name).map_err(|_| {
        Error::invalid("time_zone", format!("the account on {} has the unknown time zone {name:?}", account.platform))
            .next("give an IANA name such as America/Sao_Paulo")
    })
}

#[cfg(test)]
mod tests;
