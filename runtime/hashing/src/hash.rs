//! The state of an object that hashes data, and the types around it.

use crate::algorithm::{Algorithm, Engine};
use crate::arguments::{self, LARGE_BYTES};
use sidewinder_runtime::native::Given;
use sidewinder_runtime::{Context, Result, Value};
use std::sync::{Mutex, PoisonError};

/// A digest that is being computed, perhaps by several threads.
pub struct Hash {
    pub algorithm: &'static Algorithm,
    /// Bytes of the digest.
    pub digest_size: usize,
    engine: Mutex<Box<dyn Engine>>,
}

impl Hash {
    pub fn new(algorithm: &'static Algorithm) -> Hash {
        Hash::with_engine(algorithm, algorithm.digest_size, (algorithm.make)())
    }

    pub fn with_engine(algorithm: &'static Algorithm, digest_size: usize, engine: Box<dyn Engine>) -> Hash {
        Hash { algorithm, digest_size, engine: Mutex::new(engine) }
    }

    /// A new hash, which is given the first data if there is any.
    pub fn start(
        cx: &mut Context,
        algorithm: &'static Algorithm,
        data: Given<Value>,
        string: Given<Value>,
    ) -> Result<Hash> {
        let hash = Hash::new(algorithm);
        if let Some(data) = arguments::first_data(cx, data, string)? {
            hash.update(cx, data)?;
        }
        Ok(hash)
    }

    /// Does something with the engine. Only a thread that hashes much has it without the GIL, and is waited for.
    fn with_engine_of<R: Send>(
        &self,
        cx: &mut Context,
        large: bool,
        action: impl FnOnce(&mut dyn Engine) -> R + Send,
    ) -> R {
        if !large && let Ok(mut engine) = self.engine.try_lock() {
            return action(engine.as_mut());
        }
        cx.detached(|_| action(self.engine.lock().unwrap_or_else(PoisonError::into_inner).as_mut()))
    }

    /// Takes in the bytes of an object.
    pub fn update(&self, cx: &mut Context, value: Value) -> Result<()> {
        let buffer = arguments::data(cx, value)?;
        let bytes = buffer.as_slice();
        self.with_engine_of(cx, bytes.len() >= LARGE_BYTES, |engine| engine.update(bytes));
        Ok(())
    }

    pub fn copy(&self, cx: &mut Context) -> Hash {
        let engine = self.with_engine_of(cx, false, |engine| engine.copy());
        Hash::with_engine(self.algorithm, self.digest_size, engine)
    }

    /// The digest of what came so far.
    pub fn digest(&self, cx: &mut Context) -> Vec<u8> {
        let mut output = vec![0; self.digest_size];
        self.with_engine_of(cx, false, |engine| engine.finish(&mut output));
        output
    }

    /// So many bytes of a digest that is as long as wanted.
    pub fn digest_of_length(&self, cx: &mut Context, length: usize) -> Result<Vec<u8>> {
        let mut output = arguments::zeros(cx, length)?;
        self.with_engine_of(cx, length >= LARGE_BYTES, |engine| engine.finish(&mut output));
        Ok(output)
    }
}

/// A type of objects that hash: `$state` in Rust, with what else it has.
macro_rules! hash_type {
    ($(#[$documentation:meta])* $state:ident, $name:tt, $data:ident, { $($more:tt)* }) => {
        $(#[$documentation])*
        #[native_type($name, uncollected)]
        #[derive(Traverse)]
        pub struct $state(#[plain] pub Hash);

        #[methods]
        impl $state {
            $($more)*

            /// A new hash object that has taken in the same data.
            fn copy(&self, cx: &mut Context) -> Result<Owned> {
                let copy = self.0.copy(cx);
                NativeObject::new(cx, $state(copy))
            }

            /// Takes in more data.
            fn update(&self, cx: &mut Context, $data: Value) -> Result<()> {
                self.0.update(cx, $data)
            }

            #[get]
            fn block_size(&self) -> usize {
                self.0.algorithm.block_size
            }

            #[get]
            fn name(&self) -> &'static str {
                self.0.algorithm.name
            }

            #[get]
            fn digest_size(&self) -> usize {
                self.0.digest_size
            }
        }
    };
}

/// The same with digests of one length.
macro_rules! digest_type {
    ($(#[$documentation:meta])* $state:ident, $name:tt, $data:ident, { $($more:tt)* }) => {
        hash_type!($(#[$documentation])* $state, $name, $data, {
            $($more)*

            /// The digest of the data so far.
            fn digest(&self, cx: &mut Context) -> Bytes {
                Bytes(self.0.digest(cx))
            }

            /// The digest of the data so far, in hexadecimal digits.
            fn hexdigest(&self, cx: &mut Context) -> String {
                hexadecimal(&self.0.digest(cx))
            }
        });
    };
}

pub(crate) use {digest_type, hash_type};
