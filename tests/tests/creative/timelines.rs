use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use adbrain_core::Agent as _;
use adbrain_core::agent::creative::Creative;
use adbrain_core::agent::creative::tools::{CreativeTool, Edl, ExportJob, Fcpxml};
use adbrain_core::media::Library;
use adbrain_core::model::{AssetContent, Brief, Estimate, Format, Money, Platform, PlatformChoice, Strategy};

use super::examples;

fn strategy() -> Strategy {
    let brief = Brief::from_json(&std::fs::read(examples().join("brief.json")).unwrap()).unwrap().check().unwrap();
    let expected_roas = Estimate {
        value: 3.0,
        low: 2.0,
        high: 4.0,
        level: 0.9,
        method: "assumed".into(),
        sample_size: 0,
        warnings: Vec::new(),
    };
    let choice = |platform: &Platform| PlatformChoice {
        platform: *platform,
        budget: Money::parse("15000", brief.currency()).unwrap(),
        expected_roas: expected_roas.clone(),
    };
    Strategy {
        objective: brief.objective,
        platforms: Platform::ALL.iter().map(choice).collect(),
        audiences: brief.audiences.clone(),
        formats: vec![Format::Video],
        targets: None,
        proven_styles: Vec::new(),
        words: Vec::new(),
        reasons: Vec::new(),
        brief,
    }
}

/// Exports every cut plan of the example; `tests/python/test_timelines.py` reads them with `OpenTimelineIO`.
#[tokio::test]
async fn every_cut_plan_of_the_example_is_exported() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("timelines");
    std::fs::create_dir_all(&folder).unwrap();
    let library = Arc::new(Library::open(&folder.join("kept"), &examples()).unwrap());
    let set = Creative::new(Arc::clone(&library)).run(strategy()).await.unwrap();
    let mut expected = BTreeMap::new();
    for asset in &set.assets {
        let AssetContent::Video { plan } = &asset.content else { continue };
        let name = format!("{}-{}", plan.name, asset.platform);
        let job = ExportJob { name: &name, plan, manifest: &set.manifest, library: &library, folder: &folder };
        for tool in [&Edl as &dyn CreativeTool, &Fcpxml] {
            assert!(tool.export(&job).await.unwrap().is_file());
        }
        expected.insert(name, plan.length_ms as f64 / 1000.0);
    }
    assert_eq!(expected.len(), 12);
    std::fs::write(folder.join("expected.json"), serde_json::to_vec(&expected).unwrap()).unwrap();
}
