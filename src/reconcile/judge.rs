//! The judgement: one pure function.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use super::{
    expectation::{Expectation, Signataire, Standing},
    identity::{Identity, PageMatch},
    policy::{Effect, Policy},
    reasons::Reasons,
    signer::{Recognition, organisation_in, recognise},
    verdict::{EtatSignature, NotChecked, Outcome, Signed, Verdict, Weighed},
};
use crate::{
    domain::{Partie, VersionNum},
    evidence::{Evidence, Nature, Observation, Reason, Revocation, SignatureEvidence},
};

/// What the comparison with the issued file showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Whether the issued file could be compared with; if not, the digests of its pages were.
    pub original: bool,
    /// Whether the returned file begins with the issued file, byte for byte.
    pub continued: bool,
    /// How the revision before the first signature differs from the issued file.
    pub differences: Vec<Observation>,
    /// Pages that differ and were rendered: whether all of them look the same; none when nothing was rendered.
    pub looks_same: Option<bool>,
    /// The contract that the text of the pages names, when the pages are none of ours.
    pub mentions: Option<String>,
}

/// Judges one returned file. `identity` is what its pages say it is, `expectation` what should come back of that version.
#[must_use]
pub fn judge(
    expectation: Option<&Expectation>,
    identity: Option<&Identity>,
    evidence: &Evidence,
    comparison: &Comparison,
    policy: &Policy,
) -> Verdict {
    let mut judging = Judging { evidence, comparison, policy, reasons: Reasons::new(policy) };
    let all = evidence.observations.iter().chain(&comparison.differences);
    all.filter(|seen| !is_signing(seen)).for_each(|seen| judging.reasons.see(seen.clone()));
    let readable = !judging.reasons.iter().any(|weighed| weighed.effect == Effect::Unreadable);
    let mut parties = BTreeMap::new();
    if readable {
        judging.identity(identity, expectation);
        parties = judging.signatures(expectation);
        judging.own_fields(&parties);
    }
    let reasons = judging.reasons.sorted();
    Verdict {
        outcome: outcome(&reasons, &parties, evidence),
        contract: identity.map(|identity| identity.contract.clone()),
        version: identity.map(|identity| identity.version),
        exemplaire: identity.map(|identity| identity.exemplaire),
        not_checked: not_checked(evidence, comparison, identity),
        parties,
        reasons,
    }
}

fn outcome(reasons: &[Weighed], parties: &BTreeMap<Partie, Signed>, evidence: &Evidence) -> Outcome {
    let worst = reasons.iter().map(|weighed| weighed.effect).max();
    let signed = parties.values().any(|signed| signed.etat != EtatSignature::Absente);
    match worst {
        Some(Effect::Unreadable) => Outcome::Unreadable,
        Some(Effect::Reject) => Outcome::Reject,
        Some(Effect::Review) => Outcome::Review,
        _ if !signed && evidence.signatures.is_empty() => Outcome::Unsigned,
        // A signature that is nobody's, or none of the parties': not the contract signed.
        _ if !signed => Outcome::Review,
        Some(Effect::Note) => Outcome::AcceptNote,
        None => Outcome::Accept,
    }
}

fn not_checked(evidence: &Evidence, comparison: &Comparison, identity: Option<&Identity>) -> Vec<NotChecked> {
    let mut list = Vec::new();
    let signatures = || evidence.signatures.iter().filter(|signature| !signature.document_timestamp);
    if identity.is_some_and(|identity| !identity.is_whole()) && comparison.looks_same.is_none() {
        list.push(NotChecked::Appearance);
    }
    if signatures().next().is_some() {
        list.push(NotChecked::Capacity);
    }
    if identity.is_some() && !comparison.original {
        list.push(NotChecked::Original);
    }
    if signatures().any(|signature| signature.revocation == Revocation::Unknown) {
        list.push(NotChecked::Revocation);
    }
    if signatures().any(|signature| signature.proven().is_none()) {
        list.push(NotChecked::Time);
    }
    list
}

struct Judging<'a> {
    evidence: &'a Evidence,
    comparison: &'a Comparison,
    policy: &'a Policy,
    reasons: Reasons<'a>,
}

/// A signature that stands for a party.
struct Stands<'a> {
    partie: Partie,
    signature: &'a SignatureEvidence,
    etat: EtatSignature,
}

impl Judging<'_> {
    // --- what it is

    fn identity(&mut self, identity: Option<&Identity>, expectation: Option<&Expectation>) {
        let Some(identity) = identity else { return self.nobody() };
        self.pages(identity);
        let untouched = identity.is_whole() && self.comparison.differences.is_empty();
        if untouched && self.comparison.original && !self.comparison.continued {
            self.reasons
                .say(Reason::DocRewritten, "another program wrote the file anew; its pages are those that were sent");
        }
        if let Some(wrong) = wrong_version(identity.version, expectation) {
            self.reasons.see(wrong);
        }
    }

    fn nobody(&mut self) {
        if matches!(self.evidence.nature, Nature::Image | Nature::Mixed) {
            self.reasons.say(Reason::ImageOnly, "its pages are pictures: nothing was read in them");
        } else if let Some(contract) = &self.comparison.mentions {
            let signed = !self.evidence.signatures.is_empty();
            let detail = format!("its text names contract {contract}, and none of its pages is as it was sent");
            self.reasons.say(if signed { Reason::DocNotOriginal } else { Reason::Flattened }, detail);
        } else {
            self.reasons.say(Reason::DocOther, "none of its pages is of a contract of this campaign");
        }
    }

    /// The pages of the revision that is compared with what was sent (rule 35).
    fn pages(&mut self, identity: &Identity) {
        for (number, seen) in (1..).zip(&identity.seen) {
            let detail = match seen {
                PageMatch::Own { page } if *page as u32 == number => continue,
                PageMatch::Own { page } => format!("page {page} of the contract stands here"),
                PageMatch::Foreign { contract, version, exemplaire, page } => {
                    format!(
                        "page {page} of contract {contract}, version {version}, exemplaire {exemplaire} stands here"
                    )
                }
                PageMatch::Unknown => "this page is not as it was sent".to_owned(),
            };
            self.not_original(Observation::new(Reason::DocNotOriginal, detail).on_page(number));
        }
        for page in 1..=identity.pages {
            let altered = identity.seen.get(page - 1) == Some(&PageMatch::Unknown);
            if !altered && !identity.seen.contains(&PageMatch::Own { page }) {
                self.reasons.say(Reason::DocNotOriginal, format!("page {page} of {} is missing", identity.pages));
            }
        }
    }

    /// A page that differs and looks the same is a person's to decide.
    fn not_original(&mut self, observation: Observation) {
        let effect = if self.comparison.looks_same == Some(true) { Effect::Review } else { Effect::Reject };
        self.reasons.add(effect, observation);
    }

    // --- who signed

    fn signatures(&mut self, expectation: Option<&Expectation>) -> BTreeMap<Partie, Signed> {
        let mut stand = Vec::new();
        for signature in &self.evidence.signatures {
            let effect = self.one(signature);
            if signature.document_timestamp {
                continue;
            }
            let Some((partie, expected)) = expectation.and_then(|expectation| party(signature, expectation)) else {
                self.of_nobody(signature, expectation.is_some());
                continue;
            };
            let who = self.who(signature, partie, expected);
            let when = self.when(signature, expected, expectation);
            let etat = match effect.max(who).max(when) {
                None | Some(Effect::Note) => EtatSignature::Valable,
                Some(Effect::Review) => EtatSignature::AVerifier,
                Some(Effect::Reject | Effect::Unreadable) => EtatSignature::Refusee,
            };
            stand.push(Stands { partie, signature, etat });
        }
        self.twice(&stand);
        self.order(&stand);
        let parties = Partie::ALL.map(|partie| (partie, of(partie, &stand)));
        if expectation.is_some() && !stand.is_empty() {
            let absent = parties.iter().filter(|(_, signed)| signed.etat == EtatSignature::Absente);
            for (partie, _) in absent {
                let observation = Observation::new(Reason::Incomplete, format!("`{partie}` has not signed"));
                self.reasons.see(observation.in_field(&partie.signature_field()));
            }
        }
        BTreeMap::from(parties)
    }

    /// What was seen of one signature, and the gravest effect of it. A document time stamp that cannot be decided proves nothing, and
    /// harms nothing.
    fn one(&mut self, signature: &SignatureEvidence) -> Option<Effect> {
        let lenient =
            |effect| if signature.document_timestamp && effect == Effect::Review { Effect::Note } else { effect };
        let indicated = self.policy.of_signature(signature).map(lenient);
        let failed = indicated == Some(Effect::Reject);
        let mut gravest = indicated;
        let mut told = indicated.is_none();
        for observation in &signature.observations {
            let mut observation = observation.clone();
            observation.place.field = observation.place.field.or_else(|| signature.field.clone());
            let alone = lenient(self.policy.effect(observation.reason));
            // What cannot be decided may also have failed: the indication knows.
            let effect = if failed && alone == Effect::Review { Effect::Reject } else { alone };
            told |= Some(effect) >= indicated;
            gravest = gravest.max(Some(effect));
            self.reasons.add(effect, observation);
        }
        if let (false, Some(effect)) = (told, indicated) {
            let detail = match signature.sub_indication {
                Some(sub) => format!("the signature is judged {:?}, {sub:?}", signature.indication),
                None => format!("the signature is judged {:?}", signature.indication),
            };
            let observation = Observation::new(Reason::SignatureInvalid, detail);
            self.reasons.add(effect, placed(observation, signature));
        }
        gravest
    }

    fn of_nobody(&mut self, signature: &SignatureEvidence, known: bool) {
        if known {
            let detail = format!("{} is none of the expected signatories", signer(signature));
            self.reasons.see(placed(Observation::new(Reason::SignerUnexpected, detail), signature));
        }
    }

    /// Whether the signer is the expected one (rule 18).
    fn who(&mut self, signature: &SignatureEvidence, partie: Partie, expected: &Signataire) -> Option<Effect> {
        let found = signature.signer.as_ref()?;
        let (reason, detail) = match recognise(found, expected) {
            Recognition::Organisation => return None,
            Recognition::Name => {
                (Reason::SignerNameOnly, format!("the signatory of `{partie}` is recognised by name only"))
            }
            Recognition::OtherPerson => {
                (Reason::SignerOtherPerson, format!("somebody else signed for `{partie}`: {}", signer(signature)))
            }
            Recognition::Other => {
                (Reason::SignerUnexpected, format!("expected the signatory of `{partie}`, found {}", signer(signature)))
            }
        };
        self.reasons.see(placed(Observation::new(reason, detail), signature));
        Some(self.policy.effect(reason))
    }

    /// Whether the day of signature is possible (rules 18, 38 and 39).
    fn when(
        &mut self,
        signature: &SignatureEvidence,
        expected: &Signataire,
        expectation: Option<&Expectation>,
    ) -> Option<Effect> {
        let time = signature.proven().or(signature.claimed)?;
        let day = time.to_zoned(TimeZone::UTC).date();
        let mut told = Vec::new();
        // A clock may be a little fast.
        let latest = self.policy.now.checked_add(1.hour()).unwrap_or(Timestamp::MAX);
        let over = expectation.and_then(|expectation| expectation.fin).is_some_and(|fin| day > fin);
        if time > latest || over {
            told.push((Reason::SigningTimeImpossible, "which is to come, or after the end of the contract"));
        }
        // The days of two places may differ by one.
        let sent = expectation.and_then(|expectation| expectation.sent).and_then(|sent| sent.yesterday().ok());
        if sent.is_some_and(|sent| day < sent) {
            told.push((Reason::SigningTimeImpossible, "before the contract was sent"));
        }
        if expectation.is_some_and(|expectation| day > expectation.effet) {
            told.push((Reason::SignedAfterEffect, "after the contract took effect"));
        }
        if let Some((debut, end)) = expected.delegation
            && (day < debut || end.is_some_and(|end| day > end))
        {
            told.push((Reason::SignerDelegation, "when the delegation of signature did not hold"));
        }
        for (reason, what) in &told {
            self.reasons.see(placed(Observation::new(*reason, format!("signed on {day}, {what}")), signature));
        }
        told.iter().map(|(reason, _)| self.policy.effect(*reason)).max()
    }

    /// Most programs sign in a field of their own. When it shows nothing and the signature in it is sound and a party's, by the number
    /// of its organisation, nothing of the contract changed.
    fn own_fields(&mut self, parties: &BTreeMap<Partie, Signed>) {
        let sound = parties.values().filter(|signed| signed.etat == EtatSignature::Valable);
        let sound: BTreeSet<&str> = sound.filter_map(|signed| signed.field.as_deref()).collect();
        let doubtful: BTreeSet<String> = self
            .reasons
            .iter()
            .filter(|weighed| matches!(weighed.observation.reason, Reason::RevisionAnnot | Reason::SignerNameOnly))
            .filter_map(|weighed| weighed.observation.place.field.clone())
            .collect();
        for weighed in self.reasons.iter_mut() {
            let Observation { reason, place, .. } = &weighed.observation;
            let Some(field) = place.field.as_deref().filter(|_| *reason == Reason::RevisionSignature) else { continue };
            if sound.contains(field) && !doubtful.contains(field) {
                weighed.effect = Effect::Note;
            }
        }
    }

    /// One certificate, or one organisation, for two parties.
    fn twice(&mut self, stand: &[Stands<'_>]) {
        for (index, one) in stand.iter().enumerate() {
            let others = stand.iter().skip(index + 1).filter(|other| other.partie != one.partie);
            for other in others.filter(|other| same_signer(one.signature, other.signature)) {
                let detail = format!("`{}` and `{}` are signed by one signatory", one.partie, other.partie);
                self.reasons.see(placed(Observation::new(Reason::SignerDuplicate, detail), other.signature));
            }
        }
    }

    /// The établissement signs first, then the CPAM, then the ARS (rule 38): by the revisions that bring the signatures.
    fn order(&mut self, stand: &[Stands<'_>]) {
        let first =
            |partie| stand.iter().filter(|stands| stands.partie == partie).map(|stands| stands.signature.since).min();
        for one in stand {
            let unsigned = Partie::ALL
                .into_iter()
                .find(|partie| *partie < one.partie && first(*partie).is_none_or(|since| since > one.signature.since));
            if let Some(partie) = unsigned {
                let detail = format!("`{}` signed before `{partie}`", one.partie);
                self.reasons.see(placed(Observation::new(Reason::SignerOrder, detail), one.signature));
            }
        }
    }
}

/// Why a version is not the one to sign (rule 34); none when it is.
pub(super) fn wrong_version(version: VersionNum, expectation: Option<&Expectation>) -> Option<Observation> {
    let wrong = match expectation.map(|expectation| expectation.standing) {
        Some(Standing::Current) => return None,
        Some(Standing::Draft) => format!("version {version} came back, and it was never proposed"),
        Some(Standing::Ended) => format!("version {version} came back, and the contract has ended"),
        Some(Standing::Replaced(by)) => format!("version {version} came back, and version {by} took its place"),
        None => format!("nothing tells what is expected of version {version}"),
    };
    Some(Observation::new(Reason::DocWrongVersion, wrong))
}

/// The party for which a signature stands: that of its field, or the one that its certificate names when the signing tool made a
/// field of its own.
fn party<'a>(signature: &SignatureEvidence, expectation: &'a Expectation) -> Option<(Partie, &'a Signataire)> {
    let by_field = signature.field.as_deref().and_then(Partie::of_signature_field);
    let by_name = || {
        let found = signature.signer.as_ref()?;
        // The best that can be said of it: that somebody else of the organisation signed is for a person to decide, in any field.
        [Recognition::Organisation, Recognition::OtherPerson, Recognition::Name].into_iter().find_map(|wanted| {
            let mut known = expectation.signataires.iter();
            known.find(|(_, expected)| recognise(found, expected) == wanted).map(|(partie, _)| *partie)
        })
    };
    let partie = by_field.or_else(by_name)?;
    Some((partie, expectation.signataires.get(&partie)?))
}

/// Whether a revision only does what it is made for: to fill one of the three fields that the contract has.
fn is_signing(observation: &Observation) -> bool {
    let field = observation.place.field.as_deref();
    observation.reason == Reason::RevisionSignature
        && field.is_some_and(|field| Partie::of_signature_field(field).is_some())
}

/// What the file shows of one party: its best signature.
fn of(partie: Partie, stand: &[Stands<'_>]) -> Signed {
    let best = stand.iter().filter(|stands| stands.partie == partie).max_by_key(|stands| stands.etat);
    best.map_or(Signed { etat: EtatSignature::Absente, field: None }, |stands| Signed {
        etat: stands.etat,
        field: stands.signature.field.clone(),
    })
}

fn same_signer(one: &SignatureEvidence, other: &SignatureEvidence) -> bool {
    let (Some(one), Some(other)) = (&one.signer, &other.signer) else { return false };
    let organisation = |identifiers: &[String]| identifiers.iter().find_map(|text| organisation_in(text));
    let (left, right) = (organisation(&one.identifiers), organisation(&other.identifiers));
    one.certificate == other.certificate || (left.is_some() && left == right)
}

fn signer(signature: &SignatureEvidence) -> String {
    let name = |signer: &crate::evidence::Signer| signer.common_name.clone().unwrap_or_else(|| signer.subject.clone());
    signature.signer.as_ref().map_or_else(|| "an unknown signer".to_owned(), |signer| format!("« {} »", name(signer)))
}

fn placed(observation: Observation, signature: &SignatureEvidence) -> Observation {
    match &signature.field {
        Some(field) => observation.in_field(field),
        None => observation,
    }
}
