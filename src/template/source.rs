//! Where a value of the data was read in the campaign's files.

use super::view::Renvois;
use crate::{diag::Origin, domain::Contract};

/// The places of one contract.
#[derive(Clone, Copy)]
pub(super) struct Sources<'d> {
    /// The file that holds the model, as shown.
    pub(super) head: &'d str,
    pub(super) contract: &'d Contract,
    /// Other names of parts of the data, in an avenant.
    pub(super) renvois: &'d Renvois,
}

impl Sources<'_> {
    /// The places that a value was made from; none when the program gives it itself.
    pub(super) fn of(&self, path: &str) -> Vec<Origin> {
        if let Some(first) = self.renvois.first_name(path) {
            return self.of(&first);
        }
        self.nearest(path).into_iter().collect()
    }

    /// The place of the longest known prefix of a path; what the model says is read in the set itself.
    pub(super) fn nearest(&self, path: &str) -> Option<Origin> {
        if let Some(first) = self.renvois.first_name(path) {
            return self.nearest(&first);
        }
        if let Some(inside) = path.strip_prefix("modele.") {
            return Some(Origin::yaml(self.head, inside));
        }
        // Sources are named as templates name them: `volets.[0].indicateurs.[2]`.
        let path = path.replace('[', ".[");
        let mut prefix = path.as_str();
        loop {
            if let Some(origin) = self.contract.sources.get(prefix) {
                return Some(origin.clone());
            }
            prefix = prefix.get(..prefix.rfind('.')?)?;
        }
    }
}
