//! The module `_ctypes`.

use crate::argument::{self, Argument};
use crate::array::{Array, ArrayType};
use crate::call::{self, ARGUMENTS_MAX, Target};
use crate::callback::Callback;
use crate::data::CData;
use crate::field::CField;
use crate::function::{Function, FunctionType};
use crate::info::{self, Info};
use crate::metaclass::CType;
use crate::pointer::{Pointer, PointerType};
use crate::simple::{Simple, SimpleType};
use crate::state::State;
use crate::structure::{Structure, StructureType, Union, UnionType};
use crate::{library, native, value};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{Index, NativeObject};
use sidewinder_runtime::objects::exception::EXCEPTION;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{audit, call as calls};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Create and manipulate C compatible data types in Python.
#[native_module(
    "_ctypes",
    include(library::rows),
    types(
        hidden CType, hidden StructureType, hidden UnionType, hidden PointerType, hidden ArrayType, hidden SimpleType,
        hidden FunctionType, hidden CData, Structure, Union, Pointer, Array, Simple, Function, CField, hidden Argument,
        hidden Info, hidden Callback
    )
)]
mod rows {
    use super::*;

    #[constant]
    const FUNCFLAG_CDECL: u32 = call::CDECL;
    #[constant]
    const FUNCFLAG_PYTHONAPI: u32 = call::PYTHON_API;
    #[constant]
    const FUNCFLAG_USE_ERRNO: u32 = call::USE_ERRNO;
    #[constant]
    const FUNCFLAG_USE_LASTERROR: u32 = call::USE_LAST_ERROR;
    #[constant]
    const RTLD_LOCAL: i32 = libc::RTLD_LOCAL;
    #[constant]
    const RTLD_GLOBAL: i32 = libc::RTLD_GLOBAL;
    #[constant]
    const CTYPES_MAX_ARGCOUNT: usize = ARGUMENTS_MAX;
    #[constant]
    const SIZEOF_TIME_T: usize = size_of::<libc::time_t>();
    #[constant(name = "__version__")]
    const VERSION: &str = "1.1.0";

    /// Return the size in bytes of a C instance.
    #[function]
    fn sizeof(cx: &mut Context, obj: Value) -> Result<usize> {
        if let Some(info) = info::of_type(obj) {
            return Ok(info.size.get());
        }
        match obj.cast::<NativeObject<CData>>() {
            Some(data) => Ok(data.size()),
            None => Err(cx.type_error("this type has no size")),
        }
    }

    /// alignment(C type) -> integer
    /// alignment(C instance) -> integer
    /// Return the alignment requirements of a C instance
    #[function]
    fn alignment(cx: &mut Context, obj: Value) -> Result<usize> {
        match info::of_type(obj).or_else(|| info::of_object(obj)) {
            Some(info) => Ok(info.align.get()),
            None => Err(cx.type_error("no alignment info")),
        }
    }

    /// Return a pointer lookalike to a C instance, only usable as function argument.
    #[function]
    fn byref(cx: &mut Context, obj: &NativeObject<CData>, #[default(Index(0), "0")] offset: Index) -> Result<Owned> {
        argument::reference(cx, obj.value(), offset.0)
    }

    /// Return the address of the C instance internal buffer
    #[function]
    fn addressof(cx: &mut Context, obj: &NativeObject<CData>) -> Result<u64> {
        audit::event(cx, "ctypes.addressof", |_| vec![obj.to_owned_value()])?;
        Ok(obj.address())
    }

    /// Makes the memory of an object larger, or smaller again.
    #[function]
    fn resize(cx: &mut Context, obj: &NativeObject<CData>, size: Index) -> Result<()> {
        let Some(info) = info::of_object(obj.value()) else {
            return Err(cx.type_error("expected ctypes instance"));
        };
        let least = info.size.get();
        if size.0 < least as i64 {
            return Err(cx.value_error(format!("minimum size is {least}")));
        }
        if !obj.owns_memory() {
            return Err(cx.value_error("Memory cannot be resized because this object doesn't own it"));
        }
        obj.resize(cx, size.0 as usize)
    }

    /// Return buffer interface information
    #[function]
    fn buffer_info(cx: &mut Context, obj: Value) -> Result<Owned> {
        let Some(info) = info::of_type(obj).or_else(|| info::of_object(obj)) else {
            return Err(cx.type_error("not a ctypes type or object"));
        };
        let shape: Vec<isize> = info.shape.borrow().clone();
        let lengths = shape.iter().map(|length| int::from_i64(cx, *length as i64)).collect();
        let lengths = TupleObject::from_owned(cx, lengths);
        let format = info.format();
        let format = if format.is_empty() { None } else { Some(format) };
        let format = sidewinder_runtime::native::IntoObject::into_object(format, cx);
        let count = int::from_usize(cx, shape.len());
        Ok(TupleObject::from_owned(cx, vec![format, count, lengths]))
    }

    /// The number of the last error, of functions that are called with `use_errno`, on this thread.
    #[function]
    fn get_errno(cx: &mut Context) -> Result<i32> {
        audit::event(cx, "ctypes.get_errno", |_| Vec::new())?;
        Ok(call::saved_errno(cx))
    }

    /// Sets that number; the one before.
    #[function]
    fn set_errno(cx: &mut Context, value: i32) -> Result<i32> {
        audit::event(cx, "ctypes.set_errno", |cx| vec![int::from_i64(cx, value.into())])?;
        let before = call::saved_errno(cx);
        call::save_errno(cx, value);
        Ok(before)
    }

    /// Calls the function at an address, which gives an `int`.
    #[function]
    fn call_function(cx: &mut Context, func: Value, arguments: &TupleObject) -> Result<Owned> {
        call_address(cx, func, arguments, 0)
    }

    /// The same.
    #[function]
    fn call_cdeclfunction(cx: &mut Context, func: Value, arguments: &TupleObject) -> Result<Owned> {
        call_address(cx, func, arguments, call::CDECL)
    }

    fn call_address(cx: &mut Context, function: Value, arguments: &TupleObject, flags: u32) -> Result<Owned> {
        let address = value::low_bits(cx, function)?;
        let arguments: Vec<Owned> = arguments.as_slice().iter().map(|value| Owned::new(*value)).collect();
        let target = Target { address, flags, converters: None, result: None, checker: None };
        call::call_function(cx, &target, &arguments)
    }

    /// The object that is at an address.
    #[function(name = "PyObj_FromPtr")]
    fn object_at(cx: &mut Context, address: Value) -> Result<Owned> {
        let word = value::low_bits(cx, address)?;
        audit::event(cx, "ctypes.PyObj_FromPtr", |cx| vec![int::from_u64(cx, word)])?;
        let found = Value::from_word(word);
        if found.is_unbound() { Err(cx.value_error("PyObject is NULL")) } else { Ok(Owned::new(found)) }
    }

    /// Counts one more reference to an object.
    #[function(name = "Py_INCREF")]
    fn increment(object: Value) -> Owned {
        sidewinder_runtime::heap::owned::increment(object);
        Owned::new(object)
    }

    /// Counts one reference to an object less.
    #[function(name = "Py_DECREF")]
    fn decrement(object: Value) -> Owned {
        let kept = Owned::new(object);
        drop(Owned::from_raw(object));
        kept
    }

    /// Makes an object again that was pickled.
    #[function(name = "_unpickle")]
    fn unpickle(cx: &mut Context, typ: Value, state: &TupleObject) -> Result<Owned> {
        let made = calls::call_method(cx, typ, "__new__", &[typ])?;
        let state: Vec<Value> = state.as_slice().to_vec();
        calls::call_method(cx, made.value(), "__setstate__", &state)?;
        Ok(made)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let addresses = [
            ("_memmove_addr", libc::memmove as *const () as u64),
            ("_memset_addr", libc::memset as *const () as u64),
            ("_cast_addr", native::cast as *const () as u64),
            ("_string_at_addr", native::string_at as *const () as u64),
            ("_wstring_at_addr", native::wide_string_at as *const () as u64),
            ("_memoryview_at_addr", native::view_at as *const () as u64),
        ];
        for (name, address) in addresses {
            let number = int::from_u64(cx, address);
            module.namespace().set_text(cx, name, number.value());
        }
        let state = cx.state::<State>();
        state.argument_error.define(cx, module, ["ctypes", "ArgumentError"], &EXCEPTION.object, None)
    }
}
