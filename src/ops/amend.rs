//! Avenants: what the campaign changes in contracts that are signed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{
    diags,
    dossier::{Dossier, Order, recover},
    generate::{GenerateError, Options, Outcome, Step, unknown_contracts},
    output::Output,
    plan::kept,
    prepare::{Prepared, Ready, prepare_after},
    run::{Run, Work},
    version::DONNEES,
};
use crate::{
    archive::Store,
    diag::{Diagnostic, Origin},
    domain::{Acte, Avenant, Campaign, Changement, Contract, ContractId, VersionNum},
    register::{self, ContractState, Etape, Pas, VersionState},
    template::{self, TemplateSet},
};

/// Makes an avenant for each signed contract in which the campaign adds or changes an indicator, and for no other.
///
/// It is the next version of the contract, entered, archived and shown as any other; its number follows those of the avenants
/// that were signed (rule 44). An avenant that was not sent is made again; one that was sent is replaced.
///
/// # Errors
/// As [`generate`](super::generate()).
pub fn amend(
    folder: &Path,
    options: &Options,
    order: &Order,
    progress: &mut dyn FnMut(Step),
) -> Result<Outcome, GenerateError> {
    progress(Step::Checking);
    let dossier = Dossier::new(folder);
    let states = dossier.states()?;
    let mut prepared = prepare_after(folder, &states)?;
    prepared.findings.extend(unknown_contracts(&prepared, &options.only));
    let errors = prepared.findings.iter().any(Diagnostic::is_error);
    let signed = states.values().any(|state| state.in_force().is_some());
    if prepared.blocked || (errors && !options.keep_going) || !signed {
        prepared.findings.extend((!signed).then(nothing_signed));
        return Ok(Outcome { prepared, manifest: None, made: 0, kept: 0 });
    }
    let output = Output::open(&options.out)?;
    let store = dossier.archive_to_write()?;
    let writer = store.lock()?;
    let states = dossier.states()?;
    recover(&store, &writer, &states)?;
    let (Some(campaign), Some(templates)) = (&prepared.campaign, &prepared.templates) else {
        return Ok(Outcome { prepared, manifest: None, made: 0, kept: 0 });
    };
    let drafting = Drafting { store: &store, campaign, templates };
    let (works, mut findings) = drafting.all(&prepared, options, &states)?;
    if !options.keep_going && findings.iter().any(Diagnostic::is_error) {
        prepared.findings.extend(findings);
        return Ok(Outcome { prepared, manifest: None, made: 0, kept: 0 });
    }
    let concerned = |id: &&ContractId| states.get(*id).is_some_and(|state| state.in_force().is_some());
    let shown: BTreeSet<ContractId> =
        prepared.ready.keys().filter(concerned).filter(|id| options.chooses(id)).cloned().collect();
    let kept = shown.len() - works.len();
    let run = Run { dossier: &dossier, store: &store, writer: &writer, output: &output, options, order };
    let product = run.make(&prepared, (campaign, templates), &works, &shown, progress)?;
    findings.extend(product.findings);
    prepared.findings.extend(findings);
    Ok(Outcome { prepared, manifest: product.manifest, made: product.made, kept })
}

fn nothing_signed() -> Diagnostic {
    let message = "no contract of the register is signed: there is nothing to amend";
    Diagnostic::new(&diags::NOTHING_SIGNED, Origin::file(register::FILE), message)
        .help("a contract that is not signed is made again by `paraphe generate`")
}

/// What avenants are drafted from.
struct Drafting<'a> {
    store: &'a Store,
    campaign: &'a Campaign,
    templates: &'a TemplateSet,
}

impl<'a> Drafting<'a> {
    /// The avenants to make, and what is said of the others.
    fn all(
        &self,
        prepared: &Prepared,
        options: &Options,
        states: &BTreeMap<ContractId, ContractState>,
    ) -> Result<(Vec<Work<'a>>, Vec<Diagnostic>), GenerateError> {
        let (mut works, mut findings) = (Vec::new(), Vec::new());
        for contract in &self.campaign.contracts {
            let chosen = options.chooses(&contract.id);
            let (Some(state), Some(ready)) = (states.get(&contract.id), prepared.ready.get(&contract.id)) else {
                continue;
            };
            let (Some(in_force), Some(head), true) = (state.in_force(), state.head(), chosen) else { continue };
            if let Some(work) = self.one(contract, *ready, state, in_force, head, &mut findings)? {
                works.push(work);
            }
        }
        Ok((works, findings))
    }

    fn one(
        &self,
        contract: &'a Contract,
        ready: Ready,
        state: &ContractState,
        in_force: &VersionState,
        head: &VersionState,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Option<Work<'a>>, GenerateError> {
        let signed = kept(self.store, &contract.id, in_force.number, DONNEES)?;
        let compared = template::compare(&signed, self.campaign, contract)
            .map_err(|source| GenerateError::Signed { contract: contract.id.clone(), source })?;
        findings.extend(compared.findings);
        let Some(comparison) = compared.value else { return Ok(None) };
        if !comparison.autres.is_empty() && !comparison.is_avenant() {
            findings.push(not_amended(contract, &comparison.autres));
        }
        if !comparison.is_avenant() {
            return Ok(None);
        }
        let place = Place::of(in_force, head);
        let acts = signed_acts(state);
        let Some((parent, precedents)) = acts.split_first() else { return Ok(None) };
        let avenant = match Avenant::new(*parent, precedents.to_vec(), None, comparison.objet) {
            Ok(avenant) => avenant,
            Err(error) => {
                findings.push(refused(contract, &error.to_string()));
                return Ok(None);
            }
        };
        let merged = self.templates.merge_avenant(self.campaign, contract, head.number, &avenant);
        let wrong = merged.findings.iter().any(Diagnostic::is_error);
        findings.extend(merged.findings);
        let same = merged.value.is_some_and(|document| document.content_hash() == head.genere.content_hash);
        if wrong || (same && head.genere.avenant.is_some()) {
            return Ok(None);
        }
        let numero = head
            .genere
            .avenant
            .filter(|_| head.number != in_force.number)
            .map_or(state.avenants() + 1, |before| before.numero);
        let entered = register::Avenant { numero, parent: in_force.number };
        Ok(Some(Work {
            contract,
            version: place.version,
            redraft: place.redraft,
            remplace: place.remplace,
            empreinte: ready.empreinte,
            avenant: Some((entered, avenant)),
        }))
    }
}

/// Where an avenant stands among the versions of its contract.
struct Place {
    version: VersionNum,
    redraft: bool,
    remplace: Option<VersionNum>,
}

impl Place {
    fn of(in_force: &VersionState, head: &VersionState) -> Self {
        let next = VersionNum::new(head.number.get() + 1).unwrap_or(head.number);
        if head.number == in_force.number || matches!(head.etape, Etape::Caduc | Etape::Resilie) {
            Self { version: next, redraft: false, remplace: None }
        } else if head.etape == Etape::Brouillon {
            Self { version: head.number, redraft: true, remplace: head.genere.remplace }
        } else {
            Self { version: next, redraft: false, remplace: Some(head.number) }
        }
    }
}

/// The contract and its avenants that were signed, in order, each with the day of its last signature.
fn signed_acts(state: &ContractState) -> Vec<Acte> {
    let signed = state.versions.values().filter_map(|version| {
        let jalon = version.jalon(Pas::Signe)?;
        Some(Acte { version: version.number, date_signature: jalon.day })
    });
    signed.collect()
}

fn refused(contract: &Contract, reason: &str) -> Diagnostic {
    let message = format!("no avenant can be made: {reason}");
    Diagnostic::new(&diags::NO_AVENANT, Origin::file("campagne.yaml"), message).contract(contract.id.to_string())
}

fn not_amended(contract: &Contract, changes: &[Changement]) -> Diagnostic {
    let names: Vec<&str> = changes.iter().map(|change| change.objet.as_str()).collect();
    let message = "the campaign says otherwise than the signed contract, and no indicator is added or changed";
    Diagnostic::new(&diags::NOT_AMENDED, Origin::file("campagne.yaml"), message)
        .found(names.join(", "))
        .help("such changes are no matter for this avenant; see whether they need an act of their own")
        .contract(contract.id.to_string())
}
