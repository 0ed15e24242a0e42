//! What is told of the batch as a whole: each code by what raises it.

use std::{collections::BTreeSet, fs, num::NonZeroUsize, path::Path};

use paraphe::{
    diag::Diagnostic,
    ops::{Formats, Options, Order, Outcome, diags, generate, prepare},
    register::{Agent, Moment},
};

use crate::generate::{copy_of, root};

/// The codes that a test of this file raises, one test each.
const RAISED: [&str; 4] =
    ["generate/foreign-finess", "generate/left-over", "generate/unknown-contract", "generate/unprintable"];

/// The codes that tests of a campaign over its years raise, by name.
const RAISED_LATER: [&str; 23] = [
    "amend/nothing-signed",
    "amend/other-changes",
    "amend/refused",
    "dossier/missing",
    "dossier/not-as-entered",
    "dossier/not-entered",
    "dossier/not-made",
    "dossier/pending",
    "dossier/unused",
    "generate/closed",
    "generate/signed",
    "handover/incomplete",
    "returns/no-return",
    "returns/unread",
    "send/bounced",
    "send/exercice-clos",
    "send/left-out",
    "send/may-have-left",
    "send/mentions",
    "send/no-mailbox",
    "send/not-due",
    "send/not-sent",
    "send/unproven",
];

#[test]
fn every_code_of_the_batch_is_raised_by_a_test() {
    let codes: BTreeSet<&str> = diags::ALL.iter().map(|code| code.name).collect();
    assert_eq!(codes, RAISED.into_iter().chain(RAISED_LATER).collect());
    let tests = fs::read_to_string(root().join("tests/it/ops.rs")).unwrap();
    for code in RAISED {
        assert!(tests.contains(&format!("told(&findings, \"{code}\")")), "no test raises {code}");
    }
}

/// The findings of a code.
fn told<'a>(findings: &'a [Diagnostic], code: &str) -> Vec<&'a Diagnostic> {
    findings.iter().filter(|finding| finding.code.name == code).collect()
}

fn make(campaign: &Path, out: &Path, only: &[&str]) -> Outcome {
    make_with(campaign, out, only, false)
}

fn make_with(campaign: &Path, out: &Path, only: &[&str], keep_going: bool) -> Outcome {
    let options = Options {
        out: out.to_owned(),
        only: only.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>(),
        jobs: NonZeroUsize::MIN,
        formats: Formats { pdf: true, docx: true },
        keep_going,
    };
    generate(campaign, &options, &order(), &mut |_| ()).unwrap()
}

fn order() -> Order {
    let instant = jiff::Timestamp::from_second(1_700_000_000).unwrap();
    let today = jiff::civil::date(2023, 11, 14);
    Order { agent: Agent::new("essai").unwrap(), now: Moment { instant, today } }
}

/// The identifiers of the contracts that are right.
fn ready(campaign: &Path) -> Vec<String> {
    prepare(campaign).unwrap().ready.keys().map(ToString::to_string).collect()
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{}: no `{from}`", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn the_number_of_another_typed_in_the_template_is_told_for_every_contract_but_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let copied = copy_of("region-2022", folder.path());
    let ids = ready(&copied);
    let (finess, _) = ids[0].split_once('-').unwrap();
    let template = folder.path().join("contract-templates/caqes-2022/socle.dj.hbs");
    let text = fs::read_to_string(&template).unwrap();
    fs::write(&template, format!("{text}\nLe numéro {finess} est cité par erreur.\n")).unwrap();
    let prepared = prepare(&copied).unwrap();
    let findings = prepared.findings;
    let told = told(&findings, "generate/foreign-finess");
    assert!(!told.is_empty());
    assert!(told.iter().all(|finding| finding.message.contains(finess)));
    assert!(told[0].origin.to_string().contains("socle.dj.hbs:"), "{}", told[0].origin);
    let right: Vec<String> = prepared.ready.keys().map(ToString::to_string).collect();
    assert_eq!(right, ids[..1]);
}

#[test]
fn an_unknown_contract_is_told_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let copied = copy_of("region-2022", folder.path());
    let out = folder.path().join("out");
    let findings = make(&copied, &out, &["960000016-1999"]).prepared.findings;
    let told = told(&findings, "generate/unknown-contract");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].found.as_deref(), Some("960000016-1999"));
    assert!(!out.exists());
}

#[test]
fn a_contract_made_before_and_no_longer_in_the_campaign_is_told_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let copied = copy_of("region-2017", folder.path());
    let out = folder.path().join("out");
    let ids = ready(&copied);
    let first = make(&copied, &out, &[&ids[0]]);
    assert_eq!((first.made, told(&first.prepared.findings, "generate/left-over").len()), (1, 0));
    // Another year of effect gives every contract another identity.
    let campagne = copied.join("campagne.yaml");
    replace(&campagne, "date_effet: \"2018-01-01\"", "date_effet: \"2019-01-01\"");
    replace(&campagne, "annees: [2018]", "annees: [2019]");
    let text = fs::read_to_string(&campagne).unwrap();
    fs::write(&campagne, text.replace("{2018: ", "{2019: ")).unwrap();
    let (finess, _) = ids[0].split_once('-').unwrap();
    let again = make(&copied, &out, &[&format!("{finess}-2019")]);
    let findings = again.prepared.findings;
    let told = told(&findings, "generate/left-over");
    assert_eq!(told.len(), 1, "{findings:#?}");
    assert!(told[0].message.contains(&ids[0]) && !told[0].is_error());
    assert_eq!(again.made, 1);
    assert!(out.join(&ids[0]).join(format!("{}-v1-ex1.pdf", ids[0])).is_file());
}

#[test]
fn a_caption_that_leaves_no_room_to_sign_is_told_for_its_contract_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let copied = copy_of("region-2017", folder.path());
    let out = folder.path().join("out");
    let template = folder.path().join("contract-templates/caqes-2017/partials/cadres-signature.dj.hbs");
    let lines = "Ligne de trop\\\n".repeat(60);
    replace(&template, "{{ars.nom}}\\\n", &format!("{lines}{{{{ars.nom}}}}\\\n"));
    let ids = ready(&copied);
    let outcome = make(&copied, &out, &[&ids[0]]);
    let findings = outcome.prepared.findings;
    let told = told(&findings, "generate/unprintable");
    assert_eq!(told.len(), 1, "{findings:#?}");
    assert_eq!(told[0].contract.as_deref(), Some(ids[0].as_str()));
    assert!(told[0].message.contains("signature box of `ars`"), "{}", told[0].message);
    assert!(!out.join(&ids[0]).exists() && !out.join("manifest.json").exists());
    let others = make_with(&copied, &out, &[&ids[0]], true);
    assert_eq!((others.made, others.manifest.unwrap().contracts.len()), (0, 0));
}
