//! Calls of the system: how arguments and errors cross over.

pub mod calls;
pub mod programs;
pub mod semaphore;
pub mod stream;

use sidewinder_runtime::objects::exception::{self, OS_ERROR, special};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::ffi::{CStr, c_char};
use std::io;
use std::marker::PhantomData;

/// A text that ends with a null byte, as the system takes it.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Text<'a>(*const c_char, PhantomData<&'a CStr>);

impl<'a> Text<'a> {
    pub fn as_ptr(self) -> *const c_char {
        self.0
    }
}

/// The text for the length of a call.
pub fn text(from: &CStr) -> Text<'_> {
    Text(from.as_ptr(), PhantomData)
}

/// Structures of C that may be all zeros.
///
/// # Safety
/// All bytes of the type may be zero.
pub unsafe trait Zeroed: Sized {
    fn zeroed() -> Self {
        // SAFETY: (system 1) the trait's promise.
        unsafe { std::mem::zeroed() }
    }
}

macro_rules! zeroed {
    ($( $kind:ty ),* $(,)?) => { $(
        // SAFETY: (system 1) a structure of numbers and pointers that may be null.
        unsafe impl Zeroed for $kind {}
    )* };
}

zeroed!(
    libc::stat,
    libc::statvfs,
    libc::utsname,
    libc::tms,
    libc::winsize,
    libc::rusage,
    libc::siginfo_t,
    libc::sched_param,
    libc::timespec,
    libc::itimerspec,
    libc::itimerval,
    libc::tm,
    libc::cpu_set_t,
    libc::sigset_t,
    libc::rlimit,
    libc::termios,
    libc::flock,
    libc::sigaction,
    libc::posix_spawnattr_t,
    libc::posix_spawn_file_actions_t,
);

/// What a call of the system returns: -1 stands for an error, which `errno` names.
pub trait Status: Copy {
    fn is_error(self) -> bool;
}

macro_rules! statuses {
    ($( $kind:ty ),*) => { $( impl Status for $kind {
        fn is_error(self) -> bool {
            self == -1
        }
    } )* };
}

statuses!(i32, i64, isize);

/// The status, or the error that it stands for.
pub fn check<T: Status>(status: T) -> io::Result<T> {
    if status.is_error() { Err(io::Error::last_os_error()) } else { Ok(status) }
}

/// As `check`, where success has nothing to say.
pub fn done<T: Status>(status: T) -> io::Result<()> {
    check(status).map(drop)
}

/// The outcome of a call that returns its error's number.
pub fn numbered(error: i32) -> io::Result<()> {
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// Raises the `OSError` of an error.
#[cold]
pub fn raise(cx: &mut Context, error: &io::Error) -> Raised {
    exception::raise_os_error(cx, error.raw_os_error().unwrap_or(libc::EIO), None)
}

/// Raises the `OSError` of an error that has to do with a file.
#[cold]
pub fn raise_named(cx: &mut Context, error: &io::Error, file: Value) -> Raised {
    raise_with_files(cx, error, file, None)
}

/// Raises the `OSError` of an error that has to do with two files.
#[cold]
pub fn raise_with_files(cx: &mut Context, error: &io::Error, file: Value, second: Option<Value>) -> Raised {
    let number = error.raw_os_error().unwrap_or(libc::EIO);
    let (file, second) = (Owned::new(file), second.map(Owned::new));
    let text = StrObject::new(cx, &special::system_error_text(number));
    let number = Value::from_small_int(number as i64);
    let mut arguments = vec![number, text.value(), file.value()];
    if let Some(second) = &second {
        arguments.extend([singleton::none(), second.value()]);
    }
    exception::raise_arguments(cx, &OS_ERROR.object, &arguments)
}

/// The outcome of a call about a file, whose error names it.
pub fn about<T>(cx: &mut Context, outcome: Result<io::Result<T>>, file: Value) -> Result<T> {
    outcome?.map_err(|error| raise_named(cx, &error, file))
}

/// The outcome of a call about no file.
pub fn plainly<T>(cx: &mut Context, outcome: Result<io::Result<T>>) -> Result<T> {
    outcome?.map_err(|error| raise(cx, &error))
}

/// Constants by the names that they have in C.
#[macro_export]
macro_rules! constants {
    ($( $name:ident )*) => { &[ $( (stringify!($name), libc::$name as i64) ),* ] };
}

/// Enters constants into a module.
pub fn add_constants(cx: &mut Context, module: &ModuleObject, constants: &[(&str, i64)]) {
    for (name, value) in constants {
        let value = int::from_i64(cx, *value);
        module.namespace().set_text(cx, name, value.value());
    }
}
