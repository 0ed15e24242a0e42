//! A short contract with every kind of block, written by hand.

use paraphe::{
    diag::Origin,
    document::{
        Align, Block, BlockKind, Cell, Column, Document, Heading, HeadingKind, Inline, Marker, Role, SignatureBox,
        Table, number,
    },
    domain::{Partie, VersionNum},
};

pub(super) fn contract() -> Document {
    let mut document = Document {
        contract: "960000016-2022".parse().unwrap(),
        version: VersionNum::FIRST,
        modele: "caqes-2022@1".to_owned(),
        title: "Contrat d’amélioration de la qualité et de l’efficience des soins".to_owned(),
        subject: "Centre hospitalier de Valombre".to_owned(),
        author: "Agence régionale de santé Région 96".to_owned(),
        date: "2022-06-15".parse().unwrap(),
        blocks: [first_page(), chapters(), annexes()].concat(),
    };
    assert_eq!(number(&mut document), []);
    document
}

fn first_page() -> Vec<Block> {
    vec![
        role(Role::Title, "Contrat d’amélioration de la qualité et de l’efficience des soins"),
        role(Role::Subtitle, "Centre hospitalier de Valombre – 2022-2026"),
        block(BlockKind::Contents),
        block(BlockKind::PageBreak),
        role(
            Role::Visa,
            "Vu le code de la sécurité sociale, notamment ses articles L.\u{a0}162-30-2 à L.\u{a0}162-30-5\u{a0};",
        ),
        role(
            Role::Visa,
            "Vu le décret n°\u{a0}2021-1231 du 25\u{a0}septembre 2021 modifiant les contrats d’amélioration\u{a0};",
        ),
        paragraph(vec![text("Entre les soussignés\u{a0}:")]),
        block(BlockKind::Paragraph {
            role: Role::Party,
            content: vec![
                strong("Le Centre hospitalier de Valombre"),
                Inline::Break,
                text("1 rue des Tilleuls, 96100 Valombre, FINESS 960000016, ci-après «\u{a0}l’établissement\u{a0}»"),
            ],
        }),
        role(Role::Centered, "Il est convenu ce qui suit."),
    ]
}

fn chapters() -> Vec<Block> {
    let lorem = "L’établissement s’engage à mettre en œuvre, pour la durée du contrat, les actions qui concourent à la pertinence \
                 des prescriptions et à l’efficience des soins, dans le respect des recommandations de la Haute Autorité de santé.";
    vec![
        heading(1, HeadingKind::Chapitre, "Dispositions générales", None),
        heading(2, HeadingKind::Article, "Objet du contrat", Some("art-objet")),
        paragraph(vec![
            text(lorem),
            text(" Voir l’"),
            reference("art-suivi"),
            text(", l’"),
            reference("annexe-1"),
            text(" et le "),
            reference("tab-cibles"),
            text("."),
        ]),
        list(
            Marker::Alpha,
            vec![
                vec![paragraph(vec![
                    text("transmet ses résultats avant le "),
                    strong("31\u{a0}mars"),
                    text("\u{a0};"),
                ])],
                vec![
                    paragraph(vec![text("met en place\u{a0}:")]),
                    list(
                        Marker::Dash,
                        vec![
                            vec![paragraph(vec![text("un comité de suivi\u{a0};")])],
                            vec![paragraph(vec![text("une revue des prescriptions.")])],
                        ],
                    ),
                    paragraph(vec![text("Le comité se réunit deux fois par an.")]),
                ],
            ],
        ),
        paragraph(vec![
            text("Le nom R&D <b>*pas gras*</b> &amp; C:\\x est imprimé tel quel, en "),
            emphasis("italique"),
            text(" s’il le faut."),
        ]),
        heading(2, HeadingKind::Article, "Suivi", Some("art-suivi")),
        heading(3, HeadingKind::SousArticle, "Calendrier", None),
        list(
            Marker::Alpha,
            vec![
                vec![paragraph(vec![text("premier rendez-vous\u{a0};")])],
                vec![paragraph(vec![text("second rendez-vous.")])],
            ],
        ),
        list(
            Marker::Decimal,
            vec![
                vec![list(Marker::Roman, vec![vec![paragraph(vec![text("sous-étape.")])]])],
                vec![paragraph(vec![text("étape.")])],
            ],
        ),
        heading(3, HeadingKind::SousArticle, "Évaluation", None),
        block(BlockKind::Frame {
            blocks: vec![
                paragraph(vec![strong("À retenir."), text(" "), text(lorem)]),
                list(
                    Marker::Dash,
                    vec![
                        vec![paragraph(vec![text("sanction possible\u{a0};")])],
                        vec![paragraph(vec![text("intéressement possible.")])],
                    ],
                ),
            ],
        }),
        targets(),
        role(
            Role::Note,
            "Source\u{a0}: système national des données de santé. Les valeurs inférieures à 11 ne sont pas communiquées.",
        ),
        block(BlockKind::PageBreak),
        heading(1, HeadingKind::Plain, "Signatures", None),
        paragraph(vec![text("Fait à Valombre, en trois exemplaires, le …")]),
        signatures(),
    ]
}

fn annexes() -> Vec<Block> {
    let row = |n: usize| vec![cell(&format!("A{n}")), cell("Mener une revue de pertinence"), cell("T2\u{a0}2023")];
    vec![
        block(BlockKind::PageBreak),
        heading(1, HeadingKind::Annexe(1), "Plan d’actions", Some("annexe-1")),
        block(BlockKind::Table(Table {
            row_height: None,
            id: "tab-actions".to_owned(),
            label: String::new(),
            caption: Vec::new(),
            columns: columns(&[(Align::Left, 1), (Align::Left, 6), (Align::Center, 2)]),
            header: vec![cell("N°"), cell("Action"), cell("Échéance")],
            rows: (1..=3).map(row).collect(),
        })),
        paragraph(vec![text("Voir aussi le "), reference("tab-cibles"), text(".")]),
    ]
}

fn targets() -> Block {
    let covered = Cell { content: Vec::new(), rowspan: 0 };
    let theme = Cell { content: vec![text("Produits de santé")], rowspan: 3 };
    let row = |first: Cell, code: &str, label: &str, now: &str, target: &str| {
        vec![first, cell(code), cell(label), cell(now), cell(target)]
    };
    block(BlockKind::Table(Table {
        row_height: None,
        id: "tab-cibles".to_owned(),
        label: String::new(),
        caption: vec![text("Indicateurs et cibles du volet «\u{a0}Produits de santé\u{a0}»")],
        columns: columns(&[
            (Align::Left, 3),
            (Align::Center, 1),
            (Align::Left, 6),
            (Align::Right, 2),
            (Align::Right, 2),
        ]),
        header: vec![cell("Thème"), cell("Code"), cell("Indicateur"), cell("2021"), cell("Cible 2022")],
        rows: vec![
            row(theme, "N1", "Taux de prescription dans le répertoire des génériques", "44,1\u{a0}%", "48,0\u{a0}%"),
            row(
                covered.clone(),
                "N2",
                "Taux de pénétration des médicaments biosimilaires",
                "62,2\u{a0}%",
                "80,0\u{a0}%",
            ),
            row(
                covered,
                "N3",
                "Dépense de perfluorures & dispositifs < 1\u{a0}000\u{a0}€",
                "10\u{a0}000\u{a0}€",
                "9\u{a0}000\u{a0}€",
            ),
            row(cell("Transports"), "N4", "Part des trajets de plus de 100\u{a0}km", "< 11", "sans objet"),
        ],
    }))
}

fn signatures() -> Block {
    let signature = |partie, who: &str, name: &str| SignatureBox {
        partie,
        caption: vec![vec![strong(who)], vec![text(name)], vec![text("Directrice générale")]],
    };
    block(BlockKind::Signatures {
        boxes: vec![
            signature(Partie::Etablissement, "Pour l’établissement", "Mme Claire EXEMPLE"),
            signature(Partie::Cpam, "Pour la CPAM de Région\u{a0}96", "M. Paul MODÈLE"),
            signature(Partie::Ars, "Pour l’agence régionale de santé", "Mme Anne FICTIVE"),
        ],
    })
}

pub(super) fn block(kind: BlockKind) -> Block {
    Block { origin: Origin::file("essai.dj.hbs"), traces: Vec::new(), rows: Vec::new(), kind }
}

pub(super) fn paragraph(content: Vec<Inline>) -> Block {
    block(BlockKind::Paragraph { role: Role::Body, content })
}

/// A table without caption, of one row.
pub(super) fn table(header: &[&str], row: &[&str]) -> Block {
    block(BlockKind::Table(Table {
        row_height: None,
        id: "tab".to_owned(),
        label: String::new(),
        caption: Vec::new(),
        columns: header.iter().map(|_| Column { align: Align::Left, parts: 1 }).collect(),
        header: header.iter().map(|text| cell(text)).collect(),
        rows: vec![row.iter().map(|text| cell(text)).collect()],
    }))
}

fn role(role: Role, words: &str) -> Block {
    block(BlockKind::Paragraph { role, content: vec![text(words)] })
}

fn heading(level: u8, kind: HeadingKind, title: &str, id: Option<&str>) -> Block {
    let id = id.map(ToOwned::to_owned);
    block(BlockKind::Heading(Heading { level, kind, label: Vec::new(), title: vec![text(title)], id }))
}

fn list(marker: Marker, items: Vec<Vec<Block>>) -> Block {
    block(BlockKind::List { marker, items })
}

fn columns(columns: &[(Align, u16)]) -> Vec<Column> {
    columns.iter().map(|&(align, parts)| Column { align, parts }).collect()
}

fn cell(words: &str) -> Cell {
    Cell { content: vec![text(words)], rowspan: 1 }
}

fn text(text: &str) -> Inline {
    Inline::Text { text: text.to_owned() }
}

fn strong(words: &str) -> Inline {
    Inline::Strong { content: vec![text(words)] }
}

fn emphasis(words: &str) -> Inline {
    Inline::Emph { content: vec![text(words)] }
}

fn reference(target: &str) -> Inline {
    Inline::Ref { target: target.to_owned(), content: Vec::new() }
}
