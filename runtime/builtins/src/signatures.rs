//! Text signatures of builtin types, their methods and functions, as CPython has them: what `inspect.signature` reads. The
//! table is written by `signatures.py`. Natives whose signature is made from their parameters need no row.

use sidewinder_runtime::TypeObject;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Lines of a full name, a tab and a signature.
const TABLE: &str = include_str!("signatures.txt");

/// The signature of what has this full name: `len`, `sys.exit`, `int`, `int.from_bytes`.
pub fn find(name: &str) -> Option<&'static str> {
    static ROWS: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| TABLE.lines().filter_map(|line| line.split_once('\t')).collect());
    rows.get(name).copied()
}

/// That of a method which a type has or inherits.
pub fn of_method(class: &TypeObject, name: &str) -> Option<&'static str> {
    match name {
        "__new__" => Some("($type, *args, **kwargs)"),
        "__class_getitem__" => Some("($type, object, /)"),
        _ => class.mro().iter().find_map(|class| find(&format!("{}.{name}", class.name()))),
    }
}
