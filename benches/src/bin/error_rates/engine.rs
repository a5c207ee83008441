//! How often the engine errs where nothing differs, and finds what was planned: readouts of daily data, decided by the default rule.

use adbrain_core::experiment::{
    Arm, ArmBudget, ArmObject, Assignment, Block, Data, Decision, Engine, Futility, Metric, Settings, TestObjects,
    VerdictKind, decide,
};
use adbrain_core::model::{Currency, Money, Platform, Tag};
use adbrain_core::stats::random::Random;

use crate::course::{share, shares};
use crate::{Line, Lines};

pub(crate) const DAYS: u64 = 28;
/// Shocks that both arms share, as the standard deviation of their logarithm.
const SHARED: f64 = 0.25;
/// What is left to each arm: with 28 days, +20 % is shown by one look at the end in 92 % of tests.
const OWN: f64 = 0.2;
const AT_MOST_FIVE: (f64, f64) = (0.0, 0.05);
/// Where days lack events the comparison is by the delta method, which is asymptotic.
const ASYMPTOTIC: (f64, f64) = (0.0, 0.056);

/// What is simulated.
#[derive(Clone, Copy)]
pub(crate) struct World {
    pub(crate) seed: u64,
    /// Arms of each test, the control first.
    pub(crate) arms: u64,
    /// The relative gain of the last arm.
    pub(crate) lift: f64,
    /// Impressions of an arm and day, 2 % of which are clicked.
    pub(crate) impressions: u64,
}

pub(crate) const USUAL: World = World { seed: 0, arms: 2, lift: 0.0, impressions: 20_000 };

impl World {
    /// The first days of a test.
    pub(crate) fn data(self, test: u64, days: u64) -> Data {
        let arm = |arm: u64| Arm {
            assigned: Some(50_000),
            ..Arm::of_blocks(arm.to_string(), (0..days).map(|day| self.block([test, arm, day])).collect())
        };
        Data::of((0..self.arms).map(arm).collect())
    }

    fn block(self, [test, arm, day]: [u64; 3]) -> Block {
        let shock = Random::at(self.seed, &[test, 0, day]).log_normal(SHARED);
        let mut own = Random::at(self.seed, &[test, 1, arm, day]);
        let gain = if arm + 1 == self.arms { 1.0 + self.lift } else { 1.0 };
        let rate = 0.02 * shock * own.log_normal(OWN) * gain;
        let clicks = own.binomial(self.impressions, rate.min(1.0));
        Block {
            unit: format!("day {day:02}"),
            impressions: Some(self.impressions),
            clicks: Some(clicks),
            ..Block::default()
        }
    }
}

pub(crate) fn settings(futility: Futility) -> Settings {
    Settings { assignment: Assignment::SplitTest, futility, ..Settings::until(Metric::Ctr, DAYS) }
}

/// An engine with the objects that it proposes changes of.
pub(crate) struct Trial {
    pub(crate) engine: Engine,
    objects: TestObjects,
}

impl Trial {
    pub(crate) fn of(settings: Settings, arms: u64) -> Result<Self, Box<dyn std::error::Error>> {
        let object = |arm: u64| ArmObject {
            arm: arm.to_string(),
            platform: Platform::Meta,
            tag: Tag::new(format!("ad {arm}")),
            budget: Some(ArmBudget {
                ad_set: Tag::new(format!("set {arm}")),
                daily: Money::from_micros(100_000_000, Currency::BRL),
                steps: 0,
            }),
        };
        let objects = TestObjects { test: "simulated".into(), objects: (0..arms).map(object).collect() };
        Ok(Self { engine: Engine::new(settings, usize::try_from(arms)? - 1)?, objects })
    }

    pub(crate) fn decide(&self, data: &Data) -> Option<Decision> {
        let readout = self.engine.readout(data).ok()?;
        decide(&readout, self.engine.settings(), &self.objects).ok()
    }

    /// Whether anything is changed, and whether the last arm is raised.
    pub(crate) fn outcome(&self, data: &Data) -> [bool; 2] {
        let last = data.arms.last().map(|arm| arm.name.as_str());
        let found = self.decide(data).filter(|found| !found.proposals.is_empty());
        [found.is_some(), found.is_some_and(|found| found.winner.as_deref() == last)]
    }

    pub(crate) fn acts(&self, world: World, test: u64) -> bool {
        self.outcome(&world.data(test, DAYS))[0]
    }

    /// Whether a test of two arms ends as no difference before its last look.
    fn gives_up(&self, world: World, test: u64) -> bool {
        let found = self.engine.readout(&world.data(test, DAYS)).ok();
        found.and_then(|found| found.comparisons.into_iter().next()).is_some_and(|one| {
            one.verdict.kind == VerdictKind::NoDifference && one.verdict.reason.key == "experiment-futile-ended"
        })
    }
}

pub(crate) fn lines(tests: u64) -> Lines {
    let mut lines = nothing_differs(tests)?;
    lines.extend(many_tests(tests / SETS)?);
    lines.extend(giving_up(tests)?);
    Ok(lines)
}

fn nothing_differs(tests: u64) -> Lines {
    let pair = Trial::of(settings(Futility::NonBinding), 2)?;
    let several = Trial::of(settings(Futility::NonBinding), 4)?;
    let four = World { seed: 1, arms: 4, ..USUAL };
    // 100 impressions with 2 % clicks: on one day in eight an arm has none, and days are not compared on the log.
    let rare = World { seed: 2, impressions: 100, ..USUAL };
    let [changed, raised] = shares(tests, |test| pair.outcome(&USUAL.data(test, DAYS)))?;
    Ok(vec![
        Line::share("one variant, no difference: anything is changed", changed, Some(AT_MOST_FIVE)),
        Line::share("one variant, no difference: the variant is raised", raised, None),
        Line::share(
            "three variants, no difference: anything is changed",
            share(tests, |test| several.acts(four, test))?,
            Some(AT_MOST_FIVE),
        ),
        Line::share(
            "one variant, days without clicks: anything is changed",
            share(tests, |test| pair.acts(rare, test))?,
            Some(ASYMPTOTIC),
        ),
    ])
}

/// The tests of one run.
const SETS: u64 = 4;

/// Runs of four ad sets with three variants each.
fn many_tests(runs: u64) -> Lines {
    let world = World { seed: 3, arms: 4, ..USUAL };
    let any = |trial: &Trial| share(runs, |run| (0..SETS).any(|set| trial.acts(world, run * SETS + set)));
    let shared = Trial::of(Settings { tests: SETS, ..settings(Futility::NonBinding) }, world.arms)?;
    let alone = Trial::of(settings(Futility::NonBinding), world.arms)?;
    Ok(vec![
        Line::share("run of four tests that share the error: anything is changed", any(&shared)?, Some(AT_MOST_FIVE)),
        Line::share("run of four tests, each at 5 %: anything is changed", any(&alone)?, None),
    ])
}

/// What giving up costs and saves.
fn giving_up(tests: u64) -> Lines {
    let planned = World { seed: 4, lift: 0.2, ..USUAL };
    let mut lines = Vec::new();
    for (name, futility) in [
        ("no futility", Futility::None),
        ("non-binding futility", Futility::NonBinding),
        ("binding futility", Futility::Binding),
    ] {
        let trial = Trial::of(settings(futility), 2)?;
        let alarms = share(tests, |test| trial.acts(World { seed: 5, ..USUAL }, test))?;
        lines.push(Line::share(format!("{name}: no difference, anything is changed"), alarms, Some(AT_MOST_FIVE)));
        let [_, power] = shares(tests, |test| trial.outcome(&planned.data(test, DAYS)))?;
        lines.push(Line::share(format!("{name}: +20 %, the variant is raised"), power, Some((0.8, 1.0))));
        if futility == Futility::Binding {
            let saved = share(tests, |test| trial.gives_up(World { seed: 5, ..USUAL }, test))?;
            lines.push(Line::share(format!("{name}: no difference, ended before the last look"), saved, None));
            let lost = share(tests, |test| trial.gives_up(planned, test))?;
            lines.push(Line::share(format!("{name}: +20 %, given up"), lost, Some((0.0, 0.2))));
        }
    }
    Ok(lines)
}
