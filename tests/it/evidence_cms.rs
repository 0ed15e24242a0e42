//! Signatures made for the tests by `tests/fixtures/evidence/cms/make.py`, each against what it should show.

use std::{collections::BTreeMap, fs, path::PathBuf};

use jiff::Timestamp;
use paraphe::evidence::{
    Reason,
    cms::{CmsEvidence, Material, examine, examine_timestamp},
    trust::{Role, Trust},
};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    message: String,
    #[serde(default = "pades")]
    subfilter: String,
    #[serde(default)]
    document_timestamp: bool,
    trust: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    material: BTreeMap<String, Vec<String>>,
    proofs: Vec<Timestamp>,
    now: Timestamp,
    indication: String,
    sub_indication: Option<String>,
    reasons: Vec<String>,
    revocation: Option<String>,
    level: Option<String>,
    algorithm: Option<String>,
    claimed: Option<Timestamp>,
    stamps: Option<Vec<String>>,
    self_contained: Option<bool>,
}

fn pades() -> String {
    "ETSI.CAdES.detached".to_owned()
}

fn folder() -> PathBuf {
    crate::house::root().join("tests/fixtures/evidence/cms")
}

fn made(name: &str) -> Vec<u8> {
    fs::read(folder().join("made").join(name)).unwrap()
}

fn cases() -> Vec<Case> {
    serde_json::from_slice(&fs::read(folder().join("cases.json")).unwrap()).unwrap()
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or_default().to_owned()
}

impl Case {
    fn trust(&self) -> Trust {
        let files = self.trust.iter().flat_map(|(folder, names)| {
            let role = Role::of_folder(folder).unwrap();
            names.iter().map(move |name| (format!("confiance/{folder}/{name}"), role, made(name)))
        });
        let checked = Trust::read(files);
        assert_eq!(checked.findings, [], "{}", self.name);
        checked.value.unwrap()
    }

    fn material(&self) -> Material {
        let of = |kind: &str| self.material.get(kind).into_iter().flatten().map(|name| made(name)).collect();
        Material { certificates: of("certificates"), lists: of("lists"), responses: of("responses") }
    }

    fn examine(&self, message: &[u8], contract: &[u8]) -> CmsEvidence {
        let (trust, material) = (self.trust(), self.material());
        if self.document_timestamp {
            examine_timestamp(message, &[contract], &material, &trust, &self.proofs, self.now)
        } else {
            let (begin, end) = contract.split_at(contract.len() / 3);
            examine(message, &self.subfilter, &[begin, end], &material, &trust, &self.proofs, self.now)
        }
    }
}

fn shown(evidence: &CmsEvidence) -> String {
    let seen: Vec<String> =
        evidence.observations.iter().map(|seen| format!("\n    {}: {}", seen.reason, seen.detail)).collect();
    format!("{:?} {:?}{}", evidence.indication, evidence.sub_indication, seen.concat())
}

/// What is not as the case says.
fn differences(case: &Case, evidence: &CmsEvidence) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, found: String, expected: String| {
        if found != expected {
            differences.push(format!("{what} is {found}, expected {expected}"));
        }
    };
    let mut reasons: Vec<String> = evidence.observations.iter().map(|seen| seen.reason.name()).collect();
    reasons.sort();
    reasons.dedup();
    compare("indication", word(evidence.indication), case.indication.clone());
    compare(
        "sub-indication",
        evidence.sub_indication.map(word).unwrap_or_default(),
        case.sub_indication.clone().unwrap_or_default(),
    );
    compare("reasons", reasons.join(" "), case.reasons.join(" "));
    if let Some(expected) = &case.revocation {
        let found = serde_json::to_value(&evidence.revocation).unwrap();
        compare("revocation", found["status"].as_str().unwrap().to_owned(), expected.clone());
    }
    if let Some(expected) = &case.level {
        compare("level", word(evidence.level), expected.clone());
    }
    if let Some(expected) = &case.algorithm {
        compare("algorithm", evidence.algorithm.clone().unwrap_or_default(), expected.clone());
    }
    if let Some(expected) = case.claimed {
        compare("claimed time", format!("{:?}", evidence.claimed), format!("{:?}", Some(expected)));
    }
    if let Some(expected) = &case.stamps {
        let trusted = |trusted| if trusted { "trusted" } else { "untrusted" };
        let found: Vec<String> =
            evidence.timestamps.iter().map(|one| format!("{} {}", one.time, trusted(one.trusted))).collect();
        compare("time stamps", found.join(", "), expected.join(", "));
    }
    if let Some(expected) = case.self_contained {
        compare("self-contained", evidence.self_contained.to_string(), expected.to_string());
    }
    differences
}

#[test]
fn every_signature_shows_what_it_should() {
    let contract = made("contrat.bin");
    let mut wrong = Vec::new();
    for case in cases() {
        let evidence = case.examine(&made(&case.message), &contract);
        let differences = differences(&case, &evidence);
        if !differences.is_empty() {
            wrong.push(format!("{}: {}\n  {}", case.name, differences.join("; "), shown(&evidence)));
        }
    }
    assert!(wrong.is_empty(), "{} cases\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_reason_of_signatures_is_shown_by_a_case() {
    let shown: std::collections::BTreeSet<String> = cases().into_iter().flat_map(|case| case.reasons).collect();
    for reason in [
        Reason::AttachedContent,
        Reason::CertExpired,
        Reason::CertNotYetValid,
        Reason::CertRevoked,
        Reason::CertUsage,
        Reason::ChainIncomplete,
        Reason::ChainInvalid,
        Reason::ChainUntrusted,
        Reason::ContentsMalformed,
        Reason::ContentsTrailingData,
        Reason::DigestMismatch,
        Reason::MultipleSignerinfos,
        Reason::RevocationUnknown,
        Reason::SignatureInvalid,
        Reason::SigningCertAttrMismatch,
        Reason::TimestampInvalid,
        Reason::TimestampUntrusted,
        Reason::Unsupported,
        Reason::WeakAlgorithm,
    ] {
        assert!(shown.contains(&reason.name()), "{reason}");
    }
}

/// Numbers that look random and are the same every time (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

fn place_of(part: &[u8], whole: &[u8]) -> std::ops::Range<usize> {
    let start = whole.windows(part.len()).position(|window| window == part).unwrap();
    start..start + part.len()
}

#[test]
fn no_byte_of_what_is_signed_can_change() {
    let contract = made("contrat.bin");
    let cases = cases();
    let case = cases.iter().find(|case| case.name == "ecdsa-p256-sha256").unwrap();
    let good = made(&case.message);
    let expected = case.examine(&good, &contract);
    // What nobody signs and nothing depends on: the versions, the digests announced before the content, parameters that say nothing.
    let mut free = Vec::new();
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1 << (at % 8);
        let evidence = case.examine(&changed, &contract);
        if word(evidence.indication) == "TOTAL-PASSED" {
            assert_eq!((&evidence.signer, &evidence.algorithm), (&expected.signer, &expected.algorithm), "byte {at}");
            free.push(at);
        }
    }
    let signer = expected.signer.unwrap();
    let signature = place_of(&good[good.len() - 60..], &good);
    let digest = {
        use sha2::Digest;
        place_of(&sha2::Sha256::digest(&contract), &good)
    };
    assert!(free.iter().all(|at| !signature.contains(at) && !digest.contains(at)));
    assert!(signer.common_name.is_some_and(|name| {
        let name = place_of(name.as_bytes(), &good);
        free.iter().all(|at| !name.contains(at))
    }));
    println!("{} bytes may change: {free:?}", free.len());
    assert!(free.len() <= 32, "{} bytes may change: {free:?}", free.len());
}

#[test]
fn no_change_of_any_input_stops_the_program() {
    let contract = made("contrat.bin");
    let cases = cases();
    let mut dice = Dice(96);
    for _ in 0..1500 {
        let case = &cases[dice.below(cases.len())];
        let mut spoil = |mut bytes: Vec<u8>| {
            for _ in 0..=dice.below(3) {
                let (from, to) = (dice.below(bytes.len()), dice.below(bytes.len()));
                match dice.below(5) {
                    0 => bytes.truncate(from),
                    1 => bytes.insert(from.min(bytes.len()), 0x80),
                    2 if from < to => drop(bytes.drain(from..to.min(from + 8))),
                    _ => {
                        if let Some(byte) = bytes.get_mut(from) {
                            *byte = u8::try_from(dice.below(256)).unwrap();
                        }
                    }
                }
            }
            bytes
        };
        let message = spoil(made(&case.message));
        let all = |role: Role| {
            case.trust.get(role.folder()).into_iter().flatten().map(move |name| (name.clone(), role, made(name)))
        };
        let files: Vec<_> =
            Role::ALL.into_iter().flat_map(all).map(|(name, role, bytes)| (name, role, spoil(bytes))).collect();
        let trust = Trust::read(files).value.unwrap();
        let material = case.material();
        let of_signature = examine(&message, &case.subfilter, &[&contract], &material, &trust, &case.proofs, case.now);
        let of_stamp = examine_timestamp(&message, &[&contract], &material, &trust, &case.proofs, case.now);
        assert!(of_signature.sub_indication.is_some() == (word(of_signature.indication) != "TOTAL-PASSED"));
        assert!(of_stamp.sub_indication.is_some() == (word(of_stamp.indication) != "TOTAL-PASSED"));
    }
}

/// Whether `OpenSSL` verifies a message against anchors, without times and usages, which it looks at in other ways.
fn openssl_verifies(case: &Case, work: &std::path::Path) -> Option<bool> {
    let pem = |names: &[String], file: &str| {
        let mut all = Vec::new();
        for name in names {
            let run = std::process::Command::new("openssl")
                .args(["x509", "-inform", "DER", "-in"])
                .arg(folder().join("made").join(name))
                .output()
                .ok()?;
            all.extend(run.stdout);
        }
        fs::write(work.join(file), &all).unwrap();
        Some(work.join(file))
    };
    let anchors = pem(&case.trust["signature"], "anchors.pem")?;
    let mut command = std::process::Command::new("openssl");
    command.args([
        "cms",
        "-verify",
        "-binary",
        "-cades",
        "-no_check_time",
        "-partial_chain",
        "-purpose",
        "any",
        "-inform",
        "DER",
    ]);
    command.arg("-in").arg(folder().join("made").join(&case.message));
    command.arg("-content").arg(folder().join("made/contrat.bin"));
    command.arg("-CAfile").arg(anchors).arg("-out").arg(work.join("out"));
    Some(command.output().ok()?.status.success())
}

/// Where `OpenSSL` 3.0 sees it otherwise, and why.
const OTHERWISE: [(&str, &str); 4] = [
    ("ed25519", "it does not verify Ed25519 in CMS (RFC 8419)"),
    ("protection-fausse", "it does not look at the protection of algorithms (RFC 6211)"),
    ("intermediaire-de-la-campagne", "its command takes no certificates that stand between"),
    ("intermediaire-du-document", "its command takes no certificates that stand between"),
];

#[test]
fn openssl_verifies_every_signature_that_is_passed_and_none_that_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    if std::process::Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: no `openssl` here");
        return;
    }
    let mut differences = Vec::new();
    for case in cases().iter().filter(|case| case.subfilter == pades() && !case.document_timestamp) {
        let verified = openssl_verifies(case, folder.path()).unwrap();
        let broken = [
            "HASH_FAILURE",
            "SIG_CRYPTO_FAILURE",
            "NO_CERTIFICATE_CHAIN_FOUND",
            "NO_SIGNING_CERTIFICATE_FOUND",
            "CHAIN_CONSTRAINTS_FAILURE",
        ];
        let expected = match (case.indication.as_str(), case.sub_indication.as_deref()) {
            ("TOTAL-PASSED", _) => true,
            (_, Some(sub)) if broken.contains(&sub) => false,
            _ => continue,
        };
        let excused = OTHERWISE.iter().any(|(name, _)| *name == case.name);
        if (verified != expected) != excused {
            differences.push(format!("{} ({:?})", case.name, case.sub_indication));
        }
    }
    assert_eq!(differences, [""; 0]);
}
