//! Reads BER (ITU-T X.690) over the bytes as they came.
//!
//! One signature in eight of those that circulate is written with indefinite lengths or with strings in pieces, so that a reader of DER
//! alone would refuse it, and every digest is taken over bytes as they were signed, so that nothing may be written anew before it is
//! hashed. Elements are slices of the input: nothing is copied but strings in pieces. Depth is bounded by [`DEPTH`]; whatever is inside
//! is read at most once per level, so the time is linear in the size.

use std::borrow::Cow;

use jiff::{Timestamp, civil::DateTime, tz::Offset};
use x509_cert::der::asn1::ObjectIdentifier;

/// How deep elements may stand in each other. Signatures use about twenty levels.
const DEPTH: u8 = 40;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// The bit of an identifier that says that an element is made of elements.
const CONSTRUCTED: u8 = 0x20;

/// The identifier of the context-specific element `[number]`, made of elements.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// These bytes are no BER, or not the BER that was expected there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Malformed(pub(super) &'static str);

/// One element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    /// Its first byte: class, form and number. Elements whose number takes more bytes keep the mark of it and match nothing.
    pub(super) identifier: u8,
    /// Everything: identifier, length, content and, where there is one, the end mark.
    pub(super) raw: &'a [u8],
    /// Its content, without end mark.
    pub(super) content: &'a [u8],
    depth: u8,
}

impl<'a> Element<'a> {
    /// Reads the first element of some bytes, and gives what stands after it.
    pub(super) fn first(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Malformed> {
        Self::read(bytes, 0)
    }

    /// Reads the only element of some bytes.
    pub(super) fn only(bytes: &'a [u8]) -> Result<Self, Malformed> {
        match Self::first(bytes)? {
            (element, []) => Ok(element),
            _ => Err(Malformed("something stands after the end")),
        }
    }

    fn read(bytes: &'a [u8], depth: u8) -> Result<(Self, &'a [u8]), Malformed> {
        if depth > DEPTH {
            return Err(Malformed("elements stand too deep in each other"));
        }
        let (&identifier, mut rest) = bytes.split_first().ok_or(Malformed("an element is missing"))?;
        if identifier & 0x1f == 0x1f {
            let length = rest.iter().take(4).position(|byte| byte & 0x80 == 0).ok_or(Malformed("a tag is too long"))?;
            rest = rest.get(length + 1..).unwrap_or_default();
        }
        let (&first, after) = rest.split_first().ok_or(Malformed("a length is missing"))?;
        if first == 0x80 {
            if identifier & CONSTRUCTED == 0 {
                return Err(Malformed("a value in one piece has no length"));
            }
            return Self::indefinite(bytes, identifier, after, depth);
        }
        let (length, after) = if first < 0x80 { (usize::from(first), after) } else { long_length(first, after)? };
        let (content, rest) = after.split_at_checked(length).ok_or(Malformed("an element ends after the end"))?;
        let raw = bytes.get(..bytes.len() - rest.len()).unwrap_or_default();
        Ok((Self { identifier, raw, content, depth }, rest))
    }

    fn indefinite(bytes: &'a [u8], identifier: u8, start: &'a [u8], depth: u8) -> Result<(Self, &'a [u8]), Malformed> {
        let mut rest = start;
        loop {
            if let Some(after) = rest.strip_prefix(&[0, 0]) {
                let content = start.get(..start.len() - rest.len()).unwrap_or_default();
                let raw = bytes.get(..bytes.len() - after.len()).unwrap_or_default();
                return Ok((Self { identifier, raw, content, depth }, after));
            }
            (_, rest) = Self::read(rest, depth + 1)?;
        }
    }

    /// Its elements.
    pub(super) const fn children(&self) -> Children<'a> {
        Children { rest: self.content, depth: self.depth + 1 }
    }

    /// The element itself, if it has this identifier.
    pub(super) fn expect(self, identifier: u8) -> Result<Self, Malformed> {
        if self.identifier == identifier { Ok(self) } else { Err(Malformed("an element is not of the expected kind")) }
    }

    /// The bytes of a string, its pieces put together (X.690, 8.7.3).
    pub(super) fn octets(&self) -> Result<Cow<'a, [u8]>, Malformed> {
        if self.identifier & CONSTRUCTED == 0 {
            return Ok(Cow::Borrowed(self.content));
        }
        let mut whole = Vec::new();
        for piece in self.children() {
            whole.extend_from_slice(&piece?.octets()?);
        }
        Ok(Cow::Owned(whole))
    }

    /// The identifier that it names; none when it is longer than any in use.
    pub(super) fn oid(&self) -> Option<ObjectIdentifier> {
        (self.identifier == OBJECT_IDENTIFIER).then(|| ObjectIdentifier::from_bytes(self.content).ok()).flatten()
    }

    /// The whole number that it is, if it is a small one and not negative.
    pub(super) fn small(&self) -> Option<u32> {
        let bytes = without_leading_zeros(self.content);
        if !matches!(self.identifier, INTEGER | ENUMERATED) && self.identifier & 0xe0 != 0x80 || bytes.len() > 4 {
            return None;
        }
        let negative = self.content.first().is_some_and(|byte| byte & 0x80 != 0);
        (!negative).then(|| bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
    }

    /// The bytes of a string of bits that fills its last byte.
    pub(super) fn bits(&self) -> Option<&'a [u8]> {
        if self.identifier != BIT_STRING {
            return None;
        }
        self.content.strip_prefix(&[0])
    }

    /// The instant that it is (RFC 5280, 4.1.2.5; RFC 3161, 2.4.2).
    pub(super) fn time(&self) -> Option<Timestamp> {
        match self.identifier {
            UTC_TIME => {
                let (year, rest) = number(self.content, 2)?;
                instant(if year < 50 { 2000 + year } else { 1900 + year }, rest)
            }
            GENERALIZED_TIME => {
                let (year, rest) = number(self.content, 4)?;
                instant(year, rest)
            }
            _ => None,
        }
    }

    /// It under another identifier, in DER: lengths definite and minimal, strings in one piece, elements in the order received.
    pub(super) fn in_der(&self, identifier: u8) -> Result<Vec<u8>, Malformed> {
        let content = if identifier & CONSTRUCTED == 0 {
            self.octets()?.into_owned()
        } else {
            let mut content = Vec::with_capacity(self.content.len());
            for child in self.children() {
                let child = child?;
                content.extend(child.in_der(child.plain_identifier())?);
            }
            content
        };
        Ok(encoded(identifier, &content))
    }

    /// Its identifier, without the mark of strings in pieces.
    const fn plain_identifier(&self) -> u8 {
        match self.identifier {
            0x23 | 0x24 | 0x2c | 0x33 | 0x36 => self.identifier & !CONSTRUCTED,
            other => other,
        }
    }
}

/// An element made of an identifier of one byte and a content.
pub(super) fn encoded(identifier: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![identifier];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let length = without_leading_zeros(&length);
            bytes.push(0x80 | u8::try_from(length.len()).unwrap_or(8));
            bytes.extend_from_slice(length);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// Whether two whole numbers are the same, but for zeros that stand before one of them and change nothing.
pub(super) fn same_number(one: &[u8], other: &[u8]) -> bool {
    fn shortest(mut bytes: &[u8]) -> &[u8] {
        while let Some((0, rest)) = bytes.split_first()
            && rest.first().is_some_and(|next| next & 0x80 == 0)
        {
            bytes = rest;
        }
        bytes
    }
    shortest(one) == shortest(other)
}

/// The bytes of a number without the zeros before it.
pub(super) fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

fn long_length(first: u8, after: &[u8]) -> Result<(usize, &[u8]), Malformed> {
    let (length, after) =
        after.split_at_checked(usize::from(first & 0x7f)).ok_or(Malformed("a length ends after the end"))?;
    let length = without_leading_zeros(length);
    if length.len() > 4 {
        return Err(Malformed("an element ends after the end"));
    }
    Ok((length.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte)), after))
}

fn number(digits: &[u8], count: usize) -> Option<(i16, &[u8])> {
    let (digits, rest) = digits.split_at_checked(count)?;
    digits.iter().all(u8::is_ascii_digit).then_some(())?;
    Some((digits.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0')), rest))
}

/// Month, day, hour, minute, perhaps seconds and their fraction, then `Z` or the distance to it.
fn instant(year: i16, rest: &[u8]) -> Option<Timestamp> {
    let (month, rest) = two(rest)?;
    let (day, rest) = two(rest)?;
    let (hour, rest) = two(rest)?;
    let (minute, rest) = two(rest)?;
    let (second, rest) = two(rest).unwrap_or((0, rest));
    let (nanosecond, rest) = rest.strip_prefix(b".").map_or((0, rest), fraction);
    let distance = match rest {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let (hours, rest) = two(rest)?;
            let (minutes, []) = two(rest)? else { return None };
            let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
            if *sign == b'+' { seconds } else { -seconds }
        }
        _ => return None,
    };
    let local = DateTime::new(year, month, day, hour, minute, second, nanosecond).ok()?;
    let offset = Offset::from_seconds(distance).ok()?;
    // The last second of the year 9999 says « no end » and lies a little after the last instant that can be counted.
    Some(offset.to_timestamp(local).unwrap_or(if year > 5000 { Timestamp::MAX } else { Timestamp::MIN }))
}

fn two(digits: &[u8]) -> Option<(i8, &[u8])> {
    let (number, rest) = number(digits, 2)?;
    Some((i8::try_from(number).ok()?, rest))
}

fn fraction(digits: &[u8]) -> (i32, &[u8]) {
    let length = digits.iter().take_while(|digit| digit.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(length).unwrap_or((digits, &[]));
    let nine = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    (nine.fold(0, |number, digit| number * 10 + i32::from(digit - b'0')), rest)
}

/// The elements of an element, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Children<'a> {
    rest: &'a [u8],
    depth: u8,
}

impl<'a> Children<'a> {
    /// The next one, which must be there and have this identifier.
    pub(super) fn required(&mut self, identifier: u8) -> Result<Element<'a>, Malformed> {
        self.any()?.expect(identifier)
    }

    /// The next one, which must be there.
    pub(super) fn any(&mut self) -> Result<Element<'a>, Malformed> {
        self.next().ok_or(Malformed("an element is missing"))?
    }

    /// The next one, if it is there and has this identifier.
    pub(super) fn optional(&mut self, identifier: u8) -> Result<Option<Element<'a>>, Malformed> {
        if self.rest.first() == Some(&identifier) { self.any().map(Some) } else { Ok(None) }
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = Result<Element<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        match Element::read(self.rest, self.depth) {
            Ok((element, rest)) => {
                self.rest = rest;
                Some(Ok(element))
            }
            Err(malformed) => {
                self.rest = &[];
                Some(Err(malformed))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_in_pieces_of_unknown_length_is_put_together() {
        let bytes = [0x24, 0x80, 0x04, 0x01, b'a', 0x24, 0x80, 0x04, 0x02, b'b', b'c', 0, 0, 0, 0, 0xff];
        let (element, rest) = Element::first(&bytes).unwrap();
        assert_eq!((element.octets().unwrap().as_ref(), rest), (&b"abc"[..], &[0xff][..]));
        assert_eq!(element.in_der(OCTET_STRING).unwrap(), [0x04, 3, b'a', b'b', b'c']);
    }

    #[test]
    fn a_length_with_leading_zeros_is_read_and_written_short() {
        let bytes = [0x30, 0x83, 0, 0, 3, 0x02, 1, 5];
        let element = Element::only(&bytes).unwrap();
        assert_eq!(element.children().any().unwrap().small(), Some(5));
        assert_eq!(element.in_der(SEQUENCE).unwrap(), [0x30, 3, 0x02, 1, 5]);
    }

    #[test]
    fn what_ends_too_early_or_stands_too_deep_is_refused() {
        for bytes in [&[0x30][..], &[0x30, 2, 0], &[0x30, 0x85, 1, 1, 1, 1, 1], &[0x30, 0x80, 0], &[0x04, 0x80, 0, 0]] {
            assert!(Element::first(bytes).is_err(), "{bytes:x?}");
        }
        assert!(Element::first(&[0x30, 0x80].repeat(200)).is_err());
    }

    #[test]
    fn times_of_every_form_are_read() {
        let time = |identifier: u8, text: &str| {
            Element::only(&encoded(identifier, text.as_bytes())).unwrap().time().map(|time| time.to_string())
        };
        assert_eq!(time(UTC_TIME, "260102030405Z").as_deref(), Some("2026-01-02T03:04:05Z"));
        assert_eq!(time(UTC_TIME, "9912312359Z").as_deref(), Some("1999-12-31T23:59:00Z"));
        assert_eq!(time(GENERALIZED_TIME, "20260102030405.25Z").as_deref(), Some("2026-01-02T03:04:05.25Z"));
        assert_eq!(time(GENERALIZED_TIME, "20260102030405+0200").as_deref(), Some("2026-01-02T01:04:05Z"));
        assert!(time(GENERALIZED_TIME, "99991231235959Z").unwrap().starts_with("9999-12-30"));
        for bad in ["", "20261302030405Z", "20260102030405", "2026010203040é", "20260102030405+02"] {
            assert_eq!(time(GENERALIZED_TIME, bad), None, "{bad}");
        }
    }
}
