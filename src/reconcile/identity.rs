//! Which contract, version and exemplaire a returned file is.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    domain::{ContractId, Exemplaire, VersionNum},
    evidence::Evidence,
    stamp::PageHash,
};

/// A printed page, one of one exemplaire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sheet {
    /// The contract.
    pub contract: ContractId,
    /// Its version.
    pub version: VersionNum,
    /// The exemplaire.
    pub exemplaire: Exemplaire,
    /// Page number, from 1.
    pub page: usize,
    /// Pages of the exemplaire.
    pub pages: usize,
}

/// Every printed page of a campaign, by what it shows.
#[derive(Debug, Clone, Default)]
pub struct Sheets {
    by_hash: BTreeMap<PageHash, Sheet>,
}

impl Sheets {
    /// Adds the pages of one exemplaire, in order.
    pub fn add(&mut self, contract: &ContractId, version: VersionNum, exemplaire: Exemplaire, pages: &[PageHash]) {
        for (number, hash) in (1..).zip(pages) {
            let sheet = Sheet { contract: contract.clone(), version, exemplaire, page: number, pages: pages.len() };
            self.by_hash.insert(*hash, sheet);
        }
    }

    /// The printed page that shows just this.
    #[must_use]
    pub fn find(&self, hash: &PageHash) -> Option<&Sheet> {
        self.by_hash.get(hash)
    }

    /// How many pages are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// Whether no page is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }
}

/// What a page of a returned file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum PageMatch {
    /// A page of another exemplaire, version or contract.
    Foreign {
        /// The contract.
        contract: String,
        /// Its version.
        version: u16,
        /// The number of the exemplaire.
        exemplaire: u8,
        /// The page's number.
        page: usize,
    },
    /// A page of this exemplaire.
    Own {
        /// Its number.
        page: usize,
    },
    /// No page that was printed.
    Unknown,
}

/// Which contract, version and exemplaire a returned file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The contract.
    pub contract: ContractId,
    /// Its version.
    pub version: VersionNum,
    /// The exemplaire.
    pub exemplaire: Exemplaire,
    /// Pages that the exemplaire has.
    pub pages: usize,
    /// The revision that is compared with what was sent, from 1: the one just before the first signature, or the last one.
    pub revision: usize,
    /// What each page of that revision is.
    pub seen: Vec<PageMatch>,
}

impl Identity {
    /// Whether each page is there once, in order, and nothing else.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.seen.len() == self.pages
            && (1..).zip(&self.seen).all(|(number, seen)| *seen == PageMatch::Own { page: number })
    }
}

/// Names a returned file by what its pages show, in any of its revisions: the exemplaire of which most pages are there; `None`
/// when no page was printed by this campaign.
#[must_use]
pub fn identify(sheets: &Sheets, evidence: &Evidence) -> Option<Identity> {
    let mut votes: BTreeMap<(&ContractId, VersionNum, Exemplaire), usize> = BTreeMap::new();
    for revision in &evidence.revisions {
        for sheet in revision.pages.iter().filter_map(|hash| sheets.find(hash)) {
            *votes.entry((&sheet.contract, sheet.version, sheet.exemplaire)).or_default() += 1;
        }
    }
    let ((contract, version, exemplaire), _) = votes.into_iter().max_by_key(|(_, count)| *count)?;
    let revision = before_signatures(evidence);
    let shown = evidence.revisions.iter().find(|other| other.number == revision);
    let hashes = shown.map(|revision| revision.pages.as_slice()).unwrap_or_default();
    let own = |sheet: &Sheet| &sheet.contract == contract && sheet.version == version && sheet.exemplaire == exemplaire;
    let seen = |hash| match sheets.find(hash) {
        Some(sheet) if own(sheet) => PageMatch::Own { page: sheet.page },
        Some(sheet) => PageMatch::Foreign {
            contract: sheet.contract.to_string(),
            version: sheet.version.get(),
            exemplaire: sheet.exemplaire.number(),
            page: sheet.page,
        },
        None => PageMatch::Unknown,
    };
    let pages = sheets.by_hash.values().find(|sheet| own(sheet)).map_or(0, |sheet| sheet.pages);
    Some(Identity {
        contract: contract.clone(),
        version,
        exemplaire,
        pages,
        revision,
        seen: hashes.iter().map(seen).collect(),
    })
}

/// The revision just before the first signature; the last one when there is none. A signature in the first revision signs all of
/// it.
fn before_signatures(evidence: &Evidence) -> usize {
    let signed = evidence.signatures.iter().filter_map(|signature| signature.revision).min();
    signed.map_or(evidence.revisions.len(), |signed| signed.saturating_sub(1)).max(1)
}
