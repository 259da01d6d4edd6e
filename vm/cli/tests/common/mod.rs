//! What the tests of threads give to their programs.

use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::options::Options;
use sidewinder_runtime::signals::{self, Handler};
use sidewinder_runtime::threads::wait::Lock;
use sidewinder_runtime::threads::{self, ThreadHandle, ThreadStart};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::io;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Set in the process that runs a scenario.
const SCENARIO: &str = "SIDEWINDER_SCENARIO";

/// Runs a scenario under some settings in a process of its own.
pub fn alone(test: &str, settings: &str, body: impl FnOnce()) {
    match std::env::var(SCENARIO) {
        Ok(wanted) if wanted == settings => {
            MAIN.store(threads::identifier(), Ordering::Relaxed);
            body();
        }
        Ok(_) => {}
        Err(_) => {
            let program = std::env::current_exe().unwrap();
            let mut command = Command::new("timeout");
            command.arg("120").arg(program).args(["--exact", test, "--nocapture"]).env(SCENARIO, settings);
            let output = command.output().unwrap();
            let text = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{test} with {settings}: {}\n{text}", output.status);
        }
    }
}

/// Options from `name=value,…`.
pub fn options(settings: &str) -> Options {
    let mut options = Options::default();
    for setting in settings.split(',') {
        let (name, value) = setting.split_once('=').unwrap();
        options.set(name, value).unwrap();
    }
    options
}

/// The thread that runs the scenario.
static MAIN: AtomicU64 = AtomicU64::new(0);
static HANDLES: Mutex<Vec<Arc<ThreadHandle>>> = Mutex::new(Vec::new());
static LOCKS: [Lock; 2] = [Lock::new(), Lock::new()];

pub static FUNCTIONS: &[Native] = &[
    Native::new("start", 1, 9, start, ""),
    Native::new("join", 1, 1, join, ""),
    Native::new("acquire", 1, 1, acquire, ""),
    Native::new("release", 1, 1, release, ""),
    Native::new("pause", 1, 1, pause, ""),
    Native::new("now", 0, 0, now, ""),
    Native::new("pipe", 0, 0, pipe, ""),
    Native::new("read", 1, 1, read, ""),
    Native::new("write", 2, 2, write, ""),
    Native::new("kill", 1, 1, kill, ""),
    Native::new("handle_signal", 2, 2, handle_signal, ""),
    Native::new("identifier", 0, 0, identifier, ""),
    Native::new("send", 2, 2, send, ""),
    Native::new("fork", 0, 0, fork, ""),
    Native::new("wait", 1, 1, wait, ""),
    Native::new("leave", 1, 1, leave, ""),
    Native::new("collect", 0, 0, collect, ""),
    Native::new("count", 0, 0, count, ""),
];

fn none() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

fn number(value: Value) -> i64 {
    int::as_i64(value).expect("a number")
}

fn system<T>(result: io::Result<T>) -> T {
    result.expect("the system does that")
}

fn start(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let rest = arguments[1..].iter().map(|value| Owned::new(*value)).collect();
    let arguments_tuple = TupleObject::from_owned(cx, rest);
    let handle = Arc::<ThreadHandle>::default();
    let request = ThreadStart { callable: Owned::new(arguments[0]), arguments: arguments_tuple, keywords: None };
    threads::spawn(cx, request, &handle)?;
    let mut handles = HANDLES.lock().unwrap();
    handles.push(handle);
    Ok(int::from_usize(cx, handles.len() - 1))
}

fn join(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let handle = HANDLES.lock().unwrap()[number(arguments[0]) as usize].clone();
    let done = handle.join(cx, threads::wait::after(Duration::from_secs(60)))?;
    Ok(Owned::new(if done { singleton::true_() } else { singleton::false_() }))
}

fn acquire(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let taken = LOCKS[number(arguments[0]) as usize].acquire(cx, None)?;
    Ok(Owned::new(if taken { singleton::true_() } else { singleton::false_() }))
}

fn release(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    LOCKS[number(arguments[0]) as usize].release();
    none()
}

fn pause(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let seconds = float::as_f64(arguments[0]).expect("a float");
    cx.detached(|_| std::thread::sleep(Duration::from_secs_f64(seconds)));
    none()
}

fn seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn now(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Ok(float::from_f64(cx, seconds()))
}

fn pipe(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let mut files = [0; 2];
    // SAFETY: the pointer is to a local.
    assert_eq!(unsafe { libc::pipe(files.as_mut_ptr()) }, 0);
    let files = files.map(|file| Owned::new(Value::from_small_int(file as i64)));
    Ok(TupleObject::from_owned(cx, files.into()))
}

fn read(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let file = number(arguments[0]) as i32;
    let outcome = cx.interruptible(|_| {
        let mut bytes = [0u8; 8];
        // SAFETY: the buffer has eight bytes.
        let count = unsafe { libc::read(file, bytes.as_mut_ptr().cast(), 8) };
        if count < 0 { Err(io::Error::last_os_error()) } else { Ok(f64::from_ne_bytes(bytes)) }
    })?;
    Ok(float::from_f64(cx, system(outcome)))
}

fn write(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let file = number(arguments[0]) as i32;
    let bytes = float::as_f64(arguments[1]).expect("a float").to_ne_bytes();
    // SAFETY: the buffer has eight bytes.
    assert_eq!(unsafe { libc::write(file, bytes.as_ptr().cast(), 8) }, 8);
    none()
}

fn kill(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    // SAFETY: sends a signal to a thread that lives as long as the process. To the process, it would come to that of the
    // test harness.
    assert_eq!(unsafe { libc::pthread_kill(MAIN.load(Ordering::Relaxed), number(arguments[0]) as i32) }, 0);
    none()
}

fn handle_signal(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    system(signals::set_handler(cx, number(arguments[0]) as i32, Handler::Call(Owned::new(arguments[1]))));
    none()
}

fn identifier(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let identifier = cx.thread_identifier();
    Ok(int::from_usize(cx, identifier as usize))
}

fn send(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let count = threads::send_exception(cx, number(arguments[0]) as u64, Some(Owned::new(arguments[1])));
    Ok(int::from_usize(cx, count))
}

fn fork(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let process = system(threads::fork(cx));
    Ok(int::from_i64(cx, process as i64))
}

fn wait(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let process = number(arguments[0]) as i32;
    let outcome = cx.interruptible(|_| {
        let mut status = 0;
        // SAFETY: the pointer is to a local.
        let found = unsafe { libc::waitpid(process, &mut status, 0) };
        if found < 0 { Err(io::Error::last_os_error()) } else { Ok(status) }
    })?;
    let status = system(outcome);
    let shown = if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { -libc::WTERMSIG(status) };
    Ok(int::from_i64(cx, shown as i64))
}

fn leave(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    // SAFETY: ends the process.
    unsafe { libc::_exit(number(arguments[0]) as i32) }
}

fn collect(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    sidewinder_runtime::heap::collect::collect(cx);
    none()
}

fn count(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let count = threads::count(cx);
    Ok(int::from_usize(cx, count))
}
