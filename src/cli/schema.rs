//! `paraphe schema`.

use super::{Failure, Status, show};
use crate::input::{Schema, schema};

/// Prints the JSON Schema of a YAML file of the campaign, for editors that complete and check.
#[derive(Debug, clap::Args)]
pub(super) struct PrintSchema {
    /// Which file.
    #[arg(value_enum, default_value = "campagne")]
    which: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// `campagne.yaml`.
    Campagne,
    /// `etablissements.yaml`.
    Etablissements,
    /// A catalogue of indicators.
    Indicateurs,
    /// `modele.yaml`, the head of a template set.
    Modele,
}

impl PrintSchema {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let which = match self.which {
            Which::Campagne => Schema::Campagne,
            Which::Etablissements => Schema::Etablissements,
            Which::Indicateurs => Schema::Indicateurs,
            Which::Modele => Schema::Modele,
        };
        show::json(&schema(which))?;
        Ok(Status::Clean)
    }
}
