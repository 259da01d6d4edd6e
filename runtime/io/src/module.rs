//! The module `_io`: `open`, and the classes.

use crate::base::{BufferedIoBase, IoBase, RawIoBase, TextIoBase};
use crate::buffered::pair::BufferedRwPair;
use crate::buffered::{BufferedRandom, BufferedReader, BufferedWriter};
use crate::bytes_io::{BytesIo, BytesIoBuffer};
use crate::calls::{DEFAULT_BUFFER_SIZE, UNSUPPORTED, raise_chained};
use crate::file::{self, FileIo};
use crate::newline::IncrementalNewlineDecoder;
use crate::path;
use crate::string_io::StringIo;
use crate::text::types::make as make_text;
use crate::text::{Settings, TextIoWrapper};
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::borrow::Cow;

/// A parsed mode of `open`.
struct Mode {
    /// The mode of the raw file.
    raw: String,
    updating: bool,
    reading: bool,
    text: bool,
}

#[cold]
fn invalid_mode(cx: &mut Context, mode: &str) -> Raised {
    cx.value_error(format!("invalid mode: '{mode}'"))
}

fn parse_mode(cx: &mut Context, mode: &str) -> Result<Mode> {
    let mut seen = String::new();
    for letter in mode.chars() {
        if !"xrwa+tb".contains(letter) || seen.contains(letter) {
            return Err(invalid_mode(cx, mode));
        }
        seen.push(letter);
    }
    let has = |letter: char| seen.contains(letter);
    if has('t') && has('b') {
        return Err(cx.value_error("can't have text and binary mode at once"));
    }
    if "xrwa".chars().filter(|letter| has(*letter)).count() > 1 {
        return Err(cx.value_error("must have exactly one of create/read/write/append mode"));
    }
    let raw = "xrwa+".chars().filter(|letter| has(*letter)).collect();
    Ok(Mode { raw, updating: has('+'), reading: has('r'), text: !has('b') })
}

/// Everything that `open` is told.
pub struct Opening<'a> {
    pub file: Value,
    pub mode: &'a str,
    pub buffering: i32,
    pub encoding: Option<&'a str>,
    pub errors: Option<&'a str>,
    pub newline: Option<&'a str>,
    pub close_fd: bool,
    pub opener: Option<Value>,
}

/// `open`
pub fn open_file(cx: &mut Context, opening: &Opening<'_>) -> Result<Owned> {
    let path = path::file_argument(cx, opening.file)?;
    let mode = parse_mode(cx, opening.mode)?;
    if !mode.text {
        let given = [("encoding", opening.encoding), ("errors", opening.errors), ("newline", opening.newline)];
        if let Some((name, _)) = given.iter().find(|(_, value)| value.is_some()) {
            let article = if *name == "newline" { "a" } else { "an" };
            let words = if *name == "newline" { "newline argument".into() } else { format!("{name} argument") };
            return Err(cx.value_error(format!("binary mode doesn't take {article} {words}")));
        }
        if opening.buffering == 1 {
            let message =
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
            crate::calls::warn(cx, &exception::RUNTIME_WARNING.object, message, None)?;
        }
    }
    let raw = file::new(cx, path.value(), &mode.raw, opening.close_fd, opening.opener)?;
    let mut result = raw.clone();
    let finished = finish_opening(cx, opening, &mode, &raw, &mut result);
    match finished {
        Ok(()) => Ok(result),
        Err(_) => {
            let error = cx.take_pending();
            let closed = call::call_method(cx, result.value(), "close", &[]).map(drop);
            raise_chained(cx, Some(error), closed).map(|()| result)
        }
    }
}

/// Puts buffer and text around a raw file; `result` is the outermost of them so far.
fn finish_opening(cx: &mut Context, opening: &Opening<'_>, mode: &Mode, raw: &Owned, result: &mut Owned) -> Result<()> {
    let Some(file) = file::exact(raw.value()) else { return Ok(()) };
    let mut buffering = opening.buffering;
    // Whether it is a terminal matters only where nobody says how to buffer.
    let terminal = buffering < 0 && file.is_terminal_now(cx)?;
    let line_buffering = (buffering == 1 || terminal) && mode.text;
    if buffering == 1 || terminal {
        buffering = -1;
    }
    let size = match buffering {
        size if size < 0 => file.block_bytes().min(8 << 20).max(DEFAULT_BUFFER_SIZE as i64),
        size => size as i64,
    };
    if size == 0 {
        if mode.text {
            return Err(cx.value_error("can't have unbuffered text I/O"));
        }
        return Ok(());
    }
    *result = match (mode.updating, mode.reading) {
        (true, _) => BufferedRandom::make(cx, raw.value(), size)?,
        (_, true) => BufferedReader::make(cx, raw.value(), size)?,
        _ => BufferedWriter::make(cx, raw.value(), size)?,
    };
    if !mode.text {
        return Ok(());
    }
    let settings = Settings {
        encoding: opening.encoding,
        errors: opening.errors,
        newline: opening.newline,
        line_buffering,
        write_through: false,
    };
    *result = make_text(cx, result.value(), &settings)?;
    let mode = StrObject::new(cx, opening.mode);
    attribute::set_text(cx, result.value(), "mode", mode.value())
}

/// The io module provides the Python interfaces to stream handling. The builtin open function is defined in this module.
///
/// At the top of the hierarchy is the abstract base class IOBase, with what all streams do. RawIOBase is for bytes without
/// a buffer, of which FileIO is one over a file of the system; BufferedIOBase for bytes with a buffer (BufferedReader,
/// BufferedWriter, BufferedRandom, BufferedRWPair, and BytesIO in memory); TextIOBase for text (TextIOWrapper, and
/// StringIO in memory).
#[native_module(
    "_io",
    types(
        IoBase,
        RawIoBase,
        BufferedIoBase,
        TextIoBase,
        FileIo,
        BytesIo,
        BytesIoBuffer,
        BufferedReader,
        BufferedWriter,
        BufferedRwPair,
        BufferedRandom,
        IncrementalNewlineDecoder,
        TextIoWrapper,
        StringIo
    )
)]
mod rows {
    use super::*;

    #[constant(name = "DEFAULT_BUFFER_SIZE")]
    const BUFFER_SIZE: i64 = DEFAULT_BUFFER_SIZE as i64;

    /// Open file and return a stream. Raise OSError upon failure.
    ///
    /// file is a path, or the descriptor of an open file. mode is made of 'r' (the default), 'w', 'x' or 'a' for reading,
    /// writing, exclusive creation or appending; '+' for reading and writing; 't' (the default) or 'b' for text or bytes.
    /// buffering is 0 for none (bytes only), 1 for lines (text only), or the size of the buffer. encoding, errors and
    /// newline are those of TextIOWrapper. With closefd=False the descriptor stays open. opener(file, flags) opens the
    /// file instead of the system's call.
    #[function]
    fn open(
        cx: &mut Context,
        #[named] file: Value,
        #[default("r".into(), "'r'")] mode: Cow<str>,
        #[default(-1)] buffering: i32,
        #[default(None)] encoding: Option<Cow<str>>,
        #[default(None)] errors: Option<Cow<str>>,
        #[default(None)] newline: Option<Cow<str>>,
        #[default(true)] closefd: bool,
        #[default(None)] opener: Option<Value>,
    ) -> Result<Owned> {
        let opening = Opening {
            file,
            mode: &mode,
            buffering,
            encoding: encoding.as_deref(),
            errors: errors.as_deref(),
            newline: newline.as_deref(),
            close_fd: closefd,
            opener,
        };
        open_file(cx, &opening)
    }

    /// Opens the provided file with the intent to import the contents.
    ///
    /// This may perform extra validation beyond open(), but is otherwise interchangeable with calling open(path, 'rb').
    #[function]
    fn open_code(cx: &mut Context, #[named] path: Value) -> Result<Owned> {
        if !str::is_str(path) {
            let found = path.type_of().name();
            return Err(cx.type_error(format!("open_code() argument 'path' must be str, not {found}")));
        }
        let opening = Opening {
            file: path,
            mode: "rb",
            buffering: -1,
            encoding: None,
            errors: None,
            newline: None,
            close_fd: true,
            opener: None,
        };
        open_file(cx, &opening)
    }

    /// A helper function to choose the text encoding.
    ///
    /// When encoding is not None, this function returns it. Otherwise, this function returns the default text encoding
    /// (i.e. "locale" or "utf-8" depends on UTF-8 mode).
    #[function]
    fn text_encoding(cx: &mut Context, encoding: Value, #[default(2)] stacklevel: i32) -> Result<Owned> {
        if encoding == singleton::none() {
            crate::text::codecs::warn_of_default(cx, stacklevel)?;
            let name = if crate::text::codecs::locale_encoding() == "utf-8" { "utf-8" } else { "locale" };
            return Ok(str::intern(cx, name));
        }
        if !str::is_str(encoding) {
            let found = encoding.type_of().name();
            return Err(cx.type_error(format!("text_encoding() argument must be str or None, not {found}")));
        }
        Ok(Owned::new(encoding))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let name = StrObject::new(cx, "UnsupportedOperation");
        let bases = TupleObject::new(cx, &[exception::OS_ERROR.object.value(), exception::VALUE_ERROR.object.value()]);
        let namespace = DictObject::new(cx);
        let own = StrObject::new(cx, "io");
        if let Some(namespace) = namespace.value().cast::<DictObject>() {
            namespace.set_text(cx, "__module__", own.value());
        }
        let arguments = [name.value(), bases.value(), namespace.value()];
        let class = call::call(cx, TYPE.object.value(), &arguments)?;
        module.namespace().set_text(cx, "UnsupportedOperation", class.value());
        cx.interpreter().native_objects.insert(UNSUPPORTED, class);
        let blocking = exception::BLOCKING_IO_ERROR.object.value();
        module.namespace().set_text(cx, "BlockingIOError", blocking);
        Ok(())
    }
}
