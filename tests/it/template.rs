//! Template sets: each fault by its fixture, and a whole contract.

use std::{collections::BTreeMap, fs, path::Path};

use paraphe::{
    diag::Diagnostic,
    document::{Block, BlockKind, Document, plain_text},
    domain::{Acte, Avenant, AvenantDef, Campaign, Modele, VersionNum},
    template::{TemplateSet, compare, diags},
};

use crate::common;

const FIXTURES: &str = "tests/fixtures/template";
const SHOWN: &str = "../../contract-templates/essai/";

fn files(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
    texts.iter().map(|(name, text)| (format!("{SHOWN}{name}"), (*text).to_owned())).collect()
}

/// The files of a fixture and the campaign it is merged with.
fn fixture(folder: &Path) -> (BTreeMap<String, String>, Campaign) {
    let mut found = BTreeMap::new();
    for below in ["", "partials/"] {
        let Ok(entries) = fs::read_dir(folder.join(below)) else { continue };
        for entry in entries.map(Result::unwrap).filter(|entry| entry.path().is_file()) {
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            found.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    let (mut campaign, _) = common::sample();
    found.remove(SIGNED);
    let sheets: Vec<String> = found.keys().filter(|name| !name.contains('/') && *name != "corps").cloned().collect();
    let (avenant, contrat): (Vec<String>, Vec<String>) =
        sheets.into_iter().partition(|name| name.starts_with("avenant"));
    campaign.modele.corps = match found.remove("corps") {
        Some(corps) => corps.lines().map(str::to_owned).collect(),
        None => contrat,
    };
    let intitule = common::texte("au contrat d'essai");
    campaign.modele.avenant = (!avenant.is_empty()).then_some(AvenantDef { intitule, corps: avenant });
    (found.into_iter().map(|(name, text)| (format!("{SHOWN}{name}"), text)).collect(), campaign)
}

/// A file of a fixture: what the signed contract said otherwise (JSON pointer → value), and when the avenant is printed.
const SIGNED: &str = "signe.json";

/// What is found when a fixture's signed contract is amended.
fn amend(folder: &Path, files: &BTreeMap<String, String>, mut campaign: Campaign) -> Vec<Diagnostic> {
    let Ok(text) = fs::read_to_string(folder.join(SIGNED)) else { return Vec::new() };
    let changes: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let contract = campaign.contracts[0].clone();
    let mut signed = TemplateSet::data(&campaign, &contract, VersionNum::FIRST);
    for (pointer, value) in changes {
        match pointer.as_str() {
            "date_edition" => campaign.date_edition = value.as_str().unwrap().parse().unwrap(),
            pointer => *signed.pointer_mut(pointer).unwrap() = value,
        }
    }
    let mut compared = compare(&signed, &campaign, &contract).unwrap();
    if let Some(comparison) = compared.value {
        let parent = Acte { version: VersionNum::FIRST, date_signature: None };
        let avenant = Avenant::new(parent, Vec::new(), None, comparison.objet).unwrap();
        let set = TemplateSet::parse(files, &campaign.modele).value.unwrap();
        let version = VersionNum::new(2).unwrap();
        compared.findings.extend(set.merge_avenant(&campaign, &contract, version, &avenant).findings);
    }
    compared.findings
}

fn shown(finding: &Diagnostic) -> String {
    let origin = |origin: &paraphe::diag::Origin| origin.to_string().replace(SHOWN, "");
    let mut text = format!("{}\n  {}: {}\n", origin(&finding.origin), finding.code.name, finding.message);
    for (name, value) in [("expected", &finding.expected), ("found", &finding.found), ("help", &finding.help)] {
        text.extend(value.iter().map(|value| format!("  {name}: {value}\n")));
    }
    text.extend(finding.related.iter().map(|related| format!("  {}: {}\n", origin(&related.origin), related.label)));
    text
}

#[test]
fn each_fixture_raises_its_code_and_no_other() {
    let mut folders: Vec<_> = fs::read_dir(FIXTURES).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut listing = String::new();
    let mut wrong = Vec::new();
    for folder in &folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let (files, campaign) = fixture(folder);
        let mut findings = TemplateSet::inspect(&files, &campaign);
        findings.extend(amend(folder, &files, campaign));
        let expected = format!("template/{}", name.split("__").next().unwrap().replace('_', "-"));
        if findings.is_empty() || findings.iter().any(|finding| finding.code.name != expected) {
            wrong.push(name.clone());
        }
        let findings: String = findings.iter().map(shown).collect();
        listing.push_str(&format!("== {name}\n{findings}\n"));
    }
    insta::assert_snapshot!("faults", listing);
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_code_has_a_heading_and_a_fixture() {
    let page = fs::read_to_string("docs/diagnostics/template.md").unwrap();
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: Vec<&str> = diags::ALL.iter().map(|code| code.name).collect();
    assert_eq!(headings, codes);
    let fixtures: Vec<String> = fs::read_dir(FIXTURES)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    for code in codes.iter().filter(|code| **code != "template/render") {
        let prefix = format!("{}__", code.trim_start_matches("template/").replace('-', "_"));
        assert!(fixtures.iter().any(|name| name.starts_with(&prefix)), "no fixture for {code}");
    }
}

/// The eight faults on which fillers of Word templates were measured: at best six were told, here all, in one run.
#[test]
fn eight_classic_faults_are_told_in_one_run() {
    let text = "# Objet\n\n\
        Pour {{nom}}.\n\n\
        Pour {{etablissement.nom}}.\n\n\
        Pour {{directeur.nom.complet}}.\n\n\
        {{#each volets}}\n- {{titre}}\n{{/each}}\n\n\
        {{#each avenants}}\n- {{numero}}\n{{/each}}\n\n\
        Le {{jour contrat.date_effet}}.\n\n\
        Pour {{region }.\n\n\
        {{#each indicateurs}}\n- {{code}}\n";
    let (campaign, _) = common::sample();
    let findings = TemplateSet::inspect(&files(&[("socle.dj.hbs", text)]), &campaign);
    let mut places: Vec<(u32, &str)> = findings
        .iter()
        .map(|finding| match &finding.origin {
            paraphe::diag::Origin::Template { line, .. } => (*line, finding.code.name),
            other => panic!("{other}"),
        })
        .collect();
    places.sort_unstable();
    let missing = "template/missing-path";
    assert_eq!(
        places,
        [
            (3, missing),
            (5, missing),
            (7, missing),
            (10, missing),
            (13, missing),
            (17, "template/unknown-helper"),
            (19, "template/stray-tag"),
            (21, "template/unclosed-block"),
        ]
    );
}

/// What is found in a contract of two files, and the digest of what it says.
fn of_two_files(socle: &str, partial: &str) -> (Vec<String>, Option<String>) {
    let (mut campaign, _) = common::sample();
    campaign.modele.corps = vec!["socle.dj.hbs".to_owned()];
    let files = files(&[("socle.dj.hbs", socle), ("partials/nom.dj.hbs", partial)]);
    let parsed = TemplateSet::parse(&files, &campaign.modele);
    let mut findings = parsed.findings;
    let hash = parsed.value.and_then(|set| {
        let merged = set.merge(&campaign, &campaign.contracts[0], VersionNum::FIRST);
        findings.extend(merged.findings);
        merged.value.map(|document| document.content_hash().to_string())
    });
    (findings.iter().map(|finding| finding.code.name.to_owned()).collect(), hash)
}

#[test]
fn line_ends_and_ways_to_type_an_accent_make_no_difference() {
    let (socle, partial) =
        ("{{> nom}}\n\n{{> nom}}\n\n{.visa}\nVu l'avis donné à l'agence.\n", "{.partie}\n{{region}}\n");
    let expected = of_two_files(socle, partial);
    assert!(expected.0.is_empty() && expected.1.is_some(), "{expected:?}");
    for end in ["\r\n", "\r"] {
        assert_eq!(of_two_files(&socle.replace('\n', end), &partial.replace('\n', end)), expected, "{end:?}");
    }
    assert_eq!(of_two_files(&socle.replace("é", "e\u{301}").replace('à', "a\u{300}"), partial), expected);
    assert_eq!(of_two_files(socle, partial.trim_end()), expected, "the last line of a partial is ended");
}

#[test]
fn a_text_without_end_is_refused_in_a_bounded_time() {
    let loops =
        |depth| format!("{}x\n{}", "{{#each @root.contrat.annees}}\n".repeat(depth), "{{/each}}\n".repeat(depth));
    let (findings, hash) = of_two_files(&format!("{{{{> nom}}}}\n{}", loops(30)), "{{region}}\n");
    assert_eq!((findings.as_slice(), hash), (&["template/render".to_owned()][..], None));
}

/// A document as indented text, with the template line of each block.
fn outline(document: &Document) -> String {
    fn line(blocks: &[Block], depth: usize, out: &mut String) {
        for block in blocks {
            let place = block.origin.to_string();
            let place = place.rsplit('/').next().unwrap_or_default();
            let mut say = |text: String| {
                out.push_str(&format!("{}{text}\n", "  ".repeat(depth)));
            };
            match &block.kind {
                BlockKind::Contents => say(format!("[{place}] contents")),
                BlockKind::PageBreak => say(format!("[{place}] page break")),
                BlockKind::Heading(heading) => {
                    say(format!(
                        "[{place}] {} {:?} {}",
                        "#".repeat(heading.level.into()),
                        heading.kind,
                        heading.full_text()
                    ));
                }
                BlockKind::Paragraph { role, content } => say(format!("[{place}] {role:?}: {}", plain_text(content))),
                BlockKind::Signatures { boxes } => {
                    for signature in boxes {
                        let lines: Vec<String> = signature.caption.iter().map(|line| plain_text(line)).collect();
                        say(format!("[{place}] box {}: {}", signature.partie, lines.join(" / ")));
                    }
                }
                BlockKind::Table(table) => {
                    say(format!(
                        "[{place}] {} « {} » #{} {:?}",
                        table.label,
                        plain_text(&table.caption),
                        table.id,
                        table.columns
                    ));
                    for row in std::iter::once(&table.header).chain(&table.rows) {
                        let cells: Vec<String> =
                            row.iter().map(|cell| format!("{}*{}", plain_text(&cell.content), cell.rowspan)).collect();
                        say(format!("| {}", cells.join(" | ")));
                    }
                }
                BlockKind::Frame { blocks } => {
                    say(format!("[{place}] frame"));
                    line(blocks, depth + 1, out);
                }
                BlockKind::List { marker, items } => {
                    say(format!("[{place}] list {marker:?}"));
                    items.iter().for_each(|item| line(item, depth + 1, out));
                }
            }
        }
    }
    let mut out = String::new();
    line(&document.blocks, 0, &mut out);
    out.replace('\u{a0}', "~").replace('\u{202f}', "_")
}

const SOCLE: &str = include_str!("../fixtures/template-good/socle.dj.hbs");
const DELEGATION: &str = include_str!("../fixtures/template-good/partials/delegation.dj.hbs");

fn good() -> BTreeMap<String, String> {
    files(&[("socle.dj.hbs", SOCLE), ("partials/delegation.dj.hbs", DELEGATION)])
}

fn set(files: &BTreeMap<String, String>, modele: &Modele) -> TemplateSet {
    let parsed = TemplateSet::parse(files, modele);
    let findings: String = parsed.findings.iter().map(shown).collect();
    assert_eq!(findings, "");
    parsed.value.unwrap()
}

#[test]
fn a_contract_is_merged() {
    let (campaign, contract) = common::sample();
    let merged = set(&good(), &campaign.modele).merge(&campaign, &contract, VersionNum::FIRST);
    let findings: String = merged.findings.iter().map(shown).collect();
    assert_eq!(findings, "");
    insta::assert_snapshot!("merged", outline(&merged.value.unwrap()));
}

#[test]
fn merging_twice_gives_one_hash_and_a_version_changes_it() {
    let (campaign, contract) = common::sample();
    let set = set(&good(), &campaign.modele);
    let hash = |version| set.merge(&campaign, &contract, version).value.unwrap().content_hash();
    assert_eq!(hash(VersionNum::FIRST), hash(VersionNum::FIRST));
    assert_ne!(hash(VersionNum::FIRST), hash(VersionNum::new(2).unwrap()));
}

/// The linter walks what Handlebars walks: with any part of the data unknown, a contract is whole or the linter said why.
#[test]
fn the_linter_and_handlebars_agree() {
    let naive = "# Objet\n\n\
        {{date avis_cme.date}} {{papraps.arrete.intitule}} {{etablissement.siret}} {{#with arrete_ciblage}}{{intitule}}{{/with}}\n\n\
        {{#each volets}}\n- {{motif}} {{#each indicateurs}}{{motif_sans_objet}} {{#if taux_interessement}}{{../code}}{{/if}}{{/each}}\n{{/each}}\n\n\
        {{#with cpam.signataire}}{{> acte delegation}}{{/with}} {{#with avis_olam}}{{sens}}{{else}}aucun{{/with}}\n";
    let sets = [good(), files(&[("socle.dj.hbs", naive), ("partials/acte.dj.hbs", "{{acte}} {{@root.region}}\n")])];
    let (mut printed, mut refused) = (0, 0);
    for files in &sets {
        let (campaign, contract) = common::sample();
        let set = set(files, &campaign.modele);
        for unknown in 0_u32..128 {
            let (mut campaign, mut contract) = (campaign.clone(), contract.clone());
            let is = |bit: u32| unknown & (1 << bit) != 0;
            contract.avis_cme = contract.avis_cme.filter(|_| !is(0));
            campaign.papraps = campaign.papraps.filter(|_| !is(1));
            campaign.arrete_ciblage = campaign.arrete_ciblage.filter(|_| !is(2));
            if is(3) {
                campaign.cpams[0].signataire.delegation = None;
            }
            if is(4) {
                contract.etablissement.siret = Some("26960001100010".parse().unwrap());
                contract.volets.iter_mut().for_each(|volet| volet.motif = Some(common::texte("motif")));
            }
            if is(5) {
                let objectifs = contract.volets.iter_mut().flat_map(|volet| &mut volet.objectifs);
                objectifs.for_each(|objectif| objectif.motif_sans_objet = Some(common::texte("motif")));
            }
            if is(6) {
                contract.avis_olam.clone_from(&contract.avis_cme);
            }
            let merged = set.merge(&campaign, &contract, VersionNum::FIRST);
            assert!(
                merged.findings.iter().all(|finding| finding.code.name != "template/render"),
                "{:?}",
                merged.findings
            );
            assert_eq!(merged.value.is_some(), !merged.has_errors());
            if merged.value.is_some() { printed += 1 } else { refused += 1 }
        }
    }
    assert!(printed > 100 && refused > 100, "{printed} {refused}");
}

/// Data with marks of Djot, of Handlebars and of tables is printed as it is, wherever it stands.
#[test]
fn data_never_becomes_structure() {
    let (campaign, mut contract) = common::sample();
    let text = "{#t-{{contrat.version}}}\n# {{etablissement.raison_sociale}}\n\n{{etablissement.raison_sociale}}\n\n\
        - {{etablissement.raison_sociale}}\n\n| a | b |\n|---|---|\n| {{etablissement.raison_sociale}} | fin |\n^ Noms\n\n\
        *{{etablissement.raison_sociale}}* et _{{etablissement.raison_sociale}}_\n";
    let set = set(&files(&[("socle.dj.hbs", text)]), &campaign.modele);
    for nasty in [
        "*gras*",
        "[x](y)",
        "[x](#t-1)",
        "| a | b",
        ":::",
        "::: cadre",
        "# titre",
        "\\",
        "a\\",
        "<b>",
        "{.annexe numero=9}",
        "1. un",
        "a) un",
        "- tiret",
        "^er^",
        "~x~",
        "--",
        "...",
        "`code`",
        "$`x`",
        "{+x+}",
        "{{ region",
        "^ légende",
        "!",
        "CH_de_la_Côte_",
        "&amp;",
        "100 % *",
        ":sym:",
        "[^1]",
        "> cité",
        "---",
        "<http://a.fr>",
        "a@b.fr",
    ] {
        contract.etablissement.raison_sociale = common::texte(nasty);
        let mut merged = set.merge(&campaign, &contract, VersionNum::FIRST);
        merged.findings.retain(|finding| finding.code.name != "template/placeholder");
        let findings: String = merged.findings.iter().map(shown).collect();
        assert_eq!(findings, "", "{nasty}");
        let Some(document) = merged.value else { continue };
        let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ").replace(" %", "%");
        let nasty = plain(nasty);
        let kinds: Vec<(&str, String)> = document
            .blocks
            .iter()
            .map(|block| match &block.kind {
                BlockKind::Heading(heading) => ("heading", plain_text(&heading.title)),
                BlockKind::Paragraph { content, .. } => ("paragraph", plain_text(content)),
                BlockKind::List { items, .. } => match &items[0][0].kind {
                    BlockKind::Paragraph { content, .. } => ("list", plain_text(content)),
                    other => panic!("{other:?}"),
                },
                BlockKind::Table(table) => ("table", plain_text(&table.rows[0][0].content)),
                other => panic!("{other:?}"),
            })
            .map(|(kind, text)| (kind, plain(&text)))
            .collect();
        assert_eq!(
            kinds,
            [
                ("heading", nasty.clone()),
                ("paragraph", nasty.clone()),
                ("list", nasty.clone()),
                ("table", nasty.clone()),
                ("paragraph", format!("{nasty} et {nasty}")),
            ]
        );
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 400, ..Default::default() })]

    /// Whatever is written, there are findings or a document, and never a panic.
    #[test]
    fn any_text_is_answered(pieces in proptest::collection::vec(0_usize..PIECES.len(), 0..24)) {
        let text: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        let (campaign, _) = common::sample();
        let partial = ("partials/p.dj.hbs", "{{intitule}}\n");
        let findings = TemplateSet::inspect(&files(&[("socle.dj.hbs", &text), partial]), &campaign);
        proptest::prop_assert!(findings.iter().all(|finding| !finding.message.is_empty()));
    }
}

const PIECES: &[&str] = &[
    "{{#if region}}",
    "{{#if (eq region 1)}}\n",
    "{{else if papraps}}\n",
    "{{else}}",
    "{{/if}}\n",
    "{{#each volets as |v i|}}\n",
    "{{/each}}",
    "{{#with cpam}}",
    "{{/with}}\n",
    "{{#unless x}}",
    "{{/unless}}",
    "{{> p}}\n",
    "{{> p volets.[0] a=1}}",
    "{{",
    "}}",
    "{{{region}}}",
    "{{~region~}}",
    "{{!-- c",
    "--}}",
    "{{! c }}\n",
    "{{region}}",
    "{{../region}}",
    "{{@index}}",
    "{{v.code}}",
    "{{date",
    " contrat.date_effet",
    "{{(",
    "{{[a b]}}",
    "{{#",
    "{{/",
    "{{>",
    "\\{{region}}",
    "\"",
    "'",
    "\n",
    "\n\n",
    "# Titre\n",
    "{.article}\n",
    "| a | b |\n",
    "|---|---|\n",
    "^ c\n",
    "- a\n",
    "a) b\n",
    ":::",
    "::: cadre\n",
    "::: signatures\n",
    "{partie=cpam}\n",
    "[](#a)",
    "*",
    "_",
    "^er^",
    "`",
    "texte",
    " ",
    "é",
    "«",
    "%",
    "\u{e000}",
    "{{{{raw}}}}",
    "{{{{/raw}}}}",
    "{{^}}",
    "{{#*inline \"x\"}}",
    "{{/inline}}",
];
