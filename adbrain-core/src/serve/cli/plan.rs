//! `plan`: what the loop would launch, before anything is launched.

use super::args::Plan;
use super::campaign;
use super::progress::Progress;
use crate::brain::Watch;
use crate::error::Result;
use crate::model::Message;
use crate::report::plan_document;

/// Makes the plan and prints it; the next step is a person's.
pub(super) async fn run(args: Plan) -> Result<()> {
    let request = campaign::request(&args.brief, &args.input)?;
    let language = campaign::language(&request.brief, &args.input);
    let builder = campaign::builder(&args.input)?;
    builder.check(&request)?;
    let brain = builder.database(super::database::connect(&args.input.db).await?).build().await?;
    let progress = Progress::new(language);
    let planned = brain.plan(request, Watch { events: progress.events(), ..Watch::default() }).await;
    progress.close().await;
    let plan = planned?;
    let next = Message::new("cli-next-plan").with("hash", plan.plan_hash.short(HASH_DIGITS));
    let text = format!("{}\n\n{}", plan_document(&plan).text(language), next.text(language));
    super::tell(args.json.as_deref(), &plan, &text)
}

/// Digits of the hash in the commands that are proposed.
const HASH_DIGITS: usize = 16;
