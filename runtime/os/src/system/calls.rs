//! The system's functions, declared so that calling them is safe: whatever a parameter's Rust type allows, they are good for
//! or answer with an error. Functions that take pointers with lengths are wrapped here.

use super::{Text, Zeroed, check};
use libc::{c_char, c_int, c_long, c_uint, c_ulong, dev_t, gid_t, mode_t, off_t, pid_t, uid_t};
use std::ffi::CStr;
use std::io;

// SAFETY: (system 1) the signatures are those of POSIX and Linux; texts end with a null byte, and what is written to is a
// whole structure.
unsafe extern "C" {
    pub safe fn access(path: Text<'_>, mode: c_int) -> c_int;
    pub safe fn chdir(path: Text<'_>) -> c_int;
    pub safe fn chroot(path: Text<'_>) -> c_int;
    pub safe fn close(fd: c_int) -> c_int;
    pub safe fn dup(fd: c_int) -> c_int;
    pub safe fn dup2(fd: c_int, second: c_int) -> c_int;
    pub safe fn dup3(fd: c_int, second: c_int, flags: c_int) -> c_int;
    pub safe fn eventfd(initial: c_uint, flags: c_int) -> c_int;
    pub safe fn faccessat(directory: c_int, path: Text<'_>, mode: c_int, flags: c_int) -> c_int;
    pub safe fn fchdir(fd: c_int) -> c_int;
    pub safe fn fchmod(fd: c_int, mode: mode_t) -> c_int;
    pub safe fn fchmodat(directory: c_int, path: Text<'_>, mode: mode_t, flags: c_int) -> c_int;
    pub safe fn fchown(fd: c_int, user: uid_t, group: gid_t) -> c_int;
    pub safe fn fchownat(directory: c_int, path: Text<'_>, user: uid_t, group: gid_t, flags: c_int) -> c_int;
    pub safe fn fdatasync(fd: c_int) -> c_int;
    pub safe fn fpathconf(fd: c_int, name: c_int) -> c_long;
    pub safe fn fstat(fd: c_int, into: &mut libc::stat) -> c_int;
    pub safe fn fstatat(directory: c_int, path: Text<'_>, into: &mut libc::stat, flags: c_int) -> c_int;
    pub safe fn fstatvfs(fd: c_int, into: &mut libc::statvfs) -> c_int;
    pub safe fn fsync(fd: c_int) -> c_int;
    pub safe fn ftruncate(fd: c_int, length: off_t) -> c_int;
    pub safe fn futimens(fd: c_int, times: &[libc::timespec; 2]) -> c_int;
    pub safe fn getegid() -> gid_t;
    pub safe fn geteuid() -> uid_t;
    pub safe fn getgid() -> gid_t;
    fn getlogin_r(into: *mut c_char, length: usize) -> c_int;
    pub safe fn getpgid(process: pid_t) -> pid_t;
    pub safe fn getpgrp() -> pid_t;
    pub safe fn getpid() -> pid_t;
    pub safe fn getppid() -> pid_t;
    pub safe fn getpriority(which: c_int, who: c_uint) -> c_int;
    pub safe fn getresgid(real: &mut gid_t, effective: &mut gid_t, saved: &mut gid_t) -> c_int;
    pub safe fn getresuid(real: &mut uid_t, effective: &mut uid_t, saved: &mut uid_t) -> c_int;
    pub safe fn getsid(process: pid_t) -> pid_t;
    pub safe fn getuid() -> uid_t;
    pub safe fn grantpt(fd: c_int) -> c_int;
    pub safe fn initgroups(user: Text<'_>, group: gid_t) -> c_int;
    pub safe fn isatty(fd: c_int) -> c_int;
    pub safe fn kill(process: pid_t, signal: c_int) -> c_int;
    pub safe fn killpg(group: pid_t, signal: c_int) -> c_int;
    pub safe fn lchown(path: Text<'_>, user: uid_t, group: gid_t) -> c_int;
    pub safe fn linkat(old: c_int, from: Text<'_>, new: c_int, to: Text<'_>, flags: c_int) -> c_int;
    pub safe fn lockf(fd: c_int, command: c_int, length: off_t) -> c_int;
    pub safe fn login_tty(fd: c_int) -> c_int;
    pub safe fn lseek(fd: c_int, offset: off_t, whence: c_int) -> off_t;
    pub safe fn memfd_create(name: Text<'_>, flags: c_uint) -> c_int;
    pub safe fn mkdirat(directory: c_int, path: Text<'_>, mode: mode_t) -> c_int;
    pub safe fn mkfifoat(directory: c_int, path: Text<'_>, mode: mode_t) -> c_int;
    pub safe fn mknodat(directory: c_int, path: Text<'_>, mode: mode_t, device: dev_t) -> c_int;
    pub safe fn nice(increment: c_int) -> c_int;
    pub safe fn pathconf(path: Text<'_>, name: c_int) -> c_long;
    pub safe fn pipe2(fds: &mut [c_int; 2], flags: c_int) -> c_int;
    pub safe fn posix_fadvise(fd: c_int, offset: off_t, length: off_t, advice: c_int) -> c_int;
    pub safe fn posix_fallocate(fd: c_int, offset: off_t, length: off_t) -> c_int;
    pub safe fn posix_openpt(flags: c_int) -> c_int;
    pub safe fn removexattr(path: Text<'_>, name: Text<'_>) -> c_int;
    pub safe fn lremovexattr(path: Text<'_>, name: Text<'_>) -> c_int;
    pub safe fn fremovexattr(fd: c_int, name: Text<'_>) -> c_int;
    pub safe fn renameat(old: c_int, from: Text<'_>, new: c_int, to: Text<'_>) -> c_int;
    pub safe fn sched_get_priority_max(policy: c_int) -> c_int;
    pub safe fn sched_get_priority_min(policy: c_int) -> c_int;
    pub safe fn sched_getparam(process: pid_t, into: &mut libc::sched_param) -> c_int;
    pub safe fn sched_getscheduler(process: pid_t) -> c_int;
    pub safe fn sched_rr_get_interval(process: pid_t, into: &mut libc::timespec) -> c_int;
    pub safe fn sched_setparam(process: pid_t, parameter: &libc::sched_param) -> c_int;
    pub safe fn sched_setscheduler(process: pid_t, policy: c_int, parameter: &libc::sched_param) -> c_int;
    pub safe fn sched_yield() -> c_int;
    pub safe fn setegid(group: gid_t) -> c_int;
    pub safe fn seteuid(user: uid_t) -> c_int;
    pub safe fn setgid(group: gid_t) -> c_int;
    pub safe fn setns(fd: c_int, kind: c_int) -> c_int;
    pub safe fn setpgid(process: pid_t, group: pid_t) -> c_int;
    pub safe fn setpriority(which: c_int, who: c_uint, priority: c_int) -> c_int;
    pub safe fn setregid(real: gid_t, effective: gid_t) -> c_int;
    pub safe fn setresgid(real: gid_t, effective: gid_t, saved: gid_t) -> c_int;
    pub safe fn setresuid(real: uid_t, effective: uid_t, saved: uid_t) -> c_int;
    pub safe fn setreuid(real: uid_t, effective: uid_t) -> c_int;
    pub safe fn setsid() -> pid_t;
    pub safe fn setuid(user: uid_t) -> c_int;
    pub safe fn statvfs(path: Text<'_>, into: &mut libc::statvfs) -> c_int;
    pub safe fn symlinkat(target: Text<'_>, directory: c_int, path: Text<'_>) -> c_int;
    pub safe fn sync();
    pub safe fn sysconf(name: c_int) -> c_long;
    pub safe fn system(command: Text<'_>) -> c_int;
    pub safe fn tcgetpgrp(fd: c_int) -> pid_t;
    pub safe fn tcsetpgrp(fd: c_int, group: pid_t) -> c_int;
    pub safe fn timerfd_create(clock: c_int, flags: c_int) -> c_int;
    pub safe fn timerfd_gettime(fd: c_int, into: &mut libc::itimerspec) -> c_int;
    pub safe fn timerfd_settime(
        fd: c_int,
        flags: c_int,
        new: &libc::itimerspec,
        old: Option<&mut libc::itimerspec>,
    ) -> c_int;
    pub safe fn times(into: &mut libc::tms) -> libc::clock_t;
    pub safe fn truncate(path: Text<'_>, length: off_t) -> c_int;
    pub safe fn umask(mask: mode_t) -> mode_t;
    pub safe fn uname(into: &mut libc::utsname) -> c_int;
    pub safe fn unlinkat(directory: c_int, path: Text<'_>, flags: c_int) -> c_int;
    pub safe fn unlockpt(fd: c_int) -> c_int;
    pub safe fn unshare(flags: c_int) -> c_int;
    pub safe fn utimensat(directory: c_int, path: Text<'_>, times: &[libc::timespec; 2], flags: c_int) -> c_int;
    pub safe fn wait4(process: pid_t, status: &mut c_int, options: c_int, usage: &mut libc::rusage) -> pid_t;
    pub safe fn waitid(kind: libc::idtype_t, id: libc::id_t, into: &mut libc::siginfo_t, options: c_int) -> c_int;
    pub safe fn waitpid(process: pid_t, status: &mut c_int, options: c_int) -> pid_t;
    pub safe fn getloadavg(into: &mut [f64; 3], count: c_int) -> c_int;
    pub safe fn gnu_dev_minor(device: dev_t) -> c_uint;
    pub safe fn gnu_dev_major(device: dev_t) -> c_uint;
    pub safe fn gnu_dev_makedev(major: c_uint, minor: c_uint) -> dev_t;
}

/// Opens a file. `mode` counts where it is created.
pub fn openat(directory: c_int, path: &CStr, flags: c_int, mode: c_uint) -> io::Result<c_int> {
    // SAFETY: (system 1) the path is a text; the mode is always passed.
    check(unsafe { libc::openat(directory, path.as_ptr(), flags, mode) })
}

/// A request about an open file with a number, or with none (0).
pub fn control(fd: c_int, request: c_int, argument: c_long) -> io::Result<c_int> {
    // SAFETY: (system 1) callers pass requests whose argument is a number.
    check(unsafe { libc::fcntl(fd, request, argument) })
}

/// Reads into a buffer; how many bytes came.
pub fn read(fd: c_int, into: &mut [u8]) -> io::Result<usize> {
    // SAFETY: (system 1) the buffer has the length said.
    check(unsafe { libc::read(fd, into.as_mut_ptr().cast(), into.len()) }).map(|count| count as usize)
}

/// Reads from a place in a file.
pub fn pread(fd: c_int, into: &mut [u8], offset: off_t) -> io::Result<usize> {
    // SAFETY: (system 1) the buffer has the length said.
    check(unsafe { libc::pread(fd, into.as_mut_ptr().cast(), into.len(), offset) }).map(|count| count as usize)
}

/// Writes from a buffer; how many bytes went.
pub fn write(fd: c_int, from: &[u8]) -> io::Result<usize> {
    // SAFETY: (system 1) the buffer has the length said.
    check(unsafe { libc::write(fd, from.as_ptr().cast(), from.len()) }).map(|count| count as usize)
}

/// Writes to a place in a file.
pub fn pwrite(fd: c_int, from: &[u8], offset: off_t) -> io::Result<usize> {
    // SAFETY: (system 1) the buffer has the length said.
    check(unsafe { libc::pwrite(fd, from.as_ptr().cast(), from.len(), offset) }).map(|count| count as usize)
}

/// Random bytes of the system; how many came.
pub fn getrandom(into: &mut [u8], flags: c_uint) -> io::Result<usize> {
    // SAFETY: (system 1) the buffer has the length said.
    check(unsafe { libc::getrandom(into.as_mut_ptr().cast(), into.len(), flags) }).map(|count| count as usize)
}

/// What a symbolic link points to.
pub fn readlinkat(directory: c_int, path: &CStr) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u8; libc::PATH_MAX as usize + 1];
    // SAFETY: (system 1) the path is a text, the buffer has the length said.
    let count = check(unsafe { libc::readlinkat(directory, path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()) })?;
    buffer.truncate(count as usize);
    Ok(buffer)
}

/// The current directory.
pub fn getcwd() -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u8; 1024];
    loop {
        // SAFETY: (system 1) the buffer has the length said.
        if !unsafe { libc::getcwd(buffer.as_mut_ptr().cast(), buffer.len()) }.is_null() {
            buffer.truncate(buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len()));
            return Ok(buffer);
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::ERANGE) || buffer.len() > 1 << 20 {
            return Err(error);
        }
        buffer = vec![0; buffer.len() * 2];
    }
}

/// The size of a terminal.
pub fn window_size(fd: c_int) -> io::Result<libc::winsize> {
    let mut size = libc::winsize::zeroed();
    // SAFETY: (system 1) the request fills the structure.
    check(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) })?;
    Ok(size)
}

/// A request about an open file that takes no argument.
pub fn request(fd: c_int, request: c_ulong) -> io::Result<c_int> {
    // SAFETY: (system 1) callers pass requests without an argument.
    check(unsafe { libc::ioctl(fd, request, 0) })
}

/// A descriptor that stands for a process.
pub fn pidfd_open(process: pid_t, flags: c_uint) -> io::Result<c_int> {
    // SAFETY: (system 1) numbers alone.
    check(unsafe { libc::syscall(libc::SYS_pidfd_open, process, flags) }).map(|fd| fd as c_int)
}

/// The value of a configuration text (`confstr`); `None` if it has none.
pub fn confstr(name: c_int) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = vec![0u8; 256];
    loop {
        // SAFETY: (system 1) these are plain accesses to the thread's own error number and a buffer of the length said.
        let length = unsafe {
            *libc::__errno_location() = 0;
            libc::confstr(name, buffer.as_mut_ptr().cast(), buffer.len())
        };
        if length == 0 {
            let error = io::Error::last_os_error();
            return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
        }
        if length <= buffer.len() {
            buffer.truncate(length - 1);
            return Ok(Some(buffer));
        }
        buffer = vec![0; length];
    }
}

/// Runs a call for which -1 may be a result: an error is told by `errno`.
pub fn with_errno<T: super::Status>(call: impl FnOnce() -> T) -> io::Result<T> {
    // SAFETY: (system 1) the thread's own error number.
    unsafe { *libc::__errno_location() = 0 };
    let result = call();
    let error = io::Error::last_os_error();
    if result.is_error() && error.raw_os_error() != Some(0) { Err(error) } else { Ok(result) }
}

/// The name of the user who is logged in.
pub fn login_name() -> io::Result<Vec<u8>> {
    let mut buffer = [0u8; 256];
    // SAFETY: (system 1) the buffer has the length said.
    super::numbered(unsafe { getlogin_r(buffer.as_mut_ptr().cast(), buffer.len()) })?;
    Ok(buffer.iter().copied().take_while(|byte| *byte != 0).collect())
}
