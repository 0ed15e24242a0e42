//! The register of a campaign: what happened, when, by whom, shown by what; only ever added to.
//!
//! In: events, checked against those before ([`Register::record`] for what officers say, [`Register::append`] for what the
//! program does). Out: where each contract is ([`Register::states`]), what happened to it ([`Register::history`]), and whether
//! anything was changed since it was written ([`verify()`]).
//!
//! State is never stored: it is a view over the events ([`ContractState::of`]), so that it can always be explained. Each event's
//! digest covers its fields and the digest of the event before ([`EventDigest`](crate::digest::EventDigest)); a seal beside the file covers its end
//! and its bytes. `docs/formats/registre.md` describes all of it, so that another program can judge.
//!
//! What it does not do: look at the evidence (the archive keeps the files, the register their digests), know the time, or decide
//! who may write. What it cannot know: that the register *and* its seal were both put back as they were last month. A printed
//! checkpoint ([`Register::checkpoint`]) or the archive tells.

mod batch;
mod canonical;
mod check;
mod circuit;
pub mod diags;
mod error;
mod etape;
mod event;
mod kind;
mod rows;
mod schema;
mod seal;
mod state;
mod store;
mod verify;

pub use circuit::Pas;
pub use error::RegisterError;
pub use etape::{Etape, Proposition};
pub use event::{Agent, AgentError, Event, EventNumber, Evidence, Moment, NewEvent};
pub use kind::{Avenant, Decision, EventKind, Genere, Moyen, Preuve, Retour, Seance, Suite};
pub use seal::{SEAL, Seal};
pub use state::{ContractState, EtatExemplaire, Jalon, RetourVu, VersionState};
pub use store::Register;
pub use verify::{Verification, verify};

/// Name of the register in the campaign folder.
pub const FILE: &str = "registre.sqlite";
