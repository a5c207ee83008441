//! Traces as OpenTelemetry's collectors take them: OTLP over HTTP.
//!
//! In: the spans that the engine leaves anyway, of runs, steps, platforms, exchanges and the journal. Out: the same, where the standard
//! variables say. Called by the command line and by programs. Never sends a text of an error, a header, a query or the body of anything.

use std::env;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::error::{Error, ErrorKind, Result};

/// Whose spans are sent: the engine's own, not those of its libraries.
const OURS: &str = "adbrain_core";
/// The service where `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` name none.
const SERVICE: &str = "adbrain";
/// Where traces go: the variable for them alone, and that for everything.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// How they go there; one way is built in.
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
const PROTOCOL: &str = "http/protobuf";

/// Spans on their way to a collector. They leave in batches, and the last of them with [`Telemetry::close`].
#[derive(Debug)]
pub struct Telemetry {
    provider: SdkTracerProvider,
}

impl Telemetry {
    /// As the standard variables say; none where no endpoint is named or `OTEL_SDK_DISABLED` is `true`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the variable that cannot be followed.
    pub fn from_environment() -> Result<Option<Self>> {
        let is_off = env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
        let Some((endpoint, _)) = ENDPOINTS.into_iter().find_map(said).filter(|_| !is_off) else { return Ok(None) };
        if let Some((name, other)) = PROTOCOLS.into_iter().find_map(said).filter(|(_, value)| value != PROTOCOL) {
            return Err(
                Error::invalid(name, format!("{other:?} is not built in")).next(format!("set it to {PROTOCOL}"))
            );
        }
        let exporter = SpanExporter::builder().with_http().build();
        exporter.map(|exporter| Some(Self::over(exporter))).map_err(|error| wrong(endpoint, error))
    }

    /// To the traces of a collector at a whole address, `http://127.0.0.1:4318/v1/traces`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for what is no address.
    pub fn to(endpoint: &str) -> Result<Self> {
        let exporter = SpanExporter::builder().with_http().with_endpoint(endpoint).build();
        exporter.map(Self::over).map_err(|error| wrong("endpoint", error))
    }

    fn over(exporter: SpanExporter) -> Self {
        let known = Resource::builder().build();
        let is_named = known
            .iter()
            .any(|(key, value)| key.as_str() == "service.name" && !value.as_str().starts_with("unknown_service"));
        let resource = if is_named { Resource::builder() } else { Resource::builder().with_service_name(SERVICE) };
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build());
        Self { provider: provider.build() }
    }

    /// A layer for a subscriber of your own: spans of the engine alone, and no events, whose texts may name anything.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|about| about.is_span() && about.target().starts_with(OURS)))
    }

    /// Listens to the spans of this whole process.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] where somebody listens already.
    pub fn install(&self) -> Result<()> {
        let listener = Registry::default().with(self.layer());
        tracing::subscriber::set_global_default(listener).map_err(|error| {
            Error::new(ErrorKind::Conflict, "another subscriber listens to the spans of this process")
                .next("add `Telemetry::layer` to it")
                .caused_by(error)
        })
    }

    /// Sends what is left and ends. Call it outside of a runtime, or where blocking is allowed.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where the collector did not take it.
    pub fn close(self) -> Result<()> {
        let sent = self.provider.force_flush();
        let ended = self.provider.shutdown();
        sent.and(ended).map_err(|error| {
            Error::new(ErrorKind::Unavailable, "traces did not reach their collector")
                .next("look at the address in OTEL_EXPORTER_OTLP_ENDPOINT, and whether the collector takes OTLP over HTTP")
                .caused_by(error)
        })
    }
}

/// A variable with its value, where it has one.
fn said(name: &'static str) -> Option<(&'static str, String)> {
    env::var(name).ok().filter(|value| !value.is_empty()).map(|value| (name, value))
}

fn wrong(field: &str, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let next = "give the address of a collector such as http://127.0.0.1:4318";
    Error::invalid(field, "cannot be used").next(next).caused_by(error)
}

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guides/monitoring.md")]
pub struct Guide;

#[cfg(test)]
#[path = "telemetry_tests.rs"]
mod tests;
