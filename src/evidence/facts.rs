//! The facts that a returned file yields.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::reason::{Observation, Reason};
use crate::{digest::FileDigest, stamp::PageHash};

/// What kind of file came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Nature {
    /// Text pages and at least one electronic signature.
    ESigned,
    /// Protected by a password that is not empty.
    Encrypted,
    /// A picture, or a PDF whose pages are pictures.
    Image,
    /// Pages of both kinds, or pictures under an electronic signature.
    Mixed,
    /// A PDF with text pages and no electronic signature.
    Unsigned,
    /// Not a file that can be read: the observations say why.
    Unreadable,
}

/// The facts of one returned file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
    /// Its size in bytes.
    pub size: u64,
    /// What kind of file it is.
    pub nature: Nature,
    /// Its revisions, in order; one at least in a file that can be read.
    pub revisions: Vec<Revision>,
    /// Its signatures, in the order of the revisions that brought them; those that are malformed too.
    pub signatures: Vec<SignatureEvidence>,
    /// What was seen of the file and of its revisions. What was seen of a signature stands with the signature.
    pub observations: Vec<Observation>,
}

/// What a revision was made for, from what it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevisionKind {
    /// It changes something else, or more.
    Change,
    /// The first one: it makes the file.
    First,
    /// It fills form fields.
    Forms,
    /// It changes nothing that shows: metadata, or nothing at all.
    Silent,
    /// It adds a signature.
    Signature,
    /// It adds what validates signatures later (DSS, document time stamp).
    Validation,
}

/// One revision of a file (ISO 32000-1, 7.5.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// Its number, from 1.
    pub number: usize,
    /// Where it ends in the file, in bytes.
    pub end: u64,
    /// What it was made for.
    pub kind: RevisionKind,
    /// What each page shows, in order; empty when the pages cannot be read.
    pub pages: Vec<PageHash>,
}

/// Which part of the file a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// No part that can be told.
    None,
    /// Some bytes, and not a whole revision: whatever it proves, it does not prove it of the file.
    Partial,
    /// Everything up to the end of its revision, and later revisions follow.
    Revision,
    /// Everything.
    File,
}

/// What is to be thought of a signature by itself (ETSI EN 319 102-1, 5.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Indication {
    /// It is broken, or was made with something that was not allowed.
    TotalFailed,
    /// What is given does not suffice to say.
    Indeterminate,
    /// It is sound.
    TotalPassed,
}

/// Why (ETSI EN 319 102-1, tables 5 and 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the standard's own words, explained by the standard's tables")]
pub enum SubIndication {
    CertificateChainGeneralFailure,
    ChainConstraintsFailure,
    CryptoConstraintsFailure,
    CryptoConstraintsFailureNoPoe,
    Expired,
    FormatFailure,
    HashFailure,
    NotYetValid,
    NoCertificateChainFound,
    NoSigningCertificateFound,
    OutOfBoundsNoPoe,
    Revoked,
    RevokedNoPoe,
    SigConstraintsFailure,
    SigCryptoFailure,
    SignedDataNotFound,
    TimestampOrderFailure,
    TryLater,
}

/// Which profile of PAdES a signature follows (ETSI EN 319 142-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// None: a signature of another or older form.
    #[serde(rename = "none")]
    None,
    /// Basic.
    #[serde(rename = "B-B")]
    BB,
    /// With a time stamp.
    #[serde(rename = "B-T")]
    BT,
    /// With what validates it.
    #[serde(rename = "B-LT")]
    BLt,
    /// With a time stamp over what validates it.
    #[serde(rename = "B-LTA")]
    BLta,
}

/// Whether the certificate was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "status")]
pub enum Revocation {
    /// A list or a response says that it was not.
    Good {
        /// When the list or response was made.
        as_of: Timestamp,
    },
    /// It was.
    Revoked {
        /// Since when.
        since: Timestamp,
    },
    /// Nothing that was given tells.
    Unknown,
}

/// Who signed, as the certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The subject, as RFC 4514 writes it.
    pub subject: String,
    /// The issuer, as RFC 4514 writes it.
    pub issuer: String,
    /// The serial number, in hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate.
    pub certificate: FileDigest,
    /// `commonName`.
    pub common_name: Option<String>,
    /// `givenName`.
    pub given_name: Option<String>,
    /// `surname`.
    pub surname: Option<String>,
    /// `organizationName`.
    pub organization: Option<String>,
    /// Every text of the subject and of the alternative names that may identify an organisation: `organizationIdentifier`
    /// (`NTRFR-269600011`, ETSI EN 319 412-1), `organizationalUnitName` (`0002 269600011`), `serialNumber`…
    pub identifiers: Vec<String>,
    /// First instant of validity.
    pub not_before: Timestamp,
    /// Last instant of validity.
    pub not_after: Timestamp,
}

/// A time stamp that holds: over the signature, or over the file after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timestamped {
    /// When.
    pub time: Timestamp,
    /// Who says so: the subject of the authority's certificate.
    pub authority: String,
    /// Whether the campaign trusts the authority.
    pub trusted: bool,
}

/// The facts of one signature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignatureEvidence {
    /// The full name of its field; none for a signature that no field names.
    pub field: Option<String>,
    /// The page of its widget, from 1.
    pub page: Option<u32>,
    /// The number of its revision, from 1; none when its ranges do not end one.
    pub revision: Option<usize>,
    /// The number of the revision that brings it, from 1.
    pub since: usize,
    /// Whether its field was not there before.
    pub new_field: bool,
    /// Whether its field covers something of a page.
    pub visible: bool,
    /// What part of the file it covers.
    pub coverage: Coverage,
    /// The `SubFilter`: `ETSI.CAdES.detached`.
    pub subfilter: String,
    /// Whether it is a document time stamp, by which nobody signs.
    pub document_timestamp: bool,
    /// What is to be thought of it by itself.
    pub indication: Indication,
    /// Why.
    pub sub_indication: Option<SubIndication>,
    /// Which profile it follows.
    pub level: Level,
    /// Who signed; none when no certificate can be read.
    pub signer: Option<Signer>,
    /// How it was made: `RSASSA-PSS SHA-256`.
    pub algorithm: Option<String>,
    /// The time that the signer claims.
    pub claimed: Option<Timestamp>,
    /// Its time stamps, the earliest first.
    pub timestamps: Vec<Timestamped>,
    /// Whether the certificate was revoked.
    pub revocation: Revocation,
    /// What was seen.
    pub observations: Vec<Observation>,
}

impl SignatureEvidence {
    /// The earliest time that a trusted authority proves.
    #[must_use]
    pub fn proven(&self) -> Option<Timestamp> {
        self.timestamps.iter().filter(|stamp| stamp.trusted).map(|stamp| stamp.time).min()
    }

    /// Whether something of a kind was seen of it.
    #[must_use]
    pub fn shows(&self, reason: Reason) -> bool {
        self.observations.iter().any(|observation| observation.reason == reason)
    }
}
