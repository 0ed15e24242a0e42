//! A campaign as officers live it: proposals leave, receipts start their time, what is late is reminded, exemplaires are passed on.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::mpsc,
    thread,
};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::dossier::{replace, small};

const FIRST: &str = "960000016-2022";
const SECOND: &str = "960000024-2022";
const BOX: &str = "caqes@hopital-1.example";

/// A campaign that was made; the first two établissements have a mailbox.
struct Campaign(TempDir);

impl Campaign {
    fn new() -> Self {
        let folder = small();
        let at = |name: &str| folder.path().join(name);
        let list = fs::read_to_string(at("etablissements.yaml")).unwrap();
        let mut rank = 0;
        let list = list.lines().map(|line| {
            rank += usize::from(line.starts_with("  - finess_ej"));
            let mailbox = format!("    courriel: \"caqes@hopital-{rank}.example\"\n");
            let wanted = line.starts_with("    statut:") && rank < 3;
            format!("{}{line}\n", if wanted { mailbox } else { String::new() })
        });
        let list: String = list.collect();
        fs::write(at("etablissements.yaml"), list).unwrap();
        let head = at("campagne.yaml");
        replace(
            &head,
            "  signataire: {civilite: Mme, prenom: \"Alix\"",
            "  courriel: caqes@ars.example\n  signataire: {civilite: Mme, prenom: \"Alix\"",
        );
        let mut text = fs::read_to_string(&head).unwrap();
        text.push_str(
            "procedure:\n  exercice_clos: 2021\n  territoires:\n    - {nom: Nord, departements: [\"96\"], auditions: {debut: \"2022-06-20\", fin: \"2022-06-24\"}}\n",
        );
        fs::write(&head, text).unwrap();
        let campaign = Self(folder);
        campaign.done("2022-05-17", "generate");
        campaign
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, day: &str, words: &str) -> Command {
        let noon = format!("{day}T12:00:00Z").parse::<jiff::Timestamp>().unwrap().as_second();
        let mut words = words.split_whitespace();
        let mut command = Command::new(env!("CARGO_BIN_EXE_paraphe"));
        command.arg(words.next().unwrap()).arg(self.0.path()).args(words).current_dir(self.0.path());
        command.env("PARAPHE_AGENT", "essai").env("TZ", "UTC").env("SOURCE_DATE_EPOCH", noon.to_string());
        command
    }

    fn run(&self, day: &str, words: &str) -> Output {
        let output = self.command(day, words).output().unwrap();
        assert!(output.status.code().unwrap() < 2, "{words}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn done(&self, day: &str, words: &str) -> String {
        let output = self.run(day, words);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words}: {}{talk}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, day: &str, words: &str) -> Json {
        serde_json::from_slice(&self.run(day, &format!("{words} --format json")).stdout).unwrap()
    }

    /// The codes of the findings of a command, each with its contract.
    fn codes(&self, day: &str, words: &str) -> Vec<(String, String)> {
        let told = self.json(day, words);
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let findings = told["findings"].as_array().unwrap().iter();
        findings.map(|finding| (text(&finding["code"]), text(&finding["contract"]))).collect()
    }

    fn affaire(&self, day: &str, contract: &str) -> Json {
        let agenda = self.json(day, "agenda");
        let of = |affaire: &&Json| affaire["contract"] == contract;
        agenda["affaires"].as_array().unwrap().iter().find(of).cloned().unwrap_or(Json::Null)
    }

    fn draft(&self, folder: &str, contract: &str, nature: &str) -> String {
        let path = self.path(folder).join(contract).join(format!("{contract}-v1-{nature}.eml"));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Puts a message about a draft among the files received.
    fn accuse(&self, draft: &str, change: impl Fn(String) -> String) -> PathBuf {
        let id = draft.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim();
        let message = format!(
            "From: {BOX}\nTo: caqes@ars.example\nSubject: Lu\nDate: Fri, 20 May 2022 09:12:00 +0200\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n\
             --b\nContent-Type: message/disposition-notification\n\nOriginal-Message-ID: {id}\n\
             Disposition: manual-action/MDN-sent-manually; displayed\n--b--\n"
        );
        let path = self.path("accuse.eml");
        fs::write(&path, change(message)).unwrap();
        path
    }

    /// Takes in that the message of a draft in `envois` was not delivered.
    fn bounce(&self, day: &str, contract: &str) {
        let draft = self.draft("envois", contract, "proposition");
        let message = self.accuse(&draft, |message| {
            let failed = "\nAction: failed\nStatus: 5.1.1";
            let message = message.replace("message/disposition-notification", "message/delivery-status");
            message.replace("Disposition: manual-action/MDN-sent-manually; displayed", failed)
        });
        assert_eq!(self.run(day, &format!("receive {}", message.display())).status.code(), Some(1));
    }
}

#[test]
fn a_proposal_is_drafted_once_with_its_three_exemplaires_and_asks_for_its_receipt() {
    let campaign = Campaign::new();
    assert_eq!(campaign.affaire("2022-05-17", FIRST)["demarche"], "envoyer");
    campaign.done("2022-05-18", &format!("send --dry-run --out envois --only {FIRST}"));
    assert!(!campaign.path("envois").exists(), "a trial writes nothing");
    // The third établissement has no mailbox: the others are written to all the same.
    let codes = campaign.codes("2022-05-18", "send --out envois");
    assert_eq!(codes, [("send/no-mailbox".to_owned(), "960011807-2022".to_owned())]);
    let draft = campaign.draft("envois", FIRST, "proposition");
    assert!(draft.contains("Disposition-Notification-To: caqes@ars.example") && draft.contains("X-Unsent: 1"));
    assert_eq!(draft.matches("Content-Type: application/pdf").count(), 3, "three exemplaires");
    let head = draft.split("\r\n\r\n").next().unwrap();
    assert!(!head.contains("Exemple"), "no name in the head of a message: {head}");
    assert!(campaign.json("2022-05-19", "send --out encore")["plis"].as_array().unwrap().is_empty());
    let told = campaign.codes("2022-05-19", &format!("send --out encore --only {FIRST}"));
    assert_eq!(told[0].0, "send/not-due", "a proposal leaves once");
    campaign.done("2022-05-19", &format!("send --out encore --only {FIRST} --again"));
    assert!(campaign.path("encore").join(FIRST).is_dir());
    campaign.done("2022-05-19", "send --out lettres --only 960011807-2022 --moyen lettre-recommandee");
    let letters = campaign.path("lettres/960011807-2022");
    for file in ["960011807-2022-v1-proposition.pdf", "960011807-2022-v1-proposition.docx", "960011807-2022-v1-ex3.pdf"]
    {
        assert!(letters.join(file).is_file(), "{file}");
    }
}

#[test]
fn the_same_draft_has_the_same_bytes() {
    let drafts = [Campaign::new(), Campaign::new()].map(|campaign| {
        campaign.run("2022-05-18", "send --out envois");
        campaign.draft("envois", FIRST, "proposition")
    });
    assert_eq!(drafts[0], drafts[1]);
}

#[test]
fn a_receipt_that_was_read_starts_the_time_of_the_answer() {
    let campaign = Campaign::new();
    campaign.run("2022-05-18", "send --out envois");
    assert_eq!(campaign.affaire("2022-06-30", FIRST)["demarche"], "prouver-reception");
    assert_eq!(campaign.affaire("2022-06-30", FIRST)["echeance"], Json::Null, "no time runs from a sending");
    let draft = campaign.draft("envois", FIRST, "proposition");
    let message = campaign.accuse(&draft, |message| message);
    let told = campaign.json("2022-05-21", &format!("receive {}", message.display()));
    assert_eq!(told["accuses"][0]["contract"], FIRST, "{told:#}");
    assert!(told["accuses"][0]["event"].is_number() && told["returns"].as_array().unwrap().is_empty());
    // Read on Friday 20 May; three weeks.
    let due = campaign.affaire("2022-05-21", FIRST);
    assert_eq!((&due["demarche"], &due["echeance"]["jour"]), (&"attendre-reponse".into(), &"2022-06-10".into()));
    let again = campaign.json("2022-05-22", &format!("receive {}", message.display()));
    assert_eq!(again["accuses"][0]["event"], Json::Null, "recorded once: {again:#}");
}

#[test]
fn a_message_that_proves_nothing_starts_no_time() {
    let campaign = Campaign::new();
    campaign.run("2022-05-18", "send --out envois");
    let draft = campaign.draft("envois", FIRST, "proposition");
    let id = draft.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim().to_owned();
    let changes: [(&str, &dyn Fn(String) -> String); 5] = [
        ("removed unread", &|message| message.replace("; displayed", "; deleted")),
        ("of another message", &|message| message.replace(&id, "<autre@ars.example>")),
        ("a made-up identifier, from a stranger", &|message| {
            message.replace(&id, &format!("<{FIRST}-v1-proposition.0@x.example>")).replace(BOX, "x@x.example")
        }),
        ("older than what it answers", &|message| message.replace("20 May 2022", "10 May 2022")),
        ("of a day to come", &|message| message.replace("20 May 2022", "20 Jun 2022")),
    ];
    for (what, change) in changes {
        let message = campaign.accuse(&draft, change);
        let told = campaign.json("2022-05-21", &format!("receive {}", message.display()));
        assert_eq!(told["accuses"][0]["a_voir"], true, "{what}: {told:#}");
        assert_eq!(campaign.affaire("2022-06-30", FIRST)["demarche"], "prouver-reception", "{what}");
    }
    // A mail program gave the message another identifier: mailbox and reference tell.
    let message = campaign.accuse(&draft, |message| {
        let message = message.replace(&id, "<poste-42@ars.example>");
        message.replace("Subject: Lu", &format!("Subject: Lu : Proposition [CAQES {FIRST}, version 1]"))
    });
    let told = campaign.json("2022-05-21", &format!("receive {}", message.display()));
    assert!(told["accuses"][0]["event"].is_number(), "{told:#}");
}

#[test]
fn a_message_that_was_not_delivered_is_told_in_the_agenda() {
    let campaign = Campaign::new();
    campaign.run("2022-05-18", "send --out envois");
    campaign.bounce("2022-05-19", FIRST);
    assert!(campaign.affaire("2022-05-20", FIRST)["phrase"].as_str().unwrap().contains("non remis"));
    assert!(campaign.done("2022-05-20", &format!("log {FIRST}")).contains("message non remis"));
    let warned = [("send/bounced".to_owned(), FIRST.to_owned())];
    assert_eq!(campaign.codes("2022-05-20", &format!("send --dry-run --only {FIRST} --again")), warned);
    campaign.done("2022-05-20", &format!("send --out encore --only {FIRST} --again"));
    assert!(!campaign.affaire("2022-05-20", FIRST)["phrase"].as_str().unwrap().contains("non remis"));
    assert_eq!(campaign.codes("2022-05-21", &format!("send --dry-run --only {FIRST} --again")), []);
}

#[test]
fn a_mailbox_that_gave_a_message_back_is_told_when_a_letter_arrived_and_a_reminder_would_go_there() {
    let campaign = Campaign::new();
    campaign.run("2022-05-18", "send --out envois");
    campaign.bounce("2022-05-19", FIRST);
    campaign.done("2022-05-19", &format!("send --out lettres --only {FIRST} --again --moyen lettre-recommandee"));
    campaign.done("2022-05-23", &format!("record recu {FIRST} --preuve avis-reception --day 2022-05-23"));
    let remind = format!("remind --dry-run --only {FIRST}");
    assert_eq!(campaign.codes("2022-06-20", &remind), [("send/bounced".to_owned(), FIRST.to_owned())]);
    assert_eq!(campaign.codes("2022-06-20", &format!("{remind} --moyen courrier")), []);
}

#[test]
fn who_is_late_is_reminded_and_then_warned_and_nobody_without_a_proven_receipt() {
    let campaign = Campaign::new();
    campaign.run("2022-05-18", "send --out envois");
    campaign.done("2022-05-20", &format!("record recu {FIRST} --preuve accuse-lecture --day 2022-05-20"));
    let early = campaign.codes("2022-06-10", &format!("remind --only {FIRST}"));
    assert_eq!(early[0].0, "send/not-due", "the last day is a day to answer");
    // The second has no proven receipt: it is neither reminded nor warned.
    let listed = campaign.json("2022-06-13", "remind");
    assert_eq!(listed["plis"].as_array().unwrap().len(), 1, "{listed:#}");
    assert_eq!(listed["plis"][0]["contract"], FIRST);
    assert!(campaign.codes("2022-06-13", "remind").contains(&("send/unproven".to_owned(), SECOND.to_owned())));
    campaign.run("2022-06-13", "remind --out relances");
    assert!(campaign.done("2022-06-13", &format!("log {FIRST}")).contains("relancé, rang 1, courriel"));
    let draft = campaign.draft("relances", FIRST, "relance-1");
    assert!(!draft.contains("application/pdf") && !draft.contains("1=C2=A0%"), "a reminder announces no penalty");
    assert_eq!(campaign.json("2022-06-14", "remind")["plis"].as_array().unwrap().len(), 0, "not every day");

    let warned = campaign.json("2022-06-20", "remind --second --out secondes --moyen lettre-recommandee");
    assert_eq!(warned["plis"].as_array().unwrap().len(), 1, "{warned:#}");
    assert!(campaign.path(&format!("secondes/{FIRST}/{FIRST}-v1-seconde-proposition.docx")).is_file());
    campaign.done("2022-06-22", &format!("record recu {FIRST} --preuve avis-reception --day 2022-06-22"));
    let due = campaign.affaire("2022-06-23", FIRST);
    assert_eq!((&due["demarche"], &due["echeance"]["jour"]), (&"attendre-reponse".into(), &"2022-07-07".into()));
    assert_eq!(campaign.affaire("2022-07-08", FIRST)["demarche"], "decider-penalite");
}

#[test]
fn a_second_proposal_says_what_may_follow_or_is_not_made() {
    let campaign = Campaign::new();
    campaign.run("2022-05-18", "send --out envois");
    campaign.done("2022-05-20", &format!("record recu {FIRST} --preuve accuse-lecture --day 2022-05-20"));
    let text = campaign.path("courriers/seconde-proposition.dj.hbs");
    fs::create_dir_all(text.parent().unwrap()).unwrap();
    fs::write(&text, "# Seconde proposition\n\nVoici la seconde proposition.\n").unwrap();
    let second = "remind --second --out secondes --moyen lettre-recommandee";
    assert!(campaign.codes("2022-06-20", second).contains(&("send/mentions".to_owned(), FIRST.to_owned())));
    fs::remove_file(&text).unwrap();
    replace(&campaign.path("campagne.yaml"), "  exercice_clos: 2021\n", "");
    assert!(campaign.codes("2022-06-20", second).contains(&("send/exercice-clos".to_owned(), FIRST.to_owned())));
    assert!(!campaign.path("secondes").exists(), "nothing was written");
}

#[test]
fn a_hearing_is_held_in_the_days_of_its_territory_and_stops_the_alarm() {
    let campaign = Campaign::new();
    campaign.run("2022-05-18", "send --out envois");
    campaign.done("2022-05-20", &format!("record recu {FIRST} --preuve accuse-lecture --day 2022-05-20"));
    campaign.done("2022-06-01", &format!("record audition-demandee {FIRST} --day 2022-06-01"));
    let asked = campaign.affaire("2022-06-15", FIRST);
    assert_eq!((&asked["demarche"], &asked["echeance"]["jour"]), (&"tenir-audition".into(), &"2022-06-24".into()));
    assert_eq!(asked["territoire"], "Nord");
    campaign.done("2022-06-21", &format!("record audition-tenue {FIRST} --day 2022-06-21"));
    assert_eq!(campaign.affaire("2022-06-22", FIRST)["demarche"], "conclure-audition");
}

#[test]
fn exemplaires_are_passed_on_with_a_bordereau_when_they_show_the_signatures_that_come_first() {
    let campaign = Campaign::new();
    campaign.run("2022-05-18", "send --out envois");
    for step in ["recu --preuve recepisse --day 2022-05-20", "retourne-etablissement --day 2022-06-01"] {
        let (what, rest) = step.split_once(' ').unwrap();
        campaign.done("2022-06-02", &format!("record {what} {FIRST} {rest}"));
    }
    // Nothing was received through the program: an officer's word is no exemplaire.
    assert_eq!(campaign.codes("2022-06-03", "handover cpam"), [("handover/incomplete".to_owned(), FIRST.to_owned())]);
    let passed = campaign.json("2022-06-03", &format!("handover cpam --only {FIRST} --out bordereaux"));
    let ligne = &passed["bordereaux"][0]["lignes"][0];
    assert_eq!((&ligne["contract"], ligne["exemplaires"].as_array().unwrap().len()), (&FIRST.into(), 3));
    assert!(Path::new(passed["bordereaux"][0]["fichier"].as_str().unwrap()).extension().is_some());
    assert_eq!(campaign.affaire("2022-06-04", FIRST)["demarche"], "attendre-cpam");
    assert_eq!(campaign.json("2022-06-04", "handover cpam")["bordereaux"].as_array().unwrap().len(), 0, "once");
}

/// A mail server of one conversation each: what it was told, and the answer it gives to the text of a message.
struct Server {
    port: u16,
    heard: mpsc::Receiver<String>,
}

impl Server {
    /// `answer` is what it says to a message: `250` takes it, `550` refuses it, nothing hangs up.
    fn new(answer: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, heard) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                drop(told.send(converse(&stream.unwrap(), answer)));
            }
        });
        Self { port, heard }
    }
}

fn converse(stream: &TcpStream, answer: Option<&str>) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream.try_clone().unwrap();
    let mut message = String::new();
    writer.write_all(b"220 essai\r\n").unwrap();
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 0 {
        let verb = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        line.clear();
        let reply = match verb.as_str() {
            "DATA" => {
                writer.write_all(b"354 go on\r\n").unwrap();
                while reader.read_line(&mut line).unwrap_or(0) > 0 && line != ".\r\n" {
                    message.push_str(&line);
                    line.clear();
                }
                line.clear();
                let Some(answer) = answer else { return message };
                answer
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        if writer.write_all(format!("{reply}\r\n").as_bytes()).is_err() || verb == "QUIT" {
            break;
        }
    }
    drop(reader.read_to_string(&mut line));
    message
}

#[test]
fn a_mail_server_takes_a_message_once() {
    let campaign = Campaign::new();
    let server = Server::new(Some("250 taken"));
    let send = format!("send --smtp smtp://127.0.0.1:{} --only {FIRST}", server.port);
    campaign.done("2022-05-18", &send);
    let message = server.heard.recv().unwrap();
    assert!(message.contains(&format!("To: {BOX}")) && !message.contains("X-Unsent"));
    assert_eq!(campaign.codes("2022-05-18", &send)[0].0, "send/not-due");
    assert!(!campaign.path("envois-en-cours").join(format!("{FIRST}.json")).exists());
}

#[test]
fn a_server_that_says_no_leaves_nothing_recorded() {
    let campaign = Campaign::new();
    let server = Server::new(Some("550 no such mailbox"));
    let send = format!("send --smtp smtp://127.0.0.1:{} --only {FIRST}", server.port);
    assert_eq!(campaign.codes("2022-05-18", &send)[0].0, "send/not-sent");
    assert_eq!(campaign.affaire("2022-05-18", FIRST)["demarche"], "envoyer", "it can be sent again");
}

#[test]
fn a_server_that_hangs_up_may_have_taken_the_message_and_nothing_is_sent_again() {
    let campaign = Campaign::new();
    let server = Server::new(None);
    let send = format!("send --smtp smtp://127.0.0.1:{} --only {FIRST}", server.port);
    assert_eq!(campaign.codes("2022-05-18", &send)[0].0, "send/may-have-left");
    let again = campaign.json("2022-05-18", &format!("send --out envois --only {FIRST}"));
    assert_eq!(again["findings"][0]["code"], "send/may-have-left");
    assert!(again["plis"].as_array().unwrap().is_empty() && !campaign.path("envois").exists());
    // A person looked: it had not left.
    fs::remove_file(campaign.path("envois-en-cours").join(format!("{FIRST}.json"))).unwrap();
    campaign.done("2022-05-19", &format!("send --out envois --only {FIRST}"));
}

#[test]
fn what_was_taken_out_of_the_campaign_is_told_and_not_written_to() {
    let campaign = Campaign::new();
    let list = campaign.path("etablissements.yaml");
    let text = fs::read_to_string(&list).unwrap();
    let cut = text.find("  - finess_ej: \"960000016\"").unwrap()..text.find("  - finess_ej: \"960000024\"").unwrap();
    let mut without = text.clone();
    without.replace_range(cut, "");
    fs::write(&list, without).unwrap();
    let head = campaign.path("campagne.yaml");
    let lenient =
        fs::read_to_string(&head).unwrap().replace("- feuille:", "- hors_campagne: ignorer\n        feuille:");
    fs::write(&head, lenient).unwrap();
    let codes = campaign.codes("2022-05-19", &format!("send --out envois --only {FIRST}"));
    assert!(codes.contains(&("send/left-out".to_owned(), FIRST.to_owned())), "{codes:?}");
    assert!(!campaign.path("envois").exists());
}

#[test]
fn the_list_of_a_second_sending_of_the_day_does_not_take_the_place_of_the_first() {
    let campaign = Campaign::new();
    campaign.done("2022-05-18", &format!("send --out envois --only {FIRST}"));
    let first = fs::read(campaign.path("envois/bordereau-proposition-2022-05-18.pdf")).unwrap();
    campaign.done("2022-05-18", &format!("send --out envois --only {SECOND}"));
    assert_eq!(fs::read(campaign.path("envois/bordereau-proposition-2022-05-18.pdf")).unwrap(), first);
    assert!(campaign.path("envois/bordereau-proposition-2022-05-18-2.pdf").is_file());
}
