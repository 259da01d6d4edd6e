//! Statements as objects, which connections keep for the next time.

use crate::error;
use crate::library::{Database, Outcome, Prepared};
use crate::state::Kind;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::{Context, Owned, Result};
use std::cell::{Cell, RefCell, RefMut};
use std::ffi::{CStr, CString};
use std::sync::Arc;

/// A statement of SQL. Whoever uses it has it exclusively: also while a step goes on without the GIL.
#[native_type("sqlite3.Statement", uncollected)]
#[derive(Traverse)]
pub struct Statement {
    #[plain]
    prepared: RefCell<Option<Prepared>>,
    /// Whether it changes rows of tables.
    pub changes_rows: Cell<bool>,
}

impl Statement {
    /// The statement that a text is.
    pub fn prepare(cx: &mut Context, database: &Arc<Database>, sql: &[u8]) -> Result<Owned> {
        let longest = database.limit(libsqlite3_sys::SQLITE_LIMIT_SQL_LENGTH, -1);
        if sql.len() > longest.max(0) as usize {
            return Err(error::fail(cx, Kind::Data, "query string is too large"));
        }
        let Ok(text) = CString::new(sql) else {
            return Err(error::fail(cx, Kind::Programming, "the query contains a null character"));
        };
        let prepared = cx.detached(|_| Prepared::new(database, &text));
        let (prepared, end) = prepared.map_err(|failure| error::raise(cx, &failure))?;
        if first_word(&sql[end.min(sql.len())..]).is_some() {
            return Err(error::fail(cx, Kind::Programming, "You can only execute one statement at a time."));
        }
        let changes_rows = first_word(sql).is_some_and(|rest| {
            ["insert", "update", "delete", "replace"]
                .iter()
                .any(|word| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
        });
        NativeObject::new(
            cx,
            Statement { prepared: RefCell::new(Some(prepared)), changes_rows: Cell::new(changes_rows) },
        )
    }

    /// The statement, for whoever uses it now. Errors: somebody else does.
    pub fn take(&self, cx: &mut Context) -> Result<RefMut<'_, Prepared>> {
        let held = self.prepared.try_borrow_mut().ok();
        held.and_then(|held| RefMut::filter_map(held, Option::as_mut).ok()).ok_or_else(|| error::recursive(cx))
    }

    /// Whether it stands between its start and its end, or is used.
    pub fn is_busy(&self) -> bool {
        match self.prepared.try_borrow() {
            Ok(prepared) => prepared.as_ref().is_some_and(Prepared::is_busy),
            Err(_) => true,
        }
    }

    /// Goes back to the start, unless somebody uses the statement: then that one does so.
    pub fn reset(&self, cx: &mut Context) {
        if let Ok(mut held) = self.prepared.try_borrow_mut()
            && let Some(prepared) = &mut *held
            && prepared.is_under_way()
        {
            cx.detached(|_| prepared.reset());
        }
    }
}

#[methods]
impl Statement {
    #[slot(finalize)]
    fn finalize(&self, cx: &mut Context) -> Result<()> {
        if let Ok(mut held) = self.prepared.try_borrow_mut()
            && let Some(prepared) = held.take()
        {
            drop(held);
            // The library may call functions of the program that were to end an aggregation.
            cx.detached(|_| drop(prepared));
        }
        Ok(())
    }
}

/// The text from its first word on, behind spaces and comments; None if there is no word.
fn first_word(sql: &[u8]) -> Option<&[u8]> {
    let mut rest = sql;
    loop {
        match rest {
            [] => return None,
            [b' ' | b'\t' | 0x0c | b'\n' | b'\r', after @ ..] => rest = after,
            [b'-', b'-', after @ ..] => {
                let end = after.iter().position(|byte| *byte == b'\n')?;
                rest = &after[end + 1..];
            }
            [b'/', b'*', after @ ..] => {
                let end = after.windows(2).position(|pair| pair == b"*/")?;
                rest = &after[end + 2..];
            }
            _ => return Some(rest),
        }
    }
}

/// Runs one statement for its effect, without the GIL.
pub fn run(cx: &mut Context, database: &Arc<Database>, sql: &CStr) -> Result<()> {
    let outcome: Outcome<()> = cx.detached(|_| database.run(sql));
    outcome.map_err(|failure| error::raise(cx, &failure))
}
