use super::*;
use crate::error::ErrorKind;
use crate::stats::random::Random;

/// Chances of the contexts, the rewards of the choices in them, and what the log and the target take there.
const CONTEXTS: [f64; 3] = [0.5, 0.3, 0.2];
const REWARDS: [[f64; 3]; 3] = [[0.3, 0.5, 0.2], [0.6, 0.1, 0.4], [0.2, 0.3, 0.8]];
const LOGGED: [[f64; 3]; 3] = [[0.6, 0.3, 0.1], [0.3, 0.4, 0.3], [0.5, 0.25, 0.25]];
const TARGET: [[f64; 3]; 3] = [[0.2, 0.7, 0.1], [0.7, 0.1, 0.2], [0.1, 0.2, 0.7]];
/// Predictions that are off everywhere, each in another direction.
const WRONG: [[f64; 3]; 3] = [[0.8, 0.1, 0.6], [0.1, 0.9, 0.9], [0.9, 0.0, 0.1]];

fn value(policy: &[[f64; 3]; 3]) -> f64 {
    let of = |place: usize| policy[place].iter().zip(REWARDS[place]).map(|(share, mean)| share * mean).sum::<f64>();
    CONTEXTS.iter().enumerate().map(|(place, chance)| chance * of(place)).sum()
}

const NAMES: [&str; 3] = ["image", "video", "text"];

fn pick(shares: &[f64], random: &mut Random) -> usize {
    let mut rest = random.uniform();
    shares
        .iter()
        .position(|share| {
            rest -= share;
            rest < 0.0
        })
        .unwrap_or(shares.len() - 1)
}

/// A log of decisions whose reward is normal around its mean, deviation 0.3.
fn log(seed: u64, rows: u64, predicted: Option<&[[f64; 3]; 3]>) -> OffPolicyRequest {
    let mut random = Random::at(seed, &[1]);
    let rows = (0..rows).map(|_| {
        let context = pick(&CONTEXTS, &mut random);
        let chosen = pick(&LOGGED[context], &mut random);
        let reward = REWARDS[context][chosen] + 0.3 * random.normal();
        let row = LoggedChoice::new(NAMES[chosen], reward, LOGGED[context].to_vec());
        LoggedChoice {
            target: Some(TARGET[context].to_vec()),
            predicted: predicted.map(|table| table[context].to_vec()),
            ..row
        }
    });
    OffPolicyRequest {
        target: None,
        ..OffPolicyRequest::new(NAMES.map(str::to_owned).to_vec(), rows.collect(), Vec::new())
    }
}

fn estimated(request: &OffPolicyRequest) -> OffPolicyEstimate {
    match off_policy(request).unwrap() {
        OffPolicy::Estimated(found) => found,
        OffPolicy::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn refused(request: &OffPolicyRequest) -> Refusal {
    match off_policy(request).unwrap() {
        OffPolicy::Refused(refusal) => refusal,
        OffPolicy::Estimated(found) => panic!("{found:?}"),
    }
}

/// What an estimator did over many logs.
struct Tried {
    bias: f64,
    bias_error: f64,
    variance: f64,
    held: f64,
    held_difference: f64,
}

fn tried(estimator: Estimator, predicted: Option<&[[f64; 3]; 3]>, seeds: u64) -> Tried {
    let (truth, logged) = (value(&TARGET), value(&LOGGED));
    let (mut errors, mut held, mut both) = (Vec::new(), 0_u32, 0_u32);
    for seed in 0..seeds {
        let found = estimated(&OffPolicyRequest { estimator, ..log(seed, 200, predicted) });
        errors.push(found.value - truth);
        held += u32::from(found.low <= truth && truth <= found.high);
        let difference = found.against_logged.unwrap();
        both += u32::from(difference.low <= truth - logged && truth - logged <= difference.high);
    }
    let count = seeds as f64;
    let bias = errors.iter().sum::<f64>() / count;
    let variance = errors.iter().map(|error| (error - bias) * (error - bias)).sum::<f64>() / (count - 1.0);
    let [held, held_difference] = [held, both].map(|held| f64::from(held) / count);
    Tried { bias, bias_error: (variance / count).sqrt(), variance, held, held_difference }
}

#[test]
fn values_are_unbiased_and_their_intervals_hold_the_truth_at_their_level() {
    let seeds = 1_000;
    let ips = tried(Estimator::Ips, None, seeds);
    let snips = tried(Estimator::Snips, None, seeds);
    let right = tried(Estimator::Dr, Some(&REWARDS), seeds);
    let wrong = tried(Estimator::Dr, Some(&WRONG), seeds);
    for (name, found) in [("ips", &ips), ("snips", &snips), ("dr", &right), ("dr, wrong model", &wrong)] {
        assert!(found.bias.abs() < 4.0 * found.bias_error, "{name} {} {}", found.bias, found.bias_error);
        assert!((0.93..=0.97).contains(&found.held), "{name} {}", found.held);
        assert!((0.93..=0.97).contains(&found.held_difference), "{name} {}", found.held_difference);
    }
    assert!(right.variance < 0.8 * ips.variance, "{} {}", right.variance, ips.variance);
    assert!(snips.variance < ips.variance, "{} {}", snips.variance, ips.variance);
}

#[test]
fn a_model_alone_is_as_wrong_as_it_is_and_dr_is_not() {
    let of = |estimator| estimated(&OffPolicyRequest { estimator, ..log(1, 4_000, Some(&WRONG)) });
    let (alone, robust, truth) = (of(Estimator::Dm), of(Estimator::Dr), value(&TARGET));
    assert!(alone.high < truth - 0.1 && (robust.low..=robust.high).contains(&truth), "{alone:?} {robust:?}");
    assert_eq!((alone.method.as_str(), alone.warnings[0].key.as_str()), ("dm_t", "off-policy-model-alone"));
    let right = estimated(&OffPolicyRequest { estimator: Estimator::Dm, ..log(1, 4_000, Some(&REWARDS)) });
    assert!((right.low..=right.high).contains(&truth), "{right:?}");
}

#[test]
fn bootstrap_intervals_hold_the_truth_too_and_repeat_their_bytes() {
    let truth = value(&TARGET);
    let ask =
        |seed| OffPolicyRequest { interval: IntervalBy::BootstrapT { resamples: 150, seed }, ..log(seed, 200, None) };
    let held = (0..200).filter(|seed| {
        let found = estimated(&ask(*seed));
        found.low <= truth && truth <= found.high
    });
    let held = held.count();
    assert!((180..=198).contains(&held), "{held} of 200");
    let write = || serde_json::to_string(&off_policy(&ask(3)).unwrap()).unwrap();
    assert_eq!(write(), write());
    assert!(write().contains("snips_bootstrap_t"));
}

#[test]
fn the_logged_policy_itself_has_the_mean_of_the_log() {
    let mut request = log(5, 300, None);
    for row in &mut request.rows {
        row.target.clone_from(&row.propensities);
    }
    let mean = request.rows.iter().map(|row| row.reward).sum::<f64>() / 300.0;
    for estimator in [Estimator::Ips, Estimator::Snips] {
        let found = estimated(&OffPolicyRequest { estimator, ..request.clone() });
        assert!((found.value - mean).abs() < 1e-12 && found.against_logged.is_none(), "{found:?}");
        assert!((found.effective_sample_size.unwrap() - 300.0).abs() < 1e-9);
        assert_eq!(found.weights.unwrap().p_two_sided, None);
    }
}

#[test]
fn clipping_says_between_which_ends_its_bias_lies() {
    let truth = value(&TARGET);
    for estimator in [Estimator::Ips, Estimator::Snips, Estimator::Dr] {
        let (mut bias, mut low, mut high) = (0.0, 0.0, 0.0);
        for seed in 0..200 {
            let request = OffPolicyRequest { estimator, clip: Some(1.5), ..log(seed, 200, Some(&WRONG)) };
            let found = estimated(&request);
            let clipped = found.clipped.unwrap();
            assert!(clipped.rows > 0 && clipped.weight_lost > 0.0 && found.largest_weight.unwrap() > 1.5);
            assert!(found.warnings.iter().any(|one| one.key == "off-policy-clipped"));
            bias += (found.value - truth) / 200.0;
            (low, high) = (low + clipped.bias[0] / 200.0, high + clipped.bias[1] / 200.0);
        }
        assert!(low <= bias && bias <= high && bias.abs() > 0.01, "{estimator:?}: {low} {bias} {high}");
    }
    let calm = estimated(&OffPolicyRequest { clip: Some(100.0), ..log(1, 400, None) });
    assert!(calm.clipped.unwrap().bias.iter().all(|end| end.abs() < 1e-15));
    assert!(calm.warnings.is_empty(), "{:?}", calm.warnings);
}

#[test]
fn the_mean_of_weights_seldom_raises_a_false_alarm_and_finds_wrong_propensities() {
    let alarms = (0..1_000).filter(|seed| {
        let found = estimated(&log(*seed, 200, None));
        found.weights.unwrap().p_two_sided.unwrap() < 0.05
    });
    let alarms = alarms.count();
    assert!((25..=80).contains(&alarms), "{alarms} of 1000");
    // The log says that all were taken alike, which they were not.
    let mut request = log(1, 8_000, None);
    for row in &mut request.rows {
        row.propensities = Some(vec![1.0 / 3.0; 3]);
    }
    let refusal = refused(&request);
    assert_eq!(refusal.reason, RefusalReason::WeightsOff);
    assert!((refusal.weights.unwrap().mean - 1.0).abs() > 0.03);
}

#[test]
fn what_has_no_support_is_refused_and_named() {
    let mut request = log(1, 400, None);
    for row in &mut request.rows {
        row.propensities = Some(vec![0.6, 0.4, 0.0]);
        if row.choice == "text" {
            row.choice = "image".to_owned();
        }
    }
    let refusal = refused(&request);
    assert_eq!(refusal.reason, RefusalReason::NoSupport);
    assert_eq!(refusal.message.args["choice"], "text".into());
    // Where only the propensity of what was taken is known, what was never taken has none.
    for row in &mut request.rows {
        (row.propensity, row.propensities) = (Some(0.5), None);
    }
    assert_eq!(refused(&request).reason, RefusalReason::NoSupport);
}

#[test]
fn propensities_that_are_missing_or_none_are_refused() {
    let change = |change: &dyn Fn(&mut LoggedChoice)| {
        let mut request = log(1, 400, None);
        request.rows.iter_mut().take(3).for_each(change);
        refused(&request)
    };
    let missing = change(&|row| row.propensities = None);
    assert_eq!((missing.reason, missing.message.args["rows"].clone()), (RefusalReason::NotLogged, 3.into()));
    for list in [vec![0.5, 0.5, 0.5], vec![1.2, -0.1, -0.1], vec![f64::NAN, 0.5, 0.5]] {
        assert_eq!(change(&|row| row.propensities = Some(list.clone())).reason, RefusalReason::NotProbabilities);
    }
    for wrong in [0.0, -0.2, 1.5, f64::NAN] {
        let found = change(&|row| (row.propensities, row.propensity) = (None, Some(wrong)));
        assert_eq!(found.reason, RefusalReason::NotProbabilities, "{wrong}");
    }
    let taken = change(&|row| (row.choice, row.propensities) = ("text".to_owned(), Some(vec![0.5, 0.5, 0.0])));
    assert_eq!(taken.reason, RefusalReason::NotProbabilities);
}

#[test]
fn too_little_that_counts_and_no_spread_are_refused() {
    let few = refused(&log(1, 40, None));
    assert_eq!(few.reason, RefusalReason::FewEffective);
    assert!(few.effective_sample_size.unwrap() < 40.0 && few.weights.is_some());
    assert_eq!(refused(&log(1, 0, None)).reason, RefusalReason::FewEffective);
    let mut request = log(1, 400, None);
    request.rows[0].propensities = Some(vec![1e-12, 1e-12, 1.0 - 2e-12]);
    request.rows[0].choice = "image".to_owned();
    let starved = refused(&request);
    assert_eq!(starved.reason, RefusalReason::FewEffective);
    assert!((starved.effective_sample_size.unwrap() - 1.0).abs() < 1e-6, "{starved:?}");
    request.rows[0].propensities = Some(vec![1e-320, 0.5, 0.5]);
    assert_eq!(refused(&request).reason, RefusalReason::FewEffective);
    let mut flat = log(1, 400, None);
    flat.rows.iter_mut().for_each(|row| row.reward = 0.0);
    assert_eq!(refused(&flat).reason, RefusalReason::NoSpread);
}

#[test]
fn heavy_rows_far_policies_and_unseen_support_are_told() {
    let mut request = log(1, 400, None);
    for row in &mut request.rows {
        let place = NAMES.iter().position(|name| *name == row.choice).unwrap();
        row.propensity = row.propensities.take().map(|list| list[place]);
    }
    let found = estimated(&request);
    assert_eq!(found.warnings.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["off-policy-support-unseen"]);
    // Nine in ten decisions say nothing: the target never takes what they took.
    let row = |n: u32| {
        let choice = if n.is_multiple_of(20) { "video" } else { "image" };
        LoggedChoice::new(choice, f64::from(n % 7), vec![0.95, 0.05])
    };
    let names = vec!["image".to_owned(), "video".to_owned()];
    let far = OffPolicyRequest::new(names, (0..2_000).map(row).collect(), vec![0.0, 1.0]);
    let found = estimated(&far);
    assert!((found.effective_sample_size.unwrap() - 100.0).abs() < 1e-9);
    assert_eq!(found.warnings.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["off-policy-far"]);
}

#[test]
fn a_wrong_field_is_named() {
    type Change = fn(&mut OffPolicyRequest);
    let changes: [(&str, Change); 18] = [
        ("choices", |one| one.choices.truncate(1)),
        ("choices[1]", |one| one.choices[1] = "image".to_owned()),
        ("choices[2]", |one| one.choices[2] = " ".to_owned()),
        ("rows[2].choice", |one| one.rows[2].choice = "sound".to_owned()),
        ("rows[2].reward", |one| one.rows[2].reward = f64::NAN),
        ("rows[2].reward", |one| one.reward_range = Some([100.0, 101.0])),
        ("reward_range", |one| one.reward_range = Some([1.0, 1.0])),
        ("rows[0].target", |one| one.rows[0].target = Some(vec![0.5, 0.5, 0.5])),
        ("target", |one| one.rows[0].target = None),
        ("rows[0].propensities", |one| one.rows[0].propensities = Some(vec![0.5, 0.5])),
        ("rows[0].propensity", |one| one.rows[0].propensity = Some(0.01)),
        ("rows[0].predicted", |one| one.rows[0].predicted = Some(vec![0.5, f64::INFINITY, 0.0])),
        ("predicted", |one| one.estimator = Estimator::Dr),
        ("clip", |one| one.clip = Some(0.9)),
        ("clip", |one| (one.clip, one.estimator) = (Some(5.0), Estimator::Dm)),
        ("level", |one| one.level = 1.0),
        ("least_effective", |one| one.least_effective = 3.0),
        ("interval", |one| one.interval = IntervalBy::BootstrapT { resamples: 9, seed: 0 }),
    ];
    for (field, change) in changes {
        let mut request = log(1, 100, None);
        if field == "rows[2].reward" && request.reward_range.is_none() {
            request.rows.truncate(3);
            request.rows[..2].iter_mut().for_each(|row| row.reward = 100.5);
        }
        change(&mut request);
        let error = off_policy(&request).unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some(field)), "{error}");
        assert!(error.next_step().is_some(), "{error}");
    }
}

#[test]
fn the_shares_of_a_bandit_are_the_propensities_of_its_log() {
    use crate::experiment::bandit::{AllocationPlan, Arm, Seen, bandit_allocate};
    let rates = [0.3, 0.5];
    let names = || vec!["image".to_owned(), "video".to_owned()];
    let (mut errors, mut held) = (0.0, 0);
    for seed in 0..200 {
        let mut random = Random::at(seed, &[2]);
        let (mut successes, mut trials, mut rows) = ([0_u64; 2], [0_u64; 2], Vec::new());
        for batch in 0..4 {
            let seen = |arm: usize| Seen::Shares { successes: successes[arm], trials: trials[arm] };
            let arms: Vec<Arm> =
                names().into_iter().enumerate().map(|(arm, name)| Arm { name, seen: seen(arm) }).collect();
            let plan = AllocationPlan { floor: 0.1, seed, batch, ..AllocationPlan::default() };
            let shares: Vec<f64> = bandit_allocate(&arms, &plan).unwrap().arms.iter().map(|arm| arm.share).collect();
            for _ in 0..100 {
                let arm = pick(&shares, &mut random);
                let won = random.uniform() < rates[arm];
                (successes[arm], trials[arm]) = (successes[arm] + u64::from(won), trials[arm] + 1);
                rows.push(LoggedChoice::new(names()[arm].clone(), f64::from(u8::from(won)), shares.clone()));
            }
        }
        let request = OffPolicyRequest::new(names(), rows, vec![0.5, 0.5]);
        let found = estimated(&OffPolicyRequest { estimator: Estimator::Ips, ..request });
        errors += (found.value - 0.4) / 200.0;
        held += u32::from(found.low <= 0.4 && 0.4 <= found.high);
    }
    assert!(errors.abs() < 0.01 && held >= 180, "{errors} {held}");
}
