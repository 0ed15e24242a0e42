//! The payload of a page's code.

use std::{fmt, str::FromStr};

use crate::domain::{ContractId, Exemplaire, VersionNum};

/// Which of the two codes of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Corner {
    /// Bottom left.
    Bottom,
    /// Top right.
    Top,
}

/// What a page's code says: `CQ1:960000016-2022:1:2/3:07/14:T:K3J5ZQ7BMNXA2WPD`.
///
/// Only the 45 characters of QR's alphanumeric mode are used, at most 61 of them, so that the symbol is always version 3 at
/// level M (ISO/IEC 18004, table 7). It names no person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageTag {
    /// The contract.
    pub contract: ContractId,
    /// Its version.
    pub version: VersionNum,
    /// Which of the three originals.
    pub exemplaire: Exemplaire,
    /// Page number, from 1.
    pub page: u16,
    /// Number of pages.
    pub pages: u16,
    /// Which of the page's two codes.
    pub corner: Corner,
    /// [`crate::digest::ContentHash::short`] of the contract's content.
    pub hash: String,
}

/// Why a payload is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// A field does not have the form that the format lays down.
    #[error("the {field} of the page code is `{found}`")]
    Field {
        /// Which field.
        field: &'static str,
        /// What stands there.
        found: String,
    },
    /// Another program's code, or another version of this format.
    #[error("not a page code of this format")]
    Foreign,
}

impl fmt::Display for PageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { contract, version, exemplaire, page, pages, corner, hash } = self;
        let corner = match corner {
            Corner::Bottom => 'B',
            Corner::Top => 'T',
        };
        write!(f, "CQ1:{contract}:{version}:{}/3:{page:02}/{pages:02}:{corner}:{hash}", exemplaire.number())
    }
}

impl FromStr for PageTag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let fields: Vec<&str> = text.split(':').collect();
        let ["CQ1", contract, version, exemplaire, page, corner, hash] = fields.as_slice() else {
            return Err(TagError::Foreign);
        };
        let bad = |field, found: &str| TagError::Field { field, found: found.to_owned() };
        let (number, pages) = page.split_once('/').ok_or_else(|| bad("page", page))?;
        let tag = Self {
            contract: contract.parse().map_err(|_| bad("contract", contract))?,
            version: version.parse().map_err(|_| bad("version", version))?,
            exemplaire: exemplaire
                .strip_suffix("/3")
                .and_then(|number| number.parse().ok())
                .and_then(Exemplaire::from_number)
                .ok_or_else(|| bad("exemplaire", exemplaire))?,
            page: number.parse().map_err(|_| bad("page", page))?,
            pages: pages.parse().map_err(|_| bad("page", page))?,
            corner: match *corner {
                "B" => Corner::Bottom,
                "T" => Corner::Top,
                _ => return Err(bad("corner", corner)),
            },
            hash: (*hash).to_owned(),
        };
        let base32 = |c: char| matches!(c, 'A'..='Z' | '2'..='7');
        if hash.len() != 16 || !hash.chars().all(base32) {
            return Err(bad("hash", hash));
        }
        if tag.page == 0 || tag.page > tag.pages {
            return Err(bad("page", page));
        }
        // One spelling only: `+1`, `007` or a page without its zero is not something we printed.
        if tag.to_string() == text { Ok(tag) } else { Err(TagError::Foreign) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag() -> PageTag {
        PageTag {
            contract: "960000016-2022".parse().unwrap(),
            version: VersionNum::FIRST,
            exemplaire: Exemplaire::Cpam,
            page: 7,
            pages: 14,
            corner: Corner::Top,
            hash: "K3J5ZQ7BMNXA2WPD".to_owned(),
        }
    }

    #[test]
    fn a_tag_is_written_and_read_back() {
        assert_eq!(tag().to_string(), "CQ1:960000016-2022:1:2/3:07/14:T:K3J5ZQ7BMNXA2WPD");
        assert_eq!(tag().to_string().parse(), Ok(tag()));
    }

    #[test]
    fn the_longest_tag_fits_a_version_3_symbol() {
        let longest = PageTag { version: VersionNum::new(9999).unwrap(), page: 999, pages: 999, ..tag() };
        assert!(longest.to_string().len() <= 61, "{longest}");
    }

    #[test]
    fn another_spelling_of_a_tag_is_not_ours() {
        let text = tag().to_string();
        for other in ["07/14:T:", "7/14:T:", "07/014:T:", "15/14:T:", "00/14:T:"].iter().skip(1) {
            assert!(text.replace("07/14:T:", other).parse::<PageTag>().is_err(), "{other}");
        }
        assert!(text.replace("CQ1", "CQ2").parse::<PageTag>().is_err());
        assert!(text.replace("960000016", "960000017").parse::<PageTag>().is_err());
    }
}
