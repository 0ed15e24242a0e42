//! The command line.

use std::process::ExitCode;

/// Runs the command.
#[must_use]
pub fn run() -> ExitCode {
    ExitCode::SUCCESS
}
