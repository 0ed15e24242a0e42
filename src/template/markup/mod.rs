//! Merged Djot becomes blocks: only the kinds of markup that a contract uses, each with its template line.

mod attributes;
mod inline;
mod signatures;
mod table;
mod trace;
mod tree;

use jotdown::{Container, Event, ListKind, OrderedListNumbering};

use self::{
    attributes::Given,
    trace::Leaf,
    tree::{Kind, Node},
};
use super::{diags, render::Rendered};
use crate::{
    diag::{Code, Diagnostic, Origin},
    document::{Block, BlockKind, Heading, HeadingKind, Marker, Role, Trace},
};

/// What is counted over the whole document.
#[derive(Debug, Default)]
pub(super) struct Ids {
    tables: usize,
}

/// Reads the blocks of one merged sheet.
pub(super) fn blocks(rendered: &Rendered<'_>, ids: &mut Ids, findings: &mut Vec<Diagnostic>) -> Vec<Block> {
    let mut reader =
        Reader { rendered, ids, findings, runs: 0, traces: Vec::new(), leaves: Vec::new(), rows: Vec::new() };
    let mut blocks = Vec::new();
    match tree::read(&rendered.text) {
        Ok(nodes) => reader.all(&nodes, &mut blocks),
        Err(at) => {
            let message = "markup nested so deep has no place in a contract";
            reader.tell(&diags::REFUSED_MARKUP, rendered.at(at), message, "write it with fewer levels");
        }
    }
    blocks
}

struct Reader<'r> {
    rendered: &'r Rendered<'r>,
    ids: &'r mut Ids,
    findings: &'r mut Vec<Diagnostic>,
    /// How many runs of text of the block being read are read.
    runs: usize,
    /// The values printed in them.
    traces: Vec<Trace>,
    /// The template lines of the rows of the table being read.
    rows: Vec<Origin>,
    /// The pieces of the run being read.
    leaves: Vec<Leaf>,
}

/// What the line above a heading says about it.
struct Above<'n, 's> {
    node: &'n Node<'s>,
}

impl Reader<'_> {
    fn tell(&mut self, code: &'static Code, origin: Origin, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Diagnostic::new(code, origin, message).help(help));
    }

    fn refuse(&mut self, node: &Node<'_>, what: &str, help: &str) {
        let origin = self.rendered.at(node.content_start());
        self.tell(&diags::REFUSED_MARKUP, origin, format!("{what} has no place in a contract"), help);
    }

    fn all(&mut self, nodes: &[Node<'_>], blocks: &mut Vec<Block>) {
        for node in nodes {
            self.one(node, None, blocks);
        }
    }

    fn one(&mut self, node: &Node<'_>, above: Option<&Above<'_, '_>>, blocks: &mut Vec<Block>) {
        let Kind::Container(container) = &node.kind else {
            self.leaf(node);
            return;
        };
        match container {
            Container::Section { .. } => {
                // The attributes above a heading are those of the section it opens.
                let above = Above { node };
                for (index, child) in node.children.iter().enumerate() {
                    self.one(child, (index == 0).then_some(&above), blocks);
                }
            }
            Container::Heading { level, .. } => {
                let given = above.map_or(node, |above| above.node);
                if let Some(heading) = self.heading(node, given, *level) {
                    blocks.push(self.block(node.start, BlockKind::Heading(heading)));
                }
            }
            Container::Paragraph => {
                let role = self.role(node);
                let content = self.inlines(&node.children);
                blocks.push(self.block(node.content_start(), BlockKind::Paragraph { role, content }));
            }
            Container::List { kind, .. } => self.list(node, *kind, blocks),
            Container::Table => {
                if let Some(table) = self.table(node) {
                    blocks.push(self.block(node.content_start(), BlockKind::Table(table)));
                }
            }
            Container::Div { class } => self.div(node, class, blocks),
            Container::Blockquote => self.refuse(node, "a quotation", "write it as a paragraph, or in `::: cadre`"),
            Container::CodeBlock { .. } => self.refuse(node, "a code block", "remove the back quotes"),
            Container::RawBlock { .. } => self.refuse(node, "a raw block", "write it in Djot"),
            Container::DescriptionList => {
                self.refuse(node, "a definition list", "remove the `:` at the start of the line");
            }
            Container::Footnote { .. } => self.refuse(node, "a footnote", "write it as a paragraph with `{.note}`"),
            Container::LinkDefinition { .. } => {
                self.refuse(node, "a link definition", "refer to a heading with `[](#identifier)`");
            }
            _ => self.refuse(node, "this markup", "see docs/formats/modeles.md for what may be written"),
        }
    }

    fn leaf(&mut self, node: &Node<'_>) {
        match &node.kind {
            Kind::Leaf(Event::ThematicBreak(_)) => {
                self.refuse(node, "a ruled line", "remove it, or use `::: saut-de-page`");
            }
            Kind::Leaf(Event::Attributes(_)) => {
                let origin = self.rendered.at(node.start);
                let written = self.rendered.text.get(node.start..node.end).unwrap_or_default().trim();
                let message = format!("`{written}` stands above nothing");
                self.tell(&diags::DANGLING_ATTRIBUTES, origin, message, "put it on the line just above its block");
            }
            _ => {}
        }
    }

    /// A block of the runs read since the last one.
    fn block(&mut self, offset: usize, kind: BlockKind) -> Block {
        self.runs = 0;
        let traces = std::mem::take(&mut self.traces);
        Block { origin: self.rendered.at(offset), traces, rows: std::mem::take(&mut self.rows), kind }
    }

    fn heading(&mut self, node: &Node<'_>, above: &Node<'_>, level: u16) -> Option<Heading> {
        const CLASSES: &[&str] = &["annexe", "article", "chapitre", "sous-article", "titre", "volet"];
        let given = Given::read(above);
        let class = self.class(above, &given, CLASSES, "a heading");
        let annexe = class.as_deref() == Some("annexe");
        self.pairs(above, &given, if annexe { &["numero"] } else { &[] }, "a heading");
        let kind = match class.as_deref() {
            Some("annexe") => HeadingKind::Annexe(self.numero(above, &given)?),
            Some("article") => HeadingKind::Article,
            Some("chapitre") => HeadingKind::Chapitre,
            Some("sous-article") => HeadingKind::SousArticle,
            Some("titre") => HeadingKind::Titre,
            Some("volet") => HeadingKind::Volet,
            _ => HeadingKind::Plain,
        };
        let level = u8::try_from(level).ok().filter(|level| *level <= 4);
        if level.is_none() {
            self.refuse(node, "a heading of depth 5 or more", "use at most four `#`");
        }
        Some(Heading { level: level?, kind, label: Vec::new(), title: self.inlines(&node.children), id: given.id })
    }

    fn numero(&mut self, node: &Node<'_>, given: &Given) -> Option<u8> {
        let numero = given.pair("numero").and_then(|numero| numero.parse().ok()).filter(|numero| *numero > 0);
        if numero.is_none() {
            let origin = self.rendered.origin(node.start, "numero");
            self.findings.push(
                Diagnostic::new(&diags::ATTRIBUTE_VALUE, origin, "an annexe has no number")
                    .expected("`numero=` and a number from 1")
                    .found(given.pair("numero").map_or_else(|| "nothing".to_owned(), |found| format!("`{found}`"))),
            );
        }
        numero
    }

    fn role(&mut self, node: &Node<'_>) -> Role {
        const CLASSES: &[&str] = &["centre", "note", "partie", "sous-titre", "titre-document", "visa"];
        let given = Given::read(node);
        let class = self.class(node, &given, CLASSES, "a paragraph");
        self.pairs(node, &given, &[], "a paragraph");
        self.no_id(node, &given, "a paragraph");
        match class.as_deref() {
            Some("centre") => Role::Centered,
            Some("note") => Role::Note,
            Some("partie") => Role::Party,
            Some("sous-titre") => Role::Subtitle,
            Some("titre-document") => Role::Title,
            Some("visa") => Role::Visa,
            _ => Role::Body,
        }
    }

    fn list(&mut self, node: &Node<'_>, kind: ListKind, blocks: &mut Vec<Block>) {
        self.plain(node, "a list");
        let marker = match kind {
            ListKind::Unordered(_) => Some(Marker::Dash),
            ListKind::Ordered { numbering: OrderedListNumbering::AlphaLower, start: 1, .. } => Some(Marker::Alpha),
            ListKind::Ordered { numbering: OrderedListNumbering::Decimal, start: 1, .. } => Some(Marker::Decimal),
            ListKind::Ordered { numbering: OrderedListNumbering::RomanLower, start: 1, .. } => Some(Marker::Roman),
            ListKind::Ordered { .. } | ListKind::Task(_) => None,
        };
        let Some(marker) = marker else {
            self.refuse(node, "this kind of list", "mark items with `-`, or number them from `a)`, `1.` or `i.`");
            return;
        };
        let items = node.children.iter().filter(|child| matches!(child.kind, Kind::Container(_))).map(|item| {
            let mut inside = Vec::new();
            for child in &item.children {
                match &child.kind {
                    Kind::Container(Container::Paragraph | Container::List { .. }) | Kind::Leaf(_) => {
                        self.one(child, None, &mut inside);
                    }
                    Kind::Container(_) => {
                        self.refuse(child, "this block inside a list", "an item holds paragraphs and lists only");
                    }
                }
            }
            inside
        });
        let items = items.collect();
        blocks.push(self.block(node.content_start(), BlockKind::List { marker, items }));
    }

    fn div(&mut self, node: &Node<'_>, class: &str, blocks: &mut Vec<Block>) {
        let origin = self.rendered.at(node.start);
        if !node.closed {
            let message = format!("`::: {class}` is opened here and never closed");
            self.tell(&diags::UNCLOSED_DIV, origin.clone(), message, "add `:::` on its own line where it ends");
        }
        self.plain(node, "this block");
        let kind = match class {
            "cadre" => {
                let mut inside = Vec::new();
                self.all(&node.children, &mut inside);
                BlockKind::Frame { blocks: inside }
            }
            "saut-de-page" | "sommaire" => {
                if let Some(child) = node.children.iter().find(|child| matches!(child.kind, Kind::Container(_))) {
                    self.refuse(child, &format!("text inside `::: {class}`"), "close it with `:::` on the next line");
                }
                if class == "sommaire" { BlockKind::Contents } else { BlockKind::PageBreak }
            }
            "signatures" => BlockKind::Signatures { boxes: self.signatures(node) },
            other => {
                let message = format!("there is no block `::: {other}`");
                let help = "known: `cadre`, `saut-de-page`, `signatures`, `sommaire`";
                self.tell(&diags::UNKNOWN_CLASS, origin, message, help);
                return;
            }
        };
        blocks.push(self.block(node.start, kind));
    }
}
