//! The finishing pass: a part as a tree, mended, written again.
//!
//! What `docx-rs` gets wrong and what is done about it:
//! - children of properties in an order the schema forbids: sorted ([`SEQUENCES`]);
//! - no header rows: the first row of each table in our table style is made one;
//! - `w14:paraId` drawn from a counter of the thread: dropped, Word gives its own when it saves;
//! - `w:type` on `w:gridCol`, which does not exist: dropped;
//! - what says nothing (empty properties, namespaces that are not used, `w:dirty="false"`): dropped, so that a person can
//!   read the part.

use std::{collections::BTreeSet, fmt::Write as _};

use quick_xml::{Reader, events::Event};

use super::{WriteError, table::TABLE_STYLE};

/// The order of children in WordprocessingML, ECMA-376 part 1 (transitional), for every element `docx-rs` fills out of order.
/// What is not listed stays behind, in the order it came.
const SEQUENCES: [(&str, &[&str]); 14] = [
    ("w:lvl", &["start", "numFmt", "lvlRestart", "pStyle", "isLgl", "suff", "lvlText", "lvlJc", "pPr", "rPr"]),
    ("w:lvlOverride", &["startOverride", "lvl"]),
    ("w:numPr", &["ilvl", "numId"]),
    ("w:numbering", &["abstractNum", "num"]),
    ("w:pBdr", &["top", "left", "bottom", "right", "between", "bar"]),
    (
        "w:pPr",
        &[
            "pStyle",
            "keepNext",
            "keepLines",
            "pageBreakBefore",
            "framePr",
            "widowControl",
            "numPr",
            "suppressLineNumbers",
            "pBdr",
            "shd",
            "tabs",
            "suppressAutoHyphens",
            "snapToGrid",
            "spacing",
            "ind",
            "contextualSpacing",
            "jc",
            "textDirection",
            "textAlignment",
            "outlineLvl",
            "rPr",
            "sectPr",
        ],
    ),
    (
        "w:rPr",
        &[
            "rStyle",
            "rFonts",
            "b",
            "bCs",
            "i",
            "iCs",
            "caps",
            "smallCaps",
            "strike",
            "noProof",
            "vanish",
            "color",
            "spacing",
            "w",
            "kern",
            "position",
            "sz",
            "szCs",
            "highlight",
            "u",
            "bdr",
            "shd",
            "vertAlign",
            "lang",
        ],
    ),
    (
        "w:sectPr",
        &["headerReference", "footerReference", "type", "pgSz", "pgMar", "pgNumType", "cols", "titlePg", "docGrid"],
    ),
    ("w:tblBorders", &["top", "left", "bottom", "right", "insideH", "insideV"]),
    ("w:tblCellMar", &["top", "left", "bottom", "right"]),
    ("w:tblPr", &["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"]),
    ("w:tcBorders", &["top", "left", "bottom", "right", "insideH", "insideV"]),
    ("w:tcMar", &["top", "left", "bottom", "right"]),
    ("w:tcPr", &["tcW", "gridSpan", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection", "vAlign"]),
];

/// Properties that say nothing when they are empty.
const DROPPED_WHEN_EMPTY: [&str; 5] = ["w:pPr", "w:rPr", "w:tcPr", "w:trPr", "w:tblBorders"];

/// Mends a part.
pub(super) fn finish(part: &str) -> Result<String, WriteError> {
    if let Some(character) = part.chars().find(|character| !is_xml(*character)) {
        return Err(WriteError::Character { character });
    }
    let mut root = parse(part)?;
    mend(&mut root);
    for child in &mut root.children {
        if let Node::Element(child) = child {
            child.forget_unused_namespaces();
        }
    }
    let mut finished = String::with_capacity(part.len());
    finished.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    root.children.iter().for_each(|child| child.print(&mut finished));
    Ok(finished)
}

/// What XML 1.0 allows in a text, [2] `Char`.
const fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// An element; attribute values and text stay escaped, as they came.
#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
}

enum Node {
    Element(Element),
    Text(String),
}

/// Reads a part into a tree; the root's only child is the part's own root.
fn parse(part: &str) -> Result<Element, quick_xml::Error> {
    let mut reader = Reader::from_str(part);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event()? {
            Event::Start(tag) => open.push(element(&tag)?),
            Event::Empty(tag) => attach(&mut open, Node::Element(element(&tag)?)),
            Event::End(_) => {
                if let Some(closed) = open.pop() {
                    attach(&mut open, Node::Element(closed));
                }
            }
            Event::Text(text) => attach(&mut open, Node::Text(text.to_string())),
            Event::GeneralRef(name) => attach(&mut open, Node::Text(format!("&{};", &*name))),
            Event::Eof => return Ok(open.pop().unwrap_or_default()),
            Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::PI(_) => {}
        }
    }
}

fn attach(open: &mut [Element], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn element(tag: &quick_xml::events::BytesStart<'_>) -> Result<Element, quick_xml::Error> {
    let name = tag.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute?;
        attributes.push((attribute.key.as_ref().to_owned(), attribute.value.into_owned()));
    }
    Ok(Element { name, attributes, children: Vec::new() })
}

fn mend(element: &mut Element) {
    element.attributes.retain(|(key, value)| match key.as_str() {
        // Nothing is left that a reader may ignore.
        "mc:Ignorable" | "w14:paraId" => false,
        "w:dirty" => value != "false",
        _ => true,
    });
    for child in &mut element.children {
        if let Node::Element(child) = child {
            mend(child);
        }
    }
    element.children.retain(|child| {
        !matches!(child, Node::Element(child) if child.children.is_empty() && child.attributes.is_empty()
            && DROPPED_WHEN_EMPTY.contains(&child.name.as_str()))
    });
    match element.name.as_str() {
        "w:gridCol" => element.attributes.retain(|(key, _)| key != "w:type"),
        "w:tbl" if element.has_style(TABLE_STYLE) => element.repeat_first_row(),
        _ => {}
    }
    if let Some((_, sequence)) = SEQUENCES.iter().find(|(name, _)| *name == element.name) {
        element.children.sort_by_key(|child| child.rank(sequence));
    }
}

impl Element {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    fn has_style(&self, style: &str) -> bool {
        self.child("w:tblPr")
            .and_then(|properties| properties.child("w:tblStyle"))
            .is_some_and(|name| name.attributes.iter().any(|(key, value)| key == "w:val" && value == style))
    }

    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find_map(|child| child.named(name))
    }

    fn forget_unused_namespaces(&mut self) {
        let mut used = BTreeSet::new();
        self.prefixes(&mut used);
        self.attributes.retain(|(key, _)| key.strip_prefix("xmlns:").is_none_or(|prefix| used.contains(prefix)));
    }

    /// The prefixes of names and of attribute values that are typed names (`xsi:type="dcterms:W3CDTF"`).
    fn prefixes(&self, used: &mut BTreeSet<String>) {
        let keys = self.attributes.iter().map(|(key, _)| key).filter(|key| !key.starts_with("xmlns"));
        let types = self.attributes.iter().filter(|(key, _)| key == "xsi:type").map(|(_, value)| value);
        let names = [&self.name].into_iter().chain(keys).chain(types);
        used.extend(names.filter_map(|name| name.split_once(':')).map(|(prefix, _)| prefix.to_owned()));
        for child in &self.children {
            if let Node::Element(child) = child {
                child.prefixes(used);
            }
        }
    }

    /// Makes the first row a header row, which Word and LibreOffice print again at the top of each page.
    fn repeat_first_row(&mut self) {
        let row = self.children.iter_mut().find_map(|child| child.named_mut("w:tr"));
        let Some(row) = row else { return };
        if row.child("w:trPr").is_none() {
            row.children.insert(0, Node::Element(Self::new("w:trPr")));
        }
        if let Some(properties) = row.children.iter_mut().find_map(|child| child.named_mut("w:trPr")) {
            properties.children.push(Node::Element(Self::new("w:tblHeader")));
        }
    }

    fn print(&self, to: &mut String) {
        to.push('<');
        to.push_str(&self.name);
        for (key, value) in &self.attributes {
            // Writing to a string does not fail.
            let _ = write!(to, " {key}=\"{value}\"");
        }
        if self.children.is_empty() {
            to.push_str("/>");
            return;
        }
        to.push('>');
        self.children.iter().for_each(|child| child.print(to));
        let _ = write!(to, "</{}>", self.name);
    }
}

impl Node {
    fn named(&self, name: &str) -> Option<&Element> {
        match self {
            Self::Element(element) if element.name == name => Some(element),
            _ => None,
        }
    }

    fn named_mut(&mut self, name: &str) -> Option<&mut Element> {
        match self {
            Self::Element(element) if element.name == name => Some(element),
            _ => None,
        }
    }

    fn rank(&self, sequence: &[&str]) -> usize {
        let Self::Element(element) = self else { return usize::MAX };
        let name = element.name.strip_prefix("w:").unwrap_or(&element.name);
        sequence.iter().position(|known| *known == name).unwrap_or(usize::MAX)
    }

    fn print(&self, to: &mut String) {
        match self {
            Self::Element(element) => element.print(to),
            Self::Text(text) => to.push_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(part: &str) -> String {
        let finished = finish(part).unwrap();
        finished.split_once('\n').unwrap().1.to_owned()
    }

    #[test]
    fn children_come_in_the_order_of_the_schema() {
        assert_eq!(
            finished(
                r#"<w:pPr><w:rPr><w:sz w:val="20"/><w:b/></w:rPr><w:jc w:val="both"/><w:pStyle w:val="X"/></w:pPr>"#
            ),
            r#"<w:pPr><w:pStyle w:val="X"/><w:jc w:val="both"/><w:rPr><w:b/><w:sz w:val="20"/></w:rPr></w:pPr>"#
        );
    }

    #[test]
    fn text_and_entities_come_through_untouched() {
        let part = r#"<w:t xml:space="preserve"> R&amp;D &lt;b&gt; * « x » </w:t>"#;
        assert_eq!(finished(part), part);
    }

    #[test]
    fn the_first_row_of_a_table_is_repeated_and_others_are_not() {
        let part = r#"<w:tbl><w:tblPr><w:tblStyle w:val="Tableau"/></w:tblPr><w:tr><w:tc/></w:tr><w:tr><w:tc/></w:tr></w:tbl>"#;
        assert_eq!(finished(part).matches("<w:trPr><w:tblHeader/></w:trPr>").count(), 1);
        assert!(!finished(&part.replace("Tableau", "Cadre")).contains("tblHeader"));
    }

    #[test]
    fn a_control_character_is_refused_by_its_name() {
        let error = finish("<w:t>a\u{1}b</w:t>").unwrap_err();
        assert!(error.to_string().contains("U+0001"), "{error}");
    }
}
