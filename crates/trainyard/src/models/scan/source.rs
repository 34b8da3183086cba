//! The bytes that a scan walks over, taken piece by piece with bounded memory.

use std::io::{self, BufRead, ErrorKind, Read};
use std::rc::Rc;

/// Longest text that may be the name of a module or class.
const MAX_NAME_BYTES: usize = 512;

/// The bytes of a pickle.
pub(super) struct Source<R> {
    reader: R,
    offset: u64,
}

impl<R: BufRead> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, offset: 0 }
    }

    /// How many bytes have been taken.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether what follows looks like another pickle.
    pub(super) fn begins_pickle(&mut self) -> io::Result<bool> {
        Ok(self.reader.fill_buf()?.first() == Some(&0x80))
    }

    pub(super) fn byte(&mut self) -> io::Result<u8> {
        self.number::<1>().map(|byte| byte as u8)
    }

    /// A little-endian number of `N` bytes.
    pub(super) fn number<const N: usize>(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.reader.read_exact(&mut bytes[..N])?;
        self.offset += N as u64;
        Ok(u64::from_le_bytes(bytes))
    }

    pub(super) fn skip(&mut self, length: u64) -> io::Result<()> {
        let mut left = length;
        while left > 0 {
            let available = self.reader.fill_buf()?.len() as u64;
            if available == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let step = available.min(left);
            self.reader.consume(step as usize);
            self.offset += step;
            left -= step;
        }
        Ok(())
    }

    /// A text of so many bytes, where it is short enough to be a name.
    pub(super) fn text(&mut self, length: u64) -> io::Result<Option<Rc<str>>> {
        let mut bytes = [0; MAX_NAME_BYTES];
        let Some(bytes) = usize::try_from(length).ok().and_then(|length| bytes.get_mut(..length)) else {
            self.skip(length)?;
            return Ok(None);
        };
        self.reader.read_exact(bytes)?;
        self.offset += length;
        Ok(std::str::from_utf8(bytes).ok().map(Rc::from))
    }

    /// What stands before the next line break, where it is short enough to be a name.
    pub(super) fn line(&mut self) -> io::Result<Option<Rc<str>>> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(MAX_NAME_BYTES as u64).read_until(b'\n', &mut line)?;
        self.offset += read as u64;
        if line.pop_if(|last| *last == b'\n').is_some() {
            return Ok(String::from_utf8(line).ok().map(Rc::from));
        }
        // Longer than any name, or cut off.
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let step = end.map_or(buffer.len(), |end| end + 1);
            self.reader.consume(step);
            self.offset += step as u64;
            if end.is_some() {
                return Ok(None);
            }
        }
    }
}
