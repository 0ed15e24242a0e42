//! The list of contracts for other spreadsheets: UTF-8 with its mark, semicolons, French dates.

use super::columns::{Cell, Column};
use crate::ops::Board;

/// Writes the list: one line per contract, as spreadsheets of France read it.
#[must_use]
pub fn board_csv(board: &Board) -> String {
    let columns = Column::all();
    let mut text = String::from('\u{feff}');
    line(&mut text, columns.iter().map(|column| column.title()));
    for contract in &board.contracts {
        line(&mut text, columns.iter().map(|column| shown(column.cell(contract))));
    }
    text
}

fn shown(cell: Cell) -> String {
    match cell {
        Cell::Day(day) => day.strftime("%d/%m/%Y").to_string(),
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => text,
    }
}

fn line(text: &mut String, fields: impl Iterator<Item = String>) {
    let fields: Vec<String> = fields.map(|value| field(&value)).collect();
    text.push_str(&fields.join(";"));
    text.push_str("\r\n");
}

/// A field: what a spreadsheet would take for a formula is made a text by an apostrophe (CWE-1236).
fn field(value: &str) -> String {
    let formula = value.trim_start().starts_with(['=', '+', '-', '@']) || value.starts_with(['\t', '\r', '\n']);
    let value = if formula { format!("'{value}") } else { value.to_owned() };
    if value.contains([';', '"', '\n', '\r']) { format!("\"{}\"", value.replace('"', "\"\"")) } else { value }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn no_field_is_a_formula_and_separators_are_quoted() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\n=1"] {
            assert!(field(formula).trim_start_matches('"').starts_with('\''), "{formula:?}");
        }
        assert_eq!(field("Clinique « A ; B »"), "\"Clinique « A ; B »\"");
        assert_eq!(field("dite \"Sud\""), "\"dite \"\"Sud\"\"\"");
        assert_eq!(field("Centre hospitalier"), "Centre hospitalier");
    }
}
