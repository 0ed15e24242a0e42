//! The canonical form of a document.

use super::Document;

impl Document {
    /// The canonical form: compact JSON with keys in declaration order, UTF-8, without the places blocks came from. Two
    /// documents that print the same have the same canonical form, on any machine.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        // Serialising plain structures to memory fails only for non-string map keys, and there is no map in the model.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
