//! One returned file, whole: what the rooms below see of it, put together.

use jiff::Timestamp;

use super::{
    Coverage, Evidence, Indication, Nature, Observation, Reason, Revocation, SignatureEvidence, SubIndication,
    cms::{self, CmsEvidence, Material},
    intake::{Kind, intake},
    pdf::{self, PageNature, PdfFacts, Signature},
    trust::Trust,
    visible,
};
use crate::{digest::FileDigest, domain::ContractId};

/// A returned file and its facts; the file is kept open, to be compared with the one that was sent.
#[derive(Debug)]
pub struct Examined<'a> {
    /// Its facts.
    pub evidence: Evidence,
    facts: Option<PdfFacts<'a>>,
    bytes: Option<&'a [u8]>,
}

/// The largest file whose text is read, in bytes: one that was printed to a file is small.
const LARGEST_TEXT: usize = 16 << 20;

/// A file that came back.
#[derive(Debug, Clone, Copy)]
pub struct ReturnedFile<'a> {
    /// Its name, as it was given; it decides nothing.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
}

impl<'a> ReturnedFile<'a> {
    /// Hashes a file.
    #[must_use]
    pub fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, bytes, sha256: FileDigest::of(bytes) }
    }
}

/// Examines a file. `proofs` are instants at which the file is proven to have existed: an earlier receipt of the same bytes.
#[must_use]
pub fn examine<'a>(file: &ReturnedFile<'a>, trust: &Trust, proofs: &[Timestamp], now: Timestamp) -> Examined<'a> {
    let bytes = file.bytes;
    let unread =
        |nature, observations| Examined { evidence: evidence(file, nature, observations), facts: None, bytes: None };
    let taken = intake(file.name, bytes);
    match taken.kind {
        Kind::Pdf => {}
        Kind::Picture(_) => return unread(Nature::Image, taken.observations),
        Kind::Message => {
            let detail = "a message that carries no file, or one inside another message";
            let told = Observation::new(Reason::Unreadable, detail);
            return unread(Nature::Unreadable, taken.observations.into_iter().chain([told]).collect());
        }
        Kind::Empty | Kind::Other => return unread(Nature::Unreadable, taken.observations),
    }
    let facts = match pdf::read(bytes) {
        Ok(facts) => facts,
        Err(failed) => {
            let encrypted = failed.observations.iter().any(|observation| observation.reason == Reason::Encrypted);
            return unread(if encrypted { Nature::Encrypted } else { Nature::Unreadable }, failed.observations);
        }
    };
    let mut evidence = evidence(file, nature(&facts), facts.observations.clone());
    evidence.signatures = signatures(&facts, trust, proofs, now);
    evidence.revisions.clone_from(&facts.revisions);
    evidence.observations.extend(visible::changes(bytes, &facts));
    Examined { evidence, facts: Some(facts), bytes: Some(bytes) }
}

fn evidence(file: &ReturnedFile<'_>, nature: Nature, observations: Vec<Observation>) -> Evidence {
    Evidence {
        sha256: file.sha256,
        size: file.bytes.len() as u64,
        nature,
        revisions: Vec::new(),
        signatures: Vec::new(),
        observations,
    }
}

fn nature(facts: &PdfFacts<'_>) -> Nature {
    let pictures = facts.pages.iter().filter(|page| **page == PageNature::Picture).count();
    let signed = facts.signatures.iter().any(|signature| !signature.document_timestamp);
    match (signed, pictures) {
        (true, 0) => Nature::ESigned,
        (false, 0) => Nature::Unsigned,
        (false, all) if all == facts.pages.len() => Nature::Image,
        _ => Nature::Mixed,
    }
}

/// Every signature, the document time stamps first and from the last: what a later one proves holds for those before it.
fn signatures(facts: &PdfFacts<'_>, trust: &Trust, proofs: &[Timestamp], now: Timestamp) -> Vec<SignatureEvidence> {
    let material = material(facts);
    let ground = Ground { trust, material: &material, now };
    let mut stamps: Vec<(usize, CmsEvidence)> = Vec::new();
    for stamp in facts.signatures.iter().rev().filter(|signature| signature.document_timestamp) {
        let proven = proven(proofs, &stamps, stamp.since);
        stamps.push((stamp.since, ground.stamp(stamp, &proven)));
    }
    let mut all = Vec::new();
    for signature in &facts.signatures {
        let seen = if signature.document_timestamp {
            let known = stamps.iter().find(|(since, _)| *since == signature.since);
            known.map_or_else(|| ground.stamp(signature, proofs), |(_, seen)| seen.clone())
        } else {
            ground.signature(signature, &proven(proofs, &stamps, signature.since))
        };
        let later = |after: usize| stamps.iter().any(|(since, stamp)| *since > after && holds(stamp));
        let stored = facts.revisions.iter().rev().find(|revision| is_store(facts, revision.number));
        let archived = stored.is_some_and(|revision| revision.number > signature.since && later(revision.number - 1));
        let level = seen.level(later(signature.since), archived);
        all.push(together(signature, CmsEvidence { level, ..seen }));
    }
    all
}

/// Whether a revision brings what validates signatures, beside any time stamp.
fn is_store(facts: &PdfFacts<'_>, revision: usize) -> bool {
    facts.dss.is_some()
        && facts.observations.iter().any(|observation| {
            observation.reason == Reason::RevisionDss && observation.place.revision == Some(revision)
        })
}

fn holds(stamp: &CmsEvidence) -> bool {
    stamp.indication != Indication::TotalFailed && !stamp.timestamps.is_empty()
}

/// Instants at which what a revision holds is proven to have existed.
fn proven(proofs: &[Timestamp], stamps: &[(usize, CmsEvidence)], revision: usize) -> Vec<Timestamp> {
    let later = stamps.iter().filter(|(since, stamp)| *since > revision && holds(stamp));
    let trusted =
        later.flat_map(|(_, stamp)| stamp.timestamps.iter().filter(|time| time.trusted).map(|time| time.time));
    proofs.iter().copied().chain(trusted).collect()
}

fn material(facts: &PdfFacts<'_>) -> Material {
    let Some(dss) = &facts.dss else { return Material::default() };
    let entries = || dss.vri.iter();
    let with = |own: &[Vec<u8>], of: Vec<&Vec<u8>>| own.iter().chain(of).cloned().collect();
    Material {
        certificates: with(&dss.certificates, entries().flat_map(|entry| &entry.certificates).collect()),
        lists: with(&dss.crls, entries().flat_map(|entry| &entry.crls).collect()),
        responses: with(&dss.ocsps, entries().flat_map(|entry| &entry.ocsps).collect()),
    }
}

struct Ground<'a> {
    trust: &'a Trust,
    material: &'a Material,
    now: Timestamp,
}

impl Ground<'_> {
    fn signature(&self, signature: &Signature<'_>, proofs: &[Timestamp]) -> CmsEvidence {
        let signed = signature.signed.as_ref().map_or(&[] as &[&[u8]], |ranges| ranges.as_slice());
        let Signature { contents, subfilter, .. } = signature;
        cms::examine(contents, subfilter, signed, self.material, self.trust, proofs, self.now)
    }

    fn stamp(&self, signature: &Signature<'_>, proofs: &[Timestamp]) -> CmsEvidence {
        let signed = signature.signed.as_ref().map_or(&[] as &[&[u8]], |ranges| ranges.as_slice());
        cms::examine_timestamp(&signature.contents, signed, self.material, self.trust, proofs, self.now)
    }
}

/// What the file says of a signature and what cryptography says of it. A signature that does not cover its revision fails, whatever
/// it signs (ETSI EN 319 102-1, 5.2.2: the format is checked first).
fn together(signature: &Signature<'_>, seen: CmsEvidence) -> SignatureEvidence {
    let covers = matches!(signature.coverage, Coverage::File | Coverage::Revision);
    let (indication, sub_indication) = if covers && signature.signed.is_some() {
        (seen.indication, seen.sub_indication)
    } else {
        (Indication::TotalFailed, Some(SubIndication::FormatFailure))
    };
    let claimed = seen.claimed.or_else(|| signature.claimed.as_deref().and_then(pdf_date));
    let malformed = !covers && !signature.observations.is_empty();
    let told = seen.observations.into_iter().filter(|observation| {
        // The digest of bytes that are not the right ones says nothing.
        !(malformed && observation.reason == Reason::DigestMismatch)
    });
    SignatureEvidence {
        field: signature.field.clone(),
        page: signature.page,
        revision: signature.revision,
        since: signature.since,
        new_field: signature.field_since > 1,
        visible: signature.rectangle.is_some(),
        coverage: signature.coverage,
        subfilter: signature.subfilter.clone(),
        document_timestamp: signature.document_timestamp,
        indication,
        sub_indication,
        level: seen.level,
        signer: seen.signer,
        algorithm: seen.algorithm,
        claimed,
        timestamps: seen.timestamps,
        revocation: if signature.signed.is_some() { seen.revocation } else { Revocation::Unknown },
        observations: signature.observations.iter().cloned().chain(told).collect(),
    }
}

/// Reads a date of a PDF (ISO 32000-1, 7.9.4): `D:20260115103000+01'00'`; what is left out is the first or zero, and the zone UTC.
fn pdf_date(text: &str) -> Option<Timestamp> {
    let digits = text.strip_prefix("D:").unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (date, zone) = digits.split_at_checked(end)?;
    let part = |from: usize, to: usize, default: &'static str| date.get(from..to).unwrap_or(default);
    let civil = format!(
        "{}-{}-{}T{}:{}:{}",
        date.get(..4)?,
        part(4, 6, "01"),
        part(6, 8, "01"),
        part(8, 10, "00"),
        part(10, 12, "00"),
        part(12, 14, "00")
    );
    let zone: String = zone.chars().filter(|c| *c != '\'').collect();
    let offset = match (zone.get(..1), zone.get(1..3), zone.get(3..5)) {
        (Some(sign @ ("+" | "-")), Some(hours), minutes) => format!("{sign}{hours}:{}", minutes.unwrap_or("00")),
        _ => "Z".to_owned(),
    };
    format!("{civil}{offset}").parse().ok()
}

impl Examined<'_> {
    /// How a revision differs from the file that was sent; pages to which something was added or at which a field stands are rendered,
    /// and compared as they are seen.
    #[must_use]
    pub fn compare(&self, issued: &[u8], revision: usize) -> Vec<Observation> {
        let (Some(returned), Some(bytes), Ok(original)) = (&self.facts, self.bytes, pdf::read(issued)) else {
            return Vec::new();
        };
        let mut differences = pdf::compare(&original, returned, revision);
        // What an update put over a page is told of the update.
        let known = |page: Option<u32>| {
            self.evidence.observations.iter().any(|one| {
                one.reason == Reason::VisibleChange && one.place.page == page && one.place.revision <= Some(revision)
            })
        };
        let seen = visible::against((issued, &original), (bytes, returned), revision, &differences);
        differences.extend(seen.into_iter().filter(|one| !known(one.place.page)));
        differences
    }

    /// Whether the pages of a revision look as those of the file that was sent; none when they were not rendered, or not whole.
    #[must_use]
    pub fn looks_same(&self, issued: &[u8], revision: usize) -> Option<bool> {
        let original = pdf::read(issued).ok()?;
        visible::same((issued, &original), (self.bytes?, self.facts.as_ref()?), revision)
    }

    /// The contracts that the text of the first pages names: for a file whose pages are none that was sent.
    #[must_use]
    pub fn mentions(&self) -> Vec<ContractId> {
        let Some(bytes) = self.bytes.filter(|bytes| self.facts.is_some() && bytes.len() <= LARGEST_TEXT) else {
            return Vec::new();
        };
        let text = lopdf::Document::load_mem(bytes)
            .and_then(|pdf| pdf.extract_text_with_limit(&[1, 2, 3], LARGEST_TEXT))
            .unwrap_or_default();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let mut found: Vec<ContractId> = words.filter_map(|word| word.parse().ok()).collect();
        found.sort();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_a_pdf_is_read_with_its_zone_or_without() {
        let at = |text: &str| pdf_date(text).map(|time| time.to_string());
        assert_eq!(at("D:20260115103000+01'00'").as_deref(), Some("2026-01-15T09:30:00Z"));
        assert_eq!(at("D:20260115103000Z").as_deref(), Some("2026-01-15T10:30:00Z"));
        assert_eq!(at("D:2026").as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(at("D:20261315").as_deref(), None);
        assert_eq!(at("hier"), None);
    }
}
