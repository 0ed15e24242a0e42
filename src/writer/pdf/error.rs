//! Why a document could not be printed.

use std::fmt;

use typst::diag::SourceDiagnostic;

use crate::{diag::Origin, domain::Partie, stamp::PageHashError};

/// Why a document could not be printed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrintError {
    /// The caption of a signature box leaves no room to sign, even in the smallest print.
    #[error("the caption of the signature box of `{partie}` does not fit its box")]
    Caption {
        /// Whose box.
        partie: Partie,
    },
    /// A page code could not be drawn as the page format wants it.
    #[error("the page code `{payload}` does not fit a version 3 symbol")]
    Code {
        /// Its payload.
        payload: String,
    },
    /// Texts wider than the column, the frame or the page they stand in, all of them.
    #[error("there is no room for {}", Joined(.0))]
    Crowded(Vec<Crowded>),
    /// A signature field could not be added to the finished file.
    #[error("the signature fields cannot be added to the file")]
    Fields(#[from] lopdf::Error),
    /// A bundled font is damaged.
    #[error("the bundled font `{name}` cannot be read")]
    Font {
        /// Its file name.
        name: &'static str,
    },
    /// What a page shows cannot be hashed.
    #[error("the pages cannot be hashed")]
    Hash(#[from] PageHashError),
    /// The text cannot be laid out; everything Typst said, warnings included.
    #[error("the document cannot be laid out: {}", Joined(.0))]
    Layout(Vec<Complaint>),
    /// The document or the description of its sheet cannot be handed to the theme.
    #[error("the document cannot be handed to the theme")]
    Model(#[from] serde_json::Error),
    /// Something that the theme marks is not where it must be: a defect of the theme.
    #[error("the layout gives no place for {what}")]
    Place {
        /// What has no place.
        what: String,
    },
    /// A virtual file name is not one.
    #[error("`{path}` is not a file name of the theme")]
    Path {
        /// The name.
        path: String,
    },
    /// The finished file could not be written to memory.
    #[error("the file cannot be written")]
    Save(#[from] std::io::Error),
    /// The document does not have exactly one signature box for each party.
    #[error("the document has {found} signature boxes for `{partie}`, expected 1")]
    SignatureBox {
        /// Which party.
        partie: Partie,
        /// How many boxes it has.
        found: usize,
    },
    /// A note has signature boxes: it is not signed by the parties, and nothing would be there to sign in.
    #[error("a note has no signature boxes ({origin})")]
    Signatures {
        /// Where they are.
        origin: Origin,
    },
    /// The requested PDF standards are refused.
    #[error("the PDF standards cannot be combined: {message}")]
    Standard {
        /// Why.
        message: String,
    },
    /// The finished file lacks a structure that the fields are attached to.
    #[error("the PDF has no {what}")]
    Structure {
        /// What is missing.
        what: &'static str,
    },
    /// More pages than are printed.
    #[error("the document has {pages} pages, at most {most} are printed")]
    TooManyPages {
        /// How many it has.
        pages: usize,
        /// How many it may have.
        most: u16,
    },
    /// Characters that no bundled font can draw, all of them.
    #[error("the document has characters that cannot be printed: {}", Joined(.0))]
    Unprintable(Vec<Unprintable>),
}

/// A text that reaches over the edge of its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowded {
    /// The page.
    pub page: u16,
    /// The text.
    pub text: String,
}

/// One thing Typst said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// What it said.
    pub message: String,
    /// What it suggests.
    pub hints: Vec<String>,
}

/// A character that cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unprintable {
    /// The character.
    pub character: char,
    /// The text around it.
    pub around: String,
    /// The block it is in; `None` for the title, the subject or the author of the document.
    pub origin: Option<Origin>,
}

impl PrintError {
    pub(super) fn layout(said: &[SourceDiagnostic]) -> Self {
        Self::Layout(
            said.iter()
                .map(|one| Complaint {
                    message: one.message.to_string(),
                    hints: one.hints.iter().map(|hint| hint.v.to_string()).collect(),
                })
                .collect(),
        )
    }
}

impl fmt::Display for Crowded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` on page {}", self.text, self.page)
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, " (hint: {hint})"))
    }
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X} in `{}`", u32::from(self.character), self.around.escape_debug())?;
        self.origin.as_ref().map_or(Ok(()), |origin| write!(f, " ({origin})"))
    }
}

/// A list as one line.
struct Joined<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Joined<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, item)| {
            if index > 0 {
                f.write_str("; ")?;
            }
            item.fmt(f)
        })
    }
}
