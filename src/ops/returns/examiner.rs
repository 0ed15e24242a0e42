//! One campaign's knowledge, read once, with which many files are judged.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::{
    Progress, Returned, ReturnsError,
    accuses::Seen,
    attendu,
    papier::{Bench, Desk, Given, Part, Prints, judge_pile},
    trust,
};
use crate::{
    archive::Store,
    diag::{Diagnostic, Origin},
    digest::FileDigest,
    domain::{ContractId, Exemplaire, VersionNum},
    evidence::{
        Examined, Nature, ReturnedFile, examine,
        intake::{Attachment, Kind, intake},
        trust::{Trust, TrustFile},
    },
    ops::{
        diags,
        dossier::{Dossier, Order},
        plan::kept,
        version::{EMPREINTES, PageHashes, pdf_names},
    },
    reconcile::{Comparison, Expectation, Identity, Policy, Sheets, identify, judge},
    register::{ContractState, Event, EventKind, EventNumber},
    stamp::{PageHash, page_hashes},
};

/// What a campaign knows.
pub(super) struct Examiner {
    store: Store,
    accuses: Vec<Seen>,
    states: BTreeMap<ContractId, ContractState>,
    sheets: Sheets,
    trust: Trust,
    received: BTreeMap<FileDigest, Received>,
    policy: Policy,
    findings: Vec<Diagnostic>,
    prints: Prints,
    /// Scanned files of one page, by their folder or message: they may be pages of one pile.
    loose: BTreeMap<String, Vec<Part>>,
    /// How many files were given before this one.
    rank: usize,
    split: bool,
}

/// Bytes of such files that are kept at hand; past them, they are judged as they are.
const MOST_LOOSE: usize = 256 << 20;

/// The first time that a file was received: its bytes existed then, which the register can show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Received {
    pub(super) event: EventNumber,
    pub(super) at: Timestamp,
}

impl Received {
    /// The file whose return an event says.
    fn of(event: &Event) -> Option<(FileDigest, Self)> {
        let EventKind::Retour(_) = event.kind else { return None };
        let piece = event.evidence.first()?;
        Some((piece.sha256, Self { event: event.number, at: event.recorded }))
    }
}

/// A judged return.
pub(super) struct Judged {
    pub(super) returned: Returned,
    /// Its own bytes, when they are not those of a file that was given: inside a message, or pages of a pile.
    pub(super) piece: Option<Attachment>,
    /// The files that it comes from: a message itself, when it came with one.
    pub(super) sources: Vec<FileDigest>,
    /// The rank of the first of them among those that were given.
    pub(super) rank: usize,
}

impl Examiner {
    /// Reads what the campaign printed, what it recorded and whom it trusts.
    pub(super) fn open(dossier: &Dossier, order: &Order) -> Result<Self, ReturnsError> {
        let mut received = BTreeMap::new();
        let states = dossier.states_and(&mut |event| {
            if let Some((sha256, first)) = Received::of(event) {
                received.entry(sha256).or_insert(first);
            }
        })?;
        if states.is_empty() {
            return Err(ReturnsError::NothingMade(dossier.folder().to_owned()));
        }
        let store = dossier.archive()?;
        let mut findings = Vec::new();
        let sheets = sheets(&store, &states, &mut findings);
        let trust = trust::read(dossier.folder(), &mut findings);
        let policy = Policy { revocation_required: false, now: order.now.instant, today: order.now.today };
        let (prints, loose) = (Prints::new(), BTreeMap::new());
        Ok(Self {
            store,
            states,
            sheets,
            trust,
            received,
            policy,
            findings,
            prints,
            loose,
            accuses: Vec::new(),
            rank: 0,
            split: false,
        })
    }

    /// Gives each set as a file of its own, also when it is the whole of one file.
    pub(super) const fn splitting(mut self, split: bool) -> Self {
        self.split = split;
        self
    }

    /// The files that say whom the campaign trusts.
    pub(super) fn trusted(&self) -> Vec<TrustFile> {
        self.trust.files().to_vec()
    }

    /// What could not be read.
    pub(super) fn findings(&self) -> Vec<Diagnostic> {
        self.findings.clone()
    }

    /// The event by which a file was received before.
    pub(super) fn already(&self, sha256: &FileDigest) -> Option<EventNumber> {
        self.received.get(sha256).map(|received| received.event)
    }

    /// Remembers a file that was just received.
    pub(super) fn remember(&mut self, sha256: FileDigest, received: Received) {
        self.received.entry(sha256).or_insert(received);
    }

    /// Judges a file; a message gives its attachments. A scanned file of one page waits for the others of its pile.
    pub(super) fn judge(&mut self, file: &ReturnedFile<'_>, progress: &mut dyn FnMut(Progress)) -> Vec<Judged> {
        self.rank += 1;
        let taken = intake(file.name, file.bytes);
        if let Some(accuse) = taken.accuse {
            self.accuses.push(Seen { name: file.name.to_owned(), sha256: file.sha256, accuse });
            return Vec::new();
        }
        if taken.kind != Kind::Message || taken.attachments.is_empty() {
            return self.one(file, None, progress);
        }
        let attached = |attachment: &Attachment| {
            let attached = ReturnedFile::new(&attachment.name, &attachment.bytes);
            self.one(&attached, Some(file), progress)
        };
        taken.attachments.iter().flat_map(attached).collect()
    }

    /// The messages about what was sent, among the files that were given.
    pub(super) fn accuses(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.accuses)
    }

    /// Where every contract was when the run began.
    pub(super) const fn states(&self) -> &BTreeMap<ContractId, ContractState> {
        &self.states
    }

    /// The archive.
    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    /// Judges the pages that waited for the others of their pile.
    pub(super) fn piles(&mut self) -> Vec<Judged> {
        let loose = std::mem::take(&mut self.loose);
        loose.values().flat_map(|parts| self.pile(parts)).collect()
    }

    fn one(
        &mut self,
        file: &ReturnedFile<'_>,
        message: Option<&ReturnedFile<'_>>,
        progress: &mut dyn FnMut(Progress),
    ) -> Vec<Judged> {
        let received = self.received.get(&file.sha256);
        let proofs: Vec<Timestamp> = received.map(|received| received.at).into_iter().collect();
        let examined = examine(file, &self.trust, &proofs, self.policy.now);
        if !matches!(examined.evidence.nature, Nature::Image | Nature::Mixed) {
            return vec![self.electronic(file, message, examined)];
        }
        let given = Given { file, message, rank: self.rank };
        let part = Part::read(self.desk(), &given, examined.evidence, progress);
        let waiting: usize = self.loose.values().flatten().map(Part::size).sum();
        if part.is_loose() && waiting + part.size() <= MOST_LOOSE {
            self.loose.entry(part.holder()).or_default().push(part);
            return Vec::new();
        }
        self.pile(&[part])
    }

    /// A file whose pages are not pictures.
    fn electronic(
        &self,
        file: &ReturnedFile<'_>,
        message: Option<&ReturnedFile<'_>>,
        examined: Examined<'_>,
    ) -> Judged {
        let identity = identify(&self.sheets, &examined.evidence);
        let expectation = identity.as_ref().and_then(|identity| self.expectation(&identity.contract, identity.version));
        let comparison = self.compare(&examined, file.bytes, identity.as_ref());
        let verdict = judge(expectation.as_ref(), identity.as_ref(), &examined.evidence, &comparison, &self.policy);
        let mut returned = Returned::new(file.name, examined.evidence, verdict);
        returned.message = message.map(|message| message.name.to_owned());
        let sources = vec![message.unwrap_or(file).sha256];
        let inside = |_| Attachment { name: file.name.to_owned(), bytes: file.bytes.to_owned() };
        Judged { returned, piece: message.map(inside), sources, rank: self.rank }
    }

    fn desk(&self) -> Desk<'_> {
        Desk { store: &self.store, states: &self.states, prints: &self.prints }
    }

    fn pile(&self, parts: &[Part]) -> Vec<Judged> {
        let bench = Bench {
            desk: self.desk(),
            policy: &self.policy,
            split: self.split,
            expectation: &|contract, version| self.expectation(contract, version),
        };
        judge_pile(&bench, parts)
    }

    fn expectation(&self, contract: &ContractId, version: VersionNum) -> Option<Expectation> {
        let state = self.states.get(contract)?;
        attendu::expectation(&self.store, contract, state, version).ok()
    }

    /// The returned file beside the one that was sent.
    fn compare(&self, examined: &Examined<'_>, bytes: &[u8], identity: Option<&Identity>) -> Comparison {
        let Some(identity) = identity else {
            let known = |id: &ContractId| self.states.contains_key(id);
            let mentions = examined.mentions().into_iter().find(known).map(|id| id.to_string());
            return Comparison { mentions, ..Comparison::default() };
        };
        let Identity { contract, version, exemplaire, .. } = identity;
        let Some(issued) = issued(&self.store, contract, *version, *exemplaire) else { return Comparison::default() };
        let continued = bytes.starts_with(&issued);
        let whole = examined.evidence.revisions.first().is_some_and(|first| first.end == issued.len() as u64);
        let differences = if continued && whole && identity.revision == 1 {
            Vec::new()
        } else {
            examined.compare(&issued, identity.revision)
        };
        let looks_same = if identity.is_whole() { None } else { examined.looks_same(&issued, identity.revision) };
        Comparison { original: true, continued, differences, looks_same, mentions: None }
    }
}

/// Every page that was printed, from the archive.
fn sheets(store: &Store, states: &BTreeMap<ContractId, ContractState>, findings: &mut Vec<Diagnostic>) -> Sheets {
    let versions: Vec<(&ContractId, VersionNum)> =
        states.iter().flat_map(|(id, state)| state.versions.keys().map(move |number| (id, *number))).collect();
    let read: Vec<_> = versions.into_par_iter().map(|(id, number)| (id, number, printed(store, id, number))).collect();
    let mut sheets = Sheets::default();
    for (id, number, exemplaires) in read {
        match exemplaires {
            Ok(exemplaires) => {
                exemplaires.iter().for_each(|(exemplaire, pages)| sheets.add(id, number, *exemplaire, pages));
            }
            Err(why) => findings.push(unknown_pages(id, number, why)),
        }
    }
    sheets
}

/// The pages of the exemplaires of a version.
fn printed(store: &Store, id: &ContractId, number: VersionNum) -> Result<Vec<(Exemplaire, Vec<PageHash>)>, String> {
    let kept: Vec<PageHashes> = kept(store, id, number, EMPREINTES).map_err(|error| error.to_string())?;
    let mut exemplaires = Vec::new();
    for printed in kept {
        let Some(exemplaire) = Exemplaire::from_number(printed.exemplaire) else { continue };
        let pages = if printed.methode == PageHash::METHOD {
            printed.pages
        } else {
            hashed_again(store, id, number, exemplaire)?
        };
        exemplaires.push((exemplaire, pages));
    }
    Ok(exemplaires)
}

/// The digests of the pages of an archived exemplaire, when an older program noted them by another method.
fn hashed_again(
    store: &Store,
    id: &ContractId,
    number: VersionNum,
    exemplaire: Exemplaire,
) -> Result<Vec<PageHash>, String> {
    let bytes = issued(store, id, number, exemplaire).ok_or("the archived exemplaire cannot be read")?;
    let pdf = lopdf::Document::load_mem(&bytes).map_err(|error| error.to_string())?;
    page_hashes(&pdf).map_err(|error| error.to_string())
}

/// An exemplaire as it was sent.
fn issued(store: &Store, id: &ContractId, number: VersionNum, exemplaire: Exemplaire) -> Option<Vec<u8>> {
    let [pdf, _] = pdf_names(id, number, exemplaire);
    store.file(&id.into(), number, &pdf.parse().ok()?).ok()
}

fn unknown_pages(id: &ContractId, number: VersionNum, why: String) -> Diagnostic {
    let message =
        format!("what version {number} of `{id}` looked like cannot be read: its return cannot be recognised");
    Diagnostic::new(&diags::MISSING, Origin::file(id.to_string()), message)
        .found(why)
        .help("run `paraphe archive verify`, and put the object back from a copy of the archive")
        .contract(id.to_string())
}
