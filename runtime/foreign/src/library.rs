//! Libraries that are loaded while the program runs.

use sidewinder_macros::native_functions;
use sidewinder_os::path::{FileName, decode};
use sidewinder_runtime::objects::exception::{self, OS_ERROR};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{attribute, audit};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::ffi::{CStr, CString, c_void};

/// What the system says went wrong last, on this thread.
fn trouble(otherwise: &str) -> String {
    // SAFETY: (system 1) the text lives until the next call of these functions.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return otherwise.to_string();
    }
    // SAFETY: (system 1) it ends with a zero byte.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

#[cold]
fn failed(cx: &mut Context, text: &str) -> Raised {
    let text = StrObject::new(cx, text);
    exception::raise_with(cx, &OS_ERROR, text.value())
}

/// The address of a symbol, which is a `what`, or what the system says where there is none.
pub fn find(cx: &mut Context, handle: u64, name: &[u8], what: &str) -> Result<std::result::Result<u64, String>> {
    let Ok(symbol) = CString::new(name) else { return Err(cx.value_error("embedded null character")) };
    // SAFETY: (system 1), (foreign 1) the program says that the handle is one of a library; the name ends with a zero.
    let found = unsafe {
        libc::dlerror();
        libc::dlsym(handle as *mut c_void, symbol.as_ptr())
    };
    if found.is_null() {
        let name = String::from_utf8_lossy(name);
        return Ok(Err(trouble(&format!("{what} '{name}' not found"))));
    }
    Ok(Ok(found as u64))
}

/// The handle of an object that stands for a library, of which `name` is wanted.
pub fn handle_of(cx: &mut Context, library: Value, name: &str) -> Result<u64> {
    audit::event(cx, "ctypes.dlsym", |cx| vec![Owned::new(library), StrObject::new(cx, name)])?;
    let handle = attribute::get_text(cx, library, "_handle")?;
    if !int::is_int_like(handle.value()) {
        return Err(cx.type_error("the _handle attribute of the second argument must be an integer"));
    }
    match int::as_u64(handle.value()).or_else(|| int::as_i64(handle.value()).map(|handle| handle as u64)) {
        Some(handle) => Ok(handle),
        None => Err(cx.value_error("could not convert the _handle attribute to a pointer")),
    }
}

/// Libraries and what they contain.
#[native_functions]
pub mod rows {
    use super::*;

    /// dlopen(name, flag={RTLD_GLOBAL|RTLD_LOCAL}) open a shared library
    #[function]
    fn dlopen(
        cx: &mut Context,
        name: Option<Value>,
        #[default(libc::RTLD_NOW | libc::RTLD_LOCAL, _)] flag: i32,
    ) -> Result<u64> {
        let given = name.map_or_else(|| Owned::new(sidewinder_runtime::objects::singleton::none()), Owned::new);
        let name = match name {
            None => None,
            Some(name) => Some(FileName::of(cx, name)?.0),
        };
        audit::event(cx, "ctypes.dlopen", |_| vec![given])?;
        let opened = cx.detached(|_| {
            let name = name.as_ref().map_or(std::ptr::null(), |name| name.as_ptr());
            // SAFETY: (system 1) the name ends with a zero byte; what the library does when it starts, the program asked for.
            let handle = unsafe { libc::dlopen(name, flag | libc::RTLD_NOW) };
            if handle.is_null() { Err(trouble("dlopen() error")) } else { Ok(handle as u64) }
        });
        opened.map_err(|text| failed(cx, &text))
    }

    /// find symbol in shared library
    #[function]
    fn dlsym(cx: &mut Context, handle: Value, name: String) -> Result<u64> {
        let handle = crate::value::low_bits(cx, handle)?;
        audit::event(cx, "ctypes.dlsym/handle", |cx| vec![int::from_u64(cx, handle), StrObject::new(cx, &name)])?;
        find(cx, handle, name.as_bytes(), "symbol")?.map_err(|text| failed(cx, &text))
    }

    /// dlclose a library
    #[function]
    fn dlclose(cx: &mut Context, handle: Value) -> Result<()> {
        let handle = crate::value::low_bits(cx, handle)?;
        // SAFETY: (foreign 1) the program says that the handle is one of a library, of which nothing is used any more.
        if unsafe { libc::dlclose(handle as *mut c_void) } == 0 {
            return Ok(());
        }
        let text = trouble("dlclose() error");
        Err(failed(cx, &text))
    }

    /// dllist() return a list of loaded shared libraries
    #[function]
    fn dllist(cx: &mut Context) -> Result<Vec<Owned>> {
        extern "C" fn note(info: *mut libc::dl_phdr_info, _size: usize, names: *mut c_void) -> i32 {
            // SAFETY: (system 1) the system passes what describes a library, and the pointer that it was given.
            let (names, name) = unsafe { (&mut *names.cast::<Vec<Vec<u8>>>(), CStr::from_ptr((*info).dlpi_name)) };
            names.push(name.to_bytes().to_vec());
            0
        }
        let mut names: Vec<Vec<u8>> = Vec::new();
        // SAFETY: (system 1) the function is called with that pointer, before this returns.
        unsafe { libc::dl_iterate_phdr(Some(note), (&raw mut names).cast()) };
        names.iter().map(|name| decode(cx, name)).collect()
    }
}
