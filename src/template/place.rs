//! Where a byte of a text is: its line and column.

use crate::diag::Origin;

/// Starts of the lines of a text.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    /// Finds the lines of a text.
    pub(super) fn new(text: &str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text: text.to_owned(), starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Line and column, from 1, of a byte.
    pub(super) fn at(&self, offset: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        (count(line), count(before.chars().count() + 1))
    }

    /// The byte at a line and column, both from 1.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        start + rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>()
    }

    /// A line, from 1, without its end.
    pub(super) fn line(&self, line: u32) -> &str {
        let start = (line as usize).checked_sub(1).and_then(|line| self.starts.get(line));
        start.and_then(|start| self.text.get(*start..)).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }

    /// The place of a byte.
    pub(super) fn origin(&self, file: &str, offset: usize) -> Origin {
        let (line, column) = self.at(offset);
        Origin::Template { file: file.to_owned(), line, column }
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
