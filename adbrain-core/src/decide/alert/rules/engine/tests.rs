//! Tests of the engine: every transition, who is told when, what is proposed how often.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::alert::rules::Level;
use crate::model::Language;
use crate::stats::random::Random;

const TICK: SignedDuration = SignedDuration::from_mins(10);

/// What is seen of an object at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Look {
    Value(f64),
    /// The metric is not known.
    Nothing,
    /// The figures cannot be read.
    Broken,
    /// There is no sample.
    Gone,
}

use Look::{Broken, Gone, Nothing, Value};

/// A rule that fires above 10 and clears at 8, with more fields.
fn rule(name: &str, fields: &str) -> String {
    format!("[[rule]]\nname = \"{name}\"\nvalue = \"cpm_hour\"\nabove = 10\nclear = 8\nseverity = \"high\"\n{fields}\n")
}

fn engine(text: &str) -> Engine {
    Engine::new(RuleSet::from_text(&format!("version = 1\n{text}")).unwrap())
}

fn start() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

fn moment(tick: usize) -> Timestamp {
    start() + TICK * i32::try_from(tick).unwrap()
}

fn sample(object: &str, look: Look, at: Timestamp) -> Option<Sample> {
    let mut sample = Sample::new(Platform::Meta, object, Level::AdSet, at);
    match look {
        Value(value) => sample = sample.with("cpm_hour", value),
        Nothing => {}
        Broken => sample.error = Some("503".to_owned()),
        Gone => return None,
    }
    Some(sample)
}

/// Evaluates one object tick by tick.
fn walk(engine: &mut Engine, looks: &[Look]) -> Vec<(String, Evaluated)> {
    let look = |(tick, look): (usize, &Look)| {
        let samples: Vec<_> = sample("set", *look, moment(tick)).into_iter().collect();
        let found = engine.evaluate(moment(tick), &samples).unwrap();
        let status = engine.standings().first().map_or("unseen".to_owned(), |standing| standing.status.to_string());
        (status, found)
    };
    looks.iter().enumerate().map(look).collect()
}

/// The statuses of one rule, and its notifications as `tick kind cause`.
fn told(fields: &str, looks: &[Look]) -> (Vec<String>, Vec<String>) {
    let walked = walk(&mut engine(&rule("dear", fields)), looks);
    let lines = walked.iter().enumerate().flat_map(|(tick, (_, found))| {
        found.told.notifications.iter().map(move |told| format!("{tick} {} {}", told.kind, told.episodes[0].cause))
    });
    (walked.iter().map(|(status, _)| status.clone()).collect(), lines.collect())
}

#[test]
fn a_value_goes_through_pending_firing_recovering_and_rest() {
    let looks =
        [5.0, 12.0, 9.0, 12.0, 12.0, 9.0, 7.0, 9.0, 7.0, 12.0, 7.0, 7.0, 7.0, 12.0, 12.0, 12.0, 12.0].map(Value);
    let (statuses, lines) = told("for = \"10m\"\nkeep_firing_for = \"20m\"\nreopen_after = \"30m\"", &looks);
    let expected = [
        "normal",
        "pending",
        "normal", // between the thresholds
        "pending",
        "firing",
        "firing", // between the thresholds
        "recovering",
        "firing", // between the thresholds
        "recovering",
        "firing",
        "recovering",
        "recovering",
        "normal",
        "normal", // rests
        "normal",
        "pending",
        "firing",
    ];
    assert_eq!(statuses, expected);
    assert_eq!(lines, ["4 opened threshold", "12 closed threshold", "16 opened threshold"]);
}

#[test]
fn without_lengths_of_time_it_fires_and_closes_at_once() {
    let (statuses, lines) = told("", &[12.0, 8.0, 10.0, 10.1].map(Value));
    assert_eq!(statuses, ["firing", "normal", "normal", "firing"]);
    assert_eq!(lines, ["0 opened threshold", "1 closed threshold", "3 opened threshold"]);
}

#[test]
fn below_is_the_mirror_of_above() {
    let text = "[[rule]]\nname = \"low\"\nvalue = \"cpm_hour\"\nbelow = 4\nclear = 6\nseverity = \"info\"";
    let statuses: Vec<_> =
        walk(&mut engine(text), &[5.0, 4.0, 3.9, 5.0, 6.0].map(Value)).into_iter().map(|x| x.0).collect();
    assert_eq!(statuses, ["normal", "normal", "firing", "firing", "normal"]);
}

#[test]
fn no_data_keeps_everything_by_default() {
    let looks = [Value(12.0), Nothing, Broken, Value(12.0), Nothing, Gone, Value(7.0), Gone, Value(7.0)];
    let (statuses, lines) = told("for = \"20m\"\nkeep_firing_for = \"20m\"", &looks);
    assert_eq!(
        statuses,
        ["pending", "pending", "pending", "firing", "firing", "firing", "recovering", "recovering", "normal"]
    );
    assert_eq!(lines, ["3 opened threshold", "8 closed threshold"]);
}

#[test]
fn no_data_that_is_ok_counts_as_calm() {
    let looks = [Value(12.0), Nothing, Value(12.0), Broken, Nothing, Gone];
    let (statuses, lines) = told("keep_firing_for = \"20m\"\nno_data = \"ok\"\non_error = \"ok\"", &looks);
    assert_eq!(statuses, ["firing", "recovering", "firing", "recovering", "recovering", "normal"]);
    assert_eq!(lines, ["0 opened threshold", "5 closed threshold"]);
}

#[test]
fn no_data_and_errors_can_be_alerts_of_their_own() {
    let fields = "for = \"10m\"\nno_data = \"alert\"\non_error = \"alert\"";
    let looks = [Value(5.0), Gone, Nothing, Broken, Broken, Value(12.0), Nothing, Value(12.0), Value(12.0)];
    let (statuses, lines) = told(fields, &looks);
    let expected = ["normal", "no_data", "no_data", "error", "error", "pending", "no_data", "pending", "firing"];
    assert_eq!(statuses, expected);
    let told_at = ["2 opened no_data", "3 closed no_data", "4 opened error", "5 closed error", "8 opened threshold"];
    assert_eq!(lines, told_at);
    let (statuses, lines) = told(fields, &[Value(12.0), Value(12.0), Nothing, Broken, Value(9.0), Nothing, Value(7.0)]);
    assert_eq!(statuses, ["pending", "firing", "no_data", "error", "firing", "no_data", "normal"]);
    assert_eq!(lines, ["1 opened threshold", "6 closed threshold"], "a threshold's episode outlives a gap");
}

#[test]
fn what_is_no_number_is_an_error_and_what_is_thin_or_old_is_no_data() {
    let fields =
        "no_data = \"alert\"\non_error = \"alert\"\nmin_volume = { impressions_hour = 100 }\nmax_data_age = \"1h\"";
    let mut engine = engine(&rule("dear", fields));
    let mut status = |tick: usize, impressions: f64, cpm: f64, age: i64| {
        let at = moment(tick);
        let sample = Sample::new(Platform::Meta, "set", Level::AdSet, at - SignedDuration::from_mins(age));
        let sample = sample.with("cpm_hour", cpm).with("impressions_hour", impressions);
        let found = engine.evaluate(at, &[sample]).unwrap();
        let texts: Vec<_> = found.told.notifications.iter().map(|told| told.message.text(Language::English)).collect();
        (engine.standings()[0].status, texts.join("; "))
    };
    assert_eq!(status(0, 100.0, 5.0, 0).0, Status::Normal);
    assert_eq!(
        status(1, 99.0, 12.0, 0),
        (Status::NoData, "dear: no data for set: impressions_hour is 99.00, below 100.00".to_owned())
    );
    assert_eq!(status(2, 100.0, 5.0, 60), (Status::Normal, "dear: set back to normal".to_owned()));
    assert_eq!(
        status(3, 100.0, 5.0, 61),
        (Status::NoData, "dear: no data for set: the figures are 1h1m old".to_owned())
    );
    let (is, text) = status(4, 100.0, f64::NAN, 0);
    assert_eq!(is, Status::Error);
    assert!(text.contains("dear: cannot be evaluated for set: cpm_hour is not a number"), "{text}");
}

#[test]
fn a_requirement_must_hold_for_it_to_fire() {
    let mut engine = engine(&rule("dear", "require = [{ value = \"cpm_same_hour_standard_errors\", above = 3 }]"));
    for (tick, (errors, expected)) in
        [(2.0, Status::Normal), (4.0, Status::Firing), (1.0, Status::Firing)].into_iter().enumerate()
    {
        let sample = sample("set", Value(12.0), moment(tick)).unwrap().with("cpm_same_hour_standard_errors", errors);
        engine.evaluate(moment(tick), &[sample]).unwrap();
        assert_eq!(engine.standings()[0].status, expected, "{errors}");
    }
}

#[test]
fn an_open_episode_is_told_again_only_where_the_rule_says_so() {
    let looks = [Value(12.0); 8];
    assert_eq!(told("", &looks).1, ["0 opened threshold"]);
    let lines = told("repeat_every = \"30m\"", &looks).1;
    assert_eq!(lines, ["0 opened threshold", "3 repeated threshold", "6 repeated threshold"]);
}

fn silence(from: usize, until: usize, labels: &str) -> String {
    let (from, until) = (moment(from), moment(until));
    format!("[[silence]]\nmatch = {{ {labels} }}\nfrom = {from}\nuntil = {until}\nby = \"Ana\"\nreason = \"a sale\"\n")
}

#[test]
fn what_is_silenced_is_told_afterwards_where_it_still_fires() {
    let text = rule("dear", "actions = [{ kind = \"cut_bid\", percent = 10 }]") + &silence(1, 4, "object = \"set\"");
    let looks = [Value(5.0), Value(12.0), Value(12.0), Value(12.0), Value(12.0), Value(5.0)];
    let walked = walk(&mut engine(&text), &looks);
    let counts = |found: &Evaluated| (found.told.notifications.len(), found.told.proposals.len(), found.held.len());
    let counts: Vec<_> = walked.iter().map(|(_, found)| counts(found)).collect();
    assert_eq!(counts, [(0, 0, 0), (0, 0, 1), (0, 0, 1), (0, 0, 1), (1, 1, 0), (1, 0, 0)]);
    assert_eq!(walked[1].1.held[0].why, Why::Silenced);
    let short = [Value(5.0), Value(12.0), Value(5.0), Value(5.0), Value(5.0), Value(5.0)];
    let told: usize = walk(&mut engine(&text), &short).iter().map(|(_, found)| found.told.notifications.len()).sum();
    assert_eq!(told, 0, "it came and went while it was silenced");
    let other = rule("dear", "") + &silence(1, 4, "platform = \"google\"");
    assert_eq!(walk(&mut engine(&other), &looks)[1].1.told.notifications.len(), 1);
}

#[test]
fn an_alarm_of_the_platform_silences_its_ad_sets() {
    let inhibit = "[[inhibit]]\nsource = \"platform\"\ntarget = [\"dear\"]\nequal = [\"platform\"]\n";
    let text = rule("dear", "actions = [{ kind = \"cut_bid\", percent = 10 }]")
        + &rule("platform", "level = \"platform\"")
        + inhibit;
    let mut engine = engine(&text);
    let mut look = |tick: usize, meta: f64, sets: f64| {
        let at = moment(tick);
        let whole = Sample::new(Platform::Meta, "meta", Level::Platform, at).with("cpm_hour", meta);
        let set = |platform, name: &str| Sample::new(platform, name, Level::AdSet, at).with("cpm_hour", sets);
        let samples = [whole, set(Platform::Meta, "m1"), set(Platform::Meta, "m2"), set(Platform::Google, "g1")];
        let found = engine.evaluate(at, &samples).unwrap();
        let told = found.told.notifications.iter().map(|told| told.episodes[0].subject.object.clone());
        (told.collect::<Vec<_>>(), found.told.proposals.len(), found.held.len())
    };
    assert_eq!(look(0, 12.0, 12.0), (vec!["g1".to_owned(), "meta".to_owned()], 1, 2));
    assert_eq!(look(1, 12.0, 12.0), (vec![], 0, 2));
    // The platform is well again, its ad sets are not: now they are told, and acted on.
    assert_eq!(look(2, 5.0, 12.0), (vec!["m1".to_owned(), "m2".to_owned(), "meta".to_owned()], 2, 0));
}

#[test]
fn nobody_is_woken_at_night_but_for_what_is_critical() {
    let night = "[[quiet_hours]]\nfrom = \"22:00\"\nuntil = \"07:00\"\n";
    let text = format!(
        "time_zone = \"America/Sao_Paulo\"\n{night}{}{}",
        rule("dear", ""),
        rule("worse", "").replace("high", "critical")
    );
    let mut engine = engine(&text);
    let mut look = |at: &str, value: f64| {
        let at: Timestamp = at.parse().unwrap();
        let found = engine.evaluate(at, &[sample("set", Value(value), at).unwrap()]).unwrap();
        let told: Vec<_> = found.told.notifications.iter().map(|told| format!("{} {}", told.rule, told.kind)).collect();
        told.join(", ")
    };
    assert_eq!(look("2026-12-01T00:30:00Z", 5.0), "");
    assert_eq!(look("2026-12-01T01:30:00Z", 12.0), "worse opened");
    assert_eq!(look("2026-12-01T03:30:00Z", 12.0), "", "after midnight");
    assert_eq!(look("2026-12-01T09:59:00Z", 12.0), "");
    assert_eq!(look("2026-12-01T10:00:00Z", 12.0), "dear opened");
    assert_eq!(look("2026-12-02T02:00:00Z", 5.0), "worse closed");
    assert_eq!(look("2026-12-02T10:00:00Z", 5.0), "dear closed");
}

#[test]
fn alerts_of_a_group_are_told_together_and_not_too_often() {
    let fields = "group_by = [\"platform\"]\ngroup_interval = \"30m\"\nlabels = { team = \"growth\" }";
    let mut engine = engine(&rule("dear", fields));
    let mut look = |tick: usize, dear: &[&str]| {
        let names = ["a", "b", "c"];
        let value = |name: &str| if dear.contains(&name) { 12.0 } else { 5.0 };
        let samples = names.map(|name| sample(name, Value(value(name)), moment(tick)).unwrap());
        let found = engine.evaluate(moment(tick), &samples).unwrap();
        assert!(found.told.notifications.iter().all(|told| told.labels["team"] == "growth"));
        let objects =
            |told: &Notification| -> String { told.episodes.iter().map(|x| x.subject.object.as_str()).collect() };
        found.told.notifications.iter().map(|told| format!("{} {}", told.kind, objects(told))).collect::<Vec<_>>()
    };
    assert_eq!(look(0, &["a", "b"]), ["opened ab"]);
    assert_eq!(look(1, &["a", "b", "c"]), [""; 0]);
    assert_eq!(look(2, &["b", "c"]), [""; 0]);
    assert_eq!(look(3, &["b", "c"]), ["opened c", "closed a"]);
}

#[test]
fn an_action_is_proposed_once_an_episode_and_not_before_it_has_cooled_down() {
    let fields = "actions = [{ kind = \"cut_bid\", percent = 10, cool_down = \"1h\" }]";
    let looks = [12.0, 12.0, 5.0, 12.0, 12.0, 12.0, 12.0, 12.0].map(Value);
    let walked = walk(&mut engine(&rule("dear", fields)), &looks);
    let proposals: Vec<_> = walked.iter().map(|(_, found)| found.told.proposals.len()).collect();
    assert_eq!(proposals, [1, 0, 0, 0, 0, 0, 1, 0], "the second episode waits until an hour has passed");
    let proposal = &walked[6].1.told.proposals[0];
    assert_eq!((proposal.kind.as_str(), proposal.amount), ("cut_bid", 10));
    assert_eq!(proposal.episode, "dear/meta/ad_set/set/2026-12-01T00:30:00Z");
    let gone = [12.0, 5.0, 12.0, 5.0, 5.0, 5.0, 5.0, 5.0].map(Value);
    let walked = walk(&mut engine(&rule("dear", fields)), &gone);
    assert_eq!(
        walked.iter().map(|(_, found)| found.told.proposals.len()).sum::<usize>(),
        1,
        "the second one is over by then"
    );
}

#[test]
fn a_rule_acts_no_oftener_than_its_limit_of_the_day() {
    let fields = "actions = [{ kind = \"pause_worst_ads\", at_most = 3, max_per_day = 2 }]";
    let mut engine = engine(&format!("time_zone = \"America/Sao_Paulo\"\n{}", rule("dear", fields)));
    let mut look = |at: &str| {
        let at: Timestamp = at.parse().unwrap();
        let samples: Vec<_> =
            ["a", "b", "c", "d", "e"].iter().filter_map(|name| sample(name, Value(12.0), at)).collect();
        let found = engine.evaluate(at, &samples).unwrap();
        found.told.proposals.iter().map(|proposal| proposal.subject.object.clone()).collect::<String>()
    };
    assert_eq!(look("2026-12-01T12:00:00Z"), "ab");
    assert_eq!(look("2026-12-02T02:59:00Z"), "", "still the first of December there");
    assert_eq!(look("2026-12-02T03:00:00Z"), "cd");
    assert_eq!(look("2026-12-03T03:00:00Z"), "e");
}

#[test]
fn a_dry_run_tells_and_proposes_apart_and_keeps_nobody_silent() {
    let inhibit = "[[inhibit]]\nsource = \"dry\"\ntarget = [\"dear\"]\nequal = []\n";
    let text =
        rule("dry", "dry_run = true\nactions = [{ kind = \"cut_bid\", percent = 10 }]") + &rule("dear", "") + inhibit;
    let found = walk(&mut engine(&text), &[Value(12.0)]).remove(0).1;
    assert_eq!((found.told.notifications.len(), found.told.proposals.len()), (1, 0));
    assert_eq!((found.rehearsed.notifications.len(), found.rehearsed.proposals.len()), (1, 1));
    assert_eq!(found.told.notifications[0].rule, "dear");
}

#[test]
fn a_moment_before_the_last_one_and_two_samples_of_one_object_are_refused() {
    let mut engine = engine(&rule("dear", ""));
    let one = |tick| sample("set", Value(5.0), moment(tick)).unwrap();
    engine.evaluate(moment(2), &[one(2)]).unwrap();
    let before = engine.clone();
    assert!(engine.evaluate(moment(1), &[one(1)]).unwrap_err().to_string().starts_with("at: "));
    let error = engine.evaluate(moment(3), &[one(3), one(3)]).unwrap_err().to_string();
    assert!(error.contains("two of meta/ad_set/set"), "{error}");
    assert_eq!(engine, before);
}

#[test]
fn an_object_that_is_gone_is_forgotten_and_a_rule_that_is_gone_drops_its_episodes() {
    let mut first = engine(&rule("dear", "no_data = \"alert\""));
    walk(&mut first, &[Value(12.0)]);
    assert_eq!(first.open_episodes().count(), 1);
    let other = RuleSet::from_text(&format!("version = 1\n{}", rule("other", ""))).unwrap();
    let resumed = Engine::resume(other, first.state().clone());
    assert_eq!((resumed.open_episodes().count(), resumed.standings().len()), (0, 0));
    first.forget(Platform::Meta, "set");
    assert_eq!(first.evaluate(moment(1), &[]).unwrap(), Evaluated::default());
    assert_eq!((first.open_episodes().count(), first.standings().len()), (0, 0));
}

/// Rules with everything in them, for random series.
fn everything() -> String {
    let fields = "for = \"10m\"\nkeep_firing_for = \"20m\"\nreopen_after = \"40m\"\nrepeat_every = \"2h\"\nno_data = \"alert\"\n\
                  on_error = \"alert\"\ngroup_by = [\"platform\"]\ngroup_interval = \"20m\"\n\
                  actions = [{ kind = \"cut_bid\", percent = 10, cool_down = \"1h\", max_per_day = 3 }]";
    let night = "[[quiet_hours]]\nfrom = \"05:00\"\nuntil = \"06:00\"\n";
    let inhibit = "[[inhibit]]\nsource = \"plain\"\ntarget = [\"full\"]\nequal = [\"object\"]\n";
    rule("full", fields) + &rule("plain", "no_data = \"ok\"") + night + inhibit + &silence(60, 90, "rule = \"full\"")
}

fn random_look(random: &mut Random) -> Look {
    match random.below(8) {
        0 => Nothing,
        1 => Broken,
        2 => Gone,
        3 | 4 => Value(12.0),
        5 => Value(9.0),
        _ => Value(5.0),
    }
}

#[test]
fn over_random_series_each_episode_is_told_once_and_a_restart_changes_nothing() {
    for seed in 0..30 {
        let mut random = Random::at(seed, &[3]);
        let (mut whole, mut opened) = (engine(&everything()), BTreeSet::new());
        let mut broken = whole.clone();
        for tick in 0..200 {
            let at = moment(tick);
            let samples: Vec<_> =
                ["a", "b", "c"].iter().filter_map(|name| sample(name, random_look(&mut random), at)).collect();
            let found = whole.evaluate(at, &samples).unwrap();
            if random.below(4) == 0 {
                let state = serde_json::from_str(&serde_json::to_string(broken.state()).unwrap()).unwrap();
                broken = Engine::resume((*broken.rules).clone(), state);
            }
            assert_eq!(broken.evaluate(at, &samples).unwrap(), found, "seed {seed}, tick {tick}");
            for told in found.told.notifications.iter().filter(|told| told.kind == NotificationKind::Opened) {
                for episode in &told.episodes {
                    assert!(opened.insert(episode.key.clone()), "seed {seed}: {} is told twice", episode.key);
                }
            }
            let is_silenced = (60..90).contains(&tick);
            assert!(!is_silenced || found.told.notifications.iter().all(|told| told.rule != "full"), "seed {seed}");
            assert!(!is_silenced || found.told.proposals.is_empty(), "seed {seed}");
            let open: Vec<_> = whole.open_episodes().map(|x| (x.rule.clone(), x.subject.path())).collect();
            let distinct: BTreeSet<_> = open.iter().cloned().collect();
            assert_eq!(open.len(), distinct.len(), "seed {seed}, tick {tick}: two episodes are open for one object");
        }
        assert!(opened.len() > 20, "seed {seed}: only {} episodes", opened.len());
    }
}
