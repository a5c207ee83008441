//! Replaces the copywriter by one's own: prints the texts that the plan then carries.

#![expect(clippy::expect_used, reason = "an example may stop")]

use std::sync::Arc;

use adbrain_core::Agent;
use adbrain_core::brain::{Brain, RunRequest, Watch};
use adbrain_core::control::Mode;
use adbrain_core::model::{Brief, CopySet, CopySlot, CopyVariant, PlatformChoice, Strategy};

/// Says the product's name, nothing else.
struct Terse;

#[async_trait::async_trait]
impl Agent for Terse {
    type Input = Strategy;
    type Output = CopySet;

    async fn run(&self, strategy: Strategy) -> adbrain_core::Result<CopySet> {
        let text = strategy.brief.product.name.clone();
        let variant = |choice: &PlatformChoice| CopyVariant {
            key: format!("{}/headline/1", choice.platform),
            platform: choice.platform,
            slot: CopySlot::Headline,
            style: "terse".into(),
            length: text.chars().count(),
            limit: 40,
            text: text.clone(),
        };
        Ok(CopySet { variants: strategy.platforms.iter().map(variant).collect(), refused: Vec::new() })
    }
}

#[tokio::main]
async fn main() -> adbrain_core::Result<()> {
    let brief = Brief::from_json(&std::fs::read("examples/brief.json").expect("the example brief"))?;
    let brain = Brain::builder().local("own.db".as_ref()).copywriter(Arc::new(Terse)).build().await?;
    let request =
        RunRequest { folder: "examples".into(), days: Some(1), mode: Mode::Sandbox, ..RunRequest::new(brief) };
    let result = brain.run(request, Watch::default()).await?;
    for ad in result.plan.campaigns.iter().flat_map(|campaign| &campaign.ad_sets).flat_map(|set| &set.ads) {
        let texts: Vec<_> = ad.creative.copy.iter().map(|copy| copy.text.as_str()).collect();
        println!("{}: {}", ad.name, texts.join(" / "));
    }
    Ok(())
}
