//! One wave of contracts.

use jiff::civil::Date;
use serde::Serialize;

use super::{Adresse, Contract, Generation, Modele, Signatory, Siren, Texte};

/// One wave of contracts of one region and one generation: what is common to all, then the contracts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Title, for people.
    pub libelle: Texte,
    /// Generation.
    pub generation: Generation,
    /// The rules of the template set.
    pub modele: Modele,
    /// Name of the region as printed.
    pub region: Texte,
    /// Date of the documents: nothing in them comes from a clock.
    pub date_edition: Date,
    /// The agency.
    pub ars: Ars,
    /// The insurers.
    pub cpams: Vec<Cpam>,
    /// The targeting decree.
    pub arrete_ciblage: Option<Reference>,
    /// The regional plan of action in force.
    pub papraps: Option<Papraps>,
    /// Documents sent along for information, outside the contract.
    pub documents_non_contractuels: Vec<Texte>,
    /// Contracts, by identifier.
    pub contracts: Vec<Contract>,
}

/// The regional agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ars {
    /// Full name.
    pub nom: Texte,
    /// Address.
    pub adresse: Adresse,
    /// Mailbox for questions.
    pub courriel: Option<Texte>,
    /// Its number, by which its electronic signature is recognised.
    pub siren: Option<Siren>,
    /// Who signs.
    pub signataire: Signatory,
}

/// A local insurer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cpam {
    /// Code, `961`.
    pub code: String,
    /// Full name.
    pub nom: Texte,
    /// Address.
    pub adresse: Adresse,
    /// Its number, by which its electronic signature is recognised.
    pub siren: Option<Siren>,
    /// Who signs.
    pub signataire: Signatory,
}

/// An act: its name and its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// As printed.
    pub intitule: Texte,
    /// Its date, when it has one.
    pub date: Option<Date>,
}

/// *Plan d'actions pluriannuel régional d'amélioration de la pertinence des soins* (D. 162-11 CSS): four years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Papraps {
    /// The decree that adopted it.
    pub arrete: Reference,
    /// First day.
    pub debut: Date,
    /// Last day.
    pub fin: Date,
}
