//! The way of a contract, as an officer lives it.

use paraphe::{
    domain::{Exemplaire, Partie},
    evidence::Reason,
    reconcile::{EtatSignature, Outcome},
    register::{
        Avenant, Decision, Etape, EtatExemplaire, EventKind, EventNumber, Genere, Moyen, NewEvent, Pas, Proposition,
        Register, RegisterError, Retour, Seance, Suite,
    },
};

use super::{at, codes, contract, event, made, new_register, on, received, sent, texte, verified, version};

/// Records on a day, on that day.
fn record(register: &mut Register, day: &str, kind: EventKind) {
    let recorded = register.record(on(day, kind), at(day), None).unwrap();
    assert!(recorded.findings.is_empty(), "{:#?}", recorded.findings);
}

fn etape(register: &Register, number: u16) -> Etape {
    register.state(&contract(0)).unwrap().unwrap().versions[&version(number)].etape
}

fn signed(register: &mut Register) {
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    for (day, kind) in [
        ("03-02", sent()),
        ("03-03", received()),
        ("03-20", EventKind::RetourneEtablissement),
        ("03-21", EventKind::TransmisCpam),
        ("04-02", EventKind::RetourneCpam),
        ("04-03", EventKind::PresenteDg),
        ("04-10", EventKind::Signe),
    ] {
        record(register, day, kind);
    }
}

#[test]
fn a_contract_goes_from_draft_to_archive() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    signed(&mut register);
    // The days of the two notifications are in no order.
    for (day, partie) in [("04-12", Partie::Cpam), ("04-11", Partie::Etablissement)] {
        let notified = register.record(on(day, EventKind::Notifie { partie }), at("04-12"), None).unwrap();
        assert!(notified.value.is_some(), "{:#?}", notified.findings);
    }
    register.append(&[event(0, 1, EventKind::Archive)], at("04-13")).unwrap();
    let state = register.state(&contract(0)).unwrap().unwrap();
    let head = state.head().unwrap();
    assert_eq!(head.etape, Etape::Archive);
    assert_eq!(head.receipt(Proposition::Premiere).unwrap().day, Some("2026-03-03".parse().unwrap()));
    assert_eq!(head.jalon(Pas::Signe).unwrap().event, EventNumber(8));
    assert_eq!(head.exemplaire(Exemplaire::Cpam), EtatExemplaire::Distribue);
    assert_eq!(head.exemplaire(Exemplaire::Ars), EtatExemplaire::Attendu);
    assert_eq!(register.states().unwrap()[&contract(0)], state);
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn the_answer_may_be_recorded_before_the_proof_of_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    record(&mut register, "03-02", sent());
    record(&mut register, "03-09", EventKind::Observations);
    let late = register.record(on("03-10", received()), at("03-11"), None).unwrap();
    assert_eq!(codes(&late.findings), ["register/day-order"], "the letter answers what was received");
    let proof = register.record(on("03-04", received()), at("03-11"), None).unwrap();
    assert!(proof.value.is_some());
    assert_eq!(etape(&register, 1), Etape::Observations(Proposition::Premiere));
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn a_reminder_and_a_second_proposal_wait_for_the_proof_of_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    record(&mut register, "03-02", sent());
    for kind in
        [EventKind::Relance { rang: 1, moyen: None }, EventKind::SecondeProposition { moyen: Moyen::LettreRecommandee }]
    {
        let refused = register.record(on("03-25", kind), at("03-25"), None).unwrap();
        assert_eq!((refused.value, codes(&refused.findings)), (None, vec!["register/receipt-missing"]));
    }
    record(&mut register, "03-03", received());
    record(&mut register, "03-25", EventKind::Relance { rang: 1, moyen: None });
    record(&mut register, "03-28", EventKind::SecondeProposition { moyen: Moyen::LettreRecommandee });
    record(&mut register, "03-30", received());
    record(&mut register, "04-02", EventKind::Audition { seance: Seance::Demandee });
    let state = register.state(&contract(0)).unwrap().unwrap();
    let head = state.head().unwrap();
    assert_eq!(head.etape, Etape::Audition(Proposition::Seconde));
    assert_eq!(head.receipt(Proposition::Seconde).unwrap().day, Some("2026-03-30".parse().unwrap()));
    assert_eq!(head.relances(), 1);
    record(&mut register, "04-20", EventKind::Penalite);
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn what_makes_no_sense_is_refused_then_forced_and_stays_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    let signed = on("03-05", EventKind::Signe);
    let refused = register.record(signed.clone(), at("03-05"), None).unwrap();
    assert_eq!(refused.value, None);
    let finding = &refused.findings[0];
    assert_eq!(finding.message, "version 1 is at `brouillon`; `signé` cannot follow");
    assert_eq!(finding.expected.as_deref(), Some("proposé, seconde proposition, caduc"));
    assert_eq!(register.events().unwrap().len(), 1);

    let motive = texte("contrat signé en séance, circuit papier");
    let forced = register.record(signed, at("03-05"), Some(&motive)).unwrap();
    assert_eq!((forced.value, codes(&forced.findings)), (Some(EventNumber(2)), vec!["register/forced"]));
    assert_eq!(register.events().unwrap()[1].forced, Some(motive));
    assert_eq!(etape(&register, 1), Etape::Signe);
    assert!(verified(folder.path()).is_empty(), "a motive was given");
}

#[test]
fn everything_wrong_with_an_event_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    record(&mut register, "03-02", sent());
    let future = on("03-01", EventKind::Signe).on("2026-07-01".parse().unwrap());
    let refused = register.record(future, at("03-05"), Some(&texte("x"))).unwrap();
    assert_eq!(codes(&refused.findings), ["register/order", "register/day-future"]);
    assert_eq!(refused.value, None, "no motive brings tomorrow");
    let unknown = register.record(event(3, 2, EventKind::Signe), at("03-05"), None).unwrap();
    assert_eq!(codes(&unknown.findings), ["register/unknown-version"]);
    let nobody = NewEvent { contract: None, ..on("03-05", EventKind::Signe) };
    let nowhere = NewEvent { version: None, ..on("03-05", EventKind::Signe) };
    for unnamed in [nobody, nowhere] {
        let refused = register.record(unnamed, at("03-05"), Some(&texte("x"))).unwrap();
        assert_eq!(codes(&refused.findings), ["register/unknown-version"]);
    }
    let without = register.record(event(0, 1, received()), at("03-05"), None).unwrap();
    assert_eq!(codes(&without.findings), ["register/day-missing"]);
    let early = register.record(on("03-01", received()), at("03-05"), None).unwrap();
    assert_eq!(codes(&early.findings), ["register/day-order"], "received before it was sent");
}

fn review() -> EventKind {
    EventKind::Retour(Retour {
        verdict: Outcome::Review,
        exemplaire: Some(Exemplaire::Etablissement),
        parties: Partie::ALL.map(|partie| (partie, EtatSignature::AVerifier)).into(),
        motifs: vec![Reason::PageAltered],
    })
}

#[test]
fn a_person_decides_on_a_return_and_what_was_measured_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    record(&mut register, "03-02", sent());
    record(&mut register, "03-20", review());
    let number = EventNumber(3);
    let version_of = |register: &Register| register.state(&contract(0)).unwrap().unwrap().versions[&version(1)].clone();
    let etat = |register: &Register| version_of(register).exemplaire(Exemplaire::Etablissement);
    assert_eq!(etat(&register), EtatExemplaire::AVerifier);

    let decide = |suite, motif: Option<&str>| {
        EventKind::Decision(Decision { retour: number, suite, exemplaire: None, motif: motif.map(texte) })
    };
    let refused = register.record(on("03-21", decide(Suite::Refuse, None)), at("03-21"), None).unwrap();
    assert_eq!(codes(&refused.findings), ["register/decision"], "a refusal has a motive");
    let other = Decision { retour: EventNumber(2), suite: Suite::Accepte, exemplaire: None, motif: None };
    let refused = register.record(on("03-21", EventKind::Decision(other)), at("03-21"), None).unwrap();
    assert_eq!(codes(&refused.findings), ["register/decision"], "event 2 is no return");

    record(&mut register, "03-21", decide(Suite::Redemande, Some("page 7 illisible")));
    assert_eq!(etat(&register), EtatExemplaire::NonConforme);
    // The last decision stands; a person who accepts has looked at what was to look at.
    record(&mut register, "03-22", decide(Suite::Accepte, None));
    assert_eq!(etat(&register), EtatExemplaire::Complet);
    let seen = version_of(&register).retour(Exemplaire::Etablissement).unwrap().clone();
    assert!(seen.parties().values().all(|etat| *etat == EtatSignature::Admise));
    assert_eq!(seen.retour.verdict, Outcome::Review, "the measure is as it was");
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn a_draft_is_made_again_and_a_proposal_is_replaced_by_a_new_version() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    let draft = |genere: Genere, number| event(0, number, EventKind::Genere(genere));
    register.append(&[draft(made(1), 1)], at("03-01")).unwrap();
    register.append(&[draft(Genere { replaces_draft: true, ..made(7) }, 1)], at("03-01")).unwrap();
    let state = register.state(&contract(0)).unwrap().unwrap();
    assert_eq!((state.versions.len(), &state.head().unwrap().genere.content_hash), (1, &made(7).content_hash));

    record(&mut register, "03-02", sent());
    let refused = |register: &mut Register, events: &[_]| match register.append(events, at("03-04")) {
        Err(RegisterError::Refused(findings)) => codes(&findings),
        other => panic!("{other:?}"),
    };
    let again = draft(Genere { replaces_draft: true, ..made(8) }, 1);
    assert_eq!(refused(&mut register, &[again]), ["register/version-link"], "rule 33");
    assert_eq!(refused(&mut register, &[draft(made(8), 2)]), ["register/version-link"], "no link");
    let linked = draft(Genere { remplace: Some(version(1)), ..made(8) }, 2);
    assert_eq!(
        refused(&mut register, std::slice::from_ref(&linked)),
        ["register/version-link"],
        "the old one is not marked"
    );
    let marked = event(0, 1, EventKind::Remplace { par: version(2) });
    register.append(&[linked, marked], at("03-04")).unwrap();
    assert_eq!((etape(&register, 1), etape(&register, 2)), (Etape::Remplace, Etape::Brouillon));

    let late = register.record(on("03-06", EventKind::RetourneEtablissement), at("03-06"), None).unwrap();
    assert_eq!(late.findings[0].help.as_deref(), Some("version 2 took its place: record the event there"));
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn an_amended_second_proposal_is_a_new_version() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    record(&mut register, "03-02", sent());
    record(&mut register, "03-03", received());
    let second = Genere { remplace: Some(version(1)), ..made(2) };
    let marked = event(0, 1, EventKind::Remplace { par: version(2) });
    register.append(&[event(0, 2, EventKind::Genere(second)), marked], at("03-20")).unwrap();
    let sending = event(0, 2, EventKind::SecondeProposition { moyen: Moyen::LettreRecommandee });
    let sent = register.record(sending.on("2026-03-27".parse().unwrap()), at("03-27"), None).unwrap();
    assert!(sent.value.is_some(), "{:#?}", sent.findings);
    assert_eq!(etape(&register, 2), Etape::Propose(Proposition::Seconde));
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn a_signed_contract_is_amended_and_never_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    signed(&mut register);
    let make = |number, genere| event(0, number, EventKind::Genere(genere));
    let avenant = |numero, parent| Some(Avenant { numero, parent: version(parent) });
    for wrong in [
        make(1, Genere { replaces_draft: true, ..made(9) }),
        make(2, made(9)),
        make(2, Genere { remplace: Some(version(1)), ..made(9) }),
        make(2, Genere { avenant: avenant(2, 1), ..made(9) }),
        make(2, Genere { avenant: avenant(1, 2), ..made(9) }),
    ] {
        match register.append(&[wrong], at("09-01")) {
            Err(RegisterError::Refused(findings)) => assert_eq!(codes(&findings), ["register/amendment"]),
            other => panic!("{other:?}"),
        }
    }
    register.append(&[make(2, Genere { avenant: avenant(1, 1), ..made(9) })], at("09-01")).unwrap();
    let state = register.state(&contract(0)).unwrap().unwrap();
    assert_eq!(state.in_force().unwrap().number, version(1));
    assert_eq!(state.head().unwrap().etape, Etape::Brouillon);
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn a_mistake_is_annulled_from_the_last_step_back_and_both_stay_in_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    record(&mut register, "03-02", sent());
    record(&mut register, "03-03", received());
    record(&mut register, "03-09", EventKind::Refus { motif: None });
    let annul =
        |number| EventKind::Annule { event: EventNumber(number), motif: texte("courrier d’un autre contrat") };
    for wrong in [1, 3, 99] {
        let refused = register.record(event(0, 1, annul(wrong)), at("03-10"), Some(&texte("x"))).unwrap();
        assert_eq!(codes(&refused.findings), ["register/annulment"], "event {wrong}");
    }
    assert!(register.record(event(0, 1, annul(4)), at("03-10"), None).unwrap().value.is_some());
    assert_eq!(etape(&register, 1), Etape::Recu(Proposition::Premiere));
    assert_eq!(register.history(&contract(0)).unwrap().len(), 5);
    let twice = register.record(event(0, 1, annul(4)), at("03-10"), None).unwrap();
    assert_eq!(codes(&twice.findings), ["register/annulment"]);
    record(&mut register, "03-11", EventKind::RetourneEtablissement);
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn a_step_taken_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    signed(&mut register);
    record(&mut register, "04-11", EventKind::Notifie { partie: Partie::Cpam });
    for (kind, message) in [
        (EventKind::Signe, "version 1 is at `notifié`; `signé` cannot follow"),
        (EventKind::Notifie { partie: Partie::Cpam }, "the notification to `cpam` of version 1 is already recorded"),
        (EventKind::Archive, "version 1 was not notified to `etablissement`"),
    ] {
        let refused = register.record(on("04-12", kind), at("04-12"), None).unwrap();
        assert_eq!(refused.findings[0].message, message);
    }
}

#[test]
fn the_table_of_the_documentation_is_the_one_that_is_applied() {
    let page = std::fs::read_to_string(crate::house::root().join("docs/formats/registre.md")).unwrap();
    let mut table = String::new();
    for etape in Etape::all() {
        let rows: Vec<String> = Pas::ALL
            .into_iter()
            .filter_map(|pas| {
                let after = pas.from(etape)?;
                let (word, after) = (pas.word().to_owned(), format!("**{after}**"));
                Some(match pas.from(etape) {
                    Some(same) if same == etape => word,
                    _ if after == format!("**{word}**") => after,
                    _ => format!("{word} → {after}"),
                })
            })
            .collect();
        let rows = if rows.is_empty() { "nothing more".to_owned() } else { rows.join(" · ") };
        table += &format!("| {etape} | {rows} |\n");
    }
    assert!(page.contains(&table), "docs/formats/registre.md should have the rows\n{table}");
}
