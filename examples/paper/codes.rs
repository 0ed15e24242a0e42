//! What the reader of codes says of scans, and its CPU time: a line of JSON for each file, for `benches/paper_codes.py`.

use std::{error::Error, fs};

use paraphe::evidence::paper::{Source, read_codes};

/// Reads the codes of the first side of each file.
pub(crate) fn print(files: &[String]) -> Result<(), Box<dyn Error>> {
    for file in files {
        let bytes = fs::read(file)?;
        let raster = Source::open(&bytes).and_then(|source| source.side(0)).map_err(|why| why.detail)?.raster;
        let before = nanoseconds()?;
        let codes = read_codes(&raster);
        let spent = (nanoseconds()? - before) as f64 / 1e6;
        let tags: Vec<String> = codes.iter().map(|code| code.tag.to_string()).collect();
        println!("{}", serde_json::json!({ "file": file, "codes": tags, "ms": spent }));
    }
    Ok(())
}

/// CPU time of this thread so far.
fn nanoseconds() -> Result<u64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(stat.split_whitespace().next().ok_or("a CPU time")?.parse()?)
}
