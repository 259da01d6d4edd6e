//! The module `_struct`: values packed into bytes by a format, which is compiled once.

mod format;

use format::Layout;
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::{ExceptionClass, Field, Index, NativeObject};
use sidewinder_runtime::objects::buffer::{Buffer, Request};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::EXCEPTION;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::slice;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Formats that are kept compiled at most.
const CACHE_MAX: usize = 100;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    error: ExceptionClass,
    layouts: RefCell<HashMap<Vec<u8>, Rc<Layout>>>,
}

/// Raises `struct.error`.
#[cold]
fn error(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    cx.state::<State>().error.raise(cx, message)
}

/// The bytes of a format.
fn format_bytes(cx: &mut Context, format: Value) -> Result<Vec<u8>> {
    if let Some(bytes) = format.cast::<BytesObject>() {
        return Ok(bytes.as_slice().to_vec());
    }
    if str::is_str(format) {
        let encoded = str::codec::encode(cx, format, "ascii", "strict")?;
        return Ok(encoded.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default());
    }
    let actual = format.type_of().name();
    Err(cx.type_error(format!("Struct() argument 1 must be a str or bytes object, not {actual}")))
}

/// The compiled format.
fn layout(cx: &mut Context, format: Value) -> Result<Rc<Layout>> {
    let format = format_bytes(cx, format)?;
    let state = cx.state::<State>();
    if let Some(found) = state.layouts.borrow().get(&format) {
        return Ok(found.clone());
    }
    let made = Rc::new(Layout::compile(&format).map_err(|message| error(cx, message))?);
    let mut layouts = state.layouts.borrow_mut();
    if layouts.len() >= CACHE_MAX {
        layouts.clear();
    }
    layouts.insert(format, made.clone());
    Ok(made)
}

fn pack(cx: &mut Context, layout: &Layout, values: &[Value], function: &str) -> Result<Vec<u8>> {
    if values.len() != layout.values {
        let (expected, given) = (layout.values, values.len());
        return Err(error(cx, format!("{function} expected {expected} items for packing (got {given})")));
    }
    let mut bytes = vec![0; layout.size];
    layout.pack(cx, values, &mut bytes)?;
    Ok(bytes)
}

/// Packs values into a part of a buffer.
fn pack_into(cx: &mut Context, layout: &Layout, arguments: &[Value]) -> Result<()> {
    let Some((&target, rest)) = arguments.split_first() else {
        return Err(error(cx, "pack_into expected buffer argument"));
    };
    let Some((&offset, values)) = rest.split_first() else {
        return Err(error(cx, "pack_into expected offset argument"));
    };
    let bytes = pack(cx, layout, values, "pack_into")?;
    if target.type_of().slots().buffer.is_none() || target.cast::<BytesObject>().is_some() {
        let actual = target.type_of().name();
        return Err(cx.type_error(format!("argument must be read-write bytes-like object, not {actual}")));
    }
    let buffer = Buffer::get(cx, target, Request::WRITABLE)?;
    let offset = slice::index_argument(cx, offset)?;
    let words = Words { function: "pack_into", doing: "packing", lack: "no space to pack" };
    let start = place(cx, layout, offset, buffer.len(), &words)?;
    buffer.as_mut_slice()[start..start + bytes.len()].copy_from_slice(&bytes);
    Ok(())
}

/// How messages about offsets speak.
struct Words {
    function: &'static str,
    doing: &'static str,
    lack: &'static str,
}

/// Where in a buffer of so many bytes an offset leads.
fn place(cx: &mut Context, layout: &Layout, offset: i64, length: usize, words: &Words) -> Result<usize> {
    let size = layout.size as i64;
    let Words { function, doing, lack } = words;
    let start = if offset < 0 {
        if offset + size > 0 {
            return Err(error(cx, format!("{lack} {size} bytes at offset {offset}")));
        }
        offset + length as i64
    } else {
        offset
    };
    if start < 0 {
        return Err(error(cx, format!("offset {offset} out of range for {length}-byte buffer")));
    }
    if length as i64 - start < size {
        let least = start.saturating_add(size);
        return Err(error(
            cx,
            format!(
                "{function} requires a buffer of at least {least} bytes for {doing} {size} bytes at offset {start} \
                 (actual buffer size is {length})"
            ),
        ));
    }
    Ok(start as usize)
}

fn unpack(cx: &mut Context, layout: &Layout, buffer: Value) -> Result<Owned> {
    let buffer = Buffer::read(cx, buffer)?;
    if buffer.len() != layout.size {
        let size = layout.size;
        return Err(error(cx, format!("unpack requires a buffer of {size} bytes")));
    }
    Ok(layout.unpack(cx, buffer.as_slice()))
}

fn unpack_from(cx: &mut Context, layout: &Layout, buffer: Value, offset: i64) -> Result<Owned> {
    let buffer = Buffer::read(cx, buffer)?;
    let words = Words { function: "unpack_from", doing: "unpacking", lack: "not enough data to unpack" };
    let start = place(cx, layout, offset, buffer.len(), &words)?;
    Ok(layout.unpack(cx, &buffer.as_slice()[start..start + layout.size]))
}

fn iter_unpack(cx: &mut Context, layout: Rc<Layout>, buffer: Value) -> Result<Owned> {
    if layout.size == 0 {
        return Err(error(cx, "cannot iteratively unpack with a struct of length 0"));
    }
    let buffer = Buffer::read(cx, buffer)?;
    if buffer.len() % layout.size != 0 {
        let size = layout.size;
        return Err(error(cx, format!("iterative unpacking requires a buffer of a multiple of {size} bytes")));
    }
    let state = UnpackIterator {
        layout,
        object: Field::new(Owned::new(buffer.owner())),
        buffer: RefCell::new(Some(buffer)),
        position: Cell::new(0),
    };
    NativeObject::new(cx, state)
}

/// Values in bytes and back: formats of the C compiler and of standard size.
#[native_module("_struct", types(Struct, hidden UnpackIterator))]
mod rows {
    use super::*;

    /// The number of bytes that a format describes.
    #[function]
    fn calcsize(cx: &mut Context, format: Value) -> Result<usize> {
        Ok(layout(cx, format)?.size)
    }

    /// pack(format, v1, v2, ...) -> bytes
    ///
    /// The values as bytes.
    #[function]
    fn pack(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let values = plain(cx, "pack", arguments)?;
        let Some((&format, values)) = values.split_first() else {
            return Err(cx.type_error("missing format argument"));
        };
        let layout = layout(cx, format)?;
        let bytes = super::pack(cx, &layout, values, "pack")?;
        Ok(BytesObject::new(cx, &bytes))
    }

    /// pack_into(format, buffer, offset, v1, v2, ...)
    ///
    /// Puts the values as bytes into a buffer.
    #[function]
    fn pack_into(cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        let values = plain(cx, "pack_into", arguments)?;
        let Some((&format, values)) = values.split_first() else {
            return Err(cx.type_error("missing format argument"));
        };
        let layout = layout(cx, format)?;
        super::pack_into(cx, &layout, values)
    }

    /// The values in a buffer of just that size.
    #[function]
    fn unpack(cx: &mut Context, format: Value, buffer: Value) -> Result<Owned> {
        let layout = layout(cx, format)?;
        super::unpack(cx, &layout, buffer)
    }

    /// The values in a buffer from an offset on.
    #[function]
    fn unpack_from(
        cx: &mut Context,
        format: Value,
        #[named] buffer: Value,
        #[default(0)] offset: Index,
    ) -> Result<Owned> {
        let layout = layout(cx, format)?;
        super::unpack_from(cx, &layout, buffer, offset.0)
    }

    /// An iterator over what a buffer holds, in tuples.
    #[function]
    fn iter_unpack(cx: &mut Context, format: Value, buffer: Value) -> Result<Owned> {
        let layout = layout(cx, format)?;
        super::iter_unpack(cx, layout, buffer)
    }

    /// Forgets the compiled formats.
    #[function]
    fn _clearcache(cx: &mut Context) {
        cx.state::<State>().layouts.borrow_mut().clear();
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        cx.state::<State>().error.define(cx, module, ["struct", "error"], &EXCEPTION, None)
    }
}

/// The positional arguments of a function that takes no others.
fn plain<'a>(cx: &mut Context, function: &str, arguments: Arguments<'a>) -> Result<&'a [Value]> {
    sidewinder_runtime::objects::iterator::arguments::refuse_keywords(cx, function, arguments)?;
    Ok(arguments.values)
}

/// A compiled format.
#[native_type("_struct.Struct", base, weakrefs)]
#[derive(Traverse, Default)]
pub struct Struct {
    #[plain]
    layout: RefCell<Option<Rc<Layout>>>,
    format: Field,
}

impl Struct {
    fn layout(&self, cx: &mut Context) -> Result<Rc<Layout>> {
        let layout = self.layout.borrow().clone();
        layout.ok_or_else(|| {
            cx.raise(&sidewinder_runtime::objects::exception::RUNTIME_ERROR, "Struct object is not initialized")
        })
    }
}

#[methods]
impl Struct {
    #[new(name = "Struct")]
    fn new(_arguments: Arguments<'_>) -> Result<Struct> {
        Ok(Struct::default())
    }

    #[init]
    fn init(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        use sidewinder_runtime::objects::iterator::arguments::Signature;
        static SIGNATURE: Signature<1> = Signature {
            function: "Struct",
            names: ["format"],
            positional_only: 0,
            positional: 1,
            required: 1,
            rest: false,
            open: false,
        };
        let [format] = SIGNATURE.bind(cx, arguments)?;
        let Some(format) = format else { return Ok(()) };
        let made = layout(cx, format)?;
        let text = format_bytes(cx, format)?;
        let text = StrObject::from_latin1(cx, &text);
        self.layout.replace(Some(made));
        self.format.set(Some(text));
        Ok(())
    }

    /// The values as bytes.
    fn pack(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let values = plain(cx, "pack", arguments)?;
        let layout = self.layout(cx)?;
        let bytes = pack(cx, &layout, values, "pack")?;
        Ok(BytesObject::new(cx, &bytes))
    }

    /// Puts the values as bytes into a buffer.
    fn pack_into(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        let values = plain(cx, "pack_into", arguments)?;
        let layout = self.layout(cx)?;
        pack_into(cx, &layout, values)
    }

    /// The values in a buffer of just that size.
    fn unpack(&self, cx: &mut Context, buffer: Value) -> Result<Owned> {
        let layout = self.layout(cx)?;
        unpack(cx, &layout, buffer)
    }

    /// The values in a buffer from an offset on.
    fn unpack_from(&self, cx: &mut Context, #[named] buffer: Value, #[default(0)] offset: Index) -> Result<Owned> {
        let layout = self.layout(cx)?;
        unpack_from(cx, &layout, buffer, offset.0)
    }

    /// An iterator over what a buffer holds, in tuples.
    fn iter_unpack(&self, cx: &mut Context, buffer: Value) -> Result<Owned> {
        let layout = self.layout(cx)?;
        iter_unpack(cx, layout, buffer)
    }

    /// Bytes in memory.
    fn __sizeof__(&self, cx: &mut Context) -> Result<usize> {
        let layout = self.layout(cx)?;
        Ok(size_of::<NativeObject<Struct>>() + layout.memory())
    }

    /// The format.
    #[get]
    fn format(&self, cx: &mut Context) -> Result<Owned> {
        self.layout(cx)?;
        Ok(self.format.get_or_none())
    }

    /// The number of bytes.
    #[get]
    fn size(&self, cx: &mut Context) -> Result<usize> {
        Ok(self.layout(cx)?.size)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.layout(cx)?;
        let format = convert::repr(cx, self.format.get_or_none().value())?;
        let (name, format) = (
            sidewinder_runtime::native::module::short_name(this.type_of().name()),
            str::text(format.value()).unwrap_or_default().into_owned(),
        );
        Ok(StrObject::new(cx, &format!("{name}({format})")))
    }
}

/// An iterator over the values in a buffer.
#[native_type("_struct.unpack_iterator", iterator)]
#[derive(Traverse)]
pub struct UnpackIterator {
    #[plain]
    layout: Rc<Layout>,
    object: Field,
    buffer: RefCell<Option<Buffer>>,
    position: Cell<usize>,
}

#[methods]
impl UnpackIterator {
    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let (start, size) = (self.position.get(), self.layout.size);
        let bytes = match &*self.buffer.borrow() {
            Some(buffer) if start < buffer.len() => buffer.as_slice()[start..start + size].to_vec(),
            _ => Vec::new(),
        };
        if bytes.is_empty() {
            let buffer = self.buffer.take();
            drop(buffer);
            self.object.set(None);
            return Ok(None);
        }
        self.position.set(start + size);
        Ok(Some(self.layout.unpack(cx, &bytes)))
    }

    /// How many tuples are left.
    fn __length_hint__(&self) -> usize {
        let length = self.buffer.borrow().as_ref().map_or(0, Buffer::len);
        length.saturating_sub(self.position.get()) / self.layout.size
    }
}
