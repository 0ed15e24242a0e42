//! Workbooks, cell by cell: values with their number format, formulas, merged cells, hidden rows and columns.
//!
//! Everything keeps its cell, so that a finding can point at it. Nothing is guessed here: what a cell means is for
//! [`cell`]'s readers, which are told the unit that is expected.

mod book;
pub(crate) mod cell;
mod hidden;
mod sheet;
pub(crate) mod table;

pub(crate) use book::Book;
pub(crate) use cell::{Cell, Content};
pub(crate) use sheet::Sheet;
