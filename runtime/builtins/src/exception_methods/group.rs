//! `BaseExceptionGroup` and the class `ExceptionGroup`.

use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::special as field;
use sidewinder_runtime::objects::exception::{self, types};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::objects::{list::ListObject, singleton};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Result, Value};

pub static METHODS: &[Native] = &[
    Native::new("derive", 1, 1, derive, ""),
    Native::new("split", 1, 1, split, ""),
    Native::new("subgroup", 1, 1, subgroup, ""),
];

pub static GETSET: &[GetSet] = &[
    GetSet {
        name: "message",
        get: |_, value| Ok(exception::of(value).field_or_none(field::GROUP_MESSAGE)),
        set: None,
        doc: "exception message",
    },
    GetSet {
        name: "exceptions",
        get: |_, value| Ok(exception::of(value).field_or_none(field::GROUP_EXCEPTIONS)),
        set: None,
        doc: "nested exceptions",
    },
];

/// Makes the class `ExceptionGroup`, which has two bases, and puts it into `builtins`.
pub fn install(cx: &mut Context) -> Result<()> {
    let name = StrObject::new(cx, "ExceptionGroup");
    let bases = TupleObject::new(cx, &[types::BASE_EXCEPTION_GROUP.value(), types::EXCEPTION.value()]);
    let namespace = DictObject::new(cx);
    let module = str::intern(cx, "builtins");
    sidewinder_runtime::objects::dict::of(namespace.value()).set_text(cx, "__module__", module.value());
    let class = call::call(cx, TYPE.value(), &[name.value(), bases.value(), namespace.value()])?;
    cx.builtins().set_text(cx, "ExceptionGroup", class.value());
    Ok(())
}

fn is_group(value: Value) -> bool {
    value.type_of().is_subtype(&types::BASE_EXCEPTION_GROUP)
}

fn members(value: Value) -> Vec<Owned> {
    let tuple = exception::of(value).field(field::GROUP_EXCEPTIONS).and_then(|tuple| tuple.cast::<TupleObject>());
    tuple.map_or(Vec::new(), |tuple| tuple.as_slice().iter().map(|item| Owned::new(*item)).collect())
}

fn derive(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let message = exception::of(arguments[0]).field_or_none(field::GROUP_MESSAGE);
    call::call(cx, types::BASE_EXCEPTION_GROUP.value(), &[message.value(), arguments[1]])
}

/// How `split` chooses exceptions.
enum Condition {
    Types(Owned),
    Predicate(Owned),
}

fn condition(cx: &mut Context, value: Value) -> Result<Condition> {
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
        Condition::Predicate(predicate) => {
            let result = call::call(cx, predicate.value(), &[value])?;
            convert::truth(cx, result.value())
        }
    }
}

/// The matching part and the rest of an exception tree; absent where empty.
fn split_tree(cx: &mut Context, value: Value, condition: &Condition) -> Result<(Option<Owned>, Option<Owned>)> {
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

fn shown(value: Option<Owned>) -> Owned {
    value.unwrap_or_else(|| Owned::new(singleton::none()))
}

fn split(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let condition = condition(cx, arguments[1])?;
    let (matching, rest) = split_tree(cx, arguments[0], &condition)?;
    Ok(TupleObject::from_owned(cx, vec![shown(matching), shown(rest)]))
}

fn subgroup(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let condition = condition(cx, arguments[1])?;
    Ok(shown(split_tree(cx, arguments[0], &condition)?.0))
}
