//! What is known of a side of a sheet before it is compared with anything.

use super::{
    codes::{CodeSeen, dpi, read_codes, turn},
    facts::{Face, SideEvidence},
    marks::Marks,
    raster::{Raster, Turn},
    source::{Side, Source},
};
use crate::evidence::Observation;

/// A side that was read.
#[derive(Debug)]
pub struct ReadSide {
    /// What is known of it.
    pub evidence: SideEvidence,
    /// Its picture; none when it cannot be read.
    pub side: Option<Side>,
    /// The codes on it.
    pub codes: Vec<CodeSeen>,
    /// Why it cannot be read.
    pub observations: Vec<Observation>,
}

/// Reads a side of a returned file, by its index from 0, and the codes on it.
#[must_use]
pub fn read_side(source: &Source<'_>, index: usize) -> ReadSide {
    let page = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
    let side = match source.side(index) {
        Ok(side) => side,
        Err(observation) => {
            let evidence = SideEvidence { page, pixels: [0; 2], dpi: None, face: Face::Unreadable };
            return ReadSide { evidence, side: None, codes: Vec::new(), observations: vec![observation] };
        }
    };
    let codes = read_codes(&side.raster);
    let pixels = [side.raster.width(), side.raster.height()].map(|length| u32::try_from(length).unwrap_or(u32::MAX));
    let evidence = SideEvidence { page, pixels, dpi: dpi(&codes), face: face(&side.raster, &codes) };
    ReadSide { evidence, side: Some(side), codes, observations: Vec::new() }
}

fn face(raster: &Raster, codes: &[CodeSeen]) -> Face {
    if codes.is_empty() {
        return match Marks::of(raster) {
            Some(marks) if marks.is_blank() => Face::Blank,
            Some(marks) if marks.is_separator() => Face::Separator,
            _ => Face::Plain,
        };
    }
    Face::Coded {
        codes: codes.iter().map(|code| code.tag.to_string()).collect(),
        turn: turn(codes).unwrap_or(Turn::None),
    }
}
