use super::super::card::Card;
use super::super::{Column, Data, ImportanceSettings, Mode, Settings, Table};
use super::envelope::{HASH, HEAD, hash};
use super::*;
use crate::error::ErrorKind;
use crate::stats::random::Random;

fn table(rows: usize) -> (Table, Vec<f64>) {
    let mut luck = Random::at(4, &[]);
    let mut column = || (0..rows).map(|_| luck.uniform()).collect::<Vec<_>>();
    let (a, mut b, c) = (column(), column(), column());
    let kinds: Vec<String> =
        c.iter().map(|c| if *c < 0.1 { String::new() } else { format!("k{}", (c * 5.0).floor()) }).collect();
    let targets = (0..rows).map(|row| a[row] * 5.0 + b[row] + (c[row] * 5.0).floor()).collect();
    b.iter_mut().step_by(3).for_each(|b| *b = f64::NAN);
    let columns = vec![Column::numbers("a", a), Column::numbers("b", b), Column::categories("kind", kinds)];
    (Table::new(columns).unwrap(), targets)
}

fn model(rows: usize, settings: Settings) -> Model {
    let (table, targets) = table(rows);
    let weights: Vec<f64> = (0..rows).map(|row| f64::from(u8::try_from(row % 4).unwrap())).collect();
    let window = Some([jiff::civil::date(2026, 1, 1), jiff::civil::date(2026, 3, 1)]);
    let data = Data { table: &table, targets: &targets, weights: Some(&weights), target: "roas", window };
    Model::fit(&data, &settings.into()).unwrap()
}

fn small() -> Vec<u8> {
    model(24, Settings { trees: 3, min_leaf: 2, ..Settings::default() }).to_bytes()
}

#[test]
fn a_model_that_is_read_back_is_the_same_model() {
    for (mode, rows, seed) in [(Mode::RandomForest, 300, 1), (Mode::ExtraTrees, 300, 2), (Mode::RandomForest, 8, 3)] {
        let settings = Settings { trees: 20, min_leaf: 2, mode, seed, columns_per_split: 0.5, ..Settings::default() };
        let model = model(rows, settings);
        let again = Model::from_bytes(&model.to_bytes()).unwrap();
        assert!(again == model, "{mode:?} {rows}");
        assert_eq!(again.to_bytes(), model.to_bytes());
        let asked = table(50).0;
        assert_eq!(again.forest().predict(&asked).unwrap(), model.forest().predict(&asked).unwrap());
        assert_eq!(again.forest().out_of_bag_means(), model.forest().out_of_bag_means());
    }
}

#[test]
fn a_constant_target_and_many_levels_are_kept_too() {
    let names: Vec<String> = (0..500).map(|row| format!("level {row}")).collect();
    let table = Table::new(vec![Column::categories("name", names)]).unwrap();
    let targets: Vec<f64> = (0..500).map(|row| f64::from(row % 7)).collect();
    for targets in [targets, vec![2.0; 500]] {
        let data = Data { table: &table, targets: &targets, weights: None, target: "cpa", window: None };
        let model = Model::fit(&data, &Settings { trees: 5, ..Settings::default() }.into()).unwrap();
        assert!(Model::from_bytes(&model.to_bytes()).unwrap() == model);
    }
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    let bytes = small();
    for end in 0..bytes.len() {
        let error = Model::from_bytes(&bytes[..end]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{end}: {error}");
    }
    let longer = [bytes.as_slice(), b"!"].concat();
    assert!(Model::from_bytes(&longer).unwrap_err().to_string().contains("not as many as they say"));
}

#[test]
fn a_file_with_any_bit_flipped_is_refused() {
    let bytes = small();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << bit;
            let error = Model::from_bytes(&flipped).unwrap_err();
            let is_version = (8..12).contains(&place) && error.kind() == ErrorKind::Unsupported;
            assert!(is_version || error.kind() == ErrorKind::Corrupt, "{place} {bit}: {error}");
        }
    }
}

/// Bytes with the length and the checksum that fit them, as a forger would write them.
fn forged(bytes: &[u8]) -> Vec<u8> {
    let mut content = bytes[..bytes.len() - HASH].to_vec();
    let length = (content.len() - HEAD) as u64;
    content[HEAD - 8..HEAD].copy_from_slice(&length.to_le_bytes());
    let sum = hash(&content);
    [content.as_slice(), &sum].concat()
}

#[test]
fn a_forged_file_is_refused_or_answers_without_a_panic() {
    let bytes = small();
    let asked = table(20).0;
    let mut answered = 0;
    for place in HEAD..bytes.len() - HASH {
        for change in [0x01, 0x10, 0x7F, 0x80, 0xFF] {
            let mut changed = bytes.clone();
            changed[place] ^= change;
            if let Ok(model) = Model::from_bytes(&forged(&changed)) {
                answered += 1;
                drop((model.forest().predict(&asked), model.intervals(&asked, 0.5), model.forest().explain(&asked)));
                drop((model.forest().nearest(&asked, 1), model.forest().importances(&ImportanceSettings::default())));
            }
        }
        let cut = [&bytes[..place], &bytes[bytes.len() - HASH..]].concat();
        assert!(Model::from_bytes(&forged(&cut)).is_err(), "{place}");
    }
    assert!(answered > 100, "{answered}: targets, weights and cuts may change");
}

#[test]
fn a_newer_version_says_so() {
    let mut bytes = small();
    bytes[8] = 2;
    let error = Model::from_bytes(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("has format 2") && error.to_string().contains("update adbrain"), "{error}");
    assert!(Model::from_bytes(b"PK\x03\x04").unwrap_err().to_string().contains("no whole model"));
}

#[test]
fn hostile_lengths_make_no_room() {
    let bytes = small();
    // The length of the card, then the number of trees, and then that of the rows, of everything that a varint holds.
    let card = usize::from(bytes[HEAD] & 0x7F) | usize::from(bytes[HEAD + 1]) << 7;
    let trees = HEAD + 2 + card;
    for huge in [u64::MAX, 1 << 40, 100_000] {
        let mut changed = bytes.clone();
        changed[trees..trees + 8].copy_from_slice(&huge.to_le_bytes());
        assert_eq!(Model::from_bytes(&forged(&changed)).unwrap_err().kind(), ErrorKind::Corrupt);
        let lengths = [&bytes[..HEAD], &[0xFF; 9], &[0x01], &bytes[HEAD + 2..]].concat();
        assert_eq!(Model::from_bytes(&forged(&lengths)).unwrap_err().kind(), ErrorKind::Corrupt);
    }
}

#[test]
fn the_card_tells_what_the_model_is_worth() {
    let model = model(400, Settings { trees: 60, ..Settings::default() });
    let card = model.card();
    assert_eq!((card.rows, card.target.as_str(), card.features.join(" ").as_str()), (300, "roas", "a b kind"));
    let errors = card.out_of_bag.unwrap();
    assert!(errors.r_squared.unwrap() > 0.7 && errors.rmse > errors.mae && errors.rows == 300, "{errors:?}");
    let levels: Vec<_> = card.calibration.iter().map(|one| (one.level - one.coverage).abs()).collect();
    assert!(levels.len() == 3 && levels.iter().all(|gap| *gap < 0.06), "{card:?}");
    let text = serde_json::to_string(card).unwrap();
    assert!(text.contains(r#""window":["2026-01-01","2026-03-01"]"#), "{text}");
    assert_eq!(serde_json::from_str::<Card>(&text).unwrap(), *card);
}

#[test]
fn json_names_columns_thresholds_and_levels() {
    let model = model(100, Settings { trees: 2, ..Settings::default() });
    let shown: serde_json::Value = serde_json::from_str(&model.to_json().unwrap()).unwrap();
    let nodes = shown["trees"][0].as_array().unwrap();
    assert_eq!(shown["card"]["target"], "roas");
    assert!(nodes.iter().any(|node| node["column"] == "a" && node["at_most"].is_f64()), "{nodes:?}");
    assert!(nodes.iter().any(|node| node["listed"].is_array()) && nodes.iter().any(|node| node["mean"].is_f64()));
    let children = nodes.iter().filter_map(|node| node["right"].as_u64());
    assert!(children.into_iter().all(|right| right < nodes.len() as u64));
}
