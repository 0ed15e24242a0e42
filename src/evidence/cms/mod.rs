//! What a signature is worth by itself: by cryptography, and against whom the campaign trusts.
//!
//! Takes the bytes of a CMS message as they stand in a document, the bytes that it is to have signed, and everything that was given to
//! judge it; gives a [`CmsEvidence`], in the terms of ETSI EN 319 102-1. Nothing is fetched, no clock is asked: what was not given is not
//! known, and that it is not known is said. Whether the signed bytes are the right part of the document, whether the document is ours and
//! who was to sign are for others to say.
//!
//! The order is that of the standard: `signed_data` reads (5.2.2), `signature` finds the certificate (5.2.3) and verifies (5.2.7),
//! `timestamp` dates (5.4), `validation` goes up to an anchor (5.2.6) through `path` and asks for revocations (`revocation`), and
//! `ledger` lets the worst decide (5.1.3).
//!
//! # What is not done
//!
//! Trusted lists of the European Union, evidence records, attribute certificates, `adbe.pkcs7.sha1` and older forms ([`Reason::Unsupported`]),
//! curves other than NIST's P-256, P-384, P-521 and Ed25519, SHA-3, post-quantum algorithms. Qualified or not is not told.

mod algorithm;
mod ber;
mod certificate;
mod crl;
mod ledger;
mod moment;
mod ocsp;
mod path;
mod revocation;
mod signature;
mod signed_data;
mod timestamp;
mod usage;
mod validation;
mod work;

use jiff::Timestamp;

pub(super) use certificate::Certificate;

use ber::{Element, SEQUENCE};
use ledger::{Fault, Ledger};
use moment::Moment;
use revocation::Sources;
use signature::Form;
use signed_data::{DATA, SignedData, SignerInfo};
use timestamp::Token;
use validation::{Ground, Validated, validate};
use work::Work;
use x509_cert::der::asn1::ObjectIdentifier;

use super::{
    Indication, Level, Observation, Reason, Revocation, Signer, SubIndication, Timestamped,
    trust::{Role, Trust},
};

const SIGNATURE_TIME_STAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
const REVOCATION_ARCHIVAL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.8");
/// How many time stamps of one signature are looked at.
const MOST_TOKENS: usize = 8;

/// What travels with a document to validate its signatures (ISO 32000-2, 12.8.4.3, the DSS), each as its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Material {
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// Lists of revoked certificates.
    pub lists: Vec<Vec<u8>>,
    /// OCSP responses.
    pub responses: Vec<Vec<u8>>,
}

/// What a signature shows by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct CmsEvidence {
    /// What is to be thought of it.
    pub indication: Indication,
    /// Why.
    pub sub_indication: Option<SubIndication>,
    /// Its profile, as far as it can be told from the message; [`CmsEvidence::level`] takes the document into account.
    pub level: Level,
    /// Whether what travels with the document tells of the revocation of every certificate of the chain.
    pub self_contained: bool,
    /// Who signed.
    pub signer: Option<Signer>,
    /// How it was made.
    pub algorithm: Option<String>,
    /// The time that the signer claims, in the signed attributes.
    pub claimed: Option<Timestamp>,
    /// Its time stamps that hold, the earliest first.
    pub timestamps: Vec<Timestamped>,
    /// Whether the signer's certificate was revoked.
    pub revocation: Revocation,
    /// What was seen.
    pub observations: Vec<Observation>,
}

impl CmsEvidence {
    fn empty() -> Self {
        Self {
            indication: Indication::Indeterminate,
            sub_indication: None,
            level: Level::None,
            self_contained: false,
            signer: None,
            algorithm: None,
            claimed: None,
            timestamps: Vec::new(),
            revocation: Revocation::Unknown,
            observations: Vec::new(),
        }
    }

    fn closed(mut self, ledger: Ledger) -> Self {
        self.timestamps.sort_by_key(|stamp| stamp.time);
        (self.indication, self.sub_indication, self.observations) = ledger.close();
        self
    }

    /// The profile of a signature in its document (ETSI EN 319 142-1, 6): `stamped` when a document time stamp that holds was added after
    /// it, `archived` when one was added after the validation material.
    #[must_use]
    pub fn level(&self, stamped: bool, archived: bool) -> Level {
        match self.level {
            Level::BB if !stamped => Level::BB,
            Level::BB | Level::BT if !self.self_contained => Level::BT,
            Level::BB | Level::BT if archived => Level::BLta,
            Level::BB | Level::BT => Level::BLt,
            level => level,
        }
    }
}

/// Everything that is known of certificates and revocations, for one signature.
struct Known<'a> {
    certificates: Vec<Certificate>,
    sources: Sources<'a>,
    work: Work,
}

impl<'a> Known<'a> {
    /// The certificates of the message first, then those of the document and of the campaign; of lists and responses, the campaign's
    /// first: what is asked is bounded, and nobody can crowd those out.
    fn gather(message: &SignedData<'a>, archived: &[&'a [u8]], material: &'a Material, trust: &'a Trust) -> Self {
        let mut certificates: Vec<Certificate> = Vec::new();
        let of_document = material.certificates.iter().map(Vec::as_slice);
        let read = message.certificates.iter().copied().chain(of_document).take(500).filter_map(Certificate::read);
        for certificate in read.chain(trust.certificates().cloned()) {
            if !certificates.contains(&certificate) {
                certificates.push(certificate);
            }
        }
        let mut sources = Sources::default();
        trust.revocations().for_each(|bytes| sources.add(bytes, false));
        let of_document = material.lists.iter().chain(&material.responses).map(Vec::as_slice);
        let embedded = message.lists.iter().chain(&message.responses).chain(archived).copied().chain(of_document);
        embedded.take(500).for_each(|bytes| sources.add(bytes, true));
        Self { certificates, sources, work: Work::default() }
    }
}

/// Examines a signature: `contents` is the value of `/Contents`, `signed` the bytes of its ranges, `material` what travels with the
/// document, `proofs` the instants at which the signature is proven to have existed (trusted document time stamps, the receipt of the
/// file).
#[must_use]
pub fn examine(
    contents: &[u8],
    subfilter: &str,
    signed: &[&[u8]],
    material: &Material,
    trust: &Trust,
    proofs: &[Timestamp],
    now: Timestamp,
) -> CmsEvidence {
    let mut ledger = Ledger::default();
    if !matches!(subfilter, "ETSI.CAdES.detached" | "adbe.pkcs7.detached") {
        let detail = format!("signatures of the form `{subfilter}` are not verified here");
        ledger.add(Fault::indeterminate(Reason::Unsupported, SubIndication::SigConstraintsFailure, detail));
        return CmsEvidence::empty().closed(ledger);
    }
    let (message, rest) = match SignedData::first(contents) {
        Ok(read) => read,
        Err(malformed) => {
            let detail = format!("the signature cannot be read: {malformed}");
            ledger.add(Fault::failed(Reason::ContentsMalformed, SubIndication::FormatFailure, detail));
            return CmsEvidence::empty().closed(ledger);
        }
    };
    let Some(signer) = form(&message, rest, &mut ledger) else { return CmsEvidence::empty().closed(ledger) };
    Signature { message: &message, signer, subfilter, signed, material, trust, proofs, now }.examine(ledger)
}

/// Checks the form of a message (ETSI EN 319 102-1, 5.2.2; ETSI EN 319 142-1, 5.1) and gives its signer.
fn form<'m, 'a>(message: &'m SignedData<'a>, rest: &[u8], ledger: &mut Ledger) -> Option<&'m SignerInfo<'a>> {
    if rest.iter().any(|byte| *byte != 0) {
        let detail = "after the signature stands something else than the zeros that fill its place";
        ledger.add(Fault::indeterminate(Reason::ContentsTrailingData, SubIndication::SigConstraintsFailure, detail));
    }
    if let Some(content) = &message.content {
        let detail = format!("the signature carries a content of its own, of {} bytes", content.len());
        ledger.add(Fault::failed(Reason::AttachedContent, SubIndication::FormatFailure, detail));
    }
    if message.content_type != Some(DATA) {
        let detail = "the signature is about another kind of content than a document";
        ledger.add(Fault::failed(Reason::ContentsMalformed, SubIndication::FormatFailure, detail));
    }
    match message.signers.as_slice() {
        [] => {
            ledger.add(Fault::failed(
                Reason::ContentsMalformed,
                SubIndication::FormatFailure,
                "the signature has no signer",
            ));
            None
        }
        [signer] => Some(signer),
        [signer, others @ ..] => {
            let detail = format!("{} signers in one signature, exactly one is expected", others.len() + 1);
            ledger.add(Fault::failed(Reason::MultipleSignerinfos, SubIndication::FormatFailure, detail));
            Some(signer)
        }
    }
}

/// A signature whose form is known, and everything to judge it.
struct Signature<'s, 'a> {
    message: &'s SignedData<'a>,
    signer: &'s SignerInfo<'a>,
    subfilter: &'s str,
    signed: &'s [&'s [u8]],
    material: &'a Material,
    trust: &'a Trust,
    proofs: &'s [Timestamp],
    now: Timestamp,
}

impl<'a> Signature<'_, 'a> {
    fn examine(&self, mut ledger: Ledger) -> CmsEvidence {
        let mut evidence = CmsEvidence { claimed: signature::claimed(self.signer), ..CmsEvidence::empty() };
        let known = Known::gather(self.message, &self.archived(), self.material, self.trust);
        let is_pades = self.subfilter == "ETSI.CAdES.detached";
        let form = if is_pades { Form::WithCertificate } else { Form::Plain };
        let found = signature::check(self.signer, DATA, self.signed, form, &known.certificates, &mut ledger);
        self.stamps(&known, &mut evidence, &mut ledger);
        let Some(found) = found else { return evidence.closed(ledger) };
        evidence.signer = Some(found.certificate.signer());
        evidence.algorithm = found.algorithm;
        evidence.level = match (is_pades && found.names_certificate, evidence.timestamps.is_empty()) {
            (false, _) => Level::None,
            (true, true) => Level::BB,
            (true, false) => Level::BT,
        };
        ledger.extend(usage::of_signer(found.certificate));
        let trusted = evidence.timestamps.iter().filter(|stamp| stamp.trusted).map(|stamp| stamp.time);
        let moment = Moment::of(trusted, self.proofs, self.now);
        let pool: Vec<&Certificate> = known.certificates.iter().collect();
        let anchors = self.trust.anchors(Role::Signature);
        let ground = Ground { anchors, pool: &pool, sources: &known.sources, work: &known.work, now: self.now };
        let validated = validate(found.certificate, &ground, moment);
        evidence.self_contained = validated.embedded && self.carries(&validated);
        evidence.revocation = validated.revocation;
        ledger.extend(validated.faults);
        evidence.closed(ledger)
    }

    /// Checks the time stamps that the signer's tool put into the signature (ETSI EN 319 122-1, 5.3).
    fn stamps(&self, known: &Known<'_>, evidence: &mut CmsEvidence, ledger: &mut Ledger) {
        let anchors = self.trust.anchors(Role::Horodatage);
        let ground = Ground { anchors, pool: &[], sources: &known.sources, work: &known.work, now: self.now };
        for value in self.signer.unsigned_values(SIGNATURE_TIME_STAMP).take(MOST_TOKENS) {
            let stamped: &[u8] = &self.signer.signature;
            let token = timestamp::check(value.raw, &[stamped], &known.certificates, &ground, self.proofs);
            ledger.extend(token.faults());
            evidence.timestamps.extend(token.stamped);
        }
    }

    /// What the signer put into the signed attributes to tell of revocations (ISO 32000-1, 12.8.3.3.2).
    fn archived(&self) -> Vec<&'a [u8]> {
        let values = self.signer.signed_values(REVOCATION_ARCHIVAL).1;
        let kinds = values.into_iter().flat_map(Element::children).flatten();
        let known = kinds.filter(|kind| matches!(kind.identifier, 0xa0 | 0xa1));
        let lists = known.filter_map(|kind| kind.children().any().ok()?.expect(SEQUENCE).ok());
        lists.flat_map(|list| list.children().flatten().map(|one| one.raw)).take(100).collect()
    }

    /// Whether every certificate of a chain, but the anchor, travels with the document.
    fn carries(&self, validated: &Validated<'_>) -> bool {
        let of_document = self.material.certificates.iter().map(Vec::as_slice);
        let carried: Vec<&[u8]> = self.message.certificates.iter().copied().chain(of_document).collect();
        let below = validated.path.as_deref().and_then(|path| path.split_last()).map(|(_, below)| below);
        below.is_some_and(|below| below.iter().all(|one| carried.contains(&one.der())))
    }
}

/// Whether these bytes are a list of revoked certificates or an OCSP response.
pub(super) fn tells_of_revocations(bytes: &[u8]) -> bool {
    crl::List::read(bytes).is_ok() || ocsp::Response::read(bytes).is_ok()
}

/// Examines a document time stamp (`ETSI.RFC3161`; ETSI EN 319 142-1, 5.4.3): its signer is the authority, and its own time is one of its
/// [`CmsEvidence::timestamps`]. `proofs` are instants at which this time stamp is proven to have existed: those of later ones.
#[must_use]
pub fn examine_timestamp(
    token: &[u8],
    signed: &[&[u8]],
    material: &Material,
    trust: &Trust,
    proofs: &[Timestamp],
    now: Timestamp,
) -> CmsEvidence {
    let mut evidence = CmsEvidence::empty();
    let Ok((message, _)) = SignedData::first(token) else {
        let mut ledger = Ledger::default();
        let detail = "the time stamp cannot be read";
        ledger.add(Fault::failed(Reason::ContentsMalformed, SubIndication::FormatFailure, detail));
        return evidence.closed(ledger);
    };
    let known = Known::gather(&message, &[], material, trust);
    let ground =
        Ground { anchors: trust.anchors(Role::Horodatage), pool: &[], sources: &known.sources, work: &known.work, now };
    let Token { stamped, mut ledger, authority, algorithm } =
        timestamp::check(token, signed, &known.certificates, &ground, proofs);
    ledger.for_time_stamp();
    evidence.timestamps.extend(stamped);
    evidence.signer = authority.as_ref().map(Certificate::signer);
    evidence.algorithm = algorithm;
    evidence.closed(ledger)
}
