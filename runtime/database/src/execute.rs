//! How a cursor runs statements.

use crate::bind::bind_all;
use crate::connection::{Connection, LEGACY};
use crate::cursor::Cursor;
use crate::library::Step;
use crate::state::{Kind, State};
use crate::statement::{self, Statement};
use crate::{error, fetch};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::exception;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple;
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ffi::CStr;

/// The parameters of a statement.
pub enum Parameters {
    /// It runs once.
    Once(Value),
    /// It runs for each item of an iterable.
    Each(Value),
}

/// Runs a statement. Errors leave the cursor without one.
pub fn execute(cx: &mut Context, cursor: &Cursor, sql: Value, parameters: &Parameters) -> Result<()> {
    let connection = cursor.check(cx)?;
    let connection = connection_of(&connection);
    cursor.locked.set(true);
    let outcome = run(cx, cursor, connection, sql, parameters);
    cursor.locked.set(false);
    let held = cursor.statement.get();
    match outcome {
        Ok(()) => {
            if held.is_some_and(|held| !statement_of(&held).is_busy()) {
                cursor.statement.set(None);
            }
            Ok(())
        }
        Err(raised) => {
            if let Some(held) = held {
                let pending = cx.take_pending();
                statement_of(&held).reset(cx);
                cursor.statement.set(None);
                cx.raise_value(pending);
            }
            cursor.row_count.set(-1);
            Err(raised)
        }
    }
}

/// The state of a connection known to be one.
pub fn connection_of(value: &Owned) -> &NativeObject<Connection> {
    match value.value().cast() {
        Some(connection) => connection,
        None => unreachable!("cursors hold connections"),
    }
}

/// The state of a statement known to be one.
pub fn statement_of(value: &Owned) -> &NativeObject<Statement> {
    match value.value().cast() {
        Some(statement) => statement,
        None => unreachable!("cursors and caches hold statements"),
    }
}

fn run(cx: &mut Context, cursor: &Cursor, connection: &Connection, sql: Value, parameters: &Parameters) -> Result<()> {
    let iterator = match parameters {
        Parameters::Once(_) => None,
        Parameters::Each(all) => Some(iterate::get_iter(cx, *all)?),
    };
    cursor.description.set(None);
    if let Some(old) = cursor.statement.get() {
        statement_of(&old).reset(cx);
    }
    let mut object = connection.statement(cx, sql)?;
    cursor.statement.set(Some(object.clone()));
    if iterator.is_some() && statement_of(&object).take(cx)?.is_readonly() {
        return Err(error::fail(cx, Kind::Programming, "executemany() can only execute DML statements."));
    }
    if statement_of(&object).is_busy() {
        // Another cursor is at it.
        object = connection.new_statement(cx, sql)?;
        cursor.statement.set(Some(object.clone()));
    }
    let statement = statement_of(&object);
    statement.reset(cx);
    let changes_rows = statement.changes_rows.get();
    cursor.row_count.set(if changes_rows { 0 } else { -1 });
    let database = connection.database(cx)?;
    if connection.autocommit.get() == LEGACY
        && changes_rows
        && let Some(level) = connection.isolation.get()
        && database.is_autocommit()
    {
        statement::run(cx, &database, begin(level))?;
    }
    let state = cx.state::<State>();
    match iterator {
        None => {
            let Parameters::Once(parameters) = parameters else { return Ok(()) };
            if !run_once(cx, &state, cursor, connection, statement, *parameters)? {
                return Ok(());
            }
            let row = database.last_row();
            cursor.last_row.set(Some(row));
        }
        Some(iterator) => {
            while let Some(item) = iterate::next(cx, iterator.value())? {
                if !run_once(cx, &state, cursor, connection, statement, item.value())? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// The statement that starts a transaction of that level.
pub fn begin(level: &str) -> &'static CStr {
    match level {
        "DEFERRED" => c"BEGIN DEFERRED",
        "IMMEDIATE" => c"BEGIN IMMEDIATE",
        "EXCLUSIVE" => c"BEGIN EXCLUSIVE",
        _ => c"BEGIN ",
    }
}

/// Runs a statement up to its first row. False if there is no statement.
fn run_once(
    cx: &mut Context,
    state: &State,
    cursor: &Cursor,
    connection: &Connection,
    statement: &Statement,
    parameters: Value,
) -> Result<bool> {
    let prepared = &mut *statement.take(cx)?;
    bind_all(cx, state, prepared, parameters)?;
    if prepared.is_empty() {
        return Ok(false);
    }
    // What is done goes back to its start at once: letting go of the GIL has its price.
    let step = cx.detached(|_| {
        let step = prepared.step();
        if matches!(step, Ok(Step::Done)) {
            prepared.reset();
        }
        step
    });
    let step = finish_step(cx, connection, step)?;
    match fetch::converters(cx, connection, prepared) {
        Ok(converters) => *cursor.converters.borrow_mut() = converters,
        Err(_) => {
            let cause = cx.take_pending();
            let raised = error::fail(cx, Kind::Operational, "Error while building row_cast_map");
            exception::set_cause(cx, cause);
            return Err(raised);
        }
    }
    if cursor.description.is_empty() && prepared.column_count() > 0 {
        let description = fetch::description(cx, connection, prepared)?;
        cursor.description.set(Some(description));
    }
    if step == Step::Done && statement.changes_rows.get() {
        cursor.row_count.set(cursor.row_count.get() + prepared.database.changes());
    }
    Ok(true)
}

/// Raises what went wrong in a step: in the library, or in an order of texts that the program has defined.
fn finish_step(cx: &mut Context, connection: &Connection, step: crate::library::Outcome<Step>) -> Result<Step> {
    let failed = connection.failure.take();
    match step {
        Err(failure) => {
            if let Some(failed) = failed {
                cx.raise_value(failed);
                crate::watch::report(cx, "on sqlite3 callback", singleton::none());
            }
            Err(error::raise(cx, &failure))
        }
        Ok(step) => match failed {
            Some(failed) => Err(cx.raise_value(failed)),
            None => Ok(step),
        },
    }
}

/// The next row; the statement has gone on to the one after it.
pub fn next(cx: &mut Context, this: &NativeObject<Cursor>) -> Result<Option<Owned>> {
    let connection = this.check(cx)?;
    let connection = connection_of(&connection);
    let Some(object) = this.statement.get() else { return Ok(None) };
    let statement = statement_of(&object);
    let mut held = statement.take(cx)?;
    let prepared = &mut *held;
    if prepared.data_count() == 0 {
        cx.detached(|_| prepared.reset());
        this.statement.set(None);
        return Ok(None);
    }
    this.locked.set(true);
    let converters = this.converters.borrow().clone();
    let row = fetch::row(cx, connection, prepared, &converters);
    this.locked.set(false);
    let row = row?;
    let step = cx.detached(|_| {
        let step = prepared.step();
        if !matches!(step, Ok(Step::Row)) {
            prepared.reset();
        }
        step
    });
    match finish_step(cx, connection, step) {
        Ok(Step::Row) => {}
        Ok(Step::Done) => {
            if statement.changes_rows.get() {
                this.row_count.set(prepared.database.changes());
            }
            this.statement.set(None);
        }
        Err(raised) => {
            this.statement.set(None);
            return Err(raised);
        }
    }
    drop(held);
    let factory = this.row_factory.get_or_none();
    if factory.value() == singleton::none() {
        return Ok(Some(row));
    }
    crate::row::make(cx, factory.value(), this, row).map(Some)
}

/// Runs all statements of a script, after what is open was committed.
pub fn run_script(cx: &mut Context, cursor: &Cursor, sql: &CStr) -> Result<()> {
    let connection = cursor.check(cx)?;
    let database = connection_of(&connection).database(cx)?;
    let longest = database.limit(libsqlite3_sys::SQLITE_LIMIT_SQL_LENGTH, -1);
    if sql.to_bytes().len() > longest.max(0) as usize {
        return Err(error::fail(cx, Kind::Data, "query string is too large"));
    }
    let commits = connection_of(&connection).autocommit.get() == LEGACY;
    let outcome = cx.detached(|_| {
        if commits && !database.is_autocommit() {
            database.run(c"COMMIT")?;
        }
        database.run_script(sql)
    });
    outcome.map_err(|failure| error::raise(cx, &failure))
}

/// No parameters.
pub fn none() -> Value {
    tuple::empty()
}
