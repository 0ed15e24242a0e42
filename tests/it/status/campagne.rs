//! A campaign of made-up contracts at every step of the circuit: its register and its archive, and nothing printed.
//!
//! What is archived of a version is what the board reads of it, and small files in the place of those it does not read.

use std::{collections::BTreeMap, error::Error, path::Path};

use jiff::civil::Date;
use paraphe::{
    archive::{Draft, Mode, ObjectId, Source, User},
    digest::{ContentHash, FileDigest},
    domain::{ContractId, Exemplaire, Partie, Texte, VersionNum},
    evidence::Reason,
    ops::Dossier,
    reconcile::{EtatSignature, Outcome},
    register::{Agent, EventKind, Genere, Moment, Moyen, NewEvent, Preuve, Retour},
};

type Failure = Box<dyn Error>;

/// How many histories there are; contract number `n` has the history `n % HISTORIES`, so that as many contracts have each.
pub const HISTORIES: u32 = 12;

const DEPARTEMENTS: [&str; 3] = ["2A", "96", "99"];
const CPAM: [(&str, &str); 3] = [
    ("201", "Caisse primaire d'assurance maladie de l'Île"),
    ("961", "Caisse primaire d'assurance maladie de la Haute-Vernaise"),
    ("991", "Caisse primaire d'assurance maladie du Littoral"),
];
const VOLETS: [(&str, &str); 3] = [
    ("produits", "Volet 1 – Bon usage des médicaments, des produits et des prestations"),
    ("organisation", "Volet 2 – Organisation des soins"),
    ("pertinence", "Volet 3 – Pertinence des actes, des prescriptions et des prestations"),
];

/// Makes a campaign of so many contracts, and one file that came back and is none of them.
pub fn make(folder: &Path, contracts: u32) -> Result<(), Failure> {
    let dossier = Dossier::new(folder);
    let store = dossier.archive_to_write()?;
    let writer = store.lock()?;
    let now = Moment { instant: "2022-11-30T12:00:00Z".parse()?, today: "2022-11-30".parse()? };
    let mut events = Vec::new();
    for number in 0..contracts {
        let id = contract(number)?;
        let draft = Draft {
            id: ObjectId::from(&id),
            mode: Mode::NewVersion,
            files: files(number, &id)?,
            message: "version 1".to_owned(),
            user: User { name: "mesure".to_owned(), address: None },
            created: now.instant,
        };
        let staged = writer.stage(&draft)?;
        writer.settle(&draft.id)?;
        let genere = Genere {
            content_hash: ContentHash::of(&number.to_be_bytes()),
            empreinte: FileDigest::of(&number.to_be_bytes()),
            inventory: staged.inventory,
            replaces_draft: false,
            remplace: None,
            avenant: None,
        };
        let made = NewEvent::new(agent()?, id.clone(), VersionNum::FIRST, EventKind::Genere(genere));
        events.push(made);
        for (day, kind) in history(number % HISTORIES) {
            events.push(NewEvent::new(agent()?, id.clone(), VersionNum::FIRST, kind).on(day.parse::<Date>()?));
        }
    }
    let stranger = retour(Outcome::Reject, None, &[], &[Reason::DocOther]);
    events.push(NewEvent {
        agent: agent()?,
        contract: None,
        version: None,
        day: Some("2022-09-01".parse()?),
        kind: stranger,
        evidence: Vec::new(),
    });
    dossier.register(&Texte::new("CAQES 2022 – mesure (données fictives)")?, now)?.append(&events, now)?;
    Ok(())
}

fn agent() -> Result<Agent, Failure> {
    Ok(Agent::new("mesure")?)
}

/// The contract of a number: établissements of départements that do not exist, with their check digit (Luhn).
pub fn contract(number: u32) -> Result<ContractId, Failure> {
    let body = format!("96{number:06}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(rank, digit)| u32::from(digit - b'0') * if rank % 2 == 0 { 2 } else { 1 })
        .map(|doubled| doubled / 10 + doubled % 10)
        .sum();
    Ok(format!("{body}{}-2022", (10 - sum % 10) % 10).parse()?)
}

/// The files of a version, by the names that versions have.
fn files(number: u32, id: &ContractId) -> Result<Vec<(paraphe::archive::LogicalPath, Source)>, Failure> {
    let third = usize::try_from(number / HISTORIES % 3)?;
    let (code, nom) = CPAM[third];
    let volets: Vec<_> = (0..)
        .zip(VOLETS)
        .map(|(rank, (code, intitule))| {
            let actif = rank == number % 3 || rank == 0;
            serde_json::json!({ "actif": actif, "code": code, "intitule": intitule, "indicateurs": [] })
        })
        .collect();
    // As long as the data of a real contract.
    let rest = vec!["Réunir la commission du médicament et des dispositifs médicaux"; 220];
    let donnees = serde_json::json!({
        "contrat": { "id": id.to_string(), "version": 1 },
        "etablissement": {
            "raison_sociale": format!("Centre hospitalier fictif n° {number}"),
            "departement": DEPARTEMENTS[third],
            "signataire": { "prenom": "Claire", "nom": "Exemple" },
        },
        "cpam": { "code": code, "nom": nom },
        "volets": volets,
        "actions": rest,
    });
    let mut files = vec![("donnees.json".parse()?, Source::Bytes(serde_json::to_vec(&donnees)?))];
    for name in ["contrat.json", "document.json", "empreintes.json", "provenance.json", "v1.docx"] {
        files.push((name.parse()?, Source::Bytes(format!("{name} {id}").into_bytes())));
    }
    for exemplaire in 1..=3 {
        for extension in ["pages.json", "pdf"] {
            let name = format!("{id}-v1-ex{exemplaire}.{extension}");
            files.push((name.parse()?, Source::Bytes(name.into_bytes())));
        }
    }
    Ok(files)
}

fn retour(
    verdict: Outcome,
    exemplaire: Option<Exemplaire>,
    parties: &[(Partie, EtatSignature)],
    motifs: &[Reason],
) -> EventKind {
    let parties: BTreeMap<_, _> = parties.iter().copied().collect();
    EventKind::Retour(Retour { verdict, exemplaire, parties, motifs: motifs.to_vec() })
}

/// What happened to a contract, in order.
fn history(which: u32) -> Vec<(&'static str, EventKind)> {
    use EtatSignature::{AVerifier, Encre, Refusee, Valable};
    use Partie::{Ars, Cpam, Etablissement};
    let sent = || ("2022-06-01", EventKind::Propose { moyen: Moyen::Courriel });
    let received = || ("2022-06-03", EventKind::Recu { preuve: Preuve::AccuseLecture });
    let back = || ("2022-07-01", EventKind::RetourneEtablissement);
    let seen = |exemplaire, verdict, parties: &[_], motifs: &[_]| {
        ("2022-07-01", retour(verdict, Some(exemplaire), parties, motifs))
    };
    let ink = |exemplaire| seen(exemplaire, Outcome::AcceptNote, &[(Etablissement, Encre)], &[Reason::BoxInk]);
    let signed = |exemplaire| {
        seen(exemplaire, Outcome::Accept, &[(Etablissement, Valable), (Cpam, Valable), (Ars, Valable)], &[])
    };
    let doubt = |exemplaire, etat, motifs: &[_]| seen(exemplaire, Outcome::Review, &[(Etablissement, etat)], motifs);
    let second = ("2022-07-10", EventKind::SecondeProposition { moyen: Moyen::LettreRecommandee });
    let circuit = [
        ("2022-07-05", EventKind::TransmisCpam),
        ("2022-07-20", EventKind::RetourneCpam),
        ("2022-08-01", EventKind::Signe),
        ("2022-08-05", EventKind::Notifie { partie: Etablissement }),
    ];
    let [transmis, retourne, signe, notifie] = circuit;
    match which {
        0 => vec![],
        1 => vec![sent()],
        2 => vec![sent(), received()],
        3 => vec![sent(), received(), ("2022-06-20", EventKind::Relance { rang: 1, moyen: None })],
        4 => vec![sent(), received(), ("2022-06-15", EventKind::Observations)],
        5 => vec![sent(), received(), second],
        6 => vec![sent(), received(), ink(Exemplaire::Etablissement), back()],
        7 => vec![
            sent(),
            received(),
            doubt(Exemplaire::Etablissement, AVerifier, &[Reason::BoxDoubtful, Reason::PageMissing]),
        ],
        8 => vec![sent(), received(), ink(Exemplaire::Cpam), back(), transmis],
        9 => vec![sent(), ink(Exemplaire::Ars), back(), transmis, retourne],
        10 => {
            let mut all = vec![sent(), received()];
            all.extend(Exemplaire::ALL.map(signed));
            all.extend([back(), transmis, retourne, signe, notifie]);
            all
        }
        _ => vec![
            sent(),
            ink(Exemplaire::Etablissement),
            doubt(Exemplaire::Cpam, Refusee, &[Reason::CertRevoked]),
            back(),
        ],
    }
}
