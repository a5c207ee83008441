//! How decisions came about, one after the other: what was known, what could have been done, what the policy said, what came of it, and how it
//! is taken back.

use super::cell::{Cell, Scale, figure, hash_cell, yes_no};
use super::desk::{Names, changes_table, name_of, names};
use super::document::{Block, text, titled};
use super::sections::{expectation, experiments_table};
use crate::alert::DecisionRecord;
use crate::brain::{BudgetDecision, DecidedTest, Overview};
use crate::control::{JournalState, Outcome};
use crate::model::{Change, ContentHash, Currency, Feedback, Language, Response};

/// The newest decisions that are told.
const NEWEST: usize = 60;
/// What can be taken back.
const REVERSIBLE: [&str; 5] = ["create", "activate", "pause", "set_daily_budget", "set_bid"];

/// One decision from its inputs to how it is taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Trail {
    /// What it is about.
    pub head: Vec<Cell>,
    /// Inputs, choices, verdict of the policy, outcome, undo.
    pub blocks: Vec<Block>,
    /// Steps that stand and can be taken back: journal entry, and what it did.
    pub undo: Vec<(ContentHash, Vec<Cell>)>,
}

impl Trail {
    /// What it is about, in a language.
    pub fn title(&self, language: Language) -> String {
        line(&self.head, language)
    }

    /// The steps that can be taken back, in a language.
    pub fn steps(&self, language: Language) -> Vec<(&ContentHash, String)> {
        self.undo.iter().map(|(entry, cells)| (entry, line(cells, language))).collect()
    }
}

fn line(cells: &[Cell], language: Language) -> String {
    cells.iter().map(|cell| cell.write(language)).collect::<Vec<_>>().join(" · ")
}

/// The decisions of a run, the newest first, and its launch last.
pub fn trails(overview: &Overview) -> Vec<Trail> {
    let all = All { overview, names: names(&overview.plan), currency: overview.plan.currency };
    let mut dated: Vec<_> = overview.decisions.iter().map(|one| (one.at, all.decision(one))).collect();
    dated.extend(overview.budgets.iter().map(|one| (one.at, all.budgets(one))));
    dated.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let tests = overview.tests.iter().rev().map(|one| all.test(one));
    let answers = overview.answers.iter().rev().map(|(said, answer)| all.answer(said, answer.as_ref()));
    let newest = dated.into_iter().map(|(_, trail)| trail).take(NEWEST);
    newest.chain(tests).chain(answers).chain(all.launch()).collect()
}

/// What all trails of a run are told from.
struct All<'a> {
    overview: &'a Overview,
    names: Names<'a>,
    currency: Currency,
}

impl All<'_> {
    fn decision(&self, record: &DecisionRecord) -> Trail {
        let inputs = record.evidence.iter();
        let inputs = inputs.map(|(name, value)| vec![Cell::name("metric", name), figure(name, *value, self.currency)]);
        let options = record.alternatives.iter().map(|choice| {
            let action = choice
                .action
                .map_or_else(|| Cell::Message(text("trail-leave")), |action| Cell::named("action", &action));
            let expected = choice.expected.as_ref();
            let value = expected.and_then(|expected| expectation(expected, self.currency));
            vec![
                action,
                value.map_or(Cell::Missing, Cell::Message),
                Cell::ratio(expected.map(|expected| expected.chance)),
            ]
        });
        let mut blocks = vec![
            titled("trail-inputs", &["metric", "value"], inputs.collect()),
            titled("trail-options", &["action", "expected-value", "chance"], options.collect()),
            Block::Note(record.why.clone()),
        ];
        let graded = record.outcome.as_ref().map(|outcome| {
            let value = Cell::units(Some(outcome.value), self.currency);
            vec![Cell::Moment(outcome.at), value, yes_no(outcome.is_inside), yes_no(outcome.is_done)]
        });
        let done = self.end(&mut blocks, (&record.cause, &record.changes, &record.undo), graded);
        let place = record.changes.first().map(|change| name_of(&self.names, &change.target));
        let mut head =
            vec![Cell::Moment(record.at), Cell::name("rule", &record.rule), Cell::named("action", &record.action)];
        head.extend(place);
        head.push(Cell::name("decided", if record.is_proposed { "proposed" } else { "left" }));
        Trail { head, blocks, undo: done }
    }

    fn budgets(&self, decision: &BudgetDecision) -> Trail {
        let rows = decision.parts.iter().map(|part| {
            let number = |value| Cell::Number(value, Scale::Plain);
            vec![
                name_of(&self.names, &part.ad_set),
                Cell::Money(part.before),
                Cell::Money(part.after),
                number(part.value),
                Cell::List(vec![number(part.low), number(part.high)]),
                Cell::ratio(Some(part.conversion_rate)),
            ]
        });
        let columns = ["object", "before", "after", "expected-value", "interval-80", "conversion-rate"];
        let mut blocks = vec![titled("trail-inputs", &columns, rows.collect()), Block::Note(decision.why.clone())];
        let graded = decision.outcome.as_ref().map(|outcome| {
            let value = Cell::Number(outcome.gain, Scale::Plain);
            let inside = Cell::List(vec![Cell::Count(outcome.inside), Cell::Count(outcome.parts)]);
            vec![Cell::Moment(outcome.at), value, inside, yes_no(outcome.is_done)]
        });
        let undo = self.end(&mut blocks, (&decision.cause, &decision.changes, &decision.undo), graded);
        let decided = Cell::name("decided", if decision.is_proposed { "proposed" } else { "left" });
        Trail { head: vec![Cell::Date(decision.day), Cell::Message(text("budgets")), decided], blocks, undo }
    }

    fn test(&self, test: &DecidedTest) -> Trail {
        let mut blocks = vec![
            experiments_table(std::slice::from_ref(&test.readout)),
            Block::Note(test.decision.notification.clone()),
        ];
        let changes = &test.decision.proposals;
        let cause = changes.first().map_or("", |change| change.cause.as_str());
        let undo = self.end(&mut blocks, (cause, changes, &crate::model::undo(changes)), None);
        let day = text("day-of-flight").with("day", test.days);
        Trail { head: vec![Cell::Message(text("test")), Cell::text(&test.test), Cell::Message(day)], blocks, undo }
    }

    fn answer(&self, said: &Feedback, answer: Option<&Response>) -> Trail {
        let inputs = said.data.iter();
        let inputs = inputs.map(|(name, value)| vec![Cell::name("metric", name), figure(name, *value, self.currency)]);
        let mut blocks =
            vec![titled("trail-inputs", &["metric", "value"], inputs.collect()), Block::Note(said.message.clone())];
        blocks.extend(answer.map(|answer| Block::Note(answer.plan.clone())));
        let of_it = |step: &&Outcome| step.cause.contains(said.id.as_str());
        let steps: Vec<&Outcome> = self.overview.status.control.steps.iter().filter(of_it).collect();
        let undo = self.policy(&mut blocks, &steps);
        let mut head = vec![Cell::Moment(said.window_end), Cell::named("recipient", &said.recipient)];
        head.extend(answer.map(|answer| Cell::named("answer", &answer.answer)));
        Trail { head, blocks, undo }
    }

    /// What was made and let go by the plan: its campaigns, which stand for all below them.
    fn launch(&self) -> Option<Trail> {
        let is_top = |step: &&Outcome| self.names.get(&step.target).is_some_and(|(level, _)| *level == "campaign");
        let steps = self.overview.status.control.steps.iter();
        let steps: Vec<&Outcome> = steps.filter(|step| step.cause == "plan").filter(is_top).collect();
        if steps.is_empty() {
            return None;
        }
        let mut blocks = Vec::new();
        let undo = self.policy(&mut blocks, &steps);
        Some(Trail { head: vec![Cell::Message(text("launch"))], blocks, undo })
    }

    /// The end of a trail: what control did, what came of it, how it is taken back.
    fn end(
        &self,
        blocks: &mut Vec<Block>,
        (cause, changes, back): (&str, &[Change], &[Change]),
        graded: Option<Vec<Cell>>,
    ) -> Vec<(ContentHash, Vec<Cell>)> {
        let is_it = |step: &&Outcome| step.cause == cause && changes.iter().any(|change| change.target == step.target);
        let steps: Vec<&Outcome> = self.overview.status.control.steps.iter().filter(is_it).collect();
        let undo = self.policy(blocks, &steps);
        match graded {
            Some(row) => {
                blocks.push(titled("trail-outcome", &["known-at", "what-came", "inside", "carried-out"], vec![row]));
            }
            None => blocks.push(Block::Note(text("trail-no-outcome"))),
        }
        if !back.is_empty() {
            blocks.push(with_title("trail-undo", changes_table(&self.names, back)));
        }
        undo
    }

    /// What the policy said to each step and where it stands; gives what can be taken back.
    fn policy(&self, blocks: &mut Vec<Block>, steps: &[&Outcome]) -> Vec<(ContentHash, Vec<Cell>)> {
        let row = |step: &&Outcome| {
            let reason = step.reason.clone().map_or_else(|| Cell::Message(text("allowed")), Cell::Message);
            vec![
                Cell::name("action", &step.action),
                name_of(&self.names, &step.target),
                Cell::named("state", &step.state),
                reason,
                hash_cell(&step.entry),
            ]
        };
        let columns = ["action", "object", "state", "verdict", "journal-entry"];
        if steps.is_empty() {
            blocks.push(Block::Note(text("trail-not-asked")));
        } else {
            blocks.push(titled("trail-policy", &columns, steps.iter().map(row).collect()));
        }
        let stands =
            |step: &&&Outcome| step.state == JournalState::Confirmed && REVERSIBLE.contains(&step.action.as_str());
        let label = |step: &&Outcome| vec![Cell::name("action", &step.action), name_of(&self.names, &step.target)];
        steps.iter().filter(stands).map(|step| (step.entry.clone(), label(step))).collect()
    }
}

fn with_title(title: &str, block: Block) -> Block {
    match block {
        Block::Table(table) => Block::Table(super::Table { title: Some(text(title)), ..table }),
        other => other,
    }
}
