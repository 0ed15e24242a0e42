//! What the file says of itself: title, language, dates, and which contract it is the working copy of.

use jiff::civil::Date;
use quick_xml::escape::escape;

use crate::document::{Document, Note};

/// What a file says of itself.
pub(super) struct Properties {
    title: String,
    subject: String,
    author: String,
    date: Date,
    revision: u16,
    custom: Vec<(&'static str, String)>,
}

impl Properties {
    /// Those of a contract, with what ties the file to it and to the PDF of the same text.
    pub(super) fn of_contract(document: &Document) -> Self {
        Self {
            title: document.title.clone(),
            subject: document.subject.clone(),
            author: document.author.clone(),
            date: document.date,
            revision: document.version.get(),
            custom: vec![
                ("paraphe.contrat", document.contract.to_string()),
                ("paraphe.version", document.version.to_string()),
                ("paraphe.modele", document.modele.clone()),
                ("paraphe.content-hash", document.content_hash().to_string()),
            ],
        }
    }

    /// Those of a letter or a report.
    pub(super) fn of_note(note: &Note) -> Self {
        Self {
            title: note.title.clone(),
            subject: note.subject.clone(),
            author: note.author.clone(),
            date: note.date,
            revision: 1,
            custom: vec![("paraphe.reference", note.reference.clone())],
        }
    }
}

/// `docProps/core.xml`. Both dates are the document's own: no clock is read.
pub(super) fn core(properties: &Properties) -> String {
    let Properties { title, subject, author, date, revision, .. } = properties;
    let (title, subject, author) = (escape(title), escape(subject), escape(author));
    let date = format!("{date}T00:00:00Z");
    format!(
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
            r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties""#,
            r#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/""#,
            r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
            "<dc:title>{title}</dc:title><dc:subject>{subject}</dc:subject><dc:creator>{author}</dc:creator>",
            "<cp:lastModifiedBy>{author}</cp:lastModifiedBy><cp:revision>{revision}</cp:revision>",
            r#"<dcterms:created xsi:type="dcterms:W3CDTF">{date}</dcterms:created>"#,
            r#"<dcterms:modified xsi:type="dcterms:W3CDTF">{date}</dcterms:modified>"#,
            "<dc:language>fr-FR</dc:language></cp:coreProperties>"
        ),
        title = title,
        subject = subject,
        author = author,
        revision = revision,
        date = date,
    )
}

/// `docProps/custom.xml`.
pub(super) fn custom(properties: &Properties) -> String {
    let mut part = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties""#,
        r#" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">"#
    ));
    // Identifiers 0 and 1 are reserved; the format identifier is the one that names user-defined properties.
    for (pid, (name, value)) in (2..).zip(&properties.custom) {
        part.push_str(&format!(
            r#"<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{pid}" name="{name}"><vt:lpwstr>{}</vt:lpwstr></property>"#,
            escape(value)
        ));
    }
    part.push_str("</Properties>");
    part
}
