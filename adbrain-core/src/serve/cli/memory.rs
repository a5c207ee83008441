//! `memory`: what campaigns have taught, what is forgotten of it, and backups.

use jiff::SignedDuration;
use serde_json::json;

use super::args::{Memory, memory as args};
use super::{database, files};
use crate::clock::{Clock as _, SystemClock};
use crate::error::{Error, Result};
use crate::memory::{Forget, LearningQuery, MemoryStore as _, SqlMemory, csv};
use crate::model::message::Argument;
use crate::model::{Language, Learning, Message, PooledPractice};
use crate::store;

pub(super) async fn run(args: Memory) -> Result<()> {
    match args {
        Memory::List(args) => list(args).await,
        Memory::Practices(args) => practices(args).await,
        Memory::Forget(args) => forget(args).await,
        Memory::Export(args) => export(args).await,
        Memory::Backup(args) => backup(args).await,
        Memory::Restore(args) => restore(args).await,
    }
}

impl args::Which {
    fn query(&self) -> LearningQuery {
        LearningQuery {
            industry: self.industry.clone(),
            objective: self.objective,
            campaign: self.campaign.clone(),
            brand: self.brand.clone(),
            as_of: self.as_of,
            limit: self.most,
        }
    }

    async fn memory(&self) -> Result<SqlMemory> {
        Ok(SqlMemory::new(database::open(&self.store.db).await?))
    }
}

async fn list(args: args::List) -> Result<()> {
    let found = args.which.memory().await?.learnings(&args.which.query()).await?;
    let language = args.answer.lang.into();
    let lines: Vec<_> = found.iter().map(|learning| line(learning, language)).collect();
    super::tell(args.answer.json.as_deref(), &found, &told(&lines, language))
}

async fn practices(args: args::Practices) -> Result<()> {
    let found = args.which.memory().await?.pooled(&args.which.query()).await?;
    let language = args.answer.lang.into();
    let lines: Vec<_> = found.iter().map(|practice| practice_line(practice, language)).collect();
    super::tell(args.answer.json.as_deref(), &found, &told(&lines, language))
}

fn told(lines: &[String], language: Language) -> String {
    if lines.is_empty() { Message::new("cli-memory-none").text(language) } else { lines.join("\n") }
}

fn line(learning: &Learning, language: Language) -> String {
    let (impact, campaign) = (&learning.impact, &learning.campaign);
    let message = Message::new("cli-memory-learning")
        .with("insight", learning.insight.as_str())
        .with("impact", Argument::Ratio(impact.value))
        .with("low", Argument::Ratio(impact.low))
        .with("high", Argument::Ratio(impact.high))
        .with("sample", i64::try_from(impact.sample_size).unwrap_or(i64::MAX));
    let about = format!("{} {}", learning.industry, learning.objective);
    format!("{}  {}  {about}  {campaign}  {}", learning.learnt_at, learning.id, message.text(language))
}

fn practice_line(practice: &PooledPractice, language: Language) -> String {
    let effect = &practice.effect;
    let message = Message::new("cli-memory-practice")
        .with("insight", practice.insight.as_str())
        .with("effect", Argument::Ratio(effect.value))
        .with("low", Argument::Ratio(effect.low))
        .with("high", Argument::Ratio(effect.high))
        .with("campaigns", i64::try_from(practice.campaigns).unwrap_or(i64::MAX));
    let platform = practice.platform.map_or("", crate::model::Platform::as_str);
    format!("{} {}  {platform}  {}", practice.industry, practice.objective, message.text(language))
}

async fn forget(args: args::Forget) -> Result<()> {
    let before = args.older_than.map(|days| SystemClock.now() - SignedDuration::from_hours(24 * i64::from(days)));
    let what = Forget { campaign: args.campaign, brand: args.brand, before: args.before.or(before) };
    let memory = SqlMemory::new(database::open(&args.store.db).await?);
    let (count, key) = if args.yes {
        (memory.forget(&what).await?, "cli-memory-forgotten")
    } else {
        (would_go(&memory, &what).await?, "cli-memory-would-forget")
    };
    let told = Message::new(key).with("count", i64::try_from(count).unwrap_or(i64::MAX)).text(args.answer.lang.into());
    super::tell(args.answer.json.as_deref(), &json!({"count": count, "is_done": args.yes}), &told)
}

/// How many learnings an order would delete.
async fn would_go(memory: &SqlMemory, what: &Forget) -> Result<u64> {
    let query =
        LearningQuery { campaign: what.campaign.clone(), brand: what.brand.clone(), ..LearningQuery::default() };
    let found = memory.learnings(&query).await?;
    Ok(found.iter().filter(|learning| what.before.is_none_or(|before| learning.learnt_at < before)).count() as u64)
}

async fn export(args: args::Export) -> Result<()> {
    let found = args.which.memory().await?.learnings(&args.which.query()).await?;
    super::write_json(args.json.as_deref(), &found)?;
    let text = csv(&found)?;
    match &args.out {
        Some(file) => files::write(file, text.as_bytes()),
        None if super::is_in_place(args.json.as_deref()) => Ok(()),
        None => super::print(text.trim_end()),
    }
}

async fn backup(args: args::Backup) -> Result<()> {
    files::make_folder_of(&args.to)?;
    database::open(&args.db).await?.backup(&args.to).await?;
    let told = Message::new("cli-memory-backed-up").with("file", args.to.display().to_string());
    super::tell(args.answer.json.as_deref(), &json!({"file": args.to}), &told.text(args.answer.lang.into()))
}

async fn restore(args: args::Restore) -> Result<()> {
    if database::is_address(&args.db) {
        return Err(Error::invalid("--db", "is a server: a backup comes back as a file").next("name a file"));
    }
    files::make_folder_of(&args.db)?;
    store::restore(&args.backup, &args.db).await?;
    let told = Message::new("cli-memory-restored").with("file", args.db.display().to_string());
    super::tell(args.answer.json.as_deref(), &json!({"file": args.db}), &told.text(args.answer.lang.into()))
}
