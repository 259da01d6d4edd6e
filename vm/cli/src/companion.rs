//! Stress (`-X switch=N`): a thread that runs beside the program, allocates and changes objects, and gets the GIL at
//! every Nth chance. The program must not notice.

use sidewinder_runtime::context::interrupt;
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{method, singleton};
use sidewinder_runtime::options::jit_mode;
use sidewinder_runtime::threads::{self, ThreadHandle, ThreadStart};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::sync::Arc;
use std::time::Duration;

/// What the thread runs.
const PROGRAM: &str = "
class Node:
    def __init__(self, value, rest):
        self.value = value
        self.rest = rest

def companion(rest):
    shared = {}
    items = []
    node = None
    n = 0
    while True:
        rest()
        for _ in range(20):
            n += 1
            key = n % 101
            shared[key] = [n, str(n), n / 7]
            node = Node(key, node if key else None)
            items.append((node, shared.get(key - 1), {n: node}))
            if len(items) > 50:
                del items[:25]
                shared.pop(key, None)
";

/// What it rests by.
static REST: Native = Native::new("rest", 0, 0, rest, "Let another thread run.");

fn rest(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    cx.hand_over_gil();
    Ok(Owned::new(singleton::none()))
}

/// How long a thread waits before it asks for the GIL: never, so that runs repeat.
const INTERVAL: Duration = Duration::from_secs(3600);

/// Starts the thread if the option asks for it. The number of hand-overs until now.
pub fn start(cx: &mut Context) -> Result<u64> {
    let options = &cx.interpreter().options;
    if options.switch == 0 {
        return Ok(0);
    }
    cx.interpreter().gil.set_interval(INTERVAL);
    let code = crate::program::compile(cx, PROGRAM, "<companion>", "exec")?;
    let globals = DictObject::new(cx);
    let namespace = dict::of(globals.value());
    let hook = cx.interpreter().hooks.run_code;
    drop(hook(cx, code.value(), namespace, Value::UNBOUND)?);
    let Some(callable) = namespace.get_text(cx, "companion").map(Owned::new) else {
        return Err(Raised);
    };
    let rest = method::native::new_function(cx, &REST, singleton::none());
    let arguments = TupleObject::from_owned(cx, vec![rest]);
    let handle = Arc::<ThreadHandle>::default();
    threads::without_signals(|| threads::spawn(cx, ThreadStart { callable, arguments, keywords: None }, &handle))?;
    // Until it waits for the GIL, nothing can be handed over.
    while cx.interpreter().hand_overs == 0 {
        cx.detached(|_| std::thread::yield_now());
    }
    if cx.interpreter().options.jit == jit_mode::OFF {
        cx.request(interrupt::GIL);
    }
    // The program's own chances count.
    cx.interpreter().switch_chances = 0;
    Ok(cx.interpreter().hand_overs)
}

/// Whether the program had chances to hand the GIL over, and it was never done.
pub fn was_idle(cx: &Context, hand_overs: u64) -> bool {
    let interpreter = cx.interpreter();
    let period = interpreter.options.switch;
    period != 0 && interpreter.switch_chances > 2 * period && interpreter.hand_overs == hand_overs
}
