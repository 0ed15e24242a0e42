//! `paraphe agenda`: what falls due.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use jiff::{ToSpan as _, civil::Date};
use serde_json::json;

use super::{Failure, Format, Status, order::By, show};
use crate::ops::{self, Affaire, Agenda, Demarche};

/// Show what has to be done next for each contract, and by when
///
/// Deadlines run from proven receipts, as the template set and `procedure` in `campagne.yaml` say. What is late comes first, then what
/// falls due, then what no text sets a day for; hearings are shown by territory.
#[derive(Debug, Args)]
pub(super) struct ShowAgenda {
    /// The campaign folder.
    campaign: PathBuf,
    /// Seen from this day instead of today.
    #[arg(long, value_name = "DATE")]
    day: Option<Date>,
    /// Only what falls due in so many days; what is late is always shown.
    #[arg(long, value_name = "N")]
    days: Option<u16>,
    /// Only what is late.
    #[arg(long)]
    late: bool,
    /// How it is shown; `json` is described in docs/formats/findings.md.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    by: By,
}

impl ShowAgenda {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let day = match self.day {
            Some(day) => day,
            None => self.by.order()?.now.today,
        };
        let mut checked = ops::agenda(&self.campaign, day)?;
        if let Some(agenda) = &mut checked.value {
            agenda.affaires.retain(|affaire| self.wants(affaire, day));
        }
        match self.format {
            Format::Json => {
                let summary = checked.value.as_ref().map_or_else(|| json!({}), |agenda| json!(agenda));
                show::json(&show::Json { format: 1, findings: &checked.findings, summary })?;
            }
            Format::Text => {
                show::findings(&mut io::stderr().lock(), &checked.findings, &crate::input::Sources::default())?;
                checked.value.as_ref().map_or(Ok(()), text)?;
            }
        }
        Ok(if checked.value.is_some() { Status::Clean } else { Status::Findings })
    }

    fn wants(&self, affaire: &Affaire, day: Date) -> bool {
        let late = affaire.echeance.is_some_and(|due| due.retard > 0);
        let soon = |days: u16| {
            let last = day.checked_add(i64::from(days).days()).unwrap_or(Date::MAX);
            affaire.echeance.is_some_and(|due| due.jour <= last)
        };
        late || (!self.late && self.days.is_none_or(soon))
    }
}

fn text(agenda: &Agenda) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let late = |affaire: &&Affaire| affaire.echeance.is_some_and(|due| due.retard > 0);
    let due = |affaire: &&Affaire| affaire.echeance.is_some_and(|due| due.retard == 0);
    section(&mut out, "En retard", agenda.affaires.iter().filter(late))?;
    section(&mut out, "À venir", agenda.affaires.iter().filter(due))?;
    let of = |wanted: Demarche| agenda.affaires.iter().filter(move |affaire| affaire.demarche == wanted);
    for wanted in Demarche::ALL {
        let undated: Vec<&Affaire> = of(wanted).filter(|affaire| affaire.echeance.is_none()).collect();
        let mut letters = wanted.word().chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        let title = format!("{first}{}", letters.as_str());
        section(&mut out, &title, undated.into_iter())?;
    }
    let late = agenda.affaires.iter().filter(late).count();
    let count = agenda.affaires.len();
    let contrats = if count < 2 { "contrat" } else { "contrats" };
    writeln!(out, "{count} {contrats} en attente, dont {late} en retard, au {}", agenda.jour)
}

/// A title, and a line for each: « 2022-06-08  960000016-2022  réponse attendue  Nord  Centre hospitalier de Valombre ».
fn section<'a>(out: &mut impl Write, title: &str, affaires: impl Iterator<Item = &'a Affaire>) -> io::Result<()> {
    let affaires: Vec<&Affaire> = affaires.collect();
    if affaires.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title} ({})", affaires.len())?;
    for affaire in affaires {
        let day = affaire.echeance.map(|due| due.jour.to_string()).unwrap_or_default();
        let place = affaire.territoire.as_ref().or(affaire.departement.as_ref());
        let name = affaire.etablissement.as_deref().unwrap_or("(hors campagne)");
        writeln!(
            out,
            "  {day:<10}  {:<14}  {}{name}",
            affaire.contract,
            place.map(|place| format!("{place}, ")).unwrap_or_default()
        )?;
        writeln!(out, "  {:<10}  {:<14}  {}", "", "", affaire.phrase)?;
    }
    writeln!(out)
}
