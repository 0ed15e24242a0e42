//! Whether an event makes sense after those that are recorded.

use jiff::civil::Date;

use super::{
    FILE,
    circuit::Pas,
    diags,
    etape::{Etape, Proposition},
    event::{Event, EventNumber, NewEvent},
    kind::{Decision, EventKind, Genere, Suite},
    state::{ContractState, Known, VersionState},
};
use crate::{
    diag::{Code, Diagnostic, Origin},
    domain::{ContractId, Partie, VersionNum},
};

/// Whether an officer may record the event all the same, with a motive.
pub(super) fn may_be_forced(finding: &Diagnostic) -> bool {
    [&diags::ORDER, &diags::RECEIPT_MISSING, &diags::DAY_ORDER].contains(&finding.code)
}

/// Everything that is wrong with an event, after those of its contract.
pub(super) fn check(event: &NewEvent, known: &Known, today: Date) -> Vec<Diagnostic> {
    let (Some(id), Some(number)) = (&event.contract, event.version) else { return vec![unnamed()] };
    let checking = Checking { id, number, event, known, today };
    match (&event.kind, known.state.versions.get(&number)) {
        (EventKind::Genere(genere), _) => checking.made(genere),
        (EventKind::Annule { event, .. }, _) => checking.annulment(*event),
        (EventKind::Decision(decision), Some(version)) => checking.decision(decision, version).into_iter().collect(),
        (kind, Some(version)) => Pas::of(kind).map(|pas| checking.step(pas, version)).unwrap_or_default(),
        (_, None) => vec![checking.unknown_version()],
    }
}

/// What is wrong with an event of no contract: what came back may be of none of the campaign, and is decided on; everything else is
/// about one.
pub(super) fn check_alone(event: &NewEvent) -> Vec<Diagnostic> {
    let alone = matches!(event.kind, EventKind::Decision(_) | EventKind::Retour(_));
    if alone { Vec::new() } else { vec![unnamed()] }
}

fn unnamed() -> Diagnostic {
    let message = "the event names no version of a contract";
    Diagnostic::new(&diags::UNKNOWN_VERSION, Origin::file(FILE), message)
}

/// Versions whose link to the one they replace is one-sided.
pub(super) fn half_linked(state: &ContractState) -> impl Iterator<Item = Diagnostic> {
    state.versions.values().filter_map(move |version| {
        let old = version.genere.remplace?;
        let back = state.versions.get(&old).and_then(|old| old.remplace_par);
        (back != Some(version.number)).then(|| {
            let message =
                format!("version {} takes the place of version {old}, which is not marked so", version.number);
            Diagnostic::new(&diags::VERSION_LINK, Origin::event(FILE, version.generated.0), message)
                .expected(format!("an event `remplace` of version {old} in the same write"))
                .contract(state.id.to_string())
        })
    })
}

struct Checking<'a> {
    id: &'a ContractId,
    number: VersionNum,
    event: &'a NewEvent,
    known: &'a Known,
    today: Date,
}

impl Checking<'_> {
    fn finding(&self, code: &'static Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, Origin::file(FILE), message).contract(self.id.to_string())
    }

    fn unknown_version(&self) -> Diagnostic {
        let found = match self.known.state.head() {
            Some(head) => format!("versions 1 to {}", head.number),
            None => "no version".to_owned(),
        };
        self.finding(&diags::UNKNOWN_VERSION, format!("contract {} has no version {}", self.id, self.number))
            .expected(found)
            .found(format!("version {}", self.number))
            .help("look at the identifier and the version, printed on every page of the contract")
    }

    // --- steps of the circuit

    fn step(&self, pas: Pas, version: &VersionState) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        if pas.from(version.etape).is_none() {
            findings.push(self.disorder(pas, version));
        } else {
            findings.extend(self.repeated(pas, version));
        }
        findings.extend(self.without_receipt(pas, version));
        findings.extend(self.days(pas, version));
        if let EventKind::Remplace { par } = self.event.kind {
            findings.extend(self.replaced_by(par));
        }
        findings
    }

    fn disorder(&self, pas: Pas, version: &VersionState) -> Diagnostic {
        let message = format!("version {} is at `{}`; `{}` cannot follow", self.number, version.etape, pas.word());
        let possible: Vec<&str> =
            Pas::ALL.into_iter().filter(|pas| pas.from(version.etape).is_some()).map(Pas::word).collect();
        let expected = if possible.is_empty() { "nothing more".to_owned() } else { possible.join(", ") };
        let help = match version.remplace_par {
            Some(par) => format!("version {par} took its place: record the event there"),
            None => "record first what is missing; if it happened so, force it with a motive".to_owned(),
        };
        let finding = self.finding(&diags::ORDER, message).expected(expected).found(pas.word()).help(help);
        match version.jalons.last() {
            Some(last) => finding.related(Origin::event(FILE, last.event.0), "the last step recorded"),
            None => finding,
        }
    }

    /// What the table alone does not see: a step taken twice, or too early for its fields.
    fn repeated(&self, pas: Pas, version: &VersionState) -> Option<Diagnostic> {
        let already = |event: EventNumber, what: &str| {
            self.finding(&diags::ORDER, format!("{what} of version {} is already recorded", self.number))
                .related(Origin::event(FILE, event.0), "recorded here")
                .help("if that one is wrong, annul it first")
        };
        match self.event.kind {
            EventKind::Recu { .. } => version.receipt(version.proposition).map(|j| already(j.event, "the receipt")),
            EventKind::Notifie { partie } if version.notifies.contains(&partie) => {
                version.jalon(pas).map(|jalon| already(jalon.event, &format!("the notification to `{partie}`")))
            }
            EventKind::Relance { rang, .. } if usize::from(rang) != version.relances() + 1 => {
                let message = format!("version {} has had {} reminders", self.number, version.relances());
                Some(
                    self.finding(&diags::ORDER, message)
                        .expected(format!("reminder {}", version.relances() + 1))
                        .found(format!("reminder {rang}")),
                )
            }
            EventKind::Archive => {
                let missing =
                    [Partie::Etablissement, Partie::Cpam].into_iter().find(|p| !version.notifies.contains(p))?;
                let message = format!("version {} was not notified to `{missing}`", self.number);
                Some(self.finding(&diags::ORDER, message).help("record the notification to each party first"))
            }
            EventKind::SecondeProposition { .. }
                if version.etape == Etape::Brouillon && version.genere.remplace.is_none() =>
            {
                let message = format!("version {} is a draft that replaces no proposal", self.number);
                Some(self.finding(&diags::ORDER, message).expected(Pas::Propose.word()).found(pas.word()))
            }
            _ => None,
        }
    }

    /// A reminder and a second proposal run from a proven receipt (rule 16).
    fn without_receipt(&self, pas: Pas, version: &VersionState) -> Option<Diagnostic> {
        let proven = match pas {
            Pas::Relance => version.receipt(version.proposition).is_some(),
            Pas::SecondeProposition if version.etape == Etape::Brouillon => {
                let first = version.genere.remplace.and_then(|first| self.known.state.versions.get(&first));
                first.is_none_or(|first| first.receipt(Proposition::Premiere).is_some())
            }
            Pas::SecondeProposition => version.receipt(Proposition::Premiere).is_some(),
            _ => true,
        };
        (!proven).then(|| {
            let message = format!("the receipt of version {} is not proven", self.number);
            self.finding(&diags::RECEIPT_MISSING, message)
                .expected("an event `reçu` with its day and its proof")
                .found(pas.word())
                .help("record the receipt first: delays run from it, not from the sending")
        })
    }

    fn replaced_by(&self, par: VersionNum) -> Option<Diagnostic> {
        let linked = self.known.state.versions.get(&par).is_some_and(|new| new.genere.remplace == Some(self.number));
        (!linked).then(|| {
            self.finding(
                &diags::VERSION_LINK,
                format!("version {par} does not take the place of version {}", self.number),
            )
            .expected(format!("a version {par} made with the link `remplace` to version {}", self.number))
        })
    }

    fn days(&self, pas: Pas, version: &VersionState) -> Vec<Diagnostic> {
        let Some(day) = self.event.day else {
            let missing = pas.happens_outside().then(|| {
                let message = format!("the day of `{}` is not given", pas.word());
                self.finding(&diags::DAY_MISSING, message).help("give the day on which it happened")
            });
            return missing.into_iter().collect();
        };
        let mut findings = Vec::new();
        if day > self.today {
            let message = format!("`{}` is dated {day}, after the day of its recording", pas.word());
            findings.push(
                self.finding(&diags::DAY_FUTURE, message)
                    .expected(format!("{} or before", self.today))
                    .found(day.to_string()),
            );
        }
        let proposition = if pas == Pas::SecondeProposition { Proposition::Seconde } else { version.proposition };
        let Some(rank) = pas.rank(proposition) else { return findings };
        for jalon in &version.jalons {
            let (Some(other), Some(other_rank)) = (jalon.day, jalon.pas.rank(jalon.proposition)) else { continue };
            let (wrong, side) = match other_rank.cmp(&rank) {
                std::cmp::Ordering::Less => (other > day, "or after"),
                std::cmp::Ordering::Greater => (other < day, "or before"),
                std::cmp::Ordering::Equal => continue,
            };
            if wrong {
                let message = format!("`{}` on {day} does not fit `{}` on {other}", pas.word(), jalon.pas.word());
                findings.push(
                    self.finding(&diags::DAY_ORDER, message)
                        .expected(format!("{other} {side}"))
                        .found(day.to_string())
                        .related(Origin::event(FILE, jalon.event.0), jalon.pas.word())
                        .help("look at both days; if they are right, force the event with a motive"),
                );
            }
        }
        findings
    }

    // --- decisions

    /// A person decides on a return of the same version, and says why it does not count.
    fn decision(&self, decision: &Decision, version: &VersionState) -> Option<Diagnostic> {
        let retour = decision.retour;
        if !version.retours.iter().any(|seen| seen.event == retour) {
            let message = format!("event {retour} is no return of version {} of contract {}", self.number, self.id);
            return Some(
                self.finding(&diags::DECISION, message).help("`paraphe review` lists the returns to decide on"),
            );
        }
        (decision.suite != Suite::Accepte && decision.motif.is_none()).then(|| {
            let message = format!("the decision on event {retour} has no motive");
            self.finding(&diags::DECISION, message).help("say why: the establishment will be told")
        })
    }

    // --- versions

    fn made(&self, genere: &Genere) -> Vec<Diagnostic> {
        let state = &self.known.state;
        let fault = match (state.versions.get(&self.number), state.head()) {
            (Some(same), _) => self.made_again(genere, same),
            (None, None) => self.first(genere),
            (None, Some(head)) => self.next(genere, head),
        };
        fault.into_iter().collect()
    }

    fn link(&self, message: String, expected: impl Into<String>) -> Diagnostic {
        self.finding(&diags::VERSION_LINK, message).expected(expected)
    }

    fn first(&self, genere: &Genere) -> Option<Diagnostic> {
        let plain = !genere.replaces_draft && genere.remplace.is_none();
        if self.number != VersionNum::FIRST || !plain {
            let message = format!("version {} is the first of contract {}", self.number, self.id);
            return Some(self.link(message, "version 1, which replaces nothing"));
        }
        genere.avenant.map(|_| self.finding(&diags::AMENDMENT, "an amendment needs a signed contract"))
    }

    /// The same number again: only a draft that was never sent.
    fn made_again(&self, genere: &Genere, same: &VersionState) -> Option<Diagnostic> {
        let number = self.number;
        if same.etape != Etape::Brouillon {
            let message = format!("version {number} is at `{}` and cannot be made again", same.etape);
            let related = |finding: Diagnostic| match same.jalons.last() {
                Some(last) => finding.related(Origin::event(FILE, last.event.0), "it left the agency"),
                None => finding,
            };
            return Some(related(if same.etape.is_signed() {
                self.finding(&diags::AMENDMENT, message).expected("an amendment: a new version that names its parent")
            } else {
                self.link(message, "a new version, with the link `remplace`")
            }));
        }
        let same_links = genere.remplace == same.genere.remplace && genere.avenant == same.genere.avenant;
        (!genere.replaces_draft || !same_links).then(|| {
            let message = format!("version {number} exists as a draft");
            self.link(message, "the same links as the draft, and the mark that it is replaced")
        })
    }

    fn next(&self, genere: &Genere, head: &VersionState) -> Option<Diagnostic> {
        let number = self.number;
        if number.get() != head.number.get() + 1 || genere.replaces_draft {
            let message = format!("version {number} does not come after version {}", head.number);
            return Some(
                self.link(message, format!("version {}", head.number.get() + 1)).found(format!("version {number}")),
            );
        }
        match head.etape {
            Etape::Brouillon => {
                let message = format!("version {} is a draft: it is made again, not replaced", head.number);
                Some(self.link(message, format!("version {}, marked as replacing its draft", head.number)))
            }
            Etape::Signe | Etape::Notifie | Etape::Archive | Etape::Caduc | Etape::Resilie => self.amends(genere, head),
            _ => {
                if genere.remplace != Some(head.number) {
                    let message =
                        format!("version {number} does not say that it takes the place of version {}", head.number);
                    return Some(self.link(message, format!("the link `remplace` to version {}", head.number)));
                }
                (genere.avenant != head.genere.avenant).then(|| {
                    let message = format!("version {number} is not the same amendment as version {}", head.number);
                    self.finding(&diags::AMENDMENT, message).expected("the amendment of the version it replaces")
                })
            }
        }
    }

    /// After a signature comes an amendment, numbered, that names the version in force (rule 44).
    fn amends(&self, genere: &Genere, head: &VersionState) -> Option<Diagnostic> {
        let state = &self.known.state;
        let Some(parent) = state.in_force() else {
            let message = format!("version {} is at `{}`: the contract has ended", head.number, head.etape);
            return Some(self.link(message, "no new version").help("if that event is wrong, annul it first"));
        };
        let numero = state.avenants() + 1;
        let right = genere.remplace.is_none()
            && genere.avenant.is_some_and(|avenant| avenant.numero == numero && avenant.parent == parent.number);
        (!right).then(|| {
            let found = match genere.avenant {
                Some(avenant) => format!("amendment {} of version {}", avenant.numero, avenant.parent),
                None => "no amendment".to_owned(),
            };
            let message = format!("version {} is signed: it is amended, never made again", parent.number);
            self.finding(&diags::AMENDMENT, message)
                .expected(format!("amendment {numero} of version {}", parent.number))
                .found(found)
        })
    }

    // --- annulments

    fn annulment(&self, target: EventNumber) -> Vec<Diagnostic> {
        let refuse = |message: String| {
            self.finding(&diags::ANNULMENT, message)
                .related(Origin::event(FILE, target.0), "the event to annul")
                .help("events are annulled from the last one back; what the program did is not annulled")
        };
        let Some(event) = self.known.events.iter().find(|event| event.number == target) else {
            return vec![refuse(format!("event {target} is not an event of contract {}", self.id))];
        };
        let Some(version) = self.known.state.versions.get(&self.number) else { return vec![self.unknown_version()] };
        let last = version.jalons.last();
        let word = Pas::of(&event.kind).map_or("this", Pas::word);
        let fault = if event.version != Some(self.number) {
            Some(format!("event {target} is not about version {}", self.number))
        } else if matches!(event.kind, EventKind::Archive | EventKind::Remplace { .. })
            || Pas::of(&event.kind).is_none()
        {
            Some(format!("event {target} (`{word}`) was recorded by the program and cannot be annulled"))
        } else if last.is_none_or(|last| last.event != target) {
            Some(format!("event {target} is not the last step of version {} that stands", self.number))
        } else {
            None
        };
        fault.map(refuse).into_iter().collect()
    }
}

/// The event as it would be recorded again, to verify that it was allowed.
pub(super) fn as_new(event: &Event) -> NewEvent {
    NewEvent {
        agent: event.agent.clone(),
        contract: event.contract.clone(),
        version: event.version,
        day: event.day,
        kind: event.kind.clone(),
        evidence: Vec::new(),
    }
}
