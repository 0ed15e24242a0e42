//! Tables, frames and signature boxes.

use std::collections::BTreeMap;

use docx_rs::{
    AlignmentType, HeightRule, Paragraph, Shading, Table, TableCell, TableCellMargins, TableLayoutType, TableRow,
    VAlignType, VMergeType, WidthType,
};

use super::{body::Piece, inline};
use crate::{
    document::{Align, Cell, Column, SignatureBox, Table as Model, plain_text},
    geometry::Length,
};

/// The style of the contract's own tables; the finishing pass repeats the first row of each.
pub(super) const TABLE_STYLE: &str = "Tableau";

const HEADER_FILL: &str = "E8EEF6";
const FRAME_FILL: &str = "F6F8FB";

/// Height of a signature box, in twentieths of a point: 38 mm, as in the PDF.
const SIGNATURE_HEIGHT: f32 = 2154.0;

/// Inner margin of a frame on each side, in twentieths of a point.
const FRAME_MARGIN: usize = 170;

type Anchors<'a> = BTreeMap<&'a str, String>;

/// A table of the contract. A table with a note keeps its last row with what follows; `bookmark` is what cross-references
/// point at when there is no caption to carry it.
pub(super) fn model(
    model: &Model,
    width: usize,
    anchors: &Anchors<'_>,
    noted: bool,
    bookmark: Option<(usize, String)>,
) -> Table {
    let widths = shares(width, &model.columns);
    let mut rows = vec![header_row(model, &widths, anchors, bookmark)];
    rows.extend(model.rows.iter().enumerate().map(|(position, row)| {
        let keep = noted && position + 1 == model.rows.len();
        let printed = cells(row, &model.columns, &widths)
            .map(|(cell, column, width)| body_cell(cell, column, width, anchors, keep));
        let mut printed = TableRow::new(printed.collect());
        if let Some(height) = model.row_height {
            printed = printed.row_height(twentieths(height)).height_rule(HeightRule::AtLeast);
        }
        if stays_whole(row) { printed.cant_split() } else { printed }
    }));
    fixed(rows, widths).style(TABLE_STYLE)
}

fn header_row(
    model: &Model,
    widths: &[usize],
    anchors: &Anchors<'_>,
    mut bookmark: Option<(usize, String)>,
) -> TableRow {
    let header = cells(&model.header, &model.columns, widths).map(|(cell, column, width)| {
        let mut paragraph = Paragraph::new().style("CelluleEnTete").align(alignment(column));
        paragraph = match bookmark.take() {
            Some((id, anchor)) => {
                let start = paragraph.add_bookmark_start(id, anchor);
                inline::set(start, &cell.content, anchors).add_bookmark_end(id)
            }
            None => inline::set(paragraph, &cell.content, anchors),
        };
        let shading = Shading::new().fill(HEADER_FILL);
        box_of(width).shading(shading).vertical_align(VAlignType::Center).add_paragraph(paragraph)
    });
    TableRow::new(header.collect()).cant_split()
}

#[expect(clippy::cast_possible_truncation, reason = "a height on a sheet of paper")]
fn twentieths(height: Length) -> f32 {
    (height.pt() * 20.0).round() as f32
}

/// A row is kept whole on its page unless it is so long that this would leave a hole.
fn stays_whole(row: &[Cell]) -> bool {
    row.iter().all(|cell| plain_text(&cell.content).chars().count() <= 400)
}

/// The cells of a row with their columns; a row is as long as the columns are.
fn cells<'a>(
    row: &'a [Cell],
    columns: &'a [Column],
    widths: &'a [usize],
) -> impl Iterator<Item = (&'a Cell, Column, usize)> {
    row.iter().zip(columns).zip(widths).map(|((cell, column), width)| (cell, *column, *width))
}

fn body_cell(cell: &Cell, column: Column, width: usize, anchors: &Anchors<'_>, keep: bool) -> TableCell {
    let paragraph = Paragraph::new().style("Cellule").align(alignment(column)).keep_next(keep);
    let paragraph = inline::set(paragraph, &cell.content, anchors);
    let printed = box_of(width).add_paragraph(paragraph);
    match cell.rowspan {
        0 => printed.vertical_merge(VMergeType::Continue),
        1 => printed,
        _ => printed.vertical_merge(VMergeType::Restart),
    }
}

const fn alignment(column: Column) -> AlignmentType {
    match column.align {
        Align::Center => AlignmentType::Center,
        Align::Left => AlignmentType::Left,
        Align::Right => AlignmentType::Right,
    }
}

/// Shares a width between columns so that no twentieth of a point is lost.
fn shares(width: usize, columns: &[Column]) -> Vec<usize> {
    let total: usize = columns.iter().map(|column| usize::from(column.parts)).sum();
    if total == 0 {
        return even(width, columns.len());
    }
    let mut before = 0;
    let mut shares = Vec::with_capacity(columns.len());
    for column in columns {
        let after = before + usize::from(column.parts);
        shares.push(width * after / total - width * before / total);
        before = after;
    }
    shares
}

fn even(width: usize, count: usize) -> Vec<usize> {
    (0..count).map(|i| width * (i + 1) / count - width * i / count).collect()
}

/// The signature boxes, side by side, of one height, never cut by a page.
pub(super) fn signatures(boxes: &[SignatureBox], width: usize, anchors: &Anchors<'_>) -> Table {
    let widths = even(width, boxes.len());
    let cells = boxes.iter().zip(&widths).map(|(signature, width)| {
        signature.caption.iter().fold(box_of(*width), |cell, line| {
            cell.add_paragraph(inline::set(Paragraph::new().style("Signature"), line, anchors))
        })
    });
    let row = TableRow::new(cells.collect()).row_height(SIGNATURE_HEIGHT).height_rule(HeightRule::Exact).cant_split();
    fixed(vec![row], widths).style("Signatures")
}

/// A frame around pieces: a table of one cell.
pub(super) fn frame(pieces: Vec<Piece>, width: usize) -> Table {
    let ground = box_of(width).shading(Shading::new().fill(FRAME_FILL));
    let cell = pieces.into_iter().fold(ground, |cell, piece| match piece {
        Piece::Paragraph(paragraph) => cell.add_paragraph(*paragraph),
        Piece::Table(table) => cell.add_table(*table),
    });
    fixed(vec![TableRow::new(vec![cell])], vec![width])
        .margins(TableCellMargins::new().margin(113, FRAME_MARGIN, 113, FRAME_MARGIN))
        .style("Cadre")
}

/// Width at hand inside a frame.
pub(super) const fn inside_frame(width: usize) -> usize {
    width.saturating_sub(2 * FRAME_MARGIN)
}

fn box_of(width: usize) -> TableCell {
    TableCell::new().width(width, WidthType::Dxa)
}

/// A table whose columns keep their widths whatever the text.
fn fixed(rows: Vec<TableRow>, widths: Vec<usize>) -> Table {
    let width = widths.iter().sum();
    Table::without_borders(rows).set_grid(widths).layout(TableLayoutType::Fixed).width(width, WidthType::Dxa)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_the_width() {
        let columns = [1, 4, 1, 1].map(|parts| Column { align: Align::Left, parts });
        assert_eq!(shares(9412, &columns), [1344, 5378, 1345, 1345]);
        assert_eq!(even(10, 3).iter().sum::<usize>(), 10);
        assert!(shares(10, &[]).is_empty());
    }
}
