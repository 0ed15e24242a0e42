//! Returned files that were signed electronically, honest and not, judged as their truth says (`tests/fixtures/retours/verites.yaml`).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::house::root;

#[derive(Deserialize)]
struct Truth {
    now: Timestamp,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    file: PathBuf,
    honest: bool,
    verdict: Vec<String>,
    #[serde(default)]
    reasons: Vec<String>,
    expected: Option<Expected>,
    #[serde(default)]
    signatures: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Expected {
    contract: String,
    version: u16,
    exemplaire: u8,
}

fn truth() -> Truth {
    serde_yaml::from_str(&fs::read_to_string(fixtures().join("verites.yaml")).unwrap()).unwrap()
}

fn fixtures() -> PathBuf {
    root().join("tests/fixtures/retours")
}

/// The campaign as it was when the contracts had been sent, in a folder of its own.
fn campaign() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&fixtures().join("campagne"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

/// Runs a command on a campaign, at the instant of the truth.
fn paraphe(job: &str, campaign: &Path, rest: &[&Path]) -> Json {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paraphe"));
    command.arg(job).arg(campaign).args(rest).args(["--format", "json"]);
    command
        .env("PARAPHE_AGENT", "essai")
        .env("TZ", "UTC")
        .env("SOURCE_DATE_EPOCH", truth().now.as_second().to_string());
    let output = command.output().unwrap();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{job}: {talk}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn texts<'a>(list: &'a Json, key: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().filter_map(|one| one[key].as_str()).collect()
}

/// What a case and its judgement disagree on.
fn disagreements(case: &Case, judged: &Json) -> Vec<String> {
    let mut told = Vec::new();
    let verdict = judged["verdict"].as_str().unwrap();
    let codes = texts(&judged["reasons"], "code");
    if !case.verdict.iter().any(|allowed| allowed == verdict) {
        told.push(format!("expected {:?}, found {verdict} {codes:?}", case.verdict));
    }
    let accepted = verdict.starts_with("accept");
    if accepted != case.honest && (accepted || case.verdict.iter().all(|allowed| allowed.starts_with("accept"))) {
        told.push(format!("honest: {}, and judged {verdict}", case.honest));
    }
    for reason in case.reasons.iter().filter(|reason| !codes.contains(&reason.as_str())) {
        told.push(format!("{reason} is not told; {codes:?} are"));
    }
    if let Some(expected) = &case.expected {
        let found = (judged["contract"].as_str(), judged["version"].as_u64(), judged["exemplaire"].as_u64());
        let due = (Some(expected.contract.as_str()), Some(expected.version.into()), Some(expected.exemplaire.into()));
        if found != due {
            told.push(format!("expected {due:?}, found {found:?}"));
        }
    }
    for (field, allowed) in &case.signatures {
        let signatures = judged["signatures"].as_array().unwrap();
        let found: Vec<&str> = signatures
            .iter()
            .filter(|one| one["field"].as_str() == Some(field))
            .filter_map(|one| one["indication"].as_str())
            .collect();
        if !found.iter().any(|found| allowed.iter().any(|allowed| allowed == found)) {
            told.push(format!("{field}: expected {allowed:?}, found {found:?}"));
        }
    }
    told
}

#[test]
fn every_returned_file_is_judged_as_its_truth_says() {
    let campaign = campaign();
    let truth = truth();
    let files: Vec<PathBuf> = truth.cases.iter().map(|case| fixtures().join("recus").join(&case.file)).collect();
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let told = paraphe("verify", campaign.path(), &paths);
    let mut wrong = Vec::new();
    for (case, file) in truth.cases.iter().zip(&files) {
        let name = file.display().to_string();
        let judged: Vec<&Json> = told["returns"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["file"].as_str() == Some(&name) || one["message"].as_str() == Some(&name))
            .collect();
        match judged.as_slice() {
            [one] => wrong.extend(disagreements(case, one).into_iter().map(|what| format!("{}: {what}", case.name))),
            several => wrong.push(format!("{}: judged {} times", case.name, several.len())),
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), truth.cases.len(), wrong.join("\n"));
}
