//! Words as people set them up, in TOML or JSON. The key is never in the file: it names the environment variable that holds it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::taint::Outside;
use crate::alert::notify::ChannelReach;
use crate::alert::rules::{span, value_of};
use crate::error::{Error, Result};
use crate::model::{ContentHash, Currency, Money};

/// Tokens that prices are given for.
const PRICED_TOKENS: i64 = 1_000_000;
/// The longest list of what others say.
const MOST_HEARD: usize = 200;

crate::model::named! {
    /// How a model is asked.
    Provider {
        /// Chat completions with a JSON schema, as `OpenAI` has them and many servers understand.
        OpenAi = "openai",
        /// Messages, as Anthropic has them.
        Anthropic = "anthropic",
        /// Recorded answers alone: no network, no key.
        Recorded = "recorded",
    }
}

crate::model::named! {
    /// The agents that a model may find words for.
    WordAgent {
        /// Sentences that say why the strategy is as it is.
        Strategist = "strategist",
        /// The texts on pictures, cards and films.
        Creative = "creative",
        /// The texts of ads.
        Copywriter = "copywriter",
        /// The words of the report.
        Analyst = "analyst",
    }
}

crate::model::named! {
    /// Where a text of others is from.
    Source {
        /// A comment below an ad.
        AdComment = "ad_comment",
        /// What a user wrote to content of their own.
        UgcCaption = "ugc_caption",
        /// A page that an ad leads to.
        LandingPage = "landing_page",
        /// A feed of products.
        ProductFeed = "product_feed",
        /// A name on a platform that others can edit.
        PlatformName = "platform_name",
    }
}

/// What others say about the product. It is quoted, as data, where the report is written, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// Where it is from.
    pub source: Source,
    /// The text.
    pub text: Outside<String>,
}

/// What a model costs, in whole micros of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// A million tokens of prompts.
    pub input: Money,
    /// A million tokens of answers.
    pub output: Money,
}

impl Prices {
    /// What tokens cost, rounded up to the next micro.
    ///
    /// ```
    /// use adbrain_core::agent::language::Prices;
    /// use adbrain_core::model::{Currency, Money};
    /// let prices = Prices { input: Money::parse("2.50", Currency::USD)?, output: Money::parse("10", Currency::USD)? };
    /// assert_eq!(prices.of(1_000, 200)?, Money::parse("0.0045", Currency::USD)?);
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for more tokens than can be counted.
    pub fn of(&self, input_tokens: u64, output_tokens: u64) -> Result<Money> {
        let cost = |price: Money, tokens: u64| {
            let micros = i128::from(price.micros()) * i128::from(tokens);
            micros.div_euclid(i128::from(PRICED_TOKENS)) + i128::from(micros.rem_euclid(i128::from(PRICED_TOKENS)) > 0)
        };
        let micros = cost(self.input, input_tokens) + cost(self.output, output_tokens);
        let micros = i64::try_from(micros)
            .map_err(|_| Error::invalid("price", "is too large for so many tokens").next("check the prices"))?;
        Ok(Money::from_micros(micros, self.input.currency()))
    }
}

/// What may be used and spent; what is left out has no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SpendLimits {
    /// Tokens of one run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_tokens: Option<u64>,
    /// Money of one run, as decimal text: `"0.50"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_money: Option<String>,
    /// Tokens of all runs of a day in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_tokens: Option<u64>,
    /// Money of all runs of a day in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_money: Option<String>,
}

/// The prices as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PriceEntry {
    /// The currency: `USD`.
    currency: Currency,
    /// A million tokens of prompts, as decimal text: `"2.50"`.
    input_per_million: String,
    /// A million tokens of answers.
    output_per_million: String,
}

/// A language model that finds words: which one, what it may cost, for whom.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The version of the form: 1.
    pub version: u32,
    /// How the model is asked.
    pub provider: Provider,
    /// The model by the provider's name for it.
    pub model: String,
    /// Where it is asked: `https://api.openai.com/v1`, `https://api.anthropic.com`, or a server of your own.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The environment variable that holds the key; left out for a server that wants none.
    #[serde(default)]
    pub key_env: Option<String>,
    /// Which addresses may be reached: a server of your own needs `loopback` or `private`.
    #[serde(default = "public")]
    pub reach: ChannelReach,
    /// The agents that it finds words for; all four where nothing is said.
    #[serde(default)]
    pub agents: Option<Vec<WordAgent>>,
    /// The most tokens of one answer.
    #[serde(default = "max_tokens")]
    #[schemars(range(min = 16, max = 32_000))]
    pub max_tokens: u32,
    /// From 0, which repeats itself, up to 2; the model's own where nothing is said.
    #[serde(default)]
    #[schemars(range(min = 0, max = 2))]
    pub temperature: Option<f64>,
    /// The seed, for models that take one.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Whether the answer is heard while it is written.
    #[serde(default = "yes")]
    pub stream: bool,
    /// How long the first word may take: `20s`.
    #[serde(default = "first_word")]
    pub first_word: String,
    /// How long a whole answer may take: `2m`.
    #[serde(default = "whole_answer")]
    pub whole_answer: String,
    /// How often a call is tried that fails in a way that passes.
    #[serde(default = "tries")]
    #[schemars(range(min = 1, max = 10))]
    pub tries: u32,
    /// A file of recorded answers, a line of JSON for each: what it holds is not asked again, what it does not hold is added.
    #[serde(default)]
    pub answers: Option<PathBuf>,
    /// What the model costs. Needed where money is limited.
    #[serde(default)]
    price: Option<PriceEntry>,
    /// What may be used and spent.
    #[serde(default)]
    pub limits: SpendLimits,
    /// What others say about the product.
    #[serde(default)]
    pub heard: Vec<Heard>,
    /// The hash of the settings as they were written, which tells a run with them from others.
    #[serde(skip)]
    hash: Option<ContentHash>,
}

fn public() -> ChannelReach {
    ChannelReach::Public
}

fn max_tokens() -> u32 {
    4_000
}

fn yes() -> bool {
    true
}

fn first_word() -> String {
    "30s".to_owned()
}

fn whole_answer() -> String {
    "2m".to_owned()
}

fn tries() -> u32 {
    3
}

impl Words {
    /// The usual settings for a model of the caller's own: it is handed over beside them.
    pub fn for_model(model: &dyn super::LanguageModel) -> Self {
        Self {
            version: 1,
            provider: Provider::Recorded,
            model: model.name().to_owned(),
            base_url: None,
            key_env: None,
            reach: public(),
            agents: None,
            max_tokens: max_tokens(),
            temperature: None,
            seed: None,
            stream: yes(),
            first_word: first_word(),
            whole_answer: whole_answer(),
            tries: tries(),
            answers: None,
            price: None,
            limits: SpendLimits::default(),
            heard: Vec::new(),
            hash: None,
        }
    }

    /// Reads settings from TOML or JSON text (JSON where it begins with a brace).
    ///
    /// ```
    /// use adbrain_core::agent::language::Words;
    /// let words = Words::from_text("version = 1\nprovider = \"recorded\"\nmodel = \"any\"\nanswers = \"answers.jsonl\"\n")?;
    /// assert_eq!(words.model, "any");
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the line of what is no TOML or JSON, or the field.
    pub fn from_text(text: &str) -> Result<Self> {
        Self::from_value(Value::Object(value_of(text, "words")?))
    }

    /// The same from a value that was JSON.
    ///
    /// # Errors
    /// As [`Words::from_text`].
    pub fn from_value(value: Value) -> Result<Self> {
        if !value.is_object() {
            return Err(Error::invalid("words", "has no fields").next("give version, provider and model"));
        }
        let hash = ContentHash::of_value(&value)?;
        let words: Self = serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            let field = if path == "." { "words".to_owned() } else { format!("words.{path}") };
            Error::invalid(&field, error.inner()).next("correct that field; `adbrain schema words` shows them all")
        })?;
        let words = Self { hash: Some(hash), ..words };
        words.check()?;
        Ok(words)
    }

    /// Reads a file in TOML or JSON. A relative path of recorded answers is taken from the file's folder.
    ///
    /// # Errors
    /// As [`Words::from_text`], and where the file cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::invalid("words", format!("{} cannot be read: {error}", path.display())).next("check the path")
        })?;
        let mut words = Self::from_text(&text).map_err(|error| error.with("file", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        words.answers = words.answers.map(|answers| folder.join(answers));
        Ok(words)
    }

    fn check(&self) -> Result<()> {
        if self.version != 1 {
            let what = format!("is {}, this release knows 1", self.version);
            return Err(Error::invalid("words.version", what).next("write version = 1"));
        }
        crate::model::line("words.model", &self.model)?;
        let is_remote = self.provider != Provider::Recorded;
        match (&self.base_url, &self.answers) {
            (None, _) if is_remote => {
                return Err(Error::invalid("words.base_url", "is missing").next("give the address of the model"));
            }
            (_, None) if !is_remote => {
                return Err(Error::invalid("words.answers", "is missing").next("name the file of recorded answers"));
            }
            _ => {}
        }
        // What was written may be the key itself: it is not shown.
        if self.key_env.as_deref().is_some_and(|name| !is_variable(name)) {
            return Err(Error::invalid("words.key_env", "is no name of an environment variable")
                .next("write capital letters, digits and _, such as OPENAI_API_KEY"));
        }
        self.check_numbers()?;
        self.check_limits()
    }

    fn check_numbers(&self) -> Result<()> {
        if !(16..=32_000).contains(&self.max_tokens) {
            return Err(Error::invalid("words.max_tokens", self.max_tokens).next("give 16 to 32000"));
        }
        if self.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            return Err(Error::invalid("words.temperature", "is not from 0 to 2").next("leave it out, or correct it"));
        }
        if !(1..=10).contains(&self.tries) {
            return Err(Error::invalid("words.tries", self.tries).next("give 1 to 10"));
        }
        if self.heard.len() > MOST_HEARD {
            return Err(Error::invalid("words.heard", format!("holds {} texts", self.heard.len()))
                .next(format!("give {MOST_HEARD} at most")));
        }
        self.times().map(drop)
    }

    fn check_limits(&self) -> Result<()> {
        let has_money = self.limits.run_money.is_some() || self.limits.day_money.is_some();
        if self.price.is_none() && has_money {
            return Err(Error::invalid("words.price", "is missing, while money is limited")
                .next("give currency, input_per_million and output_per_million"));
        }
        self.prices()?;
        self.money("run_money")?;
        self.money("day_money").map(drop)
    }

    /// Whether an agent's words are to be found by the model.
    pub fn serves(&self, agent: WordAgent) -> bool {
        self.agents.as_ref().is_none_or(|agents| agents.contains(&agent))
    }

    /// What tells these settings from others: their hash.
    pub fn identity(&self) -> String {
        self.hash.as_ref().map_or_else(String::new, |hash| hash.short(16).to_owned())
    }

    /// The prices; none where none are given.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for an amount that cannot be read or is below zero.
    pub fn prices(&self) -> Result<Option<Prices>> {
        let Some(price) = &self.price else { return Ok(None) };
        let amount = |field: &str, text: &str| amount(&format!("words.price.{field}"), text, price.currency);
        Ok(Some(Prices {
            input: amount("input_per_million", &price.input_per_million)?,
            output: amount("output_per_million", &price.output_per_million)?,
        }))
    }

    /// The currency of the prices.
    pub(super) fn currency(&self) -> Currency {
        self.price.as_ref().map_or(Currency::NONE, |price| price.currency)
    }

    /// A limit of money in micros; none where it has none.
    pub(super) fn money(&self, field: &str) -> Result<Option<i64>> {
        let text = if field == "run_money" { &self.limits.run_money } else { &self.limits.day_money };
        let Some(text) = text else { return Ok(None) };
        amount(&format!("words.limits.{field}"), text, self.currency()).map(|money| Some(money.micros()))
    }

    /// How long the first word and the whole answer may take.
    pub(super) fn times(&self) -> Result<(Duration, Duration)> {
        let time = |field: &str, text: &str| {
            let field = format!("words.{field}");
            let positive = |time: SignedDuration| Duration::try_from(time).ok().filter(|time| !time.is_zero());
            positive(span(text, &field)?)
                .ok_or_else(|| Error::invalid(&field, "is not above zero").next("give a time such as 20s or 2m"))
        };
        Ok((time("first_word", &self.first_word)?, time("whole_answer", &self.whole_answer)?))
    }
}

fn amount(field: &str, text: &str, currency: Currency) -> Result<Money> {
    let wrong = || Error::invalid(field, format!("{text:?} is no amount")).next("write decimal text such as \"2.50\"");
    let money = Money::parse(text, currency).map_err(|_| wrong())?;
    if money.micros() < 0 { Err(wrong()) } else { Ok(money) }
}

/// Capital letters, digits and underscores, no digit first.
fn is_variable(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    name.chars().all(is_part) && name.chars().next().is_some_and(|first| !first.is_ascii_digit())
}
