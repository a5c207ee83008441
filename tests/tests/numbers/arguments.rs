//! Wrong arguments: the reference cases with one place changed at a time. An error names the argument, by its name in the table.

use std::collections::BTreeSet;

use adbrain_core::{ErrorKind, numbers};
use serde_json::{Value, json};

const FILES: [&str; 13] = [
    "allocation",
    "budget_rows",
    "creatives",
    "curves",
    "daily",
    "detect",
    "experiments",
    "forest",
    "off_policy",
    "pacing",
    "personas",
    "saturation",
    "value",
];

#[test]
fn an_error_names_the_argument_that_the_caller_gave() {
    let mut wrong = BTreeSet::new();
    let mut refused = 0;
    for (method, arguments) in cases() {
        let names = names(&method);
        for changed in changes(&arguments) {
            let Err(error) = numbers::call(&method, &changed) else { continue };
            refused += 1;
            match (error.kind(), error.context_of("field")) {
                (ErrorKind::NotEnoughData, _) => {}
                (ErrorKind::InvalidInput, Some(field))
                    if names.contains(head(field)) || words(&changed).contains(field) || field == "arguments" => {}
                (kind, field) => {
                    wrong.insert(format!("{method}: {kind:?} {field:?}: {error}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {refused}:\n{}", wrong.len(), wrong.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(refused > 1_000, "only {refused} changes were refused");
}

/// Up to two cases of each method that are right.
fn cases() -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = Vec::new();
    for file in FILES {
        let path = adbrain_tests::root().join(format!("tests/cases/{file}.json"));
        let text: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for case in text["cases"].as_array().unwrap() {
            let (method, mut input) = (case["method"].as_str().unwrap(), case["input"].clone());
            input.as_object_mut().unwrap().remove("name");
            let is_known = found.iter().filter(|(name, _)| name == method).count() >= 2;
            if !is_known && input.to_string().len() < 4_000 && numbers::call(method, &input).is_ok() {
                found.push((method.to_owned(), input));
            }
        }
    }
    found
}

/// The names of a method's arguments, and of the fields within them.
fn names(method: &str) -> BTreeSet<String> {
    let entry = numbers::methods().find(|entry| entry.name == method).unwrap();
    let mut names = BTreeSet::new();
    fields(entry.arguments().as_value(), &mut names);
    names
}

fn fields(schema: &Value, names: &mut BTreeSet<String>) {
    let properties = schema["properties"].as_object().into_iter().flatten();
    names.extend(properties.map(|(name, _)| name.clone()));
    match schema {
        Value::Object(members) => members.values().for_each(|member| fields(member, names)),
        Value::Array(members) => members.iter().for_each(|member| fields(member, names)),
        _ => {}
    }
}

/// Texts that the caller gave, such as the names of columns.
fn words(arguments: &Value) -> BTreeSet<String> {
    match arguments {
        Value::String(word) => [word.clone()].into(),
        Value::Object(members) => members.values().flat_map(words).collect(),
        Value::Array(members) => members.iter().flat_map(words).collect(),
        _ => BTreeSet::new(),
    }
}

/// The argument of a path such as `arms[0].n`.
fn head(field: &str) -> &str {
    field.split(['.', '[']).next().unwrap_or(field)
}

/// The arguments with one place changed, for every place.
fn changes(arguments: &Value) -> Vec<Value> {
    let mut paths = Vec::new();
    places(arguments, &mut String::new(), &mut paths);
    paths
        .iter()
        .flat_map(|path| values(arguments.pointer(path).unwrap()).into_iter().map(move |value| (path, value)))
        .map(|(path, value)| {
            let mut changed = arguments.clone();
            *changed.pointer_mut(path).unwrap() = value;
            changed
        })
        .collect()
}

fn places(value: &Value, path: &mut String, paths: &mut Vec<String>) {
    if !path.is_empty() {
        paths.push(path.clone());
    }
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
        // The others of a list are as its first.
        Value::Array(items) => items.iter().take(1).map(|value| ("0".to_owned(), value)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let length = path.len();
        path.push('/');
        path.push_str(&key);
        places(child, path, paths);
        path.truncate(length);
    }
}

/// What is put in the place of a value.
fn values(value: &Value) -> Vec<Value> {
    match value {
        Value::Number(_) => vec![json!(-1), json!(0), json!(0.5), json!(3), json!("nan"), json!("inf"), json!(null)],
        Value::Array(items) => vec![json!([]), json!(items[..items.len().saturating_sub(1)]), json!(-1)],
        Value::String(_) => vec![json!("nothing"), json!("")],
        Value::Object(_) => vec![json!({}), json!([])],
        Value::Bool(_) | Value::Null => vec![json!("nothing")],
    }
}
