//! The tags of a template file, found without Handlebars: which are stray, which block is never closed, where a line may carry
//! its marker. What is wrong is told all at once, and a repaired text lets the rest of the file be looked at.

use std::ops::Range;

use super::{diags, place::Lines};
use crate::diag::Diagnostic;

/// What a tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{{/name}}`.
    Close,
    /// `{{! … }}`.
    Comment,
    /// `{{else}}`, `{{else if x}}`.
    Else,
    /// `{{x}}`, `{{helper x}}`.
    Expression,
    /// `{{#name x}}`.
    Open,
    /// `{{> name}}`.
    Partial,
}

/// One tag of a file.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    /// What it is.
    pub(super) kind: Kind,
    /// Where it is, braces included.
    pub(super) span: Range<usize>,
    /// First word inside: the block's, partial's or helper's name.
    pub(super) name: String,
}

/// The tags of a file, in order, and a text in which they are balanced.
#[derive(Debug)]
pub(super) struct Scan {
    /// Every tag that is well formed.
    pub(super) tags: Vec<Tag>,
    /// The text with stray tags blanked and missing ends added; lines and columns before a repair are kept.
    pub(super) repaired: String,
}

/// Reads the tags of a file and tells what is wrong with them.
pub(super) fn scan(file: &str, text: &str, findings: &mut Vec<Diagnostic>) -> Scan {
    let mut scanner = Scanner { file, text, lines: Lines::new(text), tags: Vec::new(), edits: Vec::new(), findings };
    scanner.run();
    if scanner.is_too_deep() {
        return Scan { tags: Vec::new(), repaired: String::new() };
    }
    scanner.balance();
    let Scanner { tags, edits, .. } = scanner;
    Scan { tags, repaired: apply(text, edits) }
}

enum Edit {
    /// Replace by spaces.
    Blank(Range<usize>),
    /// Add before this place.
    Insert(usize, String),
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| match edit {
        Edit::Blank(range) => range.start,
        Edit::Insert(at, _) => *at,
    });
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let (start, end) = match &edit {
            Edit::Blank(range) => (range.start, range.end),
            Edit::Insert(at, _) => (*at, *at),
        };
        out.push_str(text.get(done..start).unwrap_or_default());
        match edit {
            Edit::Blank(range) => {
                let blanked = text.get(range).unwrap_or_default().chars();
                out.extend(blanked.map(|c| if c == '\n' { c } else { ' ' }));
            }
            Edit::Insert(_, addition) => out.push_str(&addition),
        }
        done = done.max(end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

struct Scanner<'a> {
    file: &'a str,
    text: &'a str,
    lines: Lines,
    tags: Vec<Tag>,
    edits: Vec<Edit>,
    findings: &'a mut Vec<Diagnostic>,
}

impl Scanner<'_> {
    fn rest(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or_default()
    }

    fn finding(&self, code: &'static crate::diag::Code, at: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.lines.origin(self.file, at), message)
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(found) = self.rest(at).find(['{', '}']) {
            at += found;
            let rest = self.rest(at);
            if rest.starts_with("{{") {
                at = self.tag(at);
            } else if rest.starts_with("}}") {
                let finding = self
                    .finding(&diags::STRAY_TAG, at, "`}}` closes a tag that was not opened")
                    .help("write `{{` before the name, or remove the braces");
                self.findings.push(finding);
                self.edits.push(Edit::Blank(at..at + 2));
                at += 2;
            } else {
                at += 1;
            }
        }
    }

    /// Reads the tag that starts here; gives where to go on.
    fn tag(&mut self, start: usize) -> usize {
        let rest = self.rest(start);
        let (opening, closing) = if rest.starts_with("{{!--") {
            ("{{!--", "--}}")
        } else if rest.starts_with("{{{{") {
            ("{{{{", "}}}}")
        } else if rest.starts_with("{{{") {
            ("{{{", "}}}")
        } else {
            ("{{", "}}")
        };
        let inner_start = start + opening.len();
        let Some(length) = end_of_tag(self.rest(inner_start), opening, closing) else {
            let line = rest.lines().next().unwrap_or_default().to_owned();
            let finding = self
                .finding(&diags::STRAY_TAG, start, format!("`{opening}` is not closed by `{closing}`"))
                .expected(format!("`{closing}` on the same line"))
                .found(format!("`{}`", line.chars().take(60).collect::<String>()))
                .help("close the tag");
            self.findings.push(finding);
            let end = start + line.find(['}']).map_or(opening.len(), |brace| brace + 1).max(opening.len());
            self.edits.push(Edit::Blank(start..end));
            return end;
        };
        let span = start..inner_start + length + closing.len();
        let inner = self.text.get(inner_start..inner_start + length).unwrap_or_default().to_owned();
        self.classify(opening, &inner, span.clone());
        span.end
    }

    fn classify(&mut self, opening: &str, inner: &str, span: Range<usize>) {
        let refuse = match (opening, inner) {
            ("{{{{", _) => Some((&diags::UNSUPPORTED_TAG, "raw blocks are not used in templates")),
            ("{{!--", _) => None,
            (_, inner) if inner.starts_with('!') => None,
            ("{{{", _) => Some((&diags::RAW_OUTPUT, "`{{{ }}}` prints a value without escaping it")),
            (_, inner) if inner.starts_with('&') => {
                Some((&diags::RAW_OUTPUT, "`{{& }}` prints a value without escaping it"))
            }
            (_, inner) if inner.starts_with('~') || inner.ends_with('~') => {
                Some((&diags::UNSUPPORTED_TAG, "`~` removes the spaces around a tag, and its line with them"))
            }
            (_, inner) if inner.starts_with(['*', '^']) || inner.starts_with("#*") || inner.starts_with("#>") => {
                Some((&diags::UNSUPPORTED_TAG, "this kind of tag is not used in templates"))
            }
            _ => None,
        };
        if let Some((code, message)) = refuse {
            let found = format!("`{}`", self.text.get(span.clone()).unwrap_or_default());
            let help = if code == &diags::RAW_OUTPUT { "write `{{ }}`" } else { "remove it, or write it with `#if`" };
            let finding = self.finding(code, span.start, message).found(found).help(help);
            self.findings.push(finding);
            self.edits.push(Edit::Blank(span));
            return;
        }
        let inner = inner.trim();
        let (kind, words) = match inner.chars().next() {
            _ if opening == "{{!--" => (Kind::Comment, ""),
            Some('!') => (Kind::Comment, ""),
            Some('#') => (Kind::Open, inner.get(1..).unwrap_or_default()),
            Some('/') => (Kind::Close, inner.get(1..).unwrap_or_default()),
            Some('>') => (Kind::Partial, inner.get(1..).unwrap_or_default()),
            _ if inner == "else" || inner.starts_with("else ") => (Kind::Else, inner),
            _ => (Kind::Expression, inner),
        };
        let name = words.trim_start().split(|c: char| c.is_whitespace()).next().unwrap_or_default().to_owned();
        self.tags.push(Tag { kind, span, name });
    }

    /// Tells the first tag that is nested too deep for Handlebars, which reads and merges them on its stack.
    fn is_too_deep(&mut self) -> bool {
        const MOST_BLOCKS: usize = 32;
        const MOST_PARENTHESES: usize = 16;
        let mut blocks = 0_usize;
        for tag in &self.tags {
            match tag.kind {
                Kind::Open => blocks += 1,
                Kind::Close => blocks = blocks.saturating_sub(1),
                _ => {}
            }
            let inside = self.text.get(tag.span.clone()).unwrap_or_default();
            let parentheses = if tag.kind == Kind::Comment { 0 } else { inside.matches('(').count() };
            if blocks > MOST_BLOCKS || parentheses > MOST_PARENTHESES {
                let message = "tags nested so deep are not used in templates";
                let finding = self
                    .finding(&diags::UNSUPPORTED_TAG, tag.span.start, message)
                    .expected(format!("at most {MOST_BLOCKS} blocks, or {MOST_PARENTHESES} parentheses in a tag"))
                    .help("look for a block that is never closed, or write a part of it in a partial");
                self.findings.push(finding);
                return true;
            }
        }
        false
    }

    /// Pairs opening and closing tags; closes what is left open and blanks what closes nothing.
    fn balance(&mut self) {
        let mut open: Vec<Tag> = Vec::new();
        let mut stray = Vec::new();
        for (index, tag) in self.tags.clone().into_iter().enumerate() {
            match tag.kind {
                Kind::Open => open.push(tag),
                Kind::Else if open.is_empty() => {
                    stray.push(index);
                    self.stray_close(&tag, "`{{else}}` stands outside any block");
                }
                Kind::Close => match open.iter().rposition(|opened| opened.name == tag.name) {
                    Some(depth) => {
                        for unclosed in open.split_off(depth + 1).into_iter().rev() {
                            self.unclosed(&unclosed, tag.span.start, Some(&tag));
                        }
                        open.pop();
                    }
                    None => {
                        stray.push(index);
                        self.stray_close(&tag, &format!("`{{{{/{}}}}}` closes a block that was not opened", tag.name));
                    }
                },
                _ => {}
            }
        }
        for unclosed in open.into_iter().rev() {
            self.unclosed(&unclosed, self.text.len(), None);
        }
        for index in stray.into_iter().rev() {
            self.tags.remove(index);
        }
    }

    fn unclosed(&mut self, tag: &Tag, at: usize, before: Option<&Tag>) {
        let name = &tag.name;
        let mut finding = self
            .finding(
                &diags::UNCLOSED_BLOCK,
                tag.span.start,
                format!("`{{{{#{name}}}}}` is opened here and never closed"),
            )
            .expected(format!("`{{{{/{name}}}}}`"))
            .help(format!("add `{{{{/{name}}}}}` on its own line where the block ends"));
        if let Some(close) = before {
            let origin = self.lines.origin(self.file, close.span.start);
            finding = finding.related(origin, format!("`{{{{/{}}}}}` is met first", close.name));
        }
        self.findings.push(finding);
        let newline = if before.is_none() && !self.text.ends_with('\n') { "\n" } else { "" };
        let end = if before.is_none() { "\n" } else { "" };
        self.edits.push(Edit::Insert(at, format!("{newline}{{{{/{name}}}}}{end}")));
    }

    fn stray_close(&mut self, tag: &Tag, message: &str) {
        let finding =
            self.finding(&diags::STRAY_CLOSE, tag.span.start, message).help("remove it, or open its block above");
        self.findings.push(finding);
        self.edits.push(Edit::Blank(tag.span.clone()));
    }
}

/// Length of a tag's inside; `None` when it is not closed before the next tag or the next blank line.
fn end_of_tag(rest: &str, opening: &str, closing: &str) -> Option<usize> {
    if opening == "{{!--" || (opening == "{{" && rest.starts_with('!')) {
        return rest.find(closing);
    }
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"') => quote = Some(c),
            (None, _) if rest.get(at..).is_some_and(|rest| rest.starts_with(closing)) => return Some(at),
            (None, '{' | '}') => return None,
            (_, '\n') if rest.get(at + 1..).is_some_and(|rest| rest.trim_start_matches(' ').starts_with('\n')) => {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// First and last of the characters that carry a line's marker; data and templates may not contain them.
pub(super) const MARKER: (char, char) = ('\u{e000}', '\u{e001}');

/// The text with, at the end of each line that will be printed, a marker that says which sheet and which line it is.
///
/// A line that is only a block, partial, comment or `else` tag vanishes when merged, and only if nothing else is on it: it gets
/// no marker. Nor does a line that ends inside a tag.
pub(super) fn mark(text: &str, tags: &[Tag], sheet: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut start = 0;
    let mut tags = tags.iter().peekable();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let end = start + line.trim_end_matches('\n').len();
        let mut touching = Vec::new();
        let mut inside = false;
        while let Some(tag) = tags.peek() {
            if tag.span.start >= end.max(start + 1) {
                break;
            }
            touching.push(*tag);
            if tag.span.end > end {
                inside = true;
                break;
            }
            tags.next();
        }
        out.push_str(text.get(start..end).unwrap_or_default());
        let alone = match touching.as_slice() {
            [tag] if tag.kind != Kind::Expression => {
                let before = text.get(..tag.span.start).unwrap_or_default();
                let head = before.rsplit('\n').next().unwrap_or_default();
                let tail = text.get(tag.span.end..end).unwrap_or_default();
                head.trim().is_empty() && tail.trim().is_empty()
            }
            _ => false,
        };
        if !inside && !alone && line.ends_with('\n') {
            out.push_str(&format!("{}{sheet}:{}{}", MARKER.0, index + 1, MARKER.1));
        }
        out.push_str(text.get(end..start + line.len()).unwrap_or_default());
        start += line.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> (Vec<String>, String) {
        let mut findings = Vec::new();
        let scan = scan("x", text, &mut findings);
        (findings.iter().map(|f| format!("{} {}", f.code.name, f.origin)).collect(), scan.repaired)
    }

    #[test]
    fn every_stray_tag_is_seen_and_the_rest_is_kept() {
        let (faults, repaired) = faults("a {{nom }\n{{#each x}}\nb }} c\n{{/if}}\n");
        assert_eq!(
            faults,
            [
                "template/stray-tag x:1:3",
                "template/stray-tag x:3:3",
                "template/stray-close x:4:1",
                "template/unclosed-block x:2:1"
            ]
        );
        assert_eq!(repaired, "a        \n{{#each x}}\nb    c\n       \n{{/each}}\n");
    }

    #[test]
    fn attributes_and_comments_are_not_tags() {
        assert!(faults("{#art-{{id}}}\n{{!-- {{x}} --}}\n{{! } }}\n{{eq a \"}}\"}}").0.is_empty());
    }

    #[test]
    fn only_printed_lines_are_marked() {
        let text = "{{#if x}}\na {{y}}\n  {{/if}}\n{{y}}\n{{!-- a\nb --}}\nc {{date\nx}}\nd";
        let scan = scan("x", text, &mut Vec::new());
        let marked = mark(text, &scan.tags, 3).replace(MARKER.0, "<").replace(MARKER.1, ">");
        assert_eq!(marked, "{{#if x}}\na {{y}}<3:2>\n  {{/if}}\n{{y}}<3:4>\n{{!-- a\nb --}}\nc {{date\nx}}<3:8>\nd");
    }
}
