//! One établissement as listed, in YAML or in a workbook, and where each of its fields stands.

use std::collections::{BTreeMap, BTreeSet};

use crate::{diag::Origin, input::sources::EtablissementSource};

/// One établissement as listed.
#[derive(Debug)]
pub(crate) struct Fiche {
    pub(crate) source: EtablissementSource,
    pub(crate) place: FichePlace,
    /// Fields whose fault was told while they were read.
    pub(crate) told: BTreeSet<String>,
}

/// Where an établissement is listed.
#[derive(Debug, Clone)]
pub(crate) enum FichePlace {
    /// A row; fields have columns.
    Row { file: String, sheet: String, row: u32, columns: BTreeMap<String, u32> },
    /// An item of a YAML list.
    Yaml { file: String, path: String },
}

impl Fiche {
    /// Whether the fault of a field was told already: what is missing there is no second fault.
    pub(crate) fn is_told(&self, field: &str) -> bool {
        self.told.contains(field)
    }

    /// The place of a field (`adresse.commune`); of the whole entry for the empty field.
    pub(crate) fn at(&self, field: &str) -> Origin {
        match &self.place {
            FichePlace::Row { file, sheet, row, columns } => {
                let below = |name: &&String| name.starts_with(field) && !field.is_empty();
                let column = columns.get(field).or_else(|| columns.get(columns.keys().find(below)?));
                let column = column.or_else(|| columns.get("finess_ej"));
                Origin::cell(file, sheet, *row, column.copied().unwrap_or(0))
            }
            FichePlace::Yaml { file, path } if field.is_empty() => Origin::yaml(file.clone(), path.clone()),
            FichePlace::Yaml { file, path } => Origin::yaml(file.clone(), format!("{path}.{field}")),
        }
    }
}
