//! `paraphe handover`: exemplaires are passed on, with a bordereau.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Failure, Format, Status, order::By, record::Party, show};
use crate::{
    diag::Diagnostic,
    domain::{ContractId, Partie},
    input::Sources,
    ops::{self, Bordereau, Dossier, Passage, Remise},
};

/// List the exemplaires to pass on; with `--out`, write a bordereau for each recipient and record where they went
///
/// Only contracts of which every exemplaire shows the signatures that come first are listed, unless they are named.
#[derive(Debug, Args)]
pub(super) struct Handover {
    /// The campaign folder.
    campaign: PathBuf,
    /// To whom.
    #[arg(value_enum)]
    to: Who,
    /// The party that is given its own exemplaire.
    #[arg(long, value_enum, required_if_eq("to", "partie"))]
    partie: Option<Party>,
    /// This contract only; may be repeated.
    #[arg(long, value_name = "ID")]
    only: Vec<ContractId>,
    /// Write the bordereaux into this folder, and record.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How it is shown; `json` is described in docs/formats/findings.md.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Who {
    /// Each CPAM, to sign what the établissements have signed.
    Cpam,
    /// The director general, to sign last.
    Dg,
    /// A party, to keep its signed exemplaire.
    Partie,
}

impl Handover {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let order = self.by.order()?;
        let passage = match (self.to, self.partie) {
            (Who::Cpam, _) => Passage::Cpam,
            (Who::Dg, _) => Passage::Dg,
            (Who::Partie, partie) => Passage::Remise(partie.map_or(Partie::Etablissement, Partie::from)),
        };
        let remise = Remise { passage, only: self.only.into_iter().collect(), out: self.out.as_deref() };
        let passed = ops::remettre(&Dossier::new(&self.campaign), &remise, &order)?;
        match self.format {
            Format::Json => {
                let summary = json!({ "bordereaux": passed.value });
                show::json(&show::Json { format: 1, findings: &passed.findings, summary })?;
            }
            Format::Text => {
                show::findings(&mut io::stderr().lock(), &passed.findings, &Sources::default())?;
                text(passed.value.as_deref().unwrap_or_default(), self.out.is_some())?;
            }
        }
        let clean = passed.value.is_some() && !passed.findings.iter().any(Diagnostic::is_error);
        Ok(if clean { Status::Clean } else { Status::Findings })
    }
}

fn text(bordereaux: &[Bordereau], recorded: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for bordereau in bordereaux {
        let file = bordereau.fichier.as_ref().map(|path| format!(": {}", path.display())).unwrap_or_default();
        writeln!(out, "{} ({}){file}", bordereau.destinataire, show::count(bordereau.lignes.len(), "contract"))?;
        for ligne in &bordereau.lignes {
            writeln!(out, "  {:<14}  v{}  {}", ligne.contract, ligne.version, ligne.etablissement)?;
        }
    }
    let lines: usize = bordereaux.iter().map(|bordereau| bordereau.lignes.len()).sum();
    writeln!(
        out,
        "{} {}",
        show::count(lines, "contract"),
        if recorded { "passed on and recorded" } else { "to pass on" }
    )
}
