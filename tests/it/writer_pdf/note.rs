//! Notes: a certificate of two pages, with digests that no column holds.

use std::{fs, path::Path, process::Command};

use jiff::civil::date;
use paraphe::{
    diag::Origin,
    digest::FileDigest,
    document::{Align, Block, BlockKind, Marker, Note, note},
    writer::pdf::PrintError,
};

use super::{contract::signatures, press};

fn sha256(number: usize) -> String {
    FileDigest::of(number.to_string().as_bytes()).to_string()
}

fn long_digest() -> String {
    (1..3).map(sha256).collect()
}

fn certificate() -> Note {
    let files = (1..=24).map(|number| {
        let name = if number == 5 {
            "Scan_20220701_CentreHospitalierDeValombre_version_definitive_signee_🏥.pdf".to_owned()
        } else {
            format!("960000016-2022-v1-ex{}.pdf", number % 3 + 1)
        };
        [note::verbatim(&name), note::verbatim(&sha256(number)), format!("{number} 234 567").into()]
    });
    let blocks = vec![
        note::paragraph(
            "Le présent document certifie que les fichiers énumérés ci-dessous ont été déposés à l'archive de l'agence et qu'ils n'ont pas \
             changé depuis : l'empreinte de chacun a été calculée de nouveau le jour de l'émission, et comparée à celle du registre.",
        ),
        note::frame(vec![
            note::paragraph(note::strong("Contrat").and(" : 960000016-2022, version 1")),
            note::paragraph(
                note::strong("Établissement")
                    .and(" : Centre hospitalier de Valombre")
                    .and_below("1 rue des Tilleuls, 96100 Valombre"),
            ),
        ]),
        note::heading("Ce qui a été vérifié"),
        note::list(
            Marker::Dash,
            [
                "la présence de chaque fichier ;",
                "sa longueur ;",
                "son empreinte SHA-256, telle que définie par la norme FIPS 180-4.",
            ],
        ),
        note::subheading("Résultat"),
        note::table(
            "tab-resultat",
            "",
            [("Vérification", 5, Align::Left), ("Résultat", 2, Align::Center), ("Nombre", 1, Align::Right)],
            [["Fichiers présents", "conforme", "24"], ["Fichiers intacts", "conforme", "24"]],
        ),
        note::heading("Fichiers"),
        note::table(
            "tab-fichiers",
            "Fichiers et empreintes SHA-256",
            [("Fichier", 4, Align::Left), ("Empreinte", 7, Align::Left), ("Octets", 2, Align::Right)],
            files,
        ),
        note::remark("Une empreinte change dès qu'un seul octet du fichier change."),
        note::heading("Registre"),
        note::table(
            "tab-registre",
            "Tête du registre",
            [("Algorithme", 1, Align::Left), ("Empreinte", 2, Align::Left), ("Autre empreinte", 1, Align::Left)],
            [[note::Run::from("SHA-512"), note::verbatim(&long_digest()), note::verbatim(&sha256(7))]],
        ),
        note::paragraph(
            note::Run::from("Empreinte du registre dans le texte : ").and(note::verbatim(&long_digest())).and("."),
        ),
    ];
    Note {
        title: "Certificat d’intégrité".to_owned(),
        subject: "Contrat 960000016-2022 – Centre hospitalier de Valombre".to_owned(),
        author: "Agence régionale de santé de la Région 96".to_owned(),
        reference: "CERT-960000016-2022-1".to_owned(),
        date: date(2022, 7, 1),
        blocks,
    }
}

fn printed(note: &Note) -> Vec<u8> {
    press().note(note).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_file_is_left_for_the_outside_judges() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("writer_pdf").join("notes");
    fs::create_dir_all(&folder).unwrap();
    let bytes = printed(&certificate());
    fs::write(folder.join("certificat.pdf"), &bytes).unwrap();
    let bare = Note { subject: String::new(), blocks: vec![note::paragraph("Rien à signaler.")], ..certificate() };
    fs::write(folder.join("neant.pdf"), printed(&bare)).unwrap();
}

#[test]
fn the_same_note_gives_the_same_bytes() {
    assert!(printed(&certificate()) == printed(&certificate()));
}

#[test]
fn a_note_has_no_form() {
    let pdf = lopdf::Document::load_mem(&printed(&certificate())).unwrap();
    assert!(pdf.catalog().unwrap().get(b"AcroForm").is_err());
    assert_eq!(pdf.get_pages().len(), 2);
}

#[test]
fn digests_and_names_are_found_in_the_copied_text() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("note-text.pdf");
    fs::write(&path, printed(&certificate())).unwrap();
    let Ok(output) = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(&path).arg("-").output() else {
        eprintln!("skipped: no pdftotext");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("CERT-960000016-2022-1 – page 2/2"), "{text}");
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(bare.contains("le1erjuillet2022"), "{text}");
    let name = "Scan_20220701_CentreHospitalierDeValombre_version_definitive_signee_[U+1F3E5].pdf";
    for wanted in (1..=24).map(sha256).chain([long_digest(), name.to_owned()]) {
        assert!(bare.contains(&wanted), "{wanted} is not in\n{text}");
    }
}

#[test]
fn signature_boxes_are_refused() {
    let note = Note { blocks: vec![signatures()], ..certificate() };
    let Err(PrintError::Signatures { origin }) = press().note(&note) else { panic!("printed") };
    assert_eq!(origin.to_string(), "socle.dj.hbs:12:1");
}

#[test]
fn headings_that_skip_a_level_and_pages_that_end_early_are_printed() {
    let mut blocks = vec![note::subheading("Sous-titre"), note::page_break(), note::heading("Titre")];
    blocks.push(Block {
        origin: Origin::File { file: "note".to_owned() },
        traces: Vec::new(),
        rows: Vec::new(),
        kind: BlockKind::Contents,
    });
    blocks.push(note::table::<2, &str>("vide", "Sans ligne", [("Un", 1, Align::Left), ("Deux", 1, Align::Left)], []));
    let pdf = lopdf::Document::load_mem(&printed(&Note { blocks, ..certificate() })).unwrap();
    assert_eq!(pdf.get_pages().len(), 2);
}
