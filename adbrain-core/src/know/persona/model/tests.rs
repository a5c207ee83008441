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
    assert!(buying.buyers == Some(90) && buying.orders > 6.0 && (buying.basket - 2.0).abs() < 1e-12);
    for value in [women.value.as_ref().unwrap(), women.revenue_so_far.as_ref().unwrap()] {
        assert!(value.low < value.value && value.value < value.high && value.sample_size == 90);
    }
    assert_eq!(women.value.as_ref().unwrap().method, "pareto_nbd_gamma_gamma");
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

/// Customers of a third kind: old men who buy things for the garden at noon.
fn gardeners(count: usize, seed: u64) -> Vec<Profile> {
    let first: Date = "2026-01-05".parse().unwrap();
    let gardener = |at: usize| {
        let mut luck = Random::at(seed, &[at as u64]);
        let orders = 4 + luck.below(2);
        #[expect(clippy::cast_possible_truncation, reason = "small amounts")]
        let revenue = Money::from_micros((1000.0 * luck.log_normal(0.2) * orders as f64 * 1e6) as i64, Currency::BRL);
        let last = first + jiff::Span::new().days(i64::try_from(180 + luck.below(20)).unwrap());
        Profile {
            person: Some(format!("g{seed}-{at}")),
            gender: Some(Gender::Male),
            ages: Some(AgeRange { min: 55, max: 64 }),
            hours: BTreeMap::from([(u8::try_from(luck.below(7) * 24 + 12 + luck.below(2)).unwrap(), orders)]),
            interests: BTreeMap::from([("garden".to_owned(), orders)]),
            purchases: Some(Purchases { orders, items: orders * 5, revenue, first, last }),
            ..Profile::of(Source::Orders, 1)
        }
    };
    (0..count).map(gardener).collect()
}

/// The ids of the personas by the interest that they have.
fn ids_by_interest(model: &PersonaModel) -> BTreeMap<String, String> {
    let interest = |persona: &Persona| {
        let of = |(interest, lift): (&String, &f64)| (*lift > 1.0).then(|| interest.clone());
        persona.interests.iter().filter_map(of).collect::<Vec<_>>().join("+")
    };
    model.personas.iter().map(|persona| (interest(persona), persona.id.clone())).collect()
}

#[test]
fn an_id_that_vanished_never_names_another_persona() {
    let old = customers(90, 12);
    let both = people(old.clone());
    let all = people([old, gardeners(90, 12)].concat());
    let next = |people: &People, previous: &PersonaModel| build(people, &quick(), Some(previous), &Cancel::default());
    let two = build(&both, &quick(), None, &Cancel::default()).unwrap();
    let ids = ids_by_interest(&two);
    assert_eq!(ids.keys().collect::<Vec<_>>(), ["bags", "tools"]);
    // Gardeners come, go, and come again.
    let three = next(&all, &two).unwrap();
    let with_garden = |id: &str| {
        let mut ids = ids.clone();
        ids.insert("garden".into(), id.into());
        ids
    };
    assert_eq!(ids_by_interest(&three), with_garden("persona-3"), "{:?}", three.tried);
    let back = next(&both, &three).unwrap();
    assert_eq!(ids_by_interest(&back), ids);
    assert_eq!(ids_by_interest(&next(&all, &back).unwrap()), with_garden("persona-4"));
}

#[test]
fn a_persona_that_splits_hands_its_id_to_one_part_and_a_merged_one_keeps_one_of_them() {
    let all = people([customers(90, 13), gardeners(90, 13)].concat());
    let of = |most_personas: usize, previous: Option<&PersonaModel>| {
        let model = build(&all, &Settings { most_personas, ..quick() }, previous, &Cancel::default()).unwrap();
        assert_eq!(model.personas.len(), most_personas, "{:?}", model.tried);
        model
    };
    let ids = |model: &PersonaModel| {
        model.personas.iter().map(|persona| persona.id.clone()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let merged = of(2, None);
    assert_eq!((ids(&merged), merged.personas[0].people), (vec!["persona-1".into(), "persona-2".into()], 180));
    let split = of(3, Some(&merged));
    assert_eq!(ids(&split), ["persona-1", "persona-2", "persona-3"]);
    // The persona that did not split is the same one.
    assert_eq!(split.personas.iter().find(|one| one.id == "persona-2").unwrap().people, 90);
    assert_eq!(
        ids_by_interest(&merged).values().filter(|id| ids_by_interest(&split).values().any(|it| it == *id)).count(),
        2
    );
    let again = of(2, Some(&split));
    let kept = ids(&again);
    assert!(kept.len() == 2 && kept.iter().all(|id| ids(&split).contains(id)), "{kept:?}");
    let once_more = of(3, Some(&again));
    assert!(ids(&once_more).contains(&"persona-4".to_owned()), "{:?}", ids(&once_more));
    assert!(kept.iter().all(|id| ids(&once_more).contains(id)));
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
fn the_few_who_bought_nothing_cannot_be_counted_by_difference() {
    let told = |without: usize| {
        let mut profiles = customers(90, 11);
        for profile in profiles.iter_mut().step_by(2).take(without) {
            profile.purchases = None;
        }
        let model = built(profiles);
        let women = model.personas.into_iter().find(|persona| persona.genders.contains_key("female")).unwrap();
        (women.people, women.buying.unwrap().buyers, women.value.unwrap().sample_size)
    };
    assert_eq!(told(0), (90, Some(90), 90));
    assert_eq!(told(5), (90, None, 80));
    assert_eq!(told(10), (90, Some(80), 80));
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

/// Something that is told of people.
struct Statement {
    text: String,
    holds: Box<dyn Fn(&Profile) -> bool>,
}

impl Statement {
    fn value(attribute: Attribute, value: &str) -> Self {
        let (text, value) = (format!("{attribute:?} {value}"), value.to_owned());
        Self { text, holds: Box::new(move |profile| attribute.values(profile).contains_key(&value)) }
    }
}

/// Every value that a persona shows, but for those of its name.
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

/// What the parts of a name say of people, read from their texts: `None` for a part that says nothing of them.
fn named(part: &Message, model: &PersonaModel, everyone: &[Profile]) -> Option<Statement> {
    use super::super::fit::encode::{Column, Measure};
    use super::super::fit::traits::day_hours;
    let value = || match part.args.get("value") {
        Some(crate::model::message::Argument::Text(text)) => text.clone(),
        other => panic!("{other:?}"),
    };
    let part_of_day = |first: u8| {
        let most = move |profile: &Profile| {
            let hours = day_hours(profile);
            hours.range(first..first + 6).map(|(_, count)| count).sum::<u64>() * 2 > hours.values().sum::<u64>()
        };
        Statement { text: format!("from {first}"), holds: Box::new(most) }
    };
    let number = |measure: Measure, sign: f64| {
        let is_it = |column: &&Column| matches!(column, Column::Number { measure: of, .. } if *of == measure);
        let column = model.encoder.columns.iter().find(is_it).unwrap().clone();
        let encoder = Encoder { columns: vec![column], as_of: model.encoder.as_of };
        let known: Vec<f64> = everyone.iter().map(|one| encoder.row(one)[0]).filter(|value| !value.is_nan()).collect();
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let holds = Box::new(move |profile: &Profile| (encoder.row(profile)[0] - mean) * sign > 0.0);
        Statement { text: format!("{measure:?} {sign}"), holds }
    };
    Some(match part.key.as_str() {
        "persona-group" => return None,
        "persona-ages" => Statement::value(Attribute::Age, &value()),
        "persona-place" => Statement::value(Attribute::Place, &value()),
        "persona-device" => Statement::value(Attribute::Device, &value()),
        "persona-interest" => Statement::value(Attribute::Interest, &value()),
        "persona-content" => Statement::value(Attribute::Content, &value()),
        "persona-night" => part_of_day(0),
        "persona-morning" => part_of_day(6),
        "persona-afternoon" => part_of_day(12),
        "persona-evening" => part_of_day(18),
        "persona-recency-high" => number(Measure::Recency, 1.0),
        "persona-recency-low" => number(Measure::Recency, -1.0),
        "persona-orders-high" => number(Measure::Orders, 1.0),
        "persona-orders-low" => number(Measure::Orders, -1.0),
        "persona-order-value-high" => number(Measure::OrderValue, 1.0),
        "persona-order-value-low" => number(Measure::OrderValue, -1.0),
        "persona-basket-high" => number(Measure::Basket, 1.0),
        "persona-basket-low" => number(Measure::Basket, -1.0),
        "persona-interval-high" => number(Measure::Interval, 1.0),
        "persona-interval-low" => number(Measure::Interval, -1.0),
        gender => {
            let gender = gender.strip_prefix("persona-").unwrap();
            assert!(["female", "male"].contains(&gender), "a part of a name that this test does not know: {gender}");
            Statement::value(Attribute::Gender, gender)
        }
    })
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
        profile.interests.insert(["hats", "socks", "belts"][usize::try_from(luck.below(3)).unwrap()].into(), 1);
        profile.device = Some(["mobile", "desktop"][usize::from(luck.uniform() < 0.2)].into());
        profile.content.insert(["video", "story"][usize::from(luck.uniform() < 0.4)].into(), 1);
        profile.hours.insert(u8::try_from(luck.below(168)).unwrap(), 1);
        profile.purchases = profile.purchases.filter(|_| luck.uniform() < 0.8);
    }
    profiles
}

fn people_with(profiles: &[&Profile], wanted: &[&Statement]) -> u64 {
    let has = |profile: &&&Profile| wanted.iter().all(|statement| (statement.holds)(profile));
    profiles.iter().filter(has).map(|profile| profile.people).sum()
}

/// All that is told of a persona.
fn told(persona: &Persona, model: &PersonaModel, everyone: &[Profile]) -> Vec<Statement> {
    let stated = stated(persona);
    let mut told: Vec<Statement> =
        stated.iter().map(|(attribute, value)| Statement::value(*attribute, value)).collect();
    told.extend(persona.name.iter().filter_map(|part| named(part, model, everyone)));
    if persona.buying.is_some_and(|buying| buying.buyers.is_some()) {
        told.push(Statement { text: "bought".into(), holds: Box::new(|profile| profile.purchases.is_some()) });
    }
    told
}

#[test]
fn no_combination_of_up_to_three_attributes_that_is_shown_has_fewer_people_than_the_floor() {
    let floor = Settings::default().least_cell;
    for seed in 20..24 {
        let profiles = with_rare_values(seed);
        let model = built(profiles.clone());
        let (mut shown, mut combinations) = (0, 0);
        for persona in &model.personas {
            let members: Vec<&Profile> =
                profiles.iter().filter(|profile| model.likeliest(profile) == Some(persona.id.as_str())).collect();
            assert!(persona.people >= 50 && members.len() as u64 == persona.people);
            // What is left of each attribute is nobody or enough people.
            for attribute in [Attribute::Age, Attribute::Gender, Attribute::Place] {
                let values = stated(persona).into_iter().filter(|(of, _)| *of == attribute);
                let told = values.map(|(of, value)| people_with(&members, &[&Statement::value(of, &value)]));
                let told: u64 = told.sum();
                let rest = persona.people - told;
                assert!(told == 0 || rest == 0 || rest >= floor, "{attribute:?} leaves {rest}");
            }
            let told = told(persona, &model, &profiles);
            let held = |statement: &Statement| members.iter().map(|member| (statement.holds)(member)).collect();
            let held: Vec<Vec<bool>> = told.iter().map(held).collect();
            let enough = |wanted: &[usize]| {
                let people = (0..members.len()).filter(|at| wanted.iter().all(|one| held[*one][*at])).count() as u64;
                let texts: Vec<&str> = wanted.iter().map(|one| told[*one].text.as_str()).collect();
                let may_be_none = wanted.len() > 1;
                assert!(people >= floor || may_be_none && people == 0, "{seed} {} {texts:?} {people}", persona.id);
            };
            for first in 0..told.len() {
                enough(&[first]);
                for second in first + 1..told.len() {
                    enough(&[first, second]);
                    for third in second + 1..told.len() {
                        enough(&[first, second, third]);
                        combinations += 1;
                    }
                }
            }
            shown += told.len();
        }
        assert!(shown > 15 && combinations > 100, "{seed}: {shown} {combinations} {:?}", model.tried);
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
        let ids: Vec<&str> = all.iter().map(|profile| model.likeliest(profile).unwrap()).collect();
        for value in values.collect::<BTreeSet<_>>() {
            let is_shown = |(_, id): &(&&Profile, &&str)| statements[*id].contains(&value);
            let told: Vec<&Profile> = all.iter().zip(&ids).filter(is_shown).map(|(profile, _)| *profile).collect();
            let statement = Statement::value(value.0, &value.1);
            let (shown, whole) = (people_with(&told, &[&statement]), people_with(&all, &[&statement]));
            assert!(shown == 0 || whole == shown || whole - shown >= floor, "{value:?} {shown} of {whole}");
        }
    }
}
