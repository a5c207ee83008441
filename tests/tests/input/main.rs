//! Bad input: every file gives a clear error that names the field or line, nothing panics, nothing is written.

mod briefs;
mod exports;
mod histories;
