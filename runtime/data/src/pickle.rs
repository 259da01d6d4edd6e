//! The module `_pickle`: objects as bytes, and back (the protocols that `pickletools` describes).
//!
//! `saver.rs` writes and `loader.rs` reads; `objects.rs` has the types that programs see around them.
//!
//! **Invariants**: no `RefCell` is borrowed while Python code may run; what is replaced is released after the borrow.

mod buffer;
mod input;
mod loader;
mod objects;
mod opcode;
mod output;
mod saver;
mod state;

use buffer::PickleBuffer;
use loader::Loader;
use objects::{Pickler, PicklerMemoProxy, Unpickler, UnpicklerMemoProxy};
use saver::{Options, Saver};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Objects as bytes, and back.
#[native_module(
    "_pickle",
    types(PickleBuffer, Pickler, Unpickler, hidden PicklerMemoProxy, hidden UnpicklerMemoProxy)
)]
mod rows {
    use super::*;

    /// Writes an object to a file.
    #[function]
    fn dump(
        cx: &mut Context,
        #[named] obj: Value,
        file: Value,
        #[default(None)] protocol: Option<Value>,
        #[keyword]
        #[default(true)]
        fix_imports: bool,
        #[default(None)] buffer_callback: Option<Value>,
    ) -> Result<()> {
        let saver = Saver::default();
        saver.configure(cx, &Options { protocol, fix_imports, buffer_callback })?;
        saver.set_file(cx, file)?;
        saver.dump(cx, obj)
    }

    /// An object as bytes.
    #[function]
    fn dumps(
        cx: &mut Context,
        #[named] obj: Value,
        #[default(None)] protocol: Option<Value>,
        #[keyword]
        #[default(true)]
        fix_imports: bool,
        #[default(None)] buffer_callback: Option<Value>,
    ) -> Result<Bytes> {
        let saver = Saver::default();
        saver.configure(cx, &Options { protocol, fix_imports, buffer_callback })?;
        saver.dump(cx, obj)?;
        let bytes = saver.output.borrow_mut().take();
        Ok(Bytes(bytes))
    }

    /// Reads an object from a file.
    #[function]
    fn load(
        cx: &mut Context,
        #[named] file: Value,
        #[keyword]
        #[default(true)]
        fix_imports: bool,
        #[default("ASCII".to_string(), "'ASCII'")] encoding: String,
        #[default("strict".to_string(), "'strict'")] errors: String,
        #[default(None, "()")] buffers: Option<Value>,
    ) -> Result<Owned> {
        let loader = Loader::default();
        loader.input.set_file(cx, file)?;
        loader.configure(cx, fix_imports, encoding, errors, buffers)?;
        loader.load(cx)
    }

    /// The object in bytes.
    #[function]
    fn loads(
        cx: &mut Context,
        data: Buffer,
        #[keyword]
        #[default(true)]
        fix_imports: bool,
        #[default("ASCII".to_string(), "'ASCII'")] encoding: String,
        #[default("strict".to_string(), "'strict'")] errors: String,
        #[default(None, "()")] buffers: Option<Value>,
    ) -> Result<Owned> {
        let loader = Loader::default();
        loader.input.set_data(data.as_slice().to_vec());
        loader.configure(cx, fix_imports, encoding, errors, buffers)?;
        loader.load(cx)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        state::execute(cx, module)
    }
}
