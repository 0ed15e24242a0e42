//! What should have come back, beside what did: [`Expectation`] + [`Evidence`](crate::evidence::Evidence) + [`Policy`] become a
//! [`Verdict`], by one pure function, [`judge`].
//!
//! [`Sheets`] are all the pages that were printed; [`identify`] says which contract, version and exemplaire a returned file is, from what
//! its pages show and from nothing else. No file is read here, and no person decides here: a [`Verdict`] stands beside the decision
//! that a person takes.

mod expectation;
mod identity;
mod jeux;
mod judge;
mod papier;
mod policy;
mod reasons;
mod signer;
mod verdict;

pub use expectation::{Expectation, Signataire, Standing};
pub use identity::{Identity, PageMatch, Sheet, Sheets, identify};
pub use jeux::{Bears, Jeu, Leaf, Pile, Side, Strange, Stranger, sort};
pub use judge::{Comparison, judge};
pub use papier::{Found, Papier, Sight, judge_paper, judge_strangers, together};
pub use policy::{Effect, Policy};
pub use signer::{Recognition, recognise};
pub use verdict::{EtatSignature, NotChecked, Outcome, Signed, Verdict, Weighed};
