//! Each check just inside and just outside of its border, and crops of every shape.

use super::*;
use crate::model::{CopySlot, MediaFacts, MediaKind, SoundLicence, TrendingSound};
use crate::stats::random::Random;

fn video(width: u32, height: u32, length_ms: u64) -> AssetFacts {
    let file = MediaFacts { format: "mp4".into(), width, height, duration_ms: Some(length_ms), bytes: 8_000_000 };
    AssetFacts {
        has_captions: Some(true),
        hook_ms: Some(1000),
        bars: Some(Bars::default()),
        sound: Some(Sound::Own),
        boxes: Some(Vec::new()),
        ..AssetFacts::new(MediaKind::Video, file)
    }
}

fn image(width: u32, height: u32) -> AssetFacts {
    let file = MediaFacts { format: "jpeg".into(), width, height, duration_ms: None, bytes: 400_000 };
    AssetFacts { boxes: Some(Vec::new()), ..AssetFacts::new(MediaKind::Image, file) }
}

fn fit(facts: &AssetFacts, platform: Platform, placement: &str) -> Adaptation {
    adapt(facts, platform, placement, &AdaptOptions::default()).unwrap()
}

fn strict() -> AdaptOptions {
    AdaptOptions { follow: Follow::Required, ..AdaptOptions::default() }
}

/// The verdict of the first check of a name and force.
fn verdict(plan: &Adaptation, name: &str, force: Force) -> Verdict {
    let found = plan.checks.iter().find(|check| check.name == name && check.force == force);
    found.unwrap_or_else(|| panic!("no {name} in {plan:?}")).verdict
}

#[test]
fn what_fits_is_left_as_it_is() {
    let plan = fit(&video(1080, 1920, 12_000), Platform::TikTok, "in_feed");
    assert_eq!(plan.outcome, Outcome::Fits, "{plan:?}");
    assert_eq!((plan.steps, plan.losses), (Vec::new(), Vec::new()));
}

#[test]
fn a_film_is_cut_at_the_advised_length_and_one_of_that_length_is_not() {
    let at = fit(&video(1080, 1920, 15_000), Platform::Meta, "reels");
    assert_eq!((verdict(&at, "length", Force::Advised), at.steps.len()), (Verdict::Met, 0));
    let beyond = fit(&video(1080, 1920, 15_001), Platform::Meta, "reels");
    assert_eq!(verdict(&beyond, "length", Force::Advised), Verdict::MetAfter);
    assert_eq!(beyond.transform(), [TransformStep::Trim { start_ms: 0, length_ms: 15_000 }]);
    let kept = adapt(&video(1080, 1920, 15_001), Platform::Meta, "reels", &strict()).unwrap();
    assert_eq!((kept.outcome, kept.steps.len()), (Outcome::Fits, 0), "advice is not followed");
    assert_eq!(verdict(&kept, "length", Force::Advised), Verdict::NotMet);
}

#[test]
fn a_film_that_is_too_short_is_refused_and_one_of_the_least_length_is_not() {
    for (length, outcome) in [(5000, Outcome::Fits), (4999, Outcome::Refused)] {
        assert_eq!(fit(&video(1080, 1920, length), Platform::TikTok, "in_feed").outcome, outcome, "{length}");
    }
    for (length, wanted) in [(60_000, Verdict::Met), (60_001, Verdict::MetAfter)] {
        let plan = adapt(&video(1080, 1920, length), Platform::TikTok, "in_feed", &strict()).unwrap();
        assert_eq!(verdict(&plan, "length", Force::Required), wanted, "{length}");
    }
    for (length, wanted) in [(10_000, Verdict::Met), (9999, Verdict::NotMet)] {
        let plan = fit(&video(1920, 1080, length), Platform::Google, "performance_max_video");
        assert_eq!(verdict(&plan, "length", Force::Required), wanted, "{length}");
    }
}

#[test]
fn the_ratio_is_taken_within_its_tolerance_and_cropped_beyond() {
    let near = fit(&image(1010, 1000), Platform::LinkedIn, "carousel");
    assert_eq!(verdict(&near, "ratio", Force::Required), Verdict::Met);
    let off = fit(&image(1011, 1000), Platform::LinkedIn, "carousel");
    assert_eq!(verdict(&off, "ratio", Force::Required), Verdict::MetAfter);
    assert_eq!(off.transform()[0], TransformStep::Crop { x: 5, y: 0, width: 1000, height: 1000 });
}

#[test]
fn linkedin_refuses_what_is_wider_than_16_to_9_or_narrower_than_9_to_16() {
    for (size, wanted) in [
        ((1920, 1080), Verdict::Met),
        ((1920, 1079), Verdict::NotMet),
        ((1080, 1920), Verdict::Met),
        ((1079, 1920), Verdict::NotMet),
    ] {
        let options = AdaptOptions { follow: Follow::Required, ..AdaptOptions::default() };
        let plan = adapt(&video(size.0, size.1, 10_000), Platform::LinkedIn, "feed_video", &options).unwrap();
        assert_eq!(verdict(&plan, "ratio_range", Force::Required), wanted, "{size:?}");
    }
    for (side, wanted) in [(360, Verdict::Met), (358, Verdict::NotMet), (1920, Verdict::Met), (1922, Verdict::MetAfter)]
    {
        let plan = fit(&video(side, side, 10_000), Platform::LinkedIn, "feed_video");
        assert_eq!(verdict(&plan, "sides", Force::Required), wanted, "{side}");
    }
}

#[test]
fn pixels_are_never_made_up() {
    for (side, wanted) in [(300, Verdict::Met), (299, Verdict::NotMet)] {
        let plan = fit(&image(side, side), Platform::Google, "performance_max_image");
        assert_eq!(verdict(&plan, "pixels", Force::Required), wanted, "{side}");
        assert!(plan.steps.is_empty());
    }
}

#[test]
fn weights_and_formats_are_those_of_the_platform() {
    let mut facts = image(1200, 1200);
    facts.file.bytes = 5_242_880;
    assert_eq!(fit(&facts, Platform::Google, "performance_max_image").outcome, Outcome::Fits);
    facts.file.bytes += 1;
    let heavy = fit(&facts, Platform::Google, "performance_max_image");
    assert_eq!((verdict(&heavy, "weight", Force::Required), heavy.outcome), (Verdict::NotKnown, Outcome::NotKnown));
    assert_eq!(heavy.transform(), [TransformStep::Encode { format: "jpeg".into() }]);
    let mut film = video(1080, 1080, 10_000);
    for (bytes, wanted) in [(76_800, Verdict::Met), (76_799, Verdict::NotMet)] {
        film.file.bytes = bytes;
        assert_eq!(verdict(&fit(&film, Platform::LinkedIn, "feed_video"), "weight", Force::Required), wanted);
    }
    let mut other = image(1200, 1200);
    other.file.format = "webp".into();
    let plan = fit(&other, Platform::Google, "performance_max_image");
    assert_eq!((verdict(&plan, "format", Force::Required), plan.outcome), (Verdict::MetAfter, Outcome::Adapted));
}

#[test]
fn the_mean_rate_of_a_film_is_looked_at() {
    let mut film = video(1080, 1920, 10_000);
    for (bytes, wanted) in [(645_000, Verdict::Met), (644_999, Verdict::NotMet)] {
        film.file.bytes = bytes;
        assert_eq!(verdict(&fit(&film, Platform::TikTok, "in_feed"), "bitrate", Force::Required), wanted, "{bytes}");
    }
}

#[test]
fn a_text_in_the_picture_keeps_clear_of_what_the_platform_covers() {
    let mut facts = video(1080, 1920, 12_000);
    // 14 % of 1920 are 268.8 pixels and 20 % are 384.
    for (y, height, wanted) in [(269, 1267, Verdict::Met), (268, 100, Verdict::NotMet), (1400, 137, Verdict::NotMet)] {
        facts.boxes = Some(vec![MarkedBox { x: 0, y, width: 1080, height }]);
        assert_eq!(verdict(&fit(&facts, Platform::Meta, "reels"), "safe_zone", Force::Advised), wanted, "{y}");
    }
}

#[test]
fn a_crop_moves_to_where_texts_and_logos_stand() {
    let mut facts = video(1920, 1080, 12_000);
    facts.boxes = Some(vec![MarkedBox { x: 1500, y: 300, width: 300, height: 200 }]);
    let plan = fit(&facts, Platform::TikTok, "in_feed");
    assert_eq!(plan.transform(), [TransformStep::Crop { x: 1194, y: 0, width: 606, height: 1080 }]);
    assert_eq!(verdict(&plan, "safe_zone", Force::Advised), Verdict::Met);
    assert_eq!(plan.losses.iter().map(|loss| loss.key.as_str()).collect::<Vec<_>>(), ["adapt-lost-crop"]);
}

#[test]
fn bars_are_added_rather_than_a_text_cut_where_bars_are_no_fault() {
    let mut facts = image(2000, 1000);
    facts.boxes = Some(vec![MarkedBox { x: 0, y: 400, width: 2000, height: 100 }]);
    let plan = fit(&facts, Platform::LinkedIn, "carousel");
    assert_eq!(
        plan.transform(),
        [
            TransformStep::Pad { width: 2000, height: 2000, x: 0, y: 500 },
            TransformStep::Scale { width: 1080, height: 1080 }
        ]
    );
    let mut film = video(1920, 1080, 12_000);
    film.boxes = facts.boxes.map(|_| vec![MarkedBox { x: 0, y: 400, width: 1920, height: 100 }]);
    let cut = fit(&film, Platform::TikTok, "in_feed");
    assert!(matches!(cut.transform()[0], TransformStep::Crop { .. }), "TikTok is to have no bars");
    assert!(cut.losses.iter().any(|loss| loss.key == "adapt-lost-box"));
}

#[test]
fn native_feel_is_captions_an_early_hook_and_no_bars() {
    for (at, wanted) in [(3000, Verdict::Met), (3001, Verdict::NotMet)] {
        let facts = AssetFacts { hook_ms: Some(at), ..video(1080, 1920, 12_000) };
        assert_eq!(verdict(&fit(&facts, Platform::TikTok, "in_feed"), "hook", Force::Advised), wanted, "{at}");
    }
    let facts = AssetFacts { has_captions: Some(false), hook_ms: None, bars: None, ..video(1080, 1920, 12_000) };
    let plan = fit(&facts, Platform::TikTok, "in_feed");
    assert_eq!(verdict(&plan, "captions", Force::Advised), Verdict::NotMet);
    assert_eq!(verdict(&plan, "hook", Force::Advised), Verdict::NotKnown);
    assert_eq!(verdict(&plan, "no_bars", Force::Advised), Verdict::NotKnown);
    assert_eq!(plan.outcome, Outcome::Fits, "advice refuses nothing");
}

#[test]
fn bars_are_cut_off_where_pixels_enough_are_left() {
    let bars = Bars { top: 420, bottom: 420, ..Bars::default() };
    let facts = AssetFacts { bars: Some(bars), ..video(1080, 1920, 12_000) };
    let plan = fit(&facts, Platform::TikTok, "in_feed");
    assert_eq!(plan.transform(), [TransformStep::Crop { x: 237, y: 420, width: 606, height: 1080 }]);
    assert_eq!(verdict(&plan, "no_bars", Force::Advised), Verdict::MetAfter);
    let one = AssetFacts { bars: Some(Bars { left: 1, ..Bars::default() }), ..video(1080, 1920, 12_000) };
    assert_eq!(verdict(&fit(&one, Platform::TikTok, "in_feed"), "no_bars", Force::Advised), Verdict::MetAfter);
}

fn trends() -> TrendList {
    let sound = |id: &str, rank, licence, expires: Option<&str>| TrendingSound {
        id: id.into(),
        title: format!("Song {id}"),
        rank,
        licence,
        platforms: vec![Platform::TikTok],
        expires: expires.map(|day| day.parse().unwrap()),
    };
    let commercial = SoundLicence::Commercial;
    TrendList {
        sounds: vec![
            sound("1", 1, SoundLicence::Personal, None),
            sound("2", 2, commercial, None),
            sound("3", 3, commercial, Some("2027-03-31")),
        ],
    }
}

#[test]
fn a_track_without_a_licence_that_reaches_is_refused() {
    let track = |id: &str, proof: Option<&str>| Sound::Track { id: id.into(), proof: proof.map(str::to_owned) };
    for (sound, until, wanted) in [
        (Some(track("1", None)), "2027-03-31", Outcome::Refused),
        (Some(track("1", Some("contract 7"))), "2027-03-31", Outcome::Fits),
        (Some(track("1", Some(" "))), "2027-03-31", Outcome::Refused),
        (Some(track("2", None)), "2027-03-31", Outcome::Fits),
        (Some(track("3", None)), "2027-03-31", Outcome::Fits),
        (Some(track("3", None)), "2027-04-01", Outcome::Refused),
        (Some(track("9", None)), "2027-03-31", Outcome::Refused),
        (Some(Sound::Silent), "2027-03-31", Outcome::Fits),
        (None, "2027-03-31", Outcome::NotKnown),
    ] {
        let facts = AssetFacts { sound, ..video(1080, 1920, 12_000) };
        let options =
            AdaptOptions { trends: Some(trends()), until: Some(until.parse().unwrap()), ..AdaptOptions::default() };
        let plan = adapt(&facts, Platform::TikTok, "in_feed", &options).unwrap();
        assert_eq!(plan.outcome, wanted, "{:?} {until}", facts.sound);
    }
}

#[test]
fn trends_with_a_licence_are_named_where_a_film_has_none() {
    let options = AdaptOptions { trends: Some(trends()), ..AdaptOptions::default() };
    let plan = adapt(&video(1080, 1920, 12_000), Platform::TikTok, "in_feed", &options).unwrap();
    let check = plan.checks.iter().find(|check| check.name == "trending_audio").unwrap();
    assert_eq!((check.verdict, check.force), (Verdict::NotMet, Force::Advised));
    assert!(check.reason.text(Language::English).contains("Song 2"), "{check:?}");
    assert!(
        !check.reason.text(Language::English).contains("Song 3"),
        "its licence ends and nobody says when the ad does"
    );
}

#[test]
fn texts_are_counted_as_the_platform_counts_and_never_cut() {
    let of = |text: String, slot| AssetFacts { texts: vec![PlacedText { slot, text }], ..video(1080, 1920, 12_000) };
    for (text, wanted) in [
        ("a".repeat(100), Verdict::Met),
        ("a".repeat(101), Verdict::NotMet),
        ("夏".repeat(50), Verdict::Met),
        ("夏".repeat(51), Verdict::NotMet),
    ] {
        let plan = fit(&of(text.clone(), CopySlot::PrimaryText), Platform::TikTok, "in_feed");
        assert_eq!(verdict(&plan, "text_limit", Force::Required), wanted, "{text}");
    }
    let plan = fit(&of("Brisa 👟".into(), CopySlot::PrimaryText), Platform::TikTok, "in_feed");
    assert_eq!((verdict(&plan, "letters", Force::Required), plan.outcome), (Verdict::NotMet, Outcome::Refused));
    for (length, wanted) in [(72, Verdict::Met), (73, Verdict::NotMet)] {
        let plan = fit(&of("a".repeat(length), CopySlot::PrimaryText), Platform::Meta, "reels");
        assert_eq!(verdict(&plan, "text_limit", Force::Advised), wanted, "{length}");
        assert_eq!(plan.outcome, Outcome::Fits, "Meta cuts it off, it does not refuse it");
    }
    let lost = fit(&of("a".into(), CopySlot::Description), Platform::TikTok, "in_feed").losses;
    assert_eq!(lost[0].key, "adapt-lost-slot");
}

#[test]
fn the_tone_of_linkedin_wants_seventy_points() {
    let of = |text: &str| AssetFacts {
        texts: vec![PlacedText { slot: CopySlot::PrimaryText, text: text.into() }],
        ..video(1080, 1080, 12_000)
    };
    // Six exclamation marks cost 30 points, seven 35.
    for (marks, wanted) in [(6, Verdict::Met), (7, Verdict::NotMet)] {
        let plan = fit(&of(&format!("Close your books{}", "!".repeat(marks))), Platform::LinkedIn, "feed_video");
        assert_eq!(verdict(&plan, "professional_tone", Force::Advised), wanted, "{marks}");
        assert_eq!(plan.outcome, Outcome::Fits, "a habit refuses nothing");
    }
}

#[test]
fn professional_facets_are_targeted_by_linkedin_and_lost_by_name_elsewhere() {
    let mut facts = video(1080, 1080, 12_000);
    facts.facets.titles = vec!["Chief Financial Officer".into()];
    facts.facets.industries = vec!["Software Development".into()];
    let linkedin = fit(&facts, Platform::LinkedIn, "feed_video");
    assert_eq!(verdict(&linkedin, "professional_facets", Force::Advised), Verdict::Met);
    assert!(linkedin.losses.is_empty());
    let meta = fit(&facts, Platform::Meta, "feed");
    assert_eq!(verdict(&meta, "professional_facets", Force::Advised), Verdict::NotMet);
    let lost: Vec<_> = meta.losses.iter().map(|loss| loss.text(Language::English)).collect();
    assert!(lost[0].contains("job title") && lost[0].contains("Chief Financial Officer"), "{lost:?}");
    assert!(lost[1].contains("industry") && lost[1].contains("Software Development"), "{lost:?}");
    facts.facets.seniorities = vec!["Director".into()];
    assert_eq!(fit(&facts, Platform::LinkedIn, "feed_video").outcome, Outcome::Refused);
}

#[test]
fn wrong_facts_and_unknown_placements_are_named() {
    let plan = |facts: &AssetFacts, placement: &str| adapt(facts, Platform::TikTok, placement, &strict()).unwrap_err();
    assert!(plan(&video(1080, 1920, 1), "moon").next_step().unwrap().contains("in_feed"));
    assert!(plan(&image(1080, 1920), "in_feed").to_string().contains("kind"));
    assert!(plan(&video(0, 1920, 1), "in_feed").to_string().contains("file"));
    let bars = Bars { top: 1000, bottom: 920, ..Bars::default() };
    assert!(plan(&AssetFacts { bars: Some(bars), ..video(1080, 1920, 1) }, "in_feed").to_string().contains("bars"));
    let outside = vec![MarkedBox { x: 1000, y: 0, width: 81, height: 1 }];
    let facts = AssetFacts { boxes: Some(outside), ..video(1080, 1920, 1) };
    assert!(plan(&facts, "in_feed").to_string().contains("boxes[0]"));
}

#[test]
fn crops_lie_in_the_frame_have_the_right_ratio_and_hold_the_boxes_that_they_can() {
    for trial in 0..4000_u64 {
        let mut random = Random::at(20_270_104, &[trial]);
        let mut between = |low: u32, high: u32| low + u32::try_from(random.below(u64::from(high - low + 1))).unwrap();
        let (width, height) = (between(400, 4000), between(400, 4000));
        let (x, y) = (between(0, width - 40), between(0, height - 40));
        let mut facts = video(width, height, 12_000);
        facts.boxes = Some(vec![MarkedBox { x, y, width: between(1, 40), height: between(1, 40) }]);
        for (platform, placement) in [
            (Platform::TikTok, "in_feed"),
            (Platform::Meta, "feed"),
            (Platform::LinkedIn, "feed_video"),
            (Platform::Google, "demand_gen_video"),
        ] {
            let plan = fit(&facts, platform, placement);
            let spec = spec::of(platform).unwrap();
            let (mut across, mut down) = (width, height);
            for step in plan.transform() {
                match step {
                    TransformStep::Crop { x, y, width, height } => {
                        assert!(x + width <= across && y + height <= down, "{facts:?} {plan:?}");
                        let marked = facts.boxes.as_ref().unwrap()[0];
                        assert!(marked.x >= x && marked.x + marked.width <= x + width, "{facts:?} {plan:?}");
                        assert!(marked.y >= y && marked.y + marked.height <= y + height, "{facts:?} {plan:?}");
                        (across, down) = (width, height);
                    }
                    TransformStep::Scale { width, height } => {
                        assert!(width <= across && height <= down, "nothing is made larger: {facts:?} {plan:?}");
                        (across, down) = (width, height);
                    }
                    other => panic!("{other:?} for {facts:?}"),
                }
            }
            assert_eq!((across, down), (plan.width, plan.height));
            let place = &spec.placements[placement];
            let names = place.rules.iter().find_map(|stated| match (&stated.rule, stated.force) {
                (crate::platform::spec::Rule::Frames(names), Force::Advised) => Some(names),
                _ => None,
            });
            let has_ratio = spec.frames(names.unwrap()).iter().any(|frame| frame.has_ratio(across, down));
            assert!(has_ratio, "{across} x {down} of {width} x {height} for {platform} {placement}");
        }
    }
}

#[test]
fn every_text_of_a_plan_is_there_in_both_languages() {
    let mut facts = video(1920, 1080, 90_000);
    facts.file.format = "mov".into();
    facts.sound = Some(Sound::Track { id: "1".into(), proof: None });
    facts.texts = vec![PlacedText { slot: CopySlot::PrimaryText, text: "AMAZING! 🎉 ".repeat(70) }];
    facts.facets.titles = vec!["CFO".into()];
    facts.boxes = Some(vec![MarkedBox { x: 0, y: 0, width: 1920, height: 10 }]);
    let options = AdaptOptions { trends: Some(trends()), ..AdaptOptions::default() };
    let mut seen = 0;
    for platform in Platform::ALL {
        for (placement, place) in &spec::of(*platform).unwrap().placements {
            for (kind, facts) in [(MediaKind::Video, facts.clone()), (MediaKind::Image, image(2000, 500))] {
                if !place.kinds.contains(&kind) {
                    continue;
                }
                let plan = adapt(&facts, *platform, placement, &options).unwrap();
                let whys = plan.steps.iter().map(|planned| &planned.why);
                for message in whys.chain(&plan.losses).chain(plan.checks.iter().map(|check| &check.reason)) {
                    for language in Language::ALL {
                        message.try_text(*language).unwrap_or_else(|error| panic!("{message:?}: {error}"));
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen > 200, "{seen}");
}

fn lists() -> AssetLists {
    serde_json::from_value(serde_json::json!({
        "texts": {
            "headlines": ["Brisa 2 is here", "Light shoes for long runs", "Comfort all day"],
            "long_headlines": ["Light to run and walk, from the first kilometre to the last"],
            "descriptions": ["Only 210 g in size 40.", "Free shipping to the whole country, thirty days to return."],
            "business_name": ["Brisa"]
        },
        "images": {
            "landscape": [{"format": "jpeg", "width": 1200, "height": 628, "bytes": 300_000}],
            "square": [{"format": "jpeg", "width": 300, "height": 300, "bytes": 5_242_880}],
            "logo": [{"format": "png", "width": 128, "height": 128, "bytes": 9000}]
        }
    }))
    .unwrap()
}

#[test]
fn a_whole_asset_group_passes_and_each_list_fails_just_outside_of_its_border() {
    let complete = |lists: &AssetLists| check_assets(Platform::Google, "performance_max", lists).unwrap().is_complete;
    assert!(complete(&lists()));
    let breaks: [fn(&mut AssetLists); 9] = [
        |lists| drop(lists.texts.get_mut("headlines").unwrap().pop()),
        |lists| lists.texts.get_mut("headlines").unwrap()[0] = "Brisa 2 is here!".into(),
        |lists| lists.texts.get_mut("headlines").unwrap()[1] = "a".repeat(31),
        |lists| lists.texts.get_mut("business_name").unwrap()[0] = "a".repeat(26),
        |lists| lists.texts.get_mut("business_name").unwrap()[0] = String::new(),
        |lists| lists.images.get_mut("square").unwrap()[0].width = 299,
        |lists| lists.images.get_mut("square").unwrap()[0].bytes += 1,
        |lists| lists.images.get_mut("landscape").unwrap()[0].height = 600,
        |lists| drop(lists.images.remove("logo")),
    ];
    for (number, change) in breaks.into_iter().enumerate() {
        let mut lists = lists();
        change(&mut lists);
        // "Comfort all day" has 15 letters and still is short enough for the second change.
        assert_eq!(complete(&lists), number == 1, "change {number}");
    }
}

#[test]
fn films_of_performance_max_last_ten_seconds_and_demand_gen_sums_its_pictures() {
    let film =
        |length| MediaFacts { format: "mp4".into(), width: 1920, height: 1080, duration_ms: Some(length), bytes: 1 };
    for (length, wanted) in [(10_000, true), (9999, false)] {
        let lists = AssetLists { videos: vec![film(length)], ..lists() };
        assert_eq!(check_assets(Platform::Google, "performance_max", &lists).unwrap().is_complete, wanted, "{length}");
    }
    let mut lists = lists();
    lists.texts.remove("long_headlines");
    let complete = |lists: &AssetLists| check_assets(Platform::Google, "demand_gen", lists).unwrap().is_complete;
    assert!(complete(&lists));
    let landscape = lists.images["landscape"][0].clone();
    lists.images.insert("landscape".into(), vec![landscape.clone(); 19]);
    assert!(complete(&lists), "19 and 1 are 20");
    lists.images.insert("landscape".into(), vec![landscape; 20]);
    assert!(!complete(&lists), "20 and 1 are 21");
    lists.images.retain(|list, _| list == "logo");
    assert!(!complete(&lists), "one of the two shapes has to be there");
}

#[test]
fn an_unknown_list_or_kind_of_ad_is_named() {
    let mut wrong = lists();
    wrong.texts.insert("slogans".into(), Vec::new());
    let error = check_assets(Platform::Google, "performance_max", &wrong).unwrap_err();
    assert!(error.to_string().contains("texts.slogans") && error.next_step().unwrap().contains("headlines"));
    assert!(
        check_assets(Platform::Google, "call_only", &lists()).unwrap_err().next_step().unwrap().contains("demand_gen")
    );
    assert!(check_assets(Platform::Meta, "demand_gen", &lists()).unwrap_err().next_step().unwrap().contains("google"));
}
