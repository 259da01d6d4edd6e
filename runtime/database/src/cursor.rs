//! Cursors.

use crate::arguments::Text;
use crate::connection::Connection;
use crate::error;
use crate::execute::{self, Parameters, connection_of, statement_of};
use crate::fetch::Converters;
use crate::state::Kind;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::argument::Place;
use sidewinder_runtime::native::{Field, FromArgument, Given, NativeObject, assigned};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};

/// SQLite database cursor class.
#[native_type("sqlite3.Cursor", base, weakrefs, iterator)]
#[derive(Traverse)]
pub struct Cursor {
    connection: Field,
    /// What is known of the columns, or nothing.
    pub description: Field,
    /// The statement, while there are rows to come.
    pub statement: Field,
    pub converters: RefCell<Converters>,
    pub row_factory: Field,
    pub last_row: Cell<Option<i64>>,
    pub row_count: Cell<i64>,
    array_size: Cell<u32>,
    initialized: Cell<bool>,
    closed: Cell<bool>,
    /// Somebody works with the cursor.
    pub locked: Cell<bool>,
}

impl Cursor {
    fn empty() -> Cursor {
        Cursor {
            connection: Field::empty(),
            description: Field::empty(),
            statement: Field::empty(),
            converters: RefCell::default(),
            row_factory: Field::empty(),
            last_row: Cell::new(None),
            row_count: Cell::new(0),
            array_size: Cell::new(0),
            initialized: Cell::new(false),
            closed: Cell::new(false),
            locked: Cell::new(false),
        }
    }

    /// A new cursor of this very type.
    pub fn create(cx: &mut Context, connection: &NativeObject<Connection>) -> Result<Owned> {
        let made = NativeObject::new(cx, Cursor::empty())?;
        if let Some(cursor) = made.value().cast::<NativeObject<Cursor>>() {
            cursor.start(cx, connection)?;
        }
        Ok(made)
    }

    fn start(&self, cx: &mut Context, connection: &NativeObject<Connection>) -> Result<()> {
        if self.locked.get() {
            return Err(error::recursive(cx));
        }
        self.give_up(cx);
        self.connection.set(Some(connection.to_owned_value()));
        self.description.set(None);
        *self.converters.borrow_mut() = Vec::new();
        self.row_factory.set(None);
        self.last_row.set(None);
        self.row_count.set(-1);
        self.array_size.set(1);
        self.closed.set(false);
        connection.check_thread(cx)?;
        self.initialized.set(true);
        Ok(())
    }

    /// Resets the statement, which the next one may want.
    fn give_up(&self, cx: &mut Context) {
        if let Some(statement) = self.statement.take() {
            statement_of(&statement).reset(cx);
        }
    }

    /// The connection. Errors: the cursor cannot be used now.
    pub fn check(&self, cx: &mut Context) -> Result<Owned> {
        let connection = self.connection.get();
        let Some(connection) = connection.filter(|_| self.initialized.get()) else {
            return Err(error::fail(cx, Kind::Programming, "Base Cursor.__init__ not called."));
        };
        if self.closed.get() {
            return Err(error::fail(cx, Kind::Programming, "Cannot operate on a closed cursor."));
        }
        if self.locked.get() {
            return Err(error::recursive(cx));
        }
        connection_of(&connection).check_thread(cx)?;
        connection_of(&connection).database(cx)?;
        Ok(connection)
    }
}

/// The next rows, so many if there are.
fn rows(cx: &mut Context, this: &NativeObject<Cursor>, most: usize) -> Result<Owned> {
    let mut rows = Vec::new();
    while rows.len() < most
        && let Some(row) = execute::next(cx, this)?
    {
        rows.push(row);
    }
    Ok(ListObject::new(cx, rows))
}

static ARRAY_SIZE: Place = Place { function: "arraysize", argument: "argument", name: "arraysize" };

#[methods]
impl Cursor {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
        NativeObject::allocate(cx, class, Cursor::empty())
    }

    #[init(name = "Cursor")]
    fn init(&self, cx: &mut Context, connection: &NativeObject<Connection>) -> Result<()> {
        self.start(cx, connection)
    }

    /// Runs a statement.
    fn execute(
        this: &NativeObject<Cursor>,
        cx: &mut Context,
        sql: &StrObject,
        #[default(execute::none(), "()")] parameters: Value,
    ) -> Result<Owned> {
        execute::execute(cx, this, Value::from_pointer(sql), &Parameters::Once(parameters))?;
        Ok(this.to_owned_value())
    }

    /// Runs a statement once for each of the parameters.
    fn executemany(
        this: &NativeObject<Cursor>,
        cx: &mut Context,
        sql: &StrObject,
        seq_of_parameters: Value,
    ) -> Result<Owned> {
        execute::execute(cx, this, Value::from_pointer(sql), &Parameters::Each(seq_of_parameters))?;
        Ok(this.to_owned_value())
    }

    /// Runs any number of statements.
    fn executescript(this: &NativeObject<Cursor>, cx: &mut Context, sql_script: Text) -> Result<Owned> {
        execute::run_script(cx, this, &sql_script.0)?;
        Ok(this.to_owned_value())
    }

    /// The next row, or None.
    fn fetchone(this: &NativeObject<Cursor>, cx: &mut Context) -> Result<Option<Owned>> {
        execute::next(cx, this)
    }

    /// The next rows; how many, the attribute arraysize says by default.
    fn fetchmany(
        this: &NativeObject<Cursor>,
        cx: &mut Context,
        #[named]
        #[default(Given(None), "1")]
        size: Given<u32>,
    ) -> Result<Owned> {
        rows(cx, this, size.0.unwrap_or(this.array_size.get()) as usize)
    }

    /// All rows that are left.
    fn fetchall(this: &NativeObject<Cursor>, cx: &mut Context) -> Result<Owned> {
        rows(cx, this, usize::MAX)
    }

    /// Does nothing; every cursor has it.
    fn setinputsizes(&self, _sizes: Value) {}

    /// Does nothing; every cursor has it.
    fn setoutputsize(&self, _size: Value, #[default(None)] _column: Option<Value>) {}

    /// Ends the use of the cursor.
    fn close(&self, cx: &mut Context) -> Result<()> {
        if self.locked.get() {
            return Err(error::recursive(cx));
        }
        let Some(connection) = self.connection.get() else {
            return Err(error::fail(cx, Kind::Programming, "Base Cursor.__init__ not called."));
        };
        connection_of(&connection).check_thread(cx)?;
        connection_of(&connection).database(cx)?;
        self.give_up(cx);
        self.closed.set(true);
        Ok(())
    }

    #[get(member)]
    fn connection(&self) -> Option<Owned> {
        self.connection.get()
    }

    #[get(member)]
    fn description(&self) -> Option<Owned> {
        self.description.get()
    }

    #[get(member)]
    fn lastrowid(&self) -> Option<i64> {
        self.last_row.get()
    }

    #[get(member)]
    fn rowcount(&self) -> i64 {
        self.row_count.get()
    }

    #[get]
    fn row_factory(&self) -> Owned {
        self.row_factory.get_or_none()
    }

    #[set(row_factory)]
    fn set_row_factory(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = assigned(cx, value, "cannot delete row_factory attribute")?;
        self.row_factory.set(Some(Owned::new(value)));
        Ok(())
    }

    #[get]
    fn arraysize(&self) -> u32 {
        self.array_size.get()
    }

    #[set(arraysize)]
    fn set_arraysize(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = assigned(cx, value, "attribute 'arraysize' of 'sqlite3.Cursor' objects cannot be deleted")?;
        self.array_size.set(u32::from_argument(cx, &value, &ARRAY_SIZE)?);
        Ok(())
    }

    #[slot(next)]
    fn next(this: &NativeObject<Cursor>, cx: &mut Context) -> Result<Option<Owned>> {
        execute::next(cx, this)
    }

    #[slot(finalize)]
    fn finalize(&self, cx: &mut Context) -> Result<()> {
        self.give_up(cx);
        Ok(())
    }
}
