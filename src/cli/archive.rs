//! `paraphe archive`.

use std::{
    io::{self, Write},
    num::NonZeroUsize,
    path::PathBuf,
};

use clap::Subcommand;
use serde_json::json;

use super::{Failure, Format, Status, order::By, show};
use crate::{
    archive::ObjectId,
    diag::Diagnostic,
    domain::ContractId,
    input::Sources,
    ops::{self, Audit, Dossier},
};

/// Looks at what is archived: every version of every contract, what it was made from, and the pieces that were received.
#[derive(Debug, clap::Args)]
pub(super) struct Archive {
    #[command(subcommand)]
    job: Job,
}

#[derive(Debug, Subcommand)]
enum Job {
    /// Lists the objects of the archive.
    List {
        /// Campaign folder, the one that holds `campagne.yaml`.
        campaign: PathBuf,
        /// How the list is shown.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Shows the versions of an object and their files.
    Show {
        /// Campaign folder, the one that holds `campagne.yaml`.
        campaign: PathBuf,
        /// The object: a contract, `960000016-2022`, or another that `list` names.
        object: ObjectId,
        /// How the object is shown.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Hashes every file again, judges the archive by the OCFL standard, and holds it against the register.
    Verify {
        /// Campaign folder, the one that holds `campagne.yaml`.
        campaign: PathBuf,
        /// Files hashed at once [default: one per processor].
        #[arg(long, value_name = "N")]
        jobs: Option<NonZeroUsize>,
        /// How findings are shown.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Writes the versions of a contract to a new folder (BagIt), with what they were made from, its events, and a certificate of
    /// integrity in French (PDF).
    Export {
        /// Campaign folder, the one that holds `campagne.yaml`.
        campaign: PathBuf,
        /// The contract, `960000016-2022`.
        contract: ContractId,
        /// The folder to make.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        by: By,
    },
}

impl Archive {
    pub(super) fn run(self) -> Result<Status, Failure> {
        match self.job {
            Job::List { campaign, format } => list(&Dossier::new(&campaign), format),
            Job::Show { campaign, object, format } => show(&Dossier::new(&campaign), &object, format),
            Job::Verify { campaign, jobs, format } => {
                let jobs = jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
                verified(&ops::audit(&campaign, jobs)?, format)
            }
            Job::Export { campaign, contract, out, by } => {
                ops::export(&campaign, &contract, &out, &by.order()?)?;
                writeln!(io::stdout().lock(), "{contract} exported to {}", out.display())?;
                Ok(Status::Clean)
            }
        }
    }
}

fn list(dossier: &Dossier, format: Format) -> Result<Status, Failure> {
    let store = dossier.archive()?;
    let mut rows = Vec::new();
    for id in store.objects()? {
        let inventory = store.read(&id)?;
        let last = inventory.version(inventory.head());
        let files = last.map_or(0, |version| version.paths().count());
        rows.push((id, inventory.head(), files, last.map(|version| version.created)));
    }
    if format == Format::Json {
        let object = |(id, head, files, created): &(ObjectId, _, usize, Option<jiff::Timestamp>)| json!({ "object": id.as_str(), "versions": head, "files": files, "created": created.map(|at| at.to_string()) });
        show::json(&json!({ "format": 1, "objects": rows.iter().map(object).collect::<Vec<_>>() }))?;
        return Ok(Status::Clean);
    }
    let mut out = io::stdout().lock();
    for (id, head, files, created) in &rows {
        let created = created.map_or_else(String::new, |at| at.to_string());
        writeln!(out, "{:<26} v{head:<4} {files:>4} files  {created}", id.as_str())?;
    }
    writeln!(out, "{}", show::count(rows.len(), "object"))?;
    Ok(Status::Clean)
}

fn show(dossier: &Dossier, object: &ObjectId, format: Format) -> Result<Status, Failure> {
    let inventory = dossier.archive()?.read(object)?;
    if format == Format::Json {
        let versions = inventory.versions().map(|(number, version)| {
            let files = version.paths().map(|path| json!({ "name": path.as_str(), "sha512": version.sha512(path) }));
            json!({
                "version": number,
                "created": version.created.to_string(),
                "by": version.user.name,
                "message": version.message,
                "files": files.collect::<Vec<_>>(),
            })
        });
        let versions: Vec<_> = versions.collect();
        show::json(&json!({
            "format": 1,
            "object": object.as_str(),
            "inventory": inventory.digest().to_string(),
            "versions": versions,
        }))?;
        return Ok(Status::Clean);
    }
    let mut out = io::stdout().lock();
    for (number, version) in inventory.versions() {
        writeln!(out, "{object} v{number}, {}, {}: {}", version.created, version.user.name, version.message)?;
        for path in version.paths() {
            let digest: String = version.sha512(path).unwrap_or_default().chars().take(16).collect();
            writeln!(out, "    {digest}…  {path}")?;
        }
    }
    Ok(Status::Clean)
}

fn verified(audit: &Audit, format: Format) -> Result<Status, Failure> {
    let files: usize = audit.objects.iter().map(|object| object.files).sum();
    let bytes: u64 = audit.objects.iter().map(|object| object.bytes).sum();
    if format == Format::Json {
        let summary = json!({ "objects": audit.objects.len(), "files": files, "bytes": bytes });
        show::json(&show::Json { format: 1, findings: &audit.findings, summary })?;
    } else {
        let mut out = io::stdout().lock();
        show::findings(&mut out, &audit.findings, &Sources::default())?;
        let objects = show::count(audit.objects.len(), "object");
        writeln!(
            out,
            "{objects}, {} hashed again ({bytes} bytes); {}",
            show::count(files, "file"),
            show::tally(&audit.findings)
        )?;
    }
    let clean = !audit.findings.iter().any(Diagnostic::is_error);
    Ok(if clean { Status::Clean } else { Status::Findings })
}
