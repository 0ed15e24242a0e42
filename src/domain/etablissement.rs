//! The hospital or clinic that signs.

use serde::{Deserialize, Serialize};

use super::{Finess, Signatory, Siren, Siret, Texte};

/// A legal person that signs a contract, with the sites it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etablissement {
    /// FINESS of the *entité juridique*: the one that signs.
    pub finess_ej: Finess,
    /// FINESS of the *entités géographiques* covered.
    pub finess_et: Vec<Finess>,
    /// SIREN of the legal person, when known.
    pub siren: Option<Siren>,
    /// SIRET of the signing site, when known.
    pub siret: Option<Siret>,
    /// Name as printed.
    pub raison_sociale: Texte,
    /// Legal status.
    pub statut: Statut,
    /// Fields of activity; never empty.
    pub typologies: Vec<Typologie>,
    /// Address.
    pub adresse: Adresse,
    /// Mailbox to which the contract is sent.
    pub courriel: Option<Texte>,
    /// Département, `96`, `2A`, `974`.
    pub departement: String,
    /// Code of its CPAM.
    pub cpam: String,
    /// Who signs.
    pub representant: Signatory,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adresse {
    /// Street line.
    pub ligne1: Texte,
    /// Second line.
    pub ligne2: Option<Texte>,
    /// Five digits.
    pub code_postal: String,
    /// Town.
    pub commune: Texte,
}

/// Legal status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Statut {
    /// For profit.
    PriveLucratif,
    /// Not for profit (ESPIC).
    PriveNonLucratif,
    /// Public.
    Public,
}

/// Field of activity: it decides which engagements of the first generation apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Typologie {
    /// Médecine, chirurgie, obstétrique.
    #[serde(rename = "MCO")]
    Mco,
    /// Hospitalisation à domicile.
    #[serde(rename = "HAD")]
    Had,
    /// Dialyse.
    #[serde(rename = "dialyse")]
    Dialyse,
    /// Soins médicaux et de réadaptation (« SSR » before the 2022-2023 reform).
    #[serde(rename = "SMR", alias = "SSR")]
    Smr,
    /// Psychiatrie.
    #[serde(rename = "PSY")]
    Psy,
    /// Unités de soins de longue durée.
    #[serde(rename = "USLD", alias = "SLD")]
    Usld,
}

impl Typologie {
    /// All of them, in printing order.
    pub const ALL: [Self; 6] = [Self::Mco, Self::Had, Self::Dialyse, Self::Smr, Self::Psy, Self::Usld];

    /// The name as printed.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dialyse => "dialyse",
            Self::Had => "HAD",
            Self::Mco => "MCO",
            Self::Psy => "PSY",
            Self::Smr => "SMR",
            Self::Usld => "USLD",
        }
    }

    /// Reads a name as people write it: `SSR` is `SMR`, `SLD` is `USLD`, case does not matter.
    #[must_use]
    pub fn from_label(text: &str) -> Option<Self> {
        let upper = text.trim().to_uppercase();
        match upper.as_str() {
            "SSR" => Some(Self::Smr),
            "SLD" => Some(Self::Usld),
            _ => Self::ALL.into_iter().find(|typologie| typologie.label().to_uppercase() == upper),
        }
    }
}
