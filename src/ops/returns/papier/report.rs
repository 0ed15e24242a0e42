//! What is reported of the paper in a return: side by side, with every measure.

use serde::Serialize;

use super::{Heap, HeapSide};
use crate::{
    evidence::{
        Observation,
        paper::{BoxInk, Difference, Registration, SideEvidence, Turn},
    },
    reconcile::{Found, Jeu, Leaf, Pile, Sight},
};

/// The paper of one return.
#[derive(Debug, Clone, Serialize)]
pub struct Paper {
    /// Which set of its pile it is, from 1; none when no page of ours was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<usize>,
    /// How many sets the pile holds.
    pub sets: usize,
    /// How many sides the pile has.
    pub pile: usize,
    /// The sides of the set in the order of the contract's pages, and then those that stand with it and are none of its pages.
    pub sides: Vec<SideReport>,
    /// Sides of the pile that bear nothing.
    pub blank: Vec<u32>,
    /// Separator sheets of the pile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub separators: Vec<u32>,
}

/// One side.
#[derive(Debug, Clone, Serialize)]
pub struct SideReport {
    /// Its number in the pile, from 1.
    pub side: u32,
    /// The file that it is in, when the pile is made of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What is known of it by itself.
    #[serde(flatten)]
    pub evidence: SideEvidence,
    /// The page of the contract that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_page: Option<usize>,
    /// Whether that is proposed from what it shows, for lack of a code: a person confirms.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub proposed: bool,
    /// The number of the exemplaire on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemplaire: Option<u8>,
    /// How it must be turned to stand upright.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upright: Option<Turn>,
    /// How well it lies on the printed page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// The signature boxes of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<BoxInk>,
    /// What is not as it was printed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Located>,
    /// What kept it from being read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
}

/// A difference, and where it is in the contract.
#[derive(Debug, Clone, Serialize)]
pub struct Located {
    /// What was measured.
    #[serde(flatten)]
    pub difference: Difference,
    /// « Annexe 1, tableau 4, ligne 2 (IPP) ».
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Heap<'_> {
    /// The report on one set of a pile; on its strangers, when there is no set.
    pub(super) fn report(&self, pile: &Pile, jeu: Option<&Jeu>) -> Paper {
        let strangers = jeu.map_or(&pile.strangers, |jeu| &jeu.strangers);
        let leaves = jeu.map(Jeu::in_order).unwrap_or_default();
        let pages = leaves.into_iter().filter_map(|leaf| Some(self.one(leaf.side, self.side(leaf.side)?, Some(leaf))));
        let others =
            strangers.iter().filter_map(|stranger| Some(self.one(stranger.side, self.side(stranger.side)?, None)));
        Paper {
            set: jeu.and_then(|jeu| pile.jeux.iter().position(|other| other == jeu)).map(|at| at + 1),
            sets: pile.jeux.len(),
            pile: self.sides.len(),
            sides: pages.chain(others).collect(),
            blank: pile.blank.clone(),
            separators: pile.separators.clone(),
        }
    }

    fn one(&self, number: u32, side: &HeapSide<'_>, leaf: Option<&Leaf>) -> SideReport {
        let sight = leaf.and_then(|_| side.sight());
        SideReport {
            side: number,
            file: (self.parts.len() > 1).then(|| side.part.name.clone()),
            evidence: side.read.evidence.clone(),
            contract_page: leaf.map(|leaf| leaf.sheet.page),
            proposed: leaf.is_some_and(|leaf| leaf.proposed),
            exemplaire: leaf.map(|leaf| leaf.sheet.exemplaire.number()),
            upright: leaf.map(|leaf| leaf.turn),
            registration: sight.map(|sight| sight.registration),
            boxes: sight.map(|sight| sight.boxes.clone()).unwrap_or_default(),
            differences: sight.map(located).unwrap_or_default(),
            observations: side.read.told.clone(),
        }
    }
}

fn located(sight: &Sight) -> Vec<Located> {
    let of = |found: &Found| Located { difference: found.difference.clone(), place: found.place.clone() };
    sight.differences.iter().map(of).collect()
}
