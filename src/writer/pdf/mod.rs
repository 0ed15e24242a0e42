//! Document to PDF: the contract of record, three exemplaires of it.
//!
//! Takes a [`Document`]; gives for each [`Exemplaire`] a PDF/A-2a and PDF/UA-1 file with its two codes on every page, three
//! empty signature fields, and the [`PageMap`] that says where all of it is. Reads no file, no clock and no font of the machine:
//! the same document gives the same bytes everywhere.
//!
//! A [`Note`] is printed in the same look, as one file without codes and fields.
//!
//! Layout is Typst's, used as a library behind one fixed theme (`theme/*.typ`) that reads the document as JSON; text is never
//! read as markup. Typst writes no form fields, so `fields` adds them to the finished file; the text is laid out and written once, and
//! `imprint` makes the three exemplaires of it. What cannot be printed is a
//! [`PrintError`] that names it; Typst's warnings (« did not converge ») are errors too, for a contract is right or not made.
//!
//! It cannot know whether a text reads well, nor whether a reader's viewer shows the fields.

mod code;
mod crowding;
mod drawn;
mod error;
mod fields;
mod glyphs;
mod hyphens;
mod imprint;
mod job;
mod names;
mod pieces;
mod places;
mod sheet;
mod survey;

pub use error::{Complaint, Crowded, PrintError, Unprintable};

use std::collections::BTreeMap;

use lopdf::Document as Pdf;
use typst::{
    Library, LibraryExt,
    diag::{SourceResult, Warned},
    foundations::{Bytes, Smart},
    syntax::Source,
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::{
    digest::ContentHash,
    document::{BlockKind, Document, Note, walk},
    domain::Exemplaire,
    stamp::{PageHash, PageMap, page_hashes},
};

/// The longest contract that is printed; what is longer is a table that ran away.
pub const MAX_PAGES: u16 = 150;

/// The longest note that is printed: a list of all files of a great campaign.
pub const MAX_NOTE_PAGES: u16 = 2000;

/// Prints documents. Loading fonts and theme takes a few milliseconds: make one and share it between workers.
///
/// Typst runs on `rayon` inside. A worker that prints many documents does so from a pool of one thread of its own
/// (`pool.install(..)`): a thread that waits in a shared pool may begin another whole contract meanwhile.
pub struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    theme: Vec<Source>,
    standards: PdfStandards,
    lines: imprint::Lines,
}

/// The three exemplaires of one document.
#[derive(Debug)]
pub struct Printing {
    /// In the order of [`Exemplaire::ALL`].
    pub exemplaires: Vec<Rendition>,
    /// The page of each of [`Document::headings`], from 1.
    pub heading_pages: Vec<u16>,
    blocks: Vec<places::BlockPages>,
}

impl Printing {
    /// The page on which a block begins, from 1, or one of the body rows of a table.
    ///
    /// Blocks are numbered from 0 as [`Document::walk`] visits them, rows from 1. A block that prints nothing, a page break or an
    /// empty list, has no page.
    #[must_use]
    pub fn page_of(&self, block: usize, row: Option<usize>) -> Option<u16> {
        let block = self.blocks.get(block)?;
        match row {
            Some(row) => block.rows.get(row.checked_sub(1)?).copied(),
            None => block.page,
        }
    }
}

/// One printed file.
#[derive(Debug)]
pub struct Rendition {
    /// Which exemplaire it is.
    pub exemplaire: Exemplaire,
    /// The PDF.
    pub bytes: Vec<u8>,
    /// What is where on its pages.
    pub page_map: PageMap,
    /// What each page shows, in order: the digests that any reader of the file finds.
    pub empreintes: Vec<PageHash>,
}

impl Press {
    /// Loads the bundled fonts and the theme.
    ///
    /// # Errors
    /// When a bundled font or the theme is damaged.
    pub fn new() -> Result<Self, PrintError> {
        let fonts = job::FONTS
            .iter()
            .map(|(name, bytes)| Font::new(Bytes::new(*bytes), 0).ok_or(PrintError::Font { name }))
            .collect::<Result<Vec<Font>, _>>()?;
        let theme = job::THEME
            .iter()
            .map(|(path, text)| Ok(Source::new(job::id(path)?, (*text).to_owned())))
            .collect::<Result<_, PrintError>>()?;
        let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
            .map_err(|refused| PrintError::Standard { message: refused.message().to_string() })?;
        let mut press = Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            theme,
            standards,
            lines: imprint::Lines::default(),
        };
        press.lines = imprint::Lines::new(&press)?;
        Ok(press)
    }

    /// Prints the three exemplaires.
    ///
    /// # Errors
    /// When a character has no glyph, when the text cannot be laid out, when it does not fit its place, or when a
    /// signature box is missing.
    pub fn print(&self, document: &Document) -> Result<Printing, PrintError> {
        glyphs::check(&[&document.title, &document.subject, &document.author], &document.blocks, &self.fonts)?;
        let hash = document.content_hash();
        let names = names::Names::of(&document.blocks);
        let laid_out = self.lay_out(job::MAIN, sheet::model(document, &names, &hash)?, MAX_PAGES)?;
        let pages = drawn::pages(&laid_out, &names)?;
        let survey = survey::Survey::of(&pages, document)?;
        crowding::check(&pages)?;
        let common = fields::add(self.write(&laid_out, &hash)?, &survey.boxes)?;
        let exemplaires = Exemplaire::ALL
            .into_iter()
            .map(|exemplaire| {
                let copy = sheet::Copy::new(document, &hash, exemplaire);
                let pdf = imprint::press(common.clone(), &self.lines, &copy, exemplaire)?;
                let empreintes = page_hashes(&pdf)?;
                Ok(Rendition { exemplaire, bytes: imprint::save(pdf)?, page_map: survey.page_map(&copy), empreintes })
            })
            .collect::<Result<_, PrintError>>()?;
        Ok(Printing { exemplaires, heading_pages: survey.heading_pages(document)?, blocks: survey.blocks })
    }

    /// Prints a note: one file, PDF/A-2a and PDF/UA-1 as a contract is, without codes and without fields.
    ///
    /// # Errors
    /// When a character has no glyph, when the text cannot be laid out or does not fit its place, or when there are signature boxes.
    pub fn note(&self, note: &Note) -> Result<Vec<u8>, PrintError> {
        let Note { title, subject, author, reference, blocks, .. } = note;
        glyphs::check(&[title, subject, author, reference], blocks, &self.fonts)?;
        let mut boxes = None;
        walk(blocks, &mut |block| {
            if matches!(block.kind, BlockKind::Signatures { .. }) {
                boxes.get_or_insert(&block.origin);
            }
        });
        if let Some(origin) = boxes {
            return Err(PrintError::Signatures { origin: origin.clone() });
        }
        let names = names::Names::of(blocks);
        let model = sheet::note_model(note, &names)?;
        let hash = ContentHash::of(&model);
        let laid_out = self.lay_out(job::NOTE, model, MAX_NOTE_PAGES)?;
        crowding::check(&drawn::pages(&laid_out, &names)?)?;
        let mut pdf = self.write(&laid_out, &hash)?;
        fields::forget_suspects(&mut pdf)?;
        imprint::save(pdf)
    }

    fn lay_out(&self, main: &str, model: Vec<u8>, most: u16) -> Result<PagedDocument, PrintError> {
        let job = job::Job::new(self, main, BTreeMap::from([("/model.json".to_owned(), Bytes::new(model))]))?;
        let laid_out = finished(typst::compile::<PagedDocument>(&job))?;
        let pages = laid_out.pages().len();
        if pages > usize::from(most) { Err(PrintError::TooManyPages { pages, most }) } else { Ok(laid_out) }
    }

    fn write(&self, laid_out: &PagedDocument, hash: &ContentHash) -> Result<Pdf, PrintError> {
        let options = PdfOptions {
            ident: Smart::Custom(hash.to_string()),
            creator: Smart::Custom(Some("paraphe".to_owned())),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        let bytes = typst_pdf::pdf(laid_out, &options).map_err(|errors| PrintError::layout(&errors))?;
        Ok(Pdf::load_mem(&bytes)?)
    }
}

/// Gives back the memory of layouts that were of no use lately; to be called after each contract, printed or failed, by each of
/// `jobs` workers.
///
/// The cache is one for the whole process. What the last contract of each worker used is kept: the next has most of its text in
/// common with it, and needs only what differs to be laid out.
pub fn release(jobs: usize) {
    typst::comemo::evict(jobs);
}

/// The document, if nothing at all was said about it.
fn finished(Warned { output, warnings }: Warned<SourceResult<PagedDocument>>) -> Result<PagedDocument, PrintError> {
    let document = output.map_err(|errors| PrintError::layout(&errors))?;
    if warnings.is_empty() { Ok(document) } else { Err(PrintError::layout(&warnings)) }
}
