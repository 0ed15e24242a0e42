//! Where each clause is, in words that a person uses: « Article 3, alinéa 2 », « Annexe 1, tableau 4, ligne 2 (IPP) ».

use super::{Clause, ClauseKind, Text};
use crate::{
    document::{Block, BlockKind, Document, Heading, HeadingKind, Marker, SignatureBox, Table, plain_text},
    domain::Partie,
};

/// What stands before the first heading.
const FIRST_PAGE: &str = "Page de garde";
/// The longest name of a row.
const MOST_LETTERS: usize = 40;

/// A walk through a document, as [`Document::walk`] makes it, that knows under which heading it is.
pub(super) struct Walk {
    clauses: Vec<Clause>,
    /// Blocks visited.
    blocks: usize,
    /// The last annexe, the last volet or the last title above.
    part: String,
    /// The last heading below it.
    under: String,
    /// Paragraphs since the last heading.
    alineas: usize,
}

impl Walk {
    /// The clauses of a document.
    pub(super) fn clauses(document: &Document) -> Vec<Clause> {
        let mut walk =
            Self { clauses: Vec::new(), blocks: 0, part: FIRST_PAGE.to_owned(), under: String::new(), alineas: 0 };
        walk.all(&document.blocks, "");
        walk.clauses
    }

    fn all(&mut self, blocks: &[Block], item: &str) {
        for block in blocks {
            self.one(block, item);
        }
    }

    /// `item` is the mark of the list's item that the block stands in.
    fn one(&mut self, block: &Block, item: &str) {
        let rank = self.blocks;
        self.blocks += 1;
        match &block.kind {
            BlockKind::Frame { blocks } => self.all(blocks, item),
            BlockKind::Heading(heading) => self.heading(rank, block, heading),
            BlockKind::List { marker, items } => {
                for (index, inside) in items.iter().enumerate() {
                    self.all(inside, &mark(*marker, index));
                }
            }
            BlockKind::Paragraph { .. } => {
                self.alineas += 1;
                let item = if item.is_empty() { String::new() } else { format!(", {item}") };
                let place = format!("{}, alinéa {}{item}", self.here(), self.alineas);
                self.clauses.push(clause(ClauseKind::Paragraph, rank, block, place, texts(block, 0, 1)));
            }
            BlockKind::Signatures { boxes } => self.signatures(rank, block, boxes),
            BlockKind::Table(table) => self.table(rank, block, table),
            BlockKind::Contents | BlockKind::PageBreak => {}
        }
    }

    /// The headings above, from the widest.
    fn here(&self) -> String {
        match (self.part.as_str(), self.under.as_str()) {
            (part, "") => part.to_owned(),
            // Articles are numbered through the whole contract.
            (_, article) if article.starts_with("Article") => article.to_owned(),
            ("", under) => under.to_owned(),
            (part, under) => format!("{part}, {under}"),
        }
    }

    fn heading(&mut self, rank: usize, block: &Block, heading: &Heading) {
        let label = plain_text(&heading.label);
        let title = plain_text(&heading.title);
        let name = match heading.kind {
            HeadingKind::SousArticle => format!("Article\u{a0}{label}"),
            _ if label.is_empty() => format!("«\u{a0}{title}\u{a0}»"),
            _ => label,
        };
        let label = match heading.kind {
            HeadingKind::Plain | HeadingKind::Titre | HeadingKind::Volet => String::new(),
            _ => name.clone(),
        };
        self.alineas = 0;
        match heading.kind {
            HeadingKind::Article | HeadingKind::SousArticle => self.under = name,
            HeadingKind::Plain if heading.level > 1 => self.under = name,
            _ => {
                self.part = name;
                self.under.clear();
            }
        }
        let place = format!("{}, titre", self.here());
        let clause = clause(ClauseKind::Heading(heading.level), rank, block, place, texts(block, 0, 1));
        self.clauses.push(Clause { label, ..clause });
    }

    fn signatures(&mut self, rank: usize, block: &Block, boxes: &[SignatureBox]) {
        let mut first = 0;
        for signature in boxes {
            let party = match signature.partie {
                Partie::Ars => "ARS",
                Partie::Cpam => "CPAM",
                Partie::Etablissement => "établissement",
            };
            let place = format!("Signatures, {party}");
            let lines = signature.caption.len();
            self.clauses.push(clause(ClauseKind::Signature, rank, block, place, texts(block, first, lines)));
            first += lines;
        }
    }

    fn table(&mut self, rank: usize, block: &Block, table: &Table) {
        let name = if table.label.is_empty() { "tableau sans titre".to_owned() } else { lower(&table.label) };
        let here = format!("{}, {name}", self.here());
        if !table.caption.is_empty() {
            let place = format!("{here}, titre");
            let clause = clause(ClauseKind::Caption, rank, block, place, texts(block, 0, 1));
            self.clauses.push(Clause { label: table.label.clone(), ..clause });
        }
        let width = table.header.len();
        let line = |row: usize| block.rows.get(row).unwrap_or(&block.origin).clone();
        let place = format!("{here}, en-tête");
        let header = clause(ClauseKind::Header, rank, block, place, texts(block, 1, width));
        self.clauses.push(Clause { template: line(0), ..header });
        let mut first = 1 + width;
        let mut above = String::new();
        for (index, row) in table.rows.iter().enumerate() {
            let cells = texts(block, first, row.len());
            first += row.len();
            let head = cells.first().map(Text::plain).unwrap_or_default();
            // The first cell of a row may be merged with the one above.
            if row.first().is_some_and(|cell| cell.rowspan > 0) {
                above = head;
            }
            let place = match shortened(&above).as_str() {
                "" => format!("{here}, ligne {}", index + 1),
                name => format!("{here}, ligne {} ({name})", index + 1),
            };
            let clause = clause(ClauseKind::Row, rank, block, place, cells);
            self.clauses.push(Clause { row: Some(index + 1), template: line(index + 1), ..clause });
        }
    }
}

fn clause(kind: ClauseKind, rank: usize, block: &Block, place: String, texts: Vec<Text>) -> Clause {
    let template = block.origin.clone();
    Clause { kind, block: rank, row: None, place, label: String::new(), template, page: None, texts }
}

/// Some of the texts of a block, in pieces.
fn texts(block: &Block, first: usize, count: usize) -> Vec<Text> {
    let runs = block.texts().into_iter().enumerate().skip(first).take(count);
    runs.map(|(index, content)| Text::of(content, block.traces.iter().filter(|trace| trace.run == index))).collect()
}

/// « tableau 4 », inside a sentence.
fn lower(label: &str) -> String {
    label.replace("Tableau", "tableau")
}

fn shortened(text: &str) -> String {
    let line = text.replace('\n', " ");
    if line.chars().count() <= MOST_LETTERS {
        return line;
    }
    let cut: String = line.chars().take(MOST_LETTERS).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
}

/// The mark of an item, as printed: « b) », « 3. »; « tiret 2 ».
fn mark(marker: Marker, index: usize) -> String {
    let number = index + 1;
    match marker {
        Marker::Alpha => match u8::try_from(index).ok().filter(|index| *index < 26) {
            Some(index) => format!("{})", char::from(b'a' + index)),
            None => format!("point {number}"),
        },
        Marker::Dash => format!("tiret {number}"),
        Marker::Decimal => format!("{number}."),
        Marker::Roman => format!("point {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_words() {
        assert_eq!(shortened("IPP"), "IPP");
        assert_eq!(
            shortened("Désigner un référent en antibiothérapie et lui donner du temps"),
            "Désigner un référent en antibiothérapie…"
        );
    }

    #[test]
    fn items_are_named_as_they_are_printed() {
        assert_eq!([mark(Marker::Alpha, 1), mark(Marker::Dash, 0), mark(Marker::Decimal, 2)], ["b)", "tiret 1", "3."]);
    }
}
