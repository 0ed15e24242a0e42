//! One contract out of the archive, for somebody else's.

use std::{collections::BTreeSet, path::Path};

use serde::Serialize;

use super::{
    certificat::Certificat,
    dossier::{Dossier, Order},
    plan::{PlanError, kept},
    version::{ContractRecord, RECORD, to_pretty_json},
};
use crate::{
    archive::{self, LogicalPath, ObjectId, Store, bag},
    domain::ContractId,
    register::{Event, Register, RegisterError},
    writer::pdf,
};

/// Why a contract was not exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// What is archived is not what was entered: no certificate can be given.
    #[error(
        "the archive of `{contract}` is not as it was entered in the register: {reason}; run `paraphe archive verify`"
    )]
    Altered {
        /// The contract.
        contract: ContractId,
        /// What differs.
        reason: String,
    },
    /// The archive could not be read, or the folder not be written.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The certificate could not be printed.
    #[error("the certificate of integrity could not be printed")]
    Certificat(#[from] pdf::PrintError),
    /// What is archived beside a version cannot be read.
    #[error(transparent)]
    Kept(#[from] PlanError),
    /// The register could not be read.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Writes the versions of a contract to a new folder (BagIt, RFC 8493): its archived versions, the files they were made from, its
/// events, and a certificate of integrity in French.
///
/// Every file is hashed again; nothing is certified that differs from what was archived, or from what the register noted.
///
/// # Errors
/// When something differs, when the archive or the register cannot be read, or the folder cannot be written.
pub fn export(folder: &Path, contract: &ContractId, destination: &Path, order: &Order) -> Result<(), ExportError> {
    let dossier = Dossier::new(folder);
    let store = dossier.archive()?;
    let inventory = store.read(&contract.into())?;
    let register = Register::open_read_only(folder)?;
    // The whole chain is followed, not only the events of this contract.
    let states = register.states()?;
    let altered = |reason: String| ExportError::Altered { contract: contract.clone(), reason };
    let state = states.get(contract).ok_or_else(|| altered("the register does not know it".to_owned()))?;
    let mut records = Vec::new();
    for (version, _) in inventory.versions() {
        let noted = state.versions.get(&version).map(|version| version.genere.inventory);
        if noted != Some(store.inventory(&contract.into(), version)?.digest()) {
            return Err(altered(format!("version {version} differs")));
        }
        records.push(kept::<ContractRecord>(&store, contract, version, RECORD)?);
    }
    if inventory.versions().count() != state.versions.len() {
        return Err(altered("a version is missing".to_owned()));
    }
    let events = register.history(contract)?;
    let mut added = inputs(&store, &records)?;
    let told: Vec<Told> = events.iter().map(Told::of).collect();
    added.extend(named("registre.json", to_pretty_json(&told)));
    let certificat = Certificat {
        contract,
        inventory: &inventory,
        records: &records,
        state,
        events: &events,
        today: order.now.today,
    };
    added.extend(named("certificat-integrite.pdf", pdf::Press::new()?.note(&certificat.note())?));
    // Each archived file is hashed again as it is copied.
    Ok(bag::write(&store, &contract.into(), &added, destination, order.now.today)?)
}

fn named(name: &str, bytes: Vec<u8>) -> Option<(LogicalPath, Vec<u8>)> {
    Some((name.parse().ok()?, bytes))
}

/// The files that the versions were made from, each set once.
fn inputs(store: &Store, records: &[ContractRecord]) -> Result<Vec<(LogicalPath, Vec<u8>)>, archive::Error> {
    let sets: BTreeSet<&String> = records.iter().map(|record| &record.entrees).collect();
    let mut files = Vec::new();
    for set in sets {
        let Ok(id) = set.parse::<ObjectId>() else { continue };
        let inventory = store.read(&id)?;
        let paths = inventory.version(inventory.head()).into_iter().flat_map(|version| version.paths());
        for path in paths {
            files.extend(named(&format!("{id}/{path}"), store.file(&id, inventory.head(), path)?));
        }
    }
    Ok(files)
}

/// An event as it is told to others.
#[derive(Serialize)]
struct Told {
    number: u64,
    recorded: String,
    agent: String,
    version: Option<u16>,
    day: Option<String>,
    #[serde(flatten)]
    what: serde_json::Map<String, serde_json::Value>,
    evidence: Vec<String>,
    forced: Option<String>,
    previous: String,
    digest: String,
}

impl Told {
    fn of(event: &Event) -> Self {
        let what = match serde_json::to_value(&event.kind) {
            Ok(serde_json::Value::Object(fields)) => fields,
            Ok(serde_json::Value::String(name)) => std::iter::once((name, serde_json::Value::Null)).collect(),
            _ => serde_json::Map::new(),
        };
        Self {
            number: event.number.0,
            recorded: event.recorded.to_string(),
            agent: event.agent.to_string(),
            version: event.version.map(|version| version.get()),
            day: event.day.map(|day| day.to_string()),
            what,
            evidence: event.evidence.iter().map(|piece| format!("{} sha256:{}", piece.name, piece.sha256)).collect(),
            forced: event.forced.as_ref().map(ToString::to_string),
            previous: event.previous.to_string(),
            digest: event.digest.to_string(),
        }
    }
}
