//! Document to PDF.
