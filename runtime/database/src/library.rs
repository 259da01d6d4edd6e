//! SQLite, safe to use: databases, statements and blobs. All calls of the library are in this file and the two below it.
//!
//! The library is compiled so that every function may be called on every thread. Handles live in values that own them, and
//! statements and blobs keep their database. What a statement lends (`Column`) borrows from it, and everything that would take
//! it away wants the statement exclusively. Texts of errors are copied while the database's mutex is held.

mod backup;
mod callbacks;

pub use backup::Backup;
pub use callbacks::{Aggregate, Call, Callback, Function, Watch};

use libsqlite3_sys as sys;
use std::ffi::{CStr, CString, c_int};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Why the library has refused something.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The extended code, whose low byte is the plain one.
    pub code: i32,
    pub message: String,
}

impl Failure {
    /// What a code means, without a database that could say more.
    pub fn of_code(code: i32) -> Failure {
        // SAFETY: (sqlite 1) the function knows all numbers, and its texts are static.
        Failure { code, message: text_of(unsafe { sys::sqlite3_errstr(code) }) }
    }

    pub fn is_of_memory(&self) -> bool {
        self.code & 0xff == sys::SQLITE_NOMEM
    }
}

pub type Outcome<T> = std::result::Result<T, Failure>;

/// A text of the library, which must be null or end with a nul byte and stay for the call.
fn text_of(text: *const std::ffi::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: (sqlite 1) the library's texts end with a nul byte.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// A number of bytes for the library, which counts them in an `int`; callers have checked.
fn size(bytes: &[u8]) -> c_int {
    c_int::try_from(bytes.len()).unwrap_or(c_int::MAX)
}

/// An open database.
pub struct Database {
    raw: NonNull<sys::sqlite3>,
    /// The object whose functions are called when something happens (`callbacks.rs`); nought when there is none.
    pub owner: AtomicU64,
}

// SAFETY: (sqlite 1) the library is compiled for threads, and guards a database by a mutex.
unsafe impl Send for Database {}
// SAFETY: (sqlite 1) as above.
unsafe impl Sync for Database {}

impl Database {
    /// Opens a file, or a database in memory; the name is a URI if `uri` says so. Who finds it locked tries again for so many
    /// milliseconds.
    pub fn open(name: &CStr, uri: bool, patience: i32) -> Outcome<Database> {
        let flags = sys::SQLITE_OPEN_READWRITE | sys::SQLITE_OPEN_CREATE | if uri { sys::SQLITE_OPEN_URI } else { 0 };
        let mut raw = std::ptr::null_mut();
        // SAFETY: (sqlite 1) the name ends with a nul byte; the library writes a handle or null.
        let code = unsafe { sys::sqlite3_open_v2(name.as_ptr(), &mut raw, flags, std::ptr::null()) };
        let Some(raw) = NonNull::new(raw) else { return Err(Failure::of_code(code)) };
        let database = Database { raw, owner: AtomicU64::new(0) };
        if code != sys::SQLITE_OK {
            return Err(database.failure());
        }
        // SAFETY: (sqlite 1) the handle is open.
        unsafe { sys::sqlite3_busy_timeout(database.raw(), patience) };
        // The library was built to look after foreign keys unless told otherwise; by itself it does not.
        database.configure(sys::SQLITE_DBCONFIG_ENABLE_FKEY, 0)?;
        Ok(database)
    }

    fn raw(&self) -> *mut sys::sqlite3 {
        self.raw.as_ptr()
    }

    /// Why the last call has failed.
    fn failure(&self) -> Failure {
        // SAFETY: (sqlite 1) the handle is open; while its mutex is held nobody replaces the text, which is copied.
        unsafe {
            let mutex = sys::sqlite3_db_mutex(self.raw());
            sys::sqlite3_mutex_enter(mutex);
            let code = sys::sqlite3_extended_errcode(self.raw());
            let message = text_of(sys::sqlite3_errmsg(self.raw()));
            sys::sqlite3_mutex_leave(mutex);
            Failure { code, message }
        }
    }

    /// Success, or the reason of a failure.
    fn check(&self, code: c_int) -> Outcome<()> {
        if code == sys::SQLITE_OK { Ok(()) } else { Err(self.failure()) }
    }

    /// Runs one statement for its effect.
    pub fn run(&self, sql: &CStr) -> Outcome<()> {
        // SAFETY: (sqlite 1) the handle is open, the text ends with a nul byte; nobody wants rows or a message.
        let code =
            unsafe { sys::sqlite3_exec(self.raw(), sql.as_ptr(), None, std::ptr::null_mut(), std::ptr::null_mut()) };
        self.check(code)
    }

    /// Runs all statements of a script one after the other.
    pub fn run_script(&self, sql: &CStr) -> Outcome<()> {
        let mut rest = sql.as_ptr();
        let mut left = sql.to_bytes().len();
        loop {
            let (mut raw, mut tail) = (std::ptr::null_mut(), std::ptr::null());
            // SAFETY: (sqlite 1) the handle is open; `rest` has `left` bytes and a nul behind them. What is left is a
            // part of the same text.
            let code = unsafe {
                let mut code = sys::sqlite3_prepare_v2(self.raw(), rest, left as c_int + 1, &mut raw, &mut tail);
                if code == sys::SQLITE_OK {
                    while sys::sqlite3_step(raw) == sys::SQLITE_ROW {}
                    code = sys::sqlite3_finalize(raw);
                }
                code
            };
            self.check(code)?;
            // SAFETY: (sqlite 1) both point into the same text.
            left -= unsafe { tail.offset_from(rest) } as usize;
            rest = tail;
            if left == 0 {
                return Ok(());
            }
        }
    }

    /// Whether no transaction is open.
    pub fn is_autocommit(&self) -> bool {
        // SAFETY: (sqlite 1) the handle is open.
        unsafe { sys::sqlite3_get_autocommit(self.raw()) != 0 }
    }

    /// Rows that were changed since the database was opened.
    pub fn total_changes(&self) -> i64 {
        // SAFETY: (sqlite 1) the handle is open.
        unsafe { sys::sqlite3_total_changes64(self.raw()) }
    }

    /// Rows that the last statement has changed.
    pub fn changes(&self) -> i64 {
        // SAFETY: (sqlite 1) the handle is open.
        unsafe { sys::sqlite3_changes64(self.raw()) }
    }

    /// The number of the row that was inserted last.
    pub fn last_row(&self) -> i64 {
        // SAFETY: (sqlite 1) the handle is open.
        unsafe { sys::sqlite3_last_insert_rowid(self.raw()) }
    }

    /// Sets a limit, unless the new one is negative, and gives the old one, which is negative for a limit that is none.
    pub fn limit(&self, category: i32, limit: i32) -> i32 {
        // SAFETY: (sqlite 1) the handle is open; the function knows all numbers.
        unsafe { sys::sqlite3_limit(self.raw(), category, limit) }
    }

    /// Ends the statements that run.
    pub fn interrupt(&self) {
        // SAFETY: (sqlite 1) the handle is open.
        unsafe { sys::sqlite3_interrupt(self.raw()) };
    }

    /// Sets one of the options that are on or off, unless the value is negative, and gives what it is then.
    pub fn configure(&self, option: i32, value: i32) -> Outcome<i32> {
        let mut actual: c_int = 0;
        // SAFETY: (sqlite 1) the handle is open; callers ask for options that take a number and the place for one.
        let code = unsafe { sys::sqlite3_db_config(self.raw(), option, value as c_int, &raw mut actual) };
        self.check(code).map(|()| actual)
    }

    /// Allows or forbids to load extensions.
    pub fn allow_extensions(&self, allow: bool) -> bool {
        // SAFETY: (sqlite 1) the handle is open.
        unsafe { sys::sqlite3_enable_load_extension(self.raw(), c_int::from(allow)) == sys::SQLITE_OK }
    }

    /// Loads a library that extends the database. The error is its message.
    pub fn load_extension(&self, name: &CStr, entry: Option<&CStr>) -> std::result::Result<(), String> {
        let mut message = std::ptr::null_mut();
        let entry = entry.map_or(std::ptr::null(), CStr::as_ptr);
        // SAFETY: (sqlite 1) the handle is open, the texts end with a nul byte; the message is the library's to be freed.
        unsafe {
            let code = sys::sqlite3_load_extension(self.raw(), name.as_ptr(), entry, &mut message);
            if code == sys::SQLITE_OK {
                return Ok(());
            }
            let text = text_of(message);
            sys::sqlite3_free(message.cast());
            Err(text)
        }
    }

    /// The bytes of a database of that name; None if there is no such one, or no memory.
    pub fn serialize(&self, name: &CStr) -> Option<Vec<u8>> {
        let mut length = 0;
        // SAFETY: (sqlite 1) the handle is open; the library gives that many bytes, which are to be freed.
        unsafe {
            let data = sys::sqlite3_serialize(self.raw(), name.as_ptr(), &mut length, 0);
            if data.is_null() {
                return None;
            }
            let bytes = std::slice::from_raw_parts(data, length.max(0) as usize).to_vec();
            sys::sqlite3_free(data.cast());
            Some(bytes)
        }
    }

    /// Replaces a database by one in memory with this content.
    pub fn deserialize(&self, name: &CStr, content: &[u8]) -> Outcome<()> {
        let length = content.len() as i64;
        // SAFETY: (sqlite 1) the handle is open; the library's memory holds the content and becomes the database's, which
        // frees it also if it refuses it.
        let code = unsafe {
            let copy = sys::sqlite3_malloc64(length.max(1) as u64).cast::<u8>();
            if copy.is_null() {
                return Err(Failure::of_code(sys::SQLITE_NOMEM));
            }
            std::ptr::copy_nonoverlapping(content.as_ptr(), copy, content.len());
            let flags = sys::SQLITE_DESERIALIZE_FREEONCLOSE | sys::SQLITE_DESERIALIZE_RESIZEABLE;
            sys::sqlite3_deserialize(self.raw(), name.as_ptr(), copy, length, length, flags)
        };
        self.check(code)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: (sqlite 1) the handle is open and used by nobody else: statements, blobs and copies keep the database.
        unsafe { sys::sqlite3_close(self.raw()) };
    }
}

/// Whether a text is a whole statement.
pub fn is_complete(sql: &CStr) -> bool {
    // SAFETY: (sqlite 1) the text ends with a nul byte.
    unsafe { sys::sqlite3_complete(sql.as_ptr()) != 0 }
}

/// The version of the library.
pub fn version() -> String {
    // SAFETY: (sqlite 1) a static text.
    text_of(unsafe { sys::sqlite3_libversion() })
}

/// The milliseconds are over.
pub fn sleep(milliseconds: i32) {
    // SAFETY: (sqlite 1) any number will do.
    unsafe { sys::sqlite3_sleep(milliseconds) };
}

/// What a statement was made of.
pub struct Prepared {
    /// Null for a text without a statement.
    raw: *mut sys::sqlite3_stmt,
    /// Whether it was stepped since its last start.
    is_under_way: bool,
    pub database: Arc<Database>,
}

// SAFETY: (sqlite 1) as for a database; whoever changes the statement has it exclusively.
unsafe impl Send for Prepared {}

/// How a step has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Row,
    Done,
}

/// What is in a column of a row.
pub enum Column<'a> {
    Null,
    Integer(i64),
    Float(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
    /// There was no memory for it.
    NoMemory,
}

impl Prepared {
    /// The first statement of a text, and where it ends.
    pub fn new(database: &Arc<Database>, sql: &CStr) -> Outcome<(Prepared, usize)> {
        let (mut raw, mut tail) = (std::ptr::null_mut(), std::ptr::null());
        let length = size(sql.to_bytes_with_nul());
        // SAFETY: (sqlite 1) the handle is open, the text has that many bytes.
        let code = unsafe { sys::sqlite3_prepare_v2(database.raw(), sql.as_ptr(), length, &mut raw, &mut tail) };
        database.check(code)?;
        // SAFETY: (sqlite 1) both point into the same text.
        let end = unsafe { tail.offset_from(sql.as_ptr()) } as usize;
        Ok((Prepared { raw, is_under_way: false, database: database.clone() }, end))
    }

    /// Whether the text had no statement.
    pub fn is_empty(&self) -> bool {
        self.raw.is_null()
    }

    /// Whether the statement changes nothing.
    pub fn is_readonly(&self) -> bool {
        // SAFETY: (sqlite 1) a statement or null.
        unsafe { sys::sqlite3_stmt_readonly(self.raw) != 0 }
    }

    /// Runs up to the next row, or to the end.
    pub fn step(&mut self) -> Outcome<Step> {
        self.is_under_way = true;
        // SAFETY: (sqlite 1) a statement that is used by nobody else.
        match unsafe { sys::sqlite3_step(self.raw) } {
            sys::SQLITE_ROW => Ok(Step::Row),
            sys::SQLITE_DONE => Ok(Step::Done),
            _ => Err(self.database.failure()),
        }
    }

    /// Whether it was stepped since its last start.
    pub fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    /// Whether the statement stands at a row, or before one.
    pub fn is_busy(&self) -> bool {
        // SAFETY: (sqlite 1) a statement or null.
        !self.raw.is_null() && unsafe { sys::sqlite3_stmt_busy(self.raw) != 0 }
    }

    /// Goes back to the start.
    pub fn reset(&mut self) {
        self.is_under_way = false;
        // SAFETY: (sqlite 1) a statement or null that is used by nobody else. The code says again how the last step has ended.
        unsafe { sys::sqlite3_reset(self.raw) };
    }

    /// Parameters that the statement wants.
    pub fn parameter_count(&self) -> i32 {
        // SAFETY: (sqlite 1) a statement or null.
        unsafe { sys::sqlite3_bind_parameter_count(self.raw) }
    }

    /// The name of a parameter, which count from one.
    pub fn parameter_name(&self, position: i32) -> Option<String> {
        // SAFETY: (sqlite 1) a statement or null.
        let name = unsafe { sys::sqlite3_bind_parameter_name(self.raw, position) };
        (!name.is_null()).then(|| text_of(name))
    }

    fn bound(&self, code: c_int) -> Outcome<()> {
        self.database.check(code)
    }

    pub fn bind_null(&mut self, position: i32) -> Outcome<()> {
        // SAFETY: (sqlite 1) a statement that is used by nobody else; so below.
        self.bound(unsafe { sys::sqlite3_bind_null(self.raw, position) })
    }

    pub fn bind_integer(&mut self, position: i32, value: i64) -> Outcome<()> {
        // SAFETY: (sqlite 1) as above.
        self.bound(unsafe { sys::sqlite3_bind_int64(self.raw, position, value) })
    }

    pub fn bind_float(&mut self, position: i32, value: f64) -> Outcome<()> {
        // SAFETY: (sqlite 1) as above.
        self.bound(unsafe { sys::sqlite3_bind_double(self.raw, position, value) })
    }

    pub fn bind_text(&mut self, position: i32, text: &[u8]) -> Outcome<()> {
        // SAFETY: (sqlite 1) as above; the library copies the bytes.
        self.bound(unsafe {
            sys::sqlite3_bind_text(self.raw, position, text.as_ptr().cast(), size(text), sys::SQLITE_TRANSIENT())
        })
    }

    pub fn bind_blob(&mut self, position: i32, bytes: &[u8]) -> Outcome<()> {
        // SAFETY: (sqlite 1) as above; the library copies the bytes, and takes an address that is not null for an empty blob.
        self.bound(unsafe {
            sys::sqlite3_bind_blob(self.raw, position, bytes.as_ptr().cast(), size(bytes), sys::SQLITE_TRANSIENT())
        })
    }

    /// Columns of the statement's rows.
    pub fn column_count(&self) -> i32 {
        // SAFETY: (sqlite 1) a statement or null.
        unsafe { sys::sqlite3_column_count(self.raw) }
    }

    /// Columns of the row at which the statement stands, nought if there is none.
    pub fn data_count(&self) -> i32 {
        // SAFETY: (sqlite 1) a statement or null.
        unsafe { sys::sqlite3_data_count(self.raw) }
    }

    /// The name of a column; None if there is no memory for it.
    pub fn column_name(&self, index: i32) -> Option<&CStr> {
        // SAFETY: (sqlite 1) the name stays as it is until the statement is stepped or goes.
        unsafe {
            let name = sys::sqlite3_column_name(self.raw, index);
            (!name.is_null()).then(|| CStr::from_ptr(name))
        }
    }

    /// The type with which a column was declared.
    pub fn column_declaration(&self, index: i32) -> Option<&CStr> {
        // SAFETY: (sqlite 1) as for names.
        unsafe {
            let name = sys::sqlite3_column_decltype(self.raw, index);
            (!name.is_null()).then(|| CStr::from_ptr(name))
        }
    }

    /// What is in a column of the row at which the statement stands.
    pub fn column(&mut self, index: i32) -> Column<'_> {
        // SAFETY: (sqlite 1) the statement stands at a row; so below.
        match unsafe { sys::sqlite3_column_type(self.raw, index) } {
            // SAFETY: (sqlite 1) as above.
            sys::SQLITE_INTEGER => Column::Integer(unsafe { sys::sqlite3_column_int64(self.raw, index) }),
            // SAFETY: (sqlite 1) as above.
            sys::SQLITE_FLOAT => Column::Float(unsafe { sys::sqlite3_column_double(self.raw, index) }),
            sys::SQLITE_TEXT => {
                // SAFETY: (sqlite 1) as above. The bytes stay until the statement is stepped or the column is asked for
                // in another form: a text that was asked for as a blob stays where it is.
                unsafe {
                    let text = sys::sqlite3_column_text(self.raw, index);
                    if text.is_null() {
                        return Column::NoMemory;
                    }
                    Column::Text(self.bytes(text, index))
                }
            }
            sys::SQLITE_NULL => Column::Null,
            // SAFETY: (sqlite 1) as for texts.
            _ => unsafe {
                let blob = sys::sqlite3_column_blob(self.raw, index);
                match blob.is_null() {
                    false => Column::Blob(self.bytes(blob.cast(), index)),
                    true if self.database.failure().is_of_memory() => Column::NoMemory,
                    true => Column::Blob(&[]),
                }
            },
        }
    }

    /// The bytes of a column, whatever is in it; None for null and for no bytes.
    pub fn column_bytes(&mut self, index: i32) -> Option<&[u8]> {
        // SAFETY: (sqlite 1) as for texts.
        unsafe {
            let blob = sys::sqlite3_column_blob(self.raw, index);
            (!blob.is_null()).then(|| self.bytes(blob.cast(), index))
        }
    }

    unsafe fn bytes(&self, data: *const u8, index: i32) -> &[u8] {
        // SAFETY: (sqlite 1) the library has just given the address of the column's bytes, which are that many.
        unsafe {
            let length = sys::sqlite3_column_bytes(self.raw, index);
            std::slice::from_raw_parts(data, length.max(0) as usize)
        }
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: (sqlite 1) a statement or null that is used by nobody else.
        unsafe { sys::sqlite3_finalize(self.raw) };
    }
}

/// An open blob.
pub struct OpenBlob {
    raw: NonNull<sys::sqlite3_blob>,
    database: Arc<Database>,
}

// SAFETY: (sqlite 1) as for a database.
unsafe impl Send for OpenBlob {}

/// Where a blob is.
pub struct Place {
    pub database: CString,
    pub table: CString,
    pub column: CString,
    pub row: i64,
}

impl OpenBlob {
    pub fn open(database: &Arc<Database>, place: &Place, writable: bool) -> Outcome<OpenBlob> {
        let mut raw = std::ptr::null_mut();
        let Place { database: name, table, column, row } = place;
        // SAFETY: (sqlite 1) the handle is open, the texts end with nul bytes; the library writes a handle.
        let code = unsafe {
            sys::sqlite3_blob_open(
                database.raw(),
                name.as_ptr(),
                table.as_ptr(),
                column.as_ptr(),
                *row,
                c_int::from(writable),
                &mut raw,
            )
        };
        if code == sys::SQLITE_MISUSE {
            return Err(Failure::of_code(code));
        }
        database.check(code)?;
        match NonNull::new(raw) {
            Some(raw) => Ok(OpenBlob { raw, database: database.clone() }),
            None => Err(Failure::of_code(sys::SQLITE_MISUSE)),
        }
    }

    pub fn len(&self) -> i32 {
        // SAFETY: (sqlite 1) the handle is open.
        unsafe { sys::sqlite3_blob_bytes(self.raw.as_ptr()) }
    }

    /// Fills a buffer from an offset on.
    pub fn read(&mut self, buffer: &mut [u8], offset: i32) -> Outcome<()> {
        let (data, length) = (buffer.as_mut_ptr().cast(), size(buffer));
        // SAFETY: (sqlite 1) the handle is open and used by nobody else, the buffer has that many bytes.
        self.database.check(unsafe { sys::sqlite3_blob_read(self.raw.as_ptr(), data, length, offset) })
    }

    pub fn write(&mut self, bytes: &[u8], offset: i32) -> Outcome<()> {
        let (data, length) = (bytes.as_ptr().cast(), size(bytes));
        // SAFETY: (sqlite 1) the handle is open and used by nobody else, the data are that many bytes.
        self.database.check(unsafe { sys::sqlite3_blob_write(self.raw.as_ptr(), data, length, offset) })
    }
}

impl Drop for OpenBlob {
    fn drop(&mut self) {
        // SAFETY: (sqlite 1) the handle is open and used by nobody else.
        unsafe { sys::sqlite3_blob_close(self.raw.as_ptr()) };
    }
}
