//! Rows read from and written to the database, in the order of their numbers.

use rusqlite::{Connection, Params, Statement, params};

use super::{
    canonical::{Piece, Row, origin},
    error::RegisterError,
    event::{Event, EventNumber},
};
use crate::{digest::EventDigest, domain::ContractId};

const FIELDS: &str =
    "numero, enregistre, agent, contrat, version, jour, nature, details, force, precedent, empreinte FROM evenement";
const PIECES: &str = "evenement, rang, nom, sha256, taille FROM piece";

/// Who a register is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) identite: String,
    pub(super) cree: String,
}

impl Identity {
    pub(super) fn read(connection: &Connection) -> Result<Self, RegisterError> {
        let row = connection.query_row("SELECT identite, cree FROM registre", [], |row| {
            Ok(Self { identite: row.get(0)?, cree: row.get(1)? })
        });
        row.map_err(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => {
                RegisterError::Damaged { reason: "the register has lost its identity".to_owned() }
            }
            error => error.into(),
        })
    }

    pub(super) fn write(&self, connection: &Connection) -> Result<(), RegisterError> {
        connection.execute(
            "INSERT INTO registre (un, identite, cree) VALUES (1, ?1, ?2)",
            params![self.identite, self.cree],
        )?;
        Ok(())
    }
}

/// A place in the chain: an event and its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) number: EventNumber,
    pub(super) digest: EventDigest,
}

impl Link {
    /// Before the first event.
    pub(super) fn start(identity: &Identity) -> Self {
        Self { number: EventNumber(0), digest: origin(&identity.identite, &identity.cree) }
    }

    /// The last event, as stored.
    pub(super) fn last(connection: &Connection) -> Result<Self, RegisterError> {
        Self::one(connection, "SELECT numero, empreinte FROM evenement ORDER BY numero DESC LIMIT 1", [])?
            .map_or_else(|| Ok(Self::start(&Identity::read(connection)?)), Ok)
    }

    /// One event, as stored; the start for number 0.
    pub(super) fn at(connection: &Connection, number: EventNumber) -> Result<Option<Self>, RegisterError> {
        if number.0 == 0 {
            return Ok(Some(Self::start(&Identity::read(connection)?)));
        }
        let Ok(number) = i64::try_from(number.0) else { return Ok(None) };
        Self::one(connection, "SELECT numero, empreinte FROM evenement WHERE numero = ?1", params![number])
    }

    fn one(connection: &Connection, sql: &str, params: impl Params) -> Result<Option<Self>, RegisterError> {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query(params)?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (number, digest): (i64, String) = (row.get(0)?, row.get(1)?);
        let damaged = || RegisterError::Damaged { reason: format!("event {number} has no digest that can be read") };
        let number = EventNumber(u64::try_from(number).map_err(|_| damaged())?);
        Ok(Some(Self { number, digest: digest.parse().map_err(|_| damaged())? }))
    }

    /// The next place, if the row is the next event and was not changed.
    pub(super) fn follow(self, row: &Row) -> Result<Self, RegisterError> {
        let number = EventNumber(self.number.0 + 1);
        let follows = u64::try_from(row.numero) == Ok(number.0) && row.precedent.parse() == Ok(self.digest);
        let digest = row.digest();
        if follows && row.empreinte.parse() == Ok(digest) {
            Ok(Self { number, digest })
        } else {
            Err(RegisterError::Damaged { reason: format!("event {} is not as it was recorded", row.numero) })
        }
    }
}

/// Reads the rows of one contract, or all, in order.
pub(super) fn walk(
    connection: &Connection,
    contract: Option<&ContractId>,
    visit: &mut dyn FnMut(Row) -> Result<(), RegisterError>,
) -> Result<(), RegisterError> {
    let (events, pieces) = match contract {
        None => (String::new(), String::new()),
        Some(_) => (
            "WHERE contrat = ?1".to_owned(),
            "WHERE evenement IN (SELECT numero FROM evenement WHERE contrat = ?1)".to_owned(),
        ),
    };
    let mut events = connection.prepare(&format!("SELECT {FIELDS} {events} ORDER BY numero"))?;
    let mut pieces = connection.prepare(&format!("SELECT {PIECES} {pieces} ORDER BY evenement, rang"))?;
    let contract = contract.map(ToString::to_string);
    let bound = |statement: &mut Statement<'_>| match &contract {
        Some(contract) => statement.raw_bind_parameter(1, contract),
        None => Ok(()),
    };
    bound(&mut events)?;
    bound(&mut pieces)?;
    let (mut events, mut pieces) = (events.raw_query(), pieces.raw_query());
    let mut waiting = next_piece(&mut pieces)?;
    while let Some(row) = events.next()? {
        let mut read = read(row)?;
        while let Some((event, piece)) = waiting.take_if(|(event, _)| *event <= read.numero) {
            // A piece of no event is seen by the check of foreign keys.
            if event == read.numero {
                read.pieces.push(piece);
            }
            waiting = next_piece(&mut pieces)?;
        }
        visit(read)?;
    }
    Ok(())
}

fn next_piece(rows: &mut rusqlite::Rows<'_>) -> rusqlite::Result<Option<(i64, Piece)>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let piece = Piece { rang: row.get(1)?, nom: row.get(2)?, sha256: row.get(3)?, taille: row.get(4)? };
    Ok(Some((row.get(0)?, piece)))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        numero: row.get(0)?,
        enregistre: row.get(1)?,
        agent: row.get(2)?,
        contrat: row.get(3)?,
        version: row.get(4)?,
        jour: row.get(5)?,
        nature: row.get(6)?,
        details: row.get(7)?,
        force: row.get(8)?,
        pieces: Vec::new(),
        precedent: row.get(9)?,
        empreinte: row.get(10)?,
    })
}

/// What happened to one contract, in order; each event is compared with its own digest.
pub(super) fn history(connection: &Connection, id: &ContractId) -> Result<Vec<Event>, RegisterError> {
    let mut events = Vec::new();
    walk(connection, Some(id), &mut |row| {
        if row.empreinte.parse() != Ok(row.digest()) {
            return Err(RegisterError::Damaged { reason: format!("event {} is not as it was recorded", row.numero) });
        }
        events.push(event(row)?);
        Ok(())
    })?;
    Ok(events)
}

/// The event of a row, understood.
pub(super) fn event(row: Row) -> Result<Event, RegisterError> {
    let number = row.numero;
    row.event().map_err(|field| RegisterError::Damaged {
        reason: format!("the field `{field}` of event {number} cannot be read"),
    })
}

/// Writes rows after the last one.
pub(super) fn insert(connection: &Connection, rows: &[Row]) -> Result<(), RegisterError> {
    let mut event = connection.prepare(
        "INSERT INTO evenement (numero, enregistre, agent, contrat, version, jour, nature, details, force, precedent, empreinte) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    let mut piece =
        connection.prepare("INSERT INTO piece (evenement, rang, nom, sha256, taille) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for row in rows {
        event.execute(params![
            row.numero,
            row.enregistre,
            row.agent,
            row.contrat,
            row.version,
            row.jour,
            row.nature,
            row.details,
            row.force,
            row.precedent,
            row.empreinte
        ])?;
        for one in &row.pieces {
            piece.execute(params![row.numero, one.rang, one.nom, one.sha256, one.taille])?;
        }
    }
    Ok(())
}
