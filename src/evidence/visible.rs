//! What a change makes of the pages: rendered before and after, outside the boxes that were printed for signatures.
//!
//! Only what may show is rendered: a file to which three signatures were added, in their boxes, and nothing else costs nothing. What
//! is seen is told as `VISIBLE_CHANGE`. What is not seen is told by nothing: the change itself remains an observation, because what
//! one renderer does not draw another one may.

use std::collections::BTreeSet;

use super::{
    Observation, Reason,
    pdf::{PdfFacts, SignatureBox},
    picture::{self, Likeness, Mask},
};
use crate::domain::Partie;

/// The largest file that is rendered, in bytes.
const LARGEST: usize = 64 << 20;

/// Pages of a file that are rendered, twice each; a contract has 40 at most.
const MOST_PAGES: usize = 60;

/// The pages that a change may show on.
#[derive(Debug, Default)]
struct Pages {
    named: BTreeSet<u32>,
    /// Whether it may show on any.
    all: bool,
}

impl Pages {
    /// Of observations: each on its page, or anywhere.
    fn of<'o>(observations: impl Iterator<Item = &'o Observation>) -> Self {
        let mut pages = Self::default();
        for observation in observations.filter(|observation| may_show(observation)) {
            match observation.place.page {
                Some(page) => drop(pages.named.insert(page)),
                None => pages.all = true,
            }
        }
        pages
    }

    /// The pages of boxes that stand elsewhere, or are not there on one side.
    fn moved(&mut self, before: &[SignatureBox], after: &[SignatureBox]) {
        let only = |these: &[SignatureBox], those: &[SignatureBox]| -> Vec<u32> {
            these.iter().filter(|one| !those.contains(one)).map(|one| one.page).collect()
        };
        self.named.extend(only(before, after));
        self.named.extend(only(after, before));
    }

    /// Their numbers, of so many and no more than are left to render.
    fn numbers(&self, count: usize, left: &mut usize) -> Vec<u32> {
        let all = (1..).take(count).filter(|page| self.all || self.named.contains(page));
        let numbers: Vec<u32> = all.take(*left).collect();
        *left -= numbers.len();
        numbers
    }
}

/// Whether what was seen may be seen on a page.
fn may_show(observation: &Observation) -> bool {
    match observation.reason {
        // A party that signs in its own field changes what its box shows.
        Reason::RevisionSignature => observation.place.field.as_deref().and_then(Partie::of_signature_field).is_none(),
        Reason::DocmdpViolation
        | Reason::RevisionAnnot
        | Reason::RevisionForms
        | Reason::RevisionOther
        | Reason::RevisionPageContent
        | Reason::RevisionStructure => true,
        _ => false,
    }
}

/// What later revisions change of what is seen.
pub(super) fn changes(bytes: &[u8], facts: &PdfFacts<'_>) -> Vec<Observation> {
    let printed = facts.boxes.first().map(Vec::as_slice).unwrap_or_default();
    let mut left = MOST_PAGES;
    let mut told = Vec::new();
    for (revision, boxes) in (1..).zip(&facts.boxes).skip(1) {
        let own = facts.observations.iter().filter(|observation| observation.place.revision == Some(revision));
        let mut pages = Pages::of(own);
        pages.moved(printed, boxes);
        let (Some(before), Some(after)) = (Seen::of(bytes, facts, revision - 1), Seen::of(bytes, facts, revision))
        else {
            continue;
        };
        told.extend(before.differences(&after, &pages, printed, &mut left).into_iter().map(|(page, likeness)| {
            match likeness {
                Likeness::Differs(region) => {
                    let detail = format!("the page does not look as it did: {region}");
                    Some(Observation::new(Reason::VisibleChange, detail).on_page(page).in_revision(revision))
                }
                Likeness::Same | Likeness::Unknown => None,
            }
        }));
    }
    told.into_iter().flatten().collect()
}

/// What a revision shows that the file that was sent does not, beside its pages: what was put over them. `differences` are those that
/// were found between both.
pub(super) fn against(
    issued: &[u8],
    original: &PdfFacts<'_>,
    bytes: &[u8],
    facts: &PdfFacts<'_>,
    revision: usize,
    differences: &[Observation],
) -> Vec<Observation> {
    let printed = original.boxes.last().map(Vec::as_slice).unwrap_or_default();
    let mut pages = Pages::of(differences.iter());
    let boxes = facts.boxes.get(revision.saturating_sub(1)).map(Vec::as_slice).unwrap_or_default();
    pages.moved(printed, boxes);
    // What is signed in a box that was moved shows in the end only.
    let revision = if boxes == printed { revision } else { facts.revisions.len() };
    let sent = Seen::of(issued, original, original.revisions.len());
    let (Some(sent), Some(came)) = (sent, Seen::of(bytes, facts, revision)) else { return Vec::new() };
    let seen = sent.differences(&came, &pages, printed, &mut { MOST_PAGES });
    let differs = seen.into_iter().filter_map(|(page, likeness)| match likeness {
        Likeness::Differs(region) => {
            let detail = format!("the page does not look as it was sent: {region}");
            Some(Observation::new(Reason::VisibleChange, detail).on_page(page).in_revision(revision))
        }
        Likeness::Same | Likeness::Unknown => None,
    });
    differs.collect()
}

/// Whether the pages of a revision that differ from those of the file that was sent look the same; none when it cannot be said.
pub(super) fn same(
    issued: &[u8],
    original: &PdfFacts<'_>,
    bytes: &[u8],
    facts: &PdfFacts<'_>,
    revision: usize,
) -> Option<bool> {
    let printed = original.boxes.last().map(Vec::as_slice).unwrap_or_default();
    let sent = Seen::of(issued, original, original.revisions.len())?;
    let came = Seen::of(bytes, facts, revision)?;
    if sent.count != came.count {
        return Some(false);
    }
    let hashes = |facts: &PdfFacts<'_>, revision: usize| Some(facts.revisions.get(revision - 1)?.pages.clone());
    let (left, right) = (hashes(original, original.revisions.len())?, hashes(facts, revision)?);
    let differ = (1..).zip(left.iter().zip(&right)).filter(|(_, (left, right))| left != right).map(|(page, _)| page);
    let pages = Pages { named: differ.collect(), all: false };
    let seen = sent.differences(&came, &pages, printed, &mut { MOST_PAGES });
    if seen.iter().any(|(_, likeness)| matches!(likeness, Likeness::Differs(_))) {
        return Some(false);
    }
    let whole = seen.len() == pages.named.len() && seen.iter().all(|(_, likeness)| *likeness == Likeness::Same);
    whole.then_some(true)
}

/// A file as it was in one revision.
struct Seen<'a> {
    bytes: &'a [u8],
    /// How many pages it has.
    count: usize,
}

impl<'a> Seen<'a> {
    /// A revision, from 1; none when its pages could not be read, or when it is too large.
    fn of(bytes: &'a [u8], facts: &PdfFacts<'_>, revision: usize) -> Option<Self> {
        let of = facts.revisions.get(revision.checked_sub(1)?)?;
        let bytes = bytes.get(..usize::try_from(of.end).ok()?)?;
        let count = of.pages.len();
        (count > 0 && bytes.len() <= LARGEST).then_some(Self { bytes, count })
    }

    /// How pages of a later revision, or of another file, compare to those of this one.
    fn differences(
        &self,
        later: &Seen<'_>,
        pages: &Pages,
        printed: &[SignatureBox],
        left: &mut usize,
    ) -> Vec<(u32, Likeness)> {
        let numbers = pages.numbers(self.count.min(later.count), left);
        if numbers.is_empty() {
            return Vec::new();
        }
        let masks: Vec<Mask> = printed.iter().map(|own| Mask { page: own.page, sides: own.sides }).collect();
        picture::compare(self.bytes, later.bytes, &numbers, &masks).into_iter().collect()
    }
}
