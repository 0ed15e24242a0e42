//! The PDF of a hand-made contract. The files are left in the target folder for the outside judges (`.ci/judges/pdf.sh`).

use std::{fs, path::Path, sync::OnceLock, thread};

use jiff::civil::date;
use paraphe::{
    diag::Origin,
    document::{
        Align, Block, BlockKind, Cell, Column, Document, Heading, HeadingKind, Inline, Marker, Role, SignatureBox,
        Table, number,
    },
    domain::{Exemplaire, Partie, VersionNum},
    geometry::Length,
    stamp::{Corner, PageTag, code_area, initials_area},
    writer::pdf::{Press, PrintError, Printing},
};

const LOREM: &str = "L’établissement s’engage à mettre en œuvre les actions d’amélioration de la qualité et de l’efficience des \
soins et des prescriptions définies au présent contrat, en application de l’article L.\u{a0}162-30-2 du code de la sécurité \
sociale\u{202f}; il en rend compte chaque année à l’agence régionale de santé et à la caisse primaire d’assurance maladie, qui \
évaluent conjointement l’atteinte des objectifs au regard des indicateurs retenus.";

fn press() -> &'static Press {
    static PRESS: OnceLock<Press> = OnceLock::new();
    PRESS.get_or_init(|| Press::new().unwrap())
}

fn printed() -> &'static Printing {
    static PRINTED: OnceLock<Printing> = OnceLock::new();
    PRINTED.get_or_init(|| press().print(&contract()).unwrap_or_else(|error| panic!("{error}")))
}

fn block(kind: BlockKind) -> Block {
    Block { origin: Origin::Template { file: "socle.dj.hbs".to_owned(), line: 12, column: 1 }, kind }
}

fn text(text: &str) -> Vec<Inline> {
    vec![Inline::Text { text: text.to_owned() }]
}

fn paragraph(role: Role, content: Vec<Inline>) -> Block {
    block(BlockKind::Paragraph { role, content })
}

fn body(content: &str) -> Block {
    paragraph(Role::Body, text(content))
}

fn heading(level: u8, kind: HeadingKind, title: &str, id: Option<&str>) -> Block {
    let id = id.map(str::to_owned);
    block(BlockKind::Heading(Heading { level, kind, label: Vec::new(), title: text(title), id }))
}

fn list(marker: Marker, items: &[&str]) -> Block {
    block(BlockKind::List { marker, items: items.iter().map(|item| vec![body(item)]).collect() })
}

fn cell(content: &str) -> Cell {
    Cell { content: text(content), rowspan: 1 }
}

fn signature(partie: Partie, lines: &[&str]) -> SignatureBox {
    let mut caption: Vec<Vec<Inline>> = lines.iter().map(|line| text(line)).collect();
    caption[0] = vec![Inline::Strong { content: caption[0].clone() }];
    SignatureBox { partie, caption }
}

fn document(blocks: Vec<Block>) -> Document {
    Document {
        contract: "960000016-2022".parse().unwrap(),
        version: VersionNum::FIRST,
        modele: "caqes-2022@1".to_owned(),
        title: "Contrat d’amélioration de la qualité et de l’efficience des soins".to_owned(),
        subject: "Centre hospitalier de Valombre".to_owned(),
        author: "Agence régionale de santé de la Région 96".to_owned(),
        date: date(2022, 6, 15),
        blocks,
    }
}

fn signatures() -> Block {
    block(BlockKind::Signatures {
        boxes: vec![
            signature(
                Partie::Etablissement,
                &[
                    "Pour l’établissement",
                    "Groupement hospitalier intercommunal de Valombre-sur-Loire, de Saint-Ferréol-des-Trois-Rivières et du Haut-Pays \
                     d’Orvanne réunis",
                    "Mme Claire EXEMPLE-DES-HAUTES-FEUILLÉES",
                    "Directrice générale par intérim",
                ],
            ),
            signature(Partie::Cpam, &["Pour la caisse", "CPAM de la Région 96", "M. Paul MODÈLE", "Directeur"]),
            signature(
                Partie::Ars,
                &["Pour l’agence", "ARS de la Région 96", "Mme Jeanne SPÉCIMEN", "Directrice générale"],
            ),
        ],
    })
}

/// A table of indicators longer than a page, its first column merged by volet.
fn indicators() -> Block {
    let rows = (0..36_u16)
        .map(|row| {
            let volet = match row % 12 {
                0 => Cell { content: text("Prescriptions de produits de santé exécutées en ville"), rowspan: 12 },
                _ => Cell { content: Vec::new(), rowspan: 0 },
            };
            let label = if row % 5 == 0 {
                "Taux de prescription de médicaments biosimilaires parmi les prescriptions de sortie exécutées en ville, rapporté à \
                 l’ensemble des prescriptions du groupe"
            } else {
                "Taux de prescription dans le répertoire"
            };
            vec![volet, cell(&format!("IN{}", row + 1)), cell(label), cell("33,4\u{a0}%"), cell("31,0\u{a0}%"), cell("1\u{202f}234,5")]
        })
        .collect();
    let columns = [
        (18, Align::Left),
        (7, Align::Center),
        (40, Align::Left),
        (11, Align::Right),
        (11, Align::Right),
        (13, Align::Right),
    ];
    let header = ["Volet", "Code", "Indicateur", "Référence", "Cible 2023", "Montant (€)"];
    block(BlockKind::Table(Table {
        id: "tab-indicateurs".to_owned(),
        label: String::new(),
        caption: text("Indicateurs retenus et objectifs annuels"),
        columns: columns.map(|(parts, align)| Column { align, parts }).into(),
        header: header.map(cell).into(),
        rows,
    }))
}

fn scale() -> Block {
    let row = |cells: [&str; 3]| cells.map(cell).into();
    block(BlockKind::Table(Table {
        id: "tab-niveaux".to_owned(),
        label: String::new(),
        caption: text("Niveaux d’atteinte"),
        columns: [(3, Align::Left), (5, Align::Left), (1, Align::Right)]
            .map(|(parts, align)| Column { align, parts })
            .into(),
        header: ["Niveau", "Condition", "Points"].map(cell).into(),
        rows: vec![
            row(["Atteint", "La valeur constatée est au moins égale à l’objectif", "1"]),
            row(["Partiellement atteint", "La moitié au moins du chemin est faite", "0,5"]),
            row(["Non atteint", "Dans les autres cas, ou lorsque l’établissement n’a rien transmis", "0"]),
        ],
    }))
}

fn cover() -> Vec<Block> {
    vec![
        paragraph(Role::Title, text("Contrat d’amélioration de la qualité et de l’efficience des soins")),
        paragraph(Role::Subtitle, text("Centre hospitalier de Valombre")),
        paragraph(
            Role::Centered,
            [
                text("Région 96"),
                vec![Inline::Break],
                text("Contrat prenant effet le 1"),
                vec![Inline::Sup { text: "er".to_owned() }],
                text(" juillet 2022"),
            ]
            .concat(),
        ),
        block(BlockKind::Frame {
            blocks: vec![
                body("Référence : CAQES 960000016-2022, version 1 du 15 juin 2022"),
                body("Numéro FINESS de l’entité juridique : 960000016"),
            ],
        }),
        block(BlockKind::Frame {
            blocks: vec![
                paragraph(Role::Body, vec![Inline::Strong { content: text("Les parties au contrat") }]),
                paragraph(
                    Role::Body,
                    [
                        text("Centre hospitalier de Valombre"),
                        vec![Inline::Break],
                        text("1 rue des Tilleuls, 96100 Valombre"),
                    ]
                    .concat(),
                ),
                paragraph(
                    Role::Body,
                    [text("CPAM de la Région 96"), vec![Inline::Break], text("12 place du Marché, 96000 Orvanne")]
                        .concat(),
                ),
            ],
        }),
        paragraph(Role::Body, vec![Inline::Strong { content: text("Volets conclus") }]),
        list(Marker::Dash, &["Prescriptions de produits de santé", "Organisation des soins", "Pertinence des actes"]),
        paragraph(
            Role::Note,
            text("Établi en trois exemplaires originaux. La référence figure au bas de chaque page."),
        ),
        block(BlockKind::PageBreak),
        block(BlockKind::Contents),
        block(BlockKind::PageBreak),
    ]
}

fn contract() -> Document {
    let mut blocks = cover();
    blocks.extend([
        heading(1, HeadingKind::Plain, "Entre les soussignés", None),
        paragraph(Role::Party, [vec![Inline::Strong { content: text("Centre hospitalier de Valombre") }], text(", établissement public dont le siège est situé 1 rue des Tilleuls, 96100 Valombre, représenté par Mme Claire EXEMPLE, directrice, ci-après dénommé « l’établissement »,")].concat()),
        paragraph(Role::Party, [vec![Inline::Strong { content: text("CPAM de la Région 96") }], text(", organisme local d’assurance maladie, ci-après dénommée « la caisse »,")].concat()),
        heading(1, HeadingKind::Plain, "Visas", None),
        paragraph(Role::Visa, text("Vu le code de la sécurité sociale, notamment ses articles L.\u{a0}162-30-2 à L.\u{a0}162-30-4 et D.\u{a0}162-14 à D.\u{a0}162-16\u{a0};")),
        paragraph(Role::Visa, text("Vu l’arrêté du 15 avril 2022 relatif aux contrats d’amélioration de la qualité et de l’efficience des soins, en date du 15 avril 2022, et les textes pris pour son application\u{a0};")),
        heading(1, HeadingKind::Titre, "Socle juridique commun", Some("socle")),
        heading(2, HeadingKind::Chapitre, "Dispositions générales", None),
    ]);
    for article in 1..=12 {
        let id = format!("art-{article}");
        blocks.push(heading(2, HeadingKind::Article, "Objet et champ d’application du contrat", Some(&id)));
        blocks.extend([body(LOREM), body(LOREM)]);
        if article % 3 == 0 {
            blocks.push(heading(4, HeadingKind::SousArticle, "Modalités d’évaluation", None));
            blocks.push(paragraph(
                Role::Body,
                [
                    text("Les modalités sont fixées à l’"),
                    vec![
                        Inline::Ref { target: "art-1".to_owned(), content: Vec::new() },
                        Inline::Emph { content: text(" (pour mémoire)") },
                    ],
                    text(", au "),
                    vec![Inline::Ref { target: "tab-indicateurs".to_owned(), content: Vec::new() }],
                    text(" et à l’"),
                    vec![Inline::Ref { target: "annexe-1".to_owned(), content: Vec::new() }],
                    text("\u{a0}:"),
                ]
                .concat(),
            ));
            blocks.push(list(
                Marker::Alpha,
                &["« l’année évaluée » désigne l’année civile\u{a0};", LOREM, "« l’objectif » désigne la cible."],
            ));
            blocks.push(list(Marker::Decimal, &["premier temps\u{a0};", "second temps."]));
        }
        if article == 7 {
            blocks.push(scale());
        }
    }
    blocks.extend([
        heading(1, HeadingKind::Volet, "Volet 1 – Produits de santé", None),
        body(LOREM),
        block(BlockKind::PageBreak),
        heading(1, HeadingKind::Titre, "Signatures", None),
        body("Les parties déclarent avoir pris connaissance de l’ensemble du contrat."),
        body("Fait à Valombre, le ……………………………………………, en trois exemplaires originaux."),
        signatures(),
        paragraph(Role::Note, text("Toute mention manuscrite est sans effet.")),
        heading(1, HeadingKind::Annexe(1), "Indicateurs", Some("annexe-1")),
        indicators(),
        paragraph(Role::Note, text("Source\u{a0}: système national des données de santé.")),
        heading(1, HeadingKind::Annexe(2), "Fiches des indicateurs", None),
        body(LOREM),
        list(Marker::Roman, &["constat\u{a0};", "mesure."]),
    ]);
    let mut document = document(blocks);
    assert_eq!(number(&mut document), Vec::new());
    document
}

#[test]
fn the_same_contract_gives_the_same_bytes_on_any_thread() {
    let again = thread::spawn(|| press().print(&contract()).unwrap()).join().unwrap();
    for (one, other) in printed().exemplaires.iter().zip(&again.exemplaires) {
        assert!(one.bytes == other.bytes, "exemplaire {} differs", one.exemplaire.number());
    }
    let other_press = Press::new().unwrap().print(&contract()).unwrap();
    assert!(other_press.exemplaires[2].bytes == printed().exemplaires[2].bytes);
}

#[test]
fn the_files_are_left_for_the_outside_judges() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("writer_pdf");
    fs::create_dir_all(&folder).unwrap();
    for rendition in &printed().exemplaires {
        let name = format!("contrat-{}", rendition.exemplaire.number());
        fs::write(folder.join(format!("{name}.pdf")), &rendition.bytes).unwrap();
        let map = serde_json::to_vec_pretty(&rendition.page_map).unwrap();
        fs::write(folder.join(format!("{name}.pages.json")), map).unwrap();
    }
}

#[test]
fn every_page_has_its_two_codes_and_each_exemplaire_its_own() {
    let printing = printed();
    assert_eq!(printing.exemplaires.iter().map(|rendition| rendition.exemplaire).collect::<Vec<_>>(), Exemplaire::ALL);
    for rendition in &printing.exemplaires {
        let map = &rendition.page_map;
        let pages = lopdf::Document::load_mem(&rendition.bytes).unwrap().get_pages().len();
        assert_eq!(map.pages.len(), pages);
        for (index, page) in map.pages.iter().enumerate() {
            assert_eq!(usize::from(page.number), index + 1);
            assert_eq!(page.initials, initials_area());
            for (code, corner) in page.codes.iter().zip([Corner::Top, Corner::Bottom]) {
                let tag: PageTag = code.payload.parse().unwrap();
                assert_eq!((tag.page, usize::from(tag.pages), tag.corner), (page.number, pages, corner));
                assert_eq!((tag.exemplaire, code.area), (rendition.exemplaire, code_area(corner)));
                assert_eq!(tag.hash, contract().content_hash().short());
            }
        }
    }
}

#[test]
fn the_three_boxes_are_on_one_page_at_their_size_and_apart() {
    let map = &printed().exemplaires[0].page_map;
    let pages: Vec<_> = map.pages.iter().filter(|page| !page.boxes.is_empty()).collect();
    let [page] = pages.as_slice() else { panic!("boxes on {} pages", pages.len()) };
    let fields: Vec<&str> = page.boxes.iter().map(|area| area.field.as_str()).collect();
    assert_eq!(fields, ["signature_etablissement", "signature_cpam", "signature_ars"]);
    for area in page.boxes.iter().map(|found| found.area) {
        assert_eq!((area.width, area.height), (Length::from_mm(54), Length::from_mm(38)));
    }
    for pair in page.boxes.windows(2) {
        assert!(pair[1].area.x.um() - pair[0].area.x.um() - pair[0].area.width.um() >= 3_999);
    }
}

#[test]
fn a_table_over_several_pages_has_an_area_on_each() {
    let map = &printed().exemplaires[0].page_map;
    let parts: Vec<_> = map
        .pages
        .iter()
        .flat_map(|page| page.tables.iter().map(move |table| (page.number, table)))
        .filter(|(_, table)| table.table == "tab-indicateurs")
        .collect();
    assert!(parts.len() >= 2, "{parts:?}");
    for (index, (number, part)) in parts.iter().enumerate() {
        assert_eq!(usize::from(*number), usize::from(parts[0].0) + index);
        assert!(part.area.height > Length::from_mm(10), "{part:?}");
        assert_eq!((part.area.x, part.area.width), (Length::from_mm(20), Length::from_mm(170)));
        assert!(part.area.y.um() + part.area.height.um() <= 266_001, "{part:?}");
    }
}

#[test]
fn headings_are_told_with_their_pages() {
    let pages = &printed().heading_pages;
    assert_eq!(pages.len(), contract().headings().len());
    assert!(pages.is_sorted());
    assert_eq!(pages[0], 3);
}

#[test]
fn every_character_that_cannot_be_printed_is_named_with_its_place() {
    let mut faulty = contract();
    faulty.blocks.push(body("un 🏥 et un autre \u{e000} plus loin"));
    let Err(PrintError::Unprintable(found)) = press().print(&faulty) else { panic!("printed") };
    assert_eq!(found.iter().map(|one| one.character).collect::<Vec<_>>(), ['🏥', '\u{e000}']);
    assert_eq!(found[0].around, "un 🏥 et un autre \u{e000} plus ");
    assert_eq!(found[0].origin.as_ref().unwrap().to_string(), "socle.dj.hbs:12:1");
}

#[test]
fn text_is_never_read_as_markup() {
    let odd = "#panic(\"x\") *a* $e$ // c /* @ref <label> = `raw` \\ ~ -- ...";
    let printing =
        press().print(&document(vec![heading(1, HeadingKind::Plain, odd, None), body(odd), signatures()])).unwrap();
    assert_eq!(printing.exemplaires[0].page_map.pages.len(), 1);
}

#[test]
fn a_contract_without_the_box_of_a_party_is_refused() {
    let error = press().print(&document(vec![body(LOREM)])).unwrap_err();
    assert!(matches!(error, PrintError::SignatureBox { partie: Partie::Etablissement, found: 0 }), "{error}");
}

#[test]
fn a_caption_that_leaves_no_room_to_sign_is_refused() {
    let long = "Groupement hospitalier intercommunal ".repeat(20);
    let boxes = Partie::ALL.map(|partie| signature(partie, &["Pour", &long])).into();
    let error = press().print(&document(vec![block(BlockKind::Signatures { boxes })])).unwrap_err();
    assert!(matches!(error, PrintError::Caption { partie: Partie::Etablissement }), "{error}");
}

#[test]
fn a_text_wider_than_its_column_is_refused_and_named() {
    let mut blocks = vec![signatures()];
    for (id, amount) in
        [("tab-large", "1\u{202f}234,50\u{a0}€"), ("tab-etroit", "1\u{202f}234\u{202f}567\u{202f}890,50\u{a0}€")]
    {
        let columns =
            [(1, Align::Right), (9, Align::Left), (1, Align::Right)].map(|(parts, align)| Column { align, parts });
        let rows = vec![[amount, "Remise", amount].map(cell).into()];
        let header = ["Avant", "Libellé", "Après"].map(cell).into();
        let (label, caption) = (String::new(), Vec::new());
        blocks.push(block(BlockKind::Table(Table {
            id: id.to_owned(),
            label,
            caption,
            columns: columns.into(),
            header,
            rows,
        })));
    }
    let Err(PrintError::Crowded(found)) = press().print(&document(blocks)) else { panic!("printed") };
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|one| one.page == 1 && one.text.contains("567")), "{found:?}");
}

#[test]
fn the_longest_texts_of_a_campaign_are_printed() {
    let name = "Établissement d’hospitalisation ".repeat(33);
    let mut long = contract();
    long.subject = name.clone();
    long.blocks.insert(2, paragraph(Role::Subtitle, text(&name)));
    for block in &mut long.blocks {
        if let BlockKind::Table(table) = &mut block.kind {
            table.rows.last_mut().unwrap()[2] = cell(&name);
        }
    }
    press().print(&long).unwrap_or_else(|error| panic!("{error}"));
}
