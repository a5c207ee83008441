//! The README's example: prints the title of a report.

#![expect(clippy::expect_used, reason = "an example may stop")]

use adbrain_core::brain::{Brain, RunRequest, Watch};
use adbrain_core::control::Mode;
use adbrain_core::model::{Brief, Language};
use adbrain_core::report::Report;

#[tokio::main]
async fn main() -> adbrain_core::Result<()> {
    let brief = Brief::from_json(&std::fs::read("examples/brief.json").expect("the example brief"))?;
    let brain = Brain::local("brain.db".as_ref()).await?;
    let request =
        RunRequest { folder: "examples".into(), days: Some(3), mode: Mode::Sandbox, ..RunRequest::new(brief) };
    let result = brain.run(request, Watch::default()).await?;
    println!("{}", Report::of(&result).markdown(Language::English)?.lines().next().unwrap_or_default());
    Ok(())
}
