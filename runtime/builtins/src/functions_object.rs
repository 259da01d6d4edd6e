//! Builtin functions about objects in general: attributes, classes, identity, conversion to text.

use sidewinder_runtime::native::{Effects, Intrinsic, Native};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::float::FLOAT;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::iterator::dict_operations;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str as text;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::objects::{bytes, float, int, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, dunder, instance, subscript};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

const PURE: u32 = Effects::NO_PYTHON | Effects::READ_ONLY | Effects::PURE;

pub static FUNCTIONS: &[Native] = &[
    Native::new(
        "ascii",
        1,
        1,
        ascii,
        "ascii($module, obj, /)\n--\n\nReturn an ASCII-only representation of an object.\n\nAs repr(), return a string \
         containing a printable representation of an\nobject, but escape the non-ASCII characters in the string \
         returned by\nrepr() using \\\\x, \\\\u or \\\\U escapes. This generates a string similar\nto that returned by \
         repr() in Python 2.",
    ),
    Native::new(
        "callable",
        1,
        1,
        callable,
        "callable($module, obj, /)\n--\n\nReturn whether the object is callable \
         (i.e., some kind of function).\n\nNote that classes are callable, as are instances of classes with \
         a\n__call__() method.",
    )
    .effects(Effects::NO_PYTHON | Effects::READ_ONLY),
    Native::new(
        "chr",
        1,
        1,
        chr,
        "chr($module, i, /)\n--\n\nReturn a Unicode string of one character with ordinal i; \
         0 <= i <= 0x10ffff.",
    )
    .effects(PURE)
    .intrinsic(Intrinsic::Character),
    Native::new(
        "delattr",
        2,
        2,
        del_attribute,
        "delattr($module, obj, name, /)\n--\n\nDeletes the named attribute \
         from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y``",
    ),
    Native::new(
        "dir",
        0,
        1,
        dir,
        "Show attributes of an object.\n\nIf called without an argument, return the names \
         in the current scope.\nElse, return an alphabetized list of names comprising (some of) the attributes\nof \
         the given object, and of attributes reachable from it.",
    )
    .intrinsic(Intrinsic::LooksAtFrames),
    Native::new(
        "format",
        1,
        2,
        format_value,
        "format($module, value, format_spec='', /)\n--\n\nReturn \
         type(value).__format__(value, format_spec)\n\nMany built-in types implement format_spec according to \
         the\nFormat Specification Mini-language. See help('FORMATTING') for details.",
    ),
    Native::new(
        "getattr",
        2,
        3,
        get_attribute,
        "Get a named attribute from an object.\n\ngetattr(x, 'y') is \
         equivalent to ``x.y``\n\nWhen a default argument is given, it is returned when the attribute doesn't\nexist; \
         without it, an exception is raised in that case.",
    ),
    Native::new(
        "hasattr",
        2,
        2,
        has_attribute,
        "hasattr($module, obj, name, /)\n--\n\nReturn whether the object has \
         an attribute with the given name.\n\nThis is done by calling getattr(obj, name) and catching AttributeError.",
    ),
    Native::new(
        "hash",
        1,
        1,
        hash,
        "hash($module, obj, /)\n--\n\nReturn the hash value for the given object.\n\nTwo \
         objects that compare equal must also have the same hash value, but the\nreverse is not necessarily true.",
    ),
    Native::new(
        "id",
        1,
        1,
        id,
        "id($module, obj, /)\n--\n\nReturn the identity of an object.\n\nThis is guaranteed \
         to be unique among simultaneously existing objects.\n(CPython uses the object's memory address.)",
    )
    .effects(Effects::NO_PYTHON | Effects::READ_ONLY),
    Native::new(
        "isinstance",
        2,
        2,
        is_instance,
        "isinstance($module, obj, class_or_tuple, /)\n--\n\nReturn whether \
         an object is an instance of a class or of a subclass thereof.\n\nA tuple, as in ``isinstance(x, (A, B, \
         ...))``, may be given as the target to\ncheck against. This is equivalent to ``isinstance(x, A) or \
         isinstance(x, B)\nor ...`` etc.",
    )
    .intrinsic(Intrinsic::IsInstance)
    .effects(Effects::NO_PYTHON | Effects::READ_ONLY),
    Native::new(
        "issubclass",
        2,
        2,
        is_subclass,
        "issubclass($module, cls, class_or_tuple, /)\n--\n\nReturn whether \
         'cls' is derived from another class or is the same class.\n\nA tuple, as in ``issubclass(x, (A, B, ...))``, \
         may be given as the target to\ncheck against. This is equivalent to ``issubclass(x, A) or issubclass(x, \
         B)\nor ...``.",
    )
    .effects(Effects::NO_PYTHON | Effects::READ_ONLY),
    Native::new(
        "ord",
        1,
        1,
        ord,
        "ord($module, character, /)\n--\n\nReturn the ordinal value of a character.\n\nIf \
         the argument is a one-character string, return the Unicode code\npoint of that character.\n\nIf the argument \
         is a bytes or bytearray object of length 1, return its\nsingle byte value.",
    )
    .effects(Effects::NO_PYTHON | Effects::READ_ONLY)
    .intrinsic(Intrinsic::CodePoint),
    Native::new(
        "repr",
        1,
        1,
        repr,
        "repr($module, obj, /)\n--\n\nReturn the canonical string representation of the \
         object.\n\nFor many object types, including most builtins, eval() will return\nobjects of the same type when \
         passed the return value of repr().",
    ),
    Native::new(
        "setattr",
        3,
        3,
        set_attribute,
        "setattr($module, obj, name, value, /)\n--\n\nSets the named \
         attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) is equivalent to ``x.y = v``",
    ),
    Native::new(
        "vars",
        0,
        1,
        vars,
        "Show vars.\n\nWithout arguments, equivalent to locals().\nWith an argument, \
         equivalent to object.__dict__.",
    )
    .intrinsic(Intrinsic::LooksAtFrames),
];

fn none() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

fn boolean(truth: bool) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(truth)))
}

fn ascii(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    convert::ascii(cx, arguments[0])
}

fn repr(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    convert::repr(cx, arguments[0])
}

fn callable(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(arguments[0].type_of().slots().call.is_some())
}

fn chr(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let index = convert::index(cx, arguments[0])?;
    match int::as_i64(index.value()) {
        Some(point @ 0..=0x10ffff) => Ok(text::character(cx, point as u32)),
        _ => Err(cx.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    let length = if let Some(string) = text::cast(value) {
        if string.len() == 1 {
            return Ok(int::from_i64(cx, string.code_point(0).into()));
        }
        string.len()
    } else if let Some(bytes) = bytes::like(value) {
        if let [byte] = *bytes {
            return Ok(int::from_i64(cx, byte.into()));
        }
        bytes.len()
    } else {
        let name = value.type_of().name();
        return Err(cx.type_error(format!("ord() expected string of length 1, but {name} found")));
    };
    Err(cx.type_error(format!("ord() expected a character, but string of length {length} found")))
}

fn format_value(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let spec = match arguments.get(1) {
        Some(&spec) if text::is_str(spec) => spec,
        Some(&spec) => {
            return Err(bad_argument(cx, "format() argument 2", "str", spec));
        }
        None => Value::UNBOUND,
    };
    convert::format(cx, arguments[0], spec)
}

fn hash(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let hash = convert::hash(cx, arguments[0])?;
    Ok(int::from_i64(cx, hash))
}

/// `id(value)`. Ints and floats are the same object whenever they are the same number, so their ids come from that.
pub fn identity(cx: &mut Context, value: Value) -> Owned {
    if value.has_type(&FLOAT) {
        // A boxed float: beyond all words, so that it differs from every other id.
        let bits = float::as_f64(value).unwrap_or(0.0).to_bits();
        return int::from_i128(cx, 1 << 64 | bits as i128);
    }
    int::from_u64(cx, value.0)
}

fn id(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(identity(cx, arguments[0]))
}

fn is_instance(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(instance::is_instance(cx, arguments[0], arguments[1])?)
}

fn is_subclass(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(instance::is_subclass(cx, arguments[0], arguments[1])?)
}

fn get_attribute(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let name = attribute::name_argument(cx, arguments[1])?;
    let Some(&default) = arguments.get(2) else {
        return attribute::get(cx, arguments[0], name.value());
    };
    match attribute::get_optional(cx, arguments[0], name.value())? {
        Some(found) => Ok(found),
        None => Ok(Owned::new(default)),
    }
}

fn has_attribute(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let name = attribute::name_argument(cx, arguments[1])?;
    boolean(attribute::get_optional(cx, arguments[0], name.value())?.is_some())
}

fn set_attribute(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let name = attribute::name_argument(cx, arguments[1])?;
    attribute::set(cx, arguments[0], name.value(), arguments[2])?;
    none()
}

fn del_attribute(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let name = attribute::name_argument(cx, arguments[1])?;
    attribute::delete(cx, arguments[0], name.value())?;
    none()
}

fn vars(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(&object) = arguments.first() else {
        return (cx.interpreter().hooks.frame_locals)(cx);
    };
    let name = cx.interpreter().names.dict;
    match attribute::get_optional(cx, object, name)? {
        Some(dict) => Ok(dict),
        None => Err(cx.type_error("vars() argument must have __dict__ attribute")),
    }
}

fn dir(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(&object) = arguments.first() else {
        let locals = (cx.interpreter().hooks.frame_locals)(cx)?;
        if locals.value().cast_exact::<DictObject>().is_some() {
            return sorted_list(cx, locals.value());
        }
        let keys = attribute::get_text(cx, locals.value(), "keys")?;
        let keys = call::call(cx, keys.value(), &[])?;
        return sorted_list(cx, keys.value());
    };
    let name = cx.interpreter().names.dir;
    let names = match dunder::call_dunder(cx, object, name, &[])? {
        Some(names) => names,
        None => default_dir(cx, object)?,
    };
    sorted_list(cx, names.value())
}

fn sorted_list(cx: &mut Context, iterable: Value) -> Result<Owned> {
    let items = ListObject::new(cx, Vec::new());
    let taken: &ListObject = items.value().cast_exact().expect("just made");
    sidewinder_runtime::objects::list::slots::extend(cx, taken, iterable)?;
    let mut items = taken.take_items();
    let result = crate::sort::sort_values(cx, &mut items, None, false);
    // SAFETY: the items come from owned ones and are still all there.
    let items = unsafe { sidewinder_runtime::objects::list::into_owned_items(items) };
    result?;
    Ok(ListObject::new(cx, items))
}

/// What `object.__dir__`, `type.__dir__` and `module.__dir__` give: names of attributes, without an order.
pub fn default_dir(cx: &mut Context, object: Value) -> Result<Owned> {
    let names = DictObject::new(cx);
    // SAFETY: (heap 2) just made.
    let all: &DictObject = unsafe { names.value().cast_unchecked() };
    let own_names = &cx.interpreter().names;
    let (dict_name, class_name) = (own_names.dict, own_names.class_);
    if object.cast::<TypeObject>().is_some() {
        add_class_names(cx, all, object)?;
    } else {
        if let Some(own) = attribute::get_optional(cx, object, dict_name)?
            && own.value().type_of().has_flag(flags::DICT)
        {
            dict_operations::update(cx, all, own.value())?;
        }
        if let Some(class) = attribute::get_optional(cx, object, class_name)? {
            add_class_names(cx, all, class.value())?;
        }
    }
    let mut list = Vec::with_capacity(all.len());
    for index in 0..all.entry_count() {
        if let Some((name, _)) = all.entry(index) {
            list.push(Owned::new(name));
        }
    }
    Ok(ListObject::new(cx, list))
}

/// Adds the names of a class, or of what passes for one, and of its bases.
fn add_class_names(cx: &mut Context, all: &DictObject, class: Value) -> Result<()> {
    cx.check_native_stack("")?;
    let names = &cx.interpreter().names;
    let (dict, bases) = (names.dict, names.bases);
    if let Some(namespace) = attribute::get_optional(cx, class, dict)? {
        dict_operations::update(cx, all, namespace.value())?;
    }
    let Some(bases) = attribute::get_optional(cx, class, bases)? else { return Ok(()) };
    for position in 0..subscript::length(cx, bases.value())? {
        let position = int::from_usize(cx, position);
        let base = subscript::get_item(cx, bases.value(), position.value())?;
        add_class_names(cx, all, base.value())?;
    }
    Ok(())
}
