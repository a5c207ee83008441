//! Functions that need no brain.

use std::path::Path;

use adbrain_core::http::Secret;
use adbrain_core::measure::{self, HistoryMapping};
use adbrain_core::model::{ContentHash, Currency};
use adbrain_core::store::Place;
use adbrain_core::{Error, ErrorKind, Result, control, numbers, orders};
use napi::bindgen_prelude::Float64Array;
use napi_derive::napi;

use crate::brain::{NativeCancel, cancellable};
use crate::errors::{guard, guard_async, write};

/// The version of the engine.
#[napi]
pub fn version() -> String {
    adbrain_core::VERSION.to_owned()
}

/// The names that `schema` knows.
#[napi]
pub fn schema_names() -> Vec<String> {
    adbrain_core::schema::names().into_iter().map(str::to_owned).collect()
}

/// The JSON Schema of a value by its name, as JSON text.
#[napi]
pub fn schema(name: String) -> napi::Result<String> {
    guard(|| adbrain_core::schema::text(&name))
}

/// Every statistic as JSON text: its name, what it answers, and the JSON Schema of its arguments.
#[napi]
pub fn statistics() -> napi::Result<String> {
    guard(|| {
        let entry = |method: &numbers::Method| (method.name, method.about, method.arguments());
        write(&numbers::methods().map(entry).collect::<Vec<_>>())
    })
}

fn parsed(arguments: &str) -> Result<serde_json::Value> {
    serde_json::from_str(arguments).map_err(|error| {
        Error::new(ErrorKind::InvalidInput, "the arguments are not JSON")
            .next("give what `JSON.stringify` can write")
            .caused_by(error)
    })
}

/// Calls a statistic by its name; arguments and result are JSON text.
#[napi]
pub fn statistic(name: String, arguments: String) -> napi::Result<String> {
    guard(|| {
        let arguments = parsed(&arguments)?;
        write(&numbers::call(&name, &arguments)?)
    })
}

/// Calls a statistic on typed arrays, named by the path of their argument; gives nothing where it takes them as lists alone. The
/// first part of the result is JSON text, the others are columns by the names that it lists.
#[napi]
pub fn statistic_on_arrays(
    name: String,
    names: Vec<String>,
    arrays: Vec<Float64Array>,
    others: String,
) -> napi::Result<Option<Tables>> {
    guard(|| {
        let others = parsed(&others)?;
        let slices: Vec<_> = names.iter().zip(&arrays).map(|(name, array)| (name.as_str(), array.as_ref())).collect();
        let found = numbers::call_on_arrays(&name, numbers::Arrays(&slices), &others).transpose()?;
        found
            .map(|found| {
                let (names, columns) =
                    found.columns.into_iter().map(|(name, column)| (name.to_owned(), column.into())).unzip();
                Ok(Tables { values: write(&found.values)?, names, columns })
            })
            .transpose()
    })
}

/// Small values as JSON text, and columns by their names.
#[napi(object, object_from_js = false)]
pub struct Tables {
    /// JSON text.
    pub values: String,
    /// The names of the columns.
    pub names: Vec<String>,
    /// The columns.
    pub columns: Vec<Float64Array>,
}

/// The SHA-256 of bytes, as the engine names files.
#[napi]
pub fn content_hash(bytes: napi::bindgen_prelude::Buffer) -> String {
    ContentHash::of(&bytes).to_string()
}

/// Reads a history file; gives the history as JSON text.
#[napi]
pub fn import_history(
    bytes: napi::bindgen_prelude::Buffer,
    currency: String,
    mapping: Option<String>,
) -> napi::Result<String> {
    guard(|| {
        let currency: Currency = currency.parse()?;
        let mapping = mapping.map(|text| self::mapping(&text)).transpose()?;
        write(&measure::import_file(&bytes, mapping.as_ref(), currency)?)
    })
}

/// The names of the built-in mappings.
#[napi]
pub fn mapping_names() -> napi::Result<Vec<String>> {
    guard(|| Ok(HistoryMapping::built_in()?.into_iter().map(|mapping| mapping.name).collect()))
}

/// A mapping by the name of a built-in one, or as JSON text.
pub(crate) fn mapping(text: &str) -> Result<HistoryMapping> {
    match HistoryMapping::built_in()?.into_iter().find(|known| known.name == text) {
        Some(known) => Ok(known),
        None => HistoryMapping::from_json(text),
    }
}

/// Walks the journal of a store, up to a head that was kept or signed where one is given; options and verification are JSON text.
#[napi]
pub async fn verify_journal(path: String, options: String, cancel: &NativeCancel) -> napi::Result<String> {
    cancellable(cancel, async move { orders::verify(&Place::File(path.into()), &options).await }).await
}

/// Signs where the journal of a store ends now; gives the signed head as JSON text.
#[napi]
pub async fn sign_journal(path: String, key: String) -> napi::Result<String> {
    guard_async(async move { orders::sign(&Place::File(path.into()), &Secret::new(key)).await }).await
}

/// Puts a backup of a store back as a new file.
#[napi]
pub async fn restore(backup: String, path: String) -> napi::Result<()> {
    guard_async(async move { orders::restore(Path::new(&backup), Path::new(&path)).await }).await
}

/// Makes a new signing key.
#[napi]
pub fn new_signing_key() -> napi::Result<String> {
    guard(|| Ok(control::new_signing_key()?.expose().to_owned()))
}

/// The public key that belongs to a signing key.
#[napi]
pub fn public_key(key: String) -> napi::Result<String> {
    guard(|| control::public_key(&Secret::new(key)))
}

/// Runs the command line; gives the exit code.
#[napi]
pub fn run_cli(arguments: Vec<String>) -> i32 {
    adbrain_core::cli::run(arguments.into_iter().map(Into::into))
}
