//! The document model: numbers, references, canonical form.

use jiff::civil::date;
use paraphe::{
    diag::Origin,
    document::{
        Align, Block, BlockKind, Cell, Column, Document, Heading, HeadingKind, Inline, NumberingError, Role, Table,
        number, plain_text,
    },
    domain::VersionNum,
};
use proptest::prelude::*;

fn at(line: u32) -> Origin {
    Origin::Template { file: "socle.dj.hbs".to_owned(), line, column: 1 }
}

fn text(text: &str) -> Vec<Inline> {
    vec![Inline::Text { text: text.to_owned() }]
}

fn block(line: u32, kind: BlockKind) -> Block {
    Block { origin: at(line), traces: Vec::new(), rows: Vec::new(), kind }
}

fn heading(line: u32, level: u8, kind: HeadingKind, title: &str, id: &str) -> Block {
    let id = (!id.is_empty()).then(|| id.to_owned());
    block(line, BlockKind::Heading(Heading { level, kind, label: Vec::new(), title: text(title), id }))
}

fn paragraph(line: u32, content: Vec<Inline>) -> Block {
    block(line, BlockKind::Paragraph { role: Role::Body, content })
}

fn table(line: u32, id: &str, caption: &str) -> Block {
    let cell = |value: &str| Cell { content: text(value), rowspan: 1 };
    block(
        line,
        BlockKind::Table(Table {
            row_height: None,
            id: id.to_owned(),
            label: String::new(),
            caption: if caption.is_empty() { Vec::new() } else { text(caption) },
            columns: vec![Column { align: Align::Left, parts: 1 }],
            header: vec![cell("Indicateur")],
            rows: vec![vec![cell("NAT-1")]],
        }),
    )
}

fn document(blocks: Vec<Block>) -> Document {
    Document {
        contract: "960000016-2022".parse().unwrap(),
        version: VersionNum::FIRST,
        modele: "essai@1".to_owned(),
        title: "Contrat".to_owned(),
        subject: "Centre hospitalier de Valombre".to_owned(),
        author: "Agence".to_owned(),
        date: date(2022, 5, 16),
        blocks,
    }
}

fn refer(ids: &[&str]) -> Vec<Inline> {
    ids.iter().map(|id| Inline::Ref { target: (*id).to_owned(), content: Vec::new() }).collect()
}

#[test]
fn headings_and_tables_are_numbered_and_referred_to() {
    let mut document = document(vec![
        heading(1, 1, HeadingKind::Chapitre, "Cadre", "chap"),
        heading(2, 2, HeadingKind::Article, "Objet", "art-1"),
        heading(3, 3, HeadingKind::SousArticle, "Champ", "part"),
        heading(4, 2, HeadingKind::Article, "Durée", "art-2"),
        heading(5, 3, HeadingKind::SousArticle, "Effet", ""),
        table(6, "tab-a", "Cibles"),
        table(7, "tab-b", ""),
        table(8, "tab-c", "Poids"),
        heading(9, 1, HeadingKind::Annexe(2), "Grille", "annexe-2"),
        heading(10, 1, HeadingKind::Plain, "Visas", "visas"),
        heading(11, 1, HeadingKind::Chapitre, "Suites", ""),
        paragraph(12, refer(&["chap", "art-1", "part", "art-2", "tab-c", "annexe-2", "visas"])),
    ]);
    assert_eq!(number(&mut document), []);
    let titles: Vec<String> = document.headings().iter().map(|heading| heading.full_text()).collect();
    assert_eq!(
        titles.join("\n").replace('\u{a0}', "~"),
        "Chapitre~I~– Cadre\nArticle~1er~– Objet\n1.1~Champ\nArticle~2~– Durée\n2.1~Effet\nAnnexe~2~– Grille\nVisas\n\
         Chapitre~II~– Suites"
    );
    let BlockKind::Paragraph { content, .. } = &document.blocks[11].kind else { panic!() };
    let refs: Vec<String> = content.iter().map(|inline| plain_text(std::slice::from_ref(inline))).collect();
    assert_eq!(
        refs.join(", ").replace('\u{a0}', "~"),
        "chapitre~I, article~1er, article~1.1, article~2, tableau~2, annexe~2, Visas"
    );
    let labels: Vec<&str> = document
        .blocks
        .iter()
        .filter_map(|block| match &block.kind {
            BlockKind::Table(table) => Some(table.label.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(labels, ["Tableau 1", "", "Tableau 2"]);
}

#[test]
fn chapters_are_counted_in_roman_numerals() {
    let chapters = (1..=14).map(|line| heading(line, 1, HeadingKind::Chapitre, "x", "")).collect();
    let mut document = document(chapters);
    assert_eq!(number(&mut document), []);
    let labels: Vec<String> = document.headings().iter().map(|heading| plain_text(&heading.label)).collect();
    for (index, roman) in [(0, "I"), (3, "IV"), (8, "IX"), (13, "XIV")] {
        assert!(labels[index].ends_with(roman), "{}", labels[index]);
    }
}

#[test]
fn every_numbering_fault_is_told() {
    let mut document = document(vec![
        heading(1, 1, HeadingKind::SousArticle, "Champ", ""),
        heading(2, 1, HeadingKind::Plain, "a", "a"),
        heading(3, 1, HeadingKind::Plain, "b", "a"),
        paragraph(4, refer(&["c"])),
    ]);
    let errors = number(&mut document);
    assert_eq!(
        errors,
        [
            NumberingError::Orphan { origin: at(1) },
            NumberingError::Duplicate { id: "a".to_owned(), origin: at(3), first: at(2) },
            NumberingError::Unresolved { id: "c".to_owned(), origin: at(4), known: vec!["a".to_owned()] },
        ]
    );
}

fn sample(title: &str, body: &str, cell: &str, line: u32) -> Document {
    let mut cells = table(line, "tab", "Cibles");
    if let BlockKind::Table(table) = &mut cells.kind {
        table.rows[0][0].content = text(cell);
    }
    document(vec![
        heading(line, 1, HeadingKind::Article, title, "art"),
        block(line, BlockKind::Frame { blocks: vec![paragraph(line, vec![Inline::Strong { content: text(body) }])] }),
        cells,
    ])
}

#[test]
fn roles_levels_and_dress_count() {
    let base = sample("a", "b", "c", 1);
    let mut role = base.clone();
    role.blocks[0].kind = BlockKind::Paragraph { role: Role::Note, content: text("a") };
    let mut dress = base.clone();
    dress.blocks[1].kind = BlockKind::Frame { blocks: vec![paragraph(1, text("b"))] };
    let mut date = base.clone();
    date.date = date.date.tomorrow().unwrap();
    for other in [role, dress, date] {
        assert_ne!(base.content_hash(), other.content_hash());
    }
}

proptest! {
    #[test]
    fn places_do_not_count(title in "\\PC{0,20}", body in "\\PC{0,20}", a in 1_u32..99, b in 1_u32..99) {
        prop_assert_eq!(sample(&title, &body, "c", a).canonical(), sample(&title, &body, "c", b).canonical());
    }

    #[test]
    fn one_character_changes_the_hash(body in "\\PC{1,20}", index in 0_usize..20, other in "\\PC", field in 0..3) {
        let mut chars: Vec<char> = body.chars().collect();
        let index = index % chars.len();
        let other = other.chars().next().unwrap();
        prop_assume!(chars[index] != other);
        chars[index] = other;
        let changed: String = chars.into_iter().collect();
        let make = |text: &str| match field {
            0 => sample(text, "b", "c", 1),
            1 => sample("a", text, "c", 1),
            _ => sample("a", "b", text, 1),
        };
        prop_assert_ne!(make(&body).content_hash(), make(&changed).content_hash());
    }
}
