//! Evaluation on demand, and `constevaluator`: the evaluator of what was known from the start.

use super::{TypingObject, call_typing};
use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::iterator::{release_fields, traverse_fields};
use crate::objects::singleton;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::{call, convert};
use crate::value::Value;
use std::cell::Cell;

/// Formats of annotations that evaluators know (`annotationlib.Format`).
const VALUE: i64 = 1;
const STRING: i64 = 4;

/// A field of an object: its value, or what its evaluator gives, which is then kept. `None` if there is neither.
pub fn evaluate(cx: &mut Context, object: &TypingObject, value: usize, evaluator: usize) -> Result<Option<Owned>> {
    if let Some(known) = object.get(value) {
        return Ok(Some(Owned::new(known)));
    }
    let Some(evaluator) = object.get(evaluator).map(Owned::new) else { return Ok(None) };
    let result = call::call(cx, evaluator.value(), &[Value::from_small_int(VALUE)])?;
    object.set(value, result.clone());
    Ok(Some(result))
}

/// The evaluator of a field: the one that it has, one of the value that it was given, or `None`.
pub fn shown(cx: &mut Context, object: &TypingObject, value: usize, evaluator: usize) -> Owned {
    if let Some(evaluator) = object.get(evaluator) {
        return Owned::new(evaluator);
    }
    match object.get(value) {
        Some(value) => new(cx, value),
        None => Owned::new(singleton::none()),
    }
}

/// Gives a value in every format.
#[repr(C)]
pub struct ConstantEvaluator {
    pub header: Header,
    value: Cell<Value>,
}

pub static CONSTANT_EVALUATOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "_typing._ConstEvaluator",
        size_of::<ConstantEvaluator>(),
        Slots {
            repr: Some(repr),
            call: Some(evaluator_call),
            traverse: Some(traverse_fields::<1>),
            release: Some(release_fields::<1>),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(ConstantEvaluator, CONSTANT_EVALUATOR);

fn new(cx: &mut Context, value: Value) -> Owned {
    let bytes = size_of::<ConstantEvaluator>();
    let made = cx.heap.allocate(&raw const CONSTANT_EVALUATOR.object, bytes, true) as *mut ConstantEvaluator;
    // SAFETY: (heap 3) fresh memory of the evaluator's size.
    unsafe { (&raw mut (*made).value).write(Cell::new(Owned::new(value).into_raw())) };
    Owned::from_raw(Value::from_pointer(made))
}

fn value_of(evaluator: Value) -> Value {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { evaluator.cast_unchecked::<ConstantEvaluator>() }.value.get()
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let shown = convert::repr(cx, value_of(value))?;
    let shown = str::text(shown.value()).unwrap_or_default();
    Ok(StrObject::new(cx, &format!("<constevaluator {shown}>")))
}

fn evaluator_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let own = Owned::new(value_of(value));
    if !arguments.names.is_empty() {
        return Err(cx.type_error("constevaluator.__call__() takes no keyword arguments"));
    }
    let [format] = *arguments.values else {
        let given = arguments.values.len();
        return Err(cx.type_error(format!("constevaluator.__call__() takes exactly 1 argument ({given} given)")));
    };
    if convert::index_i64(cx, format)? != STRING {
        return Ok(own);
    }
    let Some(tuple) = own.value().cast::<TupleObject>() else {
        return type_text(cx, own.value());
    };
    let mut parts = Vec::new();
    for &item in tuple.as_slice() {
        let text = type_text(cx, item)?;
        parts.push(str::text(text.value()).unwrap_or_default().into_owned());
    }
    Ok(StrObject::new(cx, &format!("({})", parts.join(", "))))
}

fn type_text(cx: &mut Context, value: Value) -> Result<Owned> {
    call_typing(cx, "_type_repr", &[value])
}
