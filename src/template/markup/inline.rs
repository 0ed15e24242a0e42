//! Runs of text.

use jotdown::{Container, Event, LinkType, SpanLinkType};

use super::{
    Reader,
    tree::{Kind, Node},
};
use crate::{
    diag::Diagnostic,
    document::{Inline, plain_text, typography},
    template::diags,
};

impl Reader<'_> {
    /// The text of a block or a cell, typographically settled.
    pub(super) fn inlines(&mut self, nodes: &[Node<'_>]) -> Vec<Inline> {
        self.leaves.clear();
        let mut content = self.run(nodes);
        trim(&mut content);
        typography::settle(&mut content);
        self.trace(nodes);
        content
    }

    fn run(&mut self, nodes: &[Node<'_>]) -> Vec<Inline> {
        let mut content = Vec::new();
        let mut escaped = false;
        for node in nodes {
            if let Kind::Leaf(Event::Str(text)) = &node.kind {
                self.stray_mark(node.start, text, escaped);
            }
            escaped = matches!(node.kind, Kind::Leaf(Event::Escape));
            match &node.kind {
                Kind::Leaf(event) => {
                    self.leaf_text(node, event, &mut content);
                    self.leaf_place(node, event);
                }
                Kind::Container(container) => content.extend(self.dressed(node, container)),
            }
        }
        content
    }

    fn leaf_text(&mut self, node: &Node<'_>, event: &Event<'_>, content: &mut Vec<Inline>) {
        match event {
            Event::Str(text) => push(content, text),
            Event::LeftDoubleQuote => push(content, "«\u{a0}"),
            Event::RightDoubleQuote => push(content, "\u{a0}»"),
            Event::LeftSingleQuote | Event::RightSingleQuote => push(content, "’"),
            Event::Ellipsis => push(content, "…"),
            Event::EnDash => push(content, "–"),
            Event::EmDash => push(content, "—"),
            Event::NonBreakingSpace => push(content, "\u{a0}"),
            Event::Softbreak => {
                self.glued(node.end);
                push(content, " ");
            }
            Event::Hardbreak => {
                self.glued(node.end);
                content.push(Inline::Break);
            }
            Event::FootnoteReference(_) => self.refuse(node, "a footnote", "write it as a paragraph with `{.note}`"),
            Event::Symbol(_) => self.refuse(node, "a symbol", "write `\\:` for a colon before a word"),
            Event::Attributes(_) => {
                let origin = self.rendered.at(node.start);
                let message = "these attributes stand on nothing";
                self.tell(&diags::DANGLING_ATTRIBUTES, origin, message, "put them on the line above a block");
            }
            _ => {}
        }
    }

    fn dressed(&mut self, node: &Node<'_>, container: &Container<'_>) -> Option<Inline> {
        if !node.attributes.is_empty() {
            let origin = self.rendered.at(node.start);
            let message = "attributes stand on a word";
            self.tell(&diags::DANGLING_ATTRIBUTES, origin, message, "put them on the line above a block");
        }
        match container {
            Container::Emphasis => Some(Inline::Emph { content: self.run(&node.children) }),
            Container::Strong => Some(Inline::Strong { content: self.run(&node.children) }),
            Container::Superscript => Some(Inline::Sup { text: plain_text(&self.run(&node.children)) }),
            Container::Link(target, LinkType::Span(SpanLinkType::Inline)) if target.starts_with('#') => {
                if !node.children.is_empty() {
                    self.refuse(
                        node,
                        "a reference with its own text",
                        "write `[](#identifier)`: the text follows the numbers",
                    );
                }
                Some(Inline::Ref { target: target.trim_start_matches('#').to_owned(), content: Vec::new() })
            }
            Container::Link(..) => {
                self.refuse(node, "a link", "write the address as text; refer to a heading with `[](#identifier)`");
                None
            }
            Container::Image(..) => {
                self.refuse(node, "an image", "images belong to the theme");
                None
            }
            Container::Verbatim | Container::Math { .. } | Container::RawInline { .. } => {
                self.refuse(node, "code or mathematics", "remove the back quotes");
                None
            }
            _ => {
                self.refuse(node, "this dress of a text", "use `_emphasis_`, `*strong*` or `^superscript^`");
                None
            }
        }
    }

    /// Tells a mark that opened nothing and is printed: `*gras`, `{partie=cpam`. Data is escaped, so it is the template's own.
    fn stray_mark(&mut self, start: usize, text: &str, escaped: bool) {
        let skip = if escaped { text.chars().next().map_or(0, char::len_utf8) } else { 0 };
        let own = text.get(skip..).unwrap_or_default();
        // A line of low lines is a blank to be filled in by hand.
        let Some(at) = own.find(['*', '`', '{', '}', '\\']).or_else(|| own.find('_').filter(|_| !own.contains("__")))
        else {
            return;
        };
        let mark: String =
            own.get(at..).unwrap_or_default().chars().take_while(|c| !c.is_whitespace()).take(20).collect();
        let origin = self.rendered.origin(start + skip + at, &mark);
        self.findings.push(
            Diagnostic::new(&diags::STRAY_MARK, origin, "a mark of the markup is printed as it is")
                .found(format!("`{mark}`"))
                .help("close what it opens, or write a `\\` before it to print it"),
        );
    }

    /// Tells a line that looks like a block and is the continuation of a paragraph.
    fn glued(&mut self, offset: usize) {
        let line = self.rendered.text.get(offset..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let text = line.trim_start();
        let word = text.split(' ').next().unwrap_or_default();
        let numbered = word.strip_suffix([')', '.']).is_some_and(|number| {
            let digits = !number.is_empty() && number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit());
            // A word of one letter and a full stop is more likely the end of a sentence.
            digits || (word.ends_with(')') && number.len() == 1 && number.bytes().all(|b| b.is_ascii_lowercase()))
        });
        let marked = matches!(word, "-" | "+" | "#" | "##" | "###" | "####" | ":::" | "^")
            || text.starts_with('|')
            || text.starts_with("{.")
            || text.starts_with("{#");
        if (numbered || marked) && text.len() > word.len() || text.starts_with(['|', '{']) && marked {
            let finding = Diagnostic::new(
                &diags::GLUED_BLOCK,
                self.rendered.at(offset),
                "this line continues the paragraph above it",
            )
            .found(format!("`{}`", text.chars().take(40).collect::<String>()))
            .help("put a blank line above it");
            self.findings.push(finding);
        }
    }
}

fn push(content: &mut Vec<Inline>, addition: &str) {
    if let Some(Inline::Text { text }) = content.last_mut() {
        text.push_str(addition);
    } else {
        content.push(Inline::Text { text: addition.to_owned() });
    }
}

/// Takes the spaces off both ends and around forced breaks.
fn trim(content: &mut Vec<Inline>) {
    let is_break = |inline: Option<&Inline>| inline.is_none_or(|inline| matches!(inline, Inline::Break));
    for index in 0..content.len() {
        let starts = is_break(index.checked_sub(1).and_then(|before| content.get(before)));
        let ends = is_break(content.get(index + 1));
        if let Some(Inline::Text { text }) = content.get_mut(index) {
            let mut trimmed = text.as_str();
            if starts {
                trimmed = trimmed.trim_start_matches(' ');
            }
            if ends {
                trimmed = trimmed.trim_end_matches(' ');
            }
            *text = trimmed.to_owned();
        }
    }
    content.retain(|inline| !matches!(inline, Inline::Text { text } if text.is_empty()));
}
