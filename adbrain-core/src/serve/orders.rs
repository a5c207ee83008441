//! Orders and questions of a person as the bindings pass them on: JSON in, JSON out; and values that show themselves.
//!
//! In: the name of an order and its JSON. Out: what came of it as JSON, or a value as text, Markdown or HTML. Called by the bindings. Never
//! decides anything: the brain does.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::brain::{ApplyOrder, Brain, BrainBuilder, FillOrder, Plan, RefuseOrder, RunDrift, RunStatus, StopOrder};
use crate::control::{AdoptOrder, Mode};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Flight, Language, ObjectId, Platform, canonical_json, read_json};
use crate::platform::{Customer, CustomerConsent, hash_customers};
use crate::report::{Document, drift_document, plan_document, status_document};
use crate::store::Place;

/// A question about a run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    run: Option<String>,
}

/// A campaign to be adopted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Adoption {
    run: Option<String>,
    platform: Platform,
    campaign: ObjectId,
    flight: Flight,
    by: String,
}

/// Customers on their way into a custom audience. They are raw here, so they are read by hand: no error quotes one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filling {
    run: Option<String>,
    platform: Platform,
    name: String,
    customers: serde_json::Value,
    #[serde(default)]
    consent: CustomerConsent,
    #[serde(default)]
    mode: Mode,
}

impl Filling {
    fn hashed(self) -> Result<FillOrder> {
        let people = Customer::read_list(&self.customers)?;
        let customers = hash_customers(self.platform, &people, self.consent)?;
        Ok(FillOrder { run: self.run, name: self.name, customers, mode: self.mode })
    }
}

/// Who turns the switch off.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct By {
    by: String,
}

/// `apply`, `refuse`, `status`, `drift`, `adopt` or `fill_audience` by name, with its order as JSON; gives what came of it as JSON.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for another name or an order that cannot be read; else those of the order.
pub async fn order(brain: &Brain, name: &str, json: &str) -> Result<String> {
    match name {
        "apply" => text(&brain.apply(&read::<ApplyOrder>(json)?).await?),
        "refuse" => text(&brain.refuse(&read::<RefuseOrder>(json)?).await?),
        "status" => text(&brain.status(read::<About>(json)?.run.as_deref()).await?),
        "drift" => text(&brain.drift(read::<About>(json)?.run.as_deref()).await?),
        "adopt" => {
            let Adoption { run, platform, campaign, flight, by } = read(json)?;
            text(&brain.adopt(run.as_deref(), &AdoptOrder { platform, campaign, flight, by }).await?)
        }
        "fill_audience" => text(&brain.fill_audience(&read::<Filling>(json)?.hashed()?).await?),
        other => Err(unknown(other, "apply, refuse, status, drift, adopt or fill_audience")),
    }
}

/// `stop` or `resume` by name, with its order as JSON; gives what came of it as JSON. Opens nothing before the switch is turned.
///
/// # Errors
/// As [`order`].
pub async fn switch(builder: BrainBuilder, place: &Place, (name, json): (&str, &str)) -> Result<String> {
    match name {
        "stop" => text(&builder.stop(place, &read::<StopOrder>(json)?).await?),
        "resume" => text(&builder.resume(place, &read::<By>(json)?.by).await?),
        other => Err(unknown(other, "stop or resume")),
    }
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T> {
    read_json(json, "order").map_err(|error| error.next("see the arguments of the method"))
}

/// A value as canonical JSON, the same bytes in every language.
///
/// # Errors
/// [`ErrorKind::Internal`] where it cannot be written.
pub fn text(value: &impl serde::Serialize) -> Result<String> {
    String::from_utf8(canonical_json(value)?)
        .map_err(|error| Error::new(ErrorKind::Internal, "JSON is not UTF-8").caused_by(error))
}

fn unknown(name: &str, known: &str) -> Error {
    Error::invalid("order", format!("{name:?} is none")).next(format!("use {known}"))
}

/// A plan, a status or a drift, given as JSON, as `text`, `markdown` or `html`; a plan in the brief's language
/// where none is named, the others in English.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a kind, a form or a value that is not known.
pub fn shown(kind: &str, json: &str, form: &str, language: Option<Language>) -> Result<String> {
    let (document, own) = document(kind, json)?;
    let language = language.unwrap_or(own);
    match form {
        "text" => Ok(document.text(language)),
        "markdown" => Ok(document.markdown(language)),
        "html" => document.html(language),
        other => Err(Error::invalid("form", format!("{other:?} is none")).next("use text, markdown or html")),
    }
}

fn document(kind: &str, json: &str) -> Result<(Document, Language)> {
    match kind {
        "plan" => {
            let plan: Plan = read_json(json, kind)?;
            Ok((plan_document(&plan), plan.language))
        }
        "status" => Ok((status_document(&read_json::<RunStatus>(json, kind)?), Language::English)),
        "drift" => Ok((drift_document(&read_json::<RunDrift>(json, kind)?), Language::English)),
        other => Err(Error::invalid("kind", format!("{other:?} is none")).next("use plan, status or drift")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_not_known_is_refused_by_its_name() {
        assert_eq!(shown("nothing", "{}", "text", None).unwrap_err().context_of("field"), Some("kind"));
        assert_eq!(shown("plan", "{}", "text", None).unwrap_err().kind(), ErrorKind::InvalidInput);
        let folder = tempfile::tempdir().unwrap();
        let brain = Brain::local(&folder.path().join("brain.db")).await.unwrap();
        assert_eq!(order(&brain, "pay", "{}").await.unwrap_err().context_of("field"), Some("order"));
        let error = order(&brain, "refuse", r#"{"plan_hash": "a", "by": "b"}"#).await.unwrap_err();
        assert!(error.to_string().contains("reason"), "{error}");
        for (order_of, field) in [
            (
                r#"{"platform": "meta", "name": "VIP", "customers": ["canary@example.com"], "consent": "given"}"#,
                "customers[0]",
            ),
            (r#"{"platform": "meta", "name": "VIP", "customers": [{"email": "canary@example.com"}]}"#, "consent"),
        ] {
            let error = order(&brain, "fill_audience", order_of).await.unwrap_err();
            assert_eq!(error.context_of("field"), Some(field), "{error}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }
}
