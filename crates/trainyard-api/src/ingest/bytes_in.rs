//! Reading numbers and texts off a body: nothing is taken that is not there.

/// A part of a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: usize,
    length: usize,
}

impl Span {
    /// The bytes of the part.
    pub(super) fn within(self, body: &[u8]) -> &[u8] {
        body.get(self.start..self.start + self.length).unwrap_or_default()
    }

    /// The text of a part that was found to be one.
    pub(super) fn text(self, body: &[u8]) -> &str {
        std::str::from_utf8(self.within(body)).unwrap_or_default()
    }
}

/// A place in a body, moving on.
pub(super) struct Cursor<'b> {
    body: &'b [u8],
    at: usize,
}

/// The body ends before what was to be read, or holds something else: what, and where.
#[derive(Debug)]
pub(super) struct Misread {
    pub(super) what: &'static str,
    pub(super) at: usize,
}

impl<'b> Cursor<'b> {
    pub(super) fn new(body: &'b [u8], at: usize) -> Self {
        Self { body, at }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn left(&self) -> usize {
        self.body.len().saturating_sub(self.at)
    }

    pub(super) fn misread(&self, what: &'static str) -> Misread {
        Misread { what, at: self.at }
    }

    pub(super) fn byte(&mut self, what: &'static str) -> Result<u8, Misread> {
        let byte = self.body.get(self.at).copied().ok_or(Misread { what, at: self.at })?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn varint(&mut self, what: &'static str) -> Result<u64, Misread> {
        let rest = self.body.get(self.at..).unwrap_or_default();
        let (number, length) = varint(rest).ok_or(Misread { what, at: self.at })?;
        self.at += length;
        Ok(number)
    }

    /// How many things follow, each of which takes a byte at least.
    pub(super) fn count(&mut self, what: &'static str) -> Result<usize, Misread> {
        let at = self.at;
        let count = self.varint(what)?;
        match usize::try_from(count) {
            Ok(count) if count <= self.left() => Ok(count),
            _ => Err(Misread { what, at }),
        }
    }

    pub(super) fn integer(&mut self, what: &'static str) -> Result<i64, Misread> {
        let bytes = self.body.get(self.at..).and_then(<[u8]>::first_chunk).ok_or(Misread { what, at: self.at })?;
        self.at += bytes.len();
        Ok(i64::from_le_bytes(*bytes))
    }

    pub(super) fn span(&mut self, length: usize, what: &'static str) -> Result<Span, Misread> {
        if length > self.left() {
            return Err(self.misread(what));
        }
        let span = Span { start: self.at, length };
        self.at += length;
        Ok(span)
    }

    pub(super) fn text(&mut self, what: &'static str) -> Result<Span, Misread> {
        let at = self.at;
        let length = self.varint(what)?;
        let span = self.span(usize::try_from(length).unwrap_or(usize::MAX), what)?;
        match std::str::from_utf8(span.within(self.body)) {
            Ok(_) => Ok(span),
            Err(_) => Err(Misread { what, at }),
        }
    }
}

/// The number at the beginning of `bytes`, seven bits a byte, the lowest first, and how many bytes it takes.
#[inline]
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if index == 9 && bits > 1 {
            return None;
        }
        number |= bits << (7 * index);
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    None
}

/// Appends a number as [`varint`] reads it.
pub(super) fn put_varint(to: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Appends a text with its length in front.
pub(super) fn put_text(to: &mut Vec<u8>, text: &str) {
    put_varint(to, text.len() as u64);
    to.extend_from_slice(text.as_bytes());
}
