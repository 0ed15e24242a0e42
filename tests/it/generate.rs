//! The main job, on the sample campaigns, as its user runs it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use paraphe::{
    digest::FileDigest,
    domain::{Campaign, VersionNum},
    ops::{Manifest, prepare},
};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn paraphe(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_paraphe")).args(arguments).current_dir(root()).output().unwrap()
}

/// A copy of the sample's folder tree in which a file may be spoiled.
pub(crate) fn copy_of(sample: &str, to: &Path) -> PathBuf {
    for folder in ["annexes", "contract-templates", "samples"] {
        copy(&root().join(folder), &to.join(folder), sample);
    }
    to.join("samples").join(sample)
}

fn copy(from: &Path, to: &Path, sample: &str) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let other_sample = from.ends_with("samples") && path.is_dir() && name != sample;
        let made = matches!(name, "archive" | "contrats" | ".paraphe") || name.starts_with("registre.");
        if made || other_sample {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name), sample);
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// Every file below a folder, by relative name, with its digest; what is staged is not shown to anybody.
fn digests(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                if name != ".staging" {
                    folders.push(path);
                }
            } else {
                found.insert(name, FileDigest::of(&fs::read(&path).unwrap()).to_string());
            }
        }
    }
    found
}

fn some_contracts(sample: &str, count: usize) -> Vec<String> {
    let prepared = prepare(&root().join("samples").join(sample)).unwrap();
    prepared.ready.keys().map(ToString::to_string).step_by(37).take(count).collect()
}

fn only(contracts: &[String]) -> Vec<&str> {
    contracts.iter().flat_map(|id| ["--only", id.as_str()]).collect()
}

pub(crate) fn campaign(sample: &str) -> (Campaign, paraphe::template::TemplateSet) {
    let prepared = prepare(&root().join("samples").join(sample)).unwrap();
    let errors: Vec<_> = prepared.findings.iter().filter(|finding| finding.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    (prepared.campaign.unwrap(), prepared.templates.unwrap())
}

#[test]
fn the_samples_have_the_numbers_of_the_campaigns_they_are_drawn_from() {
    let (of_2022, _) = campaign("region-2022");
    assert_eq!(of_2022.contracts.len(), 148);
    let (of_2017, _) = campaign("region-2017");
    assert_eq!(of_2017.contracts.len(), 254);
    let with = |code: &str| {
        let has = |contract: &&paraphe::domain::Contract| contract.volets.iter().any(|volet| volet.def.code.0 == code);
        of_2017.contracts.iter().filter(has).count()
    };
    assert_eq!((with("pertinence"), with("transport")), (8, 18));
    let departements: BTreeSet<_> = of_2017.contracts.iter().map(|c| c.etablissement.departement.clone()).collect();
    assert_eq!(departements.len(), 12);
    let indicators: BTreeSet<usize> =
        of_2022.contracts.iter().map(|c| c.volets.iter().map(|volet| volet.objectifs.len()).sum()).collect();
    assert!(indicators.first() == Some(&1) && indicators.last().is_some_and(|most| *most >= 12), "{indicators:?}");
}

#[test]
fn no_establishment_is_named_in_the_contract_of_another() {
    for sample in ["region-2022", "region-2017"] {
        let (campaign, templates) = campaign(sample);
        let marks = |contract: &paraphe::domain::Contract| {
            let e = &contract.etablissement;
            let director = format!("{} {}", e.representant.prenom, e.representant.nom).to_lowercase();
            let mut marks = vec![e.finess_ej.to_string(), director];
            marks.extend(e.finess_et.iter().map(ToString::to_string));
            marks.extend(e.siret.iter().map(ToString::to_string));
            marks.push(e.raison_sociale.to_string().to_lowercase());
            marks
        };
        let all: Vec<_> = campaign.contracts.iter().map(|contract| (contract.id.clone(), marks(contract))).collect();
        for contract in &campaign.contracts {
            let document = templates.merge(&campaign, contract, VersionNum::FIRST).value.unwrap();
            let mut text = String::new();
            document.walk_text(&mut |run, _| {
                text.push_str(&run.to_lowercase().replace(['\u{a0}', '\u{202f}'], " ").replace('’', "'"));
                text.push('\n');
            });
            let own = marks(contract);
            for (id, marks) in all.iter().filter(|(id, _)| id != &contract.id) {
                for mark in marks.iter().filter(|mark| !own.iter().any(|own| own.contains(mark.as_str()))) {
                    let mark = mark.replace(['\u{a0}', '\u{202f}'], " ").replace('’', "'");
                    let found = text.match_indices(&mark).any(|(at, _)| {
                        let after = text[at + mark.len()..].chars().next();
                        !after.is_some_and(|c| c.is_alphanumeric() || c == '-')
                    });
                    assert!(!found, "`{mark}` of {id} stands in {}", contract.id);
                }
            }
        }
    }
}

#[test]
fn two_runs_with_other_jobs_folder_zone_and_locale_give_the_same_bytes() {
    let chosen = some_contracts("region-2022", 3);
    let here = tempfile::tempdir().unwrap();
    let there = tempfile::tempdir().unwrap();
    let original = copy_of("region-2022", &here.path().join("campaign"));
    let copied = copy_of("region-2022", there.path());
    let run = |campaign: &str, out: &Path, jobs: &str, zone: &str, locale: &str| {
        let mut arguments = vec!["generate", campaign, "--out", out.to_str().unwrap(), "--jobs", jobs];
        arguments.extend(only(&chosen));
        let output = Command::new(env!("CARGO_BIN_EXE_paraphe"))
            .args(arguments)
            .current_dir(root())
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let first = here.path().join("out");
    run(original.to_str().unwrap(), &first, "1", "UTC", "C");
    let out = there.path().join("deep").join("out");
    run(copied.to_str().unwrap(), &out, "3", "Pacific/Auckland", "fr_FR.UTF-8");
    assert_eq!(digests(&first), digests(&out));
    assert_eq!(digests(&first).len(), 3 * 8 + 2);
}

#[test]
fn a_second_run_writes_nothing_and_a_changed_file_is_put_back() {
    let chosen = some_contracts("region-2017", 2);
    let (out, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let campaign = copy_of("region-2017", folder.path());
    let mut arguments = vec!["generate", campaign.to_str().unwrap(), "--out", out.path().to_str().unwrap()];
    arguments.extend(only(&chosen));
    assert!(paraphe(&arguments).status.success());
    let first = digests(out.path());
    let time = |name: &str| fs::metadata(out.path().join(name)).unwrap().modified().unwrap();
    let manifest_time = time("manifest.json");

    let again = paraphe(&arguments);
    assert!(String::from_utf8_lossy(&again.stdout).starts_with("0 contracts made, 2 kept unchanged"));
    assert_eq!(time("manifest.json"), manifest_time);

    let spoiled = out.path().join(&chosen[0]).join(format!("{}-v1-ex2.pdf", chosen[0]));
    let mut bytes = fs::read(&spoiled).unwrap();
    bytes[100] ^= 1;
    fs::write(&spoiled, bytes).unwrap();
    let third = paraphe(&arguments);
    assert!(String::from_utf8_lossy(&third.stdout).starts_with("0 contracts made, 2 kept unchanged"));
    assert_eq!(digests(out.path()), first);
}

#[test]
fn a_killed_run_shows_no_half_contract_and_is_finished_by_the_next() {
    let chosen = some_contracts("region-2022", 2);
    let whole = tempfile::tempdir().unwrap();
    let killed = tempfile::tempdir().unwrap();
    let arguments = |folder: &Path| {
        let campaign = folder.join("samples/region-2022");
        let mut all = vec!["generate".to_owned(), campaign.to_str().unwrap().to_owned(), "--out".to_owned()];
        all.push(folder.join("out").to_str().unwrap().to_owned());
        all.extend(chosen.iter().flat_map(|id| ["--only".to_owned(), id.clone()]));
        all
    };
    let command = |folder: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paraphe"));
        command.args(arguments(folder)).current_dir(root()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    for folder in [&whole, &killed] {
        copy_of("region-2022", folder.path());
        fs::create_dir(folder.path().join("out")).unwrap();
    }
    assert!(command(whole.path()).status().unwrap().success());
    let expected = digests(&whole.path().join("out"));
    for delay in [50, 400, 900, 1_300, 1_600, 1_900, 2_200] {
        let mut child = command(killed.path()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, digest) in digests(&killed.path().join("out")) {
            assert_eq!(expected.get(&name), Some(&digest), "{name} after {delay} ms");
        }
    }
    assert!(command(killed.path()).status().unwrap().success());
    assert_eq!(digests(&killed.path().join("out")), expected);
}

#[test]
fn files_that_people_put_beside_the_contracts_are_never_lost() {
    let chosen = some_contracts("region-2022", 1);
    let id = chosen[0].as_str();
    let (out, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let campaign = copy_of("region-2022", folder.path());
    let arguments = ["generate", campaign.to_str().unwrap(), "--out", out.path().to_str().unwrap(), "--only", id];
    let place = out.path().join(id);

    fs::write(&place, "a note").unwrap();
    let refused = paraphe(&arguments);
    assert_eq!(refused.status.code(), Some(2));
    let talk = String::from_utf8_lossy(&refused.stderr);
    assert!(talk.contains("is a file, where the folder of a contract should be"), "{talk}");
    assert_eq!(fs::read_to_string(&place).unwrap(), "a note");
    fs::remove_file(&place).unwrap();

    fs::create_dir_all(place.join("courriers")).unwrap();
    let own = ["notes.txt", "courriers/relance.txt"].map(|name| place.join(name));
    own.iter().for_each(|path| fs::write(path, "kept").unwrap());
    assert!(paraphe(&arguments).status.success());
    fs::write(place.join(format!("{id}-v1.docx")), "spoiled").unwrap();
    assert!(paraphe(&arguments).status.success());
    // A run killed while it put a contract in the place of the former one.
    let old = out.path().join(".staging").join(format!("{id}.old"));
    fs::rename(&place, &old).unwrap();
    assert!(String::from_utf8_lossy(&paraphe(&arguments).stdout).starts_with("0 contracts made, 1 kept"));
    fs::create_dir(&old).unwrap();
    fs::write(old.join("late.txt"), "kept").unwrap();
    assert!(paraphe(&arguments).status.success());
    for path in own.iter().chain([&place.join("late.txt")]) {
        assert_eq!(fs::read_to_string(path).unwrap(), "kept", "{}", path.display());
    }
    assert_eq!(fs::read_dir(out.path().join(".staging")).unwrap().count(), 1, "only the lock is left");
}

#[test]
fn with_one_wrong_contract_nothing_is_written_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let copied = copy_of("region-2022", folder.path());
    let path = copied.join("etablissements.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let name = text.lines().find_map(|line| line.trim().strip_prefix("raison_sociale: ")).unwrap().to_owned();
    fs::write(&path, text.replacen(&name, "\"Hôpital 🏥\"", 1)).unwrap();

    let out = folder.path().join("out");
    let output = paraphe(&["generate", copied.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!out.exists(), "something was written");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(talk.contains("etablissements.yaml:") && talk.contains("U+1F3E5"), "{talk}");

    let prepared = prepare(&copied).unwrap();
    let good = prepared.ready.keys().next().unwrap().to_string();
    let arguments =
        ["generate", copied.to_str().unwrap(), "--out", out.to_str().unwrap(), "--keep-going", "--only", &good];
    let output = paraphe(&arguments);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(out.join(&good).join(format!("{good}-v1-ex3.pdf")).is_file());
}

#[test]
fn the_manifest_and_the_checksums_tell_the_truth_and_name_nobody() {
    let chosen = some_contracts("region-2022", 1);
    let (out, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copied = copy_of("region-2022", folder.path());
    let mut arguments = vec!["generate", copied.to_str().unwrap(), "--out", out.path().to_str().unwrap()];
    arguments.extend(only(&chosen));
    let output = paraphe(&arguments);
    assert!(output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    let others = told.lines().filter(|line| line.contains("= contract: ") && !line.contains(&chosen[0]));
    assert_eq!(others.count(), 0, "{told}");
    let found = digests(out.path());
    let manifest: Manifest = serde_json::from_slice(&fs::read(out.path().join("manifest.json")).unwrap()).unwrap();
    for record in &manifest.contracts {
        for file in &record.files {
            assert_eq!(found[&format!("{}/{}", record.contract, file.name)], file.sha256);
        }
    }
    let sums = fs::read_to_string(out.path().join("SHA256SUMS")).unwrap();
    let listed: BTreeMap<String, String> = sums
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
        .collect();
    let mut on_disk = found.clone();
    on_disk.remove("SHA256SUMS");
    assert_eq!(listed, on_disk);

    let (campaign, _) = campaign("region-2022");
    let contract = campaign.contracts.iter().find(|contract| contract.id.to_string() == chosen[0]).unwrap();
    let name = contract.etablissement.representant.nom.to_string();
    for json in ["manifest.json".to_owned(), format!("{0}/{0}-v1-ex1.pages.json", chosen[0])] {
        assert!(!fs::read_to_string(out.path().join(&json)).unwrap().contains(&name), "{json}");
    }
}

#[test]
fn what_cannot_be_done_ends_with_status_2() {
    assert_eq!(paraphe(&["check", "no/such/folder"]).status.code(), Some(2));
    assert_eq!(paraphe(&["generate"]).status.code(), Some(2));
    let output = paraphe(&["generate", "samples/region-2022", "--only", "nothing"]);
    assert_eq!(output.status.code(), Some(1));
}
