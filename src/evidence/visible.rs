//! What a change makes of the pages: rendered before and after, outside the boxes that were printed for signatures.
//!
//! Only what may show is rendered: a file to which three signatures were added, in their boxes, and nothing else costs nothing. What
//! is seen is told as `VISIBLE_CHANGE`. What is not seen is told by nothing: the change itself remains an observation, because what
//! one renderer does not draw another one may.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use super::{
    Observation, Reason, Revision,
    pdf::{PdfFacts, SignatureBox},
    picture::{self, Likeness, Mask, Sheet},
};
use crate::{domain::Partie, stamp::PageHash};

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
        let seen = before.compare(&after, &pages, &masks(printed, facts, revision..=revision), &mut left);
        told.extend(differing(&seen, "the page does not look as it did", revision));
    }
    told
}

/// What a revision shows that the file that was sent does not, over its pages. `differences` are those that were found between both,
/// but for what is known already.
pub(super) fn against(
    issued: (&[u8], &PdfFacts<'_>),
    returned: (&[u8], &PdfFacts<'_>),
    revision: usize,
    differences: &[Observation],
) -> Vec<Observation> {
    let ((issued, original), (bytes, facts)) = (issued, returned);
    let printed = original.boxes.last().map(Vec::as_slice).unwrap_or_default();
    let boxes = facts.boxes.get(revision.saturating_sub(1)).map(Vec::as_slice).unwrap_or_default();
    let mut pages = Pages::of(differences.iter());
    pages.moved(printed, boxes);
    // What is signed in a box that was moved shows in the end only.
    let revision = if boxes == printed { revision } else { facts.revisions.len() };
    let sent = Seen::of(issued, original, original.revisions.len());
    let (Some(sent), Some(came)) = (sent, Seen::of(bytes, facts, revision)) else { return Vec::new() };
    let seen = sent.compare(&came, &pages, &masks(printed, facts, 1..=revision), &mut { MOST_PAGES });
    differing(&seen, "the page does not look as it was sent", revision)
}

/// Whether the pages of a revision that differ from those of the file that was sent look the same; none when it cannot be said.
pub(super) fn same(issued: (&[u8], &PdfFacts<'_>), returned: (&[u8], &PdfFacts<'_>), revision: usize) -> Option<bool> {
    let ((issued, original), (bytes, facts)) = (issued, returned);
    let sent = Seen::of(issued, original, original.revisions.len())?;
    let came = Seen::of(bytes, facts, revision)?;
    if sent.hashes.len() != came.hashes.len() {
        return Some(false);
    }
    let pairs = (1..).zip(sent.hashes.iter().zip(came.hashes));
    let named = pairs.filter(|(_, (left, right))| left != right).map(|(page, _)| page).collect();
    // As long as nobody has signed, there is nothing in the boxes either.
    let signed = facts.signatures.iter().any(|signature| signature.since <= revision);
    let printed = original.boxes.last().filter(|_| signed).map(Vec::as_slice).unwrap_or_default();
    let pages = Pages { named, all: false };
    let seen = sent.compare(&came, &pages, &masks(printed, facts, 1..=revision), &mut { MOST_PAGES });
    if seen.values().any(|likeness| matches!(likeness, Likeness::Differs(_))) {
        return Some(false);
    }
    let whole = seen.len() == pages.named.len() && seen.values().all(|likeness| *likeness == Likeness::Same);
    whole.then_some(true)
}

/// Where pages may change: in the boxes that were printed; and where those who signed in some revisions put a box of their own, if the
/// page was blank there. That a box was added is told by itself: a person looks at what it says.
fn masks(printed: &[SignatureBox], facts: &PdfFacts<'_>, revisions: RangeInclusive<usize>) -> Vec<Mask> {
    let printed = printed.iter().map(|own| Mask { page: own.page, sides: own.sides, only_blank: false });
    let signed = facts.signatures.iter().filter(|signature| revisions.contains(&signature.since));
    let own = signed
        .filter_map(|signature| Some(Mask { page: signature.page?, sides: signature.rectangle?, only_blank: true }));
    printed.chain(own).collect()
}

fn differing(seen: &BTreeMap<u32, Likeness>, what: &str, revision: usize) -> Vec<Observation> {
    let one = |(page, likeness): (&u32, &Likeness)| {
        let Likeness::Differs(region) = likeness else { return None };
        let told = Observation::new(Reason::VisibleChange, format!("{what}: {region}"));
        Some(told.on_page(*page).in_revision(revision))
    };
    seen.iter().filter_map(one).collect()
}

/// A file as it was in one revision.
struct Seen<'a> {
    bytes: &'a [u8],
    facts: &'a PdfFacts<'a>,
    revision: usize,
    hashes: &'a [PageHash],
}

impl<'a> Seen<'a> {
    /// A revision, from 1; none when its pages could not be read, or when it is too large.
    fn of(bytes: &'a [u8], facts: &'a PdfFacts<'a>, revision: usize) -> Option<Self> {
        let Revision { end, pages, .. } = facts.revisions.get(revision.checked_sub(1)?)?;
        let bytes = bytes.get(..usize::try_from(*end).ok()?)?;
        (!pages.is_empty() && bytes.len() <= LARGEST).then_some(Self { bytes, facts, revision, hashes: pages })
    }

    /// How pages of a later revision, or of another file, compare to those of this one, `left` of them at most. Pages that were added
    /// or taken out are told as such: what stands on a number is another page then.
    fn compare(&self, later: &Seen<'_>, pages: &Pages, masks: &[Mask], left: &mut usize) -> BTreeMap<u32, Likeness> {
        if self.hashes.len() != later.hashes.len() {
            return BTreeMap::new();
        }
        let numbers = (1..).take(self.hashes.len()).filter(|page| pages.all || pages.named.contains(page)).take(*left);
        let weight = |number| Some(self.weight(number)?.max(later.weight(number)?));
        let sheets: Vec<Sheet> = numbers.filter_map(|number| Some(Sheet { number, weight: weight(number)? })).collect();
        if sheets.is_empty() {
            return BTreeMap::new();
        }
        *left -= sheets.len();
        picture::compare(self.bytes, later.bytes, &sheets, masks)
    }

    fn weight(&self, page: u32) -> Option<usize> {
        self.facts.weight(self.revision, page)
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, IncrementalDocument, Object, Stream, dictionary};

    use super::{same as looks, *};
    use crate::evidence::{
        pdf,
        picture::tests::{AMOUNT, page},
    };

    /// An update that puts an annotation on the page.
    fn annotated(before: &[u8], look: &Stream) -> Vec<u8> {
        let mut update = IncrementalDocument::create_from(before.to_vec(), Document::load_mem(before).unwrap());
        let id = update.get_prev_documents().page_iter().next().unwrap();
        update.opt_clone_object_to_new_document(id).unwrap();
        let sides: Vec<Object> = [100, 690, 300, 720].map(Object::Integer).to_vec();
        let mut look = look.clone();
        look.dict.set("BBox", sides.clone());
        look.dict.set("Subtype", "Form");
        let look = update.new_document.add_object(look);
        let annotation = update.new_document.add_object(dictionary! {
            "Type" => "Annot", "Subtype" => "Stamp", "Rect" => sides, "AP" => dictionary! { "N" => look },
        });
        update.new_document.get_dictionary_mut(id).unwrap().set("Annots", vec![annotation.into()]);
        let mut bytes = Vec::new();
        update.save_to(&mut bytes).unwrap();
        bytes
    }

    fn told(bytes: &[u8]) -> Vec<Observation> {
        changes(bytes, &pdf::read(bytes).unwrap())
    }

    #[test]
    fn what_an_update_puts_over_a_page_is_told_with_its_page_and_its_place() {
        let look = Stream::new(dictionary! {}, b"1 g 0 0 600 900 re f".to_vec());
        let told = told(&annotated(&page(AMOUNT, &[]), &look));
        let [one] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((one.reason, one.place.page, one.place.revision), (Reason::VisibleChange, Some(1), Some(2)));
        assert!(one.detail.contains("mm from the left"), "{}", one.detail);
    }

    #[test]
    fn what_an_update_adds_and_nobody_sees_is_no_visible_change() {
        let look = Stream::new(dictionary! {}, b"1 g 250 700 10 10 re f".to_vec());
        assert_eq!(told(&annotated(&page(AMOUNT, &[]), &look)), []);
    }

    #[test]
    fn an_appearance_that_unfolds_to_more_than_a_page_is_not_drawn() {
        let mut look = Stream::new(dictionary! {}, b"0 g 0 0 600 900 re f ".repeat(1 << 20));
        look.compress().unwrap();
        assert!(look.content.len() < 1 << 20);
        assert_eq!(told(&annotated(&page(AMOUNT, &[]), &look)), []);
    }

    #[test]
    fn a_page_looks_as_it_was_sent_however_its_content_is_cut() {
        let sent = page(AMOUNT, &[]);
        let same = |content: &str| {
            let came = page(content, &[]);
            let (original, returned) = (pdf::read(&sent).unwrap(), pdf::read(&came).unwrap());
            looks((&sent, &original), (&came, &returned), 1)
        };
        assert_eq!(same(&format!("q {AMOUNT} Q")), Some(true));
        assert_eq!(same(&AMOUNT.replace("84", "94")), Some(false));
    }
}
