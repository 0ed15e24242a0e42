//! Which contracts of a board are asked for.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::ContractLine;
use crate::{domain::ContractId, register::Etape};

/// Which contracts are asked for: those that fit each list that is not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// These contracts.
    pub only: Vec<ContractId>,
    /// Of these départements: « 2A ».
    pub departements: Vec<String>,
    /// Of the CPAM of these codes.
    pub cpam: Vec<String>,
    /// At these stages.
    pub etapes: Vec<Etape>,
}

impl Filter {
    /// Whether nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the register alone tells.
    pub(super) fn keeps_state(&self, line: &ContractLine) -> bool {
        let only = self.only.is_empty() || self.only.iter().any(|id| id.to_string() == line.contract);
        only && (self.etapes.is_empty() || self.etapes.contains(&line.etape))
    }

    /// What the archive tells: an unknown fits no filter.
    pub(super) fn keeps_fiche(&self, line: &ContractLine) -> bool {
        let fiche = line.fiche.as_ref();
        let departement = fiche.map(|fiche| fiche.departement.as_str());
        let cpam = fiche.and_then(|fiche| fiche.cpam.as_ref()).map(|caisse| caisse.code.as_str());
        fits(&self.departements, departement) && fits(&self.cpam, cpam)
    }
}

fn fits(asked: &[String], found: Option<&str>) -> bool {
    asked.is_empty() || found.is_some_and(|found| asked.iter().any(|one| one.eq_ignore_ascii_case(found)))
}

/// The stages whose name begins like this, accents, capitals and the form of apostrophes left aside: `retourne` is both returns.
#[must_use]
pub fn stages_named(text: &str) -> Vec<Etape> {
    let asked = plain(text);
    let mut stages = Etape::all();
    stages.retain(|etape| !asked.is_empty() && plain(&etape.to_string()).starts_with(&asked));
    stages
}

fn plain(text: &str) -> String {
    let letters = text.trim().nfd().filter(|letter| !is_combining_mark(*letter));
    letters.flat_map(char::to_lowercase).map(|letter| if letter == '’' { '\'' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::Proposition;

    #[test]
    fn a_stage_is_named_as_one_types_it() {
        assert_eq!(stages_named("Propose").len(), 2, "both proposals");
        assert_eq!(stages_named("proposé (s"), [Etape::Propose(Proposition::Seconde)]);
        assert_eq!(stages_named("retourne par l'etab"), [Etape::RetourneEtablissement]);
        assert_eq!(stages_named("perdu"), []);
        assert_eq!(stages_named(" "), []);
    }
}
