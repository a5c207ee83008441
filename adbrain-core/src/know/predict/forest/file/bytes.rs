//! Numbers as bytes, and back with every length checked.

use crate::error::{Error, ErrorKind, Result};

/// Bytes that grow.
#[derive(Default)]
pub(in crate::know::predict) struct Writer {
    pub(in crate::know::predict) bytes: Vec<u8>,
}

impl Writer {
    pub(in crate::know::predict) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(in crate::know::predict) fn word(&mut self, number: u32) {
        self.raw(&number.to_le_bytes());
    }

    pub(in crate::know::predict) fn long(&mut self, number: u64) {
        self.raw(&number.to_le_bytes());
    }

    pub(in crate::know::predict) fn double(&mut self, number: f64) {
        self.raw(&number.to_le_bytes());
    }

    /// A length in one byte for each seven bits.
    #[expect(clippy::cast_possible_truncation, reason = "seven bits of it")]
    pub(in crate::know::predict) fn short(&mut self, mut number: u64) {
        while number > 0x7F {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(in crate::know::predict) fn text(&mut self, text: &str) {
        self.short(text.len() as u64);
        self.raw(text.as_bytes());
    }

    pub(in crate::know::predict) fn doubles(&mut self, numbers: &[f64]) {
        self.short(numbers.len() as u64);
        for number in numbers {
            self.double(*number);
        }
    }
}

/// Bytes that are read from the front.
pub(in crate::know::predict) struct Reader<'a> {
    left: &'a [u8],
    all: usize,
}

impl<'a> Reader<'a> {
    pub(in crate::know::predict) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes, all: bytes.len() }
    }

    /// What is not read yet.
    pub(in crate::know::predict) fn rest(&self) -> &'a [u8] {
        self.left
    }

    /// Says no to bytes that are left over.
    pub(in crate::know::predict) fn done(&self) -> Result<()> {
        if self.left.is_empty() { Ok(()) } else { Err(self.wrong("there are bytes too many")) }
    }

    /// The bytes of the whole body.
    pub(in crate::know::predict) fn size(&self) -> usize {
        self.all
    }

    /// What is wrong, with the place.
    pub(in crate::know::predict) fn wrong(&self, what: &str) -> Error {
        let at = super::envelope::HEAD + self.all - self.left.len();
        corrupt(&format!("{what} near byte {at}"))
    }

    pub(in crate::know::predict) fn raw(&mut self, count: usize) -> Result<&'a [u8]> {
        let Some((taken, left)) = self.left.split_at_checked(count) else {
            return Err(self.wrong("the file ends early"));
        };
        self.left = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let taken = self.raw(N)?;
        taken.try_into().map_err(|_| self.wrong("the file ends early"))
    }

    pub(in crate::know::predict) fn byte(&mut self) -> Result<u8> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(in crate::know::predict) fn word(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(in crate::know::predict) fn long(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(in crate::know::predict) fn double(&mut self) -> Result<f64> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    pub(in crate::know::predict) fn short(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(self.wrong("a length has too many bytes"))
    }

    /// A length of things of at least `size` bytes each, which the rest of the file can hold.
    pub(in crate::know::predict) fn count(&mut self, size: usize) -> Result<usize> {
        let count = self.short()?;
        self.fits(count, size)
    }

    /// A number of things of at least `size` bytes each, where the rest of the file can hold them.
    pub(in crate::know::predict) fn fits(&self, count: u64, size: usize) -> Result<usize> {
        match usize::try_from(count) {
            Ok(count) if count.checked_mul(size).is_some_and(|bytes| bytes <= self.left.len()) => Ok(count),
            _ => Err(self.wrong("a list is longer than the file")),
        }
    }

    pub(in crate::know::predict) fn text(&mut self) -> Result<String> {
        let count = self.count(1)?;
        let bytes = self.raw(count)?.to_vec();
        String::from_utf8(bytes).map_err(|_| self.wrong("a text is not UTF-8"))
    }

    pub(in crate::know::predict) fn doubles(&mut self) -> Result<Vec<f64>> {
        let count = self.count(size_of::<f64>())?;
        (0..count).map(|_| self.double()).collect()
    }
}

pub(in crate::know::predict) fn corrupt(what: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the bytes are no whole model: {what}"))
        .next("take another copy, or fit again")
}
