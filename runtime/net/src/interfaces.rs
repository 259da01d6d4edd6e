//! Interfaces to networks, which have numbers and names.

use crate::arguments;
use crate::errors;
use sidewinder_macros::native_functions;
use sidewinder_os::{path, system};
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ffi::CStr;
use std::io;

/// The number of an interface.
pub fn index_of(name: &CStr) -> io::Result<u32> {
    // SAFETY: (system 1) the name ends with a null byte.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(io::Error::last_os_error()),
        index => Ok(index),
    }
}

/// The name of an interface.
pub fn name_of(index: u32) -> io::Result<Vec<u8>> {
    let mut name = [0u8; libc::IF_NAMESIZE + 1];
    // SAFETY: (system 1) the buffer has the length that names have at most.
    if unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    Ok(name.iter().copied().take_while(|byte| *byte != 0).collect())
}

/// The numbers and names of all interfaces.
fn all() -> io::Result<Vec<(u32, Vec<u8>)>> {
    // SAFETY: (system 1) a list that ends with an entry of number 0, or null.
    let list = unsafe { libc::if_nameindex() };
    if list.is_null() {
        return Err(io::Error::last_os_error());
    }
    let mut found = Vec::new();
    let mut at = list;
    // SAFETY: (system 1) as above; the names end with a null byte.
    unsafe {
        while (*at).if_index != 0 && !(*at).if_name.is_null() {
            found.push(((*at).if_index, CStr::from_ptr((*at).if_name).to_bytes().to_vec()));
            at = at.add(1);
        }
        libc::if_freenameindex(list);
    }
    Ok(found)
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The interfaces of the machine: pairs of number and name.
    #[function]
    fn if_nameindex(cx: &mut Context) -> Result<Owned> {
        let found = cx.detached(|_| all()).map_err(|error| system::raise(cx, &error))?;
        let mut pairs = Vec::with_capacity(found.len());
        for (index, name) in found {
            let name = path::decode(cx, &name)?;
            pairs.push((index, name).into_object(cx));
        }
        Ok(pairs.into_object(cx))
    }

    /// The number of the interface of that name.
    #[function]
    fn if_nametoindex(cx: &mut Context, oname: path::FileName) -> Result<u32> {
        index_of(&oname.0).map_err(|error| system::raise(cx, &error))
    }

    /// The name of the interface of that number.
    #[function]
    fn if_indextoname(cx: &mut Context, if_index: Value) -> Result<Owned> {
        let index = arguments::unsigned(cx, if_index, u32::MAX as u64, "unsigned int")?;
        match name_of(index as u32) {
            Ok(name) => path::decode(cx, &name),
            Err(error) if error.raw_os_error() == Some(0) => Err(errors::plain(cx, "no interface with this index")),
            Err(error) => Err(system::raise(cx, &error)),
        }
    }
}
