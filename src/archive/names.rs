//! Names that are safe as they are: in an inventory, as a folder on any system, in a bag.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::ContractId;

/// The identity of an archived object, which is also the name of its folder: `960000016-2022`.
///
/// Letters, digits and hyphens only, so that it is a folder name everywhere and can never lead out of the archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(String);

/// A path inside a version of an object: `exemplaires/960000016-2022.ars.pdf`.
///
/// It is relative, its parts are separated by `/`, and each part can be a file name on any system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalPath(String);

/// A text is not the name of an object or of a file of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not an object's identifier.
    #[error(
        "`{0}` cannot name an object: expected 1 to 100 letters without accents, digits and hyphens, as in `960000016-2022`"
    )]
    Object(String),
    /// Not a path.
    #[error("`{0}` cannot be a path in an object: expected parts separated by `/`, as in `entrees/campagne.yaml`")]
    Path(String),
}

impl ObjectId {
    /// The identifier as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ObjectId {
    /// The object of a piece, by the beginning of its digest.
    #[must_use]
    pub fn piece(digest: &str) -> Self {
        let safe = digest.chars().filter(char::is_ascii_alphanumeric);
        Self(format!("piece-{}", safe.collect::<String>()))
    }
}

impl FromStr for ObjectId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        // `extensions` has a meaning of its own in a storage root.
        let sound = letters && (1..=100).contains(&text.len()) && !text.starts_with('-') && text != "extensions";
        if sound { Ok(Self(text.to_owned())) } else { Err(NameError::Object(text.to_owned())) }
    }
}

impl From<&ContractId> for ObjectId {
    fn from(contract: &ContractId) -> Self {
        Self(contract.to_string())
    }
}

impl LogicalPath {
    /// The path of a piece, by its name in the register: twelve characters of its digest and an extension.
    #[must_use]
    pub fn piece(name: &str) -> Self {
        Self(name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect())
    }

    /// The path as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LogicalPath {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let portable = |part: &str| {
            let ends = part.ends_with(['.', ' ']) || part.starts_with(' ');
            let forbidden = |c: char| c.is_control() || r#"\:*?"<>|"#.contains(c);
            !part.is_empty() && part.len() <= 200 && !ends && !part.contains(forbidden)
        };
        let sound = text.len() <= 1000 && text.split('/').all(portable);
        if sound { Ok(Self(text.to_owned())) } else { Err(NameError::Path(text.to_owned())) }
    }
}

macro_rules! text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

text!(ObjectId);
text!(LogicalPath);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_by_what_can_be_a_folder_anywhere() {
        for good in ["960000016-2022", "2A0000014-2017", "entrees-0123456789abcdef"] {
            assert_eq!(good.parse::<ObjectId>().unwrap().as_str(), good);
        }
        let long = "a".repeat(101);
        for bad in ["", "..", "a/b", "a b", "é", "-a", "a.b", "extensions", &long] {
            assert!(bad.parse::<ObjectId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_path_never_leads_out_of_its_version() {
        for good in ["contrat.pdf", "entrees/étab. 1/campagne.yaml", ".cache"] {
            assert_eq!(good.parse::<LogicalPath>().unwrap().as_str(), good);
        }
        for bad in ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a\\b", "c:d", "a\n", "a/ b", "a./b"] {
            assert!(bad.parse::<LogicalPath>().is_err(), "{bad}");
        }
    }
}
