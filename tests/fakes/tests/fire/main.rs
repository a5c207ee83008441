//! Answers that are cut, spoiled and hostile: every connector gives a value or an error, never a panic, and keeps its memory.

mod cuts;
mod spoiled;
