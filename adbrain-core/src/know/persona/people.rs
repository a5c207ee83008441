//! The people of one brand: what was imported, and who asked to be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::profile::{Profile, Purchases};
use super::sources::Imported;
use crate::error::{Error, Result};
use crate::model::{ContentHash, Currency};

/// The people of one brand. Files are added one after the other; a file that was added before changes nothing.
///
/// ```
/// use adbrain_core::persona::{ImportOptions, People, import_orders};
/// let options = ImportOptions::new("BRL".parse()?, "America/Sao_Paulo")?;
/// let file = import_orders(b"customer,order,date,amount\nana,1,2026-01-05,40\n", &options)?;
/// let mut people = People::default();
/// assert_eq!(people.add_file(&file)?.added, 1);
/// assert_eq!(people.forget("ana"), 1);
/// assert!(people.profiles().is_empty());
/// assert_eq!(people.add(file.profiles)?.forgotten, 1);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    profiles: Vec<Profile>,
    files: BTreeSet<ContentHash>,
    /// The SHA-256 of the names of those who are never taken again.
    forgotten: BTreeSet<ContentHash>,
}

/// What became of the profiles that were handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Added {
    /// New profiles.
    pub added: u64,
    /// Profiles that were joined with what was known of the same person.
    pub joined: u64,
    /// Profiles of people who asked to be forgotten; they were not taken.
    pub forgotten: u64,
}

impl People {
    /// The profiles, in the order in which they came.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Adds profiles.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the profile and field for a value that cannot be, a person who is there already, or
    /// another currency; then none is added.
    pub fn add(&mut self, profiles: Vec<Profile>) -> Result<Added> {
        let mut known: BTreeSet<String> = self.profiles.iter().filter_map(|profile| profile.person.clone()).collect();
        let mut currency = self.currency();
        for (at, profile) in profiles.iter().enumerate() {
            let field = format!("people[{at}]");
            check(profile, &field, &mut currency)?;
            if let Some(twice) = profile.person.as_ref().filter(|person| !known.insert((*person).clone())) {
                return Err(Error::invalid(&format!("{field}.person"), format!("{twice:?} appears twice"))
                    .next("join what is known of one person into one profile"));
            }
        }
        let before = profiles.len();
        let kept: Vec<Profile> = profiles.into_iter().filter(|profile| !self.is_forgotten(profile)).collect();
        let added = kept.len();
        self.profiles.extend(kept);
        Ok(Added { added: added as u64, joined: 0, forgotten: (before - added) as u64 })
    }

    /// Adds the profiles of a file; customers who are known already are joined with what was known. A file that was added before is
    /// left out whole.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] as [`People::add`], but for people who are there already.
    pub fn add_file(&mut self, file: &Imported) -> Result<Added> {
        if self.files.contains(&file.hash) {
            return Ok(Added::default());
        }
        let mut currency = self.currency();
        for (at, profile) in file.profiles.iter().enumerate() {
            check(profile, &format!("people[{at}]"), &mut currency)?;
        }
        let places: BTreeMap<String, usize> =
            self.profiles.iter().enumerate().filter_map(|(at, known)| Some((known.person.clone()?, at))).collect();
        let mut done = Added::default();
        for profile in &file.profiles {
            let place = profile.person.as_ref().and_then(|person| places.get(person)).copied();
            let is_forgotten = self.is_forgotten(profile);
            match place.and_then(|place| self.profiles.get_mut(place)) {
                Some(known) => {
                    known.join(profile)?;
                    done.joined += 1;
                }
                None if is_forgotten => done.forgotten += 1,
                None => {
                    self.profiles.push(profile.clone());
                    done.added += 1;
                }
            }
        }
        self.files.insert(file.hash.clone());
        Ok(done)
    }

    /// Takes a person out, and out of every file that is added later; says how many profiles went. Personas that were built before still
    /// rest on the person: build them again.
    pub fn forget(&mut self, person: &str) -> u64 {
        let before = self.profiles.len();
        self.profiles.retain(|profile| profile.person.as_deref() != Some(person));
        self.forgotten.insert(ContentHash::of(person.as_bytes()));
        (before - self.profiles.len()) as u64
    }

    fn is_forgotten(&self, profile: &Profile) -> bool {
        profile.person.as_ref().is_some_and(|person| self.forgotten.contains(&ContentHash::of(person.as_bytes())))
    }

    fn currency(&self) -> Option<Currency> {
        self.profiles.iter().find_map(|profile| profile.purchases.map(|bought| bought.revenue.currency()))
    }
}

fn check(profile: &Profile, field: &str, currency: &mut Option<Currency>) -> Result<()> {
    profile.check(field)?;
    let Some(found) = profile.purchases.map(|bought| bought.revenue.currency()) else { return Ok(()) };
    match currency.replace(found) {
        Some(known) if known != found => Err(Error::invalid(
            &format!("{field}.purchases.revenue"),
            format!("is in {found}, the others are in {known}"),
        )
        .next("convert all amounts to one currency")),
        _ => Ok(()),
    }
}

impl Profile {
    /// Joins what another file says of the same person.
    fn join(&mut self, other: &Self) -> Result<()> {
        self.ages = self.ages.or(other.ages);
        self.gender = self.gender.or(other.gender);
        self.place = self.place.take().or_else(|| other.place.clone());
        self.device = self.device.take().or_else(|| other.device.clone());
        add_all(&mut self.hours, &other.hours);
        add_all(&mut self.day_hours, &other.day_hours);
        add_all(&mut self.content, &other.content);
        add_all(&mut self.interests, &other.interests);
        add_all(&mut self.events, &other.events);
        self.purchases = match (self.purchases, other.purchases) {
            (Some(mine), Some(theirs)) => Some(mine.join(theirs)?),
            (mine, theirs) => mine.or(theirs),
        };
        Ok(())
    }
}

impl Purchases {
    fn join(self, other: Self) -> Result<Self> {
        Ok(Self {
            orders: self.orders.saturating_add(other.orders),
            items: self.items.saturating_add(other.items),
            revenue: self.revenue.add(other.revenue)?,
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        })
    }
}

fn add_all<Key: Ord + Clone>(mine: &mut BTreeMap<Key, u64>, theirs: &BTreeMap<Key, u64>) {
    for (key, count) in theirs {
        let known = mine.entry(key.clone()).or_insert(0);
        *known = known.saturating_add(*count);
    }
}

#[cfg(test)]
mod tests {
    use super::super::profile::Source;
    use super::super::sources::{ImportOptions, import_orders};
    use super::*;

    fn file(text: &str) -> Imported {
        import_orders(text.as_bytes(), &ImportOptions::new(Currency::BRL, "America/Sao_Paulo").unwrap()).unwrap()
    }

    #[test]
    fn files_are_joined_by_customer_and_counted_once() {
        let mut people = People::default();
        let first = file("customer,order,date,amount,category\nana,1,2026-01-05,40,bags\nbia,2,2026-01-06,10,bags\n");
        let second = file("customer,order,date,amount,category\nana,3,2026-03-06,20,belts\n");
        assert_eq!(people.add_file(&first).unwrap(), Added { added: 2, joined: 0, forgotten: 0 });
        assert_eq!(people.add_file(&second).unwrap(), Added { added: 0, joined: 1, forgotten: 0 });
        assert_eq!(people.add_file(&first).unwrap(), Added::default());
        let ana = &people.profiles()[0];
        let bought = ana.purchases.unwrap();
        assert_eq!((bought.orders, bought.revenue.micros(), bought.interval_days()), (2, 60_000_000, Some(60.0)));
        assert_eq!(ana.interests.len(), 2);
    }

    #[test]
    fn who_asked_to_be_forgotten_stays_out() {
        let mut people = People::default();
        let orders = file("customer,order,date,amount\nana,1,2026-01-05,40\nbia,2,2026-01-06,10\n");
        people.add_file(&orders).unwrap();
        assert_eq!((people.forget("ana"), people.forget("ana")), (1, 0));
        let later = file("customer,order,date,amount\nana,9,2026-02-05,40\n");
        assert_eq!(people.add_file(&later).unwrap(), Added { added: 0, joined: 0, forgotten: 1 });
        let text = serde_json::to_string(&people).unwrap();
        assert!(!text.contains("ana") && text.contains("bia"), "{text}");
    }

    #[test]
    fn a_person_twice_and_two_currencies_are_refused_whole() {
        let person = |name: &str, currency| {
            let revenue = crate::model::Money::from_micros(1, currency);
            let day = "2026-01-05".parse().unwrap();
            let purchases = Some(Purchases { orders: 1, items: 1, revenue, first: day, last: day });
            Profile { person: Some(name.into()), purchases, ..Profile::of(Source::Orders, 1) }
        };
        let mut people = People::default();
        let twice = people.add(vec![person("a", Currency::BRL), person("a", Currency::BRL)]).unwrap_err().to_string();
        assert!(twice.starts_with("people[1].person") && twice.contains("twice"), "{twice}");
        let mixed = people.add(vec![person("a", Currency::BRL), person("b", Currency::USD)]).unwrap_err().to_string();
        assert!(mixed.starts_with("people[1].purchases.revenue") && mixed.contains("USD"), "{mixed}");
        assert!(people.profiles().is_empty());
    }
}
