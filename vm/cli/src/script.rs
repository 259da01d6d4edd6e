//! Finding and reading what is to be run: a file, a folder or archive with a `__main__`, compiled code, or the text of `-c`.

use crate::program::{self, Failure, Started};
use crate::source;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::special::system_error_text;
use sidewinder_runtime::objects::exception::{EOF_ERROR, RUNTIME_ERROR, TYPE_ERROR, VALUE_ERROR};
use sidewinder_runtime::objects::module;
use sidewinder_runtime::operations::{call, import};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What is to be run, read and named.
pub struct Program {
    pub text: String,
    pub file: PathBuf,
    /// What goes in front of `sys.path`.
    pub directory: PathBuf,
}

/// What a script's name stands for.
pub enum Script {
    Text(Program),
    /// A folder or a zip file, which have a module `__main__`.
    Container(PathBuf),
    /// A compiled file, and its bytes.
    Compiled(PathBuf, Vec<u8>),
}

impl Program {
    /// A program without a file, which imports from the current directory.
    pub fn unnamed(text: String, file: &str) -> Program {
        Program { text, file: file.into(), directory: PathBuf::new() }
    }
}

/// Looks at what a name stands for, and reads it.
pub fn read(cx: &mut Context, name: &OsStr, skips_first_line: bool) -> Started<Script> {
    let mut file = source::absolute(name);
    if name.is_empty() {
        // The folder itself, without the separator that joining an empty name leaves.
        file = file.components().collect();
    }
    if file.is_dir() {
        return Ok(Script::Container(file));
    }
    let mut bytes = match std::fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            let (shown, text) = (shown(file.as_os_str().as_bytes()), system_error_text(number));
            eprintln!("{}: can't open file '{shown}': [Errno {number}] {text}", crate::arguments::program());
            return Err(Failure::Status(2));
        }
    };
    if is_archive(&bytes) {
        return Ok(Script::Container(file));
    }
    if is_compiled(name, &bytes) {
        return Ok(Script::Compiled(file, bytes));
    }
    if skips_first_line {
        // The line's end stays, so that the others keep their numbers.
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        bytes.drain(..end);
    }
    let text = source::decode(cx, &bytes, &file.to_string_lossy())?;
    let directory = std::fs::canonicalize(&file).ok().and_then(|file| file.parent().map(Path::to_path_buf));
    Ok(Script::Text(Program { text, file, directory: directory.unwrap_or_default() }))
}

/// Bytes of the system in a message: what is no UTF-8 is shown as the lone surrogates that it becomes in a text.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\udc{byte:02x}"));
        }
    }
    text
}

/// Whether a file is a zip archive: it ends with the record of one.
fn is_archive(bytes: &[u8]) -> bool {
    const RECORD: &[u8] = b"PK\x05\x06";
    const RECORD_BYTES: usize = 22;
    const COMMENT_BYTES_MAX: usize = 0xffff;
    let start = bytes.len().saturating_sub(RECORD_BYTES + COMMENT_BYTES_MAX);
    let Some(end) = bytes.len().checked_sub(RECORD_BYTES) else { return false };
    (start..=end).rev().any(|place| bytes[place..].starts_with(RECORD))
}

/// Whether a file has compiled code: by its name, or by how it starts.
fn is_compiled(name: &OsStr, bytes: &[u8]) -> bool {
    name.as_bytes().ends_with(b".pyc") || bytes.get(..4) == Some(&sidewinder_imports::magic_number()[..])
}

/// The program of `-c`, without an indentation that all its lines share.
pub fn command_text(text: &OsStr) -> Started<String> {
    let bytes = text.as_bytes();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let position = String::from_utf8_lossy(before).chars().count();
            let byte = bytes[error.valid_up_to()];
            eprintln!(
                "Unable to decode the command from the command line:\nUnicodeEncodeError: 'utf-8' codec can't encode \
                 character '\\udc{byte:02x}' in position {position}: surrogates not allowed"
            );
            return Err(Failure::Status(1));
        }
    };
    Ok(without_indentation(text) + "\n")
}

/// A line of nothing but blanks says nothing about the indentation, and becomes empty.
fn without_indentation(text: &str) -> String {
    let is_blank = |character: char| character == ' ' || character == '\t';
    let margin = |line: &'_ str| line.len() - line.trim_start_matches(is_blank).len();
    let mut lines = text.split('\n').filter(|line| margin(line) < line.len());
    let Some(first) = lines.next() else { return text.to_string() };
    let mut shared = &first[..margin(first)];
    for line in lines {
        let own = &line[..margin(line)];
        let same = own.bytes().zip(shared.bytes()).take_while(|(one, other)| one == other).count();
        shared = &shared[..same];
    }
    if shared.is_empty() {
        return text.to_string();
    }
    let stripped = text.split('\n').map(|line| match margin(line) == line.len() {
        true => "",
        false => &line[shared.len()..],
    });
    stripped.collect::<Vec<_>>().join("\n")
}

/// Runs a compiled file.
pub fn run_compiled(cx: &mut Context, file: &Path, bytes: &[u8]) -> Started<()> {
    const HEADER_BYTES: usize = 16;
    let main = program::make_main(cx, Some(file))?;
    program::set_file(cx, main.value(), file)?;
    if bytes.get(..4) != Some(&sidewinder_imports::magic_number()[..]) {
        return Err(cx.raise(&RUNTIME_ERROR, "Bad magic number in .pyc file").into());
    }
    let code = match unmarshal(cx, bytes.get(HEADER_BYTES..).unwrap_or_default()) {
        Ok(code) if code.value().type_of().name() == "code" => code,
        Ok(_) => return Err(cx.raise(&RUNTIME_ERROR, "Bad code object in .pyc file").into()),
        Err(_) if [&EOF_ERROR, &VALUE_ERROR, &TYPE_ERROR].iter().any(|kind| cx.swallow(kind)) => {
            return Err(cx.raise(&RUNTIME_ERROR, "Bad code object in .pyc file").into());
        }
        Err(raised) => return Err(raised.into()),
    };
    let namespace = module::of(main.value()).namespace();
    program::run_code(cx, code.value(), namespace, Value::UNBOUND)?;
    Ok(())
}

fn unmarshal(cx: &mut Context, bytes: &[u8]) -> Result<Owned> {
    let marshal = import::module(cx, "marshal")?;
    let bytes = BytesObject::new(cx, bytes);
    call::call_method(cx, marshal.value(), "loads", &[bytes.value()])
}
