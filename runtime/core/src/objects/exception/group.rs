//! Exception groups: taking them apart, for `split` and for `except*` (PEP 654).

use super::BASE_EXCEPTION_GROUP;
use super::special::GROUP_EXCEPTIONS;
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::list::ListObject;
use crate::objects::str::StrObject;
use crate::objects::tuple::TupleObject;
use crate::objects::{exception, singleton, traceback};
use crate::operations::{attribute, call, convert};
use crate::value::Value;
use std::collections::HashSet;

/// Whether a value is an instance of `BaseExceptionGroup`.
pub fn is_group(value: Value) -> bool {
    value.type_of().is_subtype(&BASE_EXCEPTION_GROUP)
}

fn members(value: Value) -> Vec<Owned> {
    let tuple = exception::of(value).field(GROUP_EXCEPTIONS).and_then(|tuple| tuple.cast::<TupleObject>());
    tuple.map_or(Vec::new(), |tuple| tuple.as_slice().iter().map(|item| Owned::new(*item)).collect())
}

/// How `split` chooses exceptions.
pub enum Condition {
    Types(Owned),
    Predicate(Owned),
    /// These very exceptions, by their addresses.
    Instances(HashSet<u64>),
}

/// The condition that an argument of `split` stands for.
pub fn condition(cx: &mut Context, value: Value) -> Result<Condition> {
    let is_class = |value: Value| exception::as_exception_class(value).is_some();
    let tuple = value.cast::<TupleObject>();
    if is_class(value) || tuple.is_some_and(|tuple| tuple.as_slice().iter().all(|item| is_class(*item))) {
        return Ok(Condition::Types(Owned::new(value)));
    }
    if tuple.is_none() && value.type_of().slots().call.is_some() {
        return Ok(Condition::Predicate(Owned::new(value)));
    }
    Err(cx.type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
}

fn matches(cx: &mut Context, value: Value, condition: &Condition) -> Result<bool> {
    match condition {
        Condition::Types(types) => exception::matches(cx, value, types.value()),
        Condition::Instances(addresses) => Ok(!is_group(value) && addresses.contains(&value.0)),
        Condition::Predicate(predicate) => {
            let result = call::call(cx, predicate.value(), &[value])?;
            convert::truth(cx, result.value())
        }
    }
}

/// The matching part and the rest of an exception tree; absent where empty.
pub fn split_tree(cx: &mut Context, value: Value, condition: &Condition) -> Result<(Option<Owned>, Option<Owned>)> {
    cx.check_native_stack(" in exceptiongroup_split_recursive")?;
    if matches(cx, value, condition)? {
        return Ok((Some(Owned::new(value)), None));
    }
    if !is_group(value) {
        return Ok((None, Some(Owned::new(value))));
    }
    let (mut matching, mut rest) = (Vec::new(), Vec::new());
    for member in members(value) {
        let (first, second) = split_tree(cx, member.value(), condition)?;
        matching.extend(first);
        rest.extend(second);
    }
    let matching = subset(cx, value, matching)?;
    let rest = subset(cx, value, rest)?;
    Ok((matching, rest))
}

/// A group like `value` with other members: `derive`, then what describes where the exception came from.
fn subset(cx: &mut Context, value: Value, chosen: Vec<Owned>) -> Result<Option<Owned>> {
    if chosen.is_empty() {
        return Ok(None);
    }
    let list = ListObject::new(cx, chosen);
    let made = call::call_method(cx, value, "derive", &[list.value()])?;
    if !is_group(made.value()) {
        return Err(cx.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (own, new) = (exception::of(value), exception::of(made.value()));
    new.set_traceback(own.traceback().map(Owned::new));
    new.set_context(own.context().map(Owned::new));
    new.set_cause(own.cause().map(Owned::new));
    new.suppress_context.set(own.suppress_context.get());
    let name = cx.interpreter().names.notes;
    if let Some(notes) = attribute::get_optional(cx, value, name)?
        && let Some(list) = notes.value().cast::<ListObject>()
    {
        let values = list.as_slice().to_vec();
        let copy = ListObject::from_values(cx, &values);
        attribute::set(cx, made.value(), name, copy.value())?;
    }
    Ok(Some(made))
}

/// A group without a message of its own.
fn plain_group(cx: &mut Context, exceptions: Vec<Owned>) -> Result<Owned> {
    let message = StrObject::new(cx, "");
    let list = ListObject::new(cx, exceptions);
    call::call(cx, BASE_EXCEPTION_GROUP.value(), &[message.value(), list.value()])
}

/// An error unless `except*` may name the class, or tuple of classes.
fn check_star_class(cx: &mut Context, class: Value) -> Result<()> {
    let single = [class];
    let classes = class.cast::<TupleObject>().map_or(&single[..], TupleObject::as_slice);
    for &class in classes {
        let Some(class) = exception::as_exception_class(class) else {
            let message = "catching classes that do not inherit from BaseException is not allowed";
            return Err(cx.type_error(message));
        };
        if class.is_subtype(&BASE_EXCEPTION_GROUP) {
            let message = "catching ExceptionGroup with except* is not allowed. Use except instead.";
            return Err(cx.type_error(message));
        }
    }
    Ok(())
}

/// What a clause of `except*` takes of an exception, and what it leaves; `None` stands for nothing. A plain exception
/// is wrapped into a group when it is taken.
pub fn match_star(cx: &mut Context, raised: Value, class: Value) -> Result<[Owned; 2]> {
    let none = || Owned::new(singleton::none());
    check_star_class(cx, class)?;
    if raised == singleton::none() {
        return Ok([none(), none()]);
    }
    if exception::matches(cx, raised, class)? {
        if is_group(raised) {
            return Ok([Owned::new(raised), none()]);
        }
        let wrapped = plain_group(cx, vec![Owned::new(raised)])?;
        traceback::add_running_frame(cx, wrapped.value());
        return Ok([wrapped, none()]);
    }
    if !is_group(raised) {
        return Ok([none(), Owned::new(raised)]);
    }
    let pair = call::call_method(cx, raised, "split", &[class])?;
    let kind = raised.type_of().name();
    let Some(tuple) = pair.value().cast_exact::<TupleObject>() else {
        let found = pair.value().type_of().name();
        return Err(cx.type_error(format!("{kind}.split must return a tuple, not {found}")));
    };
    match *tuple.as_slice() {
        [matching, rest, ..] => Ok([Owned::new(matching), Owned::new(rest)]),
        _ => {
            let size = tuple.as_slice().len();
            Err(cx.type_error(format!("{kind}.split must return a 2-tuple, got tuple of size {size}")))
        }
    }
}

/// Whether two groups come from the same place: one is a part of the other that was raised again as it was.
fn is_part(value: Value, original: Value) -> bool {
    if !is_group(value) {
        return false;
    }
    let (own, other) = (exception::of(value), exception::of(original));
    own.traceback() == other.traceback() && own.cause() == other.cause() && own.context() == other.context()
}

fn collect_leaves(cx: &mut Context, value: Value, leaves: &mut HashSet<u64>) -> Result<()> {
    cx.check_native_stack(" in collect_exception_group_leaf_ids")?;
    if !is_group(value) {
        leaves.insert(value.0);
        return Ok(());
    }
    members(value).iter().try_for_each(|member| collect_leaves(cx, member.value(), leaves))
}

/// What is raised when the clauses of an `except*` have run: `original` is what they were given, `left` what no clause
/// took and what they raised. `None` if nothing is left.
pub fn prepare_reraise(cx: &mut Context, original: Value, left: Value) -> Result<Owned> {
    let none = singleton::none();
    let left: Vec<Owned> = match left.cast::<ListObject>() {
        Some(list) => list.as_slice().iter().filter(|item| **item != none).map(|item| Owned::new(*item)).collect(),
        None => Vec::new(),
    };
    if !is_group(original) {
        // A plain exception: one clause at most has taken it.
        return Ok(left.into_iter().next().unwrap_or_else(|| Owned::new(none)));
    }
    let (mut raised, mut leaves) = (Vec::new(), HashSet::new());
    for item in left {
        if is_part(item.value(), original) {
            collect_leaves(cx, item.value(), &mut leaves)?;
        } else {
            raised.push(item);
        }
    }
    let again = if leaves.is_empty() { None } else { split_tree(cx, original, &Condition::Instances(leaves))?.0 };
    if raised.is_empty() {
        return Ok(again.unwrap_or_else(|| Owned::new(none)));
    }
    raised.extend(again);
    match raised.len() {
        1 => Ok(raised.swap_remove(0)),
        _ => plain_group(cx, raised),
    }
}
