//! The archive and the register, each verified, then one by the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    path::Path,
};

use super::{
    diags,
    dossier::Dossier,
    plan::kept,
    record::piece_object,
    version::{ContractRecord, RECORD},
};
use crate::{
    archive::{self, ObjectId, Staged, Store},
    diag::{Code, Diagnostic, Origin},
    domain::{ContractId, VersionNum},
    register::{self, ContractState, Register, RegisterError, VersionState},
};

/// What a verification of the archive saw.
pub struct Audit {
    /// The objects, with the figures of each.
    pub objects: Vec<archive::ObjectReport>,
    /// What is wrong, and what is to know.
    pub findings: Vec<Diagnostic>,
}

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The archive could not be read.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The register could not be read.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Hashes the whole archive again, `jobs` files at a time, then holds it against the register: each version that one knows, the
/// other must have, with the same digest.
///
/// # Errors
/// When the archive or the register cannot be read at all.
pub fn audit(folder: &Path, jobs: NonZeroUsize) -> Result<Audit, AuditError> {
    let dossier = Dossier::new(folder);
    let store = dossier.archive()?;
    let report = store.verify(jobs)?;
    let mut crossing = Crossing { store: &store, staged: staged(&store), findings: report.findings };
    let states = dossier.states()?;
    let mut used = crossing.versions(&states);
    used.extend(crossing.pieces(folder)?);
    crossing.strangers(&report.objects, &states, &used);
    Ok(Audit { objects: report.objects, findings: crossing.findings })
}

fn staged(store: &Store) -> BTreeMap<ObjectId, Staged> {
    let all = store.staged().unwrap_or_default();
    all.into_iter().map(|staged| (staged.id.clone(), staged)).collect()
}

struct Crossing<'a> {
    store: &'a Store,
    staged: BTreeMap<ObjectId, Staged>,
    findings: Vec<Diagnostic>,
}

impl Crossing<'_> {
    fn tell(&mut self, code: &'static Code, object: &ObjectId, message: String, help: &str) {
        let finding = Diagnostic::new(code, Origin::file(object.as_str()), message).help(help);
        let contract = object.as_str().parse::<ContractId>().is_ok();
        self.findings.push(if contract { finding.contract(object.to_string()) } else { finding });
    }

    /// Every version that the register knows; the objects with the inputs that they name.
    fn versions(&mut self, states: &BTreeMap<ContractId, ContractState>) -> BTreeSet<ObjectId> {
        let mut inputs = BTreeSet::new();
        for (contract, state) in states {
            for version in state.versions.values() {
                if self.version(contract, version)
                    && let Ok(record) = kept::<ContractRecord>(self.store, contract, version.number, RECORD)
                    && let Ok(id) = record.entrees.parse::<ObjectId>()
                {
                    inputs.insert(id);
                }
            }
        }
        for id in &inputs {
            if self.store.read(id).is_err() {
                let help = "put the object back from a copy of the archive";
                self.tell(
                    &diags::MISSING,
                    id,
                    format!("the files that versions were made from, `{id}`, are not there"),
                    help,
                );
            }
        }
        inputs
    }

    /// Whether a version is in the archive as the register noted it.
    fn version(&mut self, contract: &ContractId, version: &VersionState) -> bool {
        let (id, noted) = (ObjectId::from(contract), version.genere.inventory);
        match self.store.inventory(&id, version.number) {
            Ok(inventory) if inventory.digest() == noted => return true,
            // A killed command: what the register knows is whole, out of sight.
            _ if self.staged.get(&id).is_some_and(|staged| staged.inventory == noted) => {
                let message = format!(
                    "version {} of `{contract}` is entered in the register and not yet in place",
                    version.number
                );
                self.tell(&diags::PENDING, &id, message, "run `paraphe generate`: it ends what was interrupted");
            }
            Ok(inventory) => {
                let message = format!(
                    "version {} of `{contract}` is not the one that was entered in the register",
                    version.number
                );
                let help =
                    "somebody replaced the object, or an older copy was put back: compare with a copy kept elsewhere";
                let origin = Origin::file(format!("{id}/v{}/inventory.json", version.number));
                self.findings.push(
                    Diagnostic::new(&diags::NOT_AS_ENTERED, origin, message)
                        .expected(noted.to_string())
                        .found(inventory.digest().to_string())
                        .help(help)
                        .contract(contract.to_string()),
                );
            }
            Err(_) => {
                let message = format!(
                    "the register knows version {} of `{contract}`, and the archive has it not",
                    version.number
                );
                self.tell(&diags::MISSING, &id, message, "put the object back from a copy of the archive");
            }
        }
        false
    }

    /// Every piece that an event names.
    fn pieces(&mut self, folder: &Path) -> Result<BTreeSet<ObjectId>, RegisterError> {
        let events = match Register::open_read_only(folder) {
            Err(RegisterError::Missing(_)) => Vec::new(),
            opened => opened?.events()?,
        };
        let mut used = BTreeSet::new();
        for event in &events {
            for piece in &event.evidence {
                let id = piece_object(piece.sha256);
                if self.store.read(&id).is_err() {
                    let message = format!("the piece `{}` of event {} is not in the archive", piece.name, event.number);
                    self.tell(&diags::MISSING, &id, message, "put the object back from a copy of the archive");
                }
                used.insert(id);
            }
        }
        Ok(used)
    }

    /// What the archive has and the register does not know.
    fn strangers(
        &mut self,
        objects: &[archive::ObjectReport],
        states: &BTreeMap<ContractId, ContractState>,
        used: &BTreeSet<ObjectId>,
    ) {
        for id in objects.iter().filter_map(|object| object.folder.parse::<ObjectId>().ok()) {
            let Ok(contract) = id.as_str().parse::<ContractId>() else {
                if !used.contains(&id) {
                    let message = format!("no version and no event names `{id}`");
                    self.tell(
                        &diags::UNUSED,
                        &id,
                        message,
                        "nothing to do: a command was interrupted or refused after it archived this",
                    );
                }
                continue;
            };
            let Ok(inventory) = self.store.read(&id) else { continue };
            let known = states.get(&contract).map(|state| &state.versions);
            let unknown = |number: &VersionNum| known.is_none_or(|known| !known.contains_key(number));
            for number in inventory.versions().map(|(number, _)| number).filter(unknown) {
                let message = format!("the archive has version {number} of `{contract}`, which is not in the register");
                let help = format!("look at `{}`: an older copy may have been put back", register::FILE);
                self.tell(&diags::NOT_ENTERED, &id, message, &help);
            }
        }
    }
}
