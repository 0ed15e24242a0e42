//! The places of all YAML files of a campaign.

use std::collections::BTreeMap;

use super::locate::Places;
use crate::diag::Origin;

/// Places by file.
#[derive(Debug, Default)]
pub(crate) struct Atlas(BTreeMap<String, Places>);

impl Atlas {
    pub(crate) fn insert(&mut self, file: &str, places: Places) {
        self.0.insert(file.to_owned(), places);
    }

    /// Fills the line and column of a place.
    pub(crate) fn locate(&self, origin: &mut Origin) {
        if let Some(places) = self.0.get(origin.file_name()) {
            places.locate(origin);
        }
    }
}
