//! An object as a bag (`BagIt`, RFC 8493): a folder that any archive service can receive and check.
//!
//! In `data/`: one folder per version, `v1`, `v2`…, with all its files; the object's inventory as `inventory.json`; and what
//! the caller adds. Each file has its SHA-256 and its SHA-512.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;

use super::{
    Error, LogicalPath, ObjectId, Store,
    algorithm::{Algorithm, Fixity},
    files,
};

const ALGORITHMS: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Sha512];

/// Writes all versions of an object as a bag. `destination` must not exist; it appears complete, or not at all. A folder of
/// the same name with `.part` at its end may be left by a killed run, and is made again.
///
/// # Errors
/// When the destination exists, when a file is not what was archived, when an added path is one of the bag's own, or when a
/// file operation fails.
pub fn write(
    store: &Store,
    id: &ObjectId,
    added: &[(LogicalPath, Vec<u8>)],
    destination: &Path,
    bagging_date: Date,
) -> Result<(), Error> {
    if files::exists(destination) {
        return Err(Error::Exists(destination.to_owned()));
    }
    let mut name = destination.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = destination.with_file_name(name);
    files::remove(&part)?;
    let mut bag = Bag { folder: &part, payload: BTreeMap::new(), tags: BTreeMap::new() };
    bag.payload(store, id, added)?;
    bag.tags(id, bagging_date)?;
    files::sync_folders(&part)?;
    files::rename(&part, destination)
}

struct Bag<'a> {
    folder: &'a Path,
    payload: BTreeMap<String, Fixity>,
    tags: BTreeMap<String, Fixity>,
}

impl Bag<'_> {
    fn payload(&mut self, store: &Store, id: &ObjectId, added: &[(LogicalPath, Vec<u8>)]) -> Result<(), Error> {
        let inventory = store.read(id)?;
        for (number, version) in inventory.versions() {
            for path in version.paths() {
                let bytes = store.file(id, number, path)?;
                self.payload_file(&format!("v{number}/{path}"), &bytes)?;
            }
        }
        self.payload_file("inventory.json", &inventory.to_json())?;
        for (path, bytes) in added {
            if self.payload.contains_key(&format!("data/{path}")) {
                return Err(Error::Path(path.clone()));
            }
            self.payload_file(path.as_str(), bytes)?;
        }
        Ok(())
    }

    fn payload_file(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = format!("data/{path}");
        self.put(&path, bytes)?;
        self.payload.insert(path, fixity(bytes));
        Ok(())
    }

    fn tags(&mut self, id: &ObjectId, bagging_date: Date) -> Result<(), Error> {
        self.tag("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")?;
        let bytes: u64 = self.payload.values().map(|fixity| fixity.size).sum();
        let oxum = format!("{bytes}.{}", self.payload.len());
        let software = concat!("paraphe ", env!("CARGO_PKG_VERSION"));
        self.tag(
            "bag-info.txt",
            &format!(
                "Bag-Software-Agent: {software}\nBagging-Date: {bagging_date}\nExternal-Identifier: {id}\nPayload-Oxum: {oxum}\n"
            ),
        )?;
        for algorithm in ALGORITHMS {
            self.tag(&format!("manifest-{}.txt", algorithm.name()), &lines(&self.payload, algorithm))?;
        }
        for algorithm in ALGORITHMS {
            self.put(&format!("tagmanifest-{}.txt", algorithm.name()), lines(&self.tags, algorithm).as_bytes())?;
        }
        Ok(())
    }

    fn tag(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.put(name, text.as_bytes())?;
        self.tags.insert(name.to_owned(), fixity(text.as_bytes()));
        Ok(())
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.folder.join(path);
        if let Some(folder) = path.parent() {
            files::make_folder(folder)?;
        }
        files::write(&path, bytes)
    }
}

fn fixity(bytes: &[u8]) -> Fixity {
    let digests = ALGORITHMS.map(|algorithm| (algorithm, algorithm.of(bytes)));
    Fixity { size: bytes.len() as u64, digests: digests.into() }
}

/// The lines of a manifest. A percent sign is escaped, as the RFC asks; line ends are in no path.
fn lines(files: &BTreeMap<String, Fixity>, algorithm: Algorithm) -> String {
    let line =
        |(path, fixity): (&String, &Fixity)| format!("{}  {}\n", fixity.digest(algorithm), path.replace('%', "%25"));
    files.iter().map(line).collect()
}
