//! The shipped files: whole, dated, with a known source beside each value, and one table for every limit.

use serde_json::Value;

use super::*;

const FILES: [(Platform, &str); 4] = [
    (Platform::Meta, meta::spec::FILE),
    (Platform::Google, google::spec::FILE),
    (Platform::TikTok, tiktok::spec::FILE),
    (Platform::LinkedIn, linkedin::spec::FILE),
];

/// Numbers that stand below no source, as paths; sources that the file does not explain.
fn unsourced(value: &Value, path: &str, is_sourced: bool, sources: &Value, found: &mut Vec<String>) {
    match value {
        Value::Number(_) if !is_sourced => found.push(format!("{path} has no source")),
        Value::Array(list) => list.iter().for_each(|item| unsourced(item, path, is_sourced, sources, found)),
        Value::Object(fields) => {
            let named = ["source", "safe_source"].into_iter().filter_map(|key| fields.get(key)?.as_str());
            let unknown = named.clone().filter(|name| sources.get(name).is_none());
            found.extend(unknown.map(|name| format!("{path} names the unknown source {name}")));
            let is_sourced = is_sourced || named.count() > 0;
            for (key, value) in fields {
                unsourced(value, &format!("{path}.{key}"), is_sourced, sources, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_number_of_every_file_has_a_dated_source() {
    for (platform, text) in FILES {
        let file: Value = serde_json::from_str(text).unwrap();
        let mut found = Vec::new();
        unsourced(&file, platform.as_str(), false, &file["sources"], &mut found);
        assert_eq!(found, Vec::<String>::new());
        let spec = of(platform).unwrap();
        assert!(!spec.sources.is_empty() && spec.sources.values().all(|source| source.checked.year() >= 2026));
    }
}

#[test]
fn a_number_without_a_source_is_found() {
    let file = serde_json::json!({"texts": {"headline": {"limit": 30}}, "files": {"max_bytes": 1, "source": "rumour"}});
    let mut found = Vec::new();
    unsourced(&file, "file", false, &serde_json::json!({}), &mut found);
    assert_eq!(found, ["file.files names the unknown source rumour", "file.texts.headline.limit has no source"]);
}

#[test]
fn every_name_that_a_file_refers_to_is_in_it() {
    for platform in Platform::ALL {
        let spec = of(*platform).unwrap();
        let lists = spec.video.iter().flat_map(|video| video.plans.iter().map(|plan| &plan.frames));
        let lists = lists.chain(spec.carousel.iter().map(|carousel| &carousel.frames));
        let lists = lists.chain(spec.stories.iter().map(|stories| &stories.frames));
        let lists = lists.chain(spec.ugc.iter().map(|ugc| &ugc.frames));
        let rules = || spec.placements.values().flat_map(|placement| &placement.rules);
        let in_rules =
            rules().filter_map(|stated| if let Rule::Frames(frames) = &stated.rule { Some(frames) } else { None });
        for name in lists.chain(in_rules).flatten() {
            assert!(spec.frame(name).is_some(), "{platform} has no frame {name}");
        }
        let slots = spec.placements.values().flat_map(|placement| placement.slots.values());
        let ad_texts = spec.ad_types.values().flat_map(|kind| kind.texts.values().map(|texts| &texts.text));
        for name in spec.slots.values().chain(slots).chain(ad_texts) {
            assert!(spec.text(name).is_some(), "{platform} has no text {name}");
        }
        for image in spec.ad_types.values().flat_map(|kind| kind.images.values()) {
            assert!(spec.frame(&image.frame).is_some(), "{platform} has no frame {}", image.frame);
        }
        assert!(rules().all(|stated| spec.sources.contains_key(&stated.source)));
        assert!(spec.text("card").is_some() && spec.texts.values().all(|text| text.aim <= text.limit));
    }
}

#[test]
fn every_platform_has_primary_text_and_headline() {
    for platform in Platform::ALL {
        let spec = of(*platform).unwrap();
        assert!(spec.slot(CopySlot::PrimaryText).is_some() && spec.slot(CopySlot::Headline).is_some());
    }
}

#[test]
fn what_only_habit_says_is_advised_and_never_required() {
    let mut habits = 0;
    for platform in Platform::ALL {
        let spec = of(*platform).unwrap();
        for stated in spec.placements.values().flat_map(|placement| &placement.rules) {
            if spec.sources[&stated.source].kind == SourceKind::Habit {
                habits += 1;
                assert_eq!(stated.force, Force::Advised, "{platform} {stated:?}");
            }
        }
    }
    assert!(habits >= 10, "{habits}");
}

#[test]
fn tiktok_takes_plain_text_alone() {
    let spec = of(Platform::TikTok).unwrap();
    assert_eq!(spec.refused_letter("Leve 👟"), Some('👟'));
    assert_eq!(spec.refused_letter("#leve"), Some('#'));
    assert_eq!(spec.refused_letter("Leve e ágil"), None);
    assert_eq!(of(Platform::Meta).unwrap().refused_letter("Leve 👟 #leve"), None);
}

#[test]
fn a_text_at_its_limit_is_held_and_one_letter_more_is_not() {
    let (google, linkedin) = (of(Platform::Google).unwrap(), of(Platform::LinkedIn).unwrap());
    assert!(google.holds("headline", &"a".repeat(30)) && !google.holds("headline", &"a".repeat(31)));
    assert!(google.holds("headline", &"広".repeat(15)) && !google.holds("headline", &"広".repeat(16)));
    assert!(linkedin.holds("headline", &"👟".repeat(100)) && !linkedin.holds("headline", &"👟".repeat(101)));
    assert!(!google.holds("slogan", "a"));
}

#[test]
fn no_platform_takes_a_file_that_the_library_would_not_look_into() {
    for platform in Platform::ALL {
        for kind in MediaKind::ALL {
            let most = of(*platform).unwrap().files(*kind).unwrap().max_bytes;
            assert!(most <= crate::media::most_bytes(*kind), "{platform} {kind}");
        }
    }
}
