//! A run that makes versions: staged in the archive, entered in the register, put in place, copied for people.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    diags,
    dossier::{Dossier, Order},
    generate::{Formats, GenerateError, Options, Step},
    output::{Manifest, Output, OutputError, SourceRecord},
    plan::kept,
    prepare::Prepared,
    version::{ContractRecord, RECORD},
    workshop::{Fresh, Job, Workshop},
};
use crate::{
    archive::{self, Mode, Store, Writer},
    diag::{Diagnostic, Origin},
    digest::FileDigest,
    domain::{Avenant, Campaign, Contract, ContractId, VersionNum},
    register::{self, ContractState, EventKind, Genere, NewEvent},
    template::TemplateSet,
};

/// What a run works with; it holds the archive.
pub(super) struct Run<'a> {
    pub(super) dossier: &'a Dossier,
    pub(super) store: &'a Store,
    pub(super) writer: &'a Writer<'a>,
    pub(super) output: &'a Output,
    pub(super) options: &'a Options,
    pub(super) order: &'a Order,
}

/// One version to make.
pub(super) struct Work<'a> {
    /// The contract.
    pub(super) contract: &'a Contract,
    /// The number it has.
    pub(super) version: VersionNum,
    /// Whether it takes the place of a draft of the same number.
    pub(super) redraft: bool,
    /// The version that was sent and that it takes the place of.
    pub(super) remplace: Option<VersionNum>,
    /// Digest of all that it depends on.
    pub(super) empreinte: FileDigest,
    /// The avenant that it is, for the register and for the text.
    pub(super) avenant: Option<(register::Avenant, Avenant)>,
}

/// What a run made.
pub(super) struct Product {
    /// What was wrong.
    pub(super) findings: Vec<Diagnostic>,
    /// What is in the output folder; `None` when nothing was written.
    pub(super) manifest: Option<Manifest>,
    /// Versions made.
    pub(super) made: usize,
}

impl Run<'_> {
    /// Makes versions, all of them or, unless `keep_going` asks for the others, none.
    pub(super) fn make(
        &self,
        prepared: &Prepared,
        (campaign, templates): (&Campaign, &TemplateSet),
        works: &[Work<'_>],
        shown: &BTreeSet<ContractId>,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Product, GenerateError> {
        self.output.taken(shown.iter().map(ToString::to_string))?;
        works.iter().try_for_each(|work| self.follows(work))?;
        progress(Step::Making(works.len()));
        let workshop = Workshop { campaign, templates, store: self.store, writer: self.writer, order: self.order };
        let jobs: Vec<Job<'_>> = works.iter().map(job).collect();
        let (made, findings) =
            workshop.make_all(&prepared.sources, &jobs, self.options.jobs, &mut || progress(Step::Made))?;
        if !findings.is_empty() && !self.options.keep_going {
            return Ok(Product { findings, manifest: None, made: 0 });
        }
        self.enter(campaign, works, &made)?;
        let manifest = Some(self.publish(prepared, campaign, shown)?);
        Ok(Product { findings, manifest, made: made.len() })
    }

    /// Refuses a version that would not have the same number in the archive as in the register: one of the two was lost or put
    /// back from an older copy.
    fn follows(&self, work: &Work<'_>) -> Result<(), GenerateError> {
        let id = &work.contract.id;
        let last = match self.store.read(&id.into()) {
            Ok(inventory) => inventory.head().get(),
            Err(archive::Error::NoObject(_)) => 0,
            Err(error) => return Err(error.into()),
        };
        let expected = if work.redraft { work.version.get() } else { work.version.get() - 1 };
        if last == expected {
            Ok(())
        } else {
            Err(GenerateError::Disagreement { contract: id.clone(), last, expected })
        }
    }

    /// Enters the versions that were made in the register, in one transaction, then puts them in place.
    fn enter(
        &self,
        campaign: &Campaign,
        works: &[Work<'_>],
        made: &BTreeMap<ContractId, Fresh>,
    ) -> Result<(), GenerateError> {
        let events: Vec<NewEvent> = works
            .iter()
            .filter_map(|work| Some((work, made.get(&work.contract.id)?)))
            .flat_map(|(work, fresh)| self.events(work, fresh))
            .collect();
        if !events.is_empty() {
            self.dossier.register(&campaign.libelle, self.order.now)?.append(&events, self.order.now)?;
        }
        made.values().try_for_each(|fresh| self.writer.settle(&fresh.staged.id))?;
        Ok(())
    }

    fn events(&self, work: &Work<'_>, fresh: &Fresh) -> Vec<NewEvent> {
        let event = |version, kind| {
            NewEvent::new(self.order.agent.clone(), work.contract.id.clone(), version, kind).on(self.order.now.today)
        };
        let made = Genere {
            content_hash: fresh.content_hash,
            empreinte: work.empreinte,
            inventory: fresh.staged.inventory,
            replaces_draft: work.redraft,
            remplace: work.remplace,
            avenant: work.avenant.as_ref().map(|(entered, _)| *entered),
        };
        let mut events = vec![event(work.version, EventKind::Genere(made))];
        // A draft made again replaces the same version as it did: that is entered already.
        let replaced = work.remplace.filter(|_| !work.redraft);
        events.extend(replaced.map(|old| event(old, EventKind::Remplace { par: work.version })));
        events
    }

    /// Puts the last version of contracts into the output folder, where it is not already.
    fn publish(
        &self,
        prepared: &Prepared,
        campaign: &Campaign,
        shown: &BTreeSet<ContractId>,
    ) -> Result<Manifest, GenerateError> {
        let mut records = BTreeMap::new();
        for id in shown {
            let head = match self.store.read(&id.into()) {
                Ok(inventory) => inventory.head(),
                // It could not be printed, and the others were asked for all the same.
                Err(archive::Error::NoObject(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            let archived: ContractRecord = kept(self.store, id, head, RECORD)?;
            let wanted = self.options.formats.of(&archived);
            if !self.output.has(&wanted) {
                let files = wanted.files.iter().map(|file| {
                    let path = file.name.parse().map_err(|_| OutputError::Name(file.name.clone()))?;
                    Ok((file.name.clone(), self.store.file(&id.into(), head, &path)?))
                });
                self.output.stage(&wanted, &files.collect::<Result<Vec<_>, GenerateError>>()?)?;
            }
            records.insert(wanted.contract.clone(), wanted);
        }
        let others = self.output.others(&records)?;
        let manifest = manifest(prepared, campaign, records.into_values().chain(others).collect());
        self.output.finish(&manifest)?;
        Ok(manifest)
    }
}

fn job<'a>(work: &'a Work<'_>) -> Job<'a> {
    let mode = if work.redraft { Mode::ReplaceHead } else { Mode::NewVersion };
    let avenant = work.avenant.as_ref().map(|(_, text)| text);
    Job { contract: work.contract, version: work.version, mode, avenant }
}

impl Formats {
    /// A record without the files that are not asked for, and those that are of use to the archive only.
    fn of(self, archived: &ContractRecord) -> ContractRecord {
        let wanted = |name: &str| {
            let is = |end: &str| name.ends_with(end);
            (self.pdf && (is(".pdf") || is(".pages.json"))) || (self.docx && is(".docx"))
        };
        let files = archived.files.iter().filter(|file| wanted(&file.name)).cloned().collect();
        ContractRecord { files, ..archived.clone() }
    }
}

fn manifest(prepared: &Prepared, campaign: &Campaign, mut contracts: Vec<ContractRecord>) -> Manifest {
    contracts.sort_by(|a, b| a.contract.cmp(&b.contract));
    let sources = prepared
        .sources
        .files()
        .iter()
        .map(|(name, bytes)| SourceRecord { name: name.clone(), sha256: FileDigest::of(bytes).to_string() });
    Manifest { format: 2, campagne: campaign.libelle.to_string(), sources: sources.collect(), contracts }
}

/// What is said of contracts that were made and that the campaign no longer has.
pub(super) fn left_over(campaign: &Campaign, states: &BTreeMap<ContractId, ContractState>) -> Vec<Diagnostic> {
    let known: BTreeSet<&ContractId> = campaign.contracts.iter().map(|contract| &contract.id).collect();
    let gone = states.keys().filter(|id| !known.contains(id));
    gone.map(|id| {
        let message = format!("`{id}` was made before, and the campaign no longer has it");
        Diagnostic::new(&diags::LEFT_OVER, Origin::file("campagne.yaml"), message)
            .help("its versions stay in the archive; move its folder away if it is no longer to be signed")
            .contract(id.to_string())
    })
    .collect()
}
