//! The three types over `Buffered`: the methods they share, and what each adds.

use super::Buffered;
use crate::base::{BUFFERED_IO_BASE, BufferedIoBase, Size};
use crate::calls::{DEFAULT_BUFFER_SIZE, cannot_pickle};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::native::argument::WritableBuffer;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

const DEFAULT_SIZE: i64 = DEFAULT_BUFFER_SIZE as i64;

/// Create a new buffered reader using the given readable raw IO object.
#[native_type("_io.BufferedReader", base, weakrefs, dict, extends = BufferedIoBase)]
#[derive(Traverse)]
pub struct BufferedReader {
    buffered: Buffered,
}

/// A buffer for a writeable sequential RawIO object.
///
/// The constructor creates a BufferedWriter for the given writeable raw stream. If the buffer_size is not given, it
/// defaults to DEFAULT_BUFFER_SIZE.
#[native_type("_io.BufferedWriter", base, weakrefs, dict, extends = BufferedIoBase)]
#[derive(Traverse)]
pub struct BufferedWriter {
    buffered: Buffered,
}

/// A buffered interface to random access streams.
///
/// The constructor creates a reader and writer for a seekable stream, raw, given in the first argument. If the
/// buffer_size is omitted it defaults to DEFAULT_BUFFER_SIZE.
#[native_type("_io.BufferedRandom", base, weakrefs, dict, extends = BufferedIoBase)]
#[derive(Traverse)]
pub struct BufferedRandom {
    buffered: Buffered,
}

/// The buffer of an object of one of the three types or of a subclass.
pub fn of<'a>(value: Value) -> Option<&'a Buffered> {
    let reader = value.cast::<NativeObject<BufferedReader>>().map(|stream| &stream.buffered);
    let writer = || value.cast::<NativeObject<BufferedWriter>>().map(|stream| &stream.buffered);
    let random = || value.cast::<NativeObject<BufferedRandom>>().map(|stream| &stream.buffered);
    reader.or_else(writer).or_else(random)
}

/// The buffer of an object that is exactly of one of the three types: what its methods do is known.
#[inline]
pub fn exact<'a>(value: Value) -> Option<&'a Buffered> {
    let reader = value.cast_exact::<NativeObject<BufferedReader>>().map(|stream| &stream.buffered);
    let writer = || value.cast_exact::<NativeObject<BufferedWriter>>().map(|stream| &stream.buffered);
    let random = || value.cast_exact::<NativeObject<BufferedRandom>>().map(|stream| &stream.buffered);
    reader.or_else(writer).or_else(random)
}

macro_rules! buffered {
    ($kind:ident, $name:literal, $readable:literal, $writable:literal, [$($check:literal $error:expr),*],
     { $($own:tt)* }) => {
        impl $kind {
            /// A stream of exactly this type.
            pub fn make(cx: &mut Context, raw: Value, size: i64) -> Result<Owned> {
                let made = NativeObject::new(cx, $kind { buffered: Buffered::new($readable, $writable) })?;
                if let Some(stream) = made.value().cast::<NativeObject<$kind>>() {
                    stream.start(cx, raw, size)?;
                }
                Ok(made)
            }

            fn start(&self, cx: &mut Context, raw: Value, size: i64) -> Result<()> {
                $( check_raw(cx, raw, $check, $error)?; )*
                self.buffered.start(cx, raw, size)
            }
        }

        #[methods]
        #[allow(unused_variables)]
        impl $kind {
            #[new]
            fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
                NativeObject::allocate(cx, class, $kind { buffered: Buffered::new($readable, $writable) })
            }

            #[init(name = $name)]
            fn init(
                &self,
                cx: &mut Context,
                #[named] raw: Value,
                #[default(DEFAULT_SIZE, "DEFAULT_BUFFER_SIZE")] buffer_size: i64,
            ) -> Result<()> {
                self.start(cx, raw, buffer_size)
            }

            #[slot(repr)]
            fn repr(this: &NativeObject<$kind>, cx: &mut Context) -> Result<String> {
                this.buffered.representation(cx, this.value())
            }

            /// Flushes and separates the raw stream, which is returned. After that, the buffer cannot be used.
            fn detach(this: &NativeObject<$kind>, cx: &mut Context) -> Result<Owned> {
                this.buffered.detach(cx, this.value())
            }

            /// Flushes and closes the stream and the raw one.
            fn close(this: &NativeObject<$kind>, cx: &mut Context) -> Result<Owned> {
                this.buffered.close(cx, this.value())
            }

            /// Whether the position can be changed.
            fn seekable(&self, cx: &mut Context) -> Result<Owned> {
                self.buffered.ask_raw(cx, "seekable")
            }

            /// The descriptor of the raw stream.
            fn fileno(&self, cx: &mut Context) -> Result<Owned> {
                self.buffered.ask_raw(cx, "fileno")
            }

            /// Whether the raw stream is a terminal.
            fn isatty(&self, cx: &mut Context) -> Result<Owned> {
                self.buffered.is_terminal(cx)
            }

            /// The position.
            fn tell(&self, cx: &mut Context) -> Result<i64> {
                self.buffered.tell(cx)
            }

            /// Changes the position.
            fn seek(
                this: &NativeObject<$kind>,
                cx: &mut Context,
                target: Value,
                #[default(0)] whence: i32,
            ) -> Result<i64> {
                this.buffered.seek(cx, this.value(), target, whence)
            }

            /// Cuts or extends the file, by default at the position.
            fn truncate(
                this: &NativeObject<$kind>,
                cx: &mut Context,
                #[default(NONE, "None")] pos: Value,
            ) -> Result<Owned> {
                let pos = if pos.is_unbound() { singleton::none() } else { pos };
                this.buffered.truncate(cx, this.value(), pos)
            }

            #[method(name = "_dealloc_warn")]
            fn warn_at_death(&self, cx: &mut Context, source: Value) -> Result<()> {
                self.buffered.warn_at_death(cx, source);
                Ok(())
            }

            #[method(name = "__getstate__")]
            fn get_state(this: Value, cx: &mut Context) -> Result<Owned> {
                Err(cannot_pickle(cx, this))
            }

            #[method(name = "__sizeof__")]
            fn size_of(&self) -> usize {
                self.buffered.bytes_held()
            }

            #[get]
            fn closed(&self, cx: &mut Context) -> Result<Owned> {
                self.buffered.raw_attribute(cx, "closed")
            }

            #[get]
            fn name(&self, cx: &mut Context) -> Result<Owned> {
                self.buffered.raw_attribute(cx, "name")
            }

            #[get]
            fn mode(&self, cx: &mut Context) -> Result<Owned> {
                self.buffered.raw_attribute(cx, "mode")
            }

            #[get]
            fn raw(&self) -> Owned {
                self.buffered.raw_or_none()
            }

            #[get(name = "_finalizing")]
            fn finalizing(&self) -> bool {
                self.buffered.is_finalizing()
            }

            #[set(_finalizing)]
            fn set_finalizing(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                self.buffered.set_finalizing(cx, value)
            }

            $($own)*
        }
    };
}

/// The default of arguments that the raw stream gets as they are.
const NONE: Value = Value::UNBOUND;

/// What the raw stream must be able to do; it is asked at the start.
fn check_raw(cx: &mut Context, raw: Value, method: &str, error: &str) -> Result<()> {
    if let Some(file) = crate::file::exact(raw) {
        file.descriptor(cx)?;
        let able = match method {
            "readable" => file.is_readable(),
            "writable" => file.is_writable(),
            _ => file.is_seekable(cx)?,
        };
        return if able { Ok(()) } else { Err(crate::calls::unsupported(cx, error)) };
    }
    crate::base::check_ability(cx, raw, method, error).map(drop)
}

buffered!(BufferedReader, "BufferedReader", true, false, ["readable" crate::base::NOT_READABLE], {
    /// Whether the raw stream can be read.
    fn readable(&self, cx: &mut Context) -> Result<Owned> {
        self.buffered.ask_raw(cx, "readable")
    }

    /// Flushes the raw stream.
    fn flush(&self, cx: &mut Context) -> Result<Owned> {
        self.buffered.flush_raw(cx)
    }

    /// Bytes that come next, without moving on: one read of the raw stream at most.
    fn peek(this: &NativeObject<BufferedReader>, cx: &mut Context, #[default(0)] size: i64) -> Result<Owned> {
        this.buffered.peek(cx, this.value())
    }

    /// Reads up to so many bytes, by default all.
    fn read(this: &NativeObject<BufferedReader>, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        this.buffered.read(cx, this.value(), size.0)
    }

    /// Reads up to so many bytes, with one read of the raw stream at most.
    fn read1(this: &NativeObject<BufferedReader>, cx: &mut Context, #[default(-1)] size: i64) -> Result<Owned> {
        this.buffered.read1(cx, this.value(), size)
    }

    fn readinto(this: &NativeObject<BufferedReader>, cx: &mut Context, buffer: WritableBuffer) -> Result<Option<usize>> {
        this.buffered.read_into(cx, this.value(), &buffer, false)
    }

    fn readinto1(this: &NativeObject<BufferedReader>, cx: &mut Context, buffer: WritableBuffer) -> Result<Option<usize>> {
        this.buffered.read_into(cx, this.value(), &buffer, true)
    }

    /// A line, or the part of one that the size allows.
    fn readline(this: &NativeObject<BufferedReader>, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        this.buffered.read_line(cx, this.value(), size.limit())
    }

    #[slot(next)]
    fn next(this: &NativeObject<BufferedReader>, cx: &mut Context) -> Result<Option<Owned>> {
        next_line(cx, this.value(), &this.buffered)
    }
});

buffered!(BufferedWriter, "BufferedWriter", false, true, ["writable" crate::base::NOT_WRITABLE], {
    /// Whether the raw stream can be written.
    fn writable(&self, cx: &mut Context) -> Result<Owned> {
        self.buffered.ask_raw(cx, "writable")
    }

    /// Writes what is buffered.
    fn flush(this: &NativeObject<BufferedWriter>, cx: &mut Context) -> Result<()> {
        this.buffered.flush(cx, this.value())
    }

    /// Writes bytes; how many.
    fn write(this: &NativeObject<BufferedWriter>, cx: &mut Context, buffer: Buffer) -> Result<usize> {
        this.buffered.write(cx, this.value(), buffer.as_slice())
    }
});

buffered!(
    BufferedRandom, "BufferedRandom", true, true,
    ["seekable" crate::base::NOT_SEEKABLE, "readable" crate::base::NOT_READABLE, "writable" crate::base::NOT_WRITABLE],
    {
        /// Whether the raw stream can be read.
        fn readable(&self, cx: &mut Context) -> Result<Owned> {
            self.buffered.ask_raw(cx, "readable")
        }

        /// Whether the raw stream can be written.
        fn writable(&self, cx: &mut Context) -> Result<Owned> {
            self.buffered.ask_raw(cx, "writable")
        }

        /// Writes what is buffered.
        fn flush(this: &NativeObject<BufferedRandom>, cx: &mut Context) -> Result<()> {
            this.buffered.flush(cx, this.value())
        }

        /// Bytes that come next, without moving on: one read of the raw stream at most.
        fn peek(this: &NativeObject<BufferedRandom>, cx: &mut Context, #[default(0)] size: i64) -> Result<Owned> {
            this.buffered.peek(cx, this.value())
        }

        /// Reads up to so many bytes, by default all.
        fn read(this: &NativeObject<BufferedRandom>, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
            this.buffered.read(cx, this.value(), size.0)
        }

        /// Reads up to so many bytes, with one read of the raw stream at most.
        fn read1(this: &NativeObject<BufferedRandom>, cx: &mut Context, #[default(-1)] size: i64) -> Result<Owned> {
            this.buffered.read1(cx, this.value(), size)
        }

        fn readinto(this: &NativeObject<BufferedRandom>, cx: &mut Context, buffer: WritableBuffer) -> Result<Option<usize>> {
            this.buffered.read_into(cx, this.value(), &buffer, false)
        }

        fn readinto1(this: &NativeObject<BufferedRandom>, cx: &mut Context, buffer: WritableBuffer) -> Result<Option<usize>> {
            this.buffered.read_into(cx, this.value(), &buffer, true)
        }

        /// A line, or the part of one that the size allows.
        fn readline(this: &NativeObject<BufferedRandom>, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
            this.buffered.read_line(cx, this.value(), size.limit())
        }

        /// Writes bytes; how many.
        fn write(this: &NativeObject<BufferedRandom>, cx: &mut Context, buffer: Buffer) -> Result<usize> {
            this.buffered.write(cx, this.value(), buffer.as_slice())
        }

        #[slot(next)]
        fn next(this: &NativeObject<BufferedRandom>, cx: &mut Context) -> Result<Option<Owned>> {
            next_line(cx, this.value(), &this.buffered)
        }
    }
);

/// The next line of an iteration; a subclass's is what its `readline` gives.
fn next_line(cx: &mut Context, stream: Value, buffered: &Buffered) -> Result<Option<Owned>> {
    buffered.raw(cx)?;
    let line = match exact(stream) {
        Some(_) => buffered.read_line(cx, stream, None)?,
        None => {
            let line = crate::calls::call_method(cx, stream, "readline", &[])?;
            if line.value().cast::<sidewinder_runtime::objects::bytes::BytesObject>().is_none() {
                let found = line.value().type_of().name();
                let message = format!("readline() should have returned a bytes object, not '{found}'");
                return Err(cx.raise(&sidewinder_runtime::objects::exception::OS_ERROR, message));
            }
            line
        }
    };
    let length = line.value().type_of().slots().length;
    let empty = match length {
        Some(length) => length(cx, line.value())? == 0,
        None => true,
    };
    Ok((!empty).then_some(line))
}
