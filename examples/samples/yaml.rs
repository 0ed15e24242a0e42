//! YAML as a person would write it: one line per small thing, every identifier between quotes.

use super::hospital::{Hospital, Person};

/// A text between quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A list of texts between quotes, on one line.
pub(crate) fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// An address on one line.
pub(crate) fn adresse(hospital: &Hospital) -> String {
    let sequel = hospital.ligne2.as_ref().map(|ligne2| format!(", ligne2: {}", quoted(ligne2))).unwrap_or_default();
    format!(
        "{{ligne1: {}{sequel}, code_postal: {}, commune: {}}}",
        quoted(&hospital.ligne1),
        quoted(&hospital.code_postal),
        quoted(hospital.commune)
    )
}

/// The fields of a signatory, without braces.
pub(crate) fn signataire(person: &Person) -> String {
    format!(
        "civilite: {}, prenom: {}, nom: {}, fonction: {}",
        person.civilite,
        quoted(person.prenom),
        quoted(person.nom),
        quoted(person.fonction)
    )
}
