//! Threads, signals and `fork`, with and without traces. Each scenario has a process of its own.

mod common;

use common::{FUNCTIONS, alone, options};
use sidewinder::embedded;

/// The settings under which each scenario runs.
const SETTINGS: &[&str] = &[
    "jit=off",
    "jit=sync",
    "jit=on",
    "jit=sync,threshold=1",
    "jit=on,threshold=1",
    "jit=sync,threshold=1,switch=3",
    "jit=sync,threshold=1,gc=11",
    "jit=sync,threshold=1,invalidate=7",
];

fn run_everywhere(name: &str, text: &str) {
    for settings in SETTINGS {
        alone(name, settings, || {
            let cx = embedded::start(options(settings), sidewinder_semantics::run::interpret).unwrap();
            sidewinder_runtime::signals::start(cx);
            let namespace = embedded::namespace(cx, FUNCTIONS);
            embedded::run(cx, text, &namespace).unwrap();
            drop(namespace);
            embedded::end(cx);
        });
    }
}

#[test]
fn counts_are_exact() {
    run_everywhere(
        "counts_are_exact",
        "
class Counter:
    def __init__(self):
        self.total = 0

def work(number, rounds):
    for i in range(rounds):
        acquire(0)
        counter.total += 1
        table[i % 50] = table.get(i % 50, 0) + 1
        release(0)
        items.append(number)
        own = [Counter() for _ in range(3)]
        own[0].next = own[1]
        own[1].next = own[0]
        local = {j: (j, str(j)) for j in range(i % 7)}
        table[number, i % 3] = local
    finished.append(number)

counter, table, items, finished = Counter(), {}, [], []
handles = [start(work, number, 3000) for number in range(8)]
work(8, 3000)
for handle in handles:
    assert join(handle)
assert counter.total == 27000, counter.total
assert sum(table[i] for i in range(50)) == 27000
assert len(items) == 27000
assert [items.count(number) for number in range(9)] == [3000] * 9
assert sorted(finished) == list(range(9))
",
    );
}

#[test]
fn who_waits_is_served() {
    run_everywhere(
        "who_waits_is_served",
        "
def spin():
    n = 0
    while not stopped:
        n += 1
    return n

def wake():
    for _ in range(10):
        before = now()
        written = read(source)
        waited.append(now() - written)

stopped, waited = [], []
source, sink = pipe()
spinner, waker = start(spin), start(wake)
for _ in range(10):
    pause(0.02)
    write(sink, now())
assert join(waker)
stopped.append(1)
assert join(spinner)
# Three switch intervals, and what a busy machine may take away.
assert sorted(waited)[5] < 0.015, waited
",
    );
}

#[test]
fn signals_reach_the_main_thread() {
    run_everywhere(
        "signals_reach_the_main_thread",
        "
def other():
    for _ in range(5):
        pause(0.01)
        kill(2)

handle = start(other)
caught = 0
n = 0
while caught < 5:
    try:
        while True:
            n += 1
    except KeyboardInterrupt:
        caught += 1
assert join(handle)
called = []
handle_signal(10, lambda number, frame: called.append((number, frame is not None)))
kill(10)
for _ in range(100):
    pass
assert called == [(10, True)], called
# A call that waits is made again after the handler has run.
source, sink = pipe()
def later():
    pause(0.05)
    kill(10)
    pause(0.05)
    write(sink, 7.0)
handle = start(later)
assert read(source) == 7.0
assert join(handle)
assert len(called) == 2
# So does a lock, and a handler that raises ends the wait.
acquire(1)
def interrupt():
    pause(0.05)
    kill(2)
handle = start(interrupt)
try:
    acquire(1)
except KeyboardInterrupt:
    pass
else:
    assert False
assert join(handle)
",
    );
}

#[test]
fn exceptions_are_sent() {
    run_everywhere(
        "exceptions_are_sent",
        "
class Stop(Exception):
    pass

def spin(number):
    running.append(identifier())
    try:
        n = 0
        while True:
            n += 1
    except Stop:
        stopped.append(number)

running, stopped = [], []
handles = [start(spin, number) for number in range(3)]
while len(running) < 3:
    pause(0.001)
for thread in running:
    assert send(thread, Stop) == 1
for handle in handles:
    assert join(handle)
assert sorted(stopped) == [0, 1, 2]
assert send(12345, Stop) == 0
",
    );
}

#[test]
fn forks_go_on() {
    run_everywhere(
        "forks_go_on",
        "
def make(number):
    # Code of its own for every round, so that there is something to compile.
    names = {}
    exec('def work(n):\\n t = 0\\n for i in range(n):\\n  t += i * %d\\n  if i %% 3 == 1: t ^= i\\n return t' % (number % 7), names)
    return names['work']

def check(number, n):
    total = 0
    for i in range(n):
        total += i * (number % 7)
        if i % 3 == 1:
            total ^= i
    return total

expected = check(3, 3000)
for number in range(200):
    work = make(number)
    work(2000)
    child = fork()
    if child == 0:
        for other in range(3):
            mine = make(number + other)
            good = mine(3000) == check(number + other, 3000)
            if not good:
                leave(1)
        leave(42)
    assert work(3000) == check(number, 3000)
    assert check(3, 3000) == expected
    status = wait(child)
    assert status == 42, (number, status)
",
    );
}

#[test]
fn forks_leave_threads_behind() {
    run_everywhere(
        "forks_leave_threads_behind",
        "
def spin():
    n = 0
    while not stopped:
        n += 1
        items.append([n])
        if len(items) > 100:
            items.clear()

def grandchild():
    done.append(sum(i for i in range(2000)))

stopped, items, done = [], [], []
handles = [start(spin) for _ in range(3)]
for number in range(20):
    child = fork()
    if child == 0:
        handle = start(grandchild)
        if not join(handle):
            leave(1)
        collect()
        leave(42 if done == [1999000] and count() == 0 else 2)
    assert wait(child) == 42
stopped.append(1)
for handle in handles:
    assert join(handle)
",
    );
}

#[test]
fn threads_end_with_the_interpreter() {
    run_everywhere(
        "threads_end_with_the_interpreter",
        "
def spin():
    while True:
        [[] for _ in range(10)]

for _ in range(3):
    start(spin)
pause(0.02)
",
    );
}
