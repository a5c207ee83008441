//! How much of an answer is the prior's and how much the forest's, by the number of rows.

/// Below so many rows the prior answers alone: from ten rows on shrinkage no longer moved the error of daily ROAS on a public data
/// set of eleven campaigns (`marketing_roas_daily`).
pub(super) const FIRST_FOREST: usize = 10;
/// From so many rows on the forest answers alone.
pub(super) const FOREST_ALONE: usize = 50;

/// The share of the forest in an answer: 0 up to ten rows, 1 from fifty on, even steps in between.
pub(super) fn share_of_forest(rows: usize) -> f64 {
    let span = (FOREST_ALONE - FIRST_FOREST) as f64;
    (rows.saturating_sub(FIRST_FOREST) as f64 / span).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_moves_the_answer_from_the_prior_to_the_forest() {
        let shares = [0, 10, 20, 30, 50, 5000].map(share_of_forest);
        assert!(shares.iter().zip([0.0, 0.0, 0.25, 0.5, 1.0, 1.0]).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-12));
    }
}
