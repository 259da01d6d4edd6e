//! The module `_blake2`, with all parameters of the algorithm (RFC 7693 and the paper on BLAKE2, section 2.8).

use crate::algorithm::{self, Algorithm, Engine};
use crate::arguments::{self, hexadecimal};
use crate::hash::{Hash, digest_type, hash_type};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Given, NativeObject, NativeType};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// How large a variant's parameters may be.
struct Limits {
    name: &'static str,
    digest_bytes_max: usize,
    key_bytes_max: usize,
    salt_bytes: usize,
    person_bytes: usize,
    node_offset_max: u64,
}

const LIMITS_B: Limits = Limits {
    name: "Blake2b",
    digest_bytes_max: 64,
    key_bytes_max: 64,
    salt_bytes: 16,
    person_bytes: 16,
    node_offset_max: u64::MAX,
};

const LIMITS_S: Limits = Limits {
    name: "Blake2s",
    digest_bytes_max: 32,
    key_bytes_max: 32,
    salt_bytes: 8,
    person_bytes: 8,
    node_offset_max: (1 << 48) - 1,
};

/// What a constructor is given, beside data.
struct Parameters {
    digest_size: i32,
    key: Option<Buffer>,
    salt: Option<Buffer>,
    person: Option<Buffer>,
    fanout: i32,
    depth: i32,
    leaf_size: u64,
    node_offset: u64,
    node_depth: i32,
    inner_size: i32,
    last_node: bool,
}

fn slice(buffer: &Option<Buffer>) -> &[u8] {
    buffer.as_ref().map(Buffer::as_slice).unwrap_or_default()
}

impl Parameters {
    /// An error for what is out of the variant's range.
    fn check(&self, cx: &mut Context, limits: &Limits) -> Result<()> {
        let Limits { name, digest_bytes_max, key_bytes_max, salt_bytes, person_bytes, node_offset_max } = *limits;
        let found = if !(1..=digest_bytes_max as i32).contains(&self.digest_size) {
            let given = self.digest_size;
            format!("digest_size for {name} must be between 1 and {digest_bytes_max} bytes, here it is {given}")
        } else if slice(&self.salt).len() > salt_bytes {
            format!("maximum salt length is {salt_bytes} bytes")
        } else if slice(&self.person).len() > person_bytes {
            format!("maximum person length is {person_bytes} bytes")
        } else if !(0..=255).contains(&self.fanout) {
            "fanout must be between 0 and 255".into()
        } else if !(1..=255).contains(&self.depth) {
            "depth must be between 1 and 255".into()
        } else if self.leaf_size > u32::MAX as u64 {
            return Err(cx.overflow_error("leaf_size is too large"));
        } else if self.node_offset > node_offset_max {
            return Err(cx.overflow_error("node_offset is too large"));
        } else if !(0..=255).contains(&self.node_depth) {
            "node_depth must be between 0 and 255".into()
        } else if !(0..=digest_bytes_max as i32).contains(&self.inner_size) {
            format!("inner_size must be between 0 and is {digest_bytes_max}")
        } else if slice(&self.key).len() > key_bytes_max {
            format!("maximum key length is {key_bytes_max} bytes")
        } else {
            return Ok(());
        };
        Err(cx.value_error(found))
    }
}

/// The engine for parameters that were checked.
macro_rules! engine {
    ($function:ident, $variant:ident) => {
        fn $function(parameters: &Parameters) -> Box<dyn Engine> {
            let mut made = $variant::Params::new();
            made.hash_length(parameters.digest_size as usize)
                .key(slice(&parameters.key))
                .salt(slice(&parameters.salt))
                .personal(slice(&parameters.person))
                .fanout(parameters.fanout as u8)
                .max_depth(parameters.depth as u8)
                .max_leaf_length(parameters.leaf_size as u32)
                .node_offset(parameters.node_offset)
                .node_depth(parameters.node_depth as u8)
                .inner_hash_length(parameters.inner_size as usize)
                .last_node(parameters.last_node);
            Box::new(made.to_state())
        }
    };
}

engine!(engine_b, blake2b_simd);
engine!(engine_s, blake2s_simd);

/// A hash with parameters, which is given the first data if there is any.
fn start(
    cx: &mut Context,
    algorithm: &'static Algorithm,
    limits: &Limits,
    engine: fn(&Parameters) -> Box<dyn Engine>,
    parameters: Parameters,
    data: (Given<Value>, Given<Value>),
) -> Result<Hash> {
    let data = arguments::first_data(cx, data.0, data.1)?;
    parameters.check(cx, limits)?;
    let hash = Hash::with_engine(algorithm, parameters.digest_size as usize, engine(&parameters));
    if let Some(data) = data {
        hash.update(cx, data)?;
    }
    Ok(hash)
}

/// A number of 64 bits.
fn offset(cx: &mut Context, value: Option<Value>) -> Result<u64> {
    let Some(value) = value else { return Ok(0) };
    let number = convert::index(cx, value)?;
    if int::is_negative(number.value()) {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    int::as_u64(number.value()).ok_or_else(|| cx.overflow_error("Python int too large for C unsigned long long"))
}

macro_rules! blake_type {
    ($state:ident, $name:tt, $function:literal, $row:ident, $limits:ident, $engine:ident, $digest_bytes:literal, $digest_text:literal) => {
        digest_type!(
            /// An object that hashes data, with a key, salt and place in a tree if wanted.
            $state, $name, data, {
            #[new(name = $function)]
            #[allow(unused_variables, clippy::too_many_arguments)]
            fn new(
                cx: &mut Context,
                #[named]
                #[default(Given(None), "b''")]
                data: Given<Value>,
                #[keyword]
                #[default($digest_bytes, $digest_text)]
                digest_size: i32,
                #[default(Given(None), "b''")] key: Given<Buffer>,
                #[default(Given(None), "b''")] salt: Given<Buffer>,
                #[default(Given(None), "b''")] person: Given<Buffer>,
                #[default(1)] fanout: i32,
                #[default(1)] depth: i32,
                #[default(0)] leaf_size: u64,
                #[default(Given(None), "0")] node_offset: Given<Value>,
                #[default(0)] node_depth: i32,
                #[default(0)] inner_size: i32,
                #[default(false)] last_node: bool,
                #[default(true)] usedforsecurity: bool,
                #[default(Given(None), "None")] string: Given<Value>,
            ) -> Result<$state> {
                let parameters = Parameters {
                    digest_size,
                    key: key.0,
                    salt: salt.0,
                    person: person.0,
                    fanout,
                    depth,
                    leaf_size,
                    node_offset: offset(cx, node_offset.0)?,
                    node_depth,
                    inner_size,
                    last_node,
                };
                start(cx, &algorithm::$row, &$limits, $engine, parameters, (data, string)).map($state)
            }
        });
    };
}

blake_type!(Blake2b, "_blake2.blake2b", "blake2b", BLAKE2B, LIMITS_B, engine_b, 64, "_blake2.blake2b.MAX_DIGEST_SIZE");
blake_type!(Blake2s, "_blake2.blake2s", "blake2s", BLAKE2S, LIMITS_S, engine_s, 32, "_blake2.blake2s.MAX_DIGEST_SIZE");

/// The hash functions BLAKE2b and BLAKE2s.
#[native_module("_blake2", types(Blake2b, Blake2s))]
mod rows {
    use super::*;

    #[constant]
    const _GIL_MINSIZE: i64 = arguments::LARGE_BYTES as i64;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let kinds = [
            ("BLAKE2B", <Blake2b as NativeType>::type_object(), &LIMITS_B),
            ("BLAKE2S", <Blake2s as NativeType>::type_object(), &LIMITS_S),
        ];
        for (prefix, kind, limits) in kinds {
            let constants = [
                ("SALT_SIZE", limits.salt_bytes),
                ("PERSON_SIZE", limits.person_bytes),
                ("MAX_KEY_SIZE", limits.key_bytes_max),
                ("MAX_DIGEST_SIZE", limits.digest_bytes_max),
            ];
            for (name, number) in constants {
                let number = int::from_usize(cx, number);
                kind.object.namespace(cx).set_text(cx, name, number.value());
                module.namespace().set_text(cx, &format!("{prefix}_{name}"), number.value());
            }
            kind.object.modified(cx);
        }
        Ok(())
    }
}
