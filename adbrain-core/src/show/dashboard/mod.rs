//! The live page.
//!
//! In: events of the loop. Out: a local page over WebSocket. Called by the command line. Never listens beyond loopback by itself.
