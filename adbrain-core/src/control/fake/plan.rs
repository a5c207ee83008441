//! The plan that the tests of control launch.

use super::brl;
use crate::model::{
    AdDraft, AdSetDraft, Approvals, Audience, BidStrategy, CampaignDraft, ContentHash, CreativeDraft, Currency,
    Declarations, Flight, Format, LaunchRule, Limits, MediaPlan, Objective, Platform, Tag, TestMatrix,
};

/// A plan over two platforms, each with two ad sets of 10 a day and two ads; its worst day costs 80.
pub(in crate::control) fn plan() -> MediaPlan {
    let limits = Limits {
        daily_cap: brl(80),
        weekly_cap: brl(560),
        lifetime_cap: brl(400),
        max_raise_percent: 20,
        max_cut_percent: 30,
        max_changes_per_object_and_day: 2,
        max_pauses_per_hour: 3,
        learning_hours: 72,
        approvals: Approvals::default(),
    };
    MediaPlan {
        name: "test".into(),
        currency: Currency::BRL,
        campaigns: vec![campaign(Platform::Meta), campaign(Platform::Google)],
        tests: TestMatrix::none(),
        limits,
        launch: LaunchRule::default(),
        missing: Vec::new(),
        reasons: Vec::new(),
    }
}

fn campaign(platform: Platform) -> CampaignDraft {
    let (start, end) = ("2026-12-01".parse().unwrap(), "2026-12-10".parse().unwrap());
    CampaignDraft {
        tag: Tag::new(format!("{platform}-c")),
        platform,
        name: "c".into(),
        objective: Objective::Sales,
        flight: Flight { start, end, time_zone: "America/Sao_Paulo".into() },
        declarations: Declarations::default(),
        ad_sets: vec![ad_set(platform, 1), ad_set(platform, 2)],
    }
}

fn ad_set(platform: Platform, number: u32) -> AdSetDraft {
    let ad = |letter: &str| AdDraft {
        tag: Tag::new(format!("{platform}-{number}{letter}")),
        name: "ad".into(),
        creative: CreativeDraft {
            asset: "film".into(),
            format: Format::Video,
            files: vec![ContentHash::of(b"film")],
            copy: Vec::new(),
            url: "https://example.com".into(),
        },
    };
    let audience = Audience {
        name: "all".into(),
        countries: Vec::new(),
        ages: None,
        genders: Vec::new(),
        interests: Vec::new(),
        custom_audiences: std::collections::BTreeMap::new(),
        size: None,
    };
    AdSetDraft {
        tag: Tag::new(format!("{platform}-{number}")),
        name: "s".into(),
        audience,
        daily_budget: brl(10),
        bid_strategy: BidStrategy::LowestCost,
        bid: None,
        ads: vec![ad("a"), ad("b")],
    }
}
