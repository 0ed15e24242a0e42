//! Merged text, line by line with the template line each was made from, and where in it each value stands.

use std::{io, ops::Range};

use handlebars::{Context, Handlebars};

use super::{diags, escape::VALUE, lint::Print, scan::MARKER, sheets::Sheet, source::Sources};
use crate::diag::{Diagnostic, Origin};

/// The Djot text of one sheet.
pub(super) struct Rendered<'s> {
    pub(super) text: String,
    sheets: &'s [Sheet],
    /// Start of each line, with the sheet and the line it was made from.
    lines: Vec<(usize, usize, u32)>,
    /// Where each value stands, in order.
    spans: Vec<Range<usize>>,
    /// What each span is, once known: then as many as there are spans.
    prints: Vec<Printed>,
}

/// A value in the merged text.
pub(super) struct Printed {
    pub(super) tag: Origin,
    pub(super) paths: Vec<String>,
    pub(super) sources: Vec<Origin>,
}

/// The text of a sheet, up to a size that no contract has: partials that include partials could otherwise fill the memory.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const MOST_BYTES: usize = 4 << 20;
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::Error::other("the text has more than four million letters"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Merges a sheet with the data; the finding tells where Handlebars stopped.
pub(super) fn render<'s>(
    registry: &Handlebars<'_>,
    sheets: &'s [Sheet],
    sheet: &Sheet,
    data: &Context,
) -> Result<Rendered<'s>, Box<Diagnostic>> {
    let key = sheet.key(sheets);
    let mut text = Bounded(Vec::new());
    match registry.render_with_context_to_write(&key, data, &mut text) {
        Ok(()) => {
            let marked = String::from_utf8_lossy(&text.0);
            Ok(Rendered::new(&marked, sheets, key.parse().unwrap_or_default()))
        }
        Err(error) => {
            let name = error.template_name.clone().unwrap_or(key);
            let shown =
                sheets.iter().enumerate().find(|(index, sheet)| sheet.name == name || index.to_string() == name);
            let line = |at: Option<usize>| at.and_then(|at| u32::try_from(at).ok()).unwrap_or(1);
            let origin = Origin::Template {
                file: shown.map_or(&sheet.file, |(_, sheet)| &sheet.file).clone(),
                line: line(error.line_no),
                column: line(error.column_no),
            };
            let finding = Diagnostic::new(&diags::RENDER, origin, "the template could not be merged here");
            Err(Box::new(finding.found(error.reason().to_string())))
        }
    }
}

impl<'s> Rendered<'s> {
    /// Takes the markers off and remembers them.
    fn new(marked: &str, sheets: &'s [Sheet], first: usize) -> Self {
        let mut rendered = Self {
            text: String::with_capacity(marked.len()),
            sheets,
            lines: Vec::new(),
            spans: Vec::new(),
            prints: Vec::new(),
        };
        let mut last = (first, 1);
        for line in marked.split_inclusive('\n') {
            let start = rendered.text.len();
            last = rendered.line(line).unwrap_or(last);
            rendered.lines.push((start, last.0, last.1));
        }
        rendered
    }

    /// Takes the markers off a line; gives the sheet and the line it was made from, if it says so.
    fn line(&mut self, line: &str) -> Option<(usize, u32)> {
        let mut place = None;
        let mut opened = None;
        let mut rest = line;
        while let Some(at) = rest.find([MARKER.0, VALUE.0, VALUE.1]) {
            let (before, marked) = rest.split_at(at);
            self.text.push_str(before);
            let mut chars = marked.chars();
            let mark = chars.next();
            rest = chars.as_str();
            if mark == Some(VALUE.0) {
                opened = Some(self.text.len());
            } else if mark == Some(VALUE.1) {
                self.spans.extend(opened.take().map(|start| start..self.text.len()));
            } else {
                let (inside, after) = rest.split_once(MARKER.1).unwrap_or((rest, ""));
                let parsed =
                    inside.split_once(':').and_then(|(sheet, line)| Some((sheet.parse().ok()?, line.parse().ok()?)));
                // A line made of several is known by the first: where it starts.
                place = place.or(parsed);
                rest = after;
            }
        }
        self.text.push_str(rest);
        place
    }

    /// Says what each value is: the tags that print, in the order in which they were walked.
    pub(super) fn trace(&mut self, prints: Vec<Print<'_>>, sources: &Sources<'_>) {
        // The walk and Handlebars take the same branches; were it not so, no value would be better than a wrong one.
        if prints.len() != self.spans.len() {
            return;
        }
        let printed = prints.into_iter().zip(&self.spans).map(|(print, span)| Printed {
            tag: match print.offset {
                Some(offset) => print.sheet.lines.origin(&print.sheet.file, offset),
                None => self.at(span.start),
            },
            sources: print.paths.iter().flat_map(|path| sources.of(path)).collect(),
            paths: print.paths,
        });
        self.prints = printed.collect();
    }

    /// The values that stand between two offsets, in order.
    pub(super) fn printed(&self, within: &Range<usize>) -> impl Iterator<Item = (&Range<usize>, &Printed)> {
        let first = self.spans.partition_point(|span| span.start < within.start);
        let end = within.end;
        self.spans.iter().zip(&self.prints).skip(first).take_while(move |(span, _)| span.end <= end)
    }

    /// The template place of what stands at an offset: the line, and the column where `written` is found in it.
    pub(super) fn origin(&self, offset: usize, written: &str) -> Origin {
        let index = self.lines.partition_point(|(start, _, _)| *start <= offset);
        let line = index.checked_sub(1).and_then(|index| self.lines.get(index));
        let Some((sheet, line)) = line.and_then(|(_, sheet, line)| Some((self.sheets.get(*sheet)?, *line))) else {
            return Origin::file("");
        };
        let source = sheet.lines.line(line);
        let written = written.lines().next().unwrap_or_default().trim();
        let at = if written.is_empty() { None } else { source.find(written) };
        let at = at.unwrap_or_else(|| source.len() - source.trim_start().len());
        let before = source.get(..at).unwrap_or_default().chars().count();
        let column = u32::try_from(before + 1).unwrap_or(u32::MAX);
        Origin::Template { file: sheet.file.clone(), line, column }
    }

    /// The template place of what stands at an offset.
    pub(super) fn at(&self, offset: usize) -> Origin {
        let line = self.text.get(offset..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        self.origin(offset, line)
    }
}
