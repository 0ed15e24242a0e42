//! What has to be made, and why: the campaign as it is now, beside what was made before.

use std::{collections::BTreeMap, path::Path};

use super::{
    dossier::Dossier,
    prepare::{PrepareError, Prepared, Ready, prepare_after},
    run::left_over,
    version::{DONNEES, PROVENANCE},
};
use crate::{
    archive::{self, Store},
    document::provenance::{Change, Provenance, changes},
    domain::{Campaign, Contract, ContractId, VersionNum},
    register::{ContractState, Etape, RegisterError, VersionState},
    template::{self, Comparison, TemplateSet},
};

/// What is done with one contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is signed and the campaign says otherwise now: it is amended, never made again.
    Amend,
    /// It ended (terminated, without object): nothing is made.
    Closed,
    /// Its first version is made.
    First,
    /// A version takes the place of this one, which was sent.
    Replace(VersionNum),
    /// The draft, which nobody received, is made again.
    Redraft,
    /// It is as it should be.
    Unchanged,
}

/// What is decided for one contract.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned<'a> {
    /// The contract.
    pub(super) contract: &'a Contract,
    /// What is done.
    pub(super) action: Action,
    /// Version that the action makes, or that stays.
    pub(super) version: VersionNum,
    /// What the contract says now.
    pub(super) ready: Ready,
    /// Its last version.
    pub(super) head: Option<&'a VersionState>,
    /// Its signed version, if it is signed.
    pub(super) in_force: Option<VersionNum>,
}

/// What `generate` would do, and why.
pub struct Plan {
    /// What was read and seen.
    pub prepared: Prepared,
    /// The contracts that are right, in order.
    pub items: Vec<Item>,
}

/// What would be done with one contract, and why.
#[derive(Debug, Clone)]
pub struct Item {
    /// The contract.
    pub contract: Contract,
    /// What would be done.
    pub action: Action,
    /// Version that would be made, or that stays.
    pub version: VersionNum,
    /// Where its last version is.
    pub etape: Option<Etape>,
    /// What changes from its last version; of a signed contract, see [`Self::avenant`].
    pub changes: Vec<Change>,
    /// Of a signed contract that the campaign changes: what an avenant would say, and what it would not.
    pub avenant: Option<Comparison>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The archive could not be read.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// What is archived beside a version cannot be read.
    #[error("`{file}` of version {version} of `{contract}` cannot be read")]
    Kept {
        /// The contract.
        contract: ContractId,
        /// The version.
        version: VersionNum,
        /// The file.
        file: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The campaign could not be looked at.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The register could not be read.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// What `generate` would do in a campaign folder, and why; nothing is written.
///
/// # Errors
/// When the folder, its register or its archive cannot be read.
pub fn plan(folder: &Path) -> Result<Plan, PlanError> {
    let dossier = Dossier::new(folder);
    let states = dossier.states()?;
    let prepared = prepare_after(folder, &states)?;
    let Some(campaign) = &prepared.campaign else {
        return Ok(Plan { prepared, items: Vec::new() });
    };
    let planned = decide(&dossier, campaign, &prepared.ready, &states)?;
    let items = planned.iter().map(|one| item(&dossier, &prepared, one)).collect::<Result<_, _>>()?;
    let gone = left_over(campaign, &states);
    let mut plan = Plan { items, prepared };
    plan.prepared.findings.extend(gone);
    Ok(plan)
}

fn item(dossier: &Dossier, prepared: &Prepared, one: &Planned<'_>) -> Result<Item, PlanError> {
    let changes = match one.action {
        Action::Redraft | Action::Replace(_) | Action::Closed => why(&dossier.archive()?, prepared, one)?,
        Action::Amend | Action::First | Action::Unchanged => Vec::new(),
    };
    let avenant = if one.action == Action::Amend { comparison(dossier, prepared, one)? } else { None };
    let (contract, etape) = (one.contract.clone(), one.head.map(|head| head.etape));
    Ok(Item { contract, action: one.action, version: one.version, etape, changes, avenant })
}

/// What an avenant would say; nothing when the data cannot be compared: `amend` tells why.
fn comparison(dossier: &Dossier, prepared: &Prepared, one: &Planned<'_>) -> Result<Option<Comparison>, PlanError> {
    let (Some(campaign), Some(signed)) = (&prepared.campaign, one.in_force) else { return Ok(None) };
    let data = kept(&dossier.archive()?, &one.contract.id, signed, DONNEES)?;
    Ok(template::compare(&data, campaign, one.contract).ok().and_then(|compared| compared.value))
}

/// Decides for every contract that is right.
pub(super) fn decide<'a>(
    dossier: &Dossier,
    campaign: &'a Campaign,
    prepared: &BTreeMap<ContractId, Ready>,
    states: &'a BTreeMap<ContractId, ContractState>,
) -> Result<Vec<Planned<'a>>, PlanError> {
    let planner = Planner { dossier, campaign, states };
    campaign
        .contracts
        .iter()
        .filter_map(|contract| Some((contract, *prepared.get(&contract.id)?)))
        .map(|(contract, ready)| planner.one(contract, ready))
        .collect()
}

struct Planner<'a, 't> {
    dossier: &'t Dossier,
    campaign: &'a Campaign,
    states: &'a BTreeMap<ContractId, ContractState>,
}

impl<'a> Planner<'a, '_> {
    fn one(&self, contract: &'a Contract, ready: Ready) -> Result<Planned<'a>, PlanError> {
        let state = self.states.get(&contract.id);
        let Some((state, head)) = state.and_then(|state| Some((state, state.head()?))) else {
            let (action, version) = (Action::First, VersionNum::FIRST);
            return Ok(Planned { contract, action, version, ready, head: None, in_force: None });
        };
        let action = if state.in_force().is_some() {
            if self.says_the_same(contract, ready, head)? { Action::Unchanged } else { Action::Amend }
        } else if ready.content_hash == head.genere.content_hash {
            Action::Unchanged
        } else {
            match head.etape {
                Etape::Brouillon => Action::Redraft,
                Etape::Caduc | Etape::Resilie => Action::Closed,
                _ => Action::Replace(head.number),
            }
        };
        let next = VersionNum::new(head.number.get() + 1).unwrap_or(head.number);
        let version = if matches!(action, Action::Replace(_)) { next } else { head.number };
        let in_force = state.in_force().map(|signed| signed.number);
        Ok(Planned { contract, action, version, ready, head: Some(head), in_force })
    }

    /// Whether a signed contract, with its amendments, says what the campaign says now. The last version may be an amendment,
    /// which prints a part only: the data are compared.
    fn says_the_same(&self, contract: &Contract, ready: Ready, head: &VersionState) -> Result<bool, PlanError> {
        if ready.empreinte == head.genere.empreinte {
            return Ok(true);
        }
        let mut kept: serde_json::Value = kept(&self.dossier.archive()?, &contract.id, head.number, DONNEES)?;
        // What an avenant says of itself is no part of what the contract says.
        if let Some(fields) = kept.as_object_mut() {
            fields.remove("avenant");
        }
        Ok(kept == TemplateSet::data(self.campaign, contract, head.number))
    }
}

/// What changes in a contract that is made again, from its last version.
fn why(store: &Store, prepared: &Prepared, planned: &Planned<'_>) -> Result<Vec<Change>, PlanError> {
    let (Some(head), Some(campaign), Some(templates)) = (planned.head, &prepared.campaign, &prepared.templates) else {
        return Ok(Vec::new());
    };
    let old: Provenance = kept(store, &planned.contract.id, head.number, PROVENANCE)?;
    // Under the same number: that it changes goes without saying.
    let merged = templates.merge(campaign, planned.contract, head.number);
    Ok(merged.value.map(|new| changes(&old, &Provenance::of(&new, &|_, _| None))).unwrap_or_default())
}

/// Reads a JSON file of an archived version.
pub(super) fn kept<T: serde::de::DeserializeOwned>(
    store: &Store,
    contract: &ContractId,
    version: VersionNum,
    file: &'static str,
) -> Result<T, PlanError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| PlanError::Kept {
        contract: contract.clone(),
        version,
        file,
        source,
    };
    let path = file.parse().map_err(|error| failed(Box::new(error) as _))?;
    let bytes = store.file(&contract.into(), version, &path)?;
    serde_json::from_slice(&bytes).map_err(|error| failed(Box::new(error)))
}
