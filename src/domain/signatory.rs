//! Who signs, and in what capacity.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Reference, Texte};

/// A person who signs for a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signatory {
    /// How the person is addressed.
    pub civilite: Civilite,
    /// First name.
    pub prenom: Texte,
    /// Family name.
    pub nom: Texte,
    /// Function as printed: « Directrice générale ».
    pub fonction: Texte,
    /// The act by which the person signs, when not the legal representative.
    pub delegation: Option<Delegation>,
}

/// How a person is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Civilite {
    /// Monsieur.
    #[serde(rename = "M.")]
    M,
    /// Madame.
    Mme,
}

/// A delegation of signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// The act: its reference and date.
    pub acte: Reference,
    /// First day of effect.
    pub debut: Date,
    /// Last day of effect, when known.
    pub fin: Option<Date>,
    /// Whether the act was published (a delegation binds nobody before it is).
    pub publiee: bool,
}

impl Delegation {
    /// Whether it holds on a day.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.debut <= day && self.fin.is_none_or(|fin| day <= fin)
    }
}
