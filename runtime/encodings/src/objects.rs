//! The module `_multibytecodec` (Modules/cjkcodecs/multibytecodec.c): codecs, and those that convert piece by piece. The
//! modules of codecs.

use crate::codec::{Codec, State};
use crate::convert::{self, Errors, Follows};
use crate::streams::{MultibyteStreamReader, MultibyteStreamWriter};
use crate::table::Tables;
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::native::argument::{BytesLike, Given};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{LOOKUP_ERROR, UNICODE_ERROR};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::int::big::Integer;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

// Codecs of several bytes. No documentation, as in CPython.
#[native_module(
    "_multibytecodec",
    types(
        hidden MultibyteCodec,
        MultibyteIncrementalEncoder,
        MultibyteIncrementalDecoder,
        MultibyteStreamReader,
        MultibyteStreamWriter
    )
)]
mod rows {
    use super::*;

    /// CPython makes a codec of a capsule here. There are no such capsules.
    #[function]
    fn __create_codec(cx: &mut Context, arg: Value) -> Result<()> {
        let _ = arg;
        Err(cx.value_error("argument type invalid"))
    }
}

/// Modules that have nothing but codecs.
macro_rules! codec_modules {
    ($( $module:ident $name:literal $codecs:expr; )*) => { $(
        pub mod $module {
            use super::*;

            #[native_module($name)]
            mod rows {
                use super::*;

                /// The codec of that name.
                #[function]
                fn getcodec(cx: &mut Context, encoding: Value) -> Result<Owned> {
                    find(cx, encoding, $codecs)
                }
            }
        }
    )* };
}

codec_modules! {
    chinese "_codecs_cn" &["gb2312", "gbk", "gb18030", "hz"];
    hong_kong "_codecs_hk" &["big5hkscs"];
    iso2022 "_codecs_iso2022" &[
        "iso2022_kr", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext",
    ];
    japanese "_codecs_jp" &[
        "shift_jis", "cp932", "euc_jp", "shift_jis_2004", "euc_jis_2004", "euc_jisx0213", "shift_jisx0213",
    ];
    korean "_codecs_kr" &["euc_kr", "cp949", "johab"];
    taiwan "_codecs_tw" &["big5", "cp950"];
}

/// The codec of a name, which must be one of these.
fn find(cx: &mut Context, name: Value, codecs: &[&'static str]) -> Result<Owned> {
    let Some(text) = str::text(name) else { return Err(cx.type_error("encoding name must be a string.")) };
    let Some(name) = codecs.iter().find(|known| text == **known) else {
        return Err(cx.raise(&LOOKUP_ERROR, "no such codec is supported."));
    };
    let tables = cx.state::<Tables>();
    NativeObject::new(cx, MultibyteCodec { codec: Rc::new(Codec::new(name, &tables)) })
}

#[native_type("_multibytecodec.MultibyteCodec", uncollected)]
#[derive(Traverse)]
pub struct MultibyteCodec {
    #[plain]
    codec: Rc<Codec>,
}

#[methods]
impl MultibyteCodec {
    /// Encodes a text at once; the bytes, and how many characters that were.
    fn encode(
        &self,
        cx: &mut Context,
        #[named] input: Value,
        #[default(None)] errors: Option<String>,
    ) -> Result<(Bytes, usize)> {
        let errors = errors.map_or(Errors::Strict, |name| Errors::named(&name));
        let text = convert::text_of(cx, input)?;
        let length = str::cast(text.value()).map_or(0, StrObject::len);
        let mut state = self.codec.start(false);
        let (bytes, _) = convert::encode(cx, &self.codec, &mut state, text.value(), &errors, Follows::End)?;
        Ok((Bytes(bytes), length))
    }

    /// Decodes bytes at once; the text, and how many bytes that were.
    fn decode(
        &self,
        cx: &mut Context,
        #[named] input: BytesLike,
        #[default(None)] errors: Option<String>,
    ) -> Result<(Owned, usize)> {
        let errors = errors.map_or(Errors::Strict, |name| Errors::named(&name));
        let mut output = StrBuilder::with_capacity(input.0.len());
        let mut state = self.codec.start(true);
        convert::decode(cx, &self.codec, &mut state, &input.0, &errors, true, &mut output)?;
        Ok((output.finish(cx), input.0.len()))
    }
}

/// The codec of a class, which is its attribute `codec`.
pub fn codec_of(cx: &mut Context, class: &'static TypeObject) -> Result<Rc<Codec>> {
    let found = attribute::get_text(cx, class.value(), "codec")?;
    match found.value().cast::<NativeObject<MultibyteCodec>>() {
        Some(codec) => Ok(codec.codec.clone()),
        None => Err(cx.type_error("codec is unexpected type")),
    }
}

/// Bytes of a state as a number that programs see; the first one is the lowest.
fn shown(cx: &mut Context, bytes: &[u8]) -> Owned {
    let limb = |part: &[u8]| part.iter().rev().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    let limbs: Vec<u64> = bytes.chunks(8).map(limb).collect();
    int::from_limbs(cx, false, &limbs)
}

/// The bytes of a state that a program gives as a number.
fn hidden<const LENGTH: usize>(cx: &mut Context, number: Value) -> Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    if int::is_negative(number) {
        return Err(cx.overflow_error("can't convert negative int to unsigned"));
    }
    let integer = Integer::of(number);
    let limbs = integer.as_ref().map(Integer::magnitude).unwrap_or_default();
    for (index, byte) in limbs.iter().flat_map(|limb| limb.to_le_bytes()).enumerate() {
        match bytes.get_mut(index) {
            Some(place) => *place = byte,
            None if byte == 0 => {}
            None => return Err(cx.overflow_error("int too big to convert")),
        }
    }
    Ok(bytes)
}

/// Characters that wait for the next piece, at most.
const WAITING_MAX: usize = 2;
/// Bytes that wait for the next piece, at most.
pub const BYTES_MAX: usize = 8;

/// What encodes piece by piece.
pub struct Encoder {
    pub codec: Rc<Codec>,
    state: Cell<State>,
    /// Characters whose code depends on what follows.
    waiting: RefCell<Option<Vec<u32>>>,
    pub errors: RefCell<Errors>,
}

impl Encoder {
    /// Before the first piece.
    pub fn new(codec: Rc<Codec>, errors: Errors) -> Encoder {
        let state = Cell::new(codec.start(false));
        Encoder { codec, state, waiting: RefCell::default(), errors: RefCell::new(errors) }
    }

    fn run(&self, cx: &mut Context, text: Value, follows: Follows) -> Result<(Vec<u8>, usize)> {
        let errors = self.errors.borrow().clone();
        let mut state = self.state.get();
        let made = convert::encode(cx, &self.codec, &mut state, text, &errors, follows);
        self.state.set(state);
        made
    }

    /// Encodes a piece.
    pub fn encode(&self, cx: &mut Context, input: Value, last: bool) -> Result<Vec<u8>> {
        let given = convert::text_of(cx, input)?;
        let before = self.waiting.take();
        let text = match (&before, str::cast(given.value())) {
            (Some(before), Some(given)) => {
                let points: Vec<u32> = before.iter().copied().chain(given.code_points()).collect();
                StrObject::from_code_points(cx, &points)
            }
            _ => given,
        };
        let follows = if last { Follows::End } else { Follows::More };
        match self.run(cx, text.value(), follows) {
            Ok((bytes, taken)) => {
                let rest: Vec<u32> =
                    str::cast(text.value()).map(|text| text.code_points().skip(taken).collect()).unwrap_or_default();
                if rest.len() > WAITING_MAX {
                    return Err(cx.raise(&UNICODE_ERROR, "pending buffer overflow"));
                }
                if !rest.is_empty() {
                    self.waiting.replace(Some(rest));
                }
                Ok(bytes)
            }
            Err(raised) => {
                self.waiting.replace(before);
                Err(raised)
            }
        }
    }

    /// Ends what was encoded, if characters wait; the bytes for that.
    pub fn end(&self, cx: &mut Context) -> Result<Option<Vec<u8>>> {
        let Some(waiting) = self.waiting.take() else { return Ok(None) };
        let text = StrObject::from_code_points(cx, &waiting);
        self.run(cx, text.value(), Follows::End).map(|(bytes, _)| Some(bytes))
    }
}

#[native_type("_multibytecodec.MultibyteIncrementalEncoder", base)]
#[derive(Traverse)]
pub struct MultibyteIncrementalEncoder {
    #[plain]
    encoder: Encoder,
}

#[methods]
impl MultibyteIncrementalEncoder {
    #[new(name = "IncrementalEncoder")]
    fn new(
        cx: &mut Context,
        class: &'static TypeObject,
        #[named]
        #[default(Given(None), _)]
        errors: Given<Value>,
    ) -> Result<Owned> {
        let errors = Errors::from_argument(cx, errors.0, "IncrementalEncoder", 1)?;
        let encoder = Encoder::new(codec_of(cx, class)?, errors);
        NativeObject::allocate(cx, class, MultibyteIncrementalEncoder { encoder })
    }

    /// All was done when the object was made. Without this, a class in Python that comes later would be asked.
    #[init]
    fn init(&self, _arguments: Arguments<'_>) -> Result<()> {
        Ok(())
    }

    /// Encodes a piece.
    fn encode(&self, cx: &mut Context, #[named] input: Value, #[default(false)] r#final: bool) -> Result<Bytes> {
        self.encoder.encode(cx, input, r#final).map(Bytes)
    }

    /// The state as a number.
    fn getstate(&self, cx: &mut Context) -> Result<Owned> {
        let waiting = self.encoder.waiting.borrow().clone().unwrap_or_default();
        let text = StrObject::from_code_points(cx, &waiting);
        let bytes = str::codec::encode(cx, text.value(), "utf-8", "strict")?;
        let bytes = bytes.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default();
        if bytes.len() > WAITING_MAX * 4 {
            return Err(cx.raise(&UNICODE_ERROR, "pending buffer too large"));
        }
        let mut parts = vec![bytes.len() as u8];
        parts.extend_from_slice(&bytes);
        parts.extend_from_slice(&self.encoder.state.get().0);
        Ok(shown(cx, &parts))
    }

    /// Goes back to a state that `getstate` gave.
    fn setstate(&self, cx: &mut Context, state: Value) -> Result<()> {
        if !int::is_int_like(state) {
            return Err(bad_argument(cx, "setstate() argument", "int", state));
        }
        let parts = hidden::<{ 1 + WAITING_MAX * 4 + 8 }>(cx, state)?;
        let length = parts[0] as usize;
        if length > WAITING_MAX * 4 {
            return Err(cx.raise(&UNICODE_ERROR, "pending buffer too large"));
        }
        let bytes = BytesObject::new(cx, &parts[1..=length]);
        let text = str::codec::decode_bytes(cx, &parts[1..=length], bytes.value(), str::codec::Codec::Utf8, "strict")?;
        let waiting = str::cast(text.value()).map(|text| text.code_points().collect());
        self.encoder.waiting.replace(waiting);
        let mut state = State::default();
        state.0.copy_from_slice(&parts[length + 1..length + 9]);
        self.encoder.state.set(state);
        Ok(())
    }

    /// Forgets what was encoded.
    fn reset(&self) {
        let mut state = self.encoder.state.get();
        self.encoder.codec.end(&mut state, &mut Vec::new());
        self.encoder.state.set(state);
        self.encoder.waiting.replace(None);
    }

    /// How errors are treated.
    #[get]
    fn errors(&self, cx: &mut Context) -> Owned {
        Errors::shown(&self.encoder.errors, cx)
    }

    #[set(errors)]
    fn set_errors(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        Errors::assign(&self.encoder.errors, cx, value)
    }
}

/// What decodes piece by piece.
pub struct Decoder {
    codec: Rc<Codec>,
    state: Cell<State>,
    /// Bytes that may be the start of something.
    waiting: RefCell<Vec<u8>>,
    pub errors: RefCell<Errors>,
}

impl Decoder {
    /// Before the first piece.
    pub fn new(codec: Rc<Codec>, errors: Errors) -> Decoder {
        let state = Cell::new(codec.start(true));
        Decoder { codec, state, waiting: RefCell::default(), errors: RefCell::new(errors) }
    }

    /// Decodes a piece.
    pub fn decode(&self, cx: &mut Context, input: &[u8], last: bool, output: &mut StrBuilder) -> Result<()> {
        let before = self.waiting.take();
        let data: Vec<u8> = before.iter().chain(input).copied().collect();
        let errors = self.errors.borrow().clone();
        let mut state = self.state.get();
        let taken = convert::decode(cx, &self.codec, &mut state, &data, &errors, false, output);
        self.state.set(state);
        let mut taken = taken?;
        if last {
            match convert::finish(cx, &self.codec, &data, taken, &errors, output) {
                Ok(position) => taken = position,
                Err(raised) => {
                    self.waiting.replace(before);
                    return Err(raised);
                }
            }
        }
        if data.len() - taken > BYTES_MAX {
            return Err(cx.raise(&UNICODE_ERROR, "pending buffer overflow"));
        }
        self.waiting.replace(data[taken..].to_vec());
        Ok(())
    }

    /// How many bytes wait.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.borrow().is_empty()
    }

    /// Forgets what was decoded.
    pub fn reset(&self) {
        let mut state = self.state.get();
        self.codec.forget(&mut state);
        self.state.set(state);
        self.waiting.take();
    }
}

#[native_type("_multibytecodec.MultibyteIncrementalDecoder", base)]
#[derive(Traverse)]
pub struct MultibyteIncrementalDecoder {
    #[plain]
    decoder: Decoder,
}

#[methods]
impl MultibyteIncrementalDecoder {
    #[new(name = "IncrementalDecoder")]
    fn new(
        cx: &mut Context,
        class: &'static TypeObject,
        #[named]
        #[default(Given(None), _)]
        errors: Given<Value>,
    ) -> Result<Owned> {
        let errors = Errors::from_argument(cx, errors.0, "IncrementalDecoder", 1)?;
        let decoder = Decoder::new(codec_of(cx, class)?, errors);
        NativeObject::allocate(cx, class, MultibyteIncrementalDecoder { decoder })
    }

    /// All was done when the object was made. Without this, a class in Python that comes later would be asked.
    #[init]
    fn init(&self, _arguments: Arguments<'_>) -> Result<()> {
        Ok(())
    }

    /// Decodes a piece.
    fn decode(&self, cx: &mut Context, #[named] input: BytesLike, #[default(false)] r#final: bool) -> Result<Owned> {
        let mut output = StrBuilder::with_capacity(input.0.len());
        self.decoder.decode(cx, &input.0, r#final, &mut output)?;
        Ok(output.finish(cx))
    }

    /// The bytes that wait, and the state as a number.
    fn getstate(&self, cx: &mut Context) -> Owned {
        let bytes = BytesObject::new(cx, &self.decoder.waiting.borrow());
        let number = shown(cx, &self.decoder.state.get().0);
        TupleObject::from_owned(cx, vec![bytes, number])
    }

    /// Goes back to a state that `getstate` gave.
    fn setstate(&self, cx: &mut Context, state: Value) -> Result<()> {
        let Some(parts) = state.cast::<TupleObject>().map(TupleObject::as_slice) else {
            return Err(bad_argument(cx, "setstate() argument", "tuple", state));
        };
        let (waiting, number) = match parts {
            &[waiting, number] => match waiting.cast::<BytesObject>() {
                Some(waiting) if int::is_int_like(number) => (waiting, number),
                _ => return Err(cx.type_error("setstate(): illegal state argument")),
            },
            _ => return Err(cx.type_error("setstate(): illegal state argument")),
        };
        let state = State(hidden(cx, number)?);
        if waiting.len() > BYTES_MAX {
            let codec = &self.decoder.codec;
            return Err(convert::too_many(cx, codec, waiting.as_slice()));
        }
        self.decoder.waiting.replace(waiting.as_slice().to_vec());
        self.decoder.state.set(state);
        Ok(())
    }

    /// Forgets what was decoded.
    fn reset(&self) {
        self.decoder.reset();
    }

    /// How errors are treated.
    #[get]
    fn errors(&self, cx: &mut Context) -> Owned {
        Errors::shown(&self.decoder.errors, cx)
    }

    #[set(errors)]
    fn set_errors(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        Errors::assign(&self.decoder.errors, cx, value)
    }
}
