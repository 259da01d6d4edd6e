//! `mmap.mmap`.

use super::Access;
use super::mapping::Mapping;
use crate::system::{Zeroed, calls, check, done, plainly, raise};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::argument::Index;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Given, NativeObject};
use sidewinder_runtime::objects::buffer::{Buffer, Exports, Request, not_writable};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::BUFFER_ERROR;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::slice::{SliceObject, Span, wrap_index};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::Cell;

/// A file in memory: mmap(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0, *,
/// trackfd=True). The descriptor -1 maps memory without a file; the length 0 stands for the whole file.
#[native_type("mmap.mmap", base, weakrefs, uncollected)]
#[derive(Traverse)]
pub struct Mmap {
    #[plain]
    mapping: Mapping,
    /// A copy of the file's descriptor, or -1.
    fd: Cell<i32>,
    tracks: bool,
    offset: i64,
    position: Cell<usize>,
    #[plain]
    access: Access,
    shared: bool,
    /// Whether the memory may be touched at all, which the protection can forbid.
    readable: bool,
    #[plain]
    exports: Exports,
}

impl Drop for Mmap {
    fn drop(&mut self) {
        self.shut();
    }
}

impl Mmap {
    fn shut(&self) {
        self.mapping.close();
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            calls::close(fd);
        }
    }

    fn check_open(&self, cx: &mut Context) -> Result<()> {
        if self.mapping.is_closed() {
            return Err(cx.value_error("mmap closed or invalid"));
        }
        Ok(())
    }

    /// What comes before a look at the bytes.
    fn check_readable(&self, cx: &mut Context) -> Result<()> {
        self.check_open(cx)?;
        if !self.readable {
            return Err(cx.value_error("mmap of memory that may not be touched"));
        }
        Ok(())
    }

    fn check_writable(&self, cx: &mut Context) -> Result<()> {
        if self.access == Access::Read {
            return Err(cx.type_error("mmap can't modify a readonly memory map."));
        }
        Ok(())
    }

    fn check_resizable(&self, cx: &mut Context) -> Result<()> {
        if self.exports.count() > 0 {
            return Err(cx.raise(&BUFFER_ERROR, "mmap can't resize with extant buffers exported."));
        }
        if !self.tracks {
            return Err(cx.value_error("mmap can't resize with trackfd=False."));
        }
        if !matches!(self.access, Access::Default | Access::Write) {
            return Err(cx.type_error("mmap can't resize a readonly or copy-on-write memory map."));
        }
        Ok(())
    }

    /// Bytes from the position to the end.
    fn left(&self) -> usize {
        self.mapping.len().saturating_sub(self.position.get())
    }

    fn take(&self, count: usize) -> Vec<u8> {
        // The mapping may have become shorter than the position.
        let bytes = self.mapping.copy_out(self.position.get().min(self.mapping.len()), count);
        self.position.set(self.position.get() + count);
        bytes
    }

    /// Where bytes are found, from the left or from the right.
    fn search(
        &self,
        cx: &mut Context,
        wanted: &[u8],
        start: Option<Index>,
        end: Option<Index>,
        reverse: bool,
    ) -> Result<i64> {
        self.check_readable(cx)?;
        let length = self.mapping.len() as i64;
        let bound = |index: i64| (if index < 0 { index + length } else { index }).clamp(0, length);
        let start = bound(start.map_or(self.position.get() as i64, |index| index.0));
        let end = bound(end.map_or(length, |index| index.0));
        if start > end || (end - start) < wanted.len() as i64 {
            return Ok(-1);
        }
        let bytes = self.mapping.copy_out(start as usize, (end - start) as usize);
        let mut places = 0..=bytes.len() - wanted.len();
        let fits = |place: &usize| bytes[*place..].starts_with(wanted);
        let found = if reverse { places.rev().find(fits) } else { places.find(fits) };
        Ok(found.map_or(-1, |place| start + place as i64))
    }

    fn slice(&self, cx: &mut Context, slice: &SliceObject) -> Result<Span> {
        let bounds = slice.unpack(cx)?;
        self.check_readable(cx)?;
        Ok(bounds.adjust(self.mapping.len()))
    }

    /// The place of an item.
    fn place(&self, cx: &mut Context, key: Value) -> Result<usize> {
        let index = convert::index_i64(cx, key)?;
        self.check_readable(cx)?;
        match wrap_index(index, self.mapping.len()) {
            Some(place) => Ok(place),
            None => Err(cx.index_error("mmap index out of range")),
        }
    }
}

fn is_index(key: Value) -> bool {
    int::is_int_like(key) || key.type_of().slots().index.is_some()
}

/// What a new mapping is made with.
struct Plan {
    flags: i32,
    protection: i32,
    access: Access,
}

impl Plan {
    fn of(cx: &mut Context, flags: Option<i32>, protection: Option<i32>, access: i32) -> Result<Plan> {
        let usual = libc::PROT_READ | libc::PROT_WRITE;
        let Some(access) = Access::of(access) else {
            return Err(cx.value_error("mmap invalid access parameter."));
        };
        let both = flags.is_some_and(|flags| flags != libc::MAP_SHARED) || protection.is_some_and(|own| own != usual);
        if access != Access::Default && both {
            return Err(cx.value_error("mmap can't specify both access and flags, prot."));
        }
        let (flags, protection) = (flags.unwrap_or(libc::MAP_SHARED), protection.unwrap_or(usual));
        Ok(match access {
            Access::Read => Plan { flags: libc::MAP_SHARED, protection: libc::PROT_READ, access },
            Access::Write => Plan { flags: libc::MAP_SHARED, protection: usual, access },
            Access::Copy => Plan { flags: libc::MAP_PRIVATE, protection: usual, access },
            Access::Default => {
                let (read, write) = (protection & libc::PROT_READ != 0, protection & libc::PROT_WRITE != 0);
                let access = match (read, write) {
                    (true, true) => Access::Default,
                    (_, true) => Access::Write,
                    _ => Access::Read,
                };
                Plan { flags, protection, access }
            }
        })
    }
}

#[cold]
fn positive(cx: &mut Context, what: &str) -> Raised {
    cx.overflow_error(format!("memory mapped {what} must be positive"))
}

/// How long a mapping of a file is that has no length of its own, after checks of one that has.
fn length_in_file(cx: &mut Context, fd: i32, length: i64, offset: i64) -> Result<i64> {
    let mut found = libc::stat::zeroed();
    if calls::fstat(fd, &mut found) != 0 || found.st_mode & libc::S_IFMT != libc::S_IFREG {
        return Ok(length);
    }
    if length != 0 {
        if offset > found.st_size || found.st_size - offset < length {
            return Err(cx.value_error("mmap length is greater than file size"));
        }
        return Ok(length);
    }
    if found.st_size == 0 {
        return Err(cx.value_error("cannot mmap an empty file"));
    }
    if offset >= found.st_size {
        return Err(cx.value_error("mmap offset is greater than file size"));
    }
    Ok(found.st_size - offset)
}

#[methods]
impl Mmap {
    #[new(name = "mmap")]
    #[allow(clippy::too_many_arguments)]
    fn new(
        cx: &mut Context,
        #[named] fileno: i32,
        length: Index,
        #[default(None)] flags: Option<i32>,
        #[default(None)] prot: Option<i32>,
        #[default(0)] access: i32,
        #[default(0)] offset: i64,
        #[keyword]
        #[default(true)]
        trackfd: bool,
    ) -> Result<Mmap> {
        if length.0 < 0 {
            return Err(positive(cx, "length"));
        }
        if offset < 0 {
            return Err(positive(cx, "offset"));
        }
        let plan = Plan::of(cx, flags, prot, access)?;
        let length = if fileno == -1 { length.0 } else { length_in_file(cx, fileno, length.0, offset)? };
        let flags = if fileno == -1 { plan.flags | libc::MAP_ANONYMOUS } else { plan.flags };
        let copy = if fileno == -1 || !trackfd {
            Ok(-1)
        } else {
            check(calls::control(fileno, libc::F_DUPFD_CLOEXEC, 0).unwrap_or(-1))
        };
        let copy = plainly(cx, Ok(copy))?;
        match Mapping::new(length as usize, plan.protection, flags, fileno, offset) {
            Ok(mapping) => Ok(Mmap {
                mapping,
                fd: Cell::new(copy),
                tracks: trackfd,
                offset,
                position: Cell::new(0),
                access: plan.access,
                shared: plan.flags & libc::MAP_SHARED != 0,
                readable: plan.protection != libc::PROT_NONE,
                exports: Exports::none(),
            }),
            Err(error) => {
                if copy >= 0 {
                    calls::close(copy);
                }
                Err(raise(cx, &error))
            }
        }
    }

    /// Gives the memory back; further calls raise ValueError.
    fn close(&self, cx: &mut Context) -> Result<()> {
        if self.exports.count() > 0 {
            return Err(cx.raise(&BUFFER_ERROR, "cannot close exported pointers exist"));
        }
        self.shut();
        Ok(())
    }

    /// Whether it is closed.
    #[get]
    fn closed(&self) -> bool {
        self.mapping.is_closed()
    }

    /// Where bytes are found first, from the position or `start` on; -1 if nowhere.
    fn find(
        &self,
        cx: &mut Context,
        view: Buffer,
        #[default(None)] start: Option<Index>,
        #[default(None)] end: Option<Index>,
    ) -> Result<i64> {
        self.search(cx, view.as_slice(), start, end, false)
    }

    /// Where bytes are found last, from the position or `start` on; -1 if nowhere.
    fn rfind(
        &self,
        cx: &mut Context,
        view: Buffer,
        #[default(None)] start: Option<Index>,
        #[default(None)] end: Option<Index>,
    ) -> Result<i64> {
        self.search(cx, view.as_slice(), start, end, true)
    }

    /// Writes a part, which starts at a page, or everything to the file.
    fn flush(
        &self,
        cx: &mut Context,
        #[default(0)] offset: i64,
        #[default(Given(None), "<unrepresentable>")] size: Given<Index>,
    ) -> Result<()> {
        self.check_open(cx)?;
        let length = self.mapping.len() as i64;
        let size = size.0.map_or(length, |size| size.0);
        if size < 0 || offset < 0 || length - offset < size {
            return Err(cx.value_error("flush values out of range"));
        }
        if matches!(self.access, Access::Read | Access::Copy) {
            return Ok(());
        }
        let outcome = self.mapping.flush(offset as usize, size as usize);
        plainly(cx, Ok(outcome))
    }

    /// Tells the system how memory will be used: MADV_*.
    fn madvise(
        &self,
        cx: &mut Context,
        option: i32,
        #[default(0)] start: Index,
        #[default(None, _)] length: Option<Index>,
    ) -> Result<()> {
        self.check_open(cx)?;
        let whole = self.mapping.len() as i64;
        let length = length.map_or(whole, |length| length.0);
        if start.0 < 0 || start.0 >= whole {
            return Err(cx.value_error("madvise start out of bounds"));
        }
        if length < 0 {
            return Err(cx.value_error("madvise length invalid"));
        }
        if i64::MAX - start.0 < length {
            return Err(cx.overflow_error("madvise length too large"));
        }
        let count = length.min(whole - start.0);
        let outcome = self.mapping.advise(option, start.0 as usize, count as usize);
        plainly(cx, Ok(outcome))
    }

    /// Copies bytes to another place within.
    #[method(name = "move")]
    fn move_(&self, cx: &mut Context, dest: Index, src: Index, count: Index) -> Result<()> {
        self.check_readable(cx)?;
        self.check_writable(cx)?;
        let length = self.mapping.len() as i64;
        let (dest, src, count) = (dest.0, src.0, count.0);
        let fits = dest >= 0 && src >= 0 && count >= 0 && length - dest >= count && length - src >= count;
        if !fits {
            return Err(cx.value_error("source, destination, or count out of range"));
        }
        let bytes = self.mapping.copy_out(src as usize, count as usize);
        self.mapping.copy_in(dest as usize, &bytes);
        Ok(())
    }

    /// At most so many bytes from the position on; all that are left if there is no number.
    fn read(&self, cx: &mut Context, #[default(None)] n: Option<Index>) -> Result<Bytes> {
        self.check_readable(cx)?;
        let left = self.left();
        let count = n.and_then(|n| usize::try_from(n.0).ok()).map_or(left, |n| n.min(left));
        Ok(Bytes(self.take(count)))
    }

    /// The byte at the position, as a number.
    fn read_byte(&self, cx: &mut Context) -> Result<u8> {
        self.check_readable(cx)?;
        if self.left() == 0 {
            return Err(cx.value_error("read byte out of range"));
        }
        Ok(self.take(1)[0])
    }

    /// Bytes from the position up to and with the next end of a line.
    fn readline(&self, cx: &mut Context) -> Result<Bytes> {
        self.check_readable(cx)?;
        let rest = self.mapping.copy_out(self.position.get().min(self.mapping.len()), self.left());
        let count = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |place| place + 1);
        Ok(Bytes(self.take(count)))
    }

    /// Makes the mapping, and its file, longer or shorter.
    fn resize(&self, cx: &mut Context, newsize: Index) -> Result<()> {
        self.check_open(cx)?;
        self.check_resizable(cx)?;
        let Some(end) = self.offset.checked_add(newsize.0).filter(|_| newsize.0 >= 0) else {
            return Err(cx.value_error("new size out of range"));
        };
        let fd = self.fd.get();
        if fd == -1 && self.shared && newsize.0 as usize > self.mapping.len() {
            return Err(cx.value_error("mmap: can't expand a shared anonymous mapping"));
        }
        if fd != -1 {
            plainly(cx, Ok(done(calls::ftruncate(fd, end))))?;
        }
        let outcome = self.mapping.resize(newsize.0 as usize);
        plainly(cx, Ok(outcome))
    }

    /// Moves the position: from the start (0), from where it is (1) or from the end (2).
    fn seek(&self, cx: &mut Context, pos: Index, #[default(0)] whence: i32) -> Result<usize> {
        self.check_open(cx)?;
        let length = self.mapping.len() as i64;
        let from = match whence {
            0 => 0,
            1 => self.position.get() as i64,
            2 => length,
            _ => return Err(cx.value_error("unknown seek type")),
        };
        match from.checked_add(pos.0) {
            Some(place) if (0..=length).contains(&place) => {
                self.position.set(place as usize);
                Ok(place as usize)
            }
            _ => Err(cx.value_error("seek out of range")),
        }
    }

    /// Whether the position can be moved.
    fn seekable(&self) -> bool {
        true
    }

    /// The length of the file, which may be more than is mapped.
    fn size(&self, cx: &mut Context) -> Result<i64> {
        self.check_open(cx)?;
        if self.fd.get() == -1 && !self.tracks {
            return Err(cx.value_error("can't get size with trackfd=False"));
        }
        let mut found = libc::stat::zeroed();
        plainly(cx, Ok(done(calls::fstat(self.fd.get(), &mut found))))?;
        Ok(found.st_size)
    }

    /// The position.
    fn tell(&self, cx: &mut Context) -> Result<usize> {
        self.check_open(cx)?;
        Ok(self.position.get())
    }

    /// Writes bytes at the position; how many.
    fn write(&self, cx: &mut Context, bytes: Buffer) -> Result<usize> {
        self.check_readable(cx)?;
        self.check_writable(cx)?;
        if bytes.len() > self.left() {
            return Err(cx.value_error("data out of range"));
        }
        self.mapping.copy_in(self.position.get(), bytes.as_slice());
        self.position.set(self.position.get() + bytes.len());
        Ok(bytes.len())
    }

    /// Writes a byte, given as a number, at the position.
    fn write_byte(&self, cx: &mut Context, byte: u8) -> Result<()> {
        self.check_readable(cx)?;
        self.check_writable(cx)?;
        if self.left() == 0 {
            return Err(cx.value_error("write byte out of range"));
        }
        self.mapping.copy_in(self.position.get(), &[byte]);
        self.position.set(self.position.get() + 1);
        Ok(())
    }

    #[method(name = "__enter__")]
    fn enter(this: &NativeObject<Mmap>, cx: &mut Context) -> Result<Owned> {
        this.check_open(cx)?;
        Ok(this.to_owned_value())
    }

    #[method(name = "__exit__")]
    fn exit(&self, cx: &mut Context, #[rest] _exception: &[Value]) -> Result<()> {
        self.close(cx)
    }

    #[slot(length)]
    fn length(&self, cx: &mut Context) -> Result<usize> {
        self.check_open(cx)?;
        Ok(self.mapping.len())
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<Owned> {
        self.check_readable(cx)?;
        if is_index(key) {
            let place = self.place(cx, key)?;
            return Ok(int::from_i64(cx, self.mapping.copy_out(place, 1)[0] as i64));
        }
        let Some(slice) = key.cast::<SliceObject>() else {
            return Err(cx.type_error("mmap indices must be integers"));
        };
        let span = self.slice(cx, slice)?;
        let bytes: Vec<u8> = match span.step {
            1 => self.mapping.copy_out(span.start.max(0) as usize, span.count),
            _ => span.positions().flat_map(|place| self.mapping.copy_out(place, 1)).collect(),
        };
        Ok(BytesObject::new(cx, &bytes))
    }

    #[slot(iter)]
    fn iter(this: &NativeObject<Mmap>, cx: &mut Context) -> Result<Owned> {
        let object = this.to_owned_value();
        NativeObject::new(cx, MmapIterator { object, next: Cell::new(0) })
    }

    #[slot(set_item)]
    fn set_item(&self, cx: &mut Context, key: Value, value: Option<Value>) -> Result<()> {
        self.check_readable(cx)?;
        self.check_writable(cx)?;
        if is_index(key) {
            let place = self.place(cx, key)?;
            let Some(value) = value else { return Err(cx.type_error("mmap doesn't support item deletion")) };
            if !is_index(value) {
                return Err(cx.type_error("mmap item value must be an int"));
            }
            let number = convert::index_i64(cx, value)?;
            let Ok(byte) = u8::try_from(number) else {
                return Err(cx.value_error("mmap item value must be in range(0, 256)"));
            };
            self.check_readable(cx)?;
            if place >= self.mapping.len() {
                return Err(cx.index_error("mmap index out of range"));
            }
            self.mapping.copy_in(place, &[byte]);
            return Ok(());
        }
        let Some(slice) = key.cast::<SliceObject>() else {
            return Err(cx.type_error("mmap indices must be integer"));
        };
        let span = self.slice(cx, slice)?;
        let Some(value) = value else {
            return Err(cx.type_error("mmap object doesn't support slice deletion"));
        };
        let bytes = Buffer::read(cx, value)?;
        if bytes.len() != span.count {
            return Err(cx.index_error("mmap slice assignment is wrong size"));
        }
        for (place, byte) in span.positions().zip(bytes.as_slice()) {
            if place < self.mapping.len() {
                self.mapping.copy_in(place, std::slice::from_ref(byte));
            }
        }
        Ok(())
    }

    #[slot(buffer)]
    fn buffer(this: &NativeObject<Mmap>, cx: &mut Context, request: Request) -> Result<Buffer> {
        this.check_readable(cx)?;
        let readonly = this.access == Access::Read;
        if readonly && request.has(Request::WRITABLE) {
            return Err(not_writable(cx));
        }
        this.exports.add();
        let release = |value: Value| {
            if let Some(own) = value.cast::<NativeObject<Mmap>>() {
                own.exports.remove();
            }
        };
        let (address, length) = (this.mapping.address(), this.mapping.len());
        // SAFETY: (buffer 1) while there are exports, the mapping is neither closed nor resized.
        Ok(unsafe { Buffer::new(this.value(), address, length, readonly, Some(release)) })
    }

    #[slot(repr)]
    fn repr(&self, this: Value) -> String {
        let name = this.type_of().name();
        if self.mapping.is_closed() {
            return format!("<mmap.{} closed=True>", sidewinder_runtime::native::module::short_name(name));
        }
        let name = sidewinder_runtime::native::module::short_name(name);
        let (access, length, position, offset) =
            (self.access.name(), self.mapping.len(), self.position.get(), self.offset);
        format!("<mmap.{name} closed=False, access={access}, length={length}, pos={position}, offset={offset}>")
    }
}

/// The bytes of a mapping one by one, as `bytes`: subscription gives numbers, iteration does not.
#[native_type("mmap.mmap_iterator")]
#[derive(Traverse)]
pub struct MmapIterator {
    object: Owned,
    next: Cell<usize>,
}

#[methods]
impl MmapIterator {
    #[slot(iter)]
    fn iter(this: &NativeObject<MmapIterator>) -> Owned {
        this.to_owned_value()
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(own) = self.object.value().cast::<NativeObject<Mmap>>() else { return Ok(None) };
        own.check_readable(cx)?;
        let place = self.next.get();
        if place >= own.mapping.len() {
            return Ok(None);
        }
        self.next.set(place + 1);
        let byte = own.mapping.copy_out(place, 1);
        Ok(Some(BytesObject::new(cx, &byte)))
    }
}
