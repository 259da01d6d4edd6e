//! Functions in Python that C code calls.

use crate::call::{Signature, USE_ERRNO, description_of_letter, nothing, save_errno, saved_errno, set_system_errno};
use crate::data::{self, CData};
use crate::info;
use crate::metaclass::text_of;
use crate::value::{self, Code, move_bytes};
use libffi_sys as ffi;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::exception::{MEMORY_ERROR, RUNTIME_ERROR, RUNTIME_WARNING};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, finalize, warnings};
use sidewinder_runtime::threads;
use sidewinder_runtime::{Context, Interpreter, Owned, Result, Value};
use std::ffi::c_void;

/// What the machine code of a callback leads to.
struct Target {
    signature: Box<Signature>,
    interpreter: *mut Interpreter,
    /// The types of the arguments, in order.
    types: Vec<Value>,
    /// How the result is written; no letter for none.
    result: Code,
    flags: u32,
    function: Value,
}

/// Machine code that calls a function in Python.
#[native_type("_ctypes.CThunkObject")]
#[derive(Traverse)]
pub struct Callback {
    #[plain]
    code: Machine,
    /// What the target refers to.
    kept: Owned,
}

/// The machine code, with its target.
struct Machine {
    closure: *mut ffi::ffi_closure,
    target: *mut Target,
    address: u64,
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: (foreign 3) both were made for this object alone, and the program says that nobody calls them any more.
        unsafe {
            ffi::ffi_closure_free(self.closure.cast());
            drop(Box::from_raw(self.target));
        }
    }
}

#[methods]
impl Callback {}

impl Callback {
    /// Where it can be called.
    pub fn address(&self) -> u64 {
        let _ = &self.kept;
        self.code.address
    }

    /// Machine code for a function.
    pub fn make(
        cx: &mut Context,
        function: Value,
        types: &[Owned],
        result: Option<Owned>,
        flags: u32,
    ) -> Result<Owned> {
        let arguments = types.iter().map(|one| match info::of_type(one.value()) {
            Some(info) => info.description(),
            None => description_of_letter(b'i'),
        });
        let arguments: Vec<_> = arguments.collect();
        let none = result.as_ref().is_some_and(|result| result.value() == singleton::none());
        let result_info = result.as_ref().and_then(|result| info::of_type(result.value()));
        let (code, description) = match result_info {
            _ if none => (Code::default(), nothing()),
            Some(info) if info.code.get().is_some() => (info.code.get(), info.description()),
            _ => return Err(cx.type_error("invalid result type for callback function")),
        };
        let signature = Signature::new(cx, description, arguments, None)?;
        let mut place = std::ptr::null_mut();
        // SAFETY: (foreign 3) libffi allocates memory for the code, and says where it can be called.
        let closure = unsafe { ffi::ffi_closure_alloc(size_of::<ffi::ffi_closure>(), &raw mut place) };
        if closure.is_null() {
            return Err(cx.raise(&MEMORY_ERROR, ""));
        }
        let target = Target {
            signature,
            interpreter: cx.interpreter(),
            types: types.iter().map(Owned::value).collect(),
            result: code,
            flags,
            function,
        };
        let target = Box::into_raw(Box::new(target));
        let made = Machine { closure: closure.cast(), target, address: place as u64 };
        // SAFETY: (foreign 3) the target does not move, and lives as long as the code.
        let status = unsafe {
            let description = (*target).signature.description();
            ffi::ffi_prep_closure_loc(made.closure, description, Some(enter), target.cast(), place)
        };
        if status != ffi::ffi_status_FFI_OK {
            return Err(cx.raise(&RUNTIME_ERROR, format!("ffi_prep_closure failed with {status}")));
        }
        let mut kept = types.to_vec();
        kept.push(Owned::new(function));
        kept.extend(result);
        let kept = TupleObject::from_owned(cx, kept);
        NativeObject::new(cx, Callback { code: made, kept })
    }
}

/// What the machine code of every callback calls.
unsafe extern "C" fn enter(
    _description: *mut ffi::ffi_cif,
    result: *mut c_void,
    arguments: *mut *mut c_void,
    target: *mut c_void,
) {
    // SAFETY: (foreign 3) the pointer is the one that was passed with the code, which is alive while it is called.
    let target = unsafe { &*target.cast::<Target>() };
    // SAFETY: (foreign 3) libffi passes as many addresses as there are arguments.
    let places: Vec<u64> = (0..target.types.len()).map(|index| unsafe { *arguments.add(index) } as u64).collect();
    if let Some((size, _)) = target.result.size() {
        // Small results are read as a whole word.
        value::write(result as u64, &[0; 32][..size.max(8)]);
    }
    let work = |cx: &mut Context| {
        let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
        let kept = Owned::new(target.function);
        run(cx, target, &kept, &places, result as u64);
        drop(kept);
        cx.pending = pending;
    };
    // SAFETY: (foreign 3) the interpreter lives as long as what it has made.
    unsafe { threads::attached(target.interpreter, work) };
}

/// Runs the function; what it raises is reported, for nobody can catch it.
fn run(cx: &mut Context, target: &Target, function: &Owned, places: &[u64], result: u64) {
    let mut arguments = Vec::with_capacity(places.len());
    for (index, (class, place)) in target.types.iter().zip(places).enumerate() {
        match argument(cx, *class, *place) {
            Ok(made) => arguments.push(made),
            Err(_) => {
                let doing = format!("while creating argument {} for ctypes callback function", index + 1);
                return finalize::report_unraisable_call(cx, &doing, function.value());
            }
        }
    }
    let swaps = target.flags & USE_ERRNO != 0;
    let outside = swaps.then(|| set_system_errno(saved_errno(cx)));
    if let Some(outside) = outside {
        save_errno(cx, outside);
    }
    let values: Vec<Value> = arguments.iter().map(Owned::value).collect();
    let given = call::call(cx, function.value(), &values);
    if swaps {
        let inside = set_system_errno(saved_errno(cx));
        save_errno(cx, inside);
    }
    match given {
        Err(_) => finalize::report_unraisable_call(cx, "while calling ctypes callback function", function.value()),
        Ok(given) if target.result.is_some() => {
            if give(cx, target.result, given.value(), result).is_err() {
                let doing = "while converting result of ctypes callback function";
                finalize::report_unraisable_call(cx, doing, function.value());
            }
        }
        Ok(_) => {}
    }
}

/// An argument as an object.
fn argument(cx: &mut Context, class: Value, place: u64) -> Result<Owned> {
    let Some(info) = info::of_type(class) else {
        let shown = text_of(cx, class)?;
        return Err(cx.type_error(format!("cannot build parameter of type {shown}")));
    };
    if info.code.get().is_some() && !data::is_derived_simple(class) {
        return value::get(cx, info.code.get(), place, info.size.get());
    }
    let made = call::call(cx, class, &[])?;
    let Some(data) = made.value().cast::<NativeObject<CData>>() else {
        let (shown, found) = (text_of(cx, class)?, value::full_name(cx, made.value())?);
        return Err(cx.type_error(format!("{shown} returned unexpected result of type {found}")));
    };
    move_bytes(place, data.address(), info.size.get().min(data.size()));
    Ok(made)
}

/// Writes the result. A reference to an object is given away; of what else must be kept, nobody would give it up.
fn give(cx: &mut Context, code: Code, given: Value, place: u64) -> Result<()> {
    let Some(kept) = value::set(cx, code, place, given, 0)? else { return Ok(()) };
    std::mem::forget(kept);
    if code.letter != b'O' {
        warnings::warn(cx, &RUNTIME_WARNING, "memory leak in callback function.", 1)?;
    }
    Ok(())
}
