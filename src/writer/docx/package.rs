//! The archive: which parts, in which order, with which date.

use std::io::{Cursor, Write};

use docx_rs::XMLDocx;
use zip::{CompressionMethod, DateTime, System, ZipWriter, write::SimpleFileOptions};

use super::{
    WriteError,
    properties::{self, Properties},
    tree,
};

/// Finishes the parts that depend on the contract, adds the others, zips them.
///
/// Content types come first, then the package's relations, then the document: the order readers expect when a file is
/// recognised by its first bytes.
pub(super) fn pack(properties: &Properties, parts: &XMLDocx) -> Result<Vec<u8>, WriteError> {
    let mut archive = Archive(ZipWriter::new(Cursor::new(Vec::new())));
    archive.fixed("[Content_Types].xml", include_str!("parts/contentTypes.xml"))?;
    archive.fixed("_rels/.rels", include_str!("parts/rels.xml"))?;
    archive.finished("word/document.xml", &parts.document)?;
    archive.fixed("word/_rels/document.xml.rels", include_str!("parts/document.rels.xml"))?;
    archive.fixed("word/styles.xml", include_str!("parts/styles.xml"))?;
    archive.finished("word/numbering.xml", &parts.numberings)?;
    archive.fixed("word/settings.xml", include_str!("parts/settings.xml"))?;
    archive.fixed("word/fontTable.xml", include_str!("parts/fontTable.xml"))?;
    for (kind, series) in [("header", &parts.headers), ("footer", &parts.footers)] {
        for (number, part) in series.iter().enumerate() {
            archive.finished(&format!("word/{kind}{}.xml", number + 1), part)?;
        }
    }
    archive.finished("docProps/core.xml", properties::core(properties).as_bytes())?;
    archive.fixed("docProps/app.xml", include_str!("parts/app.xml"))?;
    archive.finished("docProps/custom.xml", properties::custom(properties).as_bytes())?;
    Ok(archive.0.finish()?.into_inner())
}

struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Archive {
    fn fixed(&mut self, name: &str, part: &str) -> Result<(), WriteError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644)
            .system(System::Unix);
        self.0.start_file(name, options)?;
        self.0.write_all(part.as_bytes())?;
        Ok(())
    }

    fn finished(&mut self, name: &str, part: &[u8]) -> Result<(), WriteError> {
        let part = tree::finish(&String::from_utf8_lossy(part))?;
        self.fixed(name, &part)
    }
}
