//! What can be seen in a returned file, by a name that never changes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of observation. Its name in reports is `BYTERANGE_GAP`; `docs/diagnostics/retours.md` has a heading for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Reason {
    // --- the file as it came
    /// It is protected by a password.
    Encrypted,
    /// Its pages are the contract's, and it has neither its fields nor its signatures: it was printed to a file.
    Flattened,
    /// Its pages are pictures.
    ImageOnly,
    /// Something stands before its header.
    LeadingData,
    /// It is larger, deeper or slower to read than any contract.
    LimitExceeded,
    /// Something stands after its end.
    TrailingData,
    /// It ends before its end.
    Truncated,
    /// It cannot be read.
    Unreadable,

    // --- where signatures stand in the file
    /// A signed range leaves out more than the signature itself.
    ByterangeGap,
    /// The signed ranges are missing, are no numbers, or lie outside the file.
    ByterangeMalformed,
    /// The signed ranges do not begin with the file.
    ByterangeNotFromZero,
    /// The signature's own bytes are missing or are no signature.
    ContentsMalformed,
    /// Something stands in the signature's place after the signature.
    ContentsTrailingData,
    /// A signed range ends before the end of its revision.
    NotCoveredTail,
    /// A signature that no field names.
    OrphanSignatureObject,
    /// Two fields name one signature.
    SigObjectShared,
    /// A later revision writes over a signature.
    SignatureReplaced,

    // --- what revisions change
    /// A change that the certification forbids (DocMDP).
    DocmdpViolation,
    /// A change to a field that a signature locked (FieldMDP).
    FieldmdpViolation,
    /// The value of a form field is not what it shows.
    FormValueMismatch,
    /// Something is there that no page shows yet.
    HiddenContent,
    /// A revision frees an object that was in use.
    ObjectFreed,
    /// A revision adds, changes or removes an annotation.
    RevisionAnnot,
    /// A revision adds what validates signatures later (DSS, VRI, document time stamp).
    RevisionDss,
    /// A revision fills form fields.
    RevisionForms,
    /// A revision changes what the file says of itself (title, dates, XMP).
    RevisionMetadata,
    /// A revision changes something else: names, attachments, actions, layers.
    RevisionOther,
    /// A revision changes what a page shows.
    RevisionPageContent,
    /// A revision adds, removes or moves pages.
    RevisionPages,
    /// A revision adds a signature or a signature field that was not there.
    RevisionSignature,
    /// A revision changes how the file is built: catalog, page tree, structure.
    RevisionStructure,
    /// Objects that belong to no revision.
    TrailingObjects,
    /// A page does not look as it did.
    VisibleChange,

    // --- signatures by themselves
    /// The signature carries a content of its own.
    AttachedContent,
    /// The certificate had expired, and nothing proves that the signature is older.
    CertExpired,
    /// The certificate was not valid yet.
    CertNotYetValid,
    /// The certificate was revoked.
    CertRevoked,
    /// The certificate is not made for signing documents.
    CertUsage,
    /// The certificate, or one above it, is not there.
    ChainIncomplete,
    /// A certificate above was not allowed to issue the one below, or did not.
    ChainInvalid,
    /// The chain ends with nobody whom the campaign trusts.
    ChainUntrusted,
    /// What was signed is not these bytes.
    DigestMismatch,
    /// More than one signer in one signature.
    MultipleSignerinfos,
    /// Nothing given tells whether the certificate was revoked.
    RevocationUnknown,
    /// The signature was not made with the certificate's key.
    SignatureInvalid,
    /// The signature names another certificate than the one it carries.
    SigningCertAttrMismatch,
    /// The time stamp is not of this signature, or is broken.
    TimestampInvalid,
    /// The time stamp comes from nobody whom the campaign trusts.
    TimestampUntrusted,
    /// A form of signature that is not verified here.
    Unsupported,
    /// An algorithm or a key that is no longer safe.
    WeakAlgorithm,

    // --- on paper
    /// A little ink in a signature box, or some that may belong to the next one.
    BoxDoubtful,
    /// Ink in a signature box: it says that somebody wrote there, not who.
    BoxInk,
    /// A signature box that could not be compared with the printed one.
    BoxUnreadable,
    /// Two sets bear the number of one exemplaire: one file was printed twice.
    ExemplaireRepeated,
    /// Ink where nothing was printed, outside the boxes: initials, a date, a stamp, a remark.
    InkOutside,
    /// Ink over letters or figures that were printed.
    InkOverText,
    /// One exemplaire came back signed electronically, and on paper with ink.
    MixedReturn,
    /// Something was added, changed or taken away on a page.
    PageAltered,
    /// A page bears a code of ours, and the campaign printed no such page.
    PageCodeUnknown,
    /// A page is there twice.
    PageDoubled,
    /// Pages of another exemplaire of the same version lie in the set.
    PageExemplaire,
    /// A page of another contract or version lies in the set.
    PageForeign,
    /// A page of the contract is not there.
    PageMissing,
    /// The pages are not in their order.
    PageOrder,
    /// No code could be read; the page is proposed from what it shows.
    PageProposed,
    /// A page that is none of ours: a letter, or a page that cannot be recognised.
    PageStrange,
    /// A page was scanned upside down or on its side.
    PageTurned,
    /// A page could not be compared with the printed one.
    PageUncompared,

    // --- against what was sent
    /// Its first pages are ours; what was signed is not what was sent.
    DocNotOriginal,
    /// None of its pages is of a contract of this campaign.
    DocOther,
    /// Its pages are ours; another program wrote the file anew.
    DocRewritten,
    /// Another version than the last proposed was signed.
    DocWrongVersion,
    /// The same file was received before.
    DuplicateReturn,
    /// A party has not signed.
    Incomplete,
    /// A party signed after the contract took effect.
    SignedAfterEffect,
    /// The signatory's delegation does not hold on the day of the signature.
    SignerDelegation,
    /// One person or organisation signs for two parties.
    SignerDuplicate,
    /// A party signed before one that signs first.
    SignerOrder,
    /// Nobody tells who the signer's organisation is; the name is the one expected.
    SignerNameOnly,
    /// Somebody else of the expected organisation signed.
    SignerOtherPerson,
    /// Somebody else than the expected signatory signed.
    SignerUnexpected,
    /// The day of signature is not possible.
    SigningTimeImpossible,
}

impl Reason {
    /// Its name in reports, `BYTERANGE_GAP`.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// Where in a returned file something was seen; what is absent does not matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Place {
    /// The revision, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<usize>,
    /// The page, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The full name of the form field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The number of the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<u32>,
}

/// Something seen in a returned file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Observation {
    /// What kind.
    #[serde(rename = "code")]
    pub reason: Reason,
    /// Where.
    #[serde(default, flatten)]
    pub place: Place,
    /// One sentence, lower case, no full stop, in English: what was found, and what was expected.
    pub detail: String,
}

impl Observation {
    /// Something seen, nowhere in particular yet.
    #[must_use]
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, place: Place::default(), detail: detail.into() }
    }

    /// Says in which revision, from 1.
    #[must_use]
    pub const fn in_revision(mut self, revision: usize) -> Self {
        self.place.revision = Some(revision);
        self
    }

    /// Says on which page, from 1.
    #[must_use]
    pub const fn on_page(mut self, page: u32) -> Self {
        self.place.page = Some(page);
        self
    }

    /// Says in which field.
    #[must_use]
    pub fn in_field(mut self, field: &str) -> Self {
        self.place.field = Some(field.to_owned());
        self
    }

    /// Says in which object.
    #[must_use]
    pub const fn in_object(mut self, object: u32) -> Self {
        self.place.object = Some(object);
        self
    }
}
