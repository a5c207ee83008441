//! How well an exponent of habituation explains the clicks: an overdispersed Poisson likelihood, the click rate left free.

use super::delivery::Delivery;

/// Click rates vary by about so much from day to day besides the luck of counting.
const RATE_NOISE: f64 = 0.05;
/// So many days is the assumed variation worth when it meets the measured one.
const NOISE_WORTH: f64 = 5.0;
/// Newton steps for the click rate; the likelihood is concave in its logarithm.
const STEPS: u32 = 8;
/// Below so many clicks the days say nothing about habituation.
pub(super) const FEWEST_CLICKS: f64 = 30.0;

/// A day's clicks and impressions.
struct Counted {
    clicks: f64,
    impressions: f64,
    place: usize,
}

/// The clicks of a campaign, negative binomial with mean `c I_t S_t` and variance `mean + (v mean)^2`.
pub(super) struct Clicks {
    counted: Vec<Counted>,
    /// 1 / v^2.
    size: f64,
    total: f64,
}

impl Clicks {
    /// Reads the days whose clicks are known and that had impressions; none where all their clicks are too few to tell anything.
    pub(super) fn of(delivery: &Delivery) -> Option<Self> {
        let counted: Vec<Counted> = delivery
            .days
            .iter()
            .enumerate()
            .filter(|(_, day)| day.impressions > 0.0)
            .filter_map(|(place, day)| day.clicks.map(|clicks| Counted { clicks, impressions: day.impressions, place }))
            .collect();
        let total: f64 = counted.iter().map(|day| day.clicks).sum();
        (total >= FEWEST_CLICKS).then(|| {
            let size = 1.0 / variation(&counted);
            Self { counted, size, total }
        })
    }

    /// The logarithm of the likelihood of responses day by day, with the click rate integrated out (Laplace), but for a constant.
    pub(super) fn log_likelihood(&self, response: impl Fn(usize) -> f64) -> f64 {
        let exposed: Vec<f64> = self.counted.iter().map(|day| day.impressions * response(day.place)).collect();
        let mut log_rate = libm::log(self.total / exposed.iter().sum::<f64>());
        let mut information = 1.0;
        for _ in 0..STEPS {
            let (mut slope, mut curvature) = (0.0, 0.0);
            for (mean, day) in exposed.iter().map(|exposed| exposed * libm::exp(log_rate)).zip(&self.counted) {
                let weight = self.size / (mean + self.size);
                slope += (day.clicks - mean) * weight;
                curvature += mean * weight;
            }
            information = curvature;
            log_rate += slope / curvature;
        }
        let one = |(exposed, day): (&f64, &Counted)| {
            let mean = exposed * libm::exp(log_rate);
            day.clicks * libm::log(mean) - (day.clicks + self.size) * libm::log(mean + self.size)
        };
        exposed.iter().zip(&self.counted).map(one).sum::<f64>() - 0.5 * libm::log(information)
    }
}

/// v^2: the usual variation, widened by what days deviate from a line through their log rates beyond the luck of counting.
fn variation(counted: &[Counted]) -> f64 {
    let usual = RATE_NOISE * RATE_NOISE;
    let points: Vec<[f64; 2]> =
        counted.iter().map(|day| [day.place as f64, libm::log((day.clicks + 0.5) / (day.impressions + 1.0))]).collect();
    let luck: f64 = counted.iter().map(|day| 1.0 / (day.clicks + 0.5)).sum();
    let degrees = (counted.len() as f64 - 2.0).max(0.0);
    let excess = (squares_off_line(&points) - luck * degrees / counted.len() as f64).max(0.0);
    ((NOISE_WORTH * usual + excess) / (NOISE_WORTH + degrees)).max(usual)
}

/// The squares that a least-squares line leaves.
pub(super) fn squares_off_line(points: &[[f64; 2]]) -> f64 {
    let count = points.len() as f64;
    let mean = |at: fn(&[f64; 2]) -> f64| points.iter().map(at).sum::<f64>() / count;
    let (x, y) = (mean(|point| point[0]), mean(|point| point[1]));
    let sum = |of: fn([f64; 2]) -> f64| points.iter().map(|point| of([point[0] - x, point[1] - y])).sum::<f64>();
    let (xx, xy, yy) = (sum(|[x, _]| x * x), sum(|[x, y]| x * y), sum(|[_, y]| y * y));
    if xx > 0.0 { yy - xy * xy / xx } else { yy }
}
