//! Several interpreters in one process, one after the other and side by side.

mod common;

use common::{FUNCTIONS, alone, options};
use sidewinder::embedded;
use sidewinder_semantics::run::interpret;

/// Uses classes, exceptions, imports, generators, caches and traces, and leaves things behind in its own modules.
const PROGRAM: &str = "
import sys, math, gc, array
import time as clock

class Base:
    limit = 3
    def __init__(self, value):
        self.value = value
    def grow(self):
        self.value += self.limit
        return self.value

class Derived(Base):
    def grow(self):
        return super().grow() + 1

def items(n):
    for i in range(n):
        yield i * number

def work(n):
    total = 0
    made = Derived(number)
    for i in items(n):
        total += i + made.grow() % 7
        if i % 5 == 0:
            Base.limit = i % 3
        try:
            if i % 11 == 3:
                raise KeyError(i)
        except KeyError as error:
            total += error.args[0]
        made.__dict__['x%d' % (i % 10)] = [str(i), float(i), {i}]
    return total

assert 'left_behind' not in sys.modules and not hasattr(sys, 'left_behind')
assert [c.__name__ for c in object.__subclasses__()].count('Base') == 1
result = work(2500)
assert len(object.__subclasses__()) > 5
assert Base.__subclasses__() == [Derived]
assert any(c is Base for c in object.__subclasses__())
sys.left_behind = sys.modules['left_behind'] = number
builtins = sys.modules['builtins']
assert not hasattr(builtins, 'left_behind')
builtins.left_behind = number
import weakref
reference = weakref.ref(int, None)
assert weakref.getweakrefcount(int) == 1
array.array('i', [1, 2]).append(3)
made = math.floor(2.5), gc.collect() * 0, repr(range(3)), sys.version_info[0]
assert type('Local', (dict,), {})(a=1) == {'a': 1}
";

/// What the program computes, by the program's own arithmetic in another language.
fn expected(number: i64) -> i64 {
    let (mut total, mut limit, mut value) = (0, 3, number);
    for step in 0..2500 {
        let item = step * number;
        value += limit;
        total += item + (value + 1).rem_euclid(7);
        if item % 5 == 0 {
            limit = item % 3;
        }
        if item % 11 == 3 {
            total += item;
        }
    }
    total
}

fn life(number: i64, settings: &str) {
    let cx = embedded::start(options(settings), interpret).unwrap();
    let namespace = embedded::namespace(cx, FUNCTIONS);
    let text = format!("number = {number}\n{PROGRAM}\nassert result == {}, result\n", expected(number));
    embedded::run(cx, &text, &namespace).unwrap();
    drop(namespace);
    embedded::end(cx);
}

const SETTINGS: &[&str] =
    &["jit=off", "jit=sync", "jit=on", "jit=sync,threshold=1", "jit=on,threshold=1", "jit=sync,threshold=1,gc=13"];

#[test]
fn one_after_the_other() {
    for settings in SETTINGS {
        alone("one_after_the_other", settings, || (1..6).for_each(|number| life(number, settings)));
    }
}

#[test]
fn side_by_side() {
    for settings in SETTINGS {
        alone("side_by_side", settings, || {
            std::thread::scope(|scope| {
                for number in 1..5 {
                    let start = move || (0..3).for_each(|round| life(number + 10 * round, settings));
                    std::thread::Builder::new().stack_size(16 << 20).spawn_scoped(scope, start).unwrap();
                }
            });
        });
    }
}
