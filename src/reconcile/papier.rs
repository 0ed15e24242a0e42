//! The judgement of paper: one pure function, as for electronic signatures, over one physical set.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    expectation::Expectation,
    jeux::{Jeu, Leaf, Strange, Stranger},
    judge::wrong_version,
    policy::{Effect, Policy},
    reasons::{Reasons, sorted},
    verdict::{EtatSignature, NotChecked, Outcome, Signed, Verdict, Weighed},
};
use crate::{
    domain::Partie,
    evidence::{
        Observation, Reason,
        paper::{BoxInk, Difference, DifferenceKind, Ink, Registration, Turn},
    },
};

/// Differences of one page that are told one by one; the others are counted.
const MOST_DIFFERENCES: usize = 6;

/// What the comparison of one side with the printed page showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// How well it lies on it.
    pub registration: Registration,
    /// The signature boxes of the page.
    pub boxes: Vec<BoxInk>,
    /// What is not as it was printed.
    pub differences: Vec<Found>,
}

/// A difference, and where it is in the contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What was measured.
    pub difference: Difference,
    /// « Annexe 1, tableau 4, ligne 2 (IPP) »; none where nothing was printed.
    pub place: Option<String>,
}

/// One physical set and all that was seen of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Papier<'a> {
    /// Its pages.
    pub jeu: &'a Jeu,
    /// What was seen of each side; a side that could not be compared is not there.
    pub sights: &'a BTreeMap<u32, Sight>,
    /// Whether another set of the same pile bears the same number of exemplaire and came before.
    pub repeated: bool,
    /// The parties whose electronic signature on the same exemplaire was accepted before, or stands in the same file.
    pub electronic: Vec<Partie>,
}

/// Judges one physical set. `expectation` is what should come back of its version.
#[must_use]
pub fn judge_paper(expectation: Option<&Expectation>, papier: &Papier<'_>, policy: &Policy) -> Verdict {
    let jeu = papier.jeu;
    let mut judging = Judging { papier, policy, reasons: Reasons::new(policy) };
    if let Some(wrong) = wrong_version(jeu.version, expectation) {
        judging.reasons.see(wrong);
    }
    judging.pages();
    judging.strangers();
    jeu.leaves.iter().for_each(|leaf| judging.side(leaf));
    let parties = judging.parties();
    let reasons = judging.reasons.sorted();
    Verdict {
        outcome: outcome(&reasons, &parties),
        contract: Some(jeu.contract.clone()),
        version: Some(jeu.version),
        exemplaire: Some(jeu.exemplaire),
        not_checked: not_checked(papier, &parties),
        parties,
        reasons,
    }
}

/// Judges a pile in which no page of ours was found.
#[must_use]
pub fn judge_strangers(strangers: &[Stranger], policy: &Policy) -> Verdict {
    let weighed = |stranger: &Stranger| {
        let observation = strange(&stranger.what).on_page(stranger.side);
        Weighed { effect: policy.effect(observation.reason), observation }
    };
    let reasons: Vec<Weighed> = strangers.iter().map(weighed).collect();
    let parties = Partie::ALL.map(|partie| (partie, Signed { etat: EtatSignature::Absente, field: None }));
    let parties = BTreeMap::from(parties);
    Verdict {
        outcome: outcome(&reasons, &parties),
        contract: None,
        version: None,
        exemplaire: None,
        parties,
        reasons,
        not_checked: Vec::new(),
    }
}

/// What the paper of a file shows and what its electronic signatures do, in one verdict: a file that has both is for a person.
#[must_use]
pub fn together(electronic: Verdict, paper: Verdict, policy: &Policy) -> Verdict {
    let signs = electronic.parties.iter().find(|(_, signed)| signed.etat != EtatSignature::Absente);
    let ours = paper.contract.is_some();
    let mixed = signs.filter(|_| ours).map(|(partie, _)| {
        let detail = format!("`{partie}` signed electronically a file whose pages are scans");
        Weighed {
            observation: Observation::new(Reason::MixedReturn, detail),
            effect: policy.effect(Reason::MixedReturn),
        }
    });
    // That its pages are pictures is no news once they were read; who has not signed, the boxes tell too.
    let told =
        |weighed: &Weighed| !ours || !matches!(weighed.observation.reason, Reason::ImageOnly | Reason::Incomplete);
    let reasons = sorted(electronic.reasons.into_iter().filter(told).chain(paper.reasons).chain(mixed).collect());
    let mut parties = paper.parties;
    parties.extend(electronic.parties.into_iter().filter(|(_, signed)| signed.etat != EtatSignature::Absente));
    let unseen: BTreeSet<NotChecked> = electronic.not_checked.into_iter().chain(paper.not_checked).collect();
    Verdict {
        outcome: outcome(&reasons, &parties),
        parties,
        reasons,
        not_checked: unseen.into_iter().collect(),
        ..paper
    }
}

/// Paper is never accepted without a note: ink has no author.
fn outcome(reasons: &[Weighed], parties: &BTreeMap<Partie, Signed>) -> Outcome {
    match reasons.iter().map(|weighed| weighed.effect).max() {
        Some(Effect::Unreadable) => Outcome::Unreadable,
        Some(Effect::Reject) => Outcome::Reject,
        Some(Effect::Review) => Outcome::Review,
        _ if parties.values().all(|signed| signed.etat == EtatSignature::Absente) => Outcome::Unsigned,
        _ => Outcome::AcceptNote,
    }
}

fn not_checked(papier: &Papier<'_>, parties: &BTreeMap<Partie, Signed>) -> Vec<NotChecked> {
    let mut list = Vec::new();
    if papier.jeu.leaves.iter().any(|leaf| !papier.is_compared(leaf)) {
        list.push(NotChecked::Appearance);
    }
    if parties.values().any(|signed| signed.etat != EtatSignature::Absente) {
        list.extend([NotChecked::Capacity, NotChecked::Hand]);
    }
    list.push(NotChecked::Margins);
    list
}

impl Papier<'_> {
    fn sight(&self, leaf: &Leaf) -> Option<&Sight> {
        self.sights.get(&leaf.side).filter(|sight| sight.registration.good)
    }

    fn is_compared(&self, leaf: &Leaf) -> bool {
        self.sight(leaf).is_some()
    }
}

struct Judging<'a> {
    papier: &'a Papier<'a>,
    policy: &'a Policy,
    reasons: Reasons<'a>,
}

impl Judging<'_> {
    // --- the set

    fn pages(&mut self) {
        let jeu = self.papier.jeu;
        for page in jeu.missing() {
            self.reasons.say(Reason::PageMissing, format!("page {page} of {} is missing", jeu.pages));
        }
        for page in jeu.doubled() {
            self.reasons.say(Reason::PageDoubled, format!("page {page} is there more than once"));
        }
        if !jeu.is_in_order() {
            self.reasons.say(Reason::PageOrder, "its pages were not scanned in their order");
        }
        let others: Vec<&Leaf> = jeu.leaves.iter().filter(|leaf| leaf.sheet.exemplaire != jeu.exemplaire).collect();
        if let Some(first) = others.first() {
            let (count, number) = (others.len(), first.sheet.exemplaire.number());
            let detail = format!("{count} of its pages bear the number of another exemplaire, {number}/3");
            self.reasons.see(Observation::new(Reason::PageExemplaire, detail).on_page(first.side));
        }
        if self.papier.repeated {
            let number = jeu.exemplaire.number();
            self.reasons.say(Reason::ExemplaireRepeated, format!("another set bears the number {number}/3 too"));
        }
    }

    fn strangers(&mut self) {
        for Stranger { side, what } in &self.papier.jeu.strangers {
            self.reasons.see(strange(what).on_page(*side));
        }
    }

    fn side(&mut self, leaf: &Leaf) {
        let page = leaf.sheet.page;
        if leaf.proposed {
            let detail = format!("no code could be read; from what it shows it may be page {page}");
            self.reasons.see(Observation::new(Reason::PageProposed, detail).on_page(leaf.side));
        }
        if leaf.turn != Turn::None {
            let detail = format!("scanned turned by {}°", u16::from(leaf.turn));
            self.reasons.see(Observation::new(Reason::PageTurned, detail).on_page(leaf.side));
        }
        match self.papier.sight(leaf) {
            Some(sight) => self.differences(leaf, sight),
            None => {
                let detail = format!("page {page} could not be compared with the printed one");
                self.reasons.see(Observation::new(Reason::PageUncompared, detail).on_page(leaf.side));
            }
        }
    }

    /// What differs on one page, the gravest first; past some, they are counted.
    fn differences(&mut self, leaf: &Leaf, sight: &Sight) {
        let mut found: Vec<(Reason, &Found)> =
            sight.differences.iter().map(|found| (reason(&found.difference), found)).collect();
        found.sort_by_key(|(reason, found)| {
            (std::cmp::Reverse(self.policy.effect(*reason)), std::cmp::Reverse(found.difference.strength))
        });
        let page = leaf.sheet.page;
        for (reason, found) in found.iter().take(MOST_DIFFERENCES) {
            let at = found.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
            let detail = format!("page {page}{at}: {}", told(&found.difference));
            self.reasons.see(Observation::new(*reason, detail).on_page(leaf.side));
        }
        if let Some((reason, _)) = found.get(MOST_DIFFERENCES) {
            let detail = format!("page {page}: {} more places", found.len() - MOST_DIFFERENCES);
            self.reasons.see(Observation::new(*reason, detail).on_page(leaf.side));
        }
    }

    // --- the boxes

    fn parties(&mut self) -> BTreeMap<Partie, Signed> {
        let parties = Partie::ALL.map(|partie| (partie, self.party(partie)));
        let inked = parties.iter().any(|(_, signed)| signed.etat != EtatSignature::Absente);
        for (partie, signed) in &parties {
            if inked && signed.etat == EtatSignature::Absente {
                let observation = Observation::new(Reason::Incomplete, format!("no ink in the box of `{partie}`"));
                self.reasons.see(observation.in_field(&partie.signature_field()));
            }
        }
        let ink = parties.iter().any(|(_, signed)| signed.etat == EtatSignature::Encre);
        if ink && let Some(partie) = self.papier.electronic.first() {
            self.reasons
                .say(Reason::MixedReturn, format!("`{partie}` signed this exemplaire electronically, and here is ink"));
        }
        BTreeMap::from(parties)
    }

    /// The best that its box shows, over the sides that have one.
    fn party(&mut self, partie: Partie) -> Signed {
        let field = partie.signature_field();
        let mut best = Signed { etat: EtatSignature::Absente, field: None };
        for leaf in &self.papier.jeu.leaves {
            let Some(sight) = self.papier.sights.get(&leaf.side) else { continue };
            for seen in sight.boxes.iter().filter(|seen| seen.field == field) {
                // On a page that lies badly, a measure of the box is none.
                let ink = if sight.registration.good { seen.ink } else { Ink::Unreadable };
                let (etat, told) = inked(&BoxInk { ink, ..seen.clone() }, partie);
                if let Some(told) = told {
                    self.reasons.see(told.in_field(&field).on_page(leaf.side));
                }
                if etat > best.etat {
                    best = Signed { etat, field: Some(field.clone()) };
                }
            }
        }
        best
    }
}

fn inked(seen: &BoxInk, partie: Partie) -> (EtatSignature, Option<Observation>) {
    let mm2 = |hundredths: u32| format!("{}.{} mm²", hundredths / 100, hundredths % 100 / 10);
    match seen.ink {
        Ink::None => (EtatSignature::Absente, None),
        Ink::Found => {
            let detail = format!("ink in the box of `{partie}`, {}; whose hand is not known", mm2(seen.own));
            (EtatSignature::Encre, Some(Observation::new(Reason::BoxInk, detail)))
        }
        Ink::Doubtful => {
            let detail = format!("{} of ink in the box of `{partie}`: too little, or its neighbour's", mm2(seen.total));
            (EtatSignature::AVerifier, Some(Observation::new(Reason::BoxDoubtful, detail)))
        }
        Ink::Unreadable => {
            let detail = format!("the box of `{partie}` could not be compared with the printed one");
            (EtatSignature::AVerifier, Some(Observation::new(Reason::BoxUnreadable, detail)))
        }
    }
}

/// What is said of a side that is none of ours.
fn strange(what: &Strange) -> Observation {
    let (reason, detail) = match what {
        Strange::Elsewhere(sheet) => {
            let detail = format!(
                "page {} of contract {}, version {}, exemplaire {} lies here",
                sheet.page,
                sheet.contract,
                sheet.version,
                sheet.exemplaire.number()
            );
            (Reason::PageForeign, detail)
        }
        Strange::Several => (Reason::PageStrange, "the codes of several pages are on this side".to_owned()),
        Strange::Unprinted(code) => (Reason::PageCodeUnknown, format!("`{code}` is no page that was printed")),
        Strange::Uncoded => (Reason::PageStrange, "no code of ours: a letter, or a page not recognised".to_owned()),
        Strange::Unreadable => (Reason::PageUncompared, "this side could not be turned into a picture".to_owned()),
    };
    Observation::new(reason, detail)
}

const fn reason(difference: &Difference) -> Reason {
    match difference.kind {
        DifferenceKind::Added | DifferenceKind::Altered | DifferenceKind::Missing => Reason::PageAltered,
        DifferenceKind::Covered => Reason::InkOverText,
        DifferenceKind::Ink => Reason::InkOutside,
        DifferenceKind::Unclear => Reason::PageUncompared,
    }
}

fn told(difference: &Difference) -> String {
    let Difference { kind, printed, seen, .. } = difference;
    match (kind, seen) {
        (DifferenceKind::Added, _) => "something was added that was not printed".to_owned(),
        (DifferenceKind::Altered, Some(seen)) => format!("`{printed}` was printed, and `{seen}` stands there"),
        (DifferenceKind::Altered, None) => format!("`{printed}` was printed, and something else stands there"),
        (DifferenceKind::Covered, _) => format!("ink lies over `{printed}`"),
        (DifferenceKind::Ink, _) => "ink where nothing was printed".to_owned(),
        (DifferenceKind::Missing, _) => format!("`{printed}` was printed, and is not there"),
        (DifferenceKind::Unclear, _) if printed.is_empty() => {
            "nothing there could be compared with the print".to_owned()
        }
        (DifferenceKind::Unclear, _) => format!("`{printed}` could not be compared with the print"),
    }
}
