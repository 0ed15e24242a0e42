//! What happened: the events of the register, who recorded them, and what shows them.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::kind::EventKind;
use crate::{
    digest::{EventDigest, FileDigest},
    domain::{ContractId, Texte, VersionNum},
};

/// Number of an event, from 1, without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventNumber(pub u64);

impl fmt::Display for EventNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who recorded an event: a short name, the only personal data of the register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Agent(String);

/// A text is not the short name of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a short name of 1 to {} printable characters", Agent::MAX_CHARS)]
pub struct AgentError;

impl Agent {
    /// The longest name.
    pub const MAX_CHARS: usize = 64;

    /// Checks a name.
    ///
    /// # Errors
    /// When it is empty, too long, or cannot be printed.
    pub fn new(name: &str) -> Result<Self, AgentError> {
        let name = Texte::new(name).map_err(|_| AgentError)?;
        let fits = name.as_str().chars().count() <= Self::MAX_CHARS;
        fits.then(|| Self(name.as_str().to_owned())).ok_or(AgentError)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file that shows what happened, by its digest.
///
/// The name that the officer gave it is not kept, since file names are full of people (`Lettre de Mme Exemple.pdf`): the piece
/// is named after its digest, with the extension of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Its name in the register: twelve characters of the digest and the extension, `ba7816bf8f01.pdf`.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
    /// Its size in bytes.
    pub size: u64,
}

impl Evidence {
    /// Names a file by its digest; of its own name, only the extension is kept.
    #[must_use]
    pub fn new(file_name: &str, sha256: FileDigest, size: u64) -> Self {
        let short: String = sha256.to_string().chars().take(12).collect();
        let extension = file_name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let plain = |extension: &String| {
            (1..=5).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let name = extension.filter(plain).map_or_else(|| short.clone(), |extension| format!("{short}.{extension}"));
        Self { name, sha256, size }
    }
}

/// An event to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Who records it.
    pub agent: Agent,
    /// The contract it concerns; none for the whole campaign.
    pub contract: Option<ContractId>,
    /// The version it concerns.
    pub version: Option<VersionNum>,
    /// The day it happened.
    pub day: Option<Date>,
    /// What happened.
    pub kind: EventKind,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

impl NewEvent {
    /// Something happened to a version of a contract.
    #[must_use]
    pub const fn new(agent: Agent, contract: ContractId, version: VersionNum, kind: EventKind) -> Self {
        Self { agent, contract: Some(contract), version: Some(version), day: None, kind, evidence: Vec::new() }
    }

    /// Says on which day.
    #[must_use]
    pub const fn on(mut self, day: Date) -> Self {
        self.day = Some(day);
        self
    }

    /// Adds a file that shows it.
    #[must_use]
    pub fn shown_by(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}

/// An event of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub number: EventNumber,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// Who recorded it.
    pub agent: Agent,
    /// The contract it concerns; none for the whole campaign.
    pub contract: Option<ContractId>,
    /// The version it concerns.
    pub version: Option<VersionNum>,
    /// The day it happened.
    pub day: Option<Date>,
    /// What happened.
    pub kind: EventKind,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// Why it was recorded although it does not follow from what was.
    pub forced: Option<Texte>,
    /// Digest of the event before.
    pub previous: EventDigest,
    /// Its own digest.
    pub digest: EventDigest,
}

/// When something is recorded: the instant, and the civil day where the officer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub instant: Timestamp,
    /// The civil day.
    pub today: Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_keeps_nothing_of_the_officers_file_name_but_its_extension() {
        let name = |file: &str| Evidence::new(file, FileDigest::of(b"abc"), 3).name;
        assert_eq!(name("Lettre de Mme Exemple.PDF"), "ba7816bf8f01.pdf");
        assert_eq!(name("accord de M. Exemple"), "ba7816bf8f01");
        assert_eq!(name("sans-extension"), "ba7816bf8f01");
    }
}
