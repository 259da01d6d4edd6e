//! What is in a directory: `listdir`, `scandir` and the entries that it gives.

use super::status::{stat_at, stat_result};
use crate::path::{Directory, Target, name_like, unchecked_like};
use crate::system::{calls, check, raise_named, stream};
use sidewinder_macros::{Traverse, methods, native_functions, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};
use std::ffi::CString;
use std::io;
use stream::{DirectoryStream, RawEntry};

/// An entry of a directory, with what the directory says of it; more is asked for once and remembered.
#[native_type("posix.DirEntry")]
#[derive(Traverse)]
pub struct DirEntry {
    name: Owned,
    path: Owned,
    /// What `stat` has said with and without following links.
    followed: Field,
    own: Field,
    #[plain]
    raw: RawEntry,
    /// The directory's descriptor, if it was not given as a path.
    directory: Option<i32>,
}

impl DirEntry {
    /// The path to ask the system for, which may be relative to a descriptor.
    fn place(&self, cx: &mut Context) -> Result<(i32, CString)> {
        let (directory, path) = match self.directory {
            Some(fd) => (fd, self.name.value()),
            None => (libc::AT_FDCWD, self.path.value()),
        };
        crate::path::FileName::of(cx, path).map(|name| (directory, name.0))
    }

    fn ask(&self, cx: &mut Context, follow: bool) -> Result<io::Result<libc::stat>> {
        let (directory, name) = self.place(cx)?;
        Ok(cx.detached(|_| stat_at(directory, &name, follow)))
    }

    /// The result of `stat`, remembered. The error of the system is left to the caller.
    fn status(&self, cx: &mut Context, follow: bool) -> Result<io::Result<Owned>> {
        // What is no link is the same either way.
        let place = if follow && self.is_link(cx)? { &self.followed } else { &self.own };
        if let Some(found) = place.get() {
            return Ok(Ok(found));
        }
        match self.ask(cx, follow)? {
            Err(error) => Ok(Err(error)),
            Ok(found) => {
                let made = stat_result(cx, &found)?;
                drop(place.replace(Some(made.clone())));
                Ok(Ok(made))
            }
        }
    }

    fn is_link(&self, cx: &mut Context) -> Result<bool> {
        if self.raw.kind != libc::DT_UNKNOWN {
            return Ok(self.raw.kind == libc::DT_LNK);
        }
        self.has_mode(cx, false, libc::S_IFLNK)
    }

    /// Whether the file's mode says this kind; no if there is no such file any more.
    fn has_mode(&self, cx: &mut Context, follow: bool, kind: u32) -> Result<bool> {
        let found = if follow { &self.followed } else { &self.own };
        let status = match found.get() {
            Some(status) => status,
            None if follow => match self.status(cx, true)? {
                Ok(status) => status,
                Err(error) => return self.absent(cx, &error),
            },
            None => match self.ask(cx, false)? {
                Ok(found) => {
                    let made = stat_result(cx, &found)?;
                    drop(self.own.replace(Some(made.clone())));
                    made
                }
                Err(error) => return self.absent(cx, &error),
            },
        };
        let mode = sidewinder_runtime::operations::attribute::get_text(cx, status.value(), "st_mode")?;
        Ok(int::as_i64(mode.value()).is_some_and(|mode| mode as u32 & libc::S_IFMT == kind))
    }

    fn absent(&self, cx: &mut Context, error: &io::Error) -> Result<bool> {
        if error.raw_os_error() == Some(libc::ENOENT) {
            Ok(false)
        } else {
            Err(raise_named(cx, error, self.path.value()))
        }
    }

    fn is_kind(&self, cx: &mut Context, follow: bool, letter: u8, kind: u32) -> Result<bool> {
        let link = self.raw.kind == libc::DT_LNK;
        if self.raw.kind == libc::DT_UNKNOWN || follow && link {
            return self.has_mode(cx, follow, kind);
        }
        Ok(self.raw.kind == letter)
    }
}

#[methods]
impl DirEntry {
    /// The entry's name, without the directory.
    #[get]
    fn name(&self) -> Value {
        self.name.value()
    }

    /// The entry's full path, as os.path.join would make it.
    #[get]
    fn path(&self) -> Value {
        self.path.value()
    }

    /// Whether it is a directory.
    fn is_dir(
        &self,
        cx: &mut Context,
        #[keyword]
        #[default(true)]
        follow_symlinks: bool,
    ) -> Result<bool> {
        self.is_kind(cx, follow_symlinks, libc::DT_DIR, libc::S_IFDIR)
    }

    /// Whether it is a regular file.
    fn is_file(
        &self,
        cx: &mut Context,
        #[keyword]
        #[default(true)]
        follow_symlinks: bool,
    ) -> Result<bool> {
        self.is_kind(cx, follow_symlinks, libc::DT_REG, libc::S_IFREG)
    }

    /// Whether it is a symbolic link.
    fn is_symlink(&self, cx: &mut Context) -> Result<bool> {
        self.is_link(cx)
    }

    /// Whether it is a junction, which this system does not have.
    fn is_junction(&self) -> bool {
        false
    }

    /// What the system knows of the file; asked for once.
    fn stat(
        &self,
        cx: &mut Context,
        #[keyword]
        #[default(true)]
        follow_symlinks: bool,
    ) -> Result<Owned> {
        match self.status(cx, follow_symlinks)? {
            Ok(found) => Ok(found),
            Err(error) => Err(raise_named(cx, &error, self.path.value())),
        }
    }

    /// The number of the inode.
    fn inode(&self) -> u64 {
        self.raw.inode
    }

    /// The entry's path.
    #[method(name = "__fspath__")]
    fn fspath(&self) -> Value {
        self.path.value()
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<Owned> {
        let name = convert::repr(cx, self.name.value())?;
        let text = str::text(name.value()).unwrap_or_default();
        Ok(StrObject::new(cx, &format!("<DirEntry {text}>")))
    }

    /// See PEP 585.
    #[class_method(name = "__class_getitem__")]
    fn class_getitem(class: &'static TypeObject, cx: &mut Context, object: Value) -> Result<Owned> {
        crate::generic_alias(cx, class, object)
    }
}

/// The entries of a directory, one after the other.
#[native_type("posix.ScandirIterator")]
#[derive(Traverse)]
pub struct ScandirIterator {
    #[plain]
    stream: RefCell<Option<DirectoryStream>>,
    /// What the directory was named by.
    directory: Owned,
    as_bytes: bool,
    fd: Option<i32>,
    /// Whether somebody has closed it or seen its end.
    closed: Cell<bool>,
}

impl ScandirIterator {
    fn finish(&self) {
        self.closed.set(true);
        if let Ok(mut stream) = self.stream.try_borrow_mut() {
            drop(stream.take());
        }
    }

    fn entry(&self, cx: &mut Context, raw: RawEntry, name: &[u8]) -> Result<Owned> {
        let shown = name_like(cx, name, self.as_bytes)?;
        let path = match self.fd {
            Some(_) => shown.clone(),
            None => {
                let mut whole = match self.as_bytes {
                    true => crate::path::FileName::of(cx, self.directory.value())?.0.into_bytes(),
                    false => crate::path::encode(cx, self.directory.value())?,
                };
                if !whole.is_empty() && whole.last() != Some(&b'/') {
                    whole.push(b'/');
                }
                whole.extend_from_slice(name);
                name_like(cx, &whole, self.as_bytes)?
            }
        };
        let entry =
            DirEntry { name: shown, path, followed: Field::empty(), own: Field::empty(), raw, directory: self.fd };
        NativeObject::new(cx, entry)
    }
}

#[methods]
impl ScandirIterator {
    #[slot(iter)]
    fn iter(this: &NativeObject<ScandirIterator>) -> Owned {
        this.to_owned_value()
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(mut stream) = self.stream.borrow_mut().take() else { return Ok(None) };
        let outcome = cx.detached(|_| stream.next());
        match outcome {
            Ok(Some((raw, name))) => {
                if !self.closed.get() {
                    *self.stream.borrow_mut() = Some(stream);
                }
                self.entry(cx, raw, &name).map(Some)
            }
            Ok(None) => {
                drop(stream);
                self.finish();
                Ok(None)
            }
            Err(error) => {
                drop(stream);
                self.finish();
                Err(raise_named(cx, &error, self.directory.value()))
            }
        }
    }

    /// Closes the directory.
    fn close(&self) {
        self.finish();
    }

    #[method(name = "__enter__")]
    fn enter(this: &NativeObject<ScandirIterator>) -> Owned {
        this.to_owned_value()
    }

    #[method(name = "__exit__")]
    fn exit(&self, #[rest] _exception: &[Value]) {
        self.finish();
    }

    /// A directory that nobody has closed is reported.
    #[slot(finalize)]
    fn finalize(&self, cx: &mut Context, this: Value) -> Result<()> {
        if self.closed.get() {
            return Ok(());
        }
        self.finish();
        let shown = convert::repr_text(cx, this)?;
        crate::warn_resource(cx, this, &format!("unclosed scandir iterator {shown}"))
    }
}

/// Opens a directory. A descriptor is copied, because closing the stream closes it.
fn open(cx: &mut Context, directory: &Directory) -> Result<DirectoryStream> {
    let target = &directory.0.target;
    let outcome = cx.detached(|_| match target {
        Target::Name(name) => DirectoryStream::open(name),
        Target::Fd(fd) => {
            let copy = check(calls::control(*fd, libc::F_DUPFD_CLOEXEC, 0).unwrap_or(-1))?;
            DirectoryStream::of_fd(copy)
        }
    });
    outcome.map_err(|error| raise_named(cx, &error, directory.0.value()))
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The names of what is in a directory, in any order, without '.' and '..'. The directory is a path, a descriptor or
    /// None for the current one; for a path in bytes the names are bytes.
    #[function]
    fn listdir(
        cx: &mut Context,
        #[named]
        #[default(Directory::here(cx), "None")]
        path: Directory,
    ) -> Result<Owned> {
        let mut stream = open(cx, &path)?;
        let outcome = cx.detached(|_| {
            let mut names = Vec::new();
            while let Some((_, name)) = stream.next()? {
                names.push(name);
            }
            Ok(names)
        });
        let names = outcome.map_err(|error: io::Error| raise_named(cx, &error, path.0.value()))?;
        let as_bytes = path.0.is_bytes();
        let names = names.iter().map(|name| name_like(cx, name, as_bytes)).collect::<Result<Vec<Owned>>>()?;
        Ok(ListObject::new(cx, names))
    }

    /// An iterator over the entries of a directory, with what the directory itself says of them. The directory is a path,
    /// a descriptor or None for the current one.
    #[function]
    fn scandir(
        cx: &mut Context,
        #[named]
        #[default(Directory::here(cx), "None")]
        path: Directory,
    ) -> Result<Owned> {
        let stream = open(cx, &path)?;
        let as_bytes = path.0.is_bytes();
        let fd = path.0.fd();
        let iterator = ScandirIterator {
            stream: RefCell::new(Some(stream)),
            directory: path.0.object,
            as_bytes,
            fd,
            closed: Cell::new(false),
        };
        NativeObject::new(cx, iterator)
    }

    /// The path without what means nothing: doubled and trailing slashes, '.' and, where possible, '..'.
    #[function(name = "_path_normpath")]
    fn normalize(cx: &mut Context, #[named] path: AnyPath) -> Result<Owned> {
        let normal = normal_path(&path.bytes);
        unchecked_like(cx, &normal, path.as_bytes)
    }

    /// The path's drive (always empty here), its root, and the rest.
    #[function(name = "_path_splitroot_ex")]
    fn split_root(cx: &mut Context, #[named] p: AnyPath) -> Result<(Owned, Owned, Owned)> {
        let slashes = p.bytes.iter().take_while(|byte| **byte == b'/').count();
        let root = match slashes {
            0 => 0,
            2 => 2,
            _ => 1,
        };
        let (root, rest) = p.bytes.split_at(root);
        let drive = unchecked_like(cx, b"", p.as_bytes)?;
        Ok((drive, unchecked_like(cx, root, p.as_bytes)?, unchecked_like(cx, rest, p.as_bytes)?))
    }
}

/// A path that is only looked at, and so may contain anything.
struct AnyPath {
    bytes: Vec<u8>,
    as_bytes: bool,
}

impl sidewinder_runtime::native::FromArgument<'_> for AnyPath {
    fn from_argument(
        cx: &mut Context,
        value: &Value,
        place: &'static sidewinder_runtime::native::Place,
    ) -> Result<AnyPath> {
        crate::path::Path::unchecked(cx, *value, place).map(|(bytes, as_bytes)| AnyPath { bytes, as_bytes })
    }
}

fn normal_path(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let slashes = path.iter().take_while(|byte| **byte == b'/').count();
    let mut root = match slashes {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|last| *last != b"..") => drop(parts.pop()),
            b".." if root > 0 => {}
            _ => parts.push(part),
        }
    }
    let mut normal = Vec::with_capacity(path.len());
    while root > 0 {
        normal.push(b'/');
        root -= 1;
    }
    normal.extend(parts.join(&b'/'));
    if normal.is_empty() { b".".to_vec() } else { normal }
}
