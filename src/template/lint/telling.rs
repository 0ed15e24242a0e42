//! What the walk tells: each fault once, at its place in the template and in the data.

use super::{At, Linter, scope::Value};
use crate::{
    diag::{Code, Diagnostic},
    template::diags,
};

/// How many places in the data one finding names.
const MAX_RELATED: usize = 8;

impl<'d> Linter<'d> {
    pub(super) fn null(&mut self, at: At<'d>, value: &Value<'d>, raw: &str, use_: &str) {
        let shown = value.path.clone().unwrap_or_else(|| raw.to_owned());
        let finding = self
            .finding(&diags::NULL_VALUE, at, raw, format!("`{raw}` is {use_}, but not known for this contract"))
            .found(format!("no value for `{shown}`"))
            .help("give the value, or write the passage inside `{{#if}}`");
        let finding = self.with_data(finding, Some(value));
        self.push(finding);
    }

    pub(super) fn wrong(&mut self, at: At<'d>, value: &Value<'d>, raw: &str, expected: &str, found: &str, help: &str) {
        let finding = self
            .finding(&diags::WRONG_TYPE, at, raw, format!("`{raw}` is {found}"))
            .expected(expected)
            .found(found)
            .help(help);
        let finding = self.with_data(finding, Some(value));
        self.push(finding);
    }

    /// A finding at the place of a name inside the tag.
    pub(super) fn finding(&self, code: &'static Code, at: At<'d>, raw: &str, message: String) -> Diagnostic {
        let text = at.sheet.lines.text().get(at.offset..).unwrap_or_default();
        let inside = match raw {
            "" => None,
            raw if at.chained => find_in_else(text, raw),
            raw => find_word(text, raw),
        };
        let origin = at.sheet.lines.origin(&at.sheet.file, at.offset + inside.unwrap_or(0));
        Diagnostic::new(code, origin, message).contract(self.sources.contract.id.to_string())
    }

    /// Adds where the data was read.
    pub(super) fn with_data(&self, finding: Diagnostic, value: Option<&Value<'d>>) -> Diagnostic {
        let path = value.and_then(|value| value.path.as_deref());
        match path.and_then(|path| self.sources.nearest(path)) {
            Some(origin) => finding.related(origin, "the data is read here"),
            None => finding,
        }
    }

    /// One finding per place and fault: the rows of a table that share it add their places in the data.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        let same = |other: &&mut Diagnostic| {
            other.code == finding.code && other.origin == finding.origin && other.message == finding.message
        };
        match self.findings.iter_mut().find(same) {
            Some(first) => {
                for related in finding.related {
                    if first.related.len() < MAX_RELATED && !first.related.contains(&related) {
                        first.related.push(related);
                    }
                }
            }
            None => self.findings.push(finding),
        }
    }
}

/// Where a name stands in a tag, as a whole word.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '@' | '-');
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|head| head.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

/// Where a name stands in the first `{{else if}}` that has it.
fn find_in_else(text: &str, word: &str) -> Option<usize> {
    text.match_indices("{{else").find_map(|(at, _)| {
        let tag = text.get(at..).and_then(|rest| rest.split("}}").next())?;
        find_word(tag, word).map(|inside| at + inside)
    })
}
