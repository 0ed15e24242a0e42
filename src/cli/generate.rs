//! `paraphe generate`.

use std::{
    io::{self, Write},
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use indicatif::ProgressBar;
use serde_json::json;

use super::{Failure, Status, bar, order::By, show};
use crate::{
    diag::Diagnostic,
    ops::{self, Dossier, Formats, GenerateError, Options, Order, Outcome, Step},
};

/// Makes every contract of a campaign, in DOCX and in PDF (three exemplaires), right or not at all.
///
/// Everything is checked first, and nothing is written while a contract is wrong. Only what changed is made: a draft is made again,
/// a contract that was sent gets a new version, a signed one is left to `amend`. Every version is archived and entered in the
/// register of the campaign folder. A run that was interrupted is finished by the next one.
#[derive(Debug, clap::Args)]
pub(super) struct Generate {
    /// Campaign folder, the one that holds `campagne.yaml`.
    campaign: PathBuf,
    #[command(flatten)]
    making: Making,
}

impl Generate {
    pub(super) fn run(self) -> Result<Status, Failure> {
        self.making.run(&self.campaign, "contract", ops::generate)
    }
}

/// How versions are made.
#[derive(Debug, clap::Args)]
pub(super) struct Making {
    /// Output folder [default: `contrats` in the campaign folder].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Make only this contract (may be repeated).
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Contracts made at once [default: one per processor].
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Kinds of files to put in the output folder (`pdf`, `docx`: both unless one is named) and how findings are shown (`text`,
    /// `json`).
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    format: Vec<Kind>,
    /// Make the contracts that are right, and say which are not.
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Docx,
    Json,
    Pdf,
    Text,
}

/// A job that makes versions.
type Make = fn(&Path, &Options, &Order, &mut dyn FnMut(Step)) -> Result<Outcome, GenerateError>;

impl Making {
    /// Runs a job on a campaign; `what` is the word for what it makes.
    pub(super) fn run(self, campaign: &Path, what: &str, make: Make) -> Result<Status, Failure> {
        let asked = |kind| self.format.contains(&kind);
        let neither = !asked(Kind::Pdf) && !asked(Kind::Docx);
        let options = Options {
            out: self.out.clone().unwrap_or_else(|| Dossier::new(campaign).contrats()),
            only: self.only.iter().cloned().collect(),
            jobs: self.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
            formats: Formats { pdf: neither || asked(Kind::Pdf), docx: neither || asked(Kind::Docx) },
            keep_going: self.keep_going,
        };
        let bar = bar::bar();
        let outcome = make(campaign, &options, &self.by.order()?, &mut |step| follow(&bar, step));
        bar.finish_and_clear();
        let outcome = outcome?;
        if asked(Kind::Json) {
            json(&outcome)?;
        } else {
            show::findings(&mut io::stderr().lock(), &outcome.prepared.findings, &outcome.prepared.sources)?;
            text(&outcome, &options, what)?;
        }
        let clean = !outcome.prepared.findings.iter().any(Diagnostic::is_error);
        Ok(if clean { Status::Clean } else { Status::Findings })
    }
}

fn follow(bar: &ProgressBar, step: Step) {
    match step {
        Step::Checking => bar::dress(bar, "checking every contract, {elapsed}"),
        Step::Made => bar.inc(1),
        Step::Making(contracts) => {
            bar::count(bar, contracts, "contracts");
            bar.reset_eta();
        }
    }
}

fn text(outcome: &Outcome, options: &Options, what: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let wrong = &outcome.prepared.wrong;
    let tally = show::tally(&outcome.prepared.findings);
    if outcome.manifest.is_none() {
        writeln!(out, "nothing was written; {tally}")?;
        if !wrong.is_empty() && !outcome.prepared.blocked {
            let right = outcome.prepared.ready.len();
            writeln!(
                out,
                "{} wrong; `--keep-going` would make the {right} others",
                show::count(wrong.len(), "contract")
            )?;
        }
        return Ok(());
    }
    let made = show::count(outcome.made, what);
    let kept = if outcome.kept == 0 { String::new() } else { format!(", {} kept unchanged", outcome.kept) };
    writeln!(out, "{made} made{kept} in {}; {tally}", options.out.display())?;
    if !wrong.is_empty() {
        writeln!(out, "not made: {}", wrong.iter().map(String::as_str).collect::<Vec<_>>().join(", "))?;
    }
    Ok(())
}

fn json(outcome: &Outcome) -> Result<(), Failure> {
    show::json(&show::Json {
        format: 1,
        findings: &outcome.prepared.findings,
        summary: json!({
            "written": outcome.manifest.is_some(),
            "contracts": {
                "made": outcome.made,
                "kept": outcome.kept,
                "wrong": &outcome.prepared.wrong,
            },
        }),
    })
}
