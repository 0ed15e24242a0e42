//! The outcome, with everything it rests on.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::policy::Effect;
use crate::{
    domain::{ContractId, Exemplaire, Partie, VersionNum},
    evidence::Observation,
};

/// What is to be done with a returned file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is the contract, intact, signed by the three parties, and nothing is to be said of it.
    Accept,
    /// It is accepted, and something is to be known.
    AcceptNote,
    /// It is the contract, and nobody signed it electronically.
    Unsigned,
    /// A person decides.
    Review,
    /// It is not accepted.
    Reject,
    /// It could not be judged: it is asked for again.
    Unreadable,
}

impl Outcome {
    /// Every outcome, from the best.
    pub const ALL: [Self; 6] =
        [Self::Accept, Self::AcceptNote, Self::Unsigned, Self::Review, Self::Reject, Self::Unreadable];

    /// Its name in reports: `accept-note`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::AcceptNote => "accept-note",
            Self::Reject => "reject",
            Self::Review => "review",
            Self::Unreadable => "unreadable",
            Self::Unsigned => "unsigned",
        }
    }

    /// What officers call it, of a return that was measured and not yet decided on.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "favorable",
            Self::AcceptNote => "favorable, avec une remarque",
            Self::Reject => "défavorable",
            Self::Review => "douteux",
            Self::Unreadable => "non jugé",
            Self::Unsigned => "sans signature électronique",
        }
    }

    /// Whether the file counts as the signed contract.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Accept | Self::AcceptNote)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a party has signed, as far as one file shows and as a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EtatSignature {
    /// No signature of it.
    Absente,
    /// Its signature is broken, forged, or somebody else's.
    Refusee,
    /// A person has to look at it.
    AVerifier,
    /// Ink in its box on paper: somebody wrote there.
    Encre,
    /// A person looked at it, and accepted it.
    Admise,
    /// Its electronic signature is sound.
    Valable,
}

impl EtatSignature {
    /// Every state, from the one that says least.
    pub const ALL: [Self; 6] =
        [Self::Absente, Self::Refusee, Self::AVerifier, Self::Encre, Self::Admise, Self::Valable];

    /// The words officers use: ink is not called a signature.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AVerifier => "à vérifier",
            Self::Admise => "admise par un agent",
            Self::Encre => "encre dans le cadre",
            Self::Absente => "absente",
            Self::Refusee => "non valable",
            Self::Valable => "valable",
        }
    }

    /// Whether it counts as signed, in a return that is accepted.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Admise | Self::Encre | Self::Valable)
    }
}

/// The signature of one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// What is to be thought of it.
    pub etat: EtatSignature,
    /// The field in which it stands; none when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// An observation and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Weighed {
    /// What was seen, and where.
    #[serde(flatten)]
    pub observation: Observation,
    /// What follows from it.
    pub effect: Effect,
}

/// What a judgement did not look at, so that nobody takes it for looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotChecked {
    /// How pages that differ look: they were compared by what they hold only.
    Appearance,
    /// Whether the signatories had the power to sign: the register and a person know.
    Capacity,
    /// Whose hand wrote: ink in a box is not a signature by somebody.
    Hand,
    /// What stands in the margins, in the zone of initials and around the codes.
    Margins,
    /// Whether the issued file is still as archived: it was compared by the digests of its pages only.
    Original,
    /// Whether certificates were revoked.
    Revocation,
    /// When it was signed: the signer's own clock is no proof.
    Time,
}

/// The outcome for one returned file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What is to be done with it.
    #[serde(rename = "verdict")]
    pub outcome: Outcome,
    /// The contract; none when it is not one of this campaign.
    #[serde(serialize_with = "shown")]
    pub contract: Option<ContractId>,
    /// Its version.
    pub version: Option<VersionNum>,
    /// The exemplaire.
    #[serde(serialize_with = "number")]
    pub exemplaire: Option<Exemplaire>,
    /// Who has signed.
    pub parties: BTreeMap<Partie, Signed>,
    /// Why, the gravest first.
    pub reasons: Vec<Weighed>,
    /// What was not looked at.
    pub not_checked: Vec<NotChecked>,
}

impl Verdict {
    /// The parties whose signature counts, in signing order.
    pub fn signed(&self) -> impl Iterator<Item = Partie> {
        self.parties.iter().filter(|(_, signed)| signed.etat.counts()).map(|(partie, _)| *partie)
    }
}

#[expect(clippy::ref_option, reason = "the form that serde asks for")]
fn shown<S: serde::Serializer>(id: &Option<ContractId>, serializer: S) -> Result<S::Ok, S::Error> {
    id.as_ref().map(ToString::to_string).serialize(serializer)
}

#[expect(clippy::ref_option, reason = "the form that serde asks for")]
fn number<S: serde::Serializer>(exemplaire: &Option<Exemplaire>, serializer: S) -> Result<S::Ok, S::Error> {
    exemplaire.map(Exemplaire::number).serialize(serializer)
}
