//! Messages about what was sent: read, delivered, or sent back. One that proves the receipt of a proposal starts its time.
//!
//! A message is matched by the identifier of what was sent; or, since mail programs change it, by the reference in its object together
//! with the mailbox it was sent to. What matches neither is told and left to a person.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::examiner::Examiner;
use crate::{
    archive::{LogicalPath, Store},
    digest::FileDigest,
    domain::{ContractId, VersionNum},
    evidence::accuse::{Accuse, Sort},
    ops::{courrier::Nature, record::piece_object},
    register::{Event, EventKind, EventNumber, Evidence, Preuve, Proposition, VersionState},
};

/// A message about what was sent, and what was made of it.
#[derive(Debug, Clone, Serialize)]
pub struct AccuseRecu {
    /// Its name, as it was given.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
    /// What it says.
    pub dit: &'static str,
    /// The contract it speaks of.
    pub contract: Option<String>,
    /// The version it speaks of.
    pub version: Option<VersionNum>,
    /// The day that it bears.
    pub jour: Option<Date>,
    /// What follows from it, for people.
    pub phrase: String,
    /// The event that was recorded.
    pub event: Option<EventNumber>,
    /// Whether somebody has to look at it.
    pub a_voir: bool,
}

/// What is read of the trace of a sending.
#[derive(Deserialize)]
struct Trace {
    nature: Nature,
    message_id: Option<String>,
    to: Option<String>,
}

/// What follows from a message about what was sent.
pub(super) enum Follows {
    /// An event.
    Event(EventKind, Date),
    /// Nothing, which is as it should be.
    Nothing,
    /// Nothing, and somebody has to look.
    Look,
}

/// A message about what was sent, as it was given.
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) sha256: FileDigest,
    pub(super) accuse: Accuse,
}

/// The contract and version that a message seems to be about.
pub(super) fn about(accuse: &Accuse) -> Option<(ContractId, VersionNum)> {
    let named = accuse.original.as_deref().and_then(|original| {
        let (contract, rest) = original.split_once("-v")?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some((contract.parse().ok()?, VersionNum::new(digits.parse().ok()?)?))
    });
    named.or_else(|| {
        let plain = accuse.objet.replace(['\u{a0}', '\u{202f}'], " ");
        let (_, reference) = plain.rsplit_once("[CAQES ")?;
        let (contract, version) = reference.split_once(']')?.0.split_once(", version ")?;
        Some((contract.trim().parse().ok()?, VersionNum::new(version.trim().parse().ok()?)?))
    })
}

/// What is said of a message about what was sent, before anything is recorded.
pub(super) fn told(examiner: &Examiner, file: &Seen, events: &[Event], today: Date) -> (AccuseRecu, Follows) {
    let Seen { name, sha256, accuse } = file;
    let about = about(accuse);
    let version = about
        .as_ref()
        .and_then(|(id, number)| examiner.states().get(id)?.versions.get(number).map(|version| (id, version)));
    let (follows, phrase) = match version {
        Some((_, version)) => understand(accuse, version, events, examiner.store(), today),
        None => (Follows::Look, "ce message ne parle d’aucun contrat de la campagne".to_owned()),
    };
    let told = AccuseRecu {
        file: name.clone(),
        sha256: *sha256,
        dit: word(accuse.sort),
        contract: version.map(|(id, _)| id.to_string()),
        version: version.map(|(_, version)| version.number),
        jour: accuse.jour,
        phrase,
        event: None,
        a_voir: matches!(follows, Follows::Look | Follows::Event(EventKind::NonRemis, _)),
    };
    (told, follows)
}

/// What follows from a message about a version that was sent; `events` are those of its contract.
fn understand(
    accuse: &Accuse,
    version: &VersionState,
    events: &[Event],
    store: &Store,
    today: Date,
) -> (Follows, String) {
    let told = |follows, phrase: &str| (follows, phrase.to_owned());
    let sent = events.iter().filter(|event| event.version == Some(version.number));
    let Some(nature) =
        sent.filter_map(|event| trace(event, store)).find(|trace| trace.is_of(accuse)).map(|trace| trace.nature)
    else {
        return told(Follows::Look, "aucun envoi inscrit ne correspond à ce message");
    };
    match accuse.sort {
        Sort::Remis => told(Follows::Nothing, "remis à la boîte du destinataire ; cela ne dit pas qu’il a été lu"),
        Sort::NonLu => told(Follows::Look, "écarté sans avoir été affiché : la réception n’est pas prouvée"),
        Sort::NonRemis => told(Follows::Event(EventKind::NonRemis, today), "non remis : l’adresse est à vérifier"),
        Sort::Lu => read(accuse, nature, version, today, told),
    }
}

fn read(
    accuse: &Accuse,
    nature: Nature,
    version: &VersionState,
    today: Date,
    told: impl Fn(Follows, &str) -> (Follows, String),
) -> (Follows, String) {
    let proposition = match nature {
        Nature::Relance => return told(Follows::Nothing, "la relance a été lue"),
        Nature::Proposition => Proposition::Premiere,
        Nature::SecondeProposition => Proposition::Seconde,
    };
    if version.receipt(proposition).is_some() {
        return told(Follows::Nothing, "la réception était déjà prouvée");
    }
    if version.proposition != proposition {
        return told(
            Follows::Look,
            "une seconde proposition est partie depuis : la première réception est à inscrire par un agent",
        );
    }
    match accuse.jour.filter(|jour| *jour <= today && version.sent().is_none_or(|sent| sent <= *jour)) {
        Some(jour) => told(
            Follows::Event(EventKind::Recu { preuve: Preuve::AccuseLecture }, jour),
            "lu : la réception est prouvée",
        ),
        None => told(Follows::Look, "sa date est absente, antérieure à l’envoi ou à venir"),
    }
}

/// The trace that is kept of a sending.
fn trace(event: &Event, store: &Store) -> Option<Trace> {
    let is_sending = matches!(
        event.kind,
        EventKind::Propose { .. } | EventKind::Relance { .. } | EventKind::SecondeProposition { .. }
    );
    let piece: &Evidence = event.evidence.first().filter(|_| is_sending)?;
    let bytes = store.file(&piece_object(piece.sha256), VersionNum::FIRST, &LogicalPath::piece(&piece.name)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

impl Trace {
    fn is_of(&self, accuse: &Accuse) -> bool {
        let id = self.message_id.as_deref().map(|id| id.trim_matches(['<', '>']));
        let same = id.is_some() && id == accuse.original.as_deref();
        // A bounce comes from a server, and quotes the object.
        let from = accuse.de.is_some() && accuse.de == self.to.as_ref().map(|to| to.to_lowercase());
        same || ((from || accuse.sort == Sort::NonRemis)
            && about(accuse).is_some()
            && is_object_of(&accuse.objet, self.nature))
    }
}

/// Whether an object can be that of a letter of this nature, as far as it shows: reminders and second proposals say so.
fn is_object_of(objet: &str, nature: Nature) -> bool {
    let objet = objet.to_lowercase();
    match nature {
        Nature::Proposition => !objet.contains("seconde") && !objet.contains("rappel"),
        Nature::Relance => objet.contains("rappel"),
        Nature::SecondeProposition => objet.contains("seconde"),
    }
}

/// What a message says, for people.
const fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Lu => "lu",
        Sort::NonLu => "non lu",
        Sort::NonRemis => "non remis",
        Sort::Remis => "remis",
    }
}
