//! Puts a brain together: a store, agents, connectors, memory and a predictor, each of which the caller can replace, and the brand's people.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{AlertRules, Duty, RunRequest};
use crate::agent::Agent;
use crate::agent::analyst::{Analysis, Analyst, AnalystInput};
use crate::agent::copywriter::Copywriter;
use crate::agent::creative::Creative;
use crate::agent::language::{Desk, LanguageModel, Words};
use crate::agent::optimizer::{Optimizer, OptimizerInput};
use crate::agent::strategist::{Strategist, StrategistInput};
use crate::alert::notify::{Channels, Notifier};
use crate::alert::rules::RuleSet;
use crate::clock::{Clock, SystemClock};
use crate::control::{Autonomy, Settle, SleepSettle};
use crate::error::{Error, ErrorKind, Result};
use crate::market::World;
use crate::media::{FilmProgram, Library};
use crate::memory::{Embedder, HashedText, MemoryStore, SqlMemory};
use crate::model::{AssetSet, CopySet, MediaPlan, Strategy};
use crate::persona::{People, PeopleGiven, PeopleSource};
use crate::platform::{AccountConfig, Connector, Connectors, RemoteOptions};
use crate::predict::{Predictor, RoasPredictor};
use crate::store::{self, Database};

/// The seed of the default predictor's forest. It does not follow the seed of a run: what is expected before launch depends on the
/// history alone.
const PREDICTOR_SEED: u64 = 0;

/// What a run with daily budgets is told from one without by.
const DAILY_BUDGETS: &str = "daily budgets";

/// An agent in a box, with its input and output fixed.
pub type BoxedAgent<I, O> = Arc<dyn Agent<Input = I, Output = O>>;

/// The engine: five agents, their connectors and their memory over one store.
///
/// Cloning it is cheap; clones share everything.
#[derive(Clone)]
pub struct Brain {
    pub(super) parts: Arc<Parts>,
}

pub(super) struct Parts {
    pub(super) database: Arc<dyn Database>,
    pub(super) folder: PathBuf,
    pub(super) strategist: BoxedAgent<StrategistInput, Strategy>,
    pub(super) creative: Option<BoxedAgent<Strategy, AssetSet>>,
    pub(super) copywriter: BoxedAgent<Strategy, CopySet>,
    pub(super) optimizer: BoxedAgent<OptimizerInput, MediaPlan>,
    pub(super) analyst: BoxedAgent<AnalystInput, Analysis>,
    pub(super) connectors: Connectors,
    /// Whether the engine opened accounts itself.
    pub(super) has_accounts: bool,
    /// The time of runs that are not simulated.
    pub(super) clock: Arc<dyn Clock>,
    /// How runs that are not simulated wait for a platform.
    pub(super) settle: Arc<dyn Settle>,
    pub(super) memory: Arc<dyn MemoryStore>,
    pub(super) predictor: Arc<dyn Predictor>,
    pub(super) world: Arc<World>,
    pub(super) rules: AlertRules,
    /// How people are told.
    pub(super) notifier: Option<Notifier>,
    /// What monitors do after each look besides.
    pub(super) duties: Vec<Arc<dyn Duty>>,
    pub(super) autonomy: Autonomy,
    /// Whether money moves between ad sets each day by what their days show.
    pub(super) daily_budgets: bool,
    /// The parts that are the caller's own: each is part of what makes a run the same.
    pub(super) own: BTreeSet<String>,
    pub(super) people: Option<Arc<People>>,
    /// Where more people are read from at the start of a run.
    pub(super) people_sources: Vec<PeopleSource>,
    /// The program that the default creative agent crops films with.
    films: Option<FilmProgram>,
    /// Where a language model finds words.
    pub(super) words: Option<Desk>,
}

impl Brain {
    /// A brain with all default parts over a libSQL file, which is made where it is missing.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] or [`ErrorKind::Corrupt`] where the file cannot be used.
    pub async fn local(path: &Path) -> Result<Self> {
        Self::builder().local(path).build().await
    }

    /// Starts a brain of which parts are replaced.
    pub fn builder() -> BrainBuilder {
        BrainBuilder::default()
    }

    /// The store, for audits and dashboards.
    pub fn database(&self) -> &Arc<dyn Database> {
        &self.parts.database
    }

    /// The memory.
    pub fn memory(&self) -> &Arc<dyn MemoryStore> {
        &self.parts.memory
    }
}

impl Parts {
    /// The creative agent: the caller's, or the default over the brief's own folder.
    pub(super) fn creative(&self, brief_folder: &Path) -> Result<BoxedAgent<Strategy, AssetSet>> {
        if let Some(agent) = &self.creative {
            return Ok(agent.clone());
        }
        let creative = Creative::new(Arc::new(self.library(brief_folder)?));
        Ok(Arc::new(self.films.iter().cloned().fold(creative, Creative::with_films)))
    }

    /// The media library, which keeps files under their hashes beside the store.
    pub(super) fn library(&self, brief_folder: &Path) -> Result<Library> {
        Library::open(&self.folder, brief_folder)
    }
}

/// Collects the parts of a brain.
#[derive(Default, Clone)]
pub struct BrainBuilder {
    path: Option<PathBuf>,
    database: Option<Arc<dyn Database>>,
    strategist: Option<BoxedAgent<StrategistInput, Strategy>>,
    creative: Option<BoxedAgent<Strategy, AssetSet>>,
    copywriter: Option<BoxedAgent<Strategy, CopySet>>,
    optimizer: Option<BoxedAgent<OptimizerInput, MediaPlan>>,
    analyst: Option<BoxedAgent<AnalystInput, Analysis>>,
    connectors: Connectors,
    accounts: Vec<AccountConfig>,
    clock: Option<Arc<dyn Clock>>,
    settle: Option<Arc<dyn Settle>>,
    memory: Option<Arc<dyn MemoryStore>>,
    embedder: Option<Arc<dyn Embedder>>,
    predictor: Option<Arc<dyn Predictor>>,
    world: Option<Arc<World>>,
    rules: Option<AlertRules>,
    channels: Option<Channels>,
    duties: Vec<Arc<dyn Duty>>,
    autonomy: Autonomy,
    daily_budgets: bool,
    own: BTreeSet<String>,
    people: Option<Arc<People>>,
    people_sources: Vec<PeopleSource>,
    films: Option<FilmProgram>,
    words: Option<Words>,
    model: Option<Arc<dyn LanguageModel>>,
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: $kind) -> Self {
            self.$name = Some($name);
            self.own.insert(stringify!($name).to_owned());
            self
        }
    )*};
}

impl BrainBuilder {
    parts! {
        /// Replaces the strategist.
        strategist: BoxedAgent<StrategistInput, Strategy>;
        /// Replaces Creative.
        creative: BoxedAgent<Strategy, AssetSet>;
        /// Replaces the copywriter.
        copywriter: BoxedAgent<Strategy, CopySet>;
        /// Replaces the optimizer.
        optimizer: BoxedAgent<OptimizerInput, MediaPlan>;
        /// Replaces the analyst.
        analyst: BoxedAgent<AnalystInput, Analysis>;
        /// Replaces the memory.
        memory: Arc<dyn MemoryStore>;
        /// Replaces what the engine's own memory compares texts by.
        embedder: Arc<dyn Embedder>;
        /// Replaces the predictor.
        predictor: Arc<dyn Predictor>;
    }

    /// Replaces the simulated world.
    #[must_use]
    pub fn world(mut self, world: Arc<World>) -> Self {
        self.own.extend(world.hash.iter().map(|hash| format!("world {hash}")));
        self.world = Some(world);
        self
    }

    /// Replaces the alert rules, which are the preset `guarded`.
    #[must_use]
    pub fn rules(mut self, rules: AlertRules) -> Self {
        self.own.insert(format!("rules {}", rules.name()));
        self.rules = Some(rules);
        self
    }

    /// Tells people by channels what alert rules have to tell; nobody by default. Secrets are read from the environment when the brain is built.
    #[must_use]
    pub fn channels(mut self, channels: Channels) -> Self {
        self.channels = Some(channels);
        self
    }

    /// Adds what a monitor does after each look besides, such as reports by schedule.
    #[must_use]
    pub fn duty(mut self, duty: Arc<dyn Duty>) -> Self {
        self.duties.push(duty);
        self
    }

    /// Lets a language model find words for strategist, Creative, copywriter and report (`docs/guides/language-models.md`): texts that pass
    /// every check of the rules, and nothing else. Nobody by default; the key is read from the environment when the brain is built.
    #[must_use]
    pub fn words(mut self, words: Words) -> Self {
        self.own.insert(format!("words {}", words.identity()));
        self.words = Some(words);
        self
    }

    /// Lets a model of the caller's own find the words, with the settings of [`BrainBuilder::words`] where they are given.
    #[must_use]
    pub fn language_model(mut self, model: Arc<dyn LanguageModel>) -> Self {
        self.own.insert(format!("language model {}", model.name()));
        self.model = Some(model);
        self
    }

    /// Says how far proposals of alerts, tests and feedback go by themselves; automatic within the limits by default.
    #[must_use]
    pub fn autonomy(mut self, autonomy: Autonomy) -> Self {
        self.own.insert(format!("autonomy {autonomy}"));
        self.autonomy = autonomy;
        self
    }

    /// Moves money between ad sets each day from the second week on, by curves from their days (`docs/guides/budgets.md`); not by default.
    #[must_use]
    pub fn daily_budgets(mut self, is_on: bool) -> Self {
        self.own.retain(|name| name != DAILY_BUDGETS);
        self.own.extend(is_on.then(|| DAILY_BUDGETS.to_owned()));
        self.daily_budgets = is_on;
        self
    }

    /// Keeps everything in this database, for example a remote one; media files lie in the folder of [`BrainBuilder::local`].
    #[must_use]
    pub fn database(mut self, database: Arc<dyn Database>) -> Self {
        self.database = Some(database);
        self
    }

    /// Names the caller's own parts, for example by class and version: with another name the same request is another run, where it
    /// would else give back the finished run of the part before.
    #[must_use]
    pub fn named(mut self, part: impl Into<String>) -> Self {
        self.own.insert(part.into());
        self
    }

    /// Hands over the brand's people, as analytics, followers and orders know them: at the start of each run they become personas, which
    /// the strategist uses and the report shows. Only groups leave this place, never a person.
    #[must_use]
    pub fn people(mut self, people: Arc<People>) -> Self {
        self.people = Some(people);
        self
    }

    /// Adds a source that is read once at the start of each run: its counts become people beside those of [`BrainBuilder::people`].
    #[must_use]
    pub fn people_source(mut self, source: PeopleSource) -> Self {
        self.own.insert(format!("people {}", source.name()));
        self.people_sources.push(source);
        self
    }

    /// Takes people as a caller gave them: profiles, or sources to read them from.
    #[must_use]
    pub fn people_given(self, given: PeopleGiven) -> Self {
        let builder = given.sources.into_iter().fold(self, Self::people_source);
        match given.people {
            Some(people) => builder.people(Arc::new(people)),
            None => builder,
        }
    }

    /// Lets the program `ffmpeg` at a path, or on the search path, crop the brief's own films where none has the shape that a platform takes.
    /// Without it the film is asked for. It serves the default creative agent.
    #[must_use]
    pub fn films(mut self, program: FilmProgram) -> Self {
        self.own.insert("films".to_owned());
        self.films = Some(program);
        self
    }

    /// Keeps everything in a libSQL file, and media files in the folder `<file>.media` beside it.
    #[must_use]
    pub fn local(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Adds a connector. Once one is added, the simulated platforms are not used any more.
    #[must_use]
    pub fn connector(mut self, connector: Arc<dyn Connector>) -> Self {
        let platform = connector.capabilities().platform;
        self.own.insert(format!("connector {platform}"));
        self.connectors.insert(platform, connector);
        self
    }

    /// Adds an ad account, which is opened when the brain is built. Once one is added, the simulated platforms are not used any more.
    #[must_use]
    pub fn account(mut self, account: AccountConfig) -> Self {
        self.own.insert(format!("account {} {}", account.platform(), account.account()));
        self.accounts.push(account);
        self
    }

    /// Tells the time to accounts and connectors that are not simulated: which days have closed, and since when a row is known. The machine's
    /// clock by default.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Waits until a platform shows what was written; by default as long as it takes. With a clock of one's own it moves that clock.
    #[must_use]
    pub fn settle(mut self, settle: Arc<dyn Settle>) -> Self {
        self.settle = Some(settle);
        self
    }

    /// Checks all of a request that can be checked before a store is opened, so that a wrong one makes no file.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the field; [`ErrorKind::Unsupported`] for a currency that the simulated world does not have.
    pub fn check(&self, request: &RunRequest) -> Result<()> {
        let brief = request.checked_brief()?;
        self.rules.as_ref().map_or(Ok(()), |rules| rules.load().map(drop))?;
        self.channels.as_ref().map_or(Ok(()), |channels| Notifier::check(channels, &variable))?;
        if let (Some(words), None) = (&self.words, &self.model) {
            Desk::check(words, &variable)?;
        }
        if !self.connectors.is_empty() || !self.accounts.is_empty() {
            return Ok(());
        }
        let world = self.world.clone().map_or_else(|| World::builtin().map(Arc::new), Ok)?;
        world.units_per_usd(brief.currency()).map(drop)
    }

    /// The path that all files beside the store are named after.
    pub(super) fn beside(&self) -> Result<&Path> {
        self.path.as_deref().ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "the brain has no store").next("name a file with `local`")
        })
    }

    /// Opens the store and puts the parts together.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where no store is named; the store's own errors, and those of the accounts.
    pub async fn build(self) -> Result<Brain> {
        let path = self.beside()?.to_owned();
        let database = match self.database {
            Some(database) => database,
            None => store::open(&path).await?,
        };
        let (mut connectors, has_accounts) = (self.connectors, !self.accounts.is_empty());
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        for account in self.accounts {
            let platform = account.platform();
            let opened = account.open(RemoteOptions::default(), database.clone(), clock.clone()).await?;
            connectors.insert(platform, opened);
        }
        let store = (database.clone(), clock.clone());
        let notifier = self.channels.map(|channels| Notifier::open(&channels, store, &variable)).transpose()?;
        let own_words = || self.model.as_ref().map(|model| Words::for_model(model.as_ref()));
        let store = (database.clone(), clock.clone());
        let words = self.words.clone().or_else(own_words);
        let words = words.map(|words| Desk::open(&words, self.model.clone(), store, &variable)).transpose()?;
        let parts = Parts {
            notifier,
            duties: self.duties,
            folder: path.with_extension("media"),
            strategist: self.strategist.unwrap_or_else(|| Arc::new(Strategist)),
            creative: self.creative,
            copywriter: self.copywriter.unwrap_or_else(|| Arc::new(Copywriter::default())),
            optimizer: self.optimizer.unwrap_or_else(|| Arc::new(Optimizer)),
            analyst: self.analyst.unwrap_or_else(|| Arc::new(Analyst)),
            connectors,
            has_accounts,
            clock,
            settle: self.settle.unwrap_or_else(|| Arc::new(SleepSettle)),
            memory: self.memory.unwrap_or_else(|| {
                let embedder = self.embedder.unwrap_or_else(|| Arc::new(HashedText));
                Arc::new(SqlMemory::new(database.clone()).with_embedder(embedder))
            }),
            predictor: self.predictor.unwrap_or_else(|| Arc::new(RoasPredictor::new(PREDICTOR_SEED))),
            world: match self.world {
                Some(world) => world,
                None => Arc::new(World::builtin()?),
            },
            rules: match self.rules {
                Some(rules) => rules,
                None => AlertRules::Set(Box::new(RuleSet::preset("guarded")?)),
            },
            autonomy: self.autonomy,
            daily_budgets: self.daily_budgets,
            people: self.people,
            people_sources: self.people_sources,
            films: self.films,
            words,
            database,
            own: self.own,
        };
        Ok(Brain { parts: Arc::new(parts) })
    }
}

/// The value of an environment variable.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
