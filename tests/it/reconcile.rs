//! The judgement alone, on facts made by hand: no file is read.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::date};
use paraphe::{
    digest::FileDigest,
    domain::{ContractId, Exemplaire, Partie, VersionNum},
    evidence::{
        Coverage, Evidence, Indication, Level, Nature, Observation, Reason, Revision, RevisionKind, Revocation,
        SignatureEvidence, Signer, SubIndication,
    },
    reconcile::{
        Comparison, EtatSignature, Expectation, Outcome, Policy, Sheets, Signataire, Standing, Verdict, identify, judge,
    },
    stamp::PageHash,
};
use proptest::prelude::*;

const NAMES: [(Partie, &str, &str); 3] = [
    (Partie::Etablissement, "Claire Exemple", "269600011"),
    (Partie::Cpam, "Bruno Modèle", "269600029"),
    (Partie::Ars, "Alix Fictive", "269600037"),
];

fn contract() -> ContractId {
    "960000016-2022".parse().unwrap()
}

fn page(number: u8) -> PageHash {
    FileDigest::of(&[number]).to_string().parse().unwrap()
}

fn sheets() -> Sheets {
    let mut sheets = Sheets::default();
    sheets.add(&contract(), VersionNum::FIRST, Exemplaire::Ars, &[1, 2, 3].map(page));
    sheets.add(&"960000024-2022".parse().unwrap(), VersionNum::FIRST, Exemplaire::Ars, &[11, 12, 13].map(page));
    sheets
}

fn expectation() -> Expectation {
    let signataire = |(partie, name, siren): (Partie, &str, &str)| {
        let (prenom, nom) = name.split_once(' ').unwrap();
        let expected = Signataire {
            organisation: partie.to_string(),
            identifiers: vec![siren.to_owned()],
            prenom: prenom.to_owned(),
            nom: nom.to_owned(),
            delegation: None,
        };
        (partie, expected)
    };
    Expectation {
        contract: contract(),
        version: VersionNum::FIRST,
        standing: Standing::Current,
        signataires: NAMES.map(signataire).into(),
        sent: Some(date(2022, 5, 16)),
        effet: date(2022, 7, 1),
        fin: Some(date(2025, 6, 30)),
    }
}

fn signature(partie: Partie, since: usize) -> SignatureEvidence {
    let (_, name, siren) = NAMES.into_iter().find(|(other, ..)| *other == partie).unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    SignatureEvidence {
        field: Some(partie.signature_field()),
        page: Some(3),
        revision: Some(since),
        since,
        new_field: false,
        visible: true,
        coverage: Coverage::Revision,
        subfilter: "ETSI.CAdES.detached".to_owned(),
        document_timestamp: false,
        indication: Indication::TotalPassed,
        sub_indication: None,
        level: Level::BB,
        signer: Some(Signer {
            subject: format!("CN={name}"),
            issuer: "CN=Autorité".to_owned(),
            serial: siren.to_owned(),
            certificate: FileDigest::of(siren.as_bytes()),
            common_name: Some(name.to_owned()),
            given_name: None,
            surname: None,
            organization: None,
            identifiers: vec![format!("NTRFR-{siren}")],
            not_before: at("2022-01-01T00:00:00Z"),
            not_after: at("2025-01-01T00:00:00Z"),
        }),
        algorithm: None,
        claimed: Some(at("2022-06-01T10:00:00Z")),
        timestamps: Vec::new(),
        revocation: Revocation::Good { as_of: at("2022-06-02T00:00:00Z") },
        observations: Vec::new(),
    }
}

/// A file that was sent as it is and then signed by these parties, in this order.
fn signed(parties: &[Partie]) -> Evidence {
    let revision =
        |number: usize, kind| Revision { number, end: number as u64 * 1000, kind, pages: [1, 2, 3].map(page).into() };
    let later = (2..).zip(parties).map(|(number, _)| revision(number, RevisionKind::Signature));
    Evidence {
        sha256: FileDigest::of(b"file"),
        size: 1000,
        nature: if parties.is_empty() { Nature::Unsigned } else { Nature::ESigned },
        revisions: std::iter::once(revision(1, RevisionKind::First)).chain(later).collect(),
        signatures: (2..).zip(parties).map(|(since, partie)| signature(*partie, since)).collect(),
        observations: Vec::new(),
    }
}

fn verdict(evidence: &Evidence) -> Verdict {
    let identity = identify(&sheets(), evidence);
    let expectation = identity.as_ref().filter(|identity| identity.contract == contract()).map(|_| expectation());
    let comparison = Comparison { original: true, continued: true, ..Comparison::default() };
    let policy =
        Policy { revocation_required: false, now: "2022-09-01T12:00:00Z".parse().unwrap(), today: date(2022, 9, 1) };
    judge(expectation.as_ref(), identity.as_ref(), evidence, &comparison, &policy)
}

fn codes(verdict: &Verdict) -> Vec<Reason> {
    verdict.reasons.iter().map(|weighed| weighed.observation.reason).collect()
}

#[test]
fn what_is_whole_is_accepted_and_what_is_awaited_is_said() {
    let all = verdict(&signed(&Partie::ALL));
    assert_eq!((all.outcome, codes(&all)), (Outcome::Accept, vec![]));
    assert_eq!(all.signed().collect::<Vec<_>>(), Partie::ALL);
    let one = verdict(&signed(&[Partie::Etablissement]));
    assert_eq!((one.outcome, codes(&one)), (Outcome::AcceptNote, vec![Reason::Incomplete; 2]));
    assert_eq!(verdict(&signed(&[])).outcome, Outcome::Unsigned);
}

#[test]
fn an_order_that_is_not_that_of_the_parties_is_told() {
    for parties in [
        vec![Partie::Ars, Partie::Cpam, Partie::Etablissement],
        vec![Partie::Etablissement, Partie::Ars],
        vec![Partie::Cpam],
    ] {
        let told = verdict(&signed(&parties));
        assert_eq!(told.outcome, Outcome::Review, "{parties:?}");
        assert!(codes(&told).contains(&Reason::SignerOrder), "{parties:?}");
    }
}

#[test]
fn an_unknown_revocation_is_a_note_and_other_doubts_are_a_persons() {
    let with = |sub| {
        let mut evidence = signed(&Partie::ALL);
        evidence.signatures[1].indication = Indication::Indeterminate;
        evidence.signatures[1].sub_indication = Some(sub);
        verdict(&evidence)
    };
    assert_eq!(with(SubIndication::TryLater).outcome, Outcome::AcceptNote);
    for sub in [SubIndication::NoCertificateChainFound, SubIndication::OutOfBoundsNoPoe, SubIndication::RevokedNoPoe] {
        let told = with(sub);
        assert_eq!(told.outcome, Outcome::Review, "{sub:?}");
        assert_eq!(told.parties[&Partie::Cpam].etat, EtatSignature::AVerifier);
    }
}

#[test]
fn one_who_signs_for_another_is_refused() {
    let mut evidence = signed(&Partie::ALL);
    evidence.signatures[1].signer = evidence.signatures[0].signer.clone();
    let told = verdict(&evidence);
    assert_eq!(told.outcome, Outcome::Reject);
    assert!(codes(&told).contains(&Reason::SignerUnexpected) && codes(&told).contains(&Reason::SignerDuplicate));
    assert_eq!(told.parties[&Partie::Cpam].etat, EtatSignature::Refusee);
}

#[test]
fn a_page_of_another_contract_is_named() {
    let mut evidence = signed(&[Partie::Etablissement]);
    for revision in &mut evidence.revisions {
        revision.pages[1] = page(12);
    }
    let told = verdict(&evidence);
    assert_eq!(told.outcome, Outcome::Reject);
    let named =
        told.reasons.iter().map(|weighed| &weighed.observation).find(|told| told.place.page == Some(2)).unwrap();
    assert_eq!(named.reason, Reason::DocNotOriginal);
    assert!(named.detail.contains("960000024-2022"), "{}", named.detail);
}

#[test]
fn what_cannot_be_read_is_neither_signed_nor_unsigned() {
    let evidence = Evidence {
        nature: Nature::Unreadable,
        revisions: Vec::new(),
        observations: vec![Observation::new(Reason::Truncated, "it ends before its end")],
        ..signed(&[])
    };
    let told = verdict(&evidence);
    assert_eq!(told.outcome, Outcome::Unreadable);
    assert_eq!(told.parties, BTreeMap::new());
}

proptest! {
    /// Whatever is taken away, put in or told of a file, it is never judged better than without.
    #[test]
    fn nothing_that_goes_wrong_improves_a_verdict(
        parties in 0_usize..4,
        page in 0_usize..3,
        other in 4_u8..200,
        reason in prop::sample::select(vec![
            Reason::RevisionAnnot, Reason::RevisionPageContent, Reason::TrailingData, Reason::Truncated, Reason::HiddenContent,
            Reason::DocmdpViolation, Reason::RevisionDss, Reason::ObjectFreed, Reason::VisibleChange,
        ]),
        how in 0_u8..4,
    ) {
        let before = signed(&Partie::ALL[..parties]);
        let mut after = before.clone();
        match how {
            0 => after.observations.push(Observation::new(reason, "seen")),
            1 => after.revisions.iter_mut().for_each(|revision| { revision.pages.remove(page); }),
            2 => after.revisions.iter_mut().for_each(|revision| revision.pages[page] = self::page(other)),
            _ => if let Some(signature) = after.signatures.first_mut() {
                signature.indication = Indication::TotalFailed;
                signature.observations.push(Observation::new(Reason::DigestMismatch, "seen"));
            },
        }
        prop_assert!(verdict(&after).outcome >= verdict(&before).outcome);
    }
}
