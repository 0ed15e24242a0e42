//! Piles: what a secretariat puts into the feeder, several sets at once, and the sets that should be found in it again.

use serde::{Deserialize, Serialize};

use super::{print::Original, rng::Chance, truth::SideTruth};

/// Something that goes wrong with a pile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Mishap {
    /// Each sheet's empty back was scanned too.
    Backs,
    /// A page was scanned twice.
    Doubled,
    /// A letter lies on top.
    Letter,
    /// A page is missing.
    Missing,
    /// A page is of an older version.
    Older,
    /// A separator sheet lies before each set.
    Separators,
    /// The pages of a set are in disorder.
    Shuffled,
    /// The whole pile lay on its side.
    Sideways,
    /// Two sets have exchanged a page.
    Swapped,
    /// The last set is there three times.
    Thrice,
    /// Some pages lay upside down.
    UpsideDown,
}

/// What one side of the pile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    Blank,
    Letter,
    /// A few words by hand on an empty back.
    Remark,
    /// An empty back of an office: the front shows through it, and it was punched, stapled, folded and handled.
    Worn,
    /// A page, from 1, of one of the originals.
    Page {
        original: usize,
        page: usize,
    },
    /// A sheet with bars and a word.
    Separator,
    /// A separator sheet on which somebody wrote a few words.
    SeparatorNoted,
}

/// One side of the pile, before it is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub face: Face,
    /// By how many quarters it is turned clockwise.
    pub quarters: usize,
    /// The set that it was printed for.
    home: Option<usize>,
}

/// A pile to be scanned, and the sets that should be found in it.
pub struct Pile {
    pub slots: Vec<Slot>,
    pub sets: Vec<SetTruth>,
}

/// A set as it should be rebuilt. Sides are numbered from 1, in the order of the scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetTruth {
    pub contract: String,
    pub version: u16,
    pub exemplaire: u8,
    /// For each page, the sides that show it: none if it is missing, several if it was scanned more than once.
    pub pages: Vec<Vec<usize>>,
    pub missing: Vec<usize>,
    pub doubled: Vec<usize>,
    /// Pages that belong to no set of the pile and lay in this one: of an older version.
    pub strangers: Vec<usize>,
    /// Sides of this set that were scanned upside down or on their side.
    pub turned: Vec<usize>,
    /// Whether its pages follow each other.
    pub in_order: bool,
}

/// The truth about a pile, as it is written beside the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PileTruth {
    pub mishaps: Vec<String>,
    pub sets: Vec<SetTruth>,
    pub sides: Vec<SideTruth>,
}

impl Pile {
    /// One set of each original, in their order. `older` gives, for some originals, the same contract's older version: they are no sets.
    pub fn of(originals: &[Original], older: &[(usize, usize)], mishaps: &[Mishap], chance: &mut Chance) -> Self {
        let has = |mishap| mishaps.contains(&mishap);
        let no_set = |index: &usize| older.iter().any(|(_, old)| old == index);
        let mut order: Vec<usize> = (0..originals.len()).filter(|index| !no_set(index)).collect();
        if has(Mishap::Thrice) {
            order.extend(order.last().copied().into_iter().cycle().take(2).collect::<Vec<_>>());
        }
        let mut stacks: Vec<Vec<Slot>> =
            order.iter().enumerate().map(|(home, original)| whole(originals, *original, home)).collect();
        for mishap in mishaps {
            disturb(*mishap, originals, &mut stacks, older, chance);
        }
        let slots = laid(&stacks, has);
        let sets = order.iter().enumerate().map(|(home, original)| {
            let set = SetTruth::of(&originals[*original], home, &slots);
            SetTruth { strangers: strangers(&stacks[home], &slots), ..set }
        });
        Self { sets: sets.collect(), slots }
    }
}

fn whole(originals: &[Original], original: usize, home: usize) -> Vec<Slot> {
    let slot = |page| Slot { face: Face::Page { original, page }, quarters: 0, home: Some(home) };
    (1..=originals[original].pages()).map(slot).collect()
}

fn disturb(
    mishap: Mishap,
    originals: &[Original],
    stacks: &mut [Vec<Slot>],
    older: &[(usize, usize)],
    chance: &mut Chance,
) {
    let which = chance.below(stacks.len());
    let page = chance.below(stacks[which].len());
    match mishap {
        Mishap::Missing => drop(stacks[which].remove(page)),
        Mishap::Doubled => {
            let again = stacks[which][page];
            stacks[which].insert(page, again);
        }
        Mishap::Shuffled => chance.shuffle(&mut stacks[which]),
        Mishap::UpsideDown => {
            for slot in stacks.iter_mut().flatten() {
                slot.quarters = if chance.happens(0.2) { 2 } else { slot.quarters };
            }
        }
        Mishap::Swapped => {
            let contract = |stack: &[Slot]| {
                stack.iter().find_map(|slot| match slot.face {
                    Face::Page { original, .. } => Some(originals[original].map.contract.clone()),
                    _ => None,
                })
            };
            // Between prints of one contract nobody could tell.
            let others = (0..stacks.len()).filter(|other| contract(&stacks[*other]) != contract(&stacks[which]));
            let others: Vec<usize> = others.filter(|other| page < stacks[*other].len()).collect();
            if let Some(&other) = others.first() {
                let kept = stacks[which][page];
                stacks[which][page] = std::mem::replace(&mut stacks[other][page], kept);
            }
        }
        Mishap::Older => {
            for slot in stacks.iter_mut().flatten() {
                let Face::Page { original, page } = slot.face else { continue };
                if let Some((_, old)) = older.iter().find(|(new, _)| *new == original)
                    && chance.happens(0.3)
                {
                    *slot = Slot { face: Face::Page { original: *old, page }, home: None, ..*slot };
                }
            }
        }
        Mishap::Backs | Mishap::Letter | Mishap::Separators | Mishap::Sideways | Mishap::Thrice => {}
    }
}

/// The stacks one upon the other, with what lies between.
fn laid(stacks: &[Vec<Slot>], has: impl Fn(Mishap) -> bool) -> Vec<Slot> {
    let other = |face| Slot { face, quarters: 0, home: None };
    let mut slots: Vec<Slot> = has(Mishap::Letter).then(|| other(Face::Letter)).into_iter().collect();
    for stack in stacks {
        slots.extend(has(Mishap::Separators).then(|| other(Face::Separator)));
        slots.extend(stack);
    }
    if has(Mishap::Backs) {
        slots = slots.into_iter().flat_map(|slot| [slot, other(Face::Blank)]).collect();
    }
    if has(Mishap::Sideways) {
        slots.iter_mut().for_each(|slot| slot.quarters = (slot.quarters + 1) % 4);
    }
    slots
}

/// The pages of a stack that were printed for no set, as sides of the pile.
fn strangers(stack: &[Slot], slots: &[Slot]) -> Vec<usize> {
    let lost = |slot: &&Slot| slot.home.is_none() && matches!(slot.face, Face::Page { .. });
    let side = |slot: &Slot| slots.iter().position(|one| one == slot).map(|index| index + 1);
    stack.iter().filter(lost).filter_map(side).collect()
}

impl SetTruth {
    fn of(original: &Original, home: usize, slots: &[Slot]) -> Self {
        let mine: Vec<(usize, usize, usize)> = (1..)
            .zip(slots)
            .filter(|(_, slot)| slot.home == Some(home))
            .filter_map(|(side, slot)| match slot.face {
                Face::Page { page, .. } => Some((side, page, slot.quarters)),
                _ => None,
            })
            .collect();
        let of_page = |page| mine.iter().filter(|(_, one, _)| *one == page).map(|(side, ..)| *side).collect();
        let pages: Vec<Vec<usize>> = (1..=original.pages()).map(of_page).collect();
        let with = |test: fn(usize) -> bool| {
            (1..).zip(&pages).filter(|(_, sides)| test(sides.len())).map(|(page, _)| page).collect::<Vec<usize>>()
        };
        Self {
            contract: original.map.contract.clone(),
            version: original.map.version,
            exemplaire: original.map.exemplaire,
            missing: with(|sides| sides == 0),
            doubled: with(|sides| sides > 1),
            strangers: Vec::new(),
            turned: mine.iter().filter(|(.., quarters)| *quarters != 0).map(|(side, ..)| *side).collect(),
            in_order: mine.windows(2).all(|pair| pair[0].1 <= pair[1].1),
            pages,
        }
    }
}
