//! The user's media files.
//!
//! In: a path. Out: facts by the file's own bytes and its hash. Called by creative. Never changes a file.
