//! Shapes (hidden classes): which attribute lives in which slot of an instance.
//!
//! A shape belongs to one type (so one comparison of shapes implies the type) and is named by a number that is never
//! reused: inline caches and traces compare numbers and hold no counts. The tree of a type grows by one transition for
//! each attribute added in a new order.

use crate::heap::Owned;
use crate::numbers::NumberMap;
use crate::objects::type_object::TypeObject;
use crate::value::Value;

/// The number of a shape; never reused within an interpreter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(transparent)]
pub struct ShapeId(pub u32);

impl ShapeId {
    /// No shape.
    pub const NONE: ShapeId = ShapeId(0);
    /// The instance keeps its attributes in a dict object.
    pub const DICT: ShapeId = ShapeId(1);

    /// The root shape of the nth builtin type that has shapes.
    pub fn of_builtin(number: u32) -> ShapeId {
        assert!(number < BUILTIN_ROOTS_MAX, "more builtin types with attributes than numbers for them");
        ShapeId(2 + number)
    }
}

/// Numbers that are kept for the root shapes of builtin types, which are the same in all interpreters.
const BUILTIN_ROOTS_MAX: u32 = 510;

/// Attributes past this many move an instance to a dict.
pub const SLOTS_MAX: u32 = 64;
/// Entries above which a shape gets a hash index.
const LINEAR_SEARCH_MAX: usize = 8;

/// One node of a type's shape tree.
pub struct Shape {
    pub id: ShapeId,
    pub kind: *const TypeObject,
    /// Attribute names by slot; the tree shares prefixes by copying words, which keeps lookup simple.
    pub names: Box<[Value]>,
    /// Slots stored in the instance itself; later ones are in its overflow array.
    pub inline_slots: u32,
    index: Option<NumberMap<u64, u32>>,
    transitions: Vec<(Value, ShapeId)>,
    /// Owns a count on the name that this shape added.
    _own_name: Option<Owned>,
}

impl Shape {
    fn root(id: ShapeId, kind: &TypeObject, inline_slots: u32) -> Shape {
        Shape { id, kind, names: Box::new([]), inline_slots, index: None, transitions: Vec::new(), _own_name: None }
    }

    /// The slot of an interned name.
    #[inline]
    pub fn slot(&self, name: Value) -> Option<u32> {
        match &self.index {
            Some(index) => index.get(&name.0).copied(),
            None => self.names.iter().position(|own| *own == name).map(|slot| slot as u32),
        }
    }

    pub fn len(&self) -> u32 {
        self.names.len() as u32
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// All shapes of an interpreter, by number.
#[derive(Default)]
pub struct ShapeTable {
    shapes: Vec<Option<Box<Shape>>>,
}

impl ShapeTable {
    /// The shape of a number.
    #[inline(always)]
    pub fn get(&self, id: ShapeId) -> &Shape {
        self.shapes[id.0 as usize].as_ref().expect("a live instance has a live shape")
    }

    fn add(&mut self, make: impl FnOnce(ShapeId) -> Shape) -> ShapeId {
        self.reserve_builtin_roots();
        let id = ShapeId(u32::try_from(self.shapes.len()).expect("fewer than 2^32 shapes"));
        let shape = make(id);
        self.shapes.push(Some(Box::new(shape)));
        id
    }

    /// A new root for `kind`: instances without attributes.
    pub fn add_root(&mut self, kind: &TypeObject, inline_slots: u32) -> ShapeId {
        self.add(|id| Shape::root(id, kind, inline_slots))
    }

    /// Makes the root of a builtin type, which has its number already.
    pub fn set_builtin_root(&mut self, kind: &TypeObject, id: ShapeId) {
        self.reserve_builtin_roots();
        self.shapes[id.0 as usize] = Some(Box::new(Shape::root(id, kind, 0)));
    }

    fn reserve_builtin_roots(&mut self) {
        if self.shapes.is_empty() {
            self.shapes.resize_with(2 + BUILTIN_ROOTS_MAX as usize, || None);
        }
    }

    /// The shape that adds `name` to `from`, and whether it is new. `None` when `from` is full.
    pub fn transition(&mut self, from: ShapeId, name: Value) -> Option<(ShapeId, bool)> {
        let parent = self.get(from);
        if let Some((_, next)) = parent.transitions.iter().find(|(own, _)| *own == name) {
            return Some((*next, false));
        }
        if parent.len() >= SLOTS_MAX {
            return None;
        }
        let mut names = parent.names.to_vec();
        names.push(name);
        let (kind, inline_slots) = (parent.kind, parent.inline_slots);
        let index = (names.len() > LINEAR_SEARCH_MAX)
            .then(|| names.iter().enumerate().map(|(slot, name)| (name.0, slot as u32)).collect());
        let next = self.add(|id| Shape {
            id,
            kind,
            names: names.into_boxed_slice(),
            inline_slots,
            index,
            transitions: Vec::new(),
            _own_name: Some(Owned::new(name)),
        });
        let parent = self.shapes[from.0 as usize].as_mut().expect("looked up above");
        parent.transitions.push((name, next));
        Some((next, true))
    }

    /// Frees the shapes of a dead type. Their numbers are not used again.
    pub fn remove(&mut self, ids: &[ShapeId]) {
        for id in ids {
            self.shapes[id.0 as usize] = None;
        }
    }
}
