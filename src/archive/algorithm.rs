//! The digest algorithms of the standard, and files hashed by several of them in one reading.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    io::Read as _,
    path::Path,
};

use blake2::{Blake2b, Blake2b512};
use sha2::digest::{Digest, DynDigest, consts};

/// A digest algorithm that the standard or its registered extensions name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Algorithm {
    Blake2b160,
    Blake2b256,
    Blake2b384,
    Blake2b512,
    Md5,
    Sha1,
    Sha256,
    Sha512,
    Sha512Short,
}

impl Algorithm {
    const ALL: [Self; 9] = [
        Self::Blake2b160,
        Self::Blake2b256,
        Self::Blake2b384,
        Self::Blake2b512,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::Sha512Short,
    ];

    /// The algorithm of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Its name in inventories and in the names of sidecar files.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Blake2b160 => "blake2b-160",
            Self::Blake2b256 => "blake2b-256",
            Self::Blake2b384 => "blake2b-384",
            Self::Blake2b512 => "blake2b-512",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Sha512Short => "sha512/256",
        }
    }

    /// Whether objects may be addressed by it.
    pub(super) const fn addresses_content(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha512)
    }

    /// Whether this text has the form of one of its digests: hexadecimal, of either case, of the right length.
    pub(super) fn fits(self, digest: &str) -> bool {
        digest.len() == 2 * self.hasher().output_size() && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// The digest of these bytes, in lower-case hexadecimal.
    pub(super) fn of(self, bytes: &[u8]) -> String {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hexadecimal(&hasher.finalize())
    }

    fn hasher(self) -> Box<dyn DynDigest> {
        match self {
            Self::Blake2b160 => Box::new(Blake2b::<consts::U20>::new()),
            Self::Blake2b256 => Box::new(Blake2b::<consts::U32>::new()),
            Self::Blake2b384 => Box::new(Blake2b::<consts::U48>::new()),
            Self::Blake2b512 => Box::new(Blake2b512::new()),
            Self::Md5 => Box::new(md5::Md5::new()),
            Self::Sha1 => Box::new(sha1::Sha1::new()),
            Self::Sha256 => Box::new(sha2::Sha256::new()),
            Self::Sha512 => Box::new(sha2::Sha512::new()),
            Self::Sha512Short => Box::new(sha2::Sha512_256::new()),
        }
    }
}

/// What a file's bytes are: their number, and their digests in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fixity {
    pub(super) size: u64,
    pub(super) digests: BTreeMap<Algorithm, String>,
}

impl Fixity {
    /// The digest by this algorithm; empty when it was not asked for.
    pub(super) fn digest(&self, algorithm: Algorithm) -> &str {
        self.digests.get(&algorithm).map_or("", String::as_str)
    }
}

/// Reads a file once, in pieces, and hashes it by each of these algorithms; what is read also goes to `sink`.
pub(super) fn hash_into(
    path: &Path,
    algorithms: &BTreeSet<Algorithm>,
    mut sink: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Fixity> {
    let mut file = fs::File::open(path)?;
    let mut hashers: Vec<_> = algorithms.iter().map(|algorithm| (*algorithm, algorithm.hasher())).collect();
    let (mut piece, mut size) = (vec![0; 1 << 17], 0);
    loop {
        let read = match file.read(&mut piece) {
            Ok(read) => piece.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read.is_empty() {
            break;
        }
        hashers.iter_mut().for_each(|(_, hasher)| hasher.update(read));
        size += read.len() as u64;
        sink(read)?;
    }
    let digests = hashers.into_iter().map(|(algorithm, hasher)| (algorithm, hexadecimal(&hasher.finalize()))).collect();
    Ok(Fixity { size, digests })
}

/// Reads a file once, in pieces, and hashes it by each of these algorithms.
pub(super) fn hash(path: &Path, algorithms: &BTreeSet<Algorithm>) -> io::Result<Fixity> {
    hash_into(path, algorithms, |_| Ok(()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_algorithm_gives_what_the_standard_prints_for_no_bytes() {
        let of_nothing = |name: &str| Algorithm::named(name).unwrap().of(b"");
        assert_eq!(of_nothing("md5"), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(of_nothing("sha1"), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert!(of_nothing("sha256").starts_with("e3b0c44298fc1c149afbf4c8996fb92427ae41e4"));
        assert!(of_nothing("sha512").starts_with("cf83e1357eefb8bdf1542850d66d8007d620e405"));
        assert!(of_nothing("blake2b-512").starts_with("786a02f742015903c6c6fd852552d272912f4740"));
        assert!(of_nothing("blake2b-160").starts_with("3345524abf6bbe1809449224b5972c41790b6cf2"));
        assert!(of_nothing("sha512/256").starts_with("c672b8d1ef56ed28ab87c3622c511406"));
        assert_eq!(Algorithm::named("sha3"), None);
    }

    #[test]
    fn a_digest_has_its_length_and_its_digits() {
        assert!(Algorithm::Md5.fits("D41D8CD98F00B204E9800998ECF8427E"));
        assert!(!Algorithm::Md5.fits("d41d8cd98f00b204e9800998ecf8427"));
        assert!(!Algorithm::Md5.fits("g41d8cd98f00b204e9800998ecf8427e"));
    }
}
