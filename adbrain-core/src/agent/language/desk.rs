//! The desk at which a model is asked: a budget before each call, a row in the chain after it.

use std::fmt;
use std::sync::Arc;

use super::calls::{Call, CallState, Calls, Chain, Entry, NO_LIMIT, Room};
use super::{
    Finish, LanguageModel, ModelAnswer, ModelRequest, Prices, Provider, Recorded, Remote, Sampling, Usage, WordAgent,
    Words,
};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Currency, Money, RunId};
use crate::store::Database;

/// So much of what went wrong is kept.
const LONGEST_NOTE: usize = 300;

/// A model with its budget and its book.
#[derive(Clone)]
pub(crate) struct Desk {
    model: Arc<dyn LanguageModel>,
    words: Arc<Words>,
    prices: Option<Prices>,
    room: Room,
    calls: Calls,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Desk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Desk").field("model", &self.model.name()).finish_non_exhaustive()
    }
}

/// What a call costs at most, or did cost.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    tokens: i64,
    micros: i64,
}

impl Cost {
    fn times(self, times: u32) -> Self {
        let times = i64::from(times);
        Self { tokens: self.tokens.saturating_mul(times), micros: self.micros.saturating_mul(times) }
    }

    fn plus(self, other: Self) -> Self {
        Self { tokens: self.tokens.saturating_add(other.tokens), micros: self.micros.saturating_add(other.micros) }
    }
}

impl Desk {
    /// Opens a desk for a model of the settings, or one of the caller's own.
    pub(crate) fn open(
        words: &Words,
        own: Option<Arc<dyn LanguageModel>>,
        (database, clock): (Arc<dyn Database>, Arc<dyn Clock>),
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let whole = |tokens: Option<u64>| tokens.map_or(i64::MAX, |tokens| i64::try_from(tokens).unwrap_or(i64::MAX));
        Ok(Self {
            model: model(words, own, variable)?,
            prices: words.prices()?,
            room: Room {
                run_tokens: whole(words.limits.run_tokens),
                run_micros: words.money("run_money")?.unwrap_or(i64::MAX),
                day_tokens: whole(words.limits.day_tokens),
                day_micros: words.money("day_money")?.unwrap_or(i64::MAX),
            },
            words: Arc::new(words.clone()),
            calls: Calls::new(database),
            clock,
        })
    }

    /// Checks what can be checked before a store is opened.
    pub(crate) fn check(words: &Words, variable: &dyn Fn(&str) -> Option<String>) -> Result<()> {
        model(words, None, variable).map(drop)
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    pub(crate) fn model_name(&self) -> &str {
        self.model.name()
    }

    /// The currency of the prices; none where there are none.
    pub(crate) fn currency(&self) -> Option<Currency> {
        self.prices.map(|prices| prices.input.currency())
    }

    /// Where the chain of all calls stands.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] where it was changed afterwards.
    pub(crate) async fn chain(&self) -> Result<Chain> {
        let chain = self.calls.verify().await?;
        match chain.first_problem {
            None => Ok(chain),
            Some(row) => {
                Err(Error::new(ErrorKind::Corrupt, format!("row {row} of the language model's calls was changed"))
                    .next("restore the database from a backup"))
            }
        }
    }

    pub(super) fn sampling(&self) -> Sampling {
        let Words { max_tokens, seed, temperature, .. } = *self.words;
        Sampling { max_tokens, seed, temperature }
    }

    /// The rows of a run's calls.
    pub(crate) async fn calls(&self, run: &RunId) -> Result<Vec<Call>> {
        self.calls.of_run(run).await
    }

    /// Asks, where the budget has room for the dearest that can become of it.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] where it has none; those of the model; those of the store.
    pub(super) async fn ask(&self, (run, agent): (&RunId, WordAgent), request: &ModelRequest) -> Result<ModelAnswer> {
        let is_free = self.model.is_free(request);
        let once = if is_free { Cost::default() } else { self.dearest(request)? };
        let worst = once.times(self.model.most_tries());
        let first = self.entry((run, agent), request, CallState::Reserved)?;
        let first = Entry { tokens: worst.tokens, micros: worst.micros, ..first };
        let Some(call) = self.calls.add(&first, self.room).await? else {
            let entry = Entry { state: CallState::OverBudget, tokens: 0, micros: 0, ..first };
            self.calls.add(&entry, NO_LIMIT).await?;
            return Err(Error::new(
                ErrorKind::Refused,
                "the budget has no room for another call of the language model",
            )
            .next("raise words.limits, lower max_tokens or tries, or let the rules stand"));
        };
        let outcome = self.model.answer(request).await;
        let cost = match &outcome {
            Ok(answer) => self.cost(answer, (once, is_free))?,
            Err(error) => failed(error, (once, worst)),
        };
        let entry = self.entry((run, agent), request, state(&outcome))?;
        let kept = Entry {
            call: Some(call),
            model: outcome.as_ref().map_or_else(|_| entry.model.clone(), |answer| answer.model.clone()),
            answer: outcome.as_ref().ok().map(|answer| ContentHash::of(answer.text.as_bytes())),
            note: outcome
                .as_ref()
                .err()
                .map_or_else(String::new, |error| error.message().chars().take(LONGEST_NOTE).collect()),
            tokens: cost.tokens - worst.tokens,
            micros: cost.micros - worst.micros,
            ..entry
        };
        self.calls.add(&kept, NO_LIMIT).await?;
        outcome
    }

    fn entry(&self, (run, agent): (&RunId, WordAgent), request: &ModelRequest, state: CallState) -> Result<Entry> {
        Ok(Entry {
            run: run.clone(),
            agent,
            call: None,
            state,
            model: self.model.name().to_owned(),
            request: request.hash(self.model.name())?,
            answer: None,
            tokens: 0,
            micros: 0,
            currency: self.words.currency(),
            at: self.clock.now(),
            note: String::new(),
        })
    }

    /// The dearest that one try can be.
    fn dearest(&self, request: &ModelRequest) -> Result<Cost> {
        let output_tokens = u64::from(request.sampling().max_tokens);
        self.price(Usage { input_tokens: request.most_input_tokens(), output_tokens })
    }

    fn price(&self, usage: Usage) -> Result<Cost> {
        let Usage { input_tokens, output_tokens } = usage;
        let money = self.prices.map(|prices| prices.of(input_tokens, output_tokens)).transpose()?;
        let tokens = i64::try_from(input_tokens.saturating_add(output_tokens)).unwrap_or(i64::MAX);
        Ok(Cost { tokens, micros: money.map_or(0, Money::micros) })
    }

    /// What an answer cost: what it used, or the dearest where it does not say, and the dearest for each that broke off before it.
    fn cost(&self, answer: &ModelAnswer, (once, is_free): (Cost, bool)) -> Result<Cost> {
        if is_free {
            return Ok(Cost::default());
        }
        let own = answer.usage.map_or(Ok(once), |usage| self.price(usage))?;
        Ok(own.plus(once.times(answer.broken)))
    }
}

/// What a call without an answer may have cost: where the model said no, only answers that broke off; else all of it.
fn failed(error: &Error, (once, worst): (Cost, Cost)) -> Cost {
    let broken = error.context_of("broken").and_then(|broken| broken.parse().ok()).unwrap_or(0);
    match error.kind() {
        ErrorKind::Unavailable | ErrorKind::TimedOut | ErrorKind::UserCode if broken == 0 => worst,
        _ => once.times(broken),
    }
}

fn state(outcome: &Result<ModelAnswer>) -> CallState {
    match outcome {
        Ok(answer) if answer.finish == Finish::Refused => CallState::Declined,
        Ok(_) => CallState::Answered,
        Err(_) => CallState::Failed,
    }
}

fn model(
    words: &Words,
    own: Option<Arc<dyn LanguageModel>>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Arc<dyn LanguageModel>> {
    let model: Arc<dyn LanguageModel> = match (own, &words.answers) {
        (Some(own), _) => own,
        (None, Some(path)) if words.provider == Provider::Recorded => {
            return Ok(Arc::new(Recorded::replay(&words.model, path)?));
        }
        (None, _) => Arc::new(Remote::open(words, variable)?),
    };
    match &words.answers {
        Some(path) => Ok(Arc::new(Recorded::of(model, path)?)),
        None => Ok(model),
    }
}
