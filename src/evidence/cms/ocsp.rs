//! Responses of revocation services (RFC 6960).

use jiff::Timestamp;
use x509_cert::der::asn1::ObjectIdentifier;

use super::{
    algorithm::{Algorithm, Hash, Scheme},
    ber::{
        BIT_STRING, ENUMERATED, Element, GENERALIZED_TIME, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING,
        SEQUENCE, context, same_number,
    },
    certificate::Certificate,
    crl::{Extension, extensions},
    revocation::{Answer, Status},
    work::{What, Work},
};

const ARCHIVE_CUTOFF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.6");
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
/// How many answers of a response are looked at.
const MOST: usize = 100;

/// A response that was given, by whomever.
#[derive(Debug)]
pub(super) struct Response<'a> {
    tbs: Element<'a>,
    responder: Element<'a>,
    produced: Timestamp,
    answers: Vec<Single<'a>>,
    algorithm: Algorithm<'a>,
    signature: &'a [u8],
    certificates: Vec<&'a [u8]>,
}

/// The answer about one certificate.
#[derive(Debug)]
struct Single<'a> {
    hash: Option<Hash>,
    issuer_name: &'a [u8],
    issuer_key: &'a [u8],
    serial: &'a [u8],
    status: Option<Status>,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    extensions: Vec<Extension<'a>>,
}

impl<'a> Response<'a> {
    /// Reads a response, with or without what says that it is one (`OCSPResponse`, `BasicOCSPResponse`).
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let outer = Element::only(bytes)?.expect(SEQUENCE)?;
        let mut fields = outer.children();
        let Some(status) = fields.optional(ENUMERATED)? else { return Self::basic(&outer) };
        if status.small() != Some(0) {
            return Err(Malformed("the service did not answer"));
        }
        let mut fields = fields.required(context(0))?.children().required(SEQUENCE)?.children();
        if fields.required(OBJECT_IDENTIFIER)?.oid() != Some(BASIC) {
            return Err(Malformed("a response of an unknown kind"));
        }
        Self::basic(&Element::only(fields.required(OCTET_STRING)?.content)?.expect(SEQUENCE)?)
    }

    fn basic(element: &Element<'a>) -> Result<Self, Malformed> {
        let mut fields = element.children();
        let tbs = fields.required(SEQUENCE)?;
        let algorithm = Algorithm::read(&fields.required(SEQUENCE)?)?;
        let signature = fields.required(BIT_STRING)?.bits().ok_or(Malformed("a signature is not made of bytes"))?;
        let certificates = match fields.optional(context(0))? {
            Some(wrapped) => {
                wrapped.children().required(SEQUENCE)?.children().take(MOST).collect::<Result<Vec<_>, _>>()?
            }
            None => Vec::new(),
        };
        let mut fields = tbs.children();
        fields.optional(context(0))?;
        let responder = fields.any()?;
        let produced = fields.required(GENERALIZED_TIME)?.time().ok_or(Malformed("a time cannot be read"))?;
        let answers = fields.required(SEQUENCE)?.children().take(MOST).map(|answer| Single::read(&answer?));
        Ok(Self {
            tbs,
            responder,
            produced,
            answers: answers.collect::<Result<_, _>>()?,
            algorithm,
            signature,
            certificates: certificates.iter().map(|certificate| certificate.raw).collect(),
        })
    }

    /// Whether it says something of a certificate.
    pub(super) fn is_for(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.answers.iter().any(|answer| answer.is_for(certificate, issuer))
    }

    /// What it says of a certificate, if it may be believed; `unfit` says why a delegated responder is not.
    pub(super) fn answer(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        unfit: impl Fn(&Certificate) -> bool,
        this: What,
        work: &Work,
    ) -> Result<Answer, &'static str> {
        let single =
            self.answers.iter().find(|one| one.is_for(certificate, issuer)).ok_or("the response is about others")?;
        let scheme =
            Scheme::of(&self.algorithm, None).ok_or("the response is signed in a way that is not known here")?;
        let signed = |by: &Certificate| {
            let verified = || Some(by.key()?.verifies(scheme, &[self.tbs.raw], self.signature));
            self.names(by) && work.verified(this, by.digest(), verified) == Some(true)
        };
        if !signed(issuer) {
            let delegates = self.certificates.iter().filter_map(|bytes| Certificate::read(bytes));
            let mut named = delegates.filter(|one| self.names(one));
            if !named.any(|one| self.is_delegate(&one, issuer, work) && !unfit(&one) && signed(&one)) {
                return Err("the response is not signed by the issuer, nor by whom the issuer delegated");
            }
        }
        let status = single.status.ok_or("the service does not know the certificate")?;
        if scheme.hash().is_some_and(Hash::is_weak) && status == Status::Good {
            return Err("the response is signed upon a digest that is no longer safe");
        }
        let cutoff = single.extensions.iter().find(|extension| extension.name == Some(ARCHIVE_CUTOFF));
        let expired_since = cutoff.and_then(|since| Element::only(since.value).ok()?.time());
        Ok(Answer { status, this_update: single.this_update, next_update: single.next_update, expired_since })
    }

    /// Whether the issuer gave somebody the right to answer (RFC 6960, 4.2.2.2), on the day of the response.
    fn is_delegate(&self, one: &Certificate, issuer: &Certificate, work: &Work) -> bool {
        let (first, last) = one.validity();
        let purposes = one.purposes().unwrap_or_default();
        purposes.iter().any(|purpose| purpose == OCSP_SIGNING)
            && (first..=last).contains(&self.produced)
            && one.names_as_issuer(issuer)
            && work.verified(What::Certificate(one.digest()), issuer.digest(), || one.is_signed_by(issuer))
                == Some(true)
    }

    /// Whether it names somebody as the one who made it (RFC 6960, 4.2.1, `ResponderID`).
    fn names(&self, somebody: &Certificate) -> bool {
        let Ok(inside) = self.responder.children().any() else { return false };
        match self.responder.identifier {
            0xa1 => inside.raw == somebody.subject_der(),
            0xa2 => inside.content == Hash::Sha1.digest(&[somebody.key_bits()]),
            _ => false,
        }
    }
}

impl<'a> Single<'a> {
    fn read(element: &Element<'a>) -> Result<Self, Malformed> {
        let mut fields = element.expect(SEQUENCE)?.children();
        let mut name = fields.required(SEQUENCE)?.children();
        let hash = Algorithm::read(&name.required(SEQUENCE)?)?.hash();
        let (issuer_name, issuer_key) = (name.required(OCTET_STRING)?.content, name.required(OCTET_STRING)?.content);
        let serial = name.required(INTEGER)?.content;
        let said = fields.any()?;
        let status = match said.identifier {
            0x80 => Some(Status::Good),
            0xa1 => {
                let since = said.children().any()?.time().ok_or(Malformed("a time cannot be read"))?;
                Some(Status::Revoked { since })
            }
            _ => None,
        };
        let this_update = fields.any()?.time().ok_or(Malformed("a time cannot be read"))?;
        let next = fields.optional(context(0))?;
        let next_update = match next {
            Some(next) => Some(next.children().any()?.time().ok_or(Malformed("a time cannot be read"))?),
            None => None,
        };
        let extensions = match fields.optional(context(1))? {
            Some(wrapped) => extensions(&wrapped.children().required(SEQUENCE)?)?,
            None => Vec::new(),
        };
        Ok(Self { hash, issuer_name, issuer_key, serial, status, this_update, next_update, extensions })
    }

    fn is_for(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let Some(hash) = self.hash else { return false };
        same_number(self.serial, certificate.serial())
            && self.issuer_name == hash.digest(&[&certificate.issuer_der()])
            && self.issuer_key == hash.digest(&[issuer.key_bits()])
    }
}
