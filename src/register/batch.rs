//! Events on their way into the register, each checked after those before it.

use rusqlite::Connection;

use super::{
    canonical::Row,
    check::{check, check_alone, half_linked, may_be_forced},
    diags,
    error::RegisterError,
    event::{EventNumber, Moment, NewEvent},
    rows::{self, Link},
    state::Contracts,
};
use crate::{diag::Diagnostic, domain::Texte};

/// Events being prepared, each checked after those before it.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) last: Link,
    contracts: Contracts,
    pub(super) rows: Vec<Row>,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) refused: bool,
}

impl Batch {
    /// Prepares events after the last one of a register; nothing is written.
    pub(super) fn of(
        connection: &Connection,
        events: &[NewEvent],
        now: Moment,
        force: Option<&Texte>,
    ) -> Result<Self, RegisterError> {
        let last = Link::last(connection)?;
        let mut batch =
            Self { last, contracts: Contracts::default(), rows: Vec::new(), findings: Vec::new(), refused: false };
        for event in events {
            batch.load(connection, event)?;
            batch.add(event, now, force)?;
        }
        for id in events.iter().filter_map(|event| event.contract.as_ref()) {
            let unlinked: Vec<Diagnostic> = half_linked(&batch.contracts.of(id).state).collect();
            batch.refused |= !unlinked.is_empty();
            batch.findings.extend(unlinked);
        }
        Ok(batch)
    }

    /// Reads what is recorded of the contract of an event, once.
    fn load(&mut self, connection: &Connection, event: &NewEvent) -> Result<(), RegisterError> {
        let Some(id) = event.contract.as_ref().filter(|id| self.contracts.lacks(id)) else { return Ok(()) };
        self.contracts.of(id);
        rows::history(connection, id)?.into_iter().for_each(|event| self.contracts.push(event));
        Ok(())
    }

    /// Checks an event and prepares its row, or keeps what forbids it.
    fn add(&mut self, event: &NewEvent, now: Moment, force: Option<&Texte>) -> Result<(), RegisterError> {
        let found = match &event.contract {
            Some(id) => check(event, self.contracts.of(id), now.today),
            None => check_alone(event),
        };
        let forced = force.filter(|_| !found.is_empty() && found.iter().all(may_be_forced));
        if found.is_empty() || forced.is_some() {
            let number = EventNumber(self.last.number.0 + 1);
            let row = Row::new(number, event, forced, now, self.last.digest).ok_or(RegisterError::Unstorable)?;
            self.last = Link { number, digest: row.digest() };
            self.contracts.push(rows::event(row.clone())?);
            self.rows.push(row);
            self.findings.extend(found.into_iter().map(told_as_forced));
        } else {
            self.refused = true;
            self.findings.extend(found);
        }
        Ok(())
    }
}

/// What would have been refused, once a motive was given.
fn told_as_forced(finding: Diagnostic) -> Diagnostic {
    let Diagnostic { message, code, .. } = finding;
    let message = format!("recorded against the order, with a motive: {message}");
    Diagnostic { code: &diags::FORCED, message, expected: None, found: None, help: None, ..finding }.found(code.name)
}
