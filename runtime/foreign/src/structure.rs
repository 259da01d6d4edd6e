//! Structures and unions. Where their fields lie is computed by the library (`ctypes._layout`).

use crate::data;
use crate::field::CField;
use crate::info::{self, Info, Kind, Leaf};
use crate::metaclass::text_of;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::{int, singleton, str};
use sidewinder_runtime::operations::{attribute, call, convert, import, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

/// metatype for the CData Objects
#[native_type("_ctypes.PyCStructType", base, extends = crate::metaclass::CType)]
#[derive(Traverse)]
pub struct StructureType;

/// metatype for the Union Objects
#[native_type("_ctypes.UnionType", base, extends = crate::metaclass::CType)]
#[derive(Traverse)]
pub struct UnionType;

#[methods]
impl StructureType {
    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, _arguments: Arguments<'_>) -> Result<()> {
        start_class(cx, this, Kind::Structure)
    }

    #[slot(set_attribute)]
    fn set_attribute(this: Value, cx: &mut Context, name: Value, value: Option<Value>) -> Result<()> {
        set_class_attribute(cx, this, name, value, true)
    }
}

#[methods]
impl UnionType {
    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, _arguments: Arguments<'_>) -> Result<()> {
        start_class(cx, this, Kind::Union)
    }

    #[slot(set_attribute)]
    fn set_attribute(this: Value, cx: &mut Context, name: Value, value: Option<Value>) -> Result<()> {
        set_class_attribute(cx, this, name, value, false)
    }
}

/// Makes what is known of a new class: from its fields, or from its base.
fn start_class(cx: &mut Context, class: Value, kind: Kind) -> Result<()> {
    let Some(own) = class.cast::<TypeObject>() else { return Ok(()) };
    if own.namespace(cx).get_text(cx, "_abstract_").is_some() {
        return Ok(());
    }
    let info = Info::new(kind);
    info.set_format("B");
    let info = info::install(cx, class, info)?;
    if let Some(fields) = own.namespace(cx).get_text(cx, "_fields_").map(Owned::new) {
        return attribute::set_text(cx, class, "_fields_", fields.value());
    }
    if let Some(base) = info::of_base(class) {
        info.take_layout(base);
        base.is_final.set(true);
    }
    Ok(())
}

fn set_class_attribute(
    cx: &mut Context,
    class: Value,
    name: Value,
    value: Option<Value>,
    is_structure: bool,
) -> Result<()> {
    if let Some(fields) = value
        && str::text(name).is_some_and(|name| name == "_fields_")
    {
        set_fields(cx, class, fields, is_structure)?;
    }
    attribute::type_set(cx, class, name, value.unwrap_or(Value::UNBOUND))
}

/// Gives a class its fields.
fn set_fields(cx: &mut Context, class: Value, fields: Value, is_structure: bool) -> Result<()> {
    let Some(info) = info::of_type(class) else {
        return Err(cx.type_error("ctypes state is not initialized"));
    };
    let base = info::of_base(class);
    if info.is_final.get() {
        return Err(cx.raise(&ATTRIBUTE_ERROR, "_fields_ is final"));
    }
    let layout = ask_layout(cx, class, fields, is_structure, base.is_some())?;
    let align = number(cx, &layout, "align")?;
    let size = number(cx, &layout, "size")?;
    let format = attribute::get_text(cx, layout.value(), "format_spec")?;
    let format = str::text(format.value()).unwrap_or_default().into_owned();
    let found = attribute::get_text(cx, layout.value(), "fields")?;
    let found = iterate::collect(cx, found.value())?;
    let inherited = base.map_or(0, |base| base.length.get());
    let mut leaves = base.map_or_else(Vec::new, |base| base.leaves());
    let mut irregular = !is_structure || base.is_some_and(|base| base.irregular.get());
    let mut has_pointer = base.is_some_and(|base| base.has_pointer.get());
    for (position, field) in found.iter().enumerate() {
        let Some(own) = field.value().cast::<NativeObject<CField>>() else {
            let found = crate::value::full_name(cx, field.value())?;
            return Err(cx.type_error(format!("fields must be of type CField, got {found}")));
        };
        if own.index != position as i64 {
            let name = text_of(cx, own.name.value())?;
            let message = format!("field {name} index mismatch (expected {position}, got {})", own.index);
            return Err(cx.value_error(message));
        }
        let Some(item) = info::of_type(own.class.value()) else {
            let message = format!("second item in _fields_ tuple (index {position}) must be a C type");
            return Err(cx.type_error(message));
        };
        has_pointer |= item.has_pointer.get();
        irregular |= item.irregular.get() || own.has_bits();
        item.is_final.set(true);
        for leaf in item.leaves() {
            let leaf = leaf.moved(own.offset.max(0) as usize);
            irregular |= !leaf.is_regular(leaves.last().map_or(0, |last: &Leaf| last.end()));
            leaves.push(leaf);
        }
        attribute::set(cx, class, own.name.value(), field.value())?;
    }
    info.size.set(size);
    info.align.set(align);
    info.length.set(inherited + found.len());
    info.has_pointer.set(has_pointer);
    info.irregular.set(irregular);
    info.set_format(&format);
    info.set_leaves(leaves);
    if info.is_final.get() {
        return Err(cx.raise(&ATTRIBUTE_ERROR, "Structure or union cannot contain itself"));
    }
    info.is_final.set(true);
    make_anonymous_fields(cx, class)
}

/// Has the library compute where fields lie.
fn ask_layout(cx: &mut Context, class: Value, fields: Value, is_structure: bool, has_base: bool) -> Result<Owned> {
    let module = import::module(cx, "ctypes._layout")?;
    let function = attribute::get_text(cx, module.value(), "get_layout")?;
    let base = class.cast::<TypeObject>().and_then(|class| class.base.get()).filter(|_| has_base);
    let base = base.map_or(singleton::none(), TypeObject::value);
    let names = [str::intern(cx, "is_struct"), str::intern(cx, "base")];
    let names: Vec<Value> = names.iter().map(Owned::value).collect();
    let values = [class, fields, singleton::boolean(is_structure), base];
    call::call_with(cx, function.value(), Arguments { values: &values, names: &names })
}

/// A number of a layout, which must not be negative.
fn number(cx: &mut Context, layout: &Owned, name: &str) -> Result<usize> {
    let found = attribute::get_text(cx, layout.value(), name)?;
    let found = convert::index_i64(cx, found.value())?;
    usize::try_from(found).map_err(|_| cx.value_error(format!("{name} must be a non-negative integer")))
}

/// Shows the fields of the fields that `_anonymous_` names as the class's own.
fn make_anonymous_fields(cx: &mut Context, class: Value) -> Result<()> {
    let Some(names) = attribute::get_text_optional(cx, class, "_anonymous_")? else { return Ok(()) };
    let Ok(names) = iterate::collect(cx, names.value()) else {
        drop(cx.take_pending());
        return Err(cx.type_error("_anonymous_ must be a sequence"));
    };
    for name in names {
        let name = attribute::name_argument(cx, name.value())?;
        let field = attribute::get(cx, class, name.value())?;
        let Some(own) = field.value().cast_exact::<NativeObject<CField>>() else {
            let name = str::text(name.value()).unwrap_or_default().into_owned();
            let message = format!("'{name}' is specified in _anonymous_ but not in _fields_");
            return Err(cx.raise(&ATTRIBUTE_ERROR, message));
        };
        own.anonymous.set(true);
        show_fields(cx, class, own, own.index, own.offset)?;
    }
    Ok(())
}

fn show_fields(cx: &mut Context, class: Value, outer: &CField, index: i64, offset: i64) -> Result<()> {
    let fields = attribute::get_text(cx, outer.class.value(), "_fields_")?;
    let Ok(fields) = iterate::collect(cx, fields.value()) else {
        drop(cx.take_pending());
        return Err(cx.type_error("_fields_ must be a sequence"));
    };
    for pair in fields {
        let name = subscript::get_item(cx, pair.value(), Value::from_small_int(0))?;
        let name = attribute::name_argument(cx, name.value())?;
        let field = attribute::get(cx, outer.class.value(), name.value())?;
        let Some(own) = field.value().cast_exact::<NativeObject<CField>>() else {
            return Err(cx.type_error("unexpected type"));
        };
        if own.anonymous.get() {
            show_fields(cx, class, own, index + own.index, offset + own.offset)?;
            continue;
        }
        let moved = own.moved(cx, index, offset)?;
        attribute::set(cx, class, name.value(), moved.value())?;
    }
    Ok(())
}

/// Structure base class
#[native_type("_ctypes.Structure", base, extends = crate::data::CData, metaclass = StructureType)]
#[derive(Traverse)]
pub struct Structure;

/// Union base class
#[native_type("_ctypes.Union", base, extends = crate::data::CData, metaclass = UnionType)]
#[derive(Traverse)]
pub struct Union;

#[methods]
impl Structure {
    #[new(name = "Structure")]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
        data::create(cx, class.value())
    }

    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        start(cx, this, arguments)
    }
}

#[methods]
impl Union {
    #[new(name = "Union")]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
        data::create(cx, class.value())
    }

    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        start(cx, this, arguments)
    }
}

/// Sets fields by position, those of the bases first, then by name.
fn start(cx: &mut Context, this: Value, arguments: Arguments<'_>) -> Result<()> {
    let count = arguments.positionals().len();
    if count > 0 && set_by_position(cx, this, this.type_of(), arguments, 0)? < count {
        return Err(cx.type_error("too many initializers"));
    }
    for (name, value) in arguments.keywords() {
        let name = attribute::name_argument(cx, name)?;
        attribute::set(cx, this, name.value(), value)?;
    }
    Ok(())
}

/// Sets the fields of a class and its bases; the number of those.
fn set_by_position(
    cx: &mut Context,
    this: Value,
    class: &TypeObject,
    arguments: Arguments<'_>,
    first: usize,
) -> Result<usize> {
    let mut first = first;
    if let Some(base) = class.base.get()
        && info::of_type(base.value()).is_some()
    {
        first = set_by_position(cx, this, base, arguments, first)?;
    }
    let length = info::of_type(class.value()).map_or(0, |info| info.length.get());
    let Some(fields) = class.namespace(cx).get_text(cx, "_fields_").map(Owned::new) else { return Ok(first) };
    for (index, value) in arguments.positionals().iter().enumerate().take(length).skip(first) {
        let position = int::from_usize(cx, index - first);
        let pair = subscript::get_item(cx, fields.value(), position.value())?;
        let name = subscript::get_item(cx, pair.value(), Value::from_small_int(0))?;
        let name = attribute::name_argument(cx, name.value())?;
        if arguments.keywords().any(|(other, _)| str::text(other) == str::text(name.value())) {
            let shown = text_of(cx, name.value())?;
            return Err(cx.type_error(format!("duplicate values for field {shown}")));
        }
        attribute::set(cx, this, name.value(), *value)?;
    }
    Ok(length)
}
