//! Past results from an imported history.

use super::{Features, PastResult};
use crate::error::{Error, Result};
use crate::model::{History, HistoryRow, Objective};

/// The rows of a history as past results, each an ad or an ad on one day, with the trade and the objective that they belong to.
/// What was spent stands for the budget.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the line: an amount in another currency than the history's, or negative.
pub fn past_results(history: &History, industry: &str, objective: Objective) -> Result<Vec<PastResult>> {
    history.rows.iter().map(|row| past_result(history, row, (industry, objective))).collect()
}

fn past_result(history: &History, row: &HistoryRow, (industry, objective): (&str, Objective)) -> Result<PastResult> {
    let place = format!("history line {}", row.line);
    for amount in [row.metrics.spend, row.metrics.revenue] {
        if amount.currency() != history.currency {
            let what = format!("is in {}, the history in {}", amount.currency(), history.currency);
            return Err(Error::invalid(&place, what).next("convert the amounts to one currency first"));
        }
    }
    let features = Features {
        industry: Some(industry.to_owned()),
        objective: Some(objective),
        platform: Some(row.platform),
        campaign: Some(row.campaign.clone()),
        budget: Some(row.metrics.spend),
        creative_type: row.creative_type.clone(),
        copy_style: row.copy_style.clone(),
        date: row.date,
        ages: row.ages,
        gender: row.gender,
        interest: row.interest.clone(),
        ..Features::default()
    };
    let past = PastResult { features, metrics: row.metrics.clone() };
    past.check(&place)?;
    Ok(past)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ContentHash, Currency, Metrics, Money, Platform};

    fn history(currency: Currency, spend: i64) -> History {
        let spend = Money::from_micros(spend, currency);
        let row = HistoryRow {
            line: 7,
            platform: Platform::Meta,
            campaign: "spring".into(),
            ad: "a".into(),
            date: None,
            ages: None,
            gender: None,
            interest: Some("16".into()),
            creative_type: None,
            copy_style: None,
            metrics: Metrics { spend, ..Metrics::none(currency) },
        };
        let hash = ContentHash::of(b"");
        History { hash, currency: Currency::BRL, mapping: "test".into(), rows: vec![row], problems: vec![] }
    }

    #[test]
    fn a_row_keeps_what_it_knows_and_invents_nothing() {
        let past = past_results(&history(Currency::BRL, 5), "fashion", Objective::Sales).unwrap();
        let features = &past[0].features;
        assert_eq!((features.interest.as_deref(), features.audience_size), (Some("16"), None));
        assert_eq!(features.budget.map(Money::micros), Some(5));
    }

    #[test]
    fn another_currency_and_negative_money_are_refused_with_their_line() {
        for bad in [history(Currency::USD, 5), history(Currency::BRL, -5)] {
            let error = past_results(&bad, "fashion", Objective::Sales).unwrap_err().to_string();
            assert!(error.starts_with("history line 7"), "{error}");
        }
    }
}
