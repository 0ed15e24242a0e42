//! The list of what would be made, and why, for those who do not use a terminal.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet};

use super::{
    WorkbookError,
    look::{heading, wrapped},
};
use crate::{
    document::provenance::{Change, Spot, in_french, template_in_french},
    domain::Changement,
    ops::{Action, Item, Plan},
    template::Comparison,
};

/// The columns: title, width in characters.
const COLUMNS: [(&str, f64); 11] = [
    ("Contrat", 16.0),
    ("Établissement", 40.0),
    ("Département", 12.0),
    ("CPAM", 8.0),
    ("Situation", 24.0),
    ("Suite", 22.0),
    ("Emplacement", 52.0),
    ("Page", 7.0),
    ("Avant", 34.0),
    ("Après", 34.0),
    ("Cause", 60.0),
];

/// One line for each change of each contract; contracts that do not change are counted on a sheet of their own.
///
/// # Errors
/// When the workbook cannot be written to memory.
pub fn plan_workbook(plan: &Plan) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    // The same plan gives the same bytes.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    changes(workbook.add_worksheet(), plan)?;
    summary(workbook.add_worksheet(), plan)?;
    Ok(workbook.save_to_buffer()?)
}

/// What an avenant would say, one line each; then what differs and is no matter for it.
#[must_use]
pub fn avenant_lines(comparison: &Comparison) -> Vec<String> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
    let changed =
        |change: &Changement| format!("{}\u{a0}: {} → {}", change.objet, value(&change.avant), value(&change.apres));
    let objet = &comparison.objet;
    let added = objet.ajouts.iter().map(|code| format!("avenant, indicateur ajouté\u{a0}: {code}"));
    let modified = objet.modifications.iter().flat_map(|modification| {
        modification.changements.iter().map(|change| format!("avenant, {}, {}", modification.code, changed(change)))
    });
    let others = comparison.autres.iter().map(|change| format!("hors avenant, {}", changed(change)));
    added.chain(modified).chain(others).collect()
}

fn changes(sheet: &mut Worksheet, plan: &Plan) -> Result<(), WorkbookError> {
    sheet.set_name("Changements")?;
    for (column, (title, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
        sheet.write_with_format(0, column, title, &heading())?;
    }
    let mut row = 0;
    for item in plan.items.iter().filter(|item| item.action != Action::Unchanged) {
        for told in item.avenant.iter().flat_map(avenant_lines) {
            row += 1;
            line(sheet, row, item, &Told { place: told, ..Told::default() })?;
        }
        if item.changes.is_empty() && item.avenant.is_none() {
            row += 1;
            line(sheet, row, item, &Told::default())?;
        }
        for change in &item.changes {
            row += 1;
            line(sheet, row, item, &Told::of(change))?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofilter(0, 0, row, 10)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

fn line(sheet: &mut Worksheet, row: u32, item: &Item, told: &Told) -> Result<(), WorkbookError> {
    let etablissement = &item.contract.etablissement;
    let situation = item.etape.map_or_else(|| "à établir".to_owned(), |etape| etape.to_string());
    let texts = [
        item.contract.id.to_string(),
        etablissement.raison_sociale.to_string(),
        etablissement.departement.clone(),
        etablissement.cpam.clone(),
        situation,
        suite(item),
        told.place.clone(),
        String::new(),
        told.before.clone(),
        told.after.clone(),
        told.cause.clone(),
    ];
    for (column, text) in (0..).zip(&texts) {
        sheet.write_with_format(row, column, text, &wrapped())?;
    }
    if let Some(page) = told.page {
        sheet.write_with_format(row, 7, page, &wrapped())?;
    }
    Ok(())
}

/// What follows, in words.
fn suite(item: &Item) -> String {
    match item.action {
        Action::Amend => "avenant à établir".to_owned(),
        Action::Closed => "aucune\u{a0}: contrat terminé".to_owned(),
        Action::First => "première version".to_owned(),
        Action::Redraft => format!("version {} refaite", item.version),
        Action::Replace(old) => format!("version {} remplace la version {old}", item.version),
        Action::Unchanged => "sans changement".to_owned(),
    }
}

/// A change in the words of a reader.
#[derive(Default)]
struct Told {
    place: String,
    page: Option<u16>,
    before: String,
    after: String,
    cause: String,
}

impl Told {
    fn of(change: &Change) -> Self {
        let at = |spot: &Spot| (spot.place.clone(), spot.page.or(spot.old_page));
        let sources = |origins: &[crate::diag::Origin]| origins.iter().map(in_french).collect::<Vec<_>>().join("\n");
        match change {
            Change::Added(piece) => {
                let (place, page) = at(&piece.spot);
                let cause = if piece.sources.is_empty() {
                    template_in_french(&piece.template)
                } else {
                    sources(&piece.sources)
                };
                Self { place, page, before: "—".to_owned(), after: piece.text.clone(), cause }
            }
            Change::Clause { spot, old, new, template, .. } => {
                let (place, page) = at(spot);
                Self { place, page, before: old.clone(), after: new.clone(), cause: template_in_french(template) }
            }
            Change::Removed(piece) => {
                let (place, page) = at(&piece.spot);
                let cause = if piece.sources.is_empty() {
                    template_in_french(&piece.template)
                } else {
                    sources(&piece.sources)
                };
                Self { place, page, before: piece.text.clone(), after: "—".to_owned(), cause }
            }
            Change::Renumbered { .. } => {
                Self { place: "numérotation".to_owned(), after: change.to_string(), ..Self::default() }
            }
            Change::Value { old, new, sources: read, spots, .. } => Self {
                place: spots.iter().map(|spot| spot.place.clone()).collect::<Vec<_>>().join("\n"),
                page: spots.first().and_then(|spot| spot.page.or(spot.old_page)),
                before: old.clone(),
                after: new.clone(),
                cause: sources(read),
            },
        }
    }
}

/// Whether an action is of a kind.
type Is = fn(Action) -> bool;

fn summary(sheet: &mut Worksheet, plan: &Plan) -> Result<(), WorkbookError> {
    sheet.set_name("Synthèse")?;
    sheet.set_column_width(0, 40)?;
    sheet.write_with_format(0, 0, "Suite", &heading())?;
    sheet.write_with_format(0, 1, "Contrats", &heading())?;
    let kinds: [(&str, Is); 6] = [
        ("Première version", |action| action == Action::First),
        ("Brouillon refait", |action| action == Action::Redraft),
        ("Nouvelle version (la précédente est remplacée)", |action| matches!(action, Action::Replace(_))),
        ("Avenant à établir", |action| action == Action::Amend),
        ("Contrat terminé", |action| action == Action::Closed),
        ("Sans changement", |action| action == Action::Unchanged),
    ];
    for (row, (title, is)) in (1..).zip(kinds) {
        let count = plan.items.iter().filter(|item| is(item.action)).count();
        sheet.write_with_format(row, 0, title, &wrapped())?;
        sheet.write_with_format(row, 1, u32::try_from(count).unwrap_or(u32::MAX), &wrapped())?;
    }
    Ok(())
}
