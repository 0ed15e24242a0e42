//! The story of a campaign, in `docs/guide/histoire.md`: every command in it is run, every line that it shows is compared.
//!
//! The page is read from top to bottom. A comment tells the day (`<!-- le 2022-05-18 -->`) or what happens outside of the agency
//! (`<!-- scanne … -->`); `…` stands for what is not shown. `PARAPHE_HISTOIRE=1` writes the page again with what the program says.

mod signer;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use self::signer::Signer;
use crate::{
    generate::copy_of,
    house::root,
    laboratoire::{Chance, Face, Handling, Job, Kind, Original, Printer, ScannedPdf, profile},
};

const PAGE: &str = "docs/guide/histoire.md";

/// Where the story happens: the sample, and what arrives at the agency.
struct World {
    folder: TempDir,
    campaign: PathBuf,
    day: String,
    keys: PathBuf,
}

impl World {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let campaign = copy_of("region-2022", folder.path());
        let keys = folder.path().join("cles");
        fs::create_dir_all(campaign.join("recus")).unwrap();
        Self { campaign, keys, day: String::new(), folder }
    }

    /// Runs a command of the page, as an officer types it in the campaign folder.
    fn run(&self, line: &str) -> String {
        let words = line.strip_prefix("paraphe ").expect("a command of paraphe");
        let noon = format!("{}T10:00:00Z", self.day).parse::<jiff::Timestamp>().unwrap().as_second();
        let mut command = Command::new(env!("CARGO_BIN_EXE_paraphe"));
        command.args(split(words)).current_dir(&self.campaign);
        command.env("PARAPHE_AGENT", "agent").env("TZ", "UTC").env("SOURCE_DATE_EPOCH", noon.to_string());
        let output = command.output().unwrap();
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some_and(|code| code < 2), "{line}: {talk}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Does what a comment of the page says happens outside.
    fn happens(&mut self, what: &str) {
        let words: Vec<&str> = what.split_whitespace().collect();
        match words.as_slice() {
            ["le", day] => (*day).clone_into(&mut self.day),
            ["certificats"] => self.certificates(),
            ["lu", contract] => self.answer(contract, "displayed", &format!("lu-{contract}.eml")),
            ["revenu", contract] => self.answer(contract, "failed", &format!("revenu-{contract}.eml")),
            ["scanne", file, contract, signed, rest @ ..] => self.scan(file, contract, signed, rest),
            ["signe", file, contract, exemplaire, signers @ ..] => self.sign(file, contract, exemplaire, signers),
            ["pose", sample] => self.lay_over(sample),
            ["écrit", file, from, to] => {
                let path = self.campaign.join(file);
                let text = fs::read_to_string(&path).unwrap();
                assert!(text.contains(from), "{file}: no `{from}`");
                fs::write(&path, text.replacen(from, to, 1)).unwrap();
            }
            other => panic!("nobody knows how to « {} »", other.join(" ")),
        }
    }

    fn printed(&self, contract: &str, exemplaire: &str) -> PathBuf {
        self.campaign.join(format!("contrats/{contract}/{contract}-v1-ex{exemplaire}.pdf"))
    }

    /// A message about the proposal of a contract.
    fn answer(&self, contract: &str, says: &str, file: &str) {
        let draft = self.campaign.join(format!("envois/{contract}/{contract}-v1-proposition.eml"));
        let draft = fs::read_to_string(draft).unwrap();
        let id = draft.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim();
        let (kind, fact) = match says {
            "displayed" => (
                "disposition-notification",
                format!("Original-Message-ID: {id}\nDisposition: manual-action/MDN-sent-manually; displayed"),
            ),
            _ => (
                "delivery-status",
                format!(
                    "Reporting-MTA: dns; relais.example\n\nAction: failed\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {id}"
                ),
            ),
        };
        let day = format!("{}T09:00:00Z", self.day).parse::<jiff::Timestamp>().unwrap();
        let date = jiff::fmt::rfc2822::to_string(&day.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        let message = format!(
            "From: quelqu-un@hopital.example\nSubject: Lu\nDate: {date}\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/{kind}\n\n{fact}\n--b--\n"
        );
        fs::write(self.campaign.join("recus").join(file), message).unwrap();
    }

    /// A parcel is scanned: `E--` says who has signed; `2` alone takes one exemplaire, `2:sans:7` leaves a page out of it, `3:chiffre`
    /// changes a figure of it.
    fn scan(&self, file: &str, contract: &str, signed: &str, rest: &[&str]) {
        let wanted: Vec<&str> = rest.iter().copied().filter(|word| word.len() == 1).collect();
        let profile = profile("g150").unwrap();
        let signed = [0, 1, 2].map(|index| signed.as_bytes()[index] != b'-');
        let mut pdf = ScannedPdf::new();
        for exemplaire in ["1", "2", "3"].into_iter().filter(|one| wanted.is_empty() || wanted.contains(one)) {
            let original = Original::open(&self.printed(contract, exemplaire)).unwrap();
            let without = rest.iter().find_map(|word| word.strip_prefix(&format!("{exemplaire}:sans:")));
            let mut change = rest.contains(&format!("{exemplaire}:chiffre").as_str());
            let originals = [original];
            for page in (1..=originals[0].pages()).filter(|page| without != Some(&page.to_string())) {
                let seed = Chance::new(page as u64 * 10 + exemplaire.parse::<u64>().unwrap());
                let job = Job {
                    printer: Printer::Hayro,
                    density: 150.0 / 25.4,
                    handling: Handling::None,
                    signed: Some(signed),
                    ..Job::new(profile)
                };
                let altered = Job { alteration: Some(Kind::Digit), ..job };
                // The first page of a table that has a figure to change.
                let scan = (change && page > 12).then(|| altered.run(&originals[0], page, &seed).unwrap()).flatten();
                change &= scan.is_none();
                let face = Face::Page { original: 0, page };
                let scan = scan.unwrap_or_else(|| job.side(&originals, face, &seed).unwrap());
                pdf.push(&scan.picture, profile.codec, profile.dpi).unwrap();
            }
            assert!(!change, "no figure to change");
        }
        fs::write(self.campaign.join(file), pdf.finish().unwrap()).unwrap();
    }

    fn certificates(&self) {
        signer::certificates(
            &self.keys,
            &[
                ("etablissement", "Claire Esparvin", "269600011"),
                ("cpam", "Solange Autrevalle", "269690111"),
                ("ars", "Armand Rochevillier", "269690012"),
            ],
        );
        let trusted = self.campaign.join("confiance/signature");
        fs::create_dir_all(&trusted).unwrap();
        fs::copy(self.keys.join("racine.pem"), trusted.join("racine-jetable.pem")).unwrap();
        let lists = self.campaign.join("confiance/revocations");
        fs::create_dir_all(&lists).unwrap();
        fs::copy(self.keys.join("racine.crl"), lists.join("racine-jetable.crl")).unwrap();
    }

    fn sign(&self, file: &str, contract: &str, exemplaire: &str, signers: &[&str]) {
        let mut bytes = fs::read(self.printed(contract, exemplaire)).unwrap();
        for signer in signers {
            let time = format!("{}090000Z", self.day.replace('-', "").strip_prefix("20").unwrap());
            let signer = Signer { name: signer, time: &time, keys: &self.keys };
            bytes = signer::sign(&bytes, &format!("signature_{}", signer.name), &signer);
        }
        fs::write(self.campaign.join(file), bytes).unwrap();
    }

    /// Files of a sample take the place of those of the campaign.
    fn lay_over(&self, sample: &str) {
        for entry in fs::read_dir(root().join("samples").join(sample)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, self.campaign.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// Words of a command line; quotes hold spaces together.
fn split(line: &str) -> Vec<String> {
    line.split('\'')
        .enumerate()
        .flat_map(|(index, part)| match index % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

/// Whether lines are shown as the program wrote them; `…` stands for any number of lines, or for a part of one.
fn shows(shown: &[&str], written: &[&str]) -> bool {
    match shown {
        [] => written.is_empty(),
        ["…", rest @ ..] => (0..=written.len()).any(|skipped| shows(rest, &written[skipped..])),
        [line, rest @ ..] => {
            let first = written.split_first();
            first.is_some_and(|(first, after)| shows_line(line, first.trim_end()) && shows(rest, after))
        }
    }
}

fn shows_line(shown: &str, written: &str) -> bool {
    match shown.split_once('…') {
        Some((begin, end)) if !written.contains('…') => written.starts_with(begin) && written.ends_with(end),
        _ => shown == written,
    }
}

#[test]
fn the_story_of_a_campaign_is_true_to_the_last_line() {
    if !signer::is_there() {
        println!("skipped: no `openssl` here, which signs in this story");
        return;
    }
    let path = root().join(PAGE);
    let text = fs::read_to_string(&path).unwrap();
    let mut world = World::new();
    let mut told = String::new();
    let mut wrong = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        told += &format!("{line}\n");
        if let Some(what) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) {
            world.happens(what);
        }
        let Some(command) = line.strip_prefix("$ ") else { continue };
        let written = world.run(command);
        let mut shown = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ") && *line != "```") {
            shown.push(line);
        }
        let written: Vec<&str> = written.lines().collect();
        if !shows(&shown, &written) {
            wrong.push(format!("$ {command}\n{}", written.join("\n")));
        }
        let kept = if shows(&shown, &written) { shown } else { written };
        kept.iter().for_each(|line| told += &format!("{}\n", line.trim_end()));
    }
    if rewrites() {
        fs::write(&path, told).unwrap();
    }
    assert!(wrong.is_empty(), "{PAGE} is not what the program says:\n{}", wrong.join("\n\n"));
    assert!(Path::new(world.folder.path()).exists());
}

#[allow(clippy::disallowed_methods, reason = "a page is written again on demand")]
fn rewrites() -> bool {
    std::env::var("PARAPHE_HISTOIRE").is_ok()
}
