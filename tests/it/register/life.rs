//! The register among other commands, kills, full disks and chance.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use paraphe::{
    domain::Partie,
    register::{
        ContractState, EventKind, EventNumber, FILE, Genere, Moyen, NewEvent, Register, RegisterError, SEAL, Seance,
        verify,
    },
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, TestCaseError},
};
use rusqlite::Connection;

use super::{at, contract, copied, event, made, new_register, received, sample, sent, texte, verified, version};

/// The draft of a contract, made again.
fn again(index: usize, number: u16) -> NewEvent {
    event(index, 1, EventKind::Genere(Genere { replaces_draft: true, ..made(number) }))
}

// --- chance

fn any_kind() -> impl Strategy<Value = EventKind> {
    select(vec![
        EventKind::Genere(made(1)),
        EventKind::Genere(Genere { replaces_draft: true, ..made(2) }),
        EventKind::Genere(Genere { remplace: Some(version(1)), ..made(3) }),
        sent(),
        sent(),
        received(),
        received(),
        EventKind::Observations,
        EventKind::Audition { seance: Seance::Tenue },
        EventKind::Relance { rang: 1, moyen: None },
        EventKind::SecondeProposition { moyen: Moyen::Courrier },
        EventKind::Refus { motif: None },
        EventKind::RetourneEtablissement,
        EventKind::TransmisCpam,
        EventKind::RetourneCpam,
        EventKind::PresenteDg,
        EventKind::Signe,
        EventKind::Notifie { partie: Partie::Cpam },
        EventKind::Notifie { partie: Partie::Etablissement },
        EventKind::Archive,
        EventKind::Penalite,
        EventKind::Remplace { par: version(2) },
        EventKind::Caduc { motif: texte("fusion") },
        EventKind::Annule { event: EventNumber(3), motif: texte("erreur") },
    ])
}

fn any_event() -> impl Strategy<Value = (NewEvent, bool)> {
    let day = select(vec!["03-01", "03-02", "03-02", "03-03", "07-01"]);
    (0..2_usize, 1..3_u16, any_kind(), day, prop::bool::weighted(0.3)).prop_map(|(index, number, kind, day, forced)| {
        (event(index, number, kind).on(format!("2026-{day}").parse().unwrap()), forced)
    })
}

fn holds(events: Vec<(NewEvent, bool)>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    let mut before = Vec::new();
    for (event, forced) in events {
        let motive = forced.then(|| texte("motif"));
        let recorded = register.record(event.clone(), at("03-05"), motive.as_ref()).unwrap();
        let after = register.events().unwrap();
        prop_assert_eq!(recorded.value.is_none(), recorded.has_errors());
        prop_assert_eq!(&after[..before.len()], &before[..], "what is recorded stays");
        prop_assert_eq!(after.len(), before.len() + usize::from(recorded.value.is_some()));
        if recorded.value.is_some() {
            let last = after.last().unwrap();
            prop_assert_eq!(&last.kind, &event.kind);
            prop_assert_eq!(last.forced.is_some(), !recorded.findings.is_empty());
        }
        before = after;
    }
    let states = register.states().unwrap();
    for (id, state) in &states {
        prop_assert_eq!(state, &ContractState::of(id.clone(), &register.history(id).unwrap()));
        prop_assert_eq!(state, &ContractState::of(id.clone(), &before));
        prop_assert_eq!(&register.state(id).unwrap(), &Some(state.clone()));
    }
    prop_assert_eq!(verified(folder.path()), Vec::<&str>::new());
    Ok(())
}

proptest! {
    #![proptest_config(Config { cases: 24, ..Config::default() })]

    #[test]
    fn whatever_is_tried_what_is_recorded_stays_and_explains_the_state(
        events in vec(any_event(), 1..25),
    ) {
        let first = (event(0, 1, EventKind::Genere(made(1))), false);
        let second = (event(1, 1, EventKind::Genere(made(1))), false);
        holds([first, second].into_iter().chain(events).collect())?;
    }
}

// --- others

#[test]
fn two_commands_at_once_write_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    drop(new_register(folder.path()));
    thread::scope(|scope| {
        for index in 0..2 {
            let folder = folder.path();
            scope.spawn(move || {
                let mut register = Register::open(folder).unwrap().patience(Duration::from_secs(120)).unwrap();
                register.append(&[event(index, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
                for number in 1..200 {
                    register.append(&[again(index, number)], at("03-01")).unwrap();
                    if number % 50 == 0 {
                        assert!(register.states().unwrap().contains_key(&contract(index)));
                    }
                }
            });
        }
    });
    let register = Register::open(folder.path()).unwrap();
    let numbers: Vec<u64> = register.events().unwrap().iter().map(|event| event.number.0).collect();
    assert_eq!(numbers, (1..=400).collect::<Vec<u64>>());
    assert_eq!(register.history(&contract(0)).unwrap().len(), 200);
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn a_command_that_waits_too_long_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = sample(folder.path()).patience(Duration::from_millis(50)).unwrap();
    let other = File::open(folder.path().join("registre.verrou")).unwrap();
    other.lock().unwrap();
    let events = [event(3, 1, sent()).on("2026-03-12".parse().unwrap())];
    assert!(matches!(register.append(&events, at("03-12")), Err(RegisterError::Busy)));
    assert!(matches!(register.states(), Err(RegisterError::Busy)));
    drop(other);
    register.append(&events, at("03-12")).unwrap();

    // A foreign program that holds the database, without our lock.
    let foreign = Connection::open(folder.path().join(FILE)).unwrap();
    foreign.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(matches!(register.append(&events, at("03-12")), Err(RegisterError::Busy)));
}

#[test]
fn a_register_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let identity = texte("CAQES 2026");
    drop(Register::open_or_create(folder.path(), &identity, at("01-05")).unwrap());
    drop(Register::open_or_create(folder.path(), &identity, at("01-06")).unwrap());
    let twice = Register::create(folder.path(), &identity, at("01-06"));
    assert!(matches!(twice, Err(RegisterError::AlreadyThere(_))));
    assert!(verified(folder.path()).is_empty());
    // Killed before the seal: nothing was recorded yet, the next command seals it.
    fs::remove_file(folder.path().join(SEAL)).unwrap();
    assert!(verified(folder.path()).is_empty());
    let mut register = Register::open_or_create(folder.path(), &identity, at("01-06")).unwrap();
    assert!(register.states().unwrap().is_empty());
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    assert!(verified(folder.path()).is_empty());
}

// --- kills

#[test]
fn a_command_killed_before_it_sealed_is_finished_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = sample(folder.path());
    let seal = fs::read(folder.path().join(SEAL)).unwrap();
    register.append(&[again(3, 2)], at("03-12")).unwrap();
    fs::write(folder.path().join(SEAL), seal).unwrap();
    assert_eq!(verified(folder.path()), ["register/seal-behind"]);
    assert_eq!(register.states().unwrap().len(), 4);
    register.append(&[again(3, 3)], at("03-12")).unwrap();
    assert!(verified(folder.path()).is_empty());
}

/// A register whose last write stopped half-way: pages written, journal there.
pub(crate) fn interrupted() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    let writing = Connection::open(folder.path().join(FILE)).unwrap();
    writing.execute_batch("PRAGMA cache_size = 1; BEGIN IMMEDIATE;").unwrap();
    let long = "x".repeat(3000);
    for number in 13..40 {
        let sql = "INSERT INTO evenement VALUES (?1, ?2, 'x', NULL, NULL, NULL, 'x', NULL, NULL, 'x', 'x')";
        writing.execute(sql, (number, &long)).unwrap();
    }
    let copy = copied(folder.path());
    let journal = format!("{FILE}-journal");
    fs::copy(folder.path().join(&journal), copy.path().join(&journal)).unwrap();
    let half = fs::metadata(copy.path().join(FILE)).unwrap().len();
    assert!(half > 100_000, "nothing was written yet: {half} bytes");
    copy
}

#[test]
fn an_interrupted_write_is_undone_and_told() {
    let folder = interrupted();
    assert!(matches!(Register::open_read_only(folder.path()), Err(RegisterError::RollbackNeeded)));
    assert_eq!(verified(folder.path()), ["register/rolled-back"]);
    assert!(verified(folder.path()).is_empty());
    let folder = interrupted();
    assert_eq!(Register::open(folder.path()).unwrap().states().unwrap().len(), 4);
    assert!(verified(folder.path()).is_empty());
}

/// The child of the test below: writes until it is killed, and says what it was told is recorded.
#[test]
#[ignore = "started by `whenever_a_command_is_killed_the_register_holds_what_it_acknowledged`"]
#[expect(clippy::disallowed_methods, reason = "its folder comes from its parent")]
fn child_that_writes_until_it_is_killed() {
    let Ok(folder) = std::env::var("PARAPHE_TEST_REGISTER") else { return };
    let mut register = Register::open_or_create(Path::new(&folder), &texte("CAQES 2026"), at("01-05")).unwrap();
    let known = register.states().unwrap();
    let drafts = (0..4).filter(|index| !known.contains_key(&contract(*index)));
    let drafts: Vec<NewEvent> = drafts.map(|index| event(index, 1, EventKind::Genere(made(1)))).collect();
    register.append(&drafts, at("03-01")).unwrap();
    for number in 0.. {
        let events: Vec<NewEvent> = (0..4).map(|index| again(index, number % 100)).collect();
        let recorded = register.append(&events, at("03-01")).unwrap();
        println!("recorded {}", recorded.last().unwrap());
    }
}

#[test]
fn whenever_a_command_is_killed_the_register_holds_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = std::collections::BTreeMap::<&str, u32>::new();
    for round in 0..50_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "register::life::child_that_writes_until_it_is_killed", "--ignored", "--nocapture"])
            .env("PARAPHE_TEST_REGISTER", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(10 + round * 37 % 120) + Duration::from_micros(round * 331 % 1000));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        let last = said.lines().rev().find_map(|line| line.strip_prefix("recorded ")?.parse::<u64>().ok());
        if !folder.path().join(FILE).exists() {
            continue;
        }
        let seen = match verify(folder.path()) {
            Ok(seen) => seen,
            // Killed while it was made.
            Err(RegisterError::Missing(_)) => continue,
            Err(error) => panic!("{error:?}"),
        };
        for finding in &seen.findings {
            *told.entry(finding.code.name).or_default() += 1;
            assert!(!finding.is_error(), "round {round}: {:#?}", seen.findings);
        }
        assert!(
            seen.events >= last.unwrap_or(0),
            "round {round}: {last:?} was acknowledged, {} are there",
            seen.events
        );
    }
    let mut register = Register::open_or_create(folder.path(), &texte("CAQES 2026"), at("01-05")).unwrap();
    assert!(register.events().unwrap().len() > 100);
    register.append(&[again(0, 7)], at("03-01")).unwrap();
    assert!(verified(folder.path()).is_empty());
    println!("50 kills: {told:?}");
}

// --- size

/// 3,000 contracts, five versions each, six events a version. `cargo test --release --test it -- --ignored ninety --nocapture`
#[test]
#[ignore = "a measure, not a test"]
#[expect(clippy::disallowed_methods, reason = "a measure needs a clock")]
fn ninety_thousand_events_are_folded_in_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = new_register(folder.path());
    let mut events = Vec::new();
    for index in 0..3_000_u64 {
        let digits = 96_000_000 + index;
        let key = (0..10).find_map(|key| format!("{digits}{key}-2022").parse().ok()).unwrap();
        for number in 1..=5 {
            let about = |kind| {
                let mut event = event(0, number, kind);
                event.contract = Some(Clone::clone(&key));
                event
            };
            let day = format!("2026-03-{number:02}").parse().unwrap();
            let remplace = (number > 1).then(|| version(number - 1));
            events.push(about(EventKind::Genere(Genere { remplace, ..made(number) })));
            if number > 1 {
                let mut marked = about(EventKind::Remplace { par: version(number) });
                marked.version = Some(version(number - 1));
                events.push(marked);
            }
            events.push(about(sent()).on(day));
            events.push(about(received()).on(day));
            events.push(about(EventKind::Relance { rang: 1, moyen: None }).on(day));
            events.push(about(EventKind::Observations).on(day));
        }
    }
    let timed = |what: &str, work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        println!("{what}: {:.3} s", start.elapsed().as_secs_f64());
    };
    println!("{} events", events.len());
    timed("append all", &mut || drop(register.append(&events, at("03-20")).unwrap()));
    let id = contract(0);
    timed("states", &mut || assert_eq!(register.states().unwrap().len(), 3_000));
    timed("state of one", &mut || assert!(register.state(&id).unwrap().is_some()));
    timed("record one", &mut || {
        let event = event(0, 5, EventKind::RetourneEtablissement).on("2026-03-20".parse().unwrap());
        assert!(register.record(event, at("03-20"), None).unwrap().value.is_some());
    });
    timed("open", &mut || drop(Register::open(folder.path()).unwrap()));
    timed("verify", &mut || assert!(verified(folder.path()).is_empty()));
    println!("{} bytes", fs::metadata(folder.path().join(FILE)).unwrap().len());
}
