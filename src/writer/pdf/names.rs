//! Names of blocks, by which the marks of the theme call them.
//!
//! A name is the heading or the table that came last, and how many blocks after it: it stays when a clause is added further up, and
//! a number counted from the beginning would not. The contracts of a campaign have most of their text in common, and layout knows
//! again what it did lately, if nothing in it has changed, marks included (see [`release`](super::release)).

use std::collections::BTreeMap;

use crate::document::{Block, BlockKind, walk};

/// The last block that bears an identifier, and the distance from it; before the first, the distance from the beginning.
type Name<'a> = (&'a str, usize);

/// The names of all blocks of a document.
pub(super) struct Names<'a> {
    names: Vec<Name<'a>>,
    numbers: BTreeMap<Name<'a>, usize>,
}

impl<'a> Names<'a> {
    pub(super) fn of(blocks: &'a [Block]) -> Self {
        let mut names = Vec::new();
        let mut numbers = BTreeMap::new();
        let (mut last, mut distance) = ("", 0);
        walk(blocks, &mut |block| {
            let own = match &block.kind {
                BlockKind::Heading(heading) => heading.id.as_deref(),
                BlockKind::Table(table) => Some(table.id.as_str()),
                _ => None,
            };
            if let Some(own) = own.filter(|own| !numbers.contains_key(&(*own, 0))) {
                (last, distance) = (own, 0);
            }
            numbers.insert((last, distance), names.len());
            names.push((last, distance));
            distance += 1;
        });
        Self { names, numbers }
    }

    /// The name of each block, as [`walk`] visits them.
    pub(super) fn iter(&self) -> impl Iterator<Item = Name<'a>> {
        self.names.iter().copied()
    }

    /// The number of the block that has a name, from 0.
    pub(super) fn number(&self, last: &str, distance: usize) -> Option<usize> {
        self.numbers.get(&(last, distance)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diag::Origin,
        document::{Heading, HeadingKind, Role},
    };

    fn block(kind: BlockKind) -> Block {
        Block { origin: Origin::file("a"), traces: Vec::new(), rows: Vec::new(), kind }
    }

    fn heading(id: Option<&str>) -> Block {
        let (label, title) = (Vec::new(), Vec::new());
        block(BlockKind::Heading(Heading {
            level: 1,
            kind: HeadingKind::Plain,
            label,
            title,
            id: id.map(str::to_owned),
        }))
    }

    fn paragraph() -> Block {
        block(BlockKind::Paragraph { role: Role::Body, content: Vec::new() })
    }

    #[test]
    fn a_name_counts_from_the_last_identifier_and_is_given_once() {
        let frame = block(BlockKind::Frame { blocks: vec![paragraph()] });
        // An identifier of nothing, and one that stands twice, would give a name twice.
        let blocks =
            [paragraph(), heading(Some("")), heading(Some("a")), frame, heading(None), heading(Some("a")), paragraph()];
        let names = Names::of(&blocks);
        let wanted = [("", 0), ("", 1), ("a", 0), ("a", 1), ("a", 2), ("a", 3), ("a", 4), ("a", 5)];
        assert_eq!(names.iter().collect::<Vec<_>>(), wanted);
        for (number, name) in wanted.into_iter().enumerate() {
            assert_eq!(names.number(name.0, name.1), Some(number));
        }
        assert_eq!(names.number("b", 0), None);
    }

    #[test]
    fn a_name_stays_when_something_is_added_before() {
        let clause = [heading(Some("a")), paragraph()];
        let longer = [paragraph(), heading(Some("a")), paragraph()];
        assert_eq!(Names::of(&clause).iter().nth(1), Names::of(&longer).iter().nth(2));
    }
}
