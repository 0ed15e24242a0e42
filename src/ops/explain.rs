//! Why a value is printed where it is.

use std::path::Path;

use super::{
    dossier::Dossier,
    plan::{PlanError, kept},
    version::PROVENANCE,
};
use crate::{
    document::provenance::{Answer, Provenance},
    domain::{ContractId, VersionNum},
};

/// What is printed on a page, or a printed text, and where it was read; of the last archived version unless another is named.
///
/// The answer is in the version itself: neither the templates nor the workbooks are looked at.
///
/// # Errors
/// When the archive has no such version, or it cannot be read.
pub fn explain(
    folder: &Path,
    contract: &ContractId,
    version: Option<VersionNum>,
    page: Option<u16>,
    text: Option<&str>,
) -> Result<(VersionNum, Vec<Answer>), PlanError> {
    let store = Dossier::new(folder).archive()?;
    let version = match version {
        Some(version) => version,
        None => store.read(&contract.into())?.head(),
    };
    let provenance: Provenance = kept(&store, contract, version, PROVENANCE)?;
    Ok((version, provenance.explain(page, text)))
}
