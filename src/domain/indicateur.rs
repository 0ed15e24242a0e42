//! Indicators, their values and their yearly targets.

use std::{collections::BTreeMap, fmt};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Texte, VoletCode};
use crate::diag::{FieldOrigins, Origin};

/// The short name of an indicator: capital letters, digits, `-` and `_` (`NAT-3`, `REG_1`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct IndicateurCode(String);

impl IndicateurCode {
    /// Checks a code; `None` when it is not one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        (first && text.len() <= 20 && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IndicateurCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One indicator of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicateur {
    /// Short name.
    pub code: IndicateurCode,
    /// Who decided it.
    pub niveau: Niveau,
    /// The volet it belongs to.
    pub volet: VoletCode,
    /// What it measures, as printed.
    pub libelle: Texte,
    /// Unit of its values.
    pub unite: Unite,
    /// Which way is better.
    pub sens: Sens,
    /// Where the figures come from.
    pub source: Texte,
    /// How it is computed, as printed in the method sheet.
    pub methode: Texte,
    /// Period of the reference value, as printed.
    pub periode_reference: Texte,
    /// Smallest and largest plausible values, in the unit (percent as 0..100), bounds included.
    pub bornes: Option<(Decimal, Decimal)>,
    /// Share of the savings paid back, in percent.
    pub taux_interessement: Option<Decimal>,
    /// Whether the regional plan in force names it (regional indicators only).
    pub papraps: bool,
    /// Where each of its fields was read in the catalogue.
    pub origins: FieldOrigins,
    /// First year with a target, when the indicator was decided for later than the contracts began.
    pub premiere_annee: Option<i16>,
}

impl Indicateur {
    /// Whether a year has a target.
    #[must_use]
    pub fn is_followed_in(&self, annee: i16) -> bool {
        self.premiere_annee.is_none_or(|first| first <= annee)
    }
}

/// Who decided an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Niveau {
    /// The ministry and the national insurer.
    National,
    /// The regional agency.
    Regional,
}

/// Unit of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unite {
    /// Yes or no, printed « oui » or « non ».
    Binaire,
    /// Euros.
    Eur,
    /// Change against the year before, in percent, −100 to +1000.
    Evolution,
    /// A count.
    Nombre,
    /// A share, in percent, 0 to 100.
    Pourcent,
    /// A ratio without unit.
    Ratio,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sens {
    /// Lower is better.
    Baisse,
    /// Higher is better.
    Hausse,
}

/// A value of an indicator. Three things are kept apart: not measured, not applicable, and zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valeur {
    /// Not measured or not communicated; printed « non communiqué ».
    Absente,
    /// Hidden because the count is below this number (small-count masking); printed « < 11 ».
    Masquee(u32),
    /// A number, in the indicator's unit (percent as 0..100).
    Nombre(Decimal),
    /// Not applicable, printed « sans objet ».
    SansObjet,
}

/// What is to be reached in one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cible {
    /// Calendar year.
    pub annee: i16,
    /// The target; never [`Valeur::Absente`].
    pub valeur: Valeur,
    /// Where it was read.
    pub origin: Origin,
}

/// One indicator of one contract: where it starts from and what is to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objectif {
    /// The indicator.
    pub indicateur: Indicateur,
    /// Value of the reference period.
    pub reference: Valeur,
    /// Where the reference value was read.
    pub reference_origin: Option<Origin>,
    /// Targets, one per contractual year from the indicator's first year on, in order.
    pub cibles: Vec<Cible>,
    /// Why a target does not apply, when one is [`Valeur::SansObjet`].
    pub motif_sans_objet: Option<Texte>,
    /// Footnotes met in the workbook, as printed under the table.
    pub notes: Vec<Texte>,
}

impl Objectif {
    /// Targets by year.
    #[must_use]
    pub fn cibles_by_year(&self) -> BTreeMap<i16, &Valeur> {
        self.cibles.iter().map(|cible| (cible.annee, &cible.valeur)).collect()
    }
}
