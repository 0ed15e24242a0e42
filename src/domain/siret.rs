//! SIREN and SIRET numbers.

use std::{fmt, str::FromStr};

use serde::Serialize;

use super::finess::luhn;

/// A checked SIRET: the SIREN of the legal person (9 digits) and the site's NIC (5 digits), both under Luhn's key, except La
/// Poste (SIREN 356 000 000), whose sites obey « sum of the 14 digits is a multiple of 5 » (Insee).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Siret(String);

/// Why a text is not a SIRET.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiretError {
    /// The key does not match: a digit was mistyped.
    #[error("the check digit is wrong")]
    Key,
    /// Not fourteen digits.
    #[error("not fourteen digits")]
    Shape,
}

impl Siret {
    /// The fourteen digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The legal person.
    #[must_use]
    pub fn siren(&self) -> Siren {
        Siren(self.0.chars().take(9).collect())
    }
}

/// A checked SIREN: the nine digits of a legal person, under Luhn's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Siren(String);

/// Why a text is not a SIREN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SirenError {
    /// The key does not match: a digit was mistyped.
    #[error("the check digit is wrong")]
    Key,
    /// Not nine digits.
    #[error("not nine digits")]
    Shape,
}

impl Siren {
    /// The nine digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Siren {
    type Err = SirenError;

    /// Reads the nine digits; spaces of any kind are dropped first.
    fn from_str(text: &str) -> Result<Self, SirenError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let digits: Option<Vec<u32>> = compact.chars().map(|c| c.to_digit(10)).collect();
        let digits = digits.filter(|digits| digits.len() == 9).ok_or(SirenError::Shape)?;
        if luhn(&digits) { Ok(Self(compact)) } else { Err(SirenError::Key) }
    }
}

impl FromStr for Siret {
    type Err = SiretError;

    /// Reads the fourteen digits; spaces of any kind are dropped first.
    fn from_str(text: &str) -> Result<Self, SiretError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let digits: Option<Vec<u32>> = compact.chars().map(|c| c.to_digit(10)).collect();
        let digits = digits.filter(|digits| digits.len() == 14).ok_or(SiretError::Shape)?;
        let la_poste = compact.starts_with("356000000") && digits.iter().sum::<u32>().is_multiple_of(5);
        let siren = digits.get(..9).is_some_and(luhn);
        if la_poste || (siren && luhn(&digits)) { Ok(Self(compact)) } else { Err(SiretError::Key) }
    }
}

impl fmt::Display for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers_pass() {
        for number in ["26960001100010", "26960002900012", "73282932000074", "356 000 000 00048"] {
            assert!(number.parse::<Siret>().is_ok(), "{number}");
        }
    }

    #[test]
    fn a_siren_is_nine_digits_under_their_key() {
        assert!(["269600011", "356 000 000"].iter().all(|number| number.parse::<Siren>().is_ok()));
        assert_eq!("269600012".parse::<Siren>(), Err(SirenError::Key));
        assert_eq!("26960001100010".parse::<Siren>(), Err(SirenError::Shape));
    }

    #[test]
    fn a_wrong_digit_and_a_short_number_are_seen() {
        assert_eq!("26960001100011".parse::<Siret>(), Err(SiretError::Key));
        assert_eq!("2696000110001".parse::<Siret>(), Err(SiretError::Shape));
    }
}
