//! Whether anything in the register was changed since it was written.

use std::{collections::BTreeMap, path::Path};

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use rusqlite::{Connection, OpenFlags};

use super::{
    FILE, SEAL,
    canonical::Row,
    check::{as_new, check, check_alone, half_linked, may_be_forced},
    diags,
    error::RegisterError,
    event::{Event, EventNumber},
    kind::EventKind,
    rows::{self, Identity, Link},
    schema,
    seal::{Found, Hold, Lock, Seal, file_digest},
    state::Contracts,
    store::{connect, journal_left},
};
use crate::{
    diag::{Code, Diagnostic, Origin},
    digest::EventDigest,
};

/// What a verification saw.
#[derive(Debug)]
pub struct Verification {
    /// How many events were read.
    pub events: u64,
    /// Digest of the last one: with its number, the checkpoint to compare with one printed before.
    pub last: Option<EventDigest>,
    /// What is wrong, and what is to know.
    pub findings: Vec<Diagnostic>,
}

/// Verifies the register of a campaign folder: the database, its definitions, every event, the chain, the order, the seal and
/// the bytes of the file.
///
/// An interrupted write is undone first, as any command would, and told.
///
/// # Errors
/// When there is no register, when a newer program made it, or when it is in use for too long.
pub fn verify(folder: &Path) -> Result<Verification, RegisterError> {
    verify_with(folder, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

fn verify_with(folder: &Path, flags: OpenFlags) -> Result<Verification, RegisterError> {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
    let path = folder.join(FILE);
    let seal = Seal::read(folder)?;
    if !path.exists() && seal == Found::Missing {
        return Err(RegisterError::Missing(folder.to_owned()));
    }
    let _lock = match Lock::take(folder, Hold::Exclusive, PATIENCE) {
        Err(RegisterError::Io { .. } | RegisterError::ReadOnly) => Lock::take(folder, Hold::Shared, PATIENCE)?,
        taken => taken?,
    };
    let interrupted = journal_left(folder);
    let mut inspection = Inspection::default();
    match inspection.inspect(&path, flags) {
        Ok(()) if interrupted => {
            inspection.tell(&diags::ROLLED_BACK, "a command was interrupted while it wrote; what it wrote was undone");
        }
        Ok(()) => {}
        // Killed while it was made: there is no register yet.
        Err(RegisterError::Missing(_)) if seal == Found::Missing => {
            return Err(RegisterError::Missing(folder.to_owned()));
        }
        Err(error @ (RegisterError::TooNew { .. } | RegisterError::Busy)) => return Err(error),
        Err(error) => inspection.stopped(&error),
    }
    inspection.seal(folder, Seal::read(folder)?);
    let Inspection { last, findings, .. } = inspection;
    Ok(Verification { events: last.map_or(0, |last| last.number.0), last: last.map(|last| last.digest), findings })
}

fn finding(code: &'static Code, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, Origin::file(FILE), message)
}

#[derive(Default)]
struct Inspection {
    findings: Vec<Diagnostic>,
    /// The last event read, as stored.
    last: Option<Link>,
    /// Digest of every event read, by number; 0 for the start.
    digests: BTreeMap<EventNumber, EventDigest>,
    recorded: Option<Timestamp>,
    contracts: Contracts,
}

impl Inspection {
    fn tell(&mut self, code: &'static Code, message: impl Into<String>) {
        self.findings.push(finding(code, message));
    }

    /// What could not be read to its end is a finding: the seal may say more.
    fn stopped(&mut self, error: &RegisterError) {
        let reason = match error {
            RegisterError::Damaged { reason } => reason.clone(),
            RegisterError::Missing(_) => "the database is empty".to_owned(),
            RegisterError::RollbackNeeded => {
                let message = "a command was interrupted while it wrote, and this account may not undo it";
                let help = "run `paraphe register verify` from an account that may write there";
                self.findings.push(finding(&diags::ROLLBACK_NEEDED, message).help(help));
                return;
            }
            RegisterError::Sqlite(error) => error.to_string(),
            other => other.to_string(),
        };
        self.tell(&diags::UNREADABLE, format!("the register cannot be read to its end: {reason}"));
    }

    fn inspect(&mut self, path: &Path, flags: OpenFlags) -> Result<(), RegisterError> {
        let connection = connect(path, flags)?;
        let Some(form) = schema::form(&connection)? else {
            return Err(RegisterError::Missing(path.to_owned()));
        };
        self.integrity(&connection)?;
        if form == schema::known() {
            self.definitions(&connection)?;
        }
        let start = Link::start(&Identity::read(&connection)?);
        self.reached(start);
        rows::walk(&connection, None, &mut |row| {
            self.event(row);
            Ok(())
        })?;
        for known in std::mem::take(&mut self.contracts).states().values() {
            self.findings.extend(half_linked(known));
        }
        Ok(())
    }

    fn reached(&mut self, link: Link) {
        self.digests.insert(link.number, link.digest);
        self.last = Some(link);
    }

    fn integrity(&mut self, connection: &Connection) -> Result<(), RegisterError> {
        let mut statement = connection.prepare("PRAGMA integrity_check")?;
        let mut said = statement.query([])?;
        // It may fail after it told what it saw.
        while let Some(row) = said.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                self.tell(&diags::INTEGRITY, format!("the database is damaged: {}", line.replace('\n', " ")));
            }
        }
        let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
        let orphans = statement.query_map([], |_| Ok(()))?.count();
        if orphans > 0 {
            self.tell(&diags::INTEGRITY, format!("{orphans} pieces of evidence belong to no event"));
        }
        Ok(())
    }

    fn definitions(&mut self, connection: &Connection) -> Result<(), RegisterError> {
        let (expected, found) = (schema::expected()?, schema::definitions(connection)?);
        let missing = expected.iter().filter(|one| !found.contains(one)).map(|one| (one, "is missing or was changed"));
        let strange = found.iter().filter(|one| !expected.contains(one)).map(|one| (one, "is not one of a register"));
        let told: Vec<String> =
            missing.chain(strange).map(|(one, what)| format!("the {} `{}` {what}", one.kind, one.name)).collect();
        for message in told {
            self.tell(&diags::SCHEMA, message);
        }
        Ok(())
    }

    // --- events

    fn event(&mut self, row: Row) {
        let number = row.numero;
        let digest = row.digest();
        for (code, message) in self.misplaced(&row, digest) {
            self.tell_of(&row, code, message);
        }
        // The stored digest, so that one changed event is told once.
        let stored = row.empreinte.parse().unwrap_or(digest);
        match row.clone().event() {
            Ok(event) => self.understood(event),
            Err(field) => {
                self.tell_of(&row, &diags::ROW, format!("the field `{field}` of event {number} cannot be read"));
            }
        }
        if let Ok(number) = u64::try_from(number) {
            self.reached(Link { number: EventNumber(number), digest: stored });
        }
    }

    fn tell_of(&mut self, row: &Row, code: &'static Code, message: String) {
        let mut finding = Diagnostic::new(code, Origin::event(FILE, u64::try_from(row.numero).unwrap_or(0)), message);
        finding.contract.clone_from(&row.contrat);
        self.findings.push(finding);
    }

    /// What is wrong with the place of a row in the chain.
    fn misplaced(&self, row: &Row, digest: EventDigest) -> Vec<(&'static Code, String)> {
        let number = row.numero;
        let mut found = Vec::new();
        if let Some(before) = self.last {
            let next = before.number.0 + 1;
            if u64::try_from(number) != Ok(next) {
                let message = format!("event {number} stands after event {}; event {next} is missing", before.number);
                found.push((&diags::NUMBER, message));
            } else if row.precedent.parse() != Ok(before.digest) {
                let message = format!("event {number} was not recorded after event {} as it is now", before.number);
                found.push((&diags::CHAIN, message));
            }
        }
        if row.empreinte.parse() != Ok(digest) {
            found.push((&diags::CHAIN, format!("event {number} was changed since it was recorded")));
        }
        found
    }

    fn understood(&mut self, event: Event) {
        let origin = Origin::event(FILE, event.number.0);
        if self.recorded.is_some_and(|before| before > event.recorded) {
            let message =
                format!("event {} was recorded at {}, before the event it follows", event.number, event.recorded);
            self.findings.push(Diagnostic::new(&diags::CLOCK, origin.clone(), message));
        }
        self.recorded = Some(event.recorded);
        if let EventKind::Inconnu { nature, .. } = &event.kind {
            let message = format!("event {} is of the kind `{nature}`, which a newer program wrote", event.number);
            self.findings.push(Diagnostic::new(&diags::UNKNOWN_KIND, origin, message));
        } else {
            let found = match &event.contract {
                Some(id) => check(&as_new(&event), self.contracts.of(id), latest_day(event.recorded)),
                None => check_alone(&as_new(&event)),
            };
            let allowed = |finding: &Diagnostic| event.forced.is_some() && may_be_forced(finding);
            let refused = found.into_iter().filter(|finding| !allowed(finding));
            self.findings.extend(refused.map(|finding| Diagnostic { origin: origin.clone(), ..finding }));
        }
        self.contracts.push(event);
    }

    // --- the seal

    fn seal(&mut self, folder: &Path, seal: Found) {
        let of_seal = |code, message: String| Diagnostic::new(code, Origin::file(SEAL), message);
        let seal = match seal {
            Found::Seal(seal) => seal,
            Found::Missing => {
                let empty = self.last.is_some_and(|last| last.number.0 == 0);
                // Killed while it was made: nothing is lost, the next command seals it.
                if !empty {
                    let message = "the register has no seal: its end and its bytes are not covered".to_owned();
                    self.findings.push(of_seal(&diags::SEAL_MISSING, message));
                }
                return;
            }
            Found::Unreadable => {
                self.findings
                    .push(of_seal(&diags::SEAL_UNREADABLE, "the seal was not written by paraphe as it is".to_owned()));
                return;
            }
        };
        let last = self.last.map_or(0, |last| last.number.0);
        let same = self.digests.get(&seal.last) == Some(&seal.digest);
        if !same {
            let message =
                format!("the register was sealed at event {}, which is not there as it was sealed", seal.last);
            self.findings.push(
                of_seal(&diags::SEAL_DIFFERS, message)
                    .expected(format!("event {} of digest {}", seal.last, seal.digest))
                    .found(self.digests.get(&seal.last).map_or_else(|| format!("{last} events"), ToString::to_string))
                    .help("an older copy of the register was put back, or its end was cut: put back the last copy"),
            );
        } else if seal.last.0 < last {
            let message = format!("events {} to {last} are recorded and not sealed", seal.last.0 + 1);
            self.findings.push(
                of_seal(&diags::SEAL_BEHIND, message)
                    .help("a command was interrupted just after it recorded them: the next one will seal them; look at them first"),
            );
            return;
        }
        match file_digest(folder) {
            Ok(found) if found == (seal.sha256, seal.size) => {}
            Ok((sha256, size)) => self.findings.push(
                finding(&diags::FILE_DIFFERS, "the file of the register has changed since it was sealed")
                    .expected(format!("{} bytes of SHA-256 {}", seal.size, seal.sha256))
                    .found(format!("{size} bytes of SHA-256 {sha256}"))
                    .help("put back the last copy; if every event is intact, it says what the register held"),
            ),
            Err(error) => self.tell(&diags::UNREADABLE, format!("the file of the register cannot be read: {error}")),
        }
    }
}

/// The last civil day there was anywhere at an instant: the register keeps no time zone.
fn latest_day(instant: Timestamp) -> Date {
    let day = instant.to_zoned(TimeZone::UTC).date();
    day.checked_add(1.day()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Texte,
        register::{Moment, Register},
    };

    #[test]
    fn an_account_that_may_not_undo_a_write_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let now = Moment { instant: "2026-01-05T12:00:00Z".parse().unwrap(), today: "2026-01-05".parse().unwrap() };
        drop(Register::create(folder.path(), &Texte::new("essai").unwrap(), now).unwrap());
        let other = tempfile::tempdir().unwrap();
        let writing = Connection::open(folder.path().join(FILE)).unwrap();
        let fill = "PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE x (y); \
                    INSERT INTO x SELECT zeroblob(3000) FROM sqlite_schema, sqlite_schema;";
        writing.execute_batch(fill).unwrap();
        for name in [FILE, SEAL, "registre.sqlite-journal"] {
            std::fs::copy(folder.path().join(name), other.path().join(name)).unwrap();
        }
        let codes = |flags| -> Vec<&str> {
            let seen = verify_with(other.path(), flags).unwrap();
            seen.findings.iter().map(|finding| finding.code.name).collect()
        };
        let told = codes(OpenFlags::SQLITE_OPEN_READ_ONLY);
        assert!(told.contains(&"register/rollback-needed"), "{told:?}");
        assert_eq!(codes(OpenFlags::SQLITE_OPEN_READ_WRITE), ["register/rolled-back"]);
    }
}
