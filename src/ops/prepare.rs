//! Reading a campaign and trying every contract, without writing anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rayon::prelude::*;

use super::diags;
use crate::{
    diag::{Diagnostic, Origin, grouped},
    digest::ContentHash,
    document::Document,
    domain::{Campaign, Contract, ContractId, VersionNum},
    input::{self, Sources},
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
    /// Contracts that can be printed, with the digest of what they say.
    pub ready: BTreeMap<ContractId, ContentHash>,
    /// Contracts that cannot, by the name findings give them.
    pub wrong: BTreeSet<String>,
    /// Whether a fault concerns the whole campaign, so that no contract can be made.
    pub blocked: bool,
    /// Everything that was seen, each thing once.
    pub findings: Vec<Diagnostic>,
}

/// Reads the campaign folder, its template set, and merges every contract; nothing is written.
///
/// # Errors
/// When the folder itself cannot be read. What is wrong inside it is given as findings.
pub fn prepare(folder: &Path) -> Result<Prepared, PrepareError> {
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
            let (merged, seen) = try_contracts(templates, campaign);
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

type Tried = (BTreeMap<ContractId, ContentHash>, Vec<Diagnostic>);

fn try_contracts(templates: &TemplateSet, campaign: &Campaign) -> Tried {
    let owners = finess_owners(campaign);
    let tried: Vec<_> = campaign
        .contracts
        .par_iter()
        .map(|contract| {
            let merged = templates.merge(campaign, contract, VersionNum::FIRST);
            let mut findings = merged.findings;
            let hash = merged.value.map(|document| {
                findings.extend(foreign_finess(&document, contract, &owners));
                document.content_hash()
            });
            (contract, hash, findings)
        })
        .collect();
    let mut ready = BTreeMap::new();
    let mut all = Vec::new();
    for (contract, hash, findings) in tried {
        if let Some(hash) = hash.filter(|_| !findings.iter().any(Diagnostic::is_error)) {
            ready.insert(contract.id.clone(), hash);
        }
        all.extend(findings.into_iter().map(|finding| match finding.contract {
            Some(_) => finding,
            None => finding.contract(contract.id.to_string()),
        }));
    }
    (ready, all)
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
