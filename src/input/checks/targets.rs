//! What the workbooks say of each établissement and indicator.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diag::{Diagnostic, Origin},
    domain::IndicateurCode,
    input::{
        checks::values::{Reading, Role, Said},
        diags,
        findings::Findings,
    },
};

/// An établissement, by its rank in the roster, and an indicator.
pub(crate) type Pair = (usize, IndicateurCode);

/// What was read for each établissement and indicator.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    pub(crate) references: BTreeMap<Pair, Said>,
    pub(crate) cibles: BTreeMap<Pair, BTreeMap<i16, Said>>,
    /// Marks of the targeting decree.
    pub(crate) marks: BTreeMap<Pair, Origin>,
    /// Pairs with a cell that could not be used: nothing is said to be missing there.
    pub(crate) faulty: BTreeSet<Pair>,
    /// Établissements with a row whose indicator is not known: nothing is said to be missing for them.
    pub(crate) doubtful: BTreeSet<usize>,
    /// Whether a targeting sheet was named; whether all of them could be read.
    pub(crate) targeting: Targeting,
    /// Years for which an indicator has a column, somewhere.
    pub(crate) years: BTreeMap<String, (BTreeSet<i16>, Origin)>,
    /// Whether a sheet of figures could not be read: then nothing is said to be missing.
    pub(crate) incomplete: bool,
}

/// What is known of the targeting decree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Targeting {
    /// No sheet says who is targeted.
    #[default]
    Absent,
    /// A sheet says it, and could not be read whole.
    Partial,
    Read,
}

impl Targets {
    /// Takes a value; a second one for the same établissement, indicator and year is an error that shows both cells.
    pub(crate) fn take(&mut self, pair: Pair, role: Role, year: i16, reading: Reading, findings: &mut Findings) {
        let said = match reading {
            Reading::Nothing => return,
            Reading::Faulty => {
                self.faulty.insert(pair);
                return;
            }
            Reading::Said(said) => said,
        };
        let code = pair.1.clone();
        let known = match role {
            Role::Cible => self.cibles.get(&pair).and_then(|years| years.get(&year)),
            Role::Reference => self.references.get(&pair),
        };
        if let Some(first) = known {
            findings.push(
                Diagnostic::new(
                    &diags::VALUE_TWICE,
                    said.origin,
                    format!("`{code}` has two values for the same établissement"),
                )
                .expected("one cell per établissement, indicator and year")
                .related(first.origin.clone(), "the first one")
                .help("remove one of them; a legal person's row and its site's row cannot both speak"),
            );
            return;
        }
        match role {
            Role::Cible => drop(self.cibles.entry(pair).or_default().insert(year, said)),
            Role::Reference => drop(self.references.insert(pair, said)),
        }
    }

    /// Notes that an indicator has a column for these years.
    pub(crate) fn note_years(&mut self, code: &str, years: impl Iterator<Item = i16>, named: &Origin) {
        let entry = self.years.entry(code.to_owned()).or_insert_with(|| (BTreeSet::new(), named.clone()));
        entry.0.extend(years);
    }

    /// The indicators of an établissement that have a target, a mark or a faulty cell.
    pub(crate) fn codes_of(&self, rank: usize) -> BTreeSet<IndicateurCode> {
        // `A` is before every code: pairs are in the order of ranks, then of codes.
        let Some(first) = IndicateurCode::new("A") else { return BTreeSet::new() };
        let from = (rank, first);
        let cibles = self.cibles.range(&from..).map(|(pair, _)| pair);
        let marks = self.marks.range(&from..).map(|(pair, _)| pair);
        let mine = |pair: &&Pair| pair.0 == rank;
        let pairs =
            cibles.take_while(mine).chain(marks.take_while(mine)).chain(self.faulty.range(&from..).take_while(mine));
        pairs.map(|(_, code)| code.clone()).collect()
    }
}
