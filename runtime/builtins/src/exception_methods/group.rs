//! `BaseExceptionGroup` and the class `ExceptionGroup`.

use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::group::{condition, split_tree};
use sidewinder_runtime::objects::exception::special as field;
use sidewinder_runtime::objects::exception::{self, types};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::operations::call;
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

fn derive(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let message = exception::of(arguments[0]).field_or_none(field::GROUP_MESSAGE);
    call::call(cx, types::BASE_EXCEPTION_GROUP.value(), &[message.value(), arguments[1]])
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
