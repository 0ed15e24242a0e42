//! Fixtures: a good campaign, and what differs from it.
//!
//! `tests/fixtures/input/bad/<code, / as _>__<what>.txt` says which good campaign it starts from, what must be told (`= code place`),
//! and then file by file what is taken out (`-`) and put in (`+`), lines as they stand. After a file's name, in parentheses:
//! `new` (the `+` lines are the whole file), `absent`, `latin-1`, `cut` (the first half of its bytes), `bomb`, `protected`.

use std::{fs, path::PathBuf};

use paraphe::{
    diag::{Checked, Severity},
    domain::Campaign,
};
use tempfile::TempDir;

use super::grid;

pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) expected: Vec<String>,
    base: String,
    changes: Vec<Change>,
}

struct Change {
    file: String,
    how: String,
    /// What is taken out, what is put in.
    swaps: Vec<(String, String)>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/input")
}

/// All bad fixtures, by name.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root().join("bad")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| Fixture::parse(path.file_stem().unwrap().to_str().unwrap(), &fs::read_to_string(path).unwrap()))
        .collect()
}

/// What was told above the level of a note, and the notes of the kind that the fixture is about.
pub(crate) fn told(checked: &Checked<Campaign>, code: &str) -> Vec<String> {
    let about = |f: &&paraphe::diag::Diagnostic| f.code.severity > Severity::Note || f.code.name == code;
    checked.findings.iter().filter(about).map(|f| format!("{} {}", f.code.name, f.origin)).collect()
}

impl Fixture {
    /// A good campaign as it is.
    pub(crate) fn good(name: &str) -> Self {
        Self { name: name.into(), code: String::new(), expected: Vec::new(), base: name.into(), changes: Vec::new() }
    }

    fn parse(name: &str, text: &str) -> Self {
        let code = name.split("__").next().unwrap().replacen('_', "/", 1);
        let mut fixture =
            Self { name: name.into(), code, expected: Vec::new(), base: "good-gen2".into(), changes: Vec::new() };
        for line in text.lines() {
            if let Some(base) = line.strip_prefix("base: ") {
                fixture.base = base.into();
            } else if let Some(expected) = line.strip_prefix("= ") {
                fixture.expected.push(expected.into());
            } else if let Some(file) = line.strip_prefix("@@ ") {
                let (file, how) = file.split_once(" (").unwrap_or((file, ""));
                let how = how.trim_end_matches(')').into();
                fixture.changes.push(Change { file: file.into(), how, swaps: Vec::new() });
            } else if let Some(change) = fixture.changes.last_mut() {
                change.line(line);
            }
        }
        fixture
    }

    /// Writes the campaign in a folder of its own.
    pub(crate) fn build(&self) -> TempDir {
        let folder = TempDir::new().unwrap();
        let base = root().join(&self.base);
        for below in ["", "modele", "modele/partials"] {
            fs::create_dir_all(folder.path().join(below)).unwrap();
            for entry in fs::read_dir(base.join(below)).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let name = format!("{below}/{}", path.file_name().unwrap().to_str().unwrap());
                    self.write(&folder, name.trim_start_matches('/'), &fs::read_to_string(&path).unwrap());
                }
            }
        }
        for change in self.changes.iter().filter(|change| change.how == "new") {
            self.write(&folder, &change.file, "");
        }
        folder
    }

    /// Writes one file, changed as the fixture says; grids become workbooks.
    fn write(&self, folder: &TempDir, name: &str, text: &str) {
        let mut text = text.to_owned();
        let mut how = "";
        for change in
            self.changes.iter().filter(|change| change.file == name || format!("{}.grid", change.file) == name)
        {
            how = &change.how;
            for (out, put) in &change.swaps {
                if how == "new" {
                    text.clone_from(put);
                } else {
                    assert_eq!(text.matches(out.as_str()).count(), 1, "{}: `{out}` is not once in {name}", self.name);
                    text = text.replace(out.as_str(), put);
                }
            }
        }
        let (name, bytes) = match name.strip_suffix(".grid") {
            Some(workbook) => (workbook, grid::workbook(&text)),
            None => (name, text.clone().into_bytes()),
        };
        let bytes = match how {
            "absent" => return,
            "bomb" => grid::bomb(),
            "cut" => bytes[..bytes.len() / 2].to_vec(),
            "latin-1" => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
            "protected" => grid::protected(),
            _ => bytes,
        };
        fs::write(folder.path().join(name), bytes).unwrap();
    }
}

impl Change {
    fn line(&mut self, line: &str) {
        if let Some(out) = line.strip_prefix('-') {
            match self.swaps.last_mut() {
                Some((lines, put)) if put.is_empty() => *lines += &format!("{out}\n"),
                _ => self.swaps.push((format!("{out}\n"), String::new())),
            }
        } else if let Some(put) = line.strip_prefix('+') {
            if self.swaps.is_empty() {
                self.swaps.push((String::new(), String::new()));
            }
            self.swaps.last_mut().unwrap().1 += &format!("{put}\n");
        }
    }
}
