//! A CMS message (RFC 5652): its parts, as slices of the bytes that came.

use std::borrow::Cow;

use x509_cert::der::asn1::ObjectIdentifier;

use super::{
    algorithm::Algorithm,
    ber::{Element, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, context},
};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(super) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub(super) const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const OCSP_RESPONSE: ObjectIdentifier = oid("1.3.6.1.5.5.7.16.2");

/// How many certificates, lists, signers and attributes are looked at, each: more than any signature has.
const MOST: usize = 200;

/// A `SignedData` (RFC 5652, 5.1).
#[derive(Debug)]
pub(super) struct SignedData<'a> {
    /// What kind of content it is about.
    pub(super) content_type: Option<ObjectIdentifier>,
    /// The content, when it carries one.
    pub(super) content: Option<Cow<'a, [u8]>>,
    /// The certificates that it carries.
    pub(super) certificates: Vec<&'a [u8]>,
    /// The revocation lists that it carries.
    pub(super) lists: Vec<&'a [u8]>,
    /// The OCSP responses that it carries (RFC 5940).
    pub(super) responses: Vec<&'a [u8]>,
    /// Its signers.
    pub(super) signers: Vec<SignerInfo<'a>>,
}

/// A `SignerInfo` (RFC 5652, 5.3).
#[derive(Debug)]
pub(super) struct SignerInfo<'a> {
    /// Whose certificate.
    pub(super) signer: SignerIdentifier<'a>,
    /// The digest of the content.
    pub(super) digest: Algorithm<'a>,
    /// The signed attributes, as they came.
    pub(super) signed: Option<Element<'a>>,
    /// The same, one by one.
    pub(super) attributes: Vec<Attribute<'a>>,
    /// How it was signed.
    pub(super) algorithm: Algorithm<'a>,
    /// The value of the signature.
    pub(super) signature: Cow<'a, [u8]>,
    /// The attributes that were added afterwards.
    pub(super) unsigned: Vec<Attribute<'a>>,
}

/// How a signer names the certificate.
#[derive(Debug)]
pub(super) enum SignerIdentifier<'a> {
    /// By issuer (encoded) and serial number.
    IssuerAndSerial(&'a [u8], &'a [u8]),
    /// By the identifier of its key.
    Key(Cow<'a, [u8]>),
}

/// An attribute (RFC 5652, 5.3).
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: Option<ObjectIdentifier>,
    pub(super) values: Vec<Element<'a>>,
}

impl<'a> SignedData<'a> {
    /// Reads the message at the beginning of some bytes, and gives what stands after it.
    pub(super) fn first(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Malformed> {
        let (message, rest) = Element::first(bytes)?;
        let mut fields = message.expect(SEQUENCE)?.children();
        if fields.required(OBJECT_IDENTIFIER)?.oid() != Some(SIGNED_DATA) {
            return Err(Malformed("a message of another kind than signed data"));
        }
        let inside = fields.required(context(0))?.children().required(SEQUENCE)?;
        Ok((Self::read(&inside)?, rest))
    }

    fn read(element: &Element<'a>) -> Result<Self, Malformed> {
        let mut fields = element.children();
        fields.required(INTEGER)?;
        fields.required(SET)?;
        let mut encapsulated = fields.required(SEQUENCE)?.children();
        let content_type = encapsulated.required(OBJECT_IDENTIFIER)?.oid();
        let content = match encapsulated.optional(context(0))? {
            Some(wrapped) => Some(octets(&wrapped.children().any()?)?),
            None => None,
        };
        let certificates = raw(fields.optional(context(0))?, SEQUENCE)?;
        let (mut lists, mut responses) = (Vec::new(), Vec::new());
        for other in fields.optional(context(1))?.iter().flat_map(Element::children).take(MOST) {
            let other = other?;
            match other.identifier {
                SEQUENCE => lists.push(other.raw),
                0xa1 => {
                    let mut format = other.children();
                    if format.required(OBJECT_IDENTIFIER)?.oid() == Some(OCSP_RESPONSE) {
                        responses.push(format.required(SEQUENCE)?.raw);
                    }
                }
                _ => {}
            }
        }
        let signers = fields.required(SET)?.children().take(MOST).map(|signer| SignerInfo::read(&signer?));
        Ok(Self { content_type, content, certificates, lists, responses, signers: signers.collect::<Result<_, _>>()? })
    }
}

/// The content of a message: an octet string, in pieces or not; older messages have any element there (PKCS #7).
fn octets<'a>(element: &Element<'a>) -> Result<Cow<'a, [u8]>, Malformed> {
    match element.identifier {
        OCTET_STRING | 0x24 => element.octets(),
        _ => Ok(Cow::Borrowed(element.content)),
    }
}

/// The elements of this kind in a set that may be absent, each as it came.
fn raw(set: Option<Element<'_>>, identifier: u8) -> Result<Vec<&[u8]>, Malformed> {
    let elements = set.iter().flat_map(Element::children).take(MOST).collect::<Result<Vec<_>, _>>()?;
    Ok(elements.into_iter().filter(|element| element.identifier == identifier).map(|element| element.raw).collect())
}

impl<'a> SignerInfo<'a> {
    fn read(element: &Element<'a>) -> Result<Self, Malformed> {
        let mut fields = element.expect(SEQUENCE)?.children();
        fields.required(INTEGER)?;
        let signer = match fields.any()? {
            name if name.identifier == SEQUENCE => {
                let mut fields = name.children();
                SignerIdentifier::IssuerAndSerial(fields.required(SEQUENCE)?.raw, fields.required(INTEGER)?.content)
            }
            key if matches!(key.identifier & !0x20, 0x80) => SignerIdentifier::Key(key.octets()?),
            _ => return Err(Malformed("a signer names no certificate")),
        };
        let digest = Algorithm::read(&fields.required(SEQUENCE)?)?;
        let signed = fields.optional(context(0))?;
        let algorithm = Algorithm::read(&fields.required(SEQUENCE)?)?;
        let signature = fields.any()?;
        if !matches!(signature.identifier, OCTET_STRING | 0x24) {
            return Err(Malformed("a signer without a signature"));
        }
        let unsigned = fields.optional(context(1))?;
        Ok(Self {
            signer,
            digest,
            attributes: Attribute::list(signed.as_ref())?,
            signed,
            algorithm,
            signature: signature.octets()?,
            unsigned: Attribute::list(unsigned.as_ref())?,
        })
    }

    /// The values of the signed attributes of a name, and how many attributes have it.
    pub(super) fn signed_values(&self, name: ObjectIdentifier) -> (usize, Vec<&Element<'a>>) {
        let found: Vec<&Attribute<'a>> =
            self.attributes.iter().filter(|attribute| attribute.name == Some(name)).collect();
        (found.len(), found.into_iter().flat_map(|attribute| &attribute.values).collect())
    }

    /// The only value of the only signed attribute of a name (RFC 5652, 11: these attributes have one value and occur once).
    pub(super) fn signed_value(&self, name: ObjectIdentifier) -> Option<&Element<'a>> {
        match self.signed_values(name) {
            (1, values) => <[_; 1]>::try_from(values).ok().map(|[value]| value),
            _ => None,
        }
    }

    /// The values of the unsigned attributes of a name.
    pub(super) fn unsigned_values(&self, name: ObjectIdentifier) -> impl Iterator<Item = &Element<'a>> {
        self.unsigned
            .iter()
            .filter(move |attribute| attribute.name == Some(name))
            .flat_map(|attribute| &attribute.values)
    }
}

impl<'a> Attribute<'a> {
    fn list(set: Option<&Element<'a>>) -> Result<Vec<Self>, Malformed> {
        let attributes: Vec<Self> = set
            .into_iter()
            .flat_map(Element::children)
            .take(MOST)
            .map(|attribute| Self::read(&attribute?))
            .collect::<Result<_, _>>()?;
        if attributes.len() < MOST { Ok(attributes) } else { Err(Malformed("too many attributes")) }
    }

    fn read(element: &Element<'a>) -> Result<Self, Malformed> {
        let mut fields = element.expect(SEQUENCE)?.children();
        let name = fields.required(OBJECT_IDENTIFIER)?.oid();
        let values = fields.required(SET)?.children().take(MOST).collect::<Result<_, _>>()?;
        Ok(Self { name, values })
    }
}
