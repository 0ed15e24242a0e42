//! The columns of the list of contracts, the same in the workbook and in the list for other spreadsheets.

use jiff::civil::Date;

use super::UNKNOWN;
use crate::{
    domain::{Exemplaire, Partie},
    ops::{ContractLine, Phase},
    reconcile::EtatSignature,
};

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Contrat,
    Version,
    Etablissement,
    Departement,
    CpamCode,
    CpamNom,
    Volets,
    Phase,
    Etape,
    Depuis,
    Envoye,
    Recu,
    Relances,
    Exemplaire(Exemplaire),
    Signature(Exemplaire, Partie),
    AExaminer,
    Motifs,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Day(Date),
    Empty,
    Number(usize),
    Text(String),
}

impl Column {
    /// All of them, in order.
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Contrat,
            Self::Etablissement,
            Self::Departement,
            Self::CpamCode,
            Self::Volets,
            Self::Version,
            Self::Phase,
            Self::Etape,
            Self::Depuis,
            Self::Envoye,
            Self::Recu,
            Self::Relances,
            Self::AExaminer,
        ];
        all.extend(Exemplaire::ALL.map(Self::Exemplaire));
        // What follows is detail, and is not printed.
        for exemplaire in Exemplaire::ALL {
            all.extend(Partie::ALL.map(|partie| Self::Signature(exemplaire, partie)));
        }
        all.extend([Self::CpamNom, Self::Motifs]);
        all
    }

    /// Whether it is a detail, which is not printed.
    pub(super) const fn is_detail(self) -> bool {
        matches!(self, Self::CpamNom | Self::Motifs | Self::Signature(..))
    }

    pub(super) fn title(self) -> String {
        let title = match self {
            Self::Contrat => "Contrat",
            Self::Version => "Version",
            Self::Etablissement => "Établissement",
            Self::Departement => "Département",
            Self::CpamCode => "CPAM",
            Self::CpamNom => "Nom de la CPAM",
            Self::Volets => "Volets",
            Self::Phase => "Phase",
            Self::Etape => "Étape",
            Self::Depuis => "Dernière étape le",
            Self::Envoye => "Envoyé le",
            Self::Recu => "Réception prouvée le",
            Self::Relances => "Relances",
            Self::Exemplaire(exemplaire) => return format!("Exemplaire {}", exemplaire.number()),
            Self::Signature(exemplaire, partie) => return format!("Ex. {}, {}", exemplaire.number(), partie.word()),
            Self::AExaminer => "Retours à examiner",
            Self::Motifs => "Motifs d’examen",
        };
        title.to_owned()
    }

    /// Its width, in characters.
    pub(super) const fn width(self) -> f64 {
        match self {
            Self::Contrat => 16.0,
            Self::Version | Self::CpamCode => 8.5,
            Self::Etablissement => 46.0,
            Self::Relances | Self::AExaminer => 10.0,
            Self::Departement => 14.0,
            Self::Depuis | Self::Envoye | Self::Recu => 13.0,
            Self::Etape => 30.0,
            Self::CpamNom => 54.0,
            Self::Volets => 34.0,
            Self::Phase => 16.0,
            Self::Exemplaire(_) => 24.0,
            Self::Signature(..) => 19.0,
            Self::Motifs => 70.0,
        }
    }

    /// What it shows of a contract.
    pub(super) fn cell(self, line: &ContractLine) -> Cell {
        let fiche = line.fiche.as_ref();
        let known = |text: Option<&String>| Cell::Text(text.cloned().unwrap_or_else(|| UNKNOWN.to_owned()));
        let day = |day: Option<Date>| day.map_or(Cell::Empty, Cell::Day);
        match self {
            Self::Contrat => Cell::Text(line.contract.clone()),
            Self::Version => Cell::Number(line.version.get().into()),
            Self::Etablissement => known(fiche.map(|fiche| &fiche.etablissement)),
            Self::Departement => known(fiche.map(|fiche| &fiche.departement)),
            Self::CpamCode | Self::CpamNom => match fiche.map(|fiche| &fiche.cpam) {
                None => known(None),
                Some(None) => Cell::Empty,
                Some(Some(caisse)) if self == Self::CpamCode => known(Some(&caisse.code)),
                Some(Some(caisse)) => known(Some(&caisse.nom)),
            },
            Self::Volets => Cell::Text(volets(line)),
            Self::Phase => Cell::Text(Phase::of(line.etape).word().to_owned()),
            Self::Etape => Cell::Text(line.etape.to_string()),
            Self::Depuis => day(line.depuis),
            Self::Envoye => day(line.envoye),
            Self::Recu if line.recu.is_none() && line.envoye.is_some() => Cell::Text("non prouvée".to_owned()),
            Self::Recu => day(line.recu),
            Self::Relances => Cell::Number(line.relances),
            Self::Exemplaire(exemplaire) => {
                let found = line.exemplaires.iter().find(|found| found.exemplaire == exemplaire.number());
                found.map_or(Cell::Empty, |found| Cell::Text(found.etat.word().to_owned()))
            }
            Self::Signature(exemplaire, partie) => {
                let found = line.exemplaires.iter().find(|found| found.exemplaire == exemplaire.number());
                let etat = found.and_then(|found| found.parties.get(&partie)).copied();
                Cell::Text(etat.unwrap_or(EtatSignature::Absente).word().to_owned())
            }
            Self::AExaminer => Cell::Number(line.doubtful.len()),
            Self::Motifs => Cell::Text(motifs(line)),
        }
    }
}

/// « produits, pertinence ».
pub(super) fn volets(line: &ContractLine) -> String {
    let Some(fiche) = &line.fiche else { return UNKNOWN.to_owned() };
    fiche.volets.iter().map(|volet| volet.code.as_str()).collect::<Vec<_>>().join(", ")
}

/// Every reason for which a return of it is doubtful, each once.
fn motifs(line: &ContractLine) -> String {
    let mut phrases: Vec<&str> = line.doubtful.iter().flat_map(|doubtful| &doubtful.phrases).copied().collect();
    phrases.sort_unstable();
    phrases.dedup();
    phrases.join(" ; ")
}
