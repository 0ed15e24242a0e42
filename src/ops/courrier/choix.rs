//! To whom something is sent: what the register says, beside what the procedure asks for.

use jiff::{ToSpan as _, civil::Date};

use super::{Envoi, Nature, depot::Depot};
use crate::{
    diag::{Code, Diagnostic, Origin},
    domain::{ContractId, jour},
    ops::{
        diags,
        suivi::{Demarche, Suivi, Suivie, affaire},
    },
    register::{self, ContractState, Etape, Jalon, Moyen, Pas, Proposition, VersionState},
};

/// A contract to which something is sent.
#[derive(Clone, Copy)]
pub(super) struct Choisi<'a> {
    pub(super) suivie: Suivie<'a>,
    /// The version that is sent, or of which the letter speaks.
    pub(super) version: &'a VersionState,
    /// The proven receipt of the proposal that it follows.
    pub(super) receipt: Option<&'a Jalon>,
    /// The last day for an answer to it.
    pub(super) echeance: Option<Date>,
    /// Rank of a reminder.
    pub(super) rang: Option<u16>,
}

/// Chooses contracts. One that waits for what is sent and cannot be given it is a finding; so is one that was named and does not wait.
pub(super) fn choose<'a>(
    suivi: &'a Suivi,
    envoi: &Envoi<'_>,
    today: Date,
    depot: &Depot<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Choisi<'a>> {
    let mut chosen = Vec::new();
    for id in envoi.only.iter().filter(|id| !suivi.states.contains_key(*id)) {
        findings.push(
            told(&diags::NOT_MADE, id, format!("nothing is recorded of contract `{id}`"))
                .help("make it first with `paraphe generate`, or look at its identifier"),
        );
    }
    for suivie in suivi.contracts() {
        let id = &suivie.state.id;
        let named = envoi.only.contains(id);
        if !envoi.only.is_empty() && !named || depot.is_doubtful(id) {
            continue;
        }
        let choice = Choice { suivi, suivie, envoi, today };
        match choice.choose() {
            Ok(choisi) => chosen.extend(choice.reachable(choisi, findings)),
            Err(Why::Not(why)) if named => findings.push(
                told(&diags::NOT_DUE, id, format!("no {} is due: {why}", envoi.nature.nom()))
                    .help("`paraphe agenda` shows what each contract waits for"),
            ),
            Err(Why::Not(_)) => {}
            Err(Why::Unproven) => findings.push(
                told(&diags::UNPROVEN, id, "the receipt of the proposal is not proven, so no time has run")
                    .expected("a proven receipt (D. 162-15 CSS)")
                    .help("record it with `paraphe record recu --preuve …`, or send the proposal again with `paraphe send --again`"),
            ),
        }
    }
    chosen
}

fn told(code: &'static Code, id: &ContractId, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, Origin::file(register::FILE), message).contract(id.to_string())
}

/// Why a contract is not chosen.
enum Why {
    /// It does not wait for it.
    Not(String),
    /// It would, were a receipt proven.
    Unproven,
}

struct Choice<'a, 'e> {
    suivi: &'a Suivi,
    suivie: Suivie<'a>,
    envoi: &'e Envoi<'e>,
    today: Date,
}

impl<'a> Choice<'a, '_> {
    fn choose(&self) -> Result<Choisi<'a>, Why> {
        match self.envoi.nature {
            Nature::Proposition => self.proposal(),
            Nature::Relance => self.reminder(),
            Nature::SecondeProposition => self.second(),
        }
    }

    /// A draft, that of the highest number: what takes the place of a proposal is sent as the proposal was.
    fn proposal(&self) -> Result<Choisi<'a>, Why> {
        let head = self.suivie.state.head().unwrap_or(self.suivie.version);
        match head.etape {
            Etape::Brouillon => Ok(self.of(head)),
            Etape::Propose(_) if self.envoi.again => Ok(self.of(head)),
            Etape::Propose(_) => Err(Why::Not(format!("version {} was sent{}", head.number, on(head.sent())))),
            etape => Err(Why::Not(format!("version {} is « {etape} »", head.number))),
        }
    }

    /// What was not answered in time, or of which no receipt is known.
    fn reminder(&self) -> Result<Choisi<'a>, Why> {
        let affaire = affaire(self.suivi, self.suivie, self.today);
        let version = self.suivie.version;
        let late = affaire.as_ref().is_some_and(|affaire| affaire.echeance.is_some_and(|due| due.retard > 0));
        let waits = match affaire.as_ref().map(|affaire| affaire.demarche) {
            Some(Demarche::Relancer | Demarche::SecondeProposition | Demarche::DeciderPenalite) => late,
            // Rule 16: no time runs, and there is nothing to remind of; the proposal is sent again.
            Some(Demarche::ProuverReception) => return Err(Why::Unproven),
            _ => false,
        };
        if !waits {
            let phrase = affaire.map_or_else(|| format!("it is « {} »", version.etape), |affaire| affaire.phrase);
            return Err(Why::Not(phrase));
        }
        let last = [Pas::Relance, Pas::SecondeProposition, Pas::Propose];
        let last = last.into_iter().filter_map(|pas| version.jalon(pas)?.day).max();
        let soon = last.and_then(|day| day.checked_add(i64::from(self.envoi.after).days()).ok());
        if !self.envoi.again && soon.is_some_and(|day| day > self.today) {
            return Err(Why::Not(format!("a message was sent{}", on(last))));
        }
        let rang = u16::try_from(version.relances()).unwrap_or(u16::MAX).saturating_add(1);
        Ok(Choisi { rang: Some(rang), ..self.of(version) })
    }

    /// A first proposal that was not answered in time, or was refused: as it is, or as a new version that took its place.
    fn second(&self) -> Result<Choisi<'a>, Why> {
        if self.suivi.delai(Proposition::Seconde).is_none() {
            return Err(Why::Not("contracts of this generation have no second proposal".to_owned()));
        }
        let state = self.suivie.state;
        let head = state.head().unwrap_or(self.suivie.version);
        let first = before(state, head);
        let answerable = matches!(
            first.etape,
            Etape::Propose(Proposition::Premiere)
                | Etape::Recu(Proposition::Premiere)
                | Etape::Observations(Proposition::Premiere)
                | Etape::Audition(Proposition::Premiere)
                | Etape::Refuse(Proposition::Premiere)
                | Etape::Remplace
        );
        if !answerable {
            return Err(Why::Not(format!("version {} is « {} »", first.number, first.etape)));
        }
        let Some(receipt) = first.receipt(Proposition::Premiere) else { return Err(Why::Unproven) };
        let choisi = Choisi { receipt: Some(receipt), echeance: self.echeance(receipt), ..self.of(head) };
        let refused = matches!(first.etape, Etape::Refuse(_));
        match choisi.echeance {
            _ if refused => Ok(choisi),
            Some(last) if last < self.today => Ok(choisi),
            Some(last) => Err(Why::Not(format!("the établissement has until {}", jour(last)))),
            None => Err(Why::Unproven),
        }
    }

    fn of(&self, version: &'a VersionState) -> Choisi<'a> {
        let receipt = version.receipt(version.proposition);
        let echeance = receipt.and_then(|receipt| self.echeance(receipt));
        Choisi { suivie: self.suivie, version, receipt, echeance, rang: None }
    }

    fn echeance(&self, receipt: &Jalon) -> Option<Date> {
        let delai = self.suivi.delai(receipt.proposition)?;
        self.suivi.campaign.procedure.calendrier.echeance(receipt.day?, delai)
    }

    /// Leaves out, with a finding, what cannot be written to; tells of a mailbox that may be wrong.
    fn reachable(&self, choisi: Choisi<'a>, findings: &mut Vec<Diagnostic>) -> Option<Choisi<'a>> {
        let id = &self.suivie.state.id;
        let Some(contract) = self.suivie.contract else {
            let message = "the campaign no longer has this contract, so nothing says where it goes";
            findings.push(told(&diags::LEFT_OUT, id, message).help("put it back, or record `caduc`"));
            return None;
        };
        if self.envoi.moyen == Moyen::Courriel && contract.etablissement.courriel.is_none() {
            let origin = contract.sources.get("etablissement").cloned();
            let origin = origin.unwrap_or_else(|| Origin::file("etablissements.yaml"));
            findings.push(
                Diagnostic::new(&diags::NO_MAILBOX, origin, "the établissement has no mailbox")
                    .expected("`courriel`, a shared mailbox")
                    .help("give it, or send a letter with `--moyen courrier` or `--moyen lettre-recommandee`")
                    .contract(id.to_string()),
            );
            return None;
        }
        if let Some(event) = self.suivie.state.rebut.filter(|_| self.envoi.moyen == Moyen::Courriel) {
            let message = format!("the last message to this établissement came back undelivered (event {event})");
            let help = "look at its `courriel`; if it was not corrected since, send a letter with `--moyen courrier`";
            findings.push(told(&diags::BOUNCED, id, message).help(help));
        }
        Some(choisi)
    }
}

/// The version whose answer is awaited: the one that a draft takes the place of, or the draft itself.
fn before<'a>(state: &'a ContractState, head: &'a VersionState) -> &'a VersionState {
    let replaced = head.genere.remplace.filter(|_| head.etape == Etape::Brouillon);
    replaced.and_then(|number| state.versions.get(&number)).unwrap_or(head)
}

fn on(day: Option<Date>) -> String {
    day.map(|day| format!(" on {day}")).unwrap_or_default()
}
