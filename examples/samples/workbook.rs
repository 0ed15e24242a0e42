//! Workbooks as agencies and insurers lay them out: title rows, merged two-level headers, colours, sub-totals, notes.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

/// Said in a title row of every sheet.
const WARNING: &str = "Données fictives : établissements, personnes et chiffres inventés pour la démonstration";

/// What a cell holds. Decimals are counted in tenths, so that no sample depends on floating-point arithmetic.
#[derive(Clone)]
pub(crate) enum Cell {
    Blank,
    /// 1 250, shown with the thousands apart.
    Count(i64),
    /// A date.
    Day(u16, u8, u8),
    /// A formula and the result that the spreadsheet last computed, in tenths of a percent.
    Formula(String, i64),
    /// 31,0 % held as 0.31 under a percent format; in tenths of a percent.
    Fraction(i64),
    /// A mark, in the middle of its cell.
    Mark(&'static str),
    /// A bare number as an export gives it: a FINESS that the spreadsheet took for a number, a « 1 » that is a mark.
    Raw(i64),
    /// 31.0 held as 31, without a percent sign; in tenths.
    Tenths(i64),
    /// A text.
    Text(String),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A header: its title, and the columns under it; without any, it is one column and spans both header rows.
pub(crate) struct Header {
    pub(crate) title: String,
    pub(crate) columns: Vec<String>,
    /// Background, `0xRRGGBB`.
    pub(crate) colour: u32,
}

impl Header {
    /// One column.
    pub(crate) fn single(title: &str, colour: u32) -> Self {
        Self { title: title.to_owned(), columns: Vec::new(), colour }
    }

    /// Several columns under one title.
    pub(crate) fn group(title: &str, columns: &[&str], colour: u32) -> Self {
        Self { title: title.to_owned(), columns: columns.iter().map(|&c| c.to_owned()).collect(), colour }
    }
}

/// Header backgrounds.
pub(crate) const GREY: u32 = 0xD9D9D9;
pub(crate) const BLUE: u32 = 0xBDD7EE;
pub(crate) const GREEN: u32 = 0xC6E0B4;
pub(crate) const SAND: u32 = 0xFFE699;

/// A workbook whose bytes depend on its content alone.
pub(crate) fn workbook(title: &str, created: (u16, u8, u8)) -> Result<Workbook, XlsxError> {
    let (year, month, day) = created;
    let created = ExcelDateTime::from_ymd(year, month, day)?.and_hms(9, 0, 0)?;
    let mut book = Workbook::new();
    let properties = DocProperties::new()
        .set_title(title)
        .set_author("Service fictif")
        .set_comment(WARNING)
        .set_creation_datetime(&created);
    book.set_properties(&properties);
    Ok(book)
}

/// A sheet that is filled from top to bottom.
pub(crate) struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    /// Next row, from 0.
    row: u32,
}

impl<'a> Sheet<'a> {
    /// Adds a sheet with its title rows: the title, a line about it, and the warning that all is fictional.
    pub(crate) fn add(book: &'a mut Workbook, name: &str, title: &str, about: &str) -> Result<Self, XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.write_with_format(0, 0, title, &Format::new().set_bold().set_font_size(14))?;
        sheet.write_with_format(1, 0, about, &Format::new().set_italic())?;
        sheet.write_with_format(2, 0, WARNING, &Format::new().set_italic().set_font_color(0xC00000))?;
        Ok(Self { sheet, row: 4 })
    }

    /// Widths of the first columns; the last one also serves all columns up to `columns`.
    pub(crate) fn widths(&mut self, widths: &[f64], columns: usize) -> Result<(), XlsxError> {
        let last = widths.last().copied().unwrap_or(10.0);
        for column in 0..columns {
            self.sheet.set_column_width(column as u16, widths.get(column).copied().unwrap_or(last))?;
        }
        Ok(())
    }

    /// Writes the header rows, two as soon as one header is a group, and freezes them with the first `frozen` columns.
    pub(crate) fn header(&mut self, headers: &[Header], frozen: u16) -> Result<(), XlsxError> {
        let (top, mut column) = (self.row, 0);
        let bottom = if headers.iter().any(|header| !header.columns.is_empty()) { top + 1 } else { top };
        for header in headers {
            let format = framed()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(header.colour);
            let width = header.columns.len().max(1) as u16;
            if bottom > top && header.columns.is_empty() {
                self.sheet.merge_range(top, column, bottom, column, &header.title, &format)?;
            } else if width > 1 {
                self.sheet.merge_range(top, column, top, column + width - 1, &header.title, &format)?;
            } else {
                self.sheet.write_with_format(top, column, &header.title, &format)?;
            }
            for (rank, title) in header.columns.iter().enumerate() {
                self.sheet.write_with_format(bottom, column + rank as u16, title, &format)?;
            }
            column += width;
        }
        self.sheet.set_row_height(top, 32)?;
        self.row = bottom + 1;
        self.sheet.set_freeze_panes(self.row, frozen)?;
        self.sheet.set_repeat_rows(top, bottom)?;
        Ok(())
    }

    /// Number of the next row as the spreadsheet shows it, from 1.
    pub(crate) const fn next_row(&self) -> u32 {
        self.row + 1
    }

    /// Writes a row.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        self.write(cells, &framed().set_align(FormatAlign::Top))
    }

    /// Writes a row of totals.
    pub(crate) fn total(&mut self, cells: &[Cell], colour: u32) -> Result<(), XlsxError> {
        self.write(cells, &framed().set_bold().set_background_color(colour))
    }

    /// Merges a column from the spreadsheet's row `first` to the last one written.
    pub(crate) fn merge_down(&mut self, column: u16, first: u32, text: &str) -> Result<(), XlsxError> {
        let format = framed().set_text_wrap().set_align(FormatAlign::Top).set_bold();
        let (top, bottom) = (first - 1, self.row - 1);
        if bottom > top {
            self.sheet.merge_range(top, column, bottom, column, text, &format)?;
        } else {
            self.sheet.write_with_format(top, column, text, &format)?;
        }
        Ok(())
    }

    /// Writes notes, one row below the table.
    pub(crate) fn notes(&mut self, notes: &[&str]) -> Result<(), XlsxError> {
        self.row += 1;
        for note in notes {
            self.sheet.write_with_format(self.row, 0, *note, &Format::new().set_italic().set_font_size(9))?;
            self.row += 1;
        }
        Ok(())
    }

    fn write(&mut self, cells: &[Cell], format: &Format) -> Result<(), XlsxError> {
        for (column, cell) in cells.iter().enumerate() {
            let (row, column, format) = (self.row, column as u16, format.clone());
            match cell {
                Cell::Blank => self.sheet.write_blank(row, column, &format)?,
                Cell::Count(count) => {
                    self.sheet.write_with_format(row, column, *count as f64, &format.set_num_format("#,##0"))?
                }
                Cell::Day(year, month, day) => {
                    let day = ExcelDateTime::from_ymd(*year, *month, *day)?;
                    let format = format.set_num_format("dd/mm/yyyy").set_align(FormatAlign::Center);
                    self.sheet.write_with_format(row, column, &day, &format)?
                }
                Cell::Formula(text, tenths) => {
                    let formula = Formula::new(text).set_result(fraction(*tenths).to_string());
                    self.sheet.write_with_format(row, column, formula, &format.set_num_format("+0.0%;-0.0%;0.0%"))?
                }
                Cell::Fraction(tenths) => {
                    self.sheet.write_with_format(row, column, fraction(*tenths), &format.set_num_format("0.0%"))?
                }
                Cell::Mark(mark) => {
                    self.sheet.write_with_format(row, column, *mark, &format.set_align(FormatAlign::Center))?
                }
                Cell::Raw(number) => self.sheet.write_with_format(row, column, *number as f64, &format)?,
                Cell::Tenths(tenths) => {
                    let number = *tenths as f64 / 10.0;
                    self.sheet.write_with_format(row, column, number, &format.set_num_format("0.0"))?
                }
                Cell::Text(text) => self.sheet.write_with_format(row, column, text, &format.set_text_wrap())?,
            };
        }
        self.row += 1;
        Ok(())
    }
}

/// 31,0 % as a spreadsheet holds it: 0.31. A division of whole numbers gives the nearest double, the one a person would get
/// by typing the percentage.
fn fraction(tenths: i64) -> f64 {
    tenths as f64 / 1_000.0
}

fn framed() -> Format {
    Format::new().set_border(FormatBorder::Thin).set_border_color(0xA6A6A6)
}
