//! Document to DOCX.
