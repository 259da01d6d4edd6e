//! The form of the embedded library, shared by the build script, which writes it, and the crate, which reads it: the
//! number of rows, the rows, sorted by name, then the bytes that they point to. All numbers have 32 bits.

/// Where bytes lie, and how many they are when they are decompressed; stored as they are if that is as many.
#[derive(Clone, Copy)]
pub struct Part {
    pub start: u32,
    pub stored: u32,
    pub length: u32,
}

/// A module, or a file of data.
pub struct Row {
    /// Its full name, never compressed.
    pub name: Part,
    /// Its code, empty if the compiler refuses the source.
    pub code: Part,
    pub source: Part,
    pub flags: u32,
}

/// A flag: the module is a package.
pub const PACKAGE: u32 = 1;

/// A flag: the row is a file of data, and its name the place below the library's folder.
pub const DATA: u32 = 2;

/// Bytes of a row.
pub const ROW_SIZE: usize = 40;

/// Bytes before the first row.
pub const HEADER_SIZE: usize = 4;

impl Row {
    /// The row as bytes.
    #[allow(dead_code, reason = "the build script writes, the crate reads")]
    pub fn write(&self) -> [u8; ROW_SIZE] {
        let mut bytes = [0; ROW_SIZE];
        let parts = [self.name, self.code, self.source];
        let numbers = parts.into_iter().flat_map(|part| [part.start, part.stored, part.length]).chain([self.flags]);
        for (word, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            word.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// The row at an index.
    #[allow(dead_code, reason = "the build script writes, the crate reads")]
    pub fn read(bytes: &[u8], index: usize) -> Row {
        let start = HEADER_SIZE + index * ROW_SIZE;
        let number = |word: usize| read_number(bytes, start + word * 4);
        let part = |first| Part { start: number(first), stored: number(first + 1), length: number(first + 2) };
        Row { name: part(0), code: part(3), source: part(6), flags: number(9) }
    }
}

/// The number at an offset.
pub fn read_number(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().rev().fold(0, |number, byte| number << 8 | *byte as u32)
}
