//! Where the alert rules of runs come from.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::alert::rules::{PRESETS, RuleSet, RulesFile};
use crate::error::{Error, Result};
use crate::model::{ContentHash, Message};

/// The alert rules of runs.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertRules {
    /// Rules that stay as they are.
    Set(Box<RuleSet>),
    /// A file in TOML or JSON, which is read anew at the beginning of each watched day: changed rules hold without a restart.
    File(PathBuf),
}

impl AlertRules {
    /// The rules of a preset by its name, or a file.
    ///
    /// ```
    /// use adbrain_core::brain::AlertRules;
    /// use std::path::Path;
    /// assert!(matches!(AlertRules::named(Path::new("legacy"))?, AlertRules::Set(_)));
    /// assert!(matches!(AlertRules::named(Path::new("rules.toml"))?, AlertRules::File(_)));
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where a preset is damaged.
    pub fn named(name: &Path) -> Result<Self> {
        match PRESETS.iter().find(|(preset, _)| Some(*preset) == name.to_str()) {
            Some((preset, _)) => Ok(Self::Set(Box::new(RuleSet::preset(preset)?))),
            None => Ok(Self::File(name.to_owned())),
        }
    }

    /// What tells them from others: the hash of a set, the path of a file.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Set(rules) => {
                ContentHash::of_value(rules.file()).map_or_else(|_| String::new(), |hash| hash.to_string())
            }
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The rules as they are now.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the file, and what is wrong in it.
    pub fn load(&self) -> Result<RuleSet> {
        match self {
            Self::Set(rules) => Ok((**rules).clone()),
            Self::File(path) => RuleSet::from_text(&read(path)?).map_err(|error| error.with("file", path.display())),
        }
    }
}

/// The rules that hold in a run. Where a file was spoilt, those before it go on, and people are told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesInForce {
    last: Option<RulesFile>,
    /// What was wrong with a file, once for each time that it changed.
    pub(super) problems: Vec<Message>,
}

impl RulesInForce {
    /// The rules that hold now.
    pub(super) fn now(&mut self, rules: &AlertRules) -> Result<RuleSet> {
        let error = match (rules.load(), &self.last) {
            (Ok(rules), _) => {
                self.last = Some(rules.file().clone());
                return Ok(rules);
            }
            (Err(error), None) => return Err(error),
            (Err(error), Some(_)) => error,
        };
        let problem = Message::new("rules-kept").with("file", rules.name()).with("why", error.to_string());
        if self.problems.last() != Some(&problem) {
            self.problems.push(problem);
        }
        self.last.as_ref().map_or(Err(error), RuleSet::new)
    }
}

/// The text of a file of rules.
fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        Error::invalid("rules", format!("{} cannot be read: {error}", path.display()))
            .next("name a file of rules, or a preset: guarded, legacy")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_each_time_and_what_is_wrong_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        let rules = AlertRules::named(&path).unwrap();
        let error = rules.load().unwrap_err();
        assert!(error.to_string().contains("rules.toml") && error.next_step().is_some(), "{error}");
        for name in ["dear", "dearer"] {
            let rule = format!(
                "version = 1\n[[rule]]\nname = \"{name}\"\nvalue = \"cpm_hour\"\nabove = 1\nseverity = \"high\"\n"
            );
            std::fs::write(&path, rule).unwrap();
            assert_eq!(rules.load().unwrap().rules()[0].name(), name);
        }
        std::fs::write(&path, "version = 2").unwrap();
        let error = rules.load().unwrap_err();
        assert_eq!(error.context_of("file"), path.to_str(), "{error}");
    }

    #[test]
    fn a_spoilt_file_leaves_the_rules_before_it_in_force_and_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        let (rules, mut in_force) = (AlertRules::named(&path).unwrap(), RulesInForce::default());
        assert!(in_force.now(&rules).is_err(), "there are none to go on with");
        std::fs::write(&path, crate::alert::rules::preset_text("legacy").unwrap()).unwrap();
        let first = in_force.now(&rules).unwrap();
        std::fs::write(&path, "version = 1\n[[rule]]\nname = 3").unwrap();
        let kept: RulesInForce = serde_json::from_str(&serde_json::to_string(&in_force).unwrap()).unwrap();
        let mut in_force = kept;
        for _ in 0..3 {
            assert_eq!(in_force.now(&rules).unwrap(), first);
        }
        assert_eq!(in_force.problems.len(), 1);
        std::fs::write(&path, crate::alert::rules::preset_text("guarded").unwrap()).unwrap();
        assert_ne!(in_force.now(&rules).unwrap(), first);
    }
}
