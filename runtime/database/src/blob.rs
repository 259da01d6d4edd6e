//! Blobs that are read and written piece by piece.

use crate::connection::Connection;
use crate::error;
use crate::execute::connection_of;
use crate::library::{Database, OpenBlob, Place};
use crate::state::Kind;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::slice::{SliceObject, Span};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use std::sync::Arc;

/// An open blob, or what was one; the connection closes it when it is closed itself.
pub type Shared = RefCell<Option<OpenBlob>>;

// No documentation, as in CPython.
#[native_type("sqlite3.Blob", mapping, weakrefs)]
#[derive(Traverse)]
pub struct Blob {
    connection: Owned,
    #[plain]
    open: Rc<Shared>,
    offset: Cell<i32>,
}

impl Blob {
    /// Opens the blob at a place.
    pub fn open(
        cx: &mut Context,
        connection: &NativeObject<Connection>,
        database: &Arc<Database>,
        place: &Place,
        writable: bool,
    ) -> Result<(Owned, Rc<Shared>)> {
        let open = cx.detached(|_| OpenBlob::open(database, place, writable));
        let open = open.map_err(|failure| error::raise(cx, &failure))?;
        let open = Rc::new(RefCell::new(Some(open)));
        let blob = Blob { connection: connection.to_owned_value(), open: open.clone(), offset: Cell::new(0) };
        Ok((NativeObject::new(cx, blob)?, open))
    }

    /// An error unless the connection is open and this thread may use it.
    fn check_connection(&self, cx: &mut Context) -> Result<()> {
        let connection = connection_of(&self.connection);
        connection.database(cx)?;
        connection.check_thread(cx)
    }

    /// The open blob, for whoever uses it now.
    fn take(&self, cx: &mut Context) -> Result<RefMut<'_, OpenBlob>> {
        self.check_connection(cx)?;
        let open = self.open.try_borrow_mut().ok();
        let open = open.and_then(|open| RefMut::filter_map(open, Option::as_mut).ok());
        open.ok_or_else(|| error::fail(cx, Kind::Programming, "Cannot operate on a closed blob."))
    }

    fn length_of(&self, cx: &mut Context) -> Result<i32> {
        Ok(self.take(cx)?.len())
    }

    fn read_at(&self, cx: &mut Context, length: i32, offset: i32) -> Result<Vec<u8>> {
        let mut open = self.take(cx)?;
        let mut buffer = vec![0; length.max(0) as usize];
        let held = &mut *open;
        let outcome = cx.detached(|_| held.read(&mut buffer, offset));
        drop(open);
        outcome.map(|()| buffer).map_err(|failure| error::raise(cx, &failure))
    }

    fn write_at(&self, cx: &mut Context, bytes: &[u8], offset: i32) -> Result<()> {
        let mut open = self.take(cx)?;
        let held = &mut *open;
        let outcome = cx.detached(|_| held.write(bytes, offset));
        drop(open);
        outcome.map_err(|failure| error::raise(cx, &failure))
    }

    /// The place that an index means.
    fn place(&self, cx: &mut Context, key: Value) -> Result<i32> {
        let index = convert::index_i64(cx, key)?;
        let length = i64::from(self.length_of(cx)?);
        let index = if index < 0 { index + length } else { index };
        if !(0..length).contains(&index) {
            return Err(cx.index_error("Blob index out of range"));
        }
        Ok(index as i32)
    }

    /// The places that a slice means.
    fn span(&self, cx: &mut Context, slice: &SliceObject) -> Result<Span> {
        let bounds = slice.unpack(cx)?;
        Ok(bounds.adjust(self.length_of(cx)?.max(0) as usize))
    }

    fn shut(&self, cx: &mut Context) {
        let open = self.open.try_borrow_mut().ok().and_then(|mut open| open.take());
        if let Some(open) = open {
            cx.detached(|_| drop(open));
        }
    }
}

/// The run of bytes that has all of a span's.
fn cover(span: Span) -> (i32, i32) {
    let ascending = span.ascending();
    let last = ascending.positions().last().map_or(ascending.start, |last| last as isize);
    (ascending.start as i32, (last - ascending.start + 1) as i32)
}

#[methods]
impl Blob {
    /// Closes the blob.
    fn close(&self, cx: &mut Context) -> Result<()> {
        self.check_connection(cx)?;
        self.shut(cx);
        Ok(())
    }

    /// The next bytes, or all that are left.
    fn read(&self, cx: &mut Context, #[default(-1)] length: i32) -> Result<Owned> {
        let left = self.length_of(cx)? - self.offset.get();
        let length = if length < 0 { left } else { length.min(left) };
        let bytes = self.read_at(cx, length, self.offset.get())?;
        self.offset.set(self.offset.get() + length);
        Ok(BytesObject::new(cx, &bytes))
    }

    /// Writes bytes over what is there.
    fn write(&self, cx: &mut Context, data: Buffer) -> Result<()> {
        let left = self.length_of(cx)? - self.offset.get();
        if data.len() > i32::MAX as usize {
            return Err(cx.overflow_error("data longer than INT_MAX bytes"));
        }
        if data.len() as i64 > i64::from(left) {
            return Err(cx.value_error("data longer than blob length"));
        }
        // A copy, for the memory may be anybody's while the GIL is not held.
        let bytes = data.as_slice().to_vec();
        self.write_at(cx, &bytes, self.offset.get())?;
        self.offset.set(self.offset.get() + bytes.len() as i32);
        Ok(())
    }

    /// Goes to a place, counted from the start (0), from here (1) or from the end (2).
    fn seek(&self, cx: &mut Context, offset: i32, #[default(0)] origin: i32) -> Result<()> {
        let length = self.length_of(cx)?;
        let from = match origin {
            0 => 0,
            1 => self.offset.get(),
            2 => length,
            _ => return Err(cx.value_error("'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END")),
        };
        let Some(offset) = from.checked_add(offset).or_else(|| (offset < 0).then_some(-1)) else {
            return Err(cx.overflow_error("seek offset results in overflow"));
        };
        if !(0..=length).contains(&offset) {
            return Err(cx.value_error("offset out of blob range"));
        }
        self.offset.set(offset);
        Ok(())
    }

    /// The place in the blob.
    fn tell(&self, cx: &mut Context) -> Result<i32> {
        self.take(cx)?;
        Ok(self.offset.get())
    }

    #[method(name = "__enter__")]
    fn enter(this: &NativeObject<Blob>, cx: &mut Context) -> Result<Owned> {
        this.take(cx)?;
        Ok(this.to_owned_value())
    }

    /// Closes the blob.
    #[method(name = "__exit__")]
    fn exit(&self, cx: &mut Context, r#type: Value, val: Value, tb: Value) -> Result<bool> {
        let _ = (r#type, val, tb);
        self.take(cx)?;
        self.shut(cx);
        Ok(false)
    }

    #[slot(length)]
    fn length(&self, cx: &mut Context) -> Result<usize> {
        Ok(self.length_of(cx)?.max(0) as usize)
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<Owned> {
        self.take(cx)?;
        if convert::is_index(Some(key)) {
            let place = self.place(cx, key)?;
            let bytes = self.read_at(cx, 1, place)?;
            return Ok(Owned::new(Value::from_small_int(i64::from(bytes[0]))));
        }
        let Some(slice) = key.cast::<SliceObject>() else {
            return Err(cx.type_error("Blob indices must be integers"));
        };
        let span = self.span(cx, slice)?;
        if span.count == 0 {
            return Ok(BytesObject::new(cx, &[]));
        }
        let (start, length) = cover(span);
        let bytes = self.read_at(cx, length, start)?;
        let chosen: Vec<u8> = span.positions().map(|position| bytes[position - start as usize]).collect();
        Ok(BytesObject::new(cx, &chosen))
    }

    #[slot(set_item)]
    fn set_item(&self, cx: &mut Context, key: Value, value: Option<Value>) -> Result<()> {
        self.take(cx)?;
        if convert::is_index(Some(key)) {
            let Some(value) = value else {
                return Err(cx.type_error("Blob doesn't support item deletion"));
            };
            let place = self.place(cx, key)?;
            if !int::is_int_like(value) {
                let name = value.type_of().name();
                return Err(cx.type_error(format!("'{name}' object cannot be interpreted as an integer")));
            }
            let Some(byte) = int::as_i64(value).and_then(|byte| u8::try_from(byte).ok()) else {
                return Err(cx.value_error("byte must be in range(0, 256)"));
            };
            return self.write_at(cx, &[byte], place);
        }
        let Some(slice) = key.cast::<SliceObject>() else {
            return Err(cx.type_error("Blob indices must be integers"));
        };
        let Some(value) = value else {
            return Err(cx.type_error("Blob doesn't support slice deletion"));
        };
        let span = self.span(cx, slice)?;
        let new = Buffer::read(cx, value)?.as_slice().to_vec();
        if new.len() != span.count {
            return Err(cx.index_error("Blob slice assignment is wrong size"));
        }
        if span.count == 0 {
            return Ok(());
        }
        let (start, length) = cover(span);
        if span.step == 1 {
            return self.write_at(cx, &new, start);
        }
        let mut bytes = self.read_at(cx, length, start)?;
        for (position, byte) in span.positions().zip(new) {
            bytes[position - start as usize] = byte;
        }
        self.write_at(cx, &bytes, start)
    }

    #[slot(finalize)]
    fn finalize(&self, cx: &mut Context) -> Result<()> {
        self.shut(cx);
        Ok(())
    }
}
