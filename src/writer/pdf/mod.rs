//! Document to PDF: the contract of record, three exemplaires of it.
//!
//! Takes a [`Document`]; gives for each [`Exemplaire`] a PDF/A-2a and PDF/UA-1 file with its two codes on every page, three
//! empty signature fields, and the [`PageMap`] that says where all of it is. Reads no file, no clock and no font of the machine:
//! the same document gives the same bytes everywhere.
//!
//! Layout is Typst's, used as a library behind one fixed theme (`theme/*.typ`) that reads the document as JSON; text is never
//! read as markup. Typst writes no form fields, so `fields` adds them to the finished file; the text is laid out and written once, and
//! `imprint` makes the three exemplaires of it. What cannot be printed is a
//! [`PrintError`] that names it; Typst's warnings (« did not converge ») are errors too, for a contract is right or not made.
//!
//! It cannot know whether a text reads well, nor whether a reader's viewer shows the fields.

mod code;
mod crowding;
mod error;
mod fields;
mod glyphs;
mod hyphens;
mod imprint;
mod job;
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

use crate::{document::Document, domain::Exemplaire, stamp::PageMap};

/// The longest contract that is printed; what is longer is a table that ran away.
pub const MAX_PAGES: u16 = 150;

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
        glyphs::check(document, &self.fonts)?;
        let hash = document.content_hash();
        let model = Bytes::new(sheet::model(document, &hash)?);
        let job = job::Job::new(self, job::MAIN, BTreeMap::from([("/model.json".to_owned(), model)]))?;
        let laid_out = finished(typst::compile::<PagedDocument>(&job))?;
        let survey = survey::Survey::of(&laid_out, document)?;
        crowding::check(&laid_out)?;
        let options = PdfOptions {
            ident: Smart::Custom(hash.to_string()),
            creator: Smart::Custom(Some("paraphe".to_owned())),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        let bare = typst_pdf::pdf(&laid_out, &options).map_err(|errors| PrintError::layout(&errors))?;
        let common = fields::add(Pdf::load_mem(&bare)?, &survey.boxes)?;
        let exemplaires = Exemplaire::ALL
            .into_iter()
            .map(|exemplaire| {
                let copy = sheet::Copy::new(document, &hash, exemplaire);
                let bytes = imprint::press(common.clone(), &self.lines, &copy, exemplaire)?;
                Ok(Rendition { exemplaire, bytes, page_map: survey.page_map(&copy) })
            })
            .collect::<Result<_, PrintError>>()?;
        Ok(Printing { exemplaires, heading_pages: survey.heading_pages })
    }
}

/// Gives back the memory of layouts made so far; to be called after each contract, printed or failed, by each of `jobs` workers.
///
/// The cache is one for the whole process. A lone worker empties it; with several, what the others made lately is kept, or each
/// would lay out its second and third exemplaires afresh.
pub fn release(jobs: usize) {
    typst::comemo::evict(jobs.saturating_sub(1));
}

/// The document, if nothing at all was said about it.
fn finished(Warned { output, warnings }: Warned<SourceResult<PagedDocument>>) -> Result<PagedDocument, PrintError> {
    let document = output.map_err(|errors| PrintError::layout(&errors))?;
    if warnings.is_empty() { Ok(document) } else { Err(PrintError::layout(&warnings)) }
}
