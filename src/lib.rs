//! paraphe makes and reads back the CAQES contracts between a French hospital, its regional health agency (ARS) and its local
//! health insurer (CPAM).
//!
//! # The way out
//!
//! A campaign folder is read whole ([`input::read`]) into a checked [`domain::Campaign`]; each contract is merged with its
//! template set ([`template::TemplateSet::merge`]) into a [`document::Document`], whose canonical form gives the
//! [`digest::ContentHash`]; the document is printed three times as PDF ([`writer::pdf`]) and once as DOCX ([`writer::docx`]),
//! with on every page a [`stamp::PageTag`]. [`ops::generate`] does this for the whole campaign, right or not at all.
//!
//! # The way back
//!
//! A returned file becomes facts ([`evidence::examine`]: revisions, pages, signatures), and facts become a [`reconcile::Verdict`] beside what
//! was sent ([`reconcile::judge`], a pure function). [`ops::verify`] does this for files and folders; [`ops::receive`] archives them first
//! and records what follows.
//!
//! [`ops::review`] shows what is doubtful to a person, whose [`ops::decide`] stands beside what was measured.
//!
//! # From one to the other
//!
//! [`ops::agenda`] says what each contract waits for; [`ops::envoyer`] sends proposals and reminders, [`ops::remettre`] passes exemplaires
//! on, [`ops::status`] counts.
//!
//! What happens to a contract — sent, received, returned, signed — is kept by the [`register`]: events that are only
//! added, from which the state of every contract is computed.
//!
//! # Rooms and floors
//!
//! A room uses rooms of lower floors only; `tests/it/house.rs` holds them to it.
//!
//! 0 [`diag`] [`digest`] [`geometry`] · 1 [`domain`] · 2 [`document`], then [`stamp`] · 3 [`evidence`] [`input`] [`template`] [`writer`]
//! (none uses another of its floor) · 4 [`archive`] [`reconcile`] · 5 [`register`] · 6 [`ops`], then [`report`] · 7 [`cli`].

pub mod archive;
pub mod cli;
pub mod diag;
pub mod digest;
pub mod document;
pub mod domain;
pub mod evidence;
pub mod geometry;
pub mod input;
pub mod ops;
pub mod reconcile;
pub mod register;
pub mod report;
pub mod stamp;
pub mod template;
pub mod writer;
