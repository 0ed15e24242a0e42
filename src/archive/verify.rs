//! Our own archive, judged by the standard and by what paraphe writes, which leaves nothing free.

use std::{collections::BTreeSet, num::NonZeroUsize};

use super::{
    Error, Inventory, Report, Store, diags,
    inventory::SIDECAR,
    store::ROOT_FILES,
    validate::{Kind, list, validate_root},
};
use crate::{
    diag::{Code, Diagnostic, Origin},
    domain::ContractId,
};

/// What the standard only recommends and paraphe decided otherwise: identifiers are folder names, which a URI cannot be on
/// every system; the address of a user is personal data that nobody needs there.
const DECIDED: [&Code; 2] = [&diags::W005, &diags::W008];

impl Store {
    /// Verifies the whole archive, `jobs` files at a time: every file is hashed again, and nothing may be there that paraphe
    /// did not write. Each finding names the file.
    ///
    /// # Errors
    /// When the archive's folder cannot be listed.
    pub fn verify(&self, jobs: NonZeroUsize) -> Result<Report, Error> {
        let mut report = validate_root(self.root(), jobs)?;
        report.findings.retain(|finding| !DECIDED.contains(&finding.code));
        let told = report.findings.iter().filter(|finding| finding.is_error());
        let mut house = House { told: told.map(|finding| finding.origin.clone()).collect(), findings: Vec::new() };
        house.root(self);
        for object in &report.objects {
            house.object(self, &object.folder);
        }
        report.findings.append(&mut house.findings);
        for finding in &mut report.findings {
            let folder = finding.origin.file_name().split('/').next().unwrap_or_default();
            finding.contract = folder.parse::<ContractId>().ok().map(|id| id.to_string());
        }
        report.findings.sort_by(|a, b| (&a.origin, a.code.name).cmp(&(&b.origin, b.code.name)));
        Ok(report)
    }
}

struct House {
    /// Where the standard found an error already.
    told: BTreeSet<Origin>,
    findings: Vec<Diagnostic>,
}

impl House {
    fn tell(&mut self, code: &'static Code, file: &str, message: &str) {
        let origin = Origin::file(file);
        if !self.told.contains(&origin) {
            self.findings.push(Diagnostic::new(code, origin, message).help(diags::help(code)));
        }
    }

    fn root(&mut self, store: &Store) {
        for entry in list(store.root()).unwrap_or_default() {
            let ours = ROOT_FILES.iter().any(|(name, _)| *name == entry.name) && entry.kind == Kind::File;
            // Folders with objects are judged as objects, the others by the standard.
            if (entry.kind != Kind::Folder || entry.name == "extensions") && !ours {
                self.tell(&diags::STRANGER, &entry.name, "paraphe did not put this in the archive");
            }
        }
        for (name, text) in ROOT_FILES {
            let path = store.root().join(name);
            match std::fs::read(&path) {
                Ok(bytes) if bytes == text.as_bytes() => {}
                Ok(_) => self.tell(&diags::ALTERED, name, "it is not what paraphe wrote"),
                Err(_) => self.tell(&diags::MISSING, name, "paraphe always writes it, and it is not there"),
            }
        }
    }

    fn object(&mut self, store: &Store, folder: &str) {
        let path = store.root().join(folder);
        // An inventory that its sidecar contradicts is told by the standard.
        let Ok(bytes) = std::fs::read(path.join("inventory.json")) else { return };
        let inventory = match Inventory::from_json(&bytes) {
            Ok(inventory) => inventory,
            Err(what) => {
                return self.tell(&diags::ALTERED, &format!("{folder}/inventory.json"), &format!("it {what}"));
            }
        };
        let mut missing = inventory.layout();
        let folders: BTreeSet<String> = missing
            .iter()
            .flat_map(|file| file.match_indices('/').filter_map(|(end, _)| file.get(..end)))
            .map(str::to_owned)
            .collect();
        let mut pending = vec![(path.clone(), String::new())];
        while let Some((path, inside)) = pending.pop() {
            for entry in list(&path).unwrap_or_default() {
                let inside = format!("{inside}{}", entry.name);
                let shown = format!("{folder}/{inside}");
                if entry.kind == Kind::Folder && folders.contains(&inside) {
                    pending.push((entry.path, format!("{inside}/")));
                } else if entry.kind == Kind::Folder || !missing.remove(&inside) {
                    self.tell(&diags::STRANGER, &shown, "paraphe did not put this in the archive");
                } else if inside.ends_with(SIDECAR) && !as_written(&entry.path) {
                    self.tell(&diags::ALTERED, &shown, "it is not what paraphe wrote");
                }
            }
        }
        for file in missing {
            self.tell(&diags::MISSING, &format!("{folder}/{file}"), "paraphe always writes it, and it is not there");
        }
    }
}

/// Whether a sidecar is to the letter what paraphe writes beside this inventory.
fn as_written(sidecar: &std::path::Path) -> bool {
    let inventory = std::fs::read(sidecar.with_file_name("inventory.json"));
    inventory.is_ok_and(|bytes| std::fs::read(sidecar).is_ok_and(|text| text == Inventory::sidecar(&bytes).as_bytes()))
}
