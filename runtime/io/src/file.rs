//! `FileIO`: a stream over a file descriptor.

use crate::base::{IoBase, RAW_IO_BASE, RawIoBase, Size};
use crate::calls::{
    DEFAULT_BUFFER_SIZE, cannot_pickle, io_error, name_text, none, os_error, raise_chained, seek_file, set_aside,
    set_flag, unsupported, warn,
};
use crate::path;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::argument::WritableBuffer;
use sidewinder_runtime::native::{NativeObject, blocking};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;
use std::io;

/// Most bytes that one call of the system moves.
const MOVED_MAX: usize = isize::MAX as usize;
/// Bytes of the first read of a file whose size is unknown.
const CHUNK: usize = 8 * 1024;

/// Open a file.
///
/// The mode can be 'r' (default), 'w', 'x' or 'a' for reading, writing, exclusive creation or appending, with a '+' for
/// both reading and writing. A file that is written is made if it does not exist. The file descriptor comes from
/// `opener(name, flags)`, if that is given.
#[native_type("_io.FileIO", base, weakrefs, dict, extends = RawIoBase)]
#[derive(Traverse)]
pub struct FileIo {
    fd: Cell<i32>,
    created: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    seekable: Cell<Option<bool>>,
    close_fd: Cell<bool>,
    finalizing: Cell<bool>,
    block_size: Cell<i64>,
    /// The size of a regular file when it was opened.
    size: Cell<Option<i64>>,
    /// Whether it was opened as what cannot be a terminal.
    is_plain: Cell<bool>,
}

impl Default for FileIo {
    fn default() -> FileIo {
        FileIo {
            fd: Cell::new(-1),
            created: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            appending: Cell::new(false),
            seekable: Cell::new(None),
            close_fd: Cell::new(true),
            finalizing: Cell::new(false),
            block_size: Cell::new(DEFAULT_BUFFER_SIZE as i64),
            size: Cell::new(None),
            is_plain: Cell::new(false),
        }
    }
}

/// Reads into the spare capacity of a vector.
pub fn read_spare(fd: i32, target: &mut Vec<u8>) -> io::Result<usize> {
    let room = target.spare_capacity_mut();
    // SAFETY: the spare capacity is that long.
    let count = unsafe { libc::read(fd, room.as_mut_ptr().cast(), room.len().min(MOVED_MAX)) };
    if count < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system has filled that many bytes.
    unsafe { target.set_len(target.len() + count as usize) };
    Ok(count as usize)
}

fn read_into(fd: i32, target: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the slice is that long.
    let count = unsafe { libc::read(fd, target.as_mut_ptr().cast(), target.len().min(MOVED_MAX)) };
    if count < 0 { Err(io::Error::last_os_error()) } else { Ok(count as usize) }
}

fn write_from(fd: i32, source: &[u8]) -> io::Result<usize> {
    // SAFETY: the slice is that long.
    let count = unsafe { libc::write(fd, source.as_ptr().cast(), source.len().min(MOVED_MAX)) };
    if count < 0 { Err(io::Error::last_os_error()) } else { Ok(count as usize) }
}

/// The result of a call of the system; `None` if it would have to wait.
fn unless_blocked<T>(cx: &mut Context, outcome: io::Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(io_error(cx, &error)),
    }
}

/// A parsed mode.
struct Mode {
    flags: i32,
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
}

fn parse_mode(cx: &mut Context, text: &str) -> Result<Mode> {
    let mut mode = Mode { flags: 0, created: false, readable: false, writable: false, appending: false };
    let (mut kind, mut plus, mut bad) = (None, false, false);
    for letter in text.chars() {
        match letter {
            'x' | 'r' | 'w' | 'a' => {
                bad |= kind.is_some();
                kind = Some(letter);
                match letter {
                    'x' => mode.flags |= libc::O_EXCL | libc::O_CREAT,
                    'w' => mode.flags |= libc::O_CREAT | libc::O_TRUNC,
                    'a' => mode.flags |= libc::O_APPEND | libc::O_CREAT,
                    _ => {}
                }
                mode.created |= letter == 'x';
                mode.appending |= letter == 'a';
                mode.readable |= letter == 'r';
                mode.writable |= letter != 'r';
            }
            'b' => {}
            '+' => {
                bad |= plus;
                plus = true;
            }
            _ => return Err(cx.value_error(format!("invalid mode: {text}"))),
        }
        if bad {
            break;
        }
    }
    if bad || kind.is_none() {
        let message = "Must have exactly one of create/read/write/append mode and at most one plus";
        return Err(cx.value_error(message));
    }
    mode.readable |= plus;
    mode.writable |= plus;
    mode.flags |= libc::O_CLOEXEC
        | match (mode.readable, mode.writable) {
            (true, true) => libc::O_RDWR,
            (true, false) => libc::O_RDONLY,
            _ => libc::O_WRONLY,
        };
    Ok(mode)
}

impl FileIo {
    /// The descriptor; an error if the file is closed.
    #[inline]
    pub fn descriptor(&self, cx: &mut Context) -> Result<i32> {
        if self.fd.get() < 0 { Err(cx.value_error("I/O operation on closed file")) } else { Ok(self.fd.get()) }
    }

    pub fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }

    pub fn is_readable(&self) -> bool {
        self.readable.get()
    }

    pub fn is_writable(&self) -> bool {
        self.writable.get()
    }

    /// The size that buffers around the file should have, by its file system.
    pub fn block_bytes(&self) -> i64 {
        self.block_size.get()
    }

    /// The descriptor, for reading.
    fn for_reading(&self, cx: &mut Context) -> Result<i32> {
        let fd = self.descriptor(cx)?;
        if self.readable.get() { Ok(fd) } else { Err(unsupported(cx, "File not open for reading")) }
    }

    /// The descriptor, for writing.
    fn for_writing(&self, cx: &mut Context) -> Result<i32> {
        let fd = self.descriptor(cx)?;
        if self.writable.get() { Ok(fd) } else { Err(unsupported(cx, "File not open for writing")) }
    }

    /// Reads with one call of the system; `None` if it would have to wait.
    pub fn read_slice(&self, cx: &mut Context, target: &mut [u8]) -> Result<Option<usize>> {
        let fd = self.for_reading(cx)?;
        let outcome = cx.interruptible(|_| read_into(fd, target))?;
        unless_blocked(cx, outcome)
    }

    /// Writes with one call of the system; `None` if it would have to wait.
    pub fn write_slice(&self, cx: &mut Context, source: &[u8]) -> Result<Option<usize>> {
        let fd = self.for_writing(cx)?;
        let outcome = cx.interruptible(|_| write_from(fd, source))?;
        unless_blocked(cx, outcome)
    }

    /// Appends everything up to the file's end. `false` if nothing came because it would have to wait.
    pub fn read_rest(&self, cx: &mut Context, all: &mut Vec<u8>) -> Result<bool> {
        let fd = self.for_reading(cx)?;
        let before = all.len();
        all.reserve(self.rest_estimate(fd));
        loop {
            if all.capacity() == all.len() {
                let grown = (all.len() - before) / 8;
                all.reserve_exact(grown.max(CHUNK));
            }
            let outcome = cx.interruptible(|_| read_spare(fd, all))?;
            match unless_blocked(cx, outcome)? {
                Some(0) => return Ok(true),
                Some(_) => {}
                None => return Ok(all.len() > before),
            }
        }
    }

    /// How many bytes are likely to come, and one more, so that the end is seen without another buffer.
    fn rest_estimate(&self, fd: i32) -> usize {
        let Some(size) = self.size.get().filter(|size| *size > 0) else { return CHUNK };
        // SAFETY: calls of the system with a structure of our own.
        let (status, position) = unsafe {
            let mut status: libc::stat = std::mem::zeroed();
            let known = libc::fstat(fd, &mut status) == 0;
            (if known { status.st_size } else { size }, libc::lseek(fd, 0, libc::SEEK_CUR))
        };
        match (status - position).try_into() {
            Ok(left) if position >= 0 => usize::min(left, 1 << 40) + 1,
            _ => CHUNK,
        }
    }

    pub fn seek_to(&self, cx: &mut Context, position: i64, whence: i32) -> Result<i64> {
        let fd = self.descriptor(cx)?;
        let moved = seek_file(cx, fd, position, whence)?;
        if self.seekable.get().is_none() {
            self.seekable.set(Some(true));
        }
        Ok(moved)
    }

    pub fn is_seekable(&self, cx: &mut Context) -> Result<bool> {
        let fd = self.descriptor(cx)?;
        if let Some(known) = self.seekable.get() {
            return Ok(known);
        }
        // SAFETY: a call of the system without pointers.
        let seekable = unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) } >= 0;
        self.seekable.set(Some(seekable));
        Ok(seekable)
    }

    pub fn is_terminal(&self, cx: &mut Context) -> Result<bool> {
        let fd = self.descriptor(cx)?;
        // SAFETY: a call of the system without pointers.
        Ok(unsafe { libc::isatty(fd) } == 1)
    }

    /// Whether it is a terminal, right after it was opened.
    pub fn is_terminal_now(&self, cx: &mut Context) -> Result<bool> {
        if self.is_plain.get() { Ok(false) } else { self.is_terminal(cx) }
    }

    fn mode_text(&self) -> &'static str {
        match (self.created.get(), self.appending.get(), self.readable.get(), self.writable.get()) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }

    /// Closes the descriptor, which the object forgets first.
    fn close_descriptor(&self, cx: &mut Context) -> Result<()> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        let outcome = blocking(cx, |_| {
            // SAFETY: the descriptor is the object's own.
            if unsafe { libc::close(fd) } < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
        });
        outcome.map_err(|error| io_error(cx, &error))
    }

    /// Warns about a file that was not closed.
    pub fn warn_unclosed(&self, cx: &mut Context, source: Value) {
        if self.fd.get() < 0 || !self.close_fd.get() {
            return;
        }
        let kept = std::mem::replace(&mut cx.pending, Value::UNBOUND);
        let warned = match crate::calls::repr_text(cx, source) {
            Ok(shown) => warn(cx, &exception::RESOURCE_WARNING.object, &format!("unclosed file {shown}"), Some(source)),
            Err(raised) => Err(raised),
        };
        if warned.is_err() {
            if cx.pending_is(&exception::types::WARNING) {
                sidewinder_runtime::operations::finalize::report_unraisable(cx, "in", source);
            } else {
                drop(cx.take_pending());
            }
        }
        drop(Owned::from_raw_option(std::mem::replace(&mut cx.pending, kept)));
    }

    /// Opens `name`, a path or a descriptor.
    pub fn open(
        &self,
        cx: &mut Context,
        this: Value,
        name: Value,
        mode: &str,
        close_fd: bool,
        opener: Option<Value>,
    ) -> Result<()> {
        if self.fd.get() >= 0 {
            if self.close_fd.get() {
                self.close_descriptor(cx)?;
            } else {
                self.fd.set(-1);
            }
        }
        let number = given_descriptor(cx, name)?;
        let path = match number {
            Some(_) => None,
            None => Some(path::encoded(cx, name)?),
        };
        let mode = parse_mode(cx, mode)?;
        self.created.set(mode.created);
        self.readable.set(mode.readable);
        self.writable.set(mode.writable);
        self.appending.set(mode.appending);
        self.seekable.set(None);
        self.size.set(None);
        self.is_plain.set(false);
        let own = match (number, path) {
            (Some(fd), _) => {
                self.fd.set(fd);
                self.close_fd.set(close_fd);
                false
            }
            (None, path) => {
                self.close_fd.set(true);
                if !close_fd {
                    return Err(cx.value_error("Cannot use closefd=False with file name"));
                }
                let fd = match opener {
                    Some(opener) => opened_by(cx, opener, name, mode.flags)?,
                    None => open_path(cx, name, &path.unwrap_or_default(), mode.flags)?,
                };
                self.fd.set(fd);
                true
            }
        };
        let finished = self.finish_opening(cx, this, name);
        if finished.is_err() && !own {
            self.fd.set(-1);
        } else if finished.is_err() {
            let error = cx.take_pending();
            let closed = self.close_descriptor(cx);
            return raise_chained(cx, Some(error), closed);
        }
        finished
    }

    /// Looks at the file, and notes its name.
    fn finish_opening(&self, cx: &mut Context, this: Value, name: Value) -> Result<()> {
        let fd = self.fd.get();
        let outcome = blocking(cx, |_| {
            // SAFETY: a call of the system with a structure of our own.
            unsafe {
                let mut status: libc::stat = std::mem::zeroed();
                if libc::fstat(fd, &mut status) == 0 { Ok(status) } else { Err(io::Error::last_os_error()) }
            }
        });
        match outcome {
            Ok(status) => {
                let kind = status.st_mode & libc::S_IFMT;
                if kind == libc::S_IFDIR {
                    return Err(os_error(cx, libc::EISDIR, Some(name)));
                }
                self.is_plain.set(kind != libc::S_IFCHR);
                self.size.set((kind == libc::S_IFREG).then_some(status.st_size));
                if status.st_blksize > 1 {
                    self.block_size.set(status.st_blksize);
                }
            }
            Err(error) if error.raw_os_error() == Some(libc::EBADF) => {
                return Err(os_error(cx, libc::EBADF, Some(name)));
            }
            Err(_) => {}
        }
        attribute::set_text(cx, this, "name", name)?;
        if self.appending.get() {
            // Where that cannot be done (a pipe), nothing is lost: it is for `tell` alone.
            // SAFETY: a call of the system without pointers.
            unsafe { libc::lseek(fd, 0, libc::SEEK_END) };
        }
        Ok(())
    }
}

/// The descriptor that an argument is, unless it is a path.
fn given_descriptor(cx: &mut Context, name: Value) -> Result<Option<i32>> {
    if !int::is_int_like(name) && name.type_of().slots().index.is_none() {
        return Ok(None);
    }
    if name == singleton::true_() || name == singleton::false_() {
        warn(cx, &exception::RUNTIME_WARNING.object, "bool is used as a file descriptor", None)?;
    }
    let number = match convert::index(cx, name) {
        Ok(number) => int::as_i64(number.value()),
        Err(_) => {
            drop(cx.take_pending());
            return Ok(None);
        }
    };
    match number {
        Some(number) if number < 0 => Err(cx.value_error("negative file descriptor")),
        Some(number) => Ok(i32::try_from(number).ok()),
        None => Ok(None),
    }
}

/// The descriptor from the caller's opener.
fn opened_by(cx: &mut Context, opener: Value, name: Value, flags: i32) -> Result<i32> {
    let made = call::call(cx, opener, &[name, Value::from_small_int(flags as i64)])?;
    if !int::is_int_like(made.value()) {
        return Err(cx.type_error("expected integer from opener"));
    }
    let fd = int::as_i64(made.value()).and_then(|fd| i32::try_from(fd).ok());
    let Some(fd) = fd else { return Err(cx.overflow_error("Python int too large to convert to C int")) };
    if fd < 0 {
        return Err(cx.value_error(format!("opener returned {fd}")));
    }
    // SAFETY: a call of the system without pointers.
    unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    Ok(fd)
}

fn open_path(cx: &mut Context, name: Value, path: &std::ffi::CStr, flags: i32) -> Result<i32> {
    let opened = cx.interruptible(|_| {
        // SAFETY: the path ends with a null byte.
        let fd = unsafe { libc::open(path.as_ptr(), flags, 0o666) };
        if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(fd) }
    })?;
    opened.map_err(|error| os_error(cx, error.raw_os_error().unwrap_or(libc::EIO), Some(name)))
}

/// A new file stream.
pub fn new(cx: &mut Context, name: Value, mode: &str, close_fd: bool, opener: Option<Value>) -> Result<Owned> {
    let made = NativeObject::new(cx, FileIo::default())?;
    let Some(file) = made.value().cast::<NativeObject<FileIo>>() else { return Ok(made) };
    file.open(cx, made.value(), name, mode, close_fd, opener)?;
    Ok(made)
}

/// The file stream that a value exactly is: what it does is known.
#[inline]
pub fn exact<'a>(value: Value) -> Option<&'a NativeObject<FileIo>> {
    value.cast_exact::<NativeObject<FileIo>>()
}

#[methods]
impl FileIo {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, FileIo::default())
    }

    #[init(name = "FileIO")]
    fn init(
        this: &NativeObject<FileIo>,
        cx: &mut Context,
        #[named] file: Value,
        #[default("r".into(), "'r'")] mode: std::borrow::Cow<str>,
        #[default(true)] closefd: bool,
        #[default(None)] opener: Option<Value>,
    ) -> Result<()> {
        this.open(cx, this.value(), file, &mode, closefd, opener)
    }

    #[slot(repr)]
    fn repr(this: &NativeObject<FileIo>, cx: &mut Context) -> Result<String> {
        let kind = this.value().type_of().name();
        if this.is_closed() {
            return Ok(format!("<{kind} [closed]>"));
        }
        let (mode, fd) = (this.mode_text(), this.fd.get());
        let close = if this.close_fd.get() { "True" } else { "False" };
        Ok(match name_text(cx, this.value())? {
            Some(name) => format!("<{kind} name={name} mode='{mode}' closefd={close}>"),
            None => format!("<{kind} fd={fd} mode='{mode}' closefd={close}>"),
        })
    }

    /// Reads up to so many bytes with one call of the system; None if nothing is there yet.
    fn read(&self, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        let fd = self.for_reading(cx)?;
        let Some(size) = size.limit() else { return self.readall(cx) };
        sidewinder_runtime::objects::str::check_bytes(cx, size)?;
        let mut bytes = Vec::with_capacity(size);
        let outcome = cx.interruptible(|_| read_spare(fd, &mut bytes))?;
        match unless_blocked(cx, outcome)? {
            Some(_) => {
                bytes.truncate(size);
                Ok(BytesObject::new(cx, &bytes))
            }
            None => Ok(none()),
        }
    }

    /// Reads everything up to the end.
    fn readall(&self, cx: &mut Context) -> Result<Owned> {
        let mut all = Vec::new();
        if self.read_rest(cx, &mut all)? { Ok(BytesObject::new(cx, &all)) } else { Ok(none()) }
    }

    /// Reads into a buffer; how many bytes, or None if nothing is there yet.
    fn readinto(&self, cx: &mut Context, buffer: WritableBuffer) -> Result<Option<usize>> {
        self.read_slice(cx, buffer.0.as_mut_slice())
    }

    /// Writes bytes with one call of the system; how many were taken, or None if nothing could be.
    fn write(&self, cx: &mut Context, b: Buffer) -> Result<Option<usize>> {
        self.write_slice(cx, b.as_slice())
    }

    /// Changes the position.
    fn seek(&self, cx: &mut Context, pos: Value, #[default(0)] whence: i32) -> Result<i64> {
        self.descriptor(cx)?;
        let position = convert::c_long(cx, pos)?;
        self.seek_to(cx, position, whence)
    }

    /// The position.
    fn tell(&self, cx: &mut Context) -> Result<i64> {
        self.seek_to(cx, 0, libc::SEEK_CUR)
    }

    /// Cuts or extends the file, by default to the position, which stays.
    fn truncate(&self, cx: &mut Context, #[default(None)] size: Option<Owned>) -> Result<Owned> {
        let fd = self.for_writing(cx)?;
        let size = match size {
            Some(size) => size,
            None => {
                let position = self.seek_to(cx, 0, libc::SEEK_CUR)?;
                int::from_i64(cx, position)
            }
        };
        let length = convert::c_long(cx, size.value())?;
        let outcome = cx.interruptible(|_| {
            // SAFETY: a call of the system without pointers.
            if unsafe { libc::ftruncate(fd, length) } < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
        })?;
        match outcome {
            Ok(()) => Ok(size),
            Err(error) => Err(io_error(cx, &error)),
        }
    }

    /// Closes the file. A descriptor that was given with closefd=False stays open.
    fn close(this: &NativeObject<FileIo>, cx: &mut Context) -> Result<()> {
        let value = this.value();
        let flushed = match value.cast::<NativeObject<IoBase>>() {
            Some(base) => IoBase::close_stream(cx, value, base),
            None => Ok(()),
        };
        if !this.close_fd.get() {
            this.fd.set(-1);
            return flushed;
        }
        let (_, error) = set_aside(cx, flushed);
        if this.finalizing.get() {
            this.warn_unclosed(cx, value);
        }
        let closed = this.close_descriptor(cx);
        raise_chained(cx, error, closed)
    }

    /// Whether the position can be changed.
    fn seekable(&self, cx: &mut Context) -> Result<bool> {
        self.is_seekable(cx)
    }

    /// Whether the file was opened for reading.
    fn readable(&self, cx: &mut Context) -> Result<bool> {
        self.descriptor(cx)?;
        Ok(self.readable.get())
    }

    /// Whether the file was opened for writing.
    fn writable(&self, cx: &mut Context) -> Result<bool> {
        self.descriptor(cx)?;
        Ok(self.writable.get())
    }

    /// The descriptor.
    fn fileno(&self, cx: &mut Context) -> Result<i32> {
        self.descriptor(cx)
    }

    /// Whether the file is a terminal.
    fn isatty(&self, cx: &mut Context) -> Result<bool> {
        self.is_terminal(cx)
    }

    #[method(name = "_isatty_open_only")]
    fn is_terminal_at_open(&self, cx: &mut Context) -> Result<bool> {
        self.is_terminal_now(cx)
    }

    #[method(name = "_dealloc_warn")]
    fn warn_at_death(&self, cx: &mut Context, object: Value) -> Result<()> {
        self.warn_unclosed(cx, object);
        Ok(())
    }

    #[method(name = "__getstate__")]
    fn get_state(this: Value, cx: &mut Context) -> Result<Owned> {
        Err(cannot_pickle(cx, this))
    }

    /// True if the file is closed
    #[get]
    fn closed(&self) -> bool {
        self.is_closed()
    }

    /// True if the descriptor is closed with the object.
    #[get]
    fn closefd(&self) -> bool {
        self.close_fd.get()
    }

    /// The mode in full.
    #[get]
    fn mode(&self) -> &'static str {
        self.mode_text()
    }

    #[get(name = "_blksize")]
    fn block_size(&self) -> i64 {
        self.block_size.get()
    }

    #[get(name = "_finalizing")]
    fn finalizing(&self) -> bool {
        self.finalizing.get()
    }

    #[set(_finalizing)]
    fn set_finalizing(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        set_flag(cx, &self.finalizing, value)
    }
}
