//! Functions written in Python.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::cell::CELL;
use crate::objects::code::{self, CodeObject};
use crate::objects::dict::DictObject;
use crate::objects::iterator::arguments::{Signature, bad_argument};
use crate::objects::singleton;
use crate::objects::slots::Slots;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;
use std::cell::Cell;

/// A function. All `Value` fields are owned; optional ones are unbound when absent.
#[repr(C)]
pub struct FunctionObject {
    pub header: Header,
    pub code: Cell<Value>,
    pub globals: Cell<Value>,
    pub builtins: Cell<Value>,
    /// Tuple of cells for the free variables.
    pub closure: Cell<Value>,
    /// Tuple of defaults of positional parameters.
    pub defaults: Cell<Value>,
    /// Dict of defaults of keyword-only parameters.
    pub keyword_defaults: Cell<Value>,
    pub name: Cell<Value>,
    pub qualified_name: Cell<Value>,
    pub module: Cell<Value>,
    /// `__doc__`, once somebody asked or told; see `documentation`.
    doc: Cell<Value>,
    pub annotate: Cell<Value>,
    pub annotations: Cell<Value>,
    /// `__dict__`, made on demand.
    pub dict: Cell<Value>,
    /// Tuple of the type parameters.
    pub type_parameters: Cell<Value>,
    /// Whether weak references exist.
    pub weakly_referenced: Cell<bool>,
}

pub static FUNCTION: StaticType = Immortal::new(
    TypeObject::builtin(
        "function",
        size_of::<FunctionObject>(),
        Slots {
            repr: Some(repr),
            new: Some(new_from_arguments),
            call: Some(call),
            descriptor_get: Some(bind),
            traverse: Some(traverse),
            release: Some(release),
            clear: Some(clear),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED | flags::HAS_WEAK),
);

crate::object_type!(FunctionObject, FUNCTION);

impl FunctionObject {
    #[inline(always)]
    pub fn code(&self) -> &'static CodeObject {
        // SAFETY: (heap 2) `code` always holds a code object.
        unsafe { self.code.get().cast_unchecked() }
    }

    #[inline(always)]
    pub fn globals(&self) -> &'static DictObject {
        crate::objects::dict::of(self.globals.get())
    }

    pub fn value(&self) -> Value {
        Value::from_pointer(self)
    }

    /// What `__doc__` says: None, or what the code's docstring or an assignment says, borrowed. Code that is never called
    /// stays unread until somebody asks for its docstring.
    pub fn documentation(&self) -> Value {
        if self.doc.get().is_unbound() {
            let code = self.code();
            let has_docstring = code.has_flag(sidewinder_bytecode::CodeFlags::HAS_DOCSTRING);
            let docstring = has_docstring.then(|| code.constants().first().copied()).flatten();
            self.set_documentation(docstring.unwrap_or(singleton::none()));
        }
        self.doc.get()
    }

    pub fn set_documentation(&self, new: Value) {
        drop(Owned::from_raw_option(self.doc.replace(Owned::new(new).into_raw())));
    }

    fn fields(&self) -> [&Cell<Value>; 14] {
        [
            &self.code,
            &self.globals,
            &self.builtins,
            &self.closure,
            &self.defaults,
            &self.keyword_defaults,
            &self.name,
            &self.qualified_name,
            &self.module,
            &self.doc,
            &self.annotate,
            &self.annotations,
            &self.dict,
            &self.type_parameters,
        ]
    }
}

/// A function of `code` with `globals`, as `MakeFunction` builds it.
pub fn new(cx: &mut Context, code: Value, globals: Value) -> Owned {
    let name = cx.interpreter().names.builtins;
    let given = crate::objects::dict::of(globals).get_interned(name);
    let builtins = given.map_or(cx.interpreter().builtins.value(), builtins_mapping);
    with_builtins(cx, code, globals, builtins)
}

/// The same with builtins of its own.
fn with_builtins(cx: &mut Context, code: Value, globals: Value, builtins: Value) -> Owned {
    // SAFETY: (heap 2) callers pass a code object.
    let code_object: &CodeObject = unsafe { code.cast_unchecked() };
    let [name, qualified_name] = code_object.function_names();
    let names = &cx.interpreter().names;
    let module = crate::objects::dict::of(globals).get_interned(names.name).unwrap_or(Value::UNBOUND);
    // Caches of builtins take them for a dict, so code with others has caches of its own.
    let own_code = (!builtins.type_of().has_flag(flags::DICT)).then(|| code::new(cx, code_object.data.clone()));
    let code = own_code.as_ref().map_or(code, Owned::value);
    let share = |value: Value| {
        crate::heap::owned::increment(value);
        Cell::new(value)
    };
    let empty = || Cell::new(Value::UNBOUND);
    let function = cx.heap.allocate(&FUNCTION.object, size_of::<FunctionObject>(), true) as *mut FunctionObject;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        let header = std::ptr::read(&raw const (*function).header);
        function.write(FunctionObject {
            header,
            code: share(code),
            globals: share(globals),
            builtins: share(builtins),
            closure: empty(),
            defaults: empty(),
            keyword_defaults: empty(),
            name: share(name),
            qualified_name: share(qualified_name),
            module: share(module),
            doc: empty(),
            annotate: empty(),
            annotations: empty(),
            dict: empty(),
            type_parameters: empty(),
            weakly_referenced: Cell::new(false),
        });
    }
    Owned::from_raw(Value::from_pointer(function))
}

const PARAMETERS: Signature<6> = Signature {
    function: "function",
    names: ["code", "globals", "name", "argdefs", "closure", "kwdefaults"],
    positional_only: 0,
    positional: 6,
    required: 2,
    rest: false,
    open: false,
};

/// `function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)`
fn new_from_arguments(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let [code, globals, name, defaults, closure, keyword_defaults] = PARAMETERS.bind(cx, arguments)?;
    let (code, globals) = (code.unwrap_or(Value::UNBOUND), globals.unwrap_or(Value::UNBOUND));
    let Some(code_object) = code.cast::<CodeObject>() else {
        return Err(bad_argument(cx, "function() argument 'code'", "code", code));
    };
    if !globals.type_of().has_flag(flags::DICT) {
        return Err(bad_argument(cx, "function() argument 'globals'", "dict", globals));
    }
    let given = |value: Option<Value>| value.filter(|value| *value != singleton::none());
    let rows = [
        (given(name), flags::STR, "arg 3 (name) must be None or string"),
        (given(defaults), flags::TUPLE, "arg 4 (defaults) must be None or tuple"),
        (given(closure), flags::TUPLE, "arg 5 (closure) must be None or tuple"),
        (given(keyword_defaults), flags::DICT, "arg 6 (kwdefaults) must be None or dict"),
    ];
    let wanted = code_object.data.free_names.len();
    if wanted > 0 && rows[2].0.is_none() {
        return Err(cx.type_error("arg 5 (closure) must be tuple"));
    }
    if let Some((_, _, message)) =
        rows.iter().find(|(value, flag, _)| value.is_some_and(|value| !value.type_of().has_flag(*flag)))
    {
        return Err(cx.type_error(message));
    }
    check_closure(cx, code_object, rows[2].0)?;
    // Globals that say nothing of builtins have those of the code that runs.
    let key = cx.interpreter().names.builtins;
    let own = crate::objects::dict::of(globals).get_interned(key).map(Owned::new);
    let around = (cx.interpreter().hooks.frame_globals)(cx);
    let around = around.value().cast::<DictObject>().and_then(|around| around.get_interned(key)).map(Owned::new);
    let made = match own.or(around) {
        Some(builtins) => with_builtins(cx, code, globals, builtins_mapping(builtins.value())),
        None => new(cx, code, globals),
    };
    // SAFETY: (heap 2) just made.
    let function: &FunctionObject = unsafe { made.value().cast_unchecked() };
    let fields = [&function.name, &function.defaults, &function.closure, &function.keyword_defaults];
    for (field, (value, ..)) in fields.into_iter().zip(rows) {
        if let Some(value) = value {
            drop(Owned::from_raw_option(field.replace(Owned::new(value).into_raw())));
        }
    }
    Ok(made)
}

/// A closure must have a cell for each free name.
fn check_closure(cx: &mut Context, code: &CodeObject, closure: Option<Value>) -> Result<()> {
    let cells = closure.and_then(|closure| closure.cast::<TupleObject>()).map_or(&[][..], |cells| cells.as_slice());
    let wanted = code.data.free_names.len();
    if cells.len() != wanted {
        let (name, given) = (code.name(), cells.len());
        return Err(cx.value_error(format!("{name} requires closure of length {wanted}, not {given}")));
    }
    match cells.iter().find(|cell| !cell.has_type(&CELL)) {
        Some(other) => {
            let actual = other.type_of().name();
            Err(cx.type_error(format!("arg 5 (closure) expected cell, found {actual}")))
        }
        None => Ok(()),
    }
}

/// What `__builtins__` says: a mapping, or the module that has it.
fn builtins_mapping(value: Value) -> Value {
    value.cast::<crate::objects::module::ModuleObject>().map_or(value, |module| module.dict.get())
}

fn call(cx: &mut Context, function: Value, arguments: Arguments<'_>) -> Result<Owned> {
    // SAFETY: (heap 2) the slot of this type.
    let function: &FunctionObject = unsafe { function.cast_unchecked() };
    (cx.interpreter().hooks.call_function)(cx, function, arguments)
}

fn bind(cx: &mut Context, function: Value, instance: Value, _owner: &TypeObject) -> Result<Owned> {
    if instance.is_unbound() {
        return Ok(Owned::new(function));
    }
    Ok(crate::objects::method::new(cx, function, instance))
}

/// `<function name at 0x…>`
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    // SAFETY: (heap 2) the slot of this type.
    let function: &FunctionObject = unsafe { value.cast_unchecked() };
    let name = crate::objects::str::text(function.qualified_name.get()).unwrap_or_default();
    Ok(crate::objects::str::StrObject::new(cx, &format!("<function {name} at {:#x}>", value.0)))
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let function = unsafe { &*(header as *const FunctionObject) };
    for field in function.fields() {
        if !field.get().is_unbound() {
            visit(field.get());
        }
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    let function = unsafe { &*(header as *const FunctionObject) };
    for field in function.fields().into_iter().rev() {
        children.push(field.replace(Value::UNBOUND));
    }
}

/// Breaks cycles through the closure, defaults and dict; code and globals stay, as the function may still be called.
unsafe fn clear(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    let function = unsafe { &*(header as *const FunctionObject) };
    for field in
        [&function.closure, &function.defaults, &function.keyword_defaults, &function.dict, &function.annotations]
    {
        children.push(field.replace(Value::UNBOUND));
    }
}
