//! Creation of an interpreter with its first thread.

use crate::Interpret;
use sidewinder_runtime::hooks::{Broken, Hooks};
use sidewinder_runtime::interpreters::{Seed, whence};
use sidewinder_runtime::native::NativeModule;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::registry;
use sidewinder_runtime::options::Options;
use sidewinder_runtime::{Context, Interpreter, Result};

/// The native modules, by the crates that hold them.
static NATIVE_MODULES: &[&[&NativeModule]] = &[
    sidewinder_asynchronous::MODULES,
    sidewinder_builtins::MODULES,
    sidewinder_imports::MODULES,
    sidewinder_interpreters::MODULES,
    sidewinder_language::MODULES,
    sidewinder_compression::MODULES,
    sidewinder_data::MODULES,
    sidewinder_dates::MODULES,
    sidewinder_decimal::MODULES,
    sidewinder_xml::MODULES,
    sidewinder_database::MODULES,
    sidewinder_tls::MODULES,
    sidewinder_encodings::MODULES,
    sidewinder_foreign::MODULES,
    sidewinder_hashing::MODULES,
    sidewinder_io::MODULES,
    sidewinder_net::MODULES,
    sidewinder_numbers::MODULES,
    sidewinder_os::MODULES,
    sidewinder_text::MODULES,
    sidewinder_threads::MODULES,
];

/// An interpreter and the context of its main thread, which becomes the calling thread's.
pub fn start(options: Options, hash_key: (u64, u64), interpret: Interpret) -> Result<&'static mut Context> {
    sidewinder_builtins::prepare();
    let cx = fill(Interpreter::new(hooks(interpret), options, hash_key))?;
    cx.set_ready();
    Ok(cx)
}

/// The same for a further interpreter of a family.
pub fn start_further(seed: Seed) -> Result<&'static mut Context> {
    let Seed { family, config, options, hash_key, interpret } = seed;
    fill(Interpreter::of_family(hooks(interpret), options, hash_key, family, whence::STDLIB, config))
}

fn fill(interpreter: Interpreter) -> Result<&'static mut Context> {
    let cx = Context::start(Box::leak(Box::new(interpreter)));
    let interpreter = cx.interpreter();
    interpreter.native_modules = NATIVE_MODULES;
    interpreter.builtins = DictObject::new(cx);
    interpreter.modules = DictObject::new(cx);
    registry::ready_types(cx)?;
    sidewinder_builtins::register(cx)?;
    sidewinder_recorder::install(cx);
    Ok(cx)
}

fn hooks(interpret: Interpret) -> Hooks {
    Hooks {
        interpret,
        call_function: sidewinder_semantics::nested::call_function,
        resume_generator: sidewinder_semantics::nested::resume_generator,
        compile: crate::program::compile_request,
        compile_file: crate::program::compile_file,
        run_code: crate::program::run_code,
        generic_alias: sidewinder_builtins::generic_alias,
        frame_globals: sidewinder_semantics::nested::frame_globals,
        frame_locals: sidewinder_semantics::nested::frame_locals,
        format_plain: sidewinder_builtins::format_plain,
        memory_view: sidewinder_builtins::memory_view,
        python_buffer: sidewinder_builtins::python_buffer,
        release_view: sidewinder_builtins::release_view,
        walk_frames: sidewinder_semantics::nested::walk_frames,
        peek_frames: sidewinder_semantics::nested::peek_frames,
        show_frames: |_| {},
        broken: ignore,
        hot: sidewinder_semantics::run::stay_cold,
        around_fork: |cx, fork| _ = fork(cx),
        start_interpreter: crate::further::start,
        end_interpreter: crate::further::end,
    }
}

/// Without a JIT nobody relies on anything.
fn ignore(_cx: &mut Context, _broken: Broken) {}

/// The hash key of a seed, or a random one.
pub fn hash_key(seed: Option<u32>) -> (u64, u64) {
    if let Some(seed) = seed {
        return sidewinder_runtime::objects::str::hash::hash_key_from_seed(seed);
    }
    let mut bytes = [0u8; 16];
    // SAFETY: the buffer has 16 bytes.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    let (first, second) = bytes.split_at(8);
    let word = |half: &[u8]| half.iter().fold(0u64, |word, byte| word << 8 | *byte as u64);
    (word(first), word(second))
}

/// The dict of `sys.modules`.
pub fn modules(cx: &Context) -> &'static DictObject {
    dict::of(cx.interpreter().modules.value())
}
