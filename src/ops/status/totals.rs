//! The numbers of a campaign, counted once: every output shows these.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Board, ContractLine, Doubtful};
use crate::{
    domain::{Exemplaire, Partie},
    evidence::Reason,
    reconcile::EtatSignature,
    register::{Etape, EtatExemplaire},
};

/// The part of the circuit in which a contract is: stages put together, for a view from afar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Made, not sent.
    AEnvoyer,
    /// Sent: received, discussed or refused, not returned.
    Proposition,
    /// On its way from one party to the next.
    Signature,
    /// Signed by the three.
    Signe,
    /// No longer in the circuit.
    Sorti,
}

impl Phase {
    /// Every phase, in the order of the circuit.
    pub const ALL: [Self; 5] = [Self::AEnvoyer, Self::Proposition, Self::Signature, Self::Signe, Self::Sorti];

    /// The phase of a stage.
    #[must_use]
    pub const fn of(etape: Etape) -> Self {
        match etape {
            Etape::Brouillon => Self::AEnvoyer,
            Etape::Propose(_) | Etape::Recu(_) | Etape::Observations(_) | Etape::Audition(_) | Etape::Refuse(_) => {
                Self::Proposition
            }
            Etape::RetourneEtablissement | Etape::TransmisCpam | Etape::RetourneCpam | Etape::PresenteDg => {
                Self::Signature
            }
            Etape::Signe | Etape::Notifie | Etape::Archive => Self::Signe,
            Etape::Penalite | Etape::Remplace | Etape::Caduc | Etape::Resilie => Self::Sorti,
        }
    }

    /// The word officers use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AEnvoyer => "à envoyer",
            Self::Proposition => "en proposition",
            Self::Signature => "en signature",
            Self::Signe => "signé",
            Self::Sorti => "sorti du circuit",
        }
    }

    /// The stages that it puts together, in words.
    #[must_use]
    pub fn etapes(self) -> String {
        let mut words: Vec<String> = Vec::new();
        for etape in Etape::all().into_iter().filter(|etape| Self::of(*etape) == self) {
            let word = etape.to_string();
            let word = word.split(" (").next().unwrap_or_default().to_owned();
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.join(", ")
    }
}

/// The numbers of a campaign.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Its contracts.
    pub contracts: usize,
    /// Those of which somebody has to look at a return.
    pub doubtful: usize,
    /// Returns that somebody has to look at, those of no contract left aside.
    pub doubtful_returns: usize,
    /// Those whose archived version could not be read: their département, CPAM and volets are unknown.
    pub unknown: usize,
    /// By phase, all of them, in the order of the circuit.
    pub phases: BTreeMap<Phase, usize>,
    /// By stage, those that occur, in the order of the circuit.
    pub etapes: Vec<AtStage>,
    /// By département, by code, the unknown last.
    pub departements: Vec<Share>,
    /// By CPAM, by code, the unknown last.
    pub cpam: Vec<Share>,
    /// By volet: a contract counts in each of its own.
    pub volets: Vec<Share>,
    /// By exemplaire.
    pub exemplaires: Vec<OfExemplaire>,
    /// By reason for which a return is doubtful, the most frequent first.
    pub motifs: Vec<OfReason>,
}

/// How many contracts are at a stage.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct AtStage {
    /// The stage, in words.
    pub etape: String,
    /// Its phase.
    pub phase: Phase,
    /// How many.
    pub contracts: usize,
}

/// The contracts that have something in common.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Code of what they have in common; none when it is not known.
    pub code: Option<String>,
    /// Its name, where it has one.
    pub nom: Option<String>,
    /// How many.
    pub contracts: usize,
    /// Those of which somebody has to look at a return.
    pub doubtful: usize,
    /// By phase, all of them.
    pub phases: BTreeMap<Phase, usize>,
}

impl Share {
    /// Its code and its name, as short as people know it: « 961 CPAM de la Haute-Vernaise », « inconnu ».
    #[must_use]
    pub fn label(&self) -> String {
        let Some(code) = &self.code else { return "inconnu".to_owned() };
        let nom = self.nom.as_deref().unwrap_or_default().replace('’', "'");
        let nom = nom.replace("Caisse primaire d'assurance maladie", "CPAM");
        format!("{code} {nom}").trim_end().to_owned()
    }

    /// The title of a volet, which says its number; the label where there is none.
    #[must_use]
    pub fn title(&self) -> String {
        self.nom.clone().unwrap_or_else(|| self.label())
    }
}

/// What is known of one exemplaire of every contract.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct OfExemplaire {
    /// Its number.
    pub exemplaire: u8,
    /// By where it is, in words: those that occur.
    pub etats: BTreeMap<&'static str, usize>,
    /// Of each party, by what is known of its signature, all of them.
    pub parties: BTreeMap<Partie, BTreeMap<EtatSignature, usize>>,
}

/// How many returns are doubtful for a reason.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct OfReason {
    /// The reason.
    pub code: Reason,
    /// What it says, in French.
    pub phrase: &'static str,
    /// How many returns, those of no contract included.
    pub retours: usize,
}

impl Totals {
    /// Counts.
    pub(super) fn of(board: &Board) -> Self {
        let lines = &board.contracts;
        let departement = |line: &ContractLine| known(line, |fiche| vec![(fiche.departement.clone(), None)]);
        let cpam = |line: &ContractLine| {
            known(line, |fiche| {
                fiche.cpam.iter().map(|caisse| (caisse.code.clone(), Some(caisse.nom.clone()))).collect()
            })
        };
        let volets = |line: &ContractLine| {
            known(line, |fiche| {
                fiche.volets.iter().map(|volet| (volet.code.clone(), Some(volet.intitule.clone()))).collect()
            })
        };
        Self {
            contracts: lines.len(),
            doubtful: lines.iter().filter(|line| line.is_doubtful()).count(),
            doubtful_returns: lines.iter().map(|line| line.doubtful.len()).sum(),
            unknown: lines.iter().filter(|line| line.fiche.is_none()).count(),
            phases: phases(lines.iter()),
            etapes: stages(lines),
            departements: shares(lines, departement),
            cpam: shares(lines, cpam),
            // Titles begin with the number of their volet.
            volets: in_order_of_name(shares(lines, volets)),
            exemplaires: Exemplaire::ALL.map(|exemplaire| of_exemplaire(lines, exemplaire)).into(),
            motifs: reasons(board),
        }
    }
}

/// What a line has in common with others: code and name; one unknown when its fiche is.
type Common = Vec<(Option<String>, Option<String>)>;

fn known(line: &ContractLine, of: impl Fn(&super::Fiche) -> Vec<(String, Option<String>)>) -> Common {
    match &line.fiche {
        Some(fiche) => of(fiche).into_iter().map(|(code, nom)| (Some(code), nom)).collect(),
        None => vec![(None, None)],
    }
}

/// Contracts that have something in common, while they are gathered.
#[derive(Default)]
struct Gathered<'a> {
    nom: Option<String>,
    lines: Vec<&'a ContractLine>,
}

fn shares(lines: &[ContractLine], common: impl Fn(&ContractLine) -> Common) -> Vec<Share> {
    let mut gathered: BTreeMap<Option<String>, Gathered<'_>> = BTreeMap::new();
    for line in lines {
        for (code, nom) in common(line) {
            let share = gathered.entry(code).or_default();
            share.nom = share.nom.take().or(nom);
            share.lines.push(line);
        }
    }
    let share = |(code, Gathered { nom, lines })| Share {
        code,
        nom,
        contracts: lines.len(),
        doubtful: lines.iter().filter(|line| line.is_doubtful()).count(),
        phases: phases(lines.iter().copied()),
    };
    let mut shares: Vec<Share> = gathered.into_iter().map(share).collect();
    // The unknown last; the others stay in their order.
    shares.sort_by_key(|share| share.code.is_none());
    shares
}

fn in_order_of_name(mut shares: Vec<Share>) -> Vec<Share> {
    shares.sort_by(|one, other| (one.code.is_none(), &one.nom).cmp(&(other.code.is_none(), &other.nom)));
    shares
}

fn phases<'a>(lines: impl Iterator<Item = &'a ContractLine>) -> BTreeMap<Phase, usize> {
    let mut phases = BTreeMap::from(Phase::ALL.map(|phase| (phase, 0)));
    for line in lines {
        *phases.entry(Phase::of(line.etape)).or_default() += 1;
    }
    phases
}

fn stages(lines: &[ContractLine]) -> Vec<AtStage> {
    let mut stages: BTreeMap<Etape, usize> = BTreeMap::new();
    for line in lines {
        *stages.entry(line.etape).or_default() += 1;
    }
    let at =
        |(etape, contracts): (Etape, usize)| AtStage { etape: etape.to_string(), phase: Phase::of(etape), contracts };
    let mut found: Vec<(Etape, usize)> = stages.into_iter().collect();
    let order = Etape::all();
    found.sort_by_key(|(etape, _)| order.iter().position(|stage| stage == etape));
    found.into_iter().map(at).collect()
}

fn of_exemplaire(lines: &[ContractLine], exemplaire: Exemplaire) -> OfExemplaire {
    let none = || BTreeMap::from(EtatSignature::ALL.map(|etat| (etat, 0)));
    let mut etats: BTreeMap<EtatExemplaire, usize> = BTreeMap::new();
    let mut parties = BTreeMap::from(Partie::ALL.map(|partie| (partie, none())));
    let number = exemplaire.number();
    for line in lines.iter().flat_map(|line| &line.exemplaires).filter(|line| line.exemplaire == number) {
        *etats.entry(line.etat).or_default() += 1;
        for (partie, etat) in &line.parties {
            *parties.entry(*partie).or_insert_with(none).entry(*etat).or_default() += 1;
        }
    }
    let etats = etats.into_iter().map(|(etat, count)| (etat.word(), count)).collect();
    OfExemplaire { exemplaire: number, etats, parties }
}

fn reasons(board: &Board) -> Vec<OfReason> {
    let placed = board.contracts.iter().flat_map(|line| &line.doubtful).map(Doubtful::reasons);
    let unplaced = board.unplaced.iter().map(super::Unplaced::reasons);
    let mut counts: BTreeMap<Reason, (&'static str, usize)> = BTreeMap::new();
    for (code, phrase) in placed.flatten().chain(unplaced.flatten()) {
        counts.entry(code).or_insert((phrase, 0)).1 += 1;
    }
    let of = |(code, (phrase, retours))| OfReason { code, phrase, retours };
    let mut reasons: Vec<OfReason> = counts.into_iter().map(of).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.retours));
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_is_of_one_phase_and_phases_follow_the_circuit() {
        let mut seen: Vec<Phase> = Etape::all().into_iter().map(Phase::of).collect();
        seen.dedup();
        assert_eq!(seen, Phase::ALL);
        assert_eq!(Phase::Signe.etapes(), "signé, notifié, archivé");
        assert_eq!(Phase::Proposition.etapes(), "proposé, reçu, observations, audition, refusé");
    }
}
