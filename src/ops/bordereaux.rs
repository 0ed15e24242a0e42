//! What goes with exemplaires when they are passed on: to each CPAM, to the director general, to each party.
//!
//! A bordereau lists what is passed and what each exemplaire shows of signatures. It is archived, and each contract on it has the event
//! that says where its exemplaires went.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    courrier::{CourrierError, write},
    diags,
    dossier::{Dossier, Order, recover},
    record::keep_piece,
    suivi::{Suivi, Suivie},
};
use crate::{
    archive::{Source, Writer},
    diag::{Checked, Diagnostic, Origin, grouped},
    digest::FileDigest,
    document::{
        Align, Note,
        note::{Run, frame, paragraph, remark, table, verbatim},
    },
    domain::{Campaign, ContractId, Exemplaire, Partie, jour},
    reconcile::EtatSignature,
    register::{self, Etape, EtatExemplaire, EventKind, EventNumber, Evidence, NewEvent, Register, VersionState},
    writer::pdf::Press,
};

/// To whom exemplaires are passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Passage {
    /// Each CPAM, to sign what the établissements have signed.
    Cpam,
    /// The director general of the agency, to sign what the two others have signed.
    Dg,
    /// A party, to keep its own.
    Remise(Partie),
}

/// What is passed on.
pub struct Remise<'a> {
    /// To whom.
    pub passage: Passage,
    /// These contracts only, complete or not; all that are complete when empty.
    pub only: BTreeSet<ContractId>,
    /// Where the bordereaux are written; nothing is recorded without.
    pub out: Option<&'a Path>,
}

/// One bordereau.
#[derive(Debug, Serialize)]
pub struct Bordereau {
    /// To whom it goes.
    pub destinataire: String,
    /// What it lists.
    pub lignes: Vec<Ligne>,
    /// The file.
    pub fichier: Option<PathBuf>,
}

/// A contract on a bordereau.
#[derive(Debug, Clone, Serialize)]
pub struct Ligne {
    /// The contract.
    pub contract: String,
    /// The établissement.
    pub etablissement: String,
    /// Its version.
    pub version: String,
    /// What each exemplaire that is passed shows.
    pub exemplaires: Vec<String>,
    /// The event that was recorded.
    pub event: Option<EventNumber>,
}

/// Lists, writes and records what is passed on. The value is absent when the campaign cannot be read.
///
/// # Errors
/// When the campaign, its archive or its register cannot be read or written, or the folder cannot be.
pub fn remettre(
    dossier: &Dossier,
    remise: &Remise<'_>,
    order: &Order,
) -> Result<Checked<Vec<Bordereau>>, CourrierError> {
    let Checked { value, mut findings } = Suivi::open(dossier.folder())?;
    let Some(suivi) = value else { return Ok(Checked { value: None, findings }) };
    let mut groups: BTreeMap<String, Vec<(Suivie<'_>, Ligne)>> = BTreeMap::new();
    for suivie in suivi.contracts().filter(|suivie| wants(remise, suivie)) {
        let lacking = lacking(remise, suivie);
        let left_out = lacking.is_some() && remise.only.is_empty();
        findings.extend(lacking);
        if !left_out {
            let (to, line) = line(remise, &suivi.campaign, suivie);
            groups.entry(to).or_default().push((suivie, line));
        }
    }
    let mut bordereaux = Vec::new();
    if let Some(out) = remise.out.filter(|_| !groups.is_empty()) {
        let store = dossier.archive_to_write()?;
        let writer = store.lock()?;
        recover(&store, &writer, &suivi.states)?;
        let (register, press) = (Register::open(dossier.folder())?, Press::new()?);
        let mut desk = Desk { writer, register, press, out, remise, order, campaign: &suivi.campaign };
        for (to, lines) in groups {
            bordereaux.push(desk.bordereau(to, &lines, &mut findings)?);
        }
    } else {
        let listed = |(destinataire, lines): (String, Vec<(Suivie<'_>, Ligne)>)| {
            let lignes = lines.into_iter().map(|(_, line)| line).collect();
            Bordereau { destinataire, lignes, fichier: None }
        };
        bordereaux.extend(groups.into_iter().map(listed));
    }
    Ok(Checked { value: Some(bordereaux), findings: grouped(findings) })
}

/// Whether the exemplaires of a contract wait to be passed on so, or were asked for by name.
fn wants(remise: &Remise<'_>, suivie: &Suivie<'_>) -> bool {
    let version = suivie.version;
    let waits = match remise.passage {
        Passage::Cpam => version.etape == Etape::RetourneEtablissement,
        Passage::Dg => version.etape == Etape::RetourneCpam,
        Passage::Remise(partie) => {
            matches!(version.etape, Etape::Signe | Etape::Notifie) && !version.notifies.contains(&partie)
        }
    };
    if remise.only.is_empty() { waits } else { remise.only.contains(&suivie.state.id) }
}

/// Who must have signed every exemplaire before it is passed on.
const fn signed_by(passage: Passage) -> &'static [Partie] {
    match passage {
        Passage::Cpam => &[Partie::Etablissement],
        Passage::Dg => &[Partie::Etablissement, Partie::Cpam],
        Passage::Remise(_) => &[Partie::Etablissement, Partie::Cpam, Partie::Ars],
    }
}

/// The exemplaires that are passed.
fn passed(remise: &Remise<'_>) -> Vec<Exemplaire> {
    match remise.passage {
        Passage::Cpam | Passage::Dg => Exemplaire::ALL.into(),
        Passage::Remise(partie) => Exemplaire::ALL.into_iter().filter(|one| one.holder() == partie).collect(),
    }
}

/// What a person should know before the exemplaires of a contract are passed on: some do not show what they should.
fn lacking(remise: &Remise<'_>, suivie: Suivie<'_>) -> Option<Diagnostic> {
    let signed = |exemplaire: &Exemplaire| is_signed(suivie.version, *exemplaire, signed_by(remise.passage));
    let lacking = passed(remise).into_iter().filter(|exemplaire| !signed(exemplaire));
    let lacking: Vec<String> = lacking.map(|exemplaire| exemplaire.number().to_string()).collect();
    (!lacking.is_empty()).then(|| {
        let message = format!("exemplaire {} does not show the signatures that come first", lacking.join(", "));
        Diagnostic::new(&diags::INCOMPLETE, Origin::file(register::FILE), message)
            .expected("every exemplaire received, accepted, and signed so far")
            .help("wait for it, decide on what is doubtful with `paraphe review`, or name the contract with `--only`")
            .contract(suivie.state.id.to_string())
    })
}

fn line(remise: &Remise<'_>, campaign: &Campaign, suivie: Suivie<'_>) -> (String, Ligne) {
    let (version, id) = (suivie.version, &suivie.state.id);
    let etablissement = suivie.contract.map(|contract| &contract.etablissement);
    let cpam =
        etablissement.and_then(|etablissement| campaign.cpams.iter().find(|cpam| cpam.code == etablissement.cpam));
    let name = etablissement.map_or_else(|| id.to_string(), |etablissement| etablissement.raison_sociale.to_string());
    let cpam = cpam.map_or_else(|| "CPAM inconnue".to_owned(), |cpam| cpam.nom.to_string());
    let to = match remise.passage {
        Passage::Cpam | Passage::Remise(Partie::Cpam) => cpam,
        Passage::Dg => "Direction générale".to_owned(),
        Passage::Remise(Partie::Ars) => campaign.ars.nom.to_string(),
        Passage::Remise(Partie::Etablissement) => name.clone(),
    };
    let shown = passed(remise).into_iter().map(|exemplaire| shown(version, exemplaire)).collect();
    let number = version.number.to_string();
    (to, Ligne { contract: id.to_string(), etablissement: name, version: number, exemplaires: shown, event: None })
}

fn is_signed(version: &VersionState, exemplaire: Exemplaire, parties: &[Partie]) -> bool {
    let given = version.exemplaire(exemplaire) == EtatExemplaire::Distribue;
    given || parties.iter().all(|partie| version.shows(exemplaire, *partie))
}

/// « n° 1 : établissement (encre), CPAM (signature valable) ».
fn shown(version: &VersionState, exemplaire: Exemplaire) -> String {
    let parties = version.signatures(exemplaire);
    let signs = parties.iter().filter_map(|(partie, etat)| {
        let word = match etat {
            EtatSignature::Absente => return None,
            EtatSignature::Admise => "admise",
            EtatSignature::AVerifier => "à vérifier",
            EtatSignature::Encre => "encre",
            EtatSignature::Refusee => "refusée",
            EtatSignature::Valable => "signature valable",
        };
        let partie = match partie {
            Partie::Ars => "ARS",
            Partie::Cpam => "CPAM",
            Partie::Etablissement => "établissement",
        };
        Some(format!("{partie} ({word})"))
    });
    let signs: Vec<String> = signs.collect();
    let signs = if signs.is_empty() { "rien de reçu".to_owned() } else { signs.join(", ") };
    format!("n° {} : {signs}", exemplaire.number())
}

/// Where bordereaux are written and recorded.
struct Desk<'a> {
    writer: Writer<'a>,
    register: Register,
    press: Press,
    out: &'a Path,
    remise: &'a Remise<'a>,
    order: &'a Order,
    campaign: &'a Campaign,
}

impl Desk<'_> {
    fn bordereau(
        &mut self,
        destinataire: String,
        lines: &[(Suivie<'_>, Ligne)],
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Bordereau, CourrierError> {
        let mut lignes: Vec<Ligne> = lines.iter().map(|(_, line)| line.clone()).collect();
        let today = self.order.now.today;
        let pdf = self.press.note(&self.note(&destinataire, &lignes, today))?;
        let digest = FileDigest::of(&pdf);
        let piece = Evidence::new("bordereau.pdf", digest, pdf.len() as u64);
        let events: Vec<NewEvent> = lines.iter().map(|(suivie, _)| self.event(suivie, &piece)).collect();
        let objections = self.register.objections(&events, self.order.now)?;
        if !objections.is_empty() {
            findings.extend(objections);
            return Ok(Bordereau { destinataire, lignes: Vec::new(), fichier: None });
        }
        keep_piece(&self.writer, &piece, Source::Bytes(pdf.clone()), self.order)?;
        let numbers = self.register.append(&events, self.order.now)?;
        for (ligne, number) in lignes.iter_mut().zip(numbers) {
            ligne.event = Some(number);
        }
        let short: String = digest.to_string().chars().take(8).collect();
        let fichier = write(&self.out.join(format!("bordereau-{}-{today}-{short}.pdf", self.nom())), &pdf)?;
        Ok(Bordereau { destinataire, lignes, fichier: Some(fichier) })
    }

    fn event(&self, suivie: &Suivie<'_>, piece: &Evidence) -> NewEvent {
        let kind = match self.remise.passage {
            Passage::Cpam => EventKind::TransmisCpam,
            Passage::Dg => EventKind::PresenteDg,
            Passage::Remise(partie) => EventKind::Notifie { partie },
        };
        let id = suivie.state.id.clone();
        let mut event =
            NewEvent::new(self.order.agent.clone(), id, suivie.version.number, kind).on(self.order.now.today);
        event.evidence.push(piece.clone());
        event
    }

    const fn nom(&self) -> &'static str {
        match self.remise.passage {
            Passage::Cpam => "cpam",
            Passage::Dg => "direction-generale",
            Passage::Remise(Partie::Ars) => "remise-ars",
            Passage::Remise(Partie::Cpam) => "remise-cpam",
            Passage::Remise(Partie::Etablissement) => "remise-etablissement",
        }
    }

    fn note(&self, to: &str, lignes: &[Ligne], today: Date) -> Note {
        let (title, text) = match self.remise.passage {
            Passage::Cpam => (
                "Bordereau de transmission pour signature",
                "Les exemplaires désignés ci-dessous vous sont transmis pour signature. Nous vous remercions de signer chacun d’eux dans le cadre réservé à la caisse et de les retourner tous, accompagnés du présent bordereau.",
            ),
            Passage::Dg => (
                "Parapheur",
                "Les exemplaires désignés ci-dessous portent ce qui a été reçu des établissements et des caisses. Ils sont présentés à la signature de la direction générale.",
            ),
            Passage::Remise(_) => (
                "Bordereau de remise d’exemplaires originaux",
                "Les exemplaires originaux désignés ci-dessous vous sont remis. Nous vous remercions d’en accuser réception.",
            ),
        };
        let rows = lignes.iter().map(|ligne| {
            let exemplaires = ligne.exemplaires.iter().fold(Run::default(), |run, text| {
                if run == Run::default() { Run::from(text.as_str()) } else { run.and_below(text.as_str()) }
            });
            [verbatim(&ligne.contract), verbatim(&ligne.version), Run::from(ligne.etablissement.as_str()), exemplaires]
        });
        let columns = [
            ("Contrat", 17, Align::Left),
            ("Version", 9, Align::Left),
            ("Établissement", 34, Align::Left),
            ("Exemplaires, et ce qu’ils portent", 40, Align::Left),
        ];
        let exemplaires: usize = lignes.iter().map(|ligne| ligne.exemplaires.len()).sum();
        let blocks = vec![
            paragraph(Run::from("À : ").and(to)),
            paragraph(text),
            table("exemplaires", "", columns, rows),
            paragraph(format!(
                "{}, {}, le {}.",
                compte(lignes.len(), "contrat"),
                compte(exemplaires, "exemplaire"),
                jour(today)
            )),
            remark(
                "« Encre » : de l’encre se trouve dans le cadre de signature. Qui a signé n’est pas établi par cette mention.",
            ),
            frame(vec![paragraph(
                Run::from("Reçu le :").and_below("").and_below("Signature :").and_below("").and_below(""),
            )]),
        ];
        Note {
            title: title.to_owned(),
            subject: self.campaign.libelle.to_string(),
            author: self.campaign.ars.nom.to_string(),
            reference: format!("{title}, {}", jour(today)),
            date: today,
            blocks,
        }
    }
}

/// « 1 contrat », « 2 contrats ».
fn compte(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count < 2 { "" } else { "s" })
}
