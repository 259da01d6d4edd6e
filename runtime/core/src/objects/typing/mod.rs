//! What the language makes of type parameters and `type` statements: the types of the module `_typing`.
//!
//! Bounds, constraints, defaults and values are evaluated when they are asked for: a function that the compiler made is
//! called once, and its result kept. What takes the place of a type parameter is the business of the Python module
//! `typing`, which is imported when it is needed.

pub mod alias;
pub mod evaluator;
pub mod generic;
pub mod parameter;

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Owned};
use crate::objects::dict;
use crate::objects::instance::{self, AttributeBlock};
use crate::objects::type_object::{StaticType, TypeObject, flags};
use crate::operations::{attribute, call};
use crate::value::Value;
use std::cell::Cell;
use std::mem::offset_of;

/// Fields of a `TypingObject`; an alias has its value and parameters in the place of constraints and bound.
pub mod field {
    pub const NAME: usize = 0;
    pub const BOUND: usize = 1;
    pub const EVALUATE_BOUND: usize = 2;
    pub const CONSTRAINTS: usize = 3;
    pub const EVALUATE_CONSTRAINTS: usize = 4;
    pub const DEFAULT: usize = 5;
    pub const EVALUATE_DEFAULT: usize = 6;
    pub const COUNT: usize = 7;

    pub const PARAMETERS: usize = BOUND;
    pub const VALUE: usize = CONSTRAINTS;
    pub const EVALUATE_VALUE: usize = EVALUATE_CONSTRAINTS;
    pub const MODULE: usize = DEFAULT;
}

/// How a type variable varies.
pub mod variance {
    pub const COVARIANT: u32 = 1;
    pub const CONTRAVARIANT: u32 = 2;
    pub const INFERRED: u32 = 4;
}

/// A type parameter or a type alias: one layout for the four types.
#[repr(C)]
pub struct TypingObject {
    pub header: Header,
    /// Each owned, or unbound.
    fields: [Cell<Value>; field::COUNT],
    pub variance: Cell<u32>,
    /// Attributes of a type parameter; an alias has none.
    block: AttributeBlock,
}

impl TypingObject {
    /// A field, if it is set.
    pub fn get(&self, index: usize) -> Option<Value> {
        let value = self.fields[index].get();
        (!value.is_unbound()).then_some(value)
    }

    pub fn set(&self, index: usize, value: Owned) {
        drop(Owned::from_raw_option(self.fields[index].replace(value.into_raw())));
    }
}

/// The object of a value that is known to be of one of the four types.
pub fn of(value: Value) -> &'static TypingObject {
    // SAFETY: (slots 1) a slot is called with an object of its type; the four types have this layout.
    unsafe { value.cast_unchecked() }
}

/// A type with this layout. Type parameters have attributes of their own.
const fn with_block(mut kind: TypeObject) -> TypeObject {
    kind.block_offset = Cell::new(offset_of!(TypingObject, block) as u32);
    kind
}

/// Memory for an object with a name.
fn allocate(cx: &mut Context, kind: &'static StaticType, name: Value) -> &'static TypingObject {
    let made = instance::allocate(cx, &kind.object, 0) as *mut TypingObject;
    // SAFETY: (heap 3) fresh memory of the object's size; header and block are already written.
    unsafe {
        (&raw mut (*made).fields).write([const { Cell::new(Value::UNBOUND) }; field::COUNT]);
        (&raw mut (*made).variance).write(Cell::new(0));
    }
    let object = of(Value::from_pointer(made));
    object.set(field::NAME, Owned::new(name));
    object
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    let object = of(Value::from_pointer(header));
    object.fields.iter().map(Cell::get).filter(|value| !value.is_unbound()).for_each(&mut *visit);
    if Value::from_pointer(header).heap_type().has_flag(flags::HAS_BLOCK) {
        // SAFETY: (objects 1) the block belongs to this live object.
        unsafe { instance::traverse_block(&object.block, visit) };
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    let object = of(Value::from_pointer(header));
    object.fields.iter().for_each(|place| children.push(place.replace(Value::UNBOUND)));
    if Value::from_pointer(header).heap_type().has_flag(flags::HAS_BLOCK) {
        // SAFETY: (objects 1) the block belongs to this dying object.
        unsafe { instance::release_block(&object.block, children) };
    }
}

/// Calls a function of the module `typing`.
pub fn call_typing(cx: &mut Context, function: &str, arguments: &[Value]) -> Result<Owned> {
    let typing = crate::operations::import::module(cx, "typing")?;
    call::call_method(cx, typing.value(), function, arguments)
}

/// `typing.Unpack[value]`
pub fn unpack(cx: &mut Context, value: Value) -> Result<Owned> {
    let typing = crate::operations::import::module(cx, "typing")?;
    let unpack = attribute::get_text(cx, typing.value(), "Unpack")?;
    crate::operations::subscript::get_item(cx, unpack.value(), value)
}

/// The name of the module that makes a type parameter by a call.
fn calling_module(cx: &mut Context) -> Option<Owned> {
    let globals = (cx.interpreter().hooks.frame_globals)(cx);
    let name = cx.interpreter().names.name;
    dict::of(globals.value()).get_interned(name).map(Owned::new)
}

/// What the module `_typing` exports from here.
pub fn exported() -> Vec<(&'static str, Value)> {
    vec![
        ("TypeVar", parameter::TYPE_VARIABLE.value()),
        ("ParamSpec", parameter::PARAMETER_SPECIFICATION.value()),
        ("TypeVarTuple", parameter::TYPE_VARIABLE_TUPLE.value()),
        ("ParamSpecArgs", generic::SPECIFICATION_ARGUMENTS.value()),
        ("ParamSpecKwargs", generic::SPECIFICATION_KEYWORDS.value()),
        ("TypeAliasType", alias::TYPE_ALIAS.value()),
        ("Generic", generic::GENERIC.value()),
        ("NoDefault", generic::no_default()),
    ]
}

/// Every type of this folder, for completion at start.
pub static TYPES: &[&StaticType] = &[
    &parameter::TYPE_VARIABLE,
    &parameter::PARAMETER_SPECIFICATION,
    &parameter::TYPE_VARIABLE_TUPLE,
    &generic::SPECIFICATION_ARGUMENTS,
    &generic::SPECIFICATION_KEYWORDS,
    &generic::GENERIC,
    &generic::NO_DEFAULT_TYPE,
    &alias::TYPE_ALIAS,
    &evaluator::CONSTANT_EVALUATOR,
];
