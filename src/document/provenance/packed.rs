//! A provenance as it is kept: each file name, each tag and each place is written once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Clause, ClauseKind, Part, Provenance, Text, Value};
use crate::{
    diag::{LineColumn, Origin},
    digest::ContentHash,
    domain::{ContractIdError, VersionNum},
};

/// Version of the format.
pub const FORMAT: u16 = 1;

/// A kept provenance cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProvenanceError {
    /// It names a contract that is none.
    #[error("it names no contract: {0}")]
    Contract(#[from] ContractIdError),
    /// It was written by another version of the program.
    #[error("it is of format {found}, and format {FORMAT} is known")]
    Format {
        /// The format it says.
        found: u16,
    },
    /// It points at a place that it does not list.
    #[error("it points at place {index} of {len}")]
    Index {
        /// The number it points at.
        index: usize,
        /// How many there are.
        len: usize,
    },
    /// It has a version number that is none.
    #[error("{found} is no version of a contract")]
    Version {
        /// The number it says.
        found: u16,
    },
}

/// The form that is written. Names are short and whole: somebody may read it without this program.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Packed {
    format: u16,
    contract: String,
    version: u16,
    modele: String,
    content: ContentHash,
    files: Vec<String>,
    places: Vec<Place>,
    clauses: Vec<PackedClause>,
}

/// A place: numbers of files, and what is inside.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    file: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cell: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Line and column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<(u32, u32)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackedClause {
    kind: ClauseKind,
    block: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<usize>,
    place: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    label: String,
    template: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<u16>,
    texts: Vec<Vec<PackedPart>>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PackedPart {
    Words(String),
    Value {
        text: String,
        data: Vec<String>,
        tag: usize,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        from: Vec<usize>,
    },
    Reference {
        text: String,
        to: String,
    },
}

/// The files and the places met so far, with their numbers.
#[derive(Default)]
struct Packer {
    files: Vec<String>,
    file_numbers: BTreeMap<String, usize>,
    places: Vec<Place>,
    place_numbers: BTreeMap<Place, usize>,
}

impl Packer {
    fn file(&mut self, file: &str) -> usize {
        if let Some(number) = self.file_numbers.get(file) {
            return *number;
        }
        let number = self.files.len();
        self.files.push(file.to_owned());
        self.file_numbers.insert(file.to_owned(), number);
        number
    }

    fn place(&mut self, origin: &Origin) -> usize {
        let file = self.file(origin.file_name());
        let bare = Place { file, sheet: None, cell: None, key: None, at: None };
        let place = match origin {
            Origin::Cell { sheet, cell, .. } => Place { sheet: Some(sheet.clone()), cell: Some(cell.clone()), ..bare },
            // Nothing that is printed was read in the register.
            Origin::Event { .. } | Origin::File { .. } => bare,
            Origin::Sheet { sheet, .. } => Place { sheet: Some(sheet.clone()), ..bare },
            Origin::Template { line, column, .. } => Place { at: Some((*line, *column)), ..bare },
            Origin::Yaml { path, at, .. } => {
                Place { key: Some(path.clone()), at: at.map(|at| (at.line, at.column)), ..bare }
            }
        };
        if let Some(number) = self.place_numbers.get(&place) {
            return *number;
        }
        let number = self.places.len();
        self.places.push(place.clone());
        self.place_numbers.insert(place, number);
        number
    }

    fn clause(&mut self, clause: Clause) -> PackedClause {
        PackedClause {
            template: self.place(&clause.template),
            texts: clause
                .texts
                .into_iter()
                .map(|Text(parts)| parts.into_iter().map(|part| self.part(part)).collect())
                .collect(),
            kind: clause.kind,
            block: clause.block,
            row: clause.row,
            place: clause.place,
            label: clause.label,
            page: clause.page,
        }
    }

    fn part(&mut self, part: Part) -> PackedPart {
        match part {
            Part::Reference { text, target } => PackedPart::Reference { text, to: target },
            Part::Value(value) => PackedPart::Value {
                tag: self.place(&value.tag),
                from: value.sources.iter().map(|source| self.place(source)).collect(),
                text: value.text,
                data: value.paths,
            },
            Part::Words(text) => PackedPart::Words(text),
        }
    }
}

impl From<Provenance> for Packed {
    fn from(provenance: Provenance) -> Self {
        let mut packer = Packer::default();
        let clauses = provenance.clauses.into_iter().map(|clause| packer.clause(clause)).collect();
        Self {
            format: FORMAT,
            contract: provenance.contract.to_string(),
            version: provenance.version.get(),
            modele: provenance.modele,
            content: provenance.content,
            files: packer.files,
            places: packer.places,
            clauses,
        }
    }
}

/// The places of a kept provenance, by number.
struct Unpacker(Vec<Origin>);

impl Unpacker {
    fn new(files: &[String], places: Vec<Place>) -> Result<Self, ProvenanceError> {
        let origin = |place: Place| {
            let len = files.len();
            let file = files.get(place.file).ok_or(ProvenanceError::Index { index: place.file, len })?.clone();
            Ok(match place {
                Place { sheet: Some(sheet), cell: Some(cell), .. } => Origin::Cell { file, sheet, cell },
                Place { sheet: Some(sheet), .. } => Origin::Sheet { file, sheet },
                Place { key: Some(path), at, .. } => {
                    Origin::Yaml { file, path, at: at.map(|(line, column)| LineColumn { line, column }) }
                }
                Place { at: Some((line, column)), .. } => Origin::Template { file, line, column },
                _ => Origin::File { file },
            })
        };
        places.into_iter().map(origin).collect::<Result<_, _>>().map(Self)
    }

    fn origin(&self, index: usize) -> Result<Origin, ProvenanceError> {
        self.0.get(index).cloned().ok_or(ProvenanceError::Index { index, len: self.0.len() })
    }

    fn clause(&self, packed: PackedClause) -> Result<Clause, ProvenanceError> {
        let text = |parts: Vec<PackedPart>| parts.into_iter().map(|part| self.part(part)).collect::<Result<_, _>>();
        Ok(Clause {
            kind: packed.kind,
            block: packed.block,
            row: packed.row,
            place: packed.place,
            label: packed.label,
            template: self.origin(packed.template)?,
            page: packed.page,
            texts: packed.texts.into_iter().map(|parts| text(parts).map(Text)).collect::<Result<_, _>>()?,
        })
    }

    fn part(&self, packed: PackedPart) -> Result<Part, ProvenanceError> {
        Ok(match packed {
            PackedPart::Reference { text, to } => Part::Reference { text, target: to },
            PackedPart::Value { text, data, tag, from } => Part::Value(Value {
                text,
                paths: data,
                tag: self.origin(tag)?,
                sources: from.into_iter().map(|index| self.origin(index)).collect::<Result<_, _>>()?,
            }),
            PackedPart::Words(text) => Part::Words(text),
        })
    }
}

impl TryFrom<Packed> for Provenance {
    type Error = ProvenanceError;

    fn try_from(packed: Packed) -> Result<Self, ProvenanceError> {
        if packed.format != FORMAT {
            return Err(ProvenanceError::Format { found: packed.format });
        }
        let unpacker = Unpacker::new(&packed.files, packed.places)?;
        Ok(Self {
            contract: packed.contract.parse()?,
            version: VersionNum::new(packed.version).ok_or(ProvenanceError::Version { found: packed.version })?,
            modele: packed.modele,
            content: packed.content,
            clauses: packed.clauses.into_iter().map(|clause| unpacker.clause(clause)).collect::<Result<_, _>>()?,
        })
    }
}
