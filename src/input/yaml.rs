//! Typed reading of a YAML file: the only place that knows the YAML library.
//!
//! A typed parser stops at its first error. To tell them all, the faulty key or list item is erased from the text (its line
//! breaks stay) and the text is read again, as long as something can still be learnt; what was erased is remembered, so that
//! places stay those of the file.

mod erased;
mod fault;

use std::collections::BTreeSet;

use serde::de::{DeserializeOwned, IgnoredAny};

use erased::Erased;
use fault::{Fault, join, last_segment};

use super::{
    diags,
    findings::Findings,
    locate::{Place, Places},
    names,
};
use crate::diag::{Diagnostic, LineColumn, Origin};

/// A campaign's largest YAML file has some thousand établissements; a megabyte is plenty.
const MAX_BYTES: usize = 8 << 20;
/// A campaign file has some ten levels.
const MAX_DEPTH: usize = 200;
/// After so many errors in one file, the officer has enough to do.
const MAX_ERRORS: usize = 50;

/// A file read as a `T`, as far as it could be.
#[derive(Debug)]
pub(crate) struct Parsed<T> {
    /// The value without what was erased; absent when nothing could be made of the file.
    pub(crate) value: Option<T>,
    /// Where everything stands.
    pub(crate) places: Places,
    erased: Erased,
}

impl<T> Parsed<T> {
    /// The index that an item of the value has in the file, where faulty items still count.
    pub(crate) fn original_index(&self, list: &str, index: usize) -> usize {
        self.erased.original(list, index)
    }

    /// Paths, in the file, of the keys that were left out or are missing for a reason that was told.
    pub(crate) fn erased_keys(&self) -> BTreeSet<String> {
        self.erased.keys.clone()
    }

    /// Indexes, in the file, of the faulty items of a list.
    pub(crate) fn erased_items(&self, list: &str) -> impl Iterator<Item = usize> {
        self.erased.items.get(list).into_iter().flatten().copied()
    }
}

/// Reads a file as a `T`.
pub(crate) fn parse<T: DeserializeOwned>(file: &str, bytes: &[u8], findings: &mut Findings) -> Parsed<T> {
    let nothing = || Parsed { value: None, places: Places::default(), erased: Erased::default() };
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(finding) => {
            findings.push(*finding);
            return nothing();
        }
    };
    if let Some(line) = too_deep(text) {
        findings.push(nested(file, line));
        return nothing();
    }
    if let Err(error) = serde_yaml::from_str::<IgnoredAny>(text) {
        findings.push(syntax_error(file, text, &error));
        return nothing();
    }
    let places = Places::of(text);
    for duplicate in &places.duplicates {
        findings.push(duplicate_key(file, &places, duplicate));
    }
    let mut reading = Reading { file, chars: text.chars().collect(), places: &places, erased: Erased::default() };
    for duplicate in &places.duplicates {
        reading.erase_duplicate(&duplicate.path, duplicate.at);
    }
    let value = reading.read(findings);
    let erased = reading.erased;
    Parsed { value, places, erased }
}

/// The text of a file that should be UTF-8, without byte order mark.
fn text<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Box<Diagnostic>> {
    if bytes.len() > MAX_BYTES {
        return Err(Box::new(
            Diagnostic::new(&diags::FILE_TOO_LARGE, Origin::file(file), format!("`{file}` is too large to be read"))
                .expected(format!("at most {MAX_BYTES} bytes"))
                .found(format!("{} bytes", bytes.len()))
                .help("split the campaign, or check that this is the right file"),
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| Box::new(not_utf8(file, bytes, error.valid_up_to())))
}

/// Says where a file stops being UTF-8.
pub(crate) fn not_utf8(file: &str, bytes: &[u8], valid_up_to: usize) -> Diagnostic {
    let before = String::from_utf8_lossy(bytes.get(..valid_up_to).unwrap_or_default());
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let byte = bytes.get(valid_up_to).copied().unwrap_or_default();
    let mut origin = Origin::yaml(file, "");
    if let Origin::Yaml { at, .. } = &mut origin {
        *at = Some(place(line, column));
    }
    Diagnostic::new(&diags::FILE_NOT_UTF8, origin, format!("`{file}` is not a text in UTF-8"))
        .expected("UTF-8")
        .found(format!("the byte {byte:02X}"))
        .help("save the file again with the encoding UTF-8 (in Notepad: Save as, Encoding)")
}

fn place(line: usize, column: usize) -> LineColumn {
    LineColumn { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) }
}

fn located(file: &str, path: &str, error: &serde_yaml::Error) -> Origin {
    Origin::Yaml { file: file.to_owned(), path: path.to_owned(), at: line_column(error) }
}

fn line_column(error: &serde_yaml::Error) -> Option<LineColumn> {
    error.location().map(|location| place(location.line(), location.column()))
}

fn syntax_error(file: &str, text: &str, error: &serde_yaml::Error) -> Diagnostic {
    let message = strip_place(&error.to_string());
    let line = error.location().and_then(|location| text.lines().nth(location.line() - 1)).unwrap_or_default();
    let finding =
        Diagnostic::new(&diags::YAML_SYNTAX, located(file, "", error), format!("`{file}` is not well-formed YAML"))
            .found(message);
    let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
    if indent.contains('\t') {
        finding.help("indent with spaces: YAML refuses tabs")
    } else if line.is_empty() {
        finding.help("look at the end of the line above: a quote, a bracket or a `:` is probably missing")
    } else {
        finding.help(
            "look at the indentation, at quotes left open and at `: ` inside a text (put the text between quotes)",
        )
    }
}

/// The line from which a text is nested deeper than any campaign file. The parser takes time in the square of the depth, so that
/// this is looked at before: brackets left open (wherever they are), and dashes at the beginning of one line.
fn too_deep(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (line, content) in text.lines().enumerate() {
        let mut rest = content.trim_start();
        let mut indicators = 0;
        while let Some(after) = rest.strip_prefix(['-', '?']).filter(|after| after.starts_with(' ')) {
            indicators += 1;
            rest = after.trim_start();
        }
        for c in content.chars() {
            match c {
                '[' | '{' => open += 1,
                ']' | '}' => open = open.saturating_sub(1),
                _ => {}
            }
            if open > MAX_DEPTH {
                return Some(line + 1);
            }
        }
        if indicators > MAX_DEPTH {
            return Some(line + 1);
        }
    }
    None
}

fn nested(file: &str, line: usize) -> Diagnostic {
    let origin = Origin::Yaml { file: file.to_owned(), path: String::new(), at: Some(place(line, 1)) };
    Diagnostic::new(&diags::YAML_SYNTAX, origin, format!("`{file}` is nested too deep"))
        .expected(format!("at most {MAX_DEPTH} levels"))
        .help("this is no campaign file; look for brackets left open")
}

fn duplicate_key(file: &str, places: &Places, duplicate: &super::locate::Duplicate) -> Diagnostic {
    let origin = Origin::Yaml { file: file.to_owned(), path: duplicate.path.clone(), at: Some(duplicate.at) };
    let key = last_segment(&duplicate.path);
    let mut first = Origin::yaml(file, duplicate.path.clone());
    places.locate(&mut first);
    Diagnostic::new(&diags::YAML_DUPLICATE_KEY, origin, format!("`{key}` is written twice"))
        .expected("each key once")
        .related(first, "first written here")
        .help("remove one of the two")
}

/// Drops ` at line 3 column 5` from a message.
fn strip_place(message: &str) -> String {
    match message.rfind(" at line ") {
        Some(end) => message.get(..end).unwrap_or(message).to_owned(),
        None => message.to_owned(),
    }
}

/// A text being read, read again without what is wrong.
struct Reading<'a> {
    file: &'a str,
    chars: Vec<char>,
    places: &'a Places,
    erased: Erased,
}

impl Reading<'_> {
    fn read<T: DeserializeOwned>(&mut self, findings: &mut Findings) -> Option<T> {
        for _ in 0..MAX_ERRORS {
            let text: String = self.chars.iter().collect();
            let error = match serde_yaml::from_str(&text) {
                Ok(value) => return Some(value),
                Err(error) => error,
            };
            let (path, fault) = self.fault(&error);
            if self.is_consequence(&path, &fault) {
                // The key is missing because it was erased, and that was told: give up the item around it.
                if !self.erase_item(&path) {
                    return None;
                }
                continue;
            }
            let target = fault.target(&path);
            findings.push(fault.finding(self.file, &path, line_column(&error), self.places));
            if let Some(meant) = fault.meant() {
                self.erased.keys.insert(join(&path, meant));
            }
            let gone = match fault {
                Fault::Missing(_) => self.erase_item(&path),
                _ => self.erase(&target) || self.erase_item(&path),
            };
            if !gone {
                return None;
            }
        }
        None
    }

    /// What is wrong, and the path where, in the file.
    fn fault(&self, error: &serde_yaml::Error) -> (String, Fault) {
        let message = strip_place(&error.to_string());
        let (path, message) = split_path(&message);
        let path = self.erased.original_path(path);
        // A path that ends in `?` or is empty says little; the line and column say more.
        let path = match (path.is_empty(), error.location()) {
            (true, Some(location))
                if !message.starts_with("missing field") && !message.starts_with("unknown field") =>
            {
                let inner = self.places.path_at(place(location.line(), location.column()));
                inner.map_or(path.clone(), str::to_owned)
            }
            _ => path,
        };
        let fault = Fault::of(message);
        (fault.without_key(path), fault)
    }

    fn is_consequence(&self, path: &str, fault: &Fault) -> bool {
        matches!(fault, Fault::Missing(key) if self.erased.keys.contains(&join(path, key)))
    }

    /// Erases the innermost list item around a path, the item itself included.
    fn erase_item(&mut self, path: &str) -> bool {
        let mut path = path;
        loop {
            if path.ends_with(']') && self.erase(path) {
                return true;
            }
            match path.rfind(['.', '[']).and_then(|end| path.get(..end)) {
                Some(above) if !above.is_empty() => path = above,
                _ => return false,
            }
        }
    }

    /// Erases the key or item at a path; whether something was there.
    fn erase(&mut self, path: &str) -> bool {
        let Some(place) = self.places.get(path).filter(|_| !path.is_empty()).cloned() else { return false };
        if !self.erased.remember(path) {
            return false;
        }
        self.blank(path, &place);
        true
    }

    fn erase_duplicate(&mut self, path: &str, at: LineColumn) {
        // Only the first of two equal keys has a place; the first goes, the second stays to be read.
        if let Some(place) = self.places.get(path).filter(|place| place.at <= at).cloned() {
            self.blank(path, &place);
        }
    }

    fn blank(&mut self, path: &str, place: &Place) {
        let mut end = place.end;
        if place.flow {
            let after = self.chars.iter().skip(end).take_while(|c| c.is_whitespace()).count();
            if self.chars.get(end + after) == Some(&',') {
                end += after + 1;
            }
        }
        let mut start = place.start;
        if path.ends_with(']') && !place.flow {
            // The dash of a block sequence's item.
            while let Some(before) = start.checked_sub(1).filter(|before| self.chars.get(*before) != Some(&'-')) {
                start = before;
            }
            start = start.saturating_sub(1);
        }
        for c in self.chars.iter_mut().take(end).skip(start).filter(|c| **c != '\n' && **c != '\r') {
            *c = ' ';
        }
    }
}

/// `etablissements[0].adresse: missing field…` → the path and the rest.
fn split_path(message: &str) -> (&str, &str) {
    match message.split_once(": ") {
        Some((path, rest)) if !path.contains([' ', '`']) => (path.trim_end_matches('?').trim_end_matches('.'), rest),
        _ => ("", message),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Fichier {
        titre: Option<String>,
        liste: Vec<Fiche>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Fiche {
        nom: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its type matters")]
        rang: u8,
    }

    fn read(text: &str) -> (Parsed<Fichier>, Vec<String>) {
        let mut findings = Findings::default();
        let parsed = parse("a.yaml", text.as_bytes(), &mut findings);
        let told = findings.sorted().iter().map(|f| format!("{} {}", f.code.name, f.origin)).collect();
        (parsed, told)
    }

    #[test]
    fn every_faulty_item_is_told_and_the_others_are_read() {
        let text = "liste:\n  - nom: a\n  - rang: 2\n  - nom: c\n    rangg: 1\n  - {rang: x, nom: d}\n  - nom: [e]\n  - nom: f\n";
        let (parsed, told) = read(text);
        assert_eq!(
            told,
            [
                "input/yaml-missing-key a.yaml:3:5 (liste[1])",
                "input/yaml-unknown-key a.yaml:5:12 (liste[2].rangg)",
                "input/yaml-wrong-type a.yaml:6:12 (liste[3].rang)",
                "input/yaml-wrong-type a.yaml:7:5 (liste[4].nom)",
            ]
        );
        assert_eq!(parsed.original_index("liste", 3), 5);
        let noms: Vec<String> = parsed.value.unwrap().liste.into_iter().map(|fiche| fiche.nom).collect();
        assert_eq!(noms, ["a", "c", "d", "f"]);
    }

    #[test]
    fn a_key_written_twice_is_told_with_both_places() {
        let (parsed, told) = read("titre: a\nliste:\n  - nom: a\n    nom: b\ntitre: c\n");
        assert_eq!(
            told,
            ["input/yaml-duplicate-key a.yaml:4:5 (liste[0].nom)", "input/yaml-duplicate-key a.yaml:5:1 (titre)"]
        );
        assert_eq!(parsed.value.unwrap().titre.as_deref(), Some("c"));
    }

    #[test]
    fn bombs_are_refused_in_little_time() {
        let mut aliases = String::from("liste: &a0 [{nom: x}]\n");
        for i in 1..10 {
            let item = format!("*a{}, ", i - 1).repeat(10);
            aliases.push_str(&format!("x{i}: &a{i} [{item}]\n"));
        }
        for bomb in [aliases, "[".repeat(100_000), format!("liste: {}", "[".repeat(100_000)), "- ".repeat(100_000)] {
            let (_, told) = read(&bomb);
            assert!(!told.is_empty());
        }
    }

    #[test]
    fn tabs_marks_and_old_encodings_are_named() {
        let mut findings = Findings::default();
        parse::<Fichier>("a.yaml", b"liste:\n\t- nom: a\n", &mut findings);
        parse::<Fichier>("b.yaml", b"titre: \xe9t\xe9\n", &mut findings);
        parse::<Fichier>("c.yaml", b"\xef\xbb\xbftitre: a\nliste: []\n", &mut findings);
        let findings = findings.sorted();
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].help.as_deref(), Some("indent with spaces: YAML refuses tabs"));
        assert_eq!(findings[1].origin.to_string(), "b.yaml:1:8");
    }
}
