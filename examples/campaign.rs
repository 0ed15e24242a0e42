//! A campaign of made-up établissements, as large as asked for and printed in no time: for measures.
//!
//! `campaign FOLDER CONTRACTS [ROUND]` writes the campaign. With another ROUND the target of every établissement is another, so that
//! every contract changes. Templates, catalogue and rules are those of the tests.
#![allow(clippy::print_stdout, reason = "a program of the command line")]

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use rust_xlsxwriter::Workbook;

const CAMPAGNE: &str = r#"libelle: "CAQES 2022 – mesure (données fictives)"
generation: 2
modele: modele
catalogues: [indicateurs.yaml]
etablissements: etablissements.yaml
region: "Région 96"
date_edition: "2022-05-16"
date_effet: "2022-07-01"
duree: 3
annees: [2022]
lieu_signature: "Valombre"
ars:
  nom: "Agence régionale de santé de la région 96"
  adresse: {ligne1: "1 place du Bourg", code_postal: "96000", commune: "Valombre"}
  signataire: {civilite: Mme, prenom: "Alix", nom: "Fictive", fonction: "Directrice générale"}
cpams:
  - code: "961"
    nom: "CPAM de la Vallée"
    adresse: {ligne1: "2 rue Neuve", code_postal: "96000", commune: "Valombre"}
    signataire: {civilite: M., prenom: "Bruno", nom: "Exemple", fonction: "Directeur"}
arrete_ciblage: {intitule: "Arrêté n° 2022-96-041", date: "2022-04-01"}
papraps:
  arrete: {intitule: "Arrêté n° 2020-96-207", date: "2020-12-14"}
  debut: "2021-01-01"
  fin: "2024-12-31"
avis_olam: {date: "2022-05-03", sens: "favorable"}
classeurs:
  - fichier: cibles.xlsx
    feuilles:
      - feuille: "Cibles"
        entete: {premiere: 1, derniere: 1}
        lecture: {contenu: ciblage, finess: "FINESS", marques: {REG-1: "Ciblé"}}
      - feuille: "Cibles"
        entete: {premiere: 1, derniere: 1}
        lecture:
          contenu: indicateurs
          finess: "FINESS"
          indicateurs: {REG-1: {reference: "Référence", cibles: {2022: "Cible"}}}
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (folder, contracts, round) = match arguments.as_slice() {
        [folder, contracts] => (Path::new(folder), contracts.parse::<u32>()?, 0),
        [folder, contracts, round] => (Path::new(folder), contracts.parse::<u32>()?, round.parse::<u32>()?),
        _ => return Err("usage: campaign FOLDER CONTRACTS [ROUND]".into()),
    };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let modele = folder.join("modele");
    fs::create_dir_all(modele.join("partials"))?;
    for name in ["contrat.dj.hbs", "partials/objectifs.dj.hbs", "partials/cadres.dj.hbs"] {
        fs::copy(fixtures.join("dossier/modele").join(name), modele.join(name))?;
    }
    fs::copy(fixtures.join("input/good-gen2/modele/modele.yaml"), modele.join("modele.yaml"))?;
    fs::copy(fixtures.join("input/good-gen2/indicateurs.yaml"), folder.join("indicateurs.yaml"))?;
    fs::write(folder.join("campagne.yaml"), CAMPAGNE)?;
    let mut list = String::from("etablissements:\n");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Cibles")?;
    for (column, title) in (0..).zip(["FINESS", "Ciblé", "Référence", "Cible"]) {
        sheet.write(0, column, title)?;
    }
    for number in 1..=contracts {
        let finess = finess(number);
        etablissement(&mut list, number, &finess)?;
        sheet.write(number, 0, finess)?;
        sheet.write(number, 1, "X")?;
        sheet.write(number, 2, 40 + number % 7)?;
        sheet.write(number, 3, 50 + number % 7 + round)?;
    }
    fs::write(folder.join("etablissements.yaml"), list)?;
    workbook.save(folder.join("cibles.xlsx"))?;
    println!("{contracts} établissements in {}", folder.display());
    Ok(())
}

fn etablissement(list: &mut String, number: u32, finess: &str) -> Result<(), std::fmt::Error> {
    writeln!(
        list,
        r#"  - finess_ej: "{finess}"
    raison_sociale: "Établissement fictif n° {number}"
    statut: public
    typologies: [MCO]
    adresse: {{ligne1: "{number} rue des Tilleuls", code_postal: "96100", commune: "Valombre"}}
    departement: "96"
    cpam: "961"
    representant: {{civilite: Mme, prenom: "Claire", nom: "Exemple", fonction: "Directrice"}}
    avis_cme: {{date: "2022-04-20", sens: "favorable"}}"#
    )
}

/// A number of a département that does not exist, with its check digit (Luhn).
fn finess(number: u32) -> String {
    let body = format!("96{number:06}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(rank, digit)| {
            let digit = u32::from(digit - b'0') * if rank % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
