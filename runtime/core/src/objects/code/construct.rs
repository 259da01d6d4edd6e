//! `types.CodeType(…)`: code that is made of the fields of other code. Its instructions are found by what `co_code` has said
//! of code that lives.

use super::CodeObject;
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::bytes::BytesObject;
use crate::objects::exception::NOT_IMPLEMENTED_ERROR;
use crate::objects::str;
use crate::objects::type_object::TypeObject;
use crate::operations::{attribute, call};
use crate::value::Value;
use sidewinder_bytecode::CodeData;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::{Rc, Weak};

/// Code whose bytes somebody has asked for, by their hash.
#[derive(Default)]
struct Remembered(RefCell<HashMap<u64, Vec<Weak<CodeData>>>>);

fn key(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// Notes that somebody has been told how this code is shown.
pub fn remember(cx: &mut Context, code: &CodeObject) {
    let state = cx.state::<Remembered>();
    let mut all = state.0.borrow_mut();
    let found = all.entry(key(&code.shown().bytes)).or_default();
    found.retain(|other| other.strong_count() > 0);
    if !found.iter().any(|other| std::ptr::eq(other.as_ptr(), Rc::as_ptr(&code.data))) {
        found.push(Rc::downgrade(&code.data));
    }
}

/// The code that is shown as these bytes: the last that somebody has asked about.
pub fn recall(cx: &mut Context, bytes: &[u8]) -> Option<Rc<CodeData>> {
    let state = cx.state::<Remembered>();
    let all = state.0.borrow();
    let is_shown = |data: &Rc<CodeData>| sidewinder_bytecode::shown::Shown::new(data).bytes == bytes;
    all.get(&key(bytes))?.iter().rev().filter_map(Weak::upgrade).find(is_shown)
}

/// The fields that a constructor gets, in its order.
const FIELDS: [&str; 18] = [
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_nlocals",
    "co_stacksize",
    "co_flags",
    "co_code",
    "co_consts",
    "co_names",
    "co_varnames",
    "co_filename",
    "co_name",
    "co_qualname",
    "co_firstlineno",
    "co_linetable",
    "co_exceptiontable",
    "co_freevars",
    "co_cellvars",
];
const REQUIRED: usize = 16;
const CODE: usize = 6;

/// `code(argcount, posonlyargcount, …)`
pub(super) fn new(cx: &mut Context, _class: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("code() takes no keyword arguments"));
    }
    let given = arguments.positionals();
    if !(REQUIRED..=FIELDS.len()).contains(&given.len()) {
        let (bound, limit) = if given.len() < REQUIRED { ("least", REQUIRED) } else { ("most", FIELDS.len()) };
        return Err(cx.type_error(format!("code expected at {bound} {limit} arguments, got {}", given.len())));
    }
    let Some(bytes) = given[CODE].cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()) else {
        let found = given[CODE].type_of().name();
        return Err(cx.type_error(format!("code() argument 7 must be bytes, not {found}")));
    };
    let Some(base) = recall(cx, &bytes) else {
        return Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "code() with a co_code that is not that of living code"));
    };
    let base = super::new(cx, base);
    let replace = attribute::get_text(cx, base.value(), "replace")?;
    let names: Vec<Owned> = FIELDS[..given.len()].iter().map(|name| str::intern(cx, name)).collect();
    let names: Vec<Value> = names.iter().map(Owned::value).collect();
    call::call_with(cx, replace.value(), Arguments { values: given, names: &names })
}
