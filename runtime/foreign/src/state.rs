//! What the module keeps for an interpreter.

use sidewinder_runtime::native::ExceptionClass;
use std::cell::RefCell;
use std::collections::HashMap;

#[derive(Default)]
pub struct State {
    pub argument_error: ExceptionClass,
    /// The numbers of the last errors, by thread.
    pub errors: RefCell<HashMap<u64, i32>>,
}
