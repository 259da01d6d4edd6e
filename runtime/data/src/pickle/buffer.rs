//! `PickleBuffer`: a buffer that may be pickled outside of the pickle.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::buffer::{Buffer, Dimensions, Request};
use sidewinder_runtime::objects::exception::{BUFFER_ERROR, NOT_IMPLEMENTED_ERROR};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result};
use std::cell::RefCell;

/// A wrapper of an object with a buffer, which pickles may leave out.
#[native_type("pickle.PickleBuffer", weakrefs)]
#[derive(Traverse)]
pub struct PickleBuffer {
    object: Field,
    /// Keeps the memory where it is.
    view: RefCell<Option<Buffer>>,
}

#[cold]
fn released(cx: &mut Context) -> Raised {
    cx.value_error("operation forbidden on released PickleBuffer object")
}

/// Whether items lie next to each other, with either the last or the first index varying fastest.
fn is_contiguous(buffer: &Buffer) -> bool {
    let Some(Dimensions { shape, strides }) = buffer.dimensions() else { return true };
    if shape.contains(&0) {
        return true;
    }
    let fits = |order: &mut dyn Iterator<Item = usize>| {
        let mut expected = buffer.item_size() as isize;
        for index in order {
            if shape[index] > 1 && strides[index] != expected {
                return false;
            }
            expected *= shape[index];
        }
        true
    };
    fits(&mut (0..shape.len()).rev()) || fits(&mut (0..shape.len()))
}

impl PickleBuffer {
    /// The bytes, if they are next to each other, and whether they may not be written.
    pub fn bytes(&self, cx: &mut Context) -> Result<Option<(Vec<u8>, bool)>> {
        let view = self.view.borrow();
        let Some(view) = &*view else { return Err(released(cx)) };
        Ok(is_contiguous(view).then(|| (view.as_slice().to_vec(), view.is_readonly())))
    }
}

#[methods]
impl PickleBuffer {
    #[new(name = "PickleBuffer")]
    fn new(cx: &mut Context, arguments: Arguments<'_>) -> Result<PickleBuffer> {
        let &[object] = arguments.values else {
            let given = arguments.values.len();
            return Err(cx.type_error(format!("PickleBuffer() takes exactly 1 positional argument ({given} given)")));
        };
        if !arguments.names.is_empty() {
            return Err(cx.type_error("PickleBuffer() takes no keyword arguments"));
        }
        let view = Buffer::get(cx, object, Request::FULL_READ)?;
        Ok(PickleBuffer { object: Field::new(Owned::new(object)), view: RefCell::new(Some(view)) })
    }

    /// The memory as a memoryview of single bytes.
    fn raw(&self, cx: &mut Context) -> Result<Owned> {
        let (released_now, contiguous) = {
            let view = self.view.borrow();
            (view.is_none(), view.as_ref().is_some_and(is_contiguous))
        };
        let Some(object) = self.object.get().filter(|_| !released_now) else { return Err(released(cx)) };
        if !contiguous {
            return Err(cx.raise(&BUFFER_ERROR, "cannot extract raw buffer from non-contiguous buffer"));
        }
        let builtins = Owned::new(cx.interpreter().builtins.value());
        let kind = sidewinder_runtime::objects::dict::of(builtins.value()).get_text(cx, "memoryview");
        let Some(kind) = kind.map(Owned::new) else {
            return Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "PickleBuffer.raw() needs the builtin memoryview"));
        };
        let whole = call::call(cx, kind.value(), &[object.value()])?;
        let in_order = attribute::get_text(cx, whole.value(), "c_contiguous")?;
        if !convert::truth(cx, in_order.value())? {
            return Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "PickleBuffer.raw() of a buffer in Fortran's order"));
        }
        let format = StrObject::new(cx, "B");
        call::call_method(cx, whole.value(), "cast", &[format.value()])
    }

    /// Gives the buffer back.
    fn release(&self) {
        let view = self.view.borrow_mut().take();
        drop(view);
        self.object.set(None);
    }

    #[slot(buffer)]
    fn buffer(&self, cx: &mut Context, request: Request) -> Result<Buffer> {
        match self.object.get() {
            Some(object) => Buffer::get(cx, object.value(), request),
            None => Err(released(cx)),
        }
    }
}
