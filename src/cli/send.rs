//! `paraphe send` and `paraphe remind`: proposals, reminders and second proposals.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use serde_json::json;

use super::{
    Failure, Format, Status, bar,
    order::{By, variable},
    record::How,
    show,
};
use crate::{
    diag::{Checked, Diagnostic},
    domain::ContractId,
    input::Sources,
    ops::{self, Dossier, Envoi, Envois, Nature, Relais, Vers},
};

/// The variable that names the mail server: a password does not belong on a command line.
const SERVER: &str = "PARAPHE_SMTP";

/// Send the proposals that wait for it: drafts of messages or letters into a folder, or messages to a mail server
///
/// Each sending is recorded with the digests of what went with it, and nothing is sent twice unless asked for. The texts are those of
/// `courriers/` in the campaign folder, or the program's own.
#[derive(Debug, Args)]
pub(super) struct Send {
    /// The campaign folder.
    campaign: PathBuf,
    #[command(flatten)]
    to: To,
}

/// List whom to remind; with `--out` or `--smtp`, write reminders or second proposals, and record them
///
/// A reminder goes to those who did not answer in time; those whose receipt is not proven are told. A second proposal announces the penalty of
/// 1 %: it goes only where the receipt of the first is proven and its time has passed (D. 162-15 CSS).
#[derive(Debug, Args)]
pub(super) struct Remind {
    /// The campaign folder.
    campaign: PathBuf,
    /// Second proposals instead of reminders.
    #[arg(long)]
    second: bool,
    /// Days that must have passed since the last message.
    #[arg(long, value_name = "N", default_value_t = 7)]
    after: u16,
    #[command(flatten)]
    to: To,
}

#[derive(Debug, Args)]
struct To {
    /// This contract only; may be repeated.
    #[arg(long, value_name = "ID")]
    only: Vec<ContractId>,
    /// Write drafts and letters into this folder, one for each contract.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Hand messages over to a mail server, `smtp://host:25`; without a value, the one that the variable `PARAPHE_SMTP` names.
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", conflicts_with = "out")]
    smtp: Option<String>,
    /// Only list what would be sent.
    #[arg(long)]
    dry_run: bool,
    /// Also what was sent already; for contracts named by `--only`.
    #[arg(long, requires = "only")]
    again: bool,
    /// By what means; a mail server takes messages only.
    #[arg(long, value_enum, default_value = "courriel")]
    moyen: How,
    /// How it is shown; `json` is described in docs/formats/findings.md.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    by: By,
}

impl Send {
    pub(super) fn run(self) -> Result<Status, Failure> {
        if self.to.out.is_none() && self.to.smtp.is_none() && !self.to.dry_run {
            return Err(
                "say where to: `--out DIR` for drafts, `--smtp` for a mail server, or `--dry-run` to see".into()
            );
        }
        self.to.run(self.campaign, Nature::Proposition, 0)
    }
}

impl Remind {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let nature = if self.second { Nature::SecondeProposition } else { Nature::Relance };
        self.to.run(self.campaign, nature, self.after)
    }
}

impl To {
    fn run(self, campaign: PathBuf, nature: Nature, after: u16) -> Result<Status, Failure> {
        let order = self.by.order()?;
        let relais = self.relais()?;
        if relais.is_some() && self.moyen != How::Courriel {
            return Err("a mail server takes messages only: leave `--moyen` out".into());
        }
        let vers = match (&relais, self.out) {
            _ if self.dry_run => Vers::Essai,
            (Some(relais), _) => Vers::Relais(relais),
            (None, Some(folder)) => Vers::Dossier(folder),
            (None, None) => Vers::Essai,
        };
        let done = match vers {
            Vers::Dossier(_) => "written and recorded as sent",
            Vers::Essai => "to send",
            Vers::Relais(_) => "sent and recorded",
        };
        let only: BTreeSet<ContractId> = self.only.into_iter().collect();
        let envoi = Envoi { nature, only, again: self.again, moyen: self.moyen.into(), after, vers };
        let bar = bar::bar();
        let sent = ops::envoyer(&Dossier::new(&campaign), &envoi, &order, &mut |done, of| {
            if done == 0 {
                bar::count(&bar, of, "letters");
            }
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        let sent = sent?;
        match self.format {
            Format::Json => {
                let summary = sent.value.as_ref().map_or_else(|| json!({}), |envois| json!(envois));
                show::json(&show::Json { format: 1, findings: &sent.findings, summary })?;
            }
            Format::Text => text(&sent, nature, done)?,
        }
        let clean = sent.value.is_some() && !sent.findings.iter().any(Diagnostic::is_error);
        Ok(if clean { Status::Clean } else { Status::Findings })
    }

    fn relais(&self) -> Result<Option<Relais>, Failure> {
        let Some(url) = self.smtp.clone().filter(|_| !self.dry_run) else { return Ok(None) };
        let url = if url.is_empty() { variable(SERVER) } else { Some(url) };
        let url = url.ok_or("no mail server: give `--smtp URL`, or set the variable `PARAPHE_SMTP`")?;
        Ok(Some(Relais::new(&url)?))
    }
}

fn text(sent: &Checked<Envois>, nature: Nature, done: &str) -> io::Result<()> {
    show::findings(&mut io::stderr().lock(), &sent.findings, &Sources::default())?;
    let Some(envois) = &sent.value else { return Ok(()) };
    let mut out = io::stdout().lock();
    for pli in &envois.plis {
        let to = pli.courriel.as_deref().unwrap_or("(par courrier)");
        let rang = pli.rang.map(|rang| format!(", rappel {rang}")).unwrap_or_default();
        writeln!(out, "{:<14}  v{}{rang}  {}  {to}", pli.contract, pli.version, pli.etablissement)?;
    }
    writeln!(out, "{} {done} ({})", envois.plis.len(), nature.nom())?;
    if let Some(bordereau) = &envois.bordereau {
        writeln!(out, "list: {}", bordereau.display())?;
    }
    Ok(())
}
