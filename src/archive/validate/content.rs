//! The content of an object: what stands in its version folders, and every file hashed.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
};

use rayon::prelude::*;

use super::{
    super::algorithm::{self, Algorithm, Fixity},
    Findings, ObjectReport, diags,
    inventory::Inventory,
    listing::{below, list_or_tell, tell_special},
    object::{INVENTORY, VersionFolder},
};
use crate::diag::Code;

/// One thing that an inventory says of a file.
struct Claim<'a> {
    code: &'static Code,
    /// The inventory that says it.
    by: String,
    algorithm: Algorithm,
    digest: &'a str,
}

/// Judges the folders of the versions and hashes their files.
pub(super) fn judge(
    root: &Inventory,
    folders: &BTreeMap<String, VersionFolder>,
    findings: &mut Findings,
    report: &mut ObjectReport,
) {
    let mut files = BTreeMap::new();
    for version in &root.versions {
        if let Some(folder) = folders.get(&version.name) {
            version_folder(&version.name, folder, root, &mut files, findings);
        }
    }
    let claims = claims(root, folders);
    absent(root, &claims, &files, findings);
    strangers(root, folders, &files, findings);
    let hashed: Vec<(&String, io::Result<Fixity>)> = files
        .par_iter()
        .filter_map(|(path, file)| {
            let algorithms: BTreeSet<Algorithm> =
                claims.get(path.as_str())?.iter().map(|claim| claim.algorithm).collect();
            Some((path, algorithm::hash(file, &algorithms)))
        })
        .collect();
    for (path, fixity) in hashed {
        match fixity {
            Ok(fixity) => {
                report.files += 1;
                report.bytes += fixity.size;
                compare(path, &fixity, claims.get(path.as_str()).map(Vec::as_slice).unwrap_or_default(), findings);
            }
            Err(error) => findings.unreadable(path, &error),
        }
    }
}

/// Judges what stands in a version's folder and lists its content files.
fn version_folder(
    name: &str,
    folder: &VersionFolder,
    root: &Inventory,
    files: &mut BTreeMap<String, PathBuf>,
    findings: &mut Findings,
) {
    let sidecar = folder.loaded.as_ref().and_then(|loaded| loaded.sidecar.as_deref());
    for entry in &folder.entries {
        let inside = below(name, &entry.name);
        if tell_special(entry, &inside, findings) {
            continue;
        }
        let known = entry.name == INVENTORY || Some(entry.name.as_str()) == sidecar;
        if entry.is_file() && !known {
            findings.tell(&diags::E015, &inside, "a file beside the content of the version");
        } else if entry.is_folder() && entry.name == root.content_folder() {
            let before = files.len();
            content_folder(&entry.path, &inside, files, findings);
            if files.len() == before {
                findings.tell(&diags::W003, &inside, "the content folder has no file");
            }
        } else if entry.is_folder() {
            findings.tell(&diags::W002, &inside, "a folder beside the content of the version");
        }
    }
}

/// Lists the files below a content folder.
fn content_folder(
    folder: &std::path::Path,
    inside: &str,
    files: &mut BTreeMap<String, PathBuf>,
    findings: &mut Findings,
) {
    let mut pending = vec![(folder.to_owned(), inside.to_owned())];
    while let Some((folder, inside)) = pending.pop() {
        for entry in list_or_tell(&folder, &inside, findings) {
            let inside = below(&inside, &entry.name);
            if tell_special(&entry, &inside, findings) {
                continue;
            }
            if entry.is_file() {
                if files.insert(inside.clone(), entry.path).is_some() {
                    findings.tell(&diags::E023, &inside, "two files whose names are alike but for what is not UTF-8");
                }
            } else {
                if std::fs::read_dir(&entry.path).is_ok_and(|mut entries| entries.next().is_none()) {
                    findings.tell(&diags::E024, &inside, "an empty folder in the content of the version");
                }
                pending.push((entry.path, inside));
            }
        }
    }
}

/// Everything that the inventories say of each content path, the object's own first.
fn claims<'a>(root: &'a Inventory, folders: &'a BTreeMap<String, VersionFolder>) -> BTreeMap<&'a str, Vec<Claim<'a>>> {
    let former = folders.iter().filter_map(|(name, folder)| {
        Some((below(name, INVENTORY), folder.loaded.as_ref().and_then(|loaded| loaded.inventory.as_ref())?))
    });
    let mut claims: BTreeMap<&str, Vec<Claim<'_>>> = BTreeMap::new();
    for (by, inventory) in std::iter::once((INVENTORY.to_owned(), root)).chain(former) {
        let manifest = inventory.algorithm.map(|algorithm| {
            inventory.manifest.iter().map(move |(path, digest)| (path, &diags::E092, algorithm, digest))
        });
        let fixity = inventory.fixity.iter().map(|(algorithm, digest, path)| (path, &diags::E093, *algorithm, digest));
        for (path, code, algorithm, digest) in manifest.into_iter().flatten().chain(fixity) {
            let of_path = claims.entry(path).or_default();
            let told = |claim: &Claim<'_>| (claim.code, claim.algorithm, claim.digest) == (code, algorithm, digest);
            if !of_path.iter().any(told) {
                of_path.push(Claim { code, by: by.clone(), algorithm, digest });
            }
        }
    }
    claims
}

/// Tells the paths of the inventories that are no file.
fn absent(
    root: &Inventory,
    claims: &BTreeMap<&str, Vec<Claim<'_>>>,
    files: &BTreeMap<String, PathBuf>,
    findings: &mut Findings,
) {
    for (path, claims) in claims.iter().filter(|(path, _)| !files.contains_key(**path)) {
        let mut codes: Vec<&'static Code> = Vec::new();
        for claim in claims {
            if !codes.contains(&claim.code) {
                codes.push(claim.code);
                findings.tell(claim.code, path, format!("the file is not there, and `{}` has it", claim.by));
            }
        }
    }
    // Without an algorithm, the manifest makes no claim; its files must be there all the same.
    for path in root.manifest.keys().filter(|path| !claims.contains_key(path.as_str()) && !files.contains_key(*path)) {
        findings.tell(&diags::E092, path, "the file is not there, and the manifest has it");
    }
}

/// Tells the files that an inventory should have and has not.
fn strangers(
    root: &Inventory,
    folders: &BTreeMap<String, VersionFolder>,
    files: &BTreeMap<String, PathBuf>,
    findings: &mut Findings,
) {
    for path in files.keys().filter(|path| !root.manifest.contains_key(*path)) {
        findings.tell(&diags::E023, path, "a file that the manifest has not");
    }
    for version in &root.versions {
        let loaded = folders.get(&version.name).and_then(|folder| folder.loaded.as_ref());
        let Some(former) = loaded.and_then(|loaded| loaded.inventory.as_ref()) else { continue };
        let until: BTreeSet<&str> = root
            .versions
            .iter()
            .filter(|other| other.number <= version.number)
            .map(|other| other.name.as_str())
            .collect();
        for path in
            files.keys().filter(|path| root.manifest.contains_key(*path) && !former.manifest.contains_key(*path))
        {
            if path.split('/').next().is_some_and(|folder| until.contains(folder)) {
                let message = format!("its manifest lacks `{path}`, which came before");
                findings.tell(&diags::E023, &below(&version.name, INVENTORY), message);
            }
        }
    }
}

/// Compares what a file is with what the inventories say of it.
fn compare(path: &str, fixity: &Fixity, claims: &[Claim<'_>], findings: &mut Findings) {
    for claim in claims {
        let found = fixity.digest(claim.algorithm);
        if claim.digest != found {
            let message = format!("the file is not what `{}` says of its {}", claim.by, claim.algorithm.name());
            findings.differs(claim.code, path, message, (claim.digest, found));
        }
    }
}
