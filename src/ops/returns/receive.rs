//! What came back is archived before anything reads it, then judged, reported on and recorded.

use std::path::{Path, PathBuf};

use super::{
    Progress, Recorded, Returned, Returns, ReturnsError,
    constat::{self, Constat},
    examiner::{Examiner, Judged, Received},
    files,
};
use crate::{
    archive::{Source, Writer},
    diag::Diagnostic,
    digest::FileDigest,
    domain::{Exemplaire, Partie},
    evidence::{Observation, Reason, ReturnedFile},
    ops::{
        dossier::{Dossier, Order, recover},
        record::keep_piece,
    },
    reconcile::{Effect, EtatSignature, Weighed},
    register::{
        EtatExemplaire, EventKind, EventNumber, Evidence, NewEvent, Pas, Register, RegisterError, Retour, VersionState,
    },
    writer::pdf::Press,
};

/// Archives files and folders as they are, judges them, archives a report on each and records what follows. A file that was
/// received before is told, and nothing of it is recorded again.
///
/// # Errors
/// When the campaign cannot be read or written. A file that cannot be read is a finding. What was recorded before stays.
pub fn receive(
    folder: &Path,
    paths: &[PathBuf],
    order: &Order,
    progress: &mut dyn FnMut(Progress),
) -> Result<Returns, ReturnsError> {
    let dossier = Dossier::new(folder);
    if dossier.states()?.is_empty() {
        return Err(ReturnsError::NothingMade(folder.to_owned()));
    }
    let store = dossier.archive_to_write()?;
    let writer = store.lock()?;
    recover(&store, &writer, &dossier.states()?)?;
    let examiner = Examiner::open(&dossier, order)?;
    let mut returns = Returns { files: Vec::new(), trust: examiner.trusted(), findings: examiner.findings() };
    let listed = files::list(paths, &mut returns.findings);
    progress(Progress::Files(listed.len()));
    let register = Register::open(folder)?;
    let mut counter = Counter { writer, examiner, register, press: Press::new()?, order };
    for path in listed {
        if let Some((name, bytes)) = files::read(&path, &mut returns.findings) {
            counter.take(&ReturnedFile::new(&name, &bytes), &mut returns)?;
        }
        progress(Progress::Judged);
    }
    Ok(returns)
}

/// Where files are handed in.
struct Counter<'a> {
    writer: Writer<'a>,
    examiner: Examiner,
    register: Register,
    press: Press,
    order: &'a Order,
}

impl Counter<'_> {
    fn take(&mut self, file: &ReturnedFile<'_>, returns: &mut Returns) -> Result<(), ReturnsError> {
        let whole = self.keep(file.name, file.sha256, file.bytes)?;
        for Judged { mut returned, attachment } in self.examiner.judge(file) {
            let mut evidence = Vec::new();
            if let Some(bytes) = attachment {
                evidence.push(self.keep(&returned.file, returned.sha256, &bytes)?);
            }
            evidence.push(whole.clone());
            if let Some(already) = self.examiner.already(&returned.sha256) {
                again(&mut returned, already);
            } else {
                let events = self.record(&mut returned, evidence, returns)?;
                if let Some(event) = events.first().copied() {
                    self.examiner.remember(returned.sha256, Received { event, at: self.order.now.instant });
                }
                returned.recorded = Some(Recorded { events, already: None });
            }
            returns.files.push(returned);
        }
        Ok(())
    }

    fn keep(&self, name: &str, sha256: FileDigest, bytes: &[u8]) -> Result<Evidence, ReturnsError> {
        let piece = Evidence::new(name, sha256, bytes.len() as u64);
        keep_piece(&self.writer, &piece, Source::Bytes(bytes.to_owned()), self.order)?;
        Ok(piece)
    }

    /// Archives the report on a file, and records its return with what follows from it.
    fn record(
        &mut self,
        returned: &mut Returned,
        mut evidence: Vec<Evidence>,
        returns: &mut Returns,
    ) -> Result<Vec<EventNumber>, ReturnsError> {
        let constat = Constat { returned, trust: &returns.trust, today: self.order.now.today };
        for (name, bytes) in [(constat::JSON, constat.json()), (constat::PDF, self.press.note(&constat.note())?)] {
            evidence.push(self.keep(name, FileDigest::of(&bytes), &bytes)?);
        }
        let verdict = &returned.verdict;
        let event = NewEvent {
            agent: self.order.agent.clone(),
            contract: verdict.contract.clone(),
            version: verdict.version,
            day: Some(self.order.now.today),
            kind: EventKind::Retour(retour(returned)),
            evidence,
        };
        let mut events = self.register.append(&[event], self.order.now)?;
        if verdict.outcome.is_accepted() {
            events.extend(self.follow(returned, returns)?);
        }
        Ok(events)
    }

    /// The steps of the circuit that an accepted file shows to be taken.
    fn follow(&mut self, returned: &Returned, returns: &mut Returns) -> Result<Vec<EventNumber>, ReturnsError> {
        let (Some(contract), Some(number)) = (&returned.verdict.contract, returned.verdict.version) else {
            return Ok(Vec::new());
        };
        let state = self.register.state(contract)?;
        let Some(version) = state.as_ref().and_then(|state| state.versions.get(&number)) else { return Ok(Vec::new()) };
        let step =
            |kind| NewEvent::new(self.order.agent.clone(), contract.clone(), number, kind).on(self.order.now.today);
        let steps: Vec<NewEvent> = steps(version).into_iter().map(step).collect();
        match self.register.append(&steps, self.order.now) {
            Ok(numbers) => Ok(numbers),
            Err(RegisterError::Refused(findings)) => {
                returns.findings.extend(findings.into_iter().map(not_followed));
                Ok(Vec::new())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The same file again: said, and not recorded.
fn again(returned: &mut Returned, already: EventNumber) {
    let detail = format!("the same file was received before: event {already}");
    let observation = Observation::new(Reason::DuplicateReturn, detail);
    returned.verdict.reasons.push(Weighed { observation, effect: Effect::Note });
    returned.recorded = Some(Recorded { events: Vec::new(), already: Some(already) });
}

fn retour(returned: &Returned) -> Retour {
    let verdict = &returned.verdict;
    let mut motifs: Vec<Reason> = verdict.reasons.iter().map(|weighed| weighed.observation.reason).collect();
    motifs.sort_unstable();
    motifs.dedup();
    Retour {
        verdict: verdict.outcome,
        exemplaire: verdict.exemplaire,
        parties: verdict.parties.iter().map(|(partie, signed)| (*partie, signed.etat)).collect(),
        motifs,
    }
}

/// What the returns of a version show that is not recorded yet. The contract is signed when the three exemplaires are (rule 43).
fn steps(version: &VersionState) -> Vec<EventKind> {
    let signs = |partie| {
        Exemplaire::ALL.into_iter().any(|exemplaire| {
            let counts = version.retour(exemplaire).and_then(|seen| seen.retour.parties.get(&partie));
            counts == Some(&EtatSignature::Valable)
        })
    };
    let whole =
        |exemplaire| matches!(version.exemplaire(exemplaire), EtatExemplaire::Complet | EtatExemplaire::Distribue);
    let past = |pas| version.jalon(pas).is_some();
    let cpam = signs(Partie::Cpam);
    let mut steps = Vec::new();
    if signs(Partie::Etablissement)
        && ![Pas::RetourneEtablissement, Pas::RetourneCpam, Pas::Signe].into_iter().any(past)
    {
        steps.push(EventKind::RetourneEtablissement);
    }
    if cpam && ![Pas::RetourneCpam, Pas::Signe].into_iter().any(past) {
        steps.push(EventKind::RetourneCpam);
    }
    if Exemplaire::ALL.into_iter().all(whole) && !past(Pas::Signe) {
        steps.push(EventKind::Signe);
    }
    steps
}

/// The file is received all the same: only the circuit does not go on by itself.
fn not_followed(finding: Diagnostic) -> Diagnostic {
    let message = format!("the file is received, and the contract did not go on: {}", finding.message);
    Diagnostic { message, ..finding }
}
