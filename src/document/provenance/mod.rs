//! Where a contract's words come from: each clause, its template line, and each value in it, its cell or its YAML key.
//!
//! A [`Provenance`] is made from a [`Document`] when a version is made and kept with it, so that « why is this 63,2 % here? »
//! has its answer years later, when neither the templates nor the workbooks are at hand. Two of them give the list of what
//! changed from one version to the next ([`changes`]).
//!
//! It knows what was printed and what it was printed from. It does not know *why* a passage is there: which condition of the
//! template was met.

mod align;
mod changes;
mod explain;
mod packed;
mod parts;
mod place;
mod told;
mod words;

pub use changes::{Change, Piece, Spot, What, changes};
pub use explain::{Answer, Source};
pub use packed::{FORMAT, ProvenanceError};
pub use words::{in_french, template_in_french};

use serde::{Deserialize, Serialize};

use self::{packed::Packed, place::Walk};
use super::Document;
use crate::{
    diag::Origin,
    digest::ContentHash,
    domain::{ContractId, VersionNum},
};

/// On which page a block begins, or a row of a table (rows from 1): what only the writer knows.
pub type Pages<'p> = dyn Fn(usize, Option<usize>) -> Option<u16> + 'p;

/// Where the words of one version of a contract come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Packed", try_from = "Packed")]
pub struct Provenance {
    /// The contract.
    pub contract: ContractId,
    /// Its version.
    pub version: VersionNum,
    /// Template set and version, `caqes-2022@1`.
    pub modele: String,
    /// The document it speaks of.
    pub content: ContentHash,
    /// The clauses, in reading order.
    pub clauses: Vec<Clause>,
}

/// A piece of the contract that a person points at: a heading, a paragraph, a row of a table, a signature box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What it is.
    pub kind: ClauseKind,
    /// Rank of its block among all blocks, as [`Document::walk`] visits them, from 0.
    pub block: usize,
    /// Rank of a row in its table, from 1.
    pub row: Option<usize>,
    /// Where it is, for people: « Annexe 1, tableau 4, ligne 2 (IPP) ».
    pub place: String,
    /// Label of a heading or a table: « Article 9 », « Tableau 4 »; empty for the rest.
    pub label: String,
    /// Its line in the template.
    pub template: Origin,
    /// The page it begins on, once known.
    pub page: Option<u16>,
    /// What it says: the cells of a row, the lines of a signature box; a single text for the rest.
    pub texts: Vec<Text>,
}

/// What a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseKind {
    /// The caption of a table.
    Caption,
    /// The header row of a table.
    Header,
    /// A heading of this depth.
    Heading(u8),
    /// A paragraph, also of a list.
    Paragraph,
    /// A body row of a table.
    Row,
    /// A signature box.
    Signature,
}

/// A text, in pieces: its own words, the values it prints, its references.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Part>);

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A cross-reference: its words follow the numbers.
    Reference {
        /// « article 8 ».
        text: String,
        /// Identifier of what it points at.
        target: String,
    },
    /// A value of the data.
    Value(Value),
    /// Words of the template.
    Words(String),
}

/// A printed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As printed.
    pub text: String,
    /// Its name in the data, `volets[0].indicateurs[2].cibles[1].valeur`; several when one tag prints several values.
    pub paths: Vec<String>,
    /// The tag that prints it.
    pub tag: Origin,
    /// Where it was read; several when it is made of several; none when the program gives it itself.
    pub sources: Vec<Origin>,
}

impl Provenance {
    /// The provenance of a numbered document, with the pages that the writer knows.
    #[must_use]
    pub fn of(document: &Document, pages: &Pages<'_>) -> Self {
        let mut clauses = Walk::clauses(document);
        for clause in &mut clauses {
            clause.page = pages(clause.block, clause.row);
        }
        Self {
            contract: document.contract.clone(),
            version: document.version,
            modele: document.modele.clone(),
            content: document.content_hash(),
            clauses,
        }
    }

    /// Where a text of a clause is, for people: the clause's place, with the name of the column in a table.
    #[must_use]
    pub fn place(&self, clause: &Clause, text: usize) -> String {
        if clause.kind != ClauseKind::Row {
            return clause.place.clone();
        }
        let is_header = |other: &&Clause| other.block == clause.block && other.kind == ClauseKind::Header;
        let header = self.clauses.iter().find(is_header).and_then(|header| header.texts.get(text));
        match header.map(Text::plain).filter(|header| !header.trim().is_empty()) {
            Some(header) => format!("{}, colonne «\u{a0}{header}\u{a0}»", clause.place),
            None => format!("{}, colonne {}", clause.place, text + 1),
        }
    }
}

impl Clause {
    /// Its texts, one after the other.
    #[must_use]
    pub fn plain(&self) -> String {
        self.texts.iter().map(Text::plain).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ")
    }

    /// The values it prints.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.texts.iter().flat_map(Text::values)
    }
}

impl Text {
    /// Without its pieces.
    #[must_use]
    pub fn plain(&self) -> String {
        self.0.iter().map(Part::text).collect()
    }

    /// The values it prints.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().filter_map(|part| match part {
            Part::Value(value) => Some(value),
            _ => None,
        })
    }
}

impl Part {
    /// As printed.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Reference { text, .. } | Self::Words(text) => text,
            Self::Value(value) => &value.text,
        }
    }
}
