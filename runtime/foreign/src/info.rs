//! What a type of C is: its size, how its values are read and written, and how libffi passes them.
//!
//! A class whose metaclass is `CType` has an `Info`, which its metaclass's `__init__` makes; the classes from which all derive
//! (`Structure`, `_Pointer`, …) have none.

use crate::call;
use crate::value::Code;
use libffi_sys as ffi;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::exception::SYSTEM_ERROR;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};

use crate::metaclass::C_TYPE;

/// Which of the base classes a type derives from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Simple,
    Structure,
    Union,
    Array,
    Pointer,
    Function,
}

/// A number in a structure: where, and of which type.
#[derive(Clone, Copy, Debug)]
pub struct Leaf {
    pub offset: usize,
    pub letter: u8,
}

/// A structure of more bytes than this never goes through registers, so libffi need not know what is in it.
const REGISTERS_BYTES: usize = 64;

/// What is known of a type.
#[native_type("_ctypes.StgInfo")]
#[derive(Traverse)]
pub struct Info {
    #[plain]
    pub kind: Kind,
    pub size: Cell<usize>,
    pub align: Cell<usize>,
    /// Items of an array, fields of a structure.
    pub length: Cell<usize>,
    /// How a simple type's value lies in memory.
    #[plain]
    pub code: Cell<Code>,
    /// The type of a pointer's or an array's items.
    pub item: Field,
    /// A pointer, or with one in it: such objects cannot be pickled.
    pub has_pointer: Cell<bool>,
    /// An instance was made, or it is part of another type: fields can be set no more.
    pub is_final: Cell<bool>,
    pub format: RefCell<String>,
    pub shape: RefCell<Vec<isize>>,
    /// The numbers in a small structure.
    #[plain]
    leaves: RefCell<Vec<Leaf>>,
    /// The numbers overlap, or lie where C would not put them.
    pub irregular: Cell<bool>,
    #[plain]
    description: RefCell<Option<Box<Description>>>,
    /// `POINTER` of this type.
    pub pointer_type: Field,
    /// References to arrays of this type, by their length.
    pub arrays: RefCell<Vec<(usize, Owned)>>,
    /// Of types of functions.
    pub function_flags: Cell<u32>,
    pub argument_types: Field,
    pub converters: Field,
    pub result_type: Field,
    pub checker: Field,
}

/// A structure as libffi knows it.
struct Description {
    own: ffi::ffi_type,
    /// The types of its members, with a null at the end, to which the description leads.
    _elements: Vec<*mut ffi::ffi_type>,
}

#[methods]
impl Info {}

impl Info {
    pub fn new(kind: Kind) -> Info {
        Info {
            kind,
            size: Cell::new(0),
            align: Cell::new(1),
            length: Cell::new(0),
            code: Cell::new(Code::default()),
            item: Field::empty(),
            has_pointer: Cell::new(false),
            is_final: Cell::new(false),
            format: RefCell::default(),
            shape: RefCell::default(),
            leaves: RefCell::default(),
            irregular: Cell::new(false),
            description: RefCell::default(),
            pointer_type: Field::empty(),
            arrays: RefCell::default(),
            function_flags: Cell::new(0),
            argument_types: Field::empty(),
            converters: Field::empty(),
            result_type: Field::empty(),
            checker: Field::empty(),
        }
    }

    /// The same for a structure that adds nothing to its base.
    pub fn take_layout(&self, base: &Info) {
        self.size.set(base.size.get());
        self.align.set(base.align.get());
        self.length.set(base.length.get());
        self.has_pointer.set(base.has_pointer.get());
        self.irregular.set(base.irregular.get());
        self.set_format(&base.format());
        *self.leaves.borrow_mut() = base.leaves.borrow().clone();
    }

    pub fn format(&self) -> String {
        self.format.borrow().clone()
    }

    pub fn set_format(&self, format: &str) {
        *self.format.borrow_mut() = format.to_string();
    }

    /// The numbers in a value of this type.
    pub fn leaves(&self) -> Vec<Leaf> {
        match self.kind {
            Kind::Simple => vec![Leaf { offset: 0, letter: self.code.get().letter }],
            Kind::Pointer | Kind::Function => vec![Leaf { offset: 0, letter: b'P' }],
            Kind::Structure | Kind::Union => self.leaves.borrow().clone(),
            Kind::Array => {
                let item = self.item.get();
                let Some(item) = item.as_ref().and_then(|item| of_type(item.value())) else { return Vec::new() };
                if self.size.get() > REGISTERS_BYTES {
                    return Vec::new();
                }
                let (leaves, size) = (item.leaves(), item.size.get());
                let places = 0..self.length.get();
                places.flat_map(|index| leaves.iter().map(move |leaf| leaf.moved(index * size))).collect()
            }
        }
    }

    /// Says what is in a structure.
    pub fn set_leaves(&self, leaves: Vec<Leaf>) {
        *self.description.borrow_mut() = None;
        *self.leaves.borrow_mut() = if self.size.get() > REGISTERS_BYTES { Vec::new() } else { leaves };
    }

    /// The type as libffi describes it; that of a structure lives as long as this.
    pub fn description(&self) -> *mut ffi::ffi_type {
        match self.kind {
            Kind::Simple => call::description_of_letter(self.code.get().letter),
            Kind::Array | Kind::Pointer | Kind::Function => call::description_of_letter(b'P'),
            Kind::Structure | Kind::Union => {
                let mut place = self.description.borrow_mut();
                &raw mut place.get_or_insert_with(|| Box::new(self.describe())).own
            }
        }
    }

    /// A structure's members are its numbers. Where these overlap or lie oddly, what counts is in which kind of register each
    /// eight bytes go: that of integers, if any number in them is one.
    fn describe(&self) -> Description {
        let size = self.size.get();
        let mut leaves = self.leaves.borrow().clone();
        if leaves.is_empty() {
            leaves = vec![Leaf { offset: 0, letter: b'B' }];
        } else if self.irregular.get() && size <= REGISTERS_BYTES && leaves.iter().all(|leaf| leaf.letter != b'g') {
            let part = |start: usize| {
                let mut inside = leaves.iter().filter(|leaf| leaf.overlaps(start, start + 8));
                let left = size - start;
                let all_floats = inside.all(|leaf| b"dfDF".contains(&leaf.letter));
                let letter = match (all_floats, left) {
                    (true, 0..8) => b'f',
                    (true, _) => b'd',
                    (false, 0..2) => b'B',
                    (false, 2..4) => b'H',
                    (false, 4..8) => b'I',
                    (false, _) => b'Q',
                };
                Leaf { offset: start, letter }
            };
            leaves = (0..size).step_by(8).map(part).collect();
        }
        let mut elements: Vec<_> = leaves.iter().map(|leaf| call::description_of_letter(leaf.letter)).collect();
        elements.push(std::ptr::null_mut());
        let own = ffi::ffi_type {
            size,
            alignment: self.align.get().clamp(1, 1 << 15) as u16,
            type_: ffi::FFI_TYPE_STRUCT,
            elements: elements.as_mut_ptr(),
        };
        Description { own, _elements: elements }
    }
}

impl Leaf {
    pub fn moved(self, distance: usize) -> Leaf {
        Leaf { offset: self.offset + distance, letter: self.letter }
    }

    /// Whether the number lies where C puts it behind `end`, the end of the one before.
    pub fn is_regular(self, end: usize) -> bool {
        let (_, align) = Code::of(self.letter).size().unwrap_or((1, 1));
        self.offset == end.next_multiple_of(align)
    }

    /// Where the number ends.
    pub fn end(self) -> usize {
        self.offset + Code::of(self.letter).size().map_or(1, |(size, _)| size)
    }

    fn overlaps(self, start: usize, end: usize) -> bool {
        self.offset < end && start < self.end()
    }
}

/// What is known of a type of C; nothing for other objects and for the classes from which such types derive.
pub fn of_type(value: Value) -> Option<&'static NativeObject<Info>> {
    let kind = value.cast::<TypeObject>()?;
    if !kind.has_flag(flags::HEAP) || !value.type_of().is_subtype(&C_TYPE.object) {
        return None;
    }
    let cx = Context::current();
    kind.state(cx).metaclass_state.as_ref()?.value().cast_exact()
}

/// What is known of an object's type.
pub fn of_object(value: Value) -> Option<&'static NativeObject<Info>> {
    of_type(value.type_of().value())
}

/// What is known of a type. Errors: it is none that objects can have.
pub fn required(cx: &mut Context, class: Value) -> Result<&'static NativeObject<Info>> {
    of_type(class).ok_or_else(|| cx.type_error("abstract class"))
}

/// Notes what is known of a new type.
pub fn install(cx: &mut Context, class: Value, info: Info) -> Result<&'static NativeObject<Info>> {
    let Some(kind) = class.cast::<TypeObject>().filter(|kind| kind.has_flag(flags::HEAP)) else {
        return Err(cx.type_error("a class is expected"));
    };
    if kind.state(cx).metaclass_state.is_some() {
        let message = format!("StgInfo of '{}' is already initialized.", kind.name());
        return Err(cx.raise(&SYSTEM_ERROR, message));
    }
    let made = NativeObject::new(cx, info)?;
    kind.state(cx).metaclass_state = Some(made);
    required(cx, class)
}

/// The class from which a class derives first, if it has storage.
pub fn of_base(class: Value) -> Option<&'static NativeObject<Info>> {
    let base = class.cast::<TypeObject>()?.base.get()?;
    of_type(base.value())
}

/// An item's type as a value, and what is known of it.
pub fn item_of(cx: &mut Context, info: &Info) -> Result<(Owned, &'static NativeObject<Info>)> {
    let item = info.item.get();
    match item.as_ref().and_then(|item| Some((item.clone(), of_type(item.value())?))) {
        Some(found) => Ok(found),
        None => Err(cx.type_error("Cannot create instance: has no _type_")),
    }
}

/// The same for the items of an object.
pub fn item_of_object(cx: &mut Context, object: Value) -> Result<(Owned, &'static NativeObject<Info>)> {
    let info = required(cx, object.type_of().value())?;
    item_of(cx, info)
}

/// Whether a value is a type of C, or one of the classes from which they derive.
pub fn is_c_type(value: Value) -> bool {
    value.cast::<TypeObject>().is_some() && value.type_of().is_subtype(&C_TYPE.object)
}
