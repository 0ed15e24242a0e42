//! One sheet in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::Cell;
use crate::diag::Origin;

/// One sheet: its cells that hold something, and how they are laid out. Rows and columns are counted from 0.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// Workbook, as shown.
    pub(crate) file: String,
    /// Name.
    pub(crate) name: String,
    pub(crate) cells: BTreeMap<(u32, u32), Cell>,
    /// Merged cells → the top left one, which holds their value.
    pub(crate) merged: BTreeMap<(u32, u32), (u32, u32)>,
    pub(crate) hidden_rows: BTreeSet<u32>,
    pub(crate) hidden_columns: BTreeSet<u32>,
    /// Formulas whose workbook holds no result.
    pub(crate) uncomputed: BTreeSet<(u32, u32)>,
}

impl Sheet {
    /// The place of a cell.
    pub(crate) fn origin(&self, row: u32, column: u32) -> Origin {
        Origin::cell(&self.file, &self.name, row, column)
    }

    /// The sheet as a place.
    pub(crate) fn whole(&self) -> Origin {
        Origin::Sheet { file: self.file.clone(), sheet: self.name.clone() }
    }

    /// The cell whose value is shown there: itself, or the top left one of the merged cells around it.
    pub(crate) fn anchor(&self, row: u32, column: u32) -> (u32, u32) {
        self.merged.get(&(row, column)).copied().unwrap_or((row, column))
    }

    /// The cell shown there, merged cells included.
    pub(crate) fn shown(&self, row: u32, column: u32) -> Option<&Cell> {
        self.cells.get(&self.anchor(row, column))
    }

    /// The text of the cell shown there; empty when there is none.
    pub(crate) fn text(&self, row: u32, column: u32) -> String {
        self.shown(row, column).map(Cell::text).unwrap_or_default()
    }

    /// The rows from one on that hold something.
    pub(crate) fn rows_from(&self, first: u32) -> Vec<u32> {
        let rows: BTreeSet<u32> = self.cells.range((first, 0)..).map(|((row, _), _)| *row).collect();
        rows.into_iter().collect()
    }

    /// The cells of a row that hold something, in order.
    pub(crate) fn row(&self, row: u32) -> impl Iterator<Item = (u32, &Cell)> {
        self.cells.range((row, 0)..=(row, u32::MAX)).map(|((_, column), cell)| (*column, cell))
    }

    /// The last column that holds something.
    pub(crate) fn last_column(&self) -> u32 {
        self.cells.keys().map(|(_, column)| *column).max().unwrap_or(0)
    }
}
