//! What a brain's store knows from outside: accounts and files are brought in, and asked for as they were known.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Brain;
use crate::error::{Error, ErrorKind, Result};
use crate::measure::{
    AnalyticsSource, Fact, FactMapping, Ingestion, Jumps, Known, KnownQuery, PullOrder, Pulled, read_facts,
};
use crate::model::{MetricsRow, Platform, RowProblem};
use crate::platform::{InsightsStep, RemoteOptions};

/// Which days of a brain's accounts, and of properties of analytics, are brought up to date.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PullRequest {
    /// The first day.
    #[schemars(with = "String")]
    pub first: Date,
    /// The last day, included.
    #[schemars(with = "String")]
    pub last: Date,
    /// The IANA name of the time zone of accounts that do not tell theirs; UTC by default.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Properties of Google Analytics that are read after the accounts.
    #[serde(default)]
    pub analytics: Vec<AnalyticsSource>,
    /// What is done with an amount that cannot be.
    #[serde(default)]
    pub jumps: Jumps,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// A file of analytics rows or orders.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactFile {
    /// The text of a CSV file with a header line.
    pub text: String,
    /// What its columns are.
    pub mapping: FactMapping,
    /// What is done with an amount that cannot be.
    #[serde(default)]
    pub jumps: Jumps,
}

/// What a file brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FactsAdded {
    /// Rows and days.
    pub pulled: Pulled,
    /// The rows that could not be read, each with line and column.
    pub problems: Vec<RowProblem>,
}

/// A question about what is known of a source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownRequest {
    /// The source: `meta/act_123`, `orders/shop`.
    pub source: String,
    /// The first day.
    #[schemars(with = "String")]
    pub first: Date,
    /// The last day, included.
    #[schemars(with = "String")]
    pub last: Date,
    /// What was known then; now by default.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Timestamp>,
}

/// What is known of a source: report rows of an account, or analytics rows and orders.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum KnownRows {
    /// Report rows.
    Reports(Vec<Known<MetricsRow>>),
    /// Analytics rows or orders.
    Facts(Vec<Known<Fact>>),
}

impl Brain {
    /// Brings the closed days of every account and property up to date, one after the other: days that are missing, and those that may still
    /// be restated. Nothing is written to them.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is nothing to read; else as [`Ingestion::pull`] and [`Ingestion::pull_analytics`].
    pub async fn pull(&self, request: &PullRequest) -> Result<Vec<Pulled>> {
        if self.parts.connectors.is_empty() && request.analytics.is_empty() {
            return Err(Error::new(
                ErrorKind::NotFound,
                "the brain has no accounts to read, and no analytics are named",
            )
            .next("name them: connectors in Python and Node, the file of `connect` on the command line"));
        }
        let zone = TimeZone::get(&request.time_zone).map_err(|_| {
            Error::invalid("time_zone", format!("unknown time zone {:?}", request.time_zone))
                .next("use an IANA name such as America/Sao_Paulo")
        })?;
        if request.last < request.first {
            return Err(Error::invalid("last", "is before the first day").next("give a day on or after the first"));
        }
        let order = PullOrder { jumps: request.jumps, ..PullOrder::days(request.first, request.last, zone) };
        let mut pulled = Vec::new();
        for connector in self.parts.connectors.values() {
            pulled.push(self.ingestion().pull(connector.as_ref(), &order).await?);
        }
        for source in &request.analytics {
            pulled.push(self.ingestion().pull_analytics(source, &RemoteOptions::default(), &order).await?);
        }
        Ok(pulled)
    }

    /// Brings the rows of a file into the store: analytics rows or orders.
    ///
    /// # Errors
    /// As [`read_facts`] and [`Ingestion::add`].
    pub async fn add_facts(&self, file: &FactFile) -> Result<FactsAdded> {
        let read = read_facts(file.text.as_bytes(), &file.mapping)?;
        let pulled = self.ingestion().add(&file.mapping, &read.facts, file.jumps).await?;
        Ok(FactsAdded { pulled, problems: read.problems })
    }

    /// What was known of a source at a moment, by day.
    ///
    /// # Errors
    /// As [`Ingestion::rows`].
    pub async fn known(&self, request: &KnownRequest) -> Result<KnownRows> {
        let question = KnownQuery {
            source: request.source.clone(),
            step: InsightsStep::Day,
            first: request.first,
            last: request.last,
            as_of: request.as_of.unwrap_or_else(|| self.parts.clock.now()),
        };
        let kind = request.source.split('/').next().unwrap_or_default();
        if kind.parse::<Platform>().is_ok() {
            return self.ingestion().rows(&question).await.map(KnownRows::Reports);
        }
        self.ingestion().facts(&question).await.map(KnownRows::Facts)
    }

    fn ingestion(&self) -> Ingestion {
        Ingestion::new(self.parts.database.clone(), self.parts.clock.clone())
    }
}
