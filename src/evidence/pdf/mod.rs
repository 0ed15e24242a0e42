//! A returned PDF: its revisions, what each shows and changes, and its signatures as they stand in the file.
//!
//! Takes bytes and gives [`PdfFacts`]. The file is read by its own cross-reference chain, revision by revision, as a strict reader
//! would: nothing is rebuilt by searching. What is compared is what is *shown*, pages, annotations and fields with all that they
//! refer to, so that a file written anew by another program differs in nothing and a switched object differs in what it shows.
//!
//! It does not verify a signature by cryptography (that is the room next door) nor judge what it sees. It cannot know what a viewer
//! that repairs broken files would make of one; so it says where a file is broken. Any input is answered in bounded time and memory:
//! what was left unread is told as `LIMIT_EXCEEDED`.

mod change;
mod dss;
mod extract;
mod file;
mod forms;
mod hidden;
mod limits;
mod permission;
mod same;
mod shape;
mod signature;
mod syntax;
mod view;
mod weight;
mod xref;

pub use dss::{Dss, Vri};
pub(in crate::evidence) use extract::Extract;
pub use permission::Lock;
pub use signature::Signature;

use self::{
    change::Change,
    file::{File, OpenError},
    shape::Shape,
    xref::Chain,
};
use super::{Observation, Reason, Revision, RevisionKind};
use crate::{
    domain::Partie,
    stamp::{PageHashError, PageHasher},
};

/// How far into a file its header may stand, as readers have it (ISO 32000-1, annex H, note 13).
const HEADER_WITHIN: usize = 1024;

/// The facts of one PDF.
#[derive(Debug)]
pub struct PdfFacts<'a> {
    file: File<'a>,
    /// Its revisions, in order; one at least.
    pub revisions: Vec<Revision>,
    /// Its signatures: of fields, in the order of the revisions that bring them; then those that no field names.
    pub signatures: Vec<Signature<'a>>,
    /// The signature fields of the last revision, signed or not, by their full names.
    pub fields: Vec<SignatureField>,
    /// Where the three parties' signature fields stand in each revision.
    pub boxes: Vec<Vec<SignatureBox>>,
    /// Each page of the last revision.
    pub pages: Vec<PageNature>,
    /// What the last revision has to validate signatures.
    pub dss: Option<Dss>,
    /// What was seen of the file and of its revisions.
    pub observations: Vec<Observation>,
}

/// A signature field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureField {
    /// Its full name.
    pub name: String,
    /// The page of its widget, from 1.
    pub page: Option<u32>,
    /// Whether it has a value.
    pub signed: bool,
}

/// A part of a page where a party signs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignatureBox {
    /// Who.
    pub partie: Partie,
    /// The page, from 1.
    pub page: u32,
    /// Left, bottom, right and top, in the page's own points.
    pub sides: [f32; 4],
}

/// What a page is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageNature {
    /// A picture covers it, and no text shows: a scan.
    Picture,
    /// Anything else.
    Text,
}

/// A file that is no PDF that can be read, and why: malformed, which is not unsigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Why; one observation at least.
    pub observations: Vec<Observation>,
}

/// Reads a PDF.
///
/// # Errors
/// When no revision of it can be read: the observations say why.
pub fn read(bytes: &[u8]) -> Result<PdfFacts<'_>, Unread> {
    let mut seen = Vec::new();
    let head = bytes.get(..HEADER_WITHIN.min(bytes.len())).unwrap_or_default();
    let Some(header) = memchr::memmem::find(head, b"%PDF-") else {
        return Err(Unread {
            observations: vec![Observation::new(Reason::Unreadable, "it does not begin as a PDF does")],
        });
    };
    if header > 0 {
        seen.push(Observation::new(Reason::LeadingData, format!("{header} bytes stand before the header")));
    }
    let (file, chain) = File::open(bytes, header).map_err(|error| unread(bytes, &seen, &error))?;
    let shapes = shapes(&file);
    if shapes.iter().all(Option::is_none) {
        let error = OpenError::Broken("no revision of it has a page tree that can be read".to_owned());
        return Err(unread(bytes, &seen, &error));
    }
    let (revisions, signatures, rest) = examine(&file, &shapes);
    edges(&file, &chain, &mut seen);
    seen.extend(rest);
    let last = shapes.last().and_then(Option::as_ref);
    let fields = last.map(signature_fields).unwrap_or_default();
    let pages = last.map(|shape| shape.pages.iter().map(|page| forms::nature(shape.view, page)).collect());
    let dss = last.and_then(|shape| dss::read(shape.view));
    let boxes = shapes.iter().map(|shape| shape.as_ref().map(boxes).unwrap_or_default()).collect();
    drop(shapes);
    if file.budget.exceeded() {
        seen.push(Observation::new(
            Reason::LimitExceeded,
            "it holds more than any contract, and was not read to the end",
        ));
    }
    let pages = pages.unwrap_or_default();
    Ok(PdfFacts { revisions, signatures, fields, boxes, pages, dss, observations: seen, file })
}

/// Tells what a revision of a returned file shows that the file that was sent does not, or no longer: the same notion of difference
/// as between revisions. A file written anew by another program gives nothing.
///
/// `revision`, from 1, is the one before the first signature, or the last; the file that was sent is taken as its last revision.
#[must_use]
pub fn compare(original: &PdfFacts<'_>, returned: &PdfFacts<'_>, revision: usize) -> Vec<Observation> {
    let sent = Shape::of(original.file.at(original.file.layers.len() - 1), &mut PageHasher::default());
    let came = Shape::of(returned.file.at(revision.saturating_sub(1)), &mut PageHasher::default());
    match (sent, came) {
        (Some(sent), Some(came)) => change::between(&sent, &came).observations,
        _ => vec![Observation::new(Reason::Unreadable, "its pages cannot be compared").in_revision(revision)],
    }
}

fn unread(bytes: &[u8], seen: &[Observation], error: &OpenError) -> Unread {
    let mut observations = seen.to_vec();
    match error {
        OpenError::Encrypted => observations.push(Observation::new(Reason::Encrypted, error.to_string())),
        OpenError::Broken(why) => {
            let reason = if ends(bytes) { Reason::Unreadable } else { Reason::Truncated };
            observations.push(Observation::new(reason, why.clone()));
        }
    }
    if memchr::memmem::find(bytes, b"/ByteRange").is_some() {
        let detail = "it has signatures, and cannot be read so far that their fields are found";
        observations.push(Observation::new(Reason::OrphanSignatureObject, detail));
    }
    Unread { observations }
}

/// Whether the file ends as one does.
fn ends(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(1024)..).unwrap_or_default();
    memchr::memmem::find(tail, b"startxref").is_some() && memchr::memmem::find(tail, b"%%EOF").is_some()
}

/// What stands around the revisions, and what the chain lacks.
fn edges(file: &File<'_>, chain: &Chain, seen: &mut Vec<Observation>) {
    if let Some(why) = &chain.broken {
        seen.push(Observation::new(Reason::Truncated, why.clone()));
    }
    for place in &chain.buried {
        let detail = format!("a cross-reference section stands at byte {place}, inside an earlier revision");
        seen.push(Observation::new(Reason::RevisionStructure, detail));
    }
    let end = file.layers.last().map_or(0, |layer| layer.end);
    if !signature::only_space_from(file.bytes, end) {
        let rest = file.bytes.get(end..).unwrap_or_default();
        let detail = format!("{} bytes stand after the end of the last revision", rest.len());
        seen.push(Observation::new(Reason::TrailingData, detail));
        if memchr::memmem::find(rest, b" obj").is_some() && !ends(rest) {
            seen.push(Observation::new(
                Reason::Truncated,
                "what stands after the last revision does not end as a file does",
            ));
        }
    }
}

/// What each revision shows; none for one that cannot be read.
fn shapes<'f>(file: &'f File<'f>) -> Vec<Option<Shape<'f>>> {
    let mut hasher = PageHasher::default();
    let mut shapes = Vec::new();
    for (revision, layer) in file.layers.iter().enumerate() {
        hasher.forget(&layer.changed);
        shapes.push(Shape::of(file.at(revision), &mut hasher));
    }
    shapes
}

/// What the revisions change, and their signatures.
fn examine<'a>(file: &File<'a>, shapes: &[Option<Shape<'_>>]) -> (Vec<Revision>, Vec<Signature<'a>>, Vec<Observation>) {
    let mut seen = Vec::new();
    let readable: Vec<&Shape<'_>> = shapes.iter().flatten().collect();
    let mut changes: Vec<Option<Change>> = Vec::new();
    for (revision, shape) in shapes.iter().enumerate() {
        let before = shapes.get(..revision).unwrap_or_default().iter().rev().flatten().next();
        changes.push(before.zip(shape.as_ref()).map(|(before, shape)| {
            let mut change = change::between(before, shape);
            change.observations.extend(hidden::freed(file, revision));
            change.observations.extend(moved(file, revision));
            change
        }));
        if shape.is_none() {
            let told = Observation::new(Reason::RevisionStructure, "the revision has no page tree that can be read");
            seen.push(told.in_revision(revision + 1));
        }
    }
    let mut signatures = signature::of_fields(file, &readable);
    let hidden = hidden::dormant(file);
    for signature in &signatures {
        for (revision, change) in changes.iter().enumerate().skip(signature.since) {
            if let Some(change) = change {
                seen.extend(permission::violations(signature, revision + 1, change));
            }
        }
    }
    signatures.extend(signature::orphans(file, &signatures, &readable));
    let mut revisions = Vec::new();
    for (index, (layer, shape)) in file.layers.iter().zip(shapes).enumerate() {
        let change = changes.get(index).and_then(Option::as_ref);
        let kind = match change {
            None if index == 0 => RevisionKind::First,
            None => RevisionKind::Change,
            Some(change) => kind(change),
        };
        let pages = shape.as_ref().map(Shape::hashes).unwrap_or_default();
        revisions.push(Revision { number: index + 1, end: layer.end as u64, kind, pages });
    }
    seen.extend(changes.into_iter().flatten().flat_map(|change| change.observations));
    if let Some(last) = readable.last() {
        seen.extend(pages_unread(last));
        seen.extend(forms::mismatches(last));
    }
    seen.extend(hidden);
    seen.extend(hidden::unnamed(file));
    seen.extend(not_found(file));
    (revisions, signatures, seen)
}

/// Objects of a revision that come from the bytes of an earlier one, and lengths of streams that it changes.
fn moved(file: &File<'_>, revision: usize) -> Vec<Observation> {
    let Some(layer) = file.layers.get(revision) else { return Vec::new() };
    let mut told = Vec::new();
    if let Some(first) = layer.unburied.first() {
        let count = layer.unburied.len();
        let detail = format!("{count} objects, the first {first}, are taken from the bytes of an earlier revision");
        told.push(Observation::new(Reason::RevisionStructure, detail).in_object(*first));
    }
    let lengths = file.lengths.borrow().clone();
    for (number, length) in lengths {
        let now = file.get(revision, number).and_then(xref::number);
        if layer.changed.contains(&number) && now != Some(length) && file.get(revision - 1, number).is_some() {
            let detail = format!("object {number}, the length of a stream, changed");
            told.push(Observation::new(Reason::RevisionStructure, detail).in_object(number));
        }
    }
    told.into_iter().map(|observation| observation.in_revision(revision + 1)).collect()
}

fn pages_unread(shape: &Shape<'_>) -> Vec<Observation> {
    let unread = (1_u32..).zip(&shape.pages).filter_map(|(number, page)| {
        let error = page.hash.err()?;
        let reason = match error {
            PageHashError::Depth { .. } | PageHashError::Limit { .. } => Reason::LimitExceeded,
            PageHashError::Unreadable { .. } => Reason::Unreadable,
        };
        Some(Observation::new(reason, error.to_string()).on_page(number))
    });
    unread.take(20).collect()
}

/// Objects that are in use and not where the file says.
fn not_found(file: &File<'_>) -> Option<Observation> {
    let used = hidden::reached(file, file.layers.len().saturating_sub(1));
    let missing: Vec<u32> = file.unread().into_iter().filter(|number| used.contains(number)).collect();
    let first = missing.first()?;
    let detail =
        format!("{} objects in use, the first {first}, are not where the file says, or cannot be read", missing.len());
    Some(Observation::new(Reason::Unreadable, detail).in_object(*first))
}

fn kind(change: &Change) -> RevisionKind {
    let has = |reason: Reason| change.observations.iter().any(|told| told.reason == reason);
    // What covers a page is a change, unless it is the signature's own field.
    let own = |told: &Observation| {
        told.reason == Reason::RevisionAnnot
            && told.place.field.as_deref().is_some_and(|name| change.signed.iter().any(|key| key.0 == name))
    };
    let harmless = |told: &Observation| {
        own(told)
            || matches!(
                told.reason,
                Reason::RevisionDss | Reason::RevisionForms | Reason::RevisionMetadata | Reason::RevisionSignature
            )
    };
    if !change.observations.iter().all(harmless) {
        RevisionKind::Change
    } else if has(Reason::RevisionSignature) {
        RevisionKind::Signature
    } else if has(Reason::RevisionForms) {
        RevisionKind::Forms
    } else if has(Reason::RevisionDss) {
        RevisionKind::Validation
    } else {
        RevisionKind::Silent
    }
}

fn boxes(shape: &Shape<'_>) -> Vec<SignatureBox> {
    let mut boxes = Vec::new();
    for (key, field) in &shape.fields {
        let Some(partie) = Partie::of_signature_field(&key.0) else { continue };
        boxes.extend(field.widgets.iter().filter_map(|widget| {
            Some(SignatureBox { partie, page: widget.page?, sides: shape::rectangle(shape.view, widget.fields)? })
        }));
    }
    boxes
}

fn signature_fields(shape: &Shape<'_>) -> Vec<SignatureField> {
    let fields = shape.fields.iter().filter(|(_, field)| field.is_signature()).map(|(key, field)| SignatureField {
        name: key.0.clone(),
        page: field.widgets.iter().find_map(|widget| widget.page),
        signed: field.value.is_some(),
    });
    fields.collect()
}
