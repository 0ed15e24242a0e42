//! The world Typst sees: a handful of virtual files, the bundled fonts, no clock, no disk.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use typst::{
    Library, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use super::{MAX_PAGES, PageTag, Press, PrintError, code, sheet};
use crate::stamp::Corner;

/// Every font of a contract.
pub(super) const FONTS: [(&str, &[u8]); 4] = [
    ("LiberationSans-Regular.ttf", include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf")),
    ("LiberationSans-Bold.ttf", include_bytes!("../../../assets/fonts/LiberationSans-Bold.ttf")),
    ("LiberationSans-Italic.ttf", include_bytes!("../../../assets/fonts/LiberationSans-Italic.ttf")),
    ("LiberationSans-BoldItalic.ttf", include_bytes!("../../../assets/fonts/LiberationSans-BoldItalic.ttf")),
];

/// The theme, main file first.
pub(super) const THEME: [(&str, &str); 6] = [
    ("/main.typ", include_str!("theme/main.typ")),
    ("/blocks.typ", include_str!("theme/blocks.typ")),
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

/// One exemplaire to lay out.
pub(super) struct Job<'a> {
    press: &'a Press,
    main: FileId,
    files: BTreeMap<String, Bytes>,
    copy: &'a sheet::Copy,
    /// Codes already drawn: Typst asks for a file again whenever it checks that a cached layout is still good.
    codes: Mutex<BTreeMap<String, Bytes>>,
}

impl<'a> Job<'a> {
    pub(super) fn new(press: &'a Press, model: &Bytes, copy: &'a sheet::Copy) -> Result<Self, PrintError> {
        let [(main, _), ..] = THEME;
        // No page of any contract has a longer payload; failing here names it, failing inside the layout would not.
        code::svg(&copy.tag(Corner::Top, MAX_PAGES, MAX_PAGES))?;
        let files = BTreeMap::from([
            ("/model.json".to_owned(), model.clone()),
            ("/copy.json".to_owned(), Bytes::new(serde_json::to_vec(copy)?)),
            ("/sheet.json".to_owned(), Bytes::new(serde_json::to_vec(&sheet::SHEET)?)),
        ]);
        Ok(Self { press, main: id(main)?, files, copy, codes: Mutex::default() })
    }

    /// `/qr/T-7-14.svg`: the top code of page 7 of 14.
    fn code(&self, path: &str) -> Option<Bytes> {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(drawn) = codes.get(path) {
            return Some(drawn.clone());
        }
        let tag = self.tag(path)?;
        let drawn = Bytes::from_string(code::svg(&tag).ok()?);
        codes.insert(path.to_owned(), drawn.clone());
        Some(drawn)
    }

    fn tag(&self, path: &str) -> Option<PageTag> {
        let name = path.strip_prefix("/qr/")?.strip_suffix(".svg")?;
        let mut parts = name.split('-');
        let corner = match parts.next()? {
            "B" => Corner::Bottom,
            "T" => Corner::Top,
            _ => return None,
        };
        let (page, pages) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(self.copy.tag(corner, page, pages))
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
        self.files.get(path).cloned().or_else(|| self.code(path)).ok_or_else(|| not_found(id))
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
