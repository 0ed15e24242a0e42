//! An archive of made-up contracts, for the outside judges and for measures.
//!
//! `archive FOLDER fill CONTRACTS VERSIONS KIB` makes FOLDER/archive, or goes on where it was stopped;
//! `archive FOLDER verify JOBS` verifies it; `archive FOLDER bag ID` writes FOLDER/ID as a bag.
#![allow(clippy::print_stdout, reason = "a program of the command line")]

use std::{env, error::Error, path::Path, process::ExitCode};

use paraphe::archive::{Draft, LogicalPath, Mode, ObjectId, Source, Store, User, bag};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, job, rest @ ..] = arguments.as_slice() else {
        return Err("usage: archive FOLDER fill|verify|bag …".into());
    };
    let folder = Path::new(folder);
    let store = Store::create(&folder.join("archive"), &folder.join("staging"))?;
    match (job.as_str(), rest) {
        ("fill", [contracts, versions, kib]) => fill(&store, contracts.parse()?, versions.parse()?, kib.parse()?)?,
        ("verify", [jobs]) => {
            let report = store.verify(jobs.parse()?)?;
            for finding in &report.findings {
                println!("{} {}: {}", finding.code.name, finding.origin, finding.message);
            }
            let bytes: u64 = report.objects.iter().map(|object| object.bytes).sum();
            println!("{} objects, {bytes} bytes, {} findings", report.objects.len(), report.findings.len());
            return Ok(if report.is_valid() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        ("bag", [id]) => {
            let events: (LogicalPath, _) = ("registre/évènements.json".parse()?, b"[]\n".to_vec());
            bag::write(&store, &id.parse()?, &[events], &folder.join(id), jiff::civil::date(2026, 11, 22))?;
        }
        _ => return Err("usage: archive FOLDER fill CONTRACTS VERSIONS KIB | verify JOBS | bag ID".into()),
    }
    Ok(ExitCode::SUCCESS)
}

fn fill(store: &Store, contracts: u32, versions: u16, kib: usize) -> Result<(), Box<dyn Error>> {
    let writer = store.lock()?;
    // A stopped run: here everything that was staged is wanted.
    for staged in store.staged()? {
        writer.settle(&staged.id)?;
    }
    writer.sweep()?;
    for version in 1..=versions {
        for contract in 0..contracts {
            let id: ObjectId = format!("96{contract:07}-2022").parse()?;
            let archived = store.read(&id).map_or(0, |inventory| inventory.head().get());
            if archived < version {
                writer.stage(&draft(id.clone(), version, contract, kib)?)?;
                writer.settle(&id)?;
            }
        }
    }
    Ok(())
}

fn draft(id: ObjectId, version: u16, contract: u32, kib: usize) -> Result<Draft, Box<dyn Error>> {
    // Bytes that do not repeat, and are the same in every run.
    let mut state = u64::from(contract) << 16 | u64::from(version);
    let mut bytes = || {
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .take(kib * 1024)
        .collect::<Vec<u8>>()
    };
    let mut files = Vec::new();
    for name in ["etablissement", "cpam", "ars"] {
        files.push((format!("exemplaires/{name}.pdf").parse()?, Source::Bytes(bytes())));
    }
    files.push(("entrees/évènements de l’année.yaml".parse()?, Source::Bytes(b"campagne: 2022\n".to_vec())));
    files.push(("entrees/vide.csv".parse()?, Source::Bytes(Vec::new())));
    Ok(Draft {
        id,
        mode: Mode::NewVersion,
        files,
        message: format!("version {version}"),
        user: User { name: "Agence du 96".to_owned(), address: Some("mailto:caqes@ars-96.example".to_owned()) },
        created: "2026-11-21T23:40:00Z".parse()?,
    })
}
