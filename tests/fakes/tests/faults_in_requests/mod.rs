//! Single faults for a good request: each answer differs from it in one place.

use adbrain_core::stats::random::Random;
use adbrain_fakes::Recorded;
use serde_json::{Map, Value, json};

/// The kind of a fault, its place, and the request with it.
pub type Fault = (&'static str, String, Recorded);

/// One step towards a value.
#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// Every single fault of a request: in the body, in JSON that a field holds as text, and in the query.
pub fn faults(request: &Recorded, random: &mut Random) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (kind, place, body) in of_value(&request.body, random) {
        faults.push((kind, format!("body{place}"), Recorded { body, ..request.clone() }));
    }
    for (name, text) in &request.query {
        let mut change = |kind, name: &str, text: String| {
            let mut query = request.query.clone();
            query.remove(name.trim_end_matches("_x"));
            query.insert(name.to_owned(), text);
            faults.push((kind, format!("query.{name}"), Recorded { query, ..request.clone() }));
        };
        change("renamed key", &format!("{name}_x"), text.clone());
        if is_enum(text) {
            change("corrupted enum", name, corrupted(text, random));
        }
        if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
            for (kind, _, value) in of_value(&value, random) {
                change(kind, name, value.to_string());
            }
        }
    }
    faults
}

fn of_value(root: &Value, random: &mut Random) -> Vec<(&'static str, String, Value)> {
    let mut places = Vec::new();
    walk(root, &mut Vec::new(), &mut places);
    let mut faults = Vec::new();
    for path in &places {
        let shown = path.iter().fold(String::new(), |text, step| match step {
            Step::Key(key) => format!("{text}.{key}"),
            Step::Item(at) => format!("{text}[{at}]"),
        });
        let mut put = |kind, value: Value| {
            let mut root = root.clone();
            let shown = format!("{shown} = {value}");
            *at(&mut root, path) = value;
            faults.push((kind, shown, root));
        };
        match at(&mut root.clone(), path) {
            Value::String(text) => {
                put("object for string", json!({"wrong": 1}));
                if is_enum(text) {
                    put("corrupted enum", Value::String(corrupted(text, random)));
                }
                // JSON in a text: the same faults inside it.
                if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                    for (kind, _, inner) in of_value(&inner, random) {
                        put(kind, Value::String(inner.to_string()));
                    }
                }
            }
            Value::Object(fields) => {
                if !path.is_empty() {
                    put("text for object", Value::from("text"));
                }
                for key in fields.keys() {
                    put("renamed key", Value::Object(renamed(fields, key, random)));
                }
            }
            Value::Number(_) | Value::Bool(_) => put("word for number or bool", Value::from("word")),
            Value::Array(_) | Value::Null => {}
        }
    }
    faults
}

fn walk(value: &Value, path: &mut Vec<Step>, places: &mut Vec<Vec<Step>>) {
    places.push(path.clone());
    let inner: Vec<(Step, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (Step::Key(key.clone()), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (Step::Item(at), item)).collect(),
        _ => Vec::new(),
    };
    for (step, value) in inner {
        path.push(step);
        walk(value, path, places);
        path.pop();
    }
}

fn at<'a>(root: &'a mut Value, path: &[Step]) -> &'a mut Value {
    path.iter().fold(root, |value, step| match step {
        Step::Key(key) => &mut value[key.as_str()],
        Step::Item(at) => &mut value[*at],
    })
}

fn renamed(fields: &Map<String, Value>, key: &str, random: &mut Random) -> Map<String, Value> {
    let mut fields = fields.clone();
    let value = fields.remove(key).expect("a key of the object");
    let name = match random.below(3) {
        0 => format!("{key}_x"),
        1 => format!("{key}Z"),
        _ => format!("z{key}"),
    };
    fields.insert(name, value);
    fields
}

/// Capitals, digits and underscores: a word of a list.
fn is_enum(text: &str) -> bool {
    let is_right = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() > 2 && text.starts_with(|letter: char| letter.is_ascii_uppercase()) && text.bytes().all(is_right)
}

fn corrupted(text: &str, random: &mut Random) -> String {
    match random.below(3) {
        0 => format!("{text}X"),
        1 => text[..text.len() - 1].to_owned() + "_",
        _ => text.to_lowercase(),
    }
}
