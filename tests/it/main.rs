//! Integration tests: one binary, one module per job and per room.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at the first surprise, and helper functions of tests are not covered by clippy's own allowance"
)]

mod archive;
mod avenant;
mod cmd;
mod common;
mod document;
mod dossier;
mod evidence_bounds;
mod evidence_cms;
mod evidence_pdf;
mod generate;
mod histoire;
mod house;
mod input;
#[path = "../laboratoire/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "each program uses a part of the laboratory")]
mod laboratoire;
mod ops;
mod papier;
mod places;
mod provenance;
mod reconcile;
mod register;
mod retours;
mod rules;
mod samples;
mod scans;
mod schema;
mod status;
mod suivi;
mod template;
mod writer_docx;
mod writer_pdf;
