//! Code as bytes and back: what the embedded library and `.pyc` files hold.
//!
//! The form: `MAGIC`, the table of all strings, then the outermost block; a block inside another stands among its
//! constants. The body of a block says how long it is, so that it can be left unread. Numbers are variable-length, so a
//! byte that is cut off or changed gives an error or other code, never a panic: whoever reads bytes that this build did
//! not write runs the verifier on the result.

pub(crate) mod reader;
pub(crate) mod writer;

pub use reader::{ReadError, read, read_own};
pub use writer::write;

use crate::opcode::TABLE;

/// Changes when the same opcode table is written in another form, or sources are compiled to other code than before.
const FORM: u64 = 3;

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
