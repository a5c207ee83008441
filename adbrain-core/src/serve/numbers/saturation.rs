//! How long an audience lasts, and the curve behind it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain};
use crate::predict::saturation::{
    Bound, Curve, Delivery, DeliveryDay, Frequency, Launch, Options, Platform, Saturation, SharedPeople,
    USUAL_HABITUATION, USUAL_SHAPE, days_from_frequency, days_from_launch, days_to_saturation, reach_union,
};
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!(
        "days_to_saturation",
        "Days until the next impression's click rate is below 0.7 of day 1's (by `frequency`: a fresh audience's), as quantiles.",
        days
    ),
    method!("reach_curve", "Reach, frequency and response of a gamma-Poisson curve after so many impressions.", curve),
    method!("reach_curve_through", "The pool of Goerg's reach curve through one point.", through),
    method!("reach_union", "The people reached on at least one of several platforms.", union),
];

/// The audience, and one of three: `impressions` with `reach` day by day, `frequency` with `growth`, or `daily_impressions` of a plan.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The people of the audience as the platform states them.
    size: Number,
    /// The share of them that other ad sets address too.
    overlap: Option<Number>,
    /// Impressions of each day from the first on.
    impressions: Option<Vec<Number>>,
    /// People reached since the first day, at the end of each day.
    reach: Option<Vec<Number>>,
    /// Clicks of each day.
    clicks: Option<Vec<Number>>,
    /// Impressions per person reached so far.
    frequency: Option<Number>,
    /// How much the frequency grows per day.
    growth: Option<Number>,
    /// Impressions per day of a plan.
    daily_impressions: Option<Number>,
    /// The share of the belief between the lower and the upper quantile, 0.8 by default.
    level: Option<Number>,
    /// The quantile that decides: lower, median (the default) or upper.
    #[serde(default)]
    bound: Bound,
    /// Days after which a day is not told, 120 by default.
    horizon: Option<u32>,
}

fn days(input: &Question) -> Defined<Saturation> {
    let usual = Options::default();
    let options = Options {
        level: input.level.map_or(usual.level, |level| level.0),
        bound: input.bound,
        horizon: input.horizon.unwrap_or(usual.horizon),
    };
    let (size, overlap) = (input.size.0, input.overlap.map_or(0.0, |overlap| overlap.0));
    match (&input.impressions, input.frequency, input.daily_impressions) {
        (Some(impressions), None, None) => {
            days_to_saturation(&Delivery { size, overlap, days: rows(impressions, input)? }, &options)
        }
        (None, Some(current), None) => {
            let growth = input.growth.ok_or(missing("growth", "is needed beside the frequency"))?.0;
            days_from_frequency(&Frequency { size, overlap, current: current.0, growth }, &options)
        }
        (None, None, Some(daily)) => days_from_launch(&Launch { size, overlap, daily_impressions: daily.0 }, &options),
        _ => Err(missing("impressions", "or `frequency` or `daily_impressions` must be given, and one of them alone")),
    }
}

fn missing(field: &'static str, problem: &'static str) -> Undefined {
    Undefined::Input { field, problem }
}

/// The days of three columns of one length.
fn rows(impressions: &[Number], input: &Question) -> Defined<Vec<DeliveryDay>> {
    let reach = input.reach.as_ref().ok_or(missing("reach", "is needed beside the impressions"))?;
    if reach.len() != impressions.len() {
        return Err(missing("reach", "must have as many days as the impressions"));
    }
    if input.clicks.as_ref().is_some_and(|clicks| clicks.len() != impressions.len()) {
        return Err(missing("clicks", "must have as many days as the impressions"));
    }
    let clicks = |day: usize| input.clicks.as_ref().and_then(|clicks| clicks.get(day)).map(|clicks| clicks.0);
    let rows = impressions.iter().zip(reach).enumerate();
    Ok(rows
        .map(|(day, (impressions, reach))| DeliveryDay {
            impressions: impressions.0,
            reach: reach.0,
            clicks: clicks(day),
        })
        .collect())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Points {
    /// The people of the pool.
    people: Number,
    /// Impressions so far, one or many.
    impressions: Vec<Number>,
    /// The gamma shape of exposure, 0.8 by default; 1 is Goerg's curve.
    shape: Option<Number>,
    /// The exponent of habituation, 0.43 by default.
    habituation: Option<Number>,
    /// How many counts of `reach_at_least`, 3 by default.
    times: Option<u32>,
}

#[derive(Serialize)]
struct Read {
    reach: Vec<f64>,
    frequency: Vec<f64>,
    first_time_ratio: Vec<f64>,
    response: Vec<f64>,
    /// For each k from 1 on the people who saw at least k, point by point.
    reach_at_least: Vec<Vec<f64>>,
}

/// The most counts of `reach_at_least`.
const MOST_TIMES: u32 = 100;

fn curve(input: &Points) -> Defined<Read> {
    let number = |number: Option<Number>, usual: f64| number.map_or(usual, |number| number.0);
    let (shape, habituation) = (number(input.shape, USUAL_SHAPE), number(input.habituation, USUAL_HABITUATION));
    let curve = Curve::new(input.people.0, shape, habituation)?;
    let at = plain(&input.impressions);
    if !at.iter().all(|impressions| impressions.is_finite() && *impressions >= 0.0) {
        return Err(missing("impressions", "must be numbers, zero or above"));
    }
    let times = input.times.unwrap_or(3);
    if times > MOST_TIMES {
        return Err(missing("times", "must be at most 100"));
    }
    let each = |of: fn(&Curve, f64) -> f64| at.iter().map(|impressions| of(&curve, *impressions)).collect();
    let least = |times| at.iter().map(|impressions| curve.reach_at_least(times, *impressions)).collect();
    Ok(Read {
        reach: each(Curve::reach),
        frequency: each(Curve::frequency),
        first_time_ratio: each(Curve::first_time_ratio),
        response: each(Curve::response),
        reach_at_least: (1..=times).map(least).collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Point {
    impressions: Number,
    reach: Number,
}

fn through(input: &Point) -> Defined<Curve> {
    Curve::through(input.impressions.0, input.reach.0)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Platforms {
    platforms: Vec<Audience>,
    /// Pairs of platforms that share people; pairs that are not given share nobody.
    #[serde(default)]
    shared: Vec<SharedPeople>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Audience {
    people: Number,
    reach: Number,
}

#[derive(Serialize)]
struct Union {
    reach: f64,
}

fn union(input: &Platforms) -> Defined<Union> {
    let platform = |one: &Audience| Platform { people: one.people.0, reach: one.reach.0 };
    let platforms: Vec<Platform> = input.platforms.iter().map(platform).collect();
    Ok(Union { reach: reach_union(&platforms, &input.shared)? })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::numbers::call;

    fn asked(extra: &Value) -> Value {
        let mut all = json!({"size": 100_000});
        all.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        all
    }

    #[test]
    fn each_of_the_three_questions_has_an_answer() {
        let seen = json!({
            "impressions": [40_000, 40_000, 40_000, 40_000], "reach": [27_000, 41_000, 50_000, 56_000],
            "clicks": [400, 330, 300, 280],
        });
        for question in [seen, json!({"frequency": 2.0, "growth": 0.2}), json!({"daily_impressions": 40_000})] {
            let found = call("days_to_saturation", &asked(&question)).unwrap();
            assert!(found["days_to_saturation"]["median"].as_u64().is_some_and(|days| days < 20), "{found}");
        }
    }

    #[test]
    fn two_questions_at_once_and_wrong_values_are_named() {
        for (question, field) in [
            (json!({"frequency": 2.0, "growth": 0.2, "daily_impressions": 9}), "impressions"),
            (json!({}), "impressions"),
            (json!({"frequency": 2.0}), "growth"),
            (json!({"frequency": 0.9, "growth": 0.2}), "frequency"),
            (json!({"frequency": 2.0, "growth": -0.2}), "growth"),
            (json!({"frequency": "nan", "growth": 0.2}), "frequency"),
            (json!({"daily_impressions": "inf"}), "daily_impressions"),
            (json!({"daily_impressions": 10, "overlap": 1.01}), "overlap"),
            (json!({"daily_impressions": 10, "level": 1}), "level"),
            (json!({"impressions": [1, 2, 3], "reach": [1, 2]}), "reach"),
            (json!({"impressions": [10, 10, 10], "reach": [5, 21, 21]}), "days.reach"),
        ] {
            let error = call("days_to_saturation", &asked(&question)).unwrap_err();
            assert_eq!(error.context_of("field"), Some(field), "{question}: {error}");
        }
        let empty = call("days_to_saturation", &asked(&json!({"impressions": [], "reach": []}))).unwrap();
        assert_eq!(empty["undefined"]["reason"], "empty");
    }
}
