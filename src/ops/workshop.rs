//! Where versions are made: several at once, each staged in the archive.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

use super::{
    diags,
    dossier::Order,
    version::{self, ContractRecord, PROGRAM, RECORD},
};
use crate::{
    archive::{self, Draft, LogicalPath, Mode, ObjectId, Source, Staged, Store, User, Writer},
    diag::{Diagnostic, Origin},
    digest::ContentHash,
    document::Document,
    domain::{Avenant, Campaign, Contract, ContractId, VersionNum},
    input::Sources,
    template::TemplateSet,
    writer::pdf,
};

/// What the workers share.
pub(super) struct Workshop<'a> {
    pub(super) campaign: &'a Campaign,
    pub(super) templates: &'a TemplateSet,
    pub(super) store: &'a Store,
    pub(super) writer: &'a Writer<'a>,
    pub(super) order: &'a Order,
}

/// One version to make.
pub(super) struct Job<'a> {
    pub(super) contract: &'a Contract,
    pub(super) version: VersionNum,
    pub(super) mode: Mode,
    /// The avenant that it is.
    pub(super) avenant: Option<&'a Avenant>,
}

/// One version that was made.
pub(super) struct Fresh {
    pub(super) staged: Staged,
    pub(super) content_hash: ContentHash,
}

/// Why no version could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkshopError {
    /// The archive could not be written.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The fonts or the theme of the PDF could not be loaded.
    #[error("the PDF engine could not start")]
    Engine(#[source] pdf::PrintError),
    /// The name of an input cannot stand in the archive.
    #[error("a file of the campaign has a name that cannot be archived; use letters, digits, `-`, `_` and `.`")]
    Inputs,
}

/// What one worker says of one version.
type Report = Result<Result<(ContractId, Fresh), Diagnostic>, archive::Error>;

impl Workshop<'_> {
    /// Makes versions in parallel, out of sight; stops at the first failure of the disk, never at a fault of one contract.
    pub(super) fn make_all(
        &self,
        sources: &Sources,
        todo: &[Job<'_>],
        jobs: NonZeroUsize,
        made: &mut dyn FnMut(),
    ) -> Result<(BTreeMap<ContractId, Fresh>, Vec<Diagnostic>), WorkshopError> {
        if todo.is_empty() {
            return Ok(Default::default());
        }
        let press = pdf::Press::new().map_err(WorkshopError::Engine)?;
        let entrees = self.keep_inputs(sources)?;
        let next = AtomicUsize::new(0);
        let jobs = jobs.get().min(todo.len());
        let (sender, reports) = mpsc::channel::<Report>();
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                let sender = sender.clone();
                let (press, next, entrees) = (&press, &next, &entrees);
                scope.spawn(move || alone(|| self.work(press, entrees, todo, next, jobs, &sender)));
            }
            drop(sender);
            let (mut staged, mut faults, mut failure) = (BTreeMap::new(), Vec::new(), None);
            for report in reports {
                match report {
                    Ok(Ok((contract, version))) => drop(staged.insert(contract, version)),
                    Ok(Err(fault)) => faults.push(fault),
                    Err(error) => {
                        next.store(todo.len(), Ordering::Relaxed);
                        failure = Some(error);
                    }
                }
                made();
            }
            faults.sort_by(|a, b| a.contract.cmp(&b.contract));
            failure.map_or(Ok((staged, faults)), |error| Err(error.into()))
        })
    }

    /// Archives the files of the campaign, once for all versions made from the same.
    fn keep_inputs(&self, sources: &Sources) -> Result<ObjectId, WorkshopError> {
        let (id, files) = version::entrees(sources).ok_or(WorkshopError::Inputs)?;
        self.writer.keep(&self.draft(id.clone(), Mode::NewVersion, files, "fichiers de la campagne"))?;
        Ok(id)
    }

    fn draft(&self, id: ObjectId, mode: Mode, files: Vec<(LogicalPath, Source)>, message: &str) -> Draft {
        let user = User { name: self.order.agent.to_string(), address: None };
        Draft { id, mode, files, message: message.to_owned(), user, created: self.order.now.instant }
    }

    fn work(
        &self,
        press: &pdf::Press,
        entrees: &ObjectId,
        todo: &[Job<'_>],
        next: &AtomicUsize,
        jobs: usize,
        reports: &mpsc::Sender<Report>,
    ) {
        while let Some(job) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
            let report = self.make(press, entrees, job);
            pdf::release(jobs);
            if reports.send(report).is_err() {
                return;
            }
        }
    }

    fn make(&self, press: &pdf::Press, entrees: &ObjectId, job: &Job<'_>) -> Report {
        let Job { contract, version, mode, avenant } = job;
        let (merged, donnees) = match avenant {
            Some(avenant) => (
                self.templates.merge_avenant(self.campaign, contract, *version, avenant),
                TemplateSet::avenant_data(self.campaign, contract, *version, avenant),
            ),
            None => (
                self.templates.merge(self.campaign, contract, *version),
                TemplateSet::data(self.campaign, contract, *version),
            ),
        };
        let Some(document) = merged.value else {
            return Ok(Err(unprintable(contract, "it does not merge")));
        };
        let fresh = |staged| Ok(Ok((contract.id.clone(), Fresh { staged, content_hash: document.content_hash() })));
        if let Some(staged) = self.resumed(&document, entrees)? {
            return fresh(staged);
        }
        match version::make(press, &document, &donnees, entrees) {
            Ok(files) => {
                let id = ObjectId::from(&contract.id);
                self.writer.discard(&id)?;
                fresh(self.writer.stage(&self.draft(id, *mode, files, &format!("version {version}")))?)
            }
            Err(reason) => Ok(Err(unprintable(contract, &reason))),
        }
    }

    /// What a killed run staged, if it is what this one would make.
    fn resumed(&self, document: &Document, entrees: &ObjectId) -> Result<Option<Staged>, archive::Error> {
        let id = ObjectId::from(&document.contract);
        let Ok(path) = RECORD.parse() else { return Ok(None) };
        let Some((staged, record)) = self.store.staged_file(&id, &path)? else { return Ok(None) };
        let same = serde_json::from_slice::<ContractRecord>(&record).is_ok_and(|record| {
            record.version == document.version.get()
                && record.content_hash == document.content_hash().to_string()
                && record.program == PROGRAM
                && record.entrees == entrees.as_str()
        });
        Ok(same.then_some(staged))
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
