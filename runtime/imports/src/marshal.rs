//! The module `marshal`: objects as bytes, in CPython's format; code in a form of our own.

mod reader;
mod writer;

use reader::{Reader, Source};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::argument::BytesLike;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The version of the format that is written unless another is asked for.
const VERSION: i32 = 5;

/// Containers that may lie inside each other.
const DEPTH_MAX: u32 = 2000;

/// What an object is, in the lower seven bits of its first byte.
mod kind {
    pub const NULL: u8 = b'0';
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const STOP_ITERATION: u8 = b'S';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    /// Read, but not written any more.
    pub const INT64: u8 = b'I';
    pub const FLOAT: u8 = b'f';
    pub const BINARY_FLOAT: u8 = b'g';
    pub const COMPLEX: u8 = b'x';
    pub const BINARY_COMPLEX: u8 = b'y';
    pub const LONG: u8 = b'l';
    pub const BYTES: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const REFERENCE: u8 = b'r';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const LIST: u8 = b'[';
    pub const DICT: u8 = b'{';
    pub const CODE: u8 = b'c';
    pub const UNICODE: u8 = b'u';
    pub const SET: u8 = b'<';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
    /// Set where later `REFERENCE`s may mean this object.
    pub const SHARED: u8 = 0x80;
}

/// Serialisation of the objects that code consists of.
///
/// The format is that of one version of the interpreter: use it for caches, not to keep or exchange data.
#[native_module("marshal")]
mod rows {
    use super::*;

    #[constant(name = "version")]
    const FORMAT_VERSION: i32 = VERSION;

    /// The bytes of an object.
    #[function]
    fn dumps(
        cx: &mut Context,
        value: Value,
        #[default(VERSION, "5")] version: i32,
        #[keyword]
        #[default(true, "True")]
        allow_code: bool,
    ) -> Result<Bytes> {
        writer::write(cx, value, version, allow_code).map(Bytes)
    }

    /// Writes the bytes of an object to a binary file.
    #[function]
    fn dump(
        cx: &mut Context,
        value: Value,
        file: Value,
        #[default(VERSION, "5")] version: i32,
        #[keyword]
        #[default(true, "True")]
        allow_code: bool,
    ) -> Result<Owned> {
        let bytes = writer::write(cx, value, version, allow_code)?;
        let bytes = sidewinder_runtime::objects::bytes::BytesObject::new(cx, &bytes);
        call::call_method(cx, file, "write", &[bytes.value()])
    }

    /// The object at the start of some bytes; what follows it is ignored.
    #[function]
    fn loads(
        cx: &mut Context,
        bytes: BytesLike,
        #[keyword]
        #[default(true, "True")]
        allow_code: bool,
    ) -> Result<Owned> {
        Reader::new(Source::Bytes(&bytes.0), allow_code).read(cx)
    }

    /// Reads one object from a binary file.
    #[function]
    fn load(
        cx: &mut Context,
        file: Value,
        #[keyword]
        #[default(true, "True")]
        allow_code: bool,
    ) -> Result<Owned> {
        reader::check_file(cx, file)?;
        Reader::new(Source::File(file), allow_code).read(cx)
    }
}
