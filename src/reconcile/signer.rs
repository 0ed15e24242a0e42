//! Whether a certificate is the expected signatory's.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::expectation::Signataire;
use crate::{domain::Siren, evidence::Signer};

/// How a certificate stands to the expected signatory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognition {
    /// The expected person, by name; nothing says of which organisation.
    Name,
    /// The expected organisation: its seal, or the expected person in it.
    Organisation,
    /// Somebody else.
    Other,
    /// Somebody else of the expected organisation.
    OtherPerson,
}

/// Compares a certificate with the expected signatory: by the organisation's number when both have one, by the person's name
/// otherwise.
#[must_use]
pub fn recognise(signer: &Signer, expected: &Signataire) -> Recognition {
    let named = names_the_person(signer, expected);
    let numbers: BTreeSet<String> = signer.identifiers.iter().flat_map(|text| numbers_in(text)).collect();
    if expected.identifiers.iter().any(|number| numbers.contains(number)) {
        return if named || !names_a_person(signer) { Recognition::Organisation } else { Recognition::OtherPerson };
    }
    let organisations: BTreeSet<String> = signer.identifiers.iter().filter_map(|text| organisation_in(text)).collect();
    let contradicted = !organisations.is_empty() && !expected.identifiers.is_empty();
    if named && !contradicted { Recognition::Name } else { Recognition::Other }
}

/// The number of an organisation in an identifier that says it is one: `NTRFR-269600011`, `VATFR-45269600011` (ETSI EN 319 412-1,
/// 5.1.4), `SI:FR-269600011`, `0002 269600011` and `0009 26960001100010` (ISO 6523, as French certificates write SIREN and SIRET).
#[must_use]
pub(super) fn organisation_in(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let digits = ["NTRFR", "VATFR", "SIFR", "0002", "0009"].iter().find_map(|prefix| compact.strip_prefix(prefix))?;
    let siren = match digits.len() {
        9 => digits,
        11 => digits.get(2..)?,
        14 => digits.get(..9)?,
        _ => return None,
    };
    siren.parse::<Siren>().ok().map(|siren| siren.as_str().to_owned())
}

/// Every number of a text that may be a SIREN or a FINESS; the SIREN of a SIRET too.
fn numbers_in(text: &str) -> BTreeSet<String> {
    let mut numbers: BTreeSet<String> = organisation_in(text).into_iter().collect();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_uppercase);
    for word in words {
        match word.len() {
            9 => numbers.insert(word),
            14 => numbers.insert(word.chars().take(9).collect()),
            _ => false,
        };
    }
    numbers
}

/// Whether the certificate is a person's: it has a family name, or its common name is not the organisation's.
fn names_a_person(signer: &Signer) -> bool {
    let common = signer.common_name.as_deref().map(words);
    let organisation = signer.organization.as_deref().map(words);
    signer.surname.is_some() || (common.is_some() && organisation.is_some() && common != organisation)
}

/// Whether the certificate has the first name and the family name that are expected, however they are written.
fn names_the_person(signer: &Signer, expected: &Signataire) -> bool {
    let texts = [&signer.common_name, &signer.given_name, &signer.surname];
    let found: BTreeSet<String> = texts.into_iter().flatten().flat_map(|text| words(text)).collect();
    let wanted: BTreeSet<String> = words(&expected.prenom).into_iter().chain(words(&expected.nom)).collect();
    !wanted.is_empty() && wanted.is_subset(&found)
}

/// The words of a name, without accents, case or hyphens.
fn words(text: &str) -> BTreeSet<String> {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_uppercase).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::digest::FileDigest;

    fn expected() -> Signataire {
        Signataire {
            organisation: "Centre hospitalier de Valombre".to_owned(),
            identifiers: vec!["269600011".to_owned(), "960000016".to_owned()],
            prenom: "Anne-Élise".to_owned(),
            nom: "D’EXEMPLE".to_owned(),
            delegation: None,
        }
    }

    fn signer(common_name: &str, identifiers: &[&str]) -> Signer {
        Signer {
            subject: String::new(),
            issuer: String::new(),
            serial: String::new(),
            certificate: FileDigest::of(b""),
            common_name: Some(common_name.to_owned()),
            given_name: None,
            surname: None,
            organization: Some("CENTRE HOSPITALIER DE VALOMBRE".to_owned()),
            identifiers: identifiers.iter().map(|text| (*text).to_owned()).collect(),
            not_before: Timestamp::UNIX_EPOCH,
            not_after: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_organisation_is_known_by_its_number_however_it_is_written() {
        let texts = [
            "NTRFR-269600011",
            "0002 269600011",
            "SI:FR-269600011",
            "VATFR-45269600011",
            "26960001100010",
            "FINESS 960000016",
        ];
        for text in texts {
            let signer = signer("Anne Elise d'Exemple", &[text]);
            assert_eq!(recognise(&signer, &expected()), Recognition::Organisation, "{text}");
        }
    }

    #[test]
    fn a_seal_is_the_organisation_and_another_person_is_told() {
        let seal = signer("Centre Hospitalier de Valombre", &["NTRFR-269600011"]);
        assert_eq!(recognise(&seal, &expected()), Recognition::Organisation);
        let other = signer("Hugo Autre", &["NTRFR-269600011"]);
        assert_eq!(recognise(&other, &expected()), Recognition::OtherPerson);
    }

    #[test]
    fn a_name_alone_is_told_and_another_organisation_is_somebody_else() {
        assert_eq!(recognise(&signer("ANNE-ELISE D'EXEMPLE", &[]), &expected()), Recognition::Name);
        assert_eq!(recognise(&signer("Anne-Élise d’Exemple", &["NTRFR-269600029"]), &expected()), Recognition::Other);
        assert_eq!(recognise(&signer("Anne Exemple", &[]), &expected()), Recognition::Other);
    }
}
