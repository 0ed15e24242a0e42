//! What should come back of a version: as it was archived when it was made, so that the answer holds years later.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    archive::Store,
    domain::{ContractId, Partie, VersionNum},
    ops::{
        plan::{PlanError, kept},
        version::DONNEES,
    },
    reconcile::{Expectation, Signataire, Standing},
    register::{ContractState, Etape, VersionState},
};

/// What is read of the data that a version was merged from.
#[derive(Deserialize)]
struct Donnees {
    contrat: Contrat,
    etablissement: Partenaire,
    cpam: Option<Partenaire>,
    ars: Partenaire,
}

#[derive(Deserialize)]
struct Contrat {
    date_effet: Date,
    date_fin: Option<Date>,
}

#[derive(Deserialize)]
struct Partenaire {
    #[serde(alias = "raison_sociale")]
    nom: String,
    siren: Option<String>,
    siret: Option<String>,
    finess_ej: Option<String>,
    #[serde(default)]
    finess_et: Vec<String>,
    signataire: Personne,
}

#[derive(Deserialize)]
struct Personne {
    prenom: String,
    nom: String,
    delegation: Option<Delegation>,
}

#[derive(Deserialize)]
struct Delegation {
    debut: Date,
    fin: Option<Date>,
}

/// What should come back of a version.
pub(super) fn expectation(
    store: &Store,
    contract: &ContractId,
    state: &ContractState,
    version: VersionNum,
) -> Result<Expectation, PlanError> {
    let donnees: Donnees = kept(store, contract, version, DONNEES)?;
    let parties = [
        (Partie::Etablissement, Some(donnees.etablissement)),
        (Partie::Cpam, donnees.cpam),
        (Partie::Ars, Some(donnees.ars)),
    ];
    let known = parties.into_iter().filter_map(|(partie, found)| Some((partie, signataire(found?))));
    Ok(Expectation {
        contract: contract.clone(),
        version,
        sent: state.versions.get(&version).and_then(VersionState::sent),
        standing: state.versions.get(&version).map_or(Standing::Draft, standing),
        signataires: known.collect::<BTreeMap<_, _>>(),
        effet: donnees.contrat.date_effet,
        fin: donnees.contrat.date_fin,
    })
}

fn signataire(party: Partenaire) -> Signataire {
    let siren = party.siren.or_else(|| party.siret.map(|siret| siret.chars().take(9).collect()));
    Signataire {
        organisation: party.nom,
        identifiers: siren.into_iter().chain(party.finess_ej).chain(party.finess_et).collect(),
        prenom: party.signataire.prenom,
        nom: party.signataire.nom,
        delegation: party.signataire.delegation.map(|delegation| (delegation.debut, delegation.fin)),
    }
}

fn standing(version: &VersionState) -> Standing {
    match (version.etape, version.remplace_par) {
        (_, Some(by)) => Standing::Replaced(by),
        (Etape::Brouillon, None) => Standing::Draft,
        (Etape::Caduc | Etape::Resilie, None) => Standing::Ended,
        _ => Standing::Current,
    }
}
