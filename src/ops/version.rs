//! What a version of a contract is made of, as it is archived.
//!
//! A version is complete in itself: the three PDF with their page maps and page digests, the DOCX, the canonical document, the
//! data it was merged from, where each printed value was read. The files it was made from are kept once for all contracts made
//! from the same, in an object of their own that the record names.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    archive::{LogicalPath, ObjectId, Source},
    digest::FileDigest,
    document::{Document, provenance::Provenance},
    domain::{ContractId, Exemplaire, VersionNum},
    input::Sources,
    stamp::PageHash,
    writer::{docx, pdf},
};

/// Name of a version's record.
pub(super) const RECORD: &str = "contrat.json";
/// Name of the canonical document.
pub(super) const DOCUMENT: &str = "document.json";
/// Name of the data that the templates read.
pub(super) const DONNEES: &str = "donnees.json";
/// Name of the provenance of what is printed.
pub(super) const PROVENANCE: &str = "provenance.json";
/// Name of the digests of pages.
pub(super) const EMPREINTES: &str = "empreintes.json";

/// One written file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its name in the contract's folder.
    pub name: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

/// What was made for one contract: `contrat.json` in its folder and in its archived version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRecord {
    /// Contract.
    pub contract: String,
    /// Version of the contract.
    pub version: u16,
    /// Digest of the canonical document, in hexadecimal.
    pub content_hash: String,
    /// Template set and version.
    pub modele: String,
    /// Version of the program that wrote the files.
    pub program: String,
    /// The archived object that holds the files it was made from.
    pub entrees: String,
    /// Pages of one exemplaire.
    pub pages: usize,
    /// The files, by name.
    pub files: Vec<FileRecord>,
}

/// The digests of the pages of one exemplaire, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageHashes {
    /// Number of the exemplaire.
    pub exemplaire: u8,
    /// By which method: [`PageHash::METHOD`]. Digests of another one say nothing, and are computed again from the archived file.
    #[serde(default)]
    pub methode: u8,
    /// What each page shows.
    pub pages: Vec<PageHash>,
}

/// Prints a document and writes everything that is archived of it.
pub(super) fn make(
    press: &pdf::Press,
    document: &Document,
    donnees: &Json,
    entrees: &ObjectId,
) -> Result<Vec<(LogicalPath, Source)>, String> {
    let printing = press.print(document).map_err(|error| chain(&error))?;
    let (id, version) = (&document.contract, document.version);
    // The working copy shows the page numbers of the contract of record.
    let word = docx::write(document, &printing.heading_pages).map_err(|error| chain(&error))?;
    let pages = printing.exemplaires.first().map_or(0, |rendition| rendition.page_map.pages.len());
    let provenance = Provenance::of(document, &|block, row| printing.page_of(block, row));
    let mut files = vec![
        (docx_name(id, version), word),
        (DOCUMENT.to_owned(), document.canonical()),
        (DONNEES.to_owned(), to_json(donnees)?),
        (PROVENANCE.to_owned(), to_json(&provenance)?),
    ];
    let mut empreintes = Vec::new();
    for rendition in printing.exemplaires {
        let pdf::Rendition { exemplaire, bytes, page_map, empreintes: pages } = rendition;
        empreintes.push(PageHashes { exemplaire: exemplaire.number(), methode: PageHash::METHOD, pages });
        let [pdf, map] = pdf_names(id, version, exemplaire);
        files.extend([(pdf, bytes), (map, to_json(&page_map)?)]);
    }
    files.push((EMPREINTES.to_owned(), to_json(&empreintes)?));
    files.sort();
    let mut record = ContractRecord {
        contract: id.to_string(),
        version: version.get(),
        content_hash: document.content_hash().to_string(),
        modele: document.modele.clone(),
        program: PROGRAM.to_owned(),
        entrees: entrees.to_string(),
        pages,
        files: Vec::new(),
    };
    for (name, bytes) in &files {
        let sha256 = FileDigest::of(bytes).to_string();
        record.files.push(FileRecord { name: name.clone(), sha256, size: bytes.len() as u64 });
    }
    files.push((RECORD.to_owned(), to_pretty_json(&record)));
    let named =
        |(name, bytes): (String, Vec<u8>)| Ok((name.parse().map_err(|error| chain(&error))?, Source::Bytes(bytes)));
    files.into_iter().map(named).collect()
}

/// The program, as records name it.
pub(super) const PROGRAM: &str = concat!("paraphe ", env!("CARGO_PKG_VERSION"));

/// The object that holds the files a campaign was read from, named by their digest: the same files are archived once.
///
/// They lie to one another as they did, so that the object, copied out, is a campaign folder that can be checked again.
pub(super) fn entrees(sources: &Sources) -> Option<(ObjectId, Vec<(LogicalPath, Source)>)> {
    let ups = |name: &str| name.split('/').take_while(|part| *part == "..").count();
    let highest = sources.files().keys().map(|name| ups(name)).max().unwrap_or(0);
    let mut home = vec!["dossier"; highest.saturating_sub(1)];
    home.push("campagne");
    let mut files = Vec::new();
    let mut list = String::new();
    for (name, bytes) in sources.files() {
        let up = ups(name);
        let above = home.iter().take(home.len().saturating_sub(up)).copied();
        let place: Vec<&str> = above.chain(name.split('/').skip(up)).collect();
        let place = place.join("/");
        list.push_str(&format!("{}  {place}\n", FileDigest::of(bytes)));
        files.push((place.parse().ok()?, Source::Bytes(bytes.clone())));
    }
    let digest = FileDigest::of(list.as_bytes()).to_string();
    let id = format!("entrees-{}", digest.get(..16)?).parse().ok()?;
    Some((id, files))
}

fn docx_name(id: &ContractId, version: VersionNum) -> String {
    format!("{id}-v{version}.docx")
}

/// The names of one exemplaire's PDF and page map.
pub(super) fn pdf_names(id: &ContractId, version: VersionNum, exemplaire: Exemplaire) -> [String; 2] {
    let stem = format!("{id}-v{version}-ex{}", exemplaire.number());
    [format!("{stem}.pdf"), format!("{stem}.pages.json")]
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, String> {
    let mut bytes = serde_json::to_vec(value).map_err(|error| error.to_string())?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Readable JSON, ended by a line feed.
pub(super) fn to_pretty_json<T: Serialize>(value: &T) -> Vec<u8> {
    // Plain structures to memory: there is nothing that can fail.
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// An error and its causes, on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
