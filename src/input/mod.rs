//! The campaign folder becomes a checked campaign.
//!
//! In: the files of a campaign ([`Sources`]: `campagne.yaml` and what it names). Out: a [`Campaign`](crate::domain::Campaign)
//! whose contracts can be merged, and every problem of every file in one go, each with its place, what was expected, what was
//! found and what to do next. `docs/diagnostics/input.md` explains every code.
//!
//! # What is given when something is wrong
//!
//! A finding that concerns one contract carries its identifier ([`Diagnostic::contract`](crate::diag::Diagnostic)); a contract
//! with an error is left out of `campaign.contracts`, and the others are there. The campaign is absent if and only if an error
//! concerns no contract in particular, or a file could not be had ([`Sources::load`] says which).
//!
//! # What it does not do
//!
//! It does not know the national register: that a number exists, that a site belongs to its legal person and that a name is
//! spelled as in the register stay with a person. It does not look at templates. It never guesses the scale of a percentage.

mod checks;
pub mod diags;
mod findings;
mod folder;
mod locate;
mod names;
mod number;
mod places;
mod read;
mod schema;
pub mod sources;
mod xlsx;
mod yaml;

pub use folder::{ReadError, Sources};
pub use read::read;
pub use schema::{Schema, schema};
