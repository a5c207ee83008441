//! The program `adbrain`: hands its arguments to the command line of the core.

use std::process::ExitCode;

fn main() -> ExitCode {
    let code = adbrain_core::cli::run(std::env::args_os());
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}
