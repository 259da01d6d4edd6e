//! The object model and the builtin types, one file each: layout, construction and the slots on hot paths.
//! Methods that are not hot live in the `builtins` crate.

pub mod buffer;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod constant;
pub mod dict;
pub mod exception;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod instance;
pub mod int;
pub mod iterator;
pub mod keyword_names;
pub mod list;
pub mod method;
pub mod module;
pub mod range;
pub mod registry;
pub mod reshape;
pub mod set;
pub mod shape;
pub mod singleton;
pub mod site;
pub mod slice;
pub mod slots;
pub mod str;
pub mod struct_sequence;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_object;
pub mod typing;
pub mod weak;

use type_object::TypeObject;

/// A Rust struct that is the layout of a builtin type's objects. It is `repr(C)` and starts with a `Header`.
pub trait Object {
    fn type_object() -> &'static TypeObject;
}

/// Ties a layout to its static type.
#[macro_export]
macro_rules! object_type {
    ($layout:ty, $type_object:expr) => {
        impl $crate::objects::Object for $layout {
            #[inline(always)]
            fn type_object() -> &'static $crate::objects::type_object::TypeObject {
                &$type_object
            }
        }
    };
}
