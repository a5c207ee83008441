//! Custom audiences of an account: found by their exact names, and refused by name where they cannot be used.

use crate::error::{Error, Result};
use crate::model::Platform;

/// A custom audience as an account lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CustomAudience {
    pub(super) id: String,
    pub(super) name: String,
    /// Why it cannot be used, in the platform's words; none where it can.
    pub(super) unusable: Option<String>,
}

/// The ids of audiences by their names. Nothing is guessed: another name, or one of two with the same name, would reach other people.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] naming the audience that is not there, is there twice, or cannot be used.
pub(super) fn resolve(platform: Platform, wanted: &[String], listed: &[CustomAudience]) -> Result<Vec<String>> {
    let one = |name: &String| {
        let wrong = |what: &str, next: String| {
            let what = format!("{platform}: the custom audience {name:?} {what}");
            Error::invalid("audience.custom_audiences", what).next(next)
        };
        match listed.iter().filter(|audience| audience.name == *name).collect::<Vec<_>>()[..] {
            [] => Err(wrong("is not in the account", offered(listed))),
            [CustomAudience { unusable: Some(why), .. }] => Err(wrong(
                &format!("cannot be used: {why}"),
                "make it anew on the platform, or leave it out".to_owned(),
            )),
            [CustomAudience { id, .. }] => Ok(id.clone()),
            _ => Err(wrong("is there more than once", "give each of them a name of its own".to_owned())),
        }
    };
    wanted.iter().map(one).collect()
}

/// A few names that could have been meant.
fn offered(listed: &[CustomAudience]) -> String {
    let names: Vec<_> = listed.iter().filter(|audience| audience.unusable.is_none()).take(5).collect();
    match names.iter().map(|audience| audience.name.as_str()).collect::<Vec<_>>().join(", ") {
        names if names.is_empty() => "leave it out, or make it on the platform first".to_owned(),
        names => format!("write its name exactly; there are: {names}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Vec<CustomAudience> {
        let audience = |id: &str, name: &str, unusable: Option<&str>| CustomAudience {
            id: id.to_owned(),
            name: name.to_owned(),
            unusable: unusable.map(str::to_owned),
        };
        vec![
            audience("1", "Buyers", None),
            audience("2", "Old", Some("it is too small")),
            audience("3", "Twice", None),
            audience("4", "Twice", None),
        ]
    }

    fn found(name: &str) -> Result<Vec<String>> {
        resolve(Platform::Meta, &[name.to_owned()], &listed())
    }

    #[test]
    fn an_audience_is_found_by_its_exact_name_alone() {
        assert_eq!(found("Buyers").unwrap(), ["1"]);
        for (name, told) in
            [("buyers", "Buyers"), ("Nobody", "not in the account"), ("Old", "too small"), ("Twice", "more than once")]
        {
            let error = found(name).unwrap_err();
            assert_eq!(error.context_of("field"), Some("audience.custom_audiences"));
            assert!(error.to_string().contains(name) && error.to_string().contains(told), "{error}");
        }
    }

    #[test]
    fn nothing_wanted_is_nothing_found() {
        assert!(resolve(Platform::Google, &[], &[]).unwrap().is_empty());
    }
}
