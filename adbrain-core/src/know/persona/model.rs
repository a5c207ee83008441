//! Personas of one brand: built from its people, asked about new ones, built again when people come and go.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cancel::Cancel;
use super::crowd::Crowd;
use super::fit::cluster::{self, Groups};
use super::fit::describe::Described;
use super::fit::encode::Encoder;
use super::fit::names::Name;
use super::fit::traits::Attribute;
use super::fit::value::{Buyers, Group};
use super::fit::{names, value, worth};
use super::people::People;
use super::profile::Profile;
use super::sensitive::sensitive;
use super::settings::Settings;
use super::summary::Persona;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Message, canonical_json};
use crate::stats::cluster::{Candidate, KMeans, Mixture, Points};

/// Personas with what is needed to ask about new people and to keep their ids when they are built again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonaModel {
    /// The SHA-256 of the people and settings: the same are built once.
    pub hash: ContentHash,
    /// The personas, largest first.
    pub personas: Vec<Persona>,
    /// Each number of personas that was tried.
    pub tried: Vec<Tried>,
    /// What a reader should know: what was left out, and why there are no more personas.
    pub notes: Vec<Message>,
    encoder: Encoder,
    /// The persona of each centre and component.
    ids: Vec<String>,
    centres: Vec<Vec<f64>>,
    mixture: Option<Mixture>,
    /// The number of the next new persona.
    next: u64,
}

/// One number of personas that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// The number.
    pub personas: u64,
    /// The mean agreement with redrawn data; `None` where a persona would be too small to try.
    pub stability: Option<f64>,
    /// The people of the smallest one.
    pub smallest: u64,
    /// Bayes' information criterion; less is better.
    pub bic: f64,
}

/// How likely a person belongs to a persona.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The persona.
    pub id: String,
    /// The probability, 0 to 1; all of a person add up to 1.
    pub probability: f64,
}

/// Builds the personas of a brand.
///
/// Profiles become rows of numbers on one scale; the most groups that come out again when the rows are drawn anew, each of at least
/// `settings.least_people`, are the personas. The order of the profiles and the number of threads change nothing. With `previous`, the same
/// people and settings are answered from it, its groups are one more start, and a persona that keeps most of its people keeps its id.
///
/// ```
/// use adbrain_core::persona::{Cancel, People, Profile, Settings, Source, build};
/// let mut people = People::default();
/// people.add((0..60).map(|at| Profile { place: Some(["Recife", "Natal"][at % 2].into()), ..Profile::of(Source::Analytics, 10) }).collect())?;
/// let model = build(&people, &Settings::default(), None, &Cancel::default())?;
/// assert_eq!(model.personas.len(), 2);
/// assert_eq!(model.personas[0].id, "persona-1");
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for settings out of their limits, [`ErrorKind::NotEnoughData`] for fewer people than one persona needs,
/// [`ErrorKind::Cancelled`].
pub fn build(
    people: &People,
    settings: &Settings,
    previous: Option<&PersonaModel>,
    cancel: &Cancel,
) -> Result<PersonaModel> {
    settings.check()?;
    let (profiles, hash) = sorted(people, settings)?;
    if let Some(same) = previous.filter(|previous| previous.hash == hash) {
        return Ok(same.clone());
    }
    let all: u64 = profiles.iter().map(|profile| profile.people).sum();
    if all < settings.least_people {
        let what = format!("there are {all} people, fewer than the {} of one persona", settings.least_people);
        return Err(Error::new(ErrorKind::NotEnoughData, what).with("reason", "too_few").next("import more people"));
    }
    let as_of = settings.as_of.or_else(|| profiles.iter().filter_map(|one| Some(one.purchases?.last)).max());
    let encoder = Encoder::of(&profiles, as_of, settings.least_cell);
    let split = Split::of(&profiles, &encoder, settings, previous, cancel)?;
    cancel.check()?;
    Ok(split.model(hash, encoder, (previous, settings)))
}

/// The profiles in an order that does not depend on how they came, and the hash of them and the settings.
fn sorted<'a>(people: &'a People, settings: &Settings) -> Result<(Vec<&'a Profile>, ContentHash)> {
    let mut keyed = Vec::with_capacity(people.profiles().len());
    for profile in people.profiles() {
        keyed.push((canonical_json(profile)?, profile));
    }
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    let mut identity = canonical_json(&Settings { threads: None, ..settings.clone() })?;
    for (text, _) in &keyed {
        identity.extend_from_slice(text);
    }
    Ok((keyed.into_iter().map(|(_, profile)| profile).collect(), ContentHash::of(&identity)))
}

/// Profiles in groups.
struct Split<'a> {
    profiles: Vec<&'a Profile>,
    labels: Vec<u32>,
    /// `None` where nothing varies, so that all are one group.
    groups: Option<Groups>,
    /// People of whom nothing is known that could place them.
    unplaced: u64,
    sensitive: u64,
}

impl<'a> Split<'a> {
    fn of(
        profiles: &[&'a Profile],
        encoder: &Encoder,
        settings: &Settings,
        previous: Option<&PersonaModel>,
        cancel: &Cancel,
    ) -> Result<Self> {
        let sensitive = sensitive_labels(profiles);
        let rows: Vec<Vec<f64>> = profiles.iter().map(|profile| encoder.row(profile)).collect();
        let is_placed = |row: &[f64]| row.iter().any(|value| !value.is_nan());
        let placed: Vec<(&'a Profile, Vec<f64>)> =
            profiles.iter().copied().zip(rows).filter(|(_, row)| is_placed(row)).collect();
        let people =
            |profiles: &mut dyn Iterator<Item = &&'a Profile>| profiles.map(|profile| profile.people).sum::<u64>();
        let (all, known) = (people(&mut profiles.iter()), people(&mut placed.iter().map(|(profile, _)| profile)));
        if known < settings.least_people {
            return Ok(Self {
                profiles: profiles.to_vec(),
                labels: vec![0; profiles.len()],
                groups: None,
                unplaced: 0,
                sensitive,
            });
        }
        let (profiles, rows): (Vec<&'a Profile>, Vec<Vec<f64>>) = placed.into_iter().unzip();
        let weights: Vec<f64> = profiles.iter().map(|profile| profile.people as f64).collect();
        let points = Points::new(&rows.concat(), encoder.columns.len(), Some(&weights))?;
        let earlier =
            previous.filter(|previous| previous.encoder == *encoder).map(|previous| previous.centres.as_slice());
        let groups = cluster::groups(&points, settings, earlier, cancel)?;
        Ok(Self {
            profiles,
            labels: groups.found.labels.clone(),
            groups: Some(groups),
            unplaced: all - known,
            sensitive,
        })
    }

    fn count(&self) -> usize {
        self.groups.as_ref().map_or(1, |groups| groups.found.centres.len())
    }

    fn members(&self, group: usize) -> Vec<&'a Profile> {
        let pairs = self.profiles.iter().zip(&self.labels);
        pairs.filter(|(_, label)| **label as usize == group).map(|(profile, _)| *profile).collect()
    }

    fn model(
        self,
        hash: ContentHash,
        encoder: Encoder,
        (previous, settings): (Option<&PersonaModel>, &Settings),
    ) -> PersonaModel {
        let (ids, next) = self.ids(previous);
        let personas = self.personas(&ids, &encoder, settings);
        let mut notes = self.notes();
        if personas.iter().any(|persona| persona.revenue_so_far.is_some() && persona.value.is_none()) {
            notes.push(Message::new("personas-value-unknown"));
        }
        let (tried, centres, mixture) = self.groups.map_or_else(Default::default, |groups| {
            (groups.tried.iter().map(Tried::of).collect(), groups.found.centres, Some(groups.mixture))
        });
        PersonaModel { hash, personas, tried, notes, encoder, ids, centres, mixture, next }
    }

    fn personas(&self, ids: &[String], encoder: &Encoder, settings: &Settings) -> Vec<Persona> {
        let (count, floor) = (self.count(), settings.least_cell);
        let mut described = Described::of(&self.profiles, &self.labels, count, floor);
        let names = names::names(&self.profiles, &self.labels, (&described, encoder), (ids, floor));
        let told = |(group, name): (usize, &Name)| self.told(group, name, &mut described, floor);
        let groups: Vec<Group<'_>> = names.iter().enumerate().map(told).collect();
        let values = worth::values(&groups, encoder.as_of, settings);
        let brought = value::revenues_so_far(&groups, settings);
        let all: u64 = self.profiles.iter().map(|profile| profile.people).sum();
        let parts = ids.iter().zip(names).zip(groups).zip(values.into_iter().zip(brought)).enumerate();
        let mut personas: Vec<Persona> = parts
            .map(|(group, (((id, name), of), (value, revenue_so_far)))| {
                let people = of.members.iter().map(|profile| profile.people).sum();
                Persona {
                    id: id.clone(),
                    name: name.parts,
                    people,
                    share: people as f64 / all as f64,
                    ages: described.shares(Attribute::Age, group),
                    genders: described.shares(Attribute::Gender, group),
                    places: described.shares(Attribute::Place, group),
                    interests: described.lifts(Attribute::Interest, group),
                    content: described.lifts(Attribute::Content, group),
                    online: described.online(group),
                    triggers: described.triggers(group),
                    buying: value::buying(&of, encoder.as_of, floor),
                    value,
                    revenue_so_far,
                    metrics: None,
                    roas: None,
                    stability: self.groups.as_ref().and_then(|groups| groups.matches.get(group).copied()),
                }
            })
            .collect();
        personas.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.id.cmp(&b.id)));
        personas
    }

    /// Chooses what is told of a group beside its name.
    fn told(&self, group: usize, name: &Name, described: &mut Described, floor: u64) -> Group<'a> {
        let members = self.members(group);
        let mut crowd = Crowd::of(&members, floor);
        for holds in &name.holds {
            crowd.admit(holds);
        }
        described.tell(group, &mut crowd);
        let has_bought = |profile: &Profile| profile.purchases.is_some();
        let buyers = if crowd.admit(has_bought) { Buyers::Told } else { Buyers::Hidden };
        Group::of(members, buyers, floor)
    }

    fn notes(&self) -> Vec<Message> {
        let mut notes = Vec::new();
        let counted = |key: &str, count: u64| Message::new(key).with("count", i64::try_from(count).unwrap_or(i64::MAX));
        if self.count() == 1 {
            notes.push(Message::new(if self.groups.is_some() { "personas-one" } else { "personas-alike" }));
        }
        if self.unplaced > 0 {
            notes.push(counted("personas-unplaced", self.unplaced));
        }
        if self.sensitive > 0 {
            notes.push(counted("personas-sensitive", self.sensitive));
        }
        notes
    }

    /// The id of each group: that of the earlier persona with which it shares most people, else a new one, the largest group first.
    fn ids(&self, previous: Option<&PersonaModel>) -> (Vec<String>, u64) {
        let mut ids: Vec<Option<String>> = vec![None; self.count()];
        for (group, id) in previous.map(|previous| self.kept(previous)).unwrap_or_default() {
            ids.iter_mut().skip(group).take(1).for_each(|place| *place = Some(id.clone()));
        }
        let people = |group: usize| self.members(group).iter().map(|profile| profile.people).sum::<u64>();
        let mut new: Vec<usize> =
            ids.iter().enumerate().filter(|(_, id)| id.is_none()).map(|(group, _)| group).collect();
        new.sort_by_key(|group| (std::cmp::Reverse(people(*group)), *group));
        let mut next = previous.map_or(1, |previous| previous.next);
        for group in new {
            ids.iter_mut().skip(group).take(1).for_each(|place| *place = Some(format!("persona-{next}")));
            next += 1;
        }
        (ids.into_iter().flatten().collect(), next)
    }

    /// Groups that go on as an earlier persona: pairs by the share of people that both have, largest first, each side once, at least
    /// a third.
    fn kept(&self, previous: &PersonaModel) -> Vec<(usize, String)> {
        let mut common: BTreeMap<(usize, &str), u64> = BTreeMap::new();
        let (mut now, mut before): (BTreeMap<usize, u64>, BTreeMap<&str, u64>) = Default::default();
        for (profile, label) in self.profiles.iter().zip(&self.labels) {
            let Some(id) = previous.likeliest(profile) else { continue };
            *common.entry((*label as usize, id)).or_insert(0) += profile.people;
            *now.entry(*label as usize).or_insert(0) += profile.people;
            *before.entry(id).or_insert(0) += profile.people;
        }
        let mut pairs: Vec<(f64, usize, &str)> = common
            .into_iter()
            .filter_map(|((group, id), both)| {
                let either = now.get(&group)? + before.get(id)? - both;
                Some((both as f64 / either as f64, group, id))
            })
            .filter(|(share, ..)| *share >= 1.0 / 3.0)
            .collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
        let (mut groups, mut ids) = (BTreeSet::new(), BTreeSet::new());
        pairs.retain(|(_, group, id)| {
            let is_free = !groups.contains(group) && !ids.contains(id);
            if is_free {
                groups.insert(*group);
                ids.insert(*id);
            }
            is_free
        });
        pairs.into_iter().map(|(_, group, id)| (group, id.to_owned())).collect()
    }
}

/// How many different labels were left out for what they name.
fn sensitive_labels(profiles: &[&Profile]) -> u64 {
    let labels = profiles.iter().flat_map(|profile| {
        let names = profile.content.keys().chain(profile.interests.keys()).chain(profile.events.keys());
        names.chain(&profile.place).chain(&profile.device)
    });
    labels.collect::<BTreeSet<_>>().into_iter().filter(|label| sensitive(label).is_some()).count() as u64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of whole numbers of people")]
fn people_of(weight: f64) -> u64 {
    libm::round(weight.max(0.0)) as u64
}

impl Tried {
    fn of(candidate: &Candidate) -> Self {
        let is_tried = candidate.k == 1 || !candidate.agreements.is_empty();
        Self {
            personas: candidate.k as u64,
            stability: is_tried.then(|| candidate.stability()),
            smallest: people_of(candidate.smallest),
            bic: candidate.bic,
        }
    }
}

impl PersonaModel {
    /// How likely a person or segment belongs to each persona, likeliest first, by the mixture of normals that started from the
    /// personas. Of somebody of whom nothing is known that tells personas apart, the shares of the personas are the answer.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a profile that cannot be.
    pub fn assign(&self, profile: &Profile) -> Result<Vec<Assignment>> {
        profile.check("profile")?;
        let row = self.encoder.row(profile);
        let probabilities = match &self.mixture {
            Some(mixture) if row.iter().any(|value| !value.is_nan()) => mixture.membership(&row)?,
            Some(mixture) => mixture.components.iter().map(|component| component.share).collect(),
            None => vec![1.0],
        };
        let mut assignments: Vec<Assignment> = self
            .ids
            .iter()
            .zip(probabilities)
            .map(|(id, probability)| Assignment { id: id.clone(), probability })
            .collect();
        assignments.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.id.cmp(&b.id)));
        Ok(assignments)
    }

    /// The persona whose centre is nearest; `None` where nothing is known that could place the profile.
    fn likeliest(&self, profile: &Profile) -> Option<&str> {
        let Some(_) = &self.mixture else { return self.ids.first().map(String::as_str) };
        let points = Points::new(&self.encoder.row(profile), self.encoder.columns.len(), None).ok()?;
        let found = KMeans { centres: self.centres.clone(), labels: Vec::new(), inertia: 0.0, restart: 0, steps: 0 };
        let label = found.predict(&points).ok()?.first().copied()?;
        self.ids.get(label as usize).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
