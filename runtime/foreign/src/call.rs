//! Calls of functions whose types are known when the program runs, and the number of the last error that such calls keep.

use crate::argument::Passed;
use crate::data;
use crate::info::{self, Info};
use crate::state::State;
use crate::value::{self, Code};
use libffi_sys as ffi;
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{audit, call};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::ffi::c_void;

/// The call of C.
pub const CDECL: u32 = 1;
/// The call keeps the GIL, and the function may raise.
pub const PYTHON_API: u32 = 4;
/// The number of the last error is kept aside.
pub const USE_ERRNO: u32 = 8;
/// Of Windows, kept for programs that name it.
pub const USE_LAST_ERROR: u32 = 16;

/// Arguments of a call at most.
pub const ARGUMENTS_MAX: usize = 1024;

/// libffi's description of a simple type.
pub fn description_of_letter(letter: u8) -> *mut ffi::ffi_type {
    match letter {
        b'c' | b'b' => &raw mut ffi::ffi_type_sint8,
        b'B' | b'?' => &raw mut ffi::ffi_type_uint8,
        b'h' | b'v' => &raw mut ffi::ffi_type_sint16,
        b'H' => &raw mut ffi::ffi_type_uint16,
        b'i' | b'u' => &raw mut ffi::ffi_type_sint32,
        b'I' => &raw mut ffi::ffi_type_uint32,
        b'l' | b'q' => &raw mut ffi::ffi_type_sint64,
        b'L' | b'Q' => &raw mut ffi::ffi_type_uint64,
        b'f' => &raw mut ffi::ffi_type_float,
        b'd' => &raw mut ffi::ffi_type_double,
        b'g' => &raw mut ffi::ffi_type_longdouble,
        b'F' => &raw mut ffi::ffi_type_complex_float,
        b'D' => &raw mut ffi::ffi_type_complex_double,
        b'G' => &raw mut ffi::ffi_type_complex_longdouble,
        _ => &raw mut ffi::ffi_type_pointer,
    }
}

/// libffi's description of nothing.
pub fn nothing() -> *mut ffi::ffi_type {
    &raw mut ffi::ffi_type_void
}

/// What libffi knows of a function.
pub struct Signature {
    description: ffi::ffi_cif,
    /// The descriptions of arguments, to which the one of the function leads.
    arguments: Vec<*mut ffi::ffi_type>,
}

// SAFETY: (foreign 2) the descriptions of types do not change, and live as long as the types, which the caller keeps.
unsafe impl Send for Signature {}

impl Signature {
    /// The signature of a function. `fixed` says how many arguments are declared, if more are passed.
    pub fn new(
        cx: &mut Context,
        result: *mut ffi::ffi_type,
        arguments: Vec<*mut ffi::ffi_type>,
        fixed: Option<usize>,
    ) -> Result<Box<Signature>> {
        let mut made = Box::new(Signature { description: ffi::ffi_cif::default(), arguments });
        let (count, pointer) = (made.arguments.len() as u32, made.arguments.as_mut_ptr());
        let (convention, place) = (ffi::ffi_abi_FFI_DEFAULT_ABI, &raw mut made.description);
        // SAFETY: (foreign 2) the description and the row of arguments stay where they are while the box lives.
        let status = unsafe {
            match fixed {
                Some(fixed) => ffi::ffi_prep_cif_var(place, convention, fixed as u32, count, result, pointer),
                None => ffi::ffi_prep_cif(place, convention, count, result, pointer),
            }
        };
        if status == ffi::ffi_status_FFI_OK { Ok(made) } else { Err(refused(cx, fixed.is_some())) }
    }

    /// The description, as libffi wants it.
    pub fn description(&mut self) -> *mut ffi::ffi_cif {
        &raw mut self.description
    }

    /// Calls a function. The result has room for eight bytes at least, the arguments lie at `places`.
    fn call(&mut self, function: u64, result: u64, places: &mut [u64]) {
        let function = std::ptr::with_exposed_provenance::<c_void>(function as usize);
        // SAFETY: (foreign 1), (foreign 2) the program says that a function of this signature is there; arguments and result
        // lie where they are said to.
        unsafe {
            let function: Option<unsafe extern "C" fn()> = std::mem::transmute(function);
            ffi::ffi_call(self.description(), function, result as *mut c_void, places.as_mut_ptr().cast());
        }
    }
}

#[cold]
fn refused(cx: &mut Context, variadic: bool) -> Raised {
    let function = if variadic { "ffi_prep_cif_var" } else { "ffi_prep_cif" };
    cx.raise(&RUNTIME_ERROR, format!("{function} failed"))
}

/// What is called, and how.
pub struct Target<'a> {
    pub address: u64,
    pub flags: u32,
    /// `from_param` of the types of the arguments.
    pub converters: Option<&'a [Owned]>,
    /// The type of the result; without one it is an `int`.
    pub result: Option<&'a Owned>,
    pub checker: Option<&'a Owned>,
}

/// Calls a function with Python objects.
pub fn call_function(cx: &mut Context, target: &Target<'_>, arguments: &[Owned]) -> Result<Owned> {
    if arguments.len() > ARGUMENTS_MAX {
        let message = format!("too many arguments ({}), maximum is {ARGUMENTS_MAX}", arguments.len());
        return Err(cx.state::<State>().argument_error.raise(cx, message));
    }
    let mut passed = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        let converter = target.converters.and_then(|converters| converters.get(index));
        match pass(cx, argument, converter, index + 1) {
            Ok(made) => passed.push(made),
            Err(_) => {
                let class = cx.state::<State>().argument_error.class();
                return Err(data::extend(cx, Some(class), &format!("argument {}: ", index + 1)));
            }
        }
    }
    let none = target.result.is_some_and(|result| result.value() == singleton::none());
    let info = target.result.and_then(|result| info::of_type(result.value()));
    let description = match (none, info) {
        (true, _) => nothing(),
        (false, Some(info)) => info.description(),
        (false, None) => description_of_letter(b'i'),
    };
    audit::event(cx, "ctypes.call_function", |cx| {
        vec![int::from_u64(cx, target.address), TupleObject::from_owned(cx, arguments.to_vec())]
    })?;
    let fixed = target.converters.map(<[Owned]>::len).filter(|fixed| *fixed != 0 && *fixed < arguments.len());
    let mut signature = Signature::new(cx, description, passed.iter().map(|one| one.description).collect(), fixed)?;
    let size = info.map_or(0, |info| info.size.get());
    let mut room = vec![0_u128; size.div_ceil(size_of::<u128>()).max(2)];
    let mut places: Vec<u64> = passed.iter_mut().map(Passed::place).collect();
    let result = room.as_mut_ptr() as u64;
    let before = (target.flags & USE_ERRNO != 0).then(|| saved_errno(cx));
    let address = target.address;
    let mut run = move || {
        let outside = before.map(set_system_errno);
        signature.call(address, result, &mut places);
        outside.map(set_system_errno)
    };
    let after = if target.flags & PYTHON_API != 0 { run() } else { cx.detached(|_| run()) };
    if let Some(number) = after {
        save_errno(cx, number);
    }
    drop(passed);
    if target.flags & PYTHON_API != 0 && !cx.pending.is_unbound() {
        return Err(Raised);
    }
    let made = result_of(cx, target, none, info.map(|info| &**info), result)?;
    match target.checker {
        Some(checker) => call::call(cx, checker.value(), &[made.value()]),
        None => Ok(made),
    }
}

fn pass(cx: &mut Context, argument: &Owned, converter: Option<&Owned>, position: usize) -> Result<Passed> {
    match converter {
        None => Passed::of(cx, argument.value(), position),
        Some(converter) => {
            let converted = call::call(cx, converter.value(), &[argument.value()])?;
            Passed::of(cx, converted.value(), position)
        }
    }
}

/// The object for what a function has given.
fn result_of(cx: &mut Context, target: &Target<'_>, none: bool, info: Option<&Info>, place: u64) -> Result<Owned> {
    let number = |cx: &mut Context| value::get(cx, Code::of(b'i'), place, 0);
    let Some(result) = target.result else { return number(cx) };
    if none {
        return Ok(Owned::new(singleton::none()));
    }
    let Some(info) = info else {
        let number = number(cx)?;
        return call::call(cx, result.value(), &[number.value()]);
    };
    let code = info.code.get();
    if code.letter == b'O' && !data::is_derived_simple(result.value()) {
        // The function gives a reference away.
        let found = Value::from_word(value::word_at(place));
        return Owned::from_raw_option(found).ok_or_else(|| cx.value_error("PyObject is NULL"));
    }
    if code.is_some() && !data::is_derived_simple(result.value()) {
        return value::get(cx, code, place, info.size.get());
    }
    data::copy_of(cx, result.value(), place)
}

/// The number that was kept aside for this thread.
pub fn saved_errno(cx: &mut Context) -> i32 {
    let (thread, state) = (cx.thread_identifier(), cx.state::<State>());
    state.errors.borrow().get(&thread).copied().unwrap_or(0)
}

/// Keeps a number aside for this thread.
pub fn save_errno(cx: &mut Context, number: i32) {
    let (thread, state) = (cx.thread_identifier(), cx.state::<State>());
    state.errors.borrow_mut().insert(thread, number);
}

/// The system's number of the last error.
pub fn system_errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// Sets the system's number; the one before.
pub fn set_system_errno(number: i32) -> i32 {
    let before = system_errno();
    // SAFETY: (system 1) each thread has such a number.
    unsafe { *libc::__errno_location() = number };
    before
}
