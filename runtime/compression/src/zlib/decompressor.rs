//! What `gzip` decompresses with: an object that keeps the input which it does not need yet.

use super::stream::Inflater;
use super::{fail, inflater};
use crate::incremental::Incremental;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Given, Index};
use sidewinder_runtime::objects::buffer::{Buffer, is_exporter};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// _ZlibDecompressor(wbits=15, zdict=b'')
/// --
///
/// An object that decompresses piece by piece.
#[native_type("zlib._ZlibDecompressor")]
#[derive(Traverse)]
pub struct ZlibDecompressor {
    state: Incremental<Inflater>,
}

#[methods]
impl ZlibDecompressor {
    #[new(name = "_ZlibDecompressor")]
    fn new(
        cx: &mut Context,
        #[named]
        #[default(15)]
        wbits: i32,
        #[default(Given(None), "b''")] zdict: Given<Value>,
    ) -> Result<ZlibDecompressor> {
        // The dictionary is looked at only when it is needed: without a header, at once.
        let zdict = match zdict.0 {
            Some(given) if wbits < 0 => {
                Buffer::read(cx, given)?;
                zdict
            }
            Some(given) if !is_exporter(given) => Given(None),
            _ => zdict,
        };
        let inflater = inflater(cx, wbits, zdict)?;
        Ok(ZlibDecompressor { state: Incremental::new(cx, inflater, "End of stream already reached", false) })
    }

    /// Takes more compressed data, and gives what it was made of, at most so many bytes unless the number is negative.
    fn decompress(&self, cx: &mut Context, #[named] data: Buffer, #[default(-1)] max_length: Index) -> Result<Bytes> {
        match self.state.decompress(cx, data.as_slice(), max_length.0, false, |_| {})? {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(trouble) => {
                Err(fail(cx, trouble, "while decompressing data", "Out of memory while decompressing data"))
            }
        }
    }

    /// What came behind the end of the compressed data.
    #[get(member)]
    fn unused_data(&self) -> Owned {
        self.state.unused_data()
    }

    /// Whether the end of the compressed data was reached.
    #[get(member)]
    fn eof(&self) -> bool {
        self.state.eof()
    }

    /// Whether more input is needed before more comes out.
    #[get(member)]
    fn needs_input(&self) -> bool {
        self.state.needs_input()
    }
}
