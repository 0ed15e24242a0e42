//! What a page unfolds to, asked before another program draws it: a few bytes can hold gigabytes.

use std::collections::BTreeSet;

use lopdf::{Object, Stream};

use super::{PdfFacts, shape, view::View};
use crate::stamp::stream_content;

/// The most that the streams of one page may hold, decoded, and its pictures in pixels of four bytes: ten scans at 300 dpi.
const MOST: usize = 400 << 20;

/// The most that one stream may hold that is no picture.
const MOST_CONTENT: usize = 16 << 20;

/// What leads from a page to what it does not show.
const ELSEWHERE: [&[u8]; 12] =
    [b"A", b"AA", b"B", b"Dest", b"IRT", b"Metadata", b"P", b"Parent", b"PieceInfo", b"Popup", b"StructParent", b"V"];

impl PdfFacts<'_> {
    /// How many bytes of drawing a page of a revision holds, its annotations included, fonts and pictures not; none when it, or
    /// anything on it, is larger than a page can be. Both numbers are from 1.
    pub(in crate::evidence) fn weight(&self, revision: usize, page: u32) -> Option<usize> {
        let view = self.file.at(revision.checked_sub(1)?);
        let page = shape::leaves(view)?.get((page as usize).checked_sub(1)?)?.number;
        let mut scale = Scale { view, seen: BTreeSet::new(), next: vec![page], all: 0, drawing: 0 };
        while let Some(number) = scale.next.pop() {
            if scale.seen.insert(number)
                && let Some(object) = view.file.get(view.revision, number)
            {
                scale.weigh(object)?;
            }
        }
        Some(scale.drawing)
    }
}

struct Scale<'f> {
    view: View<'f>,
    seen: BTreeSet<u32>,
    next: Vec<u32>,
    all: usize,
    drawing: usize,
}

impl Scale<'_> {
    fn weigh(&mut self, object: &Object) -> Option<()> {
        match object {
            Object::Array(items) => items.iter().try_for_each(|item| self.weigh(item))?,
            Object::Dictionary(fields) => {
                let shown = fields.iter().filter(|(key, _)| !ELSEWHERE.contains(&key.as_slice()));
                shown.map(|(_, value)| value).try_for_each(|value| self.weigh(value))?;
            }
            Object::Reference((number, _)) => self.next.push(*number),
            Object::Stream(stream) => {
                stream.dict.iter().try_for_each(|(_, value)| self.weigh(value))?;
                self.stream(stream)?;
            }
            _ => {}
        }
        Some(())
    }

    fn stream(&mut self, stream: &Stream) -> Option<()> {
        let kind = self.view.name(&stream.dict, b"Subtype").unwrap_or_default();
        let size = if kind == b"Image" {
            let side = |key| self.view.value(&stream.dict, key).and_then(super::xref::number);
            side(b"Width")?.checked_mul(side(b"Height")?)?.checked_mul(4)?
        } else {
            stream_content(stream, MOST_CONTENT)?.len()
        };
        let is_font = stream.dict.has(b"Length1") || matches!(kind, b"CIDFontType0C" | b"OpenType" | b"Type1C");
        if kind != b"Image" && !is_font {
            self.drawing += size;
        }
        self.all = self.all.checked_add(size).filter(|all| *all <= MOST)?;
        Some(())
    }
}
