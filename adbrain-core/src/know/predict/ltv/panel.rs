//! Gauss-Legendre quadrature with twelve nodes on one panel.

/// Nodes above zero and weights of the rule with 12 points on -1..1 (Abramowitz and Stegun, table 25.4).
const RULE: [(f64, f64); 6] = [
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_7),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_6),
    (0.587_317_954_286_617_4, 0.203_167_426_723_065_73),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_42),
    (0.904_117_256_370_474_8, 0.106_939_325_995_319_07),
    (0.981_560_634_246_719_2, 0.047_175_336_386_511_41),
];

/// The nodes and weights on a panel, from the middle outwards.
pub(super) fn nodes([from, to]: [f64; 2]) -> impl Iterator<Item = (f64, f64)> {
    let (middle, half) = (f64::midpoint(from, to), 0.5 * (to - from));
    RULE.into_iter()
        .flat_map(move |(x, weight)| [(middle - half * x, half * weight), (middle + half * x, half * weight)])
}

/// The integral of a function on a panel.
pub(super) fn integral(panel: [f64; 2], of: impl Fn(f64) -> f64) -> f64 {
    nodes(panel).map(|(x, weight)| weight * of(x)).sum()
}

/// Equal panels from one end to the other, none wider than `widest`.
pub(super) fn panels([from, to]: [f64; 2], widest: f64) -> impl Iterator<Item = [f64; 2]> {
    let count = libm::ceil((to - from) / widest).max(1.0);
    let step = (to - from) / count;
    let edges = move |at: f64| [from + at * step, if at + 1.0 < count { from + (at + 1.0) * step } else { to }];
    std::iter::successors(Some(0.0), |at| Some(at + 1.0)).take_while(move |at| *at < count).map(edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_is_exact_up_to_degree_23_and_panels_meet() {
        let found = integral([0.0, 2.0], |x| libm::pow(x, 23.0));
        assert!((found / (libm::pow(2.0, 24.0) / 24.0) - 1.0).abs() < 1e-14, "{found}");
        let parts: Vec<_> = panels([0.0, 1.0], 0.3).collect();
        assert_eq!((parts.len(), parts[0][0], parts[3][1]), (4, 0.0, 1.0));
        assert!(parts.windows(2).all(|pair| (pair[0][1] - pair[1][0]).abs() < 1e-15));
        let sum: f64 = panels([-1.0, 4.0], 0.7).map(|panel| integral(panel, libm::exp)).sum();
        assert!((sum / (libm::exp(4.0) - libm::exp(-1.0)) - 1.0).abs() < 1e-14, "{sum}");
    }
}
