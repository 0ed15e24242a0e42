//! The form of an event that its digest covers, and the row in which it is stored.
//!
//! Each field is a *netstring*, `<number of bytes>:<bytes>,`, and an absent field is `-,`: no character needs an escape, no two
//! events have one form, and a judge in any language writes it in ten lines. The fields are taken as they are stored, so that
//! an event which this program cannot read is still verified.

use jiff::{Timestamp, civil::Date};

use super::{
    event::{Agent, Event, EventNumber, Evidence, Moment, NewEvent},
    kind::EventKind,
};
use crate::{
    digest::EventDigest,
    domain::{ContractId, Texte, VersionNum},
};

/// First field of every form: a change of the form changes it.
const FORM: &str = "paraphe-registre-1";

/// A form under construction.
struct Form(Vec<u8>);

impl Form {
    fn new() -> Self {
        Self(Vec::with_capacity(512)).text(FORM)
    }

    fn text(mut self, text: &str) -> Self {
        self.0.extend_from_slice(text.len().to_string().as_bytes());
        self.0.push(b':');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b',');
        self
    }

    fn number(self, number: i64) -> Self {
        self.text(&number.to_string())
    }

    fn option(mut self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(text),
            None => {
                self.0.extend_from_slice(b"-,");
                self
            }
        }
    }

    fn digest(&self) -> EventDigest {
        EventDigest::of(&self.0)
    }
}

/// The digest that stands before the first event: that of the register's identity.
pub(super) fn origin(identite: &str, cree: &str) -> EventDigest {
    Form::new().text("registre").text(identite).text(cree).digest()
}

/// An event as it is stored, not yet understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) numero: i64,
    pub(super) enregistre: String,
    pub(super) agent: String,
    pub(super) contrat: Option<String>,
    pub(super) version: Option<i64>,
    pub(super) jour: Option<String>,
    pub(super) nature: String,
    pub(super) details: Option<String>,
    pub(super) force: Option<String>,
    pub(super) pieces: Vec<Piece>,
    pub(super) precedent: String,
    pub(super) empreinte: String,
}

/// A piece of evidence as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) rang: i64,
    pub(super) nom: String,
    pub(super) sha256: String,
    pub(super) taille: i64,
}

impl Row {
    /// The row of a new event; `None` when it cannot be stored: a kind that this program does not know, a number too large.
    pub(super) fn new(
        number: EventNumber,
        event: &NewEvent,
        forced: Option<&Texte>,
        now: Moment,
        previous: EventDigest,
    ) -> Option<Self> {
        let (nature, details) = event.kind.stored()?;
        let mut pieces = Vec::with_capacity(event.evidence.len());
        for (evidence, rang) in event.evidence.iter().zip(1..) {
            pieces.push(Piece {
                rang,
                nom: evidence.name.clone(),
                sha256: evidence.sha256.to_string(),
                taille: i64::try_from(evidence.size).ok()?,
            });
        }
        let mut row = Self {
            numero: i64::try_from(number.0).ok()?,
            enregistre: now.instant.to_string(),
            agent: event.agent.as_str().to_owned(),
            contrat: event.contract.as_ref().map(ToString::to_string),
            version: event.version.map(|version| i64::from(version.get())),
            jour: event.day.map(|day| day.to_string()),
            nature,
            details,
            force: forced.map(ToString::to_string),
            pieces,
            precedent: previous.to_string(),
            empreinte: String::new(),
        };
        row.empreinte = row.digest().to_string();
        Some(row)
    }

    /// The digest of what is stored: every field, and the digest of the event before.
    pub(super) fn digest(&self) -> EventDigest {
        let mut form = Form::new()
            .number(self.numero)
            .text(&self.enregistre)
            .text(&self.agent)
            .option(self.contrat.as_deref())
            .option(self.version.map(|version| version.to_string()).as_deref())
            .option(self.jour.as_deref())
            .text(&self.nature)
            .option(self.details.as_deref())
            .option(self.force.as_deref())
            .text(&self.pieces.len().to_string());
        for piece in &self.pieces {
            form = form.number(piece.rang).text(&piece.nom).text(&piece.sha256).number(piece.taille);
        }
        form.text(&self.precedent).digest()
    }

    /// The event, understood; otherwise the name of the first field that cannot be read.
    pub(super) fn event(self) -> Result<Event, &'static str> {
        fn all<T, E>(field: Option<Result<T, E>>, name: &'static str) -> Result<Option<T>, &'static str> {
            field.transpose().map_err(|_| name)
        }
        let kind = EventKind::read(&self.nature, self.details.as_deref());
        let recorded: Timestamp = self.enregistre.parse().map_err(|_| "enregistre")?;
        let version = |number: i64| u16::try_from(number).ok().and_then(VersionNum::new).ok_or(());
        Ok(Event {
            number: EventNumber(u64::try_from(self.numero).map_err(|_| "numero")?),
            recorded,
            agent: Agent::new(&self.agent).map_err(|_| "agent")?,
            contract: all(self.contrat.as_deref().map(str::parse::<ContractId>), "contrat")?,
            version: all(self.version.map(version), "version")?,
            day: all(self.jour.as_deref().map(str::parse::<Date>), "jour")?,
            kind,
            forced: all(self.force.as_deref().map(Texte::new), "force")?,
            evidence: self.pieces.into_iter().map(Piece::evidence).collect::<Result<_, _>>()?,
            previous: self.precedent.parse().map_err(|_| "precedent")?,
            digest: self.empreinte.parse().map_err(|_| "empreinte")?,
        })
    }
}

impl Piece {
    fn evidence(self) -> Result<Evidence, &'static str> {
        Ok(Evidence {
            name: self.nom,
            sha256: self.sha256.parse().map_err(|_| "sha256")?,
            size: u64::try_from(self.taille).map_err(|_| "taille")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::FileDigest;

    fn row() -> Row {
        let event = NewEvent::new(
            Agent::new("dd96").unwrap(),
            "960000016-2022".parse().unwrap(),
            VersionNum::FIRST,
            EventKind::Refus { motif: Some(Texte::new("délai").unwrap()) },
        )
        .on("2026-03-02".parse().unwrap())
        .shown_by(Evidence::new("lettre.pdf", FileDigest::of(b"abc"), 3));
        let now = Moment { instant: "2026-03-03T09:00:00Z".parse().unwrap(), today: "2026-03-03".parse().unwrap() };
        Row::new(EventNumber(1), &event, None, now, origin("essai", "2026-01-01T00:00:00Z")).unwrap()
    }

    #[test]
    fn every_field_changes_the_digest() {
        let changes: [fn(&mut Row); 15] = [
            |row| row.numero = 2,
            |row| row.enregistre.push('0'),
            |row| row.agent.push('0'),
            |row| row.contrat = None,
            |row| row.version = None,
            |row| row.jour = None,
            |row| row.nature.push('0'),
            |row| row.details = None,
            |row| row.force = Some(String::new()),
            |row| row.pieces.clear(),
            |row| row.pieces[0].rang = 2,
            |row| row.pieces[0].nom.push('0'),
            |row| row.pieces[0].sha256.push('0'),
            |row| row.pieces[0].taille = 4,
            |row| row.precedent.push('0'),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut changed = row();
            change(&mut changed);
            assert_ne!(changed.digest(), row().digest(), "change {index}");
        }
    }

    #[test]
    fn fields_cannot_be_moved_into_one_another() {
        let mut other = row();
        let moved = other.agent.remove(3);
        other.enregistre.push(moved);
        assert_ne!(other.digest(), row().digest());
        assert_ne!(origin("a", "bc"), origin("ab", "c"));
    }

    #[test]
    fn a_row_gives_its_event_back() {
        let event = row().event().unwrap();
        assert_eq!(event.digest, row().digest());
        assert_eq!(event.evidence[0].name, "ba7816bf8f01.pdf");
        let mut bad = row();
        bad.jour = Some("2026-02-30".to_owned());
        assert_eq!(bad.event(), Err("jour"));
    }
}
