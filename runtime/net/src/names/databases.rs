//! The system's tables of hosts, services and protocols, in the forms that threads may use at once.

use crate::address::{Address, family, host_text};
use libc::{c_char, c_int, hostent, protoent, servent, size_t, socklen_t};
use std::ffi::{CStr, c_void};

/// Bytes that an entry of a table needs at first; more if that is not enough.
const ENTRY_BYTES: usize = 16 << 10;
/// Bytes that an entry may need.
const ENTRY_BYTES_MAX: usize = 1 << 24;
/// `h_errno` of a search that may succeed another time.
const TRY_AGAIN: c_int = 2;

// SAFETY: (system 1) the signatures are those of the GNU C library.
unsafe extern "C" {
    fn gethostbyname_r(
        name: *const c_char,
        entry: *mut hostent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut hostent,
        error: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const c_void,
        bytes: socklen_t,
        family: c_int,
        entry: *mut hostent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut hostent,
        error: *mut c_int,
    ) -> c_int;
    fn getservbyname_r(
        name: *const c_char,
        protocol: *const c_char,
        entry: *mut servent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut servent,
    ) -> c_int;
    fn getservbyport_r(
        port: c_int,
        protocol: *const c_char,
        entry: *mut servent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut servent,
    ) -> c_int;
    fn getprotobyname_r(
        name: *const c_char,
        entry: *mut protoent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut protoent,
    ) -> c_int;
}

/// What is known of a host.
pub struct Host {
    pub family: i32,
    pub name: Vec<u8>,
    pub aliases: Vec<Vec<u8>>,
    pub addresses: Vec<String>,
}

/// Searches with a buffer that grows until it is large enough. `search` gets the buffer with its length, and where to write
/// the entry found; `read` copies it out.
fn with_buffer<E, T>(
    mut search: impl FnMut(*mut E, *mut c_char, size_t, *mut *mut E) -> c_int,
    read: impl Fn(&E) -> T,
) -> Option<T> {
    let mut length = ENTRY_BYTES;
    loop {
        let mut buffer = vec![0u8; length];
        let mut entry = std::mem::MaybeUninit::<E>::zeroed();
        let mut found = std::ptr::null_mut();
        let status = search(entry.as_mut_ptr(), buffer.as_mut_ptr().cast(), length, &mut found);
        if status == libc::ERANGE && length < ENTRY_BYTES_MAX {
            length *= 4;
            continue;
        }
        // SAFETY: (system 1) null, or the entry, which the function has filled and whose texts lie in the buffer.
        return unsafe { found.as_ref() }.filter(|_| status == 0).map(&read);
    }
}

/// # Safety
/// The pointer is null or leads to a text that ends with a null byte.
unsafe fn text(pointer: *const c_char) -> Vec<u8> {
    if pointer.is_null() {
        return Vec::new();
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(pointer) }.to_bytes().to_vec()
}

fn read_host(entry: &hostent) -> Host {
    let (family, length) = (entry.h_addrtype, entry.h_length.max(0) as usize);
    let (mut aliases, mut addresses) = (Vec::new(), Vec::new());
    // SAFETY: (system 1) the arrays of a filled entry end with null; addresses have the length said.
    unsafe {
        let mut at = entry.h_aliases;
        while !at.is_null() && !(*at).is_null() {
            aliases.push(text(*at));
            at = at.add(1);
        }
        let mut at = entry.h_addr_list;
        while !at.is_null() && !(*at).is_null() {
            addresses.push(address_text(family, std::slice::from_raw_parts((*at).cast::<u8>(), length)));
            at = at.add(1);
        }
    }
    // SAFETY: (system 1) as above.
    Host { family, name: unsafe { text(entry.h_name) }, aliases, addresses }
}

fn address_text(kind: i32, bytes: &[u8]) -> String {
    let (place, length) = if kind == family::INET { (4, 4) } else { (8, 16) };
    let mut address = Address::of_family(kind, place + length);
    address.put_slice(place, &bytes[..bytes.len().min(length)]);
    host_text(&address)
}

/// The host of that name, of version 4; or `h_errno`.
pub fn host_by_name(name: &CStr) -> Result<Host, i32> {
    let mut error = 0;
    let found = with_buffer(
        |entry, buffer, length, found| {
            // SAFETY: (system 1) the name ends with a null byte, the buffer has the length said.
            unsafe { gethostbyname_r(name.as_ptr(), entry, buffer, length, found, &mut error) }
        },
        read_host,
    );
    found.ok_or(if error == 0 { TRY_AGAIN } else { error })
}

/// The host with that address; or `h_errno`.
pub fn host_by_address(address: &[u8], family: i32) -> Result<Host, i32> {
    let mut error = 0;
    let found = with_buffer(
        |entry, buffer, length, found| {
            let bytes = address.len() as socklen_t;
            // SAFETY: (system 1) address and buffer have the lengths said.
            unsafe { gethostbyaddr_r(address.as_ptr().cast(), bytes, family, entry, buffer, length, found, &mut error) }
        },
        read_host,
    );
    found.ok_or(if error == 0 { TRY_AGAIN } else { error })
}

fn pointer(text: Option<&CStr>) -> *const c_char {
    text.map_or(std::ptr::null(), CStr::as_ptr)
}

/// The port of a service, with that protocol or any.
pub fn service_by_name(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    with_buffer(
        |entry, buffer, length, found| {
            // SAFETY: (system 1) the texts are null or end with a null byte, the buffer has the length said.
            unsafe { getservbyname_r(name.as_ptr(), pointer(protocol), entry, buffer, length, found) }
        },
        |entry: &servent| u16::from_be(entry.s_port as u16),
    )
}

/// The service at a port, with that protocol or any.
pub fn service_by_port(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    with_buffer(
        |entry, buffer, length, found| {
            // SAFETY: (system 1) as above.
            unsafe { getservbyport_r(port.to_be() as c_int, pointer(protocol), entry, buffer, length, found) }
        },
        // SAFETY: (system 1) the name of a filled entry.
        |entry: &servent| unsafe { text(entry.s_name) },
    )
}

/// The number of a protocol.
pub fn protocol_by_name(name: &CStr) -> Option<i32> {
    with_buffer(
        |entry, buffer, length, found| {
            // SAFETY: (system 1) as above.
            unsafe { getprotobyname_r(name.as_ptr(), entry, buffer, length, found) }
        },
        |entry: &protoent| entry.p_proto,
    )
}
