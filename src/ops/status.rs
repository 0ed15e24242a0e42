//! Where every contract is: each exemplaire and each party, what is doubtful, what never came.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;
use serde::Serialize;

use super::dossier::Dossier;
use crate::{
    digest::FileDigest,
    domain::{ContractId, Exemplaire, Partie, VersionNum},
    evidence::Reason,
    reconcile::{EtatSignature, Outcome},
    register::{ContractState, Event, EventKind, EventNumber, RegisterError, VersionState},
};

/// Where a campaign is.
#[derive(Debug, Serialize)]
pub struct Board {
    /// Its contracts, by identifier.
    pub contracts: Vec<ContractLine>,
    /// What came back and is no contract of the campaign.
    pub unplaced: Vec<Unplaced>,
}

/// Where one contract is.
#[derive(Debug, Serialize)]
pub struct ContractLine {
    /// The contract.
    pub contract: String,
    /// The version that is followed: the last one that was proposed, or the last one.
    pub version: VersionNum,
    /// Where it is: « retourné par l’établissement ».
    pub etape: String,
    /// The day of its last step.
    pub depuis: Option<Date>,
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
    pub etat: &'static str,
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
    /// What was made of it.
    pub verdict: Outcome,
    /// Why.
    pub motifs: Vec<Reason>,
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
}

/// Computes where every contract is, from the register alone.
///
/// # Errors
/// When the register cannot be read.
pub fn status(folder: &Path) -> Result<Board, RegisterError> {
    let mut unplaced: Vec<Unplaced> = Vec::new();
    let states = Dossier::new(folder).states_and(&mut |event| match (&event.kind, &event.contract) {
        (EventKind::Decision(decision), None) => unplaced.retain(|seen| seen.event != decision.retour),
        _ => unplaced.extend(Unplaced::of(event)),
    })?;
    Ok(Board { contracts: states.values().filter_map(line).collect(), unplaced })
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
        etat: version.exemplaire(exemplaire).word(),
        parties: version.signatures(exemplaire),
    };
    Some(ContractLine {
        contract: state.id.to_string(),
        version: version.number,
        etape: version.etape.to_string(),
        depuis: version.jalons.last().and_then(|jalon| jalon.day),
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
            verdict: seen.retour.verdict,
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
            motifs: retour.motifs.clone(),
        })
    }
}

impl Board {
    /// How many contracts are at each stage, by the name of the stage.
    #[must_use]
    pub fn stages(&self) -> BTreeMap<&str, usize> {
        let mut stages = BTreeMap::new();
        for line in &self.contracts {
            *stages.entry(line.etape.as_str()).or_default() += 1;
        }
        stages
    }

    /// Keeps these contracts only.
    pub fn retain(&mut self, only: &[ContractId]) {
        let names: Vec<String> = only.iter().map(ToString::to_string).collect();
        self.contracts.retain(|line| names.contains(&line.contract));
    }
}
