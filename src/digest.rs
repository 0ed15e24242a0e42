//! How digests are named: SHA-256, in lower-case hexadecimal, typed by what was hashed.
//!
//! [`ContentHash`] is the digest of a contract's canonical document: the same for the DOCX, the PDF and the three exemplaires.
//! [`FileDigest`] is the digest of one file's bytes. [`EventDigest`] is the digest of one event of the register and, through
//! it, of all the events before. They are three types so that one is never compared with another.

use std::{fmt, io, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// SHA-256 of a canonical document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

/// SHA-256 of a file's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileDigest([u8; 32]);

/// SHA-256 of an event of the register, which covers the digest of the event before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventDigest([u8; 32]);

impl ContentHash {
    /// Hashes a canonical form.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        Self(Sha256::digest(canonical).into())
    }

    /// The first 80 bits in base 32 (RFC 4648 alphabet, no padding): the 16 characters a page code carries.
    #[must_use]
    pub fn short(&self) -> String {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits = self.0.iter().take(10).fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        (0..16).rev().filter_map(|i| ALPHABET.chars().nth(((bits >> (5 * i)) & 31) as usize)).collect()
    }
}

impl EventDigest {
    /// Hashes a canonical form.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        Self(Sha256::digest(canonical).into())
    }
}

impl FileDigest {
    /// Hashes the bytes of a file.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Hashes parts as if they were one after the other in a file.
    #[must_use]
    pub fn of_hasher(parts: Sha256) -> Self {
        Self(parts.finalize().into())
    }

    /// Hashes what is read, in pieces, and counts its bytes.
    ///
    /// # Errors
    /// When reading fails.
    pub fn of_reader(mut reader: impl io::Read) -> io::Result<(Self, u64)> {
        let (mut hasher, mut size) = (Sha256::new(), 0);
        let mut piece = vec![0; 1 << 17];
        loop {
            let read = match reader.read(&mut piece) {
                Ok(0) => return Ok((Self(hasher.finalize().into()), size)),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hasher.update(piece.get(..read).unwrap_or_default());
            size += read as u64;
        }
    }
}

/// A text is not a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 hexadecimal digits, in lower case")]
pub struct DigestError;

fn from_hexadecimal(text: &str) -> Result<[u8; 32], DigestError> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Ok(c - b'0'),
        b'a'..=b'f' => Ok(c - b'a' + 10),
        _ => Err(DigestError),
    };
    let mut bytes = [0; 32];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return Err(DigestError);
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Ok(bytes)
}

macro_rules! hexadecimal {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl FromStr for $name {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<Self, DigestError> {
                from_hexadecimal(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hexadecimal!(ContentHash);
hexadecimal!(EventDigest);
hexadecimal!(FileDigest);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_digest_is_what_sha256sum_prints() {
        assert_eq!(
            FileDigest::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_digest_is_written_and_read_back() {
        let digest = FileDigest::of(b"abc");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(FileDigest::of_reader(&b"abc"[..]).unwrap(), (digest, 3));
        for bad in ["", "ba78", &"A".repeat(64), &"é".repeat(32), &"0".repeat(65)] {
            assert_eq!(bad.parse::<FileDigest>(), Err(DigestError), "{bad}");
        }
    }

    #[test]
    fn the_short_form_is_the_base_32_of_the_first_80_bits() {
        assert_eq!(ContentHash::of(b"abc").short(), "XJ4BNP4PAHH6UQKB");
    }
}
