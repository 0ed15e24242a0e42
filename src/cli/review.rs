//! `paraphe review`: the returns that somebody has to decide on.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use serde_json::json;

use super::{Failure, Format, Status, bar, order::By, returns::follow, show};
use crate::{
    domain::ContractId,
    ops::{self, Case, Review},
    report::review_page,
};

/// List the returns to decide on, and show what is doubtful: printed page, scan and difference side by side
///
/// With `--out`, a page for people is written: one HTML file, in French, that asks the network for nothing. It shows signatures: pass it
/// on as you would the scans.
#[derive(Debug, Args)]
pub(super) struct ShowReview {
    /// The campaign folder.
    campaign: PathBuf,
    /// This contract only; may be repeated.
    #[arg(long, value_name = "ID")]
    only: Vec<ContractId>,
    /// Where to write the page.
    #[arg(long, value_name = "FILE.html")]
    out: Option<PathBuf>,
    /// How the list is shown; `json` is described in docs/formats/retours.md.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    by: By,
}

impl ShowReview {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let order = self.by.order()?;
        let bar = bar::bar();
        let pictured = self.out.is_some();
        let review = ops::review(&self.campaign, &self.only, pictured, &mut |progress| follow(&bar, progress));
        bar.finish_and_clear();
        let review = review?;
        if let Some(out) = &self.out {
            let page = review_page(&review, order.now.today)?;
            fs::write(out, page).map_err(|error| format!("could not write `{}`: {error}", out.display()))?;
        }
        match self.format {
            Format::Json => show::json(&show::Json { format: 1, findings: &[], summary: json!(review) })?,
            Format::Text => text(&review)?,
        }
        Ok(if review.cases.is_empty() { Status::Clean } else { Status::Findings })
    }
}

fn text(review: &Review) -> io::Result<()> {
    let mut out = io::stdout().lock();
    review.cases.iter().try_for_each(|case| one(&mut out, case))?;
    writeln!(out, "{} to decide on", show::count(review.cases.len(), "return"))
}

/// « 42  review  960000016-2022 v1 2/3 », and what is doubtful below.
fn one(out: &mut impl Write, case: &Case) -> io::Result<()> {
    let which = match (&case.contract, case.version, case.exemplaire) {
        (Some(contract), Some(version), Some(exemplaire)) => format!("{contract} v{version} {exemplaire}/3"),
        _ => "no contract".to_owned(),
    };
    let day = case.day.map(|day| day.to_string()).unwrap_or_default();
    writeln!(out, "{:>6}  {:<10}  {which:<22}  {day}", case.event, case.verdict.name())?;
    for motif in &case.motifs {
        let pages: Vec<String> = motif.pages.iter().map(ToString::to_string).collect();
        let at = if pages.is_empty() { String::new() } else { format!(", pages {}", pages.join(" ")) };
        writeln!(out, "{:8}{} ({}{at})", "", motif.phrase, motif.code)?;
    }
    for view in &case.views {
        writeln!(out, "{:8}{}\u{a0}: {}", "", view.title, view.phrase)?;
    }
    Ok(())
}
