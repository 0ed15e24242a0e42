//! Findings: what was seen while a job was done.
//!
//! A **failure** (a room's own `Error` enum) means that the job could not be done; a **finding** ([`Diagnostic`]) is data: the
//! job was done and this was seen, there, in the reader's own file. Findings are collected over the whole batch, so that one
//! wrong contract never hides the faults of the 253 others.
//!
//! Each room lists its codes in its `diags.rs` as [`Code`] constants; `docs/diagnostics/README.md` has one heading for each.
//! This room does not print: the command line draws findings for people, and [`Diagnostic`] serialises to JSON for programs.

mod distance;
mod origin;

pub use distance::distance;
pub use origin::{FieldOrigins, LineColumn, Origin, cell_name};

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// To know; nothing to do.
    Note,
    /// To look at; the contract can be made.
    Warning,
    /// The contract cannot be made.
    Error,
}

/// The stable name of one kind of finding, with what it means.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `room/kebab-case`, for ever.
    pub name: &'static str,
    /// How much a finding of this kind weighs.
    pub severity: Severity,
    /// One sentence, for lists of codes.
    pub summary: &'static str,
    /// The number of the business rule it enforces, as listed in `docs/diagnostics/README.md`.
    pub rule: Option<u8>,
}

impl Code {
    /// Declares a code that blocks the contract.
    #[must_use]
    pub const fn error(name: &'static str, summary: &'static str) -> Self {
        Self { name, severity: Severity::Error, summary, rule: None }
    }

    /// Declares a code that asks for a look.
    #[must_use]
    pub const fn warning(name: &'static str, summary: &'static str) -> Self {
        Self { name, severity: Severity::Warning, summary, rule: None }
    }

    /// Declares a code that only informs.
    #[must_use]
    pub const fn note(name: &'static str, summary: &'static str) -> Self {
        Self { name, severity: Severity::Note, summary, rule: None }
    }

    /// Says which business rule the code enforces.
    #[must_use]
    pub const fn rule(mut self, number: u8) -> Self {
        self.rule = Some(number);
        self
    }
}

/// One thing that was seen: what, where, what was expected, what was found, what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Which kind of finding.
    #[serde(flatten, serialize_with = "code_fields")]
    pub code: &'static Code,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// Where it was seen.
    pub origin: Origin,
    /// Other places that explain it, each with a few words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// What was expected there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found there, as written in the reader's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The contract it concerns, or the first of them; none when it concerns the whole campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The other contracts it concerns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// Another place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// The place.
    pub origin: Origin,
    /// Why it matters, in a few words.
    pub label: String,
}

fn code_fields<S: Serializer>(code: &&'static Code, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("code", code.name)?;
    map.serialize_entry("severity", &code.severity)?;
    if let Some(rule) = code.rule {
        map.serialize_entry("rule", &rule)?;
    }
    map.end()
}

impl Diagnostic {
    /// Makes a finding of this kind, seen there.
    #[must_use]
    pub fn new(code: &'static Code, origin: Origin, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            origin,
            related: Vec::new(),
            expected: None,
            found: None,
            help: None,
            contract: None,
            also: Vec::new(),
        }
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what was found.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at another place that explains the finding.
    #[must_use]
    pub fn related(mut self, origin: Origin, label: impl Into<String>) -> Self {
        self.related.push(Related { origin, label: label.into() });
        self
    }

    /// Says which contract it concerns.
    #[must_use]
    pub fn contract(mut self, contract: impl Into<String>) -> Self {
        self.contract = Some(contract.into());
        self
    }

    /// Whether it is the same thing seen at the same place, for another contract.
    #[must_use]
    pub fn repeats(&self, other: &Self) -> bool {
        (self.code, &self.origin, &self.message, &self.expected, &self.found)
            == (other.code, &other.origin, &other.message, &other.expected, &other.found)
    }

    /// Whether the finding blocks the contract.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }
}

/// Tells once what was seen at one place for several contracts: the first finding names the others' contracts and a few of
/// their places.
#[must_use]
pub fn grouped(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    const MOST_PLACES: usize = 8;
    let mut groups: BTreeMap<(&'static str, Origin, String), Vec<usize>> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for finding in findings {
        let key = (finding.code.name, finding.origin.clone(), finding.message.clone());
        let same = groups.entry(key).or_default();
        let twin = same.iter().copied().find(|index| kept.get(*index).is_some_and(|first| first.repeats(&finding)));
        match twin.and_then(|index| kept.get_mut(index)) {
            Some(first) if finding.contract.is_some() => {
                let named = |name: &String| first.contract.as_ref() == Some(name) || first.also.contains(name);
                if let Some(other) = finding.contract.filter(|name| !named(name)) {
                    first.also.push(other);
                }
                let new: Vec<Related> =
                    finding.related.into_iter().filter(|place| !first.related.contains(place)).collect();
                let room = MOST_PLACES.saturating_sub(first.related.len());
                first.related.extend(new.into_iter().take(room));
            }
            _ => {
                same.push(kept.len());
                kept.push(finding);
            }
        }
    }
    kept
}

/// A value with what was seen while making it; the value is absent if a finding forbade it.
///
/// An error that concerns one contract ([`Diagnostic::contract`]) forbids that contract, not the campaign that holds the others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Checked<T> {
    /// The value, when it could be made.
    pub value: Option<T>,
    /// What was seen, in reading order.
    pub findings: Vec<Diagnostic>,
}

impl<T> Checked<T> {
    /// A value about which there is nothing to say.
    pub fn clean(value: T) -> Self {
        Self { value: Some(value), findings: Vec::new() }
    }

    /// The value; the findings go to the others.
    pub fn take(self, findings: &mut Vec<Diagnostic>) -> Option<T> {
        findings.extend(self.findings);
        self.value
    }

    /// Whether a finding blocks.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: Code = Code::error("room/code", "a fault");

    #[test]
    fn what_is_seen_for_many_contracts_is_told_once_with_their_names() {
        let at = |line| Origin::Template { file: "a".to_owned(), line, column: 1 };
        let finding = |line, contract: &str| Diagnostic::new(&CODE, at(line), "gone").contract(contract);
        let told = grouped(vec![
            finding(1, "x"),
            finding(2, "x"),
            finding(1, "x"),
            finding(1, "y"),
            finding(1, "y"),
            finding(1, "z"),
        ]);
        assert_eq!(told.len(), 2);
        assert_eq!(
            (told[0].contract.as_deref(), told[0].also.as_slice()),
            (Some("x"), &["y".to_owned(), "z".to_owned()][..])
        );
        assert!(told[1].also.is_empty());
    }
}
