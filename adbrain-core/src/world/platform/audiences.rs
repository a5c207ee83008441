//! Custom audiences of an account: found by their exact names, refused by name where they cannot be used, and filled with customers.

use super::customers::HashedCustomers;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Platform, Tag};

/// What the description of an audience of ours says: one of the same name without it is somebody else's and is left alone.
pub(super) const MARK: &str = "Customers who consented, kept by adbrain";

/// Customers on their way into a custom audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceFill {
    name: String,
    customers: HashedCustomers,
}

impl AudienceFill {
    /// The audience of a name, and who belongs into it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a name that is empty, has space around it or holds control signs, and for a list without anybody.
    pub fn new(name: &str, customers: HashedCustomers) -> Result<Self> {
        if name.trim() != name || name.is_empty() || name.chars().any(char::is_control) {
            return Err(Error::invalid("name", format!("{name:?} is no name of an audience"))
                .next("write it in one line, without space around it"));
        }
        if customers.is_empty() {
            let what = format!("there is nobody to match, {} were left out", customers.left_out());
            return Err(Error::invalid("customers", what)
                .next("give e-mail addresses, or phone numbers with their country where the platform matches them"));
        }
        Ok(Self { name: name.to_owned(), customers })
    }

    /// The name of the audience, as [`crate::model::Audience::custom_audiences`] takes it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who belongs into it.
    pub fn customers(&self) -> &HashedCustomers {
        &self.customers
    }

    /// What stands for the audience in the journal and in permits; no object of a plan is marked so.
    pub fn tag(&self) -> Tag {
        Tag::new(format!("audience/{}", self.name))
    }
}

/// A custom audience as far as filling it is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vessel {
    pub(super) id: String,
    pub(super) name: String,
    /// Why nobody is added to it; none for one of ours.
    pub(super) closed: Option<&'static str>,
}

/// What is said of an audience of somebody else.
pub(super) const NOT_OURS: &str = "was not made here, so nobody is added to it";

/// The audience of a name that is to be filled; none where there is none yet.
///
/// # Errors
/// [`ErrorKind::Conflict`] for one that is closed, such as one that was not made here, and for several of the name.
pub(super) fn vessel(platform: Platform, name: &str, listed: &[Vessel]) -> Result<Option<String>> {
    let taken = |what: &str| {
        let what = format!("{platform}: the custom audience {name:?} {what}");
        Error::new(ErrorKind::Conflict, what)
            .with("field", "name")
            .next("choose a name that the account does not have yet")
    };
    match listed.iter().filter(|vessel| vessel.name == name).collect::<Vec<_>>()[..] {
        [] => Ok(None),
        [Vessel { closed: Some(why), .. }] => Err(taken(why)),
        [Vessel { id, .. }] => Ok(Some(id.clone())),
        _ => Err(taken("is there more than once")),
    }
}

/// Refuses a list that was hashed for another platform.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] naming the field `customers`.
pub(super) fn check_platform(platform: Platform, fill: &AudienceFill) -> Result<()> {
    let hashed = fill.customers.platform();
    if hashed == platform {
        return Ok(());
    }
    Err(Error::invalid("customers", format!("they were hashed for {hashed}, not for {platform}"))
        .next("hash them by the rule of the platform that they go to"))
}

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
    use super::super::customers::{Customer, CustomerConsent, hash_customers};
    use super::*;
    use crate::http::Secret;

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
    fn only_an_audience_of_ours_is_filled_and_one_of_a_kind() {
        let one = |id: &str, name: &str, closed| Vessel { id: id.to_owned(), name: name.to_owned(), closed };
        let listed = [
            one("1", "Ours", None),
            one("2", "Theirs", Some(NOT_OURS)),
            one("3", "Twice", None),
            one("4", "Twice", None),
        ];
        assert_eq!(vessel(Platform::Meta, "Ours", &listed).unwrap().as_deref(), Some("1"));
        assert_eq!(vessel(Platform::Meta, "ours", &listed).unwrap(), None);
        for name in ["Theirs", "Twice"] {
            let error = vessel(Platform::Meta, name, &listed).unwrap_err();
            assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::Conflict, Some("name")));
        }
    }

    #[test]
    fn a_fill_has_a_name_and_somebody_in_it_and_shows_no_hash() {
        let people = [Customer::Email(Secret::new("mary@example.com"))];
        let hashed = hash_customers(Platform::Meta, &people, CustomerConsent::Given).unwrap();
        for name in ["", " x", "two\nlines"] {
            let error = AudienceFill::new(name, hashed.clone()).unwrap_err();
            assert_eq!(error.context_of("field"), Some("name"), "{name:?}");
        }
        let nobody = hash_customers(Platform::Meta, &[], CustomerConsent::Given).unwrap();
        assert_eq!(AudienceFill::new("VIP", nobody).unwrap_err().context_of("field"), Some("customers"));
        let fill = AudienceFill::new("VIP", hashed).unwrap();
        assert!(!format!("{fill:?}").contains(&fill.customers().emails()[0]));
        assert_eq!(fill.tag().as_str(), "audience/VIP");
        assert!(check_platform(Platform::Meta, &fill).is_ok());
        assert_eq!(check_platform(Platform::Google, &fill).unwrap_err().context_of("field"), Some("customers"));
    }

    #[test]
    fn nothing_wanted_is_nothing_found() {
        assert!(resolve(Platform::Google, &[], &[]).unwrap().is_empty());
    }
}
