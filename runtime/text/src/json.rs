//! The module `_json`: what `json` reads and writes text with, fast.

mod encode;
mod scan;
mod string;

use encode::Encoder;
use scan::Scanner;
use sidewinder_macros::native_module;
use sidewinder_runtime::native::Index;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::RefCell;

/// What the module keeps for an interpreter: its functions that encode strings, which encoders need not call.
#[derive(Default)]
struct State {
    encode_basestring: RefCell<Option<Owned>>,
    encode_basestring_ascii: RefCell<Option<Owned>>,
}

/// Raises `json.JSONDecodeError` at a place in a text.
#[cold]
fn error(cx: &mut Context, message: &str, text: Value, place: usize) -> Raised {
    match make_error(cx, message, text, place) {
        Ok(error) => sidewinder_runtime::objects::exception::raise(cx, error),
        Err(raised) => raised,
    }
}

fn make_error(cx: &mut Context, message: &str, text: Value, place: usize) -> Result<Owned> {
    let decoder = import::module(cx, "json.decoder")?;
    let class = attribute::get_text(cx, decoder.value(), "JSONDecodeError")?;
    let message = StrObject::new(cx, message);
    let place = sidewinder_runtime::objects::int::from_usize(cx, place);
    call::call(cx, class.value(), &[message.value(), text, place.value()])
}

/// The string that an argument must be.
fn text_argument(cx: &mut Context, value: Value) -> Result<&'static StrObject> {
    str::cast(value).ok_or_else(|| {
        let actual = value.type_of().name();
        cx.type_error(format!("first argument must be a string, not {actual}"))
    })
}

fn encode_text(cx: &mut Context, text: Value, ascii_only: bool) -> Result<Owned> {
    let text = text_argument(cx, text)?;
    let mut output = StrBuilder::with_capacity(text.len() + 2);
    string::encode(&mut output, text.units(), ascii_only);
    Ok(output.finish(cx))
}

/// Reading and writing of JSON.
#[native_module("_json", types(hidden Scanner, hidden Encoder))]
mod rows {
    use super::*;

    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// The string whose first character is at `end`, which follows the quotation mark, and where the text goes on behind
    /// it. If it is not strict, control characters may stand in it.
    #[function]
    fn scanstring(cx: &mut Context, arguments: sidewinder_runtime::Arguments<'_>) -> Result<(Owned, usize)> {
        use sidewinder_runtime::native::{FromArgument, Place};
        static PLACE: Place = Place { function: "scanstring", argument: "argument 2", name: "end" };
        sidewinder_runtime::objects::iterator::arguments::refuse_keywords(cx, "scanstring", arguments)?;
        let given = arguments.values.len();
        if !(2..=3).contains(&given) {
            let (bound, count) = if given < 2 { ("least 2", given) } else { ("most 3", given) };
            return Err(cx.type_error(format!("scanstring() takes at {bound} arguments ({count} given)")));
        }
        let text = arguments.values[0];
        let Index(start) = Index::from_argument(cx, &arguments.values[1], &PLACE)?;
        let strict = match arguments.values.get(2) {
            Some(strict) => sidewinder_runtime::operations::convert::truth(cx, *strict)?,
            None => true,
        };
        let string = text_argument(cx, text)?;
        if start < 0 || start as usize > string.len() {
            return Err(cx.value_error("end is out of bounds"));
        }
        sidewinder_runtime::with_units!(string.units(), units => string::scan(cx, text, units, start as usize, strict))
    }

    /// A string with quotation marks, and escapes for what may not stand in JSON.
    #[function]
    fn encode_basestring(cx: &mut Context, object: Value) -> Result<Owned> {
        encode_text(cx, object, false)
    }

    /// A string with quotation marks, and escapes for all that is not printable ASCII.
    #[function]
    fn encode_basestring_ascii(cx: &mut Context, object: Value) -> Result<Owned> {
        encode_text(cx, object, true)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let namespace = module.namespace();
        namespace.set_text(cx, "make_scanner", scan::SCANNER.value());
        namespace.set_text(cx, "make_encoder", encode::ENCODER.value());
        let state = cx.state::<State>();
        let held = namespace.get_text(cx, "encode_basestring").map(Owned::new);
        state.encode_basestring.replace(held);
        let held = namespace.get_text(cx, "encode_basestring_ascii").map(Owned::new);
        state.encode_basestring_ascii.replace(held);
        Ok(())
    }
}
