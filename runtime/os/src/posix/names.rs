//! Functions that find files by their paths: making, renaming, removing, permissions, links.

use super::status::check_alone;
use crate::path::{DirFd, Fd, FileName, Gid, HERE, Path, PathOrFd, Target, Uid, decode, name_like};
use crate::system::{about, calls, check, done, plainly, raise_named, raise_with_files, text};
use libc::{AT_EACCESS, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, AT_SYMLINK_NOFOLLOW};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::{FromArgument, Place};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::io;
use std::ops::Not;

/// A call about a path, without the GIL; its error names the path.
fn on_path<T: Send>(
    cx: &mut Context,
    path: &Path,
    call: impl FnOnce(&std::ffi::CStr) -> io::Result<T> + Send,
) -> Result<T> {
    let name = &path.name;
    let outcome = cx.detached(|_| call(name));
    outcome.map_err(|error| raise_named(cx, &error, path.value()))
}

/// A call about two paths, without the GIL; its error names both.
fn on_paths(
    cx: &mut Context,
    from: &Path,
    to: &Path,
    call: impl FnOnce(&std::ffi::CStr, &std::ffi::CStr) -> io::Result<()> + Send,
) -> Result<()> {
    let (old, new) = (&from.name, &to.name);
    let outcome = cx.detached(|_| call(old, new));
    outcome.map_err(|error| raise_with_files(cx, &error, from.value(), Some(to.value())))
}

/// A call about a path or an open file, without the GIL.
fn on_target(cx: &mut Context, path: &PathOrFd, call: impl FnOnce(&Target) -> i32 + Send) -> Result<()> {
    let target = &path.target;
    let outcome = cx.detached(|_| done(call(target)));
    outcome.map_err(|error| raise_named(cx, &error, path.value()))
}

fn no_follow(follow_symlinks: bool) -> i32 {
    if follow_symlinks { 0 } else { AT_SYMLINK_NOFOLLOW }
}

/// A device's number (64 bits) or half of one (32), of which -1 is none: all bits set.
struct Device<N>(N);

impl<'a, N: FromArgument<'a> + Default + Not<Output = N>> FromArgument<'a> for Device<N> {
    fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<Device<N>> {
        if value.is_int() && value.int() == -1 {
            return Ok(Device(!N::default()));
        }
        N::from_argument(cx, value, place).map(Device)
    }
}

/// The part as programs see it.
fn device_part(part: u32) -> i64 {
    if part == u32::MAX { -1 } else { part as i64 }
}

#[native_functions]
pub mod rows {
    use super::*;

    /// Whether the process may use a file in the ways that `mode` says: F_OK, or R_OK, W_OK and X_OK in any combination.
    /// With effective_ids, its effective user and group count, not the real ones.
    #[function]
    fn access(
        cx: &mut Context,
        #[named] path: Path,
        mode: i32,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
        #[default(false)] effective_ids: bool,
        #[default(true)] follow_symlinks: bool,
    ) -> bool {
        let name = &path.name;
        let flags = no_follow(follow_symlinks) | if effective_ids { AT_EACCESS } else { 0 };
        cx.detached(|_| calls::faccessat(dir_fd.0, text(name), mode, flags)) == 0
    }

    /// Makes another directory the current one; a path or a descriptor names it.
    #[function]
    fn chdir(cx: &mut Context, #[named] path: PathOrFd) -> Result<()> {
        on_target(cx, &path, |target| match target {
            Target::Fd(fd) => calls::fchdir(*fd),
            Target::Name(name) => calls::chdir(text(name)),
        })
    }

    /// Makes an open directory the current one.
    #[function]
    fn fchdir(cx: &mut Context, #[named] fd: Fd) -> Result<io::Result<()>> {
        cx.interruptible(|_| done(calls::fchdir(fd.0)))
    }

    /// Makes a directory the root of all paths.
    #[function]
    fn chroot(cx: &mut Context, #[named] path: Path) -> Result<()> {
        on_path(cx, &path, |name| done(calls::chroot(text(name))))
    }

    /// Changes a file's permissions, which a path or a descriptor names.
    #[function]
    fn chmod(
        cx: &mut Context,
        #[named] path: PathOrFd,
        mode: i32,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
        #[default(true, "(os.name != 'nt')")] follow_symlinks: bool,
    ) -> Result<()> {
        let mode = mode as libc::mode_t;
        on_target(cx, &path, |target| match target {
            Target::Fd(fd) => calls::fchmod(*fd, mode),
            Target::Name(name) => calls::fchmodat(dir_fd.0, text(name), mode, no_follow(follow_symlinks)),
        })
    }

    /// Changes an open file's permissions.
    #[function]
    fn fchmod(cx: &mut Context, #[named] fd: i32, mode: i32) -> Result<io::Result<()>> {
        cx.interruptible(|_| done(calls::fchmod(fd, mode as libc::mode_t)))
    }

    /// Changes a file's owner and group, which a path or a descriptor names; -1 leaves one as it is.
    #[function]
    fn chown(
        cx: &mut Context,
        #[named] path: PathOrFd,
        uid: Uid,
        gid: Gid,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
        #[default(true)] follow_symlinks: bool,
    ) -> Result<()> {
        if path.fd().is_some() && dir_fd.is_given() {
            return Err(cx.value_error("chown: can't specify both dir_fd and fd"));
        }
        check_alone(cx, "chown", &path, dir_fd, follow_symlinks)?;
        on_target(cx, &path, |target| match target {
            Target::Fd(fd) => calls::fchown(*fd, uid.0, gid.0),
            Target::Name(name) => calls::fchownat(dir_fd.0, text(name), uid.0, gid.0, no_follow(follow_symlinks)),
        })
    }

    /// Changes an open file's owner and group.
    #[function]
    fn fchown(cx: &mut Context, #[named] fd: i32, uid: Uid, gid: Gid) -> Result<io::Result<()>> {
        cx.interruptible(|_| done(calls::fchown(fd, uid.0, gid.0)))
    }

    /// Changes the owner and group of a file, or of a link itself.
    #[function]
    fn lchown(cx: &mut Context, #[named] path: Path, uid: Uid, gid: Gid) -> Result<()> {
        on_path(cx, &path, |name| done(calls::lchown(text(name), uid.0, gid.0)))
    }

    /// The current directory as text.
    #[function]
    fn getcwd(cx: &mut Context) -> Result<Owned> {
        let outcome = cx.detached(|_| calls::getcwd());
        let path = plainly(cx, Ok(outcome))?;
        decode(cx, &path)
    }

    /// The current directory as bytes.
    #[function]
    fn getcwdb(cx: &mut Context) -> Result<Owned> {
        let outcome = cx.detached(|_| calls::getcwd());
        let path = plainly(cx, Ok(outcome))?;
        Ok(BytesObject::new(cx, &path))
    }

    /// Makes `dst` another name of the file `src`.
    #[function]
    fn link(
        cx: &mut Context,
        #[named] src: Path,
        dst: Path,
        #[keyword]
        #[default(HERE, "None")]
        src_dir_fd: DirFd,
        #[default(HERE, "None")] dst_dir_fd: DirFd,
        #[default(true, "(os.name != 'nt')")] follow_symlinks: bool,
    ) -> Result<()> {
        let flags = if follow_symlinks { AT_SYMLINK_FOLLOW } else { 0 };
        on_paths(cx, &src, &dst, |from, to| {
            done(calls::linkat(src_dir_fd.0, text(from), dst_dir_fd.0, text(to), flags))
        })
    }

    /// Makes a directory.
    #[function]
    fn mkdir(
        cx: &mut Context,
        #[named] path: Path,
        #[default(511)] mode: i32,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<()> {
        on_path(cx, &path, |name| done(calls::mkdirat(dir_fd.0, text(name), mode as libc::mode_t)))
    }

    /// Makes a named pipe.
    #[function]
    fn mkfifo(
        cx: &mut Context,
        #[named] path: Path,
        #[default(438)] mode: i32,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<()> {
        let name = &path.name;
        let outcome = cx.interruptible(|_| done(calls::mkfifoat(dir_fd.0, text(name), mode as libc::mode_t)));
        about(cx, outcome, path.value())
    }

    /// Makes a file of the kind and permissions that `mode` says; `device` is the number of a device file.
    #[function]
    fn mknod(
        cx: &mut Context,
        #[named] path: Path,
        #[default(384)] mode: i32,
        #[default(Device(0), "0")] device: Device<u64>,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<()> {
        let name = &path.name;
        let outcome = cx.interruptible(|_| done(calls::mknodat(dir_fd.0, text(name), mode as libc::mode_t, device.0)));
        about(cx, outcome, path.value())
    }

    /// The larger part of a device's number.
    #[function]
    fn major(device: Device<u64>) -> i64 {
        device_part(if device.0 == u64::MAX { u32::MAX } else { calls::gnu_dev_major(device.0) })
    }

    /// The smaller part of a device's number.
    #[function]
    fn minor(device: Device<u64>) -> i64 {
        device_part(if device.0 == u64::MAX { u32::MAX } else { calls::gnu_dev_minor(device.0) })
    }

    /// A device's number of its parts.
    #[function]
    fn makedev(cx: &mut Context, major: Device<u32>, minor: Device<u32>) -> Owned {
        let device = calls::gnu_dev_makedev(major.0, minor.0);
        use sidewinder_runtime::native::IntoObject;
        if device == u64::MAX { Value::from_small_int(-1).into_object(cx) } else { device.into_object(cx) }
    }

    /// What a symbolic link points to; in bytes if the path is.
    #[function]
    fn readlink(
        cx: &mut Context,
        #[named] path: Path,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<Owned> {
        let found = on_path(cx, &path, |name| calls::readlinkat(dir_fd.0, name))?;
        name_like(cx, &found, path.is_bytes())
    }

    /// Gives a file another path. A file of that name is replaced.
    #[function]
    fn rename(
        cx: &mut Context,
        #[named] src: Path,
        dst: Path,
        #[keyword]
        #[default(HERE, "None")]
        src_dir_fd: DirFd,
        #[default(HERE, "None")] dst_dir_fd: DirFd,
    ) -> Result<()> {
        on_paths(cx, &src, &dst, |from, to| done(calls::renameat(src_dir_fd.0, text(from), dst_dir_fd.0, text(to))))
    }

    /// Gives a file another path, as rename() does; on all systems a file of that name is replaced.
    #[function]
    fn replace(
        cx: &mut Context,
        #[named] src: Path,
        dst: Path,
        #[keyword]
        #[default(HERE, "None")]
        src_dir_fd: DirFd,
        #[default(HERE, "None")] dst_dir_fd: DirFd,
    ) -> Result<()> {
        rename(cx, src, dst, src_dir_fd, dst_dir_fd)
    }

    /// Removes an empty directory.
    #[function]
    fn rmdir(
        cx: &mut Context,
        #[named] path: Path,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<()> {
        on_path(cx, &path, |name| done(calls::unlinkat(dir_fd.0, text(name), AT_REMOVEDIR)))
    }

    /// Makes the symbolic link `dst`, which points to `src`.
    #[function]
    fn symlink(
        cx: &mut Context,
        #[named] src: Path,
        dst: Path,
        #[default(false)] target_is_directory: bool,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<()> {
        let _ = target_is_directory;
        on_paths(cx, &src, &dst, |target, path| done(calls::symlinkat(text(target), dir_fd.0, text(path))))
    }

    /// Cuts or extends a file, which a path or a descriptor names, to a length.
    #[function]
    fn truncate(cx: &mut Context, #[named] path: PathOrFd, length: i64) -> Result<()> {
        on_target(cx, &path, |target| match target {
            Target::Fd(fd) => calls::ftruncate(*fd, length),
            Target::Name(name) => calls::truncate(text(name), length),
        })
    }

    /// Removes a file.
    #[function]
    fn unlink(
        cx: &mut Context,
        #[named] path: Path,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<()> {
        on_path(cx, &path, |name| done(calls::unlinkat(dir_fd.0, text(name), 0)))
    }

    /// Removes a file, as unlink() does.
    #[function]
    fn remove(
        cx: &mut Context,
        #[named] path: Path,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<()> {
        unlink(cx, path, dir_fd)
    }

    /// Sets which permissions new files do not get; the mask before.
    #[function]
    fn umask(mask: i32) -> u32 {
        calls::umask(mask as libc::mode_t)
    }

    /// Opens a file; its descriptor, which child programs do not get.
    #[function]
    fn open(
        cx: &mut Context,
        #[named] path: Path,
        flags: i32,
        #[default(511)] mode: i32,
        #[keyword]
        #[default(HERE, "None")]
        dir_fd: DirFd,
    ) -> Result<i32> {
        let name = &path.name;
        let flags = flags | libc::O_CLOEXEC;
        let outcome = cx.interruptible(|_| calls::openat(dir_fd.0, name, flags, mode as u32));
        about(cx, outcome, path.value())
    }

    /// A file that only memory holds; its descriptor.
    #[function]
    fn memfd_create(
        cx: &mut Context,
        #[named] name: FileName,
        #[default(libc::MFD_CLOEXEC, "MFD_CLOEXEC")] flags: u32,
    ) -> Result<i32> {
        let name = &name.0;
        let outcome = cx.detached(|_| check(calls::memfd_create(text(name), flags)));
        plainly(cx, Ok(outcome))
    }
}
