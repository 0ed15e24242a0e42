//! Files that came back: judged ([`verify`]), or archived, judged and recorded ([`receive`]).

mod accuses;
mod attendu;
mod constat;
mod decide;
mod examiner;
mod files;
mod follow;
mod papier;
mod receive;
mod review;
mod trust;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use accuses::AccuseRecu;
pub(super) use constat::sentence;
pub use decide::{Decided, decide};
pub use papier::{Located, Paper, SideReport};
pub use receive::receive;
pub use review::{Case, Motif, Pictures, Review, View, review};

use super::dossier::{Dossier, Order};
use crate::{
    archive,
    diag::Diagnostic,
    digest::FileDigest,
    evidence::{Evidence, Nature, ReturnedFile, Revision, SignatureEvidence, trust::TrustFile},
    reconcile::Verdict,
    register::{EventNumber, Register, RegisterError},
    writer::pdf,
};

/// One returned file, judged.
#[derive(Debug, Clone, Serialize)]
pub struct Returned {
    /// Its name, as it was given.
    pub file: String,
    /// The message that it was attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
    /// Its size in bytes.
    pub size: u64,
    /// What kind of file it is.
    pub nature: Nature,
    /// The outcome.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Its signatures.
    pub signatures: Vec<SignatureEvidence>,
    /// Its revisions.
    pub revisions: Vec<Revision>,
    /// Its pages, when they are scans: side by side, with every measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper: Option<Paper>,
    /// What the agency knows of it in the register; none when it was only verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
}

/// What the register has of a returned file.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    /// The events that it gave.
    pub events: Vec<EventNumber>,
    /// The event by which the same file was received before: nothing was recorded again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub already: Option<EventNumber>,
}

/// What a run made of a list of files.
#[derive(Debug)]
pub struct Returns {
    /// The files, in the order in which they were given; those of a folder by name.
    pub files: Vec<Returned>,
    /// What messages say of what was sent.
    pub accuses: Vec<AccuseRecu>,
    /// What the campaign trusts: the files, with their digests.
    pub trust: Vec<TrustFile>,
    /// What could not be read or recorded; the run went on.
    pub findings: Vec<Diagnostic>,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many files will be looked at.
    Files(usize),
    /// So many sides of a scanned file were read.
    Sides {
        /// How many.
        read: usize,
        /// How many it has.
        of: usize,
    },
    /// One more file was looked at.
    Judged,
}

/// Why nothing could be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReturnsError {
    /// The archive could not be read or written.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// A report could not be printed.
    #[error("the report on a returned file could not be printed")]
    Constat(#[from] pdf::PrintError),
    /// A set could not be written into the folder that was named.
    #[error("could not write `{}`", path.display())]
    Split {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder holds no campaign that was made.
    #[error("`{}` has no register: nothing was made of this campaign, so nothing of it can come back", .0.display())]
    NothingMade(PathBuf),
    /// The register could not be read or written.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Judges files and folders, messages with their attachments included; changes nothing of the campaign. `split` is a folder into which
/// each set of scanned pages is written, as a file of its own.
///
/// # Errors
/// When the campaign cannot be read, or a set cannot be written. A file that cannot be read is a finding.
pub fn verify(
    folder: &Path,
    paths: &[PathBuf],
    split: Option<&Path>,
    order: &Order,
    progress: &mut dyn FnMut(Progress),
) -> Result<Returns, ReturnsError> {
    let mut examiner = examiner::Examiner::open(&Dossier::new(folder), order)?.splitting(split.is_some());
    let mut returns =
        Returns { files: Vec::new(), accuses: Vec::new(), trust: examiner.trusted(), findings: examiner.findings() };
    let listed = files::list(paths, &mut returns.findings);
    progress(Progress::Files(listed.len()));
    let mut judged = Vec::new();
    for path in listed {
        if let Some((name, bytes)) = files::read(&path, &mut returns.findings) {
            judged.extend(examiner.judge(&ReturnedFile::new(&name, &bytes), progress));
        }
        progress(Progress::Judged);
    }
    judged.extend(examiner.piles());
    judged.sort_by_key(|judged| judged.rank);
    if let Some(split) = split {
        files::write_sets(split, &judged)?;
    }
    for seen in examiner.accuses() {
        let events = match accuses::about(&seen.accuse) {
            Some((id, _)) => Register::open_read_only(folder)?.history(&id)?,
            None => Vec::new(),
        };
        returns.accuses.push(accuses::told(&examiner, &seen, &events, order.now.today).0);
    }
    returns.files = judged.into_iter().map(|judged| judged.returned).collect();
    Ok(returns)
}

impl Returned {
    fn new(file: &str, evidence: Evidence, verdict: Verdict) -> Self {
        Self {
            file: file.to_owned(),
            message: None,
            sha256: evidence.sha256,
            size: evidence.size,
            nature: evidence.nature,
            verdict,
            signatures: evidence.signatures,
            revisions: evidence.revisions,
            paper: None,
            recorded: None,
        }
    }
}
