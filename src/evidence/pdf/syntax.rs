//! Objects from bytes (ISO 32000-1, 7.2 and 7.3), and where they stand.

use std::cell::Cell;

use lopdf::{Dictionary, Object, StringFormat};

use super::limits::{MAX_NESTING, MAX_NODES, MAX_SHOWN, MAX_STEPS};

/// How much may still be read of one file.
#[derive(Debug)]
pub(super) struct Budget {
    nodes: Cell<usize>,
    shown: Cell<usize>,
    steps: Cell<usize>,
    exceeded: Cell<bool>,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self {
            nodes: Cell::new(MAX_NODES),
            shown: Cell::new(MAX_SHOWN),
            steps: Cell::new(MAX_STEPS),
            exceeded: Cell::new(false),
        }
    }

    /// Whether something was left unread.
    pub(super) const fn exceeded(&self) -> bool {
        self.exceeded.get()
    }

    pub(super) fn exceed(&self) {
        self.exceeded.set(true);
    }

    fn take(&self) -> Option<()> {
        self.spend(&self.nodes, 1)
    }

    /// Counts bytes whose meaning is looked at, each time that they are; none when there were too many.
    pub(super) fn show(&self, bytes: usize) -> Option<()> {
        self.spend(&self.shown, bytes)
    }

    /// Counts the steps of a walk; none when there were too many.
    pub(super) fn walk(&self, steps: usize) -> Option<()> {
        self.spend(&self.steps, steps)
    }

    fn spend(&self, purse: &Cell<usize>, amount: usize) -> Option<()> {
        let left = purse.get().checked_sub(amount);
        if left.is_none() {
            // Once too much was asked for, nothing more is given: what asks again and again is answered at once.
            purse.set(0);
            self.exceed();
        }
        purse.set(left?);
        Some(())
    }
}

/// White space (ISO 32000-1, table 1).
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

const fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

/// A place in bytes that is moved on by what it reads; `None` means that nothing of that kind stands there.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes over white space and comments.
    pub(super) fn space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                self.at += self.rest().iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count();
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Goes over white space only: what `%%EOF` is looked for with.
    pub(super) fn blank(&mut self) {
        self.at += self.rest().iter().take_while(|byte| is_space(**byte)).count();
    }

    /// Goes over `word` if it stands here.
    pub(super) fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    /// An unsigned number, after white space.
    pub(super) fn number(&mut self) -> Option<u64> {
        self.space();
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = std::str::from_utf8(self.rest().get(..digits)?).ok()?;
        let value = text.parse().ok()?;
        self.at += digits;
        Some(value)
    }

    /// `12 0 obj`, with white space before.
    pub(super) fn object_header(&mut self) -> Option<(u32, u16)> {
        let mut ahead = self.clone();
        let number = ahead.number()?;
        let generation = ahead.number()?;
        ahead.space();
        ahead.word(b"obj")?;
        let id = (u32::try_from(number).ok()?, u16::try_from(generation).ok()?);
        *self = ahead;
        Some(id)
    }

    /// Goes over the end of the line after `stream`.
    pub(super) fn end_of_stream_word(&mut self) {
        if self.word(b"\r\n").is_none() && self.word(b"\n").is_none() {
            let _alone = self.word(b"\r");
        }
    }

    /// Any object but a stream.
    pub(super) fn object(&mut self, budget: &Budget) -> Option<Object> {
        self.nested(budget, 0)
    }

    fn nested(&mut self, budget: &Budget, depth: usize) -> Option<Object> {
        if depth > MAX_NESTING {
            budget.exceed();
            return None;
        }
        budget.take()?;
        self.space();
        match self.peek()? {
            b'/' => self.name().map(Object::Name),
            b'(' => self.literal().map(|text| Object::String(text, StringFormat::Literal)),
            b'[' => self.array(budget, depth),
            b'<' if self.rest().starts_with(b"<<") => self.entries(budget, depth, |_, _, _| {}).map(Object::Dictionary),
            b'<' => self.hexadecimal().map(|text| Object::String(text, StringFormat::Hexadecimal)),
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.reference().or_else(|| self.numeric()),
            _ => self.keyword(),
        }
    }

    fn array(&mut self, budget: &Budget, depth: usize) -> Option<Object> {
        self.word(b"[")?;
        let mut items = Vec::new();
        loop {
            self.space();
            if self.word(b"]").is_some() {
                return Some(Object::Array(items));
            }
            items.push(self.nested(budget, depth + 1)?);
        }
    }

    /// A dictionary; `seen` is told each key with the place of its value.
    pub(super) fn dictionary(&mut self, budget: &Budget, seen: impl FnMut(&[u8], usize, usize)) -> Option<Dictionary> {
        self.space();
        self.entries(budget, 0, seen)
    }

    fn entries(
        &mut self,
        budget: &Budget,
        depth: usize,
        mut seen: impl FnMut(&[u8], usize, usize),
    ) -> Option<Dictionary> {
        self.word(b"<<")?;
        let mut fields = Dictionary::new();
        loop {
            self.space();
            if self.word(b">>").is_some() {
                return Some(fields);
            }
            let key = self.name()?;
            self.space();
            let start = self.at;
            let value = self.nested(budget, depth + 1)?;
            seen(&key, start, self.at);
            fields.set(key, value);
        }
    }

    fn name(&mut self) -> Option<Vec<u8>> {
        self.word(b"/")?;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.at += 1;
            let escaped = (byte == b'#').then(|| self.rest().get(..2)).flatten().and_then(|digits| {
                let [high, low] = digits else { return None };
                Some(hex_digit(*high)? << 4 | hex_digit(*low)?)
            });
            if escaped.is_some() {
                self.at += 2;
            }
            name.push(escaped.unwrap_or(byte));
        }
        Some(name)
    }

    fn hexadecimal(&mut self) -> Option<Vec<u8>> {
        self.word(b"<")?;
        let length = memchr::memchr(b'>', self.rest())?;
        let text = decode_hex(self.rest().get(..length)?);
        self.at += length + 1;
        Some(text)
    }

    fn literal(&mut self) -> Option<Vec<u8>> {
        self.word(b"(")?;
        let mut text = Vec::new();
        let mut open = 0_usize;
        loop {
            match self.next()? {
                b'(' => {
                    open += 1;
                    text.push(b'(');
                }
                b')' if open == 0 => return Some(text),
                b')' => {
                    open -= 1;
                    text.push(b')');
                }
                b'\\' => text.extend(self.escape()?),
                // An end of line is one line feed, however it is written (ISO 32000-1, 7.3.4.2).
                b'\r' => {
                    let _pair = self.word(b"\n");
                    text.push(b'\n');
                }
                byte => text.push(byte),
            }
        }
    }

    /// What stands after a backslash.
    fn escape(&mut self) -> Option<Option<u8>> {
        Some(match self.next()? {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\n' => None,
            b'\r' => {
                let _pair = self.word(b"\n");
                None
            }
            first @ b'0'..=b'7' => {
                let mut value = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                // High-order overflow is ignored (ISO 32000-1, table 3).
                Some(u8::try_from(value & 0xff).unwrap_or_default())
            }
            byte => Some(byte),
        })
    }

    fn reference(&mut self) -> Option<Object> {
        let mut ahead = self.clone();
        if !ahead.peek()?.is_ascii_digit() {
            return None;
        }
        let number = u32::try_from(ahead.number()?).ok()?;
        if !is_space(ahead.peek()?) {
            return None;
        }
        let generation = u16::try_from(ahead.number()?).ok()?;
        ahead.space();
        ahead.word(b"R")?;
        if ahead.peek().is_some_and(is_regular) {
            return None;
        }
        *self = ahead;
        Some(Object::Reference((number, generation)))
    }

    fn numeric(&mut self) -> Option<Object> {
        let length = self.rest().iter().take_while(|byte| is_regular(**byte)).count();
        let text = std::str::from_utf8(self.rest().get(..length)?).ok()?;
        self.at += length;
        if let Ok(value) = text.parse::<i64>() {
            return Some(Object::Integer(value));
        }
        // What readers make of `--5` or `1.2.3` differs; nothing that matters is written so.
        Some(Object::Real(text.parse::<f32>().ok().filter(|value| value.is_finite()).unwrap_or(0.0)))
    }

    fn keyword(&mut self) -> Option<Object> {
        let length = self.rest().iter().take_while(|byte| is_regular(**byte)).count();
        let object = match self.rest().get(..length)? {
            b"true" => Object::Boolean(true),
            b"false" => Object::Boolean(false),
            b"null" => Object::Null,
            _ => return None,
        };
        self.at += length;
        Some(object)
    }
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The bytes that hexadecimal digits write; what is no digit is gone over, and a last digit alone is followed by 0.
pub(super) fn decode_hex(digits: &[u8]) -> Vec<u8> {
    let mut values = digits.iter().filter_map(|byte| hex_digit(*byte));
    let mut out = Vec::with_capacity(digits.len() / 2);
    while let Some(high) = values.next() {
        out.push(high << 4 | values.next().unwrap_or(0));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Option<Object> {
        Cursor::new(text, 0).object(&Budget::new())
    }

    #[test]
    fn every_kind_of_object_is_read() {
        let object =
            read(b"<< /A#20B [1 -2.5 (a\\(b\\051\\\nc) <4 1 4> 3 0 R 3 0 true null] % c\n /D<</E/F>> >>").unwrap();
        let items = object.as_dict().unwrap().get(b"A B").unwrap().as_array().unwrap();
        assert_eq!(items.len(), 9);
        assert_eq!(items[2].as_str().unwrap(), b"a(b)c");
        assert_eq!(items[3].as_str().unwrap(), b"A@");
        assert_eq!(items[4], Object::Reference((3, 0)));
        assert_eq!(items[5], Object::Integer(3));
    }

    #[test]
    fn what_does_not_end_is_nothing() {
        for text in [&b"<< /A 1"[..], b"[1 2", b"(a", b"<41", b"", b"obj", b"<< 1 2 >>"] {
            assert_eq!(read(text), None, "{}", text.escape_ascii());
        }
        assert_eq!(read(&b"[".repeat(100_000)), None);
    }
}
