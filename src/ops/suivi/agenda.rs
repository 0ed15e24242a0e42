//! What falls due: for each contract the next thing that somebody has to do, its last day when a text sets one, and the event from
//! which it runs.

use std::{fmt, path::Path};

use jiff::civil::Date;
use serde::Serialize;

use super::{Suivi, SuiviError, Suivie};
use crate::{
    diag::Checked,
    domain::{Exemplaire, Partie, VersionNum, jour},
    register::{Etape, EventNumber, Jalon, Pas, Proposition, VersionState},
};

/// What has to be done in a campaign, seen from one day.
#[derive(Debug, Serialize)]
pub struct Agenda {
    /// The day.
    pub jour: Date,
    /// One entry for each contract that waits for something: those with a last day first, by day.
    pub affaires: Vec<Affaire>,
}

/// What one contract waits for.
#[derive(Debug, Clone, Serialize)]
pub struct Affaire {
    /// The contract.
    pub contract: String,
    /// The version that is followed.
    pub version: VersionNum,
    /// The name of the établissement; none when the campaign no longer has it.
    pub etablissement: Option<String>,
    /// Its département.
    pub departement: Option<String>,
    /// The territory of the département.
    pub territoire: Option<String>,
    /// What has to be done next.
    pub demarche: Demarche,
    /// By when; none when no text sets a day, or when it cannot be known yet.
    pub echeance: Option<Echeance>,
    /// A sentence for people.
    pub phrase: String,
}

/// A last day, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Echeance {
    /// The last day.
    pub jour: Date,
    /// Days that have passed since; 0 while it has not passed.
    pub retard: i32,
    /// The event from which time runs; none for a day that the campaign sets.
    pub event: Option<EventNumber>,
}

/// What has to be done next, in the order of the circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demarche {
    /// The proposal has to be sent.
    Envoyer,
    /// It was sent, and no receipt is proven: no time runs.
    ProuverReception,
    /// The établissement has to answer.
    AttendreReponse,
    /// It wrote observations, which have to be examined.
    ExaminerObservations,
    /// It asked for a hearing, which has to be held.
    TenirAudition,
    /// It was heard: a second proposal, amended or not, or its signature.
    ConclureAudition,
    /// It did not answer in time, or refused: the second proposal has to be sent.
    SecondeProposition,
    /// It did not answer in time and the generation has no second proposal: it has to be reminded.
    Relancer,
    /// It did not answer the second proposal in time, or refused it: the director general decides.
    DeciderPenalite,
    /// Some of its three exemplaires are not there yet, or do not show the signature.
    CompleterExemplaires,
    /// Its exemplaires have to be passed to the CPAM.
    TransmettreCpam,
    /// The CPAM has to give them back.
    AttendreCpam,
    /// They have to be put before the director general.
    PresenterDg,
    /// The director general has to sign.
    AttendreDg,
    /// Parties have to be given their exemplaire.
    Notifier,
    /// The signed exemplaires have to be archived.
    Archiver,
}

impl Demarche {
    /// Every one, in order.
    pub const ALL: [Self; 16] = [
        Self::Envoyer,
        Self::ProuverReception,
        Self::AttendreReponse,
        Self::ExaminerObservations,
        Self::TenirAudition,
        Self::ConclureAudition,
        Self::SecondeProposition,
        Self::Relancer,
        Self::DeciderPenalite,
        Self::CompleterExemplaires,
        Self::TransmettreCpam,
        Self::AttendreCpam,
        Self::PresenterDg,
        Self::AttendreDg,
        Self::Notifier,
        Self::Archiver,
    ];

    /// The words officers use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Envoyer => "proposition à envoyer",
            Self::ProuverReception => "réception à prouver",
            Self::AttendreReponse => "réponse attendue",
            Self::ExaminerObservations => "observations à examiner",
            Self::TenirAudition => "audition à tenir",
            Self::ConclureAudition => "suite de l’audition",
            Self::SecondeProposition => "seconde proposition à envoyer",
            Self::Relancer => "à relancer",
            Self::DeciderPenalite => "décision du directeur général",
            Self::CompleterExemplaires => "exemplaires à compléter",
            Self::TransmettreCpam => "à transmettre à la CPAM",
            Self::AttendreCpam => "retour de la CPAM attendu",
            Self::PresenterDg => "à présenter au directeur général",
            Self::AttendreDg => "signature du directeur général attendue",
            Self::Notifier => "exemplaires à remettre",
            Self::Archiver => "à archiver",
        }
    }
}

impl fmt::Display for Demarche {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What has to be done, seen from a day.
///
/// # Errors
/// When the folder or its register cannot be read. A campaign that cannot be read is given as findings.
pub fn agenda(folder: &Path, today: Date) -> Result<Checked<Agenda>, SuiviError> {
    let Checked { value, findings } = Suivi::open(folder)?;
    let agenda = value.map(|suivi| {
        let mut affaires: Vec<Affaire> =
            suivi.contracts().filter_map(|suivie| affaire(&suivi, suivie, today)).collect();
        let key =
            |affaire: &Affaire| (affaire.echeance.is_none(), affaire.echeance.map(|due| due.jour), affaire.demarche);
        affaires.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.contract.cmp(&b.contract)));
        Agenda { jour: today, affaires }
    });
    Ok(Checked { value: agenda, findings })
}

/// What a contract waits for; none when nothing is left to be done.
pub(in crate::ops) fn affaire(suivi: &Suivi, suivie: Suivie<'_>, today: Date) -> Option<Affaire> {
    let next = Next { suivi, suivie, today }.next()?;
    let etablissement = suivie.contract.map(|contract| &contract.etablissement);
    let departement = etablissement.map(|etablissement| etablissement.departement.clone());
    let territoire = departement.as_deref().and_then(|code| suivi.campaign.procedure.territoire(code));
    Some(Affaire {
        contract: suivie.state.id.to_string(),
        version: suivie.version.number,
        etablissement: etablissement.map(|etablissement| etablissement.raison_sociale.to_string()),
        territoire: territoire.map(|territoire| territoire.nom.to_string()),
        departement,
        demarche: next.0,
        echeance: next.1,
        phrase: next.2,
    })
}

type Found = (Demarche, Option<Echeance>, String);

/// One contract, looked at on one day.
struct Next<'a> {
    suivi: &'a Suivi,
    suivie: Suivie<'a>,
    today: Date,
}

impl Next<'_> {
    fn next(&self) -> Option<Found> {
        let version = self.suivie.version;
        let since = |pas| match version.jalon(pas).and_then(|jalon| jalon.day) {
            Some(day) => format!("depuis le {}", jour(day)),
            None => "à une date qui n’est pas inscrite".to_owned(),
        };
        let on = |pas| {
            version.jalon(pas).and_then(|jalon| jalon.day).map_or_else(String::new, |day| format!(", le {}", jour(day)))
        };
        let plain = |suite, phrase: String| Some((suite, None, phrase));
        match version.etape {
            Etape::Brouillon => plain(Demarche::Envoyer, "la version est prête et n’a pas été envoyée".to_owned()),
            Etape::Propose(proposition) | Etape::Recu(proposition) => Some(self.answer(proposition)),
            Etape::Observations(_) => {
                plain(Demarche::ExaminerObservations, format!("l’établissement a écrit{}", on(Pas::Observations)))
            }
            Etape::Audition(_) => Some(self.hearing()),
            Etape::Refuse(proposition) => {
                plain(self.after(proposition), format!("l’établissement a refusé{}", on(Pas::Refus)))
            }
            Etape::RetourneEtablissement => {
                let phrase = format!("retourné {}", since(Pas::RetourneEtablissement));
                Some(self.passed(Partie::Etablissement, Demarche::TransmettreCpam, phrase))
            }
            Etape::TransmisCpam => plain(Demarche::AttendreCpam, format!("transmis {}", since(Pas::TransmisCpam))),
            Etape::RetourneCpam => {
                let phrase = format!("retourné par la CPAM {}", since(Pas::RetourneCpam));
                Some(self.passed(Partie::Cpam, Demarche::PresenterDg, phrase))
            }
            Etape::PresenteDg => plain(Demarche::AttendreDg, format!("présenté {}", since(Pas::PresenteDg))),
            Etape::Signe | Etape::Notifie => Some(handing_over(version)),
            Etape::Archive | Etape::Penalite | Etape::Remplace | Etape::Caduc | Etape::Resilie => None,
        }
    }

    /// What follows once the three exemplaires show a party's signature; until then, they are awaited.
    fn passed(&self, partie: Partie, next: Demarche, phrase: String) -> Found {
        let version = self.suivie.version;
        match Exemplaire::ALL.into_iter().filter(|exemplaire| version.shows(*exemplaire, partie)).count() {
            3 => (next, None, phrase),
            count => {
                let plural = if count < 2 { "" } else { "s" };
                let phrase = format!("{phrase} ; {count} exemplaire{plural} sur 3 reçu{plural} et admis");
                (Demarche::CompleterExemplaires, None, phrase)
            }
        }
    }

    /// The answer to a proposal. Time runs from the proven receipt, and from nothing else (D. 162-15 CSS).
    fn answer(&self, proposition: Proposition) -> Found {
        let version = self.suivie.version;
        let Some(receipt) = version.receipt(proposition) else {
            let sent = version.sent().map_or_else(String::new, |day| format!(" le {}", jour(day)));
            if let Some(event) = version.non_remis {
                let phrase = format!("envoyé{sent}, non remis (événement {event}) : l’adresse est à vérifier");
                return (Demarche::ProuverReception, None, phrase);
            }
            let phrase = format!("envoyé{sent} ; la réception n’est pas prouvée, aucun délai ne court");
            return (Demarche::ProuverReception, None, phrase);
        };
        let Some(due) = self.due(proposition, receipt) else {
            let phrase = "reçu ; le délai de réponse n’est pas connu".to_owned();
            return (Demarche::AttendreReponse, None, phrase);
        };
        let from = receipt.day.map_or_else(String::new, |day| format!("reçu le {}, ", jour(day)));
        if due.retard == 0 {
            let phrase = format!("{from}réponse attendue le {} au plus tard", jour(due.jour));
            (Demarche::AttendreReponse, Some(due), phrase)
        } else {
            let days = if due.retard == 1 { "jour" } else { "jours" };
            let phrase = format!("{from}sans réponse le {} : {} {days} de retard", jour(due.jour), due.retard);
            (self.after(proposition), Some(due), phrase)
        }
    }

    fn due(&self, proposition: Proposition, receipt: &Jalon) -> Option<Echeance> {
        let delai = self.suivi.delai(proposition)?;
        let last = self.suivi.campaign.procedure.calendrier.echeance(receipt.day?, delai)?;
        Some(Echeance { jour: last, retard: late(last, self.today), event: Some(receipt.event) })
    }

    /// What follows a proposal that was refused or not answered.
    const fn after(&self, proposition: Proposition) -> Demarche {
        match (proposition, self.suivi.delai(Proposition::Seconde)) {
            (Proposition::Premiere, Some(_)) => Demarche::SecondeProposition,
            (Proposition::Premiere, None) => Demarche::Relancer,
            (Proposition::Seconde, _) => Demarche::DeciderPenalite,
        }
    }

    /// A hearing that was asked for is held in the days of its territory.
    fn hearing(&self) -> Found {
        let version = self.suivie.version;
        let asked = version.jalon(Pas::AuditionDemandee);
        let held = version.jalon(Pas::AuditionTenue);
        if let Some(held) = held.filter(|held| asked.is_none_or(|asked| asked.event < held.event)) {
            let day = held.day.map_or_else(String::new, |day| format!(" le {}", jour(day)));
            return (Demarche::ConclureAudition, None, format!("l’établissement a été entendu{day}"));
        }
        let departement = self.suivie.contract.map(|contract| contract.etablissement.departement.as_str());
        let territoire = departement.and_then(|code| self.suivi.campaign.procedure.territoire(code));
        match territoire.and_then(|territoire| territoire.auditions) {
            Some((first, last)) => {
                let echeance = Echeance { jour: last, retard: late(last, self.today), event: None };
                let phrase =
                    format!("audition demandée ; celles du territoire vont du {} au {}", jour(first), jour(last));
                (Demarche::TenirAudition, Some(echeance), phrase)
            }
            None => (Demarche::TenirAudition, None, "audition demandée".to_owned()),
        }
    }
}

fn handing_over(version: &VersionState) -> Found {
    let left: Vec<&str> =
        Partie::ALL.into_iter().filter(|partie| !version.notifies.contains(partie)).map(Partie::with_article).collect();
    if left.is_empty() {
        (Demarche::Archiver, None, "chaque partie a son exemplaire".to_owned())
    } else {
        (Demarche::Notifier, None, format!("signé ; reste à remettre un exemplaire à {}", left.join(", ")))
    }
}

/// Whole days from a last day to today.
fn late(last: Date, today: Date) -> i32 {
    last.until(today).map_or(0, |span| span.get_days().max(0))
}
