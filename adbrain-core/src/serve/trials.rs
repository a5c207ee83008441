//! Policies tried over many seeds, as the command line and the bindings ask for it.
//!
//! In: a world, policies by name or as objects of another language, a first and a last seed. Out: scores in the order of seeds and policies, or
//! a summary of each policy. Called by the command line and the bindings. Never plays two trials at once where an object of the user takes part.

use std::collections::{BTreeSet, VecDeque};
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::Deserialize;
use tokio::task::{JoinError, JoinHandle};

use crate::alert::rules::RuleSet;
use crate::error::{Error, ErrorKind, Result};
use crate::foreign::{Foreign, ForeignPolicy};
use crate::market::World;
use crate::model::read_json;
use crate::orders::text;
use crate::sim::{Contender, Score, Summary, WatchScore, run, summary, watch, watch_summary};

/// What is tried, as the bindings write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    world: Scene,
    policies: Vec<Entrant>,
    /// Alert rules that are tried in place of policies.
    #[serde(default)]
    rules: Vec<Watching>,
    /// The first and the last one.
    seeds: [u64; 2],
    summary: bool,
}

/// Where it is tried.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Scene {
    /// The name of a family.
    Family(String),
    /// The text of a world file, and where it lies.
    Toml { text: String, file: String },
}

/// Who takes part.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entrant {
    /// A policy that is known by its name.
    Named(String),
    /// The next object of the user, and what it is called.
    Own(String),
}

/// Which rules watch.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Watching {
    /// A preset.
    Preset(String),
    /// The text of a file, and what it is called.
    File { text: String, name: String },
}

impl Watching {
    fn load(self) -> Result<(String, RuleSet)> {
        match self {
            Self::Preset(name) => RuleSet::preset(&name).map(|rules| (name, rules)),
            Self::File { text, name } => match RuleSet::from_text(&text) {
                Ok(rules) => Ok((name, rules)),
                Err(error) => Err(error.with("file", name)),
            },
        }
    }
}

/// Plays policies in a world, seed by seed; gives as JSON a list of [`Score`]s, or of [`Summary`]s where the request says so.
///
/// The request is JSON too: `world` is `{"family": name}` or `{"toml": {"text": …, "file": …}}`, `policies` has `{"named": name}` and
/// `{"own": name}`, where each `own` takes the next of the user's objects, `seeds` is the first and the last seed, and `summary` is true or
/// false. Named policies alone play as many seeds at once as there are processors. An object of the user may keep a state, so with one all
/// trials are played one after the other; it is told of each as [`ForeignPolicy`] says. Trials stop when the future is dropped.
///
/// With `rules` in place of policies, `{"preset": name}` and `{"file": {"text": …, "name": …}}`, alert rules are tried: the list has
/// [`WatchScore`]s, or [`WatchSummary`](crate::sim::WatchSummary)s.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let world = "extends = \"default\"\nname = \"tiny\"\n[trial]\nstart = \"2026-05-04\"\ntime_zone = \"UTC\"\ncurrency = \"USD\"\n\
///     warm_up_days = 1\ndays = 1\ndaily_budget = 100.0\ncap_percent = 400\nmargin = 0.5\ncampaigns = { meta = 2 }\nads = 1\n\
///     audience = [150000, 3000000]\ndispersion = [1.0, 1.0]\n";
/// let request = serde_json::json!({
///     "world": {"toml": {"text": world, "file": "tiny.toml"}}, "policies": [{"named": "human"}], "seeds": [1, 2], "summary": false,
/// });
/// let scores = adbrain_core::trials::simulate(&request.to_string(), Vec::new()).await?;
/// let scores: Vec<adbrain_core::sim::Score> = serde_json::from_str(&scores).unwrap();
/// assert_eq!(scores.iter().map(|score| score.seed).collect::<Vec<_>>(), [1, 2]);
/// # Ok::<(), adbrain_core::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a request that cannot be read and for policies of one name, [`ErrorKind::NotFound`] for a name that nobody
/// has; those of [`run`].
pub async fn simulate(request: &str, own: Vec<Arc<dyn Foreign>>) -> Result<String> {
    let request: Request =
        read_json(request, "request").map_err(|error| error.next("see the arguments of `simulate`"))?;
    let is_summed_up = request.summary;
    if !request.rules.is_empty() {
        return request.watch().await;
    }
    let trials = request.trials(own)?;
    let scores = trials.play(|_| Ok(())).await?;
    if is_summed_up { text(&trials.summaries(&scores)) } else { text(&scores) }
}

impl Scene {
    fn world(self) -> Result<World> {
        match self {
            Self::Family(name) => World::family(&name),
            Self::Toml { text, file } => World::from_toml(&text).map_err(|error| error.with("file", file)),
        }
    }
}

impl Request {
    /// Plays rules in the order in which they were given; the scores of each set stand together.
    async fn watch(self) -> Result<String> {
        if !self.policies.is_empty() {
            return Err(Error::invalid("rules", "stand beside policies").next("try one or the other"));
        }
        let world = self.world.world()?;
        let sets = self.rules.into_iter().map(Watching::load).collect::<Result<Vec<_>>>()?;
        let (mut all, mut summaries) = (Vec::new(), Vec::new());
        for (name, rules) in &sets {
            let scores = watch_seeds(&world, (name, rules), self.seeds).await?;
            summaries.extend(watch_summary(&scores));
            all.extend(scores);
        }
        if self.summary { text(&summaries) } else { text(&all) }
    }

    fn trials(self, own: Vec<Arc<dyn Foreign>>) -> Result<Trials> {
        let world = self.world.world()?;
        let is_alone = own.is_empty();
        let mut own = own.into_iter();
        let contender = |entrant| match entrant {
            Entrant::Named(name) => Contender::named(&name),
            Entrant::Own(name) => {
                let without =
                    || Error::new(ErrorKind::Internal, format!("the policy {name:?} came without its object"));
                let object = own.next().ok_or_else(without)?;
                Ok(Contender::own(name, move |seed| Box::new(ForeignPolicy::new(object.clone(), seed))))
            }
        };
        let contenders = self.policies.into_iter().map(contender).collect::<Result<Vec<_>>>()?;
        let trials = Trials::of(world, contenders, self.seeds)?;
        Ok(if is_alone { trials } else { Trials { at_once: 1, ..trials } })
    }
}

/// The scores of rules in a world, seed by seed, as many at once as there are processors.
///
/// # Errors
/// Those of [`watch`].
pub(crate) async fn watch_seeds(
    world: &World,
    (name, rules): (&str, &RuleSet),
    [first, last]: [u64; 2],
) -> Result<Vec<WatchScore>> {
    let mut scores = Vec::new();
    let play = |seed| {
        let (world, name, rules) = (world.clone(), name.to_owned(), rules.clone());
        async move { watch(&world, (&name, &rules), seed).await }
    };
    let tell = |score| {
        scores.push(score);
        Ok(())
    };
    in_turn((in_order(first, last)?, processors()), play, tell).await?;
    Ok(scores)
}

/// Plays seeds, so many at once, and tells what each gave in the order of the seeds, as soon as it can be told.
///
/// The first error ends it: no later seed is told then, and those that are being played are stopped, as where the future is dropped.
async fn in_turn<T, F>(
    (mut left, at_once): (RangeInclusive<u64>, usize),
    play: impl Fn(u64) -> F,
    mut tell: impl FnMut(T) -> Result<()>,
) -> Result<()>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut playing = VecDeque::new();
    loop {
        while playing.len() < at_once {
            let Some(seed) = left.next() else { break };
            playing.push_back(Playing(tokio::spawn(play(seed))));
        }
        let Some(next) = playing.pop_front() else { return Ok(()) };
        tell(next.ended().await?)?;
    }
}

fn in_order(first: u64, last: u64) -> Result<RangeInclusive<u64>> {
    if first > last {
        return Err(Error::invalid("seeds", format!("the first, {first}, comes after the last, {last}"))
            .next("give the smaller one first"));
    }
    Ok(first..=last)
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Policies that are tried in one world over the same seeds.
pub(crate) struct Trials {
    world: World,
    contenders: Vec<Contender>,
    seeds: RangeInclusive<u64>,
    /// How many seeds are played at once.
    at_once: usize,
}

impl Trials {
    /// Policies of different names, in a world, from a first to a last seed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming what does not go together.
    pub(crate) fn of(world: World, contenders: Vec<Contender>, [first, last]: [u64; 2]) -> Result<Self> {
        if contenders.is_empty() {
            return Err(Error::invalid("policies", "is empty").next("name one policy at least"));
        }
        let mut names = BTreeSet::new();
        for (place, name) in contenders.iter().map(Contender::name).enumerate() {
            if !names.insert(name) {
                return Err(Error::invalid(&format!("policies[{place}]"), format!("is another {name:?}"))
                    .next("give each policy a name of its own"));
            }
        }
        Ok(Self { world, contenders, seeds: in_order(first, last)?, at_once: processors() })
    }

    /// Plays all seeds, and tells the scores of each in the order of the seeds; gives them all.
    ///
    /// # Errors
    /// Those of [`run`] and of `tell`; no later seed is played then.
    pub(crate) async fn play(&self, mut tell: impl FnMut(&[Score]) -> Result<()>) -> Result<Vec<Score>> {
        let mut scores = Vec::new();
        let play = |seed| {
            let (world, contenders) = (self.world.clone(), self.contenders.clone());
            async move { run(&world, &contenders, seed).await }
        };
        let keep = |of_seed: Vec<Score>| {
            tell(&of_seed)?;
            scores.extend(of_seed);
            Ok(())
        };
        in_turn((self.seeds.clone(), self.at_once), play, keep).await?;
        Ok(scores)
    }

    /// What each policy made of all seeds, in the order of the policies.
    pub(crate) fn summaries(&self, scores: &[Score]) -> Vec<Summary> {
        let of = |contender: &Contender| {
            let own = scores.iter().filter(|score| score.policy == contender.name());
            summary(&own.cloned().collect::<Vec<_>>())
        };
        self.contenders.iter().filter_map(of).collect()
    }
}

/// A seed that is being played; it is stopped when nobody waits for it any more.
struct Playing<T>(JoinHandle<Result<T>>);

impl<T> Playing<T> {
    async fn ended(mut self) -> Result<T> {
        let broken = |error: JoinError| Error::new(ErrorKind::Internal, "a trial broke off").caused_by(error);
        (&mut self.0).await.map_err(broken)?
    }
}

impl<T> Drop for Playing<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use serde_json::{Value, json};
    use std::sync::Mutex;

    use super::*;
    use crate::alert::rules::preset_text;

    const SHORT: &str = r#"
        extends = "default"
        name = "short"
        [trial]
        start = "2026-05-04"
        time_zone = "America/New_York"
        currency = "USD"
        warm_up_days = 2
        days = 2
        daily_budget = 400.0
        cap_percent = 400
        margin = 0.45
        campaigns = { meta = 2, google = 2 }
        ads = 1
        audience = [150000, 3000000]
        dispersion = [0.5, 1.5]
    "#;

    /// Answers with what it is told to, and keeps what it was asked.
    struct Mine {
        decide: fn(&Value) -> Result<Value>,
        asked: Mutex<Vec<(&'static str, Value)>>,
    }

    #[async_trait]
    impl Foreign for Mine {
        fn name(&self) -> String {
            "policy".into()
        }

        async fn call(&self, method: &'static str, input: Value) -> Result<Value> {
            let told = if method == "decide" { input["day"].clone() } else { input["seed"].clone() };
            self.asked.lock().unwrap().push((method, told));
            if method == "decide" { (self.decide)(&input) } else { Ok(Value::Null) }
        }
    }

    fn mine(decide: fn(&Value) -> Result<Value>) -> Arc<Mine> {
        Arc::new(Mine { decide, asked: Mutex::default() })
    }

    const KEEP: fn(&Value) -> Result<Value> = |view| {
        let budget = |campaign: &Value| campaign["budget"].clone();
        Ok(json!({"budgets": view["campaigns"].as_array().unwrap().iter().map(budget).collect::<Vec<_>>()}))
    };

    fn request(policies: &Value, seeds: [u64; 2], summary: bool) -> String {
        let world = json!({"toml": {"text": SHORT, "file": "short.toml"}});
        json!({"world": world, "policies": policies, "seeds": seeds, "summary": summary}).to_string()
    }

    #[tokio::test]
    async fn an_object_plays_every_trial_one_after_the_other_and_hears_of_each() {
        let own = mine(KEEP);
        let policies = json!([{"named": "equal"}, {"own": "mine"}]);
        let (request, objects): (String, Vec<Arc<dyn Foreign>>) =
            (request(&policies, [1, 2], false), vec![own.clone()]);
        let found = tokio::spawn(async move { simulate(&request, objects).await }).await.unwrap().unwrap();
        let scores: Vec<Score> = serde_json::from_str(&found).unwrap();
        let told: Vec<_> = scores.iter().map(|score| (score.seed, score.policy.as_str())).collect();
        assert_eq!(told, [(1, "equal"), (1, "mine"), (2, "equal"), (2, "mine")]);
        for pair in scores.chunks(2) {
            assert_eq!(pair[0].value.to_bits(), pair[1].value.to_bits());
        }
        let trial = |seed: u64| [("begin", json!(seed)), ("decide", json!(2)), ("decide", json!(3))];
        assert_eq!(*own.asked.lock().unwrap(), [trial(1), trial(1), trial(2), trial(2)].concat());
    }

    #[tokio::test]
    async fn a_summary_has_a_row_for_each_policy() {
        let policies = json!([{"named": "human"}, {"named": "equal"}]);
        let found = simulate(&request(&policies, [1, 3], true), Vec::new()).await.unwrap();
        let found: Vec<Summary> = serde_json::from_str(&found).unwrap();
        let told: Vec<_> = found.iter().map(|one| (one.policy.as_str(), one.seeds)).collect();
        assert_eq!(told, [("human", 3), ("equal", 3)]);
    }

    #[tokio::test]
    async fn rules_are_tried_in_place_of_policies() {
        let world = json!({"toml": {"text": SHORT, "file": "short.toml"}});
        let own = preset_text("legacy").unwrap();
        let ask = |rules: Value, policies: Value, summary: bool| {
            let request =
                json!({"world": world, "rules": rules, "policies": policies, "seeds": [1, 2], "summary": summary});
            request.to_string()
        };
        let both = json!([{"preset": "guarded"}, {"file": {"text": own, "name": "mine.toml"}}]);
        let found = simulate(&ask(both.clone(), json!([]), false), Vec::new()).await.unwrap();
        let scores: Vec<WatchScore> = serde_json::from_str(&found).unwrap();
        let told: Vec<_> = scores.iter().map(|score| (score.rules.as_str(), score.seed)).collect();
        assert_eq!(told, [("guarded", 1), ("guarded", 2), ("mine.toml", 1), ("mine.toml", 2)]);
        assert!(scores.iter().all(|score| score.campaign_days == 8 && score.happened == 0), "{scores:?}");
        let found = simulate(&ask(both.clone(), json!([]), true), Vec::new()).await.unwrap();
        assert_eq!(serde_json::from_str::<Vec<Value>>(&found).unwrap().len(), 2);
        let wrong = json!([{"file": {"text": "version = 2", "name": "mine.toml"}}]);
        let error = simulate(&ask(wrong, json!([]), false), Vec::new()).await.unwrap_err();
        assert_eq!(error.context_of("file"), Some("mine.toml"), "{error}");
        let error = simulate(&ask(both, json!([{"named": "equal"}]), false), Vec::new()).await.unwrap_err();
        assert_eq!(error.context_of("field"), Some("rules"), "{error}");
    }

    #[tokio::test]
    async fn a_wrong_answer_names_its_field_and_a_failure_keeps_its_source() {
        let policies = json!([{"own": "mine"}]);
        let wrong = mine(|_| Ok(json!({"budgets": [{"amount": 5, "currency": "USD"}]})));
        let error = simulate(&request(&policies, [1, 1], false), vec![wrong]).await.unwrap_err();
        assert_eq!((error.kind(), error.context_of("policy")), (ErrorKind::UserCode, Some("mine")));
        assert!(error.to_string().contains("budgets[0].amount"), "{error}");
        let failing = mine(|_| Err(Error::new(ErrorKind::UserCode, "no").caused_by(std::fmt::Error)));
        let mut error = simulate(&request(&policies, [1, 1], false), vec![failing]).await.unwrap_err();
        assert!(error.take_source().unwrap().is::<std::fmt::Error>());
    }

    #[tokio::test]
    async fn what_does_not_go_together_is_named_before_anything_is_played() {
        let named = |name: &str| json!({"named": name});
        for (policies, seeds, field) in [
            (json!([]), [1, 1], "policies"),
            (json!([named("equal"), named("equal")]), [1, 1], "policies[1]"),
            (json!([named("equal"), {"own": "equal"}]), [1, 1], "policies[1]"),
            (json!([named("equal")]), [2, 1], "seeds"),
            (json!([named("nothing")]), [1, 1], "policy"),
        ] {
            let error = simulate(&request(&policies, seeds, false), vec![mine(KEEP)]).await.unwrap_err();
            assert_eq!(error.context_of("field"), Some(field), "{error}");
            assert!(error.next_step().is_some(), "{error}");
        }
        let bad = request(&json!([named("equal")]), [1, 1], false).replace("cap_percent", "cup_percent");
        let error = simulate(&bad, Vec::new()).await.unwrap_err();
        assert_eq!(error.context_of("file"), Some("short.toml"), "{error}");
    }
}
