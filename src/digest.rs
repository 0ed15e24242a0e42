//! How digests are named: SHA-256, in lower-case hexadecimal, typed by what was hashed.
//!
//! [`ContentHash`] is the digest of a contract's canonical document: the same for the DOCX, the PDF and the three exemplaires.
//! [`FileDigest`] is the digest of one file's bytes. They are two types so that one is never compared with the other.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// SHA-256 of a canonical document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

/// SHA-256 of a file's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileDigest([u8; 32]);

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

impl FileDigest {
    /// Hashes the bytes of a file.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
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
    };
}

hexadecimal!(ContentHash);
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
    fn the_short_form_is_the_base_32_of_the_first_80_bits() {
        assert_eq!(ContentHash::of(b"abc").short(), "XJ4BNP4PAHH6UQKB");
    }
}
