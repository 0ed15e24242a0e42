//! `paraphe decide`: what a person makes of a return.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Failure, Format, Status, order::By, show};
use crate::{
    domain::{Exemplaire, Texte},
    input::Sources,
    ops,
    register::{Decision, EventNumber, Suite},
};

/// Decide on a return that is doubtful: accept it, refuse it, or ask for it again
///
/// What was measured stays in the register beside the decision; a later decision on the same return takes its place. `paraphe review`
/// lists the returns to decide on, with the numbers of their events.
#[derive(Debug, Args)]
pub(super) struct Decide {
    /// The campaign folder.
    campaign: PathBuf,
    /// Number of the event of the return.
    event: u64,
    /// What is made of it.
    #[arg(value_enum)]
    suite: What,
    /// Why; needed unless it is accepted.
    #[arg(long, value_name = "TEXT", required_if_eq_any([("suite", "refuse"), ("suite", "redemande")]))]
    motif: Option<String>,
    /// Which exemplaire it is, when its number says otherwise: one file printed three times.
    #[arg(long, value_name = "1|2|3", value_parser = exemplaire)]
    exemplaire: Option<Exemplaire>,
    /// How findings are shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// It counts as the signed exemplaire.
    #[value(alias = "accept")]
    Accepte,
    /// It does not count.
    Refuse,
    /// It is asked for again.
    #[value(alias = "again")]
    Redemande,
}

fn exemplaire(text: &str) -> Result<Exemplaire, &'static str> {
    text.parse().ok().and_then(Exemplaire::from_number).ok_or("expected 1, 2 or 3")
}

impl Decide {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let order = self.by.order()?;
        let suite = match self.suite {
            What::Accepte => Suite::Accepte,
            What::Redemande => Suite::Redemande,
            What::Refuse => Suite::Refuse,
        };
        let motif = self.motif.as_deref().map(Texte::new).transpose()?;
        let decision = Decision { retour: EventNumber(self.event), suite, exemplaire: self.exemplaire, motif };
        let decided = ops::decide(&self.campaign, &decision, &order)?;
        match self.format {
            Format::Json => {
                let value = decided.value.as_ref();
                let summary = json!({
                    "event": value.map(|decided| decided.event),
                    "steps": value.map(|decided| decided.steps.clone()).unwrap_or_default(),
                });
                show::json(&show::Json { format: 1, findings: &decided.findings, summary })?;
            }
            Format::Text => {
                show::findings(&mut io::stderr().lock(), &decided.findings, &Sources::default())?;
                if let Some(decided) = &decided.value {
                    let steps = decided.steps.len();
                    let follows = if steps == 0 { String::new() } else { format!("; {}", show::count(steps, "step")) };
                    writeln!(io::stdout(), "decided, event {}{follows}", decided.event)?;
                }
            }
        }
        Ok(if decided.value.is_some() { Status::Clean } else { Status::Findings })
    }
}
