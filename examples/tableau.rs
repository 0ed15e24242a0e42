//! A campaign of made-up contracts at every step of the circuit, register and archive only: for measures of `paraphe status`.
//!
//! `tableau FOLDER CONTRACTS`
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program of the command line, made of what tests are made of"
)]

use std::{env, error::Error, fs, path::Path};

#[path = "../tests/it/status/campagne.rs"]
#[allow(dead_code, unreachable_pub, reason = "each program uses a part of it")]
mod campagne;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, contracts] = arguments.as_slice() else { return Err("usage: tableau FOLDER CONTRACTS".into()) };
    let folder = Path::new(folder);
    fs::create_dir_all(folder)?;
    campagne::make(folder, contracts.parse()?)?;
    println!("{contracts} contracts in {}", folder.display());
    Ok(())
}
