//! The command line: one `run(args)` that the binary, the wheel and the npm package call.
//!
//! In: arguments. Out: text and an exit code. Called by the binary and the bindings. Never holds logic of its own.
