//! Numbers, characters and addresses: `_SimpleCData`, its metaclass, and what its three kinds of pointers take as arguments.

use crate::argument::Argument;
use crate::data;
use crate::function::Function;
use crate::info::{self, Info, Kind};
use crate::metaclass::{as_parameter, text_of};
use crate::value::{self, Code};
use sidewinder_macros::{Traverse, methods, native_functions, native_type};
use sidewinder_runtime::native::{Native, NativeObject, NativeType};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::method::descriptor;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, instance};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

/// metatype for the PyCSimpleType Objects
#[native_type("_ctypes.PyCSimpleType", base, extends = crate::metaclass::CType)]
#[derive(Traverse)]
pub struct SimpleType;

#[methods]
impl SimpleType {
    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        if let Some(init) = TYPE.object.slots().init {
            init(cx, this, arguments)?;
        }
        let code = code_of_class(cx, this)?;
        let proto = attribute::get_text(cx, this, "_type_")?;
        let info = describe(code, &proto);
        let is_pointer = b"zZPO".contains(&code.letter);
        let direct = info::of_base(this).is_none();
        info.has_pointer.set(is_pointer && direct);
        info::install(cx, this, info)?;
        if direct && let Some(row) = from_param_of(code.letter) {
            install_from_param(cx, this, row)?;
        }
        if code.has_other_order() && this.type_of().value() == SimpleType::type_object().value() {
            other_order(cx, this, arguments, code, &proto)?;
        }
        Ok(())
    }

    /// Convert a Python object into a function call parameter.
    fn from_param(this: Value, cx: &mut Context, value: Value) -> Result<Owned> {
        if instance::is_instance(cx, value, this)? {
            return Ok(Owned::new(value));
        }
        let code = Code::of(info::required(cx, this)?.code.get().letter);
        if let Ok(made) = Argument::of_value(cx, code, value) {
            return Ok(made);
        }
        let error = cx.take_pending();
        if let Some(parameter) = as_parameter(cx, value)? {
            return SimpleType::from_param(this, cx, parameter.value());
        }
        Err(cx.raise_value(error))
    }
}

/// What is known of a type with that code.
fn describe(code: Code, proto: &Owned) -> Info {
    let info = Info::new(Kind::Simple);
    let (size, align) = code.size().unwrap_or((0, 1));
    info.size.set(size);
    info.align.set(align);
    info.code.set(code);
    info.item.set(Some(proto.clone()));
    info.set_format(&code.format());
    info
}

/// The code that `_type_` names.
fn code_of_class(cx: &mut Context, class: Value) -> Result<Code> {
    let Some(proto) = attribute::get_text_optional(cx, class, "_type_")? else {
        return Err(cx.raise(&ATTRIBUTE_ERROR, "class must define a '_type_' attribute"));
    };
    let Some(text) = str::text(proto.value()) else {
        return Err(cx.type_error("class must define a '_type_' string attribute"));
    };
    let &[letter] = text.as_bytes() else {
        return Err(cx.value_error("class must define a '_type_' attribute which must be a string of length 1"));
    };
    if !value::LETTERS.as_bytes().contains(&letter) {
        let message = "class must define a '_type_' attribute which must be\na single character string containing one of \
             the\nsupported types: ";
        return Err(cx.raise(&ATTRIBUTE_ERROR, format!("{message}'{}'.", value::LETTERS)));
    }
    let code = Code::of(letter);
    if code.size().is_none() {
        return Err(cx.value_error(format!("_type_ '{}' not supported", char::from(letter))));
    }
    Ok(code)
}

/// Makes the type in the other order of bytes, and shows each to the other.
fn other_order(cx: &mut Context, class: Value, arguments: Arguments<'_>, code: Code, proto: &Owned) -> Result<()> {
    let &[name, bases, namespace] = arguments.positionals() else { return Ok(()) };
    let name = str::text(name).unwrap_or_default().into_owned();
    let name = StrObject::new(cx, &format!("{name}_be"));
    let Some(new) = TYPE.object.slots().new else { return Ok(()) };
    let kind = &SimpleType::type_object().object;
    let swapped = new(cx, kind, Arguments::positional(&[name.value(), bases, namespace]))?;
    let info = describe(Code { swapped: true, ..code }, proto);
    info::install(cx, swapped.value(), info)?;
    for (target, other, own) in
        [(class, "__ctype_be__", "__ctype_le__"), (swapped.value(), "__ctype_le__", "__ctype_be__")]
    {
        let opposite = if target == class { swapped.value() } else { class };
        attribute::set_text(cx, target, other, opposite)?;
        attribute::set_text(cx, target, own, target)?;
    }
    Ok(())
}

/// `from_param` of the types of pointers: rows that get the class first.
fn from_param_of(letter: u8) -> Option<&'static Native> {
    match letter {
        b'z' => char_pointer::FUNCTIONS.first(),
        b'Z' => wide_pointer::FUNCTIONS.first(),
        b'P' => void_pointer::FUNCTIONS.first(),
        _ => None,
    }
}

fn install_from_param(cx: &mut Context, class: Value, row: &'static Native) -> Result<()> {
    let home = str::intern(cx, "_ctypes");
    let function = sidewinder_runtime::objects::method::native::new_function(cx, row, home.value());
    let method = descriptor::new_class_method(cx, function.value());
    let Some(kind) = class.cast::<TypeObject>() else { return Ok(()) };
    let name = str::intern(cx, "from_param");
    kind.namespace(cx).set(cx, name.value(), method.value())?;
    kind.modified(cx);
    Ok(())
}

/// XXX to be provided
#[native_type("_ctypes._SimpleCData", base, extends = crate::data::CData, metaclass = SimpleType)]
#[derive(Traverse)]
pub struct Simple;

#[methods]
impl Simple {
    #[new(name = "_SimpleCData")]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
        data::create(cx, class.value())
    }

    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        let count = arguments.positionals().len();
        if count > 1 {
            return Err(cx.type_error(format!("__init__ expected at most 1 argument, got {count}")));
        }
        match arguments.positionals().first() {
            Some(value) => set_value(cx, this, *value),
            None => Ok(()),
        }
    }

    /// current value
    #[get]
    fn value(this: Value, cx: &mut Context) -> Result<Owned> {
        get_value(cx, this)
    }

    #[set(value)]
    fn assign_value(this: Value, cx: &mut Context, value: Option<Value>) -> Result<()> {
        match value {
            Some(value) => set_value(cx, this, value),
            None => Err(cx.type_error("can't delete attribute")),
        }
    }

    #[method(name = "__ctypes_from_outparam__")]
    fn from_outparam(this: Value, cx: &mut Context) -> Result<Owned> {
        if data::is_derived_simple(this.type_of().value()) {
            return Ok(Owned::new(this));
        }
        get_value(cx, this)
    }

    #[slot(truth)]
    fn truth(this: Value) -> Result<bool> {
        Ok(data::of(this).bytes().iter().any(|byte| *byte != 0))
    }

    #[slot(repr)]
    fn repr(this: Value, cx: &mut Context) -> Result<String> {
        let name = this.type_of().name();
        if info::of_base(this.type_of().value()).is_some() {
            return Ok(format!("<{name} object at {:#x}>", this.0));
        }
        let value = get_value(cx, this)?;
        let shown = text_of(cx, value.value())?;
        Ok(format!("{name}({shown})"))
    }
}

fn get_value(cx: &mut Context, this: Value) -> Result<Owned> {
    let code = info::required(cx, this.type_of().value())?.code.get();
    let data = data::of(this);
    value::get(cx, code, data.address(), data.size())
}

fn set_value(cx: &mut Context, this: Value, new: Value) -> Result<()> {
    let info = info::required(cx, this.type_of().value())?;
    let data = data::of(this);
    let kept = value::set(cx, info.code.get(), data.address(), new, info.size.get())?;
    data::keep(cx, data, 0, kept)
}

/// Whether a value is an array of, or a pointer to, values of that letter; or a reference to one.
fn leads_to(value: Value, letter: u8) -> bool {
    let is_letter = |info: &Info| info.code.get() == Code::of(letter);
    if let Some(info) = info::of_object(value)
        && matches!(info.kind, Kind::Array | Kind::Pointer)
    {
        let item = info.item.get();
        return item.as_ref().and_then(|item| info::of_type(item.value())).is_some_and(|info| is_letter(info));
    }
    let argument = value.cast_exact::<NativeObject<Argument>>().and_then(|argument| argument.object());
    argument.is_some_and(|object| info::of_object(object.value()).is_some_and(|info| is_letter(info)))
}

fn not_a_pointer(cx: &mut Context, value: Value, class: &str) -> sidewinder_runtime::Raised {
    let found = value.type_of().name();
    cx.type_error(format!("'{found}' object cannot be interpreted as ctypes.{class}"))
}

/// `c_char_p.from_param`
#[native_functions]
pub mod char_pointer {
    use super::*;

    #[function]
    pub fn from_param(cx: &mut Context, kind: Value, value: Value) -> Result<Owned> {
        if value == singleton::none() {
            return Ok(Owned::new(value));
        }
        if value.cast::<BytesObject>().is_some() {
            return Argument::of_value(cx, Code::of(b'z'), value);
        }
        if instance::is_instance(cx, value, kind)? || leads_to(value, b'c') {
            return Ok(Owned::new(value));
        }
        match as_parameter(cx, value)? {
            Some(parameter) => from_param(cx, kind, parameter.value()),
            None => Err(not_a_pointer(cx, value, "c_char_p")),
        }
    }
}

/// `c_wchar_p.from_param`
#[native_functions]
pub mod wide_pointer {
    use super::*;

    #[function]
    pub fn from_param(cx: &mut Context, kind: Value, value: Value) -> Result<Owned> {
        if value == singleton::none() {
            return Ok(Owned::new(value));
        }
        if str::is_str(value) {
            return Argument::of_value(cx, Code::of(b'Z'), value);
        }
        if instance::is_instance(cx, value, kind)? || leads_to(value, b'u') {
            return Ok(Owned::new(value));
        }
        match as_parameter(cx, value)? {
            Some(parameter) => from_param(cx, kind, parameter.value()),
            None => Err(not_a_pointer(cx, value, "c_wchar_p")),
        }
    }
}

/// `c_void_p.from_param`
#[native_functions]
pub mod void_pointer {
    use super::*;

    #[function]
    pub fn from_param(cx: &mut Context, kind: Value, value: Value) -> Result<Owned> {
        if value == singleton::none() {
            return Ok(Owned::new(value));
        }
        if int::is_int_like(value) {
            return Argument::of_value(cx, Code::of(b'P'), value);
        }
        if value.cast::<BytesObject>().is_some() {
            return Argument::of_value(cx, Code::of(b'z'), value);
        }
        if str::is_str(value) {
            return Argument::of_value(cx, Code::of(b'Z'), value);
        }
        if instance::is_instance(cx, value, kind)? {
            return Ok(Owned::new(value));
        }
        if let Some(argument) = value.cast_exact::<NativeObject<Argument>>()
            && argument.tag() == b'P'
        {
            return Ok(Owned::new(value));
        }
        if value.cast::<NativeObject<Function>>().is_some() {
            return Argument::of_address(cx, b'P', data::of(value).pointer(), Owned::new(value));
        }
        if let Some(info) = info::of_object(value) {
            if matches!(info.kind, Kind::Array | Kind::Pointer) {
                return Ok(Owned::new(value));
            }
            if info.kind == Kind::Simple && b"zZ".contains(&info.code.get().letter) {
                return Argument::of_address(cx, b'Z', data::of(value).pointer(), Owned::new(value));
            }
        }
        match as_parameter(cx, value)? {
            Some(parameter) => from_param(cx, kind, parameter.value()),
            None => Err(not_a_pointer(cx, value, "c_void_p")),
        }
    }
}
