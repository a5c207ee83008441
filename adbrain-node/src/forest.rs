//! Forests that have learnt. Columns come as typed arrays of doubles or lists of names; long results go out as typed arrays.

use adbrain_core::predict::forest::{Band, Column, Data, ImportanceSettings, Model, ModelSettings, Table};
use adbrain_core::{Error, ErrorKind, Result};
use napi::bindgen_prelude::{Buffer, Either, Float64Array};
use napi_derive::napi;
use serde::Deserialize;
use serde_json::json;

use crate::errors::{guard, read, write};

/// A column: numbers, or names of levels.
type Cells = Either<Float64Array, Vec<Option<String>>>;

/// A forest with its card.
#[napi]
pub struct NativeForest {
    model: Model,
}

/// How a forest is fitted, as JSON text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    settings: ModelSettings,
    target: String,
    window: Option<serde_json::Value>,
}

#[napi]
impl NativeForest {
    /// Grows a forest.
    #[napi(factory)]
    pub fn fit(
        names: Vec<String>,
        columns: Vec<Cells>,
        targets: Float64Array,
        weights: Option<Float64Array>,
        options: String,
    ) -> napi::Result<Self> {
        guard(|| {
            let table = table(&names, &columns)?;
            let Options { settings, target, window } = read("options", &options)?;
            let window = window.map(|window| read("window", &window.to_string())).transpose()?;
            let data = Data { table: &table, targets: &targets, weights: weights.as_deref(), target: &target, window };
            Ok(Self { model: Model::fit(&data, &settings)? })
        })
    }

    /// A model from the bytes of a file.
    #[napi(factory)]
    pub fn from_bytes(bytes: Buffer, threads: u32) -> napi::Result<Self> {
        guard(|| Ok(Self { model: Model::from_bytes(&bytes)?.with_threads(threads as usize)? }))
    }

    /// The model as the bytes of a file.
    #[napi]
    pub fn to_bytes(&self) -> Buffer {
        self.model.to_bytes().into()
    }

    /// The model as JSON for reading.
    #[napi]
    pub fn to_json(&self) -> napi::Result<String> {
        guard(|| self.model.to_json())
    }

    /// What the model says about itself, as JSON text.
    #[napi]
    pub fn card(&self) -> napi::Result<String> {
        guard(|| write(self.model.card()))
    }

    /// How the forest was grown, as JSON text.
    #[napi]
    pub fn settings(&self) -> napi::Result<String> {
        guard(|| write(self.model.forest().settings()))
    }

    /// The mean of each row.
    #[napi]
    pub fn predict(&self, names: Vec<String>, columns: Vec<Cells>) -> napi::Result<Float64Array> {
        guard(|| Ok(self.model.forest().predict(&table(&names, &columns)?)?.into()))
    }

    /// Three columns: the medians, the lower ends and the upper ends of the intervals.
    #[napi]
    pub fn intervals(&self, names: Vec<String>, columns: Vec<Cells>, level: f64) -> napi::Result<Vec<Float64Array>> {
        guard(|| {
            let bands = self.model.intervals(&table(&names, &columns)?, level)?;
            let column = |read: fn(&Band) -> f64| bands.iter().map(read).collect::<Vec<_>>().into();
            Ok(vec![column(|band| band.median), column(|band| band.low), column(|band| band.high)])
        })
    }

    /// The quantiles, a column for each share.
    #[napi]
    pub fn quantiles(
        &self,
        names: Vec<String>,
        columns: Vec<Cells>,
        shares: Vec<f64>,
    ) -> napi::Result<Vec<Float64Array>> {
        guard(|| {
            let rows = self.model.forest().quantiles(&table(&names, &columns)?, &shares)?;
            let column = |at: usize| rows.iter().filter_map(|row| row.get(at).copied()).collect::<Vec<_>>().into();
            Ok((0..shares.len()).map(column).collect())
        })
    }

    /// What is expected where nothing is known, and then for each row what each column adds to it.
    #[napi]
    pub fn explain(&self, names: Vec<String>, columns: Vec<Cells>) -> napi::Result<Vec<Float64Array>> {
        guard(|| {
            let whys = self.model.forest().explain(&table(&names, &columns)?)?;
            let expected = whys.first().map_or(f64::NAN, |why| why.expected);
            let rows = whys.into_iter().map(|why| why.contributions.into());
            Ok(std::iter::once(vec![expected].into()).chain(rows).collect())
        })
    }

    /// The columns by what shuffling them costs, as JSON text.
    #[napi]
    pub fn importances(&self, repeats: u32, seed: u32) -> napi::Result<String> {
        guard(|| {
            let settings = ImportanceSettings { repeats: u64::from(repeats), seed: u64::from(seed) };
            let found = self.model.forest().importances(&settings)?.into_iter().map(|one| {
                json!({"column": one.column, "increase": one.increase, "share_of_variance": one.share_of_variance,
                    "spread": one.spread})
            });
            write(&found.collect::<Vec<_>>())
        })
    }

    /// The past rows most like each row, as JSON text.
    #[napi]
    pub fn nearest(&self, names: Vec<String>, columns: Vec<Cells>, count: u32) -> napi::Result<String> {
        guard(|| {
            let found = self.model.nearest(&table(&names, &columns)?, count as usize)?;
            let alike = |past: &adbrain_core::predict::forest::Neighbour| json!({"row": past.row, "proximity": past.proximity, "target": past.target});
            write(&found.iter().map(|row| row.iter().map(alike).collect()).collect::<Vec<Vec<_>>>())
        })
    }
}

fn table(names: &[String], columns: &[Cells]) -> Result<Table> {
    if names.len() != columns.len() {
        return Err(Error::new(ErrorKind::Internal, "the columns do not have a name each"));
    }
    let column = |(name, values): (&String, &Cells)| match values {
        Either::A(numbers) => Column::numbers(name, numbers.to_vec()),
        Either::B(names) => Column::categories(name, names.iter().map(|name| name.as_deref().unwrap_or_default())),
    };
    Table::new(names.iter().zip(columns).map(column).collect())
}
