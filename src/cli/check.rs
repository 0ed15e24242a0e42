//! `paraphe check`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use serde_json::json;

use super::{Failure, Format, Status, show};
use crate::ops::{Prepared, prepare};

/// Reads a campaign and tries every contract; writes nothing.
///
/// Every fault of every file is told in one run, each with its place: YAML line, workbook cell, template line.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Campaign folder, the one that holds `campagne.yaml`.
    campaign: PathBuf,
    /// How findings are shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Check {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let prepared = prepare(&self.campaign)?;
        match self.format {
            Format::Json => show::json(&show::Json {
                format: 1,
                findings: &prepared.findings,
                summary: json!({
                    "contracts": { "ready": prepared.ready.len(), "wrong": prepared.wrong.len() },
                }),
            })?,
            Format::Text => text(&prepared)?,
        }
        let clean = !prepared.findings.iter().any(crate::diag::Diagnostic::is_error);
        Ok(if clean { Status::Clean } else { Status::Findings })
    }
}

fn text(prepared: &Prepared) -> io::Result<()> {
    let mut out = io::stdout().lock();
    show::findings(&mut out, &prepared.findings, &prepared.sources)?;
    let ready = show::count(prepared.ready.len(), "contract");
    let wrong = prepared.wrong.len();
    let wrong = if wrong == 0 { String::new() } else { format!(", {wrong} wrong") };
    writeln!(out, "{ready} ready{wrong}; {}", show::tally(&prepared.findings))
}
