//! A pile of scanned sides becomes physical sets: which contract, which of its pages are there, which are not.
//!
//! A set (*jeu*) is one stapled original as it lay on the scanner. The page's code names contract, version and page; the number of the
//! exemplaire in it is only a hint, since a hospital may print one file three times: sets are rebuilt from the order of the sides and
//! from their page numbers. A page is never moved to another contract or version than its code names.

use std::collections::{BTreeMap, BTreeSet};

use super::identity::Sheet;
use crate::{
    domain::{ContractId, Exemplaire, VersionNum},
    evidence::paper::Turn,
};

/// One scanned side, as sorting sees it. Sides are numbered from 1, in the order in which they were scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its number in the pile.
    pub number: u32,
    /// What it bears.
    pub bears: Bears,
}

/// What a side bears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bears {
    /// Nothing: the back of a sheet.
    Blank,
    /// A page that was printed by this campaign.
    Ours(Leaf),
    /// Nothing but what tells sets apart: a separator sheet.
    Separator,
    /// Something else, and what can be said of it.
    Strange(Stranger),
}

/// A page of a contract, on a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The side.
    pub side: u32,
    /// Which page it is.
    pub sheet: Sheet,
    /// How it must be turned to stand upright.
    pub turn: Turn,
    /// Whether its content names it, and no code: a person confirms.
    pub proposed: bool,
}

/// A side that is none of our pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// The side.
    pub side: u32,
    /// What it is, as far as can be told.
    pub what: Strange,
}

/// What a strange side is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strange {
    /// A page of another contract or version, that stands inside a set and does not belong there.
    Elsewhere(Sheet),
    /// Codes of several pages: two sheets on one side.
    Several,
    /// It bears a code of ours, and the campaign printed no such page: what the code says.
    Unprinted(String),
    /// No code of ours: a letter, a page whose codes cannot be read.
    Uncoded,
    /// It could not be turned into a picture.
    Unreadable,
}

/// One physical set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jeu {
    /// The contract.
    pub contract: ContractId,
    /// Its version.
    pub version: VersionNum,
    /// The number on most of its pages.
    pub exemplaire: Exemplaire,
    /// How many pages an exemplaire has.
    pub pages: usize,
    /// Its pages, in the order in which they were scanned.
    pub leaves: Vec<Leaf>,
    /// Sides that stand among its pages, or before them, and are none of them.
    pub strangers: Vec<Stranger>,
}

/// What a pile is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pile {
    /// Its sets, in the order of their first sides.
    pub jeux: Vec<Jeu>,
    /// Sides that are none of ours, when there is no set that they stand in or before.
    pub strangers: Vec<Stranger>,
    /// Sides that bear nothing.
    pub blank: Vec<u32>,
    /// Separator sheets. They say nothing of the sets: where one ends, its pages say.
    pub separators: Vec<u32>,
}

impl Jeu {
    fn new(first: &Leaf) -> Self {
        let Sheet { contract, version, exemplaire, pages, .. } = first.sheet.clone();
        Self { contract, version, exemplaire, pages, leaves: Vec::new(), strangers: Vec::new() }
    }

    /// The pages of the contract that are not there.
    #[must_use]
    pub fn missing(&self) -> Vec<usize> {
        (1..=self.pages).filter(|page| !self.has(*page)).collect()
    }

    /// The pages that are there more than once.
    #[must_use]
    pub fn doubled(&self) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        self.leaves.iter().map(|leaf| leaf.sheet.page).filter(|page| !seen.insert(*page)).collect()
    }

    /// Whether its pages were scanned in their order, from the first or from the last.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        let pages: Vec<usize> = self.leaves.iter().map(|leaf| leaf.sheet.page).collect();
        pages.is_sorted() || pages.iter().rev().is_sorted()
    }

    /// Its pages by their numbers; those that are there twice in the order in which they were scanned.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Leaf> {
        let mut leaves: Vec<&Leaf> = self.leaves.iter().collect();
        leaves.sort_by_key(|leaf| (leaf.sheet.page, leaf.side));
        leaves
    }

    fn has(&self, page: usize) -> bool {
        self.leaves.iter().any(|leaf| leaf.sheet.page == page)
    }

    fn lacks_all(&self, run: &[Leaf]) -> bool {
        run.iter().all(|leaf| !self.has(leaf.sheet.page))
    }

    /// Whether a run goes on where the set ends.
    fn goes_on_with(&self, run: &[Leaf]) -> bool {
        let (Some(last), Some(first)) = (self.leaves.last(), run.first()) else { return false };
        last.sheet.page.abs_diff(first.sheet.page) == 1
    }

    fn take(&mut self, run: Vec<Leaf>) {
        self.leaves.extend(run);
        let mut votes: BTreeMap<Exemplaire, usize> = BTreeMap::new();
        self.leaves.iter().for_each(|leaf| *votes.entry(leaf.sheet.exemplaire).or_default() += 1);
        let most = votes.into_iter().rev().max_by_key(|(_, count)| *count);
        self.exemplaire = most.map_or(self.exemplaire, |(exemplaire, _)| exemplaire);
    }

    /// The side on which it begins.
    fn begins(&self) -> u32 {
        self.leaves.iter().map(|leaf| leaf.side).min().unwrap_or_default()
    }

    fn holds(&self, side: u32) -> bool {
        self.leaves.iter().any(|leaf| leaf.side == side)
    }
}

/// Sorts a pile into physical sets.
#[must_use]
pub fn sort(sides: &[Side]) -> Pile {
    let mut groups: BTreeMap<(ContractId, VersionNum), Vec<Leaf>> = BTreeMap::new();
    let mut pile = Pile::default();
    let mut strangers = Vec::new();
    for side in sides {
        match &side.bears {
            Bears::Blank => pile.blank.push(side.number),
            Bears::Ours(leaf) => {
                groups.entry((leaf.sheet.contract.clone(), leaf.sheet.version)).or_default().push(leaf.clone());
            }
            Bears::Separator => pile.separators.push(side.number),
            Bears::Strange(stranger) => strangers.push(stranger.clone()),
        }
    }
    pile.jeux = groups.into_values().flat_map(stack).collect();
    pile.jeux.sort_by_key(Jeu::begins);
    strangers.extend(slipped_in(&mut pile.jeux));
    strangers.sort_by_key(|stranger| stranger.side);
    for stranger in strangers {
        match host(&pile.jeux, stranger.side).and_then(|at| pile.jeux.get_mut(at)) {
            Some(jeu) => jeu.strangers.push(stranger),
            None => pile.strangers.push(stranger),
        }
    }
    pile
}

/// The sets of one version of one contract.
fn stack(leaves: Vec<Leaf>) -> Vec<Jeu> {
    let most = copies(&leaves);
    let mut jeux: Vec<Jeu> = Vec::new();
    let mut last = 0;
    for run in runs(leaves) {
        let Some(first) = run.first() else { continue };
        let exemplaire = first.sheet.exemplaire;
        let at = place(&jeux, &run, last, most.get(&exemplaire).copied().unwrap_or(1));
        last = at.unwrap_or(jeux.len());
        if at.is_none() {
            jeux.push(Jeu::new(first));
        }
        if let Some(jeu) = jeux.get_mut(last) {
            jeu.take(run);
        }
    }
    jeux
}

/// In which of the sets a run of pages belongs; none when it begins another. `most` is how many sets of its exemplaire there can be.
fn place(jeux: &[Jeu], run: &[Leaf], last: usize, most: usize) -> Option<usize> {
    let exemplaire = run.first()?.sheet.exemplaire;
    let same = |jeu: &&(usize, &Jeu)| jeu.1.exemplaire == exemplaire;
    let all: Vec<(usize, &Jeu)> = jeux.iter().enumerate().collect();
    let room = all.iter().filter(same).filter(|(_, jeu)| jeu.lacks_all(run));
    // The set that was last on the scanner, if it has room; else the first that has.
    let own = room.clone().find(|(at, _)| *at == last).or_else(|| room.clone().next());
    if let Some((at, _)) = own {
        return Some(*at);
    }
    let continued = jeux.get(last).filter(|jeu| jeu.lacks_all(run) && jeu.goes_on_with(run));
    if continued.is_some() {
        return Some(last);
    }
    let count = all.iter().filter(same).count();
    if count < most {
        return None;
    }
    let overlap = |jeu: &Jeu| run.iter().filter(|leaf| jeu.has(leaf.sheet.page)).count();
    all.iter().filter(same).min_by_key(|(_, jeu)| overlap(jeu)).map(|(at, _)| *at)
}

/// How many sets of each exemplaire there are: as often as its pages are there, in the middle.
fn copies(leaves: &[Leaf]) -> BTreeMap<Exemplaire, usize> {
    let mut counts: BTreeMap<Exemplaire, BTreeMap<usize, usize>> = BTreeMap::new();
    for leaf in leaves {
        *counts.entry(leaf.sheet.exemplaire).or_default().entry(leaf.sheet.page).or_default() += 1;
    }
    let middle = |pages: BTreeMap<usize, usize>| {
        let mut times: Vec<usize> = pages.into_values().collect();
        times.sort_unstable();
        times.get((times.len().saturating_sub(1)) / 2).copied().unwrap_or(1)
    };
    counts.into_iter().map(|(exemplaire, pages)| (exemplaire, middle(pages))).collect()
}

/// Pages that follow each other upwards and bear the same number of exemplaire.
fn runs(leaves: Vec<Leaf>) -> Vec<Vec<Leaf>> {
    let mut runs: Vec<Vec<Leaf>> = Vec::new();
    for leaf in leaves {
        let goes_on = |last: &Leaf| last.sheet.page < leaf.sheet.page && last.sheet.exemplaire == leaf.sheet.exemplaire;
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(goes_on) => run.push(leaf),
            _ => runs.push(vec![leaf]),
        }
    }
    runs
}

/// Takes out the few pages of another contract or version that stand inside a set: they are no set of their own.
fn slipped_in(jeux: &mut Vec<Jeu>) -> Vec<Stranger> {
    const FEW: usize = 2;
    let mut order: Vec<(u32, usize)> =
        jeux.iter().enumerate().flat_map(|(at, jeu)| jeu.leaves.iter().map(move |leaf| (leaf.side, at))).collect();
    order.sort_unstable();
    // Sides are in their order: those before one end where it stands.
    let host_of = |at: usize, side: u32| {
        let split = order.partition_point(|(other, _)| *other < side);
        let (before, after) = order.split_at(split);
        let before = before.iter().rev().find(|(_, other)| *other != at)?.1;
        let after = after.iter().find(|(_, other)| *other != at)?.1;
        (before == after).then_some(before)
    };
    let is_inside = |at: usize, jeu: &Jeu| {
        let few = jeu.leaves.len() <= FEW && jeu.leaves.len() < jeu.pages;
        few && jeu.leaves.iter().all(|leaf| host_of(at, leaf.side).is_some())
    };
    let inside: Vec<usize> =
        jeux.iter().enumerate().filter(|(at, jeu)| is_inside(*at, jeu)).map(|(at, _)| at).collect();
    let mut strangers = Vec::new();
    for at in inside.into_iter().rev() {
        let jeu = jeux.remove(at);
        strangers.extend(
            jeu.leaves.into_iter().map(|leaf| Stranger { side: leaf.side, what: Strange::Elsewhere(leaf.sheet) }),
        );
    }
    strangers
}

/// The set in which, or before which, a strange side stands; the last one when it stands after all.
fn host(jeux: &[Jeu], side: u32) -> Option<usize> {
    let after = |number: u32| jeux.iter().position(|jeu| jeu.holds(number));
    let last = jeux.iter().flat_map(|jeu| &jeu.leaves).map(|leaf| leaf.side).max()?;
    (side..=last).find_map(after).or_else(|| after(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1.3` is page 3 of exemplaire 1, `-` a blank back, `=` a separator, `?` a letter; another contract's pages begin with `b`, an older version's with `o`.
    fn pile(text: &str) -> Pile {
        let sides =
            (1..).zip(text.split_whitespace()).map(|(number, word)| Side { number, bears: bears(number, word) });
        sort(&sides.collect::<Vec<_>>())
    }

    fn bears(side: u32, word: &str) -> Bears {
        match word {
            "-" => return Bears::Blank,
            "=" => return Bears::Separator,
            "?" => return Bears::Strange(Stranger { side, what: Strange::Uncoded }),
            _ => {}
        }
        let contract = if word.starts_with('b') { "960000024-2022" } else { "960000016-2022" };
        let version = VersionNum::new(if word.starts_with('o') { 1 } else { 2 }).unwrap();
        let (exemplaire, page) = word.trim_start_matches(['b', 'o']).split_once('.').unwrap();
        let sheet = Sheet {
            contract: contract.parse().unwrap(),
            version,
            exemplaire: Exemplaire::from_number(exemplaire.parse().unwrap()).unwrap(),
            page: page.parse().unwrap(),
            pages: 6,
        };
        Bears::Ours(Leaf { side, sheet, turn: Turn::None, proposed: false })
    }

    /// `a1: 1 2 3` for each set.
    fn told(pile: &Pile) -> Vec<String> {
        let name = |jeu: &Jeu| if jeu.contract.to_string().starts_with("960000024") { 'b' } else { 'a' };
        let one = |jeu: &Jeu| {
            let pages: Vec<String> = jeu.leaves.iter().map(|leaf| leaf.sheet.page.to_string()).collect();
            format!("{}{}: {}", name(jeu), jeu.exemplaire.number(), pages.join(" "))
        };
        pile.jeux.iter().map(one).collect()
    }

    #[test]
    fn three_exemplaires_one_after_the_other_are_three_sets() {
        let found = pile("1.1 1.2 1.3 1.4 1.5 1.6 2.1 2.2 2.3 2.4 2.5 2.6 3.1 3.2 3.3 3.4 3.5 3.6");
        assert_eq!(told(&found), ["a1: 1 2 3 4 5 6", "a2: 1 2 3 4 5 6", "a3: 1 2 3 4 5 6"]);
        assert!(found.jeux.iter().all(|jeu| jeu.missing().is_empty() && jeu.doubled().is_empty()));
    }

    #[test]
    fn one_file_printed_three_times_is_three_sets() {
        let found = pile("1.1 1.2 1.3 1.4 1.5 1.6 1.1 1.2 1.3 1.4 1.5 1.6 1.1 1.2 1.3 1.4 1.5 1.6");
        assert_eq!(told(&found), ["a1: 1 2 3 4 5 6"; 3]);
        let lacking = pile("1.1 1.2 1.3 1.4 1.5 1.6 1.1 1.2 1.4 1.5 1.6 1.1 1.2 1.3 1.4 1.5 1.6");
        let missing: Vec<_> = lacking.jeux.iter().map(Jeu::missing).collect();
        assert_eq!(missing, [vec![], vec![3], vec![]]);
    }

    #[test]
    fn a_page_that_lies_twice_on_the_scanner_is_no_set() {
        let found = pile("1.1 1.2 1.3 1.3 1.4 1.5 1.6");
        assert_eq!(told(&found), ["a1: 1 2 3 3 4 5 6"]);
        assert_eq!(found.jeux[0].doubled(), BTreeSet::from([3]));
        assert_eq!(told(&pile("1.1 1.1 1.2 1.3 1.4 1.5 1.6")), ["a1: 1 1 2 3 4 5 6"]);
    }

    #[test]
    fn pages_in_any_order_are_one_set() {
        let found = pile("1.3 1.1 1.6 1.2 1.5 1.4");
        assert_eq!(told(&found), ["a1: 3 1 6 2 5 4"]);
        assert!(!found.jeux[0].is_in_order());
        let reversed = pile("1.6 1.5 1.4 1.3 1.2 1.1");
        assert_eq!((told(&reversed).len(), reversed.jeux[0].is_in_order()), (1, true));
    }

    #[test]
    fn exemplaires_that_were_collated_by_page_come_apart() {
        let found = pile("1.1 2.1 3.1 1.2 2.2 3.2 1.3 2.3 3.3 1.4 2.4 3.4 1.5 2.5 3.5 1.6 2.6 3.6");
        assert_eq!(told(&found), ["a1: 1 2 3 4 5 6", "a2: 1 2 3 4 5 6", "a3: 1 2 3 4 5 6"]);
    }

    #[test]
    fn a_page_that_changed_places_between_exemplaires_stays_where_it_lay() {
        let found = pile("1.1 1.2 2.3 1.4 1.5 1.6 2.1 2.2 1.3 2.4 2.5 2.6");
        assert_eq!(told(&found), ["a1: 1 2 3 4 5 6", "a2: 1 2 3 4 5 6"]);
    }

    #[test]
    fn what_is_missing_is_missing_in_its_set() {
        let found = pile("1.1 1.2 1.3 1.4 1.5 2.1 2.2 2.3 2.4 2.5 2.6");
        assert_eq!(found.jeux.iter().map(Jeu::missing).collect::<Vec<_>>(), [vec![6], vec![]]);
        assert_eq!(pile("1.6").jeux[0].missing(), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn contracts_are_never_mixed_and_a_page_of_another_inside_a_set_is_told_there() {
        let found = pile("1.1 1.2 b1.3 1.4 1.5 1.6");
        assert_eq!(told(&found), ["a1: 1 2 4 5 6"]);
        assert!(
            matches!(&found.jeux[0].strangers[..], [Stranger { side: 3, what: Strange::Elsewhere(sheet) }] if sheet.page == 3)
        );
        let old = pile("1.1 1.2 o1.3 1.4 1.5 1.6");
        assert_eq!((told(&old).len(), old.jeux[0].missing()), (1, vec![3]));
        let swapped = pile("1.1 1.2 b1.3 1.4 1.5 1.6 b1.1 b1.2 1.3 b1.4 b1.5 b1.6");
        assert_eq!(told(&swapped), ["a1: 1 2 4 5 6 3", "b1: 3 1 2 4 5 6"]);
    }

    #[test]
    fn a_letter_is_told_with_the_set_that_follows_and_backs_are_left_aside() {
        let found = pile("? 1.1 - 1.2 - 1.3 - 1.4 - 1.5 - 1.6 - ? b1.1 b1.2 b1.3 b1.4 b1.5 b1.6 ?");
        let sides: Vec<Vec<u32>> =
            found.jeux.iter().map(|jeu| jeu.strangers.iter().map(|stranger| stranger.side).collect()).collect();
        assert_eq!(sides, [vec![1], vec![14, 21]]);
        assert_eq!(found.blank, [3, 5, 7, 9, 11, 13]);
        assert_eq!(pile("? -").strangers.len(), 1);
    }

    #[test]
    fn a_separator_is_left_aside_as_a_back_is() {
        let found = pile("= 1.1 1.2 1.3 1.4 1.5 1.6 = b1.1 b1.2 b1.3 b1.4 b1.5 b1.6 =");
        assert_eq!(told(&found), ["a1: 1 2 3 4 5 6", "b1: 1 2 3 4 5 6"]);
        assert_eq!(found.separators, [1, 8, 15]);
        assert!(found.strangers.is_empty() && found.jeux.iter().all(|jeu| jeu.strangers.is_empty()));
    }
}
