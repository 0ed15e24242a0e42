//! Former inventories against the last one: they must tell the same past.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Edition, Findings, diags,
    inventory::{Inventory, Version},
    listing::below,
    object::{INVENTORY, VersionFolder},
};

/// Judges the inventories of former versions against that of the object.
pub(super) fn judge(
    root: &Inventory,
    declared: Option<Edition>,
    folders: &BTreeMap<String, VersionFolder>,
    findings: &mut Findings,
) {
    let mut edition = None;
    for (index, version) in root.versions.iter().enumerate() {
        let Some(loaded) = folders.get(&version.name).and_then(|folder| folder.loaded.as_ref()) else { continue };
        let file = below(&version.name, INVENTORY);
        // The last version has no inventory of its own to judge: it has a copy of the object's.
        let current = loaded.inventory.as_ref().map_or(root.edition.or(declared), |former| former.edition);
        if let (Some(before), Some(now)) = (edition, current)
            && now < before
        {
            let message = "the version follows an older edition of the standard than the version before";
            findings.differs(&diags::E103, &file, message, (Edition::number(before), Edition::number(now)));
        }
        edition = edition.max(current);
        if let Some(former) = &loaded.inventory {
            let mut comparison = Comparison { root, former, file: &file, findings: &mut *findings };
            comparison.identity(&version.name, index == 0);
            comparison.versions(&version.name);
        }
    }
}

struct Comparison<'a> {
    root: &'a Inventory,
    former: &'a Inventory,
    /// The former inventory's file.
    file: &'a str,
    findings: &'a mut Findings,
}

impl Comparison<'_> {
    fn identity(&mut self, version: &str, first: bool) {
        let (root, former) = (self.root, self.former);
        if let (Some(expected), Some(found)) = (&root.id, &former.id)
            && expected != found
        {
            let message = "the identifier changes between versions";
            self.findings.differs(&diags::E037, self.file, message, (expected, found));
        }
        if let Some(head) = former.head.as_ref().filter(|head| *head != version) {
            let message = "`head` is not the version of this inventory";
            self.findings.differs(&diags::E040, self.file, message, (version, head));
        }
        if first && root.content_directory != former.content_directory {
            let message = "`contentDirectory` is not set as in the first version";
            self.findings.tell(&diags::E019, self.file, message);
        }
        if root.content_folder() != former.content_folder() {
            let sides = (root.content_folder(), former.content_folder());
            self.findings.differs(&diags::E020, self.file, "the name of the content folder changes", sides);
        }
    }

    fn versions(&mut self, last: &str) {
        for version in &self.former.versions {
            match self.root.versions.iter().find(|current| current.name == version.name) {
                Some(current) => self.version(version, current),
                None => {
                    let message = format!("it has version {}, and the object has not", version.name);
                    self.findings.tell(&diags::E066, self.file, message);
                }
            }
        }
        let number = self.root.versions.iter().find(|version| version.name == last).map_or(0, |version| version.number);
        for version in self.root.versions.iter().filter(|version| version.number <= number) {
            if !self.former.versions.iter().any(|former| former.name == version.name) {
                let message = format!("it lacks version {}, which came before", version.name);
                self.findings.tell(&diags::E066, self.file, message);
            }
        }
    }

    fn version(&mut self, former: &Version, current: &Version) {
        let paths: BTreeSet<&String> = former.state.keys().chain(current.state.keys()).collect();
        for path in paths {
            let (then, now) = (former.state.get(path), current.state.get(path));
            let (Some(then), Some(now)) = (then, now) else {
                let lacking = if then.is_none() { "lacks" } else { "has" };
                let message = format!("in version {} it {lacking} `{path}`, contrary to the object", former.name);
                self.findings.tell(&diags::E066, self.file, message);
                continue;
            };
            let same_algorithm = self.root.algorithm == self.former.algorithm;
            let moved = || !content_of(self.former, then).is_subset(&content_of(self.root, now));
            if (same_algorithm && then != now) || moved() {
                let message = format!("in version {} it tells other content of `{path}` than the object", former.name);
                self.findings.differs(&diags::E066, self.file, message, (now, then));
            }
        }
        for (key, (then, now)) in
            ["date", "message", "user"].into_iter().zip(former.remarks.iter().zip(&current.remarks))
        {
            if then != now {
                let message = format!("the {key} of version {} is not the same as in the object", former.name);
                self.findings.tell(&diags::W011, self.file, message);
            }
        }
    }
}

/// The content paths of a digest.
fn content_of<'a>(inventory: &'a Inventory, digest: &str) -> BTreeSet<&'a String> {
    inventory.manifest.iter().filter(|(_, of)| *of == digest).map(|(path, _)| path).collect()
}
