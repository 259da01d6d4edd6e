//! Hashes of strings and bytes: SipHash-1-3 over the stored bytes, with the interpreter's key (CPython's
//! `Python/pyhash.c`).

use crate::context::Context;
use crate::objects::str::StrObject;
use siphasher::sip::SipHasher13;

/// The hash of a run of bytes; never -1, and 0 for an empty run.
#[inline]
pub fn hash_bytes(key: (u64, u64), bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    match keyed_hash(key, bytes) as i64 {
        -1 => -2,
        hash => hash,
    }
}

/// SipHash-1-3 of a run of bytes.
#[inline]
pub fn keyed_hash(key: (u64, u64), bytes: &[u8]) -> u64 {
    SipHasher13::new_with_keys(key.0, key.1).hash(bytes)
}

/// The hash key for a value of `PYTHONHASHSEED`; CPython fills its secret from a linear congruential generator
/// (`Python/bootstrap_hash.c`), and leaves it zero for seed 0.
pub fn hash_key_from_seed(seed: u32) -> (u64, u64) {
    if seed == 0 {
        return (0, 0);
    }
    let mut state = seed;
    let mut word = || {
        let mut bytes = [0; 8];
        for byte in &mut bytes {
            state = state.wrapping_mul(214013).wrapping_add(2531011);
            *byte = (state >> 16) as u8;
        }
        u64::from_le_bytes(bytes)
    };
    (word(), word())
}

impl StrObject {
    /// The hash, computed at most once.
    #[inline(always)]
    pub fn hash(&self, cx: &Context) -> i64 {
        match self.hash.get() {
            0 => self.hash_with(cx.interpreter().hash_key),
            hash => hash,
        }
    }

    /// The hash with a key given by the caller, who has no context at hand.
    pub fn hash_with(&self, key: (u64, u64)) -> i64 {
        let known = self.hash.get();
        if known != 0 {
            return known;
        }
        let hash = hash_bytes(key, self.as_bytes());
        self.hash.set(hash);
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values are CPython 3.14's, with PYTHONHASHSEED set to the seed.
    #[test]
    fn hashes_are_those_of_cpython() {
        let zero = hash_key_from_seed(0);
        let other = hash_key_from_seed(42);
        assert_eq!(hash_bytes(zero, b""), 0);
        assert_eq!(hash_bytes(zero, b"a"), 4644417185603328019);
        assert_eq!(hash_bytes(zero, b"hello world"), -5642461784034726774);
        assert_eq!(hash_bytes(zero, &[0x61, 0, 0xAC, 0x20]), 5181483246891551849);
        assert_eq!(hash_bytes(other, b"a"), -123207753977932514);
        assert_eq!(hash_bytes(other, b"hello world"), -3893157060480277979);
    }
}
