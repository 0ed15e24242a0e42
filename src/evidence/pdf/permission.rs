//! What signatures allow later: certifications (`DocMDP`) and locked fields (`FieldMDP`), ISO 32000-1, 12.8.2.

use lopdf::{Dictionary, Object};

use super::{
    change::Change,
    shape::{Field, Key},
    signature::Signature,
    view::{View, fields_of},
};
use crate::evidence::{Observation, Reason};

/// Fields that may not change after a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lock {
    /// All of them.
    All,
    /// All but these.
    Exclude(Vec<String>),
    /// These.
    Include(Vec<String>),
}

impl Lock {
    fn read(view: View<'_>, fields: &Dictionary) -> Option<Self> {
        let names = || {
            let names = fields.get(b"Fields").ok().and_then(|list| match list {
                Object::Reference((number, _)) => view.file.get(view.revision, *number),
                direct => Some(direct),
            });
            let names = names.and_then(|names| names.as_array().ok()).map(Vec::as_slice).unwrap_or_default();
            names.iter().filter_map(|name| lopdf::decode_text_string(name).ok()).collect()
        };
        match fields.get(b"Action").ok()?.as_name().ok()? {
            b"All" => Some(Self::All),
            b"Exclude" => Some(Self::Exclude(names())),
            b"Include" => Some(Self::Include(names())),
            _ => None,
        }
    }

    /// Whether it locks a field: by its name, or by that of a field above it.
    #[must_use]
    pub fn holds(&self, field: &str) -> bool {
        let named = |names: &[String]| {
            names.iter().any(|name| {
                field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self {
            Self::All => true,
            Self::Exclude(names) => !named(names),
            Self::Include(names) => named(names),
        }
    }
}

/// The parameters of the first transform of a kind that a signature names.
fn transform<'f>(view: View<'f>, signature: &'f Object, method: &[u8]) -> Option<&'f Dictionary> {
    let fields = fields_of(view.follow(signature))?;
    let references = view.array(fields, b"Reference")?;
    let found = references
        .iter()
        .filter_map(|reference| fields_of(view.follow(reference)))
        .find(|reference| view.name(reference, b"TransformMethod") == Some(method))?;
    view.dictionary(found, b"TransformParams").or(Some(found))
}

/// The level of a certification: 2 when it tells none.
pub(super) fn certification<'f>(view: View<'f>, signature: &'f Object) -> Option<u8> {
    let told = transform(view, signature, b"DocMDP")?;
    let level = view.value(told, b"P").and_then(|level| level.as_i64().ok());
    Some(level.and_then(|level| u8::try_from(level).ok()).filter(|level| (1..=3).contains(level)).unwrap_or(2))
}

/// What a signature locks: by itself, or because its field says so.
pub(super) fn lock<'f>(view: View<'f>, signature: &'f Object, field: &Field<'f>) -> Option<Lock> {
    let told = transform(view, signature, b"FieldMDP").or_else(|| view.dictionary(field.fields, b"Lock"))?;
    Lock::read(view, told)
}

/// What the revisions after `signature` do that it forbids.
pub(super) fn violations(signature: &Signature<'_>, revision: usize, change: &Change) -> Vec<Observation> {
    let mut told = Vec::new();
    if let Some(level) = signature.certification
        && let Some(what) = forbidden(level, change)
    {
        let detail = format!("the certification allows level {level}, and not {what}");
        told.push(Observation::new(Reason::DocmdpViolation, detail).in_revision(revision));
    }
    if let Some(lock) = &signature.lock {
        let touched = |key: &&Key| lock.holds(&key.0) && signature.field.as_deref() != Some(&key.0);
        // What is only filled with a time stamp is no change of the form.
        let stamps: Vec<&str> = change
            .observations
            .iter()
            .filter(|told| told.reason == Reason::RevisionDss)
            .filter_map(|told| told.place.field.as_deref())
            .collect();
        let changed = change.filled.iter().chain(&change.signed).chain(&change.fields).filter(touched);
        let mut names: Vec<&str> = changed.map(|key| key.0.as_str()).filter(|name| !stamps.contains(name)).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let detail = "an earlier signature locks the field".to_owned();
            told.push(Observation::new(Reason::FieldmdpViolation, detail).in_revision(revision).in_field(name));
        }
    }
    told
}

/// The first thing that a level does not allow. What validates signatures is always allowed.
fn forbidden(level: u8, change: &Change) -> Option<String> {
    let new_fields = !change.fields.is_empty()
        && change.observations.iter().any(|told| told.reason == Reason::RevisionForms && told.detail.contains("added"));
    if level == 2 && new_fields {
        return Some("a new form field".to_owned());
    }
    change
        .observations
        .iter()
        .map(|told| told.reason)
        .find(|reason| !allowed(level, *reason))
        .map(|reason| reason.name())
}

const fn allowed(level: u8, reason: Reason) -> bool {
    match reason {
        Reason::RevisionDss | Reason::RevisionMetadata => true,
        Reason::RevisionForms | Reason::RevisionSignature => level >= 2,
        Reason::RevisionAnnot => level >= 3,
        _ => false,
    }
}
