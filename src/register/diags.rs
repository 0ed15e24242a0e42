//! What the register can see; `docs/diagnostics/register.md` has one heading for each code.

use crate::diag::Code;

macro_rules! codes {
    ($($(#[rule($rule:literal)])? $level:ident $ident:ident = $name:literal, $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub const $ident: Code = Code::$level(concat!("register/", $name), $summary)$(.rule($rule))?;
        )*

        /// Every code of the room, in the order of its documentation.
        pub const ALL: &[&Code] = &[$(&$ident),*];
    };
}

codes! {
    // An event, against what was recorded before.
    error ORDER = "order", "an event does not follow from what was recorded";
    #[rule(16)]
    error RECEIPT_MISSING = "receipt-missing", "a reminder or a second proposal comes before the proof of receipt";
    error DAY_ORDER = "day-order", "an event is dated before what it follows";
    error DAY_FUTURE = "day-future", "an event is dated after the day of its recording";
    error DAY_MISSING = "day-missing", "an event that happened outside has no day";
    error UNKNOWN_VERSION = "unknown-version", "no such version of this contract is in the register";
    #[rule(33)]
    error VERSION_LINK = "version-link", "a version does not continue those before";
    #[rule(44)]
    error AMENDMENT = "amendment", "an amendment does not follow its contract, or a signed contract is made again";
    error ANNULMENT = "annulment", "an event cannot be annulled";
    error DECISION = "decision", "a decision is on no return of this version, or has no motive";
    warning FORCED = "forced", "an event was recorded against the order, with a motive";
    // The register, against itself.
    error UNREADABLE = "unreadable", "the file is not a register that can be read";
    error INTEGRITY = "integrity", "the database is damaged";
    error SCHEMA = "schema", "the tables or triggers are not those of a register";
    error ROW = "row", "a stored event cannot be understood";
    error NUMBER = "number", "an event is missing, or is there twice";
    error CHAIN = "chain", "an event was changed, removed or put in";
    error SEAL_MISSING = "seal-missing", "the register has no seal";
    error SEAL_UNREADABLE = "seal-unreadable", "the seal cannot be read";
    error SEAL_DIFFERS = "seal-differs", "the register is not the one that was sealed";
    error FILE_DIFFERS = "file-differs", "the file of the register has changed since it was sealed";
    warning SEAL_BEHIND = "seal-behind", "the last events are not sealed yet";
    error ROLLBACK_NEEDED = "rollback-needed", "an interrupted write has still to be undone";
    note ROLLED_BACK = "rolled-back", "an interrupted write was undone";
    warning CLOCK = "clock", "an event was recorded at an earlier time than the one before";
    note UNKNOWN_KIND = "unknown-kind", "an event is of a kind that this program does not know";
}
