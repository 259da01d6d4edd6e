//! Objects on their way from one interpreter to another: as plain data, or as what a pickle or the bytes of code say.

use crate::channels::{self, ChannelParcel};
use crate::lent::Loan;
use crate::module::Errors;
use crate::queues::{self, QueueReference};
use crate::stateless;
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::buffer::{Buffer, Request};
use sidewinder_runtime::objects::bytes::{BytesObject, slots::BYTES};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, ATTRIBUTE_ERROR};
use sidewinder_runtime::objects::float::{self, FLOAT};
use sidewinder_runtime::objects::function::{self, FunctionObject};
use sidewinder_runtime::objects::int::{self, INT};
use sidewinder_runtime::objects::module::{self, ModuleObject};
use sidewinder_runtime::objects::str::{self, STR, StrObject};
use sidewinder_runtime::objects::tuple::{TUPLE, TupleObject};
use sidewinder_runtime::objects::type_object::{StaticType, flags};
use sidewinder_runtime::objects::{bytes, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use std::sync::Arc;

/// An object as data that any interpreter of the family can make one of its own of.
pub enum Parcel {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Bytes(Box<[u8]>),
    Text(Box<str>),
    /// Text with lone surrogates.
    CodePoints(Box<[u32]>),
    Tuple(Vec<Parcel>),
    /// Memory that is used in place.
    View(Arc<Loan>),
    /// Code, by `marshal`.
    Code(Box<[u8]>),
    /// A function that needs no more than its code.
    Function(Box<[u8]>),
    /// A pickle, and the file of the program that it was made in.
    Pickle(Box<[u8]>, Option<Box<str>>),
    Queue(QueueReference),
    Channel(ChannelParcel),
}

/// What may be done with objects that cannot be shared as plain data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fallback {
    /// Nothing.
    Refuse,
    /// Functions go as code, anything else as a pickle.
    Pickle,
}

/// Raises `NotShareableError`, with a cause.
#[cold]
pub fn not_shareable(cx: &mut Context, message: &str, cause: Option<Owned>) -> Raised {
    let raised = cx.state::<Errors>().not_shareable.raise(cx, message);
    let made = cx.take_pending();
    if made.value().type_of().is_subtype(&exception::BASE_EXCEPTION) {
        let own = exception::of(made.value());
        own.set_context(None);
        own.set_cause(cause);
    }
    cx.raise_value(made);
    raised
}

#[cold]
fn unsupported(cx: &mut Context, value: Value, cause: Option<Owned>) -> Raised {
    match convert::repr(cx, value) {
        Ok(shown) => {
            let shown = str::text(shown.value()).unwrap_or_default().into_owned();
            not_shareable(cx, &format!("{shown} does not support cross-interpreter data"), cause)
        }
        Err(raised) => raised,
    }
}

/// Whether objects of exactly this one's type can be shared without a pickle.
pub fn is_shareable(cx: &mut Context, value: Value) -> bool {
    value == singleton::none()
        || [singleton::true_(), singleton::false_()].contains(&value)
        || [&INT, &FLOAT, &STR, &BYTES, &TUPLE].into_iter().any(|kind| is_exactly(value, kind))
        || is_memory_view(value)
        || queues::is_queue(cx, value)
        || channels::is_end(cx, value)
}

/// Whether that is an object's own type; numbers may lie in words, without a header.
fn is_exactly(value: Value, kind: &'static StaticType) -> bool {
    std::ptr::eq(value.type_of(), &raw const kind.object)
}

fn is_memory_view(value: Value) -> bool {
    let kind = value.type_of();
    !kind.has_flag(flags::HEAP) && kind.name() == "memoryview"
}

/// Packs an object. Errors: `NotShareableError`, or what the object's own code raises.
pub fn pack(cx: &mut Context, value: Value, fallback: Fallback) -> Result<Parcel> {
    let cause = match pack_known(cx, value, fallback) {
        Ok(Some(parcel)) => return Ok(parcel),
        Ok(None) => None,
        Err(_) => Some(cx.take_pending()),
    };
    if fallback == Fallback::Pickle {
        if let Some(function) = value.cast::<FunctionObject>() {
            match pack_function(cx, function) {
                Ok(parcel) => return Ok(parcel),
                Err(_) => drop(cx.take_pending()),
            }
        }
        match pack_pickle(cx, value) {
            Ok(parcel) => return Ok(parcel),
            Err(_) => drop(cx.take_pending()),
        }
    }
    Err(unsupported(cx, value, cause))
}

/// Packs an object of a type that needs no fallback; `None` for others.
fn pack_known(cx: &mut Context, value: Value, fallback: Fallback) -> Result<Option<Parcel>> {
    Ok(Some(match () {
        () if value == singleton::none() => Parcel::None,
        () if value == singleton::true_() => Parcel::Bool(true),
        () if value == singleton::false_() => Parcel::Bool(false),
        () if is_exactly(value, &INT) => match int::as_i64(value) {
            Some(number) => Parcel::Int(number),
            None => return Err(cx.overflow_error("try sending as bytes")),
        },
        () if is_exactly(value, &FLOAT) => Parcel::Float(float::as_f64(value).unwrap_or_default()),
        () if value.has_type(&STR) => pack_text(value),
        () if value.has_type(&BYTES) => Parcel::Bytes(bytes::like(value).unwrap_or_default().into()),
        () if value.has_type(&TUPLE) => {
            cx.check_native_stack(" while sharing a tuple")?;
            let items = value.cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default();
            Parcel::Tuple(items.iter().map(|item| pack(cx, *item, fallback)).collect::<Result<_>>()?)
        }
        () if is_memory_view(value) => lend(cx, value)?,
        () => match queues::pack(cx, value)? {
            Some(parcel) => parcel,
            None => return channels::pack(cx, value),
        },
    }))
}

/// The memory of an object that exports it.
pub fn lend(cx: &mut Context, value: Value) -> Result<Parcel> {
    let buffer = Buffer::get(cx, value, Request::FULL_READ)?;
    Ok(Parcel::View(Loan::new(cx, buffer)))
}

fn pack_text(value: Value) -> Parcel {
    let Some(string) = str::cast(value) else { return Parcel::Text("".into()) };
    if string.code_points().any(|point| (0xd800..0xe000).contains(&point)) {
        return Parcel::CodePoints(string.code_points().collect());
    }
    Parcel::Text(string.as_text().into())
}

/// Packs a function that needs no more than its code. Errors: `NotShareableError`.
pub fn pack_function(cx: &mut Context, function: &FunctionObject) -> Result<Parcel> {
    let function = Owned::new(function.value());
    let Some(own) = function.value().cast::<FunctionObject>() else { return Ok(Parcel::None) };
    if stateless::check_function(cx, own).is_err() {
        let cause = cx.take_pending();
        return Err(not_shareable(cx, "only stateless functions are shareable", Some(cause)));
    }
    marshalled(cx, own.code().value()).map(Parcel::Function)
}

/// Packs code as a program to run. Errors: `NotShareableError`.
pub fn pack_code(cx: &mut Context, code: Value) -> Result<Parcel> {
    marshalled(cx, code).map(Parcel::Code)
}

fn marshalled(cx: &mut Context, code: Value) -> Result<Box<[u8]>> {
    let made =
        import::module(cx, "marshal").and_then(|marshal| call::call_method(cx, marshal.value(), "dumps", &[code]));
    match made {
        Ok(made) => Ok(bytes::like(made.value()).unwrap_or_default().into()),
        Err(_) => {
            let cause = cx.take_pending();
            Err(not_shareable(cx, "object could not be marshalled", Some(cause)))
        }
    }
}

/// Packs any object that can be pickled. Errors: `NotShareableError`.
pub fn pack_pickle(cx: &mut Context, value: Value) -> Result<Parcel> {
    let made = import::module(cx, "pickle").and_then(|pickle| call::call_method(cx, pickle.value(), "dumps", &[value]));
    match made {
        Ok(made) => Ok(Parcel::Pickle(bytes::like(made.value()).unwrap_or_default().into(), main_file(cx))),
        Err(_) => {
            let cause = cx.take_pending();
            Err(not_shareable(cx, "object could not be pickled", Some(cause)))
        }
    }
}

/// The module `__main__`.
pub fn main_module(cx: &mut Context) -> Option<Owned> {
    let modules = Owned::new(cx.interpreter().modules.value());
    let main = dict::of(modules.value()).get_text(cx, "__main__")?;
    main.cast::<ModuleObject>().map(|_| Owned::new(main))
}

/// The file of the program.
fn main_file(cx: &mut Context) -> Option<Box<str>> {
    let main = main_module(cx)?;
    let file = module::of(main.value()).namespace().get_text(cx, "__file__").map(Owned::new)?;
    str::text(file.value()).map(|text| text.into())
}

/// Makes an object of this interpreter. Errors: `NotShareableError`, or what its class raises.
pub fn unpack(cx: &mut Context, parcel: &Parcel) -> Result<Owned> {
    Ok(match parcel {
        Parcel::None => Owned::new(singleton::none()),
        Parcel::Bool(value) => Owned::new(singleton::boolean(*value)),
        Parcel::Int(number) => int::from_i64(cx, *number),
        Parcel::Float(number) => float::from_f64(cx, *number),
        Parcel::Bytes(bytes) => BytesObject::new(cx, bytes),
        Parcel::Text(text) => StrObject::new(cx, text),
        Parcel::CodePoints(points) => StrObject::from_code_points(cx, points),
        Parcel::Tuple(items) => {
            let items = items.iter().map(|item| unpack(cx, item)).collect::<Result<_>>()?;
            TupleObject::from_owned(cx, items)
        }
        Parcel::View(loan) => loan.view(cx)?,
        Parcel::Code(bytes) => unmarshalled(cx, bytes)?,
        Parcel::Function(bytes) => {
            let code = unmarshalled(cx, bytes)?;
            let globals = globals_of_functions(cx);
            function::new(cx, code.value(), globals.value())
        }
        Parcel::Pickle(bytes, file) => match unpickle(cx, bytes, file.as_deref()) {
            Ok(made) => made,
            Err(_) => {
                let cause = cx.take_pending();
                return Err(not_shareable(cx, "object could not be unpickled", Some(cause)));
            }
        },
        Parcel::Queue(queue) => queues::unpack(cx, queue)?,
        Parcel::Channel(end) => channels::unpack(cx, end)?,
    })
}

fn unmarshalled(cx: &mut Context, bytes: &[u8]) -> Result<Owned> {
    let bytes = BytesObject::new(cx, bytes);
    let made = import::module(cx, "marshal")
        .and_then(|marshal| call::call_method(cx, marshal.value(), "loads", &[bytes.value()]));
    match made {
        Ok(made) if made.value().cast::<CodeObject>().is_some() => Ok(made),
        Ok(_) => Err(not_shareable(cx, "object could not be unmarshalled", None)),
        Err(_) => {
            let cause = cx.take_pending();
            Err(not_shareable(cx, "object could not be unmarshalled", Some(cause)))
        }
    }
}

/// Where functions find builtins: the main module's namespace while that runs.
fn globals_of_functions(cx: &mut Context) -> Owned {
    let main = if cx.member().is_running() { main_module(cx) } else { None };
    let globals = match main {
        Some(main) => Owned::new(module::of(main.value()).dict.get()),
        None => DictObject::new(cx),
    };
    let namespace = dict::of(globals.value());
    if namespace.get_text(cx, "__builtins__").is_none() {
        let builtins = cx.interpreter().builtins.clone();
        namespace.set_text(cx, "__builtins__", builtins.value());
    }
    globals
}

/// The program of another interpreter, as a module of this one whose name does not make it run.
#[derive(Default)]
struct ForeignMain(Field);

/// The name of that module.
const FOREIGN_NAME: &str = "<fake __main__>";

/// Reads a pickle. What it names of another interpreter's main module is looked for in that program's file.
fn unpickle(cx: &mut Context, bytes: &[u8], file: Option<&str>) -> Result<Owned> {
    let pickle = import::module(cx, "pickle")?;
    let bytes = BytesObject::new(cx, bytes);
    let first = match call::call_method(cx, pickle.value(), "loads", &[bytes.value()]) {
        Ok(made) => return Ok(made),
        Err(_) => cx.take_pending(),
    };
    let (Some(file), true) = (file, misses_main_attribute(cx, first.value())) else {
        return Err(cx.raise_value(first));
    };
    let Some(main) = main_module(cx) else { return Err(cx.raise_value(first)) };
    let foreign = match foreign_main(cx, file) {
        Ok(foreign) => foreign,
        Err(_) => {
            drop(cx.take_pending());
            return Err(cx.raise_value(first));
        }
    };
    let modules = Owned::new(cx.interpreter().modules.value());
    dict::of(modules.value()).set_text(cx, "__main__", foreign.value());
    let made = call::call_method(cx, pickle.value(), "loads", &[bytes.value()]);
    dict::of(modules.value()).set_text(cx, "__main__", main.value());
    made.map_err(|_| {
        drop(cx.take_pending());
        cx.raise_value(first)
    })
}

fn misses_main_attribute(cx: &mut Context, raised: Value) -> bool {
    if !raised.type_of().is_subtype(&ATTRIBUTE_ERROR) {
        return false;
    }
    match convert::str(cx, raised) {
        Ok(message) => str::text(message.value())
            .is_some_and(|message| message.starts_with("module '__main__' has no attribute '")),
        Err(_) => {
            drop(cx.take_pending());
            false
        }
    }
}

fn foreign_main(cx: &mut Context, file: &str) -> Result<Owned> {
    if let Some(known) = cx.state::<ForeignMain>().0.get() {
        return Ok(known);
    }
    let made = module::new(cx, "__main__")?;
    let runner = import::module(cx, "runpy")?;
    let (file, name) = (StrObject::new(cx, file), StrObject::new(cx, FOREIGN_NAME));
    let key = str::intern(cx, "run_name");
    let arguments = Arguments { values: &[file.value(), name.value()], names: &[key.value()] };
    let loaded = call::call_method_with(cx, runner.value(), "run_path", arguments)?;
    let namespace = attribute::get_text(cx, made.value(), "__dict__")?;
    call::call_method(cx, namespace.value(), "update", &[loaded.value()])?;
    cx.state::<ForeignMain>().0.set(Some(made.clone()));
    Ok(made)
}
