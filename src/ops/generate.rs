//! The main job: a campaign folder becomes every contract, in DOCX and PDF, right or not at all.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

use super::{
    diags,
    output::{ContractRecord, FileRecord, Manifest, NewFile, Output, OutputError, SourceRecord},
    prepare::{PrepareError, Prepared, prepare},
};
use crate::{
    diag::{Diagnostic, Origin},
    digest::{ContentHash, FileDigest},
    domain::{Campaign, Contract, ContractId, Exemplaire, VersionNum},
    template::TemplateSet,
    writer::{docx, pdf},
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
    /// Kinds of files.
    pub formats: Formats,
    /// Make the contracts that are right even if others are wrong.
    pub keep_going: bool,
}

/// Kinds of files to make.
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
    /// Contracts made by this run.
    pub made: usize,
    /// Contracts that were already there, as they should be.
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
    /// The fonts or the theme of the PDF could not be loaded.
    #[error("the PDF engine could not start")]
    Engine(#[source] pdf::PrintError),
    /// The output folder could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The campaign could not be looked at.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
}

/// Makes the contracts of a campaign.
///
/// Everything is checked first. With an error anywhere nothing is written, unless `keep_going` asks for the contracts that are
/// right; a fault of the campaign itself always stops the run.
///
/// # Errors
/// When the folder cannot be read or the output cannot be written; what was finished is then kept for the next run.
pub fn generate(folder: &Path, options: &Options, progress: &mut dyn FnMut(Step)) -> Result<Outcome, GenerateError> {
    progress(Step::Checking);
    let mut prepared = prepare(folder)?;
    prepared.findings.extend(unknown_contracts(&prepared, &options.only));
    let errors = prepared.findings.iter().any(Diagnostic::is_error);
    if prepared.blocked || (errors && !options.keep_going) {
        return Ok(Outcome { prepared, manifest: None, made: 0, kept: 0 });
    }
    let Prepared { campaign: Some(campaign), templates: Some(templates), ready, .. } = &prepared else {
        return Ok(Outcome { prepared, manifest: None, made: 0, kept: 0 });
    };
    let output = Output::open(&options.out)?;
    let mut records = BTreeMap::new();
    let mut todo = Vec::new();
    for (contract, wanted) in wanted(campaign, ready, options) {
        match output.find(&wanted) {
            Some(found) => {
                records.insert(found.contract.clone(), found);
            }
            None => todo.push((contract, wanted)),
        }
    }
    let kept = records.len();
    output.taken(todo.iter().map(|(_, wanted)| wanted.contract.as_str()))?;
    progress(Step::Making(todo.len()));
    let workshop = Workshop { campaign, templates, output: &output, options };
    let (made, faults) = workshop.make_all(&todo, progress)?;
    let blocked = !faults.is_empty() && !options.keep_going;
    let count = made.len();
    records.extend(made.into_iter().map(|record| (record.contract.clone(), record)));
    let others = output.others(&records)?;
    let known: BTreeSet<String> = campaign.contracts.iter().map(|contract| contract.id.to_string()).collect();
    let left_over: Vec<Diagnostic> =
        others.iter().filter(|record| !known.contains(&record.contract)).map(left_over).collect();
    let manifest = manifest(&prepared, campaign, records.into_values().chain(others).collect());
    if !blocked {
        output.finish(&manifest)?;
    }
    prepared.findings.extend(faults);
    prepared.findings.extend(left_over);
    let manifest = (!blocked).then_some(manifest);
    Ok(Outcome { prepared, made: if blocked { 0 } else { count }, manifest, kept })
}

fn unknown_contracts(prepared: &Prepared, only: &BTreeSet<String>) -> Vec<Diagnostic> {
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

/// The contracts to have, each with the record it should have (files without digests yet).
fn wanted<'a>(
    campaign: &'a Campaign,
    ready: &BTreeMap<ContractId, ContentHash>,
    options: &Options,
) -> Vec<(&'a Contract, ContractRecord)> {
    let chosen = |contract: &&Contract| options.only.is_empty() || options.only.contains(&contract.id.to_string());
    campaign
        .contracts
        .iter()
        .filter(chosen)
        .filter_map(|contract| {
            let hash = ready.get(&contract.id)?;
            let version = VersionNum::FIRST;
            let mut names = file_names(&contract.id, version, options.formats);
            names.sort();
            let record = ContractRecord {
                contract: contract.id.to_string(),
                version: version.get(),
                content_hash: hash.to_string(),
                modele: campaign.modele.edition(),
                program: concat!("paraphe ", env!("CARGO_PKG_VERSION")).to_owned(),
                pages: 0,
                files: names.into_iter().map(|name| FileRecord { name, sha256: String::new(), size: 0 }).collect(),
            };
            Some((contract, record))
        })
        .collect()
}

fn file_names(id: &ContractId, version: VersionNum, formats: Formats) -> Vec<String> {
    let mut names = Vec::new();
    if formats.docx {
        names.push(docx_name(id, version));
    }
    if formats.pdf {
        names.extend(Exemplaire::ALL.iter().flat_map(|exemplaire| pdf_names(id, version, *exemplaire)));
    }
    names
}

fn docx_name(id: &ContractId, version: VersionNum) -> String {
    format!("{id}-v{version}.docx")
}

/// The names of one exemplaire's PDF and page map.
fn pdf_names(id: &ContractId, version: VersionNum, exemplaire: Exemplaire) -> [String; 2] {
    let stem = format!("{id}-v{version}-ex{}", exemplaire.number());
    [format!("{stem}.pdf"), format!("{stem}.pages.json")]
}

fn left_over(record: &ContractRecord) -> Diagnostic {
    let message = format!("the output folder holds `{}`, which the campaign no longer has", record.contract);
    Diagnostic::new(&diags::LEFT_OVER, Origin::file(record.contract.clone()), message)
        .help("move its folder away if the contract is no longer to be signed; paraphe removes nothing")
}

fn manifest(prepared: &Prepared, campaign: &Campaign, mut contracts: Vec<ContractRecord>) -> Manifest {
    contracts.sort_by(|a, b| a.contract.cmp(&b.contract));
    let sources = prepared
        .sources
        .files()
        .iter()
        .map(|(name, bytes)| SourceRecord { name: name.clone(), sha256: FileDigest::of(bytes).to_string() });
    Manifest { format: 1, campagne: campaign.libelle.to_string(), sources: sources.collect(), contracts }
}

/// What the workers share.
struct Workshop<'a> {
    campaign: &'a Campaign,
    templates: &'a TemplateSet,
    output: &'a Output,
    options: &'a Options,
}

/// What one worker says of one contract.
type Report = Result<Result<ContractRecord, Diagnostic>, OutputError>;

impl Workshop<'_> {
    /// Makes contracts in parallel, out of sight; stops at the first failure of the disk, never at a fault of one contract.
    fn make_all(
        &self,
        todo: &[(&Contract, ContractRecord)],
        progress: &mut dyn FnMut(Step),
    ) -> Result<(Vec<ContractRecord>, Vec<Diagnostic>), GenerateError> {
        if todo.is_empty() {
            return Ok(Default::default());
        }
        let press = pdf::Press::new().map_err(GenerateError::Engine)?;
        let next = AtomicUsize::new(0);
        let jobs = self.options.jobs.get().min(todo.len());
        let (sender, reports) = mpsc::channel::<Report>();
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                let sender = sender.clone();
                let (press, next) = (&press, &next);
                scope.spawn(move || alone(|| self.work(press, todo, next, jobs, &sender)));
            }
            drop(sender);
            let (mut made, mut faults, mut failure) = (Vec::new(), Vec::new(), None);
            for report in reports {
                match report {
                    Ok(Ok(record)) => made.push(record),
                    Ok(Err(fault)) => faults.push(fault),
                    Err(error) => {
                        next.store(todo.len(), Ordering::Relaxed);
                        failure = Some(error);
                    }
                }
                progress(Step::Made);
            }
            faults.sort_by(|a, b| a.contract.cmp(&b.contract));
            failure.map_or(Ok((made, faults)), |error| Err(error.into()))
        })
    }

    fn work(
        &self,
        press: &pdf::Press,
        todo: &[(&Contract, ContractRecord)],
        next: &AtomicUsize,
        jobs: usize,
        reports: &mpsc::Sender<Report>,
    ) {
        while let Some((contract, wanted)) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
            let report = match self.make(press, contract) {
                Ok((pages, files)) => {
                    let record = ContractRecord { pages, files: Vec::new(), ..wanted.clone() };
                    self.output.stage(record, files).map(Ok)
                }
                Err(reason) => Ok(Err(unprintable(contract, &reason))),
            };
            pdf::release(jobs);
            if reports.send(report).is_err() {
                return;
            }
        }
    }

    /// The files of one contract, and the number of pages of an exemplaire.
    fn make(&self, press: &pdf::Press, contract: &Contract) -> Result<(usize, Vec<NewFile>), String> {
        let version = VersionNum::FIRST;
        let document = self.templates.merge(self.campaign, contract, version).value.ok_or("it does not merge")?;
        let printing = press.print(&document).map_err(|error| chain(&error))?;
        let mut files = Vec::new();
        if self.options.formats.docx {
            // The working copy shows the page numbers of the contract of record.
            let bytes = docx::write(&document, &printing.heading_pages).map_err(|error| chain(&error))?;
            files.push((docx_name(&contract.id, version), bytes));
        }
        let pages = printing.exemplaires.first().map_or(0, |rendition| rendition.page_map.pages.len());
        if self.options.formats.pdf {
            for rendition in printing.exemplaires {
                let [pdf, map] = pdf_names(&contract.id, version, rendition.exemplaire);
                let mut json = serde_json::to_vec(&rendition.page_map).map_err(|error| error.to_string())?;
                json.push(b'\n');
                files.extend([(pdf, rendition.bytes), (map, json)]);
            }
        }
        Ok((pages, files))
    }
}

/// Runs a worker in a pool of its own thread: the layout engine uses rayon inside, and a shared pool would let a waiting worker
/// steal another whole contract, with its memory.
fn alone(work: impl FnOnce() + Send) {
    match rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

fn unprintable(contract: &Contract, reason: &str) -> Diagnostic {
    let message = format!("the contract could not be laid out: {reason}");
    Diagnostic::new(&diags::UNPRINTABLE, Origin::file("campagne.yaml"), message)
        .help("look for an unusually long text in this contract's data")
        .contract(contract.id.to_string())
}

/// An error and its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
