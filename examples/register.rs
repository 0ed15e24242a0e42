//! Writes a register with the life of two contracts into a folder, for the outside judge (`.ci/judges/register.sh`):
//! `cargo run --example register -- FOLDER`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example talks, and is given its folder")]

use std::{error::Error, path::PathBuf};

use paraphe::{
    digest::{ContentHash, FileDigest},
    domain::{Partie, Texte, VersionNum},
    register::{Agent, Avenant, EventKind, EventNumber, Evidence, Genere, Moment, Moyen, NewEvent, Preuve, Register},
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: register FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    let mut register = Register::create(&folder, &Texte::new("Région d’essai, campagne « 2026 »")?, on("2026-01-05")?)?;
    let made = |number: u8| Genere {
        content_hash: ContentHash::of(&[number]),
        empreinte: FileDigest::of(&[number, 1]),
        inventory: FileDigest::of(&[number, 2]),
        replaces_draft: false,
        remplace: None,
        avenant: None,
    };
    let event = |contract: &str, number, kind| -> Result<NewEvent, Box<dyn Error>> {
        let version = VersionNum::new(number).ok_or("a version")?;
        Ok(NewEvent::new(Agent::new("C. É.")?, contract.parse()?, version, kind))
    };
    let (one, two) = ("960000016-2022", "960000024-2022");
    register.append(
        &[event(one, 1, EventKind::Genere(made(1)))?, event(two, 1, EventKind::Genere(made(2)))?],
        on("2026-03-01")?,
    )?;

    let proof = Evidence::new("accusé de réception de M. Exemple.pdf", FileDigest::of(b"AR"), 2);
    let letter = Evidence::new("courrier", FileDigest::of(b"lettre"), 6);
    let mut told = |event: NewEvent, day: &str, motive: Option<&str>| -> Result<(), Box<dyn Error>> {
        let motive = motive.map(Texte::new).transpose()?;
        let recorded = register.record(event.on(day.parse()?), on(day)?, motive.as_ref())?;
        recorded.value.map(drop).ok_or_else(|| format!("{:#?}", recorded.findings).into())
    };
    for (day, kind) in [
        ("2026-03-02", EventKind::Propose { moyen: Moyen::LettreRecommandee }),
        ("2026-03-04", EventKind::Recu { preuve: Preuve::AvisReception }),
        ("2026-03-20", EventKind::RetourneEtablissement),
        ("2026-03-23", EventKind::TransmisCpam),
        ("2026-04-02", EventKind::RetourneCpam),
        ("2026-04-03", EventKind::PresenteDg),
        ("2026-04-07", EventKind::Signe),
        ("2026-04-08", EventKind::Notifie { partie: Partie::Etablissement }),
        ("2026-04-09", EventKind::Notifie { partie: Partie::Cpam }),
    ] {
        told(event(one, 1, kind)?.shown_by(proof.clone()).shown_by(letter.clone()), day, None)?;
    }
    told(event(two, 1, EventKind::Propose { moyen: Moyen::Courriel })?, "2026-04-10", None)?;
    told(
        event(two, 1, EventKind::Refus { motif: Some(Texte::new("objectifs « hors d’atteinte »")?) })?,
        "2026-04-11",
        None,
    )?;
    let mistake =
        EventKind::Annule { event: EventNumber(13), motif: Texte::new("lettre d’un autre établissement")? };
    told(event(two, 1, mistake)?, "2026-04-12", None)?;
    told(event(two, 1, EventKind::Signe)?, "2026-04-13", Some("signé en séance"))?;
    let avenant = Some(Avenant { numero: 1, parent: VersionNum::FIRST });
    register.append(&[event(one, 2, EventKind::Genere(Genere { avenant, ..made(3) }))?], on("2026-09-01")?)?;

    let (last, digest) = register.checkpoint()?;
    println!("{last} events, last digest {digest}");
    Ok(())
}

fn on(day: &str) -> Result<Moment, Box<dyn Error>> {
    Ok(Moment { instant: format!("{day}T09:30:00Z").parse()?, today: day.parse()? })
}
