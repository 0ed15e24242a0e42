//! The tables of the register: numbered migrations, and what they must give.

use rusqlite::Connection;

use super::error::RegisterError;

/// Says in the file's header that it is a register of ours: « PRPH ».
pub(super) const APPLICATION_ID: i64 = 0x5052_5048;

/// The forms of the register, from the first; each file brings the form before it to the next.
const MIGRATIONS: &[&str] = &[include_str!("sql/001.sql")];

/// The last form this program knows.
pub(super) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The form of a register; `None` for an empty database.
pub(super) fn form(connection: &Connection) -> Result<Option<i64>, RegisterError> {
    let header = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (application, form) = (header("application_id")?, header("user_version")?);
    match (application, form) {
        (0, 0) if tables == 0 => Ok(None),
        (APPLICATION_ID, form) if form > known() => Err(RegisterError::TooNew { found: form, known: known() }),
        (APPLICATION_ID, form) if form > 0 => Ok(Some(form)),
        _ => Err(RegisterError::Damaged { reason: "the database is not a register".to_owned() }),
    }
}

/// Brings a database from a form to the last one; the caller holds a transaction.
pub(super) fn migrate(connection: &Connection, from: i64) -> Result<(), RegisterError> {
    for migration in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        connection.execute_batch(migration)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", known())?;
    Ok(())
}

/// Everything that defines the tables, in order.
pub(super) fn definitions(connection: &Connection) -> rusqlite::Result<Vec<Definition>> {
    let mut statement = connection.prepare(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name, tbl_name, sql",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Definition { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
    })?;
    rows.collect()
}

/// What the migrations give.
pub(super) fn expected() -> Result<Vec<Definition>, RegisterError> {
    let memory = Connection::open_in_memory()?;
    migrate(&memory, 0)?;
    Ok(definitions(&memory)?)
}

/// A table, index or trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Definition {
    pub(super) kind: String,
    pub(super) name: String,
    table: String,
    sql: String,
}
