//! How far proposals go by themselves: by platform and by kind of change.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::Platform;

/// The changes that may be proposed.
const ACTIONS: [&str; 5] = ["activate", "archive", "pause", "set_bid", "set_daily_budget"];
/// What stands for all that nothing else is said of.
const ALL: &str = "all";

crate::model::named! {
    /// How far a proposal goes by itself.
    AutonomyLevel {
        /// It is recorded as refused, and nothing more.
        Observe = "observe",
        /// It is checked and recorded as planned; nothing is written.
        Shadow = "shadow",
        /// A person has to approve each one.
        Approve = "approve",
        /// It is carried out within the limits; amounts above those that the policy approves by itself need a person, as always.
        Automatic = "automatic",
    }
}

/// How far proposals of alerts, tests and feedback go by themselves, by platform, by kind of change, or by both; the most exact word counts.
/// Launches and orders of people are not proposals.
///
/// ```
/// use adbrain_core::control::{Autonomy, AutonomyLevel};
/// use adbrain_core::model::Platform;
/// let autonomy: Autonomy = "shadow, meta.pause=automatic, set_bid=approve".parse()?;
/// assert_eq!(autonomy.level(Platform::Meta, "pause"), AutonomyLevel::Automatic);
/// assert_eq!(autonomy.level(Platform::Google, "set_bid"), AutonomyLevel::Approve);
/// assert_eq!(autonomy.level(Platform::Google, "pause"), AutonomyLevel::Shadow);
/// assert!("shadow, meta.pauze=automatic".parse::<Autonomy>().is_err());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "BTreeMap<String, AutonomyLevel>", into = "BTreeMap<String, AutonomyLevel>")]
#[schemars(with = "BTreeMap<String, AutonomyLevel>")]
pub struct Autonomy(BTreeMap<String, AutonomyLevel>);

impl Autonomy {
    /// The level of a change of a kind on a platform; automatic where nothing is said.
    pub fn level(&self, platform: Platform, action: &str) -> AutonomyLevel {
        let places = [format!("{platform}.{action}"), platform.to_string(), action.to_owned(), ALL.to_owned()];
        places.iter().find_map(|place| self.0.get(place)).copied().unwrap_or(AutonomyLevel::Automatic)
    }
}

impl TryFrom<BTreeMap<String, AutonomyLevel>> for Autonomy {
    type Error = Error;

    fn try_from(levels: BTreeMap<String, AutonomyLevel>) -> Result<Self> {
        match levels.keys().find(|place| !is_known(place)) {
            Some(place) => Err(Error::invalid("autonomy", format!("there is no {place:?}")).next(format!(
                "use all, a platform, one of {}, or a platform and one of these as meta.pause",
                ACTIONS.join(", ")
            ))),
            None => Ok(Self(levels)),
        }
    }
}

impl From<Autonomy> for BTreeMap<String, AutonomyLevel> {
    fn from(autonomy: Autonomy) -> Self {
        autonomy.0
    }
}

fn is_known(place: &str) -> bool {
    let is_platform = |name: &str| name.parse::<Platform>().is_ok();
    match place.split_once('.') {
        Some((platform, action)) => is_platform(platform) && ACTIONS.contains(&action),
        None => place == ALL || is_platform(place) || ACTIONS.contains(&place),
    }
}

impl FromStr for Autonomy {
    type Err = Error;

    /// Levels with commas between them, each as `meta.pause=shadow`; one without a place is that of all.
    fn from_str(text: &str) -> Result<Self> {
        let mut levels = BTreeMap::new();
        for part in text.split(',').map(str::trim) {
            let (place, level) = part.split_once('=').unwrap_or((ALL, part));
            let level = level.trim().parse().map_err(|error: Error| error.with("field", "autonomy"))?;
            if levels.insert(place.trim().to_owned(), level).is_some() {
                return Err(Error::new(ErrorKind::InvalidInput, format!("autonomy: {place:?} is there twice"))
                    .with("field", "autonomy")
                    .next("say it once"));
            }
        }
        Self::try_from(levels)
    }
}

impl fmt::Display for Autonomy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.0.iter().map(|(place, level)| format!("{place}={level}")).collect();
        out.write_str(&parts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_exact_word_counts() {
        let autonomy: Autonomy = "observe, google=shadow, pause=approve, google.pause=automatic".parse().unwrap();
        for (platform, action, level) in [
            (Platform::Google, "pause", AutonomyLevel::Automatic),
            (Platform::Google, "set_bid", AutonomyLevel::Shadow),
            (Platform::Meta, "pause", AutonomyLevel::Approve),
            (Platform::Meta, "set_bid", AutonomyLevel::Observe),
        ] {
            assert_eq!(autonomy.level(platform, action), level, "{platform} {action}");
        }
        assert_eq!(Autonomy::default().level(Platform::Meta, "pause"), AutonomyLevel::Automatic);
    }

    #[test]
    fn it_is_read_again_as_it_is_written() {
        let autonomy: Autonomy = "all=shadow, tiktok.set_daily_budget=approve".parse().unwrap();
        assert_eq!(autonomy.to_string().parse::<Autonomy>().unwrap(), autonomy);
        let text = serde_json::to_string(&autonomy).unwrap();
        assert_eq!(text, r#"{"all":"shadow","tiktok.set_daily_budget":"approve"}"#);
        assert_eq!(serde_json::from_str::<Autonomy>(&text).unwrap(), autonomy);
    }

    #[test]
    fn what_is_not_known_or_said_twice_is_refused_with_what_there_is() {
        for (text, part) in [
            ("meta.create=shadow", "there is no \"meta.create\""),
            ("myspace=shadow", "there is no \"myspace\""),
            ("sometimes", "unknown autonomylevel"),
            ("", "unknown autonomylevel"),
            ("meta=shadow,meta=observe", "twice"),
        ] {
            let error = text.parse::<Autonomy>().unwrap_err();
            assert!(error.to_string().contains(part), "{text}: {error}");
            assert!(error.context_of("field") == Some("autonomy") && error.next_step().is_some(), "{text}");
        }
    }
}
