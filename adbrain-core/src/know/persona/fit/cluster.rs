//! How many groups hold, and which profile belongs to which.

use std::thread;

use super::super::cancel::Cancel;
use super::super::settings::{LEAST_PEOPLE_EVER, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::stats::cluster::{
    Agreement, Candidate, KMeans, KMeansOptions, Mixture, MixtureOptions, Points, agreements, choose, kmeans,
    kmeans_from, mixture,
};

/// Starts of each clustering; fewer leave poor ends that look like a lack of stability.
const RESTARTS: u32 = 10;
/// A mixture's log-likelihood is followed to this gain per person.
const MIXTURE_TOLERANCE: f64 = 1e-5;

/// Groups that hold.
pub(in super::super) struct Groups {
    pub(in super::super) found: KMeans,
    pub(in super::super) mixture: Mixture,
    /// How well each group comes out again; empty where there is one.
    pub(in super::super) matches: Vec<f64>,
    /// Each number of groups that was tried, in order.
    pub(in super::super) tried: Vec<Candidate>,
}

/// One number of groups with all that was learnt of it.
struct Trial {
    candidate: Candidate,
    found: KMeans,
    mixture: Mixture,
    matches: Vec<f64>,
}

/// The most groups that hold: [`choose`] over every number up to the settings' limit. Groups of an earlier fit are one more start for
/// their number.
pub(in super::super) fn groups(
    points: &Points,
    settings: &Settings,
    earlier: Option<&[Vec<f64>]>,
    cancel: &Cancel,
) -> Result<Groups> {
    let floor = settings.least_people as f64;
    let most = whole(points.weight() / floor).clamp(1, settings.most_personas).min(points.rows());
    let trials = in_threads(most, settings.threads, |k| trial(points, k, settings, earlier, cancel))?;
    let candidates: Vec<Candidate> = trials.iter().map(|trial| trial.candidate.clone()).collect();
    let chosen = choose(&candidates, settings.stability, floor).map(|candidate| candidate.k);
    let trial = trials.into_iter().find(|trial| Some(trial.candidate.k) == chosen).ok_or_else(|| {
        Error::new(ErrorKind::NotEnoughData, format!("there are fewer than {floor} people"))
            .with("reason", "too_few")
            .next(format!("bring more people, or lower settings.least_people down to {LEAST_PEOPLE_EVER}"))
    })?;
    Ok(Groups { found: trial.found, mixture: trial.mixture, matches: trial.matches, tried: candidates })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
fn whole(value: f64) -> usize {
    value.clamp(0.0, 1e6) as usize
}

/// Tries one number of groups; `None` where fewer profiles differ.
fn trial(
    points: &Points,
    k: usize,
    settings: &Settings,
    earlier: Option<&[Vec<f64>]>,
    cancel: &Cancel,
) -> Result<Option<Trial>> {
    cancel.check()?;
    let options = KMeansOptions { restarts: RESTARTS, seed: settings.seed, ..KMeansOptions::default() };
    let Ok(mut found) = kmeans(points, k, &options) else { return Ok(None) };
    if let Some(centres) = earlier.filter(|centres| centres.len() == k) {
        let again = kmeans_from(points, centres, &options)?;
        if again.inertia < found.inertia && again.weights(points).iter().all(|weight| *weight > 0.0) {
            found = again;
        }
    }
    let smallest = found.weights(points).into_iter().fold(f64::INFINITY, f64::min);
    let mut agreed = Vec::new();
    if k > 1 && smallest >= settings.least_people as f64 {
        for draw in 0..settings.draws {
            cancel.check()?;
            agreed.extend(agreements(points, &found, &options, draw..draw + 1)?);
        }
    }
    let mixture =
        mixture(points, &found, &MixtureOptions { tolerance: MIXTURE_TOLERANCE, ..MixtureOptions::default() })?;
    let matches = matches(&agreed, k);
    let agreements = agreed.into_iter().map(|agreement| agreement.rand).collect();
    let candidate = Candidate { k, agreements, smallest, bic: mixture.bic };
    Ok(Some(Trial { candidate, found, mixture, matches }))
}

/// The mean over draws of how well each group comes out again; nothing without draws.
fn matches(agreed: &[Agreement], k: usize) -> Vec<f64> {
    if agreed.is_empty() {
        return Vec::new();
    }
    let of = |group: usize| agreed.iter().filter_map(|one| one.matches.get(group)).sum::<f64>() / agreed.len() as f64;
    (0..k).map(of).collect()
}

/// Runs the trials of 1 to `most` groups, shared out among threads; the result is the same for any number of them, as no trial knows of
/// another.
fn in_threads<T: Send>(
    most: usize,
    threads: Option<usize>,
    work: impl Fn(usize) -> Result<Option<T>> + Sync,
) -> Result<Vec<T>> {
    let threads = threads.or_else(|| thread::available_parallelism().ok().map(Into::into)).unwrap_or(1).clamp(1, most);
    let mut done: Vec<(usize, Option<T>)> = thread::scope(|scope| {
        let share = |first: usize| (1..=most).rev().skip(first).step_by(threads);
        let work = &work;
        let running: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || share(first).map(|k| Ok((k, work(k)?))).collect::<Result<Vec<_>>>()))
            .collect();
        let ended = running.into_iter().map(|one| one.join().unwrap_or_else(|_| Err(died())));
        ended.collect::<Result<Vec<_>>>().map(|parts| parts.into_iter().flatten().collect::<Vec<_>>())
    })?;
    done.sort_by_key(|(k, _)| *k);
    Ok(done.into_iter().filter_map(|(_, trial)| trial).collect())
}

fn died() -> Error {
    Error::new(ErrorKind::Internal, "a thread that looks for personas ended early")
}
