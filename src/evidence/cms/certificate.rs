//! A certificate (RFC 5280, 4): its bytes as they came, and what is read in them.

use certval::{ExtensionProcessing, PDVCertificate, PDVExtension, compare_names};
use jiff::Timestamp;
use x509_cert::{
    attr::AttributeTypeAndValue,
    certificate::{Raw, TbsCertificateInner, Version},
    der::{Decode, Encode, asn1::ObjectIdentifier},
    ext::pkix::{KeyUsage, name::GeneralName},
    name::Name,
};

use super::{
    algorithm::{Algorithm, Hash, Key, Scheme},
    ber::{Element, Malformed, SEQUENCE, without_leading_zeros},
};
use crate::{digest::FileDigest, evidence::Signer};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(super) const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
pub(super) const DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
pub(super) const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
const KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
const ALTERNATIVE_NAME: ObjectIdentifier = oid("2.5.29.17");

const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
const SURNAME: ObjectIdentifier = oid("2.5.4.4");
const SERIAL_NUMBER: ObjectIdentifier = oid("2.5.4.5");
const ORGANIZATION: ObjectIdentifier = oid("2.5.4.10");
const ORGANIZATIONAL_UNIT: ObjectIdentifier = oid("2.5.4.11");
const GIVEN_NAME: ObjectIdentifier = oid("2.5.4.42");
const UNIQUE_IDENTIFIER: ObjectIdentifier = oid("2.5.4.45");
const ORGANIZATION_IDENTIFIER: ObjectIdentifier = oid("2.5.4.97");
const USER_ID: ObjectIdentifier = oid("0.9.2342.19200300.100.1.1");

/// A certificate.
#[derive(Clone)]
pub(crate) struct Certificate {
    inner: PDVCertificate,
    digest: FileDigest,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({})", self.subject())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads a certificate; none when these bytes are none, or have something after it.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let inner = PDVCertificate::try_from(bytes).ok()?;
        let mut fields = tbs(bytes).ok()?.children();
        let _version = fields.optional(0xa0).ok()?;
        let validity = fields.nth(3)?.ok()?;
        let mut times = validity.children();
        let (not_before, not_after) = (times.any().ok()?.time()?, times.any().ok()?.time()?);
        Some(Self { inner, digest: FileDigest::of(bytes), not_before, not_after })
    }

    fn tbs(&self) -> &TbsCertificateInner<Raw> {
        self.inner.decoded().tbs_certificate()
    }

    pub(super) const fn for_validation(&self) -> &PDVCertificate {
        &self.inner
    }

    /// Its bytes.
    pub(crate) fn der(&self) -> &[u8] {
        self.inner.as_bytes()
    }

    /// SHA-256 of its bytes.
    pub(super) const fn digest(&self) -> FileDigest {
        self.digest
    }

    /// Its subject, as RFC 4514 writes it.
    pub(crate) fn subject(&self) -> String {
        self.tbs().subject().to_string()
    }

    pub(super) fn issuer(&self) -> String {
        self.tbs().issuer().to_string()
    }

    pub(super) fn subject_name(&self) -> &Name {
        self.tbs().subject()
    }

    pub(super) fn issuer_name(&self) -> &Name {
        self.tbs().issuer()
    }

    /// Whether an encoded name is that of its issuer (RFC 5280, 7.1: case and spaces do not count).
    pub(super) fn is_issued_by_name(&self, name: &[u8]) -> bool {
        Name::from_der(name).is_ok_and(|name| compare_names(&name, self.issuer_name()))
    }

    /// Its issuer's name, encoded.
    pub(super) fn issuer_der(&self) -> Vec<u8> {
        self.tbs().issuer().to_der().unwrap_or_default()
    }

    /// Its subject's name, encoded.
    pub(super) fn subject_der(&self) -> Vec<u8> {
        self.tbs().subject().to_der().unwrap_or_default()
    }

    /// The bytes of its serial number.
    pub(super) fn serial(&self) -> &[u8] {
        self.tbs().serial_number().as_bytes()
    }

    /// First and last instant of validity.
    pub(super) const fn validity(&self) -> (Timestamp, Timestamp) {
        (self.not_before, self.not_after)
    }

    /// Its public key; none when it is of an unknown kind.
    pub(super) fn key(&self) -> Option<Key> {
        Key::read(&self.tbs().subject_public_key_info().to_der().ok()?)
    }

    /// The bits of its public key, for the digests by which OCSP names it.
    pub(super) fn key_bits(&self) -> &[u8] {
        self.tbs().subject_public_key_info().subject_public_key.raw_bytes()
    }

    /// Whether it says that it issued itself.
    pub(super) fn is_self_issued(&self) -> bool {
        compare_names(self.issuer_name(), self.subject_name())
    }

    /// Whether the other certificate bears the name of its issuer.
    pub(super) fn names_as_issuer(&self, other: &Self) -> bool {
        compare_names(self.issuer_name(), other.subject_name())
    }

    /// How it was signed; none when it is not known.
    pub(super) fn scheme(&self) -> Option<Scheme> {
        let mut fields = Element::only(self.der()).ok()?.children();
        let _tbs = fields.any().ok()?;
        Scheme::of(&Algorithm::read(&fields.any().ok()?).ok()?, None)
    }

    /// Whether it was signed with the key of the other; none when that is of a kind that is not known.
    pub(super) fn is_signed_by(&self, issuer: &Self) -> Option<bool> {
        let signature = self.inner.decoded().signature().as_bytes()?;
        Some(issuer.key()?.verifies(self.scheme()?, &[tbs(self.der()).ok()?.raw], signature))
    }

    /// Whether it is of the version that has no extensions.
    pub(super) fn is_of_first_version(&self) -> bool {
        self.tbs().version() == Version::V1
    }

    /// What is weak about the signature upon it, when another made it, or about its key.
    pub(super) fn weakness(&self, look_at_signature: bool, look_at_key: bool) -> Option<String> {
        let hash = self.scheme().and_then(Scheme::hash).filter(|hash| look_at_signature && hash.is_weak());
        let key = || self.key().filter(|_| look_at_key)?.weakness();
        hash.map(|hash| format!("a signature upon {}", hash.name())).or_else(key)
    }

    /// The content of one of its extensions.
    pub(super) fn extension(&self, name: ObjectIdentifier) -> Option<&[u8]> {
        self.tbs()
            .extensions()?
            .iter()
            .find(|extension| extension.extn_id == name)
            .map(|found| found.extn_value.as_bytes())
    }

    /// Whether one of its extensions is there and critical.
    pub(super) fn is_critical(&self, name: ObjectIdentifier) -> bool {
        self.tbs().extensions().is_some_and(|all| all.iter().any(|one| one.extn_id == name && one.critical))
    }

    pub(super) fn key_identifier(&self) -> Option<&[u8]> {
        Some(Element::only(self.extension(KEY_IDENTIFIER)?).ok()?.content)
    }

    /// What its key may be used for; none when it does not say.
    pub(super) fn key_usage(&self) -> Option<KeyUsage> {
        match self.inner.get_extension(&KEY_USAGE).ok()?? {
            PDVExtension::KeyUsage(usage) => Some(*usage),
            _ => None,
        }
    }

    /// The purposes that it names; none when it does not say.
    pub(super) fn purposes(&self) -> Option<Vec<String>> {
        let content = self.extension(EXTENDED_KEY_USAGE)?;
        let purposes = Element::only(content).and_then(|list| list.expect(SEQUENCE));
        let names =
            purposes.ok().map(|list| list.children().filter_map(|purpose| Some(purpose.ok()?.oid()?.to_string())));
        Some(names.map(Iterator::collect).unwrap_or_default())
    }

    /// Whether it says that it is an authority; none when it does not say.
    pub(super) fn is_authority(&self) -> Option<bool> {
        match self.inner.get_extension(&BASIC_CONSTRAINTS).ok()?? {
            PDVExtension::BasicConstraints(constraints) => Some(constraints.ca),
            _ => None,
        }
    }

    fn texts(&self, kind: ObjectIdentifier) -> impl Iterator<Item = String> {
        let subject = self.tbs().subject();
        subject.iter().filter(move |attribute| attribute.oid == kind).filter_map(text)
    }

    /// Who it says that its holder is.
    pub(super) fn signer(&self) -> Signer {
        let kinds = [ORGANIZATION_IDENTIFIER, ORGANIZATIONAL_UNIT, SERIAL_NUMBER, UNIQUE_IDENTIFIER, USER_ID];
        let mut identifiers: Vec<String> = kinds.into_iter().flat_map(|kind| self.texts(kind)).collect();
        identifiers.extend(self.alternative_names());
        identifiers.dedup();
        Signer {
            subject: self.subject(),
            issuer: self.issuer(),
            serial: without_leading_zeros(self.serial()).iter().map(|byte| format!("{byte:02x}")).collect(),
            certificate: self.digest,
            common_name: self.texts(COMMON_NAME).last(),
            given_name: self.texts(GIVEN_NAME).last(),
            surname: self.texts(SURNAME).last(),
            organization: self.texts(ORGANIZATION).last(),
            identifiers,
            not_before: self.not_before,
            not_after: self.not_after,
        }
    }

    fn alternative_names(&self) -> Vec<String> {
        let Ok(Some(PDVExtension::SubjectAltName(names))) = self.inner.get_extension(&ALTERNATIVE_NAME) else {
            return Vec::new();
        };
        let text = |name: &GeneralName| match name {
            GeneralName::DirectoryName(name) => name.iter().filter_map(text).collect(),
            GeneralName::Rfc822Name(mail) => vec![mail.to_string()],
            GeneralName::UniformResourceIdentifier(uri) => vec![uri.to_string()],
            _ => Vec::new(),
        };
        names.0.iter().flat_map(text).collect()
    }
}

/// The part of a certificate that is signed.
fn tbs(bytes: &[u8]) -> Result<Element<'_>, Malformed> {
    Element::only(bytes)?.expect(SEQUENCE)?.children().required(SEQUENCE)
}

/// The text of a part of a name, whatever the kind of its string; none when it is no text.
fn text(attribute: &AttributeTypeAndValue) -> Option<String> {
    const BMP_STRING: u8 = 0x1e;
    const LATIN: [u8; 2] = [0x14, 0x1b];
    let encoded = attribute.value.to_der().ok()?;
    let element = Element::only(&encoded).ok()?;
    if element.identifier == BMP_STRING {
        let (pairs, _) = element.content.as_chunks::<2>();
        return Some(char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair))).flatten().collect());
    }
    match String::from_utf8(element.content.to_vec()) {
        Ok(text) => Some(text),
        Err(_) if LATIN.contains(&element.identifier) => {
            Some(element.content.iter().copied().map(char::from).collect())
        }
        Err(_) => None,
    }
}

/// Whether a digest is that of a certificate.
pub(super) fn is_digest_of(hash: Hash, digest: &[u8], certificate: &Certificate) -> bool {
    hash.digest(&[certificate.der()]) == digest
}
