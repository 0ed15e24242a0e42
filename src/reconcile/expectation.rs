//! What should come back.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::{ContractId, Partie, VersionNum};

/// What should come back of one version of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The contract.
    pub contract: ContractId,
    /// The version.
    pub version: VersionNum,
    /// Whether this version is the one to sign.
    pub standing: Standing,
    /// Who is expected to sign, as printed in this version.
    pub signataires: BTreeMap<Partie, Signataire>,
    /// The day on which it was sent; none when it was not.
    pub sent: Option<Date>,
    /// The first day of effect.
    pub effet: Date,
    /// The last day of the contract; none when it has no end.
    pub fin: Option<Date>,
}

/// Whether a version is the one to sign (rule 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was proposed, and stands.
    Current,
    /// It was never proposed.
    Draft,
    /// It lost its object, or was terminated.
    Ended,
    /// Another version took its place.
    Replaced(VersionNum),
}

/// Who is expected to sign for a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signataire {
    /// The party's name.
    pub organisation: String,
    /// The numbers that may stand for the party in a certificate: SIREN, FINESS.
    pub identifiers: Vec<String>,
    /// First name of the person who signs.
    pub prenom: String,
    /// Family name.
    pub nom: String,
    /// First and last day of the delegation by which the person signs, when not the legal representative.
    pub delegation: Option<(Date, Option<Date>)>,
}
