//! The metrics that rules may name, in one table: what reads a sample, what explains an error and what the documents print.

/// A metric by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name in expressions.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What it counts.
    pub meaning: &'static str,
}

const fn metric(name: &'static str, unit: &'static str, meaning: &'static str) -> Metric {
    Metric { name, unit, meaning }
}

/// Every built-in metric, by the window that it speaks of. Money is in units of the account's currency.
pub const METRICS: &[Metric] = &[
    metric("impressions_hour", "count", "Impressions of the last full hour"),
    metric("clicks_hour", "count", "Clicks of the last full hour"),
    metric("spend_hour", "money", "Spend of the last full hour"),
    metric("cpm_hour", "money", "CPM of the last full hour"),
    metric("impressions_previous_hour", "count", "Impressions of the hour before it"),
    metric("cpm_previous_hour", "money", "CPM of the hour before it"),
    metric(
        "cpm_same_hour_median",
        "money",
        "Median CPM (of its logarithm) of the same hour of the 14 days before, of hours with 1,000 impressions or more; the last hour needs as many",
    ),
    metric("cpm_same_hour_days", "count", "Days before that have such an hour"),
    metric(
        "cpm_same_hour_standard_errors",
        "number",
        "How many standard errors the last hour's CPM lies above that median, on the log scale; counts and the hours' own spread \
         are both in the error",
    ),
    metric("impressions_day", "count", "Impressions of the last full day (of hours: the last 24 full hours)"),
    metric("clicks_day", "count", "Clicks of the last full day"),
    metric("conversions_day", "count", "Conversions of the last full day, as reported by then: late ones are missing"),
    metric("spend_day", "money", "Spend of the last full day"),
    metric("revenue_day", "money", "Revenue of the last full day, as reported by then"),
    metric("cpm_day", "money", "CPM of the last full day"),
    metric("ctr_day", "ratio", "Clicks per impression of the last full day"),
    metric("cpa_day", "money", "Spend per conversion of the last full day, as reported by then"),
    metric("roas_day", "ratio", "ROAS of the last full day, as reported by then: biased low"),
    metric("clicks_days_median", "count", "Median clicks of the 14 days before the last full day"),
    metric(
        "conversion_fall",
        "ratio",
        "The part of conversions per click that is lost since the likeliest beginning of a fall in the last 21 days; 0 where chance explains it",
    ),
    metric(
        "conversion_fall_evidence",
        "number",
        "How much there is for that fall: the logarithm of a likelihood ratio, late conversions reckoned with",
    ),
    metric("conversion_fall_days", "count", "Days since that beginning"),
    metric(
        "conversion_gap",
        "ratio",
        "Of a platform: the part of conversions that is missing in the stretch of 1 to 10 days, over for one at most, that lacks them most; 0 where chance explains it",
    ),
    metric("conversion_gap_evidence", "number", "How much there is for that gap: the logarithm of a likelihood ratio"),
    metric("conversion_gap_from", "number", "Days since its beginning"),
    metric("conversion_gap_days", "count", "Its days"),
    metric("account_gap", "ratio", "The same of all platforms together, told of each"),
    metric("account_gap_evidence", "number", "How much there is for it"),
    metric("account_gap_from", "number", "Days since its beginning"),
    metric("account_gap_days", "count", "Its days"),
    metric(
        "ad_sets_lacking",
        "ratio",
        "Of a platform: the share of its ad sets that lack a quarter of their conversions or more in that stretch",
    ),
    metric(
        "cpm_shift",
        "ratio",
        "Of a platform: the change of its CPM, over the last hours, while what its detector of series has told goes on; 0 while nothing is out of line",
    ),
    metric(
        "impressions_shift",
        "ratio",
        "Of a platform: the change of its impressions in the last hour against that hour of other days, -1 where nothing is left, while it is beyond chance; 0 while nothing is out of line",
    ),
    metric("spend_shift", "ratio", "The same of its spend"),
    metric("spend_previous_day", "money", "Spend of the day before it"),
    metric("cpm_previous_day", "money", "CPM of the day before it"),
    metric("spend_days_median", "money", "Median spend of the 14 days before the last full day"),
    metric("cpm_days_median", "money", "Median CPM of the 14 days before the last full day"),
    metric("cpm_days", "count", "Days before the last full day that have a CPM, 14 at most"),
    metric(
        "cpm_days_standard_errors",
        "number",
        "How many standard errors the last full day's CPM lies above that median, on the log scale",
    ),
    metric("spend_mature", "money", "Spend of the days whose conversions are in (nine tenths or more)"),
    metric("conversions_mature", "count", "Conversions of those days"),
    metric("revenue_mature", "money", "Revenue of those days"),
    metric("roas_mature", "ratio", "ROAS of those days"),
    metric("roas_mature_upper", "ratio", "Its upper bound, 3.1 standard errors up: a bound of few conversions is high"),
    metric("order_value", "money", "What a conversion brings: the mean of those days, else what is told"),
    metric("expected_conversions_mature", "number", "Conversions that their spend should have brought at target ROAS"),
    metric("spend_mature_in_daily_budgets", "number", "Their spend, in daily budgets"),
    metric("target_roas", "ratio", "The target ROAS"),
    metric("daily_budget", "money", "What the object may spend a day"),
    metric("bid", "money", "Its bid amount; not known with lowest cost"),
    metric("active_ads", "count", "Ads that are active in it"),
    metric("audience_now", "count", "People in the audience now"),
    metric("audience_available_low", "count", "People that could be reached, low end of the platform's range"),
    metric("audience_available_high", "count", "People that could be reached, high end of the range"),
];

/// Whether a metric is in the table.
pub(super) fn is_known(name: &str) -> bool {
    METRICS.iter().any(|metric| metric.name == name)
}

/// The table as Markdown, as the guide prints it.
pub fn metrics_markdown() -> String {
    let mut lines = vec!["| metric | unit | meaning |".to_owned(), "|---|---|---|".to_owned()];
    lines.extend(METRICS.iter().map(|metric| format!("| `{}` | {} | {} |", metric.name, metric.unit, metric.meaning)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_shows_the_table() {
        let guide = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides/alerts.md");
        assert!(std::fs::read_to_string(guide).unwrap().contains(&metrics_markdown()), "run `adbrain rules metrics`");
    }
}
