use std::process::Command;

use super::*;
use crate::model::Language;
use crate::predict::forest::Column;

fn learnt(columns: Vec<Column>, outcomes: &[f64], forest: &[f64]) -> Result<Learnt> {
    let table = Table::new(columns)?;
    learn(&Question { table: &table, outcome: "roas", outcomes, target: 2.0, forest }, &RuleSettings::default())
}

/// A rule held against a forest that always says no.
fn rule(columns: Vec<Column>, outcomes: &[f64]) -> Rule {
    match learnt(columns, outcomes, &vec![0.0; outcomes.len()]).unwrap() {
        Learnt::Rule(rule) => rule,
        Learnt::Refused { reason, accuracy } => panic!("{} {accuracy:?}", reason.text(Language::English)),
    }
}

/// Rows of ads: spend, platform and age, with a ROAS that depends on all of them.
fn ads(rows: usize) -> (Vec<Column>, Vec<f64>) {
    let mut luck = Random::at(5, &[]);
    let (mut spend, mut platform, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..rows {
        let place = ["meta", "tiktok", "google", "linkedin"][row % 4];
        let money = if row % 11 == 0 { f64::NAN } else { luck.uniform() * 100.0 };
        let is_good = if place == "linkedin" { money < 20.0 } else { money < 60.0 || money.is_nan() };
        spend.push(money);
        platform.push(place);
        outcomes.push(f64::from(u8::from(is_good)) * 3.0 + luck.uniform());
    }
    (vec![Column::numbers("spend", spend), Column::categories("platform", platform)], outcomes)
}

#[test]
fn a_rule_is_said_in_both_languages_with_what_stands_behind_it() {
    let (columns, roas) = ads(800);
    let rule = rule(columns, &roas);
    let english = rule.text(Language::English);
    assert!(english.starts_with("Will roas reach 2.00?\n  if "), "{english}");
    for part in [
        "spend is at most 20",
        "spend is at most 60 or unknown",
        "platform is linkedin",
        "otherwise",
        "yes (",
        "no (0 of ",
    ] {
        assert!(english.contains(part), "{part}: {english}");
    }
    let portuguese = rule.text(Language::Portuguese);
    for part in ["roas chega a 2,00?", "se spend for no máximo", "senão", "linhas anteriores chegaram", "Acerta em"] {
        assert!(portuguese.contains(part), "{part}: {portuguese}");
    }
    assert!(rule.accuracy.rule > 0.97, "{:?}", rule.accuracy);
}

#[test]
fn differences_far_below_a_hundred_thousandth_are_seen() {
    let ctr: Vec<f64> = (0..200).map(|row| 0.01 + f64::from(row) * 5e-9).collect();
    let roas: Vec<f64> = (0..200).map(|row| if row < 100 { 1.0 } else { 3.0 }).collect();
    let rule = rule(vec![Column::numbers("ctr", ctr.clone())], &roas);
    let table = Table::new(vec![Column::numbers("ctr", ctr)]).unwrap();
    let wanted: Vec<bool> = roas.iter().map(|roas| *roas >= 2.0).collect();
    assert_eq!(rule.clears(&table).unwrap(), wanted);
}

#[test]
fn equal_values_in_several_nodes_lose_no_cut() {
    // Three columns of four values each; a whole tree of the crate reaches 0.76 on such rows.
    let column = |place: u32| (0..640).map(|row| f64::from(row >> (2 * place) & 3)).collect::<Vec<f64>>();
    let [a, b, c] = [0, 1, 2].map(column);
    let roas: Vec<f64> =
        (0..640).map(|row| if (a[row] > 1.0) == (b[row] > 0.0) && c[row] > 0.0 { 3.0 } else { 1.0 }).collect();
    let columns = [("a", a), ("b", b), ("c", c)].map(|(name, values)| Column::numbers(name, values)).to_vec();
    let table = Table::new(columns.clone()).unwrap();
    let said = rule(columns, &roas).clears(&table).unwrap();
    assert!(said.iter().zip(&roas).all(|(said, roas)| *said == (*roas >= 2.0)));
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let (columns, roas) = ads(300);
    let reversed: Vec<usize> = (0..300).rev().collect();
    let other = Table::new(columns.clone()).unwrap().select(&reversed);
    let roas_reversed: Vec<f64> = roas.iter().rev().copied().collect();
    assert_eq!(rule(columns, &roas), rule(other.columns().to_vec(), &roas_reversed));
}

#[test]
fn a_rule_clearly_worse_than_the_forest_is_refused_with_its_figures() {
    let mut luck = Random::at(1, &[]);
    let noise: Vec<f64> = (0..400).map(|_| luck.uniform()).collect();
    let roas: Vec<f64> = (0..400).map(|_| luck.uniform() * 4.0).collect();
    let Learnt::Refused { reason, accuracy } =
        learnt(vec![Column::numbers("noise", noise.clone())], &roas, &roas).unwrap()
    else {
        panic!("a rule on noise was shown")
    };
    assert!(reason.text(Language::English).starts_with("No rule is shown: it is right on "));
    assert!(accuracy.forest > 0.99 && accuracy.rule < 0.6, "{accuracy:?}");
    let majority = vec![0.0; 400];
    let few: Vec<f64> = (0..400).map(|row| if row % 20 == 0 { 3.0 } else { 1.0 }).collect();
    match learnt(vec![Column::numbers("noise", noise)], &few, &majority).unwrap() {
        Learnt::Refused { reason, .. } => assert_eq!(reason.key, "rule-says-nothing"),
        Learnt::Rule(rule) => panic!("{}", rule.text(Language::English)),
    }
}

#[test]
fn wrong_input_is_named_and_thin_data_have_no_rule() {
    let table = Table::new(vec![Column::numbers("spend", (0..50).map(f64::from).collect())]).unwrap();
    let said = |outcomes: &[f64], forest: &[f64], settings: RuleSettings| {
        let question = Question { table: &table, outcome: "roas", outcomes, target: 2.0, forest };
        learn(&question, &settings).unwrap_err()
    };
    let (good, settings) = (vec![1.0; 50], RuleSettings::default());
    assert!(said(&good[1..], &good, settings).to_string().starts_with("outcomes: has 49 rows"));
    assert!(said(&good, &[], settings).to_string().starts_with("forest: has 0 rows"));
    assert!(said(&[f64::NAN; 50], &good, settings).to_string().starts_with("outcomes: hold a number"));
    assert!(said(&good, &good, RuleSettings { depth: 5, ..settings }).to_string().starts_with("depth"));
    assert!(said(&good, &good, RuleSettings { folds: 1, ..settings }).to_string().starts_with("folds"));
    assert_eq!(said(&good, &good, settings).kind(), ErrorKind::NotEnoughData);
    let unseen = [f64::NAN; 50];
    let mixed: Vec<f64> = (0..50).map(f64::from).collect();
    assert_eq!(said(&mixed, &unseen, settings).kind(), ErrorKind::NotEnoughData);
}

/// The variable under which the next test runs itself once more.
const CHILD: &str = "ADBRAIN_RULE_TEXT";

#[test]
fn two_processes_write_the_same_text() {
    let (columns, roas) = ads(500);
    // Noise makes many nodes whose halves tie, which a hash map would decide anew in each process.
    let mut luck = Random::at(8, &[]);
    let roas: Vec<f64> = roas.iter().map(|roas| if luck.uniform() < 0.25 { 2.5 - roas } else { *roas }).collect();
    let rule = rule(columns, &roas);
    let text = format!("{}\n{}", rule.text(Language::English), serde_json::to_string(&rule).unwrap());
    if let Some(file) = std::env::var_os(CHILD) {
        std::fs::write(file, text).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for run in 0..3 {
        let file = folder.path().join(format!("{run}.txt"));
        let name = std::thread::current().name().unwrap().to_owned();
        let program = std::env::current_exe().unwrap();
        let done = Command::new(program).args([&name, "--exact"]).env(CHILD, &file).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        assert_eq!(std::fs::read_to_string(file).unwrap(), text);
    }
}
