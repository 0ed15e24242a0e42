//! `paraphe status`: where every contract is.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use serde_json::json;

use super::{Failure, Format, Status, show};
use crate::{
    domain::ContractId,
    ops::{self, Board, ContractLine},
    reconcile::EtatSignature,
};

/// Show where every contract is: its stage, its three exemplaires, who has signed, what is doubtful
#[derive(Debug, Args)]
pub(super) struct ShowStatus {
    /// The campaign folder.
    campaign: PathBuf,
    /// Show this contract only; may be repeated.
    #[arg(long, value_name = "ID")]
    only: Vec<ContractId>,
    /// How it is shown; `json` is described in docs/formats/findings.md.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl ShowStatus {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let mut board = ops::status(&self.campaign)?;
        if !self.only.is_empty() {
            board.retain(&self.only);
        }
        match self.format {
            Format::Json => {
                show::json(&show::Json { format: 1, findings: &[], summary: json!(board) })?;
            }
            Format::Text => text(&board)?,
        }
        Ok(Status::Clean)
    }
}

fn text(board: &Board) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let width = board.contracts.iter().map(|line| line.etape.chars().count()).max().unwrap_or(0);
    writeln!(out, "{:<14}  {:>3}  {:<width$}  {:<10}  exemplaires 1 2 3 (E C A)", "contrat", "v", "étape", "depuis")?;
    board.contracts.iter().try_for_each(|line| contract(&mut out, line, width))?;
    for unplaced in &board.unplaced {
        let motifs: Vec<String> = unplaced.motifs.iter().map(ToString::to_string).collect();
        writeln!(
            out,
            "hors campagne   événement {}\u{a0}: {} ({})",
            unplaced.event,
            unplaced.verdict,
            motifs.join(", ")
        )?;
    }
    writeln!(out)?;
    for (stage, count) in board.stages() {
        writeln!(out, "{count:>6}  {stage}")?;
    }
    writeln!(out, "{:>6}  contrats", board.contracts.len())
}

/// The most doubtful returns of one contract that are shown; all of them are in the JSON.
const SHOWN: usize = 3;

/// « 960000016-2022    1  retourné par l’établissement  2026-01-05  +--  +--  ... », and what is doubtful below.
fn contract(out: &mut impl Write, line: &ContractLine, width: usize) -> io::Result<()> {
    let day = line.depuis.map(|day| day.to_string()).unwrap_or_default();
    let signs: Vec<String> = line
        .exemplaires
        .iter()
        .map(|exemplaire| exemplaire.parties.values().map(|etat| sign(*etat)).collect())
        .collect();
    writeln!(
        out,
        "{:<14}  {:>3}  {:<width$}  {day:<10}  {}",
        line.contract,
        line.version,
        line.etape,
        signs.join("  ")
    )?;
    for doubtful in line.doubtful.iter().rev().take(SHOWN) {
        let motifs: Vec<String> = doubtful.motifs.iter().map(ToString::to_string).collect();
        writeln!(
            out,
            "{:21}événement {}, version {}{}\u{a0}: {} ({})",
            "",
            doubtful.event,
            doubtful.version,
            doubtful.exemplaire.map(|number| format!(", exemplaire {number}")).unwrap_or_default(),
            doubtful.verdict,
            motifs.join(", ")
        )?;
    }
    match line.doubtful.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "{:21}et {more} plus anciens", ""),
    }
}

/// Signed, ink, to look at, refused, not signed.
const fn sign(etat: EtatSignature) -> char {
    match etat {
        EtatSignature::AVerifier => '?',
        EtatSignature::Encre => 'e',
        EtatSignature::Admise | EtatSignature::Valable => '+',
        EtatSignature::Absente => '-',
        EtatSignature::Refusee => 'x',
    }
}
