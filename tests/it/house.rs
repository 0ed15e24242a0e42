//! The house keeps its own rules: floors, documented codes, no forgotten file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The floor of each room. A room uses lower floors only; on the floors where `true` stands, rooms may use each other's.
const FLOORS: &[(u8, &[&str])] = &[
    (0, &["diag"]),
    (0, &["digest"]),
    (0, &["geometry"]),
    (1, &["domain"]),
    (2, &["document"]),
    (3, &["stamp"]),
    (4, &["evidence", "input", "template", "writer"]),
    (5, &["archive", "reconcile"]),
    (6, &["register"]),
    (7, &["ops"]),
    (8, &["report"]),
    (9, &["cli"]),
    (10, &["main"]),
];

fn floor(room: &str) -> u8 {
    let found = FLOORS.iter().find(|(_, rooms)| rooms.contains(&room));
    found.unwrap_or_else(|| panic!("`{room}` has no floor: add it to tests/it/house.rs and to docs/architecture.md")).0
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The rooms a source text uses: `crate::room` and the rooms of `use crate::{a, b::c}`.
fn rooms_used(source: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut rooms = BTreeSet::new();
    for (at, marker) in code.match_indices("crate::") {
        let after = &code[at + marker.len()..];
        if let Some(group) = after.strip_prefix('{') {
            let mut depth = 1_i32;
            let mut word = String::new();
            let mut at_start = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => at_start = true,
                    _ if c.is_whitespace() => {}
                    c if depth == 1 && at_start && (c.is_alphanumeric() || c == '_') => word.push(c),
                    _ => {
                        if depth == 1 && at_start {
                            rooms.insert(std::mem::take(&mut word));
                        }
                        at_start = false;
                    }
                }
                if (c == ',' || depth == 0) && !word.is_empty() {
                    rooms.insert(std::mem::take(&mut word));
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            rooms.insert(after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    rooms.into_iter().filter(|room| room.starts_with(|c: char| c.is_lowercase())).collect()
}

#[test]
fn a_room_uses_lower_floors_only() {
    let src = root().join("src");
    let mut faults = Vec::new();
    for path in files_below(&src, "rs") {
        let inside = path.strip_prefix(&src).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        for used in rooms_used(&fs::read_to_string(&path).unwrap()) {
            if used != room && floor(&used) >= floor(&room) {
                faults.push(format!("{}: `{room}` uses `{used}`", inside.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn rooms_are_found_in_every_form_of_import() {
    let source = "use crate::{\n    diag::{Code, Origin},\n    domain,\n    ops::diags,\n};\nfn f() { crate::writer::pdf::go(); }\n// crate::cli\n";
    let expected = ["diag", "domain", "ops", "writer"].map(str::to_owned).into();
    assert_eq!(rooms_used(source), expected);
}

#[test]
fn no_test_file_is_forgotten() {
    let main = fs::read_to_string(root().join("tests/it/main.rs")).unwrap();
    for path in fs::read_dir(root().join("tests/it")).unwrap() {
        let path = path.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            continue;
        }
        assert!(name == "main" || main.contains(&format!("mod {name};")), "{} is not in main.rs", path.display());
    }
}

pub(crate) fn all_codes() -> Vec<&'static paraphe::diag::Code> {
    [
        paraphe::evidence::diags::ALL,
        paraphe::input::diags::ALL,
        paraphe::template::diags::ALL,
        paraphe::archive::diags::ALL,
        paraphe::register::diags::ALL,
        paraphe::ops::diags::ALL,
    ]
    .concat()
}

#[test]
fn codes_are_unique_and_well_formed() {
    let mut seen = BTreeSet::new();
    for code in all_codes() {
        // The codes of the archive's standard keep its own names: `archive/E092`.
        let name = code.name.replacen("archive/E", "archive/e", 1).replacen("archive/W", "archive/w", 1);
        let shaped = name.split('/').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        });
        assert!(shaped && code.name.matches('/').count() == 1, "{}", code.name);
        assert!(seen.insert(code.name), "{} is declared twice", code.name);
    }
}

/// Every observation on a returned file is explained, and no other.
#[test]
fn every_reason_has_its_heading_in_the_documentation_and_no_heading_is_left_over() {
    let page = fs::read_to_string(root().join("docs/diagnostics/retours.md")).unwrap();
    let headings: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    for heading in &headings {
        let read: Result<paraphe::evidence::Reason, _> = serde_json::from_value((*heading).into());
        assert!(read.is_ok(), "`{heading}` is no observation");
    }
    let source = fs::read_to_string(root().join("src/evidence/reason.rs")).unwrap();
    let list = source.split_once("pub enum Reason {").unwrap().1.split_once("\n}").unwrap().0;
    let variants = list.lines().filter(|line| line.trim().ends_with(',')).count();
    assert_eq!(variants, headings.len(), "an observation without heading, or the reverse");
}

#[test]
fn every_code_has_its_heading_in_the_documentation_and_no_heading_is_left_over() {
    let mut headings = BTreeMap::new();
    for path in files_below(&root().join("docs/diagnostics"), "md") {
        for line in fs::read_to_string(&path).unwrap().lines() {
            if let Some(heading) = line.strip_prefix("## ").filter(|heading| heading.contains('/')) {
                headings.insert(heading.trim_matches('`').to_owned(), path.clone());
            }
        }
    }
    let documented: BTreeSet<&str> = headings.keys().map(String::as_str).collect();
    let declared: BTreeSet<&str> = all_codes().iter().map(|code| code.name).collect();
    let missing: Vec<_> = declared.difference(&documented).collect();
    let left_over: Vec<_> = documented.difference(&declared).collect();
    assert!(missing.is_empty() && left_over.is_empty(), "missing: {missing:?}; left over: {left_over:?}");
}
