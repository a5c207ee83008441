//! Ways to spoil an answer.

use adbrain_core::stats::random::Random;
use serde_json::{Map, Number, Value, json};

use crate::Answer;

/// Statuses that a platform or a machine before it may send.
const STATUSES: [u16; 11] = [200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503];
/// Texts that stand where another is expected.
const TEXTS: [&str; 12] = [
    "",
    " ",
    "SOMETHING_NEW",
    "9223372036854775808",
    "-1",
    "1e309",
    "NaN",
    "2026-02-30",
    "null",
    "\u{202e}\u{0}",
    "urn:li:x:",
    "customers//campaigns/~",
];
const HTML: &[u8] = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>";

/// An answer with one thing wrong, the same for the same number.
pub fn spoiled(good: &Answer, parsed: &Value, number: u64) -> Answer {
    let mut luck = Random::at(2026, &[number]);
    let mut answer = good.clone();
    if luck.below(16) == 0 {
        answer.status = STATUSES[at(&mut luck, STATUSES.len())];
    }
    if luck.below(10) == 0 {
        answer.body = spoiled_bytes(&good.body, &mut luck);
        return answer;
    }
    let mut value = parsed.clone();
    for _ in 0..=luck.below(3) {
        spoil(&mut value, &mut luck);
    }
    answer.body = value.to_string().into_bytes();
    answer
}

fn at(luck: &mut Random, length: usize) -> usize {
    usize::try_from(luck.below(length as u64)).expect("below a length")
}

/// What no JSON writer gives: a mark before the text, broken letters, a page, a part, a flood of brackets.
fn spoiled_bytes(good: &[u8], luck: &mut Random) -> Vec<u8> {
    let place = at(luck, good.len() + 1);
    match luck.below(8) {
        0 => [b"\xef\xbb\xbf", good].concat(),
        1 => [&good[..place], b"\xff\xfe", &good[place..]].concat(),
        2 => HTML.to_vec(),
        3 => good[..place].to_vec(),
        4 => Vec::new(),
        5 => [&good[..place], &good[good.len().min(place + 1 + at(luck, 9))..]].concat(),
        6 => [&good[..place], "[".repeat(10_000).as_bytes()].concat(),
        _ => {
            let mut bytes = good.to_vec();
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1 << luck.below(8);
            }
            bytes
        }
    }
}

/// Changes one value somewhere below.
fn spoil(value: &mut Value, luck: &mut Random) {
    let inside = match value {
        Value::Object(fields) => fields.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    if inside > 0 && luck.below(5) > 0 {
        let chosen = at(luck, inside);
        let inner = match value {
            Value::Object(fields) => fields.values_mut().nth(chosen),
            Value::Array(items) => items.get_mut(chosen),
            _ => None,
        };
        return inner.into_iter().for_each(|inner| spoil(inner, luck));
    }
    *value = instead(value.take(), luck);
}

/// Another value in the place of one.
fn instead(value: Value, luck: &mut Random) -> Value {
    match (luck.below(9), value) {
        (0, _) => Value::Null,
        (1, _) => [json!({}), json!([]), json!(true), json!(0), json!("")][at(luck, 5)].clone(),
        (2, _) => json!([i64::MIN, i64::MAX, u64::MAX, -1, 1e308, 0.5])[at(luck, 6)].clone(),
        (3, Value::Number(number)) => Value::String(number.to_string()),
        (4, Value::Number(number)) => as_float(&number),
        (3 | 4, Value::String(text)) => {
            text.parse::<Number>().map_or_else(|_| json!({"inner": text}), |number| as_float(&number))
        }
        (5, Value::Object(fields)) => without(fields, luck),
        (6, Value::Object(mut fields)) => {
            fields.insert("something_new".to_owned(), json!({"deep": [1, "two", null]}));
            Value::Object(fields)
        }
        (5, Value::Array(items)) => Value::Array(items.iter().chain(&items).chain(&items).cloned().collect()),
        (6, Value::Array(mut items)) => {
            items.push(Value::Null);
            Value::Array(items)
        }
        (7, value) => json!([value]),
        (_, _) => Value::from(TEXTS[at(luck, TEXTS.len())]),
    }
}

fn without(mut fields: Map<String, Value>, luck: &mut Random) -> Value {
    let name = fields.keys().nth(at(luck, fields.len().max(1))).cloned();
    if let Some(name) = name {
        fields.remove(&name);
    }
    Value::Object(fields)
}

/// What a reader that knows floats alone makes of a number of 64 bits.
fn as_float(number: &Number) -> Value {
    number.as_f64().map_or(Value::Null, |float| json!(float * 1.000_1))
}
