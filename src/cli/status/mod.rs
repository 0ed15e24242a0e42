//! `paraphe status`: where every contract is.

mod text;

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Failure, Status, order::today, show};
use crate::{
    domain::ContractId,
    ops::{self, Filter},
    register::Etape,
    report::{board_csv, board_page, board_workbook},
};

/// Show where every contract is: its stage, its three exemplaires, who has signed, what is doubtful
///
/// Every form tells the same numbers. The workbook and the page are in French, for those who do not use a terminal; the page is one
/// file that asks the network for nothing.
#[derive(Debug, Args)]
pub(super) struct ShowStatus {
    /// The campaign folder.
    campaign: PathBuf,
    /// Show this contract only; may be repeated.
    #[arg(long, value_name = "ID")]
    only: Vec<ContractId>,
    /// Show the contracts of this département only; may be repeated.
    #[arg(long, value_name = "CODE")]
    departement: Vec<String>,
    /// Show the contracts of this CPAM only; may be repeated.
    #[arg(long, value_name = "CODE")]
    cpam: Vec<String>,
    /// Show the contracts at the stages whose name begins like this only (`propose`, `retourne par la`); may be repeated.
    #[arg(long, value_name = "STAGE", value_parser = stages)]
    etape: Vec<Stages>,
    /// How it is shown; `json` is described in docs/formats/findings.md, the others in docs/formats/tableau.md.
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// Where to write it; standard output if nothing is said. A workbook and a page want one.
    #[arg(long, value_name = "FILE", required_if_eq_any([("format", "html"), ("format", "xlsx")]))]
    out: Option<PathBuf>,
}

/// How the board is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For other spreadsheets: one line per contract, separated by semicolons.
    Csv,
    /// A page for people, in one file.
    Html,
    /// For programs.
    Json,
    /// For people, in the terminal.
    Text,
    /// A workbook for people.
    Xlsx,
}

/// Stages that have a beginning in common.
#[derive(Debug, Clone)]
struct Stages(Vec<Etape>);

fn stages(text: &str) -> Result<Stages, String> {
    let named = ops::stages_named(text);
    if named.is_empty() {
        let all: Vec<String> = Etape::all().iter().map(|etape| format!("`{etape}`")).collect();
        return Err(format!("no stage begins like this; expected the beginning of one of {}", all.join(", ")));
    }
    Ok(Stages(named))
}

impl ShowStatus {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let filter = Filter {
            only: self.only,
            departements: self.departement,
            cpam: self.cpam,
            etapes: self.etape.into_iter().flat_map(|stages| stages.0).collect(),
        };
        let board = ops::status(&self.campaign, &filter)?;
        let bytes = match self.format {
            Form::Csv => board_csv(&board).into_bytes(),
            Form::Html => board_page(&board, &filter, today()?)?.into_bytes(),
            Form::Json => {
                let mut bytes = Vec::new();
                show::json_to(&mut bytes, &show::Json { format: 1, findings: &[], summary: json!(board) })?;
                bytes
            }
            Form::Text => text::text(&board).into_bytes(),
            Form::Xlsx => board_workbook(&board, &filter, today()?)?,
        };
        match &self.out {
            Some(out) => {
                ops::put(out, &bytes).map_err(|error| format!("could not write `{}`: {error}", out.display()))?;
            }
            None => io::stdout().lock().write_all(&bytes)?,
        }
        Ok(Status::Clean)
    }
}
