//! What the brand's last run was told and agreed to, as far as it had not been reached by its end.

use crate::model::message::Argument;
use crate::model::{BestPractice, Evidence, FeedbackKind, Format, Message, Platform, Reason};

/// What a platform keeps of its weight in the split after a feedback about it: the step that budgets move by while ads run.
const KEPT: f64 = 0.8;

/// The name under which memory keeps what a brand's runs were told: `feedback:ctr_low:Ventania`. Its `average_performance` holds the metric
/// and its `target`, and the metric of each part: `ctr:video`, `roas:meta`, `cpa:meta`.
pub fn practice_type(kind: FeedbackKind, brand: &str) -> String {
    format!("feedback:{kind}:{brand}")
}

/// Feedback of earlier runs that still stands: the metric missed its target at the end of the newest run.
pub(super) struct Earlier<'a> {
    ctr: Option<&'a BestPractice>,
    /// A metric of money, how it is called, and the platform that did worst by it.
    costly: Vec<(&'a BestPractice, &'static str, Platform)>,
}

impl<'a> Earlier<'a> {
    pub(super) fn of(practices: &'a [BestPractice], brand: &str) -> Self {
        let find = |kind| practices.iter().find(|known| known.practice_type == practice_type(kind, brand));
        let ctr = find(FeedbackKind::CtrLow).filter(|known| missed(known, "ctr", 1.0));
        let roas = find(FeedbackKind::RoasLow).filter(|known| missed(known, "roas", 1.0));
        let cpa = find(FeedbackKind::CpaHigh).filter(|known| missed(known, "cpa", -1.0));
        let costly = [(roas, "roas", 1.0), (cpa, "cpa", -1.0)];
        let costly =
            costly.into_iter().filter_map(|(known, metric, sign)| Some((known?, metric, worst(known?, metric, sign)?)));
        Self { ctr, costly: costly.collect() }
    }

    /// The part of its weight that a platform keeps.
    pub(super) fn factor(&self, platform: Platform) -> f64 {
        if self.costly.iter().any(|(_, _, worst)| *worst == platform) { KEPT } else { 1.0 }
    }

    /// The formats with new ones first, then those that were clicked most; in the brief's order where nothing is known.
    pub(super) fn ordered(&self, mut formats: Vec<Format>) -> Vec<Format> {
        if let Some(known) = self.ctr {
            let ctr = |format: &Format| part(known, "ctr", format.as_str()).unwrap_or(f64::INFINITY);
            formats.sort_by(|a, b| ctr(b).total_cmp(&ctr(a)));
        }
        formats
    }

    pub(super) fn reasons(&self) -> Vec<Reason> {
        let ctr = self.ctr.map(|known| {
            let message = Message::new("reason-earlier-ctr")
                .with("ctr", Argument::Ratio(value(known, "ctr")))
                .with("target", Argument::Ratio(value(known, "target")));
            reason("formats", message, known)
        });
        let costly = self.costly.iter().map(|(known, metric, platform)| {
            let message = Message::new(format!("reason-earlier-{metric}"))
                .with("platform", platform.as_str())
                .with(metric, Argument::Number(value(known, metric)))
                .with("target", Argument::Number(value(known, "target")));
            reason("platform", message, known)
        });
        ctr.into_iter().chain(costly).collect()
    }
}

fn reason(choice: &str, message: Message, known: &BestPractice) -> Reason {
    let evidence = Evidence { source: "memory".into(), subject: known.description.clone(), estimate: None };
    Reason { choice: choice.into(), message, evidence: vec![evidence] }
}

fn value(known: &BestPractice, name: &str) -> f64 {
    known.average_performance.get(name).copied().unwrap_or(0.0)
}

fn part(known: &BestPractice, metric: &str, name: &str) -> Option<f64> {
    known.average_performance.get(&format!("{metric}:{name}")).copied()
}

/// Whether a metric lies on the wrong side of its target; `sign` is 1 where more is better.
fn missed(known: &BestPractice, metric: &str, sign: f64) -> bool {
    sign * value(known, metric) < sign * value(known, "target")
}

/// The platform that did worst; none where fewer than two are known.
fn worst(known: &BestPractice, metric: &str, sign: f64) -> Option<Platform> {
    let of = |platform: &Platform| Some((*platform, sign * part(known, metric, platform.as_str())?));
    let all: Vec<_> = Platform::ALL.iter().filter_map(of).collect();
    let worst = all.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    (all.len() > 1).then_some(worst.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::Language;

    fn practice(kind: FeedbackKind, brand: &str, figures: &[(&str, f64)]) -> BestPractice {
        BestPractice {
            industry: "fashion".into(),
            practice_type: practice_type(kind, brand),
            description: format!("{kind} in run r"),
            average_performance: figures
                .iter()
                .map(|(name, value)| ((*name).to_owned(), *value))
                .collect::<BTreeMap<_, _>>(),
            roas_variance: 0.0,
            sample_size: 5_000,
            last_updated: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn after_low_ctr_new_formats_come_first_then_those_that_were_clicked_most() {
        let figures = [("ctr", 0.012), ("target", 0.02), ("ctr:video", 0.008), ("ctr:stories", 0.015)];
        let practices = [practice(FeedbackKind::CtrLow, "b", &figures)];
        let (all, wanted) =
            ([Format::Video, Format::Stories, Format::Carousel], [Format::Carousel, Format::Stories, Format::Video]);
        let earlier = Earlier::of(&practices, "b");
        assert_eq!(earlier.ordered(all.to_vec()), wanted);
        let reasons = earlier.reasons();
        assert_eq!(
            (reasons.len(), reasons[0].choice.as_str(), reasons[0].evidence[0].source.as_str()),
            (1, "formats", "memory")
        );
        assert_eq!(Earlier::of(&practices, "another brand").ordered(all.to_vec()), all);
    }

    #[test]
    fn the_platform_that_did_worst_by_a_missed_target_weighs_a_fifth_less() {
        let roas = [("roas", 2.0), ("target", 3.0), ("roas:meta", 2.5), ("roas:linkedin", 0.4)];
        let cpa = [("cpa", 60.0), ("target", 50.0), ("cpa:meta", 80.0), ("cpa:linkedin", 40.0)];
        let practices = [practice(FeedbackKind::RoasLow, "b", &roas), practice(FeedbackKind::CpaHigh, "b", &cpa)];
        let earlier = Earlier::of(&practices, "b");
        let is_less = |platform| earlier.factor(platform) < 1.0;
        assert_eq!([Platform::Meta, Platform::Google, Platform::LinkedIn].map(is_less), [true, false, true]);
        for reason in earlier.reasons() {
            for language in Language::ALL {
                assert!(reason.message.try_text(*language).is_ok(), "{reason:?} in {language}");
            }
        }
    }

    #[test]
    fn a_target_that_was_reached_in_the_end_changes_nothing() {
        let practices = [
            practice(FeedbackKind::CtrLow, "b", &[("ctr", 0.02), ("target", 0.02), ("ctr:video", 0.01)]),
            practice(
                FeedbackKind::RoasLow,
                "b",
                &[("roas", 3.1), ("target", 3.0), ("roas:meta", 9.0), ("roas:google", 1.0)],
            ),
            practice(
                FeedbackKind::CpaHigh,
                "b",
                &[("cpa", 49.0), ("target", 50.0), ("cpa:meta", 9.0), ("cpa:google", 90.0)],
            ),
        ];
        let earlier = Earlier::of(&practices, "b");
        assert!(earlier.reasons().is_empty() && Platform::ALL.iter().all(|platform| earlier.factor(*platform) >= 1.0));
    }
}
