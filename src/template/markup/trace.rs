//! Which signs of a run each printed value is.

use std::ops::Range;

use jotdown::Event;

use super::{Reader, tree::Node};
use crate::document::{Inline, Trace, count_signs, plain_text};

/// A piece of the run being read: the bytes of the merged text it was made from, and the signs it gave.
pub(super) struct Leaf {
    source: Range<usize>,
    signs: Range<usize>,
    /// Whether it is its source as it is.
    verbatim: bool,
}

impl Reader<'_> {
    /// Remembers where a piece of text comes from.
    pub(super) fn leaf_place(&mut self, node: &Node<'_>, event: &Event<'_>) {
        let count = match event {
            Event::Str(text) => count_signs(text),
            Event::LeftDoubleQuote
            | Event::RightDoubleQuote
            | Event::LeftSingleQuote
            | Event::RightSingleQuote
            | Event::Ellipsis
            | Event::EnDash
            | Event::EmDash => 1,
            _ => return,
        };
        let start = self.leaves.last().map_or(0, |leaf| leaf.signs.end);
        let verbatim = matches!(event, Event::Str(_));
        self.leaves.push(Leaf { source: node.start..node.end, signs: start..start + count, verbatim });
    }

    /// Ends a run: the values printed in it are those of the merged text it was made from.
    pub(super) fn trace(&mut self, nodes: &[Node<'_>]) {
        if let (Some(first), Some(last)) = (nodes.first(), nodes.last()) {
            for (span, printed) in self.rendered.printed(&(first.start..last.end)) {
                let signs = self.sign(span.start)..self.sign(span.end);
                // What stands in the target of a reference is not printed.
                if signs.is_empty() {
                    continue;
                }
                self.traces.push(Trace {
                    run: self.runs,
                    signs,
                    paths: printed.paths.clone(),
                    tag: printed.tag.clone(),
                    sources: printed.sources.clone(),
                });
            }
        }
        self.runs += 1;
    }

    /// How many signs of the run stand before a byte of the merged text.
    fn sign(&self, offset: usize) -> usize {
        let index = self.leaves.partition_point(|leaf| leaf.source.start < offset);
        let Some(leaf) = index.checked_sub(1).and_then(|index| self.leaves.get(index)) else { return 0 };
        if leaf.verbatim && offset < leaf.source.end {
            let before = self.rendered.text.get(leaf.source.start..offset).unwrap_or_default();
            return leaf.signs.start + count_signs(before);
        }
        leaf.signs.end
    }

    /// The last run becomes as many as it has lines.
    pub(super) fn cut_last_run(&mut self, lines: &[Vec<Inline>]) {
        let first = self.runs.saturating_sub(1);
        let mut starts = Vec::new();
        let mut signs = 0;
        for line in lines {
            starts.push(signs);
            signs += count_signs(&plain_text(line));
        }
        for trace in self.traces.iter_mut().filter(|trace| trace.run == first) {
            let line = starts.partition_point(|start| *start <= trace.signs.start).saturating_sub(1);
            let start = starts.get(line).copied().unwrap_or_default();
            trace.run = first + line;
            trace.signs = trace.signs.start - start..trace.signs.end - start;
        }
        self.runs = first + lines.len();
    }

    /// Counts the runs of a table with its caption first, wherever it is written.
    pub(super) fn caption_first(&mut self, caption: Option<usize>) {
        for trace in &mut self.traces {
            match caption {
                Some(caption) if trace.run == caption => trace.run = 0,
                Some(caption) if trace.run > caption => {}
                _ => trace.run += 1,
            }
        }
        self.traces.sort_by_key(|trace| trace.run);
    }

    /// Forgets the values of cells that a merged cell covers; the runs of cells begin at `first`.
    pub(super) fn drop_covered(&mut self, first: usize, covered: &[bool]) {
        let is_covered = |run: usize| run.checked_sub(first).and_then(|cell| covered.get(cell)).copied();
        self.traces.retain(|trace| is_covered(trace.run) != Some(true));
    }
}
