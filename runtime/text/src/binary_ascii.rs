//! The module `binascii`: binary data as ASCII text and back, and checksums (Modules/binascii.c).
//!
//! What the formats are is in the files below, which know no Python objects.

mod base64;
mod quoted_printable;
mod uu;

use sidewinder_macros::native_module;
use sidewinder_runtime::native::argument::Place;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{ExceptionClass, FromArgument, Given, LowWord};
use sidewinder_runtime::objects::buffer::{Buffer, is_exporter};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::bytes::hexadecimal;
use sidewinder_runtime::objects::exception::{EXCEPTION, VALUE_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::subscript;
use sidewinder_runtime::{Context, Raised, Result, Value};

/// Bytes from which on a checksum is worth letting other threads run.
const DETACHED_MIN: usize = 5 * 1024;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    error: ExceptionClass,
    incomplete: ExceptionClass,
}

/// Raises `binascii.Error`.
#[cold]
fn error(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    cx.state::<State>().error.raise(cx, message)
}

/// A string of ASCII characters, or a bytes-like object.
enum AsciiText<'a> {
    Text(&'a str),
    Bytes(Buffer),
}

impl AsciiText<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            AsciiText::Text(text) => text.as_bytes(),
            AsciiText::Bytes(buffer) => buffer.as_slice(),
        }
    }
}

impl<'a> FromArgument<'a> for AsciiText<'a> {
    fn from_argument(cx: &mut Context, value: &'a Value, _place: &'static Place) -> Result<AsciiText<'a>> {
        if let Some(text) = value.cast::<StrObject>() {
            let text = text.as_ascii().map(AsciiText::Text);
            return text.ok_or_else(|| cx.value_error("string argument should contain only ASCII characters"));
        }
        if is_exporter(*value) {
            match Buffer::read(cx, *value) {
                Ok(buffer) => return Ok(AsciiText::Bytes(buffer)),
                Err(_) => drop(cx.take_pending()),
            }
        }
        let name = value.type_of().name();
        Err(cx.type_error(format!("argument should be bytes, buffer or ASCII string, not '{name}'")))
    }
}

/// The byte that `sep` is.
fn separator(cx: &mut Context, sep: Value) -> Result<u8> {
    if subscript::length(cx, sep)? != 1 {
        return Err(cx.value_error("sep must be length 1."));
    }
    if let Some(text) = str::cast(sep) {
        let byte = text.code_points().next().and_then(|point| u8::try_from(point).ok());
        return byte.ok_or_else(|| cx.value_error("sep must be ASCII."));
    }
    match sep.cast::<BytesObject>().and_then(|bytes| bytes.as_slice().first().copied()) {
        Some(byte) => Ok(byte),
        None => Err(cx.type_error("sep must be str or bytes.")),
    }
}

fn to_hexadecimal(cx: &mut Context, data: &Buffer, sep: Given<Value>, group: i32) -> Result<Bytes> {
    let separator = match sep.0 {
        Some(sep) => Some(separator(cx, sep)?),
        None => None,
    };
    str::check_bytes(cx, data.len().saturating_mul(3))?;
    Ok(Bytes(hexadecimal::encode(data.as_slice(), separator, group)))
}

fn from_hexadecimal(cx: &mut Context, text: &AsciiText<'_>) -> Result<Bytes> {
    match hexadecimal::decode(text.as_slice()) {
        Ok(bytes) => Ok(Bytes(bytes)),
        Err(message) => Err(error(cx, message)),
    }
}

/// Binary data as ASCII text and back.
#[native_module("binascii")]
mod rows {
    use super::*;

    /// The bytes of a uuencoded line.
    #[function]
    fn a2b_uu(cx: &mut Context, data: AsciiText<'_>) -> Result<Bytes> {
        match uu::decode(data.as_slice()) {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(message) => Err(error(cx, message)),
        }
    }

    /// A line of uuencoded data.
    #[function]
    fn b2a_uu(
        cx: &mut Context,
        data: Buffer,
        #[keyword]
        #[default(false)]
        backtick: bool,
    ) -> Result<Bytes> {
        if data.len() > uu::LINE_MAX {
            return Err(error(cx, "At most 45 bytes at once"));
        }
        Ok(Bytes(uu::encode(data.as_slice(), backtick)))
    }

    /// The bytes of text in base64. What is no character of the code is passed over, or an error if the mode is strict.
    #[function]
    fn a2b_base64(
        cx: &mut Context,
        data: AsciiText<'_>,
        #[keyword]
        #[default(false)]
        strict_mode: bool,
    ) -> Result<Bytes> {
        str::check_bytes(cx, data.as_slice().len())?;
        match base64::decode(data.as_slice(), strict_mode) {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(message) => Err(error(cx, message)),
        }
    }

    /// A line of base64.
    #[function]
    fn b2a_base64(
        cx: &mut Context,
        data: Buffer,
        #[keyword]
        #[default(true)]
        newline: bool,
    ) -> Result<Bytes> {
        str::check_bytes(cx, data.len().saturating_mul(2))?;
        Ok(Bytes(base64::encode(data.as_slice(), newline)))
    }

    /// The checksum CRC-CCITT, as HQX files have it, going on from crc.
    #[function]
    fn crc_hqx(_cx: &mut Context, data: Buffer, crc: LowWord) -> u32 {
        data.as_slice()
            .iter()
            .fold(crc.0 & 0xffff, |crc, byte| crc << 8 & 0xff00 ^ HQX[(crc >> 8) as usize ^ *byte as usize] as u32)
    }

    /// The checksum CRC-32, going on from crc.
    #[function]
    fn crc32(cx: &mut Context, data: Buffer, #[default(LowWord(0), "0")] crc: LowWord) -> u32 {
        let bytes = data.as_slice();
        if bytes.len() < DETACHED_MIN {
            return zlib_rs::crc32::crc32(crc.0, bytes);
        }
        cx.detached(|_| zlib_rs::crc32::crc32(crc.0, bytes))
    }

    /// The bytes as hexadecimal digits, with sep between groups of so many bytes, counted from the end, or from the start
    /// if the number is negative.
    #[function(also = "hexlify")]
    fn b2a_hex(
        cx: &mut Context,
        #[named] data: Buffer,
        #[default(Given(None), "<unrepresentable>")] sep: Given<Value>,
        #[default(1)] bytes_per_sep: i32,
    ) -> Result<Bytes> {
        to_hexadecimal(cx, &data, sep, bytes_per_sep)
    }

    /// The bytes that hexadecimal digits stand for.
    #[function(also = "unhexlify")]
    fn a2b_hex(cx: &mut Context, hexstr: AsciiText<'_>) -> Result<Bytes> {
        from_hexadecimal(cx, &hexstr)
    }

    /// The bytes of quoted-printable text.
    #[function]
    fn a2b_qp(_cx: &mut Context, #[named] data: AsciiText<'_>, #[default(false)] header: bool) -> Bytes {
        Bytes(quoted_printable::decode(data.as_slice(), header))
    }

    /// The bytes as quoted-printable text. With istext, ends of lines stay what they are; with quotetabs, spaces and tabs
    /// are encoded everywhere; with header, spaces become underscores.
    #[function]
    fn b2a_qp(
        cx: &mut Context,
        #[named] data: Buffer,
        #[default(false)] quotetabs: bool,
        #[default(true)] istext: bool,
        #[default(false)] header: bool,
    ) -> Result<Bytes> {
        str::check_bytes(cx, data.len().saturating_mul(4))?;
        let style = quoted_printable::Style { quotes_tabs: quotetabs, is_text: istext, is_header: header };
        Ok(Bytes(quoted_printable::encode(data.as_slice(), style)))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let state = cx.state::<State>();
        state.error.define(cx, module, ["binascii", "Error"], &VALUE_ERROR, None)?;
        state.incomplete.define(cx, module, ["binascii", "Incomplete"], &EXCEPTION, None)
    }
}

/// What a byte that falls out of the register of CRC-CCITT changes.
static HQX: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut register = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            register = if register & 0x8000 != 0 { register << 1 ^ 0x1021 } else { register << 1 };
            bit += 1;
        }
        table[byte] = register;
        byte += 1;
    }
    table
};
