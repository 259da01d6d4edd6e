//! The module `array`: compact sequences of numbers or characters of one machine type.

mod element;
mod methods;
mod object;
mod pickle;

pub use object::{ARRAY, ARRAY_ITERATOR};

use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::module;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Rows of the functions.
pub static FUNCTIONS: &[Native] =
    &[Native::new("_array_reconstructor", 4, 4, pickle::reconstruct, "Makes the array of a pickle.")];

/// The types of this module with their methods.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[(&ARRAY, methods::METHODS, methods::GETSET)];

/// Fills in the type and the list of type codes.
pub fn fill(cx: &mut Context, value: Value) -> Result<()> {
    let namespace = module::of(value).namespace();
    for name in ["array", "ArrayType"] {
        namespace.set_text(cx, name, ARRAY.value());
    }
    let codes: String = element::ELEMENTS.iter().map(|element| element.code).collect();
    let codes: Owned = StrObject::new(cx, &codes);
    namespace.set_text(cx, "typecodes", codes.value());
    pickle::register(cx)
}
