//! What happened outside, told by an agent.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::civil::Date;

use super::dossier::{Dossier, Order, recover};
use crate::{
    archive::{self, Draft, LogicalPath, Mode, ObjectId, Source, User, Writer},
    diag::{Checked, Diagnostic, Origin},
    digest::FileDigest,
    domain::{ContractId, Texte, VersionNum},
    register::{self, ContractState, EventKind, EventNumber, Evidence, NewEvent, Register, RegisterError},
};

/// What is told, of one or several contracts.
#[derive(Debug, Clone)]
pub struct Telling {
    /// The contracts.
    pub contracts: Vec<ContractId>,
    /// The version it concerns; the last one of each contract when not said.
    pub version: Option<VersionNum>,
    /// What happened.
    pub kind: EventKind,
    /// The day it happened.
    pub day: Option<Date>,
    /// A file that shows it; it is archived before anything is recorded.
    pub piece: Option<PathBuf>,
    /// Why it is recorded although it does not follow from what was; for one contract at a time.
    pub force: Option<Texte>,
}

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The piece could not be archived.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The piece could not be read.
    #[error("could not read `{}`", path.display())]
    Piece {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The register could not be read or written.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Records it for every contract, or for none: findings say what does not follow from what was recorded.
///
/// # Errors
/// When the register or the archive cannot be read or written.
pub fn record(folder: &Path, telling: &Telling, order: &Order) -> Result<Checked<Vec<EventNumber>>, RecordError> {
    let dossier = Dossier::new(folder);
    let states = dossier.states()?;
    let unknown: Vec<Diagnostic> =
        telling.contracts.iter().filter(|id| !states.contains_key(*id)).map(unknown).collect();
    if !unknown.is_empty() {
        return Ok(Checked { value: None, findings: unknown });
    }
    let evidence = telling.piece.as_deref().map(|piece| keep(&dossier, piece, order)).transpose()?;
    let mut register = Register::open(folder)?;
    let events: Vec<NewEvent> = telling
        .contracts
        .iter()
        .filter_map(|id| {
            let head = states.get(id).and_then(ContractState::head)?.number;
            let mut event =
                NewEvent::new(order.agent.clone(), id.clone(), telling.version.unwrap_or(head), telling.kind.clone());
            event.day = telling.day;
            event.evidence.extend(evidence.clone());
            Some(event)
        })
        .collect();
    match &telling.force {
        Some(motive) => {
            let mut all = Checked { value: Some(Vec::new()), findings: Vec::new() };
            for event in events {
                let recorded = register.record(event, order.now, Some(motive))?;
                all.findings.extend(recorded.findings);
                if let (Some(numbers), Some(number)) = (&mut all.value, recorded.value) {
                    numbers.push(number);
                }
            }
            Ok(all)
        }
        None => match register.append(&events, order.now) {
            Ok(numbers) => Ok(Checked::clean(numbers)),
            Err(RegisterError::Refused(findings)) => Ok(Checked { value: None, findings }),
            Err(error) => Err(error.into()),
        },
    }
}

fn unknown(id: &ContractId) -> Diagnostic {
    let message = format!("nothing is recorded of contract `{id}`");
    Diagnostic::new(&super::diags::NOT_MADE, Origin::file(register::FILE), message)
        .help("make it first with `paraphe generate`, or look at its identifier")
        .contract(id.to_string())
}

/// Archives a piece, in an object named by its digest: the same piece is kept once.
fn keep(dossier: &Dossier, piece: &Path, order: &Order) -> Result<Evidence, RecordError> {
    let unread = |source| RecordError::Piece { path: piece.to_owned(), source };
    let (sha256, size) = FileDigest::of_reader(fs::File::open(piece).map_err(unread)?).map_err(unread)?;
    let name = piece.file_name().unwrap_or_default().to_string_lossy();
    let evidence = Evidence::new(&name, sha256, size);
    let store = dossier.archive_to_write()?;
    let writer = store.lock()?;
    recover(&store, &writer, &dossier.states()?)?;
    keep_piece(&writer, &evidence, Source::File(piece.to_owned()), order)?;
    Ok(evidence)
}

/// Archives the bytes of a piece.
pub(super) fn keep_piece(
    writer: &Writer<'_>,
    piece: &Evidence,
    source: Source,
    order: &Order,
) -> Result<(), archive::Error> {
    writer.keep(&Draft {
        id: piece_object(piece.sha256),
        mode: Mode::NewVersion,
        files: vec![(LogicalPath::piece(&piece.name), source)],
        message: "pièce".to_owned(),
        user: User { name: order.agent.to_string(), address: None },
        created: order.now.instant,
    })
}

/// The object that holds a piece.
pub(super) fn piece_object(sha256: FileDigest) -> ObjectId {
    let short: String = sha256.to_string().chars().take(16).collect();
    ObjectId::piece(&short)
}
