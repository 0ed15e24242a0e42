//! The register itself: one SQLite file, its seal and its lock, in the campaign folder.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{
    FILE,
    batch::Batch,
    error::{RegisterError, io_error},
    event::{Event, EventNumber, Moment, NewEvent},
    rows::{self, Identity, Link},
    schema,
    seal::{Found, Hold, Lock, Seal, file_digest},
    state::{ContractState, Contracts},
};
use crate::{
    diag::{Checked, Diagnostic},
    digest::EventDigest,
    domain::{ContractId, Texte},
};

/// The register of a campaign.
pub struct Register {
    folder: PathBuf,
    connection: Connection,
    patience: Duration,
}

impl fmt::Debug for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Register").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Register {
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Makes the register of a campaign folder.
    ///
    /// `identity` says which campaign it is the register of; with the instant, it is what the first event follows, so that
    /// the events of one register cannot be put into another.
    ///
    /// # Errors
    /// When there is one already, or the folder cannot be written.
    pub fn create(folder: &Path, identity: &Texte, now: Moment) -> Result<Self, RegisterError> {
        let lock = Lock::take(folder, Hold::Exclusive, Self::PATIENCE)?;
        let path = folder.join(FILE);
        let mut connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        if schema::form(&connection)?.is_some() {
            return Err(RegisterError::AlreadyThere(path));
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        schema::migrate(&transaction, 0)?;
        let identity = Identity { identite: identity.to_string(), cree: now.instant.to_string() };
        identity.write(&transaction)?;
        transaction.commit()?;
        let start = Link::start(&identity);
        Seal::of(folder, start.number, start.digest)?.write(folder)?;
        drop(lock);
        Ok(Self { folder: folder.to_owned(), connection, patience: Self::PATIENCE })
    }

    /// Opens the register of a campaign folder.
    ///
    /// A write that was interrupted is undone here, as SQLite does. Nothing else is repaired.
    ///
    /// # Errors
    /// When there is none, when it is not one, when a newer program made it.
    pub fn open(folder: &Path) -> Result<Self, RegisterError> {
        Self::open_with(folder, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Opens the register of a campaign folder to look at it.
    ///
    /// # Errors
    /// As [`Self::open`], and when an interrupted write would have to be undone.
    pub fn open_read_only(folder: &Path) -> Result<Self, RegisterError> {
        Self::open_with(folder, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// Opens the register of a campaign folder, or makes it.
    ///
    /// # Errors
    /// As [`Self::open`] and [`Self::create`].
    pub fn open_or_create(folder: &Path, identity: &Texte, now: Moment) -> Result<Self, RegisterError> {
        match Self::open(folder) {
            Err(RegisterError::Missing(_)) => match Self::create(folder, identity, now) {
                // Another command made it meanwhile.
                Err(RegisterError::AlreadyThere(_)) => Self::open(folder),
                made => made,
            },
            opened => opened,
        }
    }

    fn open_with(folder: &Path, flags: OpenFlags) -> Result<Self, RegisterError> {
        let path = folder.join(FILE);
        if !path.try_exists().map_err(io_error("look at", &path))? {
            return Err(RegisterError::Missing(folder.to_owned()));
        }
        let lock = Lock::take(folder, Hold::Shared, Self::PATIENCE)?;
        let connection = connect(&path, flags)?;
        let form = schema::form(&connection)?.ok_or_else(|| RegisterError::Missing(folder.to_owned()))?;
        drop(lock);
        let mut register = Self { folder: folder.to_owned(), connection, patience: Self::PATIENCE };
        if form < schema::known() {
            register.migrate(form)?;
        }
        if schema::definitions(&register.connection)? != schema::expected()? {
            let reason = "its tables or triggers are not those of a register".to_owned();
            return Err(RegisterError::Damaged { reason });
        }
        Ok(register)
    }

    /// Sets how long a command waits for another one to let go of the register; ten seconds if nothing is said.
    ///
    /// # Errors
    /// When SQLite refuses it.
    pub fn patience(mut self, patience: Duration) -> Result<Self, RegisterError> {
        self.connection.busy_timeout(patience)?;
        self.patience = patience;
        Ok(self)
    }

    // --- writing

    /// Records events, all or none: the moment from which they are true.
    ///
    /// # Errors
    /// When one does not follow from what was recorded ([`RegisterError::Refused`]), or they cannot be written.
    pub fn append(&mut self, events: &[NewEvent], now: Moment) -> Result<Vec<EventNumber>, RegisterError> {
        let recorded = self.write(events, now, None)?;
        recorded.value.ok_or(RegisterError::Refused(recorded.findings))
    }

    /// What would forbid to record events now: asked before something is done that cannot be undone.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn objections(&self, events: &[NewEvent], now: Moment) -> Result<Vec<Diagnostic>, RegisterError> {
        let batch = Batch::of(&self.connection, events, now, None)?;
        Ok(if batch.refused { batch.findings } else { Vec::new() })
    }

    /// Records what an officer says happened, if it makes sense after what was recorded.
    ///
    /// With a motive, an event that does not is recorded all the same, and says so for ever; what could never be true (a
    /// version that was not made, a day to come) is refused even then.
    ///
    /// # Errors
    /// When the register cannot be read or written.
    pub fn record(
        &mut self,
        event: NewEvent,
        now: Moment,
        force: Option<&Texte>,
    ) -> Result<Checked<EventNumber>, RegisterError> {
        let recorded = self.write(&[event], now, force)?;
        let value = recorded.value.and_then(|numbers| numbers.into_iter().next());
        Ok(Checked { value, findings: recorded.findings })
    }

    fn write(
        &mut self,
        events: &[NewEvent],
        now: Moment,
        force: Option<&Texte>,
    ) -> Result<Checked<Vec<EventNumber>>, RegisterError> {
        if events.is_empty() {
            return Ok(Checked::clean(Vec::new()));
        }
        let lock = Lock::take(&self.folder, Hold::Exclusive, self.patience)?;
        self.guard()?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Batch { rows, findings, refused, last, .. } = Batch::of(&transaction, events, now, force)?;
        if refused {
            return Ok(Checked { value: None, findings });
        }
        rows::insert(&transaction, &rows)?;
        transaction.commit()?;
        let sealed = Seal::of(&self.folder, last.number, last.digest).and_then(|seal| seal.write(&self.folder));
        drop(lock);
        sealed.map_err(|source| RegisterError::Unsealed { last: last.number, source: Box::new(source) })?;
        let count = rows.len() as u64;
        Ok(Checked { value: Some((1..=count).map(|n| EventNumber(last.number.0 - count + n)).collect()), findings })
    }

    /// Refuses to write after something that is not what was sealed; finishes what an interrupted command left.
    fn guard(&self) -> Result<(), RegisterError> {
        let damaged = |reason: &str| Err(RegisterError::Damaged { reason: reason.to_owned() });
        let last = Link::last(&self.connection)?;
        let seal = match Seal::read(&self.folder)? {
            Found::Seal(seal) => seal,
            // Killed while it was made.
            Found::Missing if last.number.0 == 0 => {
                return Seal::of(&self.folder, last.number, last.digest)?.write(&self.folder);
            }
            Found::Missing => return damaged("its seal is missing"),
            Found::Unreadable => return damaged("its seal cannot be read"),
        };
        let sealed = Link { number: seal.last, digest: seal.digest };
        if Link::at(&self.connection, seal.last)? != Some(sealed) {
            return damaged("it is not the register that was sealed");
        }
        if seal.last == last.number {
            let same = file_digest(&self.folder)? == (seal.sha256, seal.size);
            return if same { Ok(()) } else { damaged("its file has changed since it was sealed") };
        }
        // Killed between the commit and the seal: the file cannot be compared, every event can.
        let sound: String = self.connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if sound != "ok" {
            return damaged(&sound);
        }
        self.chain(&mut |_| Ok(()))
    }

    fn migrate(&mut self, form: i64) -> Result<(), RegisterError> {
        let _lock = Lock::take(&self.folder, Hold::Exclusive, self.patience)?;
        self.guard()?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        schema::migrate(&transaction, form)?;
        transaction.commit()?;
        let last = Link::last(&self.connection)?;
        Seal::of(&self.folder, last.number, last.digest)?.write(&self.folder)
    }

    // --- reading

    /// The last event and its digest: the checkpoint to print and keep elsewhere.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn checkpoint(&self) -> Result<(EventNumber, EventDigest), RegisterError> {
        let _lock = Lock::take(&self.folder, Hold::Shared, self.patience)?;
        let last = Link::last(&self.connection)?;
        Ok((last.number, last.digest))
    }

    /// The name of its campaign, as it was when the register was made.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn libelle(&self) -> Result<String, RegisterError> {
        let _lock = Lock::take(&self.folder, Hold::Shared, self.patience)?;
        Ok(Identity::read(&self.connection)?.identite)
    }

    /// Every event, in order; the chain of digests is followed on the way.
    ///
    /// # Errors
    /// When the register cannot be read, or an event is not as it was recorded.
    pub fn events(&self) -> Result<Vec<Event>, RegisterError> {
        let _lock = Lock::take(&self.folder, Hold::Shared, self.patience)?;
        let mut events = Vec::new();
        self.chain(&mut |event| {
            events.push(event);
            Ok(())
        })?;
        Ok(events)
    }

    /// Where every contract is; the chain of digests is followed on the way, up to the seal at least.
    ///
    /// # Errors
    /// When the register cannot be read, or an event is not as it was recorded.
    pub fn states(&self) -> Result<BTreeMap<ContractId, ContractState>, RegisterError> {
        self.states_and(&mut |_| {})
    }

    /// As [`Self::states`], in the same reading: `visit` is shown every event.
    ///
    /// # Errors
    /// As [`Self::states`].
    pub fn states_and(
        &self,
        visit: &mut dyn FnMut(&Event),
    ) -> Result<BTreeMap<ContractId, ContractState>, RegisterError> {
        let _lock = Lock::take(&self.folder, Hold::Shared, self.patience)?;
        let mut contracts = Contracts::default();
        self.chain(&mut |event| {
            visit(&event);
            contracts.push(event);
            Ok(())
        })?;
        Ok(contracts.states())
    }

    /// Where one contract is; `None` when the register knows nothing of it.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn state(&self, id: &ContractId) -> Result<Option<ContractState>, RegisterError> {
        let events = self.history(id)?;
        Ok((!events.is_empty()).then(|| ContractState::of(id.clone(), &events)))
    }

    /// What happened to one contract, in order. Each event is checked against its own digest; only [`Self::states`] and
    /// [`verify`](super::verify) follow the whole chain.
    ///
    /// # Errors
    /// When the register cannot be read, or an event is not as it was recorded.
    pub fn history(&self, id: &ContractId) -> Result<Vec<Event>, RegisterError> {
        let _lock = Lock::take(&self.folder, Hold::Shared, self.patience)?;
        rows::history(&self.connection, id)
    }

    /// Follows the chain from its start to its end, beyond the seal if it goes there.
    fn chain(&self, visit: &mut dyn FnMut(Event) -> Result<(), RegisterError>) -> Result<(), RegisterError> {
        // Held to its end: both statements of the walk see one state, even of a register that cannot be locked.
        let reading = self.connection.unchecked_transaction()?;
        let seal = Seal::read(&self.folder)?;
        let mut link = Link::start(&Identity::read(&self.connection)?);
        let mut met = false;
        let mut meet = |link: Link| {
            met |= matches!(seal, Found::Seal(seal) if seal.last == link.number && seal.digest == link.digest);
        };
        meet(link);
        rows::walk(&self.connection, None, &mut |row| {
            link = link.follow(&row)?;
            meet(link);
            visit(rows::event(row)?)
        })?;
        drop(reading);
        if met || (seal == Found::Missing && link.number.0 == 0) {
            return Ok(());
        }
        Err(RegisterError::Damaged { reason: "it is not the register that was sealed".to_owned() })
    }
}

/// Opens the database file as the register uses it.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, RegisterError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Register::PATIENCE)?;
    // The file may have been written by anyone: its definitions call nothing, its cells are checked.
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;",
    )?;
    Ok(connection)
}

/// Whether an interrupted write left its journal.
pub(super) fn journal_left(folder: &Path) -> bool {
    fs::metadata(folder.join(format!("{FILE}-journal"))).is_ok_and(|journal| journal.len() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        digest::{ContentHash, FileDigest},
        domain::VersionNum,
        register::{Agent, EventKind, Genere, verify},
    };

    fn draft(replaces_draft: bool) -> NewEvent {
        let digest = FileDigest::of(b"");
        let genere = Genere {
            content_hash: ContentHash::of(b""),
            empreinte: digest,
            inventory: digest,
            replaces_draft,
            remplace: None,
            avenant: None,
        };
        let contract = "960000016-2022".parse().unwrap();
        NewEvent::new(Agent::new("dd96").unwrap(), contract, VersionNum::FIRST, EventKind::Genere(genere))
    }

    #[test]
    fn a_full_disk_is_said_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let now = Moment { instant: "2026-01-05T12:00:00Z".parse().unwrap(), today: "2026-01-05".parse().unwrap() };
        let mut register = Register::create(folder.path(), &Texte::new("essai").unwrap(), now).unwrap();
        register.append(&[draft(false)], now).unwrap();
        let pages: i64 = register.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        register.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
        let many = vec![draft(true); 100];
        assert!(matches!(register.append(&many, now), Err(RegisterError::DiskFull)));
        assert_eq!(register.events().unwrap().len(), 1);
        assert!(verify(folder.path()).unwrap().findings.is_empty());
        register.connection.query_row("PRAGMA max_page_count = 100000", [], |_| Ok(())).unwrap();
        assert_eq!(register.append(&many, now).unwrap().len(), 100);
    }

    #[test]
    fn events_whose_seal_cannot_be_written_are_recorded_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let now = Moment { instant: "2026-01-05T12:00:00Z".parse().unwrap(), today: "2026-01-05".parse().unwrap() };
        let mut register = Register::create(folder.path(), &Texte::new("essai").unwrap(), now).unwrap();
        // A folder stands where the new seal is prepared.
        let obstacle = folder.path().join("registre.sceau.nouveau");
        fs::create_dir(&obstacle).unwrap();
        let told = register.append(&[draft(false)], now);
        assert!(matches!(told, Err(RegisterError::Unsealed { last: EventNumber(1), .. })), "{told:?}");
        fs::remove_dir(&obstacle).unwrap();
        register.append(&[draft(true)], now).unwrap();
        assert_eq!(register.events().unwrap().len(), 2);
        assert!(verify(folder.path()).unwrap().findings.is_empty());
    }
}
