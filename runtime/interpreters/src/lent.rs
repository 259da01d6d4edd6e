//! Memory of an object of one interpreter that another one uses in place.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::interpreters::Member;
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::buffer::{Buffer, Dimensions, Request};
use sidewinder_runtime::operations::import;
use sidewinder_runtime::{Context, Owned, Result};
use std::mem::ManuallyDrop;
use std::sync::Arc;

/// A buffer, which belongs to the interpreter that it came from: only that one may give it up.
struct Held(Buffer);

// SAFETY: (threads 1) the buffer's objects are touched only by the interpreter that they belong to.
unsafe impl Send for Held {}

/// A buffer that is lent to other interpreters for as long as this lives. The memory lies in the lender's, which is not given
/// back meanwhile.
pub struct Loan {
    lender: Arc<Member>,
    buffer: ManuallyDrop<Held>,
}

// SAFETY: (threads 1) what others read of the buffer says where the memory is, and does not change.
unsafe impl Sync for Loan {}

impl Loan {
    /// Lends a buffer of this interpreter.
    pub fn new(cx: &mut Context, buffer: Buffer) -> Arc<Loan> {
        let lender = cx.member().clone();
        lender.lend();
        Arc::new(Loan { lender, buffer: ManuallyDrop::new(Held(buffer)) })
    }

    /// The memory as a `memoryview` of the interpreter that asks.
    pub fn view(self: &Arc<Self>, cx: &mut Context) -> Result<Owned> {
        // The type is completed with its module.
        import::module(cx, "_interpreters")?;
        let object = NativeObject::new(cx, CrossInterpreterBufferView { loan: self.clone() })?;
        let buffer = Buffer::get(cx, object.value(), Request::FULL_READ)?;
        (cx.interpreter().hooks.memory_view)(cx, buffer)
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        // SAFETY: it is not used after this.
        let held = unsafe { ManuallyDrop::take(&mut self.buffer) };
        let lender = self.lender.clone();
        match Context::of_thread() {
            Some(cx) if Arc::ptr_eq(cx.member(), &lender) => {
                drop(held);
                lender.get_back();
            }
            _ => self.lender.send(Box::new(move |cx| {
                let held = held;
                drop(held);
                cx.member().get_back();
            })),
        }
    }
}

/// What a memoryview of another interpreter's memory belongs to.
#[native_type("_interpreters.CrossInterpreterBufferView", base)]
#[derive(Traverse)]
pub struct CrossInterpreterBufferView {
    #[plain]
    loan: Arc<Loan>,
}

#[methods]
impl CrossInterpreterBufferView {
    #[slot(buffer)]
    fn buffer(cx: &mut Context, this: &NativeObject<CrossInterpreterBufferView>, request: Request) -> Result<Buffer> {
        let _ = (cx, request);
        let lent = &this.loan.buffer.0;
        let (pointer, length) = (lent.pointer(), lent.len());
        // SAFETY: (buffer 1) the loan keeps the memory where it is, and this object keeps the loan.
        let buffer = unsafe { Buffer::new(this.value(), pointer, length, lent.is_readonly(), None) };
        let buffer = buffer.with_items(lent.format().to_string(), lent.item_size());
        Ok(match lent.dimensions() {
            None => buffer,
            Some(Dimensions { shape, strides }) => {
                let dimensions = Dimensions { shape: shape.clone(), strides: strides.clone() };
                // SAFETY: as above; the dimensions are those of the lent buffer.
                unsafe { buffer.with_dimensions(pointer, length, dimensions) }
            }
        })
    }
}
