//! Code that runs in another interpreter, on the thread of who asks for it.

use crate::capture::Snapshot;
use crate::module::Errors;
use crate::parcel::{self, Fallback, Parcel};
use sidewinder_runtime::interpreters::{Member, Refusal};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::MEMORY_ERROR;
use sidewinder_runtime::objects::module;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use std::sync::Arc;

/// What is to be done there.
pub enum Job {
    /// Nothing but to set names of the main module.
    Nothing,
    /// Code, run in the main module.
    Script(Parcel),
    Call {
        callable: Parcel,
        arguments: Option<Parcel>,
        keywords: Option<Parcel>,
    },
}

/// How it went, as plain data.
enum Outcome {
    Done(Parcel),
    /// Nobody handled an exception.
    Failed(Snapshot),
    /// Something could not be brought in or out.
    NotShareable(String, Option<Snapshot>),
    /// The interpreter refuses, by an `InterpreterError`.
    Refused(&'static str),
}

/// What comes back.
pub enum Answer {
    Result(Owned),
    /// A snapshot of the exception.
    Failed(Owned),
}

/// Names for the main module.
type Names = Vec<(String, Parcel)>;

fn pack_names(cx: &mut Context, shared: Option<&DictObject>) -> Result<Names> {
    let mut names = Names::new();
    let Some(shared) = shared else { return Ok(names) };
    let items: Vec<_> = (0..shared.entry_count()).filter_map(|index| shared.entry(index)).collect();
    let items: Vec<_> = items.into_iter().map(|(name, value)| (Owned::new(name), Owned::new(value))).collect();
    for (name, _) in &items {
        let Some(text) = str::text(name.value()) else {
            return Err(cx.type_error("bad argument type for built-in operation"));
        };
        if text.contains('\0') {
            return Err(cx.value_error("found embedded NULL character"));
        }
    }
    for (name, value) in items {
        let packed = parcel::pack(cx, value.value(), Fallback::Refuse)?;
        names.push((str::text(name.value()).unwrap_or_default().into_owned(), packed));
    }
    Ok(names)
}

/// Raises what says why an interpreter cannot be entered.
#[cold]
pub fn refuse(cx: &mut Context, refusal: Refusal, id: i64) -> Raised {
    let errors = cx.state::<Errors>();
    match refusal {
        Refusal::Gone => errors.not_found.raise(cx, format!("unrecognized interpreter ID {id}")),
        Refusal::Running => errors.general.raise(cx, "interpreter already running"),
        Refusal::NoMemory => cx.raise(&MEMORY_ERROR, ""),
    }
}

/// Does a job in an interpreter.
pub fn run(cx: &mut Context, member: &Arc<Member>, shared: Option<&DictObject>, job: &Job) -> Result<Answer> {
    let names = pack_names(cx, shared)?;
    let claim = member.claim().map_err(|refusal| refuse(cx, refusal, member.id))?;
    let outcome = cx.visit(&claim, |there| perform(there, &names, job));
    drop(claim);
    match outcome.map_err(|refusal| refuse(cx, refusal, member.id))? {
        Outcome::Done(result) => parcel::unpack(cx, &result).map(Answer::Result),
        Outcome::Failed(snapshot) => snapshot.object(cx).map(Answer::Failed),
        Outcome::NotShareable(message, cause) => {
            let cause = cause.map(|snapshot| snapshot.stand_in(cx)).transpose()?;
            Err(parcel::not_shareable(cx, &message, cause))
        }
        Outcome::Refused(message) => Err(cx.state::<Errors>().general.raise(cx, message)),
    }
}

/// The other side.
fn perform(cx: &mut Context, names: &Names, job: &Job) -> Outcome {
    let needs_main = !names.is_empty() || matches!(job, Job::Script(_));
    let main = parcel::main_module(cx);
    let Some(namespace) = main.as_ref().map(|main| module::of(main.value()).namespace()).or_else(|| {
        // Nobody looks at it.
        (!needs_main).then(|| dict::of(cx.interpreter().builtins.value()))
    }) else {
        return Outcome::Refused("failed to get __main__ namespace");
    };
    for (name, packed) in names {
        match parcel::unpack(cx, packed) {
            Ok(value) => namespace.set_text(cx, name, value.value()),
            Err(_) => {
                drop(cx.take_pending());
                return Outcome::Refused("failed to apply namespace to __main__");
            }
        }
    }
    let done = match job {
        Job::Nothing => return Outcome::Done(Parcel::None),
        Job::Script(code) => match parcel::unpack(cx, code) {
            Ok(code) => run_script(cx, code, namespace),
            Err(_) => return not_shareable(cx, None),
        },
        Job::Call { callable, arguments, keywords } => {
            match unpack_call(cx, callable, arguments.as_ref(), keywords.as_ref()) {
                Ok((callable, arguments, keywords)) => make_call(cx, callable, arguments, keywords),
                Err(outcome) => return outcome,
            }
        }
    };
    match done {
        Ok(result) => match parcel::pack(cx, result.value(), Fallback::Pickle) {
            Ok(packed) => {
                cx.release(result.into_raw());
                Outcome::Done(packed)
            }
            Err(_) => not_shareable(cx, None),
        },
        Err(_) => {
            let raised = cx.take_pending();
            let snapshot = Snapshot::of(cx, raised.value());
            cx.release(raised.into_raw());
            Outcome::Failed(snapshot)
        }
    }
}

fn run_script(cx: &mut Context, code: Owned, namespace: &DictObject) -> Result<Owned> {
    if code.value().cast::<CodeObject>().is_none() {
        return Err(cx.type_error("expected code"));
    }
    (cx.interpreter().hooks.run_code)(cx, code.value(), namespace, Value::UNBOUND)
}

/// What a `NotShareableError` that was raised here says.
fn not_shareable(cx: &mut Context, label: Option<&str>) -> Outcome {
    let raised = cx.take_pending();
    let own = Snapshot::of(cx, raised.value());
    let message = match label {
        Some(label) => format!("{label} not shareable"),
        None => "object does not support cross-interpreter data".to_string(),
    };
    Outcome::NotShareable(message, Some(own))
}

type Unpacked = (Owned, Option<Owned>, Option<Owned>);

fn unpack_call(
    cx: &mut Context,
    callable: &Parcel,
    arguments: Option<&Parcel>,
    keywords: Option<&Parcel>,
) -> std::result::Result<Unpacked, Outcome> {
    let callable = parcel::unpack(cx, callable).map_err(|_| not_shareable(cx, Some("func")))?;
    let arguments = arguments.map(|packed| parcel::unpack(cx, packed)).transpose();
    let arguments = arguments.map_err(|_| not_shareable(cx, Some("args")))?;
    let keywords = keywords.map(|packed| parcel::unpack(cx, packed)).transpose();
    let keywords = keywords.map_err(|_| not_shareable(cx, Some("kwargs")))?;
    Ok((callable, arguments, keywords))
}

fn make_call(cx: &mut Context, callable: Owned, arguments: Option<Owned>, keywords: Option<Owned>) -> Result<Owned> {
    let mut values: Vec<Value> = Vec::new();
    if let Some(tuple) = arguments.as_ref().and_then(|arguments| arguments.value().cast::<TupleObject>()) {
        values.extend_from_slice(tuple.as_slice());
    }
    let mut names = Vec::new();
    if let Some(keywords) = &keywords {
        let keywords = dict::of(keywords.value());
        for (name, value) in (0..keywords.entry_count()).filter_map(|index| keywords.entry(index)) {
            names.push(name);
            values.push(value);
        }
    }
    let result = call::call_with(cx, callable.value(), Arguments { values: &values, names: &names });
    for owned in [Some(callable), arguments, keywords].into_iter().flatten() {
        cx.release(owned.into_raw());
    }
    result
}
