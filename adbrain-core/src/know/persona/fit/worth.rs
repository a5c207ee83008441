//! What the buyers of a group are expected to bring.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::profile::{Profile, Purchases, days_between};
use super::super::settings::Settings;
use super::value::Group;
use crate::error::Result;
use crate::model::Estimate;
use crate::predict::ltv::{
    Columns, FitOptions, FittedSpending, PurchaseFit, PurchaseModel, SpendFit, Spending, TimeUnit, ValuePlan,
    fit_purchases, fit_spend, forecast, totals,
};
use crate::stats::distribution::normal_quantile;
use crate::stats::two_sample::Summary;

/// How surely the models are known is worked out on at most so many buyers of a group, evenly spaced: it takes as long as fourteen forecasts,
/// and is a share of the whole that hardly depends on who is taken.
const MOST_FOR_SPREAD: usize = 500;

/// What a buyer of each group is expected to bring in the next twelve months, discounted by 1 % a month: Pareto/NBD and Gamma-Gamma are
/// fitted to all buyers together, and the value of a group is the mean over its buyers. The interval joins how surely the models are known
/// (delta method on the logarithm) and the chance of which buyers the group has. `None` for a group with fewer buyers than a persona has
/// people, and for all groups where the models cannot be fitted, as where nobody ordered twice.
pub(in super::super) fn values(
    groups: &[Group<'_>],
    as_of: Option<Date>,
    settings: &Settings,
) -> Vec<Option<Estimate>> {
    let model = as_of.and_then(|as_of| Model::of(groups, as_of, ValuePlan::default()).ok());
    let value = |group: &Group<'_>| model.as_ref()?.value(group, settings);
    groups.iter().map(value).collect()
}

/// How all buyers together buy and spend.
struct Model {
    purchases: PurchaseFit,
    spend: SpendFit,
    as_of: Date,
    plan: ValuePlan,
}

impl Model {
    fn of(groups: &[Group<'_>], as_of: Date, plan: ValuePlan) -> Result<Self> {
        let members = || groups.iter().flat_map(|group| group.members.iter().copied());
        let lasts = members().filter_map(|profile| Some(profile.purchases?.last));
        // What was bought after the day cannot be taken out of a customer's totals, so the observation ends no earlier.
        let as_of = lasts.fold(as_of, Date::max);
        let all = columns(members(), as_of);
        let options = FitOptions { time_unit: TimeUnit::Week, ..FitOptions::default() };
        let customers = all.customers()?;
        let purchases = fit_purchases(PurchaseModel::ParetoNbd, &customers, &options)?;
        let spend = fit_spend(&customers, &all.mean_spend, &options)?;
        Ok(Self { purchases, spend, as_of, plan })
    }

    fn value(&self, group: &Group<'_>, settings: &Settings) -> Option<Estimate> {
        let buyers = columns(group.members.iter().copied(), self.as_of);
        if (buyers.frequency.len() as u64) < settings.least_people {
            return None;
        }
        let summary = Summary::of(&self.worth(&buyers).ok()?).ok()?;
        let of_chance = summary.spread().ok()? / summary.n as f64 / (summary.mean * summary.mean);
        let (of_models, mut warnings) = self.spread(&buyers).ok()?;
        let z = normal_quantile(f64::midpoint(1.0, self.plan.level));
        let factor = libm::exp(libm::sqrt(of_models * of_models + z * z * of_chance));
        warnings.splice(0..0, self.purchases.warnings.iter().chain(&self.spend.warnings).cloned());
        factor.is_finite().then(|| Estimate {
            value: summary.mean,
            low: summary.mean / factor,
            high: summary.mean * factor,
            level: self.plan.level,
            method: "pareto_nbd_gamma_gamma".to_owned(),
            sample_size: group.sample_size,
            warnings,
        })
    }

    /// The value of each buyer; histories that are the same are worked out once.
    fn worth(&self, buyers: &Columns) -> Result<Vec<f64>> {
        let mut distinct = Columns::default();
        let mut known: BTreeMap<[u64; 3], usize> = BTreeMap::new();
        let mut places = Vec::with_capacity(buyers.frequency.len());
        for (customer, mean) in buyers.customers()?.iter().zip(&buyers.mean_spend) {
            let key = [customer.frequency, customer.recency, customer.age].map(f64::to_bits);
            places.push(*known.entry(key).or_insert(distinct.frequency.len()));
            if distinct.frequency.len() < known.len() {
                push(&mut distinct, [customer.frequency, customer.recency, customer.age], *mean);
            }
        }
        let spending = Spending { process: self.spend.process, mean_spend: &distinct.mean_spend };
        let found = forecast(&self.purchases.process, Some(&spending), &distinct.customers()?, &self.plan)?;
        let purchases: Vec<f64> =
            found.value.iter().zip(&found.expected_spend).map(|(value, spend)| value / spend).collect();
        let rows = places.iter().zip(buyers.frequency.iter().zip(&buyers.mean_spend));
        let worth = |(place, (frequency, mean)): (&usize, (&f64, &f64))| {
            let spend = self.spend.process.expected_spend(*frequency, *mean).unwrap_or(f64::NAN);
            purchases.get(*place).copied().unwrap_or(f64::NAN) * spend
        };
        Ok(rows.map(worth).collect())
    }

    /// The logarithm of the ratio from the middle to the upper end, as far as it comes from the models, and what speaks against the horizon.
    fn spread(&self, buyers: &Columns) -> Result<(f64, Vec<crate::model::Message>)> {
        let step = buyers.frequency.len().div_ceil(MOST_FOR_SPREAD).max(1);
        let thinned = |column: &[f64]| column.iter().step_by(step).copied().collect::<Vec<_>>();
        let some = Columns {
            frequency: thinned(&buyers.frequency),
            recency: thinned(&buyers.recency),
            age: thinned(&buyers.age),
            mean_spend: thinned(&buyers.mean_spend),
        };
        let spending = FittedSpending { fit: &self.spend, mean_spend: &some.mean_spend };
        let found = totals(&self.purchases, Some(&spending), &some.customers()?, &self.plan)?;
        let ratio = found.value.map_or(f64::NAN, |total| libm::log(total.high / total.value));
        Ok((ratio, found.warnings))
    }
}

/// The buyers among profiles, in weeks. Totals do not say which orders were of one day, so at most one a day counts.
fn columns<'a>(profiles: impl Iterator<Item = &'a Profile>, as_of: Date) -> Columns {
    let mut columns = Columns::default();
    for bought in profiles.filter_map(|profile| profile.purchases) {
        let Purchases { orders, first, last, .. } = bought;
        let days = days_between(first, last);
        let repeats = days.min(orders.saturating_sub(1) as f64);
        let recency = if repeats > 0.0 { days } else { 0.0 };
        let week = TimeUnit::Week.days();
        let times = [repeats, recency / week, days_between(first, as_of) / week];
        push(&mut columns, times, bought.revenue.to_units() / (repeats + 1.0));
    }
    columns
}

fn push(columns: &mut Columns, [frequency, recency, age]: [f64; 3], mean_spend: f64) {
    columns.frequency.push(frequency);
    columns.recency.push(recency);
    columns.age.push(age);
    columns.mean_spend.push(mean_spend);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::super::profile::Source;
    use super::super::value::Buyers;
    use super::*;
    use crate::model::{Currency, Money};

    fn customer(orders: u64, [first, last]: [&str; 2], units: i64) -> Profile {
        let (first, last) = (first.parse().unwrap(), last.parse().unwrap());
        let revenue = Money::from_micros(units * 1_000_000, Currency::USD);
        let purchases = Some(Purchases { orders, items: orders, revenue, first, last });
        Profile { purchases, ..Profile::of(Source::Orders, 1) }
    }

    fn group<'a>(members: &[&'a Profile]) -> Group<'a> {
        Group::of(members.to_vec(), Buyers::Told, 10)
    }

    #[test]
    fn orders_of_one_day_are_one_purchase_and_later_ones_repeats() {
        let profiles = [
            customer(3, ["2026-01-01", "2026-01-15"], 60),
            customer(4, ["2026-01-01", "2026-01-01"], 80),
            customer(9, ["2026-01-01", "2026-01-03"], 90),
        ];
        let found = columns(profiles.iter(), "2026-01-29".parse().unwrap());
        assert_eq!((found.frequency, found.recency), (vec![2.0, 0.0, 2.0], vec![2.0, 0.0, 2.0 / 7.0]));
        assert_eq!((found.age, found.mean_spend), (vec![4.0; 3], vec![20.0, 80.0, 30.0]));
    }

    #[test]
    fn nothing_is_forecast_of_few_buyers_or_of_those_who_never_came_back() {
        let settings = Settings::default();
        let day = |text: &str| text.parse::<Date>().unwrap();
        let once = customer(1, ["2026-01-01", "2026-01-01"], 20);
        let again = customer(3, ["2026-01-01", "2026-02-15"], 60);
        let of = |profiles: &[&Profile]| values(&[group(profiles)], Some(day("2026-03-01")), &settings).remove(0);
        assert_eq!(of(&[&once; 80]), None);
        assert_eq!(of(&[&again; 49]), None);
        let few = of(&[[&once; 40], [&again; 40]].concat()).unwrap();
        assert!(few.low < few.value && few.value < few.high, "{few:?}");
        assert!(few.warnings.iter().any(|warning| warning.key == "value-few-repeat-buyers"), "{few:?}");
        assert_eq!(values(&[group(&[&again; 60])], None, &settings), [None]);
    }

    /// The purchases of CDNOW's sample by customer: day and dollars.
    fn cdnow() -> Option<BTreeMap<String, Vec<(Date, f64)>>> {
        let Ok(folder) = std::env::var("ADBRAIN_TEST_DATA") else {
            println!(
                "skipped: the_next_39_weeks_of_each_group_are_nearer_than_its_pace_so_far needs ADBRAIN_TEST_DATA"
            );
            return None;
        };
        let text = std::fs::read_to_string(std::path::Path::new(&folder).join("data/cdnow/CDNOW_sample.txt")).unwrap();
        let mut customers: BTreeMap<String, Vec<(Date, f64)>> = BTreeMap::new();
        for line in text.lines() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, customer, date, _, amount] = fields[..] else { panic!("{line}") };
            let date = Date::strptime("%Y%m%d", date).unwrap();
            customers.entry(customer.to_owned()).or_default().push((date, amount.parse().unwrap()));
        }
        Some(customers)
    }

    #[test]
    fn the_next_39_weeks_of_each_group_are_nearer_than_its_pace_so_far() {
        let Some(customers) = cdnow() else { return };
        let end = jiff::civil::date(1997, 9, 30);
        let (mut groups, mut next): ([Vec<Profile>; 3], [f64; 3]) = Default::default();
        for purchases in customers.values() {
            let (past, later): (Vec<_>, Vec<_>) = purchases.iter().partition(|(day, _)| *day <= end);
            let units = past.iter().map(|(_, amount)| amount).sum::<f64>();
            #[expect(clippy::cast_possible_truncation, reason = "a few thousand dollars")]
            let revenue = Money::from_micros((units * 1e6).round() as i64, Currency::USD);
            let (first, last) = (past[0].0, past[past.len() - 1].0);
            let purchases = Some(Purchases { orders: past.len() as u64, items: 1, revenue, first, last });
            let group = (past.len() - 1).min(2);
            groups[group].push(Profile { purchases, ..Profile::of(Source::Orders, 1) });
            next[group] += later.iter().map(|(_, amount)| amount).sum::<f64>();
        }
        let groups = groups.each_ref().map(|members| group(&members.iter().collect::<Vec<_>>()));
        let plan = ValuePlan { periods: 9, period: 39.0 / 9.0, discount: 0.0, ..ValuePlan::default() };
        let model = Model::of(&groups, end, plan).unwrap();
        let mut total = 0.0_f64;
        // What the guide says of them: once, twice, more often.
        let known = [4.45, 18.29, 88.16];
        for ((group, next), known) in groups.iter().zip(next).zip(known) {
            let found = model.value(group, &Settings::default()).unwrap();
            let people = group.members.len() as f64;
            let next = next / people;
            let revenues = group.members.iter().map(|profile| profile.purchases.unwrap().revenue.to_units());
            let so_far = revenues.sum::<f64>() / people;
            let (low, high) = (found.low, found.high);
            println!(
                "{people} buyers: {next:.2} spent, {:.2} forecast ({low:.2} to {high:.2}), {so_far:.2} so far",
                found.value
            );
            assert!((found.value - next).abs() < 0.5 * (so_far - next).abs(), "{} {next} {so_far}", found.value);
            assert!((found.value / known - 1.0).abs() < 2e-3, "{}", found.value);
            total += found.value * people;
        }
        // 70,976 dollars were spent; BG/NBD with Gamma-Gamma by Lifetimes 0.11.3 says 59,932.
        assert!((total / 70_976.0 - 0.86).abs() < 0.06, "{total}");
    }
}
