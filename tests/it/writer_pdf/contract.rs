//! A hand-made contract: headings and lists of all kinds, a table over two pages with merged cells, long names, references.

use jiff::civil::date;
use paraphe::{
    diag::Origin,
    document::{
        Align, Block, BlockKind, Cell, Column, Document, Heading, HeadingKind, Inline, Marker, Role, SignatureBox,
        Table, number,
    },
    domain::{Partie, VersionNum},
};

pub(super) const LOREM: &str = "L’établissement s’engage à mettre en œuvre les actions d’amélioration de la qualité et de l’efficience des \
soins et des prescriptions définies au présent contrat, en application de l’article L.\u{a0}162-30-2 du code de la sécurité \
sociale\u{202f}; il en rend compte chaque année à l’agence régionale de santé et à la caisse primaire d’assurance maladie, qui \
évaluent conjointement l’atteinte des objectifs au regard des indicateurs retenus.";

pub(super) fn block(kind: BlockKind) -> Block {
    Block {
        origin: Origin::Template { file: "socle.dj.hbs".to_owned(), line: 12, column: 1 },
        traces: Vec::new(),
        rows: Vec::new(),
        kind,
    }
}

pub(super) fn text(text: &str) -> Vec<Inline> {
    vec![Inline::Text { text: text.to_owned() }]
}

pub(super) fn paragraph(role: Role, content: Vec<Inline>) -> Block {
    block(BlockKind::Paragraph { role, content })
}

pub(super) fn body(content: &str) -> Block {
    paragraph(Role::Body, text(content))
}

pub(super) fn heading(level: u8, kind: HeadingKind, title: &str, id: Option<&str>) -> Block {
    let id = id.map(str::to_owned);
    block(BlockKind::Heading(Heading { level, kind, label: Vec::new(), title: text(title), id }))
}

pub(super) fn list(marker: Marker, items: &[&str]) -> Block {
    block(BlockKind::List { marker, items: items.iter().map(|item| vec![body(item)]).collect() })
}

pub(super) fn cell(content: &str) -> Cell {
    Cell { content: text(content), rowspan: 1 }
}

pub(super) fn signature(partie: Partie, lines: &[&str]) -> SignatureBox {
    let mut caption: Vec<Vec<Inline>> = lines.iter().map(|line| text(line)).collect();
    caption[0] = vec![Inline::Strong { content: caption[0].clone() }];
    SignatureBox { partie, caption }
}

pub(super) fn document(blocks: Vec<Block>) -> Document {
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

pub(super) fn signatures() -> Block {
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
pub(super) fn indicators() -> Block {
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
        row_height: None,
        id: "tab-indicateurs".to_owned(),
        label: String::new(),
        caption: text("Indicateurs retenus et objectifs annuels"),
        columns: columns.map(|(parts, align)| Column { align, parts }).into(),
        header: header.map(cell).into(),
        rows,
    }))
}

pub(super) fn scale() -> Block {
    let row = |cells: [&str; 3]| cells.map(cell).into();
    block(BlockKind::Table(Table {
        row_height: None,
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

pub(super) fn cover() -> Vec<Block> {
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

pub(super) fn contract() -> Document {
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
