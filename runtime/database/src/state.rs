//! What the module keeps for an interpreter.

use sidewinder_runtime::native::{ExceptionClass, Field};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::EXCEPTION;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::{Context, Owned, Result};
use std::cell::Cell;

/// The exceptions of the database interface (PEP 249).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Warning,
    Error,
    Interface,
    Database,
    Data,
    Operational,
    Integrity,
    Internal,
    Programming,
    NotSupported,
}

/// Each exception with its name and, unless that is `Exception`, its base; bases come first.
pub const EXCEPTIONS: [(Kind, &str, Option<Kind>); 10] = [
    (Kind::Warning, "Warning", None),
    (Kind::Error, "Error", None),
    (Kind::Interface, "InterfaceError", Some(Kind::Error)),
    (Kind::Database, "DatabaseError", Some(Kind::Error)),
    (Kind::Data, "DataError", Some(Kind::Database)),
    (Kind::Operational, "OperationalError", Some(Kind::Database)),
    (Kind::Integrity, "IntegrityError", Some(Kind::Database)),
    (Kind::Internal, "InternalError", Some(Kind::Database)),
    (Kind::Programming, "ProgrammingError", Some(Kind::Database)),
    (Kind::NotSupported, "NotSupportedError", Some(Kind::Database)),
];

/// The state of the module.
#[derive(Default)]
pub struct State {
    exceptions: [ExceptionClass; EXCEPTIONS.len()],
    /// What makes values for the database of objects: by pairs of type and protocol.
    adapters: Field,
    /// What makes objects of values, by the name of a type in capitals.
    converters: Field,
    /// Whether numbers, texts or byte arrays are adapted, which seldom are.
    pub adapts_plain: Cell<bool>,
    /// Whether errors in functions that the library has called are shown.
    pub tracebacks: Cell<bool>,
}

impl State {
    pub fn exception(&self, kind: Kind) -> &ExceptionClass {
        &self.exceptions[kind as usize]
    }

    /// Makes exceptions and tables and shows them in the module.
    pub fn define(&self, cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for (kind, name, base) in EXCEPTIONS {
            let base = base.map_or_else(|| Owned::new(EXCEPTION.value()), |base| self.exception(base).class());
            self.exception(kind).define_under(cx, module, ["sqlite3", name], &[base.value()], None)?;
        }
        for (field, name) in [(&self.adapters, "adapters"), (&self.converters, "converters")] {
            let table = match field.get() {
                Some(table) => table,
                None => DictObject::new(cx),
            };
            module.namespace().set_text(cx, name, table.value());
            field.set(Some(table));
        }
        Ok(())
    }

    pub fn adapters(&self) -> Option<&'static DictObject> {
        self.adapters.get().map(|table| dict::of(table.value()))
    }

    pub fn converters(&self) -> Option<&'static DictObject> {
        self.converters.get().map(|table| dict::of(table.value()))
    }
}
