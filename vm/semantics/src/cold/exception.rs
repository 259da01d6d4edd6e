//! Raising, handling and context managers.

use super::{fetch, finish, move_out, next, register, set, take};
use crate::semantics::Pc;
use sidewinder_runtime::objects::exception::{self, ASSERTION_ERROR, NOT_IMPLEMENTED_ERROR, RUNTIME_ERROR, group};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, TypeObject, Value};

pub fn load_type(cx: &mut Context, pc: Pc) -> Pc {
    let kind = if fetch(pc).b == 0 { &ASSERTION_ERROR } else { &NOT_IMPLEMENTED_ERROR };
    finish(cx, pc, Ok(Owned::new(kind.value())))
}

pub fn raise(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    cx.instruction = pc;
    if i.c == 0 {
        let Some(handled) = cx.handled_exception() else {
            cx.raise(&RUNTIME_ERROR, "No active exception to reraise");
            return super::raise(cx, pc);
        };
        cx.raise_value(Owned::new(handled));
        return crate::unwind::reraise(cx, pc);
    }
    let value = take(cx, i.a);
    let cause = (i.c == 2).then(|| take(cx, i.b));
    if let Ok(made) = exception::prepare(cx, value.value()) {
        let cause = cause.map(|cause| exception::prepare_cause(cx, cause.value())).transpose();
        if let Ok(cause) = cause {
            if let Some(cause) = cause {
                exception::of(made.value()).set_cause(cause);
            }
            exception::raise(cx, made);
        }
    }
    drop(value);
    super::raise(cx, pc)
}

pub fn reraise(cx: &mut Context, pc: Pc) -> Pc {
    if let Some(raised) = move_out(cx, fetch(pc).a) {
        cx.raise_value(raised);
    }
    crate::unwind::reraise(cx, pc)
}

pub fn push_handled(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let exception = Owned::new(register(cx, i.b)).into_raw();
    let old = std::mem::replace(&mut cx.handled, exception);
    let old = Owned::from_raw_option(old).unwrap_or_else(|| Owned::new(singleton::none()));
    set(cx, i.a, old);
    next(pc)
}

pub fn pop_handled(cx: &mut Context, pc: Pc) -> Pc {
    let saved = move_out(cx, fetch(pc).a).map_or(Value::UNBOUND, Owned::into_raw);
    let saved = if saved == singleton::none() { Value::UNBOUND } else { saved };
    let old = std::mem::replace(&mut cx.handled, saved);
    cx.release(old);
    next(pc)
}

pub fn matches(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let exception = register(cx, i.b);
    let wanted = take(cx, i.c);
    let result = exception::matches(cx, exception, wanted.value());
    super::release(cx, wanted);
    finish(cx, pc, result.map(|truth| Owned::new(singleton::boolean(truth))))
}

/// `a, a+1 = what except* takes of b, the rest`
pub fn match_group(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let raised = Owned::new(register(cx, i.b));
    let class = take(cx, i.c);
    let result = group::match_star(cx, raised.value(), class.value());
    super::release(cx, class);
    match result {
        Ok([matching, rest]) => {
            set(cx, i.a, matching);
            set(cx, i.a + 1, rest);
            next(pc)
        }
        Err(_) => super::raise(cx, pc),
    }
}

/// `a = what is raised after the clauses of an except*`
pub fn prepare_reraise(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let original = Owned::new(register(cx, i.b));
    let left = take(cx, i.c);
    let result = group::prepare_reraise(cx, original.value(), left.value());
    super::release(cx, left);
    finish(cx, pc, result)
}

/// The name of a special method by the operand of `LoadSpecial`.
fn special_name(cx: &Context, which: u16) -> Value {
    let names = &cx.interpreter().names;
    match which {
        0 => names.enter,
        1 => names.exit,
        2 => names.aenter,
        _ => names.aexit,
    }
}

/// The special method of objects of a type, if it binds as a method.
pub fn special_method(cx: &Context, class: &TypeObject, which: u16) -> Option<Value> {
    class.lookup(cx, special_name(cx, which)).filter(|found| super::attribute::is_method(*found))
}

pub fn load_special(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let manager = register(cx, i.b);
    match call::lookup_special(cx, manager, special_name(cx, i.c)) {
        Ok(Some(method)) => {
            set(cx, i.a, method);
            super::clear(cx, i.a + 1);
            next(pc)
        }
        Err(_) => super::raise(cx, pc),
        Ok(None) => {
            let text = ["__enter__", "__exit__", "__aenter__", "__aexit__"][i.c as usize & 3];
            no_manager(cx, manager, i.c >= 2, text);
            super::raise(cx, pc)
        }
    }
}

/// The error for a value that is no context manager; a hint if it is one of the other kind.
fn no_manager(cx: &mut Context, manager: Value, is_async: bool, missed: &str) {
    let names = &cx.interpreter().names;
    let others = if is_async { [names.enter, names.exit] } else { [names.aenter, names.aexit] };
    let has_others = others.into_iter().all(|name| manager.type_of().lookup(cx, name).is_some());
    let protocol = |is_async: bool| if is_async { "asynchronous context manager" } else { "context manager" };
    let keyword = if is_async { "with" } else { "async with" };
    let hint = match has_others {
        true => format!(" but it supports the {} protocol. Did you mean to use '{keyword}'?", protocol(!is_async)),
        false => String::new(),
    };
    let (kind, own) = (manager.type_of().name(), protocol(is_async));
    cx.type_error(format!("'{kind}' object does not support the {own} protocol (missed {missed} method){hint}"));
}

pub fn triple(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let value = register(cx, i.b);
    set(cx, i.a, Owned::new(value.type_of().value()));
    set(cx, i.a + 1, Owned::new(value));
    let traceback = exception::of(value).traceback().unwrap_or(singleton::none());
    set(cx, i.a + 2, Owned::new(traceback));
    next(pc)
}
