//! The platform's query language, as far as connectors use it.

use serde_json::{Map, Value};

/// A query that was read.
#[derive(Debug, PartialEq)]
pub(super) struct Query {
    /// The fields: `campaign.name`.
    pub(super) select: Vec<String>,
    /// The resource: `campaign`.
    pub(super) from: String,
    conditions: Vec<Condition>,
}

#[derive(Debug, PartialEq)]
struct Condition {
    field: String,
    is: Is,
}

#[derive(Debug, PartialEq)]
enum Is {
    Equal(String),
    NotEqual(String),
    OneOf(Vec<String>),
    Like(String),
    Between(String, String),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
}

impl Query {
    /// Reads a query; none where it is no query of this kind.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut tokens = tokens(text)?.into_iter().peekable();
        word(&mut tokens, "SELECT")?;
        let mut select = Vec::new();
        let from = loop {
            match tokens.next()? {
                Token::Word(found) if found == "FROM" => break name(&mut tokens)?,
                Token::Word(found) if found == "," => {}
                Token::Word(field) => select.push(field),
                Token::Text(_) => return None,
            }
        };
        let mut conditions = Vec::new();
        let mut before = "WHERE";
        while tokens.peek().is_some() {
            word(&mut tokens, before)?;
            before = "AND";
            conditions.push(condition(&mut tokens)?);
        }
        Some(Self { select, from, conditions })
    }

    /// Every top level that the query names.
    pub(super) fn resources(&self) -> impl Iterator<Item = &str> {
        let fields = self.select.iter().chain(self.conditions.iter().map(|condition| &condition.field));
        fields.filter_map(|field| field.split('.').next())
    }

    /// The days between which it asks.
    pub(super) fn days(&self) -> Option<(&str, &str)> {
        self.conditions.iter().find_map(|condition| match &condition.is {
            Is::Between(first, last) if condition.field == "segments.date" => Some((first.as_str(), last.as_str())),
            _ => None,
        })
    }

    /// What is selected of a row, where it meets the conditions.
    pub(super) fn apply(&self, row: &Value) -> Option<Value> {
        if !self.conditions.iter().all(|condition| condition.holds(row)) {
            return None;
        }
        let mut selected = Value::Object(Map::new());
        for field in &self.select {
            if let Some(value) = get(row, field) {
                set(&mut selected, &camel(field), value.clone());
            }
        }
        Some(selected)
    }
}

impl Condition {
    fn holds(&self, row: &Value) -> bool {
        let found = get(row, &self.field).map(text_of).unwrap_or_default();
        match &self.is {
            Is::Equal(wanted) => found == *wanted,
            Is::NotEqual(other) => found != *other,
            Is::OneOf(wanted) => wanted.contains(&found),
            Is::Like(pattern) => is_like(&found, &parts(pattern)),
            Is::Between(first, last) => *first <= found && found <= *last,
        }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The value of a field such as `ad_group.name`.
pub(super) fn get<'a>(row: &'a Value, field: &str) -> Option<&'a Value> {
    camel(field).split('.').try_fold(row, |value, name| value.get(name))
}

/// Sets a value at a path such as `adGroup.name`.
pub(super) fn set(target: &mut Value, path: &str, value: Value) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let place = &mut target[first];
    match rest {
        Some(rest) => set(place, rest, value),
        None => *place = value,
    }
}

/// `ad_group.resource_name` as `adGroup.resourceName`.
pub(super) fn camel(field: &str) -> String {
    let mut made = String::new();
    let mut is_next_large = false;
    for letter in field.chars() {
        match letter {
            '_' => is_next_large = true,
            letter if is_next_large => {
                made.extend(letter.to_uppercase());
                is_next_large = false;
            }
            letter => made.push(letter),
        }
    }
    made
}

type Tokens = std::iter::Peekable<std::vec::IntoIter<Token>>;

fn condition(tokens: &mut Tokens) -> Option<Condition> {
    let field = name(tokens)?;
    let is = match name(tokens)?.as_str() {
        "=" => Is::Equal(value(tokens)?),
        "!" => {
            word(tokens, "=")?;
            Is::NotEqual(value(tokens)?)
        }
        "LIKE" => Is::Like(value(tokens)?),
        "BETWEEN" => {
            let first = value(tokens)?;
            word(tokens, "AND")?;
            Is::Between(first, value(tokens)?)
        }
        "IN" => {
            word(tokens, "(")?;
            let mut values = vec![value(tokens)?];
            loop {
                match name(tokens)?.as_str() {
                    "," => values.push(value(tokens)?),
                    ")" => break Is::OneOf(values),
                    _ => return None,
                }
            }
        }
        _ => return None,
    };
    Some(Condition { field, is })
}

fn word(tokens: &mut Tokens, wanted: &str) -> Option<()> {
    (name(tokens)? == wanted).then_some(())
}

fn name(tokens: &mut Tokens) -> Option<String> {
    match tokens.next()? {
        Token::Word(word) => Some(word),
        Token::Text(_) => None,
    }
}

fn value(tokens: &mut Tokens) -> Option<String> {
    match tokens.next()? {
        Token::Word(text) | Token::Text(text) => Some(text),
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\n' => {}
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        '\\' => quoted.push(letters.next()?),
                        letter => quoted.push(letter),
                    }
                }
                tokens.push(Token::Text(quoted));
            }
            ',' | '(' | ')' | '=' | '!' => tokens.push(Token::Word(letter.to_string())),
            letter => {
                let mut word = letter.to_string();
                while let Some(letter) = letters.next_if(|letter| !" \n,()=!'".contains(*letter)) {
                    word.push(letter);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

/// A part of a pattern.
#[derive(Debug, PartialEq)]
enum Part {
    Anything,
    One,
    Letter(char),
}

fn parts(pattern: &str) -> Vec<Part> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        match letters[at] {
            '%' => parts.push(Part::Anything),
            '_' => parts.push(Part::One),
            '[' if letters.get(at + 2) == Some(&']') => {
                parts.push(Part::Letter(letters[at + 1]));
                at += 2;
            }
            letter => parts.push(Part::Letter(letter)),
        }
        at += 1;
    }
    parts
}

/// The platform tells no small letters from capital ones here.
fn is_like(text: &str, parts: &[Part]) -> bool {
    let mut letters = text.chars();
    match parts.split_first() {
        None => text.is_empty(),
        Some((Part::Anything, rest)) => {
            is_like(text, rest) || (letters.next().is_some() && is_like(letters.as_str(), parts))
        }
        Some((Part::One, rest)) => letters.next().is_some() && is_like(letters.as_str(), rest),
        Some((Part::Letter(wanted), rest)) => {
            letters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(wanted)) && is_like(letters.as_str(), rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_selects_the_rows_that_meet_it() {
        let query = "SELECT ad_group.name, campaign.id FROM ad_group WHERE ad_group.name LIKE '% [[]adb:a_1[]]' AND campaign.status != 'REMOVED' AND campaign.id IN ('1', '2')";
        let query = Query::read(query).unwrap();
        let row =
            |name: &str| serde_json::json!({"adGroup": {"name": name}, "campaign": {"id": "1", "status": "PAUSED"}});
        assert_eq!(
            query.apply(&row("x [adb:ab1]")),
            Some(serde_json::json!({"adGroup": {"name": "x [adb:ab1]"}, "campaign": {"id": "1"}}))
        );
        assert_eq!(query.apply(&row("x adb:ab1")), None);
        assert_eq!(Query::read("SELECT a FROM b WHERE a ~ 1"), None);
    }
}
