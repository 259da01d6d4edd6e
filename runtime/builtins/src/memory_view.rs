//! `memoryview`: items of another object's memory, in one or several dimensions (Objects/memoryobject.c).
//!
//! `geometry.rs` says where items are, `item.rs` what they are. Views of the same memory share one `Buffer`, which goes
//! with the last of them.

mod geometry;
mod item;
mod python;

pub use python::{LENDER, python_buffer, release_view};

use geometry::{Geometry, Selection};
use item::Kind;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::native::{Field, Given, Index, NativeObject, Traverse};
use sidewinder_runtime::objects::buffer::{Buffer, Dimensions, Exports, Request};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{BUFFER_ERROR, NOT_IMPLEMENTED_ERROR};
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, list::ListObject, singleton};
use sidewinder_runtime::operations::{call, compare, convert, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};

/// What a view shows, until it is released.
#[derive(Clone)]
struct View {
    /// A `Managed`, which views of the same memory share.
    buffer: Owned,
    pointer: *mut u8,
    geometry: Geometry,
    format: String,
    readonly: bool,
}

impl Traverse for View {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.buffer.value());
    }

    fn release(&mut self, children: &mut Children<'_>) {
        Traverse::release(&mut self.buffer, children);
    }
}

/// A buffer that views share: an object, so that cycles through it are collected.
#[native_type("managedbuffer")]
#[derive(Traverse)]
pub struct Managed {
    buffer: RefCell<Option<Buffer>>,
}

#[methods]
impl Managed {}

/// The memory of an object that supports the buffer protocol.
#[native_type("memoryview", weakrefs, generic, sequence)]
#[derive(Traverse)]
pub struct MemoryView {
    view: RefCell<Option<View>>,
    /// The object whose memory it is.
    object: Field,
    #[plain]
    exports: Exports,
    hash: Cell<Option<i64>>,
}

type ViewObject = NativeObject<MemoryView>;

/// A view of a buffer.
pub fn new(cx: &mut Context, buffer: Buffer) -> Result<Owned> {
    let geometry = match buffer.dimensions() {
        Some(dimensions) => Geometry::new(buffer.item_size(), dimensions.shape.clone(), dimensions.strides.clone()),
        None => Geometry::row(buffer.item_size(), buffer.len()),
    };
    let (object, format, readonly) = (buffer.owner(), buffer.format().to_string(), buffer.is_readonly());
    let (object, pointer) = (Owned::new(object), buffer.pointer());
    let buffer = NativeObject::new(cx, Managed { buffer: RefCell::new(Some(buffer)) })?;
    MemoryView::of(cx, View { buffer, pointer, geometry, format, readonly }, object)
}

/// The view's error once it has been given up.
#[cold]
fn released(cx: &mut Context) -> Raised {
    cx.value_error("operation forbidden on released memoryview object")
}

#[cold]
fn unsupported(cx: &mut Context, what: &str) -> Raised {
    cx.raise(&NOT_IMPLEMENTED_ERROR, what)
}

impl View {
    fn kind(&self, cx: &mut Context) -> Result<Kind> {
        let kind = Kind::of_format(&self.format);
        kind.ok_or_else(|| unsupported(cx, &format!("memoryview: format {} not supported", self.format)))
    }

    /// The bytes of the item at an offset that the geometry gave.
    fn item(&self, offset: isize) -> Vec<u8> {
        let mut item = vec![0; self.geometry.item_size];
        // SAFETY: (buffer 1) offsets of the geometry lie within the memory, which the view's buffer keeps.
        unsafe {
            let place = self.pointer.offset(offset);
            std::ptr::copy_nonoverlapping(place, item.as_mut_ptr(), item.len());
        }
        item
    }

    /// Overwrites the item at an offset that the geometry gave, of a view that is no read-only one.
    fn set_item(&self, offset: isize, item: &[u8]) {
        debug_assert!(!self.readonly && item.len() == self.geometry.item_size);
        // SAFETY: (buffer 1) offsets of the geometry lie within the memory, which the view's buffer keeps, which may be written.
        unsafe {
            let place = self.pointer.offset(offset);
            std::ptr::copy(item.as_ptr(), place, item.len());
        }
    }

    /// The bytes of all items, the last index varying fastest; the first, if `fortran`.
    fn bytes(&self, fortran: bool) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.geometry.len_bytes());
        for offset in self.geometry.offsets(fortran) {
            bytes.extend_from_slice(&self.item(offset));
        }
        bytes
    }

    /// The objects of all items, in nested lists.
    fn list(&self, cx: &mut Context, kind: Kind, dimension: usize, offset: isize) -> Result<Owned> {
        let Some(&length) = self.geometry.shape.get(dimension) else { return Ok(kind.load(cx, &self.item(offset))) };
        let mut items = Vec::new();
        for index in 0..length {
            let place = offset + index * self.geometry.strides[dimension];
            items.push(self.list(cx, kind, dimension + 1, place)?);
        }
        Ok(ListObject::new(cx, items))
    }
}

impl MemoryView {
    fn of(cx: &mut Context, view: View, object: Owned) -> Result<Owned> {
        let state = MemoryView {
            view: RefCell::new(Some(view)),
            object: Field::new(object),
            exports: Exports::none(),
            hash: Cell::new(None),
        };
        NativeObject::new(cx, state)
    }

    fn view(&self, cx: &mut Context) -> Result<View> {
        let view = self.view.borrow().clone();
        view.ok_or_else(|| released(cx))
    }

    /// Another view of the same memory.
    fn with(&self, cx: &mut Context, view: View) -> Result<Owned> {
        MemoryView::of(cx, view, self.object.get_or_none())
    }

    /// Keeps the view from being released by Python code that runs meanwhile.
    fn hold(&self) -> Held<'_> {
        self.exports.add();
        Held(&self.exports)
    }

    /// Gives the memory up.
    fn give_up(&self, cx: &mut Context) -> Result<()> {
        let count = self.exports.count();
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            return Err(cx.raise(&BUFFER_ERROR, format!("memoryview has {count} exported buffer{plural}")));
        }
        let view = self.view.take();
        let object = self.object.take();
        drop(view);
        drop(object);
        Ok(())
    }

    /// Whether both show equal items in the same shape.
    fn equals(&self, cx: &mut Context, this: Value, other: Value) -> Result<Option<bool>> {
        let (own, others) = (self.view.borrow().clone(), other.cast::<ViewObject>());
        let Some(own) = own else { return Ok(Some(this == other)) };
        let others = match others {
            Some(others) => match others.view.borrow().clone() {
                Some(view) => view,
                None => return Ok(Some(this == other)),
            },
            None => {
                if other.type_of().slots().buffer.is_none() {
                    return Ok(None);
                }
                let Ok(buffer) = Buffer::get(cx, other, Request::FULL_READ) else {
                    drop(cx.take_pending());
                    return Ok(None);
                };
                let made = new(cx, buffer)?;
                let made = made.value();
                match made.cast::<ViewObject>().and_then(|made| made.view.borrow().clone()) {
                    Some(view) => view,
                    None => return Ok(None),
                }
            }
        };
        if own.geometry.shape != others.geometry.shape {
            return Ok(Some(false));
        }
        let (Some(kind), Some(other_kind)) = (Kind::of_format(&own.format), Kind::of_format(&others.format)) else {
            return Ok(Some(own.format == others.format && own.bytes(false) == others.bytes(false)));
        };
        if kind == other_kind && !kind.is_float() && kind != Kind::Boolean {
            return Ok(Some(own.bytes(false) == others.bytes(false)));
        }
        let pairs = own.geometry.offsets(false).into_iter().zip(others.geometry.offsets(false));
        for (offset, other_offset) in pairs {
            let (a, b) = (kind.load(cx, &own.item(offset)), other_kind.load(cx, &others.item(other_offset)));
            if !compare::equals(cx, a.value(), b.value())? {
                return Ok(Some(false));
            }
        }
        Ok(Some(true))
    }
}

/// An export that lasts for a call.
struct Held<'a>(&'a Exports);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.remove();
    }
}

#[methods]
impl MemoryView {
    #[new(name = "memoryview")]
    fn new(cx: &mut Context, #[named] object: Value) -> Result<Owned> {
        if let Some(other) = object.cast::<ViewObject>() {
            let view = other.view(cx)?;
            return other.with(cx, view);
        }
        if object.type_of().slots().buffer.is_none() {
            let actual = object.type_of().name();
            return Err(cx.type_error(format!("memoryview: a bytes-like object is required, not '{actual}'")));
        }
        let buffer = Buffer::get(cx, object, Request::FULL_READ)?;
        new(cx, buffer)
    }

    /// A view of an object's memory that was asked for with these flags.
    #[class_method]
    fn _from_flags(class: &'static TypeObject, cx: &mut Context, #[named] object: Value, flags: i32) -> Result<Owned> {
        let _ = class;
        let buffer = Buffer::get(cx, object, Request(flags))?;
        new(cx, buffer)
    }

    /// Gives the memory up; the view can no longer be used.
    fn release(&self, cx: &mut Context) -> Result<()> {
        self.give_up(cx)
    }

    /// The bytes of all items.
    fn tobytes(
        &self,
        cx: &mut Context,
        #[named]
        #[default(None, "'C'")]
        order: Option<Value>,
    ) -> Result<Owned> {
        let view = self.view(cx)?;
        let order = match order.map(|order| (order, str::text(order))) {
            None => "C".to_string(),
            Some((_, Some(order))) => order.into_owned(),
            Some((order, None)) => {
                let actual = order.type_of().name();
                return Err(cx.type_error(format!("tobytes() argument 'order' must be str or None, not {actual}")));
            }
        };
        let fortran = match order.as_str() {
            "C" => false,
            "F" => true,
            "A" => view.geometry.is_contiguous(true) && !view.geometry.is_contiguous(false),
            _ => return Err(cx.value_error("order must be 'C', 'F' or 'A'")),
        };
        Ok(BytesObject::new(cx, &view.bytes(fortran)))
    }

    /// The bytes of all items as hexadecimal digits.
    fn hex(
        &self,
        cx: &mut Context,
        #[named]
        #[default(Given(None), "<unrepresentable>")]
        sep: Given<Value>,
        #[default(1)] bytes_per_sep: i32,
    ) -> Result<Owned> {
        let bytes = self.view(cx)?.bytes(false);
        let bytes = BytesObject::new(cx, &bytes);
        match sep.0 {
            None => call::call_method(cx, bytes.value(), "hex", &[]),
            Some(sep) => {
                let group = Value::from_small_int(bytes_per_sep as i64);
                let _held = self.hold();
                call::call_method(cx, bytes.value(), "hex", &[sep, group])
            }
        }
    }

    /// The items in lists, one for each dimension.
    fn tolist(&self, cx: &mut Context) -> Result<Owned> {
        let view = self.view(cx)?;
        let kind = view.kind(cx)?;
        view.list(cx, kind, 0, view.geometry.start)
    }

    /// A view of the same memory with items of another format, or in another shape.
    fn cast(
        &self,
        cx: &mut Context,
        #[named] format: &StrObject,
        #[default(Given(None), "<unrepresentable>")] shape: Given<Value>,
    ) -> Result<Owned> {
        let mut view = self.view(cx)?;
        let format = format.as_text().into_owned();
        if !view.geometry.is_contiguous(false) {
            return Err(cx.type_error("memoryview: casts are restricted to C-contiguous views"));
        }
        if (shape.0.is_some() || view.geometry.shape.len() != 1) && view.geometry.shape.len() > 1 && shape.0.is_some() {
            return Err(cx.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
        let Some(kind) = Kind::of_format(&format) else {
            return Err(cx.value_error(
                "memoryview: destination format must be a native single character format prefixed with an optional '@'",
            ));
        };
        let byte_format = |format: &str| matches!(format.trim_start_matches('@'), "b" | "B" | "c");
        if !byte_format(&view.format) && !byte_format(&format) {
            return Err(cx.type_error("memoryview: cannot cast between two non-byte formats"));
        }
        let length = view.geometry.len_bytes();
        let size = kind.size();
        if length % size != 0 {
            return Err(cx.type_error("memoryview: length is not a multiple of itemsize"));
        }
        let start = view.geometry.start;
        view.geometry = match shape.0 {
            None => Geometry::row(size, length),
            Some(shape) => {
                let shape = shape_of(cx, shape)?;
                let items = shape.iter().try_fold(size as isize, |product, extent| product.checked_mul(*extent));
                if items != Some(length as isize) {
                    return Err(cx.type_error("memoryview: product(shape) * itemsize != buffer size"));
                }
                Geometry::packed(size, shape)
            }
        };
        view.geometry.start = start;
        view.format = format;
        self.with(cx, view)
    }

    /// A view of the same memory that cannot be written.
    fn toreadonly(&self, cx: &mut Context) -> Result<Owned> {
        let view = self.view(cx)?;
        self.with(cx, View { readonly: true, ..view })
    }

    /// The number of items that equal a value.
    fn count(&self, cx: &mut Context, this: Value, value: Value) -> Result<i64> {
        let iterator = iterate::get_iter(cx, this)?;
        let mut count = 0;
        while let Some(item) = iterate::next(cx, iterator.value())? {
            count += i64::from(compare::is_same(item.value(), value) || compare::equals(cx, item.value(), value)?);
        }
        Ok(count)
    }

    /// The position of the first item that equals a value.
    fn index(
        &self,
        cx: &mut Context,
        value: Value,
        #[default(0)] start: Index,
        #[default(Index(i64::MAX), "sys.maxsize")] stop: Index,
    ) -> Result<i64> {
        let view = self.view(cx)?;
        if view.geometry.shape.is_empty() {
            return Err(cx.type_error("invalid lookup on 0-dim memory"));
        }
        if view.geometry.shape.len() != 1 {
            return Err(unsupported(cx, "multi-dimensional lookup is not implemented"));
        }
        let kind = view.kind(cx)?;
        let length = view.geometry.shape[0] as i64;
        let fit = |bound: i64| if bound < 0 { (bound + length).max(0) } else { bound.min(length) };
        for index in fit(start.0)..fit(stop.0) {
            let view = self.view(cx)?;
            let item = kind.load(cx, &view.item(view.geometry.start + index as isize * view.geometry.strides[0]));
            if compare::is_same(item.value(), value) || compare::equals(cx, item.value(), value)? {
                return Ok(index);
            }
        }
        Err(cx.value_error("memoryview.index(x): x not found"))
    }

    /// The view itself.
    fn __enter__(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.view(cx)?;
        Ok(Owned::new(this))
    }

    /// Gives the memory up.
    fn __exit__(&self, cx: &mut Context, #[rest] exc_info: &[Value]) -> Result<()> {
        let _ = exc_info;
        self.give_up(cx)
    }

    /// The object whose memory it is.
    #[get]
    fn obj(&self, cx: &mut Context) -> Result<Owned> {
        self.view(cx)?;
        Ok(self.object.get_or_none())
    }

    /// Bytes of all items.
    #[get]
    fn nbytes(&self, cx: &mut Context) -> Result<usize> {
        Ok(self.view(cx)?.geometry.len_bytes())
    }

    /// Whether the items cannot be written.
    #[get]
    fn readonly(&self, cx: &mut Context) -> Result<bool> {
        Ok(self.view(cx)?.readonly)
    }

    /// Bytes of an item.
    #[get]
    fn itemsize(&self, cx: &mut Context) -> Result<usize> {
        Ok(self.view(cx)?.geometry.item_size)
    }

    /// What an item is, in the words of the module struct.
    #[get]
    fn format(&self, cx: &mut Context) -> Result<String> {
        Ok(self.view(cx)?.format)
    }

    /// The number of dimensions.
    #[get]
    fn ndim(&self, cx: &mut Context) -> Result<usize> {
        Ok(self.view(cx)?.geometry.shape.len())
    }

    /// Items in each dimension.
    #[get]
    fn shape(&self, cx: &mut Context) -> Result<Owned> {
        let shape = self.view(cx)?.geometry.shape;
        Ok(numbers(cx, &shape))
    }

    /// Bytes from one item to the next in each dimension.
    #[get]
    fn strides(&self, cx: &mut Context) -> Result<Owned> {
        let strides = self.view(cx)?.geometry.strides;
        Ok(numbers(cx, &strides))
    }

    /// Nothing: for arrays of pointers, which there are none of.
    #[get]
    fn suboffsets(&self, cx: &mut Context) -> Result<Owned> {
        self.view(cx)?;
        Ok(numbers(cx, &[]))
    }

    /// Whether the items lie next to each other, the last index varying fastest.
    #[get]
    fn c_contiguous(&self, cx: &mut Context) -> Result<bool> {
        Ok(self.view(cx)?.geometry.is_contiguous(false))
    }

    /// Whether the items lie next to each other, the first index varying fastest.
    #[get]
    fn f_contiguous(&self, cx: &mut Context) -> Result<bool> {
        Ok(self.view(cx)?.geometry.is_contiguous(true))
    }

    /// Whether the items lie next to each other.
    #[get]
    fn contiguous(&self, cx: &mut Context) -> Result<bool> {
        let geometry = self.view(cx)?.geometry;
        Ok(geometry.is_contiguous(false) || geometry.is_contiguous(true))
    }

    #[slot(length)]
    fn length(&self, cx: &mut Context) -> Result<usize> {
        let view = self.view(cx)?;
        match view.geometry.shape.first() {
            Some(length) => Ok(*length as usize),
            None => Err(cx.type_error("0-dim memory has no length")),
        }
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<Owned> {
        let view = self.view(cx)?;
        match view.geometry.select(cx, key)? {
            Selection::Item(offset) => {
                // An index may have run Python code that gave the memory up.
                let view = self.view(cx)?;
                let kind = view.kind(cx)?;
                Ok(kind.load(cx, &view.item(offset)))
            }
            Selection::Part(geometry) => self.with(cx, View { geometry, ..view }),
        }
    }

    #[slot(set_item)]
    fn set_item(&self, cx: &mut Context, key: Value, value: Option<Value>) -> Result<()> {
        let view = self.view(cx)?;
        if view.readonly {
            return Err(cx.type_error("cannot modify read-only memory"));
        }
        let Some(value) = value else { return Err(cx.type_error("cannot delete memory")) };
        match view.geometry.select(cx, key)? {
            Selection::Item(offset) => {
                let kind = view.kind(cx)?;
                let item = kind.store(cx, value, &view.format)?;
                // Converting the value may have run Python code that gave the memory up.
                let view = self.view(cx)?;
                view.set_item(offset, &item);
                Ok(())
            }
            Selection::Part(geometry) => {
                self.view(cx)?;
                if geometry.shape.len() != 1 {
                    return Err(unsupported(cx, "memoryview slice assignments are currently restricted to ndim = 1"));
                }
                let source = Buffer::get(cx, value, Request::FULL_READ)?;
                let source = new(cx, source)?;
                let source = source.value();
                let Some(source) = source.cast::<ViewObject>() else { return Err(released(cx)) };
                let source = source.view(cx)?;
                let same = source.geometry.shape == geometry.shape
                    && Kind::of_format(&source.format) == Kind::of_format(&view.format)
                    && source.geometry.item_size == geometry.item_size;
                if !same {
                    return Err(cx.value_error("memoryview assignment: lvalue and rvalue have different structures"));
                }
                let bytes = source.bytes(false);
                for (item, offset) in bytes.chunks_exact(geometry.item_size).zip(geometry.offsets(false)) {
                    view.set_item(offset, item);
                }
                Ok(())
            }
        }
    }

    #[slot(iter)]
    fn iter(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let view = self.view(cx)?;
        match view.geometry.shape.len() {
            0 => Err(cx.type_error("invalid indexing of 0-dim memory")),
            1 => {
                view.kind(cx)?;
                let length = view.geometry.shape[0] as usize;
                NativeObject::new(cx, MemoryIterator { view: Field::new(Owned::new(this)), next: Cell::new(0), length })
            }
            _ => Err(unsupported(cx, "multi-dimensional sub-views are not implemented")),
        }
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, this: Value, other: Value, operation: CompareOp) -> Result<Owned> {
        let equal = match operation {
            CompareOp::Equal | CompareOp::NotEqual => self.equals(cx, this, other)?,
            _ => None,
        };
        Ok(Owned::new(match equal {
            Some(equal) => singleton::boolean(equal == (operation == CompareOp::Equal)),
            None => singleton::not_implemented(),
        }))
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context) -> Result<i64> {
        if let Some(hash) = self.hash.get() {
            return Ok(hash);
        }
        let view = self.view(cx)?;
        if !view.readonly {
            return Err(cx.value_error("cannot hash writable memoryview object"));
        }
        if !matches!(view.format.trim_start_matches('@'), "B" | "b" | "c") {
            return Err(cx.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        let object = self.object.get_or_none();
        let held = self.hold();
        convert::hash(cx, object.value())?;
        drop(held);
        let bytes = BytesObject::new(cx, &view.bytes(false));
        let hash = convert::hash(cx, bytes.value())?;
        self.hash.set(Some(hash));
        Ok(hash)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Owned {
        let released = if self.view.borrow().is_some() { "" } else { "released " };
        StrObject::new(cx, &format!("<{released}memory at {:#x}>", this.0))
    }

    #[slot(buffer)]
    fn lend(&self, cx: &mut Context, this: Value, request: Request) -> Result<Buffer> {
        let view = self.view(cx)?;
        if request.has(Request::WRITABLE) && view.readonly {
            return Err(cx.raise(&BUFFER_ERROR, "memoryview: underlying buffer is not writable"));
        }
        let (c, fortran) = (view.geometry.is_contiguous(false), view.geometry.is_contiguous(true));
        let refused = if request.has(Request::C_CONTIGUOUS) && !c {
            Some("memoryview: underlying buffer is not C-contiguous")
        } else if request.has(Request::FORTRAN_CONTIGUOUS) && !fortran {
            Some("memoryview: underlying buffer is not Fortran contiguous")
        } else if request.has(Request::ANY_CONTIGUOUS) && !c && !fortran {
            Some("memoryview: underlying buffer is not contiguous")
        } else if !request.has(Request::STRIDES) && !c {
            Some("memoryview: underlying buffer is not C-contiguous")
        } else {
            None
        };
        if let Some(message) = refused {
            return Err(cx.raise(&BUFFER_ERROR, message));
        }
        self.exports.add();
        let length = view.geometry.len_bytes();
        let Geometry { item_size, shape, strides, start } = view.geometry;
        let pointer = view.pointer.wrapping_offset(start);
        let release = |owner: Value| {
            if let Some(own) = owner.cast::<ViewObject>() {
                own.exports.remove();
            }
        };
        // SAFETY: (buffer 1) the view's own buffer keeps the memory; the view is not given up while there are exports.
        let lent = unsafe { Buffer::new(this, pointer, length, view.readonly, Some(release)) };
        let lent = if request.has(Request::FORMAT) { lent.with_items(view.format, item_size) } else { lent };
        if shape.len() == 1 && c {
            return Ok(lent);
        }
        if !request.has(Request::DIMENSIONS) {
            return Ok(lent);
        }
        // SAFETY: (buffer 1) the items of the geometry lie within the memory.
        Ok(unsafe { lent.with_dimensions(pointer, length, Dimensions { shape, strides }) })
    }
}

/// The extents that a list or tuple gives.
fn shape_of(cx: &mut Context, shape: Value) -> Result<Vec<isize>> {
    let items = match (shape.cast::<TupleObject>(), shape.cast::<ListObject>()) {
        (Some(tuple), _) => tuple.as_slice().to_vec(),
        (None, Some(list)) => list.as_slice().to_vec(),
        _ => return Err(cx.type_error("shape must be a list or a tuple")),
    };
    let mut extents = Vec::with_capacity(items.len());
    for item in items {
        if !int::is_int_like(item) {
            return Err(cx.type_error("memoryview.cast(): elements of shape must be integers"));
        }
        match int::as_i64(item) {
            Some(extent @ 1..) => extents.push(extent as isize),
            _ => {
                return Err(cx.value_error("memoryview.cast(): elements of shape must be integers > 0"));
            }
        }
    }
    if extents.len() > geometry::DIMENSIONS_MAX {
        let most = geometry::DIMENSIONS_MAX;
        return Err(cx.value_error(format!("memoryview: number of dimensions must not exceed {most}")));
    }
    Ok(extents)
}

fn numbers(cx: &mut Context, numbers: &[isize]) -> Owned {
    let items = numbers.iter().map(|number| int::from_i64(cx, *number as i64)).collect();
    TupleObject::from_owned(cx, items)
}

/// An iterator over the items of a view.
#[native_type("memory_iterator", iterator)]
#[derive(Traverse)]
pub struct MemoryIterator {
    view: Field,
    next: Cell<usize>,
    length: usize,
}

#[methods]
impl MemoryIterator {
    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(held) = self.view.get() else { return Ok(None) };
        let value = held.value();
        let Some(own) = value.cast::<ViewObject>() else { return Ok(None) };
        let view = own.view(cx)?;
        let index = self.next.get();
        let now = view.geometry.shape.first().copied().unwrap_or(0) as usize;
        if index >= self.length.min(now) {
            self.view.set(None);
            return Ok(None);
        }
        self.next.set(index + 1);
        let kind = view.kind(cx)?;
        Ok(Some(kind.load(cx, &view.item(view.geometry.start + index as isize * view.geometry.strides[0]))))
    }
}
