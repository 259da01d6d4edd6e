//! Type parameters in type arguments, and what takes their place: `dict[K, list[V]][int, str]`. How a single parameter
//! is replaced is its own business (`__typing_subst__`, `__typing_prepare_subst__`).

use super::{GENERIC_ALIAS, GenericAlias};
use sidewinder_runtime::objects::list::{LIST, ListObject};
use sidewinder_runtime::objects::tuple::{TUPLE, TupleObject};
use sidewinder_runtime::objects::{singleton, str};
use sidewinder_runtime::operations::{attribute, call, convert, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

/// The items of a tuple or list that stands among type arguments.
fn nested(value: Value) -> Option<Vec<Owned>> {
    let items = value.cast::<TupleObject>().map(TupleObject::as_slice);
    let items = items.or_else(|| value.cast::<ListObject>().map(ListObject::as_slice))?;
    Some(items.iter().map(|item| Owned::new(*item)).collect())
}

fn values(items: &[Owned]) -> Vec<Value> {
    items.iter().map(Owned::value).collect()
}

/// The type parameters in type arguments, each once, in order.
pub fn parameters(cx: &mut Context, arguments: &[Value]) -> Result<Vec<Owned>> {
    let mut found: Vec<Owned> = Vec::new();
    for &argument in arguments {
        if argument.cast::<TypeObject>().is_some() {
            continue;
        }
        let inner = if attribute::get_text_optional(cx, argument, "__typing_subst__")?.is_some() {
            vec![Owned::new(argument)]
        } else if let Some(items) = nested(argument) {
            parameters(cx, &values(&items))?
        } else {
            own_parameters(cx, argument)?
        };
        for parameter in inner {
            if found.iter().all(|known| known.value() != parameter.value()) {
                found.push(parameter);
            }
        }
    }
    Ok(found)
}

/// What an object's `__parameters__` says, if that is a tuple.
fn own_parameters(cx: &mut Context, value: Value) -> Result<Vec<Owned>> {
    let Some(found) = attribute::get_text_optional(cx, value, "__parameters__")? else { return Ok(Vec::new()) };
    Ok(found.value().cast::<TupleObject>().and_then(|_| nested(found.value())).unwrap_or_default())
}

/// The type arguments of `alias` with its parameters replaced by `key`, one argument or a tuple of them.
pub fn substitute(
    cx: &mut Context,
    alias: Value,
    arguments: &[Value],
    parameters: &[Owned],
    key: Value,
) -> Result<Vec<Owned>> {
    if parameters.is_empty() {
        let shown = convert::repr(cx, alias)?;
        let shown = str::text(shown.value()).unwrap_or_default();
        return Err(cx.type_error(format!("{shown} is not a generic class")));
    }
    let mut given = unpacked_arguments(cx, key)?;
    for parameter in parameters {
        let prepare = attribute::get_text_optional(cx, parameter.value(), "__typing_prepare_subst__")?;
        if let Some(prepare) = prepare.filter(|prepare| prepare.value() != singleton::none()) {
            let own = TupleObject::from_owned(cx, given);
            let prepared = call::call(cx, prepare.value(), &[alias, own.value()])?;
            given = match prepared.value().cast::<TupleObject>().and_then(|_| nested(prepared.value())) {
                Some(items) => items,
                None => vec![prepared],
            };
        }
    }
    if given.len() != parameters.len() {
        let shown = convert::repr(cx, alias)?;
        let shown = str::text(shown.value()).unwrap_or_default();
        let few = if given.len() > parameters.len() { "many" } else { "few" };
        let (actual, expected) = (given.len(), parameters.len());
        return Err(cx.type_error(format!("Too {few} arguments for {shown}; actual {actual}, expected {expected}")));
    }
    replace(cx, arguments, parameters, &given)
}

/// The arguments with each parameter replaced by what stands at its place in `given`.
fn replace(cx: &mut Context, arguments: &[Value], parameters: &[Owned], given: &[Owned]) -> Result<Vec<Owned>> {
    let mut replaced = Vec::with_capacity(arguments.len());
    for &argument in arguments {
        if argument.cast::<TypeObject>().is_some() {
            replaced.push(Owned::new(argument));
            continue;
        }
        if let Some(items) = nested(argument).filter(|_| argument.has_type(&TUPLE) || argument.has_type(&LIST)) {
            let items = replace(cx, &values(&items), parameters, given)?;
            let is_list = argument.has_type(&LIST);
            replaced.push(if is_list { ListObject::new(cx, items) } else { TupleObject::from_owned(cx, items) });
            continue;
        }
        let unpacks = match attribute::get_text_optional(cx, argument, "__typing_is_unpacked_typevartuple__")? {
            Some(answer) => convert::truth(cx, answer.value())?,
            None => false,
        };
        let place = parameters.iter().position(|parameter| parameter.value() == argument);
        let new = match (attribute::get_text_optional(cx, argument, "__typing_subst__")?, place) {
            (Some(substitute), Some(place)) => call::call(cx, substitute.value(), &[given[place].value()])?,
            (Some(_), None) => {
                let shown = convert::repr(cx, argument)?;
                let shown = str::text(shown.value()).unwrap_or_default();
                return Err(
                    cx.type_error(format!("argument {shown} with __typing_subst__ was not found in __parameters__"))
                );
            }
            (None, _) => replace_inside(cx, argument, parameters, given)?,
        };
        if !unpacks {
            replaced.push(new);
            continue;
        }
        match nested(new.value()).filter(|_| new.value().cast::<TupleObject>().is_some()) {
            Some(items) => replaced.extend(items),
            None => {
                let (kind, found) = (argument.type_of().name(), new.value().type_of().name());
                let message = format!("expected __typing_subst__ of {kind} objects to return a tuple, not {found}");
                return Err(cx.type_error(message));
            }
        }
    }
    Ok(replaced)
}

/// Subscribes an argument that has parameters itself by what stands at their places.
fn replace_inside(cx: &mut Context, argument: Value, parameters: &[Owned], given: &[Owned]) -> Result<Owned> {
    let own = own_parameters(cx, argument)?;
    if own.is_empty() {
        return Ok(Owned::new(argument));
    }
    let mut key = Vec::with_capacity(own.len());
    for parameter in own {
        let Some(place) = parameters.iter().position(|known| known.value() == parameter.value()) else {
            key.push(parameter);
            continue;
        };
        // A TypeVarTuple, which can be iterated over, stands for several.
        let several = parameter.value().type_of().slots().iter.is_some();
        match given[place].value().cast::<TupleObject>().and_then(|_| nested(given[place].value())) {
            Some(items) if several => key.extend(items),
            _ => key.push(given[place].clone()),
        }
    }
    let key = TupleObject::from_owned(cx, key);
    subscript::get_item(cx, argument, key.value())
}

/// The arguments of a subscription, with tuples of known length that are unpacked there spread out.
fn unpacked_arguments(cx: &mut Context, key: Value) -> Result<Vec<Owned>> {
    let items = match key.cast::<TupleObject>().and_then(|_| nested(key)) {
        Some(items) => items,
        None => vec![Owned::new(key)],
    };
    let mut spread = Vec::with_capacity(items.len());
    for item in items {
        if item.value().cast::<TypeObject>().is_some() {
            spread.push(item);
            continue;
        }
        let inner = match item.value().cast_exact::<GenericAlias>() {
            Some(alias) if alias.is_unpacked_tuple() => Some(Owned::new(alias.arguments)),
            Some(_) => None,
            None => attribute::get_text_optional(cx, item.value(), "__typing_unpacked_tuple_args__")?,
        };
        let inner = inner.and_then(|inner| inner.value().cast::<TupleObject>().map(|_| inner));
        match inner {
            Some(inner) => {
                let inner = iterate::collect(cx, inner.value())?;
                let open = inner.last().is_some_and(|last| last.value() == singleton::ellipsis());
                if open { spread.push(item) } else { spread.extend(inner) }
            }
            None => spread.push(item),
        }
    }
    Ok(spread)
}

/// `alias[key]` of a `GenericAlias`.
pub fn subscribe(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let alias: &GenericAlias = unsafe { value.cast_unchecked() };
    let (_kept, arguments) = (Owned::new(value), alias.items());
    let parameters = super::get_parameters(cx, value)?;
    let parameters = nested(parameters.value()).unwrap_or_default();
    let replaced = substitute(cx, value, arguments, &parameters, key)?;
    let replaced = TupleObject::from_owned(cx, replaced);
    Ok(GenericAlias::make(cx, &GENERIC_ALIAS, alias.origin, replaced.value(), alias.starred))
}
