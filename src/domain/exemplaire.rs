//! The three parties and the three originals.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A party to the contract, in the order in which they sign (établissement, then CPAM, then ARS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Partie {
    /// The hospital's legal person.
    Etablissement,
    /// The local insurer (*organisme local d'assurance maladie*).
    Cpam,
    /// The regional agency.
    Ars,
}

impl Partie {
    /// The three parties, in signing order.
    pub const ALL: [Self; 3] = [Self::Etablissement, Self::Cpam, Self::Ars];

    /// The name used in files, templates and signature fields.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Ars => "ars",
            Self::Cpam => "cpam",
            Self::Etablissement => "etablissement",
        }
    }

    /// The word officers use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ars => "agence",
            Self::Cpam => "CPAM",
            Self::Etablissement => "établissement",
        }
    }

    /// The same, in a sentence.
    #[must_use]
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Ars => "l’agence",
            Self::Cpam => "la CPAM",
            Self::Etablissement => "l’établissement",
        }
    }

    /// The name of the field in which it signs a PDF.
    #[must_use]
    pub fn signature_field(self) -> String {
        format!("signature_{self}")
    }

    /// The party whose signature field has a name.
    #[must_use]
    pub fn of_signature_field(field: &str) -> Option<Self> {
        field.strip_prefix("signature_").and_then(Self::from_slug)
    }

    /// The party of a name.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|partie| partie.slug() == slug)
    }
}

impl fmt::Display for Partie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// One of the three signed originals, named by the party that keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exemplaire {
    /// Kept by the établissement.
    Etablissement,
    /// Kept by the CPAM.
    Cpam,
    /// Kept by the ARS.
    Ars,
}

impl Exemplaire {
    /// The three originals, by number.
    pub const ALL: [Self; 3] = [Self::Etablissement, Self::Cpam, Self::Ars];

    /// Its number, 1 to 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Etablissement => 1,
            Self::Cpam => 2,
            Self::Ars => 3,
        }
    }

    /// The original of a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|exemplaire| exemplaire.number() == number)
    }

    /// The party that keeps it.
    #[must_use]
    pub const fn holder(self) -> Partie {
        match self {
            Self::Ars => Partie::Ars,
            Self::Cpam => Partie::Cpam,
            Self::Etablissement => Partie::Etablissement,
        }
    }
}
