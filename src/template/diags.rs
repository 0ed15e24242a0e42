//! What the template room can see; `docs/diagnostics/template.md` has one heading for each code.

use crate::diag::Code;

macro_rules! codes {
    ($($(#[rule($rule:literal)])? $level:ident $ident:ident = $name:literal, $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub const $ident: Code = Code::$level(concat!("template/", $name), $summary)$(.rule($rule))?;
        )*

        /// Every code of the room, in the order of its documentation.
        pub const ALL: &[&Code] = &[$(&$ident),*];
    };
}

codes! {
    // A file of the set, before any data.
    error MISSING_FILE = "missing-file", "a file named in `corps` is not in the template set";
    warning UNUSED_FILE = "unused-file", "a file of the template set is never printed";
    warning UNUSED_PARTIAL = "unused-partial", "a partial is never included";
    error UNPRINTABLE = "unprintable", "a character of a template cannot be printed";
    error STRAY_TAG = "stray-tag", "a `{{` is not closed, or a `}}` was not opened";
    error UNCLOSED_BLOCK = "unclosed-block", "a block is opened and never closed";
    error STRAY_CLOSE = "stray-close", "a closing or `else` tag has no open block";
    error SYNTAX = "syntax", "a tag is not Handlebars";
    error UNSUPPORTED_TAG = "unsupported-tag", "a kind of tag that templates may not use";
    error RAW_OUTPUT = "raw-output", "a value is printed without being escaped";
    error UNKNOWN_HELPER = "unknown-helper", "a helper does not exist";
    error UNKNOWN_PARTIAL = "unknown-partial", "a partial does not exist";
    error PARTIAL_LOOP = "partial-loop", "a partial includes itself";
    // A template and the data of one contract.
    error MISSING_PATH = "missing-path", "a template reads something that the data does not have";
    error NULL_VALUE = "null-value", "a template prints something that is not known for this contract";
    error WRONG_TYPE = "wrong-type", "a template prints or repeats something of the wrong kind";
    error HELPER_ARGUMENT = "helper-argument", "a helper is given something it cannot print";
    error RENDER = "render", "a template could not be merged";
    // The markup, once merged.
    error REFUSED_MARKUP = "refused-markup", "a kind of markup that contracts do not use";
    error UNKNOWN_CLASS = "unknown-class", "a class does not exist, or not on this block";
    error UNKNOWN_ATTRIBUTE = "unknown-attribute", "an attribute does not exist, or not on this block";
    error ATTRIBUTE_VALUE = "attribute-value", "an attribute is missing or has a value it cannot have";
    error DANGLING_ATTRIBUTES = "dangling-attributes", "attributes stand above nothing";
    error UNCLOSED_DIV = "unclosed-div", "a `:::` block is never closed";
    warning GLUED_BLOCK = "glued-block", "a list, title or table is read as plain text for want of a blank line";
    warning STRAY_MARK = "stray-mark", "a mark of the markup is printed as it is";
    error TABLE_ROWS = "table-rows", "the rows of a table have not the same number of cells";
    error TABLE_HEADER = "table-header", "a table has no header row";
    error TABLE_EMPTY = "table-empty", "a table has no row";
    warning TABLE_CAPTION = "table-caption", "a table has no caption";
    error COLUMN_WIDTHS = "column-widths", "`largeurs` has not one share for each column";
    error SIGNATURES = "signatures", "the signature boxes are not one for each party, in signing order";
    // The document.
    error DUPLICATE_ID = "duplicate-id", "two headings or tables have one identifier";
    error BROKEN_REFERENCE = "broken-reference", "a cross-reference points at nothing that is printed";
    error ORPHAN_PART = "orphan-part", "a part of an article stands before any article";
    error HEADING_JUMP = "heading-jump", "a heading is more than one level deeper than the one before";
    warning EMPTY_HEADING = "empty-heading", "a heading has nothing under it";
    #[rule(29)]
    error PLACEHOLDER = "placeholder", "a placeholder is left in the text";
    #[rule(29)]
    error EMPTY_PARTY = "empty-party", "the text that names a party is empty";
    #[rule(30)]
    error UNKNOWN_REFERENCE = "unknown-reference", "the text cites a legal reference that the model does not list";
    // An avenant, against the signed contract.
    #[rule(44)]
    error AVENANT_ABSENT = "avenant-absent", "the template set has no text for an avenant";
    #[rule(44)]
    error AVENANT_REMOVAL = "avenant-removal", "an indicator of the signed contract, or of the avenant, is not in the campaign";
    #[rule(44)]
    error AVENANT_PARTY = "avenant-party", "a party is not the one that signed the contract";
    #[rule(44)]
    warning AVENANT_SIGNATORY = "avenant-signatory", "a signatory is not as in the signed contract";
    #[rule(44)]
    warning AVENANT_PAST_YEAR = "avenant-past-year", "an avenant gives a target for a year that has ended";
}
