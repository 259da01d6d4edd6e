//! The metaclass of all types of C, with what can be asked of each.

use crate::argument::Argument;
use crate::data::{self, CData};
use crate::{array, info, library};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Index, NativeObject};
use sidewinder_runtime::objects::buffer::{Buffer, Request, is_exporter};
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::{int, tuple};
use sidewinder_runtime::operations::{attribute, audit, convert, instance};
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};

/// The type of types of C.
#[native_type("_ctypes.CType_Type", base, extends = type)]
#[derive(Traverse, Default)]
pub struct CType;

#[methods]
impl CType {
    /// An array of so many.
    #[slot(multiply)]
    fn multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let (class, count) = if info::is_c_type(left) { (left, right) } else { (right, left) };
        if count.type_of().slots().index.is_none() {
            return Err(tuple::not_a_count(cx, count));
        }
        let number = convert::index(cx, count)?;
        let Some(count) = int::as_i64(number.value()) else {
            let name = count.type_of().name();
            return Err(cx.overflow_error(format!("cannot fit '{name}' into an index-sized integer")));
        };
        if count < 0 {
            return Err(cx.value_error(format!("Array length must be >= 0, not {count}")));
        }
        array::type_of(cx, class, count as usize)
    }

    /// pointer type
    #[get(name = "__pointer_type__")]
    fn pointer_type(this: Value, cx: &mut Context) -> Result<Owned> {
        let Some(info) = info::of_type(this) else { return Err(no_storage(cx, this)) };
        match info.pointer_type.get() {
            Some(class) => Ok(class),
            None => {
                let shown = text_of(cx, this)?;
                Err(cx.raise(&ATTRIBUTE_ERROR, format!("{shown} has no attribute '__pointer_type__'")))
            }
        }
    }

    #[set(__pointer_type__)]
    fn set_pointer_type(this: Value, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let Some(info) = info::of_type(this) else { return Err(no_storage(cx, this)) };
        info.pointer_type.set(value.map(Owned::new));
        Ok(())
    }

    /// Access a C instance at the specified address.
    fn from_address(this: Value, cx: &mut Context, value: Value) -> Result<Owned> {
        if !int::is_int_like(value) {
            return Err(cx.type_error("integer expected"));
        }
        let address = crate::value::low_bits(cx, value)?;
        data::at_address(cx, this, address)
    }

    /// Create a C instance from a writeable buffer.
    fn from_buffer(
        this: Value,
        cx: &mut Context,
        obj: Value,
        #[default(Index(0), "0")] offset: Index,
    ) -> Result<Owned> {
        let info = info::required(cx, this)?;
        if !is_exporter(obj) {
            let found = obj.type_of().name();
            return Err(cx.type_error(format!("memoryview: a bytes-like object is required, not '{found}'")));
        }
        let buffer = Buffer::get(cx, obj, Request::FULL_READ)?;
        let (address, length, readonly) = (buffer.pointer() as u64, buffer.len(), buffer.is_readonly());
        let contiguous = data::is_contiguous(&buffer);
        let view = (cx.interpreter().hooks.memory_view)(cx, buffer)?;
        if readonly {
            return Err(cx.type_error("underlying buffer is not writable"));
        }
        if !contiguous {
            return Err(cx.type_error("underlying buffer is not C contiguous"));
        }
        check_room(cx, info.size.get(), length, offset.0)?;
        audit_buffer(cx, address, length, offset.0)?;
        let made = data::at_address(cx, this, address + offset.0 as u64)?;
        data::keep(cx, data::of(made.value()), -1, Some(view))?;
        Ok(made)
    }

    /// Create a C instance from a readable buffer.
    fn from_buffer_copy(
        this: Value,
        cx: &mut Context,
        buffer: Buffer,
        #[default(Index(0), "0")] offset: Index,
    ) -> Result<Owned> {
        let size = info::required(cx, this)?.size.get();
        check_room(cx, size, buffer.len(), offset.0)?;
        audit_buffer(cx, buffer.pointer() as u64, buffer.len(), offset.0)?;
        let made = data::create(cx, this)?;
        if let Some(bytes) = buffer.as_slice().get(offset.0 as usize..offset.0 as usize + size) {
            crate::value::write(data::of(made.value()).address(), bytes);
        }
        Ok(made)
    }

    /// Access a C instance in a dll.
    fn in_dll(this: Value, cx: &mut Context, dll: Value, name: String) -> Result<Owned> {
        let handle = library::handle_of(cx, dll, &name)?;
        match library::find(cx, handle, name.as_bytes(), "symbol")? {
            Ok(address) => data::at_address(cx, this, address),
            Err(trouble) => Err(cx.value_error(trouble)),
        }
    }

    /// Convert a Python object into a function call parameter.
    fn from_param(this: Value, cx: &mut Context, value: Value) -> Result<Owned> {
        plain_from_param(cx, this, value)
    }
}

/// An argument must be an instance of the type, a reference to one, or have one as `_as_parameter_`.
pub fn plain_from_param(cx: &mut Context, class: Value, value: Value) -> Result<Owned> {
    if instance::is_instance(cx, value, class)? {
        return Ok(Owned::new(value));
    }
    let own_name = class.cast::<TypeObject>().map_or("?", TypeObject::name);
    if let Some(argument) = value.cast_exact::<NativeObject<Argument>>() {
        let object = argument.object();
        if let (Some(info), Some(object)) = (info::of_type(class), &object)
            && let Some(item) = info.item.get()
            && instance::is_instance(cx, object.value(), item.value())?
        {
            return Ok(Owned::new(value));
        }
        let found = object.as_ref().map_or("???", |object| object.value().type_of().name());
        return Err(cx.type_error(format!("expected {own_name} instance instead of pointer to {found}")));
    }
    if let Some(parameter) = as_parameter(cx, value)? {
        return plain_from_param(cx, class, parameter.value());
    }
    let found = value.type_of().name();
    Err(cx.type_error(format!("expected {own_name} instance instead of {found}")))
}

/// `_as_parameter_` of an object that has one.
pub fn as_parameter(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    let found = attribute::get_text_optional(cx, value, "_as_parameter_")?;
    if found.is_some() {
        cx.check_native_stack(" while processing _as_parameter_")?;
    }
    Ok(found)
}

fn check_room(cx: &mut Context, size: usize, length: usize, offset: i64) -> Result<()> {
    if offset < 0 {
        return Err(cx.value_error("offset cannot be negative"));
    }
    if size as i64 > (length as i64).saturating_sub(offset) {
        let least = size as i64 + offset;
        let message = format!("Buffer size too small ({length} instead of at least {least} bytes)");
        return Err(cx.value_error(message));
    }
    Ok(())
}

fn audit_buffer(cx: &mut Context, address: u64, length: usize, offset: i64) -> Result<()> {
    audit::event(cx, "ctypes.cdata/buffer", |cx| {
        vec![int::from_u64(cx, address), int::from_usize(cx, length), int::from_i64(cx, offset)]
    })
}

/// An object as `repr` shows it.
pub fn text_of(cx: &mut Context, value: Value) -> Result<String> {
    convert::repr_text(cx, value)
}

#[cold]
fn no_storage(cx: &mut Context, class: Value) -> Raised {
    match text_of(cx, class) {
        Ok(shown) => cx.type_error(format!("{shown} must have storage info")),
        Err(raised) => raised,
    }
}

/// Whether a value is an object of C.
pub fn is_data(value: Value) -> bool {
    value.cast::<NativeObject<CData>>().is_some()
}
