//! A document becomes files: pure functions from values to bytes.

pub mod docx;
pub mod pdf;
