//! Building strings piece by piece: the buffer widens when the first wider code point comes. Pure until `finish`.

use crate::context::Context;
use crate::heap::Owned;
use crate::objects::str::StrObject;
use crate::objects::str::units::{Unit, Units};
use crate::with_units;

/// A growing run of code points in the narrowest form so far.
pub struct StrBuilder {
    buffer: Buffer,
    ascii: bool,
}

enum Buffer {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Default for StrBuilder {
    fn default() -> StrBuilder {
        StrBuilder::new()
    }
}

impl StrBuilder {
    pub fn new() -> StrBuilder {
        StrBuilder::with_capacity(0)
    }

    pub fn with_capacity(length: usize) -> StrBuilder {
        StrBuilder { buffer: Buffer::One(Vec::with_capacity(length)), ascii: true }
    }

    /// Number of code points so far.
    pub fn len(&self) -> usize {
        self.units().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was built so far.
    pub fn units(&self) -> Units<'_> {
        match &self.buffer {
            Buffer::One(units) => Units::One(units),
            Buffer::Two(units) => Units::Two(units),
            Buffer::Four(units) => Units::Four(units),
        }
    }

    /// Makes room for `kind` bytes in each unit.
    fn widen(&mut self, bound: u32) {
        self.ascii &= bound < 0x80;
        self.buffer = match (&self.buffer, bound) {
            (_, 0..0x100) | (Buffer::Two(_), 0..0x1_0000) | (Buffer::Four(_), _) => return,
            (Buffer::One(units), 0..0x1_0000) => Buffer::Two(units.iter().map(|unit| *unit as u16).collect()),
            (Buffer::One(units), _) => Buffer::Four(units.iter().map(|unit| *unit as u32).collect()),
            (Buffer::Two(units), _) => Buffer::Four(units.iter().map(|unit| *unit as u32).collect()),
        };
    }

    /// Appends one code point.
    #[inline]
    pub fn push(&mut self, point: u32) {
        match &mut self.buffer {
            Buffer::One(units) if point < 0x100 => {
                self.ascii &= point < 0x80;
                units.push(point as u8);
            }
            Buffer::Two(units) if point < 0x1_0000 => units.push(point as u16),
            Buffer::Four(units) => units.push(point),
            _ => {
                self.widen(point);
                self.push(point);
            }
        }
    }

    /// Appends `point` so many times.
    pub fn push_repeated(&mut self, point: u32, count: usize) {
        self.widen(point);
        fn extend<U: Unit>(units: &mut Vec<U>, point: u32, count: usize) {
            units.resize(units.len() + count, U::from_code_point(point));
        }
        match &mut self.buffer {
            Buffer::One(units) => extend(units, point, count),
            Buffer::Two(units) => extend(units, point, count),
            Buffer::Four(units) => extend(units, point, count),
        }
    }

    /// Appends ASCII text or any other.
    pub fn push_text(&mut self, text: &str) {
        match &mut self.buffer {
            Buffer::One(units) if text.is_ascii() => units.extend_from_slice(text.as_bytes()),
            _ => text.chars().for_each(|point| self.push(point as u32)),
        }
    }

    /// Appends a run of code points.
    pub fn push_units(&mut self, source: Units<'_>) {
        self.widen(source.bound());
        fn extend<S: Unit, T: Unit>(target: &mut Vec<T>, source: &[S]) {
            target.extend(source.iter().map(|unit| T::from_code_point((*unit).into())));
        }
        match (&mut self.buffer, source) {
            (Buffer::One(target), Units::One(source)) => target.extend_from_slice(source),
            (Buffer::Two(target), Units::Two(source)) => target.extend_from_slice(source),
            (Buffer::Four(target), Units::Four(source)) => target.extend_from_slice(source),
            (Buffer::One(target), _) => with_units!(source, slice => extend(target, slice)),
            (Buffer::Two(target), _) => with_units!(source, slice => extend(target, slice)),
            (Buffer::Four(target), _) => with_units!(source, slice => extend(target, slice)),
        }
    }

    /// Appends a whole string.
    #[inline]
    pub fn push_str(&mut self, string: &StrObject) {
        match &mut self.buffer {
            Buffer::One(units) if string.is_ascii() => units.extend_from_slice(string.as_bytes()),
            _ => self.push_units(string.units()),
        }
    }

    /// Puts a run of code points over those from `at` on, and behind them; `at` is at most the length.
    pub fn overwrite(&mut self, at: usize, source: Units<'_>) {
        let covered = source.len().min(self.len() - at);
        self.widen(source.bound());
        fn put<T: Unit>(target: &mut [T], source: Units<'_>) {
            target.iter_mut().zip(source.code_points()).for_each(|(unit, point)| *unit = T::from_code_point(point));
        }
        let under = source.slice(0, covered);
        match &mut self.buffer {
            Buffer::One(units) => put(&mut units[at..], under),
            Buffer::Two(units) => put(&mut units[at..], under),
            Buffer::Four(units) => put(&mut units[at..], under),
        }
        self.push_units(source.from(covered));
    }

    /// The string from code point `start` to `end`; what was built stays.
    pub fn substring(&self, cx: &mut Context, start: usize, end: usize) -> Owned {
        match &self.buffer {
            Buffer::One(bytes) if self.ascii => StrObject::from_latin1_known(cx, &bytes[start..end], true),
            _ => StrObject::from_units(cx, self.units().slice(start, end)),
        }
    }

    /// Forgets everything from code point `length` on. The buffer stays as wide as it was.
    pub fn truncate(&mut self, length: usize) {
        match &mut self.buffer {
            Buffer::One(units) => units.truncate(length),
            Buffer::Two(units) => units.truncate(length),
            Buffer::Four(units) => units.truncate(length),
        }
    }

    /// The string that was built.
    pub fn finish(self, cx: &mut Context) -> Owned {
        match &self.buffer {
            Buffer::One(bytes) if self.ascii => StrObject::from_latin1_known(cx, bytes, true),
            _ => StrObject::from_units(cx, self.units()),
        }
    }
}

impl std::fmt::Write for StrBuilder {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.push_text(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(builder: &StrBuilder) -> Vec<u32> {
        builder.units().code_points().collect()
    }

    #[test]
    fn widens_on_demand() {
        let mut builder = StrBuilder::new();
        builder.push_text("ab");
        assert_eq!(builder.units().kind(), 1);
        builder.push(0xE9);
        assert!(!builder.ascii);
        builder.push_units(Units::Two(&[0x20AC]));
        assert_eq!(builder.units().kind(), 2);
        builder.push_repeated(0x1F600, 2);
        builder.push_text("é");
        assert_eq!(builder.units().kind(), 4);
        assert_eq!(points(&builder), [97, 98, 0xE9, 0x20AC, 0x1F600, 0x1F600, 0xE9]);
        builder.truncate(2);
        assert_eq!(points(&builder), [97, 98]);
    }

    #[test]
    fn wide_source_with_narrow_content_stays_narrow() {
        let mut builder = StrBuilder::new();
        builder.push_units(Units::Four(&[97, 98]));
        assert_eq!(builder.units().kind(), 1);
        assert!(builder.ascii);
    }
}
