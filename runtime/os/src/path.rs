//! Arguments that name files: paths, descriptors, and directories that paths start from.
//!
//! Names are bytes of the system; as text they are UTF-8, in which stray bytes are lone surrogates ("surrogateescape").

use sidewinder_runtime::native::{FromArgument, IntoObject, Place};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::ffi::{CStr, CString};

/// The text of a file's name (`os.fsdecode`).
pub fn decode(cx: &mut Context, name: &[u8]) -> Result<Owned> {
    match std::str::from_utf8(name) {
        Ok(text) => Ok(StrObject::new(cx, text)),
        Err(_) => {
            let source = BytesObject::new(cx, name);
            str::codec::decode(cx, source.value(), "utf-8", "surrogateescape")
        }
    }
}

/// The bytes of a text that names a file (`os.fsencode`).
pub fn encode(cx: &mut Context, text: Value) -> Result<Vec<u8>> {
    if let Some(ascii) = str::cast(text).and_then(StrObject::as_ascii) {
        return Ok(ascii.as_bytes().to_vec());
    }
    let bytes = str::codec::encode(cx, text, "utf-8", "surrogateescape")?;
    Ok(bytes.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default())
}

/// A name in the type that the caller uses for names: bytes or text.
pub fn name_like(cx: &mut Context, name: &[u8], as_bytes: bool) -> Result<Owned> {
    if as_bytes { Ok(BytesObject::new(cx, name)) } else { decode(cx, name) }
}

/// The bytes of a text, whatever is in it, or of bytes.
fn unchecked_bytes(cx: &mut Context, value: Value) -> Result<Option<Vec<u8>>> {
    if !str::is_str(value) {
        return bytes_of(cx, value);
    }
    let bytes = str::codec::encode(cx, value, "utf-8", "surrogatepass")?;
    Ok(bytes.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()))
}

/// A part of what `Path::unchecked` gave, in the type that the caller uses.
pub fn unchecked_like(cx: &mut Context, part: &[u8], as_bytes: bool) -> Result<Owned> {
    let source = BytesObject::new(cx, part);
    match std::str::from_utf8(part) {
        _ if as_bytes => Ok(source),
        Ok(text) => Ok(StrObject::new(cx, text)),
        Err(_) => str::codec::decode(cx, source.value(), "utf-8", "surrogatepass"),
    }
}

/// What `__fspath__` gives, if the type has it: text or bytes.
fn ask_path(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    let name = str::intern(cx, "__fspath__");
    let Some(method) = call::lookup_special(cx, value, name.value())? else { return Ok(None) };
    if method.value() == singleton::none() {
        return Ok(None);
    }
    let path = call::call(cx, method.value(), &[])?;
    if str::is_str(path.value()) || path.value().cast::<BytesObject>().is_some() {
        return Ok(Some(path));
    }
    let (kind, found) = (value.type_of().name(), path.value().type_of().name());
    let kind = sidewinder_runtime::native::module::short_name(kind);
    Err(cx.type_error(format!("expected {kind}.__fspath__() to return str or bytes, not {found}")))
}

/// `os.fspath(path)`
pub fn fspath(cx: &mut Context, path: Value) -> Result<Owned> {
    if str::is_str(path) || path.cast::<BytesObject>().is_some() {
        return Ok(Owned::new(path));
    }
    match ask_path(cx, path)? {
        Some(found) => Ok(found),
        None => {
            let found = path.type_of().name();
            Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {found}")))
        }
    }
}

/// The bytes of text or bytes; `None` for other types.
fn bytes_of(cx: &mut Context, path: Value) -> Result<Option<Vec<u8>>> {
    if str::is_str(path) {
        return encode(cx, path).map(Some);
    }
    Ok(path.cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()))
}

/// A name for the file system in any of its forms (`PyUnicode_FSConverter`): a path without a null byte.
#[derive(Clone)]
pub struct FileName(pub CString);

impl FileName {
    pub fn of(cx: &mut Context, value: Value) -> Result<FileName> {
        let path = fspath(cx, value)?;
        let bytes = bytes_of(cx, path.value())?.unwrap_or_default();
        CString::new(bytes).map(FileName).map_err(|_| cx.value_error("embedded null byte"))
    }
}

impl FromArgument<'_> for FileName {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<FileName> {
        FileName::of(cx, *value)
    }
}

/// A path: text, bytes or an `os.PathLike`.
pub struct Path {
    /// What error messages show: text or bytes.
    pub object: Owned,
    pub name: CString,
}

impl Path {
    /// Whether names that belong to this one should be bytes, too.
    pub fn is_bytes(&self) -> bool {
        !str::is_str(self.object.value())
    }

    pub fn value(&self) -> Value {
        self.object.value()
    }

    /// `None` if the value is no path at all.
    fn convert(cx: &mut Context, value: Value, place: &'static Place) -> Result<Option<Path>> {
        let object = match bytes_of(cx, value)? {
            Some(bytes) => return Path::finish(cx, Owned::new(value), bytes, place).map(Some),
            None => match ask_path(cx, value)? {
                Some(object) => object,
                None => return Ok(None),
            },
        };
        let bytes = bytes_of(cx, object.value())?.unwrap_or_default();
        Path::finish(cx, object, bytes, place).map(Some)
    }

    fn finish(cx: &mut Context, object: Owned, bytes: Vec<u8>, place: &'static Place) -> Result<Path> {
        match CString::new(bytes) {
            Ok(name) => Ok(Path { object, name }),
            Err(_) => {
                let (function, name) = (place.function, place.name);
                Err(cx.value_error(format!("{function}: embedded null character in {name}")))
            }
        }
    }

    /// The bytes of a path that is only looked at, and may contain anything; and whether it was bytes. `unchecked_like` is the
    /// way back.
    pub fn unchecked(cx: &mut Context, value: Value, place: &'static Place) -> Result<(Vec<u8>, bool)> {
        let object = match unchecked_bytes(cx, value)? {
            Some(bytes) => return Ok((bytes, !str::is_str(value))),
            None => ask_path(cx, value)?,
        };
        let Some(object) = object else {
            let (function, found) = (place.function, value.type_of().name());
            let message = format!("{function}: path should be string, bytes or os.PathLike, not {found}");
            return Err(cx.type_error(message));
        };
        let bytes = unchecked_bytes(cx, object.value())?.unwrap_or_default();
        Ok((bytes, !str::is_str(object.value())))
    }

    /// The path that stands for `.`.
    fn here(cx: &mut Context) -> Path {
        Path { object: StrObject::new(cx, "."), name: c".".into() }
    }
}

#[cold]
fn no_path(cx: &mut Context, value: Value, place: &'static Place, allowed: &str) -> Raised {
    let (function, name, found) = (place.function, place.name, value.type_of().name());
    cx.type_error(format!("{function}: {name} should be {allowed}, not {found}"))
}

impl FromArgument<'_> for Path {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<Path> {
        match Path::convert(cx, *value, place)? {
            Some(path) => Ok(path),
            None => Err(no_path(cx, *value, place, "string, bytes or os.PathLike")),
        }
    }
}

/// Which file: one by its path, or one that is open.
pub enum Target {
    Name(CString),
    Fd(i32),
}

/// A path, or the descriptor of an open file.
pub struct PathOrFd {
    /// What error messages show.
    pub object: Owned,
    pub target: Target,
}

impl PathOrFd {
    pub fn value(&self) -> Value {
        self.object.value()
    }

    /// Whether names that belong to this one should be bytes, too.
    pub fn is_bytes(&self) -> bool {
        self.object.value().cast::<BytesObject>().is_some()
    }

    pub fn fd(&self) -> Option<i32> {
        match self.target {
            Target::Fd(fd) => Some(fd),
            Target::Name(_) => None,
        }
    }

    fn convert(cx: &mut Context, value: Value, place: &'static Place, allowed: &str) -> Result<PathOrFd> {
        if let Some(Path { object, name }) = Path::convert_unless_index(cx, value, place)? {
            return Ok(PathOrFd { object, target: Target::Name(name) });
        }
        if value.type_of().slots().index.is_none() {
            return Err(no_path(cx, value, place, allowed));
        }
        let fd = descriptor_number(cx, value)?;
        Ok(PathOrFd { object: int::from_i64(cx, fd as i64), target: Target::Fd(fd) })
    }
}

impl Path {
    /// Numbers are not asked for `__fspath__`.
    fn convert_unless_index(cx: &mut Context, value: Value, place: &'static Place) -> Result<Option<Path>> {
        if value.is_int() { Ok(None) } else { Path::convert(cx, value, place) }
    }
}

/// The number of a descriptor, with the messages of `dir_fd` and of paths.
fn descriptor_number(cx: &mut Context, value: Value) -> Result<i32> {
    let number = convert::index(cx, value)?;
    match int::as_i64(number.value()).map(i32::try_from) {
        Some(Ok(fd)) => Ok(fd),
        _ => {
            let limit = if int::is_negative(number.value()) { "less than minimum" } else { "greater than maximum" };
            Err(cx.overflow_error(format!("fd is {limit}")))
        }
    }
}

impl FromArgument<'_> for PathOrFd {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<PathOrFd> {
        PathOrFd::convert(cx, *value, place, "string, bytes, os.PathLike or integer")
    }
}

/// A directory: a path, a descriptor, or `None` for the current one.
pub struct Directory(pub PathOrFd);

impl Directory {
    pub fn here(cx: &mut Context) -> Directory {
        let Path { object, name } = Path::here(cx);
        Directory(PathOrFd { object, target: Target::Name(name) })
    }
}

impl FromArgument<'_> for Directory {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<Directory> {
        if *value == singleton::none() {
            return Ok(Directory::here(cx));
        }
        PathOrFd::convert(cx, *value, place, "string, bytes, os.PathLike, integer or None").map(Directory)
    }
}

/// The directory that relative paths start from: a descriptor, or `None` for the current one.
#[derive(Clone, Copy)]
pub struct DirFd(pub i32);

/// The current directory.
pub const HERE: DirFd = DirFd(libc::AT_FDCWD);

impl DirFd {
    pub fn is_given(self) -> bool {
        self.0 != libc::AT_FDCWD
    }
}

impl FromArgument<'_> for DirFd {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<DirFd> {
        if *value == singleton::none() {
            return Ok(HERE);
        }
        if value.type_of().slots().index.is_none() {
            let found = value.type_of().name();
            return Err(cx.type_error(format!("argument should be integer or None, not {found}")));
        }
        descriptor_number(cx, *value).map(DirFd)
    }
}

/// An open file: its descriptor, or an object whose `fileno()` tells it.
#[derive(Clone, Copy)]
pub struct Fd(pub i32);

impl Fd {
    pub fn of(cx: &mut Context, value: Value) -> Result<Fd> {
        let number = if int::is_int_like(value) {
            Owned::new(value)
        } else {
            let Some(method) = attribute::get_text_optional(cx, value, "fileno")? else {
                return Err(cx.type_error("argument must be an int, or have a fileno() method."));
            };
            let number = call::call(cx, method.value(), &[])?;
            if !int::is_int_like(number.value()) {
                return Err(cx.type_error("fileno() returned a non-integer"));
            }
            number
        };
        let Some(Ok(fd)) = int::as_i64(number.value()).map(i32::try_from) else {
            return Err(cx.overflow_error("Python int too large to convert to C int"));
        };
        if fd < 0 {
            return Err(cx.value_error(format!("file descriptor cannot be a negative integer ({fd})")));
        }
        Ok(Fd(fd))
    }
}

impl FromArgument<'_> for Fd {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Fd> {
        Fd::of(cx, *value)
    }
}

/// A user's or group's number; -1 stands for "leave it as it is".
macro_rules! owners {
    ($( $kind:ident $name:literal ),*) => { $(
        #[doc = concat!("A `", $name, "`; -1 stands for none.")]
        #[derive(Clone, Copy)]
        pub struct $kind(pub u32);

        impl $kind {
            pub fn of(cx: &mut Context, value: Value) -> Result<$kind> {
                if !int::is_int_like(value) && value.type_of().slots().index.is_none() {
                    let found = value.type_of().name();
                    return Err(cx.type_error(format!(concat!($name, " should be integer, not {}"), found)));
                }
                let number = convert::index(cx, value)?;
                match int::as_i64(number.value()) {
                    Some(-1) => Ok($kind(u32::MAX)),
                    Some(number) if u32::try_from(number).is_ok() => Ok($kind(number as u32)),
                    // As in CPython, also for a number that is too large, but fits a C long.
                    found if found.is_some() || int::is_negative(number.value()) => {
                        Err(cx.overflow_error(concat!($name, " is less than minimum")))
                    }
                    _ => Err(cx.overflow_error(concat!($name, " is greater than maximum"))),
                }
            }
        }

        impl FromArgument<'_> for $kind {
            fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<$kind> {
                $kind::of(cx, *value)
            }
        }

        impl IntoObject for $kind {
            /// The number that means "none" is -1.
            fn into_object(self, cx: &mut Context) -> Owned {
                int::from_i64(cx, if self.0 == u32::MAX { -1 } else { self.0 as i64 })
            }
        }
    )* };
}

owners!(Uid "uid", Gid "gid");

/// The bytes of a text that the system has made.
pub fn c_bytes(buffer: &[std::ffi::c_char]) -> Vec<u8> {
    buffer.iter().take_while(|byte| **byte != 0).map(|byte| *byte as u8).collect()
}

/// The text in a buffer of the system, as a file's name.
pub fn c_text(cx: &mut Context, buffer: &[std::ffi::c_char]) -> Result<Owned> {
    let bytes = c_bytes(buffer);
    decode(cx, &bytes)
}

/// The text of the system, as a file's name.
pub fn c_string(cx: &mut Context, text: &CStr) -> Result<Owned> {
    decode(cx, text.to_bytes())
}
