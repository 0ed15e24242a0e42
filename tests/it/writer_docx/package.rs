//! A DOCX opened again, by the archive and XML readers and not by ours.

use std::io::{Cursor, Read};

use quick_xml::{Reader, Writer, events::Event};
use zip::ZipArchive;

pub(super) struct Package {
    parts: Vec<(String, String)>,
    listing: String,
}

/// A paragraph of the body.
pub(super) struct Paragraph {
    pub(super) style: String,
    pub(super) text: String,
    /// The list it is numbered by, and the level.
    pub(super) list: Option<(String, String)>,
}

impl Package {
    pub(super) fn open(bytes: &[u8]) -> Self {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut parts = Vec::new();
        let mut listing = String::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            let date = file.last_modified().unwrap();
            let name = file.name().unwrap().into_owned();
            listing.push_str(&format!("{date} {:?} {}\n", file.compression(), name));
            parts.push((name, text));
        }
        Self { parts, listing }
    }

    pub(super) fn listing(&self) -> &str {
        &self.listing
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.parts.iter().find(|(part, _)| part == name).map(|(_, text)| text.clone()).unwrap()
    }

    /// A part with one element a line.
    pub(super) fn indented(&self, name: &str) -> String {
        indent(&self.text(name))
    }

    /// The first piece of a part between two marks that contains a word, indented, closed where the second mark is.
    pub(super) fn excerpt(&self, name: &str, from: &str, containing: &str, to: &str) -> String {
        let text = self.text(name);
        let word = text.find(containing).unwrap();
        let start = text[..word].rfind(from).unwrap();
        let end = word + text[word..].find(to).unwrap() + to.len();
        indent(&text[start..end])
    }

    pub(super) fn paragraphs(&self) -> Vec<Paragraph> {
        let document = self.text("word/document.xml");
        document.split("<w:p>").skip(1).map(|piece| paragraph(piece.split("</w:p>").next().unwrap())).collect()
    }
}

fn paragraph(xml: &str) -> Paragraph {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut text = String::new();
    let mut reading = false;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) if tag.name().as_ref() == "w:t" => reading = true,
            Event::End(tag) if tag.name().as_ref() == "w:t" => reading = false,
            Event::Empty(tag) if tag.name().as_ref() == "w:tab" && !tag.attributes_raw().contains("w:pos") => {
                text.push('\t');
            }
            Event::Empty(tag) if tag.name().as_ref() == "w:br" => text.push('\n'),
            Event::Text(run) if reading => text.push_str(&run),
            Event::GeneralRef(name) if reading => {
                text.push_str(&quick_xml::escape::unescape(&format!("&{};", &*name)).unwrap());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let first = |key: &str| values(xml, key).first().map(ToString::to_string);
    let list = first("<w:numId w:val=\"").zip(first("<w:ilvl w:val=\""));
    Paragraph { style: first("<w:pStyle w:val=\"").unwrap_or_default(), text, list }
}

/// What stands between a key and the next quotation mark, each time.
pub(super) fn values(xml: &str, key: &str) -> Vec<String> {
    xml.split(key).skip(1).filter_map(|rest| rest.split('"').next()).map(ToOwned::to_owned).collect()
}

fn indent(xml: &str) -> String {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) | Err(_) => break,
            Ok(Event::Decl(_)) => {}
            Ok(event) => writer.write_event(event).unwrap(),
        }
    }
    String::from_utf8(writer.into_inner()).unwrap().trim().to_owned()
}
