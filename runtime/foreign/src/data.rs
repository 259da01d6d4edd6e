//! Objects of C: memory of their own, or a place in another object's or in the program's.

use crate::function::Function;
use crate::info::{self, Info, Kind};

use crate::value::{self, Code, move_bytes};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject, NativeType};
use sidewinder_runtime::objects::buffer::{Buffer, Dimensions, Request};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DICT, DictObject};
use sidewinder_runtime::objects::exception::{self, MEMORY_ERROR, RUNTIME_ERROR};
use sidewinder_runtime::objects::iterator::dict_operations;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::{self, TupleObject};
use sidewinder_runtime::objects::{int, module, singleton};
use sidewinder_runtime::operations::{attribute, audit, call, convert, instance};
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};

/// Bytes that lie in the object itself.
const SMALL_BYTES: usize = size_of::<u128>();

/// XXX to be provided
#[native_type("_ctypes._CData", base)]
#[derive(Traverse, Default)]
pub struct CData {
    address: Cell<u64>,
    size: Cell<usize>,
    length: Cell<usize>,
    /// Which item of its base it is.
    index: Cell<i64>,
    /// The memory is this object's.
    owns: Cell<bool>,
    #[plain]
    small: Cell<u128>,
    #[plain]
    block: RefCell<Vec<u128>>,
    /// The object in which this one lies.
    holder: Field,
    /// What has to live as long as this: a dict, if the type has items, or one object.
    objects: Field,
}

impl CData {
    pub fn address(&self) -> u64 {
        self.address.get()
    }

    pub fn size(&self) -> usize {
        self.size.get()
    }

    pub fn length(&self) -> usize {
        self.length.get()
    }

    /// The address that the object holds.
    pub fn pointer(&self) -> u64 {
        value::word_at(self.address())
    }

    pub fn set_pointer(&self, pointer: u64) {
        value::write(self.address(), &pointer.to_le_bytes());
    }

    pub fn owns_memory(&self) -> bool {
        self.owns.get()
    }

    /// The content, copied.
    pub fn bytes(&self) -> Vec<u8> {
        value::bytes_at(self.address(), self.size())
    }

    /// Makes the object's own memory that large; what was in it stays.
    pub fn resize(&self, cx: &mut Context, size: usize) -> Result<()> {
        if size > SMALL_BYTES || !self.block.borrow().is_empty() {
            let mut block = self.block.borrow_mut();
            let needed = size.div_ceil(SMALL_BYTES).max(1);
            let missing = needed.saturating_sub(block.len());
            if size > isize::MAX as usize || block.try_reserve_exact(missing).is_err() {
                drop(block);
                return Err(cx.raise(&MEMORY_ERROR, ""));
            }
            let was_small = block.is_empty();
            let words = needed.max(block.len());
            block.resize(words, 0);
            if was_small {
                block[0] = self.small.get();
            }
            self.address.set(block.as_mut_ptr() as u64);
        } else {
            self.address.set(self.small.as_ptr() as u64);
        }
        self.size.set(size);
        self.owns.set(true);
        Ok(())
    }

    /// Shares what another object keeps.
    pub fn share_objects(&self, objects: Option<Owned>) {
        self.objects.set(objects);
    }

    pub fn held_objects(&self) -> Option<Owned> {
        self.objects.get()
    }
}

/// The object of C that a value is known to be.
pub fn of<'a>(value: Value) -> &'a NativeObject<CData> {
    match value.cast() {
        Some(data) => data,
        None => unreachable!("the caller made it an object of C, or asked"),
    }
}

fn allocate(cx: &mut Context, class: Value, info: &Info) -> Result<Owned> {
    info.is_final.set(true);
    let Some(class) = class.cast::<TypeObject>() else { return Err(cx.type_error("a class is expected")) };
    let made = if class.is_subtype(&Function::type_object().object) {
        NativeObject::allocate(cx, class, Function::default())?
    } else {
        NativeObject::allocate(cx, class, CData::default())?
    };
    let data = of(made.value());
    data.length.set(info.length.get());
    data.size.set(info.size.get());
    Ok(made)
}

/// A new object with memory of its own, which is all zeros.
pub fn create(cx: &mut Context, class: Value) -> Result<Owned> {
    let info = info::required(cx, class)?;
    let made = allocate(cx, class, info)?;
    of(made.value()).resize(cx, info.size.get())?;
    Ok(made)
}

/// An object over memory of the program.
pub fn at_address(cx: &mut Context, class: Value, address: u64) -> Result<Owned> {
    audit::event(cx, "ctypes.cdata", |cx| vec![int::from_u64(cx, address)])?;
    let info = info::required(cx, class)?;
    let made = allocate(cx, class, info)?;
    of(made.value()).address.set(address);
    Ok(made)
}

/// An object in another one's memory.
pub fn part_of(cx: &mut Context, class: Value, base: &NativeObject<CData>, index: i64, address: u64) -> Result<Owned> {
    let info = info::required(cx, class)?;
    let made = allocate(cx, class, info)?;
    let data = of(made.value());
    data.address.set(address);
    data.holder.set(Some(base.to_owned_value()));
    data.index.set(index);
    Ok(made)
}

/// An object with a copy of what is at an address.
pub fn copy_of(cx: &mut Context, class: Value, address: u64) -> Result<Owned> {
    let made = create(cx, class)?;
    let data = of(made.value());
    move_bytes(address, data.address(), data.size());
    Ok(made)
}

/// The object in whose memory this one lies at last.
fn container(target: &NativeObject<CData>) -> Owned {
    let mut place = target.to_owned_value();
    while let Some(base) = of(place.value()).holder.get() {
        place = base;
    }
    place
}

/// What keeps an object's content alive, made if it was not there.
pub fn kept(cx: &mut Context, target: &NativeObject<CData>) -> Owned {
    let container = container(target);
    let data = of(container.value());
    if let Some(objects) = data.objects.get() {
        return objects;
    }
    let made = if data.length() == 0 { Owned::new(singleton::none()) } else { DictObject::new(cx) };
    data.objects.set(Some(made.clone()));
    made
}

/// Keeps an object alive as long as the container of `target`.
pub fn keep(cx: &mut Context, target: &NativeObject<CData>, index: i64, object: Option<Owned>) -> Result<()> {
    let Some(object) = object.filter(|object| object.value() != singleton::none()) else { return Ok(()) };
    let objects = kept(cx, target);
    if !objects.value().has_type(&DICT.object) {
        of(container(target).value()).objects.set(Some(object));
        return Ok(());
    }
    let mut key = format!("{:x}", index as i32);
    let mut place = target.to_owned_value();
    while let Some(base) = of(place.value()).holder.get() {
        if key.len() > 256 - 1 - 2 * size_of::<isize>() {
            return Err(cx.value_error("ctypes object structure too deep"));
        }
        key.push_str(&format!(":{:x}", of(place.value()).index.get() as i32));
        place = base;
    }
    let key = StrObject::new(cx, &key);
    dict::of(objects.value()).set(cx, key.value(), object.value())
}

/// Where an item is, of which type, and how it is read where that differs from its type's own way.
#[derive(Clone, Copy)]
pub struct Item {
    pub class: Value,
    pub code: Code,
    pub index: i64,
    pub size: usize,
    pub address: u64,
}

/// The value of an item: a number or a string, or an object in this one's memory.
pub fn get_item(cx: &mut Context, base: &NativeObject<CData>, item: Item) -> Result<Owned> {
    if item.code.is_some() {
        return value::get(cx, item.code, item.address, item.size);
    }
    if let Some(info) = info::of_type(item.class)
        && info.code.get().is_some()
        && !is_derived_simple(item.class)
    {
        return value::get(cx, info.code.get(), item.address, item.size);
    }
    part_of(cx, item.class, base, item.index, item.address)
}

/// Sets an item.
pub fn set_item(cx: &mut Context, base: &NativeObject<CData>, item: Item, new: Value) -> Result<()> {
    let kept = store_item(cx, item, new)?;
    keep(cx, base, item.index, kept)
}

fn store_item(cx: &mut Context, item: Item, new: Value) -> Result<Option<Owned>> {
    if item.code.is_some() {
        return value::set(cx, item.code, item.address, new, item.size);
    }
    let name = item.class.cast::<TypeObject>().map_or("?", TypeObject::name);
    let info = info::of_type(item.class);
    let is_pointer = info.is_some_and(|info| info.kind == Kind::Pointer);
    let Some(source) = new.cast::<NativeObject<CData>>() else {
        if let Some(info) = info
            && info.code.get().is_some()
        {
            return value::set(cx, info.code.get(), item.address, new, item.size);
        }
        if let Some(arguments) = new.cast::<TupleObject>() {
            let arguments: Vec<Value> = arguments.as_slice().to_vec();
            let made = call::call(cx, item.class, &arguments);
            let made = made.map_err(|_| extend(cx, None, &format!("({name}) ")))?;
            return store_item(cx, item, made.value());
        }
        if new == singleton::none() && is_pointer {
            value::write(item.address, &[0; 8]);
            return Ok(None);
        }
        let found = new.type_of().name();
        return Err(cx.type_error(format!("expected {name} instance, got {found}")));
    };
    if instance::is_instance(cx, new, item.class)? {
        move_bytes(source.address(), item.address, item.size.min(source.size()));
        return Ok(Some(kept(cx, source)));
    }
    let found = new.type_of().name();
    if is_pointer
        && let Some(array) = info::of_object(new).filter(|array| array.kind == Kind::Array)
        && info.map(|info| info.item.get().map(|item| item.value())) == Some(array.item.get().map(|item| item.value()))
    {
        value::write(item.address, &source.address().to_le_bytes());
        let kept = kept(cx, source);
        // The array itself is kept, too: the pointer leads to its memory.
        return Ok(Some(TupleObject::pair(cx, kept, Owned::new(new))));
    }
    Err(cx.type_error(format!("incompatible types, {found} instance instead of {name} instance")))
}

/// Whether a type derives from a simple type such as `c_int`: its values stay objects.
pub fn is_derived_simple(class: Value) -> bool {
    info::of_type(class).is_some_and(|info| info.kind == Kind::Simple) && info::of_base(class).is_some()
}

/// The pending exception as one of another class, with a text in front. Without a class it is a `RuntimeError`.
#[cold]
pub fn extend(cx: &mut Context, class: Option<Owned>, prefix: &str) -> Raised {
    let old = cx.take_pending();
    let kind = sidewinder_runtime::operations::dunder::type_slots::plain_name(old.value().type_of());
    let text = match convert::str(cx, old.value()) {
        Ok(text) => str::text(text.value()).unwrap_or_default().into_owned(),
        Err(_) => {
            drop(cx.take_pending());
            "???".to_string()
        }
    };
    let text = StrObject::new(cx, &format!("{prefix}{kind}: {text}"));
    match class {
        None => exception::raise_with(cx, &RUNTIME_ERROR, text.value()),
        Some(class) => match call::call(cx, class.value(), &[text.value()]) {
            Ok(made) => exception::raise(cx, made),
            Err(raised) => raised,
        },
    }
}

/// Whether a buffer's items lie next to each other, the last index varying fastest.
pub fn is_contiguous(buffer: &Buffer) -> bool {
    let Some(Dimensions { shape, strides }) = buffer.dimensions() else { return true };
    let mut expected = buffer.item_size() as isize;
    let pairs: Vec<_> = shape.iter().zip(strides).collect();
    pairs.into_iter().rev().all(|(length, stride)| {
        let fits = *length <= 1 || *stride == expected;
        expected *= length;
        fits
    }) || buffer.is_empty()
}

#[methods]
impl CData {
    #[new(name = "_CData")]
    fn new(
        cx: &mut Context,
        class: &'static TypeObject,
        _arguments: sidewinder_runtime::Arguments<'_>,
    ) -> Result<Owned> {
        Err(cx.type_error(format!("cannot create '{}' instances", class.name())))
    }

    /// the base object
    #[get(member, name = "_b_base_")]
    fn base(&self) -> Option<Owned> {
        self.holder.get()
    }

    /// whether the object owns the memory or not
    #[get(member, name = "_b_needsfree_")]
    fn needs_free(&self) -> i32 {
        self.owns.get().into()
    }

    /// internal objects tree (NEVER CHANGE THIS OBJECT!)
    #[get(member, name = "_objects")]
    fn objects(&self) -> Option<Owned> {
        self.objects.get()
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context) -> Result<i64> {
        Err(cx.type_error("unhashable type"))
    }

    #[slot(buffer)]
    fn buffer(this: &NativeObject<CData>, cx: &mut Context, _request: Request) -> Result<Buffer> {
        let class = this.value().type_of().value();
        let info = info::required(cx, class)?;
        let mut item_size = info.size.get();
        let mut item = info.item.get().filter(|_| info.kind == Kind::Array);
        while let Some(inner) = item.as_ref().and_then(|item| info::of_type(item.value())) {
            item_size = inner.size.get();
            item = inner.item.get().filter(|_| inner.kind == Kind::Array);
        }
        let pointer = std::ptr::with_exposed_provenance_mut::<u8>(this.address() as usize);
        let (format, size) = (info.format(), this.size());
        let format = if format.is_empty() { "B".to_string() } else { format };
        let shape = info.shape.borrow().clone();
        let mut stride = item_size as isize;
        let mut strides = vec![0; shape.len()];
        for (place, length) in strides.iter_mut().zip(&shape).rev() {
            *place = stride;
            stride *= length;
        }
        // SAFETY: (foreign 1), (buffer 1) the memory is this object's, or is kept by it, or the program says that it is there;
        // the shape is that of the type, which has its size from it.
        unsafe {
            let buffer = Buffer::new(this.value(), pointer, size, false, None).with_items(format, item_size);
            Ok(buffer.with_dimensions(pointer, size, Dimensions { shape, strides }))
        }
    }

    /// default __ctypes_from_outparam__ method returns self.
    #[method(name = "__ctypes_from_outparam__")]
    fn from_outparam(this: Value) -> Owned {
        Owned::new(this)
    }

    #[method(name = "__reduce__")]
    fn reduce(this: &NativeObject<CData>, cx: &mut Context) -> Result<Owned> {
        let class = this.value().type_of().value();
        if info::required(cx, class)?.has_pointer.get() {
            return Err(cx.value_error("ctypes objects containing pointers cannot be pickled"));
        }
        let own = attribute::get_text(cx, this.value(), "__dict__")?;
        let content = BytesObject::new(cx, &this.bytes());
        let module = sidewinder_runtime::operations::import::module(cx, "_ctypes")?;
        let Some(unpickle) = module::of(module.value()).namespace().get_text(cx, "_unpickle").map(Owned::new) else {
            return Err(cx.type_error("_ctypes._unpickle is missing"));
        };
        let state = TupleObject::pair(cx, own, content);
        let arguments = TupleObject::pair(cx, Owned::new(class), state);
        Ok(TupleObject::pair(cx, unpickle, arguments))
    }

    #[method(name = "__setstate__")]
    fn set_state(this: &NativeObject<CData>, cx: &mut Context, own: &DictObject, content: Buffer) -> Result<()> {
        let bytes = content.as_slice();
        value::write(this.address(), &bytes[..bytes.len().min(this.size())]);
        let place = attribute::get_text(cx, this.value(), "__dict__")?;
        if place.value().cast::<DictObject>().is_none() {
            let (name, found) = (this.value().type_of().name(), place.value().type_of().name());
            return Err(cx.type_error(format!("{name}.__dict__ must be a dictionary, not {found}")));
        }
        dict_operations::update(cx, dict::of(place.value()), Value::from_pointer(own))
    }
}

/// The items of a tuple, each with a count of its own.
pub fn items_of(value: &Owned) -> Vec<Owned> {
    tuple::plain_items(value.value()).unwrap_or_default().iter().map(|item| Owned::new(*item)).collect()
}
