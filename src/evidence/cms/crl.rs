//! Lists of revoked certificates (RFC 5280, 5), read where they lie: a list may hold a million entries, and one of them is asked for.

use jiff::Timestamp;
use x509_cert::der::asn1::ObjectIdentifier;

use super::{
    algorithm::{Algorithm, Scheme},
    ber::{
        BIT_STRING, Element, GENERALIZED_TIME, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTC_TIME,
        context, same_number,
    },
    certificate::{Certificate, DISTRIBUTION_POINTS},
    revocation::{Answer, Status},
    work::{What, Work},
};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const NUMBER: ObjectIdentifier = oid("2.5.29.20");
const REASON: ObjectIdentifier = oid("2.5.29.21");
const DELTA: ObjectIdentifier = oid("2.5.29.27");
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = oid("2.5.29.28");
const AUTHORITY_KEY: ObjectIdentifier = oid("2.5.29.35");
const EXPIRED_CERTIFICATES: ObjectIdentifier = oid("2.5.29.60");
/// `removeFromCRL`, which only a delta list may say.
const REMOVED: u32 = 8;

/// A list.
#[derive(Debug)]
pub(super) struct List<'a> {
    tbs: Element<'a>,
    issuer: &'a [u8],
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: Option<Element<'a>>,
    extensions: Vec<Extension<'a>>,
    algorithm: Algorithm<'a>,
    signature: &'a [u8],
}

/// An extension (RFC 5280, 4.1).
#[derive(Debug)]
pub(super) struct Extension<'a> {
    pub(super) name: Option<ObjectIdentifier>,
    pub(super) critical: bool,
    pub(super) value: &'a [u8],
}

/// Reads extensions from the SEQUENCE that holds them.
pub(super) fn extensions<'a>(list: &Element<'a>) -> Result<Vec<Extension<'a>>, Malformed> {
    let read = |extension: Result<Element<'a>, Malformed>| {
        let mut fields = extension?.children();
        let name = fields.required(OBJECT_IDENTIFIER)?.oid();
        let critical = fields.optional(0x01)?.is_some_and(|flag| flag.content != [0]);
        Ok(Extension { name, critical, value: fields.required(OCTET_STRING)?.content })
    };
    list.children().take(100).map(read).collect()
}

impl<'a> List<'a> {
    /// Reads a list; its entries are not looked at yet.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Element::only(bytes)?.expect(SEQUENCE)?.children();
        let tbs = fields.required(SEQUENCE)?;
        let algorithm = Algorithm::read(&fields.required(SEQUENCE)?)?;
        let signature = fields.required(BIT_STRING)?.bits().ok_or(Malformed("a signature is not made of bytes"))?;
        let mut fields = tbs.children();
        fields.optional(INTEGER)?;
        let inner = Algorithm::read(&fields.required(SEQUENCE)?)?;
        if inner.raw != algorithm.raw {
            return Err(Malformed("a list names two algorithms for one signature"));
        }
        let issuer = fields.required(SEQUENCE)?.raw;
        let this_update = fields.any()?.time().ok_or(Malformed("a list does not say when it was made"))?;
        let next = match fields.optional(UTC_TIME)? {
            Some(next) => Some(next),
            None => fields.optional(GENERALIZED_TIME)?,
        };
        let next_update = match next {
            Some(next) => Some(next.time().ok_or(Malformed("a list does not say when the next one is made"))?),
            None => None,
        };
        let entries = fields.optional(SEQUENCE)?;
        let extensions = match fields.optional(context(0))? {
            Some(wrapped) => extensions(&wrapped.children().required(SEQUENCE)?)?,
            None => Vec::new(),
        };
        Ok(Self { tbs, issuer, this_update, next_update, entries, extensions, algorithm, signature })
    }

    /// Whether the issuer of a certificate made it, by its name.
    pub(super) fn is_for(&self, certificate: &Certificate) -> bool {
        certificate.is_issued_by_name(self.issuer)
    }

    fn extension(&self, name: ObjectIdentifier) -> Option<&Extension<'a>> {
        self.extensions.iter().find(|extension| extension.name == Some(name))
    }

    /// What it says of a certificate, if it may be believed: the issuer signed it, or one of the issuer's other keys.
    pub(super) fn answer(
        &self,
        certificate: &Certificate,
        issuers: &[&Certificate],
        this: What,
        work: &Work,
    ) -> Result<Answer, &'static str> {
        let scheme = Scheme::of(&self.algorithm, None).ok_or("the list is signed in a way that is not known here")?;
        let signed = |by: &&&Certificate| {
            let verified = || Some(by.key()?.verifies(scheme, &[self.tbs.raw], self.signature));
            by.key_usage().is_none_or(|usage| usage.crl_sign())
                && work.verified(this, by.digest(), verified) == Some(true)
        };
        issuers.iter().find(signed).ok_or("the list is not signed with a key of the issuer that may sign lists")?;
        self.scope(certificate)?;
        let status = self.entry(certificate)?;
        if scheme.hash().is_some_and(|hash| hash.is_weak()) && status == Status::Good {
            return Err("the list is signed upon a digest that is no longer safe");
        }
        let still_listed =
            self.extension(EXPIRED_CERTIFICATES).and_then(|since| Element::only(since.value).ok()?.time());
        Ok(Answer { status, this_update: self.this_update, next_update: self.next_update, expired_since: still_listed })
    }

    /// Whether it is a whole list, for certificates like this one (RFC 5280, 5.2.4, 5.2.5, 6.3.3).
    fn scope(&self, certificate: &Certificate) -> Result<(), &'static str> {
        if self.extension(DELTA).is_some() {
            return Err("the list tells only what changed");
        }
        let known = [NUMBER, ISSUING_DISTRIBUTION_POINT, AUTHORITY_KEY, EXPIRED_CERTIFICATES].map(Some);
        if self.extensions.iter().any(|extension| extension.critical && !known.contains(&extension.name)) {
            return Err("the list has a critical extension that is not known here");
        }
        let Some(point) = self.extension(ISSUING_DISTRIBUTION_POINT) else { return Ok(()) };
        let unread = |_| "the scope of the list cannot be read";
        for field in Element::only(point.value).map_err(unread)?.children() {
            let field = field.map_err(unread)?;
            let set = field.content != [0];
            match field.identifier {
                0xa0 if !same_point(&field, certificate) => return Err("the list is of another distribution point"),
                0x81 if set && certificate.is_authority() == Some(true) => {
                    return Err("the list is not about authorities");
                }
                0x82 if set && certificate.is_authority() != Some(true) => {
                    return Err("the list is about authorities only");
                }
                0x83 => return Err("the list tells only some reasons"),
                0x84 if set => return Err("the list is about the certificates of several issuers"),
                0x85 if set => return Err("the list is about attribute certificates"),
                _ => {}
            }
        }
        Ok(())
    }

    fn entry(&self, certificate: &Certificate) -> Result<Status, &'static str> {
        let unread = |_| "the list cannot be read";
        for entry in self.entries.iter().flat_map(Element::children) {
            let mut fields = entry.map_err(unread)?.children();
            if !same_number(fields.required(INTEGER).map_err(unread)?.content, certificate.serial()) {
                continue;
            }
            let since = fields.any().map_err(unread)?.time().ok_or("the list cannot be read")?;
            let extensions = match fields.optional(SEQUENCE).map_err(unread)? {
                Some(list) => extensions(&list).map_err(unread)?,
                None => Vec::new(),
            };
            let reason = extensions.iter().find(|extension| extension.name == Some(REASON));
            let removed =
                reason.is_some_and(|code| Element::only(code.value).is_ok_and(|code| code.small() == Some(REMOVED)));
            if !removed {
                return Ok(Status::Revoked { since });
            }
        }
        Ok(Status::Good)
    }
}

/// Whether a list is of a distribution point that the certificate names, by one of its full names.
fn same_point(point: &Element<'_>, certificate: &Certificate) -> bool {
    let full = |point: &Element<'_>| -> Vec<Vec<u8>> {
        let name = point.children().flatten().find(|name| name.identifier == 0xa0);
        name.iter().flat_map(Element::children).flatten().map(|name| name.raw.to_vec()).collect()
    };
    let ours = full(point);
    let Some(points) = certificate.extension(DISTRIBUTION_POINTS).and_then(|points| Element::only(points).ok()) else {
        return false;
    };
    points.children().flatten().any(|one| {
        let name = one.children().flatten().find(|field| field.identifier == 0xa0);
        name.is_some_and(|name| full(&name).iter().any(|name| ours.contains(name)))
    })
}
