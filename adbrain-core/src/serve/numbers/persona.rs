//! Personas without a brain: from files and profiles to groups, probabilities, and people who are forgotten.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Method, read, written};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Language, RowProblem};
use crate::persona::{
    Added, Assignment, Cancel, ImportOptions, Imported, People, PersonaModel, Profile, Settings, Source, build,
    import_orders, import_segments,
};
use crate::predict::ltv::OrderLine;
use crate::stats::Defined;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "personas",
        about: "Groups of people from profiles and CSV files of analytics, social insights and orders.",
        work: |arguments| answered(personas_of(&read(arguments)?)),
        arguments: || super::schema_of(personas_of),
    },
    checked_method!("persona_assign", "How likely each profile belongs to each persona of a model.", persona_assign),
    checked_method!(
        "order_lines",
        "The order lines of a shop's CSV export, as customer value takes them.",
        order_lines
    ),
    method!("forget", "Takes people out of a data set for good; build the personas again afterwards.", forget),
    method!(
        "sensitive_label",
        "The kind of protected attribute that a label names, which is never a feature or part of a name.",
        sensitive_label
    ),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Profiles: people or segments.
    #[serde(default)]
    profiles: Vec<Profile>,
    /// CSV files.
    #[serde(default)]
    files: Vec<File>,
    /// The people that an earlier call gave back; profiles and files are added to them.
    #[serde(default)]
    #[schemars(with = "Option<std::collections::BTreeMap<String, Value>>")]
    people: People,
    /// What the names of those who ask to be forgotten are hashed with: draw it at random, once. It stays in `people`, and counts only before
    /// the first is forgotten.
    #[serde(default)]
    salt: String,
    /// The currency of the files' amounts.
    #[serde(default = "usual_currency")]
    currency: String,
    /// The time zone of the account.
    #[serde(default = "usual_zone")]
    time_zone: String,
    /// Limits and seed.
    #[serde(default)]
    settings: Settings,
    /// The model that an earlier call gave back: its ids go on.
    #[serde(default)]
    #[schemars(with = "Option<std::collections::BTreeMap<String, Value>>")]
    previous: Option<PersonaModel>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// What it is: `analytics`, `social` or `orders`.
    source: Source,
    /// Its text, with a header line.
    csv: String,
}

fn usual_currency() -> String {
    "USD".to_owned()
}

fn usual_zone() -> String {
    "UTC".to_owned()
}

#[derive(Serialize)]
struct Built {
    personas: Vec<Told>,
    notes: Vec<Texts>,
    problems: Vec<FileProblems>,
    added: Added,
    people: People,
    model: PersonaModel,
}

/// A persona with its name in both languages.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    persona: crate::persona::Persona,
    label: Texts,
}

#[derive(Serialize)]
struct Texts {
    #[serde(rename = "pt-BR")]
    portuguese: String,
    en: String,
}

impl Texts {
    fn of(text: impl Fn(Language) -> String) -> Self {
        Self { portuguese: text(Language::Portuguese), en: text(Language::English) }
    }
}

#[derive(Serialize)]
struct FileProblems {
    /// The place of the file in the list, from 0.
    file: usize,
    rows: Vec<RowProblem>,
    unused_columns: Vec<String>,
}

fn personas_of(wanted: &Wanted) -> Result<Built> {
    let Wanted { profiles, files, people, salt, currency, time_zone, settings, previous } = wanted;
    let mut people = people.clone().salted(salt);
    let currency: Currency = currency.parse().map_err(|error: Error| error.in_field("currency"))?;
    let options = ImportOptions::new(currency, time_zone)?;
    let mut added = people.add(profiles.clone())?;
    let mut problems = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let place = |error: Error| error.in_field(&format!("files[{at}]"));
        let found = import(file, &options).map_err(place)?;
        added = sum(added, people.add_file(&found).map_err(place)?);
        problems.push(FileProblems { file: at, rows: found.problems, unused_columns: found.unused });
    }
    let model = build(&people, settings, previous.as_ref(), &Cancel::default())?;
    let told = |persona: &crate::persona::Persona| Told {
        label: Texts::of(|language| persona.label(language)),
        persona: persona.clone(),
    };
    Ok(Built {
        personas: model.personas.iter().map(told).collect(),
        notes: model.notes.iter().map(|note| Texts::of(|language| note.text(language))).collect(),
        problems,
        added,
        people,
        model,
    })
}

fn import(file: &File, options: &ImportOptions) -> Result<Imported> {
    match file.source {
        Source::Orders => import_orders(file.csv.as_bytes(), options),
        source => import_segments(file.csv.as_bytes(), source, options),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Export {
    /// Its text, with a header line: customer, order, moment and amount.
    csv: String,
    /// The currency of its amounts.
    #[serde(default = "usual_currency")]
    currency: String,
    /// The time zone of the account: days are told in it.
    #[serde(default = "usual_zone")]
    time_zone: String,
}

#[derive(Serialize)]
struct Lines {
    /// One per order.
    orders: Vec<OrderLine>,
    problems: Vec<RowProblem>,
    unused_columns: Vec<String>,
}

fn order_lines(export: &Export) -> Result<Lines> {
    let currency: Currency = export.currency.parse().map_err(|error: Error| error.in_field("currency"))?;
    let options = ImportOptions::new(currency, &export.time_zone)?;
    let found = import_orders(export.csv.as_bytes(), &options).map_err(|error| error.in_field("csv"))?;
    Ok(Lines { orders: found.order_lines(), problems: found.problems, unused_columns: found.unused })
}

fn sum(a: Added, b: Added) -> Added {
    Added {
        added: a.added + b.added,
        joined: a.joined + b.joined,
        forgotten: a.forgotten + b.forgotten,
        known_orders: a.known_orders + b.known_orders,
    }
}

/// A result, or why there is none.
fn answered(found: Result<Built>) -> Result<Value> {
    match found {
        Ok(built) => written(&built),
        Err(error) if error.kind() == ErrorKind::NotEnoughData => Ok(serde_json::json!({
            "undefined": {"reason": error.context_of("reason").unwrap_or("not_enough_data"), "message": error.message()}
        })),
        Err(error) => Err(error),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The model that `personas` gave back.
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    model: PersonaModel,
    /// Whom to place.
    profiles: Vec<Profile>,
}

#[derive(Serialize)]
struct Placed {
    assignments: Vec<Vec<Assignment>>,
}

fn persona_assign(asked: &Asked) -> Result<Placed> {
    let assignments = asked.profiles.iter().map(|profile| asked.model.assign(profile)).collect::<Result<_>>()?;
    Ok(Placed { assignments })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToForget {
    /// The people that `personas` gave back.
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    people: People,
    /// The names of those who asked to be forgotten.
    persons: Vec<String>,
}

#[derive(Serialize)]
struct Remaining {
    removed: u64,
    people: People,
}

#[expect(clippy::unnecessary_wraps, reason = "an entry of the table may have no answer")]
fn forget(asked: &ToForget) -> Defined<Remaining> {
    let mut people = asked.people.clone();
    let removed = asked.persons.iter().map(|person| people.forget(person)).sum();
    Ok(Remaining { removed, people })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Label {
    /// An interest, event, place or kind of content.
    label: String,
}

#[derive(Serialize)]
struct Kind {
    kind: Option<String>,
}

#[expect(clippy::unnecessary_wraps, reason = "an entry of the table may have no answer")]
fn sensitive_label(asked: &Label) -> Defined<Kind> {
    Ok(Kind { kind: crate::persona::sensitive(&asked.label) })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde_json::json;

    use crate::numbers::call;

    /// Two kinds of users in equal numbers.
    fn file() -> String {
        let mut file = "userAgeBracket,userGender,dateHour,activeUsers\n".to_owned();
        for day in 10..20 {
            writeln!(file, "18-24,female,202601{day}21,30\n45-54,male,202601{day}08,30").unwrap();
        }
        file
    }

    #[test]
    fn personas_are_built_asked_and_forgotten_by_name() {
        let settings = json!({"most_personas": 3, "draws": 5});
        let people = json!([{"person": "ana", "source": "orders", "gender": "female", "hours": {"21": 1}}]);
        let arguments =
            json!({"files": [{"source": "analytics", "csv": file()}], "profiles": people, "settings": settings});
        let built = call("personas", &arguments).unwrap();
        assert_eq!((built["personas"].as_array().unwrap().len(), &built["added"]["added"]), (2, &json!(21)));
        assert!(built["personas"][0]["label"]["pt-BR"].as_str().unwrap().contains("mulheres"), "{}", built["personas"]);
        let asked =
            json!({"model": built["model"], "profiles": [{"source": "social", "gender": "male", "hours": {"8": 2}}]});
        let placed = call("persona_assign", &asked).unwrap();
        assert_eq!(placed["assignments"][0][0]["id"], built["personas"][1]["id"]);
        let left = call("forget", &json!({"people": built["people"], "persons": ["ana", "nobody"]})).unwrap();
        assert_eq!(left["removed"], 1);
        let again = json!({"people": left["people"], "previous": built["model"], "settings": settings});
        let again = call("personas", &again).unwrap();
        assert_eq!(again["personas"][0]["people"], 300);
        let salted = call("personas", &json!({"profiles": [{"source": "social", "people": 60}], "salt": "7"})).unwrap();
        assert_eq!(salted["people"]["salt"], "7");
        let thin =
            call("personas", &json!({"profiles": [{"source": "social", "people": 30, "gender": "male"}]})).unwrap();
        assert_eq!(thin["undefined"]["reason"], "too_few");
    }

    #[test]
    fn the_orders_of_a_file_go_into_customer_value_and_personas_alike() {
        let csv = "email,order,date,price,quantity\nAna@x.com,1,2026-01-05,40,2\nana@x.com,1,2026-01-05,10,1\nana@x.com,2,2026-03-05,20,1\nbia,3,2026-13-01,1,1\n";
        let read = call("order_lines", &json!({"csv": csv, "currency": "BRL"})).unwrap();
        assert_eq!((read["orders"].as_array().unwrap().len(), &read["problems"][0]["line"]), (2, &json!(5)));
        assert_eq!(read["orders"][0]["amount"], json!({"amount": "90.00", "currency": "BRL"}));
        let valued = call("customer_values", &json!({"orders": read["orders"], "until": "2026-06-01"})).unwrap();
        assert_eq!(valued["customers"][0]["customer"], "ana@x.com");
        let file = json!([{"source": "orders", "csv": csv}]);
        let few = call("personas", &json!({"files": file, "currency": "BRL"})).unwrap();
        assert_eq!(few["undefined"]["reason"], "too_few");
        assert!(call("order_lines", &json!({"csv": "a,b\n1,2\n"})).unwrap_err().to_string().starts_with("csv"));
    }

    #[test]
    fn wrong_arguments_are_named() {
        let said = |arguments| call("personas", &arguments).unwrap_err().to_string();
        assert!(said(json!({"files": [{"source": "orders", "csv": "a,b\n1,2\n"}]})).contains("files[0]"));
        assert!(said(json!({"settings": {"least_people": 10}, "profiles": []})).contains("settings.least_people"));
        assert!(said(json!({"currency": "real"})).contains("currency"));
        assert!(said(json!({"time_zone": "Mars"})).contains("time_zone"));
        assert!(said(json!({"profiles": [{"source": "social", "people": 0}]})).contains("people[0].people"));
        assert_eq!(call("sensitive_label", &json!({"label": "Igreja"})).unwrap()["kind"], "religion");
    }
}
