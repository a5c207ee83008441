//! Files of rules that adbrain brings along.

use super::RuleSet;
use crate::error::{Error, ErrorKind, Result};

/// The presets by name, the default first. `guarded` means what the built-in detector does by default; `legacy` takes three well-known
/// rules of thumb literally and shows in a backtest what that costs.
pub const PRESETS: [(&str, &str); 2] = [
    ("guarded", include_str!("../../../../rules/guarded.toml")),
    ("legacy", include_str!("../../../../rules/legacy.toml")),
];

/// The text of a preset, as a file to begin with.
///
/// # Errors
/// [`ErrorKind::NotFound`] with the names that there are.
pub fn preset_text(name: &str) -> Result<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).ok_or_else(|| {
        let names: Vec<_> = PRESETS.iter().map(|(name, _)| *name).collect();
        Error::new(ErrorKind::NotFound, format!("there are no rules {name:?}"))
            .with("field", "rules")
            .next(format!("use one of {}, or a file", names.join(", ")))
    })
}

impl RuleSet {
    /// The rules of a preset.
    ///
    /// ```
    /// use adbrain_core::alert::rules::RuleSet;
    /// assert_eq!(RuleSet::preset("legacy")?.rules().len(), 3);
    /// assert!(RuleSet::preset("other").is_err());
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] with the names that there are.
    pub fn preset(name: &str) -> Result<Self> {
        Self::from_text(preset_text(name)?)
    }
}

#[cfg(test)]
#[path = "presets_tests.rs"]
mod tests;
