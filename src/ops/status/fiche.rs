//! Whose contract it is, as its archived version says: what officers sort and filter by.

use rayon::iter::{IntoParallelRefMutIterator as _, ParallelIterator as _};
use serde::{Deserialize, Serialize};

use super::ContractLine;
use crate::{
    archive::Store,
    domain::ContractId,
    ops::{plan::kept, version::DONNEES},
};

/// Whose contract it is. No person is named in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fiche {
    /// Name of the établissement.
    pub etablissement: String,
    /// Its département: « 2A ».
    pub departement: String,
    /// Its CPAM; none where the contract has none.
    pub cpam: Option<Caisse>,
    /// The volets of the contract that are open, in its order.
    pub volets: Vec<Volet>,
}

/// A CPAM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caisse {
    /// Its code: « 961 ».
    pub code: String,
    /// Its name.
    pub nom: String,
}

/// A volet of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Volet {
    /// Its code: « produits ».
    pub code: String,
    /// Its title.
    pub intitule: String,
}

// --- the archived data, as far as they are read here

#[derive(Deserialize)]
struct Donnees {
    etablissement: Etablissement,
    cpam: Option<Caisse>,
    volets: Vec<VoletDit>,
}

#[derive(Deserialize)]
struct Etablissement {
    raison_sociale: String,
    departement: String,
}

#[derive(Deserialize)]
struct VoletDit {
    actif: bool,
    code: String,
    intitule: String,
}

impl From<Donnees> for Fiche {
    fn from(donnees: Donnees) -> Self {
        let open = donnees.volets.into_iter().filter(|volet| volet.actif);
        Self {
            etablissement: donnees.etablissement.raison_sociale,
            departement: donnees.etablissement.departement,
            cpam: donnees.cpam,
            volets: open.map(|VoletDit { code, intitule, .. }| Volet { code, intitule }).collect(),
        }
    }
}

/// Reads the fiche of every line. What cannot be read stays unknown: a state is told even when the archive is away.
pub(super) fn read(store: &Store, lines: &mut [ContractLine]) {
    lines.par_iter_mut().for_each(|line| {
        let contract: Option<ContractId> = line.contract.parse().ok();
        let read = contract.and_then(|contract| kept::<Donnees>(store, &contract, line.version, DONNEES).ok());
        line.fiche = read.map(Fiche::from);
    });
}
