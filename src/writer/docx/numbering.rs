//! Real Word lists: one definition for each kind of mark, one instance for each list, so that each restarts.

use docx_rs::{
    AbstractNumbering, Docx, Level, LevelJc, LevelOverride, LevelText, NumberFormat, Numbering, SpecialIndentType,
    Start,
};

use crate::document::Marker;

/// How far each depth of a list is set in, in twentieths of a point: 7 mm.
pub(super) const STEP: i32 = 397;

/// Deepest level Word knows, from 0.
const DEEPEST: usize = 8;

/// Identifiers below this one belong to the default numbering that `docx-rs` always writes.
const FIRST: usize = 2;

/// A list of the contract: its mark and how deep it stands in other lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    marker: Marker,
    level: usize,
}

impl List {
    pub(super) fn new(marker: Marker, depth: usize) -> Self {
        Self { marker, level: depth.min(DEEPEST) }
    }

    pub(super) fn level(self) -> usize {
        self.level
    }
}

/// The instance that numbers the list at this position among the lists of the contract.
pub(super) fn instance(position: usize) -> usize {
    FIRST + position
}

/// Where the text of an item starts.
pub(super) fn indent(depth: usize) -> i32 {
    i32::try_from(depth.min(DEEPEST)).map_or(0, |depth| STEP * (depth + 1))
}

/// Defines the marks and one instance for each list.
pub(super) fn define(docx: Docx, lists: &[List]) -> Docx {
    let docx = [Marker::Alpha, Marker::Dash, Marker::Decimal, Marker::Roman]
        .into_iter()
        .fold(docx, |docx, marker| docx.add_abstract_numbering(definition(marker)));
    lists.iter().enumerate().fold(docx, |docx, (position, list)| {
        let restart = LevelOverride::new(list.level).start(1);
        docx.add_numbering(Numbering::new(instance(position), definition_id(list.marker)).add_override(restart))
    })
}

const fn definition_id(marker: Marker) -> usize {
    FIRST
        + match marker {
            Marker::Alpha => 0,
            Marker::Dash => 1,
            Marker::Decimal => 2,
            Marker::Roman => 3,
        }
}

fn definition(marker: Marker) -> AbstractNumbering {
    let mut empty = AbstractNumbering::new(definition_id(marker));
    empty.multi_level_type = Some("multilevel".to_owned());
    (0..=DEEPEST).fold(empty, |definition, depth| {
        let (format, text) = match marker {
            Marker::Alpha => ("lowerLetter", format!("%{})", depth + 1)),
            Marker::Dash => ("bullet", "–".to_owned()),
            Marker::Decimal => ("decimal", format!("%{}.", depth + 1)),
            Marker::Roman => ("lowerRoman", format!("%{}.", depth + 1)),
        };
        definition.add_level(
            Level::new(depth, Start::new(1), NumberFormat::new(format), LevelText::new(text), LevelJc::new("left"))
                .indent(Some(indent(depth)), Some(SpecialIndentType::Hanging(STEP)), None, None),
        )
    })
}
