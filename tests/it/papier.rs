//! Paper that came back: piles of the laboratory are sorted, compared, recorded, shown and decided on.
//!
//! Each test prints pages of a campaign of three-page contracts, spoils and scans them, and runs the program on what came out.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{
    house::root,
    laboratoire::{Chance, Face, Handling, Job, Kind, Original, Printer, Scan, ScannedPdf, SideTruth, profile},
};

const CONTRACT: &str = "960000024-2024";
const VERSION: u16 = 2;
const NOW: &str = "1781524800";

struct Campaign(TempDir);

impl Campaign {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        copy(&root().join("tests/fixtures/retours/campagne"), folder.path());
        Self(folder)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, job: &str, rest: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paraphe"));
        command.arg(job).arg(self.0.path()).args(rest);
        command.env("PARAPHE_AGENT", "essai").env("TZ", "UTC").env("SOURCE_DATE_EPOCH", NOW);
        let output = command.output().unwrap();
        let code = output.status.code().unwrap();
        assert!(code < 2, "{job}: {}", String::from_utf8_lossy(&output.stderr));
        (code, String::from_utf8(output.stdout).unwrap())
    }

    fn json(&self, job: &str, rest: &[&str]) -> Json {
        let rest: Vec<&str> = rest.iter().copied().chain(["--format", "json"]).collect();
        serde_json::from_str(&self.run(job, &rest).1).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

fn original(exemplaire: u8) -> Original {
    printed(CONTRACT, VERSION, exemplaire)
}

/// Another contract.
fn other() -> Original {
    printed("960011807-2024", 1, 1)
}

fn printed(contract: &str, version: u16, exemplaire: u8) -> Original {
    let archive = "tests/fixtures/retours/campagne/archive";
    let file = format!("{archive}/{contract}/v{version}/content/{contract}-v{version}-ex{exemplaire}.pdf");
    Original::open(&root().join(file)).unwrap()
}

/// A side of a pile.
#[derive(Clone, Copy)]
enum Lies {
    Page {
        exemplaire: usize,
        page: usize,
        quarters: usize,
        alteration: Option<Kind>,
    },
    /// A page of which the codes were cut away; the fourth original is another contract.
    Cut {
        original: usize,
        page: usize,
    },
    Other(Face),
}

fn page(exemplaire: usize, page: usize) -> Lies {
    Lies::Page { exemplaire, page, quarters: 0, alteration: None }
}

/// A pile of scans as one PDF.
fn pile(name: &str, handling: Handling, sides: &[Lies]) -> Vec<u8> {
    pile_and_truth(name, handling, sides).0
}

fn pile_and_truth(name: &str, handling: Handling, sides: &[Lies]) -> (Vec<u8>, Vec<SideTruth>) {
    let mut originals: Vec<Original> = (1..=3).map(original).collect();
    originals.push(other());
    let profile = profile(name).unwrap();
    let mut pdf = ScannedPdf::new();
    let mut truth = Vec::new();
    for (number, side) in sides.iter().enumerate() {
        // No program beside this one is needed, and a sheet of 200 dpi is quick to print.
        let job = Job { printer: Printer::Hayro, density: 200.0 / 25.4, handling, ..Job::new(profile) };
        let chance = Chance::new(60 + number as u64);
        let scan = match *side {
            Lies::Page { exemplaire, page, quarters, alteration } => {
                let job = Job { quarters, alteration, ..job };
                job.run(&originals[exemplaire - 1], page, &chance).unwrap().expect("a page that can be altered so")
            }
            Lies::Cut { original, page } => cut(&job, &originals[original - 1], page, &chance),
            Lies::Other(face) => job.side(&originals, face, &chance).unwrap(),
        };
        pdf.push(&scan.picture, profile.codec, profile.dpi).unwrap();
        truth.push(scan.truth);
    }
    (pdf.finish().unwrap(), truth)
}

/// A page whose codes are gone.
fn cut(job: &Job, original: &Original, page: usize, chance: &Chance) -> Scan {
    let mut scan = job.run(original, page, chance).unwrap().unwrap();
    for code in &original.map.pages[page - 1].codes {
        let mm = |um: i64| um as f64 / 1000.0;
        let [left, top] = scan.truth.place(mm(code.area.x.um()) - 2.0, mm(code.area.y.um()) - 2.0);
        let side = ((mm(code.area.width.um()) + 6.0) * job.profile.dpi / 25.4) as usize;
        let (width, channels) = (scan.picture.width, scan.picture.channels);
        for row in scan.picture.data.chunks_mut(width * channels).skip(top.max(0.0) as usize).take(side) {
            row.iter_mut().skip(left.max(0.0) as usize * channels).take(side * channels).for_each(|value| *value = 240);
        }
    }
    scan
}

/// Which parties wrote in their box of an exemplaire.
fn wrote(exemplaire: u8, truth: &[SideTruth]) -> Vec<bool> {
    let of = |side: &&SideTruth| side.printed.as_ref().is_some_and(|printed| printed.exemplaire == exemplaire);
    truth.iter().filter(of).flat_map(|side| side.boxes.iter().map(|one| one.ink)).collect()
}

fn codes(returned: &Json) -> Vec<&str> {
    returned["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

#[test]
fn a_pile_of_three_sets_is_taken_apart_and_each_is_judged_archived_and_recorded() {
    let turned = Lies::Page { exemplaire: 1, page: 2, quarters: 2, alteration: None };
    let back = Lies::Other(Face::Blank);
    let sides = [
        Lies::Other(Face::Letter),
        page(1, 1),
        back,
        turned,
        back,
        page(1, 3),
        back,
        page(2, 1),
        page(2, 3),
        page(3, 3),
        page(3, 1),
        page(3, 2),
    ];
    let campaign = Campaign::new();
    let (scan, truth) = pile_and_truth("g200", Handling::Signed, &sides);
    let file = campaign.file("recus/pile.pdf", &scan);
    let told = campaign.json("receive", &[file.to_str().unwrap()]);
    let sets = told["returns"].as_array().unwrap();
    let exemplaires: Vec<u64> = sets.iter().map(|set| set["exemplaire"].as_u64().unwrap()).collect();
    assert_eq!(exemplaires, [1, 2, 3], "{told:#}");
    assert!(sets.iter().all(|set| set["contract"] == CONTRACT && set["version"] == VERSION));
    let verdicts: Vec<&str> = sets.iter().map(|set| set["verdict"].as_str().unwrap()).collect();
    for (set, exemplaire) in sets.iter().zip(1..) {
        let seen = ["etablissement", "cpam", "ars"].map(|partie| set["parties"][partie]["etat"] == "encre");
        assert_eq!(seen.to_vec(), wrote(exemplaire, &truth), "exemplaire {exemplaire}: {told:#}");
    }
    assert_eq!(verdicts, ["review", "reject", "accept-note"], "{told:#}");
    assert!(codes(&sets[0]).contains(&"PAGE_STRANGE") && codes(&sets[0]).contains(&"PAGE_TURNED"));
    assert!(codes(&sets[1]).contains(&"PAGE_MISSING"));
    assert!(codes(&sets[2]).contains(&"PAGE_ORDER") && codes(&sets[2]).contains(&"BOX_INK"));
    assert_eq!(sets[0]["paper"]["blank"], serde_json::json!([3, 5, 7]));
    // Each set is a file of its own, in the order of the contract, and can be judged again by itself.
    let (_, log) = campaign.run("log", &[CONTRACT]);
    assert_eq!(log.matches("retour de l’exemplaire").count(), 3, "{log}");
    let again = campaign.json("receive", &[file.to_str().unwrap()]);
    assert!(again["returns"].as_array().unwrap().iter().all(|set| !set["recorded"]["already"].is_null()), "{again:#}");
}

#[test]
fn a_changed_figure_is_shown_to_a_person_who_decides() {
    let altered = |page| Lies::Page { exemplaire: 1, page, quarters: 0, alteration: Some(Kind::Digit) };
    let campaign = Campaign::new();
    let scan = pile("g200", Handling::None, &[page(1, 1), altered(2), page(1, 3)]);
    let file = campaign.file("recus/scan.pdf", &scan);
    let told = campaign.json("receive", &[file.to_str().unwrap()]);
    let set = &told["returns"][0];
    assert_eq!(set["verdict"], "review", "{told:#}");
    assert!(codes(set).contains(&"PAGE_ALTERED"), "{told:#}");
    let event = set["recorded"]["events"][0].as_u64().unwrap().to_string();

    let page = campaign.0.path().join("examen.html");
    let (code, listed) = campaign.run("review", &["--out", page.to_str().unwrap()]);
    assert!(code == 1 && listed.contains("PAGE_ALTERED"), "{listed}");
    let html = fs::read_to_string(page).unwrap();
    assert!(html.contains("Tel qu’imprimé") && html.matches("data:image/png;base64,").count() >= 3);
    assert!(!html.contains("http:") && !html.contains("https:"), "it asks the network for something");

    let (code, told) = campaign.run("decide", &["1", "accepte", "--format", "json"]);
    assert!(code == 1 && told.contains("returns/no-return"), "{told}");
    let (code, _) = campaign.run("decide", &[&event, "refuse", "--motif", "chiffre modifié page 2"]);
    assert_eq!(code, 0);
    let (code, _) = campaign.run("review", &[]);
    assert_eq!(code, 0, "nothing is left to decide on");
    assert!(campaign.run("log", &[CONTRACT]).1.contains("chiffre modifié page 2"));
}

#[test]
fn single_pages_of_a_folder_are_one_set() {
    let campaign = Campaign::new();
    for number in 1..=3 {
        let scan = pile("g150", Handling::Signed, &[page(1, number)]);
        campaign.file(&format!("recus/page{number}.pdf"), &scan);
    }
    let folder = campaign.0.path().join("recus");
    let split = campaign.0.path().join("jeux");
    let told = campaign.json("verify", &[folder.to_str().unwrap(), "--split", split.to_str().unwrap()]);
    let sets = told["returns"].as_array().unwrap();
    assert_eq!(sets.len(), 1, "{told:#}");
    assert_eq!(sets[0]["verdict"], "accept-note", "{told:#}");
    assert_eq!(sets[0]["parties"]["etablissement"]["etat"], "encre", "{told:#}");
    // The set that was written is judged as the pages were.
    let set = split.join(format!("{CONTRACT}-v{VERSION}-ex1.pdf"));
    let again = campaign.json("verify", &[set.to_str().unwrap()]);
    assert_eq!(again["returns"][0]["verdict"], "accept-note", "{again:#}");
    assert_eq!(again["returns"][0]["sha256"], sets[0]["sha256"], "{again:#}");
}

#[test]
fn separators_and_worn_backs_weigh_nothing_and_a_remark_on_a_back_is_for_a_person() {
    let campaign = Campaign::new();
    let separator = Lies::Other(Face::Separator);
    let told = |name: &str, sides: &[Lies]| {
        let file = campaign.file(name, &pile("g200", Handling::None, sides));
        campaign.json("verify", &[file.to_str().unwrap()])
    };
    let worn = Lies::Other(Face::Worn);
    let pile =
        [separator, page(1, 1), worn, page(1, 2), page(1, 3), separator, page(2, 1), page(2, 2), page(2, 3), worn];
    let apart = told("recus/intercalaires.pdf", &pile);
    let sets = apart["returns"].as_array().unwrap();
    assert_eq!(sets.len(), 2, "{apart:#}");
    assert!(sets.iter().all(|set| !codes(set).contains(&"PAGE_STRANGE") && set["verdict"] != "review"), "{apart:#}");
    assert_eq!(sets[0]["paper"]["separators"], serde_json::json!([1, 6]));
    assert_eq!(sets[0]["paper"]["blank"], serde_json::json!([3, 10]));

    let noted = told("recus/remarque.pdf", &[page(1, 1), Lies::Other(Face::Remark), page(1, 2), page(1, 3)]);
    let set = &noted["returns"][0];
    assert_eq!(set["verdict"], "review", "{noted:#}");
    let strange = set["reasons"].as_array().unwrap().iter().find(|reason| reason["code"] == "PAGE_STRANGE").unwrap();
    assert_eq!(strange["page"], 2);
    assert_eq!(set["paper"]["sides"][3]["face"], "plain");
}

#[test]
fn a_page_without_codes_is_proposed_for_the_set_that_lacks_it_wherever_it_lies() {
    let campaign = Campaign::new();
    let elsewhere = |page| Lies::Page { exemplaire: 4, page, quarters: 0, alteration: None };
    let cut = Lies::Cut { original: 1, page: 2 };
    let scan = pile("g200", Handling::None, &[page(1, 1), page(1, 3), elsewhere(1), cut, elsewhere(2), elsewhere(3)]);
    let file = campaign.file("pile.pdf", &scan);
    let told = campaign.json("verify", &[file.to_str().unwrap()]);
    let sets = told["returns"].as_array().unwrap();
    assert_eq!((sets.len(), &sets[0]["contract"]), (2, &Json::from(CONTRACT)), "{told:#}");
    assert!(codes(&sets[0]).contains(&"PAGE_PROPOSED") && !codes(&sets[0]).contains(&"PAGE_MISSING"), "{told:#}");
    let side = &sets[0]["paper"]["sides"][1];
    assert_eq!((&side["side"], &side["contract_page"], &side["proposed"]), (&4.into(), &2.into(), &true.into()));
    assert!(!codes(&sets[1]).contains(&"PAGE_STRANGE"), "{told:#}");

    for (number, lies) in (1..).zip([page(1, 1), page(1, 2), Lies::Cut { original: 1, page: 3 }]) {
        campaign.file(&format!("feuilles/{number}.pdf"), &pile("g200", Handling::None, &[lies]));
    }
    let told = campaign.json("verify", &[campaign.0.path().join("feuilles").to_str().unwrap()]);
    assert_eq!(told["returns"].as_array().unwrap().len(), 1, "{told:#}");
    assert!(codes(&told["returns"][0]).contains(&"PAGE_PROPOSED"), "{told:#}");
}
