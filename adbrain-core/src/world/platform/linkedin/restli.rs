//! The query language of Rest.li 2.0.0, byte for byte: `List(a,b)`, `(key:value)`, and everything else percent-encoded.

use std::fmt;

/// A value in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A text or URN; signs that Rest.li uses itself are encoded.
    Text(String),
    /// `List(a,b)`.
    List(Vec<Self>),
    /// `(key:value,key:value)`, in the order given.
    Record(Vec<(String, Self)>),
}

impl Value {
    /// A list of texts.
    pub(super) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::Text(text.as_ref().to_owned())).collect())
    }

    /// A record with one field.
    pub(super) fn one(key: &str, value: Self) -> Self {
        Self::Record(vec![(key.to_owned(), value)])
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Text(number.to_string())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // An empty text would vanish; Rest.li writes it as two quotes.
            Self::Text(text) if text.is_empty() => out.write_str("''"),
            Self::Text(text) => out.write_str(&encode(text)),
            Self::List(values) => {
                out.write_str("List(")?;
                joined(out, values, |out, value| write!(out, "{value}"))?;
                out.write_str(")")
            }
            Self::Record(fields) => {
                out.write_str("(")?;
                joined(out, fields, |out, (key, value)| write!(out, "{}:{value}", encode(key)))?;
                out.write_str(")")
            }
        }
    }
}

fn joined<T>(
    out: &mut fmt::Formatter<'_>,
    items: &[T],
    each: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_str(",")?;
        }
        each(out, item)?;
    }
    Ok(())
}

/// Percent-encodes a text, all but letters, digits and `-._~`; for values in queries and ids in paths.
pub(super) fn encode(text: &str) -> String {
    let sign = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(sign).collect()
}

/// A query out of names and values, in the order given.
pub(super) fn query(parameters: &[(&str, Value)]) -> String {
    let parameters = parameters.iter().map(|(name, value)| format!("{name}={value}"));
    parameters.collect::<Vec<_>>().join("&")
}

/// The projection of an answer: names with bare commas, the one list that `LinkedIn` does not want encoded.
pub(super) fn fields(names: &[&str]) -> String {
    format!("fields={}", names.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_a_report_is_that_of_the_sample() {
        let day = |day: i64| {
            Value::Record(vec![("year".into(), 2026.into()), ("month".into(), 11.into()), ("day".into(), day.into())])
        };
        let parameters = [
            ("q", "analytics".into()),
            ("pivot", "CAMPAIGN".into()),
            ("timeGranularity", "DAILY".into()),
            ("dateRange", Value::one("start", day(1))),
            ("accounts", Value::texts(["urn:li:sponsoredAccount:5012345"])),
        ];
        let projection = fields(&["impressions", "clicks", "costInLocalCurrency", "dateRange", "pivotValues"]);
        assert_eq!(
            format!("{}&{projection}", query(&parameters)),
            "q=analytics&pivot=CAMPAIGN&timeGranularity=DAILY&dateRange=(start:(year:2026,month:11,day:1))\
             &accounts=List(urn%3Ali%3AsponsoredAccount%3A5012345)\
             &fields=impressions,clicks,costInLocalCurrency,dateRange,pivotValues"
        );
    }

    #[test]
    fn a_search_by_status_and_a_targeting_are_written_as_in_the_documents() {
        let search = Value::one("status", Value::one("values", Value::texts(["ACTIVE", "DRAFT"])));
        assert_eq!(search.to_string(), "(status:(values:List(ACTIVE,DRAFT)))");
        let facet = |name: &str, urn: &str| Value::one("or", Value::one(name, Value::texts([urn])));
        let places = facet("urn:li:adTargetingFacet:locations", "urn:li:geo:103644278");
        let skills = facet("urn:li:adTargetingFacet:skills", "urn:li:skill:17");
        let criteria = Value::one("include", Value::one("and", Value::List(vec![places, skills])));
        assert_eq!(
            criteria.to_string(),
            "(include:(and:List((or:(urn%3Ali%3AadTargetingFacet%3Alocations:List(urn%3Ali%3Ageo%3A103644278))),\
             (or:(urn%3Ali%3AadTargetingFacet%3Askills:List(urn%3Ali%3Askill%3A17))))))"
        );
    }

    #[test]
    fn signs_that_the_language_uses_itself_are_encoded() {
        assert_eq!(encode("urn:li:ageRange:(25,34)"), "urn%3Ali%3AageRange%3A%2825%2C34%29");
        assert_eq!(encode("São Paulo"), "S%C3%A3o%20Paulo");
        assert_eq!(Value::from("").to_string(), "''");
        assert_eq!(Value::List(Vec::new()).to_string(), "List()");
    }

    #[test]
    fn what_is_encoded_survives_the_address_of_a_request() {
        let sent = format!("https://api.linkedin.com/rest/x?{}", query(&[("a", Value::texts(["urn:li:geo:(1,2)"]))]));
        let url: reqwest::Url = sent.parse().unwrap();
        assert_eq!(url.as_str(), sent);
    }
}
