//! Tuples whose items also have names: `sys.version_info`, `os.stat_result`, `time.struct_time` and their like.
//!
//! Items past the shown ones can only be reached by name; they lie behind the tuple's end, within the size that the type
//! has. Places without a name are shown, too (`os.stat_result` has three).

use crate::context::{Context, Raised, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::module::short_name;
use crate::native::{Arguments, GetSet, Native};
use crate::objects::dict::{self, DictObject};
use crate::objects::iterator::arguments::Signature;
use crate::objects::list::ListObject;
use crate::objects::module::ModuleObject;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrBuilder};
use crate::objects::tuple::{self, ITEMS_OFFSET, TUPLE, TupleObject, push_repr, tuple_bytes};
use crate::objects::type_object::{StaticType, TypeObject, flags};
use crate::objects::{exception, singleton};
use crate::operations::{convert, iterate};
use crate::value::Value;

/// A type of such tuples; `struct_sequence!` makes one.
pub struct StructSequence {
    pub kind: StaticType,
    /// Items that belong to the tuple; further ones have names only.
    pub shown: usize,
    /// All items.
    pub places: usize,
}

/// Makes types of named tuples: the constant, the name with the module, how many items are shown, the names by place,
/// each with its documentation. `by refuse` in front of the braces: programs cannot make objects of it.
#[macro_export]
macro_rules! struct_sequence {
    ($(
        $( #[doc = $doc:literal] )*
        $constant:ident = $name:literal shows $shown:literal $( by $make:path )? {
            $( $place:literal $field:literal $( $about:literal )? ),* $(,)?
        }
    )*) => { $(
        #[doc = concat!("The type `", $name, "`.")]
        pub static $constant: $crate::objects::struct_sequence::StructSequence = {
            static FIELDS: &[$crate::native::GetSet] = &[ $(
                $crate::native::GetSet {
                    name: $field,
                    get: $crate::objects::struct_sequence::get::<$place>,
                    set: Some($crate::objects::struct_sequence::read_only),
                    doc: concat!("", $( $about )?),
                }
            ),* ];
            const PLACES: &[usize] = &[ $( $place ),* ];
            const DOC: &str = concat!($( $doc, "\n" ),*);
            const MAKE: &[$crate::objects::struct_sequence::Make] =
                &[ $( $make, )? $crate::objects::struct_sequence::new ];
            $crate::objects::struct_sequence::StructSequence::new($name, DOC, FIELDS, PLACES, $shown, MAKE[0])
        };
    )* };
}

/// A constructor.
pub type Make = fn(&mut Context, &'static TypeObject, Arguments<'_>) -> Result<Owned>;

impl StructSequence {
    /// A type whose names are the rows of `fields`, at `places` in ascending order.
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        fields: &'static [GetSet],
        places: &'static [usize],
        shown: usize,
        make: Make,
    ) -> StructSequence {
        let count = if places.is_empty() { shown } else { places[places.len() - 1] + 1 };
        let slots = Slots {
            repr: Some(repr),
            new: Some(make),
            traverse: Some(traverse),
            release: Some(release),
            size: Some(size),
            ..Slots::EMPTY
        };
        let kind = TypeObject::builtin(name, tuple_bytes(count), slots)
            .with_base(&TUPLE.object)
            .with_flags(flags::COLLECTED | flags::TUPLE | flags::SEQUENCE)
            .with_methods(METHODS)
            .with_getset(fields)
            .with_doc(doc.trim_ascii());
        StructSequence { kind: Immortal::new(kind), shown, places: count }
    }

    /// Completes the type, unless that was done before.
    pub fn ensure_ready(&'static self, cx: &mut Context) -> Result<()> {
        if self.kind.is_ready(cx) {
            return Ok(());
        }
        self.kind.object.ensure_ready(cx)?;
        let namespace = self.kind.namespace(cx);
        let named = self.kind.getset.len();
        for (name, count) in [(SHOWN, self.shown), ("n_fields", self.places), ("n_unnamed_fields", self.places - named)]
        {
            namespace.set_text(cx, name, Value::from_small_int(count as i64));
        }
        let names = self.kind.getset.iter().zip(0..self.shown_names()).map(|(field, _)| field.name);
        let names = names.map(|name| str::intern(cx, name)).collect();
        let names = TupleObject::from_owned(cx, names);
        namespace.set_text(cx, "__match_args__", names.value());
        self.kind.modified(cx);
        Ok(())
    }

    /// How many of the shown items have names.
    fn shown_names(&self) -> usize {
        self.shown - (self.places - self.kind.getset.len())
    }

    /// Completes the type and enters it into a module.
    pub fn add_to(&'static self, cx: &mut Context, module: &ModuleObject) -> Result<()> {
        self.ensure_ready(cx)?;
        module.namespace().set_text(cx, short_name(self.kind.name()), self.kind.value());
        Ok(())
    }

    /// An object with all these items.
    pub fn make(&'static self, cx: &mut Context, items: Vec<Owned>) -> Result<Owned> {
        self.ensure_ready(cx)?;
        debug_assert_eq!(items.len(), self.places);
        Ok(tuple::partly_shown_instance(cx, &self.kind, items, self.shown))
    }
}

/// The attribute of a type that says how many items are shown.
const SHOWN: &str = "n_sequence_fields";

static METHODS: &[Native] = &[
    Native::new("__reduce__", 0, 0, reduce, ""),
    Native::with_keywords(
        "__replace__",
        replace,
        "Return a copy of the structure with new values for the specified fields.",
    ),
];

/// How many items objects of the type have, those behind the end included.
fn places(kind: &TypeObject) -> usize {
    (kind.basic_bytes.get() as usize - ITEMS_OFFSET) / size_of::<Value>()
}

/// How many items objects of the type show.
fn shown(cx: &mut Context, kind: &TypeObject) -> usize {
    kind.namespace(cx).get_text(cx, SHOWN).map_or(0, |count| count.int() as usize)
}

/// The name of the item at a place behind the unnamed ones.
fn hidden_name(kind: &TypeObject, place: usize) -> &'static str {
    kind.getset[place - (places(kind) - kind.getset.len())].name
}

/// All items, those behind the end included.
fn items(value: &Value) -> &[Value] {
    // SAFETY: (objects 3) an object of such a type has as many items as the type says.
    unsafe {
        let first = (value.header() as *const u8).add(ITEMS_OFFSET) as *const Value;
        std::slice::from_raw_parts(first, places(value.type_of()))
    }
}

/// All items of an object of such a type, with counts of their own; `None` for other objects.
pub fn owned_items(value: Value, of: &'static StructSequence) -> Option<Vec<Owned>> {
    value.has_type(&of.kind).then(|| items(&value).iter().map(|item| Owned::new(*item)).collect())
}

/// The item at a place: what reads a field.
pub fn get<const PLACE: usize>(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(Owned::new(items(&value)[PLACE]))
}

/// Fields cannot be set.
pub fn read_only(cx: &mut Context, _value: Value, _new: Value) -> Result<()> {
    Err(cx.raise(&exception::ATTRIBUTE_ERROR, "readonly attribute"))
}

/// The constructor of types that programs cannot make objects of.
pub fn refuse(cx: &mut Context, kind: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
    Err(cx.type_error(format!("cannot create '{}' instances", kind.name())))
}

static SIGNATURE: Signature<2> = Signature {
    function: "structseq",
    names: ["sequence", "dict"],
    positional_only: 0,
    positional: 2,
    required: 1,
    rest: false,
    open: false,
};

/// `kind(sequence, dict={})`: the dict has items that the sequence leaves away.
pub fn new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let [Some(sequence), hidden] = SIGNATURE.bind(cx, arguments)? else { unreachable!("it is required") };
    let name = kind.name();
    let mut items = match sequence.type_of().slots() {
        slots if slots.iter.is_none() && slots.get_item.is_none() => {
            return Err(cx.type_error("constructor requires a sequence"));
        }
        _ => iterate::collect(cx, sequence)?,
    };
    let hidden = match hidden {
        None => None,
        Some(value) => match value.cast::<DictObject>() {
            Some(dict) => Some(dict),
            None => return Err(cx.type_error(format!("{name}() takes a dict as second arg, if any"))),
        },
    };
    let (least, most, given) = (shown(cx, kind), places(kind), items.len());
    if given < least || given > most {
        let (limit, bound) = match (least == most, given < least) {
            (true, _) => ("a", most),
            (false, true) => ("an at least", least),
            (false, false) => ("an at most", most),
        };
        return Err(cx.type_error(format!("{name}() takes {limit} {bound}-sequence ({given}-sequence given)")));
    }
    let mut found = 0;
    for place in given..most {
        let key = hidden_name(kind, place);
        let value = hidden.and_then(|dict| dict.get_text(cx, key)).map(Owned::new);
        found += value.is_some() as usize;
        items.push(value.unwrap_or_else(|| Owned::new(singleton::none())));
    }
    if hidden.is_some_and(|dict| dict.len() > found) {
        return Err(cx.type_error(format!("{name}() got duplicate or unexpected field name(s)")));
    }
    Ok(tuple::partly_shown_instance(cx, kind, items, least))
}

/// `sys.version_info(major=3, …)`
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let kind = value.type_of();
    let mut text = StrBuilder::new();
    text.push_text(kind.name());
    for (place, field) in kind.getset.iter().enumerate().take(shown(cx, kind)) {
        text.push_text(if place == 0 { "(" } else { ", " });
        text.push_text(field.name);
        text.push_text("=");
        push_repr(cx, &mut text, items(&value)[place])?;
    }
    text.push_text(")");
    Ok(text.finish(cx))
}

fn reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    let (kind, all) = (value.type_of(), items(&value));
    let shown = shown(cx, kind);
    let hidden = DictObject::new(cx);
    for (place, item) in all.iter().enumerate().skip(shown) {
        dict::of(hidden.value()).set_text(cx, hidden_name(kind, place), *item);
    }
    let sequence = TupleObject::new(cx, &all[..shown]);
    let contents = TupleObject::pair(cx, sequence, hidden);
    Ok(TupleObject::pair(cx, Owned::new(kind.value()), contents))
}

fn replace(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let value = arguments.values[0];
    let kind = value.type_of();
    if arguments.positionals().len() > 1 {
        return Err(cx.type_error("__replace__() takes no positional arguments"));
    }
    if places(kind) != kind.getset.len() {
        let name = kind.name();
        return Err(cx.type_error(format!("__replace__() is not supported for {name} because it has unnamed field(s)")));
    }
    let mut items: Vec<Owned> = items(&value).iter().map(|item| Owned::new(*item)).collect();
    let mut unexpected = Vec::new();
    for (key, new) in arguments.keywords() {
        match kind.getset.iter().position(|field| str::equals_text(key, field.name)) {
            Some(place) => items[place] = Owned::new(new),
            None => unexpected.push(Owned::new(key)),
        }
    }
    if !unexpected.is_empty() {
        return Err(unexpected_names(cx, unexpected));
    }
    let shown = shown(cx, kind);
    Ok(tuple::partly_shown_instance(cx, kind, items, shown))
}

#[cold]
fn unexpected_names(cx: &mut Context, names: Vec<Owned>) -> Raised {
    let names = ListObject::new(cx, names);
    match convert::repr(cx, names.value()) {
        Ok(text) => {
            let text = str::text(text.value()).unwrap_or_default().into_owned();
            cx.type_error(format!("Got unexpected field name(s): {text}"))
        }
        Err(raised) => raised,
    }
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    items(&Value::from_pointer(header)).iter().for_each(|item| visit(*item));
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    items(&Value::from_pointer(header)).iter().rev().for_each(|item| children.push(*item));
}

unsafe fn size(header: *mut Header) -> usize {
    Value::from_pointer(header).type_of().basic_bytes.get() as usize
}
