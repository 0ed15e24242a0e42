//! The jobs: what an officer asks for, from the rooms below.
//!
//! [`prepare`] reads a campaign folder and tries every contract, writing nothing; [`generate`] then writes the whole campaign,
//! right or not at all. Neither talks: findings and progress are given to the caller.

mod amend;
mod audit;
mod bordereaux;
mod certificat;
mod courrier;
mod dossier;
mod explain;
mod export;
mod generate;
mod output;
mod place;
mod plan;
mod prepare;
mod record;
mod returns;
mod run;
mod status;
mod suivi;
mod version;
mod workshop;

pub use amend::amend;
pub use audit::{Audit, AuditError, audit};
pub use bordereaux::{Bordereau, Ligne, Passage, Remise, remettre};
pub use courrier::{CourrierError, Envoi, Envois, Envoye, Nature, Piece, Relais, RelaisError, Vers, envoyer};
pub use dossier::{Dossier, Order};
pub use explain::explain;
pub use export::{ExportError, export};
pub use generate::{Formats, GenerateError, Options, Outcome, Step, generate};
pub use output::{Manifest, OutputError, SourceRecord};
pub use place::put;
pub use plan::{Action, Item, Plan, PlanError, plan};
pub use prepare::{PrepareError, Prepared, Ready, prepare, prepare_after};
pub use record::{RecordError, Telling, record};
pub use returns::{
    AccuseRecu, Case, Decided, Located, Motif, Paper, Pictures, Progress, Recorded, Returned, Returns, ReturnsError,
    Review, SideReport, View, decide, receive, review, verify,
};
pub use status::{
    AtStage, Board, Caisse, ContractLine, Doubtful, ExemplaireLine, Fiche, Filter, OfExemplaire, OfReason, Phase,
    Share, Totals, Unplaced, Volet, stages_named, status,
};
pub use suivi::{Affaire, Agenda, Demarche, Echeance, SuiviError, agenda};
pub use version::{ContractRecord, FileRecord, PageHashes};
pub use workshop::WorkshopError;

/// The codes of findings this room gives.
pub mod diags {
    use crate::diag::Code;

    /// A contract that has ended.
    pub const CLOSED: Code =
        Code::warning("generate/closed", "the campaign has a contract that was terminated or lost its object");
    /// A version is not the one that was entered in the register.
    pub const NOT_AS_ENTERED: Code =
        Code::error("dossier/not-as-entered", "an archived version is not the one that was entered in the register");
    /// A version is in the archive and not in the register.
    pub const NOT_ENTERED: Code =
        Code::error("dossier/not-entered", "the archive has a version that the register does not know");
    /// Something that the register names is not in the archive.
    pub const MISSING: Code = Code::error("dossier/missing", "the archive lacks something that the register names");
    /// The campaign changes something else than an indicator of a signed contract.
    pub const NOT_AMENDED: Code =
        Code::warning("amend/other-changes", "a signed contract differs by something that no avenant is made for");
    /// No contract is signed.
    pub const NOTHING_SIGNED: Code = Code::error("amend/nothing-signed", "there is no signed contract to amend");
    /// The history of a contract allows no avenant.
    pub const NO_AVENANT: Code = Code::error("amend/refused", "no avenant can be made from what is recorded");
    /// A decision is taken on an event that is no return.
    pub const NO_RETURN: Code = Code::error("returns/no-return", "a decision is taken on what is no return");
    /// Something is told of a contract that was not made.
    pub const NOT_MADE: Code = Code::error("dossier/not-made", "nothing is recorded of this contract");
    /// A killed command left a version that is entered and not yet in place.
    pub const PENDING: Code =
        Code::warning("dossier/pending", "a version is entered in the register and not yet in place");
    /// A file that was given could not be read.
    pub const UNREAD: Code = Code::error("returns/unread", "a file that was given could not be read");
    /// An archived object that nothing names.
    pub const UNUSED: Code = Code::note("dossier/unused", "an archived object is named by no version and no event");
    /// A FINESS of another établissement stands in a contract.
    pub const FOREIGN_FINESS: Code =
        Code::error("generate/foreign-finess", "a contract names the FINESS of another établissement of the campaign");
    /// A signed contract that the campaign changes.
    pub const SIGNED: Code = Code::warning("generate/signed", "the campaign says otherwise than a signed contract");
    /// `--only` names a contract that the campaign does not have.
    pub const UNKNOWN_CONTRACT: Code =
        Code::error("generate/unknown-contract", "no contract of the campaign has this identifier");
    /// A contract could not be laid out.
    pub const UNPRINTABLE: Code = Code::error("generate/unprintable", "a contract could not be laid out or written");
    /// A contract was made that the campaign no longer has.
    pub const LEFT_OVER: Code =
        Code::warning("generate/left-over", "a contract was made that the campaign no longer has");

    /// Exemplaires would be passed on that do not show the signatures that come first.
    pub const INCOMPLETE: Code =
        Code::warning("handover/incomplete", "exemplaires do not show the signatures that come before").rule(43);
    /// A message would go to a mailbox from which the last one came back.
    pub const BOUNCED: Code = Code::warning("send/bounced", "the last message to an établissement came back");
    /// The financial year that a second proposal names is not given.
    pub const EXERCICE: Code =
        Code::error("send/exercice-clos", "the closed financial year that a second proposal names is not given")
            .rule(17);
    /// A contract that the campaign no longer has would be written to.
    pub const LEFT_OUT: Code =
        Code::warning("send/left-out", "the campaign no longer has a contract that waits for a letter");
    /// A message may have left when the program was stopped.
    pub const MAY_HAVE_LEFT: Code =
        Code::error("send/may-have-left", "a message may have left when the program was stopped");
    /// A second proposal lacks what it must mention.
    pub const MENTIONS: Code = Code::error("send/mentions", "a second proposal lacks what it must mention").rule(17);
    /// There is no mailbox to write to, or to write from.
    pub const NO_MAILBOX: Code = Code::error("send/no-mailbox", "there is no mailbox to write to, or from");
    /// A contract that was named does not wait for what is sent.
    pub const NOT_DUE: Code = Code::error("send/not-due", "a contract that was named does not wait for this letter");
    /// The mail server did not take a message.
    pub const NOT_SENT: Code = Code::error("send/not-sent", "the mail server did not take a message");
    /// A second proposal would be sent without a proven receipt of the first.
    pub const UNPROVEN: Code =
        Code::error("send/unproven", "a second proposal would be sent without a proven receipt of the first").rule(16);

    /// All of them.
    pub const ALL: &[&Code] = &[
        &BOUNCED,
        &CLOSED,
        &EXERCICE,
        &FOREIGN_FINESS,
        &INCOMPLETE,
        &LEFT_OUT,
        &LEFT_OVER,
        &MAY_HAVE_LEFT,
        &MENTIONS,
        &MISSING,
        &NOTHING_SIGNED,
        &NOT_AMENDED,
        &NOT_DUE,
        &NOT_SENT,
        &NOT_AS_ENTERED,
        &NOT_ENTERED,
        &NOT_MADE,
        &NO_AVENANT,
        &NO_MAILBOX,
        &NO_RETURN,
        &PENDING,
        &SIGNED,
        &UNKNOWN_CONTRACT,
        &UNPROVEN,
        &UNPRINTABLE,
        &UNREAD,
        &UNUSED,
    ];
}
