//! `__slots__` of a class statement.

use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::type_object::{TYPE, flags};
use sidewinder_runtime::operations::dunder::layout;
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

/// What `__slots__` (or its absence) says about a class.
pub struct SlotNames {
    pub declared: bool,
    /// Interned, mangled and sorted, without `__dict__` and `__weakref__`.
    pub names: Vec<Owned>,
    /// Whether instances get a `__dict__` or weak references that the best base's lack.
    pub has_dict: bool,
    pub has_weak: bool,
}

/// Reads `__slots__` from the namespace of the class `name`, whose layout extends `base`.
pub fn read(
    cx: &mut Context,
    name: Value,
    base: &'static TypeObject,
    bases: &[Value],
    namespace: &DictObject,
) -> Result<SlotNames> {
    let may_add_dict = !base.has_flag(flags::HAS_DICT) && !base.is_subtype(&TYPE);
    let may_add_weak = !base.has_flag(flags::HAS_WEAK) && !layout::has_item_size(base);
    let key = cx.interpreter().names.slots;
    let Some(declared) = namespace.get_interned(key).map(Owned::new) else {
        return Ok(SlotNames { declared: false, names: Vec::new(), has_dict: may_add_dict, has_weak: may_add_weak });
    };
    let items =
        if str::is_str(declared.value()) { vec![declared] } else { iterate::collect_unasked(cx, declared.value())? };
    if !items.is_empty() && layout::has_item_size(base) {
        let base = base.name();
        return Err(cx.type_error(format!("nonempty __slots__ not supported for subtype of '{base}'")));
    }
    let mut found = SlotNames { declared: true, names: Vec::new(), has_dict: false, has_weak: false };
    let class_name = str::text(name).unwrap_or_default().into_owned();
    for item in &items {
        let Some(text) = str::text(item.value()) else {
            let actual = item.value().type_of().name();
            return Err(cx.type_error(format!("__slots__ items must be strings, not '{actual}'")));
        };
        match &*text {
            "__dict__" if !may_add_dict || found.has_dict => {
                return Err(cx.type_error("__dict__ slot disallowed: we already got one"));
            }
            "__weakref__" if !may_add_weak || found.has_weak => {
                return Err(cx.type_error("__weakref__ slot disallowed: we already got one"));
            }
            "__dict__" => found.has_dict = true,
            "__weakref__" => found.has_weak = true,
            text => {
                let slot = slot_name(cx, &class_name, text, namespace)?;
                if !found.names.iter().any(|other| other.value() == slot.value()) {
                    found.names.push(slot);
                }
            }
        }
    }
    found.names.sort_by_key(|name| str::text(name.value()).unwrap_or_default().into_owned());
    for other in bases.iter().filter_map(|base| base.cast::<TypeObject>()) {
        found.has_dict |= may_add_dict && other.has_flag(flags::HAS_DICT);
        found.has_weak |= may_add_weak && other.has_flag(flags::HAS_WEAK);
    }
    Ok(found)
}

fn slot_name(cx: &mut Context, class_name: &str, text: &str, namespace: &DictObject) -> Result<Owned> {
    if !is_identifier(text) {
        return Err(cx.type_error("__slots__ must be identifiers"));
    }
    let slot = str::intern(cx, &mangle(class_name, text));
    let names = &cx.interpreter().names;
    let class_only = slot.value() == names.qualname || slot.value() == names.classcell;
    if !class_only && namespace.get_interned(slot.value()).is_some() {
        let text = str::text(slot.value()).unwrap_or_default().into_owned();
        return Err(cx.value_error(format!("'{text}' in __slots__ conflicts with class variable")));
    }
    Ok(slot)
}

fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    let starts = characters.next().is_some_and(|first| first == '_' || first.is_alphabetic());
    starts && characters.all(|other| other == '_' || other.is_alphanumeric())
}

/// The name under which `__x` inside a class is stored.
pub fn mangle(class_name: &str, name: &str) -> String {
    let class_name = class_name.trim_start_matches('_');
    let private = name.starts_with("__") && !name.ends_with("__") && !name.contains('.');
    if private && !class_name.is_empty() { format!("_{class_name}{name}") } else { name.to_string() }
}
