//! Code points in their stored form: slices of one, two or four bytes each. Pure: knows nothing of objects.

/// An integer that stores one code point.
pub trait Unit: Copy + Ord + Into<u32> + 'static {
    /// Bytes of the unit.
    const KIND: u8;
    /// The unit for a code point that fits.
    fn from_code_point(point: u32) -> Self;
    /// The slice as `Units`.
    fn units(slice: &[Self]) -> Units<'_>;
}

impl Unit for u8 {
    const KIND: u8 = 1;
    #[inline(always)]
    fn from_code_point(point: u32) -> u8 {
        point as u8
    }
    #[inline(always)]
    fn units(slice: &[u8]) -> Units<'_> {
        Units::One(slice)
    }
}

impl Unit for u16 {
    const KIND: u8 = 2;
    #[inline(always)]
    fn from_code_point(point: u32) -> u16 {
        point as u16
    }
    #[inline(always)]
    fn units(slice: &[u16]) -> Units<'_> {
        Units::Two(slice)
    }
}

impl Unit for u32 {
    const KIND: u8 = 4;
    #[inline(always)]
    fn from_code_point(point: u32) -> u32 {
        point
    }
    #[inline(always)]
    fn units(slice: &[u32]) -> Units<'_> {
        Units::Four(slice)
    }
}

/// A run of code points.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Evaluates an expression with `$slice` bound to the slice inside `Units`, whatever its unit.
#[macro_export]
macro_rules! with_units {
    ($units:expr, $slice:ident => $body:expr) => {
        match $units {
            $crate::objects::str::units::Units::One($slice) => $body,
            $crate::objects::str::units::Units::Two($slice) => $body,
            $crate::objects::str::units::Units::Four($slice) => $body,
        }
    };
}

/// Code points that are encoded at a time.
const ENCODED_AT_ONCE: usize = 16;

/// Appends units in UTF-8, up to the first surrogate; says where that is, if there is one.
fn encode_utf8<U: Unit>(units: &[U], output: &mut Vec<u8>) -> Option<usize> {
    output.reserve(units.len() + units.len() / 4 + 16);
    for (block, chunk) in units.chunks(ENCODED_AT_ONCE).enumerate() {
        // Into an array first: there, no byte has to ask for room.
        let mut bytes = [0; 4 * ENCODED_AT_ONCE];
        if chunk.len() == ENCODED_AT_ONCE && chunk.iter().fold(0, |all, unit| all | (*unit).into()) < 0x80 {
            bytes.iter_mut().zip(chunk).for_each(|(byte, unit)| *byte = (*unit).into() as u8);
            output.extend_from_slice(&bytes[..ENCODED_AT_ONCE]);
            continue;
        }
        let mut used = 0;
        for (place, unit) in chunk.iter().enumerate() {
            let point: u32 = (*unit).into();
            let tail = |shift: u32| 0x80 | (point >> shift & 63) as u8;
            let room = &mut bytes[used..];
            used += match point {
                0..0x80 => {
                    room[0] = point as u8;
                    1
                }
                0x80..0x800 => {
                    room[..2].copy_from_slice(&[0xC0 | (point >> 6) as u8, tail(0)]);
                    2
                }
                0xD800..0xE000 => {
                    output.extend_from_slice(&bytes[..used]);
                    return Some(block * ENCODED_AT_ONCE + place);
                }
                0x800..0x1_0000 => {
                    room[..3].copy_from_slice(&[0xE0 | (point >> 12) as u8, tail(6), tail(0)]);
                    3
                }
                _ => {
                    room[..4].copy_from_slice(&[0xF0 | (point >> 18) as u8, tail(12), tail(6), tail(0)]);
                    4
                }
            };
        }
        output.extend_from_slice(&bytes[..used]);
    }
    None
}

impl<'a> Units<'a> {
    /// Appends the code points in UTF-8, up to the first surrogate; says where that is, if there is one.
    pub fn encode_utf8(self, output: &mut Vec<u8>) -> Option<usize> {
        with_units!(self, slice => encode_utf8(slice, output))
    }

    #[inline(always)]
    pub fn len(self) -> usize {
        with_units!(self, slice => slice.len())
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Bytes of a unit.
    #[inline(always)]
    pub fn kind(self) -> u8 {
        match self {
            Units::One(_) => 1,
            Units::Two(_) => 2,
            Units::Four(_) => 4,
        }
    }

    /// The code point at `index`; panics past the end.
    #[inline(always)]
    pub fn get(self, index: usize) -> u32 {
        with_units!(self, slice => slice[index].into())
    }

    /// The units from `start` up to `end`.
    #[inline]
    pub fn slice(self, start: usize, end: usize) -> Units<'a> {
        with_units!(self, slice => Unit::units(&slice[start..end]))
    }

    /// The units from `start` on.
    #[inline]
    pub fn from(self, start: usize) -> Units<'a> {
        self.slice(start, self.len())
    }

    /// A number in the same class as the largest code point: below 0x80, below 0x100, below 0x10000, or above.
    #[inline]
    pub fn bound(self) -> u32 {
        match self {
            Units::One(bytes) if bytes.is_ascii() => 0x7F,
            Units::One(_) => 0xFF,
            // An early end per block keeps long wide strings cheap and lets the loop be vectorised.
            Units::Two(wide) => bound_of(wide, 0x100),
            Units::Four(wide) => bound_of(wide, 0x1_0000),
        }
    }

    pub fn code_points(self) -> CodePoints<'a> {
        CodePoints { units: self, front: 0, back: self.len() }
    }

    /// The same memory as bytes.
    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Units::One(bytes) => bytes,
            // SAFETY: any initialised memory can be read as bytes.
            Units::Two(wide) => unsafe { std::slice::from_raw_parts(wide.as_ptr() as *const u8, wide.len() * 2) },
            // SAFETY: as above.
            Units::Four(wide) => unsafe { std::slice::from_raw_parts(wide.as_ptr() as *const u8, wide.len() * 4) },
        }
    }

    /// Writes all units to `target` as units of `kind` bytes and returns the end of what was written.
    ///
    /// # Safety
    /// `target` has room for them, is aligned for the kind, and does not overlap; the kind is wide enough.
    pub unsafe fn write(self, target: *mut u8, kind: u8) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            match (self, kind) {
                (Units::One(source), 1) => copy_same(source, target),
                (Units::Two(source), 2) => copy_same(source, target),
                (Units::Four(source), 4) => copy_same(source, target),
                (_, 1) => with_units!(self, source => convert(source, target)),
                (_, 2) => with_units!(self, source => convert(source, target as *mut u16) ),
                (_, _) => with_units!(self, source => convert(source, target as *mut u32) ),
            }
        }
    }

    /// Whether both runs hold the same code points, whatever their units.
    pub fn equals(self, other: Units<'_>) -> bool {
        match (self, other) {
            (Units::One(left), Units::One(right)) => left == right,
            (Units::Two(left), Units::Two(right)) => left == right,
            (Units::Four(left), Units::Four(right)) => left == right,
            _ => self.len() == other.len() && self.code_points().eq(other.code_points()),
        }
    }

    /// Order by code points.
    pub fn compare(self, other: Units<'_>) -> std::cmp::Ordering {
        match (self, other) {
            // Most comparisons are decided by the first character.
            (Units::One([left, ..]), Units::One([right, ..])) if left != right => left.cmp(right),
            (Units::One(left), Units::One(right)) => left.cmp(right),
            (Units::Two(left), Units::Two(right)) => left.cmp(right),
            (Units::Four(left), Units::Four(right)) => left.cmp(right),
            _ => self.code_points().cmp(other.code_points()),
        }
    }

    pub fn starts_with(self, prefix: Units<'_>) -> bool {
        prefix.len() <= self.len() && self.slice(0, prefix.len()).equals(prefix)
    }

    pub fn ends_with(self, suffix: Units<'_>) -> bool {
        suffix.len() <= self.len() && self.from(self.len() - suffix.len()).equals(suffix)
    }
}

/// The bits that occur in `units`, which suffice to classify the largest; stops early once one reaches `widest`.
fn bound_of<U: Unit>(units: &[U], widest: u32) -> u32 {
    let mut bits = 0u32;
    for block in units.chunks(256) {
        bits = block.iter().fold(bits, |bits, unit| bits | (*unit).into());
        if bits >= widest {
            break;
        }
    }
    bits
}

#[inline(always)]
unsafe fn copy_same<U: Unit>(source: &[U], target: *mut u8) -> *mut u8 {
    let bytes = size_of_val(source);
    // SAFETY: the caller of `write` promises room.
    unsafe {
        copy_bytes(source.as_ptr() as *const u8, target, bytes);
        target.add(bytes)
    }
}

/// Copies bytes between places that do not overlap. Most strings are short, and a call of the library for each costs
/// more than the copy: up to 32 bytes are two loads and two stores that may overlap each other.
///
/// # Safety
/// `count` bytes can be read at `source` and written at `target`.
#[inline(always)]
pub unsafe fn copy_bytes(source: *const u8, target: *mut u8, count: usize) {
    /// Copies the first and the last `size_of::<T>()` of `count` bytes.
    #[inline(always)]
    unsafe fn both_ends<T: Copy>(source: *const u8, target: *mut u8, count: usize) {
        let last = count - size_of::<T>();
        // SAFETY: the caller's count is at least that size, and at most twice as much.
        unsafe {
            let (head, tail) = ((source as *const T).read_unaligned(), (source.add(last) as *const T).read_unaligned());
            (target as *mut T).write_unaligned(head);
            (target.add(last) as *mut T).write_unaligned(tail);
        }
    }
    // SAFETY: the caller's promise; each size is at most the count.
    unsafe {
        match count {
            0 => {}
            1 => *target = *source,
            2..=3 => both_ends::<u16>(source, target, count),
            4..=7 => both_ends::<u32>(source, target, count),
            8..=15 => both_ends::<u64>(source, target, count),
            16..=32 => both_ends::<u128>(source, target, count),
            _ => std::ptr::copy_nonoverlapping(source, target, count),
        }
    }
}

/// Writes `count` copies of a byte.
///
/// # Safety
/// `count` bytes can be written at `target`.
#[inline(always)]
pub unsafe fn fill_bytes(target: *mut u8, byte: u8, count: usize) {
    let copies = [byte; 32];
    // SAFETY: the caller's promise.
    unsafe {
        match count {
            0..=32 => copy_bytes(copies.as_ptr(), target, count),
            _ => std::ptr::write_bytes(target, byte, count),
        }
    }
}

unsafe fn convert<S: Unit, T: Unit>(source: &[S], target: *mut T) -> *mut u8 {
    for (index, unit) in source.iter().enumerate() {
        // SAFETY: the caller of `write` promises room and width.
        unsafe { target.add(index).write(T::from_code_point((*unit).into())) };
    }
    // SAFETY: as above.
    unsafe { target.add(source.len()) as *mut u8 }
}

/// Iterator over code points, from both ends.
#[derive(Clone)]
pub struct CodePoints<'a> {
    units: Units<'a>,
    front: usize,
    back: usize,
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.front == self.back {
            return None;
        }
        let point = self.units.get(self.front);
        self.front += 1;
        Some(point)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.back - self.front;
        (left, Some(left))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.front == self.back {
            return None;
        }
        self.back -= 1;
        Some(self.units.get(self.back))
    }
}

impl ExactSizeIterator for CodePoints<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_classify() {
        assert_eq!(Units::One(b"abc").bound(), 0x7F);
        assert_eq!(Units::One(b"ab\xE9").bound(), 0xFF);
        assert!(Units::Two(&[0x61, 0xE9]).bound() < 0x100);
        assert!((0x100..0x10000).contains(&Units::Four(&[0x61, 0x20AC]).bound()));
        assert!(Units::Four(&[0x61, 0x1F600]).bound() >= 0x10000);
        let mut long = vec![0x61u16; 1000];
        long[999] = 0x3B1;
        assert!(Units::Two(&long).bound() >= 0x100);
    }

    #[test]
    fn mixed_kinds_compare_by_code_points() {
        assert!(Units::One(b"abc").equals(Units::Four(&[97, 98, 99])));
        assert!(Units::One(b"abc").compare(Units::Two(&[97, 98, 0x20AC])).is_lt());
        assert!(Units::Two(&[0xFFFF]).compare(Units::Four(&[0x10000])).is_lt());
        assert!(Units::Two(&[97, 98, 0x20AC]).starts_with(Units::One(b"ab")));
        assert!(Units::Two(&[0x20AC, 97, 98]).ends_with(Units::One(b"ab")));
    }

    #[test]
    fn writes_convert_width() {
        let mut narrow = [0u8; 3];
        let mut wide = [0u32; 3];
        // SAFETY: both targets have room for three units.
        unsafe {
            Units::Four(&[97, 98, 0xE9]).write(narrow.as_mut_ptr(), 1);
            Units::One(&narrow).write(wide.as_mut_ptr() as *mut u8, 4);
        }
        assert_eq!(narrow, [97, 98, 0xE9]);
        assert_eq!(wide, [97, 98, 0xE9]);
    }

    #[test]
    fn bytes_are_copied_at_every_length() {
        let source: Vec<u8> = (1..=80).collect();
        for count in 0..=source.len() {
            let mut target = [0u8; 81];
            // SAFETY: both have that many bytes.
            unsafe { copy_bytes(source.as_ptr(), target.as_mut_ptr(), count) };
            assert_eq!(target[..count], source[..count]);
            assert_eq!(target[count], 0);
        }
    }
}
