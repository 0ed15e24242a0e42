//! The workbooks of the 2017 sample.

use std::{error::Error, path::Path};

use super::{
    engagements_2017::{ENGAGEMENTS, THEMES, TRANSPORTS},
    finess,
    hospital::{Hospital, Statut},
    region_2017::{Contract, INDICATORS, Objective},
    seed::Seed,
    workbook::{BLUE, Cell, GREEN, GREY, Header, SAND, Sheet, workbook},
};

type Written = Result<(), Box<dyn Error>>;

/// Columns of marks, in the words of the time, and the typologies they stand for.
const TYPOLOGIES: [(&str, &str); 6] =
    [("MCO", "MCO"), ("HAD", "HAD"), ("Dialyse", "dialyse"), ("SSR", "SMR"), ("PSY", "PSY"), ("SLD", "USLD")];
const TYPOLOGIE_COLUMNS: [&str; 6] = ["MCO", "HAD", "Dialyse", "SSR", "PSY", "SLD"];
const TOTAL: u32 = 0xEDEDED;
const REGION: u32 = 0xD6DCE4;

/// Writes all of them; `examined` are the hospitals looked at for the additional volets.
pub(crate) fn write(folder: &Path, contracts: &[Contract], examined: &[usize], seed: &mut Seed) -> Written {
    etablissements(&folder.join("etablissements.xlsx"), contracts)?;
    engagements(&folder.join("annexe-1-engagements.xlsx"))?;
    cibles(&folder.join("cibles-2018.xlsx"), contracts)?;
    ciblage(&folder.join("ciblage-volets-additionnels.xlsx"), contracts, examined, seed)?;
    transports(&folder.join("plan-transport.xlsx"))
}

/// The list of établissements, as it is kept by an agency: one row each, one column of marks per typologie.
fn etablissements(path: &Path, contracts: &[Contract]) -> Written {
    let mut book = workbook("Établissements CAQES 2018", (2017, 9, 18))?;
    let about = "Fichier de suivi des établissements signataires – mise à jour du 18 septembre 2017";
    let mut sheet = Sheet::add(&mut book, "Établissements", "Établissements de santé – CAQES 2018", about)?;
    let headers = [
        Header::single("FINESS EJ", GREY),
        Header::single("FINESS ET", GREY),
        Header::single("SIRET", GREY),
        Header::single("Raison sociale", GREY),
        Header::single("Statut", GREY),
        Header::group("Adresse", &["N° et voie", "Complément", "Code postal", "Commune"], BLUE),
        Header::single("Dépt", GREY),
        Header::group("CPAM", &["Code", "Organisme"], GREEN),
        Header::group("Champs d'activité", &TYPOLOGIE_COLUMNS, SAND),
        Header::group("Signataire", &["Civilité", "Prénom", "Nom", "Fonction"], BLUE),
        Header::group("Délégation de signature", &["Acte", "Date", "Début", "Publiée"], GREEN),
        Header::group("Motif de ciblage", &["Transports", "Pertinence"], SAND),
    ];
    let widths = [
        12., 14., 17., 46., 20., 32., 12., 9., 28., 7., 7., 28., 9., 9., 9., 9., 9., 9., 9., 14., 20., 22., 46., 11.,
        11., 9., 40., 40.,
    ];
    sheet.widths(&widths, widths.len())?;
    sheet.header(&headers, 4)?;
    for (rank, contract) in contracts.iter().enumerate() {
        let mut cells = etablissement(&contract.hospital, rank);
        cells.extend(delegation(contract.delegation));
        cells.push(motive(contract.transport, "Atypie sur au moins deux des quatre critères, premier semestre 2016"));
        cells.push(motive(contract.pertinence, "Taux d'amygdalectomie atypique, 2012-2016"));
        sheet.row(&cells)?;
    }
    sheet.notes(&["SSR : soins de suite et de réadaptation – SLD : soins de longue durée"])?;
    book.save(path)?;
    Ok(())
}

fn etablissement(hospital: &Hospital, rank: usize) -> Vec<Cell> {
    let person = &hospital.representant;
    let mut cells = vec![
        number(&hospital.finess_ej, rank),
        Cell::text(hospital.finess_et.join("\n")),
        Cell::text(&hospital.siret),
        Cell::text(&hospital.raison_sociale),
        Cell::text(match hospital.statut {
            Statut::PriveLucratif => "Privé lucratif",
            Statut::PriveNonLucratif => "Privé non lucratif",
            Statut::Public => "Public",
        }),
        Cell::text(&hospital.ligne1),
        hospital.ligne2.as_ref().map_or(Cell::Blank, Cell::text),
        Cell::text(&hospital.code_postal),
        Cell::text(hospital.commune),
        Cell::Mark(hospital.departement),
        Cell::Mark(hospital.cpam),
        Cell::text(format!("CPAM {}", hospital.cpam)),
    ];
    cells.extend(TYPOLOGIES.iter().map(|(_, typologie)| mark(hospital.is(typologie))));
    cells.extend([person.civilite, person.prenom, person.nom, person.fonction].map(Cell::text));
    cells
}

/// The act by which a deputy signs, by its number.
fn delegation(number: Option<i64>) -> [Cell; 4] {
    let Some(number) = number else { return [const { Cell::Blank }; 4] };
    [
        Cell::text(format!("Décision n° 2017-{number} portant délégation de signature")),
        Cell::Day(2017, 8, 28),
        Cell::Day(2017, 9, 1),
        Cell::Mark("oui"),
    ]
}

fn motive(targeted: bool, text: &str) -> Cell {
    if targeted { Cell::text(text) } else { Cell::Blank }
}

fn mark(marked: bool) -> Cell {
    if marked { Cell::Mark("X") } else { Cell::Blank }
}

/// A FINESS as a number, in groups, or as a text.
fn number(finess_ej: &str, rank: usize) -> Cell {
    match (rank % 9, finess_ej.parse::<i64>()) {
        (4, Ok(number)) => Cell::Raw(number),
        (7, _) => Cell::text(finess::spaced(finess_ej, ' ')),
        _ => Cell::text(finess_ej),
    }
}

/// Annexe 1: the theme and the engagement are merged over their rows.
fn engagements(path: &Path) -> Written {
    let mut book = workbook("Annexe 1 CAQES 2018", (2017, 9, 25))?;
    let about = "Volet socle – engagement, plan d'action, indicateur et cible par champ d'activité";
    let mut sheet = Sheet::add(&mut book, "Annexe 1", "Annexe 1 – Engagements du volet socle (CAQES 2018)", about)?;
    let headers = [
        Header::single("Thème", GREY),
        Header::single("N°", GREY),
        Header::single("Engagement", BLUE),
        Header::single("Plan d'action", BLUE),
        Header::single("Indicateur", BLUE),
        Header::single("Cible", BLUE),
        Header::single("Code indicateur", GREEN),
        Header::single("Poids", GREEN),
        Header::group("Champs d'activité concernés", &TYPOLOGIE_COLUMNS, SAND),
        Header::single("Remarques", GREY),
    ];
    sheet.widths(&[22., 8., 36., 48., 34., 24., 11., 7., 8., 8., 8., 8., 8., 8., 28.], 15)?;
    sheet.header(&headers, 2)?;
    for (prefix, theme) in THEMES {
        let first_of_theme = sheet.next_row();
        let lines = ENGAGEMENTS.iter().filter(|line| line.numero.starts_with(prefix));
        let lines: Vec<_> = lines.collect();
        for group in lines.chunk_by(|a, b| a.engagement == b.engagement) {
            let first = sheet.next_row();
            for line in group {
                let mut cells = vec![Cell::text(theme), Cell::text(line.numero)];
                cells.extend([line.engagement, line.plan_action, line.indicateur, line.cible].map(Cell::text));
                cells.push(if line.code.is_empty() { Cell::Blank } else { Cell::Mark(line.code) });
                cells.push(Cell::Count(line.poids));
                cells.extend(TYPOLOGIES.iter().map(|(_, typologie)| mark(line.typologies.contains(typologie))));
                cells.push(if line.remarque.is_empty() { Cell::Blank } else { Cell::text(line.remarque) });
                sheet.row(&cells)?;
            }
            sheet.merge_down(2, first, group[0].engagement)?;
        }
        sheet.merge_down(0, first_of_theme, theme)?;
    }
    sheet.notes(&["« Cible de l'établissement » : la cible est celle du fichier des cibles 2018"])?;
    book.save(path)?;
    Ok(())
}

/// Targets of the volet socle, wide with sub-totals; then those of the additional volets.
fn cibles(path: &Path, contracts: &[Contract]) -> Written {
    let mut book = workbook("Cibles CAQES 2018", (2017, 9, 29))?;
    let about = "Valeurs 2016 et cibles 2018 par établissement – source : Assurance maladie et PMSI (fictif)";
    let mut sheet = Sheet::add(&mut book, "Volet socle", "Cibles 2018 – volet socle", about)?;
    let mut headers =
        vec![Header::single("FINESS", GREY), Header::single("Raison sociale", GREY), Header::single("Dépt", GREY)];
    let colours = [BLUE, GREEN, SAND];
    headers.extend(INDICATORS.iter().zip(colours.into_iter().cycle()).map(|(indicator, colour)| {
        Header::group(&format!("{} ({})", indicator.short, indicator.code), &["2016 réf.", "Cible 2018"], colour)
    }));
    sheet.widths(&[14., 46., 7., 12.], 3 + 2 * INDICATORS.len())?;
    sheet.header(&headers, 2)?;
    for group in contracts.chunk_by(|a, b| a.hospital.cpam == b.hospital.cpam) {
        for (rank, contract) in group.iter().enumerate() {
            let mut cells = identity(&contract.hospital, rank);
            for objective in &contract.objectives {
                match objective {
                    Some(objective) => cells.extend([reference(objective), Cell::Fraction(objective.target)]),
                    None => cells.extend([Cell::Blank, Cell::Blank]),
                }
            }
            sheet.row(&cells)?;
        }
        let scope = format!("CPAM {}", group[0].hospital.cpam);
        sheet.total(&means("Sous-total", &scope, group), TOTAL)?;
    }
    sheet.total(&means("Région", "Orlève-Atlantique", contracts), REGION)?;
    sheet.notes(&[
        "* hors anti-PD1",
        "NC : non communiqué – case vide : indicateur sans application à l'établissement",
    ])?;
    additional(&mut book, contracts)?;
    book.save(path)?;
    Ok(())
}

fn identity(hospital: &Hospital, rank: usize) -> Vec<Cell> {
    vec![number(&hospital.finess_ej, rank), Cell::text(&hospital.raison_sociale), Cell::Mark(hospital.departement)]
}

fn reference(objective: &Objective) -> Cell {
    match objective.reference {
        None => Cell::Mark("NC"),
        Some(tenths) if objective.noted => {
            let sign = if tenths < 0 { "- " } else { "" };
            Cell::text(format!("{sign}{},{}\u{a0}% *", tenths.abs() / 10, tenths.abs() % 10))
        }
        Some(tenths) => Cell::Fraction(tenths),
    }
}

/// Mean reference value of each indicator.
fn means(label: &str, scope: &str, contracts: &[Contract]) -> Vec<Cell> {
    let counted = format!("{scope} : moyenne de {} établissements", contracts.len());
    let mut cells = vec![Cell::text(label), Cell::text(counted), Cell::Blank];
    for rank in 0..INDICATORS.len() {
        let references = contracts.iter().filter_map(|contract| contract.objectives[rank].as_ref()?.reference);
        let values: Vec<i64> = references.collect();
        cells.push(if values.is_empty() {
            Cell::Blank
        } else {
            Cell::Fraction(values.iter().sum::<i64>() / values.len() as i64)
        });
        cells.push(Cell::Blank);
    }
    cells
}

/// Yes-or-no targets of the additional volets, for the hospitals that have them.
fn additional(book: &mut rust_xlsxwriter::Workbook, contracts: &[Contract]) -> Written {
    let about = "Indicateurs à réponse oui ou non des établissements ciblés";
    let mut sheet = Sheet::add(book, "Volets additionnels", "Cibles 2018 – volets additionnels", about)?;
    let columns = ["Situation 2016", "Cible 2018"];
    let headers = [
        Header::single("FINESS", GREY),
        Header::single("Raison sociale", GREY),
        Header::single("Dépt", GREY),
        Header::group("Pertinence (PERT-1)", &columns, BLUE),
        Header::group("Transports (TRANS-1)", &columns, GREEN),
    ];
    sheet.widths(&[14., 46., 7., 14.], 7)?;
    sheet.header(&headers, 2)?;
    for (rank, contract) in contracts.iter().filter(|contract| contract.pertinence || contract.transport).enumerate() {
        let mut cells = identity(&contract.hospital, rank);
        for targeted in [contract.pertinence, contract.transport] {
            cells.extend(if targeted { [Cell::Mark("non"), Cell::Mark("oui")] } else { [Cell::Blank, Cell::Blank] });
        }
        sheet.row(&cells)?;
    }
    Ok(())
}

/// Who is targeted for the additional volets, and on which figures.
fn ciblage(path: &Path, contracts: &[Contract], examined: &[usize], seed: &mut Seed) -> Written {
    let mut book = workbook("Ciblage des volets additionnels CAQES 2018", (2017, 9, 22))?;
    let about = "Transports : atypie sur au moins deux des quatre critères, premier semestre 2016 – Pertinence : amygdalectomie";
    let mut sheet = Sheet::add(&mut book, "Ciblage", "Ciblage des volets additionnels – CAQES 2018", about)?;
    let transports = [
        "Recours, séjours",
        "Recours, ACE hors ATU",
        "Ambulance, séjours",
        "Ambulance, séances",
        "Critères atteints",
        "Ciblé",
    ];
    let headers = [
        Header::single("FINESS", GREY),
        Header::single("Raison sociale", GREY),
        Header::single("Dépt", GREY),
        Header::group("Transports", &transports, GREEN),
        Header::group("Pertinence", &["Amygdalectomies 2016", "Ciblé"], BLUE),
    ];
    sheet.widths(&[14., 46., 7., 13.], 11)?;
    sheet.header(&headers, 2)?;
    for (rank, &i) in examined.iter().enumerate() {
        let contract = &contracts[i];
        let mut cells = identity(&contract.hospital, rank);
        let criteria = if contract.transport { seed.between(2, 4) } else { seed.between(0, 1) };
        let high =
            |seed: &mut Seed, rank: i64| if rank < criteria { seed.between(410, 640) } else { seed.between(120, 330) };
        cells.extend((0..4).map(|rank| Cell::Fraction(high(seed, rank))));
        cells.extend([Cell::Count(criteria), mark(contract.transport)]);
        let acts = if contract.pertinence { seed.between(120, 260) } else { seed.between(12, 90) };
        cells.extend([Cell::Count(acts), mark(contract.pertinence)]);
        sheet.row(&cells)?;
    }
    sheet.notes(&["ACE : actes et consultations externes – ATU : accueil et traitement des urgences"])?;
    book.save(path)?;
    Ok(())
}

/// Annexe 4: the same plan for every hospital that has the volet.
fn transports(path: &Path) -> Written {
    let mut book = workbook("Annexe 4 CAQES 2018", (2017, 9, 27))?;
    let about = "Plan commun aux établissements ciblés au titre des transports";
    let mut sheet = Sheet::add(&mut book, "Annexe 4", "Annexe 4 – Plan d'actions transport (CAQES 2018)", about)?;
    let columns = ["Axe", "Action", "Pilote", "Échéance", "Indicateur", "Cible", "État d'avancement"];
    sheet.widths(&[18., 70., 34., 12., 36., 28., 18.], columns.len())?;
    sheet.header(&columns.map(|column| Header::single(column, SAND)), 1)?;
    for group in TRANSPORTS.chunk_by(|a, b| a.axe == b.axe) {
        let first = sheet.next_row();
        for line in group {
            let mut cells: Vec<Cell> = [line.axe, line.action, line.pilote].map(Cell::text).to_vec();
            cells.push(due(line.echeance));
            cells.extend([line.indicateur, line.cible].map(Cell::text));
            cells.push(Cell::Mark("Non engagé"));
            sheet.row(&cells)?;
        }
        sheet.merge_down(0, first, group[0].axe)?;
    }
    book.save(path)?;
    Ok(())
}

/// A day written `2018-06-30` becomes a date; a quarter stays a text.
fn due(echeance: &str) -> Cell {
    let parts: Vec<u16> = echeance.split('-').filter_map(|part| part.parse().ok()).collect();
    match parts[..] {
        [year, month, day] => Cell::Day(year, month as u8, day as u8),
        _ => Cell::text(echeance),
    }
}
