//! How findings and failures are shown.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, IsTerminal, Write},
};

use annotate_snippets::{AnnotationKind, Element, Level, Origin as Place, Renderer, Snippet};
use serde::Serialize;

use crate::{
    diag::{Diagnostic, LineColumn, Origin, Severity},
    input::Sources,
};

/// Says why the job could not be done, with its causes.
#[expect(clippy::print_stderr, reason = "the command line talks")]
pub(super) fn failure(error: &(dyn std::error::Error + 'static)) {
    eprintln!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
}

/// Draws findings for people, most severe last, where a terminal leaves them in sight.
pub(super) fn findings(
    out: &mut (impl Write + IsTerminal),
    findings: &[Diagnostic],
    sources: &Sources,
) -> io::Result<()> {
    let colour = out.is_terminal() && !no_colour();
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let texts: BTreeMap<&str, Cow<'_, str>> =
        sources.files().iter().map(|(name, bytes)| (name.as_str(), String::from_utf8_lossy(bytes))).collect();
    let mut ordered: Vec<&Diagnostic> = findings.iter().collect();
    ordered.sort_by_key(|finding| finding.code.severity);
    for finding in ordered {
        writeln!(out, "{}\n", draw(&renderer, finding, &texts))?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the command line may look at the environment: https://no-color.org")]
fn no_colour() -> bool {
    std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty())
}

fn draw(renderer: &Renderer, finding: &Diagnostic, texts: &BTreeMap<&str, Cow<'_, str>>) -> String {
    let level = match finding.code.severity {
        Severity::Error => Level::ERROR,
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(finding.message.as_str()).id(finding.code.name).element(place(
        &finding.origin,
        None,
        texts,
    ));
    for related in &finding.related {
        group = group.element(place(&related.origin, Some(&related.label), texts));
    }
    if let Some(contract) = &finding.contract {
        group = group.element(Level::NOTE.with_name("contract").message(concerned(contract, &finding.also)));
    }
    let both_sides = [("expected", &finding.expected), ("found", &finding.found)];
    for (name, side) in both_sides {
        if let Some(side) = side {
            group = group.element(Level::NOTE.with_name(name).message(side.as_str()));
        }
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// « 960000016-2022 », « 960000016-2022 and 12 others ».
fn concerned(contract: &str, also: &[String]) -> String {
    match also {
        [] => contract.to_owned(),
        [other] => format!("{contract} and {other}"),
        others => format!("{contract} and {} others", others.len()),
    }
}

/// A place: with its line when it is in a text we have, by its name otherwise.
fn place<'a>(origin: &'a Origin, label: Option<&'a str>, texts: &'a BTreeMap<&str, Cow<'_, str>>) -> Element<'a> {
    let text = texts.get(origin.file_name());
    if let (Some(at), Some(text)) = (line_column(origin), text)
        && let Some((line, span)) = excerpt(text, at)
    {
        let kind = if label.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
        return Snippet::source(line)
            .line_start(at.line as usize)
            .path(origin.file_name())
            .annotation(kind.span(span).label(label))
            .into();
    }
    let name = match label {
        Some(label) => format!("{origin}: {label}"),
        None => origin.to_string(),
    };
    Place::path(name).into()
}

fn line_column(origin: &Origin) -> Option<LineColumn> {
    match origin {
        Origin::Template { line, column, .. } => Some(LineColumn { line: *line, column: *column }),
        Origin::Yaml { at, .. } => *at,
        Origin::Cell { .. } | Origin::Event { .. } | Origin::File { .. } | Origin::Sheet { .. } => None,
    }
}

/// The line of a place, shortened, and the bytes to underline in it: from the place to the end of the word, or of the line
/// when it is short.
fn excerpt(text: &str, at: LineColumn) -> Option<(&str, std::ops::Range<usize>)> {
    const LONGEST: usize = 240;
    let line = text.lines().nth((at.line as usize).checked_sub(1)?)?;
    let cut = line.char_indices().nth(LONGEST).map_or(line.len(), |(index, _)| index);
    let line = line.get(..cut)?;
    let start = line.char_indices().nth((at.column as usize).checked_sub(1)?).map_or(line.len(), |(index, _)| index);
    let end = line.trim_end().len().max(start);
    Some((line, start..end.max(start)))
}

/// The document that `--format json` prints; see `docs/formats/findings.md`.
#[derive(Debug, Serialize)]
pub(super) struct Json<'a> {
    /// Version of this format.
    pub(super) format: u8,
    /// The findings.
    pub(super) findings: &'a [Diagnostic],
    /// What was done, by the command.
    #[serde(flatten)]
    pub(super) summary: serde_json::Value,
}

/// Prints a JSON document on standard output.
pub(super) fn json(document: &impl Serialize) -> Result<(), super::Failure> {
    json_to(&mut io::stdout().lock(), document)
}

/// Writes a JSON document.
pub(super) fn json_to(out: &mut impl Write, document: &impl Serialize) -> Result<(), super::Failure> {
    serde_json::to_writer_pretty(&mut *out, document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

/// A count and its word: « 1 error », « 3 errors ».
pub(super) fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// « 2 errors, 5 warnings, 1 note ».
pub(super) fn tally(findings: &[Diagnostic]) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.code.severity == severity).count();
    let counts = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning"), (of(Severity::Note), "note")];
    let shown: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| count(*n, word)).collect();
    if shown.is_empty() { "nothing to report".to_owned() } else { shown.join(", ") }
}
