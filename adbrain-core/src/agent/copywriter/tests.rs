//! The copywriter on the example brief, for every platform and language.

use super::Copywriter;
use super::write::NEAR_DUPLICATE;
use crate::agent::Agent as _;
use crate::agent::wording::likeness;
use crate::agent::wording::tests_support::strategy;
use crate::model::{Brief, CopySet, CopySlot, Language, Platform, Tone};
use crate::platform::spec::SpecBook;

async fn write(change: impl FnOnce(&mut Brief)) -> CopySet {
    Copywriter::new().run(strategy(change)).await.unwrap()
}

fn english(brief: &mut Brief) {
    brief.language = Some(Language::English);
    brief.product.name = "Brisa shoe".into();
    brief.product.benefits = vec!["Comfort all day".into(), "Light to run and walk".into()];
    brief.product.facts[0].text = "Weighs only 210 g in size 40".into();
    brief.product.facts[1].text = "Sole with 30% recycled rubber".into();
    brief.product.offers = vec!["Free shipping".into()];
}

fn check(set: &CopySet) {
    for variant in &set.variants {
        let spec = SpecBook::shipped().unwrap().platform(variant.platform).unwrap();
        assert_eq!(variant.length, spec.length(&variant.text), "{variant:?}");
        assert!(
            variant.length <= variant.limit && variant.limit == spec.slot(variant.slot).unwrap().limit,
            "{variant:?}"
        );
        assert!(spec.refuses_letters(&variant.text, variant.platform).is_none(), "{variant:?}");
        assert!(!variant.text.contains(['{', '}']) && !variant.text.contains(".."), "{variant:?}");
    }
    for (number, one) in set.variants.iter().enumerate() {
        let later = set.variants[number + 1..].iter().filter(|other| other.platform == one.platform);
        for other in later {
            assert_ne!(one.text, other.text);
            assert!(one.slot != other.slot || likeness(&one.text, &other.text) < NEAR_DUPLICATE, "{one:?} {other:?}");
        }
    }
}

#[tokio::test]
async fn every_slot_has_each_style_within_the_limits_in_every_language_and_tone() {
    for language in Language::ALL {
        for tone in Tone::ALL {
            let set = write(|brief| {
                if *language == Language::English {
                    english(brief);
                }
                brief.product.tone = *tone;
            })
            .await;
            check(&set);
            for platform in Platform::ALL {
                let spec = SpecBook::shipped().unwrap().platform(*platform).unwrap();
                for slot in spec.slots() {
                    let count = set.variants.iter().filter(|one| one.platform == *platform && one.slot == slot).count();
                    assert_eq!(count, 4, "{language} {tone} {platform} {slot}: {:?}", set.refused);
                }
            }
        }
    }
}

#[tokio::test]
async fn what_the_brief_does_not_support_is_refused_and_never_written() {
    let set = write(|brief| {
        brief.product.benefits.push("50% mais leve".into());
        brief.product.offers.push("O melhor preço do Brasil".into());
        brief.product.benefits.push("Bonito e barato".into());
    })
    .await;
    let refused =
        |text: &str| set.refused.iter().find(|claim| claim.text == text).map(|claim| claim.reason.key.as_str());
    assert_eq!(refused("50% mais leve"), Some("copy-refused-figure"));
    assert_eq!(refused("O melhor preço do Brasil"), Some("copy-refused-superlative"));
    assert_eq!(refused("Bonito e barato"), Some("copy-refused-forbidden-word"));
    let all: String = set.variants.iter().map(|variant| variant.text.to_lowercase()).collect();
    assert!(!all.contains("50%") && !all.contains("melhor") && !all.contains("barato"));
}

#[tokio::test]
async fn a_forbidden_product_name_leaves_only_texts_without_it() {
    let set = write(|brief| brief.product.forbidden_words.push("tênis".into())).await;
    assert!(!set.variants.is_empty());
    assert!(set.variants.iter().all(|variant| !variant.text.to_lowercase().contains("tênis")));
}

#[tokio::test]
async fn texts_that_are_too_long_are_left_out_whole_and_reported() {
    let long = "Conforto que acompanha cada passo da manhã até a noite ".repeat(12);
    let set = write(|brief| {
        brief.product.benefits = vec![long.trim().to_owned()];
        brief.product.offers.clear();
        brief.product.facts.clear();
    })
    .await;
    check(&set);
    assert!(set.variants.iter().any(|variant| variant.slot == CopySlot::Headline));
    assert!(set.refused.iter().any(|claim| claim.reason.key == "copy-refused-too-long"));
    for language in Language::ALL {
        assert!(set.refused.iter().all(|claim| claim.reason.try_text(*language).is_ok()), "{:?}", set.refused);
    }
}

#[tokio::test]
async fn double_width_letters_count_twice_on_google() {
    let set = write(|brief| brief.product.name = "トレイルランニングシューズ".into()).await;
    check(&set);
}

#[tokio::test]
async fn the_same_brief_gives_the_same_texts() {
    assert_eq!(write(|_| ()).await, write(|_| ()).await);
}
