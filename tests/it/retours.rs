//! Returned files that were signed electronically, honest and not, judged as their truth says (`tests/fixtures/retours/verites.yaml`).

use std::{
    collections::BTreeMap,
    fs,
    ops::Range,
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
    #[serde(default = "yes")]
    recognised: bool,
    verdict: Vec<String>,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    one_of: Vec<Vec<String>>,
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

const fn yes() -> bool {
    true
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
    paraphe_at(truth().now, job, campaign, rest)
}

fn paraphe_at(now: Timestamp, job: &str, campaign: &Path, rest: &[&Path]) -> Json {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paraphe"));
    command.arg(job).arg(campaign).args(rest).args(["--format", "json"]);
    command.env("PARAPHE_AGENT", "essai").env("TZ", "UTC").env("SOURCE_DATE_EPOCH", now.as_second().to_string());
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
    for reason in case.reasons.iter().filter(|reason| !codes.contains(&reason.as_str())) {
        told.push(format!("{reason} is not told; {codes:?} are"));
    }
    for several in case.one_of.iter().filter(|several| !several.iter().any(|one| codes.contains(&one.as_str()))) {
        told.push(format!("none of {several:?} is told; {codes:?} are"));
    }
    if !case.recognised && !judged["contract"].is_null() {
        told.push(format!("it is taken for {}", judged["contract"]));
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

/// Where the signatures of a file say that they cover it.
fn covered(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(bytes, b"/ByteRange") {
        let list =
            bytes[at..].split(|byte| *byte == b'[').nth(1).and_then(|rest| rest.split(|byte| *byte == b']').next());
        let list = String::from_utf8_lossy(list.unwrap_or_default()).into_owned();
        let numbers: Vec<usize> = list.split_ascii_whitespace().filter_map(|number| number.parse().ok()).collect();
        found.extend(numbers.chunks_exact(2).map(|part| part[0]..part[0] + part[1]));
    }
    found
}

#[test]
fn no_file_is_accepted_of_which_a_signed_byte_was_changed_lost_or_added() {
    let (campaign, spoiled) = (campaign(), TempDir::new().unwrap());
    let mut count = 0;
    for case in truth().cases.iter().filter(|case| case.verdict.iter().all(|verdict| verdict.starts_with("accept"))) {
        let bytes = fs::read(fixtures().join("recus").join(&case.file)).unwrap();
        let parts = covered(&bytes);
        for (nth, change) in ["changed", "lost", "added"].into_iter().enumerate() {
            // Anywhere, and the same place in every run.
            let draw = sha256(format!("{} {change}", case.name).as_bytes());
            let draw = usize::from_str_radix(&draw[..12], 16).unwrap();
            let Some(part) = parts.get(draw % parts.len().max(1)) else { continue };
            let place = part.start + draw / 7 % part.len();
            let mut bytes = bytes.clone();
            match nth {
                0 => bytes[place] ^= 1,
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, b'0'),
            }
            fs::write(spoiled.path().join(format!("{}-{change}.pdf", case.name)), bytes).unwrap();
            count += 1;
        }
    }
    assert!(count > 100, "only {count} files to spoil");
    let told = paraphe("verify", campaign.path(), &[spoiled.path()]);
    let returns = told["returns"].as_array().unwrap();
    assert_eq!(returns.len(), count);
    for judged in returns {
        assert!(!judged["verdict"].as_str().unwrap().starts_with("accept"), "{judged:#}");
    }
}

/// Honest files that the three parties have signed, by exemplaire, of one contract.
fn whole(truth: &Truth, contract: &str) -> BTreeMap<u8, PathBuf> {
    let signed = |case: &&Case| {
        case.honest
            && case.signatures.len() == 3
            && case.signatures.values().all(|allowed| allowed == &["TOTAL-PASSED"])
    };
    let mut files = BTreeMap::new();
    for case in truth.cases.iter().filter(signed).filter(|case| case.file.extension().is_some_and(|kind| kind == "pdf"))
    {
        if let Some(expected) = case.expected.as_ref().filter(|expected| expected.contract == contract) {
            files.entry(expected.exemplaire).or_insert_with(|| fixtures().join("recus").join(&case.file));
        }
    }
    files
}

fn status(campaign: &Path, contract: &str) -> Json {
    let board = paraphe("status", campaign, &[]);
    board["contracts"].as_array().unwrap().iter().find(|line| line["contract"] == contract).unwrap().clone()
}

#[test]
fn a_contract_is_signed_when_its_three_exemplaires_are() {
    const CONTRACT: &str = "960000016-2024";
    let campaign = campaign();
    let files = whole(&truth(), CONTRACT);
    assert_eq!(files.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
    for (number, file) in &files {
        let told = paraphe("receive", campaign.path(), &[file]);
        assert!(told["returns"][0]["recorded"]["events"].as_array().is_some_and(|events| !events.is_empty()), "{told}");
        let line = status(campaign.path(), CONTRACT);
        let due = if *number == 3 { "signé" } else { "retourné par la CPAM" };
        assert_eq!(line["etape"], due, "{line}");
        assert_eq!(line["exemplaires"][usize::from(*number) - 1]["etat"], "complet");
    }
    let again = paraphe("receive", campaign.path(), &[&files[&1]]);
    assert!(again["returns"][0]["recorded"]["already"].is_u64(), "{again}");
    assert_eq!(texts(&again["returns"][0]["reasons"], "code").last(), Some(&"DUPLICATE_RETURN"));
}

/// A file that is not there is told, and the others are judged.
#[test]
fn a_file_that_cannot_be_read_does_not_stop_the_others() {
    let campaign = campaign();
    let files = whole(&truth(), "960000016-2024");
    let told = paraphe("verify", campaign.path(), &[Path::new("nowhere/retour.pdf"), &files[&1]]);
    assert_eq!(texts(&told["findings"], "code"), ["returns/unread"]);
    assert_eq!(texts(&told["returns"], "verdict"), ["accept"]);
}

/// Certificates expire; what was received before they did stays what it was.
#[test]
fn the_receipt_of_a_file_proves_that_its_signatures_are_older() {
    let campaign = campaign();
    let files = whole(&truth(), "960000016-2024");
    let [received, other] = [&files[&1], &files[&2]];
    paraphe("receive", campaign.path(), &[received]);
    let later = "2100-01-01T00:00:00Z".parse().unwrap();
    let told = paraphe_at(later, "verify", campaign.path(), &[received, other]);
    assert_eq!(told["returns"][0]["verdict"], "accept", "{}", told["returns"][0]["reasons"]);
    assert_eq!(told["returns"][1]["verdict"], "review");
    assert!(texts(&told["returns"][1]["reasons"], "code").contains(&"CERT_EXPIRED"));
}

/// What was received is kept whole, with its report, and what is recorded names nobody.
#[test]
fn every_received_file_is_archived_with_its_report_and_recorded_without_a_name() {
    let campaign = campaign();
    let truth = truth();
    let name = |case: &Case| fixtures().join("recus").join(&case.file);
    let some: Vec<PathBuf> = truth.cases.iter().step_by(7).map(name).collect();
    let paths: Vec<&Path> = some.iter().map(PathBuf::as_path).collect();
    let told = paraphe("receive", campaign.path(), &paths);
    let archive = campaign.path().join("archive");
    for returned in told["returns"].as_array().unwrap() {
        let digest = returned["sha256"].as_str().unwrap();
        let object = archive.join(format!("piece-{}", &digest[..16])).join("v1/content");
        let kept = fs::read_dir(&object).unwrap().next().unwrap().unwrap().path();
        assert_eq!(sha256(&fs::read(kept).unwrap()), digest);
    }
    sound(campaign.path());
    let constats = pieces(&archive).into_iter().filter(is_constat).map(|pdf| pdf.get_pages().len());
    let constats: Vec<usize> = constats.collect();
    assert_eq!(constats, vec![1; told["returns"].as_array().unwrap().len()]);
    let register = String::from_utf8_lossy(&fs::read(campaign.path().join("registre.sqlite")).unwrap()).into_owned();
    let mut names = 0;
    for signature in told["returns"].as_array().unwrap().iter().flat_map(|one| one["signatures"].as_array().unwrap()) {
        if let Some(name) = signature["signer"]["common_name"].as_str().filter(|name| name.contains(' ')) {
            assert!(!register.contains(name), "`{name}` is in the register");
            names += 1;
        }
    }
    assert!(names > 20, "{names}");
}

/// Every archived piece that is a PDF and can be read.
fn pieces(archive: &Path) -> Vec<lopdf::Document> {
    let pdf = |path: &PathBuf| path.to_string_lossy().contains("piece-");
    let files = crate::house::files_below(archive, "pdf").into_iter().filter(pdf);
    files.filter_map(|path| lopdf::Document::load(path).ok()).collect()
}

fn is_constat(pdf: &lopdf::Document) -> bool {
    let title = pdf.trailer.get(b"Info").and_then(|info| pdf.dereference(info)).ok();
    let title = title.and_then(|(_, info)| info.as_dict().ok()?.get(b"Title").ok().cloned());
    title.is_some_and(|title| {
        lopdf::decode_text_string(&title).is_ok_and(|title| title.starts_with("Constat de retour"))
    })
}

/// Killed at any moment, what was received is recorded once or not at all, and the next run completes it. `PARAPHE_KILLS=200` for the
/// long run.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test may look at the clock, and be asked to last longer")]
fn a_reception_that_was_killed_is_completed_by_the_next_one() {
    let campaign = campaign();
    let truth = truth();
    let files: Vec<PathBuf> =
        truth.cases.iter().step_by(20).map(|case| fixtures().join("recus").join(&case.file)).collect();
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let kills = std::env::var("PARAPHE_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(8_u64);
    for round in 0..kills {
        let mut child = Command::new(env!("CARGO_BIN_EXE_paraphe"))
            .arg("receive")
            .arg(campaign.path())
            .args(&paths)
            .envs([("PARAPHE_AGENT", "essai"), ("SOURCE_DATE_EPOCH", "1781524800")])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(30_000 + round.wrapping_mul(7_919_000) % 700_000));
        child.kill().unwrap();
        child.wait().unwrap();
        sound(campaign.path());
    }
    let told = paraphe("receive", campaign.path(), &paths);
    sound(campaign.path());
    for returned in told["returns"].as_array().unwrap() {
        let recorded = &returned["recorded"];
        assert!(recorded["already"].is_u64() || recorded["events"][0].is_u64(), "{returned}");
    }
    let again = paraphe("receive", campaign.path(), &paths);
    assert!(again["returns"].as_array().unwrap().iter().all(|returned| returned["recorded"]["already"].is_u64()));
}

/// The archive and the register verify.
fn sound(campaign: &Path) {
    for job in [["archive", "verify"], ["register", "verify"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_paraphe")).args(job).arg(campaign).output().unwrap();
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !talk.contains("warning"), "{job:?}: {talk}");
    }
}

fn sha256(bytes: &[u8]) -> String {
    paraphe::digest::FileDigest::of(bytes).to_string()
}
