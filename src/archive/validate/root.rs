//! A storage root: its declaration, its layout, and the folders that lead to objects.

use std::{collections::BTreeMap, path::PathBuf};

use rayon::prelude::*;

use super::{
    Edition, Findings, REGISTERED_EXTENSIONS, Report, diags,
    json::Json,
    listing::{Entry, below, list_or_tell, tell_special},
    object::{self, Examined, INVENTORY, declared_content, read_limited},
};

const DECLARATION: &str = "0=ocfl_";
const LAYOUT: &str = "ocfl_layout.json";
const FLAT: &str = "0002-flat-direct-storage-layout";

/// Judges a storage root, whose entries are these, and every object in it.
pub(super) fn examine(entries: &[Entry]) -> Report {
    let mut findings = Findings::of("");
    let edition = declaration(entries, &mut findings);
    let layout = layout(entries, &mut findings);
    // The standard lets any other file stand in the root itself; `Store::verify` does not.
    entries.iter().for_each(|entry| {
        tell_special(entry, &entry.name, &mut findings);
    });
    if let Some(folder) = entries.iter().find(|entry| entry.is_folder() && entry.name == "extensions") {
        extensions(folder, &mut findings);
    }
    let objects = hierarchy(entries, &mut findings);
    let depths: Vec<bool> = objects.iter().map(|(_, name)| name.contains('/')).collect();
    if depths.contains(&true) && depths.contains(&false) {
        findings.tell(&diags::W015, "", "some objects are in the archive's folder, others deeper");
    }
    let examined: Vec<Examined> = objects.par_iter().map(|(path, name)| object::examine(path, name)).collect();
    together(&examined, edition, layout.as_deref(), &mut findings);
    let mut report = Report { objects: Vec::new(), findings: findings.list };
    for one in examined {
        report.objects.push(one.report);
        report.findings.extend(one.findings);
    }
    report
}

fn declaration(entries: &[Entry], findings: &mut Findings) -> Option<Edition> {
    let declarations: Vec<&Entry> =
        entries.iter().filter(|entry| entry.is_file() && entry.name.starts_with("0=")).collect();
    match declarations.as_slice() {
        [] => findings.tell(&diags::E069, "0=ocfl_1.1", "the archive has no declaration"),
        [_] => {}
        [_, others @ ..] => {
            others.iter().for_each(|other| findings.tell(&diags::E076, &other.name, "a second declaration"));
        }
    }
    let mut latest = None;
    for entry in declarations {
        let edition = entry.name.strip_prefix(DECLARATION).and_then(Edition::named);
        if edition.is_none() {
            let message = "the declaration names no known edition of the standard";
            let sides = ("0=ocfl_1.1 or 0=ocfl_1.0", entry.name.as_str());
            findings.differs(&diags::E079, &entry.name, message, sides);
        }
        declared_content(entry, &diags::E080, findings);
        latest = latest.max(edition);
    }
    latest
}

/// Judges the description of the layout; returns the extension it names.
fn layout(entries: &[Entry], findings: &mut Findings) -> Option<String> {
    let entry = entries.iter().find(|entry| entry.is_file() && entry.name == LAYOUT)?;
    let bytes = match read_limited(&entry.path, 1 << 20) {
        Ok(bytes) => bytes,
        Err(error) => {
            findings.unreadable(LAYOUT, &error);
            return None;
        }
    };
    let members = match serde_json::from_slice(&bytes) {
        Ok(Json::Object(members)) => members,
        Ok(_) => {
            findings.tell(&diags::E070, LAYOUT, "it is not a JSON object");
            return None;
        }
        Err(error) => {
            findings.tell(&diags::E070, LAYOUT, format!("it is not JSON: {error}"));
            return None;
        }
    };
    let text = |wanted: &str| match members.iter().find(|(key, _)| key == wanted) {
        Some((_, Json::Text(text))) => Some(text.clone()),
        _ => None,
    };
    for key in ["description", "extension"] {
        if text(key).is_none() {
            findings.tell(&diags::E070, LAYOUT, format!("it has no text `{key}`"));
        }
    }
    let extension = text("extension")?;
    if !REGISTERED_EXTENSIONS.contains(&extension.as_str()) {
        let message = "the layout is not a registered one";
        findings.differs(&diags::E071, LAYOUT, message, (FLAT, extension.as_str()));
    }
    Some(extension)
}

fn extensions(folder: &Entry, findings: &mut Findings) {
    for entry in list_or_tell(&folder.path, "extensions", findings) {
        let inside = below("extensions", &entry.name);
        if tell_special(&entry, &inside, findings) {
            continue;
        }
        if entry.is_file() {
            findings.tell(&diags::E112, &inside, "a file, where only folders of extensions may be");
        } else if !REGISTERED_EXTENSIONS.contains(&entry.name.as_str()) {
            findings.tell(&diags::W016, &inside, "an extension that is not registered");
        }
    }
}

/// Walks the folders of the root; returns the objects, in order, with their folders from the root.
fn hierarchy(entries: &[Entry], findings: &mut Findings) -> Vec<(PathBuf, String)> {
    let mut objects = Vec::new();
    let folders = entries.iter().filter(|entry| entry.is_folder() && entry.name != "extensions");
    let mut pending: Vec<(PathBuf, String)> = folders.map(|entry| (entry.path.clone(), entry.name.clone())).collect();
    while let Some((folder, inside)) = pending.pop() {
        let before = findings.list.len();
        let entries = list_or_tell(&folder, &inside, findings);
        // An object that lost its declaration still has its inventory, and the other way round.
        let object = entries.iter().any(|entry| entry.name.starts_with("0=") || entry.name == INVENTORY);
        if object {
            objects.push((folder, inside));
            continue;
        }
        if entries.is_empty() && findings.list.len() == before {
            findings.tell(&diags::E073, &inside, "an empty folder");
        }
        for entry in entries {
            let inside = below(&inside, &entry.name);
            if tell_special(&entry, &inside, findings) {
                continue;
            }
            if entry.is_file() {
                findings.tell(&diags::E072, &inside, "a file that is part of no object");
            } else {
                pending.push((entry.path, inside));
            }
        }
    }
    objects.sort_by(|(_, a), (_, b)| a.cmp(b));
    objects
}

/// Judges the objects against each other and against the root.
fn together(objects: &[Examined], edition: Option<Edition>, layout: Option<&str>, findings: &mut Findings) {
    let mut folders: BTreeMap<&str, &str> = BTreeMap::new();
    for one in objects {
        let folder = one.report.folder.as_str();
        if let (Some(root), Some(object)) = (edition, one.edition)
            && object > root
        {
            let message = "the object follows a later edition of the standard than the archive";
            findings.differs(&diags::E081, folder, message, (root.number(), object.number()));
        }
        let Some(id) = one.report.id.as_deref() else { continue };
        if let Some(first) = folders.insert(id, folder) {
            findings.tell(&diags::E037, folder, format!("the identifier `{id}` is also that of `{first}`"));
        }
        if layout == Some(FLAT) && id != folder {
            findings.differs(&diags::E083, folder, "the object is not in the folder of its identifier", (id, folder));
        }
    }
}
