//! Digests, keys and signature schemes: what is known, what is safe, and whether a value was made with a key.
//!
//! Known are SHA-2 (FIPS 180-4), RSA of both paddings (RFC 8017), ECDSA on the curves of NIST (RFC 5758) and Ed25519 (RFC 8410, 8419).
//! SHA-1, MD5 and short RSA keys are computed, so that a broken signature is told from an old one, and called weak.

use md5::Md5;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey, traits::PublicKeyParts};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use x509_cert::der::asn1::ObjectIdentifier;

use super::ber::{self, Element, Malformed, OBJECT_IDENTIFIER, SEQUENCE};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
const EC_PUBLIC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = oid("1.3.101.112");

/// The shortest RSA key that is not weak, in bits (ANSSI, Guide des mécanismes cryptographiques; ETSI TS 119 312).
const LEAST_RSA: usize = 2048;
/// The RSA keys that are computed with, in bits: longer ones would only cost time.
const RSA_SIZES: std::ops::RangeInclusive<usize> = 512..=8192;

/// A digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The digest of this name.
    pub(super) fn of(name: ObjectIdentifier) -> Option<Self> {
        const NAMES: [(ObjectIdentifier, Hash); 6] = [
            (oid("1.2.840.113549.2.5"), Hash::Md5),
            (oid("1.3.14.3.2.26"), Hash::Sha1),
            (oid("2.16.840.1.101.3.4.2.4"), Hash::Sha224),
            (oid("2.16.840.1.101.3.4.2.1"), Hash::Sha256),
            (oid("2.16.840.1.101.3.4.2.2"), Hash::Sha384),
            (oid("2.16.840.1.101.3.4.2.3"), Hash::Sha512),
        ];
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, hash)| *hash)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Whether two texts of one digest can be made.
    pub(super) const fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }

    /// The digest of some bytes, given in pieces.
    pub(super) fn digest(self, pieces: &[&[u8]]) -> Vec<u8> {
        fn run<D: Digest>(pieces: &[&[u8]]) -> Vec<u8> {
            let mut hasher = D::new();
            pieces.iter().for_each(|piece| hasher.update(piece));
            hasher.finalize().to_vec()
        }
        match self {
            Self::Md5 => run::<Md5>(pieces),
            Self::Sha1 => run::<Sha1>(pieces),
            Self::Sha224 => run::<Sha224>(pieces),
            Self::Sha256 => run::<Sha256>(pieces),
            Self::Sha384 => run::<Sha384>(pieces),
            Self::Sha512 => run::<Sha512>(pieces),
        }
    }
}

/// An `AlgorithmIdentifier`: a name, perhaps with parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Algorithm<'a> {
    pub(super) name: Option<ObjectIdentifier>,
    pub(super) parameters: Option<Element<'a>>,
    pub(super) raw: &'a [u8],
}

impl<'a> Algorithm<'a> {
    pub(super) fn read(element: &Element<'a>) -> Result<Self, Malformed> {
        let mut fields = element.children();
        let name = fields.required(OBJECT_IDENTIFIER)?.oid();
        Ok(Self { name, parameters: fields.next().transpose()?, raw: element.raw })
    }

    pub(super) fn hash(&self) -> Option<Hash> {
        Hash::of(self.name?)
    }

    /// Its name in numbers, for what is not known.
    pub(super) fn number(&self) -> String {
        self.name.map_or_else(|| "a name too long".to_owned(), |name| name.to_string())
    }
}

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Ecdsa(Hash),
    Ed25519,
    RsaPkcs1(Hash),
    RsaPss { hash: Hash, salt: usize },
}

impl Scheme {
    /// The scheme that an algorithm names; `digest` is the one that stands beside it in CMS, for names that do not say one.
    pub(super) fn of(algorithm: &Algorithm<'_>, digest: Option<Hash>) -> Option<Self> {
        type Make = fn(Hash) -> Scheme;
        const NAMES: [(ObjectIdentifier, Make, Hash); 11] = [
            (oid("1.2.840.113549.1.1.4"), Scheme::RsaPkcs1, Hash::Md5),
            (oid("1.2.840.113549.1.1.5"), Scheme::RsaPkcs1, Hash::Sha1),
            (oid("1.2.840.113549.1.1.14"), Scheme::RsaPkcs1, Hash::Sha224),
            (oid("1.2.840.113549.1.1.11"), Scheme::RsaPkcs1, Hash::Sha256),
            (oid("1.2.840.113549.1.1.12"), Scheme::RsaPkcs1, Hash::Sha384),
            (oid("1.2.840.113549.1.1.13"), Scheme::RsaPkcs1, Hash::Sha512),
            (oid("1.2.840.10045.4.1"), Scheme::Ecdsa, Hash::Sha1),
            (oid("1.2.840.10045.4.3.1"), Scheme::Ecdsa, Hash::Sha224),
            (oid("1.2.840.10045.4.3.2"), Scheme::Ecdsa, Hash::Sha256),
            (oid("1.2.840.10045.4.3.3"), Scheme::Ecdsa, Hash::Sha384),
            (oid("1.2.840.10045.4.3.4"), Scheme::Ecdsa, Hash::Sha512),
        ];
        match algorithm.name? {
            RSA => digest.map(Self::RsaPkcs1),
            EC_PUBLIC_KEY => digest.map(Self::Ecdsa),
            ED25519 => Some(Self::Ed25519),
            RSA_PSS => pss(algorithm.parameters),
            name => NAMES.iter().find(|(known, ..)| *known == name).map(|(_, make, hash)| make(*hash)),
        }
    }

    /// The digest that it signs; none for the scheme that signs texts.
    pub(super) const fn hash(self) -> Option<Hash> {
        match self {
            Self::Ecdsa(hash) | Self::RsaPkcs1(hash) | Self::RsaPss { hash, .. } => Some(hash),
            Self::Ed25519 => None,
        }
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::Ecdsa(hash) => format!("ECDSA {}", hash.name()),
            Self::Ed25519 => "Ed25519".to_owned(),
            Self::RsaPkcs1(hash) => format!("RSASSA-PKCS1-v1_5 {}", hash.name()),
            Self::RsaPss { hash, .. } => format!("RSASSA-PSS {}", hash.name()),
        }
    }
}

/// The parameters of RSASSA-PSS (RFC 4055, 3.1), whatever the length of the salt. The mask must be made with the same digest, as that
/// document recommends and all do.
fn pss(parameters: Option<Element<'_>>) -> Option<Scheme> {
    let (mut hash, mut mask, mut salt) = (Hash::Sha1, Hash::Sha1, 20);
    for field in parameters?.expect(SEQUENCE).ok()?.children() {
        let field = field.ok()?;
        let inner = field.children().any().ok()?;
        match field.identifier {
            0xa0 => hash = Algorithm::read(&inner).ok()?.hash()?,
            0xa1 => {
                let generator = Algorithm::read(&inner).ok()?;
                (generator.name? == MGF1).then_some(())?;
                mask = Algorithm::read(&generator.parameters?).ok()?.hash()?;
            }
            0xa2 => salt = inner.small()?,
            0xa3 => (inner.small()? == 1).then_some(())?,
            _ => return None,
        }
    }
    (hash == mask).then_some(Scheme::RsaPss { hash, salt: usize::try_from(salt).ok()? })
}

/// A public key.
pub(super) enum Key {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    /// A key; whether it may be used with PSS only.
    Rsa(RsaPublicKey, bool),
}

impl Key {
    /// Reads a `SubjectPublicKeyInfo`; none when the key is of a kind that is not known here, or no key.
    pub(super) fn read(info: &[u8]) -> Option<Self> {
        let mut fields = Element::only(info).ok()?.expect(SEQUENCE).ok()?.children();
        let algorithm = Algorithm::read(&fields.any().ok()?).ok()?;
        let bits = fields.any().ok()?.bits()?;
        match algorithm.name? {
            RSA => rsa_key(bits).map(|key| Self::Rsa(key, false)),
            RSA_PSS => rsa_key(bits).map(|key| Self::Rsa(key, true)),
            ED25519 => ed25519_dalek::VerifyingKey::from_bytes(bits.try_into().ok()?).ok().map(Self::Ed25519),
            EC_PUBLIC_KEY => match algorithm.parameters?.oid()?.to_string().as_str() {
                "1.2.840.10045.3.1.7" => p256::ecdsa::VerifyingKey::from_sec1_bytes(bits).ok().map(Self::P256),
                "1.3.132.0.34" => p384::ecdsa::VerifyingKey::from_sec1_bytes(bits).ok().map(Self::P384),
                "1.3.132.0.35" => p521::ecdsa::VerifyingKey::from_sec1_bytes(bits).ok().map(Self::P521),
                _ => None,
            },
            _ => None,
        }
    }

    /// What is weak about it.
    pub(super) fn weakness(&self) -> Option<String> {
        match self {
            Self::Rsa(key, _) if (key.n().bits_vartime() as usize) < LEAST_RSA => {
                Some(format!("an RSA key of {} bits, at least {LEAST_RSA} are expected", key.n().bits_vartime()))
            }
            _ => None,
        }
    }

    /// Whether a value is the signature, by this key and this scheme, of some bytes given in pieces.
    pub(super) fn verifies(&self, scheme: Scheme, pieces: &[&[u8]], signature: &[u8]) -> bool {
        match (self, scheme) {
            (Self::Rsa(key, false), Scheme::RsaPkcs1(hash)) => pkcs1(key, hash, &hash.digest(pieces), signature),
            (Self::Rsa(key, _), Scheme::RsaPss { hash, salt }) => {
                probabilistic(key, hash, salt, &hash.digest(pieces), signature)
            }
            (Self::P256(key), Scheme::Ecdsa(hash)) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|value| key.verify_prehash(&hash.digest(pieces), &value).is_ok()),
            (Self::P384(key), Scheme::Ecdsa(hash)) => p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|value| key.verify_prehash(&widened(&hash.digest(pieces), 48), &value).is_ok()),
            (Self::P521(key), Scheme::Ecdsa(hash)) => p521::ecdsa::Signature::from_der(signature)
                .is_ok_and(|value| key.verify_prehash(&widened(&hash.digest(pieces), 66), &value).is_ok()),
            (Self::Ed25519(key), Scheme::Ed25519) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|value| key.verify_strict(&pieces.concat(), &value).is_ok()),
            _ => false,
        }
    }
}

fn rsa_key(bits: &[u8]) -> Option<RsaPublicKey> {
    let mut fields = Element::only(bits).ok()?.expect(SEQUENCE).ok()?.children();
    let mut number = || {
        let bytes = ber::without_leading_zeros(fields.required(ber::INTEGER).ok()?.content);
        let size = u32::try_from(bytes.len()).ok()?.checked_mul(8).filter(|size| *size as usize <= *RSA_SIZES.end())?;
        BoxedUint::from_be_slice(bytes, size).ok()
    };
    let (modulus, exponent) = (number()?, number()?);
    RsaPublicKey::new_with_size_limits(modulus, exponent, RSA_SIZES).ok()
}

fn pkcs1(key: &RsaPublicKey, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
    let padding = match hash {
        Hash::Md5 => Pkcs1v15Sign::new::<Md5>(),
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    key.verify(padding, digest, signature).is_ok()
}

fn probabilistic(key: &RsaPublicKey, hash: Hash, salt: usize, digest: &[u8], signature: &[u8]) -> bool {
    let verified = match hash {
        Hash::Md5 => return false,
        Hash::Sha1 => key.verify(Pss::<Sha1>::new_with_salt(salt), digest, signature),
        Hash::Sha224 => key.verify(Pss::<Sha224>::new_with_salt(salt), digest, signature),
        Hash::Sha256 => key.verify(Pss::<Sha256>::new_with_salt(salt), digest, signature),
        Hash::Sha384 => key.verify(Pss::<Sha384>::new_with_salt(salt), digest, signature),
        Hash::Sha512 => key.verify(Pss::<Sha512>::new_with_salt(salt), digest, signature),
    };
    verified.is_ok()
}

/// A digest as the whole number of a curve's size that it stands for (FIPS 186-5, 6.4.2). The curves' own code refuses a digest of less
/// than half their size, which SHA-256 is for P-521; zeros before a number do not change it.
fn widened(digest: &[u8], size: usize) -> Vec<u8> {
    let zeros = size.saturating_sub(digest.len());
    let mut bytes = vec![0; zeros];
    bytes.extend_from_slice(digest);
    bytes
}
