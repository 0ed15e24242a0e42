//! The sheet of numbers, with two charts.

use jiff::civil::Date;
use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFormat, ChartLine, ChartPatternFill, ChartPatternFillType, ChartType, Color, Format,
    FormatAlign, Worksheet,
};

use super::{
    selection,
    workbook::{printed, whole},
};
use crate::{
    domain::{Partie, jour},
    ops::{Board, Filter, Phase, Share, Totals},
    reconcile::EtatSignature,
    report::{
        WorkbookError,
        look::{body, heading},
    },
};

const SHEET: &str = "Synthèse";
/// The column beside the tables, where charts stand.
const BESIDE: u16 = 9;

/// The width of the column of names, in characters.
const NAMES: f64 = 62.0;
/// What has room on one of its lines, and the height of a line.
const LINE: usize = 70;
const HEIGHT: usize = 15;

/// Where the rows of a table are.
#[derive(Clone, Copy)]
struct Rows {
    first: u32,
    last: u32,
}

/// The sheet being written, from the top.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    next: u32,
}

pub(super) fn synthese(
    sheet: &mut Worksheet,
    board: &Board,
    filter: &Filter,
    today: Date,
) -> Result<(), WorkbookError> {
    sheet.set_name(SHEET)?;
    sheet.set_column_width(0, NAMES)?;
    for column in 1..BESIDE - 1 {
        sheet.set_column_width(column, 13.5)?;
    }
    let totals = &board.totals;
    let mut page = Page { sheet, next: 0 };
    page.text(board.campagne.as_deref().unwrap_or("Campagne"), &Format::new().set_bold().set_font_size(16))?;
    page.text(&format!("État des contrats au {}", jour(today)), &Format::new())?;
    if let Some(selection) = selection(filter) {
        page.text(&format!("Sélection – {selection}"), &Format::new().set_italic())?;
    }
    let overview = overview(totals, board.unplaced.len());
    page.table("Vue d’ensemble", &["Nombre".to_owned()], &overview)?;

    let stages: Vec<(String, Vec<usize>)> =
        totals.etapes.iter().map(|stage| (stage.etape.clone(), vec![stage.contracts])).collect();
    let of_stages = page.table("Étape", &["Contrats".to_owned()], &stages)?;
    let mut phases: Vec<String> = vec!["Contrats".to_owned()];
    phases.extend(Phase::ALL.map(|phase| phase.word().to_owned()));
    phases.push("à examiner".to_owned());
    let of_departements = page.table("Département", &phases, &shares(&totals.departements, Share::label))?;
    page.table("CPAM", &phases, &shares(&totals.cpam, Share::label))?;
    page.table("Volet (un contrat compte dans chacun des siens)", &phases, &shares(&totals.volets, Share::title))?;
    let states = EtatSignature::ALL.map(|etat| etat.word().to_owned());
    page.table("Signatures constatées", &states, &signatures(totals))?;
    if !totals.motifs.is_empty() {
        let motifs: Vec<_> = totals
            .motifs
            .iter()
            .map(|motif| (format!("{} ({})", motif.phrase, motif.code), vec![motif.retours]))
            .collect();
        page.table("Motif d’examen", &["Retours".to_owned()], &motifs)?;
    }
    page.text("L’encre dans un cadre dit que quelqu’un y a écrit ; elle ne dit pas qui.", &Format::new().set_italic())?;

    if let Some(rows) = of_stages {
        page.sheet.insert_chart(1, BESIDE, &by_stage(rows))?;
    }
    if let Some(rows) = of_departements {
        page.sheet.insert_chart(23, BESIDE, &by_departement(rows))?;
    }
    printed(page.sheet)
}

impl Page<'_> {
    fn text(&mut self, text: &str, format: &Format) -> Result<(), WorkbookError> {
        self.sheet.write_with_format(self.next, 0, text, format)?;
        self.next += 1;
        Ok(())
    }

    /// A table below what is written; its rows, when it has some.
    fn table(
        &mut self,
        title: &str,
        heads: &[String],
        rows: &[(String, Vec<usize>)],
    ) -> Result<Option<Rows>, WorkbookError> {
        self.next += 1;
        let (head, body) = (heading(), body());
        let counted = heading().set_align(FormatAlign::Right);
        self.sheet.write_with_format(self.next, 0, title, &head)?;
        self.sheet.set_row_height(self.next, 32)?;
        for (column, text) in (1..).zip(heads) {
            self.sheet.write_with_format(self.next, column, text, &counted)?;
        }
        let first = self.next + 1;
        for (name, counts) in rows {
            self.next += 1;
            self.sheet.write_with_format(self.next, 0, name, &body.clone().set_text_wrap())?;
            // Spreadsheets do not agree on the height of what they wrap.
            let lines = name.chars().count().div_ceil(LINE).max(1);
            self.sheet.set_row_height(self.next, whole(lines * HEIGHT))?;
            for (column, count) in (1..).zip(counts) {
                self.sheet.write_with_format(self.next, column, whole(*count), &body)?;
            }
        }
        let rows = Rows { first, last: self.next };
        self.next += 1;
        Ok((rows.last >= rows.first).then_some(rows))
    }
}

fn overview(totals: &Totals, unplaced: usize) -> Vec<(String, Vec<usize>)> {
    let mut rows = vec![("Contrats".to_owned(), vec![totals.contracts])];
    rows.extend(totals.phases.iter().map(|(phase, count)| {
        let word = phase.word();
        let etapes = phase.etapes();
        (if etapes == word { word.to_owned() } else { format!("{word} ({etapes})") }, vec![*count])
    }));
    rows.push(("Contrats avec un retour à examiner".to_owned(), vec![totals.doubtful]));
    rows.push(("Retours hors campagne à examiner".to_owned(), vec![unplaced]));
    rows.push(("Contrats dont la version archivée ne peut pas être lue".to_owned(), vec![totals.unknown]));
    rows
}

fn shares(shares: &[Share], label: impl Fn(&Share) -> String) -> Vec<(String, Vec<usize>)> {
    let row = |share: &Share| {
        let mut counts = vec![share.contracts];
        counts.extend(share.phases.values());
        counts.push(share.doubtful);
        (label(share), counts)
    };
    shares.iter().map(row).collect()
}

fn signatures(totals: &Totals) -> Vec<(String, Vec<usize>)> {
    let mut rows = Vec::new();
    for exemplaire in &totals.exemplaires {
        for partie in Partie::ALL {
            let counts = exemplaire.parties.get(&partie).map(|counts| counts.values().copied().collect());
            rows.push((format!("Exemplaire {}, {}", exemplaire.exemplaire, partie.word()), counts.unwrap_or_default()));
        }
    }
    rows
}

/// Patterns, for those who print in grey or do not see colours.
fn pattern(pattern: ChartPatternFillType, ink: u32) -> ChartFormat {
    let mut fill = ChartPatternFill::new();
    fill.set_pattern(pattern).set_foreground_color(Color::RGB(ink)).set_background_color(Color::White);
    ChartFormat::new()
        .set_pattern_fill(&fill)
        .set_border(ChartLine::new().set_color(Color::RGB(0x001D_232A)).set_width(0.75))
        .clone()
}

fn phase_format(phase: Phase) -> ChartFormat {
    match phase {
        Phase::AEnvoyer => pattern(ChartPatternFillType::Dotted5Percent, 0x0059_5959),
        Phase::Proposition => pattern(ChartPatternFillType::DiagonalStripesWideUpwards, 0x002F_75B5),
        Phase::Signature => pattern(ChartPatternFillType::Dotted30Percent, 0x00BF_8F00),
        Phase::Signe => pattern(ChartPatternFillType::HorizontalStripesLight, 0x0037_5623),
        Phase::Sorti => pattern(ChartPatternFillType::VerticalStripesLight, 0x007F_7F7F),
    }
}

fn by_stage(rows: Rows) -> Chart {
    let mut chart = Chart::new(ChartType::Bar);
    chart.title().set_name("Contrats par étape");
    chart
        .add_series()
        .set_name((SHEET, rows.first - 1, 1))
        .set_categories((SHEET, rows.first, 0, rows.last, 0))
        .set_values((SHEET, rows.first, 1, rows.last, 1))
        .set_gap(60)
        .set_data_label(ChartDataLabel::new().show_value())
        .set_format(&mut pattern(ChartPatternFillType::DiagonalStripesWideUpwards, 0x002F_75B5));
    chart.legend().set_hidden();
    chart.y_axis().set_reverse();
    chart.x_axis().set_hidden(true);
    chart.x_axis().set_major_gridlines(false);
    chart.set_width(760).set_height(400);
    chart.set_alt_text("Nombre de contrats à chaque étape ; les valeurs sont dans le tableau « Étape ».");
    chart
}

fn by_departement(rows: Rows) -> Chart {
    let mut chart = Chart::new(ChartType::BarStacked);
    chart.title().set_name("Contrats par département et par phase");
    for (column, phase) in (2..).zip(Phase::ALL) {
        chart
            .add_series()
            .set_name((SHEET, rows.first - 1, column))
            .set_categories((SHEET, rows.first, 0, rows.last, 0))
            .set_values((SHEET, rows.first, column, rows.last, column))
            .set_gap(60)
            // No label where there is nothing.
            .set_data_label(ChartDataLabel::new().show_value().set_num_format("0;;"))
            .set_format(&mut phase_format(phase));
    }
    chart.y_axis().set_reverse();
    chart.x_axis().set_major_gridlines(false);
    chart.set_width(760).set_height((160 + 34 * (rows.last - rows.first + 1)).min(900));
    chart.set_alt_text(
        "Nombre de contrats de chaque département, par phase ; les valeurs sont dans le tableau « Département ».",
    );
    chart
}
