//! Makes the sample campaigns of `samples/`: `cargo run --example samples -- samples`.
//!
//! Everything in them is fictional. The program uses no clock and no random source but its own seeded generator: the same
//! program gives the same bytes, and a test holds `samples/` to it.

#![expect(clippy::indexing_slicing, reason = "a sample program on lists of its own: a wrong index must stop it")]

mod avenant_2024;
mod engagements_2017;
mod figures;
mod finess;
mod hospital;
mod names;
mod plans_2022;
mod region_2017;
mod region_2022;
mod seed;
mod workbook;
mod workbooks_2017;
mod workbooks_2022;
mod yaml;

use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: samples DIR")?;
    write_all(Path::new(&folder))
}

/// Writes both campaigns under a folder, and what the amendment of 2024 changes in the second.
pub(crate) fn write_all(folder: &Path) -> Result<(), Box<dyn Error>> {
    let contracts = region_2022::write(&folder.join("region-2022"))?;
    avenant_2024::write(&folder.join("avenant-2024"), &contracts)?;
    region_2017::write(&folder.join("region-2017"))
}
