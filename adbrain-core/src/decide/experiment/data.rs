//! What was measured: arms with blocks of days, regions or people.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::metric::Metric;
use super::sample::{Sample, check_sample};
use crate::error::{Error, Result};
use crate::model::{Currency, Maturity, Metrics, Money};

/// One unit of one arm: a day, a region or a person, with the counts and the money that the metric needs.
///
/// A field that was not measured stays out; a day that is not there at all is dropped from both arms and told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Block {
    /// The unit: a date such as `2027-01-31`, or the name of a region. Days are paired by it, and read in its order where it is a date
    /// or a word with a number (`day 9`); else in the order in which they are given.
    pub unit: String,
    /// Times that ads were shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impressions: Option<u64>,
    /// Clicks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicks: Option<u64>,
    /// Conversions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversions: Option<u64>,
    /// Money spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend: Option<Money>,
    /// Money earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Money>,
    /// The value of the metric `mean`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The upper part of the metrics `proportion`, `ratio` and `count_rate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numerator: Option<f64>,
    /// Their lower part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denominator: Option<f64>,
}

impl Block {
    /// The figures of an ad, ad set or platform on one day.
    pub fn of(unit: impl Into<String>, metrics: &Metrics) -> Self {
        Self {
            unit: unit.into(),
            impressions: Some(metrics.impressions),
            clicks: Some(metrics.clicks),
            conversions: Some(metrics.conversions),
            spend: Some(metrics.spend),
            revenue: Some(metrics.revenue),
            ..Self::default()
        }
    }

    /// A unit with one value.
    pub fn value(unit: impl Into<String>, value: f64) -> Self {
        Self { unit: unit.into(), value: Some(value), ..Self::default() }
    }

    /// A unit with the two parts of a ratio.
    pub fn ratio(unit: impl Into<String>, numerator: f64, denominator: f64) -> Self {
        let (numerator, denominator) = (Some(numerator), Some(denominator));
        Self { unit: unit.into(), numerator, denominator, ..Self::default() }
    }

    /// The two parts of a metric; `None` where the block lacks one.
    pub(super) fn parts(&self, metric: Metric) -> Option<[f64; 2]> {
        let count = |count: Option<u64>| count.map(|count| count as f64);
        let money = |money: Option<Money>| money.map(Money::to_units);
        let (upper, lower) = match metric {
            Metric::Ctr => (count(self.clicks), count(self.impressions)),
            Metric::Cvr => (count(self.conversions), count(self.clicks)),
            Metric::Cpm => (money(self.spend).map(|spend| spend * 1000.0), count(self.impressions)),
            Metric::Cpc => (money(self.spend), count(self.clicks)),
            Metric::Cpa => (money(self.spend), count(self.conversions)),
            Metric::Roas => (money(self.revenue), money(self.spend)),
            Metric::Mean => (self.value, Some(1.0)),
            Metric::Proportion | Metric::Ratio | Metric::CountRate => (self.numerator, self.denominator),
        };
        Some([upper?, lower?])
    }

    /// Whether a figure was measured.
    fn has(&self, figure: &str) -> bool {
        match figure {
            "impressions" => self.impressions.is_some(),
            "clicks" => self.clicks.is_some(),
            "conversions" => self.conversions.is_some(),
            "spend" => self.spend.is_some(),
            "revenue" => self.revenue.is_some(),
            "value" => self.value.is_some(),
            "numerator" => self.numerator.is_some(),
            "denominator" => self.denominator.is_some(),
            _ => false,
        }
    }

    /// What the floor of the sample size counts: impressions, else the trials of a proportion or count.
    pub(super) fn sample(&self, metric: Metric) -> Option<f64> {
        let impressions = self.impressions.map(|count| count as f64);
        match metric {
            Metric::Proportion | Metric::CountRate => self.denominator,
            Metric::Cvr => impressions.or(self.clicks.map(|count| count as f64)),
            _ => impressions,
        }
    }
}

/// Impressions of one arm in one segment on one day, to see whether the arms reached the same people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// What is cut into segments: `audience`, `hour`, `placement`.
    pub dimension: String,
    /// The segment: `30-34 female`.
    pub segment: String,
    /// The day.
    pub unit: String,
    /// How often the arm was shown there.
    pub impressions: u64,
}

/// One arm of a test.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Arm {
    /// Its name, taken once.
    pub name: String,
    /// Its planned share of the assigned units; equal shares where no arm states one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// How many people or regions were assigned to it, for the test of the split.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned: Option<u64>,
    /// Its days or regions; days without dates or numbers in the order of time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// Its people, instead of blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// The same units before the test, when all arms were alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Block>,
    /// To whom it was shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delivery: Vec<Delivered>,
}

impl Arm {
    /// An arm of days or regions.
    pub fn of_blocks(name: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { name: name.into(), blocks, ..Self::default() }
    }

    /// An arm of people.
    pub fn of_sample(name: impl Into<String>, sample: Sample) -> Self {
        Self { name: name.into(), sample: Some(sample), ..Self::default() }
    }
}

/// The measured arms of a test.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// The arms, at least two.
    pub arms: Vec<Arm>,
    /// The arm that the others are compared with, by its name; the first where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// Whether most late conversions have arrived; not known where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maturity: Option<Maturity>,
}

impl Data {
    /// Data whose first arm is the control.
    pub fn of(arms: Vec<Arm>) -> Self {
        Self { arms, ..Self::default() }
    }

    /// The control and the other arms; empty where the control does not exist.
    pub(super) fn control(&self) -> Option<&Arm> {
        match &self.control {
            Some(name) => self.arms.iter().find(|arm| arm.name == *name),
            None => self.arms.first(),
        }
    }

    /// Checks every field against the metrics that are read.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn check(&self, metrics: &[Metric]) -> Result<()> {
        if self.arms.len() < 2 {
            return Err(Error::invalid("arms", "are fewer than two").next("give a control and at least one variant"));
        }
        if self.control().is_none() {
            let name = self.control.clone().unwrap_or_default();
            let known = self.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(
                Error::invalid("control", format!("there is no arm {name:?}")).next(format!("use one of: {known}"))
            );
        }
        let mut names = BTreeSet::new();
        let mut currencies = BTreeSet::new();
        for (place, arm) in self.arms.iter().enumerate() {
            let field = format!("arms[{place}]");
            if !names.insert(&arm.name) {
                return Err(Error::invalid(&format!("{field}.name"), format!("{:?} is taken twice", arm.name))
                    .next("give each arm a name of its own"));
            }
            check_arm(&field, arm, metrics)?;
            check_currencies(&field, arm, &mut currencies)?;
        }
        self.check_shares()
    }

    fn check_shares(&self) -> Result<()> {
        let stated = self.arms.iter().filter(|arm| arm.share.is_some()).count();
        if stated != 0 && stated != self.arms.len() {
            let what = format!("is stated for {stated} of {} arms", self.arms.len());
            return Err(Error::invalid("arms.share", what).next("state it for every arm or for none"));
        }
        let is_share = |share: f64| share.is_finite() && share > 0.0;
        match self.arms.iter().position(|arm| arm.share.is_some_and(|share| !is_share(share))) {
            Some(place) => {
                Err(Error::invalid(&format!("arms[{place}].share"), "is not above zero").next("give its planned share"))
            }
            None => Ok(()),
        }
    }
}

fn check_arm(field: &str, arm: &Arm, metrics: &[Metric]) -> Result<()> {
    if arm.name.is_empty() {
        return Err(Error::invalid(&format!("{field}.name"), "is empty").next("name the arm"));
    }
    if arm.sample.is_some() && !arm.blocks.is_empty() {
        return Err(Error::invalid(field, "has both blocks and a sample").next("leave one of them out"));
    }
    if let Some(sample) = &arm.sample {
        check_sample(&format!("{field}.sample"), sample)?;
        metrics.iter().try_for_each(|metric| check_fit(field, sample, *metric))?;
    }
    if let Some(metric) = metrics.first() {
        check_figures(field, arm, *metric)?;
    }
    for (name, blocks) in [("blocks", &arm.blocks), ("before", &arm.before)] {
        let mut units = BTreeSet::new();
        for (place, block) in blocks.iter().enumerate() {
            let field = format!("{field}.{name}[{place}]");
            if !units.insert(&block.unit) {
                return Err(Error::invalid(&format!("{field}.unit"), format!("{:?} is there twice", block.unit))
                    .next("join the blocks of a unit into one"));
            }
            metrics.iter().try_for_each(|metric| check_block(&field, block, *metric))?;
        }
    }
    Ok(())
}

/// Counts are shares: read as a cost or a return they would say nothing, and a higher share would lose.
fn check_fit(field: &str, sample: &Sample, metric: Metric) -> Result<()> {
    if !matches!(sample, Sample::Counts { .. }) || metric.fits_counts() {
        return Ok(());
    }
    let what = format!("counts successes, which {} does not", metric.as_str());
    Err(Error::invalid(&format!("{field}.sample"), what)
        .next("read counts as proportion, ctr or cvr, or give values or blocks"))
}

/// Blocks that all lack a figure are a wrong name, not missing days.
fn check_figures(field: &str, arm: &Arm, metric: Metric) -> Result<()> {
    if arm.blocks.is_empty() || arm.blocks.iter().any(|block| block.parts(metric).is_some()) {
        return Ok(());
    }
    let lacks = |name: &&str| arm.blocks.iter().all(|block| !block.has(name));
    let missing: Vec<&str> = metric.figures().iter().copied().filter(|name| lacks(name)).collect();
    let what = if missing.is_empty() { "in one block together".to_owned() } else { missing.join(" and ") };
    Err(Error::invalid(&format!("{field}.blocks"), format!("have no {what}, which {} reads", metric.as_str()))
        .next(format!("give {} for each unit, or name another metric", metric.figures().join(" and "))))
}

fn check_block(field: &str, block: &Block, metric: Metric) -> Result<()> {
    let negative =
        |name: &str| Err(Error::invalid(&format!("{field}.{name}"), "is negative").next("give zero or above"));
    for (name, number) in [("value", block.value), ("numerator", block.numerator), ("denominator", block.denominator)] {
        if number.is_some_and(|number| !number.is_finite()) {
            return Err(
                Error::invalid(&format!("{field}.{name}"), "is not a finite number").next("leave the block out")
            );
        }
    }
    if block.denominator.is_some_and(|below| below < 0.0) {
        return negative("denominator");
    }
    let money = [("spend", block.spend), ("revenue", block.revenue)];
    if let Some((name, _)) = money.into_iter().find(|(_, money)| money.is_some_and(|money| money.micros() < 0)) {
        return negative(name);
    }
    let counts = matches!(metric, Metric::Proportion | Metric::CountRate);
    if counts && block.numerator.is_some_and(|count| count < 0.0) {
        return negative("numerator");
    }
    match (metric, block.parts(metric)) {
        (Metric::Ctr, Some([upper, lower])) if upper > lower => {
            Err(Error::invalid(&format!("{field}.clicks"), format!("{upper} are more than {lower} impressions"))
                .next("correct one of them"))
        }
        (Metric::Proportion, Some([upper, lower])) if upper > lower => {
            let what = format!("{upper} successes are more than {lower} trials");
            Err(Error::invalid(&format!("{field}.numerator"), what).next("correct numerator or denominator"))
        }
        _ => Ok(()),
    }
}

fn check_currencies(field: &str, arm: &Arm, seen: &mut BTreeSet<Currency>) -> Result<()> {
    for (place, block) in arm.blocks.iter().chain(&arm.before).enumerate() {
        seen.extend([block.spend, block.revenue].into_iter().flatten().map(Money::currency));
        if seen.len() > 1 {
            let codes: Vec<_> = seen.iter().map(Currency::code).collect();
            let what = format!("mixes the currencies {}", codes.join(" and "));
            return Err(Error::invalid(&format!("{field}.blocks[{place}]"), what).next("convert them first"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(arms: Vec<Arm>, metric: Metric) -> String {
        Data::of(arms).check(&[metric]).unwrap_err().to_string()
    }

    fn arm(name: &str, block: Block) -> Arm {
        Arm::of_blocks(name, vec![block])
    }

    #[test]
    fn wrong_data_name_their_field() {
        let fine = |name: &str| arm(name, Block::ratio("1", 1.0, 2.0));
        Data::of(vec![fine("a"), fine("b")]).check(&[Metric::Proportion]).unwrap();
        assert!(refused(vec![fine("a")], Metric::Ratio).starts_with("arms:"));
        assert!(refused(vec![fine("a"), fine("a")], Metric::Ratio).starts_with("arms[1].name"));
        for (block, field) in [
            (Block::ratio("1", 3.0, 2.0), "arms[1].blocks[0].numerator"),
            (Block::ratio("1", -1.0, 2.0), "arms[1].blocks[0].numerator"),
            (Block::ratio("1", 1.0, -2.0), "arms[1].blocks[0].denominator"),
            (Block::ratio("1", f64::INFINITY, 2.0), "arms[1].blocks[0].numerator"),
        ] {
            let said = refused(vec![fine("a"), arm("b", block)], Metric::Proportion);
            assert!(said.starts_with(field), "{said}");
        }
        let missing = Data { control: Some("c".into()), ..Data::of(vec![fine("a"), fine("b")]) };
        assert!(missing.check(&[]).unwrap_err().to_string().starts_with("control"));
    }

    #[test]
    fn currencies_do_not_mix_and_units_stand_once() {
        let paid = |code: &str| Block {
            spend: Some(Money::parse("5", code.parse().unwrap()).unwrap()),
            ..Block::ratio("1", 1.0, 2.0)
        };
        let said = refused(vec![arm("a", paid("BRL")), arm("b", paid("USD"))], Metric::Ratio);
        assert!(said.contains("BRL and USD"), "{said}");
        let twice = Arm::of_blocks("a", vec![Block::value("1", 1.0), Block::value("1", 2.0)]);
        assert!(refused(vec![twice, arm("b", paid("BRL"))], Metric::Mean).starts_with("arms[0].blocks[1].unit"));
    }

    #[test]
    fn a_sample_is_checked_too() {
        let counts = |successes, trials| Arm::of_sample("a", Sample::Counts { successes, trials });
        let other = Arm::of_sample("b", Sample::Values(vec![1.0, f64::NAN]));
        assert!(refused(vec![counts(11, 10), other.clone()], Metric::Mean).starts_with("arms[0].sample.successes"));
        assert!(refused(vec![counts(1, 10), other], Metric::Mean).starts_with("arms[1].sample.values[1]"));
    }

    #[test]
    fn counts_are_read_as_shares_alone() {
        let arms = || ["a", "b"].map(|name| Arm::of_sample(name, Sample::Counts { successes: 500, trials: 10_000 }));
        for metric in [Metric::Cpa, Metric::Roas, Metric::CountRate, Metric::Cpm, Metric::Cpc, Metric::Ratio] {
            let said = refused(arms().into(), metric);
            assert!(said.starts_with("arms[0].sample") && said.contains(metric.as_str()), "{said}");
        }
        for metric in [Metric::Proportion, Metric::Ctr, Metric::Cvr, Metric::Mean] {
            Data::of(arms().into()).check(&[metric]).unwrap();
        }
        let guarded = Data::of(arms().into()).check(&[Metric::Cvr, Metric::Cpa]);
        assert!(guarded.unwrap_err().to_string().contains("cpa"));
    }

    #[test]
    fn a_figure_that_no_block_has_is_named() {
        let seen = |clicks| Block { impressions: Some(100), clicks, ..Block::default() };
        let data = |clicks| Data::of(vec![arm("a", seen(Some(3))), arm("b", seen(clicks))]);
        data(Some(4)).check(&[Metric::Ctr, Metric::Cpm]).unwrap();
        let said = data(None).check(&[Metric::Ctr]).unwrap_err();
        assert!(said.to_string().starts_with("arms[1].blocks: have no clicks, which ctr reads"), "{said}");
    }

    #[test]
    fn a_sample_is_read_from_a_list_from_counts_or_from_moments() {
        for (text, sample) in [
            ("[1.0,2.5]", Sample::Values(vec![1.0, 2.5])),
            (r#"{"successes":3,"trials":9}"#, Sample::Counts { successes: 3, trials: 9 }),
            (r#"{"n":3,"mean":1.5,"m2":0.5}"#, Sample::Moments { n: 3, mean: 1.5, m2: 0.5 }),
        ] {
            assert_eq!(serde_json::from_str::<Sample>(text).unwrap(), sample);
            assert_eq!(serde_json::to_string(&sample).unwrap(), text);
        }
        let said = serde_json::from_str::<Sample>(r#"{"successes":-3,"trials":9}"#).unwrap_err().to_string();
        assert!(said.contains("-3"), "{said}");
    }
}
