//! The main job: a campaign folder becomes every contract, in DOCX and PDF, right or not at all.

use std::{
    collections::BTreeSet,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use super::{
    diags,
    dossier::{Dossier, Order, recover},
    output::{Manifest, Output, OutputError},
    plan::{Action, PlanError, Planned, decide},
    prepare::{PrepareError, Prepared, prepare_after},
    run::{Run, Work, left_over},
    workshop::WorkshopError,
};
use crate::{
    archive,
    diag::{Diagnostic, Origin},
    domain::ContractId,
    register::RegisterError,
    template::SignedDataError,
};

/// What to make, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// Output folder.
    pub out: PathBuf,
    /// Only these contracts; all when empty.
    pub only: BTreeSet<String>,
    /// Contracts made at once.
    pub jobs: NonZeroUsize,
    /// Kinds of files to put there; the archive has both.
    pub formats: Formats,
    /// Make the contracts that are right even if others are wrong.
    pub keep_going: bool,
}

impl Options {
    /// Whether a contract is among those asked for.
    pub(super) fn chooses(&self, contract: &ContractId) -> bool {
        self.only.is_empty() || self.only.contains(&contract.to_string())
    }

    /// Whether a finding concerns the whole campaign, or a contract that was asked for.
    fn asks_about(&self, finding: &Diagnostic) -> bool {
        let mut concerned = finding.contract.iter().chain(&finding.also).peekable();
        self.only.is_empty() || concerned.peek().is_none() || concerned.any(|id| self.only.contains(id))
    }
}

/// Kinds of files to put in the output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// The three PDF exemplaires and their page maps.
    pub pdf: bool,
    /// The DOCX working copy.
    pub docx: bool,
}

/// What a run did.
pub struct Outcome {
    /// What was read and seen.
    pub prepared: Prepared,
    /// What is in the output folder; `None` when nothing was written.
    pub manifest: Option<Manifest>,
    /// Versions made by this run.
    pub made: usize,
    /// Contracts that were already made, as they should be.
    pub kept: usize,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The campaign is being read and checked.
    Checking,
    /// So many contracts will be made.
    Making(usize),
    /// One more contract is made.
    Made,
}

/// Why a run could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The archive could not be read or written.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The archive and the register do not have the same versions.
    #[error(
        "the archive has {last} versions of `{contract}` and the register {expected}: one of them was lost or is an older copy; \
         run `paraphe archive verify`, and put back the archive and the register together"
    )]
    Disagreement {
        /// The contract.
        contract: ContractId,
        /// The number of its last version in the archive, 0 if it has none.
        last: u16,
        /// The number that the register knows.
        expected: u16,
    },
    /// The output folder could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// What was made before could not be looked at.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The campaign could not be looked at.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The register could not be read or written.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// What was archived with a signed contract is not what an avenant can be drafted from.
    #[error("the data archived with the signed contract `{contract}` cannot be compared with the campaign")]
    Signed {
        /// The contract.
        contract: ContractId,
        /// Why.
        source: SignedDataError,
    },
    /// Contracts could not be made.
    #[error(transparent)]
    Workshop(#[from] WorkshopError),
}

/// Makes the contracts of a campaign: a version of each that is new or says something else than its last version.
///
/// Everything is checked first. With an error anywhere nothing is written, unless `keep_going` asks for the contracts that are
/// right; a fault of the campaign itself always stops the run.
///
/// Versions are staged in the archive, entered in the register in one transaction, which is the moment from which they exist,
/// then put in place and copied to the output folder: a run that is killed at any moment is finished by the next.
///
/// # Errors
/// When the folder cannot be read, or the archive, the register or the output cannot be written; what was finished is then kept
/// for the next run.
pub fn generate(
    folder: &Path,
    options: &Options,
    order: &Order,
    progress: &mut dyn FnMut(Step),
) -> Result<Outcome, GenerateError> {
    progress(Step::Checking);
    let dossier = Dossier::new(folder);
    let mut prepared = prepare_after(folder, &dossier.states()?)?;
    prepared.findings.extend(unknown_contracts(&prepared, &options.only));
    // An error stops the run wherever it is; what is only worth knowing of the other contracts waits for their turn.
    prepared.findings.retain(|finding| finding.is_error() || options.asks_about(finding));
    let errors = prepared.findings.iter().any(Diagnostic::is_error);
    if prepared.blocked || (errors && !options.keep_going) || prepared.campaign.is_none() {
        return Ok(Outcome { prepared, manifest: None, made: 0, kept: 0 });
    }
    let output = Output::open(&options.out)?;
    let store = dossier.archive_to_write()?;
    let writer = store.lock()?;
    // Read again: nobody else writes from here on.
    let states = dossier.states()?;
    recover(&store, &writer, &states)?;
    let (Some(campaign), Some(templates)) = (&prepared.campaign, &prepared.templates) else {
        return Ok(Outcome { prepared, manifest: None, made: 0, kept: 0 });
    };
    let mut planned = decide(&dossier, campaign, &prepared.ready, &states)?;
    planned.retain(|one| options.chooses(&one.contract.id));
    let (works, mut findings) = works(&planned);
    let shown = planned.iter().map(|one| one.contract.id.clone()).collect();
    let run = Run { dossier: &dossier, store: &store, writer: &writer, output: &output, options, order };
    let product = run.make(&prepared, (campaign, templates), &works, &shown, progress)?;
    let kept = planned.len() - works.len();
    findings.extend(left_over(campaign, &states));
    findings.extend(product.findings);
    prepared.findings.extend(findings);
    Ok(Outcome { prepared, manifest: product.manifest, made: product.made, kept })
}

/// The versions to make and what is said of the contracts that differ and are not made again.
fn works<'a>(planned: &[Planned<'a>]) -> (Vec<Work<'a>>, Vec<Diagnostic>) {
    let works = planned.iter().filter(|one| one.is_made()).map(|one| {
        let redraft = one.action == Action::Redraft;
        let before = one.head.filter(|_| redraft).and_then(|head| head.genere.remplace);
        let replaced = if let Action::Replace(old) = one.action { Some(old) } else { before };
        let (contract, version, empreinte) = (one.contract, one.version, one.ready.empreinte);
        Work { contract, version, redraft, remplace: replaced, empreinte, avenant: None }
    });
    (works.collect(), planned.iter().filter_map(left_aside).collect())
}

impl Planned<'_> {
    /// Whether a version is printed.
    const fn is_made(&self) -> bool {
        matches!(self.action, Action::First | Action::Redraft | Action::Replace(_))
    }
}

/// What is said of a contract that differs from its last version and is not made again.
fn left_aside(one: &Planned<'_>) -> Option<Diagnostic> {
    let id = one.contract.id.to_string();
    let origin = Origin::file("campagne.yaml");
    match one.action {
        Action::Amend => Some(
            Diagnostic::new(&diags::SIGNED, origin, "the contract is signed, and the campaign says otherwise now")
                .help("run `paraphe plan` to see what differs, and `paraphe amend` to make an avenant")
                .contract(id),
        ),
        Action::Closed => Some(
            Diagnostic::new(&diags::CLOSED, origin, "the contract has ended; the campaign still has it")
                .help("take it out of the campaign, or annul the event that ended it")
                .contract(id),
        ),
        Action::First | Action::Redraft | Action::Replace(_) | Action::Unchanged => None,
    }
}

pub(super) fn unknown_contracts(prepared: &Prepared, only: &BTreeSet<String>) -> Vec<Diagnostic> {
    let Some(campaign) = &prepared.campaign else { return Vec::new() };
    let known: BTreeSet<String> = campaign.contracts.iter().map(|contract| contract.id.to_string()).collect();
    only.iter()
        .filter(|id| !known.contains(*id) && !prepared.wrong.contains(*id))
        .map(|id| {
            let example = known.first().map_or_else(String::new, |id| format!(" such as `{id}`"));
            Diagnostic::new(
                &diags::UNKNOWN_CONTRACT,
                Origin::file("campagne.yaml"),
                format!("no contract is named `{id}`"),
            )
            .expected(format!("an identifier of the campaign{example}"))
            .found(id.clone())
            .help("write the FINESS of the legal person, `-` and the year of effect")
        })
        .collect()
}
