//! HMAC (RFC 2104) over any algorithm with digests of one length, and the module `_hmac`.

use crate::algorithm::{self, ALGORITHMS, Algorithm, Engine};
use crate::arguments::{self, hexadecimal};
use crate::hash::Hash;
use sidewinder_macros::{Traverse, methods, native_functions, native_module, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Given, NativeObject};
use sidewinder_runtime::objects::exception::{self, VALUE_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{TYPE, TypeObject};
use sidewinder_runtime::objects::{dict, dict::DictObject};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::Cell;

/// An HMAC that is being computed.
pub struct Keyed {
    hash: Hash,
    /// Has taken in the outer block, and is copied to be finished.
    outer: Box<dyn Engine>,
}

impl Keyed {
    pub fn new(algorithm: &'static Algorithm, key: &[u8]) -> Keyed {
        let (first, second) = algorithm::pads(algorithm, key, |key, output| {
            let mut engine = (algorithm.make)();
            engine.update(key);
            engine.finish(output);
        });
        let (mut inner, mut outer) = ((algorithm.make)(), (algorithm.make)());
        inner.update(&first);
        outer.update(&second);
        Keyed { hash: Hash::with_engine(algorithm, algorithm.digest_size, inner), outer }
    }

    pub fn update(&self, cx: &mut Context, message: Value) -> Result<()> {
        self.hash.update(cx, message)
    }

    pub fn digest(&self, cx: &mut Context) -> Vec<u8> {
        let mut digest = self.hash.digest(cx);
        let mut outer = self.outer.copy();
        outer.update(&digest);
        outer.finish(&mut digest);
        digest
    }

    pub fn copy(&self, cx: &mut Context) -> Keyed {
        Keyed { hash: self.hash.copy(cx), outer: self.outer.copy() }
    }

    pub fn algorithm(&self) -> &'static Algorithm {
        self.hash.algorithm
    }
}

/// A type of objects that compute an HMAC.
macro_rules! keyed_type {
    ($(#[$documentation:meta])* $state:ident, $name:tt) => {
        $(#[$documentation])*
        #[native_type($name, uncollected)]
        #[derive(Traverse)]
        pub struct $state(#[plain] pub Keyed);

        #[methods]
        impl $state {
            /// A new object that has taken in the same key and message.
            fn copy(&self, cx: &mut Context) -> Result<Owned> {
                let copy = self.0.copy(cx);
                NativeObject::new(cx, $state(copy))
            }

            /// Takes in more of the message.
            fn update(&self, cx: &mut Context, #[named] msg: Value) -> Result<()> {
                self.0.update(cx, msg)
            }

            /// The code of the message so far.
            fn digest(&self, cx: &mut Context) -> Bytes {
                Bytes(self.0.digest(cx))
            }

            /// The code of the message so far, in hexadecimal digits.
            fn hexdigest(&self, cx: &mut Context) -> String {
                hexadecimal(&self.0.digest(cx))
            }

            #[get]
            fn name(&self) -> String {
                format!("hmac-{}", self.0.algorithm().name)
            }

            #[get]
            fn block_size(&self) -> usize {
                self.0.algorithm().block_size
            }

            #[get]
            fn digest_size(&self) -> usize {
                self.0.algorithm().digest_size
            }

            #[slot(repr)]
            fn repr(&self, this: Value) -> String {
                format!("<{} HMAC object @ {:#x}>", self.0.algorithm().name, this.0)
            }
        }
    };
}

pub(crate) use keyed_type;

keyed_type!(Hmac, "_hmac.HMAC");

/// The class of the errors for algorithms that are not known.
#[derive(Default)]
struct State {
    unknown_hash_error: Cell<Option<Owned>>,
}

/// A subclass of `ValueError` that belongs to a module, and is made once: a module that is imported anew shares it with
/// the functions of the old one.
pub fn error_class(cx: &mut Context, place: &Cell<Option<Owned>>, module: &str, name: &str) -> Result<Owned> {
    if let Some(made) = place.take() {
        place.set(Some(made.clone()));
        return Ok(made);
    }
    let bases = TupleObject::new(cx, &[VALUE_ERROR.value()]);
    let namespace = DictObject::new(cx);
    let home = StrObject::new(cx, module);
    dict::of(namespace.value()).set_text(cx, "__module__", home.value());
    let name = StrObject::new(cx, name);
    let made = call::call(cx, TYPE.value(), &[name.value(), bases.value(), namespace.value()])?;
    place.set(Some(made.clone()));
    Ok(made)
}

/// Raises an error of a class made by `error_class`.
pub fn raise_class(cx: &mut Context, place: &Cell<Option<Owned>>, message: &str) -> Raised {
    let held = place.take();
    place.set(held.clone());
    match held.as_ref().and_then(|held| held.value().cast::<TypeObject>()) {
        Some(class) => {
            let message = StrObject::new(cx, message);
            match call::call(cx, class.value(), &[message.value()]) {
                Ok(made) => exception::raise(cx, made),
                Err(raised) => raised,
            }
        }
        None => cx.value_error(message),
    }
}

/// The algorithm for the argument `digestmod`: its name, in small or mixed letters.
fn find(cx: &mut Context, digest: Value) -> Result<&'static Algorithm> {
    if let Some(name) = str::text(digest) {
        let wanted = |name: &str| {
            ALGORITHMS.iter().find(|row| row.name == name && !row.is_extendable() && !row.name.starts_with("sha512_"))
        };
        if let Some(found) = wanted(&name).or_else(|| wanted(&name.to_lowercase())) {
            return Ok(found);
        }
    }
    let shown = convert::repr_text(cx, digest)?;
    let state = cx.state::<State>();
    Err(raise_class(cx, &state.unknown_hash_error, &format!("unsupported hash type: {shown}")))
}

/// The code of a message.
pub fn compute(cx: &mut Context, algorithm: &'static Algorithm, key: Value, message: Value) -> Result<Bytes> {
    let key = arguments::data(cx, key)?;
    let keyed = Keyed::new(algorithm, key.as_slice());
    keyed.update(cx, message)?;
    Ok(Bytes(keyed.digest(cx)))
}

/// Message authentication codes, without OpenSSL.
#[native_module("_hmac", include(computed), types(hidden Hmac))]
mod rows {
    use super::*;

    #[constant]
    const _GIL_MINSIZE: i64 = arguments::LARGE_BYTES as i64;

    /// A new object that computes the code of a message.
    #[function]
    fn new(
        cx: &mut Context,
        #[named] key: Value,
        #[default(None)] msg: Option<Value>,
        #[default(Given(None), "None")] digestmod: Given<Value>,
    ) -> Result<Owned> {
        let Some(digest) = digestmod.0 else {
            return Err(cx.type_error("new() missing 1 required argument 'digestmod'"));
        };
        let algorithm = find(cx, digest)?;
        let key = arguments::data(cx, key)?;
        let keyed = Keyed::new(algorithm, key.as_slice());
        if let Some(message) = msg {
            keyed.update(cx, message)?;
        }
        NativeObject::new(cx, Hmac(keyed))
    }

    /// The code of a message, made by an algorithm that is given by its name.
    #[function]
    fn compute_digest(cx: &mut Context, #[named] key: Value, msg: Value, digest: Value) -> Result<Bytes> {
        let algorithm = find(cx, digest)?;
        compute(cx, algorithm, key, msg)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        module.namespace().set_text(cx, "HMAC", HMAC.value());
        let state = cx.state::<State>();
        let class = error_class(cx, &state.unknown_hash_error, "_hmac", "UnknownHashError")?;
        module.namespace().set_text(cx, "UnknownHashError", class.value());
        Ok(())
    }
}

macro_rules! computed {
    ($( $function:ident $row:ident )*) => {
        /// A function for each algorithm.
        #[native_functions]
        pub mod computed {
            use super::*;

            $(
                /// The code of a message by this algorithm.
                #[function]
                fn $function(cx: &mut Context, key: Value, msg: Value) -> Result<Bytes> {
                    compute(cx, &algorithm::$row, key, msg)
                }
            )*
        }
    };
}

computed! {
    compute_md5 MD5
    compute_sha1 SHA1
    compute_sha224 SHA224
    compute_sha256 SHA256
    compute_sha384 SHA384
    compute_sha512 SHA512
    compute_sha3_224 SHA3_224
    compute_sha3_256 SHA3_256
    compute_sha3_384 SHA3_384
    compute_sha3_512 SHA3_512
    compute_blake2s_32 BLAKE2S
    compute_blake2b_32 BLAKE2B
}
