//! The charts of a run as numbers with their texts: what came by day, beside what was planned, foreseen, allowed and feared.

use serde_json::{Value, json};

use crate::brain::{DaySummary, Overview, PlatformForecast};
use crate::control::Period;
use crate::model::{Currency, Language, Maturity, Message, Metrics, Money, Platform};
use crate::report::{Cell, Scale, date_text, units_cell};

/// How the values of a chart are written.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Money,
    Plain,
    Share,
}

/// One line of a chart, or the ends of its band.
struct Series {
    /// `actual`, `planned`, `cap`, `worst`, `target`, `forecast`, `low` or `high`.
    kind: &'static str,
    values: Vec<Option<f64>>,
}

/// What one view shows: all platforms, or one of them.
struct View<'a> {
    overview: &'a Overview,
    days: &'a [DaySummary],
    platform: Option<Platform>,
    currency: Currency,
}

/// All charts: for all platforms, then for each.
pub(super) fn charts(overview: &Overview, language: Language) -> Value {
    let Some(figures) = overview.figures.as_ref().filter(|figures| !figures.days.is_empty()) else {
        return Value::Null;
    };
    let (days, currency) = (figures.days.as_slice(), overview.plan.currency);
    let platforms = figures.platforms.keys().copied().map(Some);
    let views = std::iter::once(None).chain(platforms).map(|platform| {
        let view = View { overview, days, platform, currency };
        let name = platform.map_or_else(
            || Message::new("dashboard-charts-all").text(language),
            |platform| Cell::Name { group: "platform", name: platform.as_str().to_owned() }.write(language),
        );
        json!({"name": name, "charts": view.charts(language)})
    });
    json!({
        "day": Message::new("dashboard-day").text(language),
        "note": Message::new("dashboard-band-note").text(language),
        "days": days.iter().map(|day| day.date.to_string()).collect::<Vec<_>>(),
        "day_texts": days.iter().map(|day| date_text(day.date, language)).collect::<Vec<_>>(),
        "views": views.collect::<Vec<_>>(),
    })
}

impl View<'_> {
    fn charts(&self, language: Language) -> Vec<Value> {
        let target = |metric: &str| {
            let found = self.overview.targets.iter().find(|check| check.metric == metric);
            self.constant("target", found.map(|check| check.target))
        };
        let figure = |of: fn(&Metrics) -> Option<f64>| self.actual(of);
        let value = figure(|metrics| Some(metrics.revenue.to_units()));
        let conversions = figure(|metrics| Some(metrics.conversions as f64));
        let [value_band, conversions_band, roas_band] = self.bands();
        let all = [
            ("spend", Unit::Money, self.spend()),
            ("value", Unit::Money, with(value, value_band)),
            ("conversions", Unit::Plain, with(conversions, conversions_band)),
            ("roas", Unit::Plain, with(figure(Metrics::roas), roas_band.into_iter().chain([target("roas")]))),
            ("cpa", Unit::Money, with(figure(Metrics::cpa), [target("cpa")])),
            ("ctr", Unit::Share, with(figure(Metrics::ctr), [target("ctr")])),
            ("cpm", Unit::Money, with(figure(Metrics::cpm), [])),
        ];
        all.into_iter().map(|(name, unit, series)| self.chart((name, unit), &series, language)).collect()
    }

    fn metrics<'a>(&self, day: &'a DaySummary) -> Option<&'a Metrics> {
        match self.platform {
            None => Some(&day.metrics),
            Some(platform) => day.platforms.get(&platform),
        }
    }

    fn actual(&self, of: fn(&Metrics) -> Option<f64>) -> Series {
        let values = self.days.iter().map(|day| self.metrics(day).and_then(of)).collect();
        Series { kind: "actual", values }
    }

    fn constant(&self, kind: &'static str, value: Option<f64>) -> Series {
        Series { kind, values: vec![value; self.days.len()] }
    }

    /// What was spent beside what the plan spends a day; over all platforms beside the cap and the worst case of a day too.
    fn spend(&self) -> Vec<Series> {
        let is_own = |platform: Platform| self.platform.is_none_or(|own| own == platform);
        let campaigns = self.overview.plan.campaigns.iter().filter(|campaign| is_own(campaign.platform));
        let sets = campaigns.flat_map(|campaign| &campaign.ad_sets);
        let planned = Money::sum(sets.map(|set| set.daily_budget)).ok().flatten().map(Money::to_units);
        let mut series = vec![self.actual(|metrics| Some(metrics.spend.to_units())), self.constant("planned", planned)];
        let day = self.overview.status.control.caps.iter().find(|cap| cap.period == Period::Day);
        if let (Some(day), None) = (day, self.platform) {
            series.push(self.constant("cap", Some(day.cap.to_units())));
            series.push(self.constant("worst", Some(day.worst.to_units())));
        }
        series
    }

    /// The bands of value, conversions and ROAS: the foreseen ROAS of each platform times what it spent, added up.
    fn bands(&self) -> [Vec<Series>; 3] {
        let own = |one: &&PlatformForecast| self.platform.is_none_or(|own| own == one.platform);
        let forecasts: Vec<_> = self.overview.forecasts.iter().filter(own).collect();
        let value: Vec<_> = self.days.iter().map(|day| band(day, &forecasts)).collect();
        let worth = self.worth_of_a_conversion();
        let spent = |day: &DaySummary| self.metrics(day).map(|metrics| metrics.spend.to_units());
        let over = |by: &dyn Fn(usize) -> Option<f64>| {
            let one = |(place, band): (usize, &Option<[f64; 3]>)| {
                let by = by(place).filter(|by| *by > 0.0)?;
                band.map(|band| band.map(|end| end / by))
            };
            ends(&value.iter().enumerate().map(one).collect::<Vec<_>>())
        };
        let of_day = |place: usize| self.days.get(place).and_then(spent);
        [ends(&value), over(&|_| worth), over(&of_day)]
    }

    fn worth_of_a_conversion(&self) -> Option<f64> {
        let sums = self.days.iter().filter_map(|day| self.metrics(day));
        let (value, count) = sums.fold((0.0, 0.0), |(value, count), metrics| {
            (value + metrics.revenue.to_units(), count + metrics.conversions as f64)
        });
        (count > 0.0 && value > 0.0).then(|| value / count)
    }

    fn chart(&self, (name, unit): (&str, Unit), series: &[Series], language: Language) -> Value {
        let kept = series.iter().filter(|one| one.values.iter().any(Option::is_some));
        let shown = kept.map(|one| {
            let texts = one.values.iter().zip(self.days).map(|(value, day)| {
                let text = written(*value, (unit, self.currency), language);
                let is_open = one.kind == "actual" && value.is_some() && day.maturity == Maturity::Immature;
                let rises = matches!(name, "value" | "conversions" | "roas" | "cpa");
                if is_open && rises {
                    Message::new("dashboard-immature").with("value", text).text(language)
                } else {
                    text
                }
            });
            json!({
                "kind": one.kind,
                "label": Message::new(format!("dashboard-series-{}", one.kind)).text(language),
                "values": one.values,
                "texts": texts.collect::<Vec<_>>(),
            })
        });
        json!({
            "name": name,
            "title": Message::new(format!("dashboard-chart-{name}")).text(language),
            "series": shown.collect::<Vec<_>>(),
        })
    }
}

fn with(first: Series, others: impl IntoIterator<Item = Series>) -> Vec<Series> {
    std::iter::once(first).chain(others).collect()
}

/// The value that a day was foreseen to bring for what was spent: middle, low end, high end. None where a platform that spent has no forecast.
fn band(day: &DaySummary, forecasts: &[&PlatformForecast]) -> Option<[f64; 3]> {
    let (mut middle, mut below, mut above) = (0.0, 0.0, 0.0);
    for forecast in forecasts {
        let Some(metrics) = day.platforms.get(&forecast.platform) else { continue };
        let spent = metrics.spend.to_units();
        let found = forecast.days.iter().find(|one| one.date == day.date)?;
        let (value, low, high) =
            (found.forecast.value * spent, found.forecast.low * spent, found.forecast.high * spent);
        middle += value;
        below += (value - low) * (value - low);
        above += (high - value) * (high - value);
    }
    (middle > 0.0).then(|| [middle, (middle - libm::sqrt(below)).max(0.0), middle + libm::sqrt(above)])
}

/// Three lines of bands: forecast, low end, high end.
fn ends(bands: &[Option<[f64; 3]>]) -> Vec<Series> {
    let line = |(place, kind): (usize, &'static str)| Series {
        kind,
        values: bands.iter().map(|band| band.and_then(|band| band.get(place).copied())).collect(),
    };
    ["forecast", "low", "high"].into_iter().enumerate().map(line).collect()
}

fn written(value: Option<f64>, (unit, currency): (Unit, Currency), language: Language) -> String {
    let Some(value) = value else { return Cell::Missing.write(language) };
    match unit {
        Unit::Money => units_cell(value, currency).write(language).replace(' ', "\u{a0}"),
        Unit::Plain => Cell::Number(value, Scale::Plain).write(language),
        Unit::Share => Cell::Number(value, Scale::Percent).write(language),
    }
}
