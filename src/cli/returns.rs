//! `paraphe verify` and `paraphe receive`: what came back.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;

use super::{Failure, Format, Status, bar, order::By, show};
use crate::{
    diag::Diagnostic,
    input::Sources,
    ops::{self, AccuseRecu, Order, Progress, Returned, Returns, ReturnsError},
    reconcile::{EtatSignature, Outcome, Weighed},
};

/// Judge returned files: which contract, intact or not, signed by whom; nothing is changed
///
/// Files, folders and `.eml` messages with their attachments are read; a bad file does not stop the others. Whom the campaign trusts
/// is in its folder `confiance/`; nothing is fetched. Exit status 1 when a file is not accepted.
#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    reading: Reading,
    /// Write each set of scanned pages into this folder, as a PDF of its own: in order, upright, its pictures as they were scanned.
    #[arg(long, value_name = "FOLDER")]
    split: Option<PathBuf>,
}

/// Archive returned files, judge them, report on each, and record what follows
///
/// The bytes are archived and hashed before anything reads them. A file that was received before is told and not recorded again.
#[derive(Debug, Args)]
pub(super) struct Receive {
    #[command(flatten)]
    reading: Reading,
}

#[derive(Debug, Args)]
struct Reading {
    /// The campaign folder.
    campaign: PathBuf,
    /// The files, or folders of files, that came back.
    #[arg(required = true, value_name = "FILE|FOLDER")]
    files: Vec<PathBuf>,
    /// How the verdicts are shown; `json` is described in docs/formats/retours.md.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    by: By,
}

impl Verify {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let split = self.split;
        self.reading
            .run(|campaign, files, order, progress| ops::verify(campaign, files, split.as_deref(), order, progress))
    }
}

impl Receive {
    pub(super) fn run(self) -> Result<Status, Failure> {
        self.reading.run(ops::receive)
    }
}

impl Reading {
    fn run(
        self,
        job: impl FnOnce(&Path, &[PathBuf], &Order, &mut dyn FnMut(Progress)) -> Result<Returns, ReturnsError>,
    ) -> Result<Status, Failure> {
        let order = self.by.order()?;
        let bar = bar::bar();
        let returns = job(&self.campaign, &self.files, &order, &mut |progress| follow(&bar, progress));
        bar.finish_and_clear();
        let returns = returns?;
        match self.format {
            Format::Json => show::json(&show::Json {
                format: 1,
                findings: &returns.findings,
                summary: json!({ "returns": returns.files, "accuses": returns.accuses, "trust": returns.trust }),
            })?,
            Format::Text => {
                show::findings(&mut io::stderr().lock(), &returns.findings, &Sources::default())?;
                text(&returns)?;
            }
        }
        let settled = returns.accuses.iter().all(|accuse| !accuse.a_voir);
        let accepted = settled && returns.files.iter().all(|returned| returned.verdict.outcome.is_accepted());
        let clean = accepted && !returns.findings.iter().any(Diagnostic::is_error);
        Ok(if clean { Status::Clean } else { Status::Findings })
    }
}

pub(super) fn follow(bar: &ProgressBar, progress: Progress) {
    match progress {
        Progress::Files(files) => bar::count(bar, files, "files"),
        Progress::Sides { read, of } => bar.set_message(format!("page {read} of {of}")),
        Progress::Judged => {
            bar.set_message("");
            bar.inc(1);
        }
    }
}

fn text(returns: &Returns) -> io::Result<()> {
    let mut out = io::stdout().lock();
    returns.files.iter().try_for_each(|returned| one(&mut out, returned))?;
    returns.accuses.iter().try_for_each(|accuse| acknowledged(&mut out, accuse))?;
    if returns.files.is_empty() && !returns.accuses.is_empty() {
        return Ok(());
    }
    let counts: Vec<String> = Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome, returns.files.iter().filter(|returned| returned.verdict.outcome == outcome).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    writeln!(out, "{}: {}", show::count(returns.files.len(), "file"), counts.join(", "))
}

/// « lu           960000016-2022 v1       2022-05-20  lu : la réception est prouvée (événement 12)  accuse.eml ».
fn acknowledged(out: &mut impl Write, accuse: &AccuseRecu) -> io::Result<()> {
    let which = match (&accuse.contract, accuse.version) {
        (Some(contract), Some(version)) => format!("{contract} v{version}"),
        _ => "no contract".to_owned(),
    };
    let day = accuse.jour.map(|day| day.to_string()).unwrap_or_default();
    let event = accuse.event.map(|event| format!(" (événement {event})")).unwrap_or_default();
    writeln!(out, "{:<11}  {which:<22}  {day:<10}  {}{event}  {}", accuse.dit, accuse.phrase, accuse.file)
}

/// « accept-note  960000016-2022 v1 ex. 1/3  établissement, CPAM  retour.pdf », and the reasons below.
fn one(out: &mut impl Write, returned: &Returned) -> io::Result<()> {
    let verdict = &returned.verdict;
    let which = match (&verdict.contract, verdict.version, verdict.exemplaire) {
        (Some(contract), Some(version), Some(exemplaire)) => {
            format!("{contract} v{version} {}/3", exemplaire.number())
        }
        _ => "no contract".to_owned(),
    };
    let parties: Vec<String> = verdict
        .parties
        .iter()
        .filter(|(_, signed)| signed.etat != EtatSignature::Absente)
        .map(|(partie, signed)| match signed.etat {
            EtatSignature::Valable | EtatSignature::Admise => partie.to_string(),
            EtatSignature::Encre => format!("{partie} (ink)"),
            EtatSignature::AVerifier => format!("{partie} (to look at)"),
            EtatSignature::Absente | EtatSignature::Refusee => format!("{partie} (refused)"),
        })
        .collect();
    let signed = if parties.is_empty() { "nobody".to_owned() } else { parties.join(", ") };
    let name = match &returned.message {
        Some(message) => format!("{message} › {}", returned.file),
        None => returned.file.clone(),
    };
    writeln!(out, "{:<11}  {which:<22}  signed: {signed:<26}  {name}", verdict.outcome.name())?;
    verdict.reasons.iter().try_for_each(|weighed| reason(out, weighed))?;
    match returned.recorded.as_ref().map(|recorded| (recorded.already, recorded.events.as_slice())) {
        Some((Some(already), _)) => writeln!(out, "{:13}received before, event {already}", ""),
        Some((None, [first, ..])) => writeln!(out, "{:13}recorded, event {first}", ""),
        _ => Ok(()),
    }
}

fn reason(out: &mut impl Write, weighed: &Weighed) -> io::Result<()> {
    let observation = &weighed.observation;
    let place = &observation.place;
    let parts = [
        place.page.map(|page| format!("page {page}")),
        place.field.clone(),
        place.revision.map(|revision| format!("revision {revision}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let at = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    writeln!(out, "{:13}{}{at}: {}", "", observation.reason, observation.detail)
}
