//! Personas of made-up people whose groups are known.

use jiff::civil::Date;

use super::*;
use crate::model::{AgeRange, Currency, Gender, Language, Money};
use crate::persona::{Purchases, Source};
use crate::stats::random::Random;

/// Customers of two kinds: women of 25 to 34 who buy bags often in the evening, and men of 45 to 54 who buy tools seldom in the morning. Up
/// to 99 of each: a third persona would have fewer than 50 people, or leave fewer.
fn customers(each: usize, seed: u64) -> Vec<Profile> {
    let first: Date = "2026-01-05".parse().unwrap();
    let profile = |at: usize| {
        let mut luck = Random::at(seed, &[at as u64]);
        let is_first = at.is_multiple_of(2);
        let orders = if is_first { 7 + luck.below(6) } else { 2 };
        let value = if is_first { 40.0 } else { 300.0 } * luck.log_normal(0.3);
        #[expect(clippy::cast_possible_truncation, reason = "small amounts")]
        let revenue = Money::from_micros((value * orders as f64 * 1e6) as i64, Currency::BRL);
        let days = |days: u64| jiff::Span::new().days(i64::try_from(days).unwrap());
        let last = first + days(if is_first { 250 + luck.below(30) } else { 90 + luck.below(30) });
        let hour = if is_first { 19 + luck.below(4) } else { 7 + luck.below(4) };
        let interest = if is_first { "bags" } else { "tools" };
        let events =
            if luck.uniform() < if is_first { 0.7 } else { 0.3 } { vec![("coupon".to_owned(), 1)] } else { vec![] };
        Profile {
            person: Some(format!("c{seed}-{at}")),
            gender: Some(if is_first { Gender::Female } else { Gender::Male }),
            ages: Some(if is_first { AgeRange { min: 25, max: 34 } } else { AgeRange { min: 45, max: 54 } }),
            hours: BTreeMap::from([(u8::try_from(luck.below(7) * 24 + hour).unwrap(), orders)]),
            interests: BTreeMap::from([(interest.to_owned(), orders), ("Gospel".to_owned(), 1)]),
            events: events.into_iter().collect(),
            purchases: Some(Purchases { orders, items: orders * 2, revenue, first, last: last.max(first) }),
            ..Profile::of(Source::Orders, 1)
        }
    };
    (0..2 * each).map(profile).collect()
}

fn people(profiles: Vec<Profile>) -> People {
    let mut people = People::default();
    people.add(profiles).unwrap();
    people
}

fn built(profiles: Vec<Profile>) -> PersonaModel {
    build(&people(profiles), &quick(), None, &Cancel::default()).unwrap()
}

fn quick() -> Settings {
    Settings { draws: 5, most_personas: 4, ..Settings::default() }
}

#[test]
fn two_kinds_of_customers_are_two_personas_with_all_that_tells_them_apart() {
    let model = built(customers(90, 1));
    assert_eq!(model.personas.iter().map(|persona| persona.people).collect::<Vec<_>>(), [90, 90], "{:?}", model.tried);
    let women = model.personas.iter().find(|persona| persona.genders.contains_key("female")).unwrap();
    assert_eq!((women.genders["female"], women.ages["25-34"]), (1.0, 1.0));
    assert!((women.interests["bags"] - 2.0).abs() < 1e-12 && !women.interests.contains_key("tools"));
    assert!(women.online.day.keys().all(|hour| (19..23).contains(hour)), "{:?}", women.online);
    assert_eq!(women.triggers[0].event, "coupon");
    assert!(women.triggers[0].lift.low > 0.0 && women.triggers[0].lift.high > women.triggers[0].lift.value);
    let buying = women.buying.unwrap();
    assert!(buying.buyers == 90 && buying.orders > 6.0 && (buying.basket - 2.0).abs() < 1e-12);
    let value = women.value.as_ref().unwrap();
    assert!(value.low < value.value && value.value < value.high && value.sample_size == 90);
    assert!(women.stability.unwrap() > 0.95);
    let label = women.label(Language::English);
    assert!(label.contains("women") && !label.to_lowercase().contains("gospel"), "{label}");
    assert!(women.label(Language::Portuguese).contains("mulheres"));
}

#[test]
fn neither_order_nor_threads_change_a_persona_and_the_same_people_are_built_once() {
    let (profiles, usual) = (customers(80, 2), quick());
    let mut turned = profiles.clone();
    turned.reverse();
    turned.swap(3, 40);
    let one =
        build(&people(profiles), &Settings { threads: Some(1), ..usual.clone() }, None, &Cancel::default()).unwrap();
    let other = people(turned);
    let two = build(&other, &Settings { threads: Some(3), ..usual.clone() }, None, &Cancel::default()).unwrap();
    assert_eq!(one, two);
    let cancelled = Cancel::default();
    cancelled.cancel();
    assert_eq!(build(&other, &usual, Some(&two), &cancelled).unwrap(), two);
    assert_eq!(build(&other, &usual, None, &cancelled).unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_persona_keeps_its_id_when_people_come_and_go() {
    let mut all = people(customers(90, 3));
    let first = build(&all, &quick(), None, &Cancel::default()).unwrap();
    let id_of = |model: &PersonaModel, gender: &str| {
        model.personas.iter().find(|persona| persona.genders.contains_key(gender)).unwrap().id.clone()
    };
    // Eight more of the second kind come, so that it is the largest now.
    all.add(customers(8, 4).into_iter().skip(1).step_by(2).collect()).unwrap();
    let second = build(&all, &quick(), Some(&first), &Cancel::default()).unwrap();
    assert_ne!(first.hash, second.hash);
    for gender in ["female", "male"] {
        assert_eq!(id_of(&first, gender), id_of(&second, gender));
    }
    assert_eq!(second.personas[0].id, id_of(&first, "male"));
}

#[test]
fn a_forgotten_person_is_in_no_persona_and_changes_the_hash() {
    let mut all = people(customers(60, 5));
    let before = build(&all, &quick(), None, &Cancel::default()).unwrap();
    assert_eq!(all.forget("c5-0"), 1);
    let after = build(&all, &quick(), Some(&before), &Cancel::default()).unwrap();
    let total = |model: &PersonaModel| model.personas.iter().map(|persona| persona.people).sum::<u64>();
    assert_eq!((total(&before), total(&after)), (120, 119));
    let never =
        build(&people(customers(60, 5).into_iter().skip(1).collect()), &quick(), None, &Cancel::default()).unwrap();
    let but_ids = |model: &PersonaModel| {
        let mut personas = model.personas.clone();
        for persona in &mut personas {
            persona.id.clear();
        }
        personas
    };
    assert_eq!((&after.hash, but_ids(&after)), (&never.hash, but_ids(&never)));
}

#[test]
fn new_people_are_placed_with_a_probability() {
    let model = built(customers(90, 6));
    let women = model.personas.iter().find(|persona| persona.genders.contains_key("female")).unwrap();
    let alike = customers(1, 7).remove(0);
    let found = model.assign(&alike).unwrap();
    assert_eq!(found[0].id, women.id);
    assert!(found[0].probability > 0.99 && (found.iter().map(|one| one.probability).sum::<f64>() - 1.0).abs() < 1e-12);
    let unknown = model.assign(&Profile::of(Source::Social, 1)).unwrap();
    assert!((unknown[0].probability - 0.5).abs() < 0.05, "{unknown:?}");
    let partly = model.assign(&Profile { gender: Some(Gender::Female), ..Profile::of(Source::Social, 1) }).unwrap();
    assert_eq!(partly[0].id, women.id);
}

#[test]
fn thin_and_flat_data_abstain_and_say_why() {
    let few = build(&people(customers(20, 8)), &quick(), None, &Cancel::default()).unwrap_err();
    assert_eq!((few.kind(), few.context_of("reason")), (ErrorKind::NotEnoughData, Some("too_few")));
    let one = built(vec![Profile::of(Source::Social, 500)]);
    assert_eq!((one.personas.len(), one.personas[0].people, one.notes[0].key.as_str()), (1, 500, "personas-alike"));
    assert!((one.assign(&Profile::of(Source::Social, 1)).unwrap()[0].probability - 1.0).abs() < 1e-12);
    let same = Profile { gender: Some(Gender::Female), place: Some("Recife".into()), ..Profile::of(Source::Social, 1) };
    let flat = built(vec![same; 80]);
    assert_eq!((flat.personas.len(), flat.personas[0].places["Recife"]), (1, 1.0));
    let mut luck = Random::at(9, &[]);
    let mut buyer = || {
        let last =
            "2026-01-01".parse::<Date>().unwrap() + jiff::Span::new().days(i64::try_from(luck.below(300)).unwrap());
        #[expect(clippy::cast_possible_truncation, reason = "small amounts")]
        let revenue = Money::from_micros((luck.log_normal(0.5) * 1e8) as i64, Currency::BRL);
        let purchases = Purchases { orders: 1, items: 1 + luck.poisson(6.0), revenue, first: last, last };
        Profile { purchases: Some(purchases), ..Profile::of(Source::Orders, 1) }
    };
    let cloud = built((0..300).map(|_| buyer()).collect());
    let stability: Vec<_> = cloud.tried.iter().map(|tried| tried.stability).collect();
    assert!(cloud.personas.len() == 1 && cloud.notes[0].key == "personas-one", "{stability:?}");
}

#[test]
fn ten_thousand_values_of_an_attribute_do_not_drown_the_others() {
    let mut profiles = customers(90, 10);
    for (at, profile) in profiles.iter_mut().enumerate() {
        profile.interests.extend((0..60).map(|value| (format!("thing {}", at * 60 + value), 1)));
    }
    let model = built(profiles);
    assert_eq!(model.personas.len(), 2, "{:?}", model.tried);
    assert!(model.personas.iter().all(|persona| persona.interests.keys().all(|name| !name.starts_with("thing"))));
    let note = model.notes.iter().find(|note| note.key == "personas-sensitive").unwrap();
    assert!(note.text(Language::English).starts_with("1 labels"), "{note:?}");
}

/// Every statement of a persona about its people: an attribute with a value.
fn stated(persona: &Persona) -> Vec<(Attribute, String)> {
    let named = |attribute, map: &BTreeMap<String, f64>| {
        map.keys().filter(|key| *key != "other").map(move |key| (attribute, key.clone())).collect::<Vec<_>>()
    };
    let mut stated = named(Attribute::Age, &persona.ages);
    stated.extend(named(Attribute::Gender, &persona.genders));
    stated.extend(named(Attribute::Place, &persona.places));
    stated.extend(named(Attribute::Interest, &persona.interests));
    stated.extend(named(Attribute::Content, &persona.content));
    stated.extend(persona.online.day.keys().map(|hour| (Attribute::DayHour, format!("{hour:02}"))));
    stated.extend(persona.online.week.keys().map(|hour| (Attribute::WeekHour, format!("{hour:03}"))));
    stated.extend(persona.triggers.iter().map(|trigger| (Attribute::Event, trigger.event.clone())));
    stated
}

/// What the parts of a name say of people.
fn named(persona: &Persona) -> Vec<(Attribute, String)> {
    let of = |part: &Message| {
        let value = || match part.args.get("value") {
            Some(crate::model::message::Argument::Text(text)) => text.clone(),
            other => panic!("{other:?}"),
        };
        Some(match part.key.as_str() {
            "persona-female" => (Attribute::Gender, "female".to_owned()),
            "persona-male" => (Attribute::Gender, "male".to_owned()),
            "persona-ages" => (Attribute::Age, value()),
            "persona-place" => (Attribute::Place, value()),
            "persona-interest" => (Attribute::Interest, value()),
            _ => return None,
        })
    };
    persona.name.iter().filter_map(of).collect()
}

/// Customers with rare values that must not be shown: a few people of other ages, places and interests.
fn with_rare_values(seed: u64) -> Vec<Profile> {
    let mut profiles = customers(90, seed);
    let mut luck = Random::at(seed, &[77]);
    for profile in &mut profiles {
        if luck.uniform() < 0.08 {
            profile.ages = Some(AgeRange { min: 55, max: 64 });
        }
        profile.place = Some(["Recife", "Natal", "Olinda"][usize::try_from(luck.below(60).min(2)).unwrap()].into());
        profile.interests.insert(format!("rare {}", luck.below(30)), 1);
    }
    profiles
}

fn people_with(profiles: &[&Profile], wanted: &[&(Attribute, String)]) -> u64 {
    let has =
        |profile: &&&Profile| wanted.iter().all(|(attribute, value)| attribute.values(profile).contains_key(value));
    profiles.iter().filter(has).map(|profile| profile.people).sum()
}

#[test]
fn no_combination_of_up_to_three_attributes_that_is_shown_has_fewer_people_than_the_floor() {
    let floor = Settings::default().least_cell;
    for seed in 20..24 {
        let profiles = with_rare_values(seed);
        let model = built(profiles.clone());
        let mut seen = 0;
        for persona in &model.personas {
            let members: Vec<&Profile> =
                profiles.iter().filter(|profile| model.likeliest(profile) == Some(persona.id.as_str())).collect();
            assert!(persona.people >= 50 && members.len() as u64 == persona.people);
            // Single statements, each with its group; what is left of each attribute is nobody or enough people.
            let stated = stated(persona);
            assert!(stated.iter().all(|statement| people_with(&members, &[statement]) >= floor), "{stated:?}");
            for attribute in [Attribute::Age, Attribute::Gender, Attribute::Place] {
                let shown = stated.iter().filter(|(of, _)| *of == attribute).map(|one| people_with(&members, &[one]));
                let shown: u64 = shown.sum();
                let rest = persona.people - shown;
                assert!(shown == 0 || rest == 0 || rest >= floor, "{attribute:?} leaves {rest}");
            }
            // Every combination of up to three attributes that the name joins.
            let named = named(persona);
            for mask in 1..1_usize << named.len() {
                let chosen = named.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, one)| one);
                let chosen: Vec<_> = chosen.collect();
                assert!(chosen.len() > 3 || people_with(&members, &chosen) >= floor, "{chosen:?}");
                seen += 1;
            }
            seen += stated.len();
        }
        assert!(seen > 10, "{seed}: {seen} {:?}", model.tried);
    }
}

#[test]
fn what_is_shown_of_a_value_leaves_nobody_or_enough_people_to_the_other_personas() {
    let floor = Settings::default().least_cell;
    for seed in 20..24 {
        let profiles = with_rare_values(seed);
        let all: Vec<&Profile> = profiles.iter().collect();
        let model = built(profiles.clone());
        let statements: BTreeMap<&str, Vec<(Attribute, String)>> =
            model.personas.iter().map(|persona| (persona.id.as_str(), stated(persona))).collect();
        let listed = [Attribute::Age, Attribute::Gender, Attribute::Place, Attribute::DayHour, Attribute::WeekHour];
        let values = listed.into_iter().flat_map(|attribute| {
            all.iter()
                .flat_map(move |profile| attribute.values(profile).into_keys())
                .map(move |value| (attribute, value))
        });
        for value in values.collect::<BTreeSet<_>>() {
            let is_shown =
                |profile: &&&Profile| model.likeliest(profile).is_some_and(|id| statements[id].contains(&value));
            let told: Vec<&Profile> = all.iter().filter(is_shown).copied().collect();
            let (shown, whole) = (people_with(&told, &[&value]), people_with(&all, &[&value]));
            assert!(shown == 0 || whole == shown || whole - shown >= floor, "{value:?} {shown} of {whole}");
        }
    }
}
