//! Reading a campaign and trying every contract, without writing anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rayon::prelude::*;

use super::{diags, version::PROGRAM};
use crate::{
    diag::{Diagnostic, Origin, grouped},
    digest::{ContentHash, FileDigest},
    document::Document,
    domain::{Campaign, Contract, ContractId, VersionNum},
    input::{self, Sources},
    register::ContractState,
    template::TemplateSet,
};

/// Why a campaign could not be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The folder could not be read.
    #[error(transparent)]
    Read(#[from] input::ReadError),
}

/// A campaign that was read, with everything there is to say about it.
pub struct Prepared {
    /// The files it was read from.
    pub sources: Sources,
    /// The campaign, when its common part is right.
    pub campaign: Option<Campaign>,
    /// The template set, when it is right.
    pub templates: Option<TemplateSet>,
    /// Contracts that can be printed.
    pub ready: BTreeMap<ContractId, Ready>,
    /// Contracts that cannot, by the name findings give them.
    pub wrong: BTreeSet<String>,
    /// Whether a fault concerns the whole campaign, so that no contract can be made.
    pub blocked: bool,
    /// Everything that was seen, each thing once.
    pub findings: Vec<Diagnostic>,
}

/// A contract that can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// Digest of what it says, under the number of its last version (1 if there is none).
    pub content_hash: ContentHash,
    /// Digest of all that this depends on, the number of the version aside.
    pub empreinte: FileDigest,
}

/// Reads the campaign folder, its template set, and merges every contract; nothing is written.
///
/// # Errors
/// When the folder itself cannot be read. What is wrong inside it is given as findings.
pub fn prepare(folder: &Path) -> Result<Prepared, PrepareError> {
    prepare_after(folder, &BTreeMap::new())
}

/// The same, after what was made before: a contract is merged under the number of its last version, and not at all when nothing
/// that it depends on has changed.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_after(folder: &Path, states: &BTreeMap<ContractId, ContractState>) -> Result<Prepared, PrepareError> {
    let loaded = Sources::load(folder)?;
    let sources = loaded.value.unwrap_or_default();
    let read = input::read(&sources);
    let mut findings = [loaded.findings, read.findings].concat();
    let mut templates = None;
    let mut ready = BTreeMap::new();
    if let Some(campaign) = &read.value {
        let parsed = TemplateSet::parse(&sources.templates(), &campaign.modele);
        templates = parsed.value;
        if let Some(templates) = &templates {
            let trial = Trial::new(&sources, templates, campaign, states);
            let (merged, seen) = trial.all();
            ready = merged;
            findings.extend(parsed.findings);
            findings.extend(seen);
            findings.extend(templates.rehearse(campaign));
        } else {
            findings.extend(TemplateSet::inspect(&sources.templates(), campaign));
        }
    }
    let errors = || findings.iter().filter(|finding| finding.is_error());
    let blocked = read.value.is_none() || templates.is_none() || errors().any(|finding| finding.contract.is_none());
    let wrong = errors().filter_map(|finding| finding.contract.clone()).collect();
    let findings = grouped(findings);
    Ok(Prepared { sources, campaign: read.value, templates, ready, wrong, blocked, findings })
}

type Tried = (BTreeMap<ContractId, Ready>, Vec<Diagnostic>);

/// What every contract of a batch is tried with.
struct Trial<'a> {
    templates: &'a TemplateSet,
    campaign: &'a Campaign,
    states: &'a BTreeMap<ContractId, ContractState>,
    owners: BTreeMap<String, ContractId>,
    /// Digest of what all contracts depend on: the program, the templates, the numbers that none of the others may name.
    common: FileDigest,
}

impl<'a> Trial<'a> {
    fn new(
        sources: &Sources,
        templates: &'a TemplateSet,
        campaign: &'a Campaign,
        states: &'a BTreeMap<ContractId, ContractState>,
    ) -> Self {
        let owners = finess_owners(campaign);
        let mut common = format!("{PROGRAM}\n");
        for (name, bytes) in sources.files().iter().filter(|(name, _)| sources.is_of_modele(name)) {
            common.push_str(&format!("{}  {name}\n", FileDigest::of(bytes)));
        }
        owners.iter().for_each(|(finess, id)| common.push_str(&format!("{finess} {id}\n")));
        Self { templates, campaign, states, owners, common: FileDigest::of(common.as_bytes()) }
    }

    fn all(&self) -> Tried {
        let tried: Vec<_> = self.campaign.contracts.par_iter().map(|contract| (contract, self.one(contract))).collect();
        let mut ready = BTreeMap::new();
        let mut all = Vec::new();
        for (contract, (right, findings)) in tried {
            ready.extend(right.map(|right| (contract.id.clone(), right)));
            all.extend(findings.into_iter().map(|finding| match finding.contract {
                Some(_) => finding,
                None => finding.contract(contract.id.to_string()),
            }));
        }
        (ready, all)
    }

    fn one(&self, contract: &Contract) -> (Option<Ready>, Vec<Diagnostic>) {
        let head = self.states.get(&contract.id).and_then(ContractState::head);
        let version = head.map_or(VersionNum::FIRST, |head| head.number);
        // Of all versions, for a version differs from another by what it says, not by its number.
        let data = TemplateSet::data(self.campaign, contract, VersionNum::FIRST).to_string();
        let empreinte = FileDigest::of(format!("{}\n{data}", self.common).as_bytes());
        if let Some(head) = head.filter(|head| head.genere.empreinte == empreinte) {
            return (Some(Ready { content_hash: head.genere.content_hash, empreinte }), Vec::new());
        }
        let merged = self.templates.merge(self.campaign, contract, version);
        let mut findings = merged.findings;
        let content_hash = merged.value.map(|document| {
            findings.extend(foreign_finess(&document, contract, &self.owners));
            document.content_hash()
        });
        let right = content_hash.filter(|_| !findings.iter().any(Diagnostic::is_error));
        (right.map(|content_hash| Ready { content_hash, empreinte }), findings)
    }
}

/// Which contract each FINESS of the campaign belongs to.
fn finess_owners(campaign: &Campaign) -> BTreeMap<String, ContractId> {
    let numbers = |contract: &Contract| {
        let etablissement = &contract.etablissement;
        let all = std::iter::once(&etablissement.finess_ej).chain(&etablissement.finess_et);
        all.map(|finess| (finess.to_string(), contract.id.clone())).collect::<Vec<_>>()
    };
    campaign.contracts.iter().flat_map(numbers).collect()
}

/// The classic fault of mail merges is one recipient's data in another's letter: no FINESS of another établissement may stand
/// in a contract.
fn foreign_finess(document: &Document, contract: &Contract, owners: &BTreeMap<String, ContractId>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    document.walk_text(&mut |text, origin| {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() == 9) {
            if owners.get(word).is_some_and(|owner| owner != &contract.id) {
                let message = format!("the FINESS `{word}` of another établissement stands in this contract");
                findings.push(
                    Diagnostic::new(&diags::FOREIGN_FINESS, Origin::clone(origin), message)
                        .help("look for a number typed in the template, or for a row of the wrong établissement"),
                );
            }
        }
    });
    findings
}
