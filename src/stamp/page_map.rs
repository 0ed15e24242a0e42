//! Where things are on each page of one printed file.

use serde::{Deserialize, Serialize};

use crate::geometry::Rect;

/// The map of one exemplaire, kept beside the PDF: what the way back needs to find boxes, codes and tables on a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMap {
    /// Version of this format.
    pub format: u8,
    /// Contract, `960000016-2022`.
    pub contract: String,
    /// Version of the contract.
    pub version: u16,
    /// Number of the exemplaire, 1 to 3.
    pub exemplaire: u8,
    /// Digest of the canonical document, in hexadecimal.
    pub content_hash: String,
    /// The pages, in order. All are A4, upright.
    pub pages: Vec<PageArea>,
}

/// What is where on one page. Rectangles are in micrometres from the page's top left corner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageArea {
    /// Page number, from 1.
    pub number: u16,
    /// The page's two codes.
    pub codes: Vec<CodeArea>,
    /// The initials zone.
    pub initials: Rect,
    /// Signature boxes.
    pub boxes: Vec<BoxArea>,
    /// Tables, or the part of a table that is on this page.
    pub tables: Vec<TableArea>,
    /// What the page says, block by block and row by row, in reading order.
    pub blocks: Vec<BlockArea>,
}

/// A block of the document or a row of a table, or the part of it that is on this page. What holds other blocks (a list, a frame)
/// has no area of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockArea {
    /// Which block: its number, from 0, as `Document::walk` visits them.
    pub block: usize,
    /// Which body row of the table, from 1; absent for a table's caption and header, and for what is no table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// The smallest rectangle around its letters; for a row, the whole row.
    pub area: Rect,
}

/// One printed code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeArea {
    /// Its payload.
    pub payload: String,
    /// The symbol, without its quiet zone.
    pub area: Rect,
}

/// One signature box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxArea {
    /// Who signs there: `etablissement`, `cpam` or `ars`.
    pub partie: String,
    /// Name of the PDF signature field.
    pub field: String,
    /// The frame.
    pub area: Rect,
}

/// One table on one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableArea {
    /// Identifier of the table in the document.
    pub table: String,
    /// The part on this page.
    pub area: Rect,
}
