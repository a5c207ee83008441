//! The words of a language model, marked as such.

use crate::brain::{RunResult, WordsUsed};
use crate::model::Message;
use crate::report::cell::Cell;
use crate::report::document::{Block, Section, table, text};

/// What a model wrote, what it was asked for that, and where the rules' words stand.
pub(super) fn words(result: &RunResult, used: &WordsUsed) -> Section {
    let sentences = result.strategy.words.iter().chain(&used.report);
    let said = sentences.map(|sentence| Block::Note(Message::new("words-sentence").with("text", sentence.as_str())));
    let columns = ["words-model", "words-calls", "words-tokens", "words-cost", "words-dropped"];
    let row = vec![
        Cell::text(&used.model),
        Cell::Count(used.calls),
        Cell::Count(used.tokens),
        used.cost.map_or(Cell::Missing, Cell::Money),
        Cell::Count(used.dropped),
    ];
    let notes = used.notes.iter().cloned().map(Block::Note);
    let blocks = std::iter::once(Block::Note(text("model-words-note"))).chain(said);
    Section::new("model-words", blocks.chain([table(&columns, vec![row])]).chain(notes).collect())
}
