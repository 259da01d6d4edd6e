//! The module `_hashlib`, which CPython has over OpenSSL: the same names, types and messages over our own algorithms.

use crate::algorithm::{self, ALGORITHMS, Algorithm, Derivation};
use crate::arguments::{self, hexadecimal};
use crate::hash::Hash;
use crate::hmac::{self, Keyed, error_class, keyed_type, raise_class};
use sidewinder_macros::{Traverse, methods, native_functions, native_module, native_type};
use sidewinder_runtime::native::argument::Index;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Given, NativeObject, NativeType};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{MEMORY_ERROR, SYSTEM_ERROR};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::set::FROZENSET;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{bytes, type_object::TYPE};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::{Cell, OnceCell};

/// Lengths and counts that OpenSSL takes at most.
const INT_MAX: i64 = i32::MAX as i64;

/// Bytes that `scrypt` may use unless it is told another limit.
const SCRYPT_BYTES_MAX: u64 = 32 << 20;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    unsupported_digestmod_error: Cell<Option<Owned>>,
    /// The functions `openssl_…`, each with the name of its algorithm.
    constructors: Cell<Option<Owned>>,
}

/// A hash is an object used to calculate a checksum of a string of information.
#[native_type("_hashlib.HASH", base, uncollected)]
#[derive(Traverse, Default)]
pub struct HashObject(#[plain] OnceCell<Hash>);

impl HashObject {
    /// An object of the type for digests of one length, or as long as wanted.
    fn make(cx: &mut Context, hash: Hash) -> Result<Owned> {
        let extendable = hash.algorithm.is_extendable();
        let made = if extendable {
            NativeObject::new(cx, HashXof::default())?
        } else {
            NativeObject::new(cx, HashObject::default())?
        };
        if let Some(object) = made.value().cast::<NativeObject<HashObject>>() {
            let _ = object.0.set(hash);
        }
        Ok(made)
    }

    fn hash(&self, cx: &mut Context) -> Result<&Hash> {
        self.0.get().ok_or_else(|| cx.raise(&SYSTEM_ERROR, "the hash object is not initialized"))
    }
}

#[methods]
impl HashObject {
    /// A new hash object that has taken in the same data.
    fn copy(&self, cx: &mut Context) -> Result<Owned> {
        let copy = self.hash(cx)?.copy(cx);
        HashObject::make(cx, copy)
    }

    /// Takes in more data.
    fn update(&self, cx: &mut Context, obj: Value) -> Result<()> {
        self.hash(cx)?.update(cx, obj)
    }

    /// The digest of the data so far.
    fn digest(&self, cx: &mut Context) -> Result<Bytes> {
        Ok(Bytes(self.hash(cx)?.digest(cx)))
    }

    /// The digest of the data so far, in hexadecimal digits.
    fn hexdigest(&self, cx: &mut Context) -> Result<String> {
        Ok(hexadecimal(&self.hash(cx)?.digest(cx)))
    }

    #[get]
    fn block_size(&self, cx: &mut Context) -> Result<usize> {
        Ok(self.hash(cx)?.algorithm.block_size)
    }

    #[get]
    fn digest_size(&self, cx: &mut Context) -> Result<usize> {
        Ok(self.hash(cx)?.digest_size)
    }

    /// The algorithm's name.
    #[get]
    fn name(&self, cx: &mut Context) -> Result<&'static str> {
        Ok(self.hash(cx)?.algorithm.name)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<String> {
        let name = self.hash(cx)?.algorithm.name;
        Ok(format!("<{name} {} object @ {:#x}>", this.type_of().name(), this.0))
    }
}

/// A hash whose digest is as long as wanted.
#[native_type("_hashlib.HASHXOF", base, uncollected, extends = HashObject)]
#[derive(Traverse, Default)]
pub struct HashXof(());

/// So many bytes of the digest of the data that an object has taken in.
fn extended(cx: &mut Context, this: &NativeObject<HashXof>, length: i64) -> Result<Vec<u8>> {
    let Ok(length) = usize::try_from(length) else {
        return Err(cx.raise(&SYSTEM_ERROR, "Negative size passed to PyBytes_FromStringAndSize"));
    };
    this.base.hash(cx)?.digest_of_length(cx, length)
}

#[methods]
impl HashXof {
    /// So many bytes of the digest of the data so far.
    fn digest(this: &NativeObject<HashXof>, cx: &mut Context, #[named] length: Index) -> Result<Bytes> {
        extended(cx, this, length.0).map(Bytes)
    }

    /// So many bytes of the digest of the data so far, in hexadecimal digits.
    fn hexdigest(this: &NativeObject<HashXof>, cx: &mut Context, #[named] length: Index) -> Result<String> {
        extended(cx, this, length.0).map(|bytes| hexadecimal(&bytes))
    }

    #[get]
    fn digest_size(&self) -> usize {
        0
    }
}

keyed_type!(
    /// An object that computes the code of a message.
    HmacObject, "_hashlib.HMAC"
);

/// The error for an algorithm that OpenSSL would not have.
fn unsupported(cx: &mut Context, message: &str) -> Raised {
    let state = cx.state::<State>();
    raise_class(cx, &state.unsupported_digestmod_error, message)
}

/// The algorithm of that name, in letters of any kind.
fn find(cx: &mut Context, name: &str) -> Result<&'static Algorithm> {
    let name = name.to_ascii_lowercase();
    let found = ALGORITHMS.iter().find(|row| row.name == name || row.aliases.contains(&name.as_str()));
    found.copied().ok_or_else(|| unsupported(cx, "[digital envelope routines] unsupported"))
}

/// The algorithm of an HMAC: a name, or one of the module's own functions.
fn find_digest(cx: &mut Context, digest: Value) -> Result<&'static Algorithm> {
    let mut name = str::text(digest).map(|name| name.into_owned());
    if name.is_none() {
        let state = cx.state::<State>();
        let constructors = state.constructors.take();
        state.constructors.set(constructors.clone());
        // Only functions can be among them; others may not be hashable.
        if call::is_native(digest)
            && let Some(constructors) = constructors
        {
            let found = dict::of(constructors.value()).get(cx, digest)?;
            name = found.and_then(str::text).map(|name| name.into_owned());
        }
    }
    let Some(name) = name else {
        let shown = convert::str(cx, digest)?;
        let shown = str::text(shown.value()).unwrap_or_default().into_owned();
        return Err(unsupported(cx, &format!("Unsupported digestmod {shown}")));
    };
    let found = find(cx, &name)?;
    if found.is_extendable() { Err(cx.value_error("no reason supplied")) } else { Ok(found) }
}

/// A limit of one of `scrypt`'s sizes.
fn scrypt_parameters(cx: &mut Context, n: u64, r: u64, p: u64, memory_max: u64) -> Result<scrypt::Params> {
    const EXCEEDED: &str = "[digital envelope routines] memory limit exceeded";
    if n < 2 || !n.is_power_of_two() {
        return Err(cx.value_error("n must be a power of 2."));
    }
    const INVALID: &str = "Invalid parameter combination for n, r, p, maxmem.";
    if r == 0 || p == 0 {
        return Err(cx.value_error(INVALID));
    }
    let work = u128::from(r) * u128::from(p);
    let bytes = 128 * work + 128 * u128::from(r) * (u128::from(n) + 2);
    let log = n.trailing_zeros() as u64;
    if work >= 1 << 30 || log >= r.saturating_mul(16) || bytes > u128::from(memory_max) {
        return Err(cx.value_error(EXCEEDED));
    }
    let (Ok(r), Ok(p)) = (u32::try_from(r), u32::try_from(p)) else {
        return Err(cx.value_error(EXCEEDED));
    };
    // The memory is asked for once here, where a lack of it can be told.
    if Vec::<u8>::new().try_reserve_exact(bytes as usize).is_err() {
        return Err(cx.raise(&MEMORY_ERROR, ""));
    }
    scrypt::Params::new(log as u8, r, p).map_err(|_| cx.value_error(INVALID))
}

/// Bytes of a key that is derived.
fn key_length(cx: &mut Context, length: Option<Value>, default: usize) -> Result<usize> {
    let Some(length) = length else { return Ok(default) };
    let length = convert::index_clamped(cx, length)?;
    match usize::try_from(length) {
        Ok(0) | Err(_) => Err(cx.value_error("key length must be greater than 0.")),
        Ok(_) if length > INT_MAX => Err(cx.overflow_error("key length is too great.")),
        Ok(length) => Ok(length),
    }
}

/// OpenSSL interface for hashlib module
#[native_module("_hashlib", include(constructors), types(hidden HashObject, hidden HashXof, hidden HmacObject))]
#[allow(unused_variables)]
mod rows {
    use super::*;

    #[constant]
    const _GIL_MINSIZE: i64 = arguments::LARGE_BYTES as i64;

    /// A new hash object of the algorithm of that name, which takes in the data if there is any.
    #[function]
    fn new(
        cx: &mut Context,
        #[named] name: &StrObject,
        #[default(Given(None), "b''")] data: Given<Value>,
        #[keyword]
        #[default(true)]
        usedforsecurity: bool,
        #[default(Given(None), "None")] string: Given<Value>,
    ) -> Result<Owned> {
        arguments::first_data(cx, data, string)?;
        let name = name.as_text();
        let algorithm = find(cx, &name)?;
        let hash = Hash::start(cx, algorithm, data, string)?;
        HashObject::make(cx, hash)
    }

    /// A key that is derived from a password (PBKDF2).
    #[function]
    fn pbkdf2_hmac(
        cx: &mut Context,
        #[named] hash_name: &StrObject,
        password: Buffer,
        salt: Buffer,
        iterations: i64,
        #[default(None)] dklen: Option<Value>,
    ) -> Result<Bytes> {
        let name = hash_name.as_text();
        let algorithm = find(cx, &name)?;
        if password.len() as i64 > INT_MAX {
            return Err(cx.overflow_error("password is too long."));
        }
        if salt.len() as i64 > INT_MAX {
            return Err(cx.overflow_error("salt is too long."));
        }
        if iterations < 1 {
            return Err(cx.value_error("iteration value must be greater than 0."));
        }
        if iterations > INT_MAX {
            return Err(cx.overflow_error("iteration value is too great."));
        }
        let length = key_length(cx, dklen, algorithm.digest_size)?;
        if algorithm.is_extendable() {
            return Err(cx.value_error("[Provider routines] xof digests not allowed"));
        }
        let mut key = arguments::zeros(cx, length)?;
        let derivation =
            Derivation { password: password.as_slice(), salt: salt.as_slice(), iterations: iterations as u64 };
        cx.detached(|_| (algorithm.derive)(algorithm, derivation, &mut key));
        Ok(Bytes(key))
    }

    /// A key that is derived from a password by a function that takes much memory (RFC 7914).
    #[function]
    fn scrypt(
        cx: &mut Context,
        #[named] password: Buffer,
        #[keyword] salt: Buffer,
        n: u64,
        r: u64,
        p: u64,
        #[default(0)] maxmem: i64,
        #[default(64)] dklen: i64,
    ) -> Result<Bytes> {
        if password.len() as i64 > INT_MAX {
            return Err(cx.overflow_error("password is too long."));
        }
        if salt.len() as i64 > INT_MAX {
            return Err(cx.overflow_error("salt is too long."));
        }
        if n < 2 || !n.is_power_of_two() {
            return Err(cx.value_error("n must be a power of 2."));
        }
        if !(0..=INT_MAX).contains(&maxmem) {
            return Err(cx.value_error(format!("maxmem must be positive and smaller than {INT_MAX}")));
        }
        if !(1..=INT_MAX).contains(&dklen) {
            return Err(cx.value_error(format!("dklen must be greater than 0 and smaller than {INT_MAX}")));
        }
        let memory_max = if maxmem == 0 { SCRYPT_BYTES_MAX } else { maxmem as u64 };
        let parameters = scrypt_parameters(cx, n, r, p, memory_max)?;
        let mut key = arguments::zeros(cx, dklen as usize)?;
        let (secret, grain) = (password.as_slice(), salt.as_slice());
        match cx.detached(|_| scrypt::scrypt(secret, grain, &parameters, &mut key)) {
            Ok(()) => Ok(Bytes(key)),
            Err(_) => Err(cx.value_error("dklen is out of range")),
        }
    }

    /// A new object that computes the code of a message.
    #[function]
    fn hmac_new(
        cx: &mut Context,
        #[named] key: Buffer,
        #[default(Given(None), "b''")] msg: Given<Value>,
        #[default(None)] digestmod: Option<Value>,
    ) -> Result<Owned> {
        if key.len() as i64 > INT_MAX {
            return Err(cx.overflow_error("key is too long."));
        }
        let Some(digest) = digestmod else {
            return Err(cx.type_error("Missing required parameter 'digestmod'."));
        };
        let algorithm = find_digest(cx, digest)?;
        let keyed = Keyed::new(algorithm, key.as_slice());
        if let Some(message) = msg.0.filter(|message| *message != sidewinder_runtime::objects::singleton::none()) {
            keyed.update(cx, message)?;
        }
        NativeObject::new(cx, HmacObject(keyed))
    }

    /// The code of a message.
    #[function]
    fn hmac_digest(cx: &mut Context, #[named] key: Buffer, msg: Buffer, digest: Value) -> Result<Bytes> {
        let algorithm = find_digest(cx, digest)?;
        let too_long = [(&key, "key is too long."), (&msg, "msg is too long.")];
        if let Some((_, message)) = too_long.iter().find(|(buffer, _)| buffer.len() as i64 > INT_MAX) {
            return Err(cx.overflow_error(message));
        }
        hmac::compute(cx, algorithm, key.owner(), msg.owner())
    }

    /// Whether OpenSSL would be in a mode that is certified: it is not.
    #[function]
    fn get_fips_mode() -> i64 {
        0
    }

    /// Whether a equals b, in a time that does not depend on where they differ: for secrets.
    #[function]
    fn compare_digest(cx: &mut Context, a: Value, b: Value) -> Result<bool> {
        if let (Some(left), Some(right)) = (str::cast(a), str::cast(b)) {
            let (Some(left), Some(right)) = (left.as_ascii(), right.as_ascii()) else {
                return Err(cx.type_error("comparing strings with non-ASCII characters is not supported"));
            };
            return Ok(bytes::same_in_constant_time(left.as_bytes(), right.as_bytes()));
        }
        if a.type_of().slots().buffer.is_none() && b.type_of().slots().buffer.is_none() {
            let (left, right) = (a.type_of().name(), b.type_of().name());
            return Err(
                cx.type_error(format!("unsupported operand types(s) or combination of types: '{left}' and '{right}'"))
            );
        }
        let (left, right) = (Buffer::read(cx, a)?, Buffer::read(cx, b)?);
        Ok(bytes::same_in_constant_time(left.as_slice(), right.as_slice()))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let types = [
            ("HASH", HashObject::type_object()),
            ("HASHXOF", HashXof::type_object()),
            ("HMAC", HmacObject::type_object()),
        ];
        for (name, kind) in types {
            module.namespace().set_text(cx, name, kind.value());
        }
        let state = cx.state::<State>();
        let class = error_class(cx, &state.unsupported_digestmod_error, "_hashlib", "UnsupportedDigestmodError")?;
        module.namespace().set_text(cx, "UnsupportedDigestmodError", class.value());
        let mut names = Vec::with_capacity(ALGORITHMS.len());
        let functions = DictObject::new(cx);
        for row in ALGORITHMS {
            let name = StrObject::new(cx, row.name);
            names.push(name.clone());
            if let Some(function) = module.namespace().get_text(cx, &format!("openssl_{}", row.name)) {
                dict::of(functions.value()).set(cx, function, name.value())?;
            }
        }
        let names = ListObject::new(cx, names);
        let names = call::call(cx, FROZENSET.value(), &[names.value()])?;
        module.namespace().set_text(cx, "openssl_md_meth_names", names.value());
        let proxy = attribute::get_text(cx, TYPE.value(), "__dict__")?;
        let proxy = call::call(cx, proxy.value().type_of().value(), &[functions.value()])?;
        module.namespace().set_text(cx, "_constructors", proxy.value());
        state.constructors.set(Some(functions));
        Ok(())
    }
}

macro_rules! constructors {
    ($( $function:ident $row:ident )*) => {
        /// A function for each of the usual algorithms.
        #[native_functions]
        #[allow(unused_variables)]
        pub mod constructors {
            use super::*;

            $(
                /// A new hash object of this algorithm, which takes in the data if there is any.
                #[function]
                fn $function(
                    cx: &mut Context,
                    #[named]
                    #[default(Given(None), "b''")]
                    data: Given<Value>,
                    #[keyword]
                    #[default(true)]
                    usedforsecurity: bool,
                    #[default(Given(None), "None")] string: Given<Value>,
                ) -> Result<Owned> {
                    let hash = Hash::start(cx, &algorithm::$row, data, string)?;
                    HashObject::make(cx, hash)
                }
            )*
        }
    };
}

constructors! {
    openssl_md5 MD5
    openssl_sha1 SHA1
    openssl_sha224 SHA224
    openssl_sha256 SHA256
    openssl_sha384 SHA384
    openssl_sha512 SHA512
    openssl_sha3_224 SHA3_224
    openssl_sha3_256 SHA3_256
    openssl_sha3_384 SHA3_384
    openssl_sha3_512 SHA3_512
    openssl_shake_128 SHAKE_128
    openssl_shake_256 SHAKE_256
}
