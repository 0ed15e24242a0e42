//! Sides whose codes cannot be read: what they show proposes a page that is missing, and a person confirms.
//!
//! A side is compared with the pages that its set lacks and with nothing else: the *socle* of one contract reads as that of all others.

use super::{Heap, sides::Desk};
use crate::{
    evidence::paper::{Glance, Source},
    reconcile::{Jeu, Leaf, Pile, Sheet, Sight, Strange},
};

/// Comparisons that one pile may ask for: each takes as long as the reading of some ten sides.
const MOST_TRIES: usize = 60;

/// Proposes a page for each side without a code that stands with a set which lacks pages. Says whether any was found.
pub(super) fn pages(desk: Desk<'_>, heap: &mut Heap<'_>, pile: &Pile) -> bool {
    let mut tries = MOST_TRIES;
    let mut found = Vec::new();
    for jeu in &pile.jeux {
        let mut missing = jeu.missing();
        let uncoded = jeu.strangers.iter().filter(|stranger| stranger.what == Strange::Uncoded);
        for stranger in uncoded {
            if missing.is_empty() || missing.len() > tries {
                continue;
            }
            tries -= missing.len();
            if let Some((leaf, sight)) = propose(desk, heap, jeu, stranger.side, &missing) {
                missing.retain(|page| *page != leaf.sheet.page);
                found.push((stranger.side, leaf, sight));
            }
        }
    }
    let any = !found.is_empty();
    for (side, leaf, sight) in found {
        if let Some(side) = heap.sides.get_mut((side as usize).saturating_sub(1)) {
            side.proposed = Some((leaf, sight));
        }
    }
    any
}

/// The missing page that a side lies on best, if it lies well on it.
fn propose(desk: Desk<'_>, heap: &Heap<'_>, jeu: &Jeu, number: u32, missing: &[usize]) -> Option<(Leaf, Sight)> {
    let side = heap.side(number)?;
    let raster = Source::open(&side.part.bytes).ok()?.side(side.index()).ok()?.raster;
    let sheet = |page| Sheet {
        contract: jeu.contract.clone(),
        version: jeu.version,
        exemplaire: jeu.exemplaire,
        page,
        pages: jeu.pages,
    };
    let glance = Glance::of(&raster);
    let likeness = |sheet: &Sheet| Some(glance.likeness(&desk.prints.page(desk.store, sheet)?.original));
    let likely = missing.iter().map(|page| sheet(*page)).filter_map(|sheet| Some((likeness(&sheet)?, sheet)));
    let (_, sheet) = likely.max_by_key(|(likeness, _)| *likeness)?;
    let (sight, turn) = desk.sight(&raster, &[], &sheet)?;
    sight.registration.good.then_some((Leaf { side: number, sheet, turn, proposed: true }, sight))
}
