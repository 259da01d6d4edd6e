//! The module `syslog`: messages for the system's log.

use crate::path::FileName;
use crate::system::add_constants;
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::exception::OVERFLOW_ERROR;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{dict, int, list};
use sidewinder_runtime::operations::{attribute, convert};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::RefCell;
use std::ffi::{CStr, CString};

static NUMBERS: &[(&str, i64)] = crate::constants! {
    LOG_EMERG LOG_ALERT LOG_CRIT LOG_ERR LOG_WARNING LOG_NOTICE LOG_INFO LOG_DEBUG LOG_KERN LOG_USER LOG_MAIL LOG_DAEMON
    LOG_AUTH LOG_LPR LOG_LOCAL0 LOG_LOCAL1 LOG_LOCAL2 LOG_LOCAL3 LOG_LOCAL4 LOG_LOCAL5 LOG_LOCAL6 LOG_LOCAL7 LOG_PID
    LOG_CONS LOG_NDELAY LOG_NOWAIT LOG_ODELAY LOG_PERROR LOG_SYSLOG LOG_CRON LOG_UUCP LOG_NEWS LOG_AUTHPRIV LOG_FTP
};

/// The name that the log was opened with; the C library keeps its address.
#[derive(Default)]
struct Log(RefCell<Option<Open>>);

struct Open {
    _name: Option<CString>,
}

/// Opens the log under a name, or under the program's own.
fn open(cx: &mut Context, name: Option<CString>, options: i32, facility: i32) {
    let address = name.as_ref().map_or(std::ptr::null(), |name| name.as_ptr());
    let log = cx.state::<Log>();
    // SAFETY: (system 1) null, or a text that is kept until the log is closed or opened anew; the GIL is held.
    unsafe { libc::openlog(address, options, facility) };
    let before = log.0.replace(Some(Open { _name: name }));
    drop(before);
}

/// The name of the program's file.
fn program_name(cx: &mut Context) -> Result<Option<CString>> {
    let modules = dict::of(cx.interpreter().modules.value());
    let Some(system) = modules.get_text(cx, "sys").map(Owned::new) else { return Ok(None) };
    let Some(arguments) = attribute::get_text_optional(cx, system.value(), "argv")? else { return Ok(None) };
    let first = arguments.value().cast::<list::ListObject>().and_then(|list| list.get(0)).map(Owned::new);
    let Some(first) = first.filter(|first| str::is_str(first.value())) else { return Ok(None) };
    let text = str::text(first.value()).unwrap_or_default().into_owned();
    let name = text.rsplit('/').next().unwrap_or_default();
    Ok(if name.is_empty() { None } else { CString::new(name).ok() })
}

fn write(priority: i32, message: &CStr) {
    // SAFETY: (system 1) the format takes one text.
    unsafe { libc::syslog(priority, c"%s".as_ptr(), message.as_ptr()) };
}

/// Messages for the system's log.
#[native_module("syslog")]
mod rows {
    use super::*;

    /// Opens the log under a name (that of the program's file), with options (LOG_PID, …) and a facility (LOG_USER, …).
    #[function]
    fn openlog(
        cx: &mut Context,
        #[named]
        #[default(None, "<unrepresentable>")]
        ident: Option<&StrObject>,
        #[default(0)] logoption: i32,
        #[default(libc::LOG_USER, "LOG_USER")] facility: i32,
    ) -> Result<()> {
        let name = match ident {
            Some(ident) => Some(FileName::of(cx, Value::from_pointer(ident))?.0),
            None => program_name(cx)?,
        };
        open(cx, name, logoption, facility);
        Ok(())
    }

    /// syslog([priority=LOG_INFO,] message): writes a message to the log.
    #[function]
    fn syslog(cx: &mut Context, #[rest] arguments: &[Value]) -> Result<()> {
        let (priority, message) = match *arguments {
            [message] => (libc::LOG_INFO, message),
            [priority, message] => {
                let number = convert::index(cx, priority)?;
                match int::as_i64(number.value()).map(i32::try_from) {
                    Some(Ok(priority)) => (priority, message),
                    _ => return Err(cx.raise(&OVERFLOW_ERROR, "Python int too large to convert to C int")),
                }
            }
            _ => return Err(cx.type_error("syslog.syslog requires 1 to 2 arguments")),
        };
        if !str::is_str(message) {
            let place = if arguments.len() == 2 { 2 } else { 1 };
            let found = message.type_of().name();
            return Err(cx.type_error(format!("syslog() argument {place} must be str, not {found}")));
        }
        let message = FileName::of(cx, message)?.0;
        if cx.state::<Log>().0.borrow().is_none() {
            let name = program_name(cx)?;
            open(cx, name, 0, libc::LOG_USER);
        }
        cx.detached(|_| write(priority, &message));
        Ok(())
    }

    /// Closes the log.
    #[function]
    fn closelog(cx: &mut Context) {
        let log = cx.state::<Log>();
        let open = log.0.take();
        if open.is_some() {
            // SAFETY: (system 1) the GIL is held; the name is kept until after.
            unsafe { libc::closelog() };
        }
        drop(open);
    }

    /// Says which priorities are written: bits of LOG_MASK. Those before.
    #[function]
    fn setlogmask(maskpri: i32) -> i32 {
        // SAFETY: (system 1) a number.
        unsafe { libc::setlogmask(maskpri) }
    }

    /// The bit of a priority.
    #[function(name = "LOG_MASK")]
    fn mask(pri: i32) -> i32 {
        1i32.wrapping_shl(pri as u32)
    }

    /// The bits of all priorities up to one.
    #[function(name = "LOG_UPTO")]
    fn up_to(pri: i32) -> i32 {
        1i32.wrapping_shl((pri as u32).wrapping_add(1)).wrapping_sub(1)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        add_constants(cx, module, NUMBERS);
        Ok(())
    }
}
