//! What came back: a returned file becomes facts, and nothing is judged here.
//!
//! [`intake`] says what kind of file it is and takes messages apart; [`pdf`] finds its revisions, what each of them shows and what each
//! changed; [`cms`] checks each signature by cryptography and against the trust that the campaign gives; `visible` renders what may
//! show, by `picture`. [`examine`] puts them together
//! as [`Evidence`]. Whether a fact is allowed, expected or a fault is for `reconcile` to say: here *unknown* is a fact like others.

pub mod accuse;
pub mod cms;
pub mod diags;
mod examine;
mod facts;
pub mod intake;
pub mod paper;
pub mod pdf;
mod picture;
mod reason;
pub mod trust;
mod visible;

pub use examine::{Examined, ReturnedFile, examine};
pub use facts::{
    Coverage, Evidence, Indication, Level, Nature, Revision, RevisionKind, Revocation, SignatureEvidence, Signer,
    SubIndication, Timestamped,
};
pub use reason::{Observation, Place, Reason};
