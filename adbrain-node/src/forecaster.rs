//! Forecasters of a rate that have learnt. Rows, forecasts and cards travel as JSON text.

use adbrain_core::numbers::{ask_forecaster, learn_forecaster};
use adbrain_core::predict::roas::Forecaster;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::errors::{guard, read, write};

/// A forecaster with its card.
#[napi]
pub struct NativeForecaster {
    model: Forecaster,
}

#[napi]
impl NativeForecaster {
    /// Learns from past rows; the settings are the arguments of `predict_roas`.
    #[napi(factory)]
    pub fn fit(given: String) -> napi::Result<Self> {
        guard(|| Ok(Self { model: learn_forecaster(&read("forecaster", &given)?)? }))
    }

    /// A model from the bytes of a file.
    #[napi(factory)]
    pub fn from_bytes(bytes: Buffer) -> napi::Result<Self> {
        guard(|| Ok(Self { model: Forecaster::from_bytes(&bytes)? }))
    }

    /// The model as the bytes of a file.
    #[napi]
    pub fn to_bytes(&self) -> napi::Result<Buffer> {
        guard(|| Ok(self.model.to_bytes()?.into()))
    }

    /// What to expect of rows, as JSON text.
    #[napi]
    pub fn predict(&self, rows: String) -> napi::Result<String> {
        guard(|| write(&ask_forecaster(&self.model, &read("rows", &rows)?)?))
    }

    /// What the model says about itself, as JSON text.
    #[napi]
    pub fn card(&self) -> napi::Result<String> {
        guard(|| write(&self.model.card()))
    }
}
