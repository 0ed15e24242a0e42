//! What it costs to examine returned files: the CPU time and the peak memory of each.
//!
//! `examine [--times N] FILE…` examines each file N times (once unless told) with an empty trust and prints, a line per file: milliseconds
//! of CPU per examination, the peak of memory in MB, the size in MB, and what it was found to be. Linux only: the figures come from `/proc`.
#![allow(clippy::print_stdout, reason = "a program of the command line")]

use std::{env, error::Error, fs};

use paraphe::evidence::{ReturnedFile, examine, trust::Trust};

/// As the command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let mut names = env::args().skip(1).peekable();
    let mut times = 1_u32;
    if names.next_if_eq("--times").is_some() {
        times = names.next().ok_or("usage: examine [--times N] FILE…")?.parse()?;
    }
    println!("{:>10} {:>8} {:>8}  file", "CPU ms", "peak MB", "size MB");
    for name in names {
        let bytes = fs::read(&name)?;
        // Writing 5 makes the peak begin anew (proc(5)).
        fs::write("/proc/self/clear_refs", "5")?;
        let before = cpu_ms()?;
        let mut told = String::new();
        for _ in 0..times {
            let examined =
                examine(&ReturnedFile::new(&name, &bytes), &Trust::default(), &[], jiff::Timestamp::UNIX_EPOCH);
            let evidence = examined.evidence;
            let reasons: Vec<String> = evidence.observations.iter().take(3).map(|one| one.reason.name()).collect();
            told = format!(
                "{:?}, {} revisions, {} signatures {}",
                evidence.nature,
                evidence.revisions.len(),
                evidence.signatures.len(),
                reasons.join(" ")
            );
        }
        let cpu = (cpu_ms()? - before) / f64::from(times);
        #[expect(clippy::cast_precision_loss, reason = "a size to be read")]
        let size = bytes.len() as f64 / 1e6;
        println!("{cpu:>10.1} {:>8} {size:>8.1}  {name}: {told}", peak_mb()?);
    }
    Ok(())
}

/// CPU time of this process so far: it has one thread.
fn cpu_ms() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = stat.split(' ').next().ok_or("no CPU time")?.parse()?;
    Ok(nanoseconds / 1e6)
}

/// The most memory that was held since the peak began anew.
fn peak_mb() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1000)
}
