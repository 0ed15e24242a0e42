//! The events of the Djot parser as a tree.

use jotdown::{Attributes, Container, Event, Parser};

/// A node and the bytes it stands on.
pub(super) struct Node<'s> {
    pub(super) kind: Kind<'s>,
    pub(super) attributes: Attributes<'s>,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether its end is written, and not only the end of the text.
    pub(super) closed: bool,
    pub(super) children: Vec<Self>,
}

pub(super) enum Kind<'s> {
    Container(Container<'s>),
    Leaf(Event<'s>),
}

impl Node<'_> {
    /// Where it starts, after the attributes above it.
    pub(super) fn content_start(&self) -> usize {
        if self.attributes.is_empty() {
            return self.start;
        }
        let caption = |child: &&Self| matches!(child.kind, Kind::Container(Container::Caption));
        self.children.iter().find(|child| !caption(child)).map_or(self.start, |child| child.start)
    }
}

/// No contract nests its markup as deep; deeper, the parser and the readers of the tree would need an endless stack.
const MOST_NESTED: usize = 32;

/// Reads a text; a document is its blocks. `Err` tells where it is nested too deep.
pub(super) fn read(text: &str) -> Result<Vec<Node<'_>>, usize> {
    too_deep(text).map_or(Ok(()), Err)?;
    let root = Node {
        kind: Kind::Container(Container::Document),
        attributes: Attributes::new(),
        start: 0,
        end: text.len(),
        closed: true,
        children: Vec::new(),
    };
    let mut open = vec![root];
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Container::Document, _) | Event::End(Container::Document) => {}
            Event::Start(..) if open.len() > 3 * MOST_NESTED => return Err(range.start),
            Event::Start(container, attributes) => open.push(Node {
                kind: Kind::Container(container),
                attributes,
                start: range.start,
                end: range.end,
                closed: false,
                children: Vec::new(),
            }),
            Event::End(_) => {
                if let Some(mut node) = open.pop() {
                    node.end = range.end;
                    node.closed = !range.is_empty();
                    add(&mut open, node);
                }
            }
            leaf => {
                let node = Node {
                    kind: Kind::Leaf(leaf),
                    attributes: Attributes::new(),
                    start: range.start,
                    end: range.end,
                    closed: true,
                    children: Vec::new(),
                };
                add(&mut open, node);
            }
        }
    }
    Ok(open.into_iter().next().map(|root| root.children).unwrap_or_default())
}

/// The start of the first line whose blocks are nested too deep: by its marks, by its indentation, or inside `:::` blocks.
fn too_deep(text: &str) -> Option<usize> {
    let mut start = 0;
    let mut divs = 0_usize;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if let Some(class) = bare.strip_prefix(":::") {
            let closes = class.trim_start_matches(':').is_empty();
            divs = if closes { divs.saturating_sub(1) } else { divs + 1 };
        }
        let indented = line.len() - line.trim_start().len();
        let marks = bare.split_whitespace().take_while(|word| is_mark(word)).map(str::len).sum::<usize>();
        if divs > MOST_NESTED || marks > 4 * MOST_NESTED || indented > 8 * MOST_NESTED {
            return Some(start);
        }
        start += line.len();
    }
    None
}

/// Whether a word may open a block inside a line: `-`, `>`, `1.`, `a)`.
fn is_mark(word: &str) -> bool {
    word.bytes().all(|byte| matches!(byte, b'-' | b'+' | b'*' | b'>' | b':' | b'|'))
        || (word.len() < 12 && word.ends_with(['.', ')']))
}

fn add<'s>(open: &mut [Node<'s>], node: Node<'s>) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}
