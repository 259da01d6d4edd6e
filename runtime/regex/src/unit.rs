//! Strings of one, two or four bytes for each character.

/// What a program runs over. All indices count characters.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// Bytes, or a string of code points below 0x100.
    One(&'a [u8]),
    /// Code points below 0x1_0000.
    Two(&'a [u16]),
    /// Any code points.
    Four(&'a [u32]),
}

impl Subject<'_> {
    /// The number of characters.
    pub fn len(&self) -> usize {
        match self {
            Subject::One(text) => text.len(),
            Subject::Two(text) => text.len(),
            Subject::Four(text) => text.len(),
        }
    }

    /// Whether there are no characters.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A character as it is stored.
pub(crate) trait Unit: Copy + Eq {
    /// The code point.
    fn point(self) -> u32;
    /// The code point, if it is below 0x100, where sets are tables.
    fn latin(self) -> Result<u8, u32>;
    /// Where `point` is first.
    fn find(text: &[Self], point: u32) -> Option<usize>;
    /// Where any of `points` is first.
    fn find_any(text: &[Self], points: &[u8]) -> Option<usize>;
    /// Where `point` is last.
    fn find_last(text: &[Self], point: u32) -> Option<usize>;
    /// Where the string that `finder` knows as bytes and `points` as code points is first.
    fn find_string(text: &[Self], points: &[u32], finder: Option<&memchr::memmem::Finder<'static>>) -> Option<usize>;
}

impl Unit for u8 {
    #[inline(always)]
    fn point(self) -> u32 {
        self.into()
    }

    #[inline(always)]
    fn latin(self) -> Result<u8, u32> {
        Ok(self)
    }

    #[inline]
    fn find(text: &[u8], point: u32) -> Option<usize> {
        memchr::memchr(u8::try_from(point).ok()?, text)
    }

    #[inline]
    fn find_any(text: &[u8], points: &[u8]) -> Option<usize> {
        match *points {
            [one] => memchr::memchr(one, text),
            [one, two] => memchr::memchr2(one, two, text),
            [one, two, three] => memchr::memchr3(one, two, three, text),
            _ => text.iter().position(|unit| points.contains(unit)),
        }
    }

    #[inline]
    fn find_last(text: &[u8], point: u32) -> Option<usize> {
        memchr::memrchr(u8::try_from(point).ok()?, text)
    }

    #[inline]
    fn find_string(text: &[u8], _: &[u32], finder: Option<&memchr::memmem::Finder<'static>>) -> Option<usize> {
        finder?.find(text)
    }
}

/// Characters that are compared together, so that the compiler makes vector instructions of it.
const LANES: usize = 16;

/// Where `is` first holds; it must be a test of a few instructions without branches.
#[inline]
fn position<U: Unit>(text: &[U], is: impl Fn(U) -> bool) -> Option<usize> {
    let mut skipped = 0;
    for lanes in text.chunks(LANES) {
        if lanes.iter().fold(false, |found, unit| found | is(*unit)) {
            return lanes.iter().position(|unit| is(*unit)).map(|index| skipped + index);
        }
        skipped += lanes.len();
    }
    None
}

macro_rules! wide_unit {
    ($unit:ty) => {
        impl Unit for $unit {
            #[inline(always)]
            fn point(self) -> u32 {
                self.into()
            }

            #[inline(always)]
            fn latin(self) -> Result<u8, u32> {
                u8::try_from(self).map_err(|_| self.into())
            }

            #[inline]
            fn find(text: &[$unit], point: u32) -> Option<usize> {
                let point = <$unit>::try_from(point).ok()?;
                position(text, |unit| unit == point)
            }

            #[inline]
            fn find_any(text: &[$unit], points: &[u8]) -> Option<usize> {
                match *points {
                    [one] => position(text, |unit| unit == one.into()),
                    [one, two] => position(text, |unit| unit == one.into() || unit == two.into()),
                    [one, two, three] => {
                        position(text, |unit| unit == one.into() || unit == two.into() || unit == three.into())
                    }
                    _ => text.iter().position(|unit| unit.latin().is_ok_and(|latin| points.contains(&latin))),
                }
            }

            #[inline]
            fn find_last(text: &[$unit], point: u32) -> Option<usize> {
                text.iter().rposition(|unit| unit.point() == point)
            }

            fn find_string(
                text: &[$unit],
                points: &[u32],
                _: Option<&memchr::memmem::Finder<'static>>,
            ) -> Option<usize> {
                let (first, rest) = points.split_first()?;
                let last_start = text.len().checked_sub(points.len())?;
                let mut start = 0;
                while start <= last_start {
                    start += Self::find(&text[start..=last_start], *first)?;
                    let found = &text[start + 1..start + points.len()];
                    if found.iter().zip(rest).all(|(unit, point)| unit.point() == *point) {
                        return Some(start);
                    }
                    start += 1;
                }
                None
            }
        }
    };
}

wide_unit!(u16);
wide_unit!(u32);
