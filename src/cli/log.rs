//! `paraphe log`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use serde_json::{Value, json};

use super::{Failure, Format, Status, show};
use crate::{
    domain::ContractId,
    register::{Decision, Event, EventKind, Pas, Register, Retour},
};

/// Tells what happened to a contract, in order.
#[derive(Debug, clap::Args)]
pub(super) struct Log {
    /// Campaign folder, the one that holds `registre.sqlite`.
    campaign: PathBuf,
    /// Contract: `960000016-2022`.
    #[arg(value_name = "ID")]
    contract: ContractId,
    /// How it is shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Log {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let events = Register::open(&self.campaign)?.history(&self.contract)?;
        if events.is_empty() {
            return Err(format!("nothing is recorded of contract `{}`", self.contract).into());
        }
        match self.format {
            Format::Json => {
                let events: Vec<Value> = events.iter().map(object).collect();
                show::json(&json!({ "format": 1, "contract": self.contract.to_string(), "events": events }))?;
            }
            Format::Text => {
                let mut out = io::stdout().lock();
                events.iter().try_for_each(|event| line(&mut out, event))?;
            }
        }
        Ok(Status::Clean)
    }
}

fn object(event: &Event) -> Value {
    let pieces: Vec<Value> = event.evidence.iter().map(|piece| json!(piece)).collect();
    json!({
        "number": event.number,
        "recorded": event.recorded.to_string(),
        "agent": event.agent,
        "version": event.version,
        "day": event.day.map(|day| day.to_string()),
        "kind": kind(&event.kind),
        "evidence": pieces,
        "forced": event.forced,
        "digest": event.digest,
    })
}

fn kind(kind: &EventKind) -> Value {
    match kind {
        EventKind::Inconnu { nature, details } => json!({ "inconnu": { "nature": nature, "details": details } }),
        known => json!(known),
    }
}

/// One event, as officers read it: number, day, version, what happened, who recorded it; the rest below.
fn line(out: &mut impl Write, event: &Event) -> io::Result<()> {
    // What the program did has no day of its own: that of its recording.
    let day = event.day.map_or_else(|| event.recorded.strftime("%F").to_string(), |day| day.to_string());
    let version = event.version.map(|version| format!("v{version}")).unwrap_or_default();
    let number = event.number.to_string();
    writeln!(out, "{number:>6}  {day}  {version:<4}  {}  ({})", words(&event.kind), event.agent)?;
    if let Some(motive) = &event.forced {
        writeln!(out, "{:>26}hors circuit, motif\u{a0}: {motive}", "")?;
    }
    event.evidence.iter().try_for_each(|piece| writeln!(out, "{:>26}pièce {}", "", piece.name))
}

/// « retour de l’exemplaire 1 : accept-note (INCOMPLETE) ».
fn returned(retour: &Retour) -> String {
    let of =
        retour.exemplaire.map_or_else(String::new, |exemplaire| format!(" de l’exemplaire {}", exemplaire.number()));
    let motifs: Vec<String> = retour.motifs.iter().map(ToString::to_string).collect();
    let why = if motifs.is_empty() { String::new() } else { format!(" ({})", motifs.join(", ")) };
    format!("retour{of}\u{a0}: {}{why}", retour.verdict)
}

/// « décision sur le retour 42 : à redemander, page 7 illisible ».
fn decided(decision: &Decision) -> String {
    let Decision { retour, suite, exemplaire, motif } = decision;
    let of = exemplaire.map(|exemplaire| format!(", exemplaire {}", exemplaire.number())).unwrap_or_default();
    let why = motif.as_ref().map(|motif| format!(", {motif}")).unwrap_or_default();
    format!("décision sur le retour {retour}\u{a0}: {}{of}{why}", suite.word())
}

fn words(kind: &EventKind) -> String {
    let word = Pas::of(kind).map_or("", Pas::word);
    match kind {
        EventKind::Genere(genere) => match (&genere.avenant, genere.remplace) {
            (Some(avenant), _) => format!("généré, avenant n° {} à la version {}", avenant.numero, avenant.parent),
            (None, Some(old)) => format!("généré, remplace la version {old}"),
            (None, None) => "généré".to_owned(),
        },
        EventKind::Propose { moyen } | EventKind::SecondeProposition { moyen } => format!("{word}, {}", moyen.word()),
        EventKind::Recu { preuve } => format!("{word}, {}", preuve.word()),
        EventKind::Relance { rang, moyen } => {
            let how = moyen.map(|moyen| format!(", {}", moyen.word())).unwrap_or_default();
            format!("{word}, rang {rang}{how}")
        }
        EventKind::Refus { motif: Some(motif) } | EventKind::Caduc { motif } | EventKind::Resilie { motif } => {
            format!("{word}\u{a0}: {motif}")
        }
        EventKind::Retour(retour) => returned(retour),
        EventKind::Decision(decision) => decided(decision),
        EventKind::NonRemis => "message non remis".to_owned(),
        EventKind::Notifie { partie } => format!("{word} à {}", partie.with_article()),
        EventKind::Remplace { par } => format!("{word} par la version {par}"),
        EventKind::Annule { event, motif } => format!("l’événement {event} est annulé\u{a0}: {motif}"),
        EventKind::Inconnu { nature, .. } => format!("« {nature} », inconnu de ce programme"),
        _ => word.to_owned(),
    }
}
