//! `paraphe register`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Subcommand;
use serde_json::json;

use super::{Failure, Format, Status, show};
use crate::{
    diag::Diagnostic,
    input::Sources,
    register::{Verification, verify},
};

/// Looks after the register of a campaign.
#[derive(Debug, clap::Args)]
pub(super) struct RegisterArguments {
    #[command(subcommand)]
    command: RegisterCommand,
}

#[derive(Debug, Subcommand)]
enum RegisterCommand {
    Verify(Verify),
}

/// Says whether anything in the register was changed since it was written.
///
/// Every event, their chain, their order, the seal and the bytes of the file are verified. The last line is a checkpoint: print
/// it and keep it elsewhere, since an older register put back together with its seal is told by nothing else.
#[derive(Debug, clap::Args)]
struct Verify {
    /// Campaign folder, the one that holds `registre.sqlite`.
    campaign: PathBuf,
    /// How findings are shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl RegisterArguments {
    pub(super) fn run(self) -> Result<Status, Failure> {
        match self.command {
            RegisterCommand::Verify(command) => command.run(),
        }
    }
}

impl Verify {
    fn run(self) -> Result<Status, Failure> {
        let seen = verify(&self.campaign)?;
        match self.format {
            Format::Json => show::json(&show::Json {
                format: 1,
                findings: &seen.findings,
                summary: json!({ "register": { "events": seen.events, "last": seen.last } }),
            })?,
            Format::Text => text(&seen)?,
        }
        let clean = !seen.findings.iter().any(Diagnostic::is_error);
        Ok(if clean { Status::Clean } else { Status::Findings })
    }
}

fn text(seen: &Verification) -> io::Result<()> {
    let mut out = io::stdout().lock();
    show::findings(&mut out, &seen.findings, &Sources::default())?;
    writeln!(
        out,
        "{}; {}",
        show::count(usize::try_from(seen.events).unwrap_or(usize::MAX), "event"),
        show::tally(&seen.findings)
    )?;
    match seen.last {
        Some(digest) => writeln!(out, "checkpoint: event {}, digest {digest}", seen.events),
        None => Ok(()),
    }
}
