//! Orders and questions of a person as the bindings pass them on: JSON in, JSON out; and values that show themselves.
//!
//! In: the name of an order and its JSON. Out: what came of it as JSON, or a value as text, Markdown or HTML. Called by the bindings. Never
//! decides anything: the brain does.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::brain::{
    ApplyOrder, Brain, BrainBuilder, FillOrder, Plan, RefuseOrder, RunDrift, RunStatus, SilenceOrder, StopOrder,
    UndoOrder,
};
use crate::clock::{Clock as _, SystemClock};
use crate::control::{self, AdoptOrder, Mode, ReleaseOrder, SignedHead};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;
use crate::memory;
use crate::model::{ContentHash, Flight, Language, ObjectId, Platform, canonical_json, read_json};
use crate::platform::{Customer, CustomerConsent, hash_customers};
use crate::report::{Document, Schedules, drift_document, plan_document, status_document};
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

/// A campaign to be given back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    run: Option<String>,
    platform: Platform,
    campaign: ObjectId,
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

/// How many are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Newest {
    most: u32,
}

/// Who has taken note of a letter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    letter: String,
    by: String,
}

/// Reports by schedule: the schedules themselves, or the file that they stand in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DueReports {
    schedules: Option<Value>,
    file: Option<PathBuf>,
    run: Option<String>,
    now: Option<Timestamp>,
}

impl DueReports {
    fn schedules(&self) -> Result<Schedules> {
        match (&self.schedules, &self.file) {
            (Some(given), None) => Schedules::from_value(given.clone()),
            (None, Some(file)) => Schedules::read(file),
            _ => Err(Error::invalid("schedules", "or file has to be given, and not both").next("give one of the two")),
        }
    }
}

/// Who ends a silence.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    id: String,
    by: String,
}

/// Where a file goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    path: PathBuf,
}

/// Nothing is said besides.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// What a journal is checked against, beside itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    head: Option<ContentHash>,
    signed: Option<SignedHead>,
    public_key: Option<String>,
}

/// `apply`, `refuse`, `undo`, `status`, `drift`, `adopt`, `release`, `fill_audience`, `letters`, `acknowledge`, `silence`, `end_silence`, `silences`,
/// `deliver`, `make_reports`, `learnings`, `learnings_csv`, `similar`, `practices`, `combinations`, `forget` or `backup` by name, with its order
/// as JSON; gives what came of it as JSON.
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
        "release" => {
            let Release { run, platform, campaign, by } = read(json)?;
            text(&brain.release(run.as_deref(), &ReleaseOrder { platform, campaign, by }).await?)
        }
        "fill_audience" => text(&brain.fill_audience(&read::<Filling>(json)?.hashed()?).await?),
        "letters" => text(&brain.letters(read::<Newest>(json)?.most).await?),
        "acknowledge" => {
            let Note { letter, by } = read(json)?;
            text(&brain.acknowledge(&letter, &by).await?)
        }
        "silence" => text(&brain.silence(&read::<SilenceOrder>(json)?).await?),
        "end_silence" => {
            let Ending { id, by } = read(json)?;
            text(&brain.end_silence(&id, &by).await?)
        }
        "silences" => {
            let Nothing {} = read(json)?;
            text(&brain.silences().await?)
        }
        "undo" => text(&brain.undo_by(&read::<UndoOrder>(json)?).await?),
        "learnings" => text(&brain.learnings(&read(json)?).await?),
        "learnings_csv" => text(&memory::csv(&brain.learnings(&read(json)?).await?)?),
        "similar" => text(&brain.similar(&read(json)?).await?),
        "practices" => text(&brain.practices(&read(json)?).await?),
        "combinations" => text(&brain.combinations(read::<Newest>(json)?.most).await?),
        "forget" => text(&brain.forget(&read(json)?).await?),
        "backup" => {
            let To { path } = read(json)?;
            text(&brain.backup(&path).await?)
        }
        "deliver" => {
            let Nothing {} = read(json)?;
            text(&brain.deliver().await?)
        }
        "make_reports" => {
            let due: DueReports = read(json)?;
            let now = due.now.unwrap_or_else(|| brain.now());
            text(&due.schedules()?.make(brain, due.run.as_deref(), now).await?)
        }
        other => Err(unknown(
            other,
            "apply, refuse, undo, status, drift, adopt, release, fill_audience, letters, acknowledge, silence, end_silence, silences, \
             deliver, make_reports, learnings, learnings_csv, similar, practices, combinations, forget or backup",
        )),
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

/// Walks the journal of a store: by itself, up to a `head` that was kept outside, or up to one that was `signed` by the holder of
/// `public_key`. Options are JSON, and so is what was found.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for options that do not go together; those of [`control::verify`] and [`control::verify_signed`].
pub async fn verify(place: &Place, json: &str) -> Result<String> {
    let kept: Kept = read(json)?;
    let database = place.open_existing().await?;
    let found = match (kept.signed, kept.public_key, kept.head) {
        (Some(signed), Some(key), None) => control::verify_signed(&*database, &signed, &key).await?,
        (None, None, Some(head)) => control::verify_to(&*database, &head).await?,
        (None, None, None) => control::verify(&*database).await?,
        (Some(_), None, _) => return Err(lacks("public_key", "give the public key of who signed the head")),
        (None, Some(_), _) => return Err(lacks("signed", "give the signed head that the key belongs to")),
        (Some(_), Some(_), Some(_)) => {
            return Err(Error::invalid("head", "is given beside a signed one").next("give one of the two"));
        }
    };
    text(&found)
}

/// Puts a backup of a store back as a new file.
///
/// # Errors
/// Those of [`crate::store::restore`].
pub async fn restore(backup: &Path, to: &Path) -> Result<()> {
    crate::store::restore(backup, to).await.map(drop)
}

/// Signs where the journal of a store ends now; gives the signed head as JSON.
///
/// # Errors
/// Those of [`control::sign_journal`]; the key is shown in none.
pub async fn sign(place: &Place, key: &Secret) -> Result<String> {
    let database = place.open_existing().await?;
    text(&control::sign_journal(&*database, key, SystemClock.now()).await?)
}

fn lacks(field: &str, next: &'static str) -> Error {
    Error::invalid(field, "is not given").next(next)
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
        let error = order(&brain, "release", r#"{"platform": "meta", "campaign": "1"}"#).await.unwrap_err();
        assert!(error.to_string().contains("by"), "{error}");
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

    #[tokio::test]
    async fn a_journal_is_signed_and_checked_by_the_options_that_go_together() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("brain.db");
        drop(crate::store::open(&file).await.unwrap());
        let (place, key) = (Place::File(file), control::new_signing_key().unwrap());
        let signed: serde_json::Value = serde_json::from_str(&sign(&place, &key).await.unwrap()).unwrap();
        let public = control::public_key(&key).unwrap();
        let verify = async |options: serde_json::Value| verify(&place, &options.to_string()).await;
        let found = verify(serde_json::json!({"signed": signed, "public_key": public})).await.unwrap();
        assert!(found.contains(r#""is_intact":true"#), "{found}");
        assert_eq!(verify(serde_json::json!({})).await.unwrap(), found);
        let mut other = signed.clone();
        other["entries"] = 7.into();
        let error = verify(serde_json::json!({"signed": other, "public_key": public})).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        for (options, field) in [
            (serde_json::json!({"signed": signed}), "public_key"),
            (serde_json::json!({"public_key": public}), "signed"),
            (serde_json::json!({"signed": signed, "public_key": public, "head": "ab"}), "head"),
        ] {
            assert_eq!(verify(options).await.unwrap_err().context_of("field"), Some(field));
        }
        let error = sign(&place, &Secret::new("canary")).await.unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidInput && !format!("{error:?}").contains("canary"), "{error:?}");
    }
}
