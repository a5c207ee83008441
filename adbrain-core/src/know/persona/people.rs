//! The people of one brand: what was imported, and who asked to be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::profile::{Profile, Purchases};
use super::sources::{Imported, Order};
use crate::error::{Error, Result};
use crate::model::{ContentHash, Currency};
use crate::predict::ltv::customer_name;

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
    /// What the names of those who asked to be forgotten are hashed with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    salt: String,
    /// The SHA-256 of salt and name of those who are never taken again.
    forgotten: BTreeSet<ContentHash>,
    /// The orders behind each person's purchases, where a file named them: the first half of the SHA-256 of each name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    orders: BTreeMap<String, BTreeSet<String>>,
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
    /// Orders that an earlier file had already; they were not counted again.
    pub known_orders: u64,
}

impl People {
    /// Nobody yet; the names of those who ask to be forgotten will be hashed with this salt. Draw it at random, once, and keep it from
    /// whoever may see what is stored: without a secret salt, the hash of an e-mail address can be found by trying addresses.
    ///
    /// ```
    /// use adbrain_core::persona::People;
    /// let mut people = People::with_salt("6f1ed002ab559585");
    /// people.forget("Ana@Example.com");
    /// let mut other = People::with_salt("a54ff53a5f1d36f1");
    /// other.forget("ana@example.com");
    /// assert_ne!(people, other);
    /// ```
    pub fn with_salt(salt: &str) -> Self {
        Self { salt: salt.to_owned(), ..Self::default() }
    }

    /// The same people with a salt, where they have none and nobody has been forgotten yet; else as they are.
    #[must_use]
    pub fn salted(mut self, salt: &str) -> Self {
        if self.salt.is_empty() && self.forgotten.is_empty() {
            salt.clone_into(&mut self.salt);
        }
        self
    }

    /// The profiles, in the order in which they came.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Adds profiles. Names are taken without outer spaces, e-mail addresses in small letters.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the profile and field for a value that cannot be, a person who is there already, or
    /// another currency; then none is added.
    pub fn add(&mut self, mut profiles: Vec<Profile>) -> Result<Added> {
        let mut known: BTreeSet<String> = self.profiles.iter().filter_map(|profile| profile.person.clone()).collect();
        let mut currency = self.currency();
        for (at, profile) in profiles.iter_mut().enumerate() {
            let field = format!("people[{at}]");
            profile.person = profile.person.as_deref().map(customer_name);
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
        Ok(Added { added: added as u64, forgotten: (before - added) as u64, ..Added::default() })
    }

    /// Adds the profiles of a file; customers who are known already are joined with what was known. A file that was added before is left
    /// out whole, and an order that an earlier file named for the same customer is not counted again, whatever this one says of it.
    /// Purchases that came by [`People::add`] name no orders: a file that holds the same ones counts them twice.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] as [`People::add`], but for people who are there already; then nothing is added.
    pub fn add_file(&mut self, file: &Imported) -> Result<Added> {
        if self.files.contains(&file.hash) {
            return Ok(Added::default());
        }
        let mut currency = self.currency();
        for (at, profile) in file.profiles.iter().enumerate() {
            check(profile, &format!("people[{at}]"), &mut currency)?;
        }
        let mut next = self.clone();
        let places: BTreeMap<String, usize> =
            next.profiles.iter().enumerate().filter_map(|(at, known)| Some((known.person.clone()?, at))).collect();
        let mut done = Added::default();
        for profile in &file.profiles {
            if next.is_forgotten(profile) {
                done.forgotten += 1;
                continue;
            }
            let (new, known_orders) = next.without_known_orders(profile, file)?;
            done.known_orders += known_orders;
            let place = profile.person.as_ref().and_then(|person| places.get(person)).copied();
            if let Some(known) = place.and_then(|place| next.profiles.get_mut(place)) {
                new.iter().try_for_each(|new| known.join(new))?;
                done.joined += 1;
            } else {
                next.profiles.extend(new);
                done.added += 1;
            }
        }
        next.files.insert(file.hash.clone());
        *self = next;
        Ok(done)
    }

    /// What a file says of a customer beyond the orders that are known, which it notes from now on, and how many those were; a file that
    /// names no orders is taken as it is.
    fn without_known_orders(&mut self, profile: &Profile, file: &Imported) -> Result<(Option<Profile>, u64)> {
        let named = profile.person.as_ref().and_then(|person| Some((person, file.orders.get(person)?)));
        let Some((person, orders)) = named else { return Ok((Some(profile.clone()), 0)) };
        let known = self.orders.entry(person.clone()).or_default();
        let new: Vec<&Order> = orders.iter().filter(|order| known.insert(order.id.clone())).collect();
        Ok((Order::all(&new)?, (orders.len() - new.len()) as u64))
    }

    /// Takes a person out, and out of every file that is added later; says how many profiles went. Capital and small letters and outer
    /// spaces of the name do not matter. Personas that were built before still rest on the person: build them again.
    pub fn forget(&mut self, person: &str) -> u64 {
        let before = self.profiles.len();
        let name = folded(person);
        self.profiles.retain(|profile| profile.person.as_deref().map(folded).as_ref() != Some(&name));
        self.orders.retain(|known, _| folded(known) != name);
        self.forgotten.insert(self.hash_of(person));
        (before - self.profiles.len()) as u64
    }

    fn is_forgotten(&self, profile: &Profile) -> bool {
        profile.person.as_ref().is_some_and(|person| self.forgotten.contains(&self.hash_of(person)))
    }

    fn hash_of(&self, person: &str) -> ContentHash {
        ContentHash::of(format!("{}{}", self.salt, folded(person)).as_bytes())
    }

    fn currency(&self) -> Option<Currency> {
        self.profiles.iter().find_map(|profile| profile.purchases.map(|bought| bought.revenue.currency()))
    }
}

/// A name as those of people who asked to be forgotten are compared.
fn folded(person: &str) -> String {
    person.trim().to_lowercase()
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
    /// Joins what another file or order says of the same person.
    pub(super) fn join(&mut self, other: &Self) -> Result<()> {
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
        assert_eq!(people.add_file(&first).unwrap(), Added { added: 2, ..Added::default() });
        assert_eq!(people.add_file(&second).unwrap(), Added { joined: 1, ..Added::default() });
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
        assert_eq!(people.add_file(&later).unwrap(), Added { forgotten: 1, ..Added::default() });
        let text = serde_json::to_string(&people).unwrap();
        assert!(!text.contains("ana") && text.contains("bia"), "{text}");
    }

    #[test]
    fn orders_that_two_exports_share_count_once() {
        let header = "customer,order,date,amount,category,coupon";
        let first = file(&format!("{header}\nana,1,2026-01-05,40,bags,VOLTA\n"));
        let second = file(&format!(
            "{header}\nana,1,2026-01-05,40,bags,VOLTA\nana,2,2026-02-05,20,belts,\nbia,1,2026-01-06,9,,\n"
        ));
        let mut people = People::default();
        people.add_file(&first).unwrap();
        let added = people.add_file(&second).unwrap();
        assert_eq!(added, Added { added: 1, joined: 1, known_orders: 1, ..Added::default() });
        let ana = &people.profiles()[0];
        let bought = ana.purchases.unwrap();
        assert_eq!((bought.orders, bought.items, bought.revenue.micros()), (2, 2, 60_000_000));
        assert_eq!((ana.interests["bags"], ana.interests["belts"], ana.events["VOLTA"]), (1, 1, 1));
        // The other way round the same people come out.
        let mut turned = People::default();
        turned.add_file(&second).unwrap();
        assert_eq!(turned.add_file(&first).unwrap(), Added { joined: 1, known_orders: 1, ..Added::default() });
        assert_eq!(turned.profiles(), people.profiles());
    }

    #[test]
    fn a_file_whose_amounts_do_not_add_up_is_left_out_whole() {
        let most = crate::model::Money::from_micros(i64::MAX, Currency::BRL);
        let day = "2026-01-05".parse().unwrap();
        let purchases = Some(Purchases { orders: 1, items: 1, revenue: most, first: day, last: day });
        let mut people = People::default();
        people.add(vec![Profile { person: Some("bia".into()), purchases, ..Profile::of(Source::Orders, 1) }]).unwrap();
        let before = people.clone();
        let orders = file("customer,order,date,amount\nana,1,2026-01-05,40\nbia,2,2026-01-06,10\n");
        assert!(people.add_file(&orders).is_err());
        assert_eq!(people, before);
    }

    #[test]
    fn e_mail_addresses_are_one_person_however_they_are_written() {
        let mut people = People::with_salt("7");
        let added =
            people.add_file(&file("email,order,date,amount\nAna@X.com,1,2026-01-05,40\n ana@x.com,2,2026-01-06,1\n"));
        assert_eq!(added.unwrap().added, 1);
        assert_eq!(people.profiles()[0].person.as_deref(), Some("ana@x.com"));
        assert_eq!(people.forget(" ANA@x.com"), 1);
        let later = file("email,order,date,amount\nana@X.COM,3,2026-01-05,40\n");
        assert_eq!(people.add_file(&later).unwrap(), Added { forgotten: 1, ..Added::default() });
        let profile = Profile { person: Some("Ana@x.com ".into()), ..Profile::of(Source::Orders, 1) };
        assert_eq!(people.add(vec![profile]).unwrap().forgotten, 1);
        // Customer numbers keep their letters, and are forgotten whatever these are.
        let mut numbered = People::with_salt("7");
        numbered.add_file(&file("customer,order,date,amount\n00aB,1,2026-01-05,40\n00Ab,2,2026-01-06,1\n")).unwrap();
        assert_eq!((numbered.profiles().len(), numbered.forget("00ab")), (2, 2));
    }

    #[test]
    fn what_is_remembered_of_a_forgotten_name_depends_on_the_salt() {
        let stored = |mut people: People| {
            people.forget("ana@x.com");
            serde_json::to_value(&people).unwrap()["forgotten"].clone()
        };
        let plain = ContentHash::of(b"ana@x.com");
        assert_eq!(stored(People::default()), serde_json::json!([plain]));
        assert_ne!(stored(People::with_salt("1")), stored(People::with_salt("2")));
        assert_ne!(stored(People::with_salt("1")), stored(People::default()));
        // A salt that comes after the first was forgotten would lose that name.
        let mut people = People::default();
        people.forget("ana@x.com");
        assert_eq!(people.clone().salted("1"), people);
        assert_eq!(People::default().salted("1"), People::with_salt("1"));
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
