//! Conversions per click of the last days beside those before: where a fall began, and how much there is for it.

use jiff::Timestamp;

use crate::model::Metrics;

/// A fall may have begun so many days ago, at most.
const WINDOW: usize = 21;
/// Days before it that it is compared with: at least and at most.
const BEFORE: [usize; 2] = [7, 28];
/// A gap lasts so many days at most, and ended so many days ago at most.
const GAP_DAYS: usize = 10;
const GAP_AGO: usize = 1;
/// The best of so many stretches shows as much by chance: with less, nothing fell and nothing is missing. Without it a gap of chance would keep an
/// episode open for weeks, and what happens meanwhile would not be told.
const LEAST_EVIDENCE: f64 = 1.2;
/// Conversion rates wander by themselves: counts vary by so much more than Poisson's.
const DISPERSION: f64 = 1.3;
/// A day of whose conversions less is known says nothing.
const LEAST_KNOWN: f64 = 0.1;

/// One day of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownDay {
    /// When it began.
    pub start: Timestamp,
    /// Its figures as they are reported by now.
    pub metrics: Metrics,
    /// The share of its conversions (0 to 1) that should be known by now.
    pub known: f64,
}

/// A fall of conversions per click.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fall {
    /// The part that is lost, 0 to 1.
    pub(super) size: f64,
    /// The logarithm of the likelihood ratio, over the dispersion.
    pub(super) evidence: f64,
    /// How many days ago it began.
    pub(super) days: usize,
}

/// The fall that explains the days best, oldest day first; none with fewer than eight days, and one of size 0 where nothing fell or an
/// evidence of 1.2 is not reached.
///
/// Of the last w days, w from 1 to 21, and up to 28 days before them: with conversions o and clicks times the share known e, of both stretches and of both
/// together, the generalized likelihood ratio of two Poisson rates against one is `sum(o ln(o / (e r)))`, r the rate of both together, over the
/// dispersion 1.3. The largest over w counts, of those in which the rate fell (D. O. Siegmund, "Sequential analysis", 1985; A. S. Willsky and
/// H. L. Jones, 1976).
pub(super) fn fall(days: &[KnownDay]) -> Option<Fall> {
    let [fewest, most] = BEFORE;
    if days.len() <= fewest {
        return None;
    }
    let nothing = Fall { size: 0.0, evidence: 0.0, days: 0 };
    let mut best = nothing;
    for window in 1..=WINDOW.min(days.len() - fewest) {
        let (before, last) = days.split_at(days.len() - window);
        let before = before.get(before.len().saturating_sub(most)..).unwrap_or_default();
        let ([sold, exposed], [now, clicked]) = (sums(before), sums(last));
        if sold <= 0.0 || clicked <= 0.0 || exposed <= 0.0 {
            continue;
        }
        let rate = (sold + now) / (exposed + clicked);
        let part = |count: f64, exposure: f64| {
            if count > 0.0 { count * libm::log(count / (exposure * rate)) } else { 0.0 }
        };
        let evidence = (part(sold, exposed) + part(now, clicked)) / DISPERSION;
        let left = now / clicked / (sold / exposed);
        if left < 1.0 && evidence > best.evidence {
            best = Fall { size: 1.0 - left, evidence, days: window };
        }
    }
    Some(if best.evidence < LEAST_EVIDENCE { nothing } else { best })
}

/// A stretch of days in which conversions are missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gap {
    /// The part that is missing, 0 to 1.
    pub(super) size: f64,
    /// The logarithm of the likelihood ratio, over the dispersion.
    pub(super) evidence: f64,
    /// The place of its first day.
    pub(super) from: usize,
    /// Its days.
    pub(super) days: usize,
}

/// The stretch of 1 to 10 days, ended a day ago at most, that lacks conversions best, over series of the same days that have rates of their
/// own: the platforms of an account. None with fewer than eight days; one of size 0 where an evidence of 1.2 is not reached.
///
/// With o conversions in the stretch and e that clicks, the share known and the rates of the other days let expect, the logarithm of the
/// likelihood ratio of Poisson counts is `o ln(o / e) - o + e`; it is divided by the dispersion 1.3 and by `1 + e / c`, c the conversions that the
/// rates are known from.
pub(super) fn gap(series: &[&[KnownDay]]) -> Option<Gap> {
    let count = series.iter().map(|days| days.len()).max()?;
    if count <= BEFORE[0] {
        return None;
    }
    let nothing = Gap { size: 0.0, evidence: 0.0, from: count, days: 0 };
    let mut best = nothing;
    for end in count.saturating_sub(GAP_AGO)..=count {
        for days in 1..=GAP_DAYS.min(end.saturating_sub(BEFORE[0])) {
            let from = end - days;
            let [seen, expected, known_from] = series
                .iter()
                .filter_map(|days| stretch(days, (count, from, end)))
                .fold([0.0; 3], |[a, b, c], [x, y, z]| [a + x, b + y, c + z]);
            if expected <= 0.0 || seen >= expected {
                continue;
            }
            let part = if seen > 0.0 { seen * libm::log(seen / expected) } else { 0.0 };
            let evidence = (part - seen + expected) / DISPERSION / (1.0 + expected / known_from.max(1.0));
            if evidence > best.evidence {
                best = Gap { size: 1.0 - seen / expected, evidence, from, days };
            }
        }
    }
    Some(if best.evidence < LEAST_EVIDENCE { nothing } else { best })
}

/// Conversions of a stretch, those expected of it, and those that the rate is known from; `all` is how many days the longest series has.
pub(super) fn stretch(days: &[KnownDay], (all, from, end): (usize, usize, usize)) -> Option<[f64; 3]> {
    // A series that began later has its last day where the others have it.
    let late = all - days.len();
    let (from, end) = (from.checked_sub(late)?, end.checked_sub(late)?);
    let inside = sums(days.get(from..end)?);
    let [before, after] = [days.get(..from)?, days.get(end..)?];
    let before = before.get(before.len().saturating_sub(BEFORE[1])..).unwrap_or_default();
    let ([sold, clicked], [later, later_clicks]) = (sums(before), sums(after));
    let (sold, clicked) = (sold + later, clicked + later_clicks);
    (clicked > 0.0).then(|| [inside[0], inside[1] * sold / clicked, sold])
}

/// Conversions, and clicks whose conversions should be known.
fn sums(days: &[KnownDay]) -> [f64; 2] {
    let known = days.iter().filter(|day| day.known >= LEAST_KNOWN);
    known.fold([0.0; 2], |[sold, clicked], day| {
        [sold + day.metrics.conversions as f64, clicked + day.metrics.clicks as f64 * day.known]
    })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::model::Currency;
    use crate::stats::random::Random;

    /// Days of 100 clicks at a rate of 4 %, which falls to a part of it on a day.
    fn days(count: usize, seed: u64, (part, from): (f64, usize)) -> Vec<KnownDay> {
        let mut random = Random::at(seed, &[4]);
        let start: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let day = |day: usize| {
            let rate = 0.04 * if day >= from { part } else { 1.0 };
            let known = [0.4, 0.7, 0.9].get(count - 1 - day).copied().unwrap_or(1.0);
            let metrics = Metrics {
                clicks: 100,
                conversions: random.poisson(100.0 * rate * known),
                ..Metrics::none(Currency::USD)
            };
            KnownDay { start: start + SignedDuration::from_hours(24 * i64::try_from(day).unwrap()), metrics, known }
        };
        (0..count).map(day).collect()
    }

    #[test]
    fn a_fall_is_found_with_its_beginning_and_size() {
        let (mut sizes, mut starts, mut sure) = (0.0, 0.0, 0);
        for seed in 0..50 {
            let found = fall(&days(35, seed, (0.3, 28))).unwrap();
            sure += u32::from(found.evidence > 3.0);
            sizes += found.size / 50.0;
            starts += found.days as f64 / 50.0;
        }
        assert!(sure >= 45, "{sure} of 50");
        assert!((0.6..0.85).contains(&sizes) && (6.0..9.0).contains(&starts), "{sizes} {starts}");
    }

    #[test]
    fn nothing_is_seldom_taken_for_a_fall() {
        let alarms = (0..1_000).filter(|seed| fall(&days(35, *seed, (1.0, 0))).unwrap().evidence > 4.0).count();
        assert!(alarms <= 8, "{alarms} of 1,000");
    }

    #[test]
    fn a_gap_is_found_while_it_lasts_and_shortly_after() {
        let lost = |from: usize, until: usize, seed: u64| {
            let mut all = days(35, seed, (1.0, 0));
            for day in all.get_mut(from..until).unwrap() {
                day.metrics.conversions /= 8;
            }
            all
        };
        let mut found = 0;
        for seed in 0..50 {
            let (one, other) = (lost(31, 34, seed), lost(31, 34, seed + 100));
            let gap = gap(&[&one, &other]).unwrap();
            found += u32::from(gap.evidence > 4.0 && (30..=32).contains(&gap.from) && gap.size > 0.5);
        }
        assert!(found >= 48, "{found} of 50");
        let old = lost(20, 24, 3);
        assert!(gap(&[&old]).unwrap().evidence < 4.0, "it is over for more than a day");
    }

    #[test]
    fn a_calm_account_seldom_has_a_gap() {
        let alarms = (0..1_000)
            .filter(|seed| {
                let all = [0, 5_000, 10_000].map(|more| days(35, seed + more, (1.0, 0)));
                let all: Vec<&[KnownDay]> = all.iter().map(Vec::as_slice).collect();
                gap(&all).unwrap().evidence > 5.0
            })
            .count();
        assert!(alarms <= 8, "{alarms} of 1,000");
    }

    #[test]
    fn what_chance_explains_has_no_size() {
        let mut calm = 0;
        for seed in 0..300 {
            let all = days(35, seed, (1.0, 0));
            let (fall, gap) = (fall(&all).unwrap(), gap(&[&all]).unwrap());
            for (size, evidence) in [(fall.size, fall.evidence), (gap.size, gap.evidence)] {
                assert_eq!(size > 0.0, evidence >= LEAST_EVIDENCE, "seed {seed}");
            }
            calm += usize::from(gap.days == 0);
        }
        assert!(calm >= 150, "{calm} of 300");
    }

    #[test]
    fn a_rise_and_too_few_days_say_nothing() {
        assert_eq!(fall(&days(7, 1, (1.0, 0))), None);
        let rise = fall(&days(35, 1, (3.0, 20))).unwrap();
        assert!(rise.evidence < 1.0, "{rise:?}");
        let mut nothing = days(35, 1, (1.0, 0));
        for day in &mut nothing {
            day.metrics.conversions = 0;
        }
        assert_eq!(fall(&nothing), Some(Fall { size: 0.0, evidence: 0.0, days: 0 }));
    }
}
