//! Sides of a returned file, written as a PDF of their own.
//!
//! A scan is evidence: its pictures are put into the new file as they are encoded in the old one, byte by byte, wherever a PDF can hold
//! that encoding (JPEG, fax, PNG's compression); a PDF's pages are taken with all that they show. Same file and same sides, same bytes:
//! no date, no identifier.

mod fax;
mod png;
mod tiff;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::{
    raster::Turn,
    source::{self, orientation::Orientation},
};
use crate::evidence::{
    Observation, Reason,
    intake::{Kind, Picture, kind},
    pdf::Extract,
};

/// Width of A4, in points: what the shorter side of a picture is taken for.
const SHORTER: f64 = 595.276;

/// Writes sides of a returned file, by their indices from 0 and in this order, each turned clockwise, as a PDF.
///
/// # Errors
///
/// What keeps one of them from being read.
pub fn split(bytes: &[u8], sides: &[(usize, Turn)]) -> Result<Vec<u8>, Observation> {
    source::guarded(|| match kind(bytes) {
        Kind::Pdf => {
            let wanted: Vec<(usize, u16)> = sides.iter().map(|(index, turn)| (*index, u16::from(*turn))).collect();
            Extract::open(bytes)?.pages(&wanted).map(|(pdf, _)| pdf)
        }
        Kind::Picture(kind) => {
            let mut book = Book::new();
            for (index, turn) in sides {
                let (parts, laid) = parts(kind, bytes, *index)?;
                book.add(parts, Orientation { turn: laid.turn.then(*turn), ..laid });
            }
            book.write()
        }
        Kind::Empty | Kind::Message | Kind::Other => Err(unreadable("neither a PDF nor a picture")),
    })
}

/// Writes the pages of several PDFs as one, in their order; all that they show is taken as it is.
///
/// # Errors
///
/// When one of them cannot be read.
pub fn join(pdfs: &[Vec<u8>]) -> Result<Vec<u8>, Observation> {
    let mut book = Book::new();
    for bytes in pdfs {
        let mut pdf = Document::load_mem(bytes).map_err(|error| unreadable(&error.to_string()))?;
        pdf.renumber_objects_with(book.out.max_id + 1);
        book.kids.extend(pdf.get_pages().into_values().map(Object::from));
        book.out.max_id = pdf.max_id;
        book.out.objects.append(&mut pdf.objects);
    }
    for page in &book.kids {
        let page = page.as_reference().and_then(|page| book.out.get_dictionary_mut(page));
        page.map_err(|error| unreadable(&error.to_string()))?.set("Parent", book.tree);
    }
    book.write()
}

/// The parts of a page, as they are stored, and how they are laid.
fn parts(kind: Picture, bytes: &[u8], index: usize) -> Result<(Vec<Part>, Orientation), Observation> {
    match kind {
        Picture::Jpeg if index == 0 => {
            source::jpeg::head(bytes).map(|head| (vec![Part::jpeg(bytes, &head)], head.orientation))
        }
        Picture::Png if index == 0 => png::part(bytes).map(|(part, laid)| (vec![part], laid)),
        Picture::Tiff => tiff::parts(bytes, index),
        Picture::Jpeg | Picture::Png => Err(unreadable("there is no such page")),
    }
}

pub(super) fn unreadable(detail: &str) -> Observation {
    Observation::new(Reason::Unreadable, detail)
}

/// A page of a fax by itself, as it is stored, as a PDF: what reads PDFs reads all kinds of fax.
pub(super) fn fax_as_pdf(bytes: &[u8], index: usize) -> Result<Vec<u8>, Observation> {
    let mut book = Book::new();
    book.add(tiff::parts(bytes, index)?.0, Orientation::UPRIGHT);
    book.write()
}

/// A picture, or a strip of one, as a PDF holds it.
struct Part {
    width: usize,
    height: usize,
    entries: Dictionary,
    content: Vec<u8>,
    /// Whether the content is not compressed yet.
    is_bare: bool,
}

impl Part {
    fn new(width: usize, height: usize, entries: Dictionary, content: Vec<u8>) -> Self {
        Self { width, height, entries, content, is_bare: false }
    }

    fn jpeg(bytes: &[u8], head: &source::jpeg::Head) -> Self {
        let space = match head.colors {
            1 => "DeviceGray",
            4 => "DeviceCMYK",
            _ => "DeviceRGB",
        };
        let mut entries = dictionary! { "BitsPerComponent" => 8, "ColorSpace" => space, "Filter" => "DCTDecode" };
        if head.colors == 4 {
            entries.set("Decode", [1, 0, 1, 0, 1, 0, 1, 0].map(Object::from).to_vec());
        }
        Self::new(head.width, head.height, entries, bytes.to_vec())
    }

    /// Rows of samples that are not compressed.
    fn bare(width: usize, height: usize, bits: u8, colors: u8, rows: Vec<u8>) -> Self {
        let space = if colors == 3 { "DeviceRGB" } else { "DeviceGray" };
        let entries = dictionary! { "BitsPerComponent" => i64::from(bits), "ColorSpace" => space };
        Self { is_bare: true, ..Self::new(width, height, entries, rows) }
    }
}

/// The PDF that is being written.
struct Book {
    out: Document,
    tree: ObjectId,
    kids: Vec<Object>,
}

impl Book {
    fn new() -> Self {
        let mut out = Document::with_version("1.7");
        let tree = out.new_object_id();
        Self { out, tree, kids: Vec::new() }
    }

    /// Adds a page: a picture in one part, or in strips from top to bottom.
    fn add(&mut self, parts: Vec<Part>, Orientation { is_mirrored, turn }: Orientation) {
        let across = parts.iter().map(|part| part.width).max().unwrap_or(1).max(1);
        let down = parts.iter().map(|part| part.height).sum::<usize>().max(1);
        let scale = SHORTER / across.min(down) as f64;
        let (width, height) = (across as f64 * scale, down as f64 * scale);
        let (mut content, mut pictures, mut top) = (String::new(), Dictionary::new(), height);
        for (number, part) in parts.into_iter().enumerate() {
            let (wide, high) = (part.width as f64 * scale, part.height as f64 * scale);
            top -= high;
            let (across, left) = if is_mirrored { (-wide, width) } else { (wide, 0.0) };
            content.push_str(&format!("q {across:.4} 0 0 {high:.4} {left:.4} {top:.4} cm /P{number} Do Q\n"));
            let picture = self.picture(part);
            pictures.set(format!("P{number}"), picture);
        }
        let content = self.out.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        let number = |length: f64| Object::Real((length * 1000.0).round() as f32 / 1000.0);
        let mut page = dictionary! {
            "Type" => "Page", "Parent" => self.tree, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), number(width), number(height)],
            "Resources" => dictionary! { "XObject" => pictures },
        };
        if turn != Turn::None {
            page.set("Rotate", i64::from(u16::from(turn)));
        }
        self.kids.push(self.out.add_object(page).into());
    }

    fn picture(&mut self, part: Part) -> ObjectId {
        let size = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let mut entries = part.entries;
        entries.set("Type", "XObject");
        entries.set("Subtype", "Image");
        entries.set("Width", size(part.width));
        entries.set("Height", size(part.height));
        let mut stream = Stream::new(entries, part.content);
        if part.is_bare && stream.compress().is_err() {
            // Then it stays as it is: larger, and right.
            stream.dict.remove(b"Filter");
        }
        self.out.add_object(stream)
    }

    fn write(mut self) -> Result<Vec<u8>, Observation> {
        let count = i64::try_from(self.kids.len()).unwrap_or_default();
        let tree = dictionary! { "Type" => "Pages", "Kids" => self.kids, "Count" => count };
        self.out.objects.insert(self.tree, tree.into());
        let catalog = self.out.add_object(dictionary! { "Type" => "Catalog", "Pages" => self.tree });
        self.out.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        self.out.save_to(&mut bytes).map_err(|error| unreadable(&error.to_string()))?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests;
