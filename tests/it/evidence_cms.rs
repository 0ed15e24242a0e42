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
