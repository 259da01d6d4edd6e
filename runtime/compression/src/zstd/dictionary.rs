//! Dictionaries as objects, and as arguments.

use super::library::{CompressionDictionary, DecompressionDictionary, Loaded, dictionary_id};
use super::{c_int, error, fail};
use crate::guarded::long;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes of a dictionary at least.
const CONTENT_MIN: usize = 8;

/// How a dictionary is used: the number in the pairs of `as_digested_dict` and its like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Digested = 0,
    Undigested = 1,
    Prefix = 2,
}

/// ZstdDict(dict_content, /, *, is_raw=False)
/// --
///
/// A dictionary to compress and decompress with. A raw one may have any content.
#[native_type("compression.zstd.ZstdDict")]
#[derive(Traverse)]
pub struct ZstdDict {
    #[plain]
    content: Arc<[u8]>,
    id: u32,
    /// Prepared dictionaries by the compression level.
    #[plain]
    compression: RefCell<HashMap<i32, Arc<CompressionDictionary>>>,
    #[plain]
    decompression: RefCell<Option<Arc<DecompressionDictionary>>>,
}

impl ZstdDict {
    fn prepared(&self, cx: &mut Context, level: i32) -> Result<Arc<CompressionDictionary>> {
        if let Some(prepared) = self.compression.borrow().get(&level) {
            return Ok(prepared.clone());
        }
        let content = self.content.clone();
        let made = long(cx, content.len(), || CompressionDictionary::new(&content, level));
        let made = made.map(Arc::new).ok_or_else(|| not_prepared(cx, "ZSTD_CDict"))?;
        Ok(self.compression.borrow_mut().entry(level).or_insert(made).clone())
    }

    fn prepared_to_decompress(&self, cx: &mut Context) -> Result<Arc<DecompressionDictionary>> {
        if let Some(prepared) = &*self.decompression.borrow() {
            return Ok(prepared.clone());
        }
        let content = self.content.clone();
        let made = long(cx, content.len(), || DecompressionDictionary::new(&content));
        let made = made.map(Arc::new).ok_or_else(|| not_prepared(cx, "ZSTD_DDict"))?;
        Ok(self.decompression.borrow_mut().get_or_insert(made).clone())
    }
}

#[cold]
fn not_prepared(cx: &mut Context, structure: &str) -> Raised {
    error(cx, format!("Failed to create a {structure} instance from Zstandard dictionary content."))
}

/// The dictionary of an argument: an object, or a pair of it and a number that says how it is used.
fn argument(cx: &mut Context, value: Value, usual: Use) -> Result<(Owned, Use)> {
    if value.cast::<NativeObject<ZstdDict>>().is_some() {
        return Ok((Owned::new(value), usual));
    }
    if let Some(pair) = value.cast_exact::<TupleObject>()
        && let [object, number] = pair.as_slice()
        && object.cast::<NativeObject<ZstdDict>>().is_some()
        && int::is_int_like(*number)
    {
        let number = c_int(cx, *number)?;
        let found = [Use::Digested, Use::Undigested, Use::Prefix].into_iter().find(|one| *one as i32 == number);
        if let Some(found) = found {
            return Ok((Owned::new(*object), found));
        }
    }
    Err(cx.type_error("zstd_dict argument should be a ZstdDict object."))
}

/// The dictionary that a stream is to compress with, which it does not prepare if nobody says so.
pub fn to_compress(cx: &mut Context, value: Value, level: i32) -> Result<Loaded<CompressionDictionary>> {
    let (object, how) = argument(cx, value, Use::Undigested)?;
    let value = object.value();
    let dictionary = NativeObject::<ZstdDict>::receiver(&value);
    Ok(match how {
        Use::Digested => Loaded::Prepared(dictionary.prepared(cx, level)?),
        Use::Undigested => Loaded::Content(dictionary.content.clone()),
        Use::Prefix => Loaded::Prefix(dictionary.content.clone()),
    })
}

/// The dictionary that a stream is to decompress with, prepared if nobody says anything else.
pub fn to_decompress(cx: &mut Context, value: Value) -> Result<Loaded<DecompressionDictionary>> {
    let (object, how) = argument(cx, value, Use::Digested)?;
    let value = object.value();
    let dictionary = NativeObject::<ZstdDict>::receiver(&value);
    Ok(match how {
        Use::Digested => Loaded::Prepared(dictionary.prepared_to_decompress(cx)?),
        Use::Undigested => Loaded::Content(dictionary.content.clone()),
        Use::Prefix => Loaded::Prefix(dictionary.content.clone()),
    })
}

/// Raises that a dictionary cannot be used.
#[cold]
pub fn not_loaded(cx: &mut Context, direction: &str, code: super::Code) -> Raised {
    let doing = format!("load Zstandard dictionary or prefix for {direction}");
    fail(cx, &doing, &crate::output::Trouble::Failed(code))
}

#[methods]
impl ZstdDict {
    #[new(name = "ZstdDict")]
    fn new(
        cx: &mut Context,
        dict_content: Buffer,
        #[keyword]
        #[default(false)]
        is_raw: bool,
    ) -> Result<ZstdDict> {
        let content: Arc<[u8]> = dict_content.as_slice().into();
        if content.len() < CONTENT_MIN {
            return Err(cx.value_error("Zstandard dictionary content too short (must have at least eight bytes)"));
        }
        let id = dictionary_id(&content);
        if id == 0 && !is_raw {
            return Err(cx.value_error("invalid Zstandard dictionary"));
        }
        Ok(ZstdDict { content, id, compression: RefCell::default(), decompression: RefCell::default() })
    }

    #[slot(length)]
    fn length(&self) -> Result<usize> {
        Ok(self.content.len())
    }

    #[slot(repr)]
    fn repr(&self) -> Result<String> {
        Ok(format!("<ZstdDict dict_id={} dict_size={}>", self.id, self.content.len()))
    }

    /// The number of the dictionary; 0 for one that may have any content.
    #[get(member)]
    fn dict_id(&self) -> u32 {
        self.id
    }

    /// The content.
    #[get]
    fn dict_content(&self) -> Bytes {
        Bytes(self.content.to_vec())
    }

    /// As an argument: prepared to compress with, which is kept for each compression level. Parameters of compression may
    /// not count then.
    #[get]
    fn as_digested_dict(this: &NativeObject<Self>) -> (Owned, i64) {
        (this.to_owned_value(), Use::Digested as i64)
    }

    /// As an argument: not prepared, so that all parameters of compression count.
    #[get]
    fn as_undigested_dict(this: &NativeObject<Self>) -> (Owned, i64) {
        (this.to_owned_value(), Use::Undigested as i64)
    }

    /// As an argument: as if the content preceded the data of the first frame.
    #[get]
    fn as_prefix(this: &NativeObject<Self>) -> (Owned, i64) {
        (this.to_owned_value(), Use::Prefix as i64)
    }
}
