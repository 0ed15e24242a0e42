//! Runs of text, links and fields.

use std::collections::BTreeMap;

use docx_rs::{BreakType, FieldCharType, Hyperlink, HyperlinkType, InstrText, Paragraph, Run, VertAlignType};

use crate::document::{Block, BlockKind, Inline, walk};

/// The bookmark of the heading at this position among the document's headings.
pub(super) fn heading_anchor(position: usize) -> String {
    format!("_Titre{}", position + 1)
}

/// The bookmark of each identifier that a cross-reference may point at.
///
/// Bookmarks have names of their own because Word takes no hyphen in them and cuts them at 40 characters; a leading underscore
/// keeps them out of Word's list of bookmarks.
pub(super) fn anchors(blocks: &[Block]) -> BTreeMap<&str, String> {
    let mut anchors = BTreeMap::new();
    let (mut headings, mut tables) = (0, 0);
    walk(blocks, &mut |block| match &block.kind {
        BlockKind::Heading(heading) => {
            if let Some(id) = &heading.id {
                anchors.entry(id.as_str()).or_insert_with(|| heading_anchor(headings));
            }
            headings += 1;
        }
        BlockKind::Table(table) => {
            tables += 1;
            anchors.entry(table.id.as_str()).or_insert_with(|| format!("_Tableau{tables}"));
        }
        _ => {}
    });
    anchors
}

/// How a run is dressed.
#[derive(Debug, Clone, Copy, Default)]
struct Dress {
    italic: bool,
    bold: bool,
}

impl Dress {
    fn run(self) -> Run {
        let run = if self.bold { Run::new().bold() } else { Run::new() };
        if self.italic { run.italic() } else { run }
    }
}

/// A piece of a paragraph.
enum Span {
    Link(Hyperlink),
    Run(Box<Run>),
}

fn run(run: Run) -> Span {
    Span::Run(Box::new(run))
}

/// Adds text to a paragraph.
pub(super) fn set(paragraph: Paragraph, content: &[Inline], anchors: &BTreeMap<&str, String>) -> Paragraph {
    let mut spans = Vec::new();
    dress(content, Dress::default(), anchors, &mut spans);
    spans.into_iter().fold(paragraph, |paragraph, span| match span {
        Span::Link(link) => paragraph.add_hyperlink(link),
        Span::Run(run) => paragraph.add_run(*run),
    })
}

/// The runs of a text whose own cross-references, if any, are not linked: inside a line of the table of contents.
pub(super) fn runs(content: &[Inline]) -> Vec<Run> {
    let mut spans = Vec::new();
    dress(content, Dress::default(), &BTreeMap::new(), &mut spans);
    spans.into_iter().filter_map(|span| if let Span::Run(run) = span { Some(*run) } else { None }).collect()
}

fn dress(content: &[Inline], style: Dress, anchors: &BTreeMap<&str, String>, spans: &mut Vec<Span>) {
    for inline in content {
        match inline {
            Inline::Break => spans.push(run(Run::new().add_break(BreakType::TextWrapping))),
            Inline::Emph { content } => dress(content, Dress { italic: true, ..style }, anchors, spans),
            Inline::Ref { target, content } => match anchors.get(target.as_str()) {
                Some(anchor) => spans.push(Span::Link(link(anchor, content, style))),
                None => dress(content, style, anchors, spans),
            },
            Inline::Strong { content } => dress(content, Dress { bold: true, ..style }, anchors, spans),
            Inline::Sup { text } => {
                let mut raised = style.run().add_text(text);
                raised.run_property = raised.run_property.vert_align(VertAlignType::SuperScript);
                spans.push(run(raised));
            }
            // docx-rs drops line ends; a space keeps two words apart.
            Inline::Text { text } => spans.push(run(style.run().add_text(text.replace('\n', " ")))),
        }
    }
}

/// A link; links inside it are plain text, for Word knows no link in a link.
fn link(anchor: &str, content: &[Inline], style: Dress) -> Hyperlink {
    let mut spans = Vec::new();
    dress(content, style, &BTreeMap::new(), &mut spans);
    spans.into_iter().fold(Hyperlink::new(anchor, HyperlinkType::Anchor), |link, span| match span {
        Span::Link(_) => link,
        Span::Run(run) => link.add_run(*run),
    })
}

/// A field with the result to show until it is brought up to date; `stale` asks Word to do so when the file is opened.
///
/// Each mark stands in a run of its own: LibreOffice shows the instruction as text otherwise.
pub(super) fn field(instruction: &str, result: &str, stale: bool) -> Vec<Run> {
    let mut runs = Vec::from(field_start(instruction, stale));
    if !result.is_empty() {
        runs.push(Run::new().add_text(result));
    }
    runs.push(field_end());
    runs
}

/// What stands before the result of a field.
pub(super) fn field_start(instruction: &str, stale: bool) -> [Run; 3] {
    [
        Run::new().add_field_char(FieldCharType::Begin, stale),
        Run::new().add_instr_text(InstrText::Unsupported(format!(" {instruction} "))),
        Run::new().add_field_char(FieldCharType::Separate, false),
    ]
}

/// What stands after it.
pub(super) fn field_end() -> Run {
    Run::new().add_field_char(FieldCharType::End, false)
}
