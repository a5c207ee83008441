//! A rule as text: one line per condition and answer, indented as the questions nest.

use super::{Condition, Node, Rule};
use crate::model::message::Argument;
use crate::model::{Language, Message};

impl Rule {
    /// The rule as lines of text, conditions in the columns' own units, with the past rows behind each answer and the accuracy.
    pub fn text(&self, language: Language) -> String {
        let mut lines = vec![self.heading().text(language)];
        self.lines(&self.root, 1, language, &mut lines);
        lines.push(self.accuracy_line().text(language));
        lines.join("\n")
    }

    fn heading(&self) -> Message {
        Message::new("rule-heading")
            .with("outcome", self.outcome.as_str())
            .with("target", Argument::Number(self.target))
    }

    fn accuracy_line(&self) -> Message {
        let figures =
            [("rule", self.accuracy.rule), ("forest", self.accuracy.forest), ("majority", self.accuracy.majority)];
        figures
            .into_iter()
            .fold(Message::new("rule-accuracy"), |message, (name, share)| message.with(name, Argument::Ratio(share)))
    }

    fn lines(&self, node: &Node, depth: usize, language: Language, lines: &mut Vec<String>) {
        let mut line = |message: &Message| lines.push(format!("{}{}", "  ".repeat(depth), message.text(language)));
        match node {
            Node::Leaf { rows, cleared } => line(&answer(*rows, *cleared)),
            Node::Split { column, condition, yes, no } => {
                let name = self.columns.get(*column).map_or("?", String::as_str);
                line(&asked(name, condition, language));
                self.lines(yes, depth + 1, language, lines);
                lines.push(format!("{}{}", "  ".repeat(depth), Message::new("rule-otherwise").text(language)));
                self.lines(no, depth + 1, language, lines);
            }
        }
    }
}

fn answer(rows: u64, cleared: u64) -> Message {
    let key = if 2 * cleared > rows { "rule-clears" } else { "rule-misses" };
    let count = |rows: u64| Argument::Count(i64::try_from(rows).unwrap_or(i64::MAX));
    Message::new(key).with("cleared", count(cleared)).with("rows", count(rows))
}

fn asked(column: &str, condition: &Condition, language: Language) -> Message {
    let (key, value, holds_for_missing) = match condition {
        Condition::AtMost { value, holds_for_missing } => ("at-most", number(*value, language), *holds_for_missing),
        Condition::OneOf { levels, holds_for_missing } => match levels.as_slice() {
            [] => ("unknown", String::new(), false),
            [level] => ("is", level.clone(), *holds_for_missing),
            levels => ("one-of", levels.join(", "), *holds_for_missing),
        },
        Condition::IsMissing => ("unknown", String::new(), false),
    };
    let or_unknown = if holds_for_missing { "-or-unknown" } else { "" };
    Message::new(format!("rule-if-{key}{or_unknown}")).with("column", column).with("value", value)
}

/// A threshold with all its digits, however many places they need.
fn number(value: f64, language: Language) -> String {
    let plain = format!("{value}");
    let places = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    language.number(value, places)
}
