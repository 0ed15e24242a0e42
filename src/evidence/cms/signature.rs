//! One signer of a message: which certificate, over what, with what value (RFC 5652, 5.4 and 5.6; ETSI EN 319 102-1, 5.2.3, 5.2.6, 5.2.7).
//!
//! Used for signatures and, under the same rules, for the tokens of time-stamp authorities. Nothing is said here of trust or time.

use jiff::Timestamp;
use x509_cert::der::asn1::ObjectIdentifier;

use super::{
    algorithm::{Algorithm, Hash, Scheme},
    ber::{Element, INTEGER, OCTET_STRING, SEQUENCE, SET, same_number},
    certificate::{Certificate, is_digest_of},
    ledger::{Fault, Ledger},
    signed_data::{SignerIdentifier, SignerInfo},
};
use crate::evidence::{Reason, SubIndication};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
const ALGORITHM_PROTECTION: ObjectIdentifier = oid("1.2.840.113549.1.9.52");
const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");

/// What the signer must have signed, besides the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Perhaps no attributes at all (PKCS #7).
    Plain,
    /// Attributes, and which certificate (ETSI EN 319 122-1, 5.2.2; RFC 3161, 2.4.2).
    WithCertificate,
}

/// What the value of a signature shows.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    /// Whose certificate.
    pub(super) certificate: &'a Certificate,
    /// How, for people.
    pub(super) algorithm: Option<String>,
    /// Whether the attributes name the certificate, rightly.
    pub(super) names_certificate: bool,
}

/// The time that the signer claims.
pub(super) fn claimed(signer: &SignerInfo<'_>) -> Option<Timestamp> {
    signer.signed_value(SIGNING_TIME)?.time()
}

/// Checks a signer against the content, and says in the ledger whatever is wrong. Nothing is returned when the certificate is not there.
pub(super) fn check<'a>(
    signer: &SignerInfo<'_>,
    content_type: ObjectIdentifier,
    content: &[&[u8]],
    form: Form,
    certificates: &'a [Certificate],
    ledger: &mut Ledger,
) -> Option<Signed<'a>> {
    attributes(signer, content_type, content, form, ledger);
    let candidates: Vec<&Certificate> = certificates.iter().filter(|one| is_named(signer, one)).collect();
    let certificate = candidates.iter().find(|one| ess(signer, one) == Ess::Right).or(candidates.first()).copied();
    let Some(certificate) = certificate else {
        let detail = "the certificate that the signature names is not in the file nor in what the campaign gives";
        ledger.add(Fault::indeterminate(Reason::ChainIncomplete, SubIndication::NoSigningCertificateFound, detail));
        return None;
    };
    let ess = ess(signer, certificate);
    match ess {
        Ess::Wrong(detail) => ledger.add(Fault::indeterminate(
            Reason::SigningCertAttrMismatch,
            SubIndication::NoSigningCertificateFound,
            detail,
        )),
        Ess::Absent if form == Form::WithCertificate => ledger.add(Fault::indeterminate(
            Reason::SigningCertAttrMismatch,
            SubIndication::SigConstraintsFailure,
            "the signed attributes do not say which certificate, as this form of signature has to",
        )),
        Ess::Absent | Ess::Right => {}
    }
    let algorithm = value(signer, content, certificate, ledger);
    Some(Signed { certificate, algorithm, names_certificate: ess == Ess::Right })
}

/// Whether a certificate is the one that a signer names (RFC 5652, 5.3, `sid`).
fn is_named(signer: &SignerInfo<'_>, certificate: &Certificate) -> bool {
    match &signer.signer {
        SignerIdentifier::IssuerAndSerial(issuer, serial) => {
            same_number(serial, certificate.serial()) && same_name(issuer, &certificate.issuer_der())
        }
        SignerIdentifier::Key(identifier) => certificate.key_identifier() == Some(identifier.as_ref()),
    }
}

/// Whether two encoded names are the same, but for lengths that are longer than they need to be.
fn same_name(one: &[u8], other: &[u8]) -> bool {
    one == other || Element::only(one).and_then(|name| name.in_der(SEQUENCE)).is_ok_and(|name| name == other)
}

/// Checks the signed attributes against the content (RFC 5652, 5.4, 11.1 and 11.2; RFC 6211).
fn attributes(
    signer: &SignerInfo<'_>,
    content_type: ObjectIdentifier,
    content: &[&[u8]],
    form: Form,
    ledger: &mut Ledger,
) {
    if signer.signed.is_none() {
        if form == Form::WithCertificate {
            let detail = "nothing is signed but the content: this form of signature needs signed attributes";
            ledger.add(Fault::failed(Reason::ContentsMalformed, SubIndication::FormatFailure, detail));
        }
        return;
    }
    for name in [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2] {
        if signer.signed_values(name).0 > 1 {
            let detail = format!("the signed attribute {name} occurs more than once");
            ledger.add(Fault::failed(Reason::ContentsMalformed, SubIndication::FormatFailure, detail));
        }
    }
    if signer.signed_value(CONTENT_TYPE).and_then(Element::oid) != Some(content_type) {
        let detail = "the signed attributes name another kind of content than the message";
        ledger.add(Fault::failed(Reason::ContentsMalformed, SubIndication::FormatFailure, detail));
    }
    digest(signer, content, ledger);
    protection(signer, ledger);
}

fn digest(signer: &SignerInfo<'_>, content: &[&[u8]], ledger: &mut Ledger) {
    let Some(hash) = signer.digest.hash() else {
        return ledger.add(unknown("digest", &signer.digest));
    };
    weak(hash, ledger);
    let attribute = signer.signed_value(MESSAGE_DIGEST).filter(|value| value.identifier == OCTET_STRING);
    match attribute {
        Some(value) if value.content == hash.digest(content) => {}
        Some(_) => ledger.add(Fault::failed(
            Reason::DigestMismatch,
            SubIndication::HashFailure,
            format!("the {} digest that was signed is not that of these bytes", hash.name()),
        )),
        None => ledger.add(Fault::failed(
            Reason::DigestMismatch,
            SubIndication::FormatFailure,
            "the signed attributes hold no digest of the content",
        )),
    }
}

/// The attribute that protects the names of the algorithms, where it is there (RFC 6211, 2).
fn protection(signer: &SignerInfo<'_>, ledger: &mut Ledger) {
    let Some(value) = signer.signed_value(ALGORITHM_PROTECTION) else { return };
    let mut fields = value.children().flatten();
    let digest = fields.next().is_some_and(|digest| same_algorithm(&digest, &signer.digest, 0x30));
    let signature = fields.next().is_some_and(|algorithm| same_algorithm(&algorithm, &signer.algorithm, 0xa1));
    if !digest || !signature {
        let detail = "the signed attributes name other algorithms than the signature";
        ledger.add(Fault::failed(Reason::SignatureInvalid, SubIndication::SigCryptoFailure, detail));
    }
}

fn same_algorithm(element: &Element<'_>, algorithm: &Algorithm<'_>, identifier: u8) -> bool {
    let protected = (element.identifier == identifier).then(|| Algorithm::read(element).ok()).flatten();
    let null =
        |parameters: Option<Element<'_>>| parameters.filter(|one| one.identifier != 0x05).map(|one| one.raw.to_vec());
    protected.is_some_and(|one| one.name == algorithm.name && null(one.parameters) == null(algorithm.parameters))
}

fn unknown(what: &str, algorithm: &Algorithm<'_>) -> Fault {
    let detail = format!("the {what} algorithm {} is not known here", algorithm.number());
    Fault::indeterminate(Reason::Unsupported, SubIndication::CryptoConstraintsFailure, detail)
}

fn weak(hash: Hash, ledger: &mut Ledger) {
    if hash.is_weak() {
        let detail = format!("it was made upon {}, of which two texts can be given the same digest", hash.name());
        let sub = SubIndication::CryptoConstraintsFailureNoPoe;
        ledger.add(Fault::indeterminate(Reason::WeakAlgorithm, sub, detail));
    }
}

/// What the signed attributes say of the certificate (RFC 5035).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ess {
    Absent,
    Right,
    Wrong(&'static str),
}

fn ess(signer: &SignerInfo<'_>, certificate: &Certificate) -> Ess {
    let mut found = Ess::Absent;
    for (name, default) in [(SIGNING_CERTIFICATE, Hash::Sha1), (SIGNING_CERTIFICATE_V2, Hash::Sha256)] {
        if signer.signed_values(name).0 > 0 {
            let checked = signer.signed_value(name).map_or(Some(false), |value| ess_value(value, default, certificate));
            match checked {
                Some(true) => found = Ess::Right,
                Some(false) => {
                    return Ess::Wrong("the signed attributes name another certificate than the one whose key signed");
                }
                None => return Ess::Wrong("the signed attributes name the certificate in a way that cannot be read"),
            }
        }
    }
    found
}

/// Whether the first `ESSCertID` or `ESSCertIDv2` is that of a certificate: its digest, and its issuer and serial number if they are
/// there (RFC 5035, 4).
fn ess_value(value: &Element<'_>, default: Hash, certificate: &Certificate) -> Option<bool> {
    let list = value.expect(SEQUENCE).ok()?.children().required(SEQUENCE).ok()?;
    let mut fields = list.children().required(SEQUENCE).ok()?.children();
    let hash = match fields.optional(SEQUENCE).ok()? {
        Some(algorithm) if default == Hash::Sha256 => Algorithm::read(&algorithm).ok()?.hash()?,
        Some(_) => return None,
        None => default,
    };
    let digest = fields.required(OCTET_STRING).ok()?;
    let mut right = is_digest_of(hash, digest.content, certificate);
    if let Some(named) = fields.optional(SEQUENCE).ok()? {
        let mut fields = named.children();
        let issuers = fields.required(SEQUENCE).ok()?;
        let serial = fields.required(INTEGER).ok()?.content;
        let issuer = certificate.issuer_der();
        let named =
            issuers.children().flatten().any(|name| name.identifier == 0xa4 && same_name(name.content, &issuer));
        right = right && named && same_number(serial, certificate.serial());
    }
    Some(right)
}

/// Checks the value of the signature, and says how it was made (RFC 5652, 5.4 and 5.6).
fn value(signer: &SignerInfo<'_>, content: &[&[u8]], certificate: &Certificate, ledger: &mut Ledger) -> Option<String> {
    let Some(scheme) = Scheme::of(&signer.algorithm, signer.digest.hash()) else {
        ledger.add(unknown("signature", &signer.algorithm));
        return None;
    };
    let Some(key) = certificate.key() else {
        let detail = "the certificate's key is of a kind that is not known here, or is no key";
        ledger.add(Fault::indeterminate(Reason::Unsupported, SubIndication::CryptoConstraintsFailure, detail));
        return Some(scheme.name());
    };
    if let Some(hash) = scheme.hash() {
        weak(hash, ledger);
    }
    if let Some(weakness) = key.weakness() {
        let sub = SubIndication::CryptoConstraintsFailureNoPoe;
        ledger.add(Fault::indeterminate(Reason::WeakAlgorithm, sub, format!("the signer's key is {weakness}")));
    }
    // RFC 4056, 3, RFC 5754, 3: the two digests are one, so that the weaker of two cannot be slipped in.
    let one_digest =
        signer.digest.hash().is_none() || scheme.hash().is_none_or(|hash| signer.digest.hash() == Some(hash));
    let verified = match &signer.signed {
        None => key.verifies(scheme, content, &signer.signature),
        Some(signed) => messages(signed).iter().any(|message| key.verifies(scheme, &[message], &signer.signature)),
    };
    if !one_digest || !verified {
        let detail = if verified {
            "the signature and the content were digested in two ways"
        } else {
            "the signature was not made over this with the certificate's key"
        };
        ledger.add(Fault::failed(Reason::SignatureInvalid, SubIndication::SigCryptoFailure, detail));
    }
    Some(scheme.name())
}

/// The bytes that the signature of attributes may have been made over. The standard asks for the DER of the SET (RFC 5652, 5.4), whose
/// elements are sorted; signers that do not sort sign what they send, which is what `OpenSSL` verifies, so that it comes first. These are
/// encodings of the same attributes: accepting either accepts nothing that was not signed.
fn messages(signed: &Element<'_>) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut received = signed.raw.to_vec();
    if let Some(identifier) = received.first_mut() {
        *identifier = SET;
        messages.push(received);
    }
    messages.extend(signed.in_der(SET).ok());
    let mut sorted: Vec<Vec<u8>> =
        signed.children().flatten().filter_map(|attribute| attribute.in_der(attribute.identifier).ok()).collect();
    sorted.sort();
    messages.push(super::ber::encoded(SET, &sorted.concat()));
    messages.dedup();
    messages
}
