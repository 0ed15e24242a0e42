//! Numbers of headings and tables, and the text of cross-references.

use std::collections::BTreeMap;

use super::{Block, BlockKind, Document, HeadingKind, Inline};
use crate::diag::Origin;

/// Why a document cannot be numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberingError {
    /// Two headings or tables have one identifier.
    Duplicate {
        /// The identifier.
        id: String,
        /// The second place.
        origin: Origin,
        /// The first place.
        first: Origin,
    },
    /// A part of an article stands before any article.
    Orphan {
        /// The heading.
        origin: Origin,
    },
    /// A cross-reference to something that is not printed in this contract.
    Unresolved {
        /// The identifier.
        id: String,
        /// The block that refers to it.
        origin: Origin,
        /// Identifiers that are printed.
        known: Vec<String>,
    },
}

/// Numbers headings and tables and settles the text of every cross-reference; gives every fault at once.
pub fn number(document: &mut Document) -> Vec<NumberingError> {
    let mut counter = Counter::default();
    counter.visit(&mut document.blocks);
    let Counter { names, mut errors, .. } = counter;
    resolve(&mut document.blocks, &names, &mut errors);
    errors
}

/// How a sentence refers to each identifier, and where it is declared.
type Names = BTreeMap<String, (Vec<Inline>, Origin)>;

#[derive(Default)]
struct Counter {
    chapitre: usize,
    article: usize,
    sous_article: usize,
    tableau: usize,
    names: Names,
    errors: Vec<NumberingError>,
}

impl Counter {
    fn visit(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            match &mut block.kind {
                BlockKind::Frame { blocks } => self.visit(blocks),
                BlockKind::Heading(heading) => {
                    let (label, name) = self.label(heading.kind, &block.origin);
                    heading.label = label;
                    if let Some(id) = heading.id.clone() {
                        let name = if name.is_empty() { heading.title.clone() } else { name };
                        self.declare(id, name, &block.origin);
                    }
                }
                BlockKind::List { items, .. } => items.iter_mut().for_each(|item| self.visit(item)),
                BlockKind::Table(table) => {
                    if !table.caption.is_empty() {
                        self.tableau += 1;
                        table.label = format!("Tableau {}", self.tableau);
                    }
                    let name = text(&table.label.replace("Tableau ", "tableau\u{a0}"));
                    self.declare(table.id.clone(), name, &block.origin);
                }
                BlockKind::Contents
                | BlockKind::PageBreak
                | BlockKind::Paragraph { .. }
                | BlockKind::Signatures { .. } => {}
            }
        }
    }

    /// The label of a heading and the way a sentence refers to it.
    fn label(&mut self, kind: HeadingKind, origin: &Origin) -> (Vec<Inline>, Vec<Inline>) {
        match kind {
            HeadingKind::Annexe(numero) => {
                (text(&format!("Annexe\u{a0}{numero}")), text(&format!("annexe\u{a0}{numero}")))
            }
            HeadingKind::Article => {
                self.article += 1;
                self.sous_article = 0;
                (article("Article\u{a0}", self.article), article("article\u{a0}", self.article))
            }
            HeadingKind::Chapitre => {
                self.chapitre += 1;
                let number = roman(self.chapitre);
                (text(&format!("Chapitre\u{a0}{number}")), text(&format!("chapitre\u{a0}{number}")))
            }
            HeadingKind::SousArticle => {
                if self.article == 0 {
                    self.errors.push(NumberingError::Orphan { origin: origin.clone() });
                }
                self.sous_article += 1;
                let number = format!("{}.{}", self.article, self.sous_article);
                (text(&number), text(&format!("article\u{a0}{number}")))
            }
            HeadingKind::Plain | HeadingKind::Titre | HeadingKind::Volet => Default::default(),
        }
    }

    fn declare(&mut self, id: String, name: Vec<Inline>, origin: &Origin) {
        if let Some((_, first)) = self.names.get(&id) {
            self.errors.push(NumberingError::Duplicate { id, origin: origin.clone(), first: first.clone() });
        } else {
            self.names.insert(id, (name, origin.clone()));
        }
    }
}

fn resolve(blocks: &mut [Block], names: &Names, errors: &mut Vec<NumberingError>) {
    for Block { origin, kind, .. } in blocks {
        let mut settle = |content: &mut [Inline]| settle(content, names, origin, errors);
        match kind {
            BlockKind::Heading(heading) => settle(&mut heading.title),
            BlockKind::Paragraph { content, .. } => settle(content),
            BlockKind::Signatures { boxes } => {
                boxes.iter_mut().flat_map(|signature| &mut signature.caption).for_each(|line| settle(line));
            }
            BlockKind::Table(table) => {
                settle(&mut table.caption);
                table
                    .header
                    .iter_mut()
                    .chain(table.rows.iter_mut().flatten())
                    .for_each(|cell| settle(&mut cell.content));
            }
            BlockKind::Frame { blocks } => resolve(blocks, names, errors),
            BlockKind::List { items, .. } => items.iter_mut().for_each(|item| resolve(item, names, errors)),
            BlockKind::Contents | BlockKind::PageBreak => {}
        }
    }
}

fn settle(content: &mut [Inline], names: &Names, origin: &Origin, errors: &mut Vec<NumberingError>) {
    for inline in content {
        match inline {
            Inline::Emph { content } | Inline::Strong { content } => settle(content, names, origin, errors),
            Inline::Ref { target, content } => match names.get(target) {
                Some((name, _)) => content.clone_from(name),
                None => errors.push(NumberingError::Unresolved {
                    id: target.clone(),
                    origin: origin.clone(),
                    known: names.keys().cloned().collect(),
                }),
            },
            Inline::Break | Inline::Sup { .. } | Inline::Text { .. } => {}
        }
    }
}

fn text(text: &str) -> Vec<Inline> {
    vec![Inline::Text { text: text.to_owned() }]
}

/// « Article 1er », « Article 2 »…: French numbers articles with an ordinal for the first only.
fn article(word: &str, number: usize) -> Vec<Inline> {
    let mut label = text(&format!("{word}{number}"));
    if number == 1 {
        label.push(Inline::Sup { text: "er".to_owned() });
    }
    label
}

fn roman(number: usize) -> String {
    const PARTS: [(usize, &str); 9] =
        [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut rest = number;
    let mut text = String::new();
    for (value, letters) in PARTS {
        while rest >= value {
            text.push_str(letters);
            rest -= value;
        }
    }
    text
}
