//! One row of a history file: text becomes values or one problem.

use super::cells::{Cells, Columns, Parsed, ages, date, gender, label, name};
use super::mapping::{HistoryMapping, PlatformColumn};
use super::number;
use crate::model::{Currency, HistoryRow, MICROS_PER_UNIT, Metrics, Money, Platform, RowProblem};

/// Reads rows through a mapping.
pub(super) struct RowReader<'a> {
    mapping: &'a HistoryMapping,
    columns: Columns,
    currency: Currency,
}

impl<'a> RowReader<'a> {
    /// A reader for files with these headers.
    pub(super) fn new(mapping: &'a HistoryMapping, headers: &[String], currency: Currency) -> Self {
        Self { mapping, columns: Columns::new(headers), currency }
    }

    /// Reads one row; the first problem is told.
    pub(super) fn read(&self, line: u64, cells: &[String]) -> Result<HistoryRow, RowProblem> {
        let row = Row { reader: self, cells: Cells { columns: &self.columns, line, texts: cells } };
        let mapping = self.mapping;
        Ok(HistoryRow {
            line,
            platform: row.platform()?,
            campaign: row.cells.take(&mapping.campaign, name)?,
            ad: row.cells.take(&mapping.ad, name)?,
            date: row.cells.optional(mapping.date.as_deref(), date)?,
            ages: row.cells.optional(mapping.ages.as_deref(), ages)?,
            gender: row.cells.optional(mapping.gender.as_deref(), gender)?,
            interest: row.cells.optional(mapping.interest.as_deref(), label)?,
            creative_type: row.cells.optional(mapping.creative_type.as_deref(), label)?,
            copy_style: row.cells.optional(mapping.copy_style.as_deref(), label)?,
            metrics: row.metrics()?,
        })
    }
}

struct Row<'a> {
    reader: &'a RowReader<'a>,
    cells: Cells<'a>,
}

impl Row<'_> {
    fn platform(&self) -> Result<Platform, RowProblem> {
        match &self.reader.mapping.platform {
            PlatformColumn::Constant(platform) => Ok(*platform),
            PlatformColumn::Column(column) => self.cells.take(column, platform),
        }
    }

    fn metrics(&self) -> Result<Metrics, RowProblem> {
        let mapping = self.reader.mapping;
        let impressions = self.cells.take(&mapping.impressions, number::count)?;
        let clicks = self.cells.take(&mapping.clicks, number::count)?;
        if clicks > impressions {
            return Err(self
                .cells
                .problem(&mapping.clicks, format!("{clicks} clicks are more than {impressions} impressions")));
        }
        let conversions = self.cells.take(&mapping.conversions, number::count)?;
        let money = |micros| Money::from_micros(micros, self.reader.currency);
        let spend = money(self.cells.take(&mapping.spend, number::amount)?);
        Ok(Metrics { impressions, clicks, conversions, spend, revenue: money(self.revenue()?) })
    }

    fn revenue(&self) -> Result<i64, RowProblem> {
        if let Some(column) = &self.reader.mapping.revenue {
            return self.cells.take(column, number::amount);
        }
        let mut micros = 0_i128;
        for event in &self.reader.mapping.revenue_values {
            let count = self.cells.take(&event.column, number::count)?;
            let value = number::amount(&event.value).map_err(|what| self.cells.problem(&event.column, what))?;
            micros += i128::from(count) * i128::from(value);
            if micros > 1_000_000_000_000 * i128::from(MICROS_PER_UNIT) {
                return Err(self.cells.problem(&event.column, "makes an absurdly large revenue"));
            }
        }
        i64::try_from(micros).map_err(|_| self.cells.problem("revenue", "is absurdly large"))
    }
}

fn platform(text: &str) -> Parsed<Platform> {
    text.trim().to_lowercase().parse().map_err(|_| {
        let known: Vec<_> = Platform::ALL.iter().map(|platform| platform.as_str()).collect();
        format!("is not a known platform ({})", known.join(", "))
    })
}
