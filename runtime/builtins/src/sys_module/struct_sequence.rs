//! Tuples whose items also have names: `sys.version_info` and its like.

use sidewinder_runtime::heap::Immortal;
pub use sidewinder_runtime::native::GetSet;
use sidewinder_runtime::objects::slots::Slots;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::{self, TUPLE, TupleObject};
pub use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

/// Makes the type of a named tuple: its constant, its name with the module, its fields in order.
#[macro_export]
macro_rules! struct_sequence {
    ($( #[doc = $doc:literal] $constant:ident = $name:literal { $( $place:literal $field:literal ),* $(,)? } )*) => {
        $(
            #[doc = $doc]
            pub static $constant: $crate::sys_module::struct_sequence::StaticType =
                $crate::sys_module::struct_sequence::new_type($name, {
                    static FIELDS: &[$crate::sys_module::struct_sequence::GetSet] = &[ $(
                        $crate::sys_module::struct_sequence::GetSet {
                            name: $field,
                            get: |cx, value| $crate::sys_module::struct_sequence::item(cx, value, $place),
                            set: Some($crate::sys_module::struct_sequence::read_only),
                            doc: "",
                        }
                    ),* ];
                    FIELDS
                });
        )*
    };
}

pub use struct_sequence;

/// A type whose fields are the rows of `fields`.
pub const fn new_type(name: &'static str, fields: &'static [GetSet]) -> StaticType {
    Immortal::new(
        TypeObject::builtin(
            name,
            size_of::<TupleObject>(),
            Slots { repr: Some(repr), new: Some(refuse), ..Slots::EMPTY },
        )
        .with_base(&TUPLE.object)
        .with_flags(flags::COLLECTED | flags::TUPLE | flags::SEQUENCE)
        .with_getset(fields),
    )
}

/// An instance with these items.
pub fn make(cx: &mut Context, kind: &'static StaticType, items: Vec<Owned>) -> Result<Owned> {
    crate::type_creation::ensure_ready(cx, kind)?;
    let counts = ["n_fields", "n_sequence_fields"];
    for name in counts {
        let count = Value::from_small_int(kind.getset.len() as i64);
        kind.namespace(cx).set_text(cx, name, count);
    }
    kind.namespace(cx).set_text(cx, "n_unnamed_fields", Value::from_small_int(0));
    Ok(tuple::subclass_instance(cx, &kind.object, items))
}

/// The item at a place.
pub fn item(cx: &mut Context, value: Value, place: usize) -> Result<Owned> {
    match value.cast::<TupleObject>().and_then(|tuple| tuple.as_slice().get(place).copied()) {
        Some(item) => Ok(Owned::new(item)),
        None => Err(cx.index_error("tuple index out of range")),
    }
}

/// Fields cannot be set.
pub fn read_only(cx: &mut Context, _value: Value, _new: Value) -> Result<()> {
    Err(cx.raise(&sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR, "readonly attribute"))
}

fn refuse(cx: &mut Context, kind: &'static TypeObject, _arguments: sidewinder_runtime::Arguments<'_>) -> Result<Owned> {
    Err(cx.type_error(format!("cannot create '{}' instances", kind.name())))
}

/// `sys.version_info(major=3, …)`
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let kind = value.type_of();
    let mut parts = Vec::new();
    for (place, field) in kind.getset.iter().enumerate() {
        let item = item(cx, value, place)?;
        let text = convert::repr(cx, item.value())?;
        parts.push(format!("{}={}", field.name, str::text(text.value()).unwrap_or_default()));
    }
    Ok(StrObject::new(cx, &format!("{}({})", kind.name(), parts.join(", "))))
}
