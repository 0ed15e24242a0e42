//! What a CAQES contract is, already checked: no file is read here and nothing is printed.
//!
//! Constructors refuse what cannot be; whoever holds a value of these types need not check it again. Terms of the trade keep
//! their French names (see `docs/glossary.md`).
//!
//! A [`Campaign`] is one wave of contracts of one region and one generation; a [`Contract`] is what one établissement signs.
//! What differs between generations (volets, annexes, deadlines, caps, scoring levels) is data: the [`Modele`].

mod avenant;
mod campaign;
mod contract;
mod delai;
mod etablissement;
mod exemplaire;
mod finess;
mod indicateur;
mod modele;
mod signatory;
mod siret;
mod texte;

pub use avenant::{Acte, Avenant, AvenantError, Changement, Modification, ObjetAvenant};
pub use campaign::{Ars, Campaign, Cpam, Papraps, Procedure, Reference, Territoire};
pub use contract::{
    Action, Avis, Contract, ContractId, ContractIdError, Duree, Echeance, Engagement, Surveillance, VersionNum,
    VersionNumError, Volet,
};
pub use delai::{Calendrier, Delai, DelaiError};
pub use etablissement::{Adresse, Etablissement, Statut, Typologie};
pub use exemplaire::{Exemplaire, Partie};
pub use finess::{Finess, FinessError};
pub use indicateur::{Cible, Indicateur, IndicateurCode, Niveau, Objectif, Sens, Unite, Valeur};
pub use modele::{
    AnnexeDef, AvenantDef, Delais, Evaluation, Generation, Modele, NiveauAtteinte, Plafonds, ReglesDuree, ReglesEffet,
    Seuil, VoletCode, VoletDef,
};
pub use signatory::{Civilite, Delegation, Signatory};
pub use siret::{Siren, SirenError, Siret, SiretError};
pub use texte::{Texte, TexteError};

/// The months of the year, as written in French dates.
pub const MOIS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// A date as French writes it: « 1er juillet 2022 ». Spaces are plain: typography makes them no-break.
#[must_use]
pub fn jour(date: jiff::civil::Date) -> String {
    let mois = usize::try_from(date.month() - 1).ok().and_then(|month| MOIS.get(month)).copied().unwrap_or_default();
    let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{day} {mois} {}", date.year())
}
