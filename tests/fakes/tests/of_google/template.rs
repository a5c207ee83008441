//! The address of a method: `/v26/customers/{customer_id=*}/googleAds:search`.

use std::ops::Range;

/// An address with variables.
pub struct Template {
    /// The pieces between slashes; `*` stands for any text without a colon.
    segments: Vec<String>,
    /// Each variable, and the pieces that make its value.
    variables: Vec<(String, Range<usize>)>,
}

impl Template {
    pub fn new(text: &str) -> Self {
        let (mut flat, mut variables) = (String::new(), Vec::new());
        for (at, piece) in text.split(['{', '}']).enumerate() {
            if at.is_multiple_of(2) {
                flat.push_str(piece);
                continue;
            }
            let (name, shape) = piece.split_once('=').unwrap_or((piece, "*"));
            let start = flat.matches('/').count();
            variables.push((name.to_owned(), start..start + shape.split('/').count()));
            flat.push_str(shape);
        }
        Self { segments: flat.split('/').map(str::to_owned).collect(), variables }
    }

    /// The variables of a path that follows the address.
    pub fn bind(&self, path: &str) -> Option<Vec<(String, String)>> {
        let given: Vec<&str> = path.split('/').collect();
        if given.len() != self.segments.len() {
            return None;
        }
        let values: Vec<&str> =
            self.segments.iter().zip(given).map(|(shape, given)| value(shape, given)).collect::<Option<_>>()?;
        Some(self.variables.iter().map(|(name, place)| (name.clone(), values[place.clone()].join("/"))).collect())
    }
}

/// What a piece of a path gives to a variable.
fn value<'a>(shape: &str, given: &'a str) -> Option<&'a str> {
    let Some((before, after)) = shape.split_once('*') else { return (shape == given).then_some(given) };
    let value = given.strip_prefix(before)?.strip_suffix(after)?;
    (!value.is_empty() && !value.contains(':')).then_some(value)
}

#[test]
fn an_address_gives_its_variables() {
    let bound = |template, path| Template::new(template).bind(path);
    let one = |name: &str, value: &str| Some(vec![(name.to_owned(), value.to_owned())]);
    assert_eq!(
        bound("/v26/{run=customers/*/experiments/*}:end", "/v26/customers/1/experiments/3:end"),
        one("run", "customers/1/experiments/3")
    );
    assert_eq!(
        bound("/v26/customers/{customer_id=*}/ads:mutate", "/v26/customers/12/ads:mutate"),
        one("customer_id", "12")
    );
    assert_eq!(bound("/v26/customers/{customer_id=*}/ads:mutate", "/v26/customers/12/ads"), None);
}
