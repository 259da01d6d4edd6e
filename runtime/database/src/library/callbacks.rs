//! What the library calls back: functions of SQL, orders of text, and what watches a database.
//!
//! The library calls on the thread that called it, in the middle of a call that is made without the GIL; so each of these takes
//! the GIL for its work. A thread that the interpreter does not know (the library may sort on several) gets a neutral answer.

use super::{Column, Database, Failure, Outcome, text_of};
use crate::{functions, watch};
use libsqlite3_sys as sys;
use sidewinder_runtime::{Context, Owned, Value};
use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::atomic::Ordering;

/// A function of the program that the library knows, and the database to which it belongs.
pub struct Callback {
    pub callable: Owned,
    database: *const Database,
}

impl Callback {
    /// The connection whose database calls.
    pub fn owner(&self) -> Option<Owned> {
        // SAFETY: (sqlite 2) the library calls while the database is open.
        owner_of(unsafe { &*self.database })
    }
}

/// The connection of a database, while it lives.
fn owner_of(database: &Database) -> Option<Owned> {
    match database.owner.load(Ordering::Relaxed) {
        0 => None,
        // The connection takes itself out before it dies, and the GIL is held.
        bits => Some(Owned::new(Value::from_word(bits))),
    }
}

/// A number of arguments, or -1 for any, and what else the library is to know of a function.
pub struct Function<'a> {
    pub name: &'a CStr,
    pub arguments: i32,
    pub deterministic: bool,
}

/// Which of a class's methods the library may call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aggregate {
    /// `step` and `finalize`.
    Plain,
    /// Those, `value` and `inverse`.
    Window,
}

/// What is watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watch {
    /// Whether statements may do what they are about to do.
    Authorizer,
    /// Every so many instructions of the library's machine.
    Progress(i32),
    /// Statements that start.
    Trace,
}

/// A pointer on its way into a call without the GIL.
#[derive(Clone, Copy)]
struct Passed(*mut c_void);

// SAFETY: (sqlite 2) the pointer is only handed on.
unsafe impl Send for Passed {}

impl Passed {
    fn pointer(self) -> *mut c_void {
        self.0
    }
}

impl Database {
    /// Gives a callable to the library, which returns it through `destroy`.
    fn pass(&self, callable: Value) -> Passed {
        let callback = Callback { callable: Owned::new(callable), database: self };
        Passed(Box::into_raw(Box::new(callback)).cast())
    }

    /// Makes a callable a function of SQL. Whether that went well.
    pub fn create_function(&self, cx: &mut Context, function: &Function<'_>, callable: Value) -> bool {
        let flags = sys::SQLITE_UTF8 | if function.deterministic { sys::SQLITE_DETERMINISTIC } else { 0 };
        let passed = self.pass(callable);
        let (name, count) = (function.name, function.arguments);
        // SAFETY: (sqlite 2) the handle is open, the name ends with a nul byte; the library gives the callback back, also if
        // it refuses it.
        let code = cx.detached(move |_| unsafe {
            sys::sqlite3_create_function_v2(
                self.raw(),
                name.as_ptr(),
                count,
                flags,
                passed.pointer(),
                Some(scalar),
                None,
                None,
                Some(destroy),
            )
        });
        code == sys::SQLITE_OK
    }

    /// Makes a class an aggregate of SQL; no class takes away a window function. The error is the library's code.
    pub fn create_aggregate(
        &self,
        cx: &mut Context,
        function: &Function<'_>,
        kind: Aggregate,
        class: Option<Value>,
    ) -> std::result::Result<(), i32> {
        let (name, count, flags) = (function.name, function.arguments, sys::SQLITE_UTF8);
        let Some(class) = class else {
            // SAFETY: (sqlite 2) the handle is open, the name ends with a nul byte.
            let code = cx.detached(|_| unsafe {
                let none = std::ptr::null_mut();
                sys::sqlite3_create_window_function(
                    self.raw(),
                    name.as_ptr(),
                    count,
                    flags,
                    none,
                    None,
                    None,
                    None,
                    None,
                    None,
                )
            });
            return if code == sys::SQLITE_OK { Ok(()) } else { Err(code) };
        };
        let passed = self.pass(class);
        // SAFETY: (sqlite 2) as for functions.
        let code = cx.detached(move |_| unsafe {
            match kind {
                Aggregate::Plain => sys::sqlite3_create_function_v2(
                    self.raw(),
                    name.as_ptr(),
                    count,
                    flags,
                    passed.pointer(),
                    None,
                    Some(step),
                    Some(finish),
                    Some(destroy),
                ),
                Aggregate::Window => sys::sqlite3_create_window_function(
                    self.raw(),
                    name.as_ptr(),
                    count,
                    flags,
                    passed.pointer(),
                    Some(step),
                    Some(finish),
                    Some(value),
                    Some(inverse),
                    Some(destroy),
                ),
            }
        });
        if code == sys::SQLITE_OK { Ok(()) } else { Err(code) }
    }

    /// Makes a callable an order of texts; none takes it away.
    pub fn create_collation(&self, cx: &mut Context, name: &CStr, callable: Option<Value>) -> Outcome<()> {
        let passed = callable.map_or(Passed(std::ptr::null_mut()), |callable| self.pass(callable));
        let is_given = callable.is_some();
        // SAFETY: (sqlite 2) as for functions, but that the library does not give back what it refuses.
        let code = cx.detached(move |_| unsafe {
            sys::sqlite3_create_collation_v2(
                self.raw(),
                name.as_ptr(),
                sys::SQLITE_UTF8,
                passed.pointer(),
                if is_given { Some(collate) } else { None },
                if is_given { Some(destroy) } else { None },
            )
        });
        if code == sys::SQLITE_OK {
            return Ok(());
        }
        let failure = self.failure();
        if is_given {
            // SAFETY: (sqlite 2) the library has not taken it.
            unsafe { destroy(passed.pointer()) };
        }
        Err(if failure.code == sys::SQLITE_OK { Failure::of_code(code) } else { failure })
    }

    /// Starts or ends to tell the owner of what happens. Whether that went well.
    pub fn watch(&self, what: Watch, on: bool) -> bool {
        let own = if on { (&raw const *self).cast_mut().cast::<c_void>() } else { std::ptr::null_mut() };
        // SAFETY: (sqlite 2) the handle is open; the library calls while the database is, which does not move: it is shared.
        unsafe {
            match what {
                Watch::Authorizer => {
                    let function = on.then_some(authorize as _);
                    sys::sqlite3_set_authorizer(self.raw(), function, own) == sys::SQLITE_OK
                }
                Watch::Progress(steps) => {
                    sys::sqlite3_progress_handler(self.raw(), steps, on.then_some(progress as _), own);
                    true
                }
                Watch::Trace => {
                    let function = on.then_some(trace as _);
                    sys::sqlite3_trace_v2(self.raw(), sys::SQLITE_TRACE_STMT as c_uint, function, own) == sys::SQLITE_OK
                }
            }
        }
    }
}

/// A call of a function of SQL.
pub struct Call {
    context: *mut sys::sqlite3_context,
    arguments: *mut *mut sys::sqlite3_value,
    pub count: usize,
}

impl Call {
    /// An argument, of those that there are.
    pub fn argument(&mut self, index: usize) -> Column<'_> {
        assert!(index < self.count);
        // SAFETY: (sqlite 2) during the call the library lends that many values; asking for one in one form leaves its bytes
        // until it is asked for in another one, which takes the call exclusively.
        unsafe {
            let value = *self.arguments.add(index);
            match sys::sqlite3_value_type(value) {
                sys::SQLITE_INTEGER => Column::Integer(sys::sqlite3_value_int64(value)),
                sys::SQLITE_FLOAT => Column::Float(sys::sqlite3_value_double(value)),
                sys::SQLITE_TEXT => {
                    let text = sys::sqlite3_value_text(value);
                    if text.is_null() {
                        return Column::NoMemory;
                    }
                    Column::Text(std::slice::from_raw_parts(text, sys::sqlite3_value_bytes(value).max(0) as usize))
                }
                sys::SQLITE_NULL => Column::Null,
                _ => {
                    let blob = sys::sqlite3_value_blob(value).cast::<u8>();
                    if blob.is_null() {
                        return Column::Blob(&[]);
                    }
                    Column::Blob(std::slice::from_raw_parts(blob, sys::sqlite3_value_bytes(value).max(0) as usize))
                }
            }
        }
    }

    /// The place that all calls of one aggregation share, nought at first. None if there is no memory, or, unless `make`
    /// says so, if there was no call before.
    pub fn shared(&mut self, make: bool) -> Option<&Cell<u64>> {
        let bytes = if make { size_of::<u64>() as c_int } else { 0 };
        // SAFETY: (sqlite 2) the library gives memory of that size, zeroed and aligned to 8, for as long as it aggregates.
        unsafe { sys::sqlite3_aggregate_context(self.context, bytes).cast::<Cell<u64>>().as_ref() }
    }

    pub fn return_null(&mut self) {
        // SAFETY: (sqlite 2) during the call; so below.
        unsafe { sys::sqlite3_result_null(self.context) };
    }

    pub fn return_integer(&mut self, value: i64) {
        // SAFETY: (sqlite 2) as above.
        unsafe { sys::sqlite3_result_int64(self.context, value) };
    }

    pub fn return_float(&mut self, value: f64) {
        // SAFETY: (sqlite 2) as above.
        unsafe { sys::sqlite3_result_double(self.context, value) };
    }

    pub fn return_text(&mut self, text: &[u8]) {
        let (data, length) = (text.as_ptr().cast(), super::size(text));
        // SAFETY: (sqlite 2) as above; the library copies the bytes.
        unsafe { sys::sqlite3_result_text(self.context, data, length, sys::SQLITE_TRANSIENT()) };
    }

    pub fn return_blob(&mut self, bytes: &[u8]) {
        let (data, length) = (bytes.as_ptr().cast(), super::size(bytes));
        // SAFETY: (sqlite 2) as above; the library copies the bytes.
        unsafe { sys::sqlite3_result_blob(self.context, data, length, sys::SQLITE_TRANSIENT()) };
    }

    pub fn fail(&mut self, message: &str) {
        let (data, length) = (message.as_ptr().cast(), super::size(message.as_bytes()));
        // SAFETY: (sqlite 2) as above; the library copies the text.
        unsafe { sys::sqlite3_result_error(self.context, data, length) };
    }

    pub fn fail_too_big(&mut self) {
        // SAFETY: (sqlite 2) as above.
        unsafe { sys::sqlite3_result_error_toobig(self.context) };
    }

    pub fn fail_of_memory(&mut self) {
        // SAFETY: (sqlite 2) as above.
        unsafe { sys::sqlite3_result_error_nomem(self.context) };
    }
}

/// Does the work of a function of SQL.
unsafe fn serve(
    context: *mut sys::sqlite3_context,
    count: c_int,
    arguments: *mut *mut sys::sqlite3_value,
    work: impl FnOnce(&mut Context, &Callback, &mut Call),
) {
    let mut call = Call { context, arguments, count: count.max(0) as usize };
    // SAFETY: (sqlite 2) functions are made with a callback, which lives until `destroy`.
    let callback = unsafe { &*sys::sqlite3_user_data(context).cast::<Callback>() };
    if Context::attached(|cx| work(cx, callback, &mut call)).is_none() {
        call.fail("the function cannot be called on this thread");
    }
}

unsafe extern "C" fn scalar(context: *mut sys::sqlite3_context, count: c_int, arguments: *mut *mut sys::sqlite3_value) {
    // SAFETY: (sqlite 2) called by the library; so below.
    unsafe { serve(context, count, arguments, functions::scalar) };
}

unsafe extern "C" fn step(context: *mut sys::sqlite3_context, count: c_int, arguments: *mut *mut sys::sqlite3_value) {
    // SAFETY: (sqlite 2) as above.
    unsafe { serve(context, count, arguments, functions::step) };
}

unsafe extern "C" fn inverse(
    context: *mut sys::sqlite3_context,
    count: c_int,
    arguments: *mut *mut sys::sqlite3_value,
) {
    // SAFETY: (sqlite 2) as above.
    unsafe { serve(context, count, arguments, functions::inverse) };
}

unsafe extern "C" fn value(context: *mut sys::sqlite3_context) {
    // SAFETY: (sqlite 2) as above.
    unsafe { serve(context, 0, std::ptr::null_mut(), functions::value) };
}

unsafe extern "C" fn finish(context: *mut sys::sqlite3_context) {
    // SAFETY: (sqlite 2) as above.
    unsafe { serve(context, 0, std::ptr::null_mut(), functions::finish) };
}

/// Takes a callback back.
unsafe extern "C" fn destroy(callback: *mut c_void) {
    // On a thread that is not known the object is left as it is.
    Context::attached(|_| {
        // SAFETY: (sqlite 2) made by `pass`, and given back once.
        drop(unsafe { Box::from_raw(callback.cast::<Callback>()) });
    });
}

unsafe extern "C" fn collate(
    callback: *mut c_void,
    first_length: c_int,
    first: *const c_void,
    second_length: c_int,
    second: *const c_void,
) -> c_int {
    // SAFETY: (sqlite 2) the library lends texts of these lengths during the call.
    let texts = unsafe {
        [(first, first_length), (second, second_length)].map(|(data, length)| match length {
            length if length > 0 => std::slice::from_raw_parts(data.cast::<u8>(), length as usize),
            _ => &[],
        })
    };
    // SAFETY: (sqlite 2) as for functions.
    let callback = unsafe { &*callback.cast::<Callback>() };
    Context::attached(|cx| functions::collate(cx, callback, texts)).unwrap_or(0)
}

unsafe extern "C" fn authorize(
    database: *mut c_void,
    action: c_int,
    first: *const c_char,
    second: *const c_char,
    name: *const c_char,
    source: *const c_char,
) -> c_int {
    // SAFETY: (sqlite 2) the library calls while the database is open.
    let database = unsafe { &*database.cast::<Database>() };
    let details = [first, second, name, source].map(|text| (!text.is_null()).then(|| text_of(text)));
    let answer = Context::attached(|cx| {
        owner_of(database).map_or(sys::SQLITE_OK, |owner| watch::authorize(cx, &owner, action, details))
    });
    answer.unwrap_or(sys::SQLITE_DENY)
}

unsafe extern "C" fn progress(database: *mut c_void) -> c_int {
    // SAFETY: (sqlite 2) as above.
    let database = unsafe { &*database.cast::<Database>() };
    let answer = Context::attached(|cx| owner_of(database).is_some_and(|owner| watch::progress(cx, &owner)));
    c_int::from(answer.unwrap_or(false))
}

unsafe extern "C" fn trace(what: c_uint, database: *mut c_void, statement: *mut c_void, sql: *mut c_void) -> c_int {
    if what != sys::SQLITE_TRACE_STMT as c_uint {
        return 0;
    }
    // SAFETY: (sqlite 2) as above; for this event the library gives a statement and its text. The text with the parameters'
    // values is to be freed.
    let (database, expanded, plain) = unsafe {
        let expanded = sys::sqlite3_expanded_sql(statement.cast());
        let copy = (!expanded.is_null()).then(|| text_of(expanded));
        sys::sqlite3_free(expanded.cast());
        (&*database.cast::<Database>(), copy, text_of(sql.cast()))
    };
    Context::attached(|cx| {
        if let Some(owner) = owner_of(database) {
            watch::trace(cx, &owner, expanded, plain);
        }
    });
    0
}
