//! The workbook: every contract, what is to be looked at, the numbers.

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatText, ConditionalFormatTextRule,
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
};

use super::{
    columns::{Cell, Column},
    synthese::synthese,
    to_examine,
};
use crate::{
    ops::{Board, Filter, Phase},
    reconcile::EtatSignature,
    register::EtatExemplaire,
    report::{
        WorkbookError,
        look::{body, heading, wrapped},
    },
};

/// A3: sixteen columns cannot be read on less.
const A3: u8 = 8;

/// What has room on a line of the column of établissements, in characters.
const NAME: usize = 44;

/// Writes the workbook. `today` is the day it is written: the same board on the same day gives the same bytes.
///
/// # Errors
/// When the workbook cannot be written to memory.
pub fn board_workbook(board: &Board, filter: &Filter, today: Date) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let title = "Tableau de bord des contrats";
    let properties = DocProperties::new().set_title(title).set_creation_datetime(&day(today)?);
    workbook.set_properties(&properties.set_subject(board.campagne.as_deref().unwrap_or_default()));
    contracts(workbook.add_worksheet(), board)?;
    examine(workbook.add_worksheet(), board)?;
    synthese(workbook.add_worksheet(), board, filter, today)?;
    Ok(workbook.save_to_buffer()?)
}

/// What a cell of a day is written with.
fn dated() -> Format {
    body().set_num_format("dd/mm/yyyy").set_align(FormatAlign::Center)
}

/// A day of the register, as spreadsheets count days.
fn day(day: Date) -> Result<ExcelDateTime, WorkbookError> {
    let number = |part: i8| u8::try_from(part).unwrap_or_default();
    Ok(ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or_default(), number(day.month()), number(day.day()))?)
}

fn contracts(sheet: &mut Worksheet, board: &Board) -> Result<(), WorkbookError> {
    sheet.set_name("Contrats")?;
    let columns = Column::all();
    let last = u32::try_from(board.contracts.len()).unwrap_or(u32::MAX);
    let (head, body, wrapped, dated) = (heading(), body(), wrapped(), dated());
    let number = body.clone().set_align(FormatAlign::Center);
    sheet.set_row_height(0, 34)?;
    for (index, column) in (0..).zip(&columns) {
        sheet.set_column_width(index, column.width())?;
        sheet.write_with_format(0, index, column.title(), &head)?;
    }
    for (row, line) in (1..).zip(&board.contracts) {
        for (index, column) in (0..).zip(&columns) {
            let text = if *column == Column::Etablissement { &wrapped } else { &body };
            match column.cell(line) {
                Cell::Day(on) => sheet.write_with_format(row, index, &day(on)?, &dated)?,
                Cell::Empty => sheet.write_blank(row, index, &body)?,
                Cell::Number(count) => sheet.write_with_format(row, index, whole(count), &number)?,
                Cell::Text(value) => sheet.write_with_format(row, index, value, text)?,
            };
        }
        let name = line.fiche.as_ref().map_or(0, |fiche| fiche.etablissement.chars().count());
        sheet.set_row_height(row, 15 * whole(name.div_ceil(NAME).max(1)))?;
    }
    for (index, column) in (0..).zip(&columns) {
        colours(sheet, *column, index, last.max(1))?;
    }
    // The contract and whose it is stay in sight.
    sheet.set_freeze_panes(1, 2)?;
    sheet.autofilter(0, 0, last, u16::try_from(columns.len()).unwrap_or(1).saturating_sub(1))?;
    printed(sheet)?;
    sheet.set_paper_size(A3);
    let shown = columns.iter().take_while(|column| !column.is_detail()).count();
    sheet.set_print_area(0, 0, last.max(1), u16::try_from(shown).unwrap_or(1).saturating_sub(1))?;
    Ok(())
}

/// Colours what the words of a column say, without taking their place.
fn colours(sheet: &mut Worksheet, column: Column, index: u16, last: u32) -> Result<(), WorkbookError> {
    let words: Vec<(&str, Format)> = match column {
        Column::Phase => Phase::ALL.iter().map(|phase| (phase.word(), phase_colour(*phase))).collect(),
        Column::Exemplaire(_) => vec![
            (EtatExemplaire::AVerifier.word(), warned()),
            (EtatExemplaire::NonConforme.word(), refused()),
            (EtatExemplaire::Partiel.word(), begun()),
            (EtatExemplaire::Complet.word(), done()),
            (EtatExemplaire::Distribue.word(), done()),
        ],
        Column::Signature(..) => vec![
            (EtatSignature::AVerifier.word(), warned()),
            (EtatSignature::Refusee.word(), refused()),
            (EtatSignature::Encre.word(), begun()),
            (EtatSignature::Admise.word(), done()),
            (EtatSignature::Valable.word(), done()),
        ],
        Column::AExaminer => {
            let some = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::GreaterThan(0));
            sheet.add_conditional_format(1, index, last, index, &some.set_format(warned()))?;
            Vec::new()
        }
        _ => Vec::new(),
    };
    for (word, format) in words {
        let rule = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::EqualTo(word));
        sheet.add_conditional_format(1, index, last, index, &rule.set_format(format))?;
    }
    if matches!(column, Column::Departement | Column::CpamCode | Column::CpamNom | Column::Etablissement | Column::Recu)
    {
        for word in [super::UNKNOWN, "non prouvée"] {
            let rule = ConditionalFormatText::new().set_rule(ConditionalFormatTextRule::BeginsWith(word.to_owned()));
            let format = Format::new().set_italic().set_font_color(Color::RGB(0x0059_5959));
            sheet.add_conditional_format(1, index, last, index, &rule.set_format(format))?;
        }
    }
    Ok(())
}

fn coloured(background: u32, ink: u32) -> Format {
    Format::new().set_background_color(Color::RGB(background)).set_font_color(Color::RGB(ink))
}

fn done() -> Format {
    coloured(0x00DC_EFD8, 0x001E_4620)
}

fn begun() -> Format {
    coloured(0x00DD_EBF7, 0x001F_3864)
}

fn warned() -> Format {
    coloured(0x00FF_E699, 0x005C_3A00).set_bold()
}

fn refused() -> Format {
    coloured(0x00F8_CBC6, 0x007A_1209).set_bold()
}

fn phase_colour(phase: Phase) -> Format {
    match phase {
        Phase::AEnvoyer => coloured(0x00F2_F2F2, 0x0033_3333),
        Phase::Proposition => begun(),
        Phase::Signature => coloured(0x00FF_F2CC, 0x005C_3A00),
        Phase::Signe => done(),
        Phase::Sorti => coloured(0x00D9_D9D9, 0x0033_3333).set_italic(),
    }
}

fn examine(sheet: &mut Worksheet, board: &Board) -> Result<(), WorkbookError> {
    sheet.set_name("À examiner")?;
    let columns = [
        ("Retour n°", 11.0),
        ("Contrat", 16.0),
        ("Établissement", 46.0),
        ("Version", 8.5),
        ("Exemplaire", 11.0),
        ("Revenu le", 12.0),
        ("Constat", 24.0),
        ("Motifs", 90.0),
    ];
    let (head, body, wrapped, dated) = (heading(), body(), wrapped(), dated());
    for (index, (title, width)) in (0..).zip(columns) {
        sheet.set_column_width(index, width)?;
        sheet.write_with_format(0, index, title, &head)?;
    }
    let all = to_examine(board);
    for (row, one) in (1..).zip(&all) {
        // No number where there is none: neither 0 nor a dash.
        for (index, number) in [(0, one.event), (3, one.version.map(u64::from)), (4, one.exemplaire.map(u64::from))] {
            match number {
                Some(number) => sheet.write_with_format(row, index, number, &body)?,
                None => sheet.write_blank(row, index, &body)?,
            };
        }
        sheet.write_with_format(row, 1, one.contract.unwrap_or("hors campagne"), &body)?;
        sheet.write_with_format(row, 2, one.etablissement.unwrap_or(super::UNKNOWN), &wrapped)?;
        match one.day {
            Some(on) => sheet.write_with_format(row, 5, &day(on)?, &dated)?,
            None => sheet.write_blank(row, 5, &body)?,
        };
        sheet.write_with_format(row, 6, one.constat, &wrapped)?;
        sheet.write_with_format(row, 7, one.motifs.join("\n"), &wrapped)?;
        sheet.set_row_height(row, 15 * u32::try_from(lines(&one.motifs)).unwrap_or(1).clamp(1, 25))?;
    }
    if all.is_empty() {
        sheet.write_with_format(1, 0, "Rien n’est à examiner.", &body)?;
    }
    sheet.set_freeze_panes(1, 2)?;
    sheet.autofilter(0, 0, u32::try_from(all.len()).unwrap_or(u32::MAX).max(1), 7)?;
    printed(sheet)
}

/// On how many lines reasons are written: spreadsheets do not agree on the height of what they wrap.
fn lines(motifs: &[String]) -> usize {
    const LINE: usize = 95;
    motifs.iter().map(|motif| motif.chars().count().div_ceil(LINE)).sum()
}

/// On paper: as wide as the page, the heading on each, numbered.
pub(super) fn printed(sheet: &mut Worksheet) -> Result<(), WorkbookError> {
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_footer("&L&A&RPage &P sur &N");
    Ok(())
}

/// A count as spreadsheets take it.
pub(super) fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
