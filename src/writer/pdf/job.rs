//! The world Typst sees: a handful of virtual files, the bundled fonts, no clock, no disk.

use std::{collections::BTreeMap, path::PathBuf};

use typst::{
    Library, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use super::{Press, PrintError, sheet};

/// Every font of a contract or a note.
pub(super) const FONTS: [(&str, &[u8]); 4] = [
    ("LiberationSans-Regular.ttf", include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf")),
    ("LiberationSans-Bold.ttf", include_bytes!("../../../assets/fonts/LiberationSans-Bold.ttf")),
    ("LiberationSans-Italic.ttf", include_bytes!("../../../assets/fonts/LiberationSans-Italic.ttf")),
    ("LiberationSans-BoldItalic.ttf", include_bytes!("../../../assets/fonts/LiberationSans-BoldItalic.ttf")),
];

/// The main file of a contract.
pub(super) const MAIN: &str = "/main.typ";
/// The main file of a note.
pub(super) const NOTE: &str = "/note.typ";
/// The main file of the lines that name the exemplaires.
pub(super) const LINES: &str = "/lines.typ";

/// The theme.
pub(super) const THEME: [(&str, &str); 9] = [
    (MAIN, include_str!("theme/main.typ")),
    (LINES, include_str!("theme/lines.typ")),
    (NOTE, include_str!("theme/note.typ")),
    ("/blocks.typ", include_str!("theme/blocks.typ")),
    ("/dress.typ", include_str!("theme/dress.typ")),
    ("/look.typ", include_str!("theme/look.typ")),
    ("/sheet.typ", include_str!("theme/sheet.typ")),
    ("/signatures.typ", include_str!("theme/signatures.typ")),
    ("/table.typ", include_str!("theme/table.typ")),
];

/// The identity of a virtual file. Typst keeps each distinct name for ever: names come from a bounded set, never from a contract.
pub(super) fn id(path: &str) -> Result<FileId, PrintError> {
    let path = VirtualPath::new(path).map_err(|_| PrintError::Path { path: path.to_owned() })?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One document to lay out.
pub(super) struct Job<'a> {
    press: &'a Press,
    main: FileId,
    files: BTreeMap<String, Bytes>,
}

impl<'a> Job<'a> {
    /// A main file of the theme and the files it reads; the geometry of the sheet is added to them.
    pub(super) fn new(press: &'a Press, main: &str, mut files: BTreeMap<String, Bytes>) -> Result<Self, PrintError> {
        files.insert("/sheet.json".to_owned(), Bytes::new(serde_json::to_vec(&sheet::SHEET)?));
        Ok(Self { press, main: id(main)?, files })
    }
}

impl World for Job<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.press.theme.iter().find(|source| source.id() == id).cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.vpath().get_with_slash();
        self.files.get(path).cloned().ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Names the virtual path: there is no other.
fn not_found(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.vpath().get_with_slash()))
}
