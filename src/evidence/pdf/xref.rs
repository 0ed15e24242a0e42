//! Where the objects of each revision stand: the chain of cross-reference sections (ISO 32000-1, 7.5.4 to 7.5.8).
//!
//! Takes the bytes as they are and repairs nothing that matters: a section that is not where the chain says is a broken file, not
//! an invitation to guess. A revision is a section that some `startxref` names, together with those that none names: the first part
//! of a linearized file, the stream of a hybrid one.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object, Stream};

use super::{
    limits::{MAX_DECODED, MAX_ENTRIES, MAX_REVISIONS},
    syntax::{Budget, Cursor, is_space},
};

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    /// At an offset of the file.
    At(usize),
    /// Nowhere.
    Free,
    /// In an object stream, at an index.
    In(u32, usize),
}

/// One revision as the chain tells it.
#[derive(Debug)]
pub(super) struct Update {
    /// Where its cross-reference section stands: the newest, if several.
    pub(super) section: usize,
    /// Where it ends: after `%%EOF` and the end of that line.
    pub(super) end: usize,
    /// Where each object that it names stands.
    pub(super) entries: BTreeMap<u32, Entry>,
    /// Its trailer.
    pub(super) trailer: Dictionary,
    /// The objects that are cross-reference streams.
    pub(super) streams: BTreeSet<u32>,
    /// Whether its table names no object in use by itself.
    own_table_is_empty: bool,
}

/// All revisions, the oldest first, and what the chain lacks.
#[derive(Debug, Default)]
pub(super) struct Chain {
    pub(super) updates: Vec<Update>,
    /// What the offsets of the file count from: where its header stands, if the file was written so.
    pub(super) base: usize,
    /// Why the chain is not whole; the revisions that were read are then not all.
    pub(super) broken: Option<String>,
    /// Places that a newer section names inside an older revision.
    pub(super) buried: Vec<usize>,
}

/// A `startxref`, with the end of its `%%EOF`.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: usize,
    target: usize,
    end: usize,
}

struct Section {
    start: usize,
    after: usize,
    entries: BTreeMap<u32, Entry>,
    trailer: Dictionary,
    streams: BTreeSet<u32>,
    own_table_is_empty: bool,
}

/// Follows the chain from the last `startxref`.
pub(super) fn chain(bytes: &[u8], header: usize, budget: &Budget) -> Chain {
    let marks = marks(bytes);
    let mut chain = Chain::default();
    let Some(last) = marks.last() else {
        chain.broken = Some("no `startxref` with `%%EOF` ends it".to_owned());
        return chain;
    };
    let reader = |base| Sections { bytes, base, budget, entries: 0, decoded: 0, read: 0 };
    // Offsets count from the first byte; readers accept that they count from the header.
    let counts_from_header = header > 0 && reader(0).section(last.target).is_none();
    chain.base = if counts_from_header { header } else { 0 };
    let mut sections = reader(chain.base);
    let mut seen = BTreeSet::new();
    let mut next = Some(last.target);
    let mut read: Vec<(Section, Option<usize>)> = Vec::new();
    while let Some(offset) = next {
        if !seen.insert(offset) {
            chain.broken = Some(format!("the cross-reference section at {offset} names itself as an earlier one"));
            break;
        }
        let Some(section) = sections.section(offset) else {
            chain.broken = Some(format!("no cross-reference section stands at {offset}"));
            break;
        };
        if read.len() >= MAX_REVISIONS * 2 {
            budget.exceed();
            break;
        }
        next = match section.trailer.get(b"Prev") {
            Ok(prev) => match number(prev) {
                Some(prev) => Some(prev),
                None => {
                    chain.broken = Some("the place of an earlier cross-reference section is no number".to_owned());
                    None
                }
            },
            Err(_) => None,
        };
        let own = marks.iter().find(|mark| mark.at >= section.after && mark.target == offset);
        let end = own.map(|mark| mark.end);
        read.push((section, end));
    }
    chain.updates = updates(read);
    rejoin(bytes, &mut chain.updates);
    for pair in chain.updates.windows(2) {
        if let [older, newer] = pair
            && (newer.section < older.end || newer.end <= older.end)
        {
            chain.buried.push(newer.section);
        }
    }
    chain
}

/// Puts sections, the newest first, together as revisions, the oldest first.
fn updates(read: Vec<(Section, Option<usize>)>) -> Vec<Update> {
    let mut updates: Vec<Update> = Vec::new();
    for (section, end) in read {
        match (end, updates.last_mut()) {
            // No `startxref` names it: it belongs to the newer one, which wins.
            (None, Some(newer)) => {
                newer.streams.extend(section.streams);
                for (number, entry) in section.entries {
                    newer.entries.entry(number).or_insert(entry);
                }
                for (key, value) in section.trailer {
                    if !newer.trailer.has(&key) {
                        newer.trailer.set(key, value);
                    }
                }
            }
            (end, _) => updates.push(Update {
                section: section.start,
                end: end.unwrap_or(section.after),
                entries: section.entries,
                trailer: section.trailer,
                streams: section.streams,
                own_table_is_empty: section.own_table_is_empty,
            }),
        }
    }
    updates.reverse();
    updates
}

/// Joins what one program wrote at once as two sections: office programs end a hybrid file with a second, empty table that only names
/// the stream. A signature that covers the first part alone then ends no revision.
fn rejoin(bytes: &[u8], updates: &mut Vec<Update>) {
    let [older, newer, ..] = updates.as_mut_slice() else { return };
    let between = bytes.get(older.end..newer.section).unwrap_or_default();
    if !newer.trailer.has(b"XRefStm") || !newer.own_table_is_empty || !between.iter().all(|byte| is_space(*byte)) {
        return;
    }
    older.end = newer.end;
    older.streams.append(&mut newer.streams);
    for (number, entry) in std::mem::take(&mut newer.entries) {
        let known = older.entries.entry(number).or_insert(entry);
        if *known == Entry::Free {
            *known = entry;
        }
    }
    updates.remove(1);
}

/// Every `startxref` that is followed by a number and `%%EOF`.
fn marks(bytes: &[u8]) -> Vec<Mark> {
    let found = memchr::memmem::find_iter(bytes, b"startxref").filter_map(|at| {
        let mut cursor = Cursor::new(bytes, at + b"startxref".len());
        cursor.blank();
        // Not over comments, which may be as long as the file.
        cursor.peek().filter(u8::is_ascii_digit)?;
        let target = usize::try_from(cursor.number()?).ok()?;
        cursor.blank();
        cursor.word(b"%%EOF")?;
        cursor.end_of_stream_word();
        Some(Mark { at, target, end: cursor.at() })
    });
    // A file of nothing else has a million; those at the end are the ones that readers find.
    let mut found: Vec<Mark> = found.collect();
    let surplus = found.len().saturating_sub(MAX_REVISIONS * 64);
    found.drain(..surplus);
    found
}

/// A number that is written as one, not as a reference.
pub(super) fn number(object: &Object) -> Option<usize> {
    object.as_i64().ok().and_then(|value| usize::try_from(value).ok())
}

struct Sections<'a> {
    bytes: &'a [u8],
    base: usize,
    budget: &'a Budget,
    entries: usize,
    decoded: usize,
    read: usize,
}

impl Sections<'_> {
    fn section(&mut self, offset: usize) -> Option<Section> {
        let start = offset.checked_add(self.base)?;
        let mut cursor = Cursor::new(self.bytes, start);
        cursor.space();
        let section = if cursor.word(b"xref").is_some() { self.table(start, cursor) } else { self.stream(start) }?;
        // Sections may lie over one another, and be read a hundred times.
        self.read = self.read.saturating_add(section.after.saturating_sub(start));
        if self.read > self.bytes.len().saturating_mul(4) {
            self.budget.exceed();
            return None;
        }
        Some(section)
    }

    fn table(&mut self, start: usize, mut cursor: Cursor<'_>) -> Option<Section> {
        let mut entries = BTreeMap::new();
        loop {
            cursor.space();
            if cursor.word(b"trailer").is_some() {
                break;
            }
            let first = cursor.number()?;
            let count = cursor.number()?;
            for index in 0..count {
                let offset = usize::try_from(cursor.number()?).ok()?;
                let generation = cursor.number()?;
                cursor.space();
                let entry = if cursor.word(b"n").is_some() {
                    Entry::At(offset)
                } else {
                    cursor.word(b"f")?;
                    Entry::Free
                };
                // Some writers count the head of the free list as object 1.
                let shifted = first == 1 && generation == 65_535 && entry == Entry::Free && index == 0;
                let number = if shifted { 0 } else { first.checked_add(index)? };
                self.count()?;
                entries.entry(u32::try_from(number).ok()?).or_insert(entry);
            }
        }
        let trailer = cursor.dictionary(self.budget, |_, _, _| {})?;
        let after = cursor.at();
        let own_table_is_empty = entries.values().all(|entry| *entry == Entry::Free);
        let mut streams = BTreeSet::new();
        if let Some(hybrid) = trailer.get(b"XRefStm").ok().and_then(number) {
            // What the table hides as free, the stream shows (ISO 32000-1, 7.5.8.4).
            let hidden = self.stream(hybrid.checked_add(self.base)?)?;
            streams.extend(hidden.streams);
            for (number, entry) in hidden.entries {
                let shown = entries.entry(number).or_insert(entry);
                if *shown == Entry::Free {
                    *shown = entry;
                }
            }
        }
        Some(Section { start, after, entries, trailer, streams, own_table_is_empty })
    }

    fn stream(&mut self, start: usize) -> Option<Section> {
        let mut cursor = Cursor::new(self.bytes, start);
        let (own, _) = cursor.object_header()?;
        let trailer = cursor.dictionary(self.budget, |_, _, _| {})?;
        if !trailer.has_type(b"XRef") {
            return None;
        }
        cursor.space();
        cursor.word(b"stream")?;
        cursor.end_of_stream_word();
        let length = number(trailer.get(b"Length").ok()?)?;
        let raw = self.bytes.get(cursor.at()..cursor.at().checked_add(length)?)?;
        let table = match trailer.get(b"Filter") {
            Ok(_) => {
                let left = MAX_DECODED.saturating_sub(self.decoded);
                let stream = Stream::new(trailer.clone(), raw.to_vec());
                stream.decompressed_content_with_limit(left.min(MAX_ENTRIES * 32)).ok()?
            }
            Err(_) => raw.to_vec(),
        };
        self.decoded += table.len();
        let entries = self.rows(&trailer, &table)?;
        let streams = BTreeSet::from([own]);
        Some(Section { start, after: cursor.at() + length, entries, trailer, streams, own_table_is_empty: false })
    }

    fn rows(&mut self, trailer: &Dictionary, table: &[u8]) -> Option<BTreeMap<u32, Entry>> {
        let widths: Vec<usize> = trailer.get(b"W").ok()?.as_array().ok()?.iter().filter_map(number).collect();
        let [kind, second, third] = *widths.as_slice() else { return None };
        if [kind, second, third].iter().any(|width| *width > 8) || kind + second + third == 0 {
            return None;
        }
        let ranges: Vec<usize> = match trailer.get(b"Index") {
            Ok(index) => index.as_array().ok()?.iter().filter_map(number).collect(),
            Err(_) => vec![0, number(trailer.get(b"Size").ok()?)?],
        };
        let mut rows = table.chunks_exact(kind + second + third);
        let mut entries = BTreeMap::new();
        for range in ranges.chunks_exact(2) {
            let [first, count] = *range else { continue };
            for index in 0..count {
                let Some(row) = rows.next() else { break };
                let (kind_field, rest) = row.split_at_checked(kind)?;
                let (second_field, third_field) = rest.split_at_checked(second)?;
                let kind = if kind == 0 { 1 } else { big_endian(kind_field) };
                let second = usize::try_from(big_endian(second_field)).ok()?;
                let entry = match kind {
                    0 => Entry::Free,
                    1 => Entry::At(second),
                    2 => Entry::In(u32::try_from(second).ok()?, usize::try_from(big_endian(third_field)).ok()?),
                    // Reserved: to be taken for the null object (ISO 32000-1, table 18).
                    _ => Entry::Free,
                };
                self.count()?;
                entries.entry(u32::try_from(first.checked_add(index)?).ok()?).or_insert(entry);
            }
        }
        Some(entries)
    }

    fn count(&mut self) -> Option<()> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            self.budget.exceed();
            return None;
        }
        Some(())
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
