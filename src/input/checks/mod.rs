//! From what is written to what is meant: each file here turns one part of the sources into a part of the domain, and tells what
//! stands in the way.

pub(crate) mod actions;
pub(crate) mod campagne;
pub(crate) mod catalogue;
pub(crate) mod ciblage;
pub(crate) mod contracts;
pub(crate) mod engagements;
pub(crate) mod etablissements;
pub(crate) mod fiche;
pub(crate) mod finess;
pub(crate) mod indicateurs;
pub(crate) mod liste;
pub(crate) mod modele;
pub(crate) mod objectifs;
pub(crate) mod parts;
pub(crate) mod places;
pub(crate) mod procedure;
pub(crate) mod roster;
pub(crate) mod targets;
pub(crate) mod totaux;
pub(crate) mod values;
pub(crate) mod workbooks;
