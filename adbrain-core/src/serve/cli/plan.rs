//! `plan`: what the loop would launch, before anything is launched.

use std::path::Path;

use super::args::{Input, Plan};
use super::campaign;
use super::progress::Progress;
use crate::brain::{self, Watch};
use crate::error::Result;
use crate::model::{Language, Message};
use crate::report::plan_document;

/// Makes the plan and prints it; the next step is a person's.
pub(super) async fn run(args: Plan) -> Result<()> {
    let (plan, language) = make(&args.brief, &args.input).await?;
    let next = Message::new("cli-next-plan").with("hash", plan.plan_hash.short(HASH_DIGITS));
    let text = format!("{}\n\n{}", plan_document(&plan).text(language), next.text(language));
    super::tell(args.json.as_deref(), &plan, &text)
}

/// Makes the plan, and gives the language in which it is told.
pub(super) async fn make(brief: &Path, input: &Input) -> Result<(brain::Plan, Language)> {
    let request = campaign::request(brief, input)?;
    let language = campaign::language(&request.brief, input);
    let builder = campaign::builder(input)?;
    builder.check(&request)?;
    let brain = builder.database(super::database::connect(&input.db).await?).build().await?;
    let progress = Progress::new(language);
    let planned = brain.plan(request, Watch { events: progress.events(), ..Watch::default() }).await;
    progress.close().await;
    Ok((planned?, language))
}

/// Digits of the hash in the commands that are proposed.
const HASH_DIGITS: usize = 16;
