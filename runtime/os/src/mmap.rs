//! The module `mmap`: files in memory.

mod mapping;
mod object;

pub use object::{Mmap, MmapIterator};

use crate::system::{add_constants, calls};
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::exception::OS_ERROR;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::{Context, Result};

static NUMBERS: &[(&str, i64)] = crate::constants! {
    PROT_EXEC PROT_READ PROT_WRITE MAP_SHARED MAP_PRIVATE MAP_DENYWRITE MAP_EXECUTABLE MAP_ANON MAP_ANONYMOUS MAP_POPULATE
    MAP_STACK MAP_NORESERVE MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED MADV_REMOVE MADV_DONTFORK
    MADV_DOFORK MADV_HWPOISON MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE MADV_NOHUGEPAGE MADV_DONTDUMP MADV_DODUMP
    MADV_FREE
};

/// What may be done with a mapping.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// What flags and protection say.
    Default,
    Read,
    /// Writes reach the file.
    Write,
    /// Writes stay in memory.
    Copy,
}

impl Access {
    /// By its number in Python.
    fn of(number: i32) -> Option<Access> {
        [Access::Default, Access::Read, Access::Write, Access::Copy].get(usize::try_from(number).ok()?).copied()
    }

    fn name(self) -> &'static str {
        match self {
            Access::Default => "ACCESS_DEFAULT",
            Access::Read => "ACCESS_READ",
            Access::Write => "ACCESS_WRITE",
            Access::Copy => "ACCESS_COPY",
        }
    }
}

/// Files in memory: what is written there is written to the file.
#[native_module("mmap", types(Mmap, hidden MmapIterator))]
mod rows {
    use super::*;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        add_constants(cx, module, NUMBERS);
        let page = calls::sysconf(libc::_SC_PAGESIZE);
        let more = [
            ("ACCESS_DEFAULT", 0),
            ("ACCESS_READ", 1),
            ("ACCESS_WRITE", 2),
            ("ACCESS_COPY", 3),
            ("PAGESIZE", page),
            ("ALLOCATIONGRANULARITY", page),
        ];
        add_constants(cx, module, &more);
        #[cfg(target_arch = "x86_64")]
        add_constants(cx, module, &[("MAP_32BIT", libc::MAP_32BIT as i64)]);
        module.namespace().set_text(cx, "error", OS_ERROR.value());
        Ok(())
    }
}
