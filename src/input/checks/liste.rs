//! Établissements listed in a workbook: one row each, columns named field by field.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Civilite, Statut, Typologie},
    input::{
        checks::{
            fiche::{Fiche, FichePlace},
            finess, parts,
        },
        diags,
        findings::Findings,
        folder::CAMPAGNE,
        names,
        sources::{
            AdresseSource, AvisSource, DelegationSource, EtablissementSource, EtablissementsClasseur, SignataireSource,
        },
        xlsx::{
            Cell, Content, Sheet, cell,
            table::{RowKind, Table},
        },
    },
};

/// Fields that a column may give; those ending with a dot are followed by a code.
const FIELDS: [&str; 31] = [
    "finess_ej",
    "finess_et",
    "siren",
    "siret",
    "raison_sociale",
    "statut",
    "typologies",
    "typologies.",
    "adresse.ligne1",
    "adresse.ligne2",
    "adresse.code_postal",
    "adresse.commune",
    "courriel",
    "departement",
    "cpam",
    "representant.civilite",
    "representant.prenom",
    "representant.nom",
    "representant.fonction",
    "representant.delegation.acte",
    "representant.delegation.date",
    "representant.delegation.debut",
    "representant.delegation.fin",
    "representant.delegation.publiee",
    "avis_cme.date",
    "avis_cme.sens",
    "avis_olam.date",
    "avis_olam.sens",
    "date_effet",
    "motifs_ciblage.",
    "sans_objet.",
];

/// Reads the établissements of a sheet.
pub(crate) fn read(source: &EtablissementsClasseur, sheet: &Sheet, findings: &mut Findings) -> Vec<Fiche> {
    let Some(table) = Table::new(sheet, source.entete, findings) else { return Vec::new() };
    let config = Origin::yaml(CAMPAGNE, "etablissements.colonnes");
    let mut columns = BTreeMap::new();
    let mut told = required(source, &config, findings);
    for (field, header) in &source.colonnes {
        let place = config.child(field);
        if is_field(field) {
            match table.column(header, &place, findings) {
                Some(column) => _ = columns.insert(field.clone(), column),
                None => _ = told.insert(top(field).to_owned()),
            }
        } else {
            findings.push(
                Diagnostic::new(&diags::FIELD_UNKNOWN, place, format!("an établissement has no field `{field}`"))
                    .found(format!("`{field}`"))
                    .help(names::did_you_mean(field, FIELDS.iter().map(|field| field.trim_end_matches('.')))),
            );
        }
    }
    table.warn_hidden(&columns.values().copied().collect(), findings);
    let Some(&key) = columns.get("finess_ej") else { return Vec::new() };
    let mut fiches = Vec::new();
    let mut totals = Vec::new();
    for row in table.rows() {
        let number = sheet.text(row, key);
        if !finess::resembles(&number) && (number.is_empty() || table.kind(row) != RowKind::Body) {
            totals.extend(row_without_finess(&table, row, findings).map(|label| (row, label)));
            continue;
        }
        fiches.push(fiche(sheet, row, &columns, &told, findings));
    }
    tell_totals(&table, &totals, findings);
    fiches
}

/// The fields that a contract prints and that no column gives: told once, not for each row.
fn required(source: &EtablissementsClasseur, config: &Origin, findings: &mut Findings) -> BTreeSet<String> {
    const REQUIRED: [&str; 8] =
        ["finess_ej", "raison_sociale", "statut", "typologies", "adresse", "departement", "cpam", "representant"];
    let given: BTreeSet<&str> = source.colonnes.keys().map(|field| top(field)).collect();
    let mut told = BTreeSet::new();
    for field in REQUIRED.into_iter().filter(|field| !given.contains(field)) {
        told.insert(field.to_owned());
        findings.push(
            Diagnostic::new(
                &diags::FIELD_UNKNOWN,
                config.clone(),
                format!("no column gives the `{field}` of the établissements"),
            )
            .expected(format!("the field `{field}`"))
            .help(format!("add `{field}` (or the fields below it) with the header of its column")),
        );
    }
    told
}

/// The first segment of a field.
fn top(field: &str) -> &str {
    field.split('.').next().unwrap_or(field)
}

fn is_field(field: &str) -> bool {
    FIELDS.iter().any(|known| {
        field == *known || (known.ends_with('.') && field.strip_prefix(known).is_some_and(|code| !code.is_empty()))
    })
}

/// Tells a row that is no établissement and no furniture (rule 28); gives its label when it is taken for a total.
pub(crate) fn row_without_finess(table: &Table<'_>, row: u32, findings: &mut Findings) -> Option<String> {
    match table.kind(row) {
        RowKind::Furniture => None,
        RowKind::Total(label) => Some(label),
        RowKind::Body => {
            let first = table.sheet.row(row).next().map_or(0, |(column, _)| column);
            let texts: Vec<String> = table.sheet.row(row).map(|(_, cell)| cell.text()).collect();
            findings.push(
                Diagnostic::new(
                    &diags::ROW_WITHOUT_FINESS,
                    table.sheet.origin(row, first),
                    "a row holds values and no FINESS",
                )
                .expected("a FINESS, or a label such as `Total` or `Région`")
                .found(parts::shortened(&texts.join(" | ")))
                .help("give the FINESS of the établissement, or remove the row"),
            );
            None
        }
    }
}

/// Tells once for a sheet which rows are taken for totals.
pub(crate) fn tell_totals(table: &Table<'_>, totals: &[(u32, String)], findings: &mut Findings) {
    let Some((first, _)) = totals.first() else { return };
    let column = table.sheet.row(*first).next().map_or(0, |(column, _)| column);
    let count = match totals.len() {
        1 => "a row is taken for a total and left out".to_owned(),
        count => format!("{count} rows are taken for totals and left out"),
    };
    let rows: Vec<String> = totals.iter().take(20).map(|(row, label)| format!("{} `{label}`", row + 1)).collect();
    findings.push(
        Diagnostic::new(&diags::ROW_TOTAL, table.sheet.origin(*first, column), count)
            .found(format!("rows {}", rows.join(", ")))
            .help("nothing to do; if one of them is an établissement, give its FINESS"),
    );
}

fn fiche(
    sheet: &Sheet,
    row: u32,
    columns: &BTreeMap<String, u32>,
    told: &BTreeSet<String>,
    findings: &mut Findings,
) -> Fiche {
    let mut reading = Reading { sheet, row, columns, findings, told: told.clone() };
    let source = reading.etablissement();
    let told = reading.told;
    let place = FichePlace::Row { file: sheet.file.clone(), sheet: sheet.name.clone(), row, columns: columns.clone() };
    Fiche { source, place, told }
}

/// One row being read.
struct Reading<'a> {
    sheet: &'a Sheet,
    row: u32,
    columns: &'a BTreeMap<String, u32>,
    findings: &'a mut Findings,
    told: BTreeSet<String>,
}

impl Reading<'_> {
    fn etablissement(&mut self) -> EtablissementSource {
        let list = |text: String| {
            text.split([';', ',', '\n']).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()
        };
        EtablissementSource {
            finess_ej: self.text("finess_ej").unwrap_or_default(),
            finess_et: self.text("finess_et").map(list).unwrap_or_default(),
            siren: self.text("siren"),
            siret: self.text("siret"),
            raison_sociale: self.text("raison_sociale").unwrap_or_default(),
            statut: self.word("statut", statut, "public, privé non lucratif (ESPIC) or privé lucratif"),
            typologies: self.typologies(),
            adresse: self.has("adresse.").then(|| AdresseSource {
                ligne1: self.text("adresse.ligne1").unwrap_or_default(),
                ligne2: self.text("adresse.ligne2"),
                code_postal: self.digits("adresse.code_postal", 5).unwrap_or_default(),
                commune: self.text("adresse.commune").unwrap_or_default(),
            }),
            courriel: self.text("courriel"),
            departement: self.digits("departement", 2).unwrap_or_default(),
            cpam: self.text("cpam").unwrap_or_default(),
            representant: self.representant(),
            avis_cme: self.avis("avis_cme"),
            avis_olam: self.avis("avis_olam"),
            date_effet: self.day("date_effet"),
            motifs_ciblage: self.by_code("motifs_ciblage."),
            surveillance: Vec::new(),
            sans_objet: self.by_code("sans_objet."),
        }
    }

    fn cell(&mut self, field: &str) -> Option<&Cell> {
        let column = *self.columns.get(field)?;
        let place = self.sheet.anchor(self.row, column);
        if self.sheet.uncomputed.contains(&place) {
            self.findings.push(uncomputed(self.sheet.origin(place.0, place.1)));
            self.told.insert(top(field).to_owned());
            return None;
        }
        let cell = self.sheet.cells.get(&place).filter(|cell| !cell.is_dash())?;
        if let Content::Error(error) = &cell.content {
            self.findings.push(error_cell(self.sheet.origin(place.0, place.1), error));
            self.told.insert(top(field).to_owned());
            return None;
        }
        Some(cell)
    }

    fn text(&mut self, field: &str) -> Option<String> {
        self.cell(field).map(Cell::text).filter(|text| !text.is_empty())
    }

    /// A day, as people write it in a sheet; what is none is told where it is used.
    fn day(&mut self, field: &str) -> Option<String> {
        self.text(field).map(|text| parts::french_date(&text).map_or(text, |day| day.to_string()))
    }

    /// A number kept as a number loses its left zeros.
    fn digits(&mut self, field: &str, length: usize) -> Option<String> {
        let cell = self.cell(field)?;
        let number = matches!(&cell.content, Content::Number(_));
        let text = cell.text();
        Some(if number { format!("{text:0>length$}") } else { text })
    }

    fn word<T>(&mut self, field: &str, read: impl Fn(&str) -> Option<T>, expected: &str) -> Option<T> {
        let text = self.text(field)?;
        let word = read(&text);
        if word.is_none() {
            let column = self.columns.get(field).copied().unwrap_or(0);
            self.told.insert(top(field).to_owned());
            self.findings.push(
                Diagnostic::new(
                    &diags::CELL_WORD,
                    self.sheet.origin(self.row, column),
                    format!("{} is not understood here", parts::shortened(&text)),
                )
                .expected(expected)
                .found(parts::shortened(&text))
                .help("write one of the words that are expected"),
            );
        }
        word
    }

    fn has(&self, prefix: &str) -> bool {
        self.columns.keys().any(|field| field.starts_with(prefix))
    }

    fn typologies(&mut self) -> Vec<Typologie> {
        let mut found = BTreeSet::new();
        if let Some(text) = self.text("typologies") {
            let split = text
                .split([';', ',', '/', '+', '\n', ' '])
                .map(str::trim)
                .filter(|word| !word.is_empty() && *word != "et");
            for word in split {
                match Typologie::from_label(word) {
                    Some(typologie) => _ = found.insert(typologie),
                    None => {
                        let origin = self.sheet.origin(self.row, self.columns.get("typologies").copied().unwrap_or(0));
                        self.findings.push(unknown_typologie(word, origin));
                        self.told.insert("typologies".to_owned());
                    }
                }
            }
        }
        for (field, column) in self.columns {
            let Some(label) = field.strip_prefix("typologies.") else { continue };
            let Some(typologie) = Typologie::from_label(label) else {
                self.findings
                    .push(unknown_typologie(label, Origin::yaml(CAMPAGNE, format!("etablissements.colonnes.{field}"))));
                self.told.insert("typologies".to_owned());
                continue;
            };
            match cell::mark(self.sheet.shown(self.row, *column)) {
                Ok(true) => _ = found.insert(typologie),
                Ok(false) => {}
                Err(()) => self.findings.push(unknown_mark(self.sheet, self.row, *column)),
            }
        }
        found.into_iter().collect()
    }

    fn representant(&mut self) -> Option<SignataireSource> {
        if !self.has("representant.") {
            return None;
        }
        let civilite = self.word("representant.civilite", civilite, "`M.` or `Mme`");
        let nom = self.text("representant.nom");
        let acte = self.text("representant.delegation.acte");
        let delegation = acte.map(|acte| DelegationSource {
            acte,
            date: self.day("representant.delegation.date"),
            debut: self.day("representant.delegation.debut").unwrap_or_default(),
            fin: self.day("representant.delegation.fin"),
            publiee: self.word("representant.delegation.publiee", yes_or_no, "oui or non").unwrap_or(false),
        });
        Some(SignataireSource {
            civilite: civilite?,
            prenom: self.text("representant.prenom").unwrap_or_default(),
            nom: nom.unwrap_or_default(),
            fonction: self.text("representant.fonction").unwrap_or_default(),
            delegation,
        })
    }

    fn avis(&mut self, field: &str) -> Option<AvisSource> {
        let date = self.day(&format!("{field}.date"))?;
        let sens = self.text(&format!("{field}.sens")).unwrap_or_else(|| "favorable".to_owned());
        Some(AvisSource { date, sens })
    }

    fn by_code(&mut self, prefix: &str) -> BTreeMap<String, String> {
        let fields: Vec<String> = self.columns.keys().filter(|field| field.starts_with(prefix)).cloned().collect();
        let value = |field: String| Some((field.strip_prefix(prefix)?.to_owned(), self.text(&field)?));
        fields.into_iter().filter_map(value).collect()
    }
}

fn statut(text: &str) -> Option<Statut> {
    let word = names::normalised(text).replace('_', " ").replace('é', "e");
    let word = word.trim_start_matches("etablissement ").trim_start_matches("de sante ");
    match word.replace("a but ", "").replace("à but ", "").as_str() {
        "public" | "public de sante" | "eps" => Some(Statut::Public),
        "espic" | "prive non lucratif" | "non lucratif" | "prive d'interêt collectif" | "pnl" => {
            Some(Statut::PriveNonLucratif)
        }
        "prive lucratif" | "prive" | "lucratif" => Some(Statut::PriveLucratif),
        _ => None,
    }
}

fn civilite(text: &str) -> Option<Civilite> {
    match names::normalised(text).as_str() {
        "m." | "m" | "monsieur" => Some(Civilite::M),
        "mme" | "mme." | "madame" => Some(Civilite::Mme),
        _ => None,
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    cell::mark(Some(&Cell { content: Content::Text(text.to_owned()), percent: false })).ok()
}

/// Says that a field of activity is not one.
pub(crate) fn unknown_typologie(word: &str, origin: Origin) -> Diagnostic {
    let labels = Typologie::ALL.map(Typologie::label);
    Diagnostic::new(&diags::TYPOLOGIE_UNKNOWN, origin, format!("`{word}` is not a field of activity"))
        .expected(format!("one of {}", names::listed(labels)))
        .found(format!("`{word}`"))
        .help(names::did_you_mean(word, labels))
}

/// Says that a mark is not understood.
pub(crate) fn unknown_mark(sheet: &Sheet, row: u32, column: u32) -> Diagnostic {
    let text = sheet.text(row, column);
    Diagnostic::new(
        &diags::CELL_MARK,
        sheet.origin(row, column),
        format!("{} is neither yes nor no", parts::shortened(&text)),
    )
    .expected("`X`, `oui` or `1`; nothing, `non` or `0`")
    .found(parts::shortened(&text))
    .help("correct the cell")
}

/// Says that a formula has no result.
pub(crate) fn uncomputed(origin: Origin) -> Diagnostic {
    Diagnostic::new(&diags::CELL_UNCOMPUTED, origin, "the formula of this cell was never computed")
        .expected("a formula with its result, or a value")
        .help("open the workbook in a spreadsheet and save it; or replace the formula by its value")
}

/// Says that a cell shows an error.
pub(crate) fn error_cell(origin: Origin, error: &str) -> Diagnostic {
    Diagnostic::new(&diags::CELL_ERROR, origin, format!("the cell shows the error `{error}`"))
        .found(format!("`{error}`"))
        .help("correct the formula; write `NC` when the value is not known")
}
