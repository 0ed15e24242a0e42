//! What came back is archived before anything reads it, then judged, reported on and recorded.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    Progress, Recorded, Returned, Returns, ReturnsError,
    accuses::{self, Follows, Seen},
    constat::{self, Constat},
    examiner::{Examiner, Judged, Received},
    files,
    follow::follow,
};
use crate::{
    archive::{Source, Writer},
    digest::FileDigest,
    evidence::{Observation, Reason, ReturnedFile, intake::Attachment},
    ops::{
        dossier::{Dossier, Order, recover},
        record::keep_piece,
    },
    reconcile::{Effect, Weighed},
    register::{Event, EventKind, EventNumber, Evidence, NewEvent, Register, RegisterError, Retour},
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
    let mut returns =
        Returns { files: Vec::new(), accuses: Vec::new(), trust: examiner.trusted(), findings: examiner.findings() };
    let listed = files::list(paths, &mut returns.findings);
    progress(Progress::Files(listed.len()));
    let register = Register::open(folder)?;
    let kept = BTreeMap::new();
    let mut counter = Counter { writer, examiner, register, press: Press::new()?, order, kept, entered: Vec::new() };
    for path in listed {
        if let Some((name, bytes)) = files::read(&path, &mut returns.findings) {
            counter.take(&ReturnedFile::new(&name, &bytes), &mut returns, progress)?;
        }
        progress(Progress::Judged);
    }
    for judged in counter.examiner.piles() {
        counter.enter(judged, &mut returns)?;
    }
    for seen in counter.examiner.accuses() {
        counter.acknowledge(&seen, &mut returns)?;
    }
    counter.entered.sort_by_key(|(rank, _)| *rank);
    returns.files = counter.entered.into_iter().map(|(_, returned)| returned).collect();
    Ok(returns)
}

/// Where files are handed in.
struct Counter<'a> {
    writer: Writer<'a>,
    examiner: Examiner,
    register: Register,
    press: Press,
    order: &'a Order,
    /// The files that were given, as they were archived.
    kept: BTreeMap<FileDigest, Evidence>,
    /// What was recorded, with the rank of its file.
    entered: Vec<(usize, Returned)>,
}

impl Counter<'_> {
    fn take(
        &mut self,
        file: &ReturnedFile<'_>,
        returns: &mut Returns,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), ReturnsError> {
        let whole = self.keep(file.name, file.sha256, file.bytes)?;
        self.kept.insert(file.sha256, whole);
        for judged in self.examiner.judge(file, progress) {
            self.enter(judged, returns)?;
        }
        Ok(())
    }

    /// Records one return, with what it came from.
    fn enter(&mut self, judged: Judged, returns: &mut Returns) -> Result<(), ReturnsError> {
        let Judged { mut returned, piece, sources, rank } = judged;
        let mut evidence = Vec::new();
        if let Some(Attachment { name, bytes }) = piece {
            evidence.push(self.keep(&name, returned.sha256, &bytes)?);
        }
        evidence.extend(sources.iter().filter_map(|source| self.kept.get(source)).cloned());
        if let Some(already) = self.examiner.already(&returned.sha256) {
            again(&mut returned, already);
        } else {
            let events = self.record(&mut returned, evidence, returns)?;
            if let Some(event) = events.first().copied() {
                self.examiner.remember(returned.sha256, Received { event, at: self.order.now.instant });
            }
            returned.recorded = Some(Recorded { events, already: None });
        }
        self.entered.push((rank, returned));
        Ok(())
    }

    /// Records what a message says of what was sent, when it follows from what was recorded.
    fn acknowledge(&mut self, seen: &Seen, returns: &mut Returns) -> Result<(), ReturnsError> {
        let about = accuses::about(&seen.accuse);
        let events = about.as_ref().map(|(id, _)| self.register.history(id)).transpose()?.unwrap_or_default();
        let (mut told, follows) = accuses::told(&self.examiner, seen, &events, self.order.now.today);
        let sent_back = |event: &Event| event.evidence.iter().any(|piece| piece.sha256 == seen.sha256);
        if let (Follows::Event(kind, day), Some((contract, version))) = (follows, about)
            && !events.iter().any(sent_back)
        {
            let mut event = NewEvent::new(self.order.agent.clone(), contract, version, kind).on(day);
            event.evidence.extend(self.kept.get(&seen.sha256).cloned());
            match self.register.append(&[event], self.order.now) {
                Ok(numbers) => told.event = numbers.into_iter().next(),
                Err(RegisterError::Refused(findings)) => returns.findings.extend(findings),
                Err(error) => return Err(error.into()),
            }
        }
        returns.accuses.push(told);
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
        if verdict.outcome.is_accepted()
            && let (Some(contract), Some(version)) = (&verdict.contract, verdict.version)
        {
            events.extend(follow(&mut self.register, (contract, version), self.order, &mut returns.findings)?);
        }
        Ok(events)
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
