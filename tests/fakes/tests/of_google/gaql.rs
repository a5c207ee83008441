//! The names in a query: every field of it is a path of the row that answers.

use prost_reflect::{Kind, MessageDescriptor};

use super::annotations::{field_at, is_path};

/// Words that end a clause or stand between names.
const WORDS: [&str; 21] = [
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "ORDER",
    "BY",
    "LIMIT",
    "PARAMETERS",
    "ASC",
    "DESC",
    "IN",
    "NOT",
    "LIKE",
    "BETWEEN",
    "DURING",
    "CONTAINS",
    "ANY",
    "ALL",
    "NONE",
    "IS",
    "NULL",
];

/// What is wrong with the names of a query.
pub fn check(query: &str, row: &MessageDescriptor, wrong: &mut Vec<String>) {
    let words = words(query);
    if words.first().map(String::as_str) != Some("SELECT") {
        wrong.push("the query selects nothing".to_owned());
    }
    let mut list = None;
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |before| words[before].as_str());
        let is_name = word.starts_with(|letter: char| letter.is_ascii_lowercase());
        match (before, is_name) {
            ("FROM", true) if row.get_field_by_name(word).is_some() => {}
            ("FROM", _) => wrong.push(format!("FROM {word}: no such resource")),
            (_, true) if !is_path(row, word) => wrong.push(format!("{word} is no field of a row")),
            (_, true) => list = field_at(row, word),
            _ => {}
        }
        let (Some(text), Some(Kind::Enum(values))) =
            (value(word), list.as_ref().map(prost_reflect::FieldDescriptor::kind))
        else {
            continue;
        };
        if !is_name && values.get_value_by_name(text).is_none() {
            wrong.push(format!("{text} is no value of {}", values.name()));
        }
    }
}

/// A word that is compared with: quoted, or in capitals.
fn value(word: &str) -> Option<&str> {
    let text = word.trim_matches('\'');
    let is_capital = text.starts_with(|letter: char| letter.is_ascii_uppercase()) && !WORDS.contains(&text);
    (word.starts_with('\'') || is_capital).then_some(text)
}

/// Names, numbers and quoted texts; signs are left out.
fn words(query: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    for letter in query.chars().chain([' ']) {
        is_quoted ^= letter == '\'';
        if is_quoted || letter.is_alphanumeric() || "._-'".contains(letter) {
            word.push(letter);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    words
}
