//! What the agency makes of what was seen.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use crate::evidence::{Indication, Reason, SignatureEvidence, SubIndication};

/// What follows from an observation, from the least to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It is told.
    Note,
    /// A person decides.
    Review,
    /// The file is not accepted.
    Reject,
    /// The file cannot be judged: it is asked for again.
    Unreadable,
}

/// The rules of an agency, and the moment of the judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Whether a signature is accepted only when something shows that its certificate was not revoked. When not, what is unknown is
    /// told and does not stop the contract.
    pub revocation_required: bool,
    /// The instant of the judgement.
    pub now: Timestamp,
    /// The civil day of the agency at that instant.
    pub today: Date,
}

impl Policy {
    /// What follows from an observation.
    #[must_use]
    pub const fn effect(&self, reason: Reason) -> Effect {
        use Reason as R;
        match reason {
            R::Encrypted | R::Truncated | R::Unreadable => Effect::Unreadable,

            R::BoxInk
            | R::DocRewritten
            | R::DuplicateReturn
            | R::Incomplete
            | R::InkOutside
            | R::PageDoubled
            | R::PageExemplaire
            | R::PageOrder
            | R::PageTurned
            | R::RevisionDss
            | R::RevisionMetadata
            | R::SignedAfterEffect
            | R::SignerNameOnly
            | R::TimestampUntrusted => Effect::Note,
            R::RevocationUnknown if !self.revocation_required => Effect::Note,

            // What a signature lacks: its indication says whether it fails (see `of_signature`).
            R::CertExpired
            | R::CertNotYetValid
            | R::CertRevoked
            | R::CertUsage
            | R::ChainIncomplete
            | R::ChainInvalid
            | R::ChainUntrusted
            | R::RevocationUnknown
            | R::Unsupported
            | R::WeakAlgorithm => Effect::Review,

            // A measure on paper is never sure: a person looks at both pictures.
            R::BoxDoubtful
            | R::BoxUnreadable
            | R::ExemplaireRepeated
            | R::InkOverText
            | R::MixedReturn
            | R::PageAltered
            | R::PageCodeUnknown
            | R::PageForeign
            | R::PageProposed
            | R::PageStrange
            | R::PageUncompared => Effect::Review,

            R::Flattened
            | R::ImageOnly
            | R::LeadingData
            | R::LimitExceeded
            | R::RevisionAnnot
            | R::RevisionForms
            | R::RevisionOther
            | R::RevisionSignature
            | R::RevisionStructure
            | R::SignerDelegation
            | R::SignerOrder
            | R::SignerOtherPerson
            | R::SigningTimeImpossible
            | R::TrailingData => Effect::Review,

            _ => Effect::Reject,
        }
    }

    /// What follows from a signature's indication, whatever its reasons.
    #[must_use]
    pub fn of_signature(&self, signature: &SignatureEvidence) -> Option<Effect> {
        match (signature.indication, signature.sub_indication) {
            (Indication::TotalPassed, _) => None,
            (Indication::Indeterminate, Some(SubIndication::TryLater)) if !self.revocation_required => {
                Some(Effect::Note)
            }
            (Indication::Indeterminate, _) => Some(Effect::Review),
            (Indication::TotalFailed, _) => Some(Effect::Reject),
        }
    }
}
