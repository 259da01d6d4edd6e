//! Builtin functions about input and output: `print`, `input`, `open`.

use sidewinder_io::text::{exact, is_exact};
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::iterator::arguments::unexpected_keyword;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str as text;
use sidewinder_runtime::objects::{dict, exception, instance, singleton};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};

pub static FUNCTIONS: &[Native] = &[
    Native::with_keywords(
        "print",
        print,
        "print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)\n--\n\nPrints the values to a stream, or \
         to sys.stdout by default.\n\n  sep\n    string inserted between values, default a space.\n  end\n    string \
         appended after the last value, default a newline.\n  file\n    a file-like object (stream); defaults to the \
         current sys.stdout.\n  flush\n    whether to forcibly flush the stream.",
    ),
    Native::new(
        "input",
        0,
        1,
        input,
        "input($module, prompt='', /)\n--\n\nRead a string from standard input.  The trailing newline is \
         stripped.\n\nThe prompt string, if given, is printed to standard output without a\ntrailing newline before \
         reading input.\n\nIf the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.\nOn *nix \
         systems, readline is used if available.",
    ),
    Native::with_keywords(
        "open",
        open,
        "open($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, \
         opener=None)\n--\n\nOpen file and return a stream.  Raise OSError upon failure.",
    ),
];

/// Where text goes.
enum Target {
    /// A stream of exactly our type.
    Text(Owned),
    /// The `write` method of any other object, and the object.
    Object(Owned, Owned),
}

impl Target {
    fn of(cx: &mut Context, file: Owned) -> Result<Target> {
        let name = cx.interpreter().names.plain_write;
        // A program may have given the stream a `write` of its own.
        if is_exact(file.value()) && instance::get_attribute_slot(cx, file.value(), name).is_none() {
            return Ok(Target::Text(file));
        }
        let write = attribute::get(cx, file.value(), name)?;
        Ok(Target::Object(write, file))
    }

    /// Writes a string object.
    fn write(&self, cx: &mut Context, string: Value) -> Result<()> {
        match self {
            Target::Text(file) => match exact(file.value()) {
                Some(stream) => stream.write_text(cx, file.value(), string).map(drop),
                None => Ok(()),
            },
            Target::Object(write, _) => call::call(cx, write.value(), &[string]).map(drop),
        }
    }

    fn write_character(&self, cx: &mut Context, character: char) -> Result<()> {
        let string = text::character(cx, character as u32);
        self.write(cx, string.value())
    }

    fn flush(&self, cx: &mut Context) -> Result<()> {
        let (Target::Text(file) | Target::Object(_, file)) = self;
        flush_object(cx, file.value())
    }
}

fn flush_object(cx: &mut Context, file: Value) -> Result<()> {
    let name = cx.interpreter().names.plain_flush;
    let flush = attribute::get(cx, file, name)?;
    call::call(cx, flush.value(), &[]).map(drop)
}

/// An attribute of the module `sys`; `None` when there is no such module or attribute.
fn sys_attribute(cx: &mut Context, name: Value) -> Result<Option<Owned>> {
    let sys = cx.interpreter().names.plain_sys;
    let found = dict::of(cx.interpreter().modules.value()).get_interned(sys).map(Owned::new);
    // A program may have taken the module out of `sys.modules`.
    let Some(module) = found.or_else(|| cx.interpreter().native_objects.get("sys").cloned()) else { return Ok(None) };
    let module = module.value();
    match module.cast::<ModuleObject>() {
        Some(module) => Ok(module.namespace().get_interned(name).map(Owned::new)),
        None => attribute::get_optional(cx, module, name),
    }
}

#[cold]
fn lost(cx: &mut Context, what: &str) -> Raised {
    cx.raise(&exception::RUNTIME_ERROR, what)
}

/// The keywords of `print`.
#[derive(Default)]
struct PrintOptions {
    separator: Option<Value>,
    end: Option<Value>,
    file: Option<Value>,
    flush: bool,
}

fn print_options(cx: &mut Context, arguments: Arguments<'_>) -> Result<PrintOptions> {
    let none = singleton::none();
    let mut options = PrintOptions::default();
    for (name, value) in arguments.keywords() {
        let given = Some(value).filter(|value| *value != none);
        if text::equals_text(name, "sep") {
            options.separator = given;
        } else if text::equals_text(name, "end") {
            options.end = given;
        } else if text::equals_text(name, "file") {
            options.file = given;
        } else if text::equals_text(name, "flush") {
            options.flush = convert::truth(cx, value)?;
        } else {
            return Err(unexpected_keyword(cx, "print", name, ["sep", "end", "file", "flush"]));
        }
    }
    Ok(options)
}

/// An error unless an option is a string.
fn check_text(cx: &mut Context, option: Option<Value>, name: &str) -> Result<()> {
    match option {
        Some(value) if !text::is_str(value) => {
            let kind = value.type_of().name();
            Err(cx.type_error(format!("{name} must be None or a string, not {kind}")))
        }
        _ => Ok(()),
    }
}

fn print(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let options = print_options(cx, arguments)?;
    let target = match options.file {
        Some(file) => Target::of(cx, Owned::new(file))?,
        None => {
            let name = cx.interpreter().names.plain_stdout;
            let Some(file) = sys_attribute(cx, name)? else { return Err(lost(cx, "lost sys.stdout")) };
            if file.value() == singleton::none() {
                return Ok(file);
            }
            Target::of(cx, file)?
        }
    };
    check_text(cx, options.separator, "sep")?;
    check_text(cx, options.end, "end")?;
    for (index, &value) in arguments.positionals().iter().enumerate() {
        if index > 0 {
            match options.separator {
                Some(separator) => target.write(cx, separator)?,
                None => target.write_character(cx, ' ')?,
            }
        }
        let string = convert::str(cx, value)?;
        target.write(cx, string.value())?;
    }
    match options.end {
        Some(end) => target.write(cx, end)?,
        None => target.write_character(cx, '\n')?,
    }
    if options.flush {
        target.flush(cx)?;
    }
    Ok(Owned::new(singleton::none()))
}

/// A stream that `input` needs; an error if the program has removed it.
fn needed_stream(cx: &mut Context, name: Value, label: &str) -> Result<Owned> {
    match sys_attribute(cx, name)? {
        Some(file) if file.value() != singleton::none() => Ok(file),
        _ => Err(lost(cx, &format!("input(): lost sys.{label}"))),
    }
}

fn input(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let names = &cx.interpreter().names;
    let (stdin_name, stdout_name, readline) = (names.plain_stdin, names.plain_stdout, names.plain_readline);
    let stdin = needed_stream(cx, stdin_name, "stdin")?;
    let stdout = needed_stream(cx, stdout_name, "stdout")?;
    let stderr = cx.interpreter().names.plain_stderr;
    let stderr = needed_stream(cx, stderr, "stderr")?;
    if flush_object(cx, stderr.value()).is_err() {
        drop(cx.take_pending());
    }
    let target = Target::of(cx, stdout)?;
    if let Some(&prompt) = arguments.first() {
        let prompt = convert::str(cx, prompt)?;
        target.write(cx, prompt.value())?;
    }
    // A stream need not be able to.
    if target.flush(cx).is_err() {
        drop(cx.take_pending());
    }
    let method = attribute::get(cx, stdin.value(), readline)?;
    let line = call::call(cx, method.value(), &[])?;
    let Some(string) = text::cast(line.value()) else {
        return Err(cx.type_error("object.readline() returned non-string"));
    };
    match string.len() {
        0 => Err(cx.raise(&exception::EOF_ERROR, "EOF when reading a line")),
        length if string.code_point(length - 1) == '\n' as u32 => Ok(text::substring(cx, string, 0, length - 1)),
        _ => Ok(line),
    }
}

/// `open` is the one of `_io`.
fn open(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let known = dict::of(cx.interpreter().modules.value()).get_text(cx, "_io").map(Owned::new);
    let module = match known {
        Some(module) => Some(module),
        None => crate::import(cx, "_io")?,
    };
    let Some(module) = module else { return Err(lost(cx, "lost the module _io")) };
    let function = attribute::get_text(cx, module.value(), "open")?;
    call::call_with(cx, function.value(), arguments)
}
