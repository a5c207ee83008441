//! Channels as people set them up, in TOML or JSON. Secrets are never in the file: it names the environment variables that hold them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::Severity;
use super::super::rules::{decoded, parts, span, value_of};
use crate::error::{Error, Result};
use crate::http::Reach;
use crate::model::Language;

crate::model::named! {
    /// What a channel is.
    ChannelKind {
        /// Lines in the log of the process, or in a file.
        Log = "log",
        /// An incoming webhook of Slack.
        Slack = "slack",
        /// Any address that takes signed webhooks, as <https://www.standardwebhooks.com> describes them.
        Webhook = "webhook",
        /// Mails to some people; in builds with the feature `email`.
        Email = "email",
    }
}

crate::model::named! {
    /// Which addresses channels may connect to, after names are resolved. Link-local addresses, those of machines' metadata among them, are never
    /// connected to, and redirects are not followed.
    ChannelReach {
        /// Public addresses over TLS.
        Public = "public",
        /// Also this machine: for tests.
        Loopback = "loopback",
        /// Also private networks: for a receiver in your own.
        Private = "private",
    }
}

impl From<ChannelReach> for Reach {
    fn from(reach: ChannelReach) -> Self {
        match reach {
            ChannelReach::Public => Self::Public,
            ChannelReach::Loopback => Self::Loopback,
            ChannelReach::Private => Self::Private,
        }
    }
}

/// The channels of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// The version of the form: 1.
    pub version: u32,
    /// Which addresses the channels may connect to.
    #[serde(default = "public")]
    pub reach: ChannelReach,
    /// The channels, in order.
    #[serde(default, rename = "channel")]
    pub channels: Vec<ChannelEntry>,
}

fn public() -> ChannelReach {
    ChannelReach::Public
}

fn info() -> Severity {
    Severity::Info
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelEntry {
    /// Its name, of your choice. What is still to be sent is kept under it.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
    /// The least severity that it tells.
    #[serde(default = "info")]
    pub least: Severity,
    /// Its language; that of the brief where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Makes it a channel for escalation: it gets only what nobody has acknowledged in this time, such as `15m`, and what is not over by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_after: Option<String>,
    /// The address of a webhook that needs no secret in it; of e-mail the mail server: `smtps://HOST` for TLS from the first byte,
    /// `smtp://HOST:587` for STARTTLS, `smtp+plain://HOST:25` for this machine and private networks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The environment variable that holds the address. The address of a Slack webhook is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_env: Option<String>,
    /// The environment variable that holds the secret that a webhook is signed with: `whsec_` and 24 to 64 bytes in base64; of e-mail the one
    /// that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_env: Option<String>,
    /// The environment variable that holds our name at the mail server; `secret_env` holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_env: Option<String>,
    /// Who sends the mails: `adbrain <adbrain@example.com>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Who gets them. A receiver whom the server refuses for good does not keep the mail from the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// A file with the certificate of an authority of your own, in PEM, where the mail server's comes from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// The file that a log writes to, a line of JSON for each letter; the log of the process where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}

impl Channels {
    /// Reads channels from TOML or JSON text (JSON where it begins with a brace).
    ///
    /// ```
    /// use adbrain_core::alert::notify::Channels;
    /// let channels = Channels::from_text("version = 1\n[[channel]]\nname = \"ops\"\nkind = \"slack\"\nurl_env = \"SLACK_URL\"\n")?;
    /// assert_eq!(channels.channels[0].name, "ops");
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the line of what is no TOML or JSON, or the channel and its field.
    pub fn from_text(text: &str) -> Result<Self> {
        Self::of_fields(value_of(text, "channels")?)
    }

    /// The same from a value that was JSON.
    ///
    /// # Errors
    /// As [`Channels::from_text`].
    pub fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Object(fields) => Self::of_fields(fields),
            _ => Err(Error::invalid("channels", "has no fields").next("give version and channel")),
        }
    }

    /// Reads a file in TOML or JSON.
    ///
    /// # Errors
    /// As [`Channels::from_text`], and where the file cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::invalid("channels", format!("{} cannot be read: {error}", path.display())).next("check the path")
        })?;
        Self::from_text(&text).map_err(|error| error.with("file", path.display()))
    }

    fn of_fields(mut fields: serde_json::Map<String, Value>) -> Result<Self> {
        let channels = parts(&mut fields, "channel")?;
        let file = Self { channels, ..decoded(Value::Object(fields), "channels")? };
        file.check()?;
        Ok(file)
    }

    fn check(&self) -> Result<()> {
        if self.version != 1 {
            let what = format!("is {}, this release knows 1", self.version);
            return Err(Error::invalid("version", what).next("write version = 1"));
        }
        let mut names = BTreeSet::new();
        for channel in &self.channels {
            if !names.insert(&channel.name) {
                let what = format!("{:?} stands twice", channel.name);
                return Err(Error::invalid("channel.name", what).next("give each channel a name of its own"));
            }
            channel.check()?;
        }
        let is_escalation = |channel: &ChannelEntry| channel.escalate_after.is_some();
        if !self.channels.is_empty() && self.channels.iter().all(is_escalation) {
            let what = "is set for every channel, so that nobody is told at first";
            return Err(Error::invalid("channel.escalate_after", what).next("leave it out for the first channel"));
        }
        Ok(())
    }
}

impl ChannelEntry {
    fn check(&self) -> Result<()> {
        crate::model::line("channel.name", &self.name)?;
        for (field, name) in self.variables() {
            if name.is_some_and(|name| !is_variable(name)) {
                // What was written may be the secret itself: it is not shown.
                let what = "is no name of an environment variable";
                return Err(self.wrong(field, what, "write capital letters, digits and _, such as SLACK_URL"));
            }
        }
        self.span()?;
        let known: &[&str] = match self.kind {
            ChannelKind::Log => &["file"],
            ChannelKind::Slack => &["url_env"],
            ChannelKind::Webhook => &["url", "url_env", "secret_env"],
            ChannelKind::Email => &["url", "url_env", "user_env", "secret_env", "from", "to", "certificate"],
        };
        if let Some(field) = self.given().into_iter().find(|field| !known.contains(field)) {
            let what = format!("is not for the kind {}", self.kind);
            return Err(self.wrong(field, &what, "take the field out"));
        }
        match self.kind {
            ChannelKind::Slack if self.url_env.is_none() => {
                Err(self.wrong("url_env", "is missing", "name the variable that holds the address of the webhook"))
            }
            ChannelKind::Webhook | ChannelKind::Email if self.url.is_some() == self.url_env.is_some() => {
                Err(self.wrong("url", "or url_env has to be given, and not both", "give one of them"))
            }
            ChannelKind::Webhook if self.secret_env.is_none() => {
                Err(self.wrong("secret_env", "is missing", "name the variable that holds the secret, whsec_…"))
            }
            ChannelKind::Email => self.check_mail(),
            _ => Ok(()),
        }
    }

    /// The environment variables that it names, by field.
    pub(crate) fn variables(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("url_env", self.url_env.as_deref()),
            ("user_env", self.user_env.as_deref()),
            ("secret_env", self.secret_env.as_deref()),
        ]
    }

    /// The fields that only some kinds have and that are given.
    fn given(&self) -> Vec<&'static str> {
        let fields = [
            ("url", self.url.is_some()),
            ("url_env", self.url_env.is_some()),
            ("user_env", self.user_env.is_some()),
            ("secret_env", self.secret_env.is_some()),
            ("from", self.from.is_some()),
            ("to", !self.to.is_empty()),
            ("certificate", self.certificate.is_some()),
            ("file", self.file.is_some()),
        ];
        fields.into_iter().filter_map(|(field, is_given)| is_given.then_some(field)).collect()
    }

    #[cfg(not(feature = "email"))]
    fn check_mail(&self) -> Result<()> {
        let next = "build it with the feature email, or take a webhook";
        Err(self.wrong("kind", "is email, and this build sends no mails", next))
    }

    #[cfg(feature = "email")]
    fn check_mail(&self) -> Result<()> {
        use crate::http::smtp::Mail;
        let place = |field: &str| format!("channel.{}.{field}", self.name);
        let next = "name who sends the mails: adbrain <adbrain@example.com>";
        let from = self.from.as_ref().ok_or_else(|| self.wrong("from", "is missing", next))?;
        Mail::check_address(from, &place("from"))?;
        if self.to.is_empty() {
            return Err(self.wrong("to", "is missing", "write who gets the mails, as a list"));
        }
        self.to.iter().try_for_each(|address| Mail::check_address(address, &place("to")))?;
        if self.user_env.is_some() != self.secret_env.is_some() {
            let what = "and secret_env have to be given together, or neither of them";
            return Err(self.wrong("user_env", what, "name the variables of both, or take the one out"));
        }
        Ok(())
    }

    fn wrong(&self, field: &str, what: &str, next: &'static str) -> Error {
        Error::invalid(&format!("channel.{}.{field}", self.name), what).next(next)
    }

    /// How long it waits for an acknowledgement, where it is a channel for escalation.
    pub(super) fn span(&self) -> Result<Option<SignedDuration>> {
        let field = format!("channel.{}.escalate_after", self.name);
        self.escalate_after.as_deref().map(|text| span(text, &field)).transpose()
    }
}

/// Capital letters, digits and underscores, no digit first.
fn is_variable(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    name.chars().all(is_part) && name.chars().next().is_some_and(|first| !first.is_ascii_digit())
}
