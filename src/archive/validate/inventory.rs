//! One inventory, judged alone: its keys, its manifest, its fixity block. `versions.rs` judges its versions.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::algorithm::Algorithm,
    Edition, Findings, diags,
    json::Json,
    paths::{self, Fault},
    versions,
};
use crate::diag::Code;

/// What an inventory says, as far as it could be understood.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    pub(super) id: Option<String>,
    pub(super) edition: Option<Edition>,
    pub(super) algorithm: Option<Algorithm>,
    /// The name given to the content folder, if one is given.
    pub(super) content_directory: Option<String>,
    pub(super) head: Option<String>,
    /// Content path to digest, in lower case.
    pub(super) manifest: BTreeMap<String, String>,
    /// Algorithm, digest in lower case, content path.
    pub(super) fixity: Vec<(Algorithm, String, String)>,
    /// The versions, in order.
    pub(super) versions: Vec<Version>,
}

/// What an inventory says of a version.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) name: String,
    pub(super) number: u64,
    /// Its date, message and user, as they are written.
    pub(super) remarks: [Option<Json>; 3],
    /// Logical path to digest, in lower case.
    pub(super) state: BTreeMap<String, String>,
}

impl Inventory {
    /// The name of the content folders.
    pub(super) fn content_folder(&self) -> &str {
        self.content_directory.as_deref().unwrap_or("content")
    }
}

/// Where an inventory is judged and what is told of it.
pub(super) struct Judge<'a> {
    pub(super) findings: &'a mut Findings,
    /// The inventory file, inside the object.
    pub(super) file: &'a str,
    /// Whether it is the inventory of a former version: recommendations are told once, of the last one.
    pub(super) former: bool,
}

impl Judge<'_> {
    pub(super) fn tell(&mut self, code: &'static Code, message: impl Into<String>) {
        self.findings.tell(code, self.file, message);
    }

    pub(super) fn differs(&mut self, code: &'static Code, message: &str, expected: &str, found: &str) {
        self.findings.differs(code, self.file, message, (expected, found));
    }

    pub(super) fn recommend(&mut self, code: &'static Code, message: impl Into<String>) {
        if !self.former {
            self.tell(code, message);
        }
    }

    /// Judges the text of an inventory.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<Inventory> {
        match serde_json::from_slice(bytes) {
            Ok(Json::Object(members)) => Some(self.inventory(&members)),
            Ok(other) => {
                self.differs(&diags::E033, "an inventory is a JSON object", "an object", &other.kind());
                None
            }
            Err(error) => {
                self.tell(&diags::E033, format!("it is not JSON: {error}"));
                None
            }
        }
    }

    fn inventory(&mut self, members: &[(String, Json)]) -> Inventory {
        const KEYS: [&str; 8] =
            ["contentDirectory", "digestAlgorithm", "fixity", "head", "id", "manifest", "type", "versions"];
        let members = self.members("the inventory", members, &KEYS);
        let mut inventory = Inventory {
            id: self.id(members.get("id").copied()),
            edition: self.edition(members.get("type").copied()),
            algorithm: self.algorithm(members.get("digestAlgorithm").copied()),
            content_directory: self.content_directory(members.get("contentDirectory").copied()),
            ..Inventory::default()
        };
        let mut digests = BTreeSet::new();
        match members.get("manifest") {
            Some(Json::Object(entries)) => digests = self.manifest(entries, &mut inventory),
            Some(other) => self.differs(&diags::E106, "the manifest is a JSON object", "an object", &other.kind()),
            None => self.tell(&diags::E041, "there is no `manifest`"),
        }
        match members.get("versions") {
            Some(Json::Object(entries)) => versions::judge(self, entries, &digests, &mut inventory),
            Some(other) => self.differs(&diags::E044, "the versions are a JSON object", "an object", &other.kind()),
            None => self.tell(&diags::E041, "there is no `versions`"),
        }
        self.head(members.get("head").copied(), &mut inventory);
        self.unused(&inventory);
        match members.get("fixity") {
            Some(Json::Object(blocks)) => self.fixity(blocks, &mut inventory),
            Some(other) => self.differs(&diags::E111, "the fixity block is a JSON object", "an object", &other.kind()),
            None => {}
        }
        inventory
    }

    /// The members of an object by key; a key given twice, or unknown, is told.
    pub(super) fn members<'j>(
        &mut self,
        whose: &str,
        members: &'j [(String, Json)],
        known: &[&str],
    ) -> BTreeMap<&'j str, &'j Json> {
        let mut by_key = BTreeMap::new();
        for (key, value) in members {
            if !known.contains(&key.as_str()) {
                self.tell(&diags::E102, format!("{whose} has the key `{key}`"));
            }
            if by_key.insert(key.as_str(), value).is_some() {
                self.tell(&diags::E033, format!("{whose} has the key `{key}` twice"));
            }
        }
        by_key
    }

    fn id(&mut self, value: Option<&Json>) -> Option<String> {
        match value {
            Some(Json::Text(id)) if !id.is_empty() => {
                if !is_uri(id) {
                    self.recommend(&diags::W005, format!("the identifier `{id}` is not a URI"));
                }
                return Some(id.clone());
            }
            Some(Json::Text(_)) => self.tell(&diags::E037, "`id` is empty"),
            Some(other) => self.differs(&diags::E037, "`id` is a text", "a text", &other.kind()),
            None => self.tell(&diags::E036, "there is no `id`"),
        }
        None
    }

    fn edition(&mut self, value: Option<&Json>) -> Option<Edition> {
        const EXPECTED: &str = "https://ocfl.io/1.1/spec/#inventory";
        match value {
            Some(Json::Text(uri)) => {
                let number =
                    uri.strip_prefix("https://ocfl.io/").and_then(|rest| rest.strip_suffix("/spec/#inventory"));
                let edition = number.and_then(Edition::named);
                if edition.is_none() {
                    self.differs(&diags::E038, "`type` names no known edition of the standard", EXPECTED, uri);
                }
                return edition;
            }
            Some(other) => self.differs(&diags::E038, "`type` is a text", EXPECTED, &other.kind()),
            None => self.tell(&diags::E036, "there is no `type`"),
        }
        None
    }

    fn algorithm(&mut self, value: Option<&Json>) -> Option<Algorithm> {
        match value {
            Some(Json::Text(name)) => {
                let algorithm = Algorithm::named(name).filter(|algorithm| algorithm.addresses_content());
                match algorithm {
                    Some(Algorithm::Sha512) => {}
                    Some(_) => self.tell(&diags::W004, format!("the object is addressed by {name}")),
                    None => {
                        self.differs(&diags::E025, "`digestAlgorithm` is not for content", "sha512 or sha256", name);
                    }
                }
                return algorithm;
            }
            Some(other) => self.differs(&diags::E025, "`digestAlgorithm` is a text", "sha512", &other.kind()),
            None => self.tell(&diags::E036, "there is no `digestAlgorithm`"),
        }
        None
    }

    fn content_directory(&mut self, value: Option<&Json>) -> Option<String> {
        match value? {
            Json::Text(name) if matches!(name.as_str(), "." | "..") => {
                self.tell(&diags::E018, format!("`contentDirectory` is `{name}`"));
            }
            Json::Text(name) if !name.is_empty() && !name.contains('/') => return Some(name.clone()),
            Json::Text(name) => self.differs(&diags::E017, "`contentDirectory` is one folder name", "content", name),
            other => self.differs(&diags::E017, "`contentDirectory` is a text", "content", &other.kind()),
        }
        None
    }

    fn head(&mut self, value: Option<&Json>, inventory: &mut Inventory) {
        let last = inventory.versions.last().map(|version| version.name.as_str());
        match value {
            Some(Json::Text(head)) => {
                if let Some(last) = last.filter(|last| last != head) {
                    self.differs(&diags::E040, "`head` is not the last version", last, head);
                }
                inventory.head = Some(head.clone());
            }
            Some(other) => self.differs(&diags::E040, "`head` is a text", last.unwrap_or("v1"), &other.kind()),
            None => self.tell(&diags::E036, "there is no `head`"),
        }
    }

    /// Judges the manifest; returns its digests as they are written.
    fn manifest(&mut self, entries: &[(String, Json)], inventory: &mut Inventory) -> BTreeSet<String> {
        let mut written = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut listed = BTreeSet::new();
        for (digest, value) in entries {
            let normal = digest.to_ascii_lowercase();
            if let Some(algorithm) = inventory.algorithm.filter(|algorithm| !algorithm.fits(digest)) {
                self.misshapen("the manifest", algorithm, digest);
            }
            if !seen.insert(normal.clone()) {
                self.tell(&diags::E096, format!("the manifest has the digest `{digest}` twice"));
            }
            written.insert(digest.clone());
            for path in self.texts(&diags::E092, &format!("`{digest}` of the manifest"), value) {
                if !listed.insert(path) {
                    self.tell(&diags::E101, format!("the manifest has the content path `{path}` twice"));
                } else if self.content_path("manifest", path, inventory.content_folder()) {
                    inventory.manifest.insert(path.to_owned(), normal.clone());
                }
            }
        }
        for path in paths::conflicts(&listed) {
            self.tell(&diags::E101, format!("the manifest has the content path `{path}` as a file and as a folder"));
        }
        written
    }

    fn misshapen(&mut self, whose: &str, algorithm: Algorithm, digest: &str) {
        let code = match algorithm {
            Algorithm::Sha1 => &diags::E029,
            Algorithm::Sha256 => &diags::E030,
            Algorithm::Sha512 => &diags::E031,
            Algorithm::Blake2b512 => &diags::E032,
            _ => &diags::E057,
        };
        self.tell(code, format!("{whose} has the key `{digest}`, which is not a digest by {}", algorithm.name()));
    }

    /// The texts of an array; anything else is told.
    pub(super) fn texts<'j>(&mut self, code: &'static Code, whose: &str, value: &'j Json) -> Vec<&'j str> {
        let Json::List(items) = value else {
            self.differs(code, &format!("{whose} has its paths in an array"), "an array", &value.kind());
            return Vec::new();
        };
        if items.is_empty() {
            self.tell(code, format!("{whose} has no path"));
        }
        let mut texts = Vec::new();
        for item in items {
            match item {
                Json::Text(text) => texts.push(text.as_str()),
                other => {
                    let code = if code == &diags::E050 { &diags::E051 } else { code };
                    self.differs(code, &format!("{whose} has a path that is not a text"), "a text", &other.kind());
                }
            }
        }
        texts
    }

    /// Judges a content path; returns whether it is one.
    fn content_path(&mut self, block: &str, path: &str, content_folder: &str) -> bool {
        match paths::fault(path) {
            Some(Fault::Ends) => {
                self.tell(&diags::E100, format!("the {block} has the content path `{path}`, with a slash at an end"));
            }
            Some(Fault::Element) => {
                self.tell(
                    &diags::E099,
                    format!("the {block} has the content path `{path}`, with an empty, `.` or `..` element"),
                );
            }
            None => {
                let mut elements = path.splitn(3, '/');
                let version = elements.next().and_then(paths::version_number).is_some();
                let inside = elements.next() == Some(content_folder) && elements.next().is_some();
                if version && inside {
                    return true;
                }
                let expected = format!("v<number>/{content_folder}/…");
                let message = format!("the {block} has a content path that is not in the content of a version");
                self.differs(&diags::E042, &message, &expected, path);
            }
        }
        false
    }

    /// Tells the digests of the manifest that no version uses, and the paths of versions that are not.
    fn unused(&mut self, inventory: &Inventory) {
        if inventory.versions.is_empty() {
            return;
        }
        let used: BTreeSet<&String> = inventory.versions.iter().flat_map(|version| version.state.values()).collect();
        for (path, digest) in &inventory.manifest {
            if !used.contains(digest) {
                self.tell(&diags::E107, format!("the manifest has `{path}`, which is in no version"));
            }
            let folder = path.split('/').next().unwrap_or_default();
            if !inventory.versions.iter().any(|version| version.name == folder) {
                self.tell(&diags::E042, format!("the manifest has `{path}`, and there is no version `{folder}`"));
            }
        }
    }

    fn fixity(&mut self, blocks: &[(String, Json)], inventory: &mut Inventory) {
        let mut names = BTreeSet::new();
        for (name, block) in blocks {
            if !names.insert(name) {
                self.tell(&diags::E033, format!("the fixity block has the key `{name}` twice"));
            }
            let algorithm = Algorithm::named(name);
            // Registered, and free to be ignored: sizes and checksums that are no digests.
            if algorithm.is_none() && !matches!(name.as_str(), "size" | "md2" | "crc32" | "crc32c" | "adler32") {
                self.tell(&diags::E056, format!("the fixity block has the algorithm `{name}`"));
                continue;
            }
            let Json::Object(entries) = block else {
                self.differs(&diags::E057, &format!("fixity by {name} is a JSON object"), "an object", &block.kind());
                continue;
            };
            self.fixity_block(name, algorithm, entries, inventory);
        }
    }

    fn fixity_block(
        &mut self,
        name: &str,
        algorithm: Option<Algorithm>,
        entries: &[(String, Json)],
        inventory: &mut Inventory,
    ) {
        let mut seen = BTreeSet::new();
        for (digest, value) in entries {
            let normal = digest.to_ascii_lowercase();
            if let Some(algorithm) = algorithm.filter(|algorithm| !algorithm.fits(digest)) {
                self.misshapen("the fixity block", algorithm, digest);
            }
            if !seen.insert(normal.clone()) {
                self.tell(&diags::E097, format!("the fixity block has the {name} digest `{digest}` twice"));
            }
            for path in self.texts(&diags::E057, &format!("`{digest}` of the fixity block"), value) {
                if !self.content_path("fixity block", path, inventory.content_folder()) {
                    continue;
                }
                if !inventory.manifest.contains_key(path) {
                    self.tell(&diags::E057, format!("the fixity block has `{path}`, which the manifest has not"));
                }
                if let Some(algorithm) = algorithm {
                    inventory.fixity.push((algorithm, normal.clone(), path.to_owned()));
                }
            }
        }
    }
}

/// Whether a text has the form of a URI: a scheme, a colon, and something.
pub(super) fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
            && !rest.contains(char::is_whitespace)
    })
}
