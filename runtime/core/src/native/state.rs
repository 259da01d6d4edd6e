//! State that native modules keep for an interpreter: one value of each Rust type, made when it is first asked for.

use crate::context::Context;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// The states by their types. What they own, the collector takes for reachable.
#[derive(Default)]
pub struct NativeState(HashMap<TypeId, Rc<dyn Any>, BuildHasherDefault<IdentifierHasher>>);

/// A type's identifier is a hash already.
#[derive(Default)]
struct IdentifierHasher(u64);

impl Hasher for IdentifierHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

impl NativeState {
    /// Takes all states out.
    pub(crate) fn take(&mut self) -> NativeState {
        std::mem::take(self)
    }
}

impl Context {
    /// The interpreter's state of a type. State that changes is in cells.
    pub fn state<T: Default + 'static>(&mut self) -> Rc<T> {
        let states = &mut self.interpreter().native_state.0;
        let found = states.entry(TypeId::of::<T>()).or_insert_with(|| Rc::new(T::default())).clone();
        match found.downcast::<T>() {
            Ok(state) => state,
            Err(_) => unreachable!("entries are of the type that is their key"),
        }
    }
}
