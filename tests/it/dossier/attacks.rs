//! One file at a time: changed, removed, added, swapped.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{copy, done, run, small};

/// Every file of the archive and of the register.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = everything(&folder.join("archive"));
    found.extend(["registre.sqlite", "registre.sceau"].map(|name| folder.join(name)));
    found.sort();
    found.dedup();
    found
}

fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(everything(&path)) } else { found.push(path) }
    }
    found
}

/// Whether one of the two verifications ends with errors and names the file, by its name or that of its object.
fn named(folder: &Path, file: &Path) -> bool {
    let job = if file.starts_with(folder.join("archive")) { "archive verify" } else { "register verify" };
    let output = run(folder, job);
    let talk = said(&output);
    let name = file.file_name().unwrap().to_str().unwrap();
    let told = output.status.code() != Some(0) && talk.contains(name);
    if !told {
        println!("{job}: {:?}\n{talk}", output.status.code());
    }
    told
}

fn said(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_change_anywhere_is_named() {
    let made = small();
    let made = made.path();
    done(made, "generate --only 960000016-2022");
    done(made, "record propose 960000016-2022 --day 2023-01-10 --moyen courriel");
    let work = tempfile::tempdir().unwrap();
    let all = files(made);
    assert!(all.len() > 30, "{}", all.len());
    for (rank, file) in all.iter().enumerate() {
        let inside = file.strip_prefix(made).unwrap();
        let folder = work.path().join(rank.to_string());
        copy(made, &folder);
        let spoiled = folder.join(inside);
        let mut bytes = fs::read(&spoiled).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(&spoiled, &bytes).unwrap();
        assert!(named(&folder, &spoiled), "a flipped bit in {}", inside.display());
        fs::remove_file(&spoiled).unwrap();
        assert!(
            named(&folder, &spoiled) || run(&folder, "archive verify").status.code() == Some(2),
            "{} removed",
            inside.display()
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn an_object_that_is_sound_and_not_the_one_that_was_entered_is_told() {
    let one = small();
    let other = small();
    for folder in [one.path(), other.path()] {
        done(folder, "generate --only 960000016-2022");
    }
    super::replace(&other.path().join("etablissements.yaml"), super::CLINIQUE, "raison_sociale: \"Clinique du Bois\"");
    super::replace(
        &other.path().join("etablissements.yaml"),
        "Centre hospitalier de Valombre",
        "Centre hospitalier de Val",
    );
    done(other.path(), "generate --only 960000016-2022");
    let object = "archive/960000016-2022";
    fs::remove_dir_all(one.path().join(object)).unwrap();
    copy(&other.path().join(object), &one.path().join(object));
    let output = run(one.path(), "archive verify");
    assert!(said(&output).contains("dossier/not-as-entered"));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(run(one.path(), "archive export 960000016-2022 --out /nonexistent/x").status.code(), Some(2));

    fs::remove_dir_all(one.path().join(object)).unwrap();
    let output = run(one.path(), "archive verify");
    assert!(said(&output).contains("dossier/missing"));
    done(other.path(), "archive verify");
    for name in ["registre.sqlite", "registre.sceau"] {
        fs::remove_file(other.path().join(name)).unwrap();
    }
    let output = run(other.path(), "archive verify");
    assert!(said(&output).contains("dossier/not-entered"));
}
