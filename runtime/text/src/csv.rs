//! The module `_csv`: rows of fields as text with delimiters, and back.

mod dialect;
mod reader;
mod writer;

use dialect::{DIALECT, Dialect};
use reader::Reader;
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{ExceptionClass, NativeObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::EXCEPTION;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};
use writer::Writer;

/// Characters of a field at most, unless the program sets another limit.
const FIELD_LIMIT: i64 = 128 * 1024;

/// What the module keeps for an interpreter.
struct State {
    error: ExceptionClass,
    dialects: RefCell<Option<Owned>>,
    field_limit: Cell<i64>,
}

impl Default for State {
    fn default() -> State {
        State { error: ExceptionClass::default(), dialects: RefCell::default(), field_limit: Cell::new(FIELD_LIMIT) }
    }
}

/// Raises `csv.Error`.
#[cold]
fn error(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    cx.state::<State>().error.raise(cx, message)
}

/// The dict of registered dialects.
fn dialects(cx: &mut Context) -> Owned {
    let state = cx.state::<State>();
    let held = state.dialects.borrow().clone();
    held.unwrap_or_else(|| {
        let made = DictObject::new(cx);
        state.dialects.replace(Some(made.clone()));
        made
    })
}

/// The registered dialect of that name.
fn registered(cx: &mut Context, name: Value) -> Result<Owned> {
    let dialects = dialects(cx);
    match dict::of(dialects.value()).get(cx, name)? {
        Some(dialect) => Ok(Owned::new(dialect)),
        None => Err(error(cx, "unknown dialect")),
    }
}

/// The arguments of a function that takes one or two by position and passes the names on: the first, and the dialect
/// that the second and the names make.
fn with_dialect(cx: &mut Context, function: &str, arguments: Arguments<'_>) -> Result<Owned> {
    let positionals = arguments.positionals();
    let given = positionals.len();
    if !(1..=2).contains(&given) {
        let bound = if given < 1 { "at least 1 argument" } else { "at most 2 arguments" };
        return Err(cx.type_error(format!("{function} expected {bound}, got {given}")));
    }
    let class = &DIALECT.object;
    call::call_with(cx, class.value(), arguments.without_first())
}

/// Reading and writing of text with fields between delimiters.
#[native_module("_csv", types(Dialect, hidden Reader, hidden Writer))]
mod rows {
    use super::*;

    /// Quotes where they are needed.
    #[constant(name = "QUOTE_MINIMAL")]
    const MINIMAL: i64 = dialect::MINIMAL;
    /// Quotes around every field.
    #[constant(name = "QUOTE_ALL")]
    const ALL: i64 = dialect::ALL;
    /// Quotes around all but numbers.
    #[constant(name = "QUOTE_NONNUMERIC")]
    const NON_NUMERIC: i64 = dialect::NON_NUMERIC;
    /// No quotes.
    #[constant(name = "QUOTE_NONE")]
    const NONE: i64 = dialect::NONE;
    /// Quotes around strings.
    #[constant(name = "QUOTE_STRINGS")]
    const STRINGS: i64 = dialect::STRINGS;
    /// Quotes around all but None.
    #[constant(name = "QUOTE_NOTNULL")]
    const NOT_NULL: i64 = dialect::NOT_NULL;

    /// reader($module, iterable, /, dialect='excel', **fmtparams)
    /// --
    ///
    /// An iterator over the rows that the lines of an iterable hold.
    #[function]
    fn reader(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let Some(lines) = arguments.positionals().first().copied() else {
            return with_dialect(cx, "reader", arguments);
        };
        let lines = sidewinder_runtime::operations::iterate::get_iter(cx, lines)?;
        let dialect = with_dialect(cx, "reader", arguments)?;
        NativeObject::new(cx, Reader::new(lines, dialect))
    }

    /// writer($module, fileobj, /, dialect='excel', **fmtparams)
    /// --
    ///
    /// An object whose methods write rows to a file.
    #[function]
    fn writer(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let dialect = with_dialect(cx, "writer", arguments)?;
        let write = sidewinder_runtime::operations::attribute::get_text_optional(cx, arguments.values[0], "write")?;
        let Some(write) = write.filter(|write| write.value().type_of().slots().call.is_some()) else {
            return Err(cx.type_error("argument 1 must have a \"write\" method"));
        };
        NativeObject::new(cx, Writer::new(write, dialect))
    }

    /// register_dialect($module, name, /, dialect='excel', **fmtparams)
    /// --
    ///
    /// Gives a dialect a name.
    #[function]
    fn register_dialect(cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        let name = arguments.positionals().first().copied();
        if arguments.positionals().len() <= 2
            && let Some(name) = name
            && !str::is_str(name)
        {
            return Err(cx.type_error("dialect name must be a string"));
        }
        let dialect = with_dialect(cx, "register_dialect", arguments)?;
        let dialects = dialects(cx);
        match name {
            Some(name) => dict::of(dialects.value()).set(cx, name, dialect.value()),
            None => Ok(()),
        }
    }

    /// Takes the name of a dialect away.
    #[function]
    fn unregister_dialect(cx: &mut Context, #[named] name: Value) -> Result<()> {
        let dialects = dialects(cx);
        match dict::of(dialects.value()).remove(cx, name)? {
            Some(_) => Ok(()),
            None => Err(error(cx, "unknown dialect")),
        }
    }

    /// The dialect of that name.
    #[function]
    fn get_dialect(cx: &mut Context, #[named] name: Value) -> Result<Owned> {
        registered(cx, name)
    }

    /// The names of all dialects.
    #[function]
    fn list_dialects(cx: &mut Context) -> Result<Vec<Owned>> {
        let dialects = dialects(cx);
        sidewinder_runtime::operations::iterate::collect(cx, dialects.value())
    }

    /// The number of characters that a field may have; a new limit may be set.
    #[function]
    fn field_size_limit(cx: &mut Context, #[named] new_limit: sidewinder_runtime::native::Given<Value>) -> Result<i64> {
        use sidewinder_runtime::native::{FromArgument, Index, Place};
        static PLACE: Place = Place { function: "field_size_limit", argument: "argument 1", name: "new_limit" };
        let state = cx.state::<State>();
        let old = state.field_limit.get();
        if let Some(limit) = new_limit.0 {
            if !int::is_exact(limit) {
                return Err(cx.type_error("limit must be an integer"));
            }
            state.field_limit.set(Index::from_argument(cx, &limit, &PLACE)?.0);
        }
        Ok(old)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        cx.state::<State>().error.define(cx, module, ["_csv", "Error"], &EXCEPTION, None)?;
        let own = module.namespace();
        let dialects = dialects(cx);
        own.set_text(cx, "_dialects", dialects.value());
        own.set_text(cx, "Reader", reader::READER.value());
        own.set_text(cx, "Writer", writer::WRITER.value());
        Ok(())
    }
}
