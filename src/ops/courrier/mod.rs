//! Proposals, reminders and second proposals: chosen from the register, written from texts that people can change, given as drafts, as
//! letters or to a mail server, and recorded.
//!
//! Nothing leaves twice by accident: what was sent is no longer to be sent, and a message that may have left when the program was
//! killed is told, and left to a person.

mod bordereau;
mod choix;
mod depot;
mod message;
mod pli;
mod relais;
mod textes;

use std::{collections::BTreeSet, io, path::PathBuf};

use serde::{Deserialize, Serialize};

pub(super) use depot::write;
pub use relais::{Relais, RelaisError};

use super::{
    dossier::{Dossier, Order, recover},
    place,
    plan::PlanError,
    record::keep_piece,
    suivi::{Suivi, SuiviError},
};
use crate::{
    archive::{self, Source, Writer},
    diag::{Checked, Diagnostic},
    digest::FileDigest,
    domain::{ContractId, VersionNum},
    register::{EventKind, EventNumber, Evidence, Moyen, NewEvent, Register, RegisterError},
    writer::{docx, pdf},
};
use choix::Choisi;
use depot::Depot;
use pli::{Atelier, Pli};

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// The proposal.
    Proposition,
    /// A reminder; its rank follows those that were sent.
    Relance,
    /// The second proposal, which announces the penalty (D. 162-15 CSS).
    SecondeProposition,
}

impl Nature {
    /// The name of its text, and of what it is made into.
    #[must_use]
    pub const fn nom(self) -> &'static str {
        match self {
            Self::Proposition => "proposition",
            Self::Relance => "relance",
            Self::SecondeProposition => "seconde-proposition",
        }
    }
}

/// Where it goes.
pub enum Vers<'a> {
    /// Nowhere: what would be sent is listed.
    Essai,
    /// A folder: drafts of messages, letters, and the files that go with them.
    Dossier(PathBuf),
    /// A mail server.
    Relais(&'a Relais),
}

/// What is to be sent, to whom, and how.
pub struct Envoi<'a> {
    /// What.
    pub nature: Nature,
    /// These contracts only; all that wait for it when empty.
    pub only: BTreeSet<ContractId>,
    /// Also what was sent already, for the contracts of `only`.
    pub again: bool,
    /// By what means.
    pub moyen: Moyen,
    /// Days that must have passed since the last message before a reminder.
    pub after: u16,
    /// Where to.
    pub vers: Vers<'a>,
}

/// What was sent, or would be.
#[derive(Debug, Serialize)]
pub struct Envois {
    /// By contract.
    pub plis: Vec<Envoye>,
    /// The list of what was sent, as a file.
    pub bordereau: Option<PathBuf>,
}

/// One letter or message.
#[derive(Debug, Clone, Serialize)]
pub struct Envoye {
    /// The contract.
    pub contract: String,
    /// Its version.
    pub version: VersionNum,
    /// The établissement.
    pub etablissement: String,
    /// The mailbox, for a message.
    pub courriel: Option<String>,
    /// Its object.
    pub objet: String,
    /// Rank of a reminder.
    pub rang: Option<u16>,
    /// Files that go with it.
    pub pieces: Vec<Piece>,
    /// The event that was recorded; none when it is only listed.
    pub event: Option<EventNumber>,
}

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Its name.
    pub nom: String,
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
}

/// Why nothing could be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CourrierError {
    /// The archive could not be read or written.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// An archived version could not be read.
    #[error(transparent)]
    Kept(#[from] PlanError),
    /// A message could not be built.
    #[error("a message could not be built")]
    Message(#[from] lettre::error::Error),
    /// A letter could not be printed.
    #[error("a letter could not be printed")]
    Print(#[from] pdf::PrintError),
    /// A letter could not be written as DOCX.
    #[error(transparent)]
    Docx(#[from] docx::WriteError),
    /// The register could not be read or written.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The campaign could not be read.
    #[error(transparent)]
    Suivi(#[from] SuiviError),
    /// A text could not be read.
    #[error("could not read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Sends, and records what was sent. The value is absent when the campaign or the texts cannot be read; a contract that cannot be
/// written to is a finding, and the others go on.
///
/// # Errors
/// When the campaign, its archive or its register cannot be read or written, or a folder cannot be. What was recorded before stays.
pub fn envoyer(
    dossier: &Dossier,
    envoi: &Envoi<'_>,
    order: &Order,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Checked<Envois>, CourrierError> {
    let Checked { value, mut findings } = Suivi::open(dossier.folder())?;
    let Some(suivi) = value else { return Ok(Checked { value: None, findings }) };
    let courriers = textes::load(dossier.folder(), &suivi.campaign.modele)?.take(&mut findings);
    let Some(courriers) = courriers else { return Ok(Checked { value: None, findings }) };
    let depot = Depot::new(dossier, &envoi.vers);
    findings.extend(depot.doubtful(&suivi.states)?);
    let choisis = choix::choose(&suivi, envoi, order.now.today, &depot, &mut findings);
    let atelier = Atelier { suivi: &suivi, courriers: &courriers, envoi, order };
    let mut envois = Envois { plis: Vec::new(), bordereau: None };
    let count = choisis.len();
    progress(0, count);
    if count > 0 && depot.is_trial() {
        let store = dossier.archive()?;
        for choisi in &choisis {
            envois.plis.extend(atelier.compose(&store, choisi)?.take(&mut findings).map(|pli| pli.envoye()));
        }
    } else if count > 0 {
        let store = dossier.archive_to_write()?;
        let writer = store.lock()?;
        recover(&store, &writer, &suivi.states)?;
        let register = Register::open(dossier.folder())?;
        let mut guichet =
            Guichet { store: &store, writer, register, atelier: &atelier, depot, press: pdf::Press::new()? };
        for (done, choisi) in choisis.iter().enumerate() {
            envois.plis.extend(guichet.one(choisi, &mut findings)?);
            progress(done + 1, count);
        }
        envois.bordereau = guichet.close(&envois.plis)?;
    }
    let findings = crate::diag::grouped(findings);
    Ok(Checked { value: Some(envois), findings })
}

/// Where letters are written, handed over and recorded, one after the other.
struct Guichet<'a> {
    store: &'a archive::Store,
    writer: Writer<'a>,
    register: Register,
    atelier: &'a Atelier<'a>,
    depot: Depot<'a>,
    press: pdf::Press,
}

impl Guichet<'_> {
    fn one(&mut self, choisi: &Choisi<'_>, findings: &mut Vec<Diagnostic>) -> Result<Option<Envoye>, CourrierError> {
        let Some(pli) = self.atelier.compose(self.store, choisi)?.take(findings) else { return Ok(None) };
        let mut envoye = pli.envoye();
        let event = self.event(&pli);
        // Asked first: a letter that has left cannot be called back.
        let objections = self.register.objections(std::slice::from_ref(&event), self.atelier.order.now)?;
        if !objections.is_empty() {
            findings.extend(objections);
            return Ok(None);
        }
        if let Some(refused) = self.depot.hand_over(&pli, &self.press, self.atelier.envoi.moyen)? {
            findings.push(refused);
            return Ok(None);
        }
        envoye.event = self.record(&pli, event)?;
        self.depot.settled(&pli)?;
        Ok(Some(envoye))
    }

    fn event(&self, pli: &Pli) -> NewEvent {
        let order = self.atelier.order;
        let bytes = pli.record();
        NewEvent {
            agent: order.agent.clone(),
            contract: Some(pli.contract.clone()),
            version: Some(pli.version),
            day: Some(order.now.today),
            kind: kind(self.atelier.envoi, pli),
            evidence: vec![Evidence::new("envoi.json", FileDigest::of(&bytes), bytes.len() as u64)],
        }
    }

    /// Archives what was written, and records that it was sent.
    fn record(&mut self, pli: &Pli, event: NewEvent) -> Result<Option<EventNumber>, CourrierError> {
        let order = self.atelier.order;
        for piece in &event.evidence {
            keep_piece(&self.writer, piece, Source::Bytes(pli.record()), order)?;
        }
        let numbers = self.register.append(&[event], order.now)?;
        Ok(numbers.into_iter().next())
    }

    /// The list of what was sent, beside it.
    fn close(&self, plis: &[Envoye]) -> Result<Option<PathBuf>, CourrierError> {
        let Some(folder) = self.depot.folder().filter(|_| !plis.is_empty()) else { return Ok(None) };
        let note = bordereau::of_envoi(self.atelier, plis);
        let stem = format!("bordereau-{}-{}", self.atelier.envoi.nature.nom(), self.atelier.order.now.today);
        write(&place::free(folder, &stem), &self.press.note(&note)?).map(Some)
    }
}

fn kind(envoi: &Envoi<'_>, pli: &Pli) -> EventKind {
    match envoi.nature {
        Nature::Proposition => EventKind::Propose { moyen: envoi.moyen },
        Nature::Relance => EventKind::Relance { rang: pli.rang.unwrap_or(1), moyen: Some(envoi.moyen) },
        Nature::SecondeProposition => EventKind::SecondeProposition { moyen: envoi.moyen },
    }
}
