//! All builtin types of this crate, bases before derived ones: what an interpreter completes at its start.

use crate::context::{Context, Result};
use crate::objects::type_object::{OBJECT, StaticType, TYPE, TypeState};
use crate::objects::{
    bytes, cell, code, dict, exception, float, frame, function, generator, int, iterator, list, method, module, range,
    set, singleton, slice, str, template, traceback, tuple, typing, weak,
};

/// The types, in an order in which they can be completed.
fn types() -> Vec<&'static StaticType> {
    let mut types: Vec<&'static StaticType> = vec![
        &OBJECT,
        &TYPE,
        &int::INT,
        &singleton::BOOL,
        &float::FLOAT,
        &float::complex::COMPLEX,
        &singleton::NONE_TYPE,
        &singleton::NOT_IMPLEMENTED_TYPE,
        &singleton::ELLIPSIS_TYPE,
        &str::STR,
        &bytes::BYTES,
        &bytes::BYTEARRAY,
        &bytes::BYTES_ITERATOR,
        &bytes::iterator::BYTEARRAY_ITERATOR,
        &tuple::TUPLE,
        &list::LIST,
        &dict::DICT,
        &set::SET,
        &set::FROZENSET,
        &set::SET_ITERATOR,
        &slice::SLICE,
        &range::RANGE,
        &range::RANGE_ITERATOR,
        &range::LONG_RANGE_ITERATOR,
        &cell::CELL,
        &code::CODE,
        &frame::FRAME,
        &function::FUNCTION,
        &generator::GENERATOR,
        &generator::COROUTINE,
        &generator::ASYNC_GENERATOR,
        &generator::asynchronous::ASYNC_SEND,
        &generator::asynchronous::ASYNC_THROW,
        &generator::awaitable::COROUTINE_WRAPPER,
        &generator::awaitable::ANEXT_AWAITABLE,
        &module::MODULE,
        &template::TEMPLATE,
        &template::INTERPOLATION,
        &template::TEMPLATE_ITERATOR,
        &traceback::TRACEBACK,
        &weak::WEAK_REFERENCE,
        &method::METHOD,
        &method::SUPER,
        &method::BUILTIN_FUNCTION,
        &method::METHOD_DESCRIPTOR,
        &method::CLASS_METHOD_DESCRIPTOR,
        &method::WRAPPER_DESCRIPTOR,
        &method::METHOD_WRAPPER,
        &method::GETSET_DESCRIPTOR,
        &method::MEMBER_DESCRIPTOR,
        &method::STATIC_METHOD,
        &method::CLASS_METHOD,
        &method::PROPERTY,
        &crate::operations::finalize::UNRAISABLE,
    ];
    types.extend(iterator::TYPES);
    types.extend(exception::ALL);
    types.extend(typing::TYPES);
    types
}

/// Types whose names are in the module `builtins`.
pub fn named() -> Vec<&'static StaticType> {
    let names = [
        "object",
        "type",
        "int",
        "bool",
        "float",
        "complex",
        "str",
        "bytes",
        "bytearray",
        "tuple",
        "list",
        "dict",
        "set",
        "frozenset",
        "slice",
        "range",
        "super",
        "staticmethod",
        "classmethod",
        "property",
        "enumerate",
        "zip",
        "map",
        "filter",
        "reversed",
    ];
    types()
        .into_iter()
        .filter(|kind| {
            let exception = kind.has_flag(crate::objects::type_object::flags::EXCEPTION);
            // This one is private, and there all the same: `codeop` needs it.
            let is_public = !kind.name().starts_with('_') || kind.name() == "_IncompleteInputError";
            names.contains(&kind.name()) || exception && is_public
        })
        .collect()
}

/// Completes every builtin type for the interpreter of `cx`.
pub fn ready_types(cx: &mut Context) -> Result<()> {
    // What was not completed has the number zero, and nothing.
    let nothing = crate::heap::Owned::new(singleton::none());
    cx.interpreter().builtin_types.push(Some(Box::new(TypeState::new("", nothing))));
    for kind in types() {
        kind.object.ready(cx)?;
    }
    template::install(cx);
    Ok(())
}
