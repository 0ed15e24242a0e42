//! A file as one of its revisions has it.

use lopdf::{Dictionary, Object, ObjectId};

use super::file::{File, MAX_NEEDS};
use crate::stamp::Objects;

/// The objects as one revision sees them.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'f> {
    pub(super) file: &'f File<'f>,
    pub(super) revision: usize,
}

impl<'f> View<'f> {
    /// An object behind as many references as there are; what is not there is null (ISO 32000-1, 7.3.10).
    pub(super) fn follow(self, object: &'f Object) -> &'f Object {
        let mut object = object;
        for _ in 0..MAX_NEEDS {
            let Object::Reference((number, _)) = object else { return object };
            object = match self.file.get(self.revision, *number) {
                Some(found) => found,
                None => return &Object::Null,
            };
        }
        &Object::Null
    }

    /// The value of a key, followed; none if it is null.
    pub(super) fn value(self, fields: &'f Dictionary, key: &[u8]) -> Option<&'f Object> {
        Some(self.follow(fields.get(key).ok()?)).filter(|value| !value.is_null())
    }

    pub(super) fn dictionary(self, fields: &'f Dictionary, key: &[u8]) -> Option<&'f Dictionary> {
        fields_of(self.value(fields, key)?)
    }

    pub(super) fn array(self, fields: &'f Dictionary, key: &[u8]) -> Option<&'f [Object]> {
        self.value(fields, key)?.as_array().ok().map(Vec::as_slice)
    }

    pub(super) fn name(self, fields: &'f Dictionary, key: &[u8]) -> Option<&'f [u8]> {
        self.value(fields, key)?.as_name().ok()
    }

    /// The text of a string; a thousand fields may have the same, so that its length counts.
    pub(super) fn decoded(self, object: &'f Object) -> Option<String> {
        let object = self.follow(object);
        self.file.budget.show(object.as_str().map_or(0, <[u8]>::len))?;
        lopdf::decode_text_string(object).ok()
    }

    /// The dictionary of an object by its number.
    pub(super) fn object(self, number: u32) -> Option<&'f Dictionary> {
        fields_of(self.file.get(self.revision, number)?)
    }

    pub(super) fn trailer(self) -> Option<&'f Dictionary> {
        self.file.layers.get(self.revision).map(|layer| &layer.trailer)
    }

    pub(super) fn catalog(self) -> Option<&'f Dictionary> {
        self.dictionary(self.trailer()?, b"Root")
    }
}

/// The entries of a dictionary or of a stream.
pub(super) const fn fields_of(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(fields) => Some(fields),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

impl Objects for View<'_> {
    fn object(&self, id: ObjectId) -> Option<&Object> {
        self.file.get(self.revision, id.0)
    }
}
