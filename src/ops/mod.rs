//! The jobs: what an officer asks for, from the rooms below.
//!
//! [`prepare`] reads a campaign folder and tries every contract, writing nothing; [`generate`] then writes the whole campaign,
//! right or not at all. Neither talks: findings and progress are given to the caller.

mod generate;
mod output;
mod prepare;

pub use generate::{Formats, GenerateError, Options, Outcome, Step, generate};
pub use output::{ContractRecord, FileRecord, Manifest, OutputError, SourceRecord};
pub use prepare::{PrepareError, Prepared, prepare};

/// The codes of findings this room gives.
pub mod diags {
    use crate::diag::Code;

    /// A FINESS of another établissement stands in a contract.
    pub const FOREIGN_FINESS: Code =
        Code::error("generate/foreign-finess", "a contract names the FINESS of another établissement of the campaign");
    /// `--only` names a contract that the campaign does not have.
    pub const UNKNOWN_CONTRACT: Code =
        Code::error("generate/unknown-contract", "no contract of the campaign has this identifier");
    /// A contract could not be laid out.
    pub const UNPRINTABLE: Code = Code::error("generate/unprintable", "a contract could not be laid out or written");
    /// The output folder holds a contract that the campaign no longer has.
    pub const LEFT_OVER: Code =
        Code::warning("generate/left-over", "the output folder holds a contract that the campaign no longer has");

    /// All of them.
    pub const ALL: &[&Code] = &[&FOREIGN_FINESS, &LEFT_OVER, &UNKNOWN_CONTRACT, &UNPRINTABLE];
}
