//! What one établissement signs.

use std::{collections::BTreeMap, fmt, num::NonZeroU16, str::FromStr};

use jiff::{ToSpan as _, civil::Date};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Etablissement, Finess, IndicateurCode, Objectif, Texte, Typologie, VoletDef};
use crate::diag::{FieldOrigins, Origin};

/// The identity of a contract over its versions: the FINESS of the legal person and the year of effect, `960000016-2022`
/// (one contract per établissement, generation and period).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractId {
    finess: Finess,
    year: i16,
}

/// A text is not a contract's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a FINESS and a year, as in `960000016-2022`")]
pub struct ContractIdError;

impl ContractId {
    /// Names the contract of an établissement; `None` when the year has not four digits.
    #[must_use]
    pub fn new(finess: Finess, year: i16) -> Option<Self> {
        (1000..=9999).contains(&year).then_some(Self { finess, year })
    }
}

impl fmt::Display for ContractId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.finess, self.year)
    }
}

impl FromStr for ContractId {
    type Err = ContractIdError;

    fn from_str(text: &str) -> Result<Self, ContractIdError> {
        let (finess, year) = text.split_once('-').ok_or(ContractIdError)?;
        let id = Self::new(finess.parse().map_err(|_| ContractIdError)?, year.parse().map_err(|_| ContractIdError)?);
        id.filter(|id| id.to_string() == text).ok_or(ContractIdError)
    }
}

/// Number of a contract's version, from 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct VersionNum(NonZeroU16);

/// A text is not a version number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a number from 1 to 9999")]
pub struct VersionNumError;

impl VersionNum {
    /// The first version.
    pub const FIRST: Self = Self(NonZeroU16::MIN);

    /// Checks a number.
    #[must_use]
    pub fn new(number: u16) -> Option<Self> {
        NonZeroU16::new(number).filter(|number| number.get() <= 9999).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for VersionNum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VersionNum {
    type Err = VersionNumError;

    fn from_str(text: &str) -> Result<Self, VersionNumError> {
        text.parse().ok().and_then(Self::new).ok_or(VersionNumError)
    }
}

impl<'de> Deserialize<'de> for VersionNum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u16::deserialize(deserializer)?).ok_or_else(|| serde::de::Error::custom(VersionNumError))
    }
}

/// How long a contract runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duree {
    /// A number of years.
    Ans(u8),
    /// No end.
    Indeterminee,
}

/// What one établissement signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Identity.
    pub id: ContractId,
    /// The établissement.
    pub etablissement: Etablissement,
    /// First day of effect.
    pub date_effet: Date,
    /// Duration.
    pub duree: Duree,
    /// Contractual years, those with targets.
    pub annees: Vec<i16>,
    /// Where « Fait à … ».
    pub lieu_signature: Texte,
    /// Opinion of the medical commission (CME, CfME).
    pub avis_cme: Option<Avis>,
    /// Opinion of the local insurer.
    pub avis_olam: Option<Avis>,
    /// Volets that are printed, in the order of the template set; a volet is there if and only if it is obligatory, has an
    /// indicator or has a surveillance part.
    pub volets: Vec<Volet>,
    /// Engagements of the first generation that apply to the établissement's typologies.
    pub engagements: Vec<Engagement>,
    /// The établissement's own plan of action (Annexe 4).
    pub actions: Vec<Action>,
    /// Where each part of the contract was read, by its path in the template data (`etablissement.raison_sociale`); the longest
    /// known prefix of a path answers for it.
    pub sources: BTreeMap<String, Origin>,
}

/// An opinion that the procedure asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Avis {
    /// Its date.
    pub date: Date,
    /// What it says, as printed: « favorable ».
    pub sens: Texte,
}

/// One volet of one contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volet {
    /// Its definition.
    pub def: VoletDef,
    /// Its indicators, in the order of the catalogue.
    pub objectifs: Vec<Objectif>,
    /// Acts under surveillance.
    pub surveillance: Vec<Surveillance>,
    /// Why the établissement was targeted, when the campaign says so.
    pub motif: Option<Texte>,
    /// Its duration in years, when it is not that of the contract (rule 12).
    pub duree_ans: Option<u8>,
}

impl Contract {
    /// The last day of a duration that begins with the contract; `None` beyond the calendar.
    #[must_use]
    pub fn last_day_of(&self, years: u8) -> Option<Date> {
        self.date_effet.checked_add(i32::from(years).years()).and_then(Date::yesterday).ok()
    }
}

/// An act in over-use put under surveillance (L. 162-30-4 CSS).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveillance {
    /// Act or group of acts, as printed.
    pub acte: Texte,
    /// Number expected in the volet.
    pub nombre_attendu: u32,
    /// Number above which the tariff may be reduced.
    pub nombre_cible: u32,
    /// When the agency seized the établissement.
    pub date_saisine: Date,
    /// Two years later.
    pub echeance: Date,
}

/// One line of the first generation's Annexe 1: engagement → plan of action → indicator → target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// Number as printed: « 10.1.a ».
    pub numero: Texte,
    /// Which part of article 10 it belongs to: 1 to 6.
    pub theme: u8,
    /// What the établissement commits to.
    pub engagement: Texte,
    /// How.
    pub plan_action: Texte,
    /// What is measured, as printed.
    pub indicateur: Texte,
    /// The target as printed, unless it is the établissement's own.
    pub cible: Texte,
    /// The indicator whose target for this établissement replaces [`Self::cible`].
    pub objectif: Option<IndicateurCode>,
    /// Typologies it applies to.
    pub typologies: Vec<Typologie>,
    /// Weight in the score.
    pub poids: Decimal,
    /// Where it was read.
    pub origin: Origin,
    /// Where each of its fields was read.
    pub origins: FieldOrigins,
}

/// One line of the plan of action (Annexe 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Theme.
    pub axe: Texte,
    /// What is to be done.
    pub action: Texte,
    /// Function in charge, never a person.
    pub pilote: Texte,
    /// By when.
    pub echeance: Echeance,
    /// What is followed.
    pub indicateur: Texte,
    /// What is to be reached.
    pub cible: Texte,
    /// Where it was read.
    pub origin: Origin,
    /// Where each of its fields was read.
    pub origins: FieldOrigins,
}

/// When an action is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Echeance {
    /// A day.
    Jour(Date),
    /// A quarter, 1 to 4, of a year: « T2 2018 ».
    Trimestre {
        /// Quarter.
        trimestre: u8,
        /// Year.
        annee: i16,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_written_and_read_back() {
        let id: ContractId = "960000016-2022".parse().unwrap();
        assert_eq!(id.to_string(), "960000016-2022");
        for bad in ["960000016", "960000017-2022", "960000016-22", "960000016-+2022", "96 0000016-2022", ""] {
            assert_eq!(bad.parse::<ContractId>(), Err(ContractIdError), "{bad}");
        }
    }

    #[test]
    fn a_version_is_a_positive_number() {
        assert!("0".parse::<VersionNum>().is_err());
        assert!("10000".parse::<VersionNum>().is_err());
        assert_eq!("12".parse::<VersionNum>().unwrap().get(), 12);
    }
}
