//! Reading objects where they stand, in the bytes of the file or inside of an object stream, each once and within bounds.

use lopdf::{Dictionary, Object, Stream, encryption::decrypt_object};

use super::{File, Held, MAX_NEEDS, Place, Read, Slot};
use crate::{
    evidence::pdf::{
        limits::{MAX_DECODED, MAX_STREAM},
        syntax::Cursor,
        xref,
    },
    stamp::{cost_of_failing, stream_content},
};

impl<'a> File<'a> {
    pub(super) fn read_slot(&self, index: usize) -> Option<&Read> {
        let slot = self.slots.get(index)?;
        if let Some(read) = slot.read.get() {
            return read.as_deref();
        }
        if slot.busy.get() || self.depth.get() >= MAX_NEEDS {
            return None;
        }
        slot.busy.set(true);
        self.depth.set(self.depth.get() + 1);
        let read = self.read_new(slot);
        self.depth.set(self.depth.get() - 1);
        slot.busy.set(false);
        if read.is_none() {
            self.unread.borrow_mut().insert(slot.number);
        }
        slot.read.get_or_init(|| read.map(Box::new)).as_deref()
    }

    fn read_new(&self, slot: &Slot) -> Option<Read> {
        // Once too much was read, nothing more is.
        self.charge(0)?;
        match slot.place {
            Place::At(offset) => self.read_at(slot, offset.checked_add(self.base)?),
            Place::In(container, index) => {
                let held = self.held(container)?;
                let own = |(number, _): &&(u32, usize)| *number == slot.number;
                let found = held.index.get(index).filter(own).or_else(|| {
                    self.budget.walk(held.index.len())?;
                    held.index.iter().find(own)
                })?;
                let mut cursor = Cursor::new(&held.text, found.1);
                let object = cursor.object(&self.budget);
                self.charge(cursor.at().saturating_sub(found.1))?;
                Some(Read { object: object?, span: None })
            }
        }
    }

    fn read_at(&self, slot: &Slot, offset: usize) -> Option<Read> {
        let mut cursor = Cursor::new(self.bytes, offset);
        cursor.space();
        let start = cursor.at();
        self.charge(start - offset)?;
        let id = cursor.object_header();
        self.charge(cursor.at() - start)?;
        let id = id.filter(|id| id.0 == slot.number)?;
        cursor.space();
        // `2 0 obj endobj` is null.
        let object = if cursor.word(b"endobj").is_some() { Some(Object::Null) } else { cursor.object(&self.budget) };
        self.charge(cursor.at().saturating_sub(start))?;
        let mut object = match object? {
            Object::Dictionary(fields) => {
                cursor.space();
                if cursor.word(b"stream").is_some() {
                    cursor.end_of_stream_word();
                    Object::Stream(self.stream(slot.revision, fields, &mut cursor)?)
                } else {
                    Object::Dictionary(fields)
                }
            }
            other => other,
        };
        if let Some(crypt) = &self.crypt
            && Some(id.0) != self.crypt_number
            && !is_type(&object, b"XRef")
        {
            decrypt_object(crypt, id, &mut object).ok()?;
        }
        Some(Read { object, span: Some((start, cursor.at())) })
    }

    fn stream(&self, revision: usize, fields: Dictionary, cursor: &mut Cursor<'a>) -> Option<Stream> {
        let start = cursor.at();
        let length = match fields.get(b"Length") {
            Ok(Object::Reference((number, _))) => {
                let length = self.get(revision, *number).and_then(xref::number);
                if let Some(length) = length {
                    self.lengths.borrow_mut().insert(*number, length);
                }
                length
            }
            Ok(length) => xref::number(length),
            Err(_) => None,
        };
        let told = length.and_then(|length| {
            let end = start.checked_add(length)?;
            let mut after = Cursor::new(self.bytes, end);
            after.blank();
            after.word(b"endstream").map(|()| (end, after.at()))
        });
        // A wrong length is common, and every reader mends it in this way.
        let (end, after) = told.or_else(|| {
            let rest = self.bytes.get(start..)?;
            let found = memchr::memmem::find(rest, b"endstream");
            self.charge(found.unwrap_or(rest.len()))?;
            let end = start + found?;
            let body = self.bytes.get(start..end)?;
            let body = body.strip_suffix(b"\n").unwrap_or(body);
            let body = body.strip_suffix(b"\r").unwrap_or(body);
            Some((start + body.len(), end + b"endstream".len()))
        })?;
        let content = self.bytes.get(start..end)?;
        self.charge(content.len())?;
        *cursor = Cursor::new(self.bytes, after);
        Some(Stream { dict: fields, content: content.to_vec(), allows_compression: false, start_position: None })
    }

    fn held(&self, index: usize) -> Option<&Held> {
        let slot = self.slots.get(index)?;
        if let Some(held) = slot.held.get() {
            return held.as_deref();
        }
        // An object stream is in no object stream.
        let held = match slot.place {
            Place::At(_) => self.unfold(index),
            Place::In(..) => None,
        };
        // Unfolding may have come back here, and have given up: the first answer stays.
        let _first = slot.held.set(held.map(Box::new));
        slot.held.get()?.as_deref()
    }

    fn unfold(&self, index: usize) -> Option<Held> {
        let Object::Stream(stream) = &self.read_slot(index)?.object else { return None };
        let left = MAX_DECODED.saturating_sub(self.decoded.get());
        let limit = MAX_STREAM.min(left);
        let Some(text) = stream_content(stream, limit) else {
            self.budget.exceed();
            self.decoded.set(self.decoded.get() + cost_of_failing(stream, limit));
            return None;
        };
        self.decoded.set(self.decoded.get() + text.len());
        let first = xref::number(stream.dict.get(b"First").ok()?)?;
        let count = xref::number(stream.dict.get(b"N").ok()?)?;
        let mut cursor = Cursor::new(text.get(..first)?, 0);
        let mut numbers = Vec::new();
        for _ in 0..count {
            let Some((number, offset)) = cursor.number().zip(cursor.number()) else { break };
            numbers.push((u32::try_from(number).ok()?, first.checked_add(usize::try_from(offset).ok()?)?));
        }
        Some(Held { text, index: numbers })
    }

    /// Counts bytes that were read: overlapping objects would otherwise be read a million times.
    fn charge(&self, bytes: usize) -> Option<()> {
        let read = self.read.get().saturating_add(bytes);
        self.read.set(read);
        if read > self.bytes.len().saturating_mul(3).saturating_add(MAX_DECODED) {
            self.budget.exceed();
            return None;
        }
        Some(())
    }
}

fn is_type(object: &Object, name: &[u8]) -> bool {
    match object {
        Object::Stream(stream) => stream.dict.has_type(name),
        Object::Dictionary(fields) => fields.has_type(name),
        _ => false,
    }
}
