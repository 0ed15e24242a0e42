//! Where every contract is: each exemplaire and each party, what is doubtful, what never came.
//!
//! The register says where it is, the archived version whose it is. Numbers are counted here, once, for every output.

mod fiche;
mod filter;
mod totals;

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;
use serde::{Serialize, Serializer};

pub use self::{
    fiche::{Caisse, Fiche, Volet},
    filter::{Filter, stages_named},
    totals::{AtStage, OfExemplaire, OfReason, Phase, Share, Totals},
};
use super::{dossier::Dossier, returns::sentence};
use crate::{
    digest::FileDigest,
    domain::{Exemplaire, Partie, VersionNum},
    evidence::Reason,
    reconcile::{EtatSignature, Outcome},
    register::{ContractState, Etape, EtatExemplaire, Event, EventKind, EventNumber, RegisterError, VersionState},
};

/// Where a campaign is.
#[derive(Debug, Serialize)]
pub struct Board {
    /// The name of the campaign; none when nothing was made yet.
    pub campagne: Option<String>,
    /// Its contracts, by identifier.
    pub contracts: Vec<ContractLine>,
    /// What came back and is no contract of the campaign.
    pub unplaced: Vec<Unplaced>,
    /// Its numbers.
    pub totals: Totals,
}

/// Where one contract is.
#[derive(Debug, Serialize)]
pub struct ContractLine {
    /// The contract.
    pub contract: String,
    /// The version that is followed: the last one that was proposed, or the last one.
    pub version: VersionNum,
    /// Whose it is, as its archived version says; unknown when that cannot be read.
    pub fiche: Option<Fiche>,
    /// Where it is: « retourné par l’établissement ».
    #[serde(serialize_with = "in_words")]
    pub etape: Etape,
    /// The day of its last step.
    pub depuis: Option<Date>,
    /// The first day on which it was sent.
    pub envoye: Option<Date>,
    /// The day of the proven receipt of the proposal under way, from which delays run; none as long as none is proven.
    pub recu: Option<Date>,
    /// How many reminders were sent.
    pub relances: usize,
    /// Its three exemplaires.
    pub exemplaires: Vec<ExemplaireLine>,
    /// Returns of this contract, in any version, that were not accepted, on which nobody has decided, and which are not followed by one
    /// that was accepted.
    pub doubtful: Vec<Doubtful>,
}

/// Where one exemplaire is.
#[derive(Debug, Serialize)]
pub struct ExemplaireLine {
    /// Its number.
    pub exemplaire: u8,
    /// Where it is: « attendu ».
    #[serde(serialize_with = "as_word")]
    pub etat: EtatExemplaire,
    /// Who has signed it.
    pub parties: BTreeMap<Partie, EtatSignature>,
}

/// A return that somebody has to look at.
#[derive(Debug, Serialize)]
pub struct Doubtful {
    /// The event.
    pub event: EventNumber,
    /// The version that came back.
    pub version: VersionNum,
    /// The exemplaire.
    pub exemplaire: Option<u8>,
    /// The day it came.
    pub day: Option<Date>,
    /// What was made of it.
    pub verdict: Outcome,
    /// Why.
    pub motifs: Vec<Reason>,
    /// The same in French, one sentence each.
    pub phrases: Vec<&'static str>,
}

/// A file that came back and is no contract of the campaign, and on which nobody has decided.
#[derive(Debug, Serialize)]
pub struct Unplaced {
    /// The event.
    pub event: EventNumber,
    /// The day it came.
    pub day: Option<Date>,
    /// Its digest.
    pub sha256: Option<FileDigest>,
    /// What was made of it.
    pub verdict: Outcome,
    /// Why.
    pub motifs: Vec<Reason>,
    /// The same in French, one sentence each.
    pub phrases: Vec<&'static str>,
}

/// Computes where the contracts that are asked for are, and counts them. What is of no contract is told whatever is asked for.
///
/// # Errors
/// When the register cannot be read. An archive that cannot be read leaves unknown whose the contracts are.
pub fn status(folder: &Path, filter: &Filter) -> Result<Board, RegisterError> {
    let mut board = of_register(folder)?;
    board.contracts.retain(|line| filter.keeps_state(line));
    if let Ok(store) = Dossier::new(folder).archive() {
        fiche::read(&store, &mut board.contracts);
    }
    board.contracts.retain(|line| filter.keeps_fiche(line));
    board.totals = Totals::of(&board);
    Ok(board)
}

/// Computes where every contract is, from the register alone: nothing is counted, and whose it is stays unknown.
pub(super) fn of_register(folder: &Path) -> Result<Board, RegisterError> {
    let mut unplaced: Vec<Unplaced> = Vec::new();
    let dossier = Dossier::new(folder);
    let states = dossier.states_and(&mut |event| match (&event.kind, &event.contract) {
        (EventKind::Decision(decision), None) => unplaced.retain(|seen| seen.event != decision.retour),
        _ => unplaced.extend(Unplaced::of(event)),
    })?;
    Ok(Board {
        campagne: dossier.libelle()?,
        contracts: states.values().filter_map(line).collect(),
        unplaced,
        totals: Totals::default(),
    })
}

/// The version that people follow: an avenant being drafted does not hide what is being signed.
pub(super) fn followed(state: &ContractState) -> Option<&VersionState> {
    let stands = |version: &&VersionState| version.is_proposed() && version.remplace_par.is_none();
    let proposed = state.versions.values().rev().find(stands);
    proposed.or_else(|| state.head())
}

fn line(state: &ContractState) -> Option<ContractLine> {
    let version = followed(state)?;
    let exemplaire = |exemplaire: Exemplaire| ExemplaireLine {
        exemplaire: exemplaire.number(),
        etat: version.exemplaire(exemplaire),
        parties: version.signatures(exemplaire),
    };
    Some(ContractLine {
        contract: state.id.to_string(),
        version: version.number,
        fiche: None,
        etape: version.etape,
        depuis: version.jalons.last().and_then(|jalon| jalon.day),
        envoye: version.sent(),
        recu: version.receipt(version.proposition).and_then(|jalon| jalon.day),
        relances: version.relances(),
        exemplaires: Exemplaire::ALL.map(exemplaire).into(),
        doubtful: doubtful(state),
    })
}

fn doubtful(state: &ContractState) -> Vec<Doubtful> {
    let of = |version: &VersionState| {
        let number = version.number;
        let open = version.retours.iter().filter(|seen| {
            let later = seen.exemplaire().and_then(|exemplaire| version.retour(exemplaire));
            let settled = later.is_some_and(|accepted| accepted.event > seen.event);
            seen.is_open() && !settled
        });
        open.map(|seen| Doubtful {
            event: seen.event,
            version: number,
            exemplaire: seen.exemplaire().map(Exemplaire::number),
            day: seen.day,
            verdict: seen.retour.verdict,
            phrases: phrases(&seen.retour.motifs),
            motifs: seen.retour.motifs.clone(),
        })
        .collect::<Vec<_>>()
    };
    state.versions.values().flat_map(of).collect()
}

impl Unplaced {
    /// The return that an event says, when it is of no contract.
    fn of(event: &Event) -> Option<Self> {
        let (EventKind::Retour(retour), None) = (&event.kind, &event.contract) else { return None };
        Some(Self {
            event: event.number,
            day: event.day,
            sha256: event.evidence.first().map(|piece| piece.sha256),
            verdict: retour.verdict,
            phrases: phrases(&retour.motifs),
            motifs: retour.motifs.clone(),
        })
    }
}

impl Unplaced {
    /// Why it is doubtful, each reason with its sentence.
    pub fn reasons(&self) -> impl Iterator<Item = (Reason, &'static str)> {
        self.motifs.iter().copied().zip(self.phrases.iter().copied())
    }
}

impl Doubtful {
    /// Why it is doubtful, each reason with its sentence.
    pub fn reasons(&self) -> impl Iterator<Item = (Reason, &'static str)> {
        self.motifs.iter().copied().zip(self.phrases.iter().copied())
    }
}

impl ContractLine {
    /// Whether somebody has to look at a return of it.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        !self.doubtful.is_empty()
    }
}

fn phrases(motifs: &[Reason]) -> Vec<&'static str> {
    motifs.iter().map(|reason| sentence(*reason)).collect()
}

fn in_words<S: Serializer>(etape: &Etape, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(etape)
}

fn as_word<S: Serializer>(etat: &EtatExemplaire, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(etat.word())
}
