//! `types.GenericAlias`, what `list[int]` gives: a class with type arguments, which calls and attributes pass on to.

pub mod iterator;
pub mod substitution;

use crate::type_methods::mapping_proxy::MAPPING_PROXY;
use crate::union_type;
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::dict::DICT;
use sidewinder_runtime::objects::exception::BASE_EXCEPTION_GROUP;
use sidewinder_runtime::objects::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
use sidewinder_runtime::objects::iterator::arguments::{positionals, refuse_keywords};
use sidewinder_runtime::objects::iterator::functional::ENUMERATE;
use sidewinder_runtime::objects::list::{LIST, ListObject};
use sidewinder_runtime::objects::method::{CLASS_METHOD, STATIC_METHOD};
use sidewinder_runtime::objects::set::{FROZENSET, SET};
use sidewinder_runtime::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use sidewinder_runtime::objects::str::{self as text, StrBuilder};
use sidewinder_runtime::objects::template::{INTERPOLATION, TEMPLATE};
use sidewinder_runtime::objects::tuple::{TUPLE, TupleObject, push_repr};
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, flags};
use sidewinder_runtime::objects::typing;
use sidewinder_runtime::objects::{exception, instance, singleton};
use sidewinder_runtime::operations::{attribute, call, compare, convert, dunder};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

/// A class with type arguments. The values are owned, and the first two never change.
#[repr(C)]
pub struct GenericAlias {
    pub header: Header,
    pub origin: Value,
    /// A tuple.
    pub arguments: Value,
    /// The type parameters among the arguments once somebody asked for them, a tuple; or unbound.
    parameters: Cell<Value>,
    /// Unpacked, as in `*tuple[int, str]`.
    pub starred: bool,
}

/// The row for `__class_getitem__` of generic builtin types.
pub static CLASS_GETITEM: &[Native] =
    &[Native::new("__class_getitem__", 1, 1, class_getitem, "See PEP 585").class_method()];

/// The builtin types that take type arguments.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[
    (&LIST, CLASS_GETITEM, &[]),
    (&TUPLE, CLASS_GETITEM, &[]),
    (&DICT, CLASS_GETITEM, &[]),
    (&SET, CLASS_GETITEM, &[]),
    (&FROZENSET, CLASS_GETITEM, &[]),
    (&ENUMERATE, CLASS_GETITEM, &[]),
    (&GENERATOR, CLASS_GETITEM, &[]),
    (&COROUTINE, CLASS_GETITEM, &[]),
    (&ASYNC_GENERATOR, CLASS_GETITEM, &[]),
    (&TEMPLATE, CLASS_GETITEM, &[]),
    (&INTERPOLATION, CLASS_GETITEM, &[]),
    (&BASE_EXCEPTION_GROUP, CLASS_GETITEM, &[]),
    (&STATIC_METHOD, CLASS_GETITEM, &[]),
    (&CLASS_METHOD, CLASS_GETITEM, &[]),
    (&MAPPING_PROXY, CLASS_GETITEM, &[]),
];

/// Gives type aliases their subscription; called once, after the builtin types were completed.
pub fn install(cx: &mut Context) -> Result<()> {
    dunder::add_methods(cx, &typing::alias::TYPE_ALIAS, ALIAS_METHODS)
}

/// The same for its slot, before it is completed.
pub fn prepare() {
    typing::alias::TYPE_ALIAS.amend_slots(|slots| slots.get_item = Some(subscribe_alias));
}

static ALIAS_METHODS: &[Native] =
    &[Native::new("__getitem__", 1, 1, |cx, it| subscribe_alias(cx, it[0], it[1]), "Return self[key].")];

/// `Alias[arguments]` of a generic `type` statement.
fn subscribe_alias(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    if !typing::alias::is_generic(value) {
        return Err(cx.type_error("Only generic type aliases are subscriptable"));
    }
    Ok(GenericAlias::new(cx, &GENERIC_ALIAS, value, key))
}

pub static GENERIC_ALIAS: StaticType = Immortal::new(
    TypeObject::builtin(
        "types.GenericAlias",
        size_of::<GenericAlias>(),
        Slots {
            repr: Some(alias_repr),
            hash: Some(alias_hash),
            compare: Some(alias_compare),
            call: Some(alias_call),
            get_attribute: Some(alias_get_attribute),
            get_item: Some(substitution::subscribe),
            iter: Some(alias_iter),
            binary: BINARY,
            new: Some(alias_new),
            traverse: Some(alias_traverse),
            release: Some(alias_release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED | flags::HAS_WEAK)
    .with_methods(METHODS)
    .with_getset(GETSET)
    .with_doc(
        "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    ),
);

sidewinder_runtime::object_type!(GenericAlias, GENERIC_ALIAS);

static METHODS: &[Native] = &[
    Native::new("__mro_entries__", 1, 1, mro_entries, ""),
    Native::new("__instancecheck__", 1, 1, instance_check, ""),
    Native::new("__subclasscheck__", 1, 1, subclass_check, ""),
    Native::new("__reduce__", 0, 0, reduce, ""),
    Native::new("__dir__", 0, 0, dir, ""),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "__origin__", get: |_, it| Ok(Owned::new(alias(it).origin)), set: None, doc: "" },
    GetSet { name: "__args__", get: |_, it| Ok(Owned::new(alias(it).arguments)), set: None, doc: "" },
    GetSet { name: "__parameters__", get: get_parameters, set: None, doc: "" },
    GetSet {
        name: "__unpacked__",
        get: |_, it| Ok(Owned::new(singleton::boolean(alias(it).starred))),
        set: None,
        doc: "",
    },
    GetSet { name: "__typing_unpacked_tuple_args__", get: unpacked_tuple_arguments, set: None, doc: "" },
];

impl GenericAlias {
    /// An alias of a class; `arguments` is one argument or a tuple of them.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(cx: &mut Context, kind: &'static TypeObject, origin: Value, arguments: Value) -> Owned {
        GenericAlias::make(cx, kind, origin, arguments, false)
    }

    /// The same, maybe unpacked.
    fn make(cx: &mut Context, kind: &'static TypeObject, origin: Value, arguments: Value, starred: bool) -> Owned {
        let arguments = match arguments.cast_exact::<TupleObject>() {
            Some(_) => Owned::new(arguments),
            None => TupleObject::new(cx, &[arguments]),
        };
        let header = instance::allocate(cx, kind, 0) as *mut GenericAlias;
        // SAFETY: (heap 3) fresh memory of the alias's size.
        unsafe {
            (&raw mut (*header).origin).write(Owned::new(origin).into_raw());
            (&raw mut (*header).arguments).write(arguments.into_raw());
            (&raw mut (*header).parameters).write(Cell::new(Value::UNBOUND));
            (&raw mut (*header).starred).write(starred);
        }
        Owned::from_raw(Value::from_pointer(header))
    }

    /// Whether this is `*tuple[…]`.
    fn is_unpacked_tuple(&self) -> bool {
        self.starred && self.origin == TUPLE.value()
    }

    fn items(&self) -> &'static [Value] {
        // SAFETY: (heap 2) the field is a tuple, alive as long as the alias.
        unsafe { self.arguments.cast_unchecked::<TupleObject>() }.as_slice()
    }
}

/// An iterator over the unpacked alias alone: what `*alias` means.
fn alias_iter(cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(iterator::new(cx, value))
}

fn get_parameters(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = alias(value);
    if own.parameters.get().is_unbound() {
        let found = substitution::parameters(cx, own.items())?;
        let found = TupleObject::from_owned(cx, found);
        drop(Owned::from_raw_option(own.parameters.replace(found.into_raw())));
    }
    Ok(Owned::new(own.parameters.get()))
}

fn unpacked_tuple_arguments(_cx: &mut Context, value: Value) -> Result<Owned> {
    let own = alias(value);
    Ok(Owned::new(if own.is_unpacked_tuple() { own.arguments } else { singleton::none() }))
}

/// The object of a value that is known to be an alias.
fn alias(value: Value) -> &'static GenericAlias {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

fn class_getitem(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(new(cx, arguments[0], arguments[1]))
}

/// `origin[argument]`
pub fn new(cx: &mut Context, origin: Value, argument: Value) -> Owned {
    GenericAlias::new(cx, &GENERIC_ALIAS, origin, argument)
}

fn alias_new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    refuse_keywords(cx, "GenericAlias", arguments)?;
    let values = positionals(cx, "GenericAlias", arguments, 2, 2)?;
    Ok(GenericAlias::new(cx, kind, values[0], values[1]))
}

/// Appends a type as annotations show it: classes by name, `...` as such, anything else by its repr.
pub fn push_type(cx: &mut Context, result: &mut StrBuilder, value: Value) -> Result<()> {
    if value == singleton::ellipsis() {
        result.push_text("...");
        return Ok(());
    }
    if let Some(list) = value.cast_exact::<ListObject>() {
        result.push_text("[");
        let mut index = 0;
        while let Some(item) = list.get(index) {
            if index > 0 {
                result.push_text(", ");
            }
            // What tells its name may change the list.
            let item = Owned::new(item);
            push_type(cx, result, item.value())?;
            index += 1;
        }
        result.push_text("]");
        return Ok(());
    }
    if value == singleton::NONE_TYPE.value() {
        result.push_text("None");
        return Ok(());
    }
    let is_alias = attribute::get_text_optional(cx, value, "__origin__")?.is_some()
        && attribute::get_text_optional(cx, value, "__args__")?.is_some();
    if is_alias {
        return push_repr(cx, result, value);
    }
    let names = &cx.interpreter().names;
    let (qualname, module) = (names.qualname, names.module);
    let Some(qualname) = attribute::get_optional(cx, value, qualname)? else { return push_repr(cx, result, value) };
    let module = attribute::get_optional(cx, value, module)?;
    let Some(module) = module.filter(|module| module.value() != singleton::none()) else {
        return push_repr(cx, result, value);
    };
    if text::text(module.value()).is_none_or(|module| module != "builtins") {
        push_shown(cx, result, module.value())?;
        result.push_text(".");
    }
    push_shown(cx, result, qualname.value())
}

/// Appends what `str` makes of a value.
fn push_shown(cx: &mut Context, result: &mut StrBuilder, value: Value) -> Result<()> {
    let shown = convert::str(cx, value)?;
    if let Some(shown) = text::cast(shown.value()) {
        result.push_str(shown);
    }
    Ok(())
}

fn alias_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let alias = alias(value);
    let mut result = StrBuilder::new();
    if alias.starred {
        result.push_text("*");
    }
    push_type(cx, &mut result, alias.origin)?;
    result.push_text("[");
    for (index, &argument) in alias.items().iter().enumerate() {
        if index > 0 {
            result.push_text(", ");
        }
        push_type(cx, &mut result, argument)?;
    }
    if alias.items().is_empty() {
        result.push_text("()");
    }
    result.push_text("]");
    Ok(result.finish(cx))
}

fn alias_hash(cx: &mut Context, value: Value) -> Result<i64> {
    let alias = alias(value);
    let hash = convert::hash(cx, alias.origin)? ^ convert::hash(cx, alias.arguments)?;
    Ok(if hash == -1 { -2 } else { hash })
}

fn alias_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(a), Some(b)) = (left.cast::<GenericAlias>(), right.cast::<GenericAlias>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let same = a.starred == b.starred;
    let equal = same && compare::equals(cx, a.origin, b.origin)? && compare::equals(cx, a.arguments, b.arguments)?;
    Ok(Owned::new(singleton::boolean(equal == (op == CompareOp::Equal))))
}

/// Calls the class, and tells the new object which alias made it, if it can be told.
fn alias_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let made = call::call_with(cx, alias(value).origin, arguments)?;
    let name = cx.interpreter().names.orig_class;
    if attribute::set(cx, made.value(), name, value).is_err()
        && !cx.swallow(&exception::ATTRIBUTE_ERROR)
        && !cx.swallow(&exception::TYPE_ERROR)
    {
        return Err(sidewinder_runtime::Raised);
    }
    Ok(made)
}

/// Attributes of the alias itself; all others are the class's.
fn alias_get_attribute(cx: &mut Context, value: Value, name: Value) -> Result<Owned> {
    const OWN: [&str; 14] = [
        "__bases__",
        "__typing_unpacked_tuple_args__",
        "__class__",
        "__origin__",
        "__args__",
        "__unpacked__",
        "__parameters__",
        "__mro_entries__",
        "__instancecheck__",
        "__subclasscheck__",
        "__reduce_ex__",
        "__reduce__",
        "__copy__",
        "__deepcopy__",
    ];
    let own = text::text(name).is_some_and(|name| OWN.contains(&&*name));
    if own { attribute::generic_get(cx, value, name) } else { attribute::get(cx, alias(value).origin, name) }
}

fn mro_entries(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(TupleObject::new(cx, &[alias(arguments[0]).origin]))
}

/// What the class has, and what only the alias has.
fn dir(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    const ADDED: [&str; 6] = [
        "__origin__",
        "__args__",
        "__unpacked__",
        "__parameters__",
        "__mro_entries__",
        "__typing_unpacked_tuple_args__",
    ];
    let function = cx.builtins().get_text(cx, "dir").unwrap_or(singleton::none());
    let names = call::call(cx, function, &[alias(arguments[0]).origin])?;
    if let Some(list) = names.value().cast_exact::<ListObject>() {
        for name in ADDED {
            if !list.as_slice().iter().any(|known| text::text(*known).is_some_and(|known| known == name)) {
                let name = text::StrObject::new(cx, name);
                list.push(name);
            }
        }
    }
    Ok(names)
}

fn instance_check(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Err(cx.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclass_check(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Err(cx.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let alias = alias(arguments[0]);
    if alias.starred {
        // The plain alias, whose iterator gives this one.
        let plain = GenericAlias::new(cx, &GENERIC_ALIAS, alias.origin, alias.arguments);
        let iterator = alias_iter(cx, plain.value())?;
        let next = cx.builtins().get_text(cx, "next").unwrap_or(singleton::none());
        let parts = TupleObject::from_owned(cx, vec![iterator]);
        return Ok(TupleObject::new(cx, &[next, parts.value()]));
    }
    let parts = TupleObject::new(cx, &[alias.origin, alias.arguments]);
    Ok(TupleObject::new(cx, &[GENERIC_ALIAS.value(), parts.value()]))
}

unsafe fn alias_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    let alias = alias(Value::from_pointer(header));
    visit(alias.origin);
    visit(alias.arguments);
    if !alias.parameters.get().is_unbound() {
        visit(alias.parameters.get());
    }
}

unsafe fn alias_release(header: *mut Header, children: &mut Children<'_>) {
    let alias = alias(Value::from_pointer(header));
    children.push(alias.parameters.replace(Value::UNBOUND));
    children.push(alias.arguments);
    children.push(alias.origin);
}

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Or as usize] = Some(union_type::or);
    table
};
