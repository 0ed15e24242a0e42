//! `paraphe amend`.

use std::path::PathBuf;

use super::{Failure, Status, generate::Making};
use crate::ops;

/// Makes an avenant for each signed contract in which the campaign now adds or changes an indicator, and for no other.
///
/// Only what changes is printed, with the signed contract named and the same three parties. An avenant is the next version of
/// its contract: archived, entered in the register, sent, signed and followed as the contract was.
#[derive(Debug, clap::Args)]
pub(super) struct Amend {
    /// Campaign folder, the one that holds `campagne.yaml`.
    campaign: PathBuf,
    #[command(flatten)]
    making: Making,
}

impl Amend {
    pub(super) fn run(self) -> Result<Status, Failure> {
        self.making.run(&self.campaign, "avenant", ops::amend)
    }
}
