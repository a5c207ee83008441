//! Google's query language: every field a path through the row, every value of an enum known.

use super::finding::Findings;
use super::google::{Definitions, Field, camel, is_snake};

const PLACE: &str = "body.query";
/// Windows that Google names.
const WINDOWS: &[&str] = &[
    "TODAY",
    "YESTERDAY",
    "LAST_7_DAYS",
    "LAST_14_DAYS",
    "LAST_30_DAYS",
    "LAST_BUSINESS_WEEK",
    "LAST_WEEK_SUN_SAT",
    "LAST_WEEK_MON_SUN",
    "THIS_WEEK_SUN_TODAY",
    "THIS_WEEK_MON_TODAY",
    "THIS_MONTH",
    "LAST_MONTH",
];
/// Segments by which a row is cut in time; each needs a finite window.
const TIMES: &[&str] = &["segments.date", "segments.week", "segments.month", "segments.quarter", "segments.year"];

/// Checks one query against the row that it answers with.
pub(super) fn check(definitions: &Definitions, row: &str, query: &str, findings: &mut Findings) {
    let is_of_fields = row != "services.GoogleAdsRow";
    let words = words(query);
    let mut reader = Reader { words: &words, at: 0 };
    let mut check = Check { definitions, row, findings };
    if !reader.takes("SELECT") {
        return check.findings.spec(PLACE, "a query begins with SELECT");
    }
    let selected = reader.list();
    for path in &selected {
        check.field(path);
    }
    match (reader.takes("FROM"), is_of_fields) {
        (true, false) => check.resource(reader.next().unwrap_or_default()),
        (false, true) => {}
        _ => check.findings.spec(PLACE, "wants FROM after its fields, but not where fields themselves are asked for"),
    }
    let filtered = if reader.takes("WHERE") { check.conditions(&mut reader) } else { Vec::new() };
    check.order_and_limit(&mut reader);
    let is_timed = selected.iter().any(|path| TIMES.contains(&path.as_str()));
    if is_timed && !filtered.iter().any(|path| TIMES.contains(&path.as_str())) {
        check.findings.rule(PLACE, "rows by day need a filter on segments.date");
    }
}

struct Check<'a> {
    definitions: &'a Definitions,
    row: &'a str,
    findings: &'a mut Findings,
}

impl<'a> Check<'a> {
    /// The field at the end of a path.
    fn field(&mut self, path: &str) -> Option<&'a Field> {
        let mut message = self.definitions.messages.get(self.row);
        let mut found = None;
        for step in path.split('.') {
            let step = Some(camel(step)).filter(|_| is_snake(step)).unwrap_or_default();
            found = message.and_then(|message| message.fields.get(&step));
            let kind = found.and_then(|field| field.kind.strip_prefix("m:"));
            message = kind.and_then(|name| self.definitions.messages.get(name));
        }
        let is_whole = self.row == "services.GoogleAdsRow" && !path.contains('.');
        match found {
            Some(field) if !is_whole => return Some(field),
            Some(_) => self.findings.spec(PLACE, format!("{path} is a resource, not a field")),
            None => self.findings.spec(PLACE, format!("no field {path}")),
        }
        None
    }

    fn resource(&mut self, name: &str) {
        let fields = self.definitions.messages.get(self.row).map(|message| &message.fields);
        let is_known = is_snake(name) && fields.is_some_and(|fields| fields.contains_key(&camel(name)));
        if !is_known || matches!(name, "metrics" | "segments") {
            self.findings.spec(PLACE, format!("no resource {name}"));
        }
    }

    /// The filters; answers with the fields that they speak of.
    fn conditions(&mut self, reader: &mut Reader<'_>) -> Vec<String> {
        let mut filtered = Vec::new();
        loop {
            let path = reader.next().unwrap_or_default().to_owned();
            let field = self.field(&path);
            self.condition(&path, field, reader);
            filtered.push(path);
            if !reader.takes("AND") {
                return filtered;
            }
        }
    }

    fn condition(&mut self, path: &str, field: Option<&Field>, reader: &mut Reader<'_>) {
        let is_not = reader.takes("NOT");
        let operator = reader.next().unwrap_or_default().to_ascii_uppercase();
        let values = match operator.as_str() {
            "=" | "!=" | ">" | ">=" | "<" | "<=" if !is_not => reader.next().map(str::to_owned).into_iter().collect(),
            "IN" => reader.bracketed(),
            "CONTAINS" if ["ANY", "ALL", "NONE"].iter().any(|word| reader.takes(word)) => reader.bracketed(),
            "LIKE" | "REGEXP_MATCH" => return reader.skip(),
            "IS" => {
                let _ = reader.takes("NOT");
                return reader.skip();
            }
            "DURING" => return self.window(path, reader.next().unwrap_or_default()),
            "BETWEEN" => {
                reader.skip();
                let _ = reader.takes("AND");
                return reader.skip();
            }
            other => return self.findings.spec(PLACE, format!("{other} is no operator, after {path}")),
        };
        let Some(name) = field.and_then(|field| field.kind.strip_prefix("e:")) else { return };
        let known = self.definitions.enums.get(name);
        for value in values.iter().map(|value| value.trim_matches(['\'', '"'])) {
            if !known.is_some_and(|known| known.iter().any(|known| known == value)) {
                self.findings.spec(PLACE, format!("{value} is none of the values of {path}"));
            }
        }
    }

    fn window(&mut self, path: &str, name: &str) {
        if !WINDOWS.contains(&name) {
            self.findings.rule(PLACE, format!("{name} is no window for {path}"));
        }
    }

    fn order_and_limit(&mut self, reader: &mut Reader<'_>) {
        if reader.takes("ORDER") {
            let _ = reader.takes("BY");
            loop {
                let path = reader.next().unwrap_or_default().to_owned();
                self.field(&path);
                let _ = reader.takes("ASC") || reader.takes("DESC");
                if !reader.takes(",") {
                    break;
                }
            }
        }
        if reader.takes("LIMIT") && reader.next().is_none_or(|number| number.parse::<u64>().is_err()) {
            self.findings.spec(PLACE, "LIMIT wants a number");
        }
        if reader.takes("PARAMETERS") {
            reader.at = reader.words.len();
        }
        if let Some(word) = reader.next() {
            self.findings.spec(PLACE, format!("{word} is out of place"));
        }
    }
}

struct Reader<'a> {
    words: &'a [String],
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    fn skip(&mut self) {
        self.at += 1;
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let is_here = self.words.get(self.at).is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(is_here);
        is_here
    }

    fn list(&mut self) -> Vec<String> {
        let mut list = Vec::new();
        while let Some(word) = self.next() {
            list.push(word.to_owned());
            if !self.takes(",") {
                break;
            }
        }
        list
    }

    fn bracketed(&mut self) -> Vec<String> {
        let mut values = Vec::new();
        if self.takes("(") {
            while let Some(word) = self.next().filter(|word| *word != ")") {
                if word != "," {
                    values.push(word.to_owned());
                }
            }
        }
        values
    }
}

/// A query cut into names, texts in quotation marks, and signs.
fn words(query: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = query.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_of_name = |letter: char| letter.is_alphanumeric() || "_.-*%:".contains(letter);
        let length = match first {
            '\'' | '"' => rest.get(1..).and_then(|text| text.find(first)).map_or(rest.len(), |end| end + 2),
            '=' | '!' | '<' | '>' => rest.find(|letter| !"=!<>".contains(letter)).unwrap_or(rest.len()),
            letter if is_of_name(letter) => rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len()),
            letter => letter.len_utf8(),
        };
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_cut_into_names_texts_and_signs() {
        let cut = words("SELECT a.b,c FROM d WHERE e!='x y' AND f IN ('G', H)");
        let expected = "SELECT|a.b|,|c|FROM|d|WHERE|e|!=|'x y'|AND|f|IN|(|'G'|,|H|)";
        assert_eq!(cut.join("|"), expected);
    }
}
