//! The first generation's Annexe 1: engagement → plan of action → indicator → target, by typologie.

use std::{collections::BTreeMap, sync::Arc};

use rust_decimal::Decimal;

use crate::{
    diag::{Diagnostic, FieldOrigins, Origin},
    domain::{Engagement, IndicateurCode, Texte, Typologie},
    input::{
        checks::{liste, parts, workbooks::SheetReading},
        diags,
        findings::Findings,
        names, number,
        sources::LectureSource,
        xlsx::{Content, cell, table::RowKind},
    },
};

/// What is printed as target when the line has none and the établissement has its own.
pub(crate) const OWN_TARGET: &str = "cible propre à l’établissement";

/// Whether a target only says that it is the établissement's own: nothing, or words such as « Cible de l'établissement ». Printed
/// where the établissement has none, such words would promise what nobody set.
fn names_own_target(text: &str) -> bool {
    let words = names::normalised(text);
    words.is_empty() || matches!(words.as_str(), "cible de l'établissement" | "cible propre à l'établissement")
}

/// The columns of the sheet, found.
struct Columns {
    numero: u32,
    engagement: u32,
    plan_action: u32,
    indicateur: u32,
    cible: u32,
    code: Option<u32>,
    poids: Option<u32>,
    typologies: Vec<(Typologie, u32)>,
}

/// Reads the engagements, one per row; cells merged over several rows count for each. `None` when a column is missing.
pub(crate) fn read(
    reading: &SheetReading<'_>,
    lecture: &LectureSource,
    engagements: &mut Vec<Engagement>,
    findings: &mut Findings,
) -> Option<()> {
    let columns = columns(reading, lecture, findings)?;
    let fixed = [columns.numero, columns.engagement, columns.plan_action, columns.indicateur, columns.cible];
    let marks = columns.typologies.iter().map(|(_, column)| *column);
    reading
        .table
        .warn_hidden(&fixed.into_iter().chain(marks).chain(columns.code).chain(columns.poids).collect(), findings);
    for row in reading.table.rows() {
        let sheet = reading.table.sheet;
        let filled = |column: u32| !sheet.text(row, column).is_empty();
        if reading.table.kind(row) == RowKind::Furniture || !(filled(columns.plan_action) || filled(columns.indicateur))
        {
            continue;
        }
        engagements.extend(Row { reading, columns: &columns, row }.engagement(findings));
    }
    Some(())
}

fn columns(reading: &SheetReading<'_>, lecture: &LectureSource, findings: &mut Findings) -> Option<Columns> {
    let LectureSource::Engagements { numero, engagement, plan_action, indicateur, cible, code, poids, typologies } =
        lecture
    else {
        return None;
    };
    let mut column = |header: &String, field: &str| reading.column(header, field, findings);
    let numero = column(numero, "numero");
    let engagement = column(engagement, "engagement");
    let plan_action = column(plan_action, "plan_action");
    let indicateur = column(indicateur, "indicateur");
    let cible = column(cible, "cible");
    let code = code.as_ref().map(|header| column(header, "code"));
    let poids = poids.as_ref().map(|header| column(header, "poids"));
    let typologies = marks(reading, typologies, findings);
    if code == Some(None) || poids == Some(None) {
        return None;
    }
    Some(Columns {
        numero: numero?,
        engagement: engagement?,
        plan_action: plan_action?,
        indicateur: indicateur?,
        cible: cible?,
        code: code.flatten(),
        poids: poids.flatten(),
        typologies: typologies?,
    })
}

fn marks(
    reading: &SheetReading<'_>,
    typologies: &BTreeMap<String, String>,
    findings: &mut Findings,
) -> Option<Vec<(Typologie, u32)>> {
    let mut found = Vec::new();
    let mut complete = true;
    for (label, header) in typologies {
        let field = format!("typologies.{label}");
        let typologie = Typologie::from_label(label);
        if typologie.is_none() {
            findings.push(liste::unknown_typologie(label, reading.named.child(&field)));
        }
        match (typologie, reading.column(header, &field, findings)) {
            (Some(typologie), Some(column)) => found.push((typologie, column)),
            _ => complete = false,
        }
    }
    found.sort_unstable();
    complete.then_some(found)
}

/// One row being read.
struct Row<'a> {
    reading: &'a SheetReading<'a>,
    columns: &'a Columns,
    row: u32,
}

impl Row<'_> {
    fn engagement(&self, findings: &mut Findings) -> Option<Engagement> {
        let columns = self.columns;
        let numero = self.texte(columns.numero, findings);
        let engagement = self.texte(columns.engagement, findings);
        let plan_action = self.texte(columns.plan_action, findings);
        let indicateur = self.texte(columns.indicateur, findings);
        let objectif = self.objectif(findings);
        let cible = if objectif.is_some() && names_own_target(&self.text(columns.cible)) {
            Texte::new(OWN_TARGET).ok()
        } else {
            self.texte(columns.cible, findings)
        };
        let poids = self.poids(findings);
        let typologies = self.typologies(findings);
        let numero = numero?;
        let theme = self.theme(numero.as_str(), findings);
        Some(Engagement {
            theme: theme?,
            numero,
            engagement: engagement?,
            plan_action: plan_action?,
            indicateur: indicateur?,
            cible: cible?,
            objectif,
            typologies: typologies?,
            poids: poids?,
            origin: self.place(columns.plan_action),
            origins: self.origins(),
        })
    }

    fn origins(&self) -> FieldOrigins {
        let columns = self.columns;
        let mut origins = BTreeMap::from([
            ("numero", self.place(columns.numero)),
            ("theme", self.place(columns.numero)),
            ("engagement", self.place(columns.engagement)),
            ("plan_action", self.place(columns.plan_action)),
            ("indicateur", self.place(columns.indicateur)),
            ("cible", self.place(columns.cible)),
        ]);
        origins.extend(columns.poids.map(|column| ("poids", self.place(column))));
        Arc::new(origins)
    }

    fn text(&self, column: u32) -> String {
        self.reading.table.sheet.text(self.row, column)
    }

    fn place(&self, column: u32) -> Origin {
        let (row, column) = self.reading.table.sheet.anchor(self.row, column);
        self.reading.table.sheet.origin(row, column)
    }

    fn texte(&self, column: u32, findings: &mut Findings) -> Option<Texte> {
        let place = self.place(column);
        match self.reading.table.sheet.shown(self.row, column).map(|cell| &cell.content) {
            Some(Content::Error(error)) => {
                findings.push(liste::error_cell(place, error));
                None
            }
            _ => parts::texte(&self.text(column), &place, findings),
        }
    }

    /// The part of article 10: the second number of `10.3.b`.
    fn theme(&self, numero: &str, findings: &mut Findings) -> Option<u8> {
        let theme =
            numero.split('.').nth(1).and_then(|part| part.trim().parse().ok()).filter(|theme| (1..=6).contains(theme));
        if theme.is_none() {
            findings.push(
                Diagnostic::new(
                    &diags::ENGAGEMENT_NUMBER,
                    self.place(self.columns.numero),
                    format!("{} does not number an engagement", parts::shortened(numero)),
                )
                .expected("the article, its part from 1 to 6 and a letter, as in `10.3.b`")
                .found(parts::shortened(numero))
                .help("correct the cell, and keep it as a text"),
            );
        }
        theme
    }

    fn objectif(&self, findings: &mut Findings) -> Option<IndicateurCode> {
        let column = self.columns.code?;
        let cell = self.reading.table.sheet.shown(self.row, column).filter(|cell| !cell.is_dash())?;
        let indicateur = self.reading.known.catalogue.find(&cell.text(), &self.place(column), findings)?;
        Some(indicateur.code.clone())
    }

    fn poids(&self, findings: &mut Findings) -> Option<Decimal> {
        let Some(column) = self.columns.poids else { return Some(Decimal::ONE) };
        let Some(cell) = self.reading.table.sheet.shown(self.row, column) else { return Some(Decimal::ONE) };
        let value = match &cell.content {
            Content::Number(value) => Some(*value),
            Content::Text(text) => number::parse(text).map(|figure| figure.value),
            _ => None,
        };
        let value = value.filter(|value| *value > Decimal::ZERO && *value <= Decimal::ONE_THOUSAND);
        if value.is_none() {
            findings.push(
                Diagnostic::new(
                    &diags::NUMBER,
                    self.place(column),
                    format!("{} is not a weight", parts::shortened(&cell.text())),
                )
                .expected("a positive number")
                .found(parts::shortened(&cell.text()))
                .help("correct the cell, or leave it empty for 1"),
            );
        }
        value
    }

    /// The typologies it applies to: at least one (rule 8).
    fn typologies(&self, findings: &mut Findings) -> Option<Vec<Typologie>> {
        let sheet = self.reading.table.sheet;
        let mut applies = Vec::new();
        let mut right = true;
        for (typologie, column) in &self.columns.typologies {
            match cell::mark(sheet.shown(self.row, *column)) {
                Ok(true) => applies.push(*typologie),
                Ok(false) => {}
                Err(()) => {
                    findings.push(liste::unknown_mark(sheet, self.row, *column));
                    right = false;
                }
            }
        }
        if applies.is_empty() && right {
            let names = self.columns.typologies.iter().map(|(typologie, _)| typologie.label());
            findings.push(
                Diagnostic::new(
                    &diags::ENGAGEMENT_NOBODY,
                    self.place(self.columns.plan_action),
                    "the engagement applies to nobody",
                )
                .expected(format!("a mark under one of {}", names::listed(names)))
                .help("mark the fields of activity that it applies to, or remove the row"),
            );
        }
        (right && !applies.is_empty()).then_some(applies)
    }
}
