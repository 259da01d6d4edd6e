//! The process's standard streams: `sys.stdin`, `sys.stdout` and `sys.stderr`, as CPython makes them at its start.

use crate::buffered::{BufferedReader, BufferedWriter};
use crate::calls::{DEFAULT_BUFFER_SIZE, none};
use crate::file;
use crate::text::types::make as make_text;
use crate::text::{Settings, codecs};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::str::codec::Codec;
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// One of the streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum Standard {
    Input = 0,
    Output = 1,
    Error = 2,
}

impl Standard {
    pub const ALL: [Standard; 3] = [Standard::Input, Standard::Output, Standard::Error];

    /// The name in `sys`.
    pub fn name(self) -> &'static str {
        ["stdin", "stdout", "stderr"][self as usize]
    }
}

/// How the streams are encoded.
pub struct Encoding {
    name: String,
    errors: String,
}

impl Encoding {
    /// By `PYTHONIOENCODING`, else by the locale. In the C locale, bytes that cannot be decoded pass through.
    pub fn from_environment(settings: &sidewinder_runtime::settings::Settings) -> Encoding {
        let ignored = settings.ignore_environment != 0;
        let setting = if ignored { None } else { std::env::var("PYTHONIOENCODING").ok() };
        let setting = setting.unwrap_or_default();
        let (name, errors) = setting.split_once(':').unwrap_or((&setting, ""));
        let default = codecs::locale_encoding();
        let errors = match errors {
            "" if !name.is_empty() => "strict",
            "" if settings.utf8_mode != 0 || codecs::is_c_locale() => "surrogateescape",
            "" => "strict",
            errors => errors,
        };
        let name = if name.is_empty() { default } else { name.to_string() };
        Encoding { name: canonical(&name), errors: errors.to_string() }
    }

    /// One that can always be had, and writes everything.
    pub fn preliminary() -> Encoding {
        Encoding { name: "utf-8".to_string(), errors: "backslashreplace".to_string() }
    }

    /// Whether the encoding needs nothing of the library.
    pub fn is_builtin(&self) -> bool {
        Codec::from_name(&self.name).is_some_and(codecs::is_incremental)
    }
}

/// The name that a built-in encoding has in the library.
fn canonical(name: &str) -> String {
    match Codec::from_name(name) {
        Some(Codec::Latin1) => "iso8859-1".to_string(),
        Some(codec) => codec.name().to_string(),
        None => name.to_string(),
    }
}

/// A standard stream; `None` if its descriptor is closed.
pub fn open(cx: &mut Context, stream: Standard, encoding: &Encoding, unbuffered: bool) -> Result<Owned> {
    let fd = stream as i32;
    // SAFETY: a call of the system without pointers.
    if unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
        return Ok(none());
    }
    let reads = stream == Standard::Input;
    let number = Value::from_small_int(fd as i64);
    let raw = file::new(cx, number, if reads { "r" } else { "w" }, false, None)?;
    let name = StrObject::new(cx, &format!("<{}>", stream.name()));
    attribute::set_text(cx, raw.value(), "name", name.value())?;
    let terminal = match file::exact(raw.value()) {
        Some(file) => file.is_terminal_now(cx)?,
        None => false,
    };
    let size = DEFAULT_BUFFER_SIZE as i64;
    let buffer = match reads {
        true => BufferedReader::make(cx, raw.value(), size)?,
        false if unbuffered => raw,
        false => BufferedWriter::make(cx, raw.value(), size)?,
    };
    let settings = Settings {
        encoding: Some(&encoding.name),
        errors: Some(if stream == Standard::Error { "backslashreplace" } else { &encoding.errors }),
        newline: Some("\n"),
        line_buffering: !unbuffered && (terminal || stream == Standard::Error),
        write_through: unbuffered,
    };
    let text = make_text(cx, buffer.value(), &settings)?;
    let mode = StrObject::new(cx, if reads { "r" } else { "w" });
    attribute::set_text(cx, text.value(), "mode", mode.value())?;
    Ok(text)
}
