//! Code as bytes and back: what the embedded library and `.pyc` files hold.
//!
//! The form: `MAGIC`, a sum and the length of the rest: the table of all strings, then the outermost code; code inside other
//! code stands among its constants. Numbers are of variable length, but for instructions. A body says how long it is, so
//! that it can be left unread until it is called. A byte that is cut off or changed makes the sum wrong; bytes made up to
//! fit it give an error or other code, never a panic, for the verifier runs on all that this build did not write.

pub(crate) mod reader;
pub(crate) mod writer;

pub use reader::{ReadError, read, read_own};
pub use writer::write;

use crate::opcode::TABLE;

/// Changes when the same opcode table is written in another form, or sources are compiled to other code than before.
const FORM: u64 = 5;

/// Names the opcode table and the form, so that bytes of another build are refused.
pub const MAGIC: u64 = magic();

/// Blocks and tuples that may lie inside each other.
const DEPTH_MAX: u32 = 1000;

const fn magic() -> u64 {
    let mut hash = mix(0xcbf2_9ce4_8422_2325, &FORM.to_le_bytes());
    let mut index = 0;
    while index < TABLE.len() {
        let (name, kinds, documentation) = TABLE[index];
        let kinds = [kinds[0] as u8, kinds[1] as u8, kinds[2] as u8];
        hash = mix(mix(mix(hash, name.as_bytes()), &kinds), documentation.as_bytes());
        index += 1;
    }
    hash
}

/// One step of FNV-1a for each byte.
const fn mix(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        index += 1;
    }
    hash
}

/// The sum over a block's bytes, eight at a time.
pub fn checksum(bytes: &[u8]) -> u64 {
    let words = bytes.chunks(8).map(|chunk| chunk.iter().rev().fold(0, |word, byte| word << 8 | *byte as u64));
    words.fold(bytes.len() as u64, |sum, word| (sum.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// What a constant is, in its first byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
enum Tag {
    None,
    True,
    False,
    Ellipsis,
    Int,
    BigInt,
    Float,
    Complex,
    Str,
    StrSurrogates,
    Bytes,
    Tuple,
    FrozenSet,
    Code,
}

/// Every tag, in order.
const TAGS: [Tag; 14] = [
    Tag::None,
    Tag::True,
    Tag::False,
    Tag::Ellipsis,
    Tag::Int,
    Tag::BigInt,
    Tag::Float,
    Tag::Complex,
    Tag::Str,
    Tag::StrSurrogates,
    Tag::Bytes,
    Tag::Tuple,
    Tag::FrozenSet,
    Tag::Code,
];

/// A signed number as an unsigned one, small when it is near nought.
fn fold_sign(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

fn unfold_sign(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
