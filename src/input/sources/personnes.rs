//! What several files write the same way: addresses, signatories, acts, opinions.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::Civilite;

/// A postal address.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdresseSource {
    /// Street line.
    pub ligne1: String,
    /// Second line.
    pub ligne2: Option<String>,
    /// Five digits, always between quotes.
    pub code_postal: String,
    /// Town.
    pub commune: String,
}

/// A person who signs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignataireSource {
    /// `M.` or `Mme`.
    pub civilite: Civilite,
    /// First name.
    pub prenom: String,
    /// Family name.
    pub nom: String,
    /// Function as printed.
    pub fonction: String,
    /// The act by which the person signs, when not the legal representative.
    pub delegation: Option<DelegationSource>,
}

/// A delegation of signature.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegationSource {
    /// The act, as printed.
    pub acte: String,
    /// Its date.
    pub date: Option<String>,
    /// First day of effect.
    pub debut: String,
    /// Last day of effect, when known.
    pub fin: Option<String>,
    /// Whether it was published.
    #[serde(default)]
    pub publiee: bool,
}

/// An act: its name and its date.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceSource {
    /// As printed.
    pub intitule: String,
    /// Its date, when it has one.
    pub date: Option<String>,
}

/// An opinion that the procedure asks for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AvisSource {
    /// Its date.
    pub date: String,
    /// What it says, as printed.
    pub sens: String,
}
