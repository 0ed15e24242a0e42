//! An amendment to a signed contract: what it adds and what it changes, and nothing else.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use super::{IndicateurCode, VersionNum, VoletCode};

/// An amendment: it names the contract that was signed, and speaks only of the indicators that it adds or changes (rule 44).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Avenant {
    parent: Acte,
    precedents: Vec<Acte>,
    date_effet: Option<Date>,
    objet: ObjetAvenant,
}

/// A signed act: the contract, or an avenant before this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Acte {
    /// The version of the contract that it is.
    pub version: VersionNum,
    /// When the last party signed it, when known.
    pub date_signature: Option<Date>,
}

/// What an avenant is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ObjetAvenant {
    /// Indicators that the signed contract has not.
    pub ajouts: Vec<IndicateurCode>,
    /// Indicators that the signed contract has otherwise.
    pub modifications: Vec<Modification>,
    /// Volets that the added indicators open.
    pub volets_ouverts: Vec<VoletCode>,
}

/// What changes in one indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Modification {
    /// The indicator.
    pub code: IndicateurCode,
    /// Each thing that changes; never empty.
    pub changements: Vec<Changement>,
}

/// One thing that changes, as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changement {
    /// What: « Cible 2024 ».
    pub objet: String,
    /// What the signed contract says; `None` when it says nothing.
    pub avant: Option<String>,
    /// What the avenant says; `None` when it says nothing.
    pub apres: Option<String>,
}

/// Why there can be no such avenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AvenantError {
    /// It would say nothing.
    #[error("an avenant adds or changes at least one indicator")]
    Empty,
    /// It speaks twice of an indicator.
    #[error("the avenant speaks twice of `{0}`")]
    Twice(IndicateurCode),
    /// Its predecessors do not follow each other.
    #[error("the versions of the contract and of its avenants do not rise")]
    Versions,
}

impl Avenant {
    /// Makes an avenant: to the contract `parent`, after the avenants `precedents`, in the order of their numbers.
    ///
    /// Without a date of effect it takes effect when the last party signs.
    ///
    /// # Errors
    /// When it says nothing or says a thing twice, or when the versions of the acts before it do not rise.
    pub fn new(
        parent: Acte,
        precedents: Vec<Acte>,
        date_effet: Option<Date>,
        objet: ObjetAvenant,
    ) -> Result<Self, AvenantError> {
        let versions = || std::iter::once(&parent).chain(&precedents).map(|acte| acte.version);
        if versions().zip(versions().skip(1)).any(|(before, after)| before >= after) {
            return Err(AvenantError::Versions);
        }
        let modified = objet.modifications.iter().filter(|modification| !modification.changements.is_empty());
        let mut told = BTreeSet::new();
        for code in objet.ajouts.iter().chain(modified.map(|modification| &modification.code)) {
            if !told.insert(code) {
                return Err(AvenantError::Twice(code.clone()));
            }
        }
        if told.is_empty() {
            return Err(AvenantError::Empty);
        }
        Ok(Self { parent, precedents, date_effet, objet })
    }

    /// Its number: one more than that of the avenant before it.
    #[must_use]
    pub fn numero(&self) -> u16 {
        u16::try_from(self.precedents.len() + 1).unwrap_or(u16::MAX)
    }

    /// The contract that it amends.
    #[must_use]
    pub const fn parent(&self) -> Acte {
        self.parent
    }

    /// The avenants before it.
    #[must_use]
    pub fn precedents(&self) -> &[Acte] {
        &self.precedents
    }

    /// The day it takes effect, when it is not that of the last signature.
    #[must_use]
    pub const fn date_effet(&self) -> Option<Date> {
        self.date_effet
    }

    /// What it is about.
    #[must_use]
    pub const fn objet(&self) -> &ObjetAvenant {
        &self.objet
    }

    /// Every indicator that it speaks of: those it adds, then those it changes.
    pub fn codes(&self) -> impl Iterator<Item = &IndicateurCode> {
        self.objet.ajouts.iter().chain(self.objet.modifications.iter().map(|modification| &modification.code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acte(version: u16) -> Acte {
        Acte { version: VersionNum::new(version).unwrap(), date_signature: None }
    }

    fn adding(codes: &[&str]) -> ObjetAvenant {
        ObjetAvenant {
            ajouts: codes.iter().map(|code| IndicateurCode::new(code).unwrap()).collect(),
            ..ObjetAvenant::default()
        }
    }

    #[test]
    fn its_number_follows_that_of_the_avenant_before_it() {
        let first = Avenant::new(acte(1), Vec::new(), None, adding(&["REG-8"])).unwrap();
        let third = Avenant::new(acte(2), vec![acte(3), acte(5)], None, adding(&["REG-8"])).unwrap();
        assert_eq!((first.numero(), third.numero()), (1, 3));
    }

    #[test]
    fn an_avenant_says_something_once_and_comes_after_what_it_amends() {
        assert_eq!(Avenant::new(acte(1), Vec::new(), None, adding(&[])), Err(AvenantError::Empty));
        let twice = Avenant::new(acte(1), Vec::new(), None, adding(&["REG-8", "REG-8"]));
        assert_eq!(twice, Err(AvenantError::Twice(IndicateurCode::new("REG-8").unwrap())));
        for precedents in [vec![acte(2)], vec![acte(4), acte(4)]] {
            assert_eq!(Avenant::new(acte(2), precedents, None, adding(&["REG-8"])), Err(AvenantError::Versions));
        }
    }
}
