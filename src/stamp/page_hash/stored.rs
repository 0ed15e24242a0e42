//! How streams are stored: what they hold is the same whatever packs it.

use lopdf::{Dictionary, Object, Stream};

/// Filters that lose nothing: what they hold is the same however it is stored.
const LOSSLESS: [&[u8]; 5] = [b"ASCII85Decode", b"ASCIIHexDecode", b"FlateDecode", b"LZWDecode", b"RunLengthDecode"];

/// The most that a stream is decoded to; what is larger is hashed as it is stored.
pub(super) const MAX_BYTES: usize = 32 << 20;

/// Pictures that are larger are hashed as they are stored: a scan of 300 pages would be decoded to gigabytes.
const MAX_PICTURE: usize = 1 << 20;

/// A stream without the filters that lose nothing.
pub(super) struct Peeled<'a> {
    /// What it holds, if that is not what is stored.
    pub(super) content: Option<Vec<u8>>,
    /// The filters that remain.
    pub(super) rest: Vec<&'a [u8]>,
    /// What these are told.
    pub(super) told: Vec<&'a Object>,
}

impl<'a> Peeled<'a> {
    /// None when it is stored in a way that is not known, or holds too much.
    pub(super) fn of(stream: &'a Stream) -> Option<Self> {
        let filters: Vec<&[u8]> = match stream.dict.get(b"Filter") {
            Err(_) => Vec::new(),
            Ok(Object::Name(name)) => vec![name],
            Ok(Object::Array(names)) => names.iter().map(|name| name.as_name().ok()).collect::<Option<_>>()?,
            Ok(_) => return None,
        };
        let told: Vec<&Object> = match stream.dict.get(b"DecodeParms") {
            Err(_) => Vec::new(),
            Ok(Object::Array(told)) => told.iter().collect(),
            Ok(one) => vec![one],
        };
        let is_large = stream.content.len() > MAX_PICTURE
            && stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image");
        let peeled = filters.iter().take_while(|name| LOSSLESS.contains(*name)).count();
        if peeled == 0 || is_large {
            return Some(Self { content: None, rest: filters, told });
        }
        let (lossless, rest) = filters.split_at(peeled);
        let own = told.iter().take(peeled);
        if own.clone().any(|told| matches!(told, Object::Reference(_))) {
            return None;
        }
        let mut shell = Stream::new(Dictionary::new(), stream.content.clone());
        shell.dict.set("Filter", Object::Array(lossless.iter().map(|name| Object::Name(name.to_vec())).collect()));
        shell.dict.set("DecodeParms", Object::Array(own.map(|told| (*told).clone()).collect()));
        let content = shell.decompressed_content_with_limit(MAX_BYTES).ok()?;
        Some(Self { content: Some(content), rest: rest.to_vec(), told: told.into_iter().skip(peeled).collect() })
    }
}

/// What a stream holds, decoded; none when it holds more than `limit`, or in a form that is a picture's.
#[must_use]
pub fn stream_content(stream: &Stream, limit: usize) -> Option<Vec<u8>> {
    match stream.dict.get(b"Filter") {
        Err(_) => (stream.content.len() <= limit).then(|| stream.content.clone()),
        Ok(_) => stream.filters().ok().and_then(|_| stream.decompressed_content_with_limit(limit).ok()),
    }
}

/// The most that was decoded of a stream that could not be decoded, or that holds more than `limit`: a byte makes a thousand at most,
/// once for each filter.
#[must_use]
pub fn cost_of_failing(stream: &Stream, limit: usize) -> usize {
    let filters = stream.filters().map_or(0, |filters| filters.len());
    let each = |size: usize, _| size.saturating_mul(1_100);
    (0..filters).fold(stream.content.len(), each).min(limit)
}
