//! Whether two values of two revisions, or of two files, are the same once everything they refer to is followed.
//!
//! Object numbers, the form of streams and the place of a value do not count; a reference to a page is the same as one to the page
//! of the same place. Two circles of references are the same when no path tells them apart.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object, Stream};

use super::{
    limits::MAX_PAIRS,
    shape::Shape,
    view::{View, fields_of},
};

/// Ties that follow the place in the file or lead back up, and what programs keep for themselves.
const UNSEEN: [&[u8]; 7] =
    [b"LastModified", b"Metadata", b"P", b"Parent", b"PieceInfo", b"StructParent", b"StructParents"];

/// How a stream is stored.
const STORED: [&[u8]; 4] = [b"DL", b"DecodeParms", b"Filter", b"Length"];

/// A comparison of two revisions.
pub(super) struct Same<'f> {
    left: View<'f>,
    right: View<'f>,
    left_pages: BTreeMap<u32, usize>,
    right_pages: BTreeMap<u32, usize>,
    proven: BTreeSet<(u32, u32)>,
}

impl<'f> Same<'f> {
    pub(super) fn new(left: &Shape<'f>, right: &Shape<'f>) -> Self {
        Self {
            left: left.view,
            right: right.view,
            left_pages: left.order(),
            right_pages: right.order(),
            proven: BTreeSet::new(),
        }
    }

    /// Whether two values are the same.
    pub(super) fn values(&mut self, left: Option<&'f Object>, right: Option<&'f Object>) -> bool {
        let left = left.filter(|value| !self.left.follow(value).is_null());
        let right = right.filter(|value| !self.right.follow(value).is_null());
        match (left, right) {
            (Some(left), Some(right)) => self.prove(vec![(left, right)]),
            (left, right) => left.is_none() && right.is_none(),
        }
    }

    /// Whether two dictionaries are the same but for some keys.
    pub(super) fn fields(&mut self, left: &'f Dictionary, right: &'f Dictionary, but: &[&[u8]]) -> bool {
        let mut pairs = Vec::new();
        self.pair_fields(left, right, but, &mut pairs) && self.prove(pairs)
    }

    /// Whether two signatures are the same. What they were made over (`Data`) is the whole file, which changes around them.
    pub(super) fn signatures(&mut self, left: &'f Object, right: &'f Object) -> bool {
        let (Some(one), Some(other)) = (fields_of(self.left.follow(left)), fields_of(self.right.follow(right))) else {
            return self.values(Some(left), Some(right));
        };
        let (ones, others) = (self.left.array(one, b"Reference"), self.right.array(other, b"Reference"));
        let (ones, others) = (ones.unwrap_or_default(), others.unwrap_or_default());
        self.fields(one, other, &[b"Reference"])
            && ones.len() == others.len()
            && ones.iter().zip(others).all(|(one, other)| {
                match (fields_of(self.left.follow(one)), fields_of(self.right.follow(other))) {
                    (Some(one), Some(other)) => self.fields(one, other, &[b"Data"]),
                    (one, other) => one.is_none() && other.is_none(),
                }
            })
    }

    /// Goes on until a difference shows or nothing is left; what was assumed on the way is true only in the second case.
    fn prove(&mut self, mut pairs: Vec<(&'f Object, &'f Object)>) -> bool {
        let mut assumed = BTreeSet::new();
        while let Some((left, right)) = pairs.pop() {
            self.steps(1);
            if self.is_spent() {
                return false;
            }
            if let (Object::Reference((a, _)), Object::Reference((b, _))) = (left, right) {
                match (self.left_pages.get(a), self.right_pages.get(b)) {
                    (None, None) => {}
                    (one, other) if one == other => continue,
                    _ => return false,
                }
                if self.proven.contains(&(*a, *b)) || !assumed.insert((*a, *b)) {
                    continue;
                }
                if let (Some(Object::Stream(one)), Some(Object::Stream(other))) =
                    (self.left.file.get(self.left.revision, *a), self.right.file.get(self.right.revision, *b))
                {
                    let digests = [
                        self.left.file.stream_digest(self.left.revision, *a),
                        self.right.file.stream_digest(self.right.revision, *b),
                    ];
                    if digests[0].is_none() || digests[0] != digests[1] || !self.pair_streams(one, other, &mut pairs) {
                        return false;
                    }
                    continue;
                }
            }
            if !self.pair(left, right, &mut pairs) {
                return false;
            }
        }
        self.proven.extend(assumed);
        true
    }

    fn pair(&self, left: &'f Object, right: &'f Object, pairs: &mut Vec<(&'f Object, &'f Object)>) -> bool {
        match (self.left.follow(left), self.right.follow(right)) {
            (Object::Array(left), Object::Array(right)) => {
                self.steps(left.len().min(right.len()));
                pairs.extend(left.iter().zip(right));
                left.len() == right.len()
            }
            (Object::Dictionary(left), Object::Dictionary(right)) => self.pair_fields(left, right, &[], pairs),
            (Object::Stream(left), Object::Stream(right)) => {
                self.left.file.digest(left) == self.right.file.digest(right) && self.pair_streams(left, right, pairs)
            }
            (left @ Object::String(one, _), right @ Object::String(other, _)) => {
                one == other
                    || lopdf::decode_text_string(left)
                        .ok()
                        .is_some_and(|left| lopdf::decode_text_string(right).is_ok_and(|right| left == right))
            }
            (left @ (Object::Integer(_) | Object::Real(_)), right @ (Object::Integer(_) | Object::Real(_))) => {
                match (left, right) {
                    (Object::Integer(left), Object::Integer(right)) => left == right,
                    _ => left.as_float().ok() == right.as_float().ok(),
                }
            }
            (left, right) => left == right,
        }
    }

    fn pair_streams(&self, left: &'f Stream, right: &'f Stream, pairs: &mut Vec<(&'f Object, &'f Object)>) -> bool {
        let is_picture = |stream: &Stream| {
            stream.filters().is_ok_and(|names| {
                names.last().is_some_and(|name| {
                    !matches!(
                        *name,
                        b"ASCII85Decode" | b"ASCIIHexDecode" | b"FlateDecode" | b"LZWDecode" | b"RunLengthDecode"
                    )
                })
            })
        };
        // How a picture is stored says how it is drawn.
        let but: &[&[u8]] = if is_picture(left) || is_picture(right) { &[b"DL", b"Length"] } else { &STORED };
        self.pair_fields(&left.dict, &right.dict, but, pairs)
    }

    fn pair_fields(
        &self,
        left: &'f Dictionary,
        right: &'f Dictionary,
        but: &[&[u8]],
        pairs: &mut Vec<(&'f Object, &'f Object)>,
    ) -> bool {
        let seen = |key: &[u8]| !UNSEEN.contains(&key) && !but.contains(&key);
        self.steps(left.len().saturating_add(right.len()));
        for (key, value) in left.iter().filter(|(key, _)| seen(key)) {
            match right.get(key) {
                Ok(other) => pairs.push((value, other)),
                Err(_) if self.left.follow(value).is_null() => {}
                Err(_) => return false,
            }
        }
        right
            .iter()
            .filter(|(key, _)| seen(key))
            .all(|(key, value)| left.has(key) || self.right.follow(value).is_null())
    }

    /// Counts comparisons, for all revisions of the newer file together.
    fn steps(&self, count: usize) {
        let compared = &self.right.file.compared;
        compared.set(compared.get().saturating_add(count));
        if self.is_spent() {
            self.left.file.budget.exceed();
            self.right.file.budget.exceed();
        }
    }

    /// Whether so much was compared that no more will be: everything then differs.
    pub(super) const fn is_spent(&self) -> bool {
        self.right.file.compared.get() >= MAX_PAIRS
    }
}
