//! Reports: one model, several writers.
//!
//! In: the result of a run. Out: Markdown, one self-contained HTML file, JSON. Called by the command line and the bindings. Never
//! measures.
