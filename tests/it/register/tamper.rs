//! Everything that is done to the register behind its back is found.

use std::{fs, path::Path};

use paraphe::{
    digest::FileDigest,
    register::{EventKind, FILE, Register, RegisterError, SEAL, verify},
};
use rusqlite::{Connection, params};

use super::{at, copied, event, made, on, sample, verified};

/// Does something to the database that the triggers forbid, and leaves no other trace in its definitions.
fn tampered(folder: &Path, sql: &str) {
    let connection = Connection::open(folder.join(FILE)).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    connection.execute_batch(sql).unwrap();
    for (_, sql) in &triggers {
        connection.execute_batch(sql).unwrap();
    }
}

/// Writes after the last event as a program of ours would, but for these fields; the chain holds.
pub(crate) fn forged(folder: &Path, recorded: &str, day: Option<&str>, nature: &str, details: Option<&str>) {
    let connection = Connection::open(folder.join(FILE)).unwrap();
    let (number, previous): (i64, String) = connection
        .query_row("SELECT numero, empreinte FROM evenement ORDER BY numero DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let number = number + 1;
    let field = |text: Option<&str>| text.map_or("-,".to_owned(), |text| format!("{}:{text},", text.len()));
    let fields =
        [Some("paraphe-registre-1"), Some(&number.to_string()), Some(recorded), Some("dd96"), Some("960000024-2022")];
    let rest = [Some("1"), day, Some(nature), details, None, Some("0"), Some(&previous)];
    let form: String = fields.into_iter().chain(rest).map(field).collect();
    let digest = FileDigest::of(form.as_bytes()).to_string();
    connection
        .execute(
            "INSERT INTO evenement VALUES (?1, ?2, 'dd96', '960000024-2022', 1, ?3, ?4, ?5, NULL, ?6, ?7)",
            params![number, recorded, day, nature, details, previous, digest],
        )
        .unwrap();
}

/// Seals a folder as it is: what somebody would do who knows how paraphe works.
fn resealed(folder: &Path) {
    let connection = Connection::open(folder.join(FILE)).unwrap();
    let (last, digest): (u64, String) = connection
        .query_row("SELECT numero, empreinte FROM evenement ORDER BY numero DESC LIMIT 1", [], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?))
        })
        .unwrap();
    drop(connection);
    let bytes = fs::read(folder.join(FILE)).unwrap();
    let seal = format!(
        "{{\n  \"format\": 1,\n  \"last\": {last},\n  \"digest\": \"{digest}\",\n  \"sha256\": \"{}\",\n  \"size\": {}\n}}\n",
        FileDigest::of(&bytes),
        bytes.len()
    );
    fs::write(folder.join(SEAL), seal).unwrap();
}

fn has_error(folder: &Path) -> bool {
    verify(folder).unwrap().findings.iter().any(paraphe::diag::Diagnostic::is_error)
}

#[test]
fn nothing_is_found_in_a_register_that_nobody_touched() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    let seen = verify(folder.path()).unwrap();
    assert_eq!((seen.events, seen.findings), (12, vec![]));
}

#[test]
fn one_bit_flipped_anywhere_in_the_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    let good = fs::read(folder.path().join(FILE)).unwrap();
    // A prime step, so that every column of every page is met sooner or later.
    let step = good.len() / 500;
    let step = (step..).find(|step| (2..*step).all(|d| step % d != 0)).unwrap();
    let mut tried = 0;
    for (count, position) in (0..good.len()).step_by(step).chain(0..100).enumerate() {
        let spoilt = copied(folder.path());
        let mut bytes = good.clone();
        bytes[position] ^= 1 << (count % 8);
        fs::write(spoilt.path().join(FILE), &bytes).unwrap();
        // Neither a panic nor a repair; what is read meanwhile is right or refused.
        if let Ok(register) = Register::open(spoilt.path()) {
            drop(register.states());
        }
        let found = verify(spoilt.path());
        let told = match &found {
            Ok(found) => found.findings.iter().any(paraphe::diag::Diagnostic::is_error),
            // The number of the form is larger.
            Err(error) => matches!(error, RegisterError::TooNew { .. }),
        };
        assert!(told, "byte {position}, bit {}: {found:?}", count % 8);
        assert_eq!(fs::read(spoilt.path().join(FILE)).unwrap(), bytes, "byte {position} was repaired");
        tried += 1;
    }
    assert!(tried >= 500, "{tried}");
}

#[test]
fn a_damaged_register_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    let mut bytes = fs::read(folder.path().join(FILE)).unwrap();
    let slack = bytes.len() - 3000;
    bytes[slack] ^= 1;
    fs::write(folder.path().join(FILE), &bytes).unwrap();
    let refused = Register::open(folder.path())
        .and_then(|mut register| register.append(&[event(3, 1, EventKind::Genere(made(1)))], at("03-13")));
    assert!(matches!(refused, Err(RegisterError::Damaged { .. })), "{refused:?}");
    assert!(verified(folder.path()).contains(&"register/file-differs"));
}

#[test]
fn every_byte_of_the_seal_counts() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    let good = fs::read(folder.path().join(SEAL)).unwrap();
    for position in 0..good.len() {
        for bit in [0, 3, 5] {
            let mut bytes = good.clone();
            bytes[position] ^= 1 << bit;
            fs::write(folder.path().join(SEAL), &bytes).unwrap();
            assert!(has_error(folder.path()), "byte {position}, bit {bit}");
        }
    }
    fs::write(folder.path().join(SEAL), &good[..good.len() - 1]).unwrap();
    assert_eq!(verified(folder.path()), ["register/seal-unreadable"]);
    fs::remove_file(folder.path().join(SEAL)).unwrap();
    assert_eq!(verified(folder.path()), ["register/seal-missing"]);
}

#[test]
fn what_is_changed_removed_put_in_or_swapped_is_named_even_under_a_new_seal() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    let swap = "UPDATE evenement SET numero = -1 WHERE numero = 6; UPDATE evenement SET numero = 6 WHERE numero = 8; \
                UPDATE evenement SET numero = 8 WHERE numero = -1;";
    for (sql, code, place) in [
        ("UPDATE evenement SET jour = '2026-03-01' WHERE numero = 7", "register/chain", "event 7"),
        ("UPDATE evenement SET agent = 'dd97' WHERE numero = 12", "register/chain", "event 12"),
        ("UPDATE piece SET sha256 = 'x' WHERE evenement = 8", "register/chain", "event 8"),
        ("DELETE FROM piece WHERE evenement = 8", "register/chain", "event 8"),
        ("INSERT INTO piece VALUES (5, 1, 'a.pdf', 'x', 1)", "register/chain", "event 5"),
        ("DELETE FROM evenement WHERE numero = 9", "register/number", "event 10"),
        ("UPDATE registre SET identite = 'autre'", "register/chain", "event 1"),
        (swap, "register/chain", "event 6"),
    ] {
        let spoilt = copied(folder.path());
        tampered(spoilt.path(), sql);
        for sealed in [false, true] {
            if sealed {
                resealed(spoilt.path());
            }
            let findings = verify(spoilt.path()).unwrap().findings;
            let named = findings.iter().any(|f| f.code.name == code && f.origin.to_string().ends_with(place));
            assert!(named, "{sql}: {findings:#?}");
            let register = Register::open(spoilt.path()).unwrap();
            assert!(matches!(register.states(), Err(RegisterError::Damaged { .. })), "{sql}");
        }
    }
}

#[test]
fn an_end_that_was_cut_is_found_by_the_seal() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = sample(folder.path());
    let older = copied(folder.path());
    let recorded = register.record(on("04-02", EventKind::RetourneCpam), at("04-02"), None).unwrap();
    assert!(recorded.value.is_some());
    let checkpoint = register.checkpoint().unwrap();
    drop(register);

    let cut = copied(folder.path());
    tampered(cut.path(), "DELETE FROM evenement WHERE numero = 13");
    assert!(verified(cut.path()).contains(&"register/seal-differs"));

    fs::copy(older.path().join(FILE), folder.path().join(FILE)).unwrap();
    assert!(verified(folder.path()).contains(&"register/seal-differs"), "an older register under the last seal");
    let mut register = Register::open(folder.path()).unwrap();
    assert!(register.states().is_err());
    assert!(register.record(on("04-02", EventKind::RetourneCpam), at("04-02"), None).is_err());
    drop(register);

    // Both older: nothing in the folder can tell. What was printed, or the archive, does.
    fs::copy(older.path().join(SEAL), folder.path().join(SEAL)).unwrap();
    assert!(verified(folder.path()).is_empty());
    assert_ne!(Register::open(folder.path()).unwrap().checkpoint().unwrap(), checkpoint);
}

#[test]
fn events_of_another_register_do_not_fit() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(sample(folder.path()));
    let mut register = Register::create(other.path(), &super::texte("CAQES 2027"), at("01-05")).unwrap();
    register.append(&[event(0, 1, EventKind::Genere(made(1)))], at("03-01")).unwrap();
    drop(register);
    fs::copy(folder.path().join(SEAL), other.path().join(SEAL)).unwrap();
    assert!(verified(other.path()).contains(&"register/seal-differs"));
}

#[test]
fn definitions_that_are_not_ours_are_found() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    for sql in ["DROP TRIGGER evenement_delete", "CREATE TABLE autre (x)", "DROP INDEX evenement_contrat"] {
        let spoilt = copied(folder.path());
        Connection::open(spoilt.path().join(FILE)).unwrap().execute_batch(sql).unwrap();
        resealed(spoilt.path());
        assert_eq!(verified(spoilt.path()), ["register/schema"], "{sql}");
        assert!(matches!(Register::open(spoilt.path()), Err(RegisterError::Damaged { .. })));
    }
}

#[test]
fn the_triggers_refuse_what_sql_would_do() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    let connection = Connection::open(folder.path().join(FILE)).unwrap();
    for sql in [
        "UPDATE evenement SET agent = 'x'",
        "DELETE FROM evenement WHERE numero = 12",
        "INSERT OR REPLACE INTO evenement SELECT * FROM evenement WHERE numero = 12",
        "INSERT INTO evenement SELECT numero + 5, enregistre, agent, contrat, version, jour, nature, details, force, \
         precedent, empreinte FROM evenement WHERE numero = 12",
        "UPDATE piece SET nom = 'x'",
        "DELETE FROM piece",
        "INSERT OR REPLACE INTO piece SELECT * FROM piece",
        "UPDATE registre SET identite = 'x'",
        "DELETE FROM registre",
        "INSERT OR REPLACE INTO registre VALUES (1, 'x', 'x')",
    ] {
        assert!(connection.execute_batch(sql).is_err(), "{sql}");
    }
    drop(connection);
    assert!(verified(folder.path()).is_empty());
}

#[test]
fn what_is_not_a_register_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Register::open(folder.path()), Err(RegisterError::Missing(_))));
    assert!(matches!(verify(folder.path()), Err(RegisterError::Missing(_))));
    fs::write(folder.path().join(FILE), "numéro;date;agent\n".repeat(200)).unwrap();
    assert!(matches!(Register::open(folder.path()), Err(RegisterError::Damaged { .. })));
    assert_eq!(verified(folder.path()), ["register/unreadable", "register/seal-missing"]);
    fs::remove_file(folder.path().join(FILE)).unwrap();
    Connection::open(folder.path().join(FILE)).unwrap().execute_batch("CREATE TABLE notes (x)").unwrap();
    assert!(matches!(Register::open(folder.path()), Err(RegisterError::Damaged { .. })));

    drop(sample(tempfile::tempdir().unwrap().path()));
    let newer = tempfile::tempdir().unwrap();
    drop(sample(newer.path()));
    Connection::open(newer.path().join(FILE)).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(matches!(Register::open(newer.path()), Err(RegisterError::TooNew { found: 99, known: 1 })));
    assert!(matches!(verify(newer.path()), Err(RegisterError::TooNew { .. })));
}
