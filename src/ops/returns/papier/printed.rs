//! Printed pages, from the archive, as sides are laid onto them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use crate::{
    archive::Store,
    document::provenance::Provenance,
    domain::{ContractId, Exemplaire, VersionNum},
    evidence::paper::{Original, Originals},
    geometry::Rect,
    ops::{
        plan::kept,
        version::{PROVENANCE, pdf_names},
    },
    reconcile::Sheet,
    stamp::{PageArea, PageMap},
};

/// Pages that are kept at hand: those of one contract, of which three exemplaires lie one after the other. Each takes some fifteen
/// megabytes.
const KEPT: usize = 20;

/// Versions of which the file, the map and the provenance are kept at hand.
const OPEN: usize = 4;

/// One printed page.
pub(super) struct PrintedPage {
    /// What it looks like.
    pub(super) original: Original,
    /// What is where on it.
    pub(super) area: PageArea,
    version: Arc<PrintedVersion>,
}

/// One printed version: its first exemplaire, since the others differ by their codes and their footers only, which are not compared.
struct PrintedVersion {
    pages: Mutex<Originals>,
    map: PageMap,
    provenance: Option<Provenance>,
}

/// The printed pages of an archive; several threads ask for them.
pub(in crate::ops::returns) struct Prints {
    versions: Recent<(ContractId, VersionNum), PrintedVersion>,
    pages: Recent<(ContractId, VersionNum, usize), PrintedPage>,
}

impl Prints {
    pub(in crate::ops::returns) const fn new() -> Self {
        Self { versions: Recent::new(OPEN), pages: Recent::new(KEPT) }
    }

    /// A page; none when the archive does not have it, or it cannot be drawn.
    pub(super) fn page(&self, store: &Store, sheet: &Sheet) -> Option<Arc<PrintedPage>> {
        let Sheet { contract, version, page, .. } = sheet;
        let key = (contract.clone(), *version);
        self.pages.get_or((contract.clone(), *version, *page), || {
            let version = self.versions.get_or(key, || open(store, contract, *version))?;
            let area = version.map.pages.get(page.checked_sub(1)?)?.clone();
            let original = version.pages.lock().ok()?.page(*page)?;
            Some(PrintedPage { original, area, version })
        })
    }
}

fn open(store: &Store, contract: &ContractId, version: VersionNum) -> Option<PrintedVersion> {
    let [pdf, map] = pdf_names(contract, version, Exemplaire::ALL.into_iter().next()?);
    let file = |name: &str| store.file(&contract.into(), version, &name.parse().ok()?).ok();
    Some(PrintedVersion {
        pages: Mutex::new(Originals::open(file(&pdf)?)?),
        map: serde_json::from_slice(&file(&map)?).ok()?,
        provenance: kept(store, contract, version, PROVENANCE).ok(),
    })
}

impl PrintedPage {
    /// Where in the contract a part of the page is, for people: « Annexe 1, tableau 4, ligne 2 (IPP) »; none where nothing was printed.
    pub(super) fn place(&self, area: &Rect) -> Option<String> {
        let shared = |block: &&crate::stamp::BlockArea| overlap(&block.area, area);
        let block = self.area.blocks.iter().filter(|block| shared(block) > 0).max_by_key(shared)?;
        let clauses = &self.version.provenance.as_ref()?.clauses;
        let own = || clauses.iter().filter(|clause| clause.block == block.block);
        let clause = own().find(|clause| clause.row == block.row).or_else(|| own().next())?;
        Some(clause.place.clone())
    }
}

/// What two rectangles share, in square micrometres.
fn overlap(a: &Rect, b: &Rect) -> i64 {
    let along = |start: i64, length: i64, other: i64, others: i64| {
        (start + length).min(other + others).saturating_sub(start.max(other)).max(0)
    };
    along(a.x.um(), a.width.um(), b.x.um(), b.width.um()) * along(a.y.um(), a.height.um(), b.y.um(), b.height.um())
}

/// What was made last, so that it need not be made again.
struct Recent<K, V> {
    most: usize,
    made: Mutex<VecDeque<(K, Arc<V>)>>,
}

impl<K: PartialEq, V> Recent<K, V> {
    const fn new(most: usize) -> Self {
        Self { most, made: Mutex::new(VecDeque::new()) }
    }

    /// What is known of a key, or what is made of it now; two threads may both make it, and one of them is then kept.
    fn get_or(&self, key: K, make: impl FnOnce() -> Option<V>) -> Option<Arc<V>> {
        if let Some(known) = self.find(&key) {
            return Some(known);
        }
        let value = Arc::new(make()?);
        let mut made = self.made.lock().ok()?;
        if made.len() >= self.most {
            made.pop_front();
        }
        made.push_back((key, Arc::clone(&value)));
        Some(value)
    }

    /// Finds it, and makes it the last to be forgotten.
    fn find(&self, key: &K) -> Option<Arc<V>> {
        let mut made = self.made.lock().ok()?;
        let at = made.iter().position(|(known, _)| known == key)?;
        let found = made.remove(at)?;
        let value = Arc::clone(&found.1);
        made.push_back(found);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Length;

    #[test]
    fn what_was_asked_for_last_is_kept_and_the_oldest_is_forgotten() {
        let recent = Recent::new(2);
        let made = std::cell::RefCell::new(Vec::new());
        let ask = |key: u8| {
            recent.get_or(key, || {
                made.borrow_mut().push(key);
                Some(key)
            })
        };
        for key in [1, 2, 1, 3, 1, 2] {
            assert_eq!(ask(key).as_deref(), Some(&key));
        }
        assert_eq!(*made.borrow(), [1, 2, 3, 2]);
    }

    #[test]
    fn rectangles_share_what_is_in_both() {
        let rect = |x, y| Rect {
            x: Length::from_um(x),
            y: Length::from_um(y),
            width: Length::from_um(10),
            height: Length::from_um(10),
        };
        assert_eq!(overlap(&rect(0, 0), &rect(5, 8)), 10);
        assert_eq!(overlap(&rect(0, 0), &rect(10, 0)), 0);
    }
}
