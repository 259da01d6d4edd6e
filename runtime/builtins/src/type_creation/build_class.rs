//! `__build_class__`: what a class statement calls.

use super::calculate_metaclass;
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::cell::CellObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{TYPE, flags};
use sidewinder_runtime::operations::{attribute, call, convert, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, TypeObject, Value};

/// The row of `builtins.__build_class__`.
pub static FUNCTIONS: &[Native] = &[Native::with_keywords(
    "__build_class__",
    build_class,
    "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\n\
     Internal helper function used by the class statement.",
)];

/// `__build_class__(function, name, *bases, metaclass=None, **keywords)`. The function is the class body; it takes the
/// namespace as its only argument.
fn build_class(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let [function, name, original @ ..] = arguments.positionals() else {
        return Err(cx.type_error("__build_class__: not enough arguments"));
    };
    if function.cast_exact::<FunctionObject>().is_none() {
        return Err(cx.type_error("__build_class__: func must be a function"));
    }
    if !str::is_str(*name) {
        return Err(cx.type_error("__build_class__: name is not a string"));
    }
    let original_tuple = TupleObject::new(cx, original);
    let replaced = resolve_bases(cx, original, &original_tuple)?;
    let bases = replaced.clone().unwrap_or_else(|| original_tuple.clone());
    let (metaclass, keywords) = metaclass(cx, arguments, &bases)?;
    let names: Vec<Value> = keywords.iter().map(|(key, _)| *key).collect();
    let namespace = prepare(cx, metaclass.value(), *name, bases.value(), &keywords, &names)?;
    call::call(cx, *function, &[namespace.value()])?;
    let cell = class_cell(cx, namespace.value());
    if replaced.is_some() {
        let key = cx.interpreter().names.orig_bases;
        subscript::set_item(cx, namespace.value(), key, original_tuple.value())?;
    }
    let mut values = vec![*name, bases.value(), namespace.value()];
    values.extend(keywords.iter().map(|(_, value)| *value));
    let class = call::call_with(cx, metaclass.value(), Arguments { values: &values, names: &names })?;
    if let Some(cell) = cell
        && class.value().cast::<TypeObject>().is_some()
    {
        check_cell(cx, &cell, *name, class.value())?;
    }
    Ok(class)
}

/// Replaces bases that are not classes by their `__mro_entries__`; `None` if all are classes.
fn resolve_bases(cx: &mut Context, original: &[Value], tuple: &Owned) -> Result<Option<Owned>> {
    if original.iter().all(|base| base.cast::<TypeObject>().is_some()) {
        return Ok(None);
    }
    let name = cx.interpreter().names.mro_entries;
    let mut bases = Vec::new();
    let mut changed = false;
    for base in original {
        let hook = match base.cast::<TypeObject>() {
            Some(_) => None,
            None => attribute::get_optional(cx, *base, name)?,
        };
        let Some(hook) = hook else {
            bases.push(Owned::new(*base));
            continue;
        };
        let entries = call::call(cx, hook.value(), &[tuple.value()])?;
        let Some(entries) = entries.value().cast::<TupleObject>() else {
            return Err(cx.type_error("__mro_entries__ must return a tuple"));
        };
        bases.extend(entries.as_slice().iter().map(|entry| Owned::new(*entry)));
        changed = true;
    }
    Ok(changed.then(|| TupleObject::from_owned(cx, bases)))
}

type Keywords = Vec<(Value, Value)>;

/// The metaclass of the class to be, and the keywords left for it.
fn metaclass(cx: &mut Context, arguments: Arguments<'_>, bases: &Owned) -> Result<(Owned, Keywords)> {
    let given = arguments.keyword("metaclass");
    let keywords = arguments.keywords().filter(|(key, _)| !str::equals_text(*key, "metaclass")).collect();
    let Some(bases) = bases.value().cast::<TupleObject>() else { return Err(cx.type_error("bases must be a tuple")) };
    let bases = bases.as_slice();
    let chosen = match (given, bases.first()) {
        (Some(given), _) => given,
        (None, Some(first)) => first.type_of().value(),
        (None, None) => TYPE.value(),
    };
    match chosen.cast::<TypeObject>() {
        Some(class) => {
            let winner = calculate_metaclass(cx, class, bases)?;
            Ok((Owned::new(winner.value()), keywords))
        }
        None => Ok((Owned::new(chosen), keywords)),
    }
}

/// The namespace that the class body fills.
fn prepare(
    cx: &mut Context,
    metaclass: Value,
    name: Value,
    bases: Value,
    keywords: &Keywords,
    names: &[Value],
) -> Result<Owned> {
    if metaclass == TYPE.value() {
        return Ok(DictObject::new(cx));
    }
    let key = cx.interpreter().names.prepare;
    let Some(hook) = attribute::get_optional(cx, metaclass, key)? else { return Ok(DictObject::new(cx)) };
    let mut values = vec![name, bases];
    values.extend(keywords.iter().map(|(_, value)| *value));
    let namespace = call::call_with(cx, hook.value(), Arguments { values: &values, names })?;
    let kind = namespace.value().type_of();
    if kind.has_flag(flags::DICT) || kind.slots().get_item.is_some() {
        return Ok(namespace);
    }
    let owner = match metaclass.cast::<TypeObject>() {
        Some(class) => class.name(),
        None => "<metaclass>",
    };
    let actual = kind.name();
    Err(cx.type_error(format!("{owner}.__prepare__() must return a mapping, not {actual}")))
}

/// The `__class__` cell that the body left in the namespace.
fn class_cell(cx: &mut Context, namespace: Value) -> Option<Owned> {
    if !namespace.type_of().has_flag(flags::DICT) {
        return None;
    }
    let key = cx.interpreter().names.classcell;
    let found = dict::of(namespace).get_interned(key)?;
    found.cast_exact::<CellObject>().map(|_| Owned::new(found))
}

/// Checks that the metaclass let `type.__new__` see the cell.
fn check_cell(cx: &mut Context, cell: &Owned, name: Value, class: Value) -> Result<()> {
    let Some(object) = cell.value().cast_exact::<CellObject>() else { return Ok(()) };
    let content = object.content.get();
    if content == class {
        return Ok(());
    }
    Err(wrong_cell(cx, content, name, class))
}

#[cold]
fn wrong_cell(cx: &mut Context, content: Value, name: Value, class: Value) -> Raised {
    let content = (!content.is_unbound()).then(|| Owned::new(content));
    let mut texts = Vec::new();
    for value in [Some(name), Some(class), content.as_ref().map(Owned::value)].into_iter().flatten() {
        match convert::repr(cx, value) {
            Ok(text) => texts.push(str::text(text.value()).unwrap_or_default().into_owned()),
            Err(raised) => return raised,
        }
    }
    match texts.as_slice() {
        [name, class, content] => cx.type_error(format!("__class__ set to {content} defining {name} as {class}")),
        _ => {
            let (name, class) = (&texts[0], &texts[1]);
            let message =
                format!("__class__ not set defining {name} as {class}. Was __classcell__ propagated to type.__new__?");
            cx.raise(&RUNTIME_ERROR, message)
        }
    }
}
