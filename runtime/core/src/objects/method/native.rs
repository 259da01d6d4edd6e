//! Functions written in Rust as Python objects: module functions, bound methods of builtin types, and the descriptors
//! in the types' namespaces.

use super::prepend;
use crate::context::{Context, Raised, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::{Arguments, Body, Native, NativeKind};
use crate::objects::module::ModuleObject;
use crate::objects::singleton;
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::call;
use crate::value::Value;

/// A native function. The same layout serves three types:
/// - `BUILTIN_FUNCTION`: `bound` is the receiver (an instance, a class, or unbound for a plain function);
/// - `METHOD_DESCRIPTOR` and `CLASS_METHOD_DESCRIPTOR`: `bound` is the type that owns the method.
#[repr(C)]
pub struct NativeFunctionObject {
    pub header: Header,
    pub definition: &'static Native,
    pub bound: Value,
    /// Name of the module, or unbound.
    pub module: Value,
}

pub static BUILTIN_FUNCTION: StaticType = Immortal::new(
    TypeObject::builtin(
        "builtin_function_or_method",
        size_of::<NativeFunctionObject>(),
        Slots {
            repr: Some(function_repr),
            hash: Some(function_hash),
            compare: Some(function_compare),
            call: Some(function_call),
            traverse: Some(traverse),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED | flags::HAS_WEAK),
);

pub static METHOD_DESCRIPTOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "method_descriptor",
        size_of::<NativeFunctionObject>(),
        Slots {
            repr: Some(descriptor_repr),
            call: Some(descriptor_call),
            descriptor_get: Some(descriptor_bind),
            ..SHARED_SLOTS
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

pub static CLASS_METHOD_DESCRIPTOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "classmethod_descriptor",
        size_of::<NativeFunctionObject>(),
        Slots {
            repr: Some(descriptor_repr),
            call: Some(class_descriptor_call),
            descriptor_get: Some(class_descriptor_bind),
            ..SHARED_SLOTS
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

const SHARED_SLOTS: Slots = Slots { traverse: Some(traverse), release: Some(release), ..Slots::EMPTY };

crate::object_type!(NativeFunctionObject, BUILTIN_FUNCTION);

/// The native function that a value is, of any of the three types.
#[inline]
pub fn cast(value: Value) -> Option<&'static NativeFunctionObject> {
    if !value.is_pointer() || value.is_unbound() {
        return None;
    }
    let kind = value.heap_type();
    let ours = std::ptr::eq(kind, &BUILTIN_FUNCTION.object)
        || std::ptr::eq(kind, &METHOD_DESCRIPTOR.object)
        || std::ptr::eq(kind, &CLASS_METHOD_DESCRIPTOR.object);
    // SAFETY: (heap 2) objects of these types have this layout.
    ours.then(|| unsafe { value.cast_unchecked() })
}

fn of(value: Value) -> &'static NativeFunctionObject {
    // SAFETY: (heap 2) the slots of these types are called with their objects.
    unsafe { value.cast_unchecked() }
}

fn allocate(
    cx: &mut Context,
    kind: &'static TypeObject,
    definition: &'static Native,
    bound: Value,
    module: Value,
) -> Owned {
    let bytes = size_of::<NativeFunctionObject>();
    let function = cx.heap.allocate(kind, bytes, true) as *mut NativeFunctionObject;
    for value in [bound, module] {
        crate::heap::owned::increment(value);
    }
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        (&raw mut (*function).definition).write(definition);
        (&raw mut (*function).bound).write(bound);
        (&raw mut (*function).module).write(module);
    }
    Owned::from_raw(Value::from_pointer(function))
}

/// A function of the module named `module` (a `str`, or unbound).
pub fn new_function(cx: &mut Context, definition: &'static Native, module: Value) -> Owned {
    allocate(cx, &BUILTIN_FUNCTION, definition, Value::UNBOUND, module)
}

/// A native method bound to a receiver.
#[inline]
pub fn new_bound(cx: &mut Context, definition: &'static Native, receiver: Value) -> Owned {
    allocate(cx, &BUILTIN_FUNCTION, definition, receiver, Value::UNBOUND)
}

/// What the namespace of `owner` holds for a row of its method table.
pub fn new_descriptor(cx: &mut Context, definition: &'static Native, owner: &TypeObject) -> Owned {
    match definition.kind {
        NativeKind::Normal => allocate(cx, &METHOD_DESCRIPTOR, definition, owner.value(), Value::UNBOUND),
        NativeKind::Class => allocate(cx, &CLASS_METHOD_DESCRIPTOR, definition, owner.value(), Value::UNBOUND),
        NativeKind::Static => {
            let function = allocate(cx, &BUILTIN_FUNCTION, definition, Value::UNBOUND, owner.value());
            super::descriptor::new_static_method(cx, function.value())
        }
    }
}

impl NativeFunctionObject {
    /// The type that owns a descriptor.
    pub fn owner(&self) -> Option<&'static TypeObject> {
        self.bound.cast::<TypeObject>()
    }

    /// Whether a descriptor applies to this receiver.
    #[inline]
    pub fn accepts(&self, receiver: Value) -> bool {
        let kind = receiver.type_of();
        kind.value() == self.bound || self.owner().is_some_and(|owner| kind.is_subtype(owner))
    }

    /// The receiver of a bound function. Modules count as none.
    pub fn receiver(&self) -> Option<Value> {
        (!self.bound.is_unbound()).then_some(self.bound)
    }

    /// The type of a static method, which stands where a function has its module.
    pub fn static_owner(&self) -> Option<&'static TypeObject> {
        if self.module.is_unbound() { None } else { self.module.cast::<TypeObject>() }
    }

    fn is_descriptor(&self) -> bool {
        !std::ptr::eq(self.header.type_pointer, &BUILTIN_FUNCTION.object)
    }

    /// `__qualname__`: with the name of the type, if any.
    pub fn qualified_name(&self) -> String {
        let name = self.definition.name;
        match self.receiver() {
            None => match self.static_owner() {
                Some(class) => format!("{}.{name}", own_name(class)),
                None => name.to_string(),
            },
            Some(receiver) => match receiver.cast::<TypeObject>() {
                Some(class) => format!("{}.{name}", own_name(class)),
                None if receiver.cast::<ModuleObject>().is_some() => name.to_string(),
                None => format!("{}.{name}", own_name(receiver.type_of())),
            },
        }
    }

    /// The name in error messages: with the module, unless that is `builtins`.
    fn message_name(&self) -> String {
        let name = self.qualified_name();
        match str::text(self.module) {
            Some(module) if module != "builtins" => format!("{module}.{name}"),
            _ => name,
        }
    }
}

/// A type's name without the module, which those of native types have.
fn own_name(class: &TypeObject) -> &str {
    if class.has_flag(flags::HEAP) { class.name() } else { crate::native::module::short_name(class.name()) }
}

/// The name of a native function in error messages, found by looking for the function itself: with its type if the
/// call has a receiver, with its module otherwise. For error paths that know only the row.
#[cold]
pub fn message_name(cx: &mut Context, definition: &'static Native, receiver: Option<Value>) -> String {
    let name = str::intern(cx, definition.name);
    let is_it = |found: Option<Value>| {
        found.and_then(cast).is_some_and(|function| std::ptr::eq(function.definition, definition))
    };
    if let Some(receiver) = receiver {
        let classes = [Some(receiver.type_of()), receiver.cast::<TypeObject>()];
        let mut owners = classes.into_iter().flatten().flat_map(TypeObject::mro);
        let owner = owners.find(|owner| is_it(owner.namespace(cx).get_interned(name.value())));
        return owner.map_or(definition.name.to_string(), |owner| format!("{}.{}", own_name(owner), definition.name));
    }
    let modules = crate::objects::dict::of(cx.interpreter().modules.value());
    for index in 0..modules.entry_count() {
        let Some((key, module)) = modules.entry(index) else { continue };
        let found = module.cast::<ModuleObject>().and_then(|module| module.namespace().get_interned(name.value()));
        if is_it(found) {
            return match str::text(key) {
                Some(module) if module != "builtins" => format!("{module}.{}", definition.name),
                _ => definition.name.to_string(),
            };
        }
    }
    definition.name.to_string()
}

/// Runs a native function's body. `receiver` says whether the first value is `self`, which the bounds exclude.
#[inline]
pub fn invoke(
    cx: &mut Context,
    function: &NativeFunctionObject,
    arguments: Arguments<'_>,
    receiver: bool,
) -> Result<Owned> {
    let definition = function.definition;
    match definition.body {
        Body::Positional(body) => {
            let given = arguments.values.len() - receiver as usize;
            let (minimum, maximum) = (definition.minimum as usize, definition.maximum as usize);
            let too_many = given > maximum && definition.maximum != Native::MANY;
            if !arguments.names.is_empty() || given < minimum || too_many {
                return Err(wrong_arguments(cx, function, arguments, given));
            }
            body(cx, arguments.values)
        }
        Body::Keywords(body) => body(cx, arguments),
    }
}

/// The error for keywords or a wrong number of arguments, in the words of CPython's calling conventions.
#[cold]
fn wrong_arguments(
    cx: &mut Context,
    function: &NativeFunctionObject,
    arguments: Arguments<'_>,
    given: usize,
) -> Raised {
    let definition = function.definition;
    let name = function.message_name();
    if !arguments.names.is_empty() {
        return cx.type_error(format!("{name}() takes no keyword arguments"));
    }
    match (definition.minimum, definition.maximum) {
        (0, 0) => cx.type_error(format!("{name}() takes no arguments ({given} given)")),
        (1, 1) => cx.type_error(format!("{name}() takes exactly one argument ({given} given)")),
        _ => call::wrong_count(cx, definition, given),
    }
}

fn function_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let function = of(value);
    if function.bound.is_unbound() {
        return invoke(cx, function, arguments, false);
    }
    let receiver = Owned::new(function.bound);
    prepend(receiver.value(), arguments, |arguments| invoke(cx, function, arguments, true))
}

fn descriptor_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let function = of(value);
    let name = function.definition.name;
    let owner = function.owner().unwrap_or(&OBJECT);
    let Some(receiver) = arguments.positionals().first().copied() else {
        let owner = owner.name();
        return Err(cx.type_error(format!("unbound method {owner}.{name}() needs an argument")));
    };
    if !receiver.type_of().is_subtype(owner) {
        return Err(wrong_receiver(cx, name, owner, receiver));
    }
    invoke(cx, function, arguments, true)
}

#[cold]
fn wrong_receiver(cx: &mut Context, name: &str, owner: &TypeObject, receiver: Value) -> Raised {
    let (owner, actual) = (owner.name(), receiver.type_of().name());
    cx.type_error(format!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{actual}' object"))
}

fn descriptor_bind(cx: &mut Context, value: Value, instance: Value, _owner: &TypeObject) -> Result<Owned> {
    if instance.is_unbound() {
        return Ok(Owned::new(value));
    }
    let function = of(value);
    let owner = function.owner().unwrap_or(&OBJECT);
    if !instance.type_of().is_subtype(owner) {
        return Err(wrong_receiver(cx, function.definition.name, owner, instance));
    }
    Ok(new_bound(cx, function.definition, instance))
}

fn class_descriptor_bind(cx: &mut Context, value: Value, instance: Value, owner: &TypeObject) -> Result<Owned> {
    let function = of(value);
    let _ = instance;
    check_class(cx, function, owner.value())?;
    Ok(new_bound(cx, function.definition, owner.value()))
}

fn check_class(cx: &mut Context, function: &NativeFunctionObject, class: Value) -> Result<()> {
    let name = function.definition.name;
    let owner = function.owner().unwrap_or(&OBJECT);
    let Some(given) = class.cast::<TypeObject>() else {
        let (owner, actual) = (owner.name(), class.type_of().name());
        return Err(
            cx.type_error(format!("descriptor '{name}' for type '{owner}' needs a type, not a '{actual}' as arg 2"))
        );
    };
    if !given.is_subtype(owner) {
        let (owner, given) = (owner.name(), given.name());
        return Err(
            cx.type_error(format!("descriptor '{name}' requires a subtype of '{owner}' but received '{given}'"))
        );
    }
    Ok(())
}

fn class_descriptor_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let function = of(value);
    let Some(class) = arguments.positionals().first().copied() else {
        let owner = function.owner().unwrap_or(&OBJECT).name();
        let name = function.definition.name;
        return Err(cx.type_error(format!("descriptor '{name}' of '{owner}' object needs an argument")));
    };
    check_class(cx, function, class)?;
    invoke(cx, function, arguments, true)
}

fn function_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let function = of(value);
    let name = function.definition.name;
    let text = match function.receiver() {
        Some(receiver) if receiver.cast::<ModuleObject>().is_none() => {
            let kind = receiver.type_of().name();
            format!("<built-in method {name} of {kind} object at {:#x}>", receiver.0)
        }
        _ => format!("<built-in function {name}>"),
    };
    Ok(StrObject::new(cx, &text))
}

fn descriptor_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let function = of(value);
    let owner = function.owner().unwrap_or(&OBJECT).name();
    Ok(StrObject::new(cx, &format!("<method '{}' of '{owner}' objects>", function.definition.name)))
}

fn function_hash(_cx: &mut Context, value: Value) -> Result<i64> {
    let function = of(value);
    let hash = super::address_hash(function.bound) ^ super::address_hash(Value::from_pointer(function.definition));
    Ok(if hash == -1 { -2 } else { hash })
}

fn function_compare(_cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (a.cast_exact::<NativeFunctionObject>(), b.cast_exact::<NativeFunctionObject>())
    else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    let same = std::ptr::eq(left.definition, right.definition) && left.bound == right.bound;
    Ok(Owned::new(match op {
        CompareOp::Equal => singleton::boolean(same),
        CompareOp::NotEqual => singleton::boolean(!same),
        _ => singleton::not_implemented(),
    }))
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of these types.
    let function = unsafe { &*(header as *const NativeFunctionObject) };
    for value in [function.bound, function.module] {
        if !value.is_unbound() {
            visit(value);
        }
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of these types.
    let function = unsafe { &*(header as *const NativeFunctionObject) };
    children.push(function.module);
    children.push(function.bound);
}

impl NativeFunctionObject {
    /// `__self__`: the receiver; a module function's module name stands for its module.
    pub fn self_value(&self) -> Value {
        if self.is_descriptor() || self.bound.is_unbound() { singleton::none() } else { self.bound }
    }
}
