//! Creative on the example brief and its real files.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::tools::{CreativeTool, Edl, ExportJob, Fcpxml, Ffmpeg};
use super::{Commission, Creative, Made, Specialist};
use crate::agent::Agent as _;
use crate::agent::wording::tests_support::strategy;
use crate::media::{FilmProgram, Library};
use crate::model::{
    AssetContent, AssetSet, Brief, CutPlan, Format, InteractiveElement, Language, MediaKind, Platform, TransformStep,
};
use crate::{ErrorKind, Result};

fn examples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn library() -> (tempfile::TempDir, Arc<Library>) {
    let folder = tempfile::tempdir().unwrap();
    let library = Arc::new(Library::open(&folder.path().join("kept"), &examples()).unwrap());
    (folder, library)
}

async fn run(change: impl FnOnce(&mut Brief)) -> AssetSet {
    let (_folder, library) = library();
    Creative::new(library).run(strategy(change)).await.unwrap()
}

fn plans(set: &AssetSet) -> impl Iterator<Item = &CutPlan> {
    set.assets.iter().filter_map(|asset| match &asset.content {
        AssetContent::Video { plan } => Some(plan),
        _ => None,
    })
}

#[tokio::test]
async fn every_format_is_served_where_the_platform_can_carry_it() {
    let set = run(|_| ()).await;
    assert_eq!(set.coverage.len(), 16);
    for row in &set.coverage {
        let can = row.format != Format::Stories || row.platform == Platform::Meta;
        assert_eq!(row.assets > 0, can, "{row:?}");
        assert_eq!(row.ready, row.assets, "the example brings every file: {row:?}");
    }
    assert!(set.assets.is_sorted_by_key(|asset| asset.key.clone()));
    assert!(set.manifest.is_sorted_by_key(|entry| entry.hash.clone()));
    for file in set.assets.iter().flat_map(|asset| &asset.files) {
        assert!(set.manifest.iter().any(|entry| entry.hash == *file));
    }
}

#[tokio::test]
async fn every_message_has_its_text_in_both_languages() {
    let full = run(|_| ()).await;
    let bare = run(|brief| brief.media.clear()).await;
    let broken = run(|brief| {
        brief.media[0].kind = Some(MediaKind::Image);
        brief.media[1].path = "brief.json".into();
        brief.media[3].path = "media/gone.png".into();
        brief.media[2].path = "media/cliente-corrida.jpg".into();
        brief.product.benefits.push("Um texto que não cabe em nenhum cartão porque é longo demais para isso".into());
        brief.product.benefits.push("O melhor".into());
    })
    .await;
    for set in [full, bare, broken] {
        let made = set
            .assets
            .iter()
            .flat_map(|asset| asset.losses.iter().chain(asset.missing.iter().map(|file| &file.message)));
        for message in made.chain(set.skipped.iter().map(|skipped| &skipped.reason)) {
            for language in Language::ALL {
                assert!(message.try_text(*language).is_ok(), "{message:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_same_strategy_gives_the_same_bytes() {
    let (one, other) = (run(|_| ()).await, run(|_| ()).await);
    assert_eq!(serde_json::to_vec(&one).unwrap(), serde_json::to_vec(&other).unwrap());
}

#[tokio::test]
async fn shots_and_cuts_follow_each_other_without_gaps() {
    let set = run(|_| ()).await;
    assert_eq!(plans(&set).count(), 12);
    for plan in plans(&set) {
        let (mut shot_end, mut cut_end) = (0, 0);
        for shot in &plan.shots {
            assert_eq!(shot.start_ms, shot_end);
            assert!(shot.end_ms > shot.start_ms && !shot.caption.is_empty() && !shot.picture.is_empty());
            shot_end = shot.end_ms;
        }
        for cut in &plan.cuts {
            assert_eq!(cut.start_ms, cut_end);
            assert!(cut.length_ms > 0 && cut.source_start_ms + cut.length_ms <= 3000);
            cut_end += cut.length_ms;
        }
        assert_eq!((shot_end, cut_end), (plan.length_ms, plan.length_ms));
        assert!(plan.shots[0].end_ms <= 3000, "the hook comes first and is short");
        assert_eq!((plan.safe_top_percent, plan.safe_bottom_percent), (14, 20));
    }
}

#[tokio::test]
async fn no_valid_right_means_no_ad() {
    let set = run(|_| ()).await;
    let organic = set.skipped.iter().find(|skipped| skipped.subject == "media/cliente-praia.jpg").unwrap();
    assert_eq!(organic.reason.key, "creative-skip-rights-scope");
    assert!(set.manifest.iter().all(|entry| entry.path != "media/cliente-praia.jpg"));
    let expired = run(|brief| {
        for rights in brief.media.iter_mut().filter_map(|item| item.rights.as_mut()) {
            rights.expires = Some("2027-02-01".parse().unwrap());
        }
    })
    .await;
    assert!(expired.assets.iter().all(|asset| asset.format != Format::Ugc));
    assert!(expired.coverage.iter().filter(|row| row.format == Format::Ugc).all(|row| row.assets == 0));
    assert!(expired.skipped.iter().any(|skipped| skipped.reason.key == "creative-skip-rights-expired"));
}

#[tokio::test]
async fn without_files_every_asset_says_what_it_lacks() {
    let set = run(|brief| brief.media.clear()).await;
    assert!(!set.assets.is_empty());
    for asset in &set.assets {
        assert!(!asset.missing.is_empty(), "{}", asset.key);
        assert!(asset.missing.iter().all(|file| file.asset == asset.key && file.width > 0 && file.height > 0));
    }
    let video = set.assets.iter().find(|asset| asset.key == "video/video_30s/tiktok").unwrap();
    let lacking = &video.missing[0];
    assert_eq!((lacking.kind, lacking.width, lacking.height), (MediaKind::Video, 1080, 1920));
    assert_eq!(lacking.length_ms, Some(30_000));
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named_and_the_rest_goes_on() {
    let set = run(|brief| brief.media[0].path = "media/gone.mp4".into()).await;
    let gone = set.skipped.iter().find(|skipped| skipped.subject == "media/gone.mp4").unwrap();
    assert_eq!(gone.reason.key, "creative-skip-file-missing");
    let video = set.assets.iter().find(|asset| asset.format == Format::Video).unwrap();
    assert!(!video.missing.is_empty());
}

#[tokio::test]
async fn a_film_is_cropped_by_the_named_program_where_none_has_the_shape_of_a_cut_plan() {
    let (folder, library) = library();
    let program = FilmProgram::default();
    let (source, _) = library.keep("media/tenis-vertical.mp4").unwrap();
    let square = [
        TransformStep::Scale { width: 1080, height: 1920 },
        TransformStep::Crop { x: 0, y: 420, width: 1080, height: 1080 },
    ];
    let square = match library.render_film(&program, &source, &square).await {
        Err(error) if error.kind() == ErrorKind::Unsupported => return println!("skipped: films need ffmpeg"),
        made => made.unwrap().0,
    };
    let path = folder.path().join("square.mp4");
    std::fs::write(&path, library.read(&square).unwrap()).unwrap();
    let only = |brief: &mut Brief| {
        brief.media.retain(|item| item.path == "media/tenis-vertical.mp4");
        brief.media[0].path = path.to_str().unwrap().to_owned();
    };
    let video =
        |set: &AssetSet| set.assets.iter().find(|asset| asset.key == "video/reels_9x16/tiktok").unwrap().clone();
    let asked = video(&Creative::new(Arc::clone(&library)).run(strategy(only)).await.unwrap());
    assert_eq!((asked.files.len(), asked.missing.len()), (0, 1), "without a program the film is asked for");
    let creative = || Creative::new(Arc::clone(&library)).with_films(program.clone());
    let set = creative().run(strategy(only)).await.unwrap();
    let cropped = video(&set);
    let [file] = cropped.files.as_slice() else { panic!("{cropped:?}") };
    let entry = set.manifest.iter().find(|entry| entry.hash == *file).unwrap();
    let crop = entry.crop.as_ref().unwrap();
    assert_eq!((&crop.source, crop.height), (&square, 1080));
    assert_eq!((entry.facts.width, entry.facts.height, entry.facts.format.as_str()), (crop.width, 1080, "mp4"));
    assert_eq!(crate::model::ContentHash::of(&library.read(file).unwrap()), *file);
    assert_eq!(creative().run(strategy(only)).await.unwrap().manifest, set.manifest, "the same bytes again");
    let without =
        Creative::new(library).with_films(FilmProgram::at("no-such-program")).run(strategy(only)).await.unwrap();
    assert!(
        without.skipped.iter().any(|skipped| skipped.reason.key == "creative-skip-rendition"),
        "{:?}",
        without.skipped
    );
}

#[cfg(feature = "renditions")]
#[tokio::test]
async fn a_picture_is_cropped_where_none_has_the_shape_of_a_carousel() {
    let (_folder, library) = library();
    let only = |brief: &mut Brief| brief.media.retain(|item| item.path == "media/tenis-vertical.png");
    let set = Creative::new(Arc::clone(&library)).run(strategy(only)).await.unwrap();
    let carousel = set.assets.iter().find(|asset| asset.key == "carousel/story/meta").unwrap();
    assert!(carousel.missing.is_empty(), "{carousel:?}");
    let [file] = carousel.files.as_slice() else { panic!("{carousel:?}") };
    let entry = set.manifest.iter().find(|entry| entry.hash == *file).unwrap();
    let crop = entry.crop.as_ref().unwrap();
    assert_eq!((crop.x, crop.y, crop.width, crop.height), (0, 420, 1080, 1080));
    assert_eq!((entry.path.as_str(), entry.facts.width), ("media/tenis-vertical.png", 1080));
    assert!(set.manifest.iter().any(|source| source.hash == crop.source && source.crop.is_none()));
    let bytes = library.read(file).unwrap();
    assert_eq!((crate::model::ContentHash::of(&bytes), bytes.len() as u64), (file.clone(), entry.facts.bytes));
    assert!(carousel.losses.iter().any(|loss| loss.key == "creative-loss-cropped"), "{:?}", carousel.losses);
    assert_eq!(run(only).await, set, "the same brief gives the same bytes");
}

#[tokio::test]
async fn content_of_users_is_never_cropped() {
    let set = run(|brief| brief.media.retain(|item| item.is_user_content)).await;
    assert!(set.manifest.iter().all(|entry| entry.crop.is_none()), "{:?}", set.manifest);
}

#[tokio::test]
async fn a_carousel_tells_a_story_over_two_to_ten_cards() {
    let set =
        run(|brief| brief.product.benefits = (0..30).map(|number| format!("Benefício {}", letter(number))).collect())
            .await;
    for asset in &set.assets {
        let AssetContent::Carousel { cards } = &asset.content else { continue };
        assert!((2..=10).contains(&cards.len()));
        assert_eq!((cards[0].role.as_str(), cards[cards.len() - 1].role.as_str()), ("hook", "call_to_action"));
        assert!(cards.iter().all(|card| card.image.is_some() && card.headline.chars().count() <= 45));
    }
}

fn letter(number: u32) -> char {
    char::from_u32(u32::from('a') + number % 26).unwrap()
}

#[tokio::test]
async fn a_story_keeps_the_poll_and_turns_the_rest_into_text_with_a_loss() {
    let set = run(|_| ()).await;
    let story = set.assets.iter().find(|asset| asset.format == Format::Stories).unwrap();
    let AssetContent::Story { frames } = &story.content else { panic!("not a story") };
    assert!(matches!(frames[0].element, Some(InteractiveElement::Poll { .. })));
    assert!(frames[1..].iter().all(|frame| frame.element.is_none()));
    assert_eq!(story.losses.len(), 2);
}

#[tokio::test]
async fn a_format_that_nobody_serves_is_an_error() {
    let (_folder, library) = library();
    let error = Creative::without_specialists(library).run(strategy(|_| ())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

struct Slow(Format, Duration);

#[async_trait]
impl Specialist for Slow {
    fn format(&self) -> Format {
        self.0
    }

    async fn run(&self, _: &Commission) -> Result<Made> {
        tokio::time::sleep(self.1).await;
        Ok(Made::default())
    }
}

#[tokio::test(start_paused = true)]
async fn specialists_work_at_once_within_their_deadline() {
    let (_folder, library) = library();
    let creative = |seconds| {
        Format::ALL.iter().fold(Creative::without_specialists(Arc::clone(&library)), |creative, format| {
            creative.with_specialist(Slow(*format, Duration::from_secs(seconds)))
        })
    };
    let start = tokio::time::Instant::now();
    creative(10).run(strategy(|brief| brief.media.clear())).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 10, "the longest, not the sum");
    let late = creative(90).run(strategy(|brief| brief.media.clear())).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::TimedOut);
}

#[tokio::test]
async fn cut_plans_are_exported_and_a_plan_without_cuts_is_not() {
    let (folder, library) = library();
    let set = Creative::new(Arc::clone(&library)).run(strategy(|_| ())).await.unwrap();
    let plan = plans(&set).next().unwrap().clone();
    let job = |plan| ExportJob { name: "cut", plan, manifest: &set.manifest, library: &library, folder: folder.path() };
    let edl = Edl.export(&job(&plan)).await.unwrap();
    let text = std::fs::read_to_string(edl).unwrap();
    assert!(text.starts_with("TITLE: cut\nFCM: NON-DROP FRAME\n"));
    assert!(text.contains("001  AX       V     C        00:00:00:00 "), "{text}");
    let xml = std::fs::read_to_string(Fcpxml.export(&job(&plan)).await.unwrap()).unwrap();
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut clips = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == "asset-clip" => clips += 1,
            quick_xml::events::Event::Eof => break,
            _ => (),
        }
    }
    assert_eq!(clips, plan.cuts.len());
    let gone = Ffmpeg::at("no-such-program").export(&job(&plan)).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Unsupported);
    let empty = CutPlan { cuts: Vec::new(), ..plan.clone() };
    assert_eq!(Edl.export(&job(&empty)).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_cut_plan_is_rendered_where_ffmpeg_is_installed() {
    let (folder, library) = library();
    let set = Creative::new(Arc::clone(&library)).run(strategy(|_| ())).await.unwrap();
    let plan = plans(&set).next().unwrap();
    let job = ExportJob { name: "cut", plan, manifest: &set.manifest, library: &library, folder: folder.path() };
    match Ffmpeg::default().export(&job).await {
        Ok(path) => {
            let kept = Library::open(&folder.path().join("rendered"), folder.path()).unwrap();
            let (_, facts) = kept.keep(path.to_str().unwrap()).unwrap();
            assert_eq!((facts.width, facts.height, facts.duration_ms), (plan.width, plan.height, Some(plan.length_ms)));
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}"),
    }
}
