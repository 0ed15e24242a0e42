//! How well returned paper is read: campaigns of the scan laboratory, judged by their truth.
//!
//! `paper CONTRACTS CAMPAIGN…` reads each `NAME.pdf` of the folders that `laboratoire campaign` wrote, compares what the reader says with
//! `NAME.json`, and prints tables by profile. CONTRACTS holds the printed files, a folder for each contract. `--list` also prints
//! each page that was misjudged. `paper codes FILE…` only reads the codes of each file. Linux only: CPU time comes from `/proc`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program of the laboratory stops at the first surprise"
)]

mod codes;
mod judge;
mod table;

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use judge::Record;

#[path = "../../tests/laboratoire/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "each program uses a part of the laboratory")]
mod laboratoire;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let list = arguments.iter().any(|argument| argument == "--list");
    arguments.retain(|argument| argument != "--list");
    if arguments.first().is_some_and(|job| job == "codes") {
        return codes::print(&arguments[1..]);
    }
    let (contracts, campaigns) = arguments.split_first().ok_or("usage: paper [--list] CONTRACTS CAMPAIGN…")?;
    for campaign in campaigns {
        let mut records = Vec::new();
        for scan in scans(Path::new(campaign))? {
            let record = Record::of(&scan, Path::new(contracts))?;
            if list {
                record.faults.iter().for_each(|fault| println!("{}: {fault}", record.name));
            }
            records.push(record);
        }
        println!("## {campaign}: {} pages\n", records.len());
        table::print(&records);
    }
    Ok(())
}

/// The scans of a folder that have a truth, in the order of their names.
fn scans(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut scans = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pdf") && path.with_extension("json").exists() {
            scans.push(path);
        }
    }
    scans.sort();
    Ok(scans)
}
