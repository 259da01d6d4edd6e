//! Objects that become values of a database by a protocol (PEP 246).

use crate::error;
use crate::state::{Kind, State};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeType;
use sidewinder_runtime::objects::bytes::BYTEARRAY;
use sidewinder_runtime::objects::exception::TYPE_ERROR;
use sidewinder_runtime::objects::float::FLOAT;
use sidewinder_runtime::objects::int::INT;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::STR;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

/// PEP 246 style object adaption protocol type.
#[native_type("sqlite3.PrepareProtocol", uncollected)]
#[derive(Traverse)]
pub struct PrepareProtocol;

#[methods]
impl PrepareProtocol {
    #[new]
    fn new(_arguments: Arguments<'_>) -> Result<PrepareProtocol> {
        Ok(PrepareProtocol)
    }
}

/// Whether the type is one of those that are adapted only if the program says so.
pub fn is_plain(class: Value) -> bool {
    [INT.value(), FLOAT.value(), STR.value(), BYTEARRAY.value()].contains(&class)
}

/// Notes what adapts objects of a type.
pub fn register(cx: &mut Context, class: Value, adapter: Value) -> Result<()> {
    let state = cx.state::<State>();
    if is_plain(class) {
        state.adapts_plain.set(true);
    }
    let key = TupleObject::new(cx, &[class, PrepareProtocol::type_object().value()]);
    match state.adapters() {
        Some(adapters) => adapters.set(cx, key.value(), adapter),
        None => Ok(()),
    }
}

/// What an object becomes by a protocol. Without a way, `other` if that is given.
pub fn adapt(cx: &mut Context, object: Value, protocol: Value, other: Option<Value>) -> Result<Owned> {
    let key = TupleObject::new(cx, &[object.type_of().value(), protocol]);
    if let Some(adapters) = cx.state::<State>().adapters()
        && let Some(adapter) = adapters.get(cx, key.value())?
    {
        let adapter = Owned::new(adapter);
        return call::call(cx, adapter.value(), &[object]);
    }
    for (asked, name, argument) in [(protocol, "__adapt__", object), (object, "__conform__", protocol)] {
        let Some(method) = attribute::get_text_optional(cx, asked, name)? else { continue };
        match call::call(cx, method.value(), &[argument]) {
            Ok(adapted) if adapted.value() != singleton::none() => return Ok(adapted),
            Ok(_) => {}
            Err(_) if cx.swallow(&TYPE_ERROR) => {}
            Err(raised) => return Err(raised),
        }
    }
    match other {
        Some(other) => Ok(Owned::new(other)),
        None => Err(error::fail(cx, Kind::Programming, "can't adapt")),
    }
}

/// What a parameter of a statement becomes: itself, unless something adapts it.
pub fn adapt_parameter(cx: &mut Context, state: &State, object: Owned) -> Result<Owned> {
    if !state.adapts_plain.get() && is_plain(object.value().type_of().value()) {
        return Ok(object);
    }
    let protocol = PrepareProtocol::type_object().value();
    adapt(cx, object.value(), protocol, Some(object.value()))
}
