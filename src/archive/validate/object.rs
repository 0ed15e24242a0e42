//! One object: its folder, its declaration, its inventories with their sidecars, its versions.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::Path,
};

use super::{
    super::algorithm::Algorithm,
    Edition, Findings, LARGEST_INVENTORY, ObjectReport, REGISTERED_EXTENSIONS, content, diags, history,
    inventory::{Inventory, Judge},
    listing::{Entry, below, list_or_tell, tell_special},
    paths,
};
use crate::{diag::Diagnostic, digest::FileDigest};

pub(super) const INVENTORY: &str = "inventory.json";
/// What the name of a declaration begins with.
pub(super) const DECLARATION: &str = "0=ocfl_object_";

/// A judged object.
pub(super) struct Examined {
    pub(super) report: ObjectReport,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) edition: Option<Edition>,
}

/// One inventory file, read.
pub(super) struct Loaded {
    pub(super) bytes: Vec<u8>,
    pub(super) inventory: Option<Inventory>,
    /// The name of its sidecar.
    pub(super) sidecar: Option<String>,
}

/// One version's folder.
#[derive(Default)]
pub(super) struct VersionFolder {
    pub(super) entries: Vec<Entry>,
    pub(super) loaded: Option<Loaded>,
}

/// Judges an object; `name` is its folder as findings tell it.
pub(super) fn examine(folder: &Path, name: &str) -> Examined {
    let mut findings = Findings::of(name);
    let entries = list_or_tell(folder, "", &mut findings);
    let edition = declaration(&entries, &mut findings);
    let loaded = load(&entries, "", Rank::Last, &mut findings);
    if loaded.is_none() {
        findings.tell(&diags::E063, INVENTORY, "the object has no inventory");
    }
    let stand_in =
        if loaded.as_ref().is_none_or(|loaded| loaded.inventory.is_none()) { stand_in(&entries) } else { None };
    let root = loaded.as_ref().and_then(|loaded| loaded.inventory.as_ref()).or(stand_in.as_ref());
    if let (Some(declared), Some(typed)) = (edition, root.and_then(|root| root.edition))
        && declared != typed
    {
        let message = "the inventory is of another edition of the standard than the declaration";
        findings.differs(&diags::E038, INVENTORY, message, (declared.number(), typed.number()));
    }
    let sidecar = loaded.as_ref().and_then(|loaded| loaded.sidecar.as_deref());
    let folders = root_entries(&entries, sidecar, root, &mut findings);
    let mut versions = BTreeMap::new();
    for (version, entry) in folders {
        versions.insert(version, version_folder(entry, loaded.as_ref(), &mut findings));
    }
    let mut report = ObjectReport { folder: name.to_owned(), ..ObjectReport::default() };
    report.inventory = loaded.as_ref().map(|loaded| FileDigest::of(&loaded.bytes));
    if let Some(root) = root {
        report.id = root.id.clone();
        report.head = root.head.clone();
        history::judge(root, edition, &versions, &mut findings);
        content::judge(root, &versions, &mut findings, &mut report);
    }
    Examined { report, findings: findings.list, edition }
}

/// The inventory of the last version that has one, for an object whose own inventory cannot be understood: its files are
/// judged all the same. What is wrong with this one is told where it is judged.
fn stand_in(entries: &[Entry]) -> Option<Inventory> {
    let numbered = |entry: &Entry| Some((paths::version_number(&entry.name)?.0, entry.path.join(INVENTORY)));
    let mut folders: Vec<_> = entries.iter().filter(|entry| entry.is_folder()).filter_map(numbered).collect();
    folders.sort();
    let read = |path: &Path| {
        // Neither a link nor a pipe.
        path.symlink_metadata().ok().filter(fs::Metadata::is_file)?;
        let bytes = read_limited(path, LARGEST_INVENTORY).ok()?;
        Judge { findings: &mut Findings::of(""), file: INVENTORY, former: true }.read(&bytes)
    };
    folders.iter().rev().find_map(|(_, path)| read(path))
}

/// Judges the declaration; returns the edition of the standard that the object says it follows.
fn declaration(entries: &[Entry], findings: &mut Findings) -> Option<Edition> {
    let declarations: Vec<&Entry> =
        entries.iter().filter(|entry| entry.is_file() && entry.name.starts_with("0=")).collect();
    match declarations.as_slice() {
        [] => findings.tell(&diags::E003, "0=ocfl_object_1.1", "the object has no declaration"),
        [_] => {}
        [_, others @ ..] => {
            others.iter().for_each(|other| findings.tell(&diags::E003, &other.name, "a second declaration"));
        }
    }
    let mut latest = None;
    for entry in declarations {
        let edition = entry.name.strip_prefix(DECLARATION).and_then(Edition::named);
        if edition.is_none() {
            let expected = "0=ocfl_object_1.1 or 0=ocfl_object_1.0";
            let message = "the declaration names no known edition of the standard";
            findings.differs(&diags::E006, &entry.name, message, (expected, entry.name.as_str()));
        }
        declared_content(entry, &diags::E007, findings);
        latest = latest.max(edition);
    }
    latest
}

/// Judges that a declaration contains what its name says, and a line feed.
pub(super) fn declared_content(entry: &Entry, code: &'static crate::diag::Code, findings: &mut Findings) {
    let expected = entry.name.trim_start_matches("0=");
    match read_limited(&entry.path, 4096) {
        Ok(bytes) if bytes == format!("{expected}\n").as_bytes() => {}
        Ok(bytes) => {
            let found = String::from_utf8_lossy(&bytes).escape_debug().take(80).collect::<String>();
            let message = "the declaration does not contain what its name says";
            findings.differs(code, &entry.name, message, (format!("{expected}\\n"), found));
        }
        Err(error) => findings.unreadable(&entry.name, &error),
    }
}

/// Reads a file that must not be larger than this.
pub(super) fn read_limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {limit} bytes")));
    }
    Ok(bytes)
}

/// Which inventory of the object one is.
#[derive(Clone, Copy)]
enum Rank<'a> {
    /// That of the object.
    Last,
    /// That of a former version.
    Former,
    /// The copy in the last version, whose text is judged already when it is the same.
    Copy(&'a Loaded),
}

/// Reads and judges an inventory and its sidecar; `None` when there is no inventory.
fn load(entries: &[Entry], inside: &str, rank: Rank<'_>, findings: &mut Findings) -> Option<Loaded> {
    let entry = entries.iter().find(|entry| entry.name == INVENTORY && entry.is_file())?;
    let file = below(inside, INVENTORY);
    let bytes = match read_limited(&entry.path, LARGEST_INVENTORY) {
        Ok(bytes) => bytes,
        Err(error) => {
            findings.unreadable(&file, &error);
            return None;
        }
    };
    let mut algorithm = None;
    let mut inventory = None;
    if let Rank::Copy(root) = rank {
        algorithm = root.inventory.as_ref().and_then(|inventory| inventory.algorithm);
        if bytes != root.bytes {
            findings.tell(&diags::E064, &file, "it is not the inventory of the object, and this is the last version");
        }
    } else {
        let former = matches!(rank, Rank::Former);
        inventory = Judge { findings: &mut *findings, file: &file, former }.read(&bytes);
        if let Some(inventory) = &inventory {
            algorithm = inventory.algorithm;
        }
    }
    let sidecar = sidecar(entries, inside, algorithm, &bytes, findings);
    Some(Loaded { bytes, inventory, sidecar })
}

/// Judges the sidecar of an inventory; returns its name.
fn sidecar(
    entries: &[Entry],
    inside: &str,
    algorithm: Option<Algorithm>,
    bytes: &[u8],
    findings: &mut Findings,
) -> Option<String> {
    let suffix = |entry: &Entry| entry.name.strip_prefix("inventory.json.").map(str::to_owned);
    let mut present: Vec<(&Entry, String)> =
        entries.iter().filter(|entry| entry.is_file()).filter_map(|entry| Some((entry, suffix(entry)?))).collect();
    if let Some(algorithm) = algorithm {
        let expected = format!("inventory.json.{}", algorithm.name());
        if !present.iter().any(|(entry, _)| entry.name == expected) {
            findings.tell(&diags::E058, &below(inside, &expected), "the inventory has no sidecar");
            for (entry, other) in &present {
                let message = "the sidecar is not of the inventory's algorithm";
                findings.differs(
                    &diags::E059,
                    &below(inside, &entry.name),
                    message,
                    (algorithm.name(), other.as_str()),
                );
            }
        }
        present.retain(|(_, suffix)| suffix == algorithm.name());
    } else {
        // What the inventory says of it could not be read: any sidecar that can be checked is.
        present.retain(|(_, suffix)| Algorithm::named(suffix).is_some_and(Algorithm::addresses_content));
        if present.is_empty() {
            findings.tell(&diags::E058, &below(inside, INVENTORY), "the inventory has no sidecar");
        }
    }
    for (entry, suffix) in &present {
        let algorithm = algorithm.or_else(|| Algorithm::named(suffix))?;
        sidecar_content(entry, inside, algorithm, bytes, findings);
    }
    present.first().map(|(entry, _)| entry.name.clone())
}

fn sidecar_content(entry: &Entry, inside: &str, algorithm: Algorithm, bytes: &[u8], findings: &mut Findings) {
    let file = below(inside, &entry.name);
    let text = match read_limited(&entry.path, 4096) {
        Ok(text) => text,
        Err(error) => return findings.unreadable(&file, &error),
    };
    let Some(recorded) = sidecar_digest(&text).filter(|digest| algorithm.fits(digest)) else {
        let expected = format!("a {} digest, a space, inventory.json", algorithm.name());
        let found = String::from_utf8_lossy(&text).escape_debug().take(160).collect::<String>();
        return findings.differs(&diags::E061, &file, "the sidecar is not a digest and a name", (expected, found));
    };
    let found = algorithm.of(bytes);
    if !recorded.eq_ignore_ascii_case(&found) {
        let message = format!("the inventory is not what its sidecar `{}` says", entry.name);
        findings.differs(&diags::E060, &below(inside, INVENTORY), message, (recorded, found));
    }
}

/// The digest that a sidecar records, if it has the form of the standard.
pub(super) fn sidecar_digest(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok()?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let digest = line.strip_suffix(INVENTORY)?;
    let trimmed = digest.trim_end_matches([' ', '\t']);
    (trimmed.len() < digest.len()).then_some(trimmed)
}

/// Judges what stands in the object's folder; returns its version folders by name.
fn root_entries<'a>(
    entries: &'a [Entry],
    sidecar: Option<&str>,
    root: Option<&Inventory>,
    findings: &mut Findings,
) -> BTreeMap<String, &'a Entry> {
    let listed = |name: &str| root.is_some_and(|root| root.versions.iter().any(|version| version.name == name));
    let mut folders = BTreeMap::new();
    for entry in entries {
        let name = entry.name.as_str();
        if tell_special(entry, name, findings) {
            continue;
        }
        if entry.is_file() {
            if name != INVENTORY && Some(name) != sidecar && !name.starts_with("0=") {
                findings.tell(&diags::E001, name, "a file that the standard does not know");
            }
        } else if listed(name) {
            folders.insert(name.to_owned(), entry);
        } else if name == "extensions" {
            extensions(entry, findings);
        } else if paths::version_number(name).is_some() {
            if root.is_some_and(|root| !root.versions.is_empty()) {
                findings.tell(&diags::E046, name, "a version folder that the inventory does not have");
            }
        } else if name != "logs" {
            findings.tell(&diags::E001, name, "a folder that the standard does not know");
        }
    }
    missing_folders(root, &folders, findings);
    folders
}

/// Tells the versions of the inventory that have no folder.
fn missing_folders(root: Option<&Inventory>, folders: &BTreeMap<String, &Entry>, findings: &mut Findings) {
    let versions = root.map(|root| root.versions.as_slice()).unwrap_or_default();
    let last = versions.iter().rposition(|version| folders.contains_key(&version.name));
    for (index, version) in versions.iter().enumerate() {
        if !folders.contains_key(&version.name) {
            findings.tell(&diags::E046, &version.name, "the inventory has this version, and it has no folder");
            if last.is_some_and(|last| index < last) {
                findings.tell(&diags::E010, &version.name, "a later version has a folder, and this one has none");
            }
        }
    }
}

fn extensions(folder: &Entry, findings: &mut Findings) {
    for entry in list_or_tell(&folder.path, "extensions", findings) {
        let inside = below("extensions", &entry.name);
        if tell_special(&entry, &inside, findings) {
            continue;
        }
        if entry.is_file() {
            findings.tell(&diags::E067, &inside, "a file, where only folders of extensions may be");
        } else if !REGISTERED_EXTENSIONS.contains(&entry.name.as_str()) {
            findings.tell(&diags::W013, &inside, "an extension that is not registered");
        }
    }
}

/// Reads and judges the inventory of a version.
fn version_folder(folder: &Entry, root: Option<&Loaded>, findings: &mut Findings) -> VersionFolder {
    let name = folder.name.as_str();
    let entries = list_or_tell(&folder.path, name, findings);
    let last = |root: &&Loaded| {
        root.inventory.as_ref().and_then(|root| root.versions.last()).is_some_and(|last| last.name == name)
    };
    let rank = root.filter(last).map_or(Rank::Former, Rank::Copy);
    let loaded = load(&entries, name, rank, findings);
    if loaded.is_none() {
        findings.tell(&diags::W010, &below(name, INVENTORY), "the version has no inventory of its own");
    }
    VersionFolder { entries, loaded }
}
