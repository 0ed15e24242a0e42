//! Sides whose codes cannot be read: what they show proposes a page that is missing somewhere in the pile, and a person confirms.
//!
//! A side is laid onto the pages that its own set lacks, and onto those that the other sets of the pile lack; a page that no set lacks
//! is not looked for. The *socle* of one contract reads as that of all others: the pages on which the side lies well are compared with
//! it letter by letter. The page of another set is proposed only if hardly a letter differs, and more differ from every other page.

use std::collections::BTreeSet;

use super::{Heap, sides::Desk};
use crate::{
    domain::{ContractId, VersionNum},
    evidence::paper::{DifferenceKind, Glance, Raster, Source, Turn},
    reconcile::{Jeu, Leaf, Pile, Sheet, Sight, Strange},
};

/// Pages that the sides of one pile are laid onto, all together: each takes as long as the reading of some ten sides.
const MOST_TRIES: usize = 120;

/// Of them, the pages of other sets that one side is laid onto.
const MOST_FAR: usize = 40;

/// Pages that read so much alike, in thousandths, are compared letter by letter; and so many of them at most.
const ALIKE: u16 = 80;
const MOST_ALIKE: usize = 4;

/// Words of the page of another set that may differ, and by how many more every other page must.
const FEW: usize = 4;
const MORE: usize = 2;

/// Proposes a page for each side without a code that stands with a set. Says whether any was found.
pub(super) fn pages(desk: Desk<'_>, heap: &mut Heap<'_>, pile: &Pile) -> bool {
    let mut search = Search { desk, pile, missing: pile.jeux.iter().map(Jeu::missing).collect(), tries: MOST_TRIES };
    let mut found = Vec::new();
    for (host, jeu) in pile.jeux.iter().enumerate() {
        for stranger in jeu.strangers.iter().filter(|stranger| stranger.what == Strange::Uncoded) {
            found.extend(search.propose(heap, host, stranger.side));
        }
    }
    let any = !found.is_empty();
    for (leaf, sight) in found {
        if let Some(side) = heap.sides.get_mut((leaf.side as usize).saturating_sub(1)) {
            side.proposed = Some((leaf, sight));
        }
    }
    any
}

/// The search for the pages of one pile.
struct Search<'a> {
    desk: Desk<'a>,
    pile: &'a Pile,
    /// The pages that each set still lacks.
    missing: Vec<Vec<usize>>,
    tries: usize,
}

/// A page that a side may be.
struct Candidate {
    /// The set that lacks it.
    jeu: usize,
    sheet: Sheet,
}

/// A page on which a side lies well.
struct Likely {
    candidate: Candidate,
    /// Whether the set with which the side stands lacks it.
    is_own: bool,
    sight: Sight,
    turn: Turn,
    /// Places where letters are other than those of the page.
    letters: usize,
}

impl Search<'_> {
    fn propose(&mut self, heap: &Heap<'_>, host: usize, number: u32) -> Option<(Leaf, Sight)> {
        let candidates = self.candidates(host);
        if candidates.is_empty() {
            return None;
        }
        self.tries -= candidates.len();
        let side = heap.side(number)?;
        let raster = Source::open(&side.part.bytes).ok()?.side(side.index()).ok()?.raster;
        let Likely { candidate, sight, turn, .. } = chosen(self.likely(&raster, host, candidates))?;
        if let Some(missing) = self.missing.get_mut(candidate.jeu) {
            missing.retain(|page| *page != candidate.sheet.page);
        }
        Some((Leaf { side: number, sheet: candidate.sheet, turn, proposed: true }, sight))
    }

    /// The pages that a side may be: those that its set lacks, then those that the other sets lack, the nearest first.
    fn candidates(&self, host: usize) -> Vec<Candidate> {
        let mut order: Vec<usize> = (0..self.pile.jeux.len()).collect();
        order.sort_by_key(|at| at.abs_diff(host));
        let mut known: BTreeSet<(&ContractId, VersionNum, usize)> = BTreeSet::new();
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut own = 0;
        for at in order {
            let (Some(jeu), Some(missing)) = (self.pile.jeux.get(at), self.missing.get(at)) else { continue };
            let new = missing.iter().filter(|page| known.insert((&jeu.contract, jeu.version, **page)));
            candidates.extend(new.map(|page| Candidate { jeu: at, sheet: sheet(jeu, *page) }));
            own = if at == host { candidates.len() } else { own };
        }
        candidates.truncate(self.tries.min(own + MOST_FAR));
        candidates
    }

    /// The candidates that read most like a side, compared with it letter by letter.
    fn likely(&self, raster: &Raster, host: usize, candidates: Vec<Candidate>) -> Vec<Likely> {
        let Self { desk, .. } = *self;
        let glance = Glance::of(raster);
        let likeness = |sheet: &Sheet| Some(glance.likeness(&desk.prints.page(desk.store, sheet)?.original));
        let seen = candidates.into_iter().filter_map(|candidate| Some((likeness(&candidate.sheet)?, candidate)));
        let mut seen: Vec<(u16, Candidate)> = seen.collect();
        seen.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
        let most = seen.first().map(|(likeness, _)| *likeness).unwrap_or_default();
        seen.retain(|(likeness, _)| *likeness + ALIKE >= most);
        let compared = |(_, candidate): (u16, Candidate)| {
            let (sight, turn) = desk.sight(raster, &[], &candidate.sheet)?;
            let letters = letters(&sight);
            let is_own = candidate.jeu == host;
            sight.registration.good.then_some(Likely { candidate, is_own, sight, turn, letters })
        };
        seen.into_iter().take(MOST_ALIKE).filter_map(compared).collect()
    }
}

fn sheet(jeu: &Jeu, page: usize) -> Sheet {
    let Jeu { contract, version, exemplaire, pages, .. } = jeu;
    Sheet { contract: contract.clone(), version: *version, exemplaire: *exemplaire, page, pages: *pages }
}

/// How many places of a side have other letters than the page.
fn letters(sight: &Sight) -> usize {
    use DifferenceKind::{Added, Altered, Missing};
    let is_letter = |kind: DifferenceKind| matches!(kind, Added | Altered | Missing);
    sight.differences.iter().filter(|found| is_letter(found.difference.kind)).count()
}

/// The page from which least differs: of its own set, or, if nothing else is as near, of another one.
fn chosen(mut likely: Vec<Likely>) -> Option<Likely> {
    likely.sort_by_key(|one| (one.letters, !one.is_own));
    let mut likely = likely.into_iter();
    let best = likely.next()?;
    let is_alone = likely.all(|other| other.letters >= best.letters + MORE);
    (best.is_own || best.letters <= FEW && is_alone).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::paper::Registration;

    fn likely(jeu: usize, letters: usize) -> Likely {
        let registration = Registration { median_um: 40, p95_um: 90, agreement: 950, good: true };
        let sheet = Sheet {
            contract: "960000016-2022".parse().unwrap(),
            version: VersionNum::new(1).unwrap(),
            exemplaire: crate::domain::Exemplaire::ALL[0],
            page: 3,
            pages: 6,
        };
        let sight = Sight { registration, boxes: Vec::new(), differences: Vec::new() };
        Likely { candidate: Candidate { jeu, sheet }, is_own: jeu == 0, sight, turn: Turn::None, letters }
    }

    fn set(likely: Vec<Likely>) -> Option<usize> {
        chosen(likely).map(|one| one.candidate.jeu)
    }

    #[test]
    fn a_page_that_reads_as_well_in_two_contracts_is_proposed_for_its_own_set_only() {
        assert_eq!(set(vec![likely(1, 0), likely(0, 0)]), Some(0));
        assert_eq!(set(vec![likely(1, 0), likely(2, 1)]), None);
        assert_eq!(set(vec![likely(2, 0), likely(1, 5)]), Some(2));
    }

    #[test]
    fn the_page_of_another_set_is_proposed_only_if_hardly_a_letter_differs() {
        assert_eq!(set(vec![likely(1, 9)]), None);
        assert_eq!(set(vec![likely(0, 9)]), Some(0));
        assert_eq!(set(vec![likely(0, 9), likely(1, 1)]), Some(1));
    }
}
