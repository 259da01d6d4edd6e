//! The module `_sha3`.

use crate::algorithm;
use crate::arguments::hexadecimal;
use crate::hash::{Hash, digest_type, hash_type};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Given, NativeObject};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Bits of the state that all these algorithms stir.
const STATE_BITS: usize = 1600;

/// Digests longer than this are refused.
const LENGTH_MAX: u64 = (1 << 29) - 1;

/// One of the types, with the bits that end its input.
macro_rules! sha3_type {
    ($kind:ident, $state:ident, $name:tt, $row:ident, $suffix:literal, { $($more:tt)* }) => {
        $kind!(
            /// An object that hashes data: $name(data=b'', *, usedforsecurity=True).
            $state, $name, data, {
            #[new(name = "sha3_224")]
            #[allow(unused_variables)]
            fn new(
                cx: &mut Context,
                #[named]
                #[default(Given(None), "b''")]
                data: Given<Value>,
                #[keyword]
                #[default(true)]
                usedforsecurity: bool,
                #[default(Given(None), "None")] string: Given<Value>,
            ) -> Result<$state> {
                Ok($state(Hash::start(cx, &algorithm::$row, data, string)?))
            }

            $($more)*

            #[get]
            fn _rate_bits(&self) -> usize {
                self.0.algorithm.block_size * 8
            }

            #[get]
            fn _capacity_bits(&self) -> usize {
                STATE_BITS - self.0.algorithm.block_size * 8
            }

            #[get]
            fn _suffix(&self) -> Bytes {
                Bytes(vec![$suffix])
            }
        });
    };
}

macro_rules! shake_type {
    ($state:ident, $name:tt, $row:ident) => {
        sha3_type!(hash_type, $state, $name, $row, 0x1F, {
            /// So many bytes of the digest of the data so far.
            fn digest(&self, cx: &mut Context, #[named] length: u64) -> Result<Bytes> {
                bytes(cx, &self.0, length).map(Bytes)
            }

            /// So many bytes of the digest of the data so far, in hexadecimal digits.
            fn hexdigest(&self, cx: &mut Context, #[named] length: u64) -> Result<String> {
                bytes(cx, &self.0, length).map(|bytes| hexadecimal(&bytes))
            }
        });
    };
}

fn bytes(cx: &mut Context, hash: &Hash, length: u64) -> Result<Vec<u8>> {
    if length > LENGTH_MAX {
        return Err(cx.value_error("length is too large"));
    }
    hash.digest_of_length(cx, length as usize)
}

sha3_type!(digest_type, Sha3_224, "_sha3.sha3_224", SHA3_224, 6, {});
sha3_type!(digest_type, Sha3_256, "_sha3.sha3_256", SHA3_256, 6, {});
sha3_type!(digest_type, Sha3_384, "_sha3.sha3_384", SHA3_384, 6, {});
sha3_type!(digest_type, Sha3_512, "_sha3.sha3_512", SHA3_512, 6, {});
shake_type!(Shake128, "_sha3.shake_128", SHAKE_128);
shake_type!(Shake256, "_sha3.shake_256", SHAKE_256);

#[native_module("_sha3", types(Sha3_224, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256))]
mod rows {
    use super::*;

    #[constant]
    const _GIL_MINSIZE: i64 = crate::arguments::LARGE_BYTES as i64;

    #[constant]
    #[allow(non_upper_case_globals)]
    const implementation: &str = "RustCrypto";
}
