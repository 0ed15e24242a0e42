//! What differs between generations, as data: the head of a template set.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Delai, Reference, Texte};
use crate::diag::LineColumn;

/// Generation of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schemars(with = "u8")]
pub enum Generation {
    /// Signed end 2017, in force 2018-2021.
    First,
    /// In force from 1 July 2022.
    Second,
}

impl TryFrom<u8> for Generation {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            1 => Ok(Self::First),
            2 => Ok(Self::Second),
            other => Err(format!("expected 1 (2017) or 2 (2022), found {other}")),
        }
    }
}

impl From<Generation> for u8 {
    fn from(generation: Generation) -> Self {
        match generation {
            Generation::First => 1,
            Generation::Second => 2,
        }
    }
}

/// The short name of a volet, in lower-case letters: `produits`, `organisation`, `pertinence`; `socle`, `transport`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct VoletCode(pub String);

/// The rules of one template set: everything that a generation, or a region, decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modele {
    /// Name of the set, `caqes-2022`.
    pub nom: String,
    /// Version of the set's text: a changed clause is a new version.
    pub version: u16,
    /// Generation.
    pub generation: Generation,
    /// Title of the contract.
    pub intitule: Texte,
    /// Legal references that the contract prints, in order (rule 30).
    pub visas: Vec<Reference>,
    /// Every legal reference that the text may cite, those of the visas included (rule 30).
    pub references: Vec<String>,
    /// Template files, in printing order.
    pub corps: Vec<String>,
    /// How a signed contract is amended, when the set says it.
    pub avenant: Option<AvenantDef>,
    /// Volets.
    pub volets: Vec<VoletDef>,
    /// Annexes.
    pub annexes: Vec<AnnexeDef>,
    /// Caps on indicators.
    pub plafonds: Plafonds,
    /// Duration.
    pub duree: ReglesDuree,
    /// Date of effect.
    pub effet: ReglesEffet,
    /// Deadlines of the procedure.
    pub delais: Delais,
    /// Opinion of the medical commission required before conclusion (D. 162-14 CSS).
    pub avis_cme: bool,
    /// Opinion of the local insurer required before the proposal is sent (D. 162-15 CSS).
    pub avis_olam: bool,
    /// Contracts only for hospitals of a targeting decree, for each indicator (L. 162-30-2 CSS).
    pub ciblage: bool,
    /// Scoring.
    pub evaluation: Evaluation,
    /// Where each value of `modele.yaml` stands in it, by its path (`visas[0].intitule`).
    pub lines: BTreeMap<String, LineColumn>,
}

impl Modele {
    /// The name of this version of the text, `caqes-2022@1`.
    #[must_use]
    pub fn edition(&self) -> String {
        format!("{}@{}", self.nom, self.version)
    }
}

/// The text of an avenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvenantDef {
    /// What follows « Avenant n° 1 » in its title: « au contrat d'amélioration… ».
    pub intitule: Texte,
    /// Template files, in printing order.
    pub corps: Vec<String>,
}

/// One volet a contract may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoletDef {
    /// Short name.
    pub code: VoletCode,
    /// Title.
    pub intitule: Texte,
    /// Printed in every contract.
    pub obligatoire: bool,
    /// May carry a *surveillance* part (L. 162-30-4 CSS).
    pub surveillance: bool,
    /// Longest duration in years, when the volet has its own.
    pub duree_max_ans: Option<u8>,
}

/// One annex of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnnexeDef {
    /// Number, 1 to 4.
    pub numero: u8,
    /// Title.
    pub intitule: Texte,
    /// The volet without which it is not printed.
    pub volet: Option<VoletCode>,
}

/// How many indicators a contract may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plafonds {
    /// At least.
    pub min: usize,
    /// At most, in all.
    pub max: usize,
    /// At most, national.
    pub nationaux: usize,
    /// At most, regional.
    pub regionaux: usize,
}

/// Duration a contract may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReglesDuree {
    /// May have no end.
    pub indeterminee: bool,
    /// Longest duration in years.
    pub max_ans: u8,
    /// Recommended durations in years, bounds included.
    pub recommandee: Option<(u8, u8)>,
}

/// Dates of effect a contract may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReglesEffet {
    /// First day allowed.
    pub au_plus_tot: Option<Date>,
    /// Last day allowed.
    pub au_plus_tard: Option<Date>,
}

/// Deadlines of the procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delais {
    /// To sign or to answer after receipt of the proposal, as printed: « trois semaines ».
    pub reponse: Delai,
    /// After receipt of the second notification.
    pub seconde_proposition: Option<Delai>,
    /// To answer an evaluation report.
    pub observations: Option<Delai>,
}

/// Scoring of the yearly evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evaluation {
    /// Levels of achievement, best first.
    pub niveaux: Vec<NiveauAtteinte>,
    /// What a total rate leads to, highest first.
    pub seuils: Vec<Seuil>,
    /// Shares of savings that may be paid back, in percent.
    pub taux_interessement: Vec<Decimal>,
}

/// One level of achievement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NiveauAtteinte {
    /// Name as printed.
    pub libelle: Texte,
    /// When an indicator is at this level.
    pub condition: Texte,
    /// Points; `None` when the indicator is left out of the total.
    pub points: Option<Decimal>,
}

/// What a total rate of achievement leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seuil {
    /// From this rate on, in percent.
    pub a_partir_de: Decimal,
    /// What follows.
    pub consequence: Texte,
}
