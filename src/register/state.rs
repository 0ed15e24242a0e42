//! Where each contract is: a view over its events, never stored.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    circuit::Pas,
    etape::{Etape, Proposition},
    event::{Event, EventNumber},
    kind::{Decision, EventKind, Genere, Moyen, Retour, Suite},
};
use crate::{
    domain::{ContractId, Exemplaire, Partie, VersionNum},
    reconcile::{EtatSignature, Outcome},
};

/// A step that was taken and stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jalon {
    /// Which.
    pub pas: Pas,
    /// During which proposal.
    pub proposition: Proposition,
    /// On which day.
    pub day: Option<Date>,
    /// The event that says so.
    pub event: EventNumber,
}

/// A file that came back, and the event that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetourVu {
    /// What was made of it.
    pub retour: Retour,
    /// The event.
    pub event: EventNumber,
    /// The day it came.
    pub day: Option<Date>,
    /// What a person decided, the last time.
    pub decision: Option<Decision>,
}

impl RetourVu {
    /// Which exemplaire it is: as a person said, or as its pages say.
    #[must_use]
    pub fn exemplaire(&self) -> Option<Exemplaire> {
        self.decision.as_ref().and_then(|decision| decision.exemplaire).or(self.retour.exemplaire)
    }

    /// Whether it counts: a person accepted it, or nobody had to.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        match &self.decision {
            Some(decision) => decision.suite == Suite::Accepte,
            None => self.retour.verdict.is_accepted(),
        }
    }

    /// Whether a person has still to decide on it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.decision.is_none() && !self.retour.verdict.is_accepted()
    }

    /// What it makes of its exemplaire, when it does not count.
    fn etat(&self) -> EtatExemplaire {
        match (&self.decision, self.retour.verdict) {
            (None, Outcome::Reject | Outcome::Unreadable) | (Some(_), _) => EtatExemplaire::NonConforme,
            (None, _) => EtatExemplaire::AVerifier,
        }
    }

    /// What it shows of each party: what was to look at, a person who accepted it has looked at; of a return that does not count,
    /// nothing is more than to be looked at, or refused once a person has decided so.
    #[must_use]
    pub fn parties(&self) -> BTreeMap<Partie, EtatSignature> {
        let of = |etat: EtatSignature| match &self.decision {
            _ if matches!(etat, EtatSignature::Absente | EtatSignature::Refusee) => etat,
            Some(decision) if decision.suite != Suite::Accepte => EtatSignature::Refusee,
            Some(_) if etat == EtatSignature::AVerifier => EtatSignature::Admise,
            None if !self.retour.verdict.is_accepted() => EtatSignature::AVerifier,
            _ => etat,
        };
        self.retour.parties.iter().map(|(partie, etat)| (*partie, of(*etat))).collect()
    }
}

/// Where one exemplaire is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EtatExemplaire {
    /// Not sent.
    ASigner,
    /// Sent; its return is awaited.
    Attendu,
    /// Something came back that a person has to look at.
    AVerifier,
    /// It came back with a signature, or ink in the box, of each party.
    Complet,
    /// Signed, given to the party that keeps it.
    Distribue,
    /// What came back is not accepted.
    NonConforme,
    /// It came back with a signature, or ink in the box, of one or two parties.
    Partiel,
}

impl EtatExemplaire {
    /// The word officers use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ASigner => "à envoyer",
            Self::Attendu => "attendu",
            Self::AVerifier => "à vérifier",
            Self::Complet => "complet",
            Self::Distribue => "distribué",
            Self::NonConforme => "non conforme",
            Self::Partiel => "partiel",
        }
    }
}

/// Where one version is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionState {
    /// Its number.
    pub number: VersionNum,
    /// Where it is.
    pub etape: Etape,
    /// What it was made of, the last time for a draft made again.
    pub genere: Genere,
    /// The event that says so.
    pub generated: EventNumber,
    /// Which proposal is under way.
    pub proposition: Proposition,
    /// The steps that were taken and stand, as recorded.
    pub jalons: Vec<Jalon>,
    /// The files that came back, as recorded.
    pub retours: Vec<RetourVu>,
    /// The parties that were given their exemplaire.
    pub notifies: BTreeSet<Partie>,
    /// The version that took its place.
    pub remplace_par: Option<VersionNum>,
    /// The last message that was not delivered, since the proposal was sent.
    pub non_remis: Option<EventNumber>,
    /// Events that this program does not know.
    pub inconnus: usize,
}

impl VersionState {
    fn new(number: VersionNum, genere: Genere, event: EventNumber) -> Self {
        Self {
            number,
            etape: Etape::Brouillon,
            genere,
            generated: event,
            proposition: Proposition::Premiere,
            jalons: Vec::new(),
            retours: Vec::new(),
            notifies: BTreeSet::new(),
            remplace_par: None,
            non_remis: None,
            inconnus: 0,
        }
    }

    /// The last time a step was taken.
    #[must_use]
    pub fn jalon(&self, pas: Pas) -> Option<&Jalon> {
        self.jalons.iter().rev().find(|jalon| jalon.pas == pas)
    }

    /// The proven receipt of a proposal, from which delays run (D. 162-15 CSS).
    #[must_use]
    pub fn receipt(&self, proposition: Proposition) -> Option<&Jalon> {
        self.jalons.iter().rev().find(|jalon| jalon.pas == Pas::Recu && jalon.proposition == proposition)
    }

    /// How many reminders were sent.
    #[must_use]
    pub fn relances(&self) -> usize {
        self.jalons.iter().filter(|jalon| jalon.pas == Pas::Relance).count()
    }

    /// What came back of an exemplaire and counts: the accepted return with most signatures, the last of several. A later return with
    /// more signatures takes the place of an earlier one.
    #[must_use]
    pub fn retour(&self, exemplaire: Exemplaire) -> Option<&RetourVu> {
        self.of(exemplaire).filter(|seen| seen.is_accepted()).max_by_key(|seen| signed(seen))
    }

    /// What the files that came back show of each party on an exemplaire.
    #[must_use]
    pub fn signatures(&self, exemplaire: Exemplaire) -> BTreeMap<Partie, EtatSignature> {
        let last = self.of(exemplaire).last();
        let counts = self.retour(exemplaire).or(last);
        let mut parties = BTreeMap::from(Partie::ALL.map(|partie| (partie, EtatSignature::Absente)));
        parties.extend(counts.map(RetourVu::parties).unwrap_or_default());
        parties
    }

    /// Whether what came back of an exemplaire, and counts, shows that a party signed it.
    #[must_use]
    pub fn shows(&self, exemplaire: Exemplaire, partie: Partie) -> bool {
        let etat = self.retour(exemplaire).and_then(|seen| seen.parties().get(&partie).copied());
        etat.is_some_and(EtatSignature::counts)
    }

    /// The first day on which it was sent.
    #[must_use]
    pub fn sent(&self) -> Option<Date> {
        let sent = self.jalons.iter().filter(|jalon| matches!(jalon.pas, Pas::Propose | Pas::SecondeProposition));
        sent.filter_map(|jalon| jalon.day).min()
    }

    /// Whether it was sent, whatever happened since.
    #[must_use]
    pub fn is_proposed(&self) -> bool {
        self.jalon(Pas::Propose).is_some() || self.jalon(Pas::SecondeProposition).is_some()
    }

    /// Where an exemplaire is.
    #[must_use]
    pub fn exemplaire(&self, exemplaire: Exemplaire) -> EtatExemplaire {
        let counts = self.retour(exemplaire).map(signed);
        let last = self.of(exemplaire).last();
        match (counts, last) {
            _ if self.notifies.contains(&exemplaire.holder()) => EtatExemplaire::Distribue,
            (Some(3..), _) => EtatExemplaire::Complet,
            (Some(_), _) => EtatExemplaire::Partiel,
            (None, Some(seen)) => seen.etat(),
            (None, None) if self.etape == Etape::Brouillon => EtatExemplaire::ASigner,
            (None, None) => EtatExemplaire::Attendu,
        }
    }

    fn of(&self, exemplaire: Exemplaire) -> impl Iterator<Item = &RetourVu> {
        self.retours.iter().filter(move |seen| seen.exemplaire() == Some(exemplaire))
    }

    fn take(&mut self, pas: Pas, event: &Event) {
        self.etape = pas.from(self.etape).unwrap_or_else(|| pas.forced(self.etape, self.proposition));
        if pas == Pas::SecondeProposition {
            self.proposition = Proposition::Seconde;
        }
        if matches!(pas, Pas::Propose | Pas::SecondeProposition) {
            self.non_remis = None;
        }
        self.jalons.push(Jalon { pas, proposition: self.proposition, day: event.day, event: event.number });
        match event.kind {
            EventKind::Notifie { partie } => {
                self.notifies.insert(partie);
            }
            EventKind::Remplace { par } => self.remplace_par = Some(par),
            _ => {}
        }
    }
}

/// How many parties have signed.
fn signed(seen: &RetourVu) -> usize {
    seen.parties().values().filter(|etat| etat.counts()).count()
}

/// Where one contract is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractState {
    /// Its identity.
    pub id: ContractId,
    /// Its versions, by number.
    pub versions: BTreeMap<VersionNum, VersionState>,
    /// The last event that concerns it.
    pub last: Option<EventNumber>,
    /// The last message that was not delivered, unless one was sent by mail since: its mailbox may be wrong.
    pub rebut: Option<EventNumber>,
}

impl ContractState {
    /// A contract of which nothing is recorded.
    #[must_use]
    pub const fn new(id: ContractId) -> Self {
        Self { id, versions: BTreeMap::new(), last: None, rebut: None }
    }

    /// Where a contract is after these events, in their order; those of other contracts are left aside.
    #[must_use]
    pub fn of(id: ContractId, events: &[Event]) -> Self {
        let own: Vec<&Event> = events.iter().filter(|event| event.contract.as_ref() == Some(&id)).collect();
        let undone: BTreeSet<EventNumber> = own.iter().filter_map(|event| event.kind.annuls()).collect();
        let mut state = Self::new(id);
        for event in own {
            if !undone.contains(&event.number) {
                state.apply(event);
            }
            state.last = Some(event.number);
        }
        state
    }

    /// The version of the highest number.
    #[must_use]
    pub fn head(&self) -> Option<&VersionState> {
        self.versions.values().next_back()
    }

    /// The signed version of the highest number: the one that binds the parties.
    #[must_use]
    pub fn in_force(&self) -> Option<&VersionState> {
        self.versions.values().rev().find(|version| version.etape.is_signed())
    }

    /// How many amendments were signed.
    #[must_use]
    pub fn avenants(&self) -> u16 {
        let numbers = self.versions.values().filter(|version| version.jalon(Pas::Signe).is_some());
        numbers.filter_map(|version| version.genere.avenant).map(|avenant| avenant.numero).max().unwrap_or(0)
    }

    fn apply(&mut self, event: &Event) {
        if event.kind == EventKind::NonRemis {
            self.rebut = Some(event.number);
        } else if event.kind.moyen() == Some(Moyen::Courriel) {
            self.rebut = None;
        }
        let Some(number) = event.version else { return };
        if let EventKind::Genere(genere) = &event.kind {
            let made = VersionState::new(number, genere.clone(), event.number);
            self.versions.insert(number, made);
            return;
        }
        let Some(version) = self.versions.get_mut(&number) else { return };
        if let EventKind::Retour(retour) = &event.kind {
            let seen = RetourVu { retour: retour.clone(), event: event.number, day: event.day, decision: None };
            version.retours.push(seen);
        }
        if matches!(event.kind, EventKind::NonRemis) {
            version.non_remis = Some(event.number);
        }
        if let EventKind::Decision(decision) = &event.kind {
            let decided = version.retours.iter_mut().find(|seen| seen.event == decision.retour);
            decided.into_iter().for_each(|seen| seen.decision = Some(decision.clone()));
        }
        match Pas::of(&event.kind) {
            Some(pas) => version.take(pas, event),
            None if matches!(event.kind, EventKind::Inconnu { .. }) => version.inconnus += 1,
            None => {}
        }
    }
}

/// The contracts of a register, as its events are read one after the other.
#[derive(Debug, Default)]
pub(super) struct Contracts {
    known: BTreeMap<ContractId, Known>,
}

/// A contract with its events: an annulment changes what came before it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) state: ContractState,
    pub(super) events: Vec<Event>,
}

impl Known {
    fn new(id: ContractId) -> Self {
        Self { state: ContractState::new(id), events: Vec::new() }
    }
}

impl Contracts {
    /// Adds the next event.
    pub(super) fn push(&mut self, event: Event) {
        let Some(id) = event.contract.clone() else { return };
        let known = self.of(&id);
        known.events.push(event);
        match known.events.last() {
            Some(event) if !matches!(event.kind, EventKind::Annule { .. }) => {
                known.state.apply(event);
                known.state.last = Some(event.number);
            }
            _ => known.state = ContractState::of(id, &known.events),
        }
    }

    /// A contract, known or not.
    pub(super) fn of(&mut self, id: &ContractId) -> &mut Known {
        self.known.entry(id.clone()).or_insert_with(|| Known::new(id.clone()))
    }

    /// Whether nothing was read of a contract.
    pub(super) fn lacks(&self, id: &ContractId) -> bool {
        !self.known.contains_key(id)
    }

    /// Where every contract is.
    pub(super) fn states(self) -> BTreeMap<ContractId, ContractState> {
        self.known.into_iter().map(|(id, known)| (id, known.state)).collect()
    }
}
