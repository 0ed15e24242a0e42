//! The scan laboratory on the command line; see `tests/laboratoire/mod.rs` for what it does.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program of the laboratory stops at the first surprise"
)]

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use clap::{Parser, Subcommand, ValueEnum};
use laboratoire::{
    Chance, Handling, Job, Kind, Mishap, Original, PROFILES, Pile, PileTruth, Printer, Profile, Scan, ScannedPdf,
    profile,
};

#[path = "../tests/laboratoire/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "each program uses a part of the laboratory")]
mod laboratoire;

/// Prints, spoils and scans pages, and tells the truth about each.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Scans the pages of one printed file, a file a page.
    Print(Print),
    /// Scans several sets as one pile.
    Pile(PileCommand),
    /// Scans pages of many contracts in every profile, honest and altered: what a reader is judged by.
    Campaign(Campaign),
    /// Prints contracts in another type.
    Refont(Refont),
}

#[derive(clap::Args)]
struct Print {
    /// The printed file; its map stands beside it as `NAME.pages.json`.
    #[arg(long)]
    pdf: PathBuf,
    /// Its map, if it stands elsewhere.
    #[arg(long)]
    map: Option<PathBuf>,
    /// How it is scanned: one of the profiles, several with commas, or `all`.
    #[arg(long, default_value = "g200")]
    profile: String,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Pages, from 1; all unless told.
    #[arg(long, value_delimiter = ',')]
    pages: Vec<usize>,
    /// What is altered on each page.
    #[arg(long, value_enum)]
    alter: Option<Kind>,
    /// What the sheet went through.
    #[arg(long, value_enum, default_value = "office")]
    handling: Handling,
    /// By how many quarters each picture is turned clockwise.
    #[arg(long, default_value_t = 0)]
    quarters: usize,
    /// Kind of file.
    #[arg(long = "as", value_enum, default_value = "pdf")]
    format: Format,
    /// Draw with hayro instead of poppler.
    #[arg(long)]
    hayro: bool,
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Jpg,
    Pdf,
    Png,
    Tiff,
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().command {
        Command::Print(print) => print.run(),
        Command::Pile(pile) => pile.run(),
        Command::Campaign(campaign) => campaign.run(),
        Command::Refont(refont) => refont.run(),
    }
}

impl Print {
    fn run(&self) -> Result<(), Box<dyn Error>> {
        let original = match &self.map {
            Some(map) => Original::open_with(&self.pdf, map)?,
            None => Original::open(&self.pdf)?,
        };
        fs::create_dir_all(&self.out)?;
        let stem = self.pdf.file_stem().unwrap_or_default().to_string_lossy();
        let pages = if self.pages.is_empty() { (1..=original.pages()).collect() } else { self.pages.clone() };
        for profile in profiles(&self.profile)? {
            for page in &pages {
                let printer = if self.hayro { Printer::Hayro } else { Printer::Poppler };
                let job = Job {
                    printer,
                    alteration: self.alter,
                    handling: self.handling,
                    quarters: self.quarters,
                    ..Job::new(profile)
                };
                let chance = Chance::new(self.seed).of(&stem).of(&format!("{} {page}", profile.name));
                let Some(scan) = job.run(&original, *page, &chance)? else { continue };
                let altered = self.alter.map_or_else(String::new, |kind| format!("-{}", kind.name()));
                let name = format!("{stem}-p{page:02}-{}{altered}", profile.name);
                write(&self.out.join(&name), &scan, profile, self.format)?;
                println!("{name}");
            }
        }
        Ok(())
    }
}

#[derive(clap::Args)]
struct PileCommand {
    /// The printed files, one set of each.
    #[arg(long, value_delimiter = ',', required = true)]
    pdf: Vec<PathBuf>,
    /// Older versions of contracts among them.
    #[arg(long, value_delimiter = ',')]
    older: Vec<PathBuf>,
    /// What goes wrong.
    #[arg(long, value_enum, value_delimiter = ',')]
    mishap: Vec<Mishap>,
    #[arg(long, default_value = "g200")]
    profile: String,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, value_enum, default_value = "office")]
    handling: Handling,
    /// Kind of file: one PDF, or a folder of pictures.
    #[arg(long = "as", value_enum, default_value = "pdf")]
    format: Format,
    #[arg(long)]
    hayro: bool,
    #[arg(long)]
    out: PathBuf,
}

impl PileCommand {
    fn run(&self) -> Result<(), Box<dyn Error>> {
        let originals =
            self.pdf.iter().chain(&self.older).map(|path| Original::open(path)).collect::<Result<Vec<_>, _>>()?;
        let contract = |index: usize| &originals[index].map.contract;
        let older: Vec<(usize, usize)> = (self.pdf.len()..originals.len())
            .flat_map(|old| (0..self.pdf.len()).map(move |new| (new, old)))
            .filter(|(new, old)| contract(*new) == contract(*old))
            .collect();
        let chance = Chance::new(self.seed).of("pile");
        let pile = Pile::of(&originals, &older, &self.mishap, &mut chance.of("order"));
        let profile = profiles(&self.profile)?[0];
        let printer = if self.hayro { Printer::Hayro } else { Printer::Poppler };
        fs::create_dir_all(&self.out)?;
        let mut pdf = ScannedPdf::new();
        let (mut sides, mut pictures) = (Vec::new(), Vec::new());
        for (index, slot) in pile.slots.iter().enumerate() {
            let job = Job { printer, handling: self.handling, quarters: slot.quarters, ..Job::new(profile) };
            let scan = job.side(&originals, slot.face, &chance.of(&index.to_string()))?;
            let name = self.out.join(format!("{:03}", index + 1));
            match self.format {
                Format::Pdf => pdf.push(&scan.picture, profile.codec, profile.dpi)?,
                Format::Jpg => fs::write(name.with_extension("jpg"), laboratoire::jpeg(&scan.picture, 70)?)?,
                Format::Png => fs::write(name.with_extension("png"), laboratoire::png(&scan.picture)?)?,
                Format::Tiff => pictures.push(scan.picture),
            }
            sides.push(scan.truth);
        }
        match self.format {
            Format::Pdf => fs::write(self.out.join("pile.pdf"), pdf.finish()?)?,
            Format::Tiff => {
                fs::write(self.out.join("pile.tiff"), laboratoire::tiff(&pictures, profile.dpi, profile.codec))?;
            }
            Format::Jpg | Format::Png => {}
        }
        let mishaps = self.mishap.iter().map(|mishap| format!("{mishap:?}")).collect();
        let truth = PileTruth { mishaps, sets: pile.sets, sides };
        Ok(fs::write(self.out.join("pile.json"), serde_json::to_string(&truth)?)?)
    }
}

#[derive(clap::Args)]
struct Campaign {
    /// A folder with a folder for each contract.
    #[arg(long)]
    contracts: PathBuf,
    /// The first and the last contract, from 1, in the order of their names.
    #[arg(long, default_value_t = 1)]
    from: usize,
    #[arg(long, default_value_t = 100)]
    to: usize,
    #[arg(long, default_value = "all")]
    profile: String,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many honest pages in each profile; as many with one changed digit.
    #[arg(long, default_value_t = 12)]
    honest: usize,
    /// How many pages with each other alteration.
    #[arg(long, default_value_t = 1)]
    altered: usize,
    /// How many pages with signature boxes.
    #[arg(long, default_value_t = 6)]
    signed: usize,
    #[arg(long, value_enum, default_value = "office")]
    handling: Handling,
    #[arg(long)]
    out: PathBuf,
}

impl Campaign {
    fn run(&self) -> Result<(), Box<dyn Error>> {
        let contracts = folders(&self.contracts, self.from, self.to)?;
        fs::create_dir_all(&self.out)?;
        for profile in profiles(&self.profile)? {
            let chance = Chance::new(self.seed).of(profile.name);
            for (number, task) in self.tasks().into_iter().enumerate() {
                self.page(&contracts, profile, task, number + 1, &chance.of(&number.to_string()))?;
            }
            println!("{}", profile.name);
        }
        Ok(())
    }

    /// What is done to each page; a page with signature boxes where `true` stands.
    fn tasks(&self) -> Vec<(Option<Kind>, bool)> {
        let some = |late: bool| {
            let kinds = Kind::ALL.iter().filter(move |kind| **kind != Kind::Digit && kind.is_late() == late);
            kinds.flat_map(|kind| vec![Some(*kind); self.altered])
        };
        let (others, late) = (some(false), some(true).map(|kind| (kind, false)));
        let altered = vec![Some(Kind::Digit); self.honest].into_iter().chain(others);
        let plain = vec![None; self.honest].into_iter().chain(altered).map(|kind| (kind, false));
        plain.chain(vec![(None, true); self.signed]).chain(late).collect()
    }

    /// One page: another is drawn until one can be altered so.
    fn page(
        &self,
        contracts: &[PathBuf],
        profile: Profile,
        (kind, signed): (Option<Kind>, bool),
        number: usize,
        chance: &Chance,
    ) -> Result<(), Box<dyn Error>> {
        let what = if signed { "signed" } else { kind.map_or("honest", Kind::name) };
        let path = self.out.join(format!("{}-{number:03}-{what}", profile.name));
        if path.with_extension("json").exists() {
            return Ok(());
        }
        let mut drawn = chance.of("page");
        for _ in 0..50 {
            let folder = drawn.one_of(contracts);
            let files = printed_files(folder)?;
            if files.is_empty() {
                continue;
            }
            let original = Original::open(drawn.one_of::<PathBuf>(&files))?;
            let fits = |page: &usize| {
                let area = &original.map.pages[page - 1];
                if signed { !area.boxes.is_empty() } else { kind != Some(Kind::Digit) || !area.tables.is_empty() }
            };
            let pages: Vec<usize> = (1..=original.pages()).filter(fits).collect();
            if pages.is_empty() {
                continue;
            }
            let page = *drawn.one_of(&pages);
            let quarters = if drawn.happens(0.1) { 2 } else { 0 };
            let job = Job { alteration: kind, handling: self.handling, quarters, ..Job::new(profile) };
            let Some(scan) = job.run(&original, page, chance)? else { continue };
            return write(&path, &scan, profile, Format::Pdf);
        }
        Ok(())
    }
}

#[derive(clap::Args)]
struct Refont {
    /// A folder with a folder for each contract.
    #[arg(long)]
    contracts: PathBuf,
    #[arg(long)]
    regular: PathBuf,
    #[arg(long)]
    bold: PathBuf,
    #[arg(long, default_value_t = 1)]
    from: usize,
    #[arg(long, default_value_t = 100)]
    to: usize,
    #[arg(long)]
    out: PathBuf,
}

impl Refont {
    fn run(&self) -> Result<(), Box<dyn Error>> {
        let (regular, bold) = (fs::read(&self.regular)?, fs::read(&self.bold)?);
        for folder in folders(&self.contracts, self.from, self.to)? {
            let out = self.out.join(folder.file_name().unwrap_or_default());
            fs::create_dir_all(&out)?;
            for file in printed_files(&folder)? {
                let to = out.join(file.file_name().unwrap_or_default());
                fs::write(&to, laboratoire::refont(&fs::read(&file)?, &regular, &bold)?)?;
                fs::copy(file.with_extension("pages.json"), to.with_extension("pages.json"))?;
            }
        }
        Ok(())
    }
}

/// The folders of some contracts, by their numbers from 1 in the order of their names.
fn folders(contracts: &Path, from: usize, to: usize) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut folders = entries(contracts)?;
    folders.retain(|path| path.is_dir());
    Ok(folders.into_iter().take(to).skip(from - 1).collect())
}

fn printed_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = entries(folder)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    Ok(files)
}

/// What a folder holds, in the order of their names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

fn profiles(names: &str) -> Result<Vec<Profile>, Box<dyn Error>> {
    if names == "all" {
        return Ok(PROFILES.to_vec());
    }
    names.split(',').map(|name| profile(name).ok_or_else(|| format!("no profile `{name}`").into())).collect()
}

fn write(path: &Path, scan: &Scan, profile: Profile, format: Format) -> Result<(), Box<dyn Error>> {
    let with = |extension: &str| PathBuf::from(format!("{}.{extension}", path.display()));
    match format {
        Format::Jpg => fs::write(with("jpg"), laboratoire::jpeg(&scan.picture, 70)?)?,
        Format::Png => fs::write(with("png"), laboratoire::png(&scan.picture)?)?,
        Format::Tiff => {
            let tiff = laboratoire::tiff(std::slice::from_ref(&scan.picture), profile.dpi, profile.codec);
            fs::write(with("tiff"), tiff)?;
        }
        Format::Pdf => {
            let mut pdf = ScannedPdf::new();
            pdf.push(&scan.picture, profile.codec, profile.dpi)?;
            fs::write(with("pdf"), pdf.finish()?)?;
        }
    }
    fs::write(with("json"), serde_json::to_string_pretty(&scan.truth)?)?;
    Ok(())
}
