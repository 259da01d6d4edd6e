//! Whole databases: copies, and their bytes.

use crate::error;
use crate::library::{self, Backup, Database};
use crate::state::Kind;
use libsqlite3_sys as sys;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ffi::CStr;
use std::sync::Arc;

/// Copies a database into another one, so many pages at a time; `progress` is told of each step. Between tries to read what is
/// locked it waits so many milliseconds.
pub fn back_up(
    cx: &mut Context,
    [source, target]: [&Arc<Database>; 2],
    name: &CStr,
    pages: i32,
    progress: Value,
    pause: i32,
) -> Result<()> {
    let started = cx.detached(|_| Backup::start(target, source, name));
    let mut copy = started.map_err(|failure| error::raise(cx, &failure))?;
    loop {
        let code = cx.detached(|_| copy.step(pages));
        if progress != singleton::none() {
            let (remaining, count) = copy.progress();
            let arguments = [code, remaining, count].map(|number| number.into_object(cx));
            let values: Vec<Value> = arguments.iter().map(Owned::value).collect();
            if let Err(raised) = call::call(cx, progress, &values) {
                cx.detached(|_| drop(copy));
                return Err(raised);
            }
        }
        match code {
            sys::SQLITE_OK => {}
            sys::SQLITE_BUSY | sys::SQLITE_LOCKED => cx.detached(|_| library::sleep(pause)),
            _ => break,
        }
    }
    cx.detached(|_| copy.finish()).map_err(|failure| error::raise(cx, &failure))
}

/// The bytes of the database of that name.
pub fn serialize(cx: &mut Context, database: &Database, name: &CStr) -> Result<Owned> {
    match cx.detached(|_| database.serialize(name)) {
        Some(bytes) => Ok(BytesObject::new(cx, &bytes)),
        None => {
            let message = format!("unable to serialize '{}'", name.to_string_lossy());
            Err(error::fail(cx, Kind::Operational, message))
        }
    }
}
