//! Tables.

use jotdown::{Alignment, Container};

use super::{
    Reader,
    attributes::Given,
    tree::{Kind, Node},
};
use crate::{
    diag::Diagnostic,
    document::{Align, Cell, Column, Inline, Table, plain_text},
    geometry::Length,
    template::diags,
};

impl Reader<'_> {
    pub(super) fn table(&mut self, node: &Node<'_>) -> Option<Table> {
        let given = Given::read(node);
        self.class(node, &given, &[], "a table");
        self.pairs(node, &given, &["fusion", "hauteur", "largeurs"], "a table");
        self.ids.tables += 1;
        let id = given.id.clone().unwrap_or_else(|| format!("tableau-{}", self.ids.tables));
        let mut caption = Vec::new();
        let mut caption_run = None;
        let mut header: Option<(Vec<Align>, Vec<Cell>)> = None;
        let mut rows = Vec::new();
        for child in &node.children {
            match &child.kind {
                Kind::Container(Container::Caption) => {
                    caption_run = Some(self.runs);
                    caption = self.inlines(&child.children);
                }
                Kind::Container(Container::TableRow { head: true }) if header.is_none() => {
                    self.rows.push(self.rendered.at(child.start));
                    header = Some((alignments(child), self.cells(child)));
                }
                Kind::Container(Container::TableRow { head: true }) => {
                    self.refuse(child, "a second header row", "remove the line of dashes below it");
                }
                Kind::Container(Container::TableRow { head: false }) => {
                    self.rows.push(self.rendered.at(child.start));
                    rows.push((child.start, self.cells(child)));
                }
                _ => {}
            }
        }
        let origin = self.rendered.at(node.content_start());
        let Some((aligns, header)) = header else {
            let help = "write the names of the columns, then a line `|---|---|`";
            self.tell(&diags::TABLE_HEADER, origin, format!("the table `{id}` has no header row"), help);
            return None;
        };
        if plain_text(&caption).trim().is_empty() {
            let help = "write `^ ` and the caption below the table";
            self.tell(&diags::TABLE_CAPTION, origin.clone(), format!("the table `{id}` has no caption"), help);
        }
        if rows.is_empty() {
            let help = "print the table inside `{{#if}}` of the list it shows, with a sentence in `{{else}}`";
            self.tell(&diags::TABLE_EMPTY, origin, format!("the table `{id}` has no row"), help);
        }
        self.equal(&rows, header.len());
        let parts = self.widths(node, &given, header.len());
        let columns = aligns.into_iter().zip(parts).map(|(align, parts)| Column { align, parts }).collect();
        let mut rows: Vec<Vec<Cell>> = rows.into_iter().map(|(_, row)| row).collect();
        let merged = given.pair("fusion").and_then(|value| self.whole(node, "fusion", value, "a number of columns"));
        fuse(&mut rows, merged.unwrap_or(0));
        self.caption_first(caption_run);
        let covered: Vec<bool> = rows.iter().flatten().map(|cell| cell.rowspan == 0).collect();
        self.drop_covered(1 + header.len(), &covered);
        let row_height = given.pair("hauteur").and_then(|value| self.height(node, value));
        Some(Table { id, label: String::new(), caption, row_height, columns, header, rows })
    }

    /// The least height of a row; tells what is not one that a page can hold several of.
    fn height(&mut self, node: &Node<'_>, value: &str) -> Option<Length> {
        let in_mm = |unit: &str, mm: i64| value.strip_suffix(unit)?.trim_end().parse::<i64>().ok()?.checked_mul(mm);
        let height = in_mm("mm", 1).or_else(|| in_mm("cm", 10)).filter(|mm| (1..=50).contains(mm));
        if height.is_none() {
            self.refuse_value(node, "hauteur", value, "a whole number of `mm` or `cm`, 5 cm at most");
        }
        height.map(Length::from_mm)
    }

    fn cells(&mut self, row: &Node<'_>) -> Vec<Cell> {
        row.children
            .iter()
            .filter(|child| matches!(child.kind, Kind::Container(Container::TableCell { .. })))
            .map(|cell| Cell { content: self.inlines(&cell.children), rowspan: 1 })
            .collect()
    }

    fn equal(&mut self, rows: &[(usize, Vec<Cell>)], columns: usize) {
        for (start, row) in rows.iter().filter(|(_, row)| row.len() != columns) {
            self.findings.push(
                Diagnostic::new(&diags::TABLE_ROWS, self.rendered.at(*start), "a row has not the cells of the header")
                    .expected(format!("{columns} cells"))
                    .found(row.len().to_string())
                    .help("separate cells with `|`, and write `\\|` for the sign itself"),
            );
        }
    }

    /// The shares of the columns; equal when they are not given.
    fn widths(&mut self, node: &Node<'_>, given: &Given, columns: usize) -> Vec<u16> {
        let Some(written) = given.pair("largeurs") else { return vec![1; columns] };
        let parts: Vec<u16> =
            written.split_whitespace().filter_map(|part| part.parse().ok()).filter(|part| *part > 0).collect();
        if parts.len() != columns || parts.len() != written.split_whitespace().count() {
            let origin = self.rendered.origin(node.start, "largeurs");
            self.findings.push(
                Diagnostic::new(&diags::COLUMN_WIDTHS, origin, "`largeurs` has not one share for each column")
                    .expected(format!("{columns} whole numbers"))
                    .found(format!("`{written}`")),
            );
            return vec![1; columns];
        }
        parts
    }
}

fn alignments(row: &Node<'_>) -> Vec<Align> {
    let cells = row.children.iter().filter_map(|child| match &child.kind {
        Kind::Container(Container::TableCell { alignment, .. }) => Some(*alignment),
        _ => None,
    });
    cells
        .map(|alignment| match alignment {
            Alignment::Center => Align::Center,
            Alignment::Right => Align::Right,
            Alignment::Left | Alignment::Unspecified => Align::Left,
        })
        .collect()
}

/// Merges equal cells of successive rows in the first columns; a column merges only inside the merges of the one on its left.
fn fuse(rows: &mut [Vec<Cell>], columns: usize) {
    let mut apart = vec![false; rows.len()];
    for column in 0..columns {
        let text = |row: &Vec<Cell>| row.get(column).map(|cell| cell.content.clone());
        let contents: Vec<Option<Vec<Inline>>> = rows.iter().map(text).collect();
        let mut previous: Option<&Vec<Inline>> = None;
        for (apart, content) in apart.iter_mut().zip(&contents) {
            let content = content.as_ref().filter(|content| !content.is_empty());
            *apart = *apart || content.is_none() || content != previous;
            previous = content;
        }
        let mut height = 0;
        for (row, apart) in rows.iter_mut().zip(&apart).rev() {
            height += 1;
            if let Some(cell) = row.get_mut(column) {
                if *apart {
                    cell.rowspan = height;
                } else {
                    *cell = Cell { content: Vec::new(), rowspan: 0 };
                }
            }
            if *apart {
                height = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell { content: vec![Inline::Text { text: text.to_owned() }], rowspan: 1 }
    }

    #[test]
    fn a_column_merges_inside_the_merges_of_its_left() {
        let mut rows: Vec<Vec<Cell>> = [["a", "x", "1"], ["a", "x", "1"], ["b", "x", "1"], ["b", "y", "1"]]
            .map(|row| row.map(cell).to_vec())
            .to_vec();
        fuse(&mut rows, 2);
        let spans: Vec<Vec<u16>> = rows.iter().map(|row| row.iter().map(|cell| cell.rowspan).collect()).collect();
        assert_eq!(spans, [[2, 2, 1], [0, 0, 1], [2, 1, 1], [0, 1, 1]]);
    }
}
