//! The inventories that paraphe writes and reads: strict, where the validator is tolerant.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Error, LogicalPath, ObjectId, algorithm::Algorithm, files};
use crate::{digest::FileDigest, domain::VersionNum};

pub(super) const INVENTORY: &str = "inventory.json";
pub(super) const SIDECAR: &str = "inventory.json.sha512";
pub(super) const DECLARATION: &str = "0=ocfl_object_1.1";
const TYPE: &str = "https://ocfl.io/1.1/spec/#inventory";

/// What an object holds: its versions and their files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    id: ObjectId,
    versions: BTreeMap<VersionNum, Version>,
    /// SHA-512 to content paths.
    pub(super) manifest: BTreeMap<String, Vec<String>>,
    digest: FileDigest,
}

/// One version of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// When it was made, as the caller said.
    pub created: Timestamp,
    /// Why it was made.
    pub message: String,
    /// Who made it.
    pub user: User,
    /// SHA-512 of each of its files.
    pub(super) files: BTreeMap<LogicalPath, String>,
}

/// Who made a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// A name, of a person or of a service.
    pub name: String,
    /// An address that is a URI: `mailto:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Version {
    /// The paths of its files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &LogicalPath> {
        self.files.keys()
    }

    /// The SHA-512 of one of its files, in hexadecimal.
    #[must_use]
    pub fn sha512(&self, path: &LogicalPath) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}

impl Inventory {
    /// Assembles an inventory.
    pub(super) fn new(
        id: ObjectId,
        versions: BTreeMap<VersionNum, Version>,
        manifest: BTreeMap<String, Vec<String>>,
    ) -> Self {
        let mut inventory = Self { id, versions, manifest, digest: FileDigest::of(b"") };
        inventory.digest = FileDigest::of(&inventory.to_json());
        inventory
    }

    /// The object's identifier.
    #[must_use]
    pub fn id(&self) -> &ObjectId {
        &self.id
    }

    /// The last version's number.
    #[must_use]
    pub fn head(&self) -> VersionNum {
        self.versions.keys().next_back().copied().unwrap_or(VersionNum::FIRST)
    }

    /// The versions, from the first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = (VersionNum, &Version)> {
        self.versions.iter().map(|(number, version)| (*number, version))
    }

    /// One version.
    #[must_use]
    pub fn version(&self, number: VersionNum) -> Option<&Version> {
        self.versions.get(&number)
    }

    /// The SHA-256 of the inventory's file. Since the inventory has the digest of every file of every version, whoever keeps
    /// this one can later tell whether anything in the object changed.
    #[must_use]
    pub fn digest(&self) -> FileDigest {
        self.digest
    }

    /// Where the bytes of a file of a version are, from the object's folder.
    pub(super) fn content(&self, version: VersionNum, path: &LogicalPath) -> Option<(&str, &[String])> {
        let digest = self.versions.get(&version)?.files.get(path)?;
        Some((digest, self.manifest.get(digest)?.as_slice()))
    }

    /// Every file of the object's folder, as paraphe writes it.
    pub(super) fn layout(&self) -> BTreeSet<String> {
        let mut files: BTreeSet<String> = [DECLARATION, INVENTORY, SIDECAR].map(str::to_owned).into();
        for version in self.versions.keys() {
            files.extend([INVENTORY, SIDECAR].map(|name| format!("v{version}/{name}")));
        }
        files.extend(self.manifest.values().flatten().cloned());
        files
    }

    /// The text of the inventory: always the same for the same object.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let versions = self.versions.iter().map(|(number, version)| {
            let mut state: BTreeMap<&str, Vec<&LogicalPath>> = BTreeMap::new();
            for (path, digest) in &version.files {
                state.entry(digest).or_default().push(path);
            }
            let Version { created, message, user, .. } = version;
            (VersionName(*number), WrittenVersion { created: *created, message, state, user })
        });
        let written = Written {
            id: &self.id,
            kind: TYPE,
            digest_algorithm: Algorithm::Sha512.name(),
            head: VersionName(self.head()),
            manifest: &self.manifest,
            versions: versions.collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&written).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The text of its sidecar.
    pub(super) fn sidecar(bytes: &[u8]) -> String {
        format!("{} {INVENTORY}\n", Algorithm::Sha512.of(bytes))
    }

    /// Reads the inventory of an object's or of a version's folder, if its sidecar agrees.
    pub(super) fn load(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(INVENTORY);
        let bytes = files::read(&path)?;
        if files::read(&folder.join(SIDECAR))? != Self::sidecar(&bytes).as_bytes() {
            return Err(Error::damaged(&path, "is not what its sidecar says"));
        }
        Self::from_json(&bytes).map_err(|what| Error::damaged(&path, what))
    }

    /// Reads an inventory that paraphe wrote.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let read: Read = serde_json::from_slice(bytes).map_err(|error| format!("cannot be read: {error}"))?;
        let versions: BTreeMap<VersionNum, Version> =
            read.versions.into_iter().map(|(name, version)| (name.0, version.into())).collect();
        let inventory = Self { id: read.id, versions, manifest: read.manifest, digest: FileDigest::of(bytes) };
        let continuous = (1..).zip(inventory.versions.keys()).all(|(number, version)| number == version.get());
        let ours = read.kind == TYPE
            && read.digest_algorithm == Algorithm::Sha512.name()
            && !inventory.versions.is_empty()
            && read.head.0 == inventory.head()
            && continuous;
        if ours && inventory.to_json() == bytes { Ok(inventory) } else { Err("was not written by paraphe".to_owned()) }
    }
}

/// A version's number as the standard writes it: `v12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct VersionName(VersionNum);

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl Serialize for VersionName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VersionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.strip_prefix('v').and_then(|digits| digits.parse().ok()).and_then(VersionNum::new);
        let name = number.map(Self).filter(|name| name.to_string() == text);
        name.ok_or_else(|| serde::de::Error::custom("expected a version name, as in `v1`"))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    id: &'a ObjectId,
    #[serde(rename = "type")]
    kind: &'a str,
    digest_algorithm: &'a str,
    head: VersionName,
    manifest: &'a BTreeMap<String, Vec<String>>,
    versions: BTreeMap<VersionName, WrittenVersion<'a>>,
}

#[derive(Serialize)]
struct WrittenVersion<'a> {
    created: Timestamp,
    message: &'a str,
    state: BTreeMap<&'a str, Vec<&'a LogicalPath>>,
    user: &'a User,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    id: ObjectId,
    #[serde(rename = "type")]
    kind: String,
    digest_algorithm: String,
    head: VersionName,
    manifest: BTreeMap<String, Vec<String>>,
    versions: BTreeMap<VersionName, ReadVersion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadVersion {
    created: Timestamp,
    message: String,
    state: BTreeMap<String, Vec<LogicalPath>>,
    user: User,
}

impl From<ReadVersion> for Version {
    fn from(read: ReadVersion) -> Self {
        let of_digest = |(digest, paths): (String, Vec<LogicalPath>)| {
            paths.into_iter().map(move |path| (path, digest.clone())).collect::<Vec<_>>()
        };
        let files = read.state.into_iter().flat_map(of_digest).collect();
        Self { created: read.created, message: read.message, user: read.user, files }
    }
}
