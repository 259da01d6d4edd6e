//! What is known of a file: `stat` and `statvfs`.

use crate::path::{DirFd, Gid, HERE, Path, PathOrFd, Target, Uid};
use crate::system::{Zeroed, about, calls, done, plainly, raise_named, text};
use libc::{AT_SYMLINK_NOFOLLOW, c_int};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::slots::BinaryOp;
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::operations::arithmetic;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, TypeObject, Value, struct_sequence};
use std::ffi::CStr;
use std::io;

struct_sequence! {
    /// What stat() knows of a file: a tuple (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime) with more by name.
    STAT_RESULT = "os.stat_result" shows 10 by new_stat_result {
        0 "st_mode" "protection bits",
        1 "st_ino" "inode",
        2 "st_dev" "device",
        3 "st_nlink" "number of hard links",
        4 "st_uid" "user ID of owner",
        5 "st_gid" "group ID of owner",
        6 "st_size" "total size, in bytes",
        10 "st_atime" "time of last access",
        11 "st_mtime" "time of last modification",
        12 "st_ctime" "time of last change",
        13 "st_atime_ns" "time of last access in nanoseconds",
        14 "st_mtime_ns" "time of last modification in nanoseconds",
        15 "st_ctime_ns" "time of last change in nanoseconds",
        16 "st_blksize" "blocksize for filesystem I/O",
        17 "st_blocks" "number of blocks allocated",
        18 "st_rdev" "device type (if inode device)",
    }
    /// What statvfs() knows of a file system.
    STATVFS_RESULT = "os.statvfs_result" shows 10 {
        0 "f_bsize", 1 "f_frsize", 2 "f_blocks", 3 "f_bfree", 4 "f_bavail", 5 "f_files", 6 "f_ffree", 7 "f_favail",
        8 "f_flag", 9 "f_namemax", 10 "f_fsid"
    }
}

/// Where the whole seconds of the three times are, and how far behind them the times as floats.
const TIMES: std::ops::Range<usize> = 7..10;
const TIMES_APART: usize = 3;

/// Times that are not given by name are those of the tuple.
fn new_stat_result(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let made = sidewinder_runtime::objects::struct_sequence::new(cx, kind, arguments)?;
    let Some(mut items) = sidewinder_runtime::objects::struct_sequence::owned_items(made.value(), &STAT_RESULT) else {
        return Ok(made);
    };
    for place in TIMES {
        if items[place + TIMES_APART].value() == singleton::none() {
            items[place + TIMES_APART] = items[place].clone();
        }
    }
    STAT_RESULT.make(cx, items)
}

/// A point of time in nanoseconds, which may be more than an `i64` holds.
fn nanoseconds(cx: &mut Context, seconds: i64, nanoseconds: i64) -> Owned {
    int::from_i128(cx, seconds as i128 * 1_000_000_000 + nanoseconds as i128)
}

/// The object for what the system says of a file.
pub fn stat_result(cx: &mut Context, found: &libc::stat) -> Result<Owned> {
    let mut items = vec![
        found.st_mode.into_object(cx),
        (found.st_ino as u64).into_object(cx),
        (found.st_dev as u64).into_object(cx),
        (found.st_nlink as u64).into_object(cx),
        Uid(found.st_uid).into_object(cx),
        Gid(found.st_gid).into_object(cx),
        (found.st_size as i64).into_object(cx),
    ];
    let times = [
        (found.st_atime, found.st_atime_nsec),
        (found.st_mtime, found.st_mtime_nsec),
        (found.st_ctime, found.st_ctime_nsec),
    ];
    items.extend(times.map(|(seconds, _)| int::from_i64(cx, seconds)));
    items.extend(times.map(|(seconds, rest)| float::from_f64(cx, seconds as f64 + 1e-9 * rest as f64)));
    items.extend(times.map(|(seconds, rest)| nanoseconds(cx, seconds, rest)));
    items.push((found.st_blksize as i64).into_object(cx));
    items.push((found.st_blocks as i64).into_object(cx));
    items.push((found.st_rdev as u64).into_object(cx));
    STAT_RESULT.make(cx, items)
}

/// What the system says of a file by its path.
pub fn stat_at(directory: c_int, path: &CStr, follow: bool) -> io::Result<libc::stat> {
    let mut found = libc::stat::zeroed();
    let flags = if follow { 0 } else { AT_SYMLINK_NOFOLLOW };
    done(calls::fstatat(directory, text(path), &mut found, flags)).map(|()| found)
}

/// What the system says of an open file. -1 is no descriptor here, but no path either.
pub fn stat_fd(fd: c_int) -> io::Result<libc::stat> {
    if fd == -1 {
        return Err(io::Error::from_raw_os_error(libc::EFAULT));
    }
    let mut found = libc::stat::zeroed();
    done(calls::fstat(fd, &mut found)).map(|()| found)
}

/// An error unless a descriptor stands alone: it needs no directory, and leads through no link.
pub fn check_alone(
    cx: &mut Context,
    function: &str,
    path: &PathOrFd,
    directory: DirFd,
    follow_symlinks: bool,
) -> Result<()> {
    if path.fd().is_none() {
        return Ok(());
    }
    if directory.is_given() {
        return Err(cx.value_error(format!("{function}: can't specify dir_fd without matching path")));
    }
    if !follow_symlinks {
        return Err(cx.value_error(format!("{function}: cannot use fd and follow_symlinks together")));
    }
    Ok(())
}

/// Points of time for `utime`.
struct Times([libc::timespec; 2]);

fn timespec(seconds: i64, nanoseconds: i64) -> libc::timespec {
    libc::timespec { tv_sec: seconds, tv_nsec: nanoseconds }
}

#[cold]
fn out_of_range(cx: &mut Context) -> Raised {
    cx.overflow_error("timestamp out of range for platform time_t")
}

/// Whole seconds and nanoseconds of a number of seconds, rounded down.
pub fn split_seconds(cx: &mut Context, value: Value) -> Result<libc::timespec> {
    if let Some(seconds) = float::as_f64(value).filter(|_| !int::is_int_like(value)) {
        if seconds.is_nan() {
            return Err(cx.value_error("Invalid value NaN (not a number)"));
        }
        let mut whole = seconds.trunc();
        let mut rest = ((seconds - whole) * 1e9).floor();
        if rest >= 1e9 {
            rest -= 1e9;
            whole += 1.0;
        } else if rest < 0.0 {
            rest += 1e9;
            whole -= 1.0;
        }
        if !(-9.223372036854775808e18..9.223372036854775808e18).contains(&whole) {
            return Err(out_of_range(cx));
        }
        return Ok(timespec(whole as i64, rest as i64));
    }
    if !int::is_int_like(value) && value.type_of().slots().index.is_none() {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("argument must be int or float, not {found}")));
    }
    let number = sidewinder_runtime::operations::convert::index(cx, value)?;
    match int::as_i64(number.value()) {
        Some(seconds) => Ok(timespec(seconds, 0)),
        None => Err(out_of_range(cx)),
    }
}

/// Whole seconds and nanoseconds of a number of nanoseconds.
fn split_nanoseconds(cx: &mut Context, value: Value) -> Result<libc::timespec> {
    let billion = Value::from_small_int(1_000_000_000);
    let seconds = divide(cx, BinaryOp::FloorDivide, value, billion)?;
    let rest = divide(cx, BinaryOp::Remainder, value, billion)?;
    match (int::as_i64(seconds.value()), int::as_i64(rest.value())) {
        (Some(seconds), Some(rest)) => Ok(timespec(seconds, rest)),
        _ => Err(out_of_range(cx)),
    }
}

/// One half of `divmod`.
fn divide(cx: &mut Context, op: BinaryOp, value: Value, by: Value) -> Result<Owned> {
    if !int::is_int_like(value) {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("unsupported operand type(s) for divmod(): '{found}' and 'int'")));
    }
    arithmetic::binary(cx, op, value, by)
}

/// The arguments `times` and `ns` of `utime`.
fn read_times(cx: &mut Context, times: Value, nanoseconds: Option<Value>) -> Result<Times> {
    let now = timespec(0, libc::UTIME_NOW);
    let pair = |value: Value| {
        let tuple = value.cast::<sidewinder_runtime::objects::tuple::TupleObject>()?;
        <[Value; 2]>::try_from(tuple.as_slice()).ok()
    };
    if times != singleton::none() {
        if nanoseconds.is_some() {
            return Err(cx.value_error("utime: you may specify either 'times' or 'ns' but not both"));
        }
        let Some([access, change]) = pair(times) else {
            return Err(cx.type_error("utime: 'times' must be either a tuple of two ints or None"));
        };
        return Ok(Times([split_seconds(cx, access)?, split_seconds(cx, change)?]));
    }
    let Some(nanoseconds) = nanoseconds else { return Ok(Times([now, now])) };
    let Some([access, change]) = pair(nanoseconds) else {
        return Err(cx.type_error("utime: 'ns' must be a tuple of two ints"));
    };
    Ok(Times([split_nanoseconds(cx, access)?, split_nanoseconds(cx, change)?]))
}

/// The object for what the system says of a file system.
fn statvfs_result(cx: &mut Context, found: &libc::statvfs) -> Result<Owned> {
    let numbers = [
        found.f_bsize as u64,
        found.f_frsize as u64,
        found.f_blocks as u64,
        found.f_bfree as u64,
        found.f_bavail as u64,
        found.f_files as u64,
        found.f_ffree as u64,
        found.f_favail as u64,
        found.f_flag as u64,
        found.f_namemax as u64,
        found.f_fsid as u64,
    ];
    let items = numbers.map(|number| int::from_u64(cx, number)).into();
    STATVFS_RESULT.make(cx, items)
}

#[native_functions]
pub mod rows {
    use super::*;

    /// What the system knows of a file, which a path or a descriptor names. With dir_fd, a relative path starts from that
    /// open directory; with follow_symlinks=False, a link itself is looked at.
    #[function]
    fn stat(
        cx: &mut Context,
        #[named] path: PathOrFd,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
        #[default(true)] follow_symlinks: bool,
    ) -> Result<Owned> {
        check_alone(cx, "stat", &path, dir_fd, follow_symlinks)?;
        let target = &path.target;
        let outcome = cx.detached(|_| match target {
            Target::Fd(fd) => stat_fd(*fd),
            Target::Name(name) => stat_at(dir_fd.0, name, follow_symlinks),
        });
        let found = outcome.map_err(|error| raise_named(cx, &error, path.value()))?;
        stat_result(cx, &found)
    }

    /// What the system knows of a file, as stat() does; a link itself is looked at.
    #[function]
    fn lstat(
        cx: &mut Context,
        #[named] path: Path,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<Owned> {
        let name = &path.name;
        let outcome = cx.detached(|_| stat_at(dir_fd.0, name, false));
        let found = outcome.map_err(|error| raise_named(cx, &error, path.value()))?;
        stat_result(cx, &found)
    }

    /// What the system knows of an open file.
    #[function]
    fn fstat(cx: &mut Context, #[named] fd: i32) -> Result<Owned> {
        let outcome = cx.interruptible(|_| {
            let mut found = libc::stat::zeroed();
            done(calls::fstat(fd, &mut found)).map(|()| found)
        });
        let found = plainly(cx, outcome)?;
        stat_result(cx, &found)
    }

    /// What the system knows of the file system with a file, which a path or a descriptor names.
    #[function]
    fn statvfs(cx: &mut Context, #[named] path: PathOrFd) -> Result<Owned> {
        let target = &path.target;
        let outcome = cx.interruptible(|_| {
            let mut found = libc::statvfs::zeroed();
            let status = match target {
                Target::Fd(fd) => calls::fstatvfs(*fd, &mut found),
                Target::Name(name) => calls::statvfs(text(name), &mut found),
            };
            done(status).map(|()| found)
        });
        let found = about(cx, outcome, path.value())?;
        statvfs_result(cx, &found)
    }

    /// What the system knows of the file system with an open file.
    #[function]
    fn fstatvfs(cx: &mut Context, fd: i32) -> Result<Owned> {
        let outcome = cx.interruptible(|_| {
            let mut found = libc::statvfs::zeroed();
            done(calls::fstatvfs(fd, &mut found)).map(|()| found)
        });
        let found = plainly(cx, outcome)?;
        statvfs_result(cx, &found)
    }

    /// Sets when a file was last read and changed: `times` in seconds or `ns` in nanoseconds, a pair (access, change)
    /// each; now if neither is given.
    #[function]
    fn utime(
        cx: &mut Context,
        #[named] path: PathOrFd,
        #[default(singleton::none(), "None")] times: Value,
        #[keyword]
        #[default(None, _)]
        ns: Option<Value>,
        #[default(HERE, "None")] dir_fd: DirFd,
        #[default(true)] follow_symlinks: bool,
    ) -> Result<()> {
        let times = read_times(cx, times, ns)?;
        check_alone(cx, "utime", &path, dir_fd, follow_symlinks)?;
        let target = &path.target;
        let flags = if follow_symlinks { 0 } else { AT_SYMLINK_NOFOLLOW };
        let outcome = cx.detached(|_| {
            done(match target {
                Target::Fd(fd) => calls::futimens(*fd, &times.0),
                Target::Name(name) => calls::utimensat(dir_fd.0, text(name), &times.0, flags),
            })
        });
        outcome.map_err(|error| raise_named(cx, &error, path.value()))
    }
}
