//! Names from what tells a group apart most.

use std::collections::BTreeSet;

use super::super::profile::Profile;
use super::describe::Described;
use super::encode::{Column, Encoder, Measure};
use super::traits::{Attribute, day_hours};
use crate::model::Message;

/// So many parts make a name.
const PARTS: usize = 3;
/// A difference below this is no part of a name: a small effect (Cohen, "Statistical power analysis for the behavioral sciences", 1988).
const LEAST_EFFECT: f64 = 0.2;

/// Something that may be a part of a name.
struct Part {
    effect: f64,
    /// What it is about: a name has one part of each kind.
    kind: &'static str,
    message: Message,
    holds: Holds,
}

/// Whether a statement is true of a profile.
pub(in super::super) type Holds = Box<dyn Fn(&Profile) -> bool>;

/// A name in parts, with what each says of people.
#[derive(Default)]
pub(in super::super) struct Name {
    pub(in super::super) parts: Vec<Message>,
    pub(in super::super) holds: Vec<Holds>,
}

/// The names of all groups: of each the strongest differences from everyone, by standardised size, of which together at least `floor`
/// people of the group have every one. A name that another group has already gets further parts, and the id where there are none left.
pub(in super::super) fn names(
    profiles: &[&Profile],
    labels: &[u32],
    (described, encoder): (&Described, &Encoder),
    (ids, floor): (&[String], u64),
) -> Vec<Name> {
    let mut taken: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut names = Vec::new();
    for (group, id) in ids.iter().enumerate() {
        let members: Vec<&Profile> = profiles
            .iter()
            .zip(labels)
            .filter(|(_, label)| **label as usize == group)
            .map(|(profile, _)| *profile)
            .collect();
        let mut name = Name::default();
        let (mut kinds, mut left) = (BTreeSet::new(), members);
        for part in parts(profiles, labels, (described, encoder), group) {
            let is_enough = name.parts.len() >= PARTS && !taken.contains(&texts(&name.parts));
            let having: Vec<&Profile> = left.iter().copied().filter(|profile| (part.holds)(profile)).collect();
            let people: u64 = having.iter().map(|profile| profile.people).sum();
            if !is_enough && people >= floor && kinds.insert(part.kind) {
                name.parts.push(part.message);
                name.holds.push(part.holds);
                left = having;
            }
        }
        if name.parts.is_empty() || taken.contains(&texts(&name.parts)) {
            name.parts.push(Message::new("persona-group").with("id", id.as_str()));
        }
        taken.insert(texts(&name.parts));
        names.push(name);
    }
    names
}

fn texts(name: &[Message]) -> Vec<String> {
    name.iter().map(|part| format!("{part:?}")).collect()
}

/// Everything that may be a part, strongest first.
fn parts(
    profiles: &[&Profile],
    labels: &[u32],
    (described, encoder): (&Described, &Encoder),
    group: usize,
) -> Vec<Part> {
    let mut parts: Vec<Part> = NAMED
        .iter()
        .flat_map(|(attribute, kind)| {
            described
                .values(*attribute, group)
                .into_iter()
                .filter_map(|value| value_part(described, (*attribute, kind), value, group))
        })
        .collect();
    parts.extend(
        Measure::ALL.into_iter().skip(1).filter_map(|measure| number_part(profiles, labels, encoder, (measure, group))),
    );
    parts.extend(time_parts(profiles, labels, group));
    parts.retain(|part| part.effect >= LEAST_EFFECT);
    parts.sort_by(|a, b| {
        b.effect
            .total_cmp(&a.effect)
            .then_with(|| texts(std::slice::from_ref(&a.message)).cmp(&texts(std::slice::from_ref(&b.message))))
    });
    parts
}

/// The attributes whose values name a group, with the key of their text.
const NAMED: [(Attribute, &str); 6] = [
    (Attribute::Gender, "persona-gender"),
    (Attribute::Age, "persona-ages"),
    (Attribute::Place, "persona-place"),
    (Attribute::Device, "persona-device"),
    (Attribute::Interest, "persona-interest"),
    (Attribute::Content, "persona-content"),
];

/// A value by how much more frequent it is: (p - q) / sqrt(q (1 - q)), with p in the group and q in all.
fn value_part(
    described: &Described,
    (attribute, kind): (Attribute, &'static str),
    value: &str,
    group: usize,
) -> Option<Part> {
    let [with, known, all_with, all] = described.counts(attribute, value, group)?;
    let (p, q) = (with as f64 / known as f64, all_with as f64 / all as f64);
    let message = match attribute {
        Attribute::Gender => Message::new(format!("persona-{value}")),
        _ => Message::new(kind).with("value", value),
    };
    let wanted = value.to_owned();
    let holds = Box::new(move |profile: &Profile| attribute.has(profile, &wanted));
    Some(Part { effect: standardised(p, q)?, kind, message, holds })
}

fn standardised(p: f64, q: f64) -> Option<f64> {
    let spread = libm::sqrt(q * (1.0 - q));
    (spread > 0.0).then(|| (p - q) / spread)
}

/// The texts of a number that is higher or lower than usual.
fn number_texts(measure: Measure) -> Option<(&'static str, [&'static str; 2])> {
    match measure {
        Measure::Age => None, // ages have values
        Measure::Recency => Some(("recency", ["persona-recency-high", "persona-recency-low"])),
        Measure::Orders => Some(("orders", ["persona-orders-high", "persona-orders-low"])),
        Measure::OrderValue => Some(("order-value", ["persona-order-value-high", "persona-order-value-low"])),
        Measure::Basket => Some(("basket", ["persona-basket-high", "persona-basket-low"])),
        Measure::Interval => Some(("interval", ["persona-interval-high", "persona-interval-low"])),
    }
}

/// A number by the difference of means in deviations of everyone, on the scale of the columns.
fn number_part(
    profiles: &[&Profile],
    labels: &[u32],
    encoder: &Encoder,
    (measure, group): (Measure, usize),
) -> Option<Part> {
    let column =
        encoder.columns.iter().find(|column| matches!(column, Column::Number { measure: of, .. } if *of == measure))?;
    let single = Encoder { columns: vec![column.clone()], as_of: encoder.as_of };
    let value = |profile: &Profile| single.row(profile).first().copied().filter(|value| !value.is_nan());
    let (mut own, mut all) = ([0.0; 3], [0.0; 3]);
    for (profile, label) in profiles.iter().zip(labels) {
        let Some(value) = value(profile) else { continue };
        let more = [1.0, value, value * value];
        let add = |sums: &mut [f64; 3]| sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        add(&mut all);
        if *label as usize == group {
            add(&mut own);
        }
    }
    let (mean, everyone) = (own[1] / own[0], all[1] / all[0]);
    let deviation = libm::sqrt((all[2] / all[0] - everyone * everyone).max(0.0));
    let effect = (mean - everyone) / deviation;
    let (kind, [high, low]) = number_texts(measure)?;
    let key = if effect > 0.0 { high } else { low };
    let holds = Box::new(move |profile: &Profile| {
        single.row(profile).first().is_some_and(|value| (value - everyone) * effect > 0.0)
    });
    effect.is_finite().then(|| Part { effect: effect.abs(), kind, message: Message::new(key), holds })
}

/// The parts of the day with their first hours.
const DAY_PARTS: [(&str, u8); 4] =
    [("persona-night", 0), ("persona-morning", 6), ("persona-afternoon", 12), ("persona-evening", 18)];

/// Parts of the day by how much of the activity of the group falls into them, against everyone's; people hold it who are mostly
/// active then.
fn time_parts(profiles: &[&Profile], labels: &[u32], group: usize) -> Vec<Part> {
    let share = |profile: &Profile, first: u8| {
        let hours = day_hours(profile);
        let all: u64 = hours.values().sum();
        let inside: u64 = hours.range(first..first + 6).map(|(_, count)| count).sum();
        (all > 0).then(|| inside as f64 / all as f64)
    };
    let part = |(key, first): (&'static str, u8)| {
        let (mut own, mut all) = ([0.0; 2], [0.0; 2]);
        for (profile, label) in profiles.iter().zip(labels) {
            let Some(share) = share(profile, first) else { continue };
            let people = profile.people as f64;
            all = [all[0] + people, all[1] + people * share];
            if *label as usize == group {
                own = [own[0] + people, own[1] + people * share];
            }
        }
        let effect = standardised(own[1] / own[0], all[1] / all[0]).filter(|effect| effect.is_finite())?;
        let holds = Box::new(move |profile: &Profile| share(profile, first).is_some_and(|share| share > 0.5));
        Some(Part { effect, kind: "time", message: Message::new(key), holds })
    };
    DAY_PARTS.into_iter().filter_map(part).collect()
}
