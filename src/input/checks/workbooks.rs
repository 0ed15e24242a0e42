//! The workbooks of a campaign, sheet by sheet.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Modele, VoletCode},
    input::{
        Sources,
        checks::{
            actions,
            catalogue::Catalogue,
            ciblage, engagements, finess, indicateurs, liste,
            roster::{Roster, Who},
            targets::{Targeting, Targets},
        },
        diags,
        findings::Findings,
        folder::CAMPAGNE,
        names,
        sources::{ClasseurSource, FeuilleSource, HorsCampagne, LectureSource},
        xlsx::{
            Book, Content, Sheet,
            table::{RowKind, Table},
        },
    },
};

/// What the workbooks are read against.
pub(crate) struct Known<'a> {
    pub(crate) rules: Option<&'a Modele>,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) roster: &'a Roster,
    pub(crate) annees: &'a [i16],
}

/// What the workbooks say.
#[derive(Default)]
pub(crate) struct Harvest {
    pub(crate) targets: Targets,
    pub(crate) engagements: Vec<crate::domain::Engagement>,
    /// Whether a sheet of engagements was named.
    pub(crate) engagements_named: bool,
    pub(crate) actions: Vec<ActionRow>,
}

/// One line of a plan of action, and whom it is for.
pub(crate) struct ActionRow {
    pub(crate) member: Option<usize>,
    pub(crate) volet: Option<VoletCode>,
    pub(crate) action: crate::domain::Action,
}

/// One sheet being read.
pub(crate) struct SheetReading<'a> {
    pub(crate) table: Table<'a>,
    pub(crate) known: &'a Known<'a>,
    pub(crate) hors_campagne: HorsCampagne,
    /// Where the campaign says how to read it.
    pub(crate) named: Origin,
}

/// Reads all workbooks.
pub(crate) fn read(
    sources: &Sources,
    classeurs: &[ClasseurSource],
    known: &Known<'_>,
    findings: &mut Findings,
) -> Harvest {
    let mut harvest = Harvest::default();
    for (i, classeur) in classeurs.iter().enumerate() {
        let path = format!("classeurs[{i}]");
        let opened = sources.file(&classeur.fichier).map(|(file, bytes)| Book::open(&file, bytes));
        let mut book = match opened {
            Some(Ok(book)) => book,
            Some(Err(finding)) => {
                findings.push(*finding);
                classeur.feuilles.iter().for_each(|feuille| harvest.miss(&feuille.lecture));
                continue;
            }
            None => {
                classeur.feuilles.iter().for_each(|feuille| harvest.miss(&feuille.lecture));
                continue;
            }
        };
        for (j, feuille) in classeur.feuilles.iter().enumerate() {
            let named = Origin::yaml(CAMPAGNE, format!("{path}.feuilles[{j}]"));
            for name in sheet_names(&book, feuille, &classeur.feuilles) {
                match sheet(&mut book, &name, named.child("feuille")) {
                    Ok(sheet) => read_sheet(&sheet, feuille, &named, known, &mut harvest, findings),
                    Err(finding) => {
                        findings.push(*finding);
                        harvest.miss(&feuille.lecture);
                    }
                }
            }
        }
    }
    harvest
}

/// The sheets that an entry speaks of: one, or with `*` all that no entry names.
fn sheet_names(book: &Book<'_>, feuille: &FeuilleSource, all: &[FeuilleSource]) -> Vec<String> {
    if feuille.feuille != "*" {
        return vec![feuille.feuille.clone()];
    }
    let named: BTreeSet<String> = all.iter().map(|feuille| names::normalised(&feuille.feuille)).collect();
    book.sheets().iter().filter(|name| !named.contains(&names::normalised(name))).cloned().collect()
}

/// A sheet by its name; letter case and spaces make no difference.
pub(crate) fn sheet(book: &mut Book<'_>, name: &str, named: Origin) -> Result<Sheet, Box<Diagnostic>> {
    let wanted = names::normalised(name);
    let found = book.sheets().iter().find(|sheet| *sheet == name);
    let found = found.or_else(|| book.sheets().iter().find(|sheet| names::normalised(sheet) == wanted)).cloned();
    let Some(found) = found else {
        let sheets = || book.sheets().iter().map(String::as_str);
        return Err(Box::new(
            Diagnostic::new(&diags::SHEET_MISSING, named, format!("`{}` has no sheet `{name}`", book.file()))
                .expected(format!("one of {}", names::listed(sheets())))
                .found(format!("`{name}`"))
                .help(names::did_you_mean(name, sheets())),
        ));
    };
    let sheet = book.sheet(&found)?;
    if sheet.cells.is_empty() && sheet.uncomputed.is_empty() {
        return Err(Box::new(
            Diagnostic::new(&diags::SHEET_EMPTY, sheet.whole(), format!("the sheet `{found}` is empty"))
                .related(named, "named here")
                .help("check that it is the right sheet of the right workbook"),
        ));
    }
    Ok(sheet)
}

fn read_sheet(
    sheet: &Sheet,
    feuille: &FeuilleSource,
    named: &Origin,
    known: &Known<'_>,
    harvest: &mut Harvest,
    findings: &mut Findings,
) {
    let Some(table) = Table::new(sheet, feuille.entete, findings) else {
        harvest.miss(&feuille.lecture);
        return;
    };
    let reading = SheetReading { table, known, hors_campagne: feuille.hors_campagne, named: named.child("lecture") };
    let complete = match &feuille.lecture {
        LectureSource::Ciblage { finess, marques } => {
            ciblage::read(&reading, finess, marques, &mut harvest.targets, findings)
        }
        LectureSource::Indicateurs { finess, indicateurs } => {
            indicateurs::read_wide(&reading, finess, indicateurs, &mut harvest.targets, findings)
        }
        LectureSource::IndicateursListe { finess, code, colonnes } => {
            indicateurs::read_list(&reading, finess, code, colonnes, &mut harvest.targets, findings)
        }
        LectureSource::Engagements { .. } => {
            harvest.engagements_named = true;
            engagements::read(&reading, &feuille.lecture, &mut harvest.engagements, findings)
        }
        LectureSource::Actions { .. } => actions::read(&reading, &feuille.lecture, &mut harvest.actions, findings),
    };
    if complete.is_none() {
        harvest.miss(&feuille.lecture);
    }
}

impl Harvest {
    /// A sheet that could not be read: what it would have said must not be called missing.
    fn miss(&mut self, lecture: &LectureSource) {
        match lecture {
            LectureSource::Ciblage { .. } => self.targets.targeting = Targeting::Partial,
            LectureSource::Indicateurs { .. } | LectureSource::IndicateursListe { .. } => {
                self.targets.incomplete = true;
            }
            LectureSource::Engagements { .. } => self.engagements_named = true,
            LectureSource::Actions { .. } => {}
        }
    }
}

/// To whom a row belongs.
enum Owner {
    Known(Who),
    /// To nobody, which is told if it must be.
    None,
    /// It is a total.
    Total(String),
}

impl SheetReading<'_> {
    /// The column of a name; `field` is the key under `lecture` that names it.
    pub(crate) fn column(&self, name: &str, field: &str, findings: &mut Findings) -> Option<u32> {
        self.table.column(name, &self.named.child(field), findings)
    }

    /// Walks the rows that belong to établissements of the campaign (rule 28): every other row is told.
    ///
    /// With `once`, an établissement has one row in the sheet, whether by its legal person's number or by a site's.
    pub(crate) fn each_member(
        &self,
        column: u32,
        once: bool,
        findings: &mut Findings,
        mut visit: impl FnMut(u32, usize, &mut Findings),
    ) {
        let mut seen: BTreeMap<usize, u32> = BTreeMap::new();
        let mut strangers = Vec::new();
        let mut totals = Vec::new();
        for row in self.table.rows() {
            let rank = match self.owner(row, column, findings) {
                Owner::Known(Who::Member(rank)) => rank,
                Owner::Known(Who::Faulty) | Owner::None => continue,
                Owner::Total(label) => {
                    totals.push((row, label));
                    continue;
                }
                Owner::Known(Who::Stranger) => {
                    strangers.push(row);
                    continue;
                }
            };
            if once && let Some(first) = seen.insert(rank, row) {
                findings.push(self.twice(row, first, column, rank));
                continue;
            }
            let mark = findings.mark();
            visit(row, rank, findings);
            findings.assign_since(mark, self.known.roster.key(rank));
        }
        liste::tell_totals(&self.table, &totals, findings);
        self.tell_strangers(&strangers, column, findings);
    }

    /// To whom a row belongs.
    fn owner(&self, row: u32, column: u32, findings: &mut Findings) -> Owner {
        let sheet = self.table.sheet;
        let place = sheet.anchor(row, column);
        let origin = sheet.origin(place.0, place.1);
        let cell = sheet.shown(row, column).filter(|cell| !cell.is_dash() && !cell.text().is_empty());
        let kind = self.table.kind(row);
        let numbered = cell.is_some_and(|cell| finess::resembles(&cell.text()));
        match cell {
            None if sheet.uncomputed.contains(&place) => {
                findings.push(liste::uncomputed(origin));
                Owner::None
            }
            Some(cell) if numbered || kind == RowKind::Body => {
                if let Content::Error(error) = &cell.content {
                    findings.push(liste::error_cell(origin, error));
                    return Owner::None;
                }
                let number = finess::read(&cell.text(), &origin, findings);
                number.map_or(Owner::None, |number| Owner::Known(self.known.roster.who(&number)))
            }
            _ => liste::row_without_finess(&self.table, row, findings).map_or(Owner::None, Owner::Total),
        }
    }

    fn twice(&self, row: u32, first: u32, column: u32, rank: usize) -> Diagnostic {
        let sheet = self.table.sheet;
        let same = sheet.text(row, column) == sheet.text(first, column);
        let message = if same { "the same FINESS has two rows" } else { "two rows belong to the same établissement" };
        Diagnostic::new(&diags::ROW_TWICE, sheet.origin(row, column), message)
            .expected("one row per établissement: that of its legal person or that of one site")
            .found(format!("`{}` and `{}`", sheet.text(first, column), sheet.text(row, column)))
            .related(sheet.origin(first, column), "the first row")
            .help("keep the row that holds and remove the other")
            .contract(self.known.roster.key(rank))
    }

    fn tell_strangers(&self, rows: &[u32], column: u32, findings: &mut Findings) {
        let sheet = self.table.sheet;
        if self.hors_campagne == HorsCampagne::Ignorer {
            if let Some(first) = rows.first() {
                findings.push(
                    Diagnostic::new(
                        &diags::ROWS_IGNORED,
                        sheet.origin(*first, column),
                        format!("{} rows of établissements outside the campaign are left out", rows.len()),
                    )
                    .help("as asked by `hors_campagne: ignorer`"),
                );
            }
            return;
        }
        for row in rows {
            findings.push(
                Diagnostic::new(
                    &diags::ROW_UNMATCHED,
                    sheet.origin(*row, column),
                    format!("`{}` is no établissement of the campaign", sheet.text(*row, column)),
                )
                .expected("the FINESS of a legal person or of a site listed in the campaign")
                .help("add the établissement, correct the number, or write `hors_campagne: ignorer` for this sheet"),
            );
        }
    }
}
