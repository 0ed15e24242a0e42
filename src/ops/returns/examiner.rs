//! One campaign's knowledge, read once, with which many files are judged.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::{Returned, ReturnsError, attendu, trust};
use crate::{
    archive::Store,
    diag::{Diagnostic, Origin},
    domain::{ContractId, Exemplaire, VersionNum},
    evidence::{
        Examined, examine,
        intake::{Attachment, Kind, intake},
        trust::{Trust, TrustFile},
    },
    ops::{
        diags,
        dossier::{Dossier, Order},
        plan::{PlanError, kept},
        version::{EMPREINTES, PageHashes, pdf_names},
    },
    reconcile::{Comparison, Expectation, Identity, Policy, Sheets, identify, judge},
    register::ContractState,
};

/// What a campaign knows.
pub(super) struct Examiner {
    store: Store,
    states: BTreeMap<ContractId, ContractState>,
    sheets: Sheets,
    trust: Trust,
    policy: Policy,
    findings: Vec<Diagnostic>,
}

/// A judged file, with the bytes that it came in when they were inside a message.
pub(super) struct Judged {
    pub(super) returned: Returned,
    pub(super) attachment: Option<Vec<u8>>,
}

impl Examiner {
    /// Reads what the campaign printed, what it recorded and whom it trusts.
    pub(super) fn open(dossier: &Dossier, order: &Order) -> Result<Self, ReturnsError> {
        let states = dossier.states()?;
        if states.is_empty() {
            return Err(ReturnsError::NothingMade(dossier.folder().to_owned()));
        }
        let store = dossier.archive()?;
        let mut findings = Vec::new();
        let sheets = sheets(&store, &states, &mut findings);
        let trust = trust::read(dossier.folder(), &mut findings);
        let policy = Policy { revocation_required: false, now: order.now.instant, today: order.now.today };
        Ok(Self { store, states, sheets, trust, policy, findings })
    }

    /// The files that say whom the campaign trusts.
    pub(super) fn trusted(&self) -> Vec<TrustFile> {
        self.trust.files().to_vec()
    }

    /// What could not be read.
    pub(super) fn findings(&self) -> Vec<Diagnostic> {
        self.findings.clone()
    }

    /// Judges a file; a message gives its attachments.
    pub(super) fn judge(&self, name: &str, bytes: &[u8]) -> Vec<Judged> {
        let taken = intake(name, bytes);
        if taken.kind != Kind::Message || taken.attachments.is_empty() {
            return vec![Judged { returned: self.one(name, bytes), attachment: None }];
        }
        let one = |attachment: Attachment| {
            let mut returned = self.one(&attachment.name, &attachment.bytes);
            returned.message = Some(name.to_owned());
            Judged { returned, attachment: Some(attachment.bytes) }
        };
        taken.attachments.into_iter().map(one).collect()
    }

    fn one(&self, name: &str, bytes: &[u8]) -> Returned {
        let examined = examine(name, bytes, &self.trust, &[], self.policy.now);
        let identity = identify(&self.sheets, &examined.evidence);
        let expectation = identity.as_ref().and_then(|identity| self.expectation(identity));
        let comparison = self.compare(&examined, bytes, identity.as_ref());
        let verdict = judge(expectation.as_ref(), identity.as_ref(), &examined.evidence, &comparison, &self.policy);
        Returned::new(name, examined.evidence, verdict)
    }

    fn expectation(&self, identity: &Identity) -> Option<Expectation> {
        let state = self.states.get(&identity.contract)?;
        attendu::expectation(&self.store, &identity.contract, state, identity.version).ok()
    }

    /// The returned file beside the one that was sent.
    fn compare(&self, examined: &Examined<'_>, bytes: &[u8], identity: Option<&Identity>) -> Comparison {
        let Some(identity) = identity else {
            let known = |id: &ContractId| self.states.contains_key(id);
            let mentions = examined.mentions().into_iter().find(known).map(|id| id.to_string());
            return Comparison { mentions, ..Comparison::default() };
        };
        let [pdf, _] = pdf_names(&identity.contract, identity.version, identity.exemplaire);
        let path = pdf.parse().ok();
        let issued = path.and_then(|path| self.store.file(&(&identity.contract).into(), identity.version, &path).ok());
        let Some(issued) = issued else { return Comparison::default() };
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
    type Read<'a> = (&'a ContractId, VersionNum, Result<Vec<PageHashes>, PlanError>);
    let versions: Vec<(&ContractId, VersionNum)> =
        states.iter().flat_map(|(id, state)| state.versions.keys().map(move |number| (id, *number))).collect();
    let read: Vec<Read<'_>> =
        versions.into_par_iter().map(|(id, number)| (id, number, kept(store, id, number, EMPREINTES))).collect();
    let mut sheets = Sheets::default();
    for (id, number, hashes) in read {
        match hashes {
            Ok(exemplaires) => {
                for printed in exemplaires {
                    if let Some(exemplaire) = Exemplaire::from_number(printed.exemplaire) {
                        sheets.add(id, number, exemplaire, &printed.pages);
                    }
                }
            }
            Err(error) => findings.push(unknown_pages(id, number, &error)),
        }
    }
    sheets
}

fn unknown_pages(id: &ContractId, number: VersionNum, error: &PlanError) -> Diagnostic {
    let message =
        format!("what version {number} of `{id}` looked like cannot be read: its return cannot be recognised");
    Diagnostic::new(&diags::MISSING, Origin::file(id.to_string()), message)
        .found(error.to_string())
        .help("run `paraphe archive verify`, and put the object back from a copy of the archive")
        .contract(id.to_string())
}
