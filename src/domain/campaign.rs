//! One wave of contracts.

use jiff::civil::Date;
use serde::Serialize;

use super::{Adresse, Calendrier, Contract, Generation, Modele, Signatory, Siren, Texte};

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
    /// How the procedure is followed.
    pub procedure: Procedure,
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
    /// Mailbox to which bordereaux are sent.
    pub courriel: Option<Texte>,
    /// Its number, by which its electronic signature is recognised.
    pub siren: Option<Siren>,
    /// Who signs.
    pub signataire: Signatory,
}

/// How the procedure of a campaign is followed: what the region decides, and no contract prints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Procedure {
    /// How days are counted.
    pub calendrier: Calendrier,
    /// Groups of départements, for hearings and meetings.
    pub territoires: Vec<Territoire>,
    /// The last closed financial year, on which a penalty is computed; a second proposal names it (D. 162-15 CSS).
    pub exercice_clos: Option<i16>,
}

impl Procedure {
    /// The territory of a département, if it has one.
    #[must_use]
    pub fn territoire(&self, departement: &str) -> Option<&Territoire> {
        self.territoires.iter().find(|territoire| territoire.departements.iter().any(|code| code == departement))
    }
}

/// A group of départements whose établissements are heard together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Territoire {
    /// Its name.
    pub nom: Texte,
    /// Codes of its départements.
    pub departements: Vec<String>,
    /// First and last day of its hearings.
    pub auditions: Option<(Date, Date)>,
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
