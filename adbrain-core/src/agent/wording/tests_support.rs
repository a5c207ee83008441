//! A strategy from the example brief, for the tests of Creative and copywriter.

use std::path::Path;

use crate::model::{Brief, Estimate, Format, Money, Platform, PlatformChoice, Strategy};

/// The strategy that the example brief leads to, after a change to the brief.
pub(in crate::agent) fn strategy(change: impl FnOnce(&mut Brief)) -> Strategy {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/brief.json");
    let mut brief = Brief::from_json(&std::fs::read(path).unwrap()).unwrap();
    change(&mut brief);
    let brief = brief.check().unwrap();
    let choice = |platform: &Platform| PlatformChoice {
        platform: *platform,
        budget: Money::parse("15000", brief.currency()).unwrap(),
        expected_roas: Estimate {
            value: 3.0,
            low: 2.0,
            high: 4.0,
            level: 0.9,
            method: "prior".into(),
            sample_size: 0,
            warnings: Vec::new(),
        },
    };
    Strategy {
        objective: brief.objective,
        platforms: Platform::ALL.iter().map(choice).collect(),
        audiences: brief.audiences.clone(),
        formats: Format::ALL.to_vec(),
        targets: None,
        proven_styles: Vec::new(),
        reasons: Vec::new(),
        words: Vec::new(),
        brief,
    }
}
