//! What has to be done for each contract, and by when: the campaign as people wrote it, beside what the register says happened.
//!
//! Nothing here decides: a deadline that has passed is told, with the event from which it runs.

mod agenda;

use std::{collections::BTreeMap, path::Path};

pub(super) use agenda::affaire;
pub use agenda::{Affaire, Agenda, Demarche, Echeance, agenda};

use super::dossier::Dossier;
use crate::{
    diag::{Checked, Diagnostic, grouped},
    domain::{Campaign, Contract, ContractId, Delai},
    input::{self, Sources},
    register::{ContractState, Proposition, RegisterError, VersionState},
};

/// Why a campaign cannot be followed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuiviError {
    /// The folder could not be read.
    #[error(transparent)]
    Read(#[from] input::ReadError),
    /// The register could not be read.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// A campaign and where its contracts are.
pub(super) struct Suivi {
    pub(super) campaign: Campaign,
    pub(super) states: BTreeMap<ContractId, ContractState>,
}

impl Suivi {
    /// Reads the folder. The value is absent when the campaign itself cannot be read: its deadlines are then not known. Of the
    /// findings, those of errors are given: the others were told when the contracts were made.
    pub(super) fn open(folder: &Path) -> Result<Checked<Self>, SuiviError> {
        let loaded = Sources::load(folder)?;
        let sources = loaded.value.unwrap_or_default();
        let read = input::read(&sources);
        let findings = [loaded.findings, read.findings].concat();
        let findings = grouped(findings.into_iter().filter(Diagnostic::is_error).collect());
        let states = Dossier::new(folder).states()?;
        Ok(Checked { value: read.value.map(|campaign| Self { campaign, states }), findings })
    }

    /// The contracts that were made, with the version that is followed; and with what the campaign says of them, unless they were
    /// taken out of it.
    pub(super) fn contracts(&self) -> impl Iterator<Item = Suivie<'_>> {
        let contracts: BTreeMap<&ContractId, &Contract> =
            self.campaign.contracts.iter().map(|contract| (&contract.id, contract)).collect();
        self.states.values().filter_map(move |state| {
            let version = super::status::followed(state)?;
            Some(Suivie { state, version, contract: contracts.get(&state.id).copied() })
        })
    }

    /// The time that a proposal leaves to answer it; none when the generation has no such proposal.
    pub(super) const fn delai(&self, proposition: Proposition) -> Option<&Delai> {
        let delais = &self.campaign.modele.delais;
        match proposition {
            Proposition::Premiere => Some(&delais.reponse),
            Proposition::Seconde => delais.seconde_proposition.as_ref(),
        }
    }
}

/// One contract that is followed.
#[derive(Clone, Copy)]
pub(super) struct Suivie<'a> {
    pub(super) state: &'a ContractState,
    pub(super) version: &'a VersionState,
    pub(super) contract: Option<&'a Contract>,
}
