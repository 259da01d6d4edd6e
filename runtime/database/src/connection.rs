//! Connections with databases.

use crate::arguments::{RowNumber, Text, utf8, warn_of_names, warn_of_positions};
use crate::blob::{Blob, Shared};
use crate::cache::Cache;
use crate::cursor::Cursor;
use crate::execute::{self, Parameters};
use crate::library::{Aggregate, Database, Failure, Function, Watch};
use crate::state::{Kind, State};
use crate::statement::{self, Statement};
use crate::{error, transfer};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_os::path::FileName;
use sidewinder_os::warn_resource;
use sidewinder_runtime::native::argument::Place;
use sidewinder_runtime::native::{Field, FromArgument, NativeObject, assigned};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::iterator::arguments::{Signature, refuse_keywords};
use sidewinder_runtime::objects::str::{self, STR, StrObject};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{audit, call, convert, import};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Objects are made of columns by the types with which these were declared.
pub const PARSE_DECLARATIONS: i32 = 1;
/// Objects are made of columns by a type in brackets behind their names.
pub const PARSE_COLUMN_NAMES: i32 = 2;
/// `autocommit` for transactions that start before statements that change something.
pub const LEGACY: i64 = -1;

/// The database of a connection, which knows the connection as its owner.
#[derive(Default)]
struct Link(RefCell<Option<Arc<Database>>>);

impl Link {
    fn take(&self) -> Option<Arc<Database>> {
        let database = self.0.borrow_mut().take();
        if let Some(database) = &database {
            database.owner.store(0, Ordering::Relaxed);
        }
        database
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.take();
    }
}

/// SQLite database connection object.
#[native_type("sqlite3.Connection", base)]
#[derive(Traverse)]
pub struct Connection {
    #[plain]
    link: Link,
    initialized: Cell<bool>,
    pub detect_types: Cell<i32>,
    /// What stands behind `BEGIN` of transactions that start by themselves; None if none does.
    #[plain]
    pub isolation: Cell<Option<&'static str>>,
    pub autocommit: Cell<i64>,
    check_same_thread: Cell<bool>,
    thread: Cell<u64>,
    cache: Cache,
    #[plain]
    blobs: RefCell<Vec<Weak<Shared>>>,
    row_factory: Field,
    pub text_factory: Field,
    pub authorizer: Field,
    pub progress: Field,
    pub trace: Field,
    /// What a function has raised whose error the library cannot pass on.
    pub failure: Field,
}

impl Connection {
    fn empty() -> Connection {
        Connection {
            link: Link::default(),
            initialized: Cell::new(false),
            detect_types: Cell::new(0),
            isolation: Cell::new(None),
            autocommit: Cell::new(LEGACY),
            check_same_thread: Cell::new(false),
            thread: Cell::new(0),
            cache: Cache::default(),
            blobs: RefCell::default(),
            row_factory: Field::empty(),
            text_factory: Field::empty(),
            authorizer: Field::empty(),
            progress: Field::empty(),
            trace: Field::empty(),
            failure: Field::empty(),
        }
    }

    /// An error on any thread but the one that has opened the connection, unless others may use it.
    pub fn check_thread(&self, cx: &mut Context) -> Result<()> {
        let (own, here) = (self.thread.get(), cx.thread_identifier());
        if !self.check_same_thread.get() || own == here {
            return Ok(());
        }
        let message = format!(
            "SQLite objects created in a thread can only be used in that same thread. The object was created in thread \
             id {own} and this is thread id {here}."
        );
        Err(error::fail(cx, Kind::Programming, message))
    }

    /// The open database.
    pub fn database(&self, cx: &mut Context) -> Result<Arc<Database>> {
        if !self.initialized.get() {
            return Err(error::fail(cx, Kind::Programming, "Base Connection.__init__ not called."));
        }
        let database = self.link.0.borrow().clone();
        database.ok_or_else(|| error::fail(cx, Kind::Programming, "Cannot operate on a closed database."))
    }

    /// The open database, for this thread.
    fn own_database(&self, cx: &mut Context) -> Result<Arc<Database>> {
        self.check_thread(cx)?;
        self.database(cx)
    }

    /// The statement that a text is, which may have been kept.
    pub fn statement(&self, cx: &mut Context, sql: Value) -> Result<Owned> {
        let text = sql_bytes(cx, sql)?;
        if let Some(kept) = self.cache.find(&text) {
            return Ok(kept);
        }
        let database = self.database(cx)?;
        let made = Statement::prepare(cx, &database, &text)?;
        self.cache.keep(&text, &made);
        Ok(made)
    }

    /// A new statement.
    pub fn new_statement(&self, cx: &mut Context, sql: Value) -> Result<Owned> {
        let text = sql_bytes(cx, sql)?;
        let database = self.database(cx)?;
        Statement::prepare(cx, &database, &text)
    }

    fn run(&self, cx: &mut Context, sql: &CStr) -> Result<()> {
        let database = self.database(cx)?;
        statement::run(cx, &database, sql)
    }

    /// Closes the database, if it is open.
    fn shut(&self, cx: &mut Context) -> Result<()> {
        let open = self.link.0.borrow().clone();
        let Some(open) = open else { return Ok(()) };
        let outcome = if self.autocommit.get() == 0 && !open.is_autocommit() {
            statement::run(cx, &open, c"ROLLBACK")
        } else {
            Ok(())
        };
        drop(open);
        if let Some(database) = self.link.take() {
            for what in [Watch::Authorizer, Watch::Progress(0), Watch::Trace] {
                database.watch(what, false);
            }
            cx.detached(|_| drop(database));
        }
        for field in [&self.authorizer, &self.progress, &self.trace] {
            field.set(None);
        }
        outcome
    }

    fn close_blobs(&self, cx: &mut Context) {
        let blobs = std::mem::take(&mut *self.blobs.borrow_mut());
        for blob in blobs.iter().filter_map(Weak::upgrade) {
            if let Ok(mut open) = blob.try_borrow_mut()
                && let Some(open) = open.take()
            {
                cx.detached(|_| drop(open));
            }
        }
    }

    /// Commits or rolls back what is open, and starts anew where a transaction is always open.
    fn end(&self, cx: &mut Context, sql: &CStr) -> Result<()> {
        let database = self.own_database(cx)?;
        match self.autocommit.get() {
            LEGACY if database.is_autocommit() => Ok(()),
            LEGACY => self.run(cx, sql),
            0 => {
                self.run(cx, sql)?;
                self.run(cx, c"BEGIN")
            }
            _ => Ok(()),
        }
    }

    /// Sets what is called when something happens, or ends that.
    fn watch(&self, cx: &mut Context, what: Watch, function: Value) -> Result<()> {
        let database = self.own_database(cx)?;
        let field = match what {
            Watch::Authorizer => &self.authorizer,
            Watch::Progress(_) => &self.progress,
            Watch::Trace => &self.trace,
        };
        let on = function != singleton::none();
        field.set(on.then(|| Owned::new(function)));
        if database.watch(what, on) {
            return Ok(());
        }
        field.set(None);
        Err(error::fail(cx, Kind::Operational, "Error setting authorizer callback"))
    }
}

/// A text of SQL in UTF-8.
fn sql_bytes(cx: &mut Context, sql: Value) -> Result<Vec<u8>> {
    match str::cast(sql) {
        Some(text) => utf8(cx, text, sql),
        None => Err(cx.type_error(format!("argument 1 must be str, not {}", sql.type_of().name()))),
    }
}

/// The level that `isolation_level` names.
fn isolation(cx: &mut Context, value: Value) -> Result<Option<&'static str>> {
    if value == singleton::none() {
        return Ok(None);
    }
    let Some(text) = str::cast(value) else {
        return Err(cx.type_error("isolation_level must be str or None"));
    };
    let text = utf8(cx, text, value)?;
    if text.contains(&0) {
        return Err(cx.value_error("embedded null character"));
    }
    let level = ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"];
    match level.into_iter().find(|level| level.as_bytes().eq_ignore_ascii_case(&text)) {
        Some(level) => Ok(Some(level)),
        None => Err(cx.value_error("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")),
    }
}

/// The number that stands for a value of `autocommit`.
fn autocommit(cx: &mut Context, value: Value) -> Result<i64> {
    match (singleton::as_bool(value), int::as_i64(value)) {
        (Some(on), _) => Ok(i64::from(on)),
        (None, Some(LEGACY)) => Ok(LEGACY),
        _ => Err(cx.value_error("autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL")),
    }
}

/// Whether an option of databases is one that is on or off.
fn check_option(cx: &mut Context, option: i32) -> Result<()> {
    if crate::codes::OPTIONS.iter().any(|(_, known)| *known == option) {
        return Ok(());
    }
    Err(cx.value_error(format!("unknown config 'op': {option}")))
}

/// An error for a number of arguments that no function can have.
fn check_count(cx: &mut Context, database: &Database, count: i32, name: &str) -> Result<()> {
    let most = database.limit(libsqlite3_sys::SQLITE_LIMIT_FUNCTION_ARG, -1);
    if (-1..=most).contains(&count) {
        return Ok(());
    }
    let message = format!("'{name}' must be between -1 and {most}, not {count}");
    Err(error::fail(cx, Kind::Programming, message))
}

macro_rules! places {
    ($( $constant:ident $function:literal $name:literal; )*) => { $(
        static $constant: Place =
            Place { function: $function, argument: concat!("argument '", $name, "'"), name: $name };
    )* };
}

places! {
    TIMEOUT "Connection" "timeout";
    DETECT_TYPES "Connection" "detect_types";
    CACHED "Connection" "cached_statements";
    FUNCTION_NAME "create_function" "name";
    FUNCTION_COUNT "create_function" "narg";
    AGGREGATE_NAME "create_aggregate" "name";
    AGGREGATE_COUNT "create_aggregate" "n_arg";
    PROGRESS_COUNT "set_progress_handler" "n";
}

/// A signature whose first parameters may be given in any way, and the others by name.
const fn signature<const N: usize>(
    function: &'static str,
    names: [&'static str; N],
    positional: usize,
    required: usize,
) -> Signature<N> {
    Signature { function, names, positional_only: 0, positional, required, rest: false, open: false }
}

static INIT: Signature<9> = signature(
    "Connection",
    [
        "database",
        "timeout",
        "detect_types",
        "isolation_level",
        "check_same_thread",
        "factory",
        "cached_statements",
        "uri",
        "autocommit",
    ],
    8,
    1,
);
static CREATE_FUNCTION: Signature<4> = signature("create_function", ["name", "narg", "func", "deterministic"], 3, 3);
static CREATE_AGGREGATE: Signature<3> = signature("create_aggregate", ["name", "n_arg", "aggregate_class"], 3, 3);
static SET_AUTHORIZER: Signature<1> = signature("set_authorizer", ["authorizer_callback"], 1, 1);
static SET_PROGRESS: Signature<2> = signature("set_progress_handler", ["progress_handler", "n"], 2, 2);
static SET_TRACE: Signature<1> = signature("set_trace_callback", ["trace_callback"], 1, 1);

/// Opens the database of a connection.
fn start(cx: &mut Context, this: &NativeObject<Connection>, arguments: Arguments<'_>) -> Result<()> {
    warn_of_positions(cx, "_sqlite3.Connection", arguments.positionals().len())?;
    let [name, timeout, detect, level, same_thread, _, cached, uri, commits] = INIT.bind(cx, arguments)?;
    let name = name.unwrap_or(singleton::none());
    let timeout = timeout.map_or(Ok(5.0), |value| f64::from_argument(cx, &value, &TIMEOUT))?;
    let detect = detect.map_or(Ok(0), |value| i32::from_argument(cx, &value, &DETECT_TYPES))?;
    let level = level.map_or(Ok(Some("")), |value| isolation(cx, value))?;
    let same_thread = same_thread.map_or(Ok(true), |value| convert::truth(cx, value))?;
    let cached = cached.map_or(Ok(128), |value| i32::from_argument(cx, &value, &CACHED))?;
    let uri = uri.map_or(Ok(false), |value| convert::truth(cx, value))?;
    let commits = commits.map_or(Ok(LEGACY), |value| autocommit(cx, value))?;
    audit::event(cx, "sqlite3.connect", |_| vec![Owned::new(name)])?;
    let file = FileName::of(cx, name)?.0;
    if this.initialized.replace(false) {
        this.cache.clear();
        this.close_blobs(cx);
        this.shut(cx)?;
    }
    let opened = cx.detached(|_| Database::open(&file, uri, (timeout * 1000.0) as i32));
    let database = opened.map_err(|failure| error::raise(cx, &failure))?;
    database.owner.store(this.value().0, Ordering::Relaxed);
    this.link.take();
    *this.link.0.borrow_mut() = Some(Arc::new(database));
    this.detect_types.set(detect);
    this.isolation.set(level);
    this.autocommit.set(commits);
    this.check_same_thread.set(same_thread);
    this.thread.set(cx.thread_identifier());
    this.cache.restart(usize::try_from(cached).unwrap_or(0));
    this.row_factory.set(None);
    this.text_factory.set(Some(Owned::new(STR.value())));
    audit::event(cx, "sqlite3.connect/handle", |_| vec![this.to_owned_value()])?;
    this.initialized.set(true);
    if commits == 0 { this.run(cx, c"BEGIN") } else { Ok(()) }
}

/// A new cursor, made by the factory.
fn new_cursor(cx: &mut Context, this: &NativeObject<Connection>, factory: Option<Value>) -> Result<Owned> {
    this.own_database(cx)?;
    let made = match factory {
        None => Cursor::create(cx, this)?,
        Some(factory) => call::call(cx, factory, &[this.value()])?,
    };
    let Some(cursor) = made.value().cast::<NativeObject<Cursor>>() else {
        let name = made.value().type_of().name();
        return Err(cx.type_error(format!("factory must return a cursor, not {name}")));
    };
    let own = this.row_factory.get_or_none();
    if own.value() != singleton::none() {
        cursor.row_factory.set(Some(own));
    }
    Ok(made)
}

/// Runs a statement by a new cursor.
fn run_by_cursor(
    cx: &mut Context,
    this: &NativeObject<Connection>,
    sql: Value,
    parameters: &Parameters,
) -> Result<Owned> {
    let made = new_cursor(cx, this, None)?;
    if let Some(cursor) = made.value().cast::<NativeObject<Cursor>>() {
        execute::execute(cx, cursor, sql, parameters)?;
    }
    Ok(made)
}

/// Makes an aggregate of a class.
fn define_aggregate(
    cx: &mut Context,
    connection: &Connection,
    kind: Aggregate,
    name: &CStr,
    (count, count_name): (i32, &str),
    class: Value,
) -> Result<()> {
    let database = connection.own_database(cx)?;
    check_count(cx, &database, count, count_name)?;
    let function = Function { name, arguments: count, deterministic: false };
    let class = (kind == Aggregate::Plain || class != singleton::none()).then_some(class);
    match (database.create_aggregate(cx, &function, kind, class), kind) {
        (Ok(()), _) => Ok(()),
        (Err(_), Aggregate::Plain) => Err(error::fail(cx, Kind::Operational, "Error creating aggregate")),
        (Err(code), Aggregate::Window) => Err(error::raise(cx, &Failure::of_code(code))),
    }
}

macro_rules! connection_methods {
    ($( $exception:ident $kind:ident; )*) => {
        #[methods]
        #[allow(non_snake_case)]
        impl Connection {
            $(
                #[get(member)]
                fn $exception(&self, cx: &mut Context) -> Owned {
                    cx.state::<State>().exception(Kind::$kind).class()
                }
            )*

            #[new]
            fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
                NativeObject::allocate(cx, class, Connection::empty())
            }

            #[init(name = "Connection")]
            fn init(this: &NativeObject<Connection>, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
                start(cx, this, arguments)
            }

            #[call]
            fn call(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
                self.own_database(cx)?;
                refuse_keywords(cx, "sqlite3.Connection", arguments)?;
                match arguments.values {
                    [sql] => self.new_statement(cx, *sql),
                    values => {
                        let given = values.len();
                        Err(cx.type_error(format!("function takes exactly 1 argument ({given} given)")))
                    }
                }
            }

            /// A cursor over the connection.
            fn cursor(
                this: &NativeObject<Connection>,
                cx: &mut Context,
                #[named]
                #[default(Value::UNBOUND, "<unrepresentable>")]
                factory: Value,
            ) -> Result<Owned> {
                new_cursor(cx, this, (!factory.is_unbound()).then_some(factory))
            }

            /// Opens the blob in a column of a row.
            fn blobopen(
                this: &NativeObject<Connection>,
                cx: &mut Context,
                table: Text,
                column: Text,
                rowid: RowNumber,
                #[keyword]
                #[default(false)]
                readonly: bool,
                #[default(main(), "'main'")] name: Text,
            ) -> Result<Owned> {
                let database = this.own_database(cx)?;
                let place = crate::library::Place {
                    database: name.0,
                    table: table.0,
                    column: column.0,
                    row: rowid.0,
                };
                let (made, shared) = Blob::open(cx, this, &database, &place, !readonly)?;
                let mut blobs = this.blobs.borrow_mut();
                blobs.retain(|blob| blob.strong_count() > 0);
                blobs.push(Rc::downgrade(&shared));
                Ok(made)
            }

            /// Closes the database. What was not committed is lost.
            fn close(&self, cx: &mut Context) -> Result<()> {
                self.check_thread(cx)?;
                if !self.initialized.get() {
                    return Err(error::fail(cx, Kind::Programming, "Base Connection.__init__ not called."));
                }
                self.close_blobs(cx);
                self.cache.clear();
                self.shut(cx)
            }

            /// Commits the transaction, if one is open.
            fn commit(&self, cx: &mut Context) -> Result<()> {
                self.end(cx, c"COMMIT")
            }

            /// Rolls the transaction back, if one is open.
            fn rollback(&self, cx: &mut Context) -> Result<()> {
                self.end(cx, c"ROLLBACK")
            }

            /// Makes a callable a function of SQL.
            fn create_function(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
                warn_of_names(cx, "create_function", &CREATE_FUNCTION.names[..3], arguments)?;
                let [name, count, function, deterministic] = CREATE_FUNCTION.bind(cx, arguments)?;
                let (Some(name), Some(count), Some(function)) = (name, count, function) else { return Ok(()) };
                let name = Text::from_argument(cx, &name, &FUNCTION_NAME)?;
                let arguments = i32::from_argument(cx, &count, &FUNCTION_COUNT)?;
                let deterministic = deterministic.map_or(Ok(false), |value| convert::truth(cx, value))?;
                let database = self.own_database(cx)?;
                check_count(cx, &database, arguments, "narg")?;
                let made = Function { name: &name.0, arguments, deterministic };
                if database.create_function(cx, &made, function) {
                    return Ok(());
                }
                Err(error::fail(cx, Kind::Operational, "Error creating function"))
            }

            /// Makes a class an aggregate of SQL.
            fn create_aggregate(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
                warn_of_names(cx, "create_aggregate", &CREATE_AGGREGATE.names, arguments)?;
                let [name, count, class] = CREATE_AGGREGATE.bind(cx, arguments)?;
                let (Some(name), Some(count), Some(class)) = (name, count, class) else { return Ok(()) };
                let name = Text::from_argument(cx, &name, &AGGREGATE_NAME)?;
                let count = i32::from_argument(cx, &count, &AGGREGATE_COUNT)?;
                define_aggregate(cx, self, Aggregate::Plain, &name.0, (count, "n_arg"), class)
            }

            /// Makes a class an aggregate of SQL that works over windows; None takes it away.
            fn create_window_function(
                &self,
                cx: &mut Context,
                name: Text,
                num_params: i32,
                aggregate_class: Value,
            ) -> Result<()> {
                let count = (num_params, "num_params");
                define_aggregate(cx, self, Aggregate::Window, &name.0, count, aggregate_class)
            }

            /// Makes a callable an order of texts; None takes it away.
            fn create_collation(&self, cx: &mut Context, name: Text, callback: Value) -> Result<()> {
                let database = self.own_database(cx)?;
                let given = callback != singleton::none();
                if given && callback.type_of().slots().call.is_none() {
                    return Err(cx.type_error("parameter must be callable"));
                }
                let outcome = database.create_collation(cx, &name.0, given.then_some(callback));
                outcome.map_err(|failure| error::raise(cx, &failure))
            }

            /// Sets what is asked whether statements may read and change something.
            fn set_authorizer(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
                warn_of_names(cx, "set_authorizer", &SET_AUTHORIZER.names, arguments)?;
                let [function] = SET_AUTHORIZER.bind(cx, arguments)?;
                self.watch(cx, Watch::Authorizer, function.unwrap_or(singleton::none()))
            }

            /// Sets what is called after every so many steps of statements.
            fn set_progress_handler(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
                warn_of_names(cx, "set_progress_handler", &SET_PROGRESS.names[..1], arguments)?;
                let [function, count] = SET_PROGRESS.bind(cx, arguments)?;
                let count = count.map_or(Ok(0), |value| i32::from_argument(cx, &value, &PROGRESS_COUNT))?;
                self.watch(cx, Watch::Progress(count), function.unwrap_or(singleton::none()))
            }

            /// Sets what is called with the text of each statement that is run.
            fn set_trace_callback(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
                warn_of_names(cx, "set_trace_callback", &SET_TRACE.names, arguments)?;
                let [function] = SET_TRACE.bind(cx, arguments)?;
                self.watch(cx, Watch::Trace, function.unwrap_or(singleton::none()))
            }

            /// Allows or forbids to load extensions.
            fn enable_load_extension(this: &NativeObject<Connection>, cx: &mut Context, enable: bool) -> Result<()> {
                audit::event(cx, "sqlite3.enable_load_extension", |_| {
                    vec![this.to_owned_value(), Owned::new(singleton::boolean(enable))]
                })?;
                if this.own_database(cx)?.allow_extensions(enable) {
                    return Ok(());
                }
                Err(error::fail(cx, Kind::Operational, "Error enabling load extension"))
            }

            /// Loads a library that extends the database.
            fn load_extension(
                this: &NativeObject<Connection>,
                cx: &mut Context,
                name: Text,
                #[keyword]
                #[default(None)]
                entrypoint: Option<Text>,
            ) -> Result<()> {
                audit::event(cx, "sqlite3.load_extension", |cx| {
                    vec![this.to_owned_value(), StrObject::new(cx, &name.0.to_string_lossy())]
                })?;
                let database = this.own_database(cx)?;
                let entry = entrypoint.as_ref().map(|entry| entry.0.as_c_str());
                let outcome = cx.detached(|_| database.load_extension(&name.0, entry));
                outcome.map_err(|message| error::fail(cx, Kind::Operational, message))
            }

            /// Runs a statement by a new cursor.
            fn execute(
                this: &NativeObject<Connection>,
                cx: &mut Context,
                sql: &StrObject,
                #[default(execute::none(), "()")] parameters: Value,
            ) -> Result<Owned> {
                run_by_cursor(cx, this, Value::from_pointer(sql), &Parameters::Once(parameters))
            }

            /// Runs a statement once for each of the parameters, by a new cursor.
            fn executemany(
                this: &NativeObject<Connection>,
                cx: &mut Context,
                sql: &StrObject,
                parameters: Value,
            ) -> Result<Owned> {
                run_by_cursor(cx, this, Value::from_pointer(sql), &Parameters::Each(parameters))
            }

            /// Runs any number of statements by a new cursor.
            fn executescript(this: &NativeObject<Connection>, cx: &mut Context, sql_script: Value) -> Result<Owned> {
                let made = new_cursor(cx, this, None)?;
                call::call_method(cx, made.value(), "executescript", &[sql_script])?;
                Ok(made)
            }

            /// Ends the statements that run, on whatever threads.
            fn interrupt(&self, cx: &mut Context) -> Result<()> {
                self.database(cx)?.interrupt();
                Ok(())
            }

            /// An iterator over statements that make the database anew.
            fn iterdump(
                &self,
                cx: &mut Context,
                this: Value,
                #[keyword]
                #[default(singleton::none(), "None")]
                filter: Value,
            ) -> Result<Owned> {
                self.database(cx)?;
                let module = import::module(cx, "sqlite3.dump")?;
                let function =
                    sidewinder_runtime::operations::attribute::get_text(cx, module.value(), "_iterdump")?;
                let name = str::intern(cx, "filter");
                let arguments = Arguments { values: &[this, filter], names: &[name.value()] };
                call::call_with(cx, function.value(), arguments)
            }

            /// Copies the database into another one.
            fn backup(
                this: &NativeObject<Connection>,
                cx: &mut Context,
                #[named] target: &NativeObject<Connection>,
                #[keyword]
                #[default(-1)]
                pages: i32,
                #[default(singleton::none(), "None")] progress: Value,
                #[default(main(), "'main'")] name: Text,
                #[default(0.25)] sleep: f64,
            ) -> Result<()> {
                let source = this.own_database(cx)?;
                let to = target.database(cx)?;
                if target.value() == this.value() {
                    return Err(cx.value_error("target cannot be the same connection instance"));
                }
                if progress != singleton::none() && progress.type_of().slots().call.is_none() {
                    return Err(cx.type_error("progress argument must be a callable"));
                }
                let pages = if pages == 0 { -1 } else { pages };
                transfer::back_up(cx, [&source, &to], &name.0, pages, progress, (sleep * 1000.0) as i32)
            }

            /// The database as bytes.
            fn serialize(
                &self,
                cx: &mut Context,
                #[keyword]
                #[default(main(), "'main'")]
                name: Text,
            ) -> Result<Owned> {
                let database = self.own_database(cx)?;
                transfer::serialize(cx, &database, &name.0)
            }

            /// Replaces the database by one in memory that was made bytes.
            fn deserialize(
                &self,
                cx: &mut Context,
                data: Value,
                #[keyword]
                #[default(main(), "'main'")]
                name: Text,
            ) -> Result<()> {
                let bytes = match str::cast(data) {
                    Some(text) => utf8(cx, text, data)?,
                    None => Buffer::read(cx, data)?.as_slice().to_vec(),
                };
                let database = self.own_database(cx)?;
                let outcome = cx.detached(|_| database.deserialize(&name.0, &bytes));
                outcome.map_err(|failure| error::raise(cx, &failure))
            }

            #[method(name = "__enter__")]
            fn enter(this: &NativeObject<Connection>, cx: &mut Context) -> Result<Owned> {
                this.database(cx)?;
                Ok(this.to_owned_value())
            }

            /// Commits, or rolls back after an exception.
            #[method(name = "__exit__")]
            fn exit(&self, cx: &mut Context, r#type: Value, value: Value, traceback: Value) -> Result<bool> {
                if [r#type, value, traceback].iter().any(|given| *given != singleton::none()) {
                    self.end(cx, c"ROLLBACK")?;
                    return Ok(false);
                }
                if let Err(raised) = self.end(cx, c"COMMIT") {
                    // What could not be committed must not stay open.
                    let failed = cx.take_pending();
                    if self.end(cx, c"ROLLBACK").is_err() {
                        let second = cx.take_pending();
                        if let Some(second) = second.value().cast::<sidewinder_runtime::objects::exception::ExceptionObject>() {
                            second.set_context(Some(failed));
                        }
                        cx.raise_value(second);
                        return Err(raised);
                    }
                    cx.raise_value(failed);
                    return Err(raised);
                }
                Ok(false)
            }

            /// Sets a limit, unless the new one is negative, and gives the old one.
            fn setlimit(&self, cx: &mut Context, category: i32, limit: i32) -> Result<i32> {
                let old = self.own_database(cx)?.limit(category, limit);
                if old < 0 {
                    return Err(error::fail(cx, Kind::Programming, "'category' is out of bounds"));
                }
                Ok(old)
            }

            /// A limit.
            fn getlimit(&self, cx: &mut Context, category: i32) -> Result<i32> {
                let limit = self.own_database(cx)?.limit(category, -1);
                if limit < 0 {
                    return Err(error::fail(cx, Kind::Programming, "'category' is out of bounds"));
                }
                Ok(limit)
            }

            /// Sets an option that is on or off.
            fn setconfig(&self, cx: &mut Context, op: i32, #[default(true)] enable: bool) -> Result<()> {
                let database = self.own_database(cx)?;
                check_option(cx, op)?;
                let actual = database.configure(op, i32::from(enable)).map_err(|failure| error::raise(cx, &failure))?;
                if actual != i32::from(enable) {
                    return Err(error::fail(cx, Kind::Operational, "Unable to set config"));
                }
                Ok(())
            }

            /// Whether an option is on.
            fn getconfig(&self, cx: &mut Context, op: i32) -> Result<bool> {
                let database = self.own_database(cx)?;
                check_option(cx, op)?;
                let actual = database.configure(op, -1).map_err(|failure| error::raise(cx, &failure))?;
                Ok(actual != 0)
            }

            /// The signature of a call of a connection.
            #[get(name = "__text_signature__")]
            fn text_signature(&self) -> &'static str {
                "(sql, /)"
            }

            #[get]
            fn isolation_level(&self, cx: &mut Context) -> Result<Option<&'static str>> {
                self.database(cx)?;
                Ok(self.isolation.get())
            }

            #[set(isolation_level)]
            fn set_isolation_level(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                let value = assigned(cx, value, "cannot delete attribute")?;
                let level = isolation(cx, value)?;
                self.isolation.set(level);
                if level.is_none() { self.end(cx, c"COMMIT") } else { Ok(()) }
            }

            #[get]
            fn total_changes(&self, cx: &mut Context) -> Result<i64> {
                Ok(self.database(cx)?.total_changes())
            }

            #[get]
            fn in_transaction(&self, cx: &mut Context) -> Result<bool> {
                Ok(!self.database(cx)?.is_autocommit())
            }

            #[get]
            fn autocommit(&self, cx: &mut Context) -> Result<Owned> {
                self.own_database(cx)?;
                Ok(match self.autocommit.get() {
                    LEGACY => Owned::new(Value::from_small_int(LEGACY)),
                    on => Owned::new(singleton::boolean(on != 0)),
                })
            }

            #[set(autocommit)]
            fn set_autocommit(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                let value = assigned(cx, value, "cannot delete autocommit attribute")?;
                let database = self.own_database(cx)?;
                let mode = autocommit(cx, value)?;
                self.autocommit.set(mode);
                match mode {
                    1 if !database.is_autocommit() => self.run(cx, c"COMMIT"),
                    0 if database.is_autocommit() => self.run(cx, c"BEGIN"),
                    _ => Ok(()),
                }
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
            fn text_factory(&self) -> Owned {
                self.text_factory.get_or_none()
            }

            #[set(text_factory)]
            fn set_text_factory(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                let value = assigned(cx, value, "cannot delete text_factory attribute")?;
                self.text_factory.set(Some(Owned::new(value)));
                Ok(())
            }

            #[slot(finalize)]
            fn finalize(this: &NativeObject<Connection>, cx: &mut Context) -> Result<()> {
                if this.link.0.borrow().is_none() {
                    return Ok(());
                }
                let shown = convert::repr_text(cx, this.value())?;
                let warned = warn_resource(cx, this.value(), &format!("unclosed database in {shown}"));
                if warned.is_err() {
                    sidewinder_runtime::operations::finalize::report_unraisable(
                        cx,
                        "while finalizing database connection",
                        this.value(),
                    );
                }
                this.close_blobs(cx);
                this.cache.clear();
                this.shut(cx)
            }
        }
    };
}

/// The name of the database that a connection was opened for.
fn main() -> Text {
    Text(CString::from(c"main"))
}

connection_methods! {
    Warning Warning;
    Error Error;
    InterfaceError Interface;
    DatabaseError Database;
    DataError Data;
    OperationalError Operational;
    IntegrityError Integrity;
    InternalError Internal;
    ProgrammingError Programming;
    NotSupportedError NotSupported;
}
