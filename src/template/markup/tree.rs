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

/// Reads a text; a document is its blocks.
pub(super) fn read(text: &str) -> Vec<Node<'_>> {
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
    open.into_iter().next().map(|root| root.children).unwrap_or_default()
}

fn add<'s>(open: &mut [Node<'s>], node: Node<'s>) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}
