//! Bodies and queries that are not JSON: forms, parts, percent signs.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Recorded;

/// Text with its percent signs resolved; a plus is a space where `plus` says so.
pub(super) fn decoded(text: &str, plus: Plus) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, hex) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', _) if plus == Plus::Space => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What a plus stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    /// A space, as forms write it.
    Space,
    /// Itself.
    Plus,
}

/// `a=1&b=2`, decoded.
pub(super) fn pairs(text: &str) -> BTreeMap<String, String> {
    raw_pairs(text).into_iter().map(|(name, value)| (name, decoded(&value, Plus::Space))).collect()
}

/// `a=1&b=2`, the values as they were sent.
pub(super) fn raw_pairs(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name, Plus::Space), value.to_owned())
    };
    pairs.map(pair).collect()
}

/// The fields of a body, whatever it is written in. `None` where bytes hide them.
pub(super) fn fields(request: &Recorded) -> Option<BTreeMap<String, Value>> {
    match &request.body {
        Value::Null => Some(BTreeMap::new()),
        Value::Object(map) if is_multipart(request) && map.contains_key("bytes") => None,
        Value::Object(map) => Some(map.clone().into_iter().collect()),
        Value::String(text) if is_multipart(request) => Some(texts(parts(text))),
        Value::String(text) => Some(texts(pairs(text))),
        _ => None,
    }
}

/// Whether the body comes in parts.
pub(super) fn is_multipart(request: &Recorded) -> bool {
    request.headers.get("content-type").is_some_and(|kind| kind.starts_with("multipart/"))
}

fn texts(values: BTreeMap<String, String>) -> BTreeMap<String, Value> {
    values.into_iter().map(|(name, value)| (name, Value::String(value))).collect()
}

/// The named parts of a multipart body.
fn parts(text: &str) -> BTreeMap<String, String> {
    let named = text.split("form-data; name=\"").skip(1);
    let part = |part: &str| {
        let (name, rest) = part.split_once('"')?;
        let (_, value) = rest.split_once("\r\n\r\n")?;
        let value = value.split("\r\n--").next().unwrap_or_default();
        Some((name.to_owned(), value.to_owned()))
    };
    named.filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_and_its_percent_signs_are_read() {
        let read = pairs("name=a+b&list=%5B%22x%22%5D&empty=");
        assert_eq!(read["name"], "a b");
        assert_eq!(read["list"], "[\"x\"]");
        assert_eq!(read["empty"], "");
        assert_eq!(decoded("100%", Plus::Plus), "100%");
    }

    #[test]
    fn the_parts_of_a_body_are_read_by_their_names() {
        let kind = "--b\r\nContent-Disposition: form-data; name=\"upload_type\"\r\n\r\nUPLOAD_BY_FILE\r\n";
        let file =
            "--b\r\nContent-Disposition: form-data; name=\"video_file\"; filename=\"x.mp4\"\r\n\r\nbytes\r\n--b--\r\n";
        let body = &format!("{kind}{file}");
        let read = parts(body);
        assert_eq!(read["upload_type"], "UPLOAD_BY_FILE");
        assert_eq!(read["video_file"], "bytes");
        assert_eq!(read.len(), 2);
    }
}
