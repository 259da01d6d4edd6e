//! The module `_sqlite3`.

use crate::adapt::{self, PrepareProtocol};
use crate::arguments::{Text, warn_of_positions};
use crate::blob::Blob;
use crate::connection::{Connection, LEGACY, PARSE_COLUMN_NAMES, PARSE_DECLARATIONS};
use crate::cursor::Cursor;
use crate::row::Row;
use crate::state::State;
use crate::statement::Statement;
use crate::{codes, library};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::NativeType;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

// No documentation, as in CPython.
#[native_module("_sqlite3", types(Connection, Cursor, Row, Blob, PrepareProtocol, hidden Statement))]
mod rows {
    use super::*;

    #[constant]
    const PARSE_DECLTYPES: i32 = PARSE_DECLARATIONS;
    #[constant]
    const PARSE_COLNAMES: i32 = PARSE_COLUMN_NAMES;
    #[constant]
    const LEGACY_TRANSACTION_CONTROL: i64 = LEGACY;
    /// Threads may share the module, connections and cursors (PEP 249): the library is compiled for that.
    #[constant(name = "threadsafety")]
    const THREAD_SAFETY: i64 = 3;

    /// Opens a database in a file, or in memory for the name ":memory:". The arguments are those of the type Connection, or of
    /// whatever the argument factory gives.
    #[function]
    fn connect(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let positionals = arguments.positionals();
        warn_of_positions(cx, "sqlite3.connect", positionals.len())?;
        let factory = arguments.keyword("factory").or_else(|| positionals.get(5).copied());
        let factory = factory.unwrap_or(Connection::type_object().value());
        call::call_with(cx, factory, arguments)
    }

    /// Whether a text holds a complete statement.
    #[function]
    fn complete_statement(#[named] statement: Text) -> bool {
        library::is_complete(&statement.0)
    }

    /// Says what makes values for the database of objects of a type.
    #[function]
    fn register_adapter(cx: &mut Context, r#type: Value, adapter: Value) -> Result<()> {
        adapt::register(cx, r#type, adapter)
    }

    /// Says what makes objects of values of a declared type.
    #[function]
    fn register_converter(cx: &mut Context, typename: &StrObject, converter: Value) -> Result<()> {
        let upper = call::call_method(cx, Value::from_pointer(typename), "upper", &[])?;
        match cx.state::<State>().converters() {
            Some(converters) => converters.set(cx, upper.value(), converter),
            None => Ok(()),
        }
    }

    /// Says whether errors in functions that the library calls are shown.
    #[function]
    fn enable_callback_tracebacks(cx: &mut Context, enable: i32) {
        cx.state::<State>().tracebacks.set(enable != 0);
    }

    /// What an object becomes by a protocol.
    #[function]
    fn adapt(
        cx: &mut Context,
        obj: Value,
        #[default(PrepareProtocol::type_object().value(), "PrepareProtocolType")] proto: Value,
        #[default(Value::UNBOUND, "<unrepresentable>")] alt: Value,
    ) -> Result<Owned> {
        adapt::adapt(cx, obj, proto, (!alt.is_unbound()).then_some(alt))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for (name, number) in [codes::CODES, codes::ACTIONS, codes::LIMITS, codes::OPTIONS].into_iter().flatten() {
            module.namespace().set_text(cx, name, Value::from_small_int(i64::from(*number)));
        }
        let version = StrObject::new(cx, &library::version());
        module.namespace().set_text(cx, "sqlite_version", version.value());
        cx.state::<State>().define(cx, module)
    }
}
