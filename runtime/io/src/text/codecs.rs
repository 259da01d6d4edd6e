//! Finding codecs, and the encoding of the locale.

use sidewinder_runtime::objects::exception;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::str::codec::Codec;
use sidewinder_runtime::operations::{attribute, call, convert, import, warnings};
use sidewinder_runtime::{Context, Owned, Result};

/// Whether a built-in encoding can be decoded and encoded piece by piece here.
pub fn is_incremental(codec: Codec) -> bool {
    matches!(codec, Codec::Utf8 | Codec::Ascii | Codec::Latin1 | Codec::Utf16(_) | Codec::Utf32(_))
}

/// The `CodecInfo` of a text encoding.
pub fn lookup(cx: &mut Context, encoding: &str) -> Result<Owned> {
    let codecs = match import::module(cx, "codecs") {
        Ok(codecs) => codecs,
        Err(_) if cx.swallow(&exception::IMPORT_ERROR) => {
            return Err(cx.raise(&exception::LOOKUP_ERROR, format!("unknown encoding: {encoding}")));
        }
        Err(raised) => return Err(raised),
    };
    let name = StrObject::new(cx, encoding);
    let info = call::call_method(cx, codecs.value(), "lookup", &[name.value()])?;
    if let Some(is_text) = attribute::get_text_optional(cx, info.value(), "_is_text_encoding")?
        && !convert::truth(cx, is_text.value())?
    {
        let message = format!("'{encoding}' is not a text encoding; use codecs.open() to handle arbitrary codecs");
        return Err(cx.raise(&exception::LOOKUP_ERROR, message));
    }
    Ok(info)
}

/// The incremental encoder or decoder of an encoding.
pub fn incremental(cx: &mut Context, encoding: &str, errors: &str, kind: &str) -> Result<Owned> {
    let info = lookup(cx, encoding)?;
    let maker = attribute::get_text(cx, info.value(), kind)?;
    let errors = StrObject::new(cx, errors);
    call::call(cx, maker.value(), &[errors.value()])
}

/// The name of the locale for characters, from the environment.
fn locale_name() -> String {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty())).unwrap_or_default()
}

/// The encoding of the locale; UTF-8 in the UTF-8 mode, and in the C locale unless that mode was refused.
pub fn locale_encoding() -> String {
    let settings = &Context::current().interpreter().options.settings;
    if settings.utf8_mode != 0 || !settings.utf8_refused && is_plain(&locale_name()) {
        return "utf-8".to_string();
    }
    // SAFETY: the empty name takes the locale from the environment; the results are texts that stay valid until the
    // next call, and the GIL is held.
    unsafe {
        if libc::setlocale(libc::LC_CTYPE, c"".as_ptr()).is_null() {
            return "utf-8".to_string();
        }
        std::ffi::CStr::from_ptr(libc::nl_langinfo(libc::CODESET)).to_string_lossy().into_owned()
    }
}

fn is_plain(name: &str) -> bool {
    matches!(name, "" | "C" | "POSIX")
}

/// Whether the locale is the C locale or one that stands in for it: there, bytes that cannot be decoded pass through the
/// standard streams.
pub fn is_c_locale() -> bool {
    let name = locale_name();
    is_plain(&name) || matches!(name.as_str(), "C.UTF-8" | "C.utf8" | "UTF-8")
}

/// Warns that a program leaves the encoding to the locale, if it asked for such warnings.
pub fn warn_of_default(cx: &mut Context, level: i32) -> Result<()> {
    if cx.interpreter().options.settings.warn_default_encoding == 0 {
        return Ok(());
    }
    warnings::warn(cx, &exception::ENCODING_WARNING, "'encoding' argument not specified", level as i64)
}
