//! The module `posix`: the system's functions, by what they are about.

mod attributes;
mod configuration;
mod constants;
mod descriptors;
mod directory;
mod environment;
mod files;
mod machine;
mod names;
pub mod process;
mod status;
mod terminal;
mod timers;
mod vectors;

pub use directory::{DirEntry, ScandirIterator};

use crate::path;
use crate::system::add_constants;
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::exception::OS_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Which functions take descriptors, directories to start from, and `follow_symlinks`: what `os.supports_fd` and its like
/// are made of.
const HAVE: [&str; 32] = [
    "HAVE_EVENTFD",
    "HAVE_TIMERFD_CREATE",
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FEXECVE",
    "HAVE_FDOPENDIR",
    "HAVE_FPATHCONF",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_FUTIMES",
    "HAVE_FUTIMESAT",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_MKNODAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
    "HAVE_PTSNAME_R",
];

/// What the operating system offers, as POSIX standardises it. Programs use the module `os`.
#[native_module(
    "posix",
    include(
        attributes::rows,
        configuration::rows,
        descriptors::rows,
        directory::rows,
        environment::rows,
        files::rows,
        machine::rows,
        names::rows,
        process::rows,
        process::identity::rows,
        process::schedule::rows,
        process::spawn::rows,
        process::wait::rows,
        status::rows,
        terminal::rows,
        timers::rows,
        vectors::rows
    ),
    types(DirEntry, hidden ScandirIterator)
)]
mod rows {
    use super::*;

    /// The path as text or bytes, which it is or which its __fspath__ gives.
    #[function]
    fn fspath(cx: &mut Context, #[named] path: Value) -> Result<Owned> {
        path::fspath(cx, path)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for numbers in constants::NUMBERS {
            add_constants(cx, module, numbers);
        }
        configuration::add_names(cx, module)?;
        environment::add(cx, module)?;
        for kind in [&status::STAT_RESULT, &status::STATVFS_RESULT, &machine::UNAME_RESULT, &machine::TIMES_RESULT] {
            kind.add_to(cx, module)?;
        }
        terminal::TERMINAL_SIZE.add_to(cx, module)?;
        process::wait::WAITID_RESULT.add_to(cx, module)?;
        process::schedule::SCHED_PARAM.add_to(cx, module)?;
        let have = HAVE.map(|name| str::intern(cx, name));
        let have = ListObject::new(cx, have.into());
        module.namespace().set_text(cx, "_have_functions", have.value());
        module.namespace().set_text(cx, "error", OS_ERROR.value());
        Ok(())
    }
}
