//! Opening a workbook, whatever it is in truth: xlsx, xlsm, xlsb, xls or ods.

use std::{
    collections::BTreeMap,
    io::{self, Cursor, Read as _},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Data, Dimensions, Ods, Reader, Xls, Xlsb, Xlsx, XlsxError};

use super::{
    Cell, Sheet,
    cell::Content,
    hidden::{Hidden, hidden},
};
use crate::{
    diag::{Diagnostic, Origin},
    input::diags,
};

/// What a workbook of a campaign may inflate to.
const MAX_INFLATED: u64 = 256 << 20;
/// Cells of one sheet.
const MAX_CELLS: usize = 2_000_000;
/// Cells of one sheet that are merged with another.
const MAX_MERGED: usize = 500_000;

type Bytes<'a> = Cursor<&'a [u8]>;

/// An open workbook.
pub(crate) struct Book<'a> {
    file: String,
    sheets: Vec<String>,
    kind: Kind<'a>,
    hidden: BTreeMap<String, Hidden>,
}

enum Kind<'a> {
    Ods(Box<Ods<Bytes<'a>>>),
    Xls(Box<Xls<Bytes<'a>>>),
    Xlsb(Box<Xlsb<Bytes<'a>>>),
    Xlsx(Box<Xlsx<Bytes<'a>>>),
}

impl<'a> Book<'a> {
    /// Opens a workbook.
    pub(crate) fn open(file: &str, bytes: &'a [u8]) -> Result<Self, Box<Diagnostic>> {
        let kind = guarded(|| open(bytes)).map_err(|fault| Box::new(fault.finding(file)))?;
        let (sheets, hidden) = match &kind {
            Kind::Ods(book) => (book.sheet_names(), BTreeMap::new()),
            Kind::Xls(book) => (book.sheet_names(), BTreeMap::new()),
            Kind::Xlsb(book) => (book.sheet_names(), BTreeMap::new()),
            Kind::Xlsx(book) => (book.sheet_names(), hidden(bytes)),
        };
        Ok(Self { file: file.to_owned(), sheets, kind, hidden })
    }

    /// Its name, as shown.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// The names of its sheets, in order.
    pub(crate) fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// Reads one of its sheets.
    pub(crate) fn sheet(&mut self, name: &str) -> Result<Sheet, Box<Diagnostic>> {
        let kind = &mut self.kind;
        let read = guarded(|| match kind {
            Kind::Ods(book) => dense(&book.worksheet_range(name)?, book.worksheet_formula(name).ok().as_ref()),
            Kind::Xls(book) => dense(&book.worksheet_range(name)?, book.worksheet_formula(name).ok().as_ref()),
            Kind::Xlsb(book) => dense(&book.worksheet_range(name)?, book.worksheet_formula(name).ok().as_ref()),
            Kind::Xlsx(book) => sparse(book, name),
        });
        let mut sheet = read.map_err(|fault| Box::new(fault.finding(&self.file)))?;
        sheet.file.clone_from(&self.file);
        name.clone_into(&mut sheet.name);
        if let Some(hidden) = self.hidden.get(name) {
            sheet.hidden_rows.clone_from(&hidden.rows);
            sheet.hidden_columns.clone_from(&hidden.columns);
        }
        Ok(sheet)
    }
}

/// Why a workbook cannot be read.
enum Fault {
    Damaged(String),
    NotAWorkbook,
    Protected,
    TooLarge(String),
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl Fault {
    fn finding(self, file: &str) -> Diagnostic {
        let origin = Origin::file(file);
        match self {
            Self::Damaged(why) => {
                Diagnostic::new(&diags::WORKBOOK_DAMAGED, origin, format!("the workbook `{file}` is damaged"))
                    .found(why)
                    .help("open it in a spreadsheet, let it be repaired, and save it again; or ask for it again")
            }
            Self::NotAWorkbook => {
                Diagnostic::new(&diags::WORKBOOK_DAMAGED, origin, format!("`{file}` is not a workbook"))
                    .expected("a file of the kind xlsx, xlsm, xlsb, xls or ods")
                    .help("open it in a spreadsheet and save it as xlsx")
            }
            Self::Protected => {
                Diagnostic::new(&diags::WORKBOOK_PROTECTED, origin, format!("`{file}` is protected by a password"))
                    .help("open it with its password, remove the protection, and save it again")
            }
            Self::TooLarge(what) => Diagnostic::new(
                &diags::FILE_TOO_LARGE,
                origin,
                format!("the workbook `{file}` is too large to be read"),
            )
            .found(what)
            .help("check that this is the right file; remove pictures and unused sheets"),
        }
    }
}

/// A damaged workbook may run into a slip of the library that reads it (old formats are full of lengths to be believed): that is
/// a finding on one file, not the end of the batch.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Fault::Damaged("its structure contradicts itself".into())))
}

fn open(bytes: &[u8]) -> Result<Kind<'_>, Fault> {
    let cursor = Cursor::new(bytes);
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return match Xlsx::new(cursor.clone()) {
            Err(XlsxError::Password) => Err(Fault::Protected),
            _ => match Xls::new(cursor) {
                Ok(book) => Ok(Kind::Xls(Box::new(book))),
                Err(calamine::XlsError::Password) => Err(Fault::Protected),
                Err(error) => Err(error.into()),
            },
        };
    }
    if !bytes.starts_with(b"PK") {
        return Err(Fault::NotAWorkbook);
    }
    let names = inflate(bytes)?;
    let has = |name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    if has("xl/workbook.bin") {
        Ok(Kind::Xlsb(Box::new(Xlsb::new(cursor)?)))
    } else if has("content.xml") {
        match Ods::new(cursor) {
            Ok(book) => Ok(Kind::Ods(Box::new(book))),
            Err(calamine::OdsError::Password) => Err(Fault::Protected),
            Err(error) => Err(error.into()),
        }
    } else if has("[Content_Types].xml") {
        Ok(Kind::Xlsx(Box::new(Xlsx::new(cursor)?)))
    } else {
        Err(Fault::NotAWorkbook)
    }
}

/// Inflates an archive to nothing, to be sure that it has an end; gives the names of its parts.
fn inflate(bytes: &[u8]) -> Result<Vec<String>, Fault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut names = Vec::new();
    let mut left = MAX_INFLATED;
    for i in 0..archive.len() {
        let part = archive.by_index(i)?;
        names.push(part.name()?.into_owned());
        let read = io::copy(&mut part.take(left + 1), &mut io::sink())?;
        left = left
            .checked_sub(read)
            .ok_or_else(|| Fault::TooLarge(format!("more than {MAX_INFLATED} bytes once inflated")))?;
    }
    Ok(names)
}

/// Reads a sheet of an xlsx as its XML gives it, with number formats: never as a rectangle, whose size a single far cell decides.
fn sparse(book: &mut Xlsx<Bytes<'_>>, name: &str) -> Result<Sheet, Fault> {
    let mut sheet = Sheet::default();
    let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    merges.iter().for_each(|merge| merge_cells(&mut sheet, merge));
    let mut formulas = Vec::new();
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some(cell) = reader.next_formula()? {
        if !cell.get_value().is_empty() {
            formulas.push(cell.get_position());
        }
    }
    drop(reader);
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some((cell, style)) = reader.next_cell_with_style_id()? {
        let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
        let percent = format.is_some_and(|format| is_percent(&format.format_code));
        if let Some(content) = Content::of_ref(cell.get_value()) {
            sheet.cells.insert(cell.get_position(), Cell { content, percent });
        }
        if sheet.cells.len() > MAX_CELLS {
            return Err(Fault::TooLarge(format!("more than {MAX_CELLS} cells in the sheet `{name}`")));
        }
    }
    note_uncomputed(&mut sheet, &formulas);
    Ok(sheet)
}

/// Reads a sheet of another format, whose library gives rectangles without number formats.
fn dense(range: &calamine::Range<Data>, formulas: Option<&calamine::Range<String>>) -> Result<Sheet, Fault> {
    let mut sheet = Sheet::default();
    let start = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        if let Some(content) = Content::of(value) {
            sheet.cells.insert(shift(start, row, column), Cell { content, percent: false });
        }
    }
    if let Some(formulas) = formulas {
        let start = formulas.start().unwrap_or_default();
        let places: Vec<(u32, u32)> =
            formulas.used_cells().filter(|(_, _, f)| !f.is_empty()).map(|(r, c, _)| shift(start, r, c)).collect();
        note_uncomputed(&mut sheet, &places);
    }
    Ok(sheet)
}

fn shift(start: (u32, u32), row: usize, column: usize) -> (u32, u32) {
    let add = |a: u32, b: usize| a.saturating_add(u32::try_from(b).unwrap_or(u32::MAX));
    (add(start.0, row), add(start.1, column))
}

/// Notes the formulas without result. A program that writes workbooks leaves them empty, or puts 0 in all of them: when no formula
/// of the sheet has another result than 0, none was ever computed.
fn note_uncomputed(sheet: &mut Sheet, formulas: &[(u32, u32)]) {
    let zero = |cell: Option<&Cell>| match cell {
        None => true,
        Some(Cell { content: Content::Number(value), .. }) => value.is_zero(),
        Some(Cell { content: Content::Text(text), .. }) => text.is_empty(),
        Some(_) => false,
    };
    let never = formulas.iter().all(|place| zero(sheet.cells.get(place)));
    let empty = |place: &&(u32, u32)| never || !sheet.cells.contains_key(place);
    sheet.uncomputed = formulas.iter().filter(empty).copied().collect();
}

fn merge_cells(sheet: &mut Sheet, merge: &Dimensions) {
    for row in merge.start.0..=merge.end.0 {
        for column in merge.start.1..=merge.end.1 {
            if sheet.merged.len() >= MAX_MERGED {
                return;
            }
            sheet.merged.insert((row, column), merge.start);
        }
    }
}

/// Whether a number format shows percents: a `%` outside quotes and escapes.
fn is_percent(code: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    code.chars().any(|c| {
        if escaped {
            escaped = false;
            return false;
        }
        match c {
            '"' => quoted = !quoted,
            '\\' | '_' | '*' if !quoted => escaped = true,
            _ => {}
        }
        c == '%' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_format_is_told_from_a_quoted_sign() {
        assert!(is_percent("0.0%"));
        assert!(is_percent("0,0\\ %;-0,0\\ %"));
        assert!(!is_percent("0.0\"%\""));
        assert!(!is_percent("0.0\\%"));
        assert!(!is_percent("General"));
    }
}
