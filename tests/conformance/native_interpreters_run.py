# Several interpreters in one process: made, run, called, described and destroyed by `_interpreters`.
# modes: off on
import _interpreters as I
import os
import sys
import threading
import types


def attempt(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except Exception as raised:
        cause = raised.__cause__
        return type(raised).__name__, str(raised), cause and (type(cause).__name__, str(cause))


module_name = "there"


def uses_globals():
    return module_name


def squares(n, *rest, key, **named):
    return [i * i for i in range(n)], rest, key, named


def closure():
    cell = 1
    return lambda: cell


def main():
    print(I.list_all(), I.get_main(), I.get_current())
    one = I.create()
    print(one, I.list_all(), I.is_running(one), I.whence(one))
    print(I.exec(one, "x = [1, 2]; y = sum(x)"), I.exec(one, "assert y == 3 and __name__ == '__main__'"))
    failed = I.exec(one, "def f(n):\n    return 1 / n\nf(0)")
    print(failed.type, failed.msg, failed.formatted)
    print(failed.errdisplay)
    print(I.exec(one, "class Own(Exception): pass\nraise Own('text')").formatted)
    print(I.exec(one, "raise SystemExit(3)").formatted, I.exec(one, "raise KeyboardInterrupt").formatted)

    # Nothing is shared.
    I.exec(one, "import sys; sys.left_behind = 1; import builtins; builtins.left_behind = 2")
    print(hasattr(sys, "left_behind"), "left_behind" in vars(__builtins__))

    # Names, and what can be given.
    print(I.set___main___attrs(one, {"a": (1, b"x", 1.5, None, True, "\udc80\xe9")}))
    print(I.exec(one, "assert a == (1, b'x', 1.5, None, True, '\\udc80\\xe9'), a"))
    print(I.exec(one, "assert b == 'given'", {"b": "given"}))
    for names in {}, {"a\0": 1}, {"a": 2**100}, {1: 2}:
        print(attempt(I.set___main___attrs, one, names))
    for value in None, True, 1, 2**100, 1.5, "s", b"b", (1,), [1], {}, ..., 1j, int, object:
        print(value, I.is_shareable(value), end="; ")
    print(I.is_shareable(memoryview(b"")))

    # Calls.
    print(I.call(one, squares, (4, "x"), {"key": {1: [2]}, "other": 5})[0])
    print(I.call(one, uses_globals), I.call(one, len, ("abc",)), attempt(I.call, one, lambda: module_name))
    print(attempt(I.call, one, closure()))
    print(I.call(one, int, ("no number",))[1].formatted)
    print(attempt(I.call, one, lambda: __import__("threading").Lock)[0])
    print(I.call(one, sum, (range(100000),)))
    print(I.call(one, eval, ("sorted(name for name in dir() if len(name) == 1)",)))
    print(attempt(I.call, one, 1), attempt(I.call, one, print, [1]))

    # Scripts.
    print(attempt(I.exec, one, lambda: 1), attempt(I.exec, one, lambda x: None), attempt(I.exec, one, closure()))
    print(attempt(I.exec, one, "x = ("), attempt(I.exec, one, 1), attempt(I.run_string, one, b"1"))
    print(attempt(I.run_func, one, "1"), I.run_func(one, lambda: None))

    # Identifiers.
    for number in 99, -1, "1", 1.0, 2**70:
        print(attempt(I.exec, number, "1"))
    print(attempt(I.exec, 0, "1"), attempt(I.destroy, 0), attempt(I.is_running, 0, restrict=True))

    # One that runs cannot be entered or destroyed.
    started, go_on = threading.Event(), threading.Event()
    read, write = os.pipe()
    thread = threading.Thread(target=I.exec, args=(one, f"import os; os.read({read}, 1); done = True"))
    thread.start()
    while not I.is_running(one):
        pass
    print(attempt(I.exec, one, "1"), attempt(I.destroy, one))
    os.write(write, b"x")
    thread.join()
    print(I.is_running(one), I.exec(one, "assert done"))

    # From one to another.
    print(I.exec(one, """
import _interpreters as I
inner = I.create()
assert I.exec(inner, 'x = 1') is None
I.destroy(inner)
assert [number for number, _ in I.list_all()] == [0, I.get_current()[0]]
import threading
count = 0
def work():
    global count
    for i in range(1000): count += 1
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert count == 4000
assert threading.main_thread() is threading.current_thread()
"""))
    for text in "import os; os.fork()", "import os; os.execv('x', ['x'])", "import signal; signal.signal(2, print)":
        print(I.exec(one, text).formatted)
    print(I.exec(one, "import threading; threading.Thread(daemon=True)").formatted)

    # Configurations.
    print(vars(I.new_config()), vars(I.new_config("legacy", gil="own")))
    print(attempt(I.new_config, "x"), attempt(I.new_config, gil="x"), attempt(I.new_config, spam=1))
    print(attempt(I.new_config, allow_fork=1), attempt(I.create, "empty"), attempt(I.create, 1))
    two = I.create("legacy")
    print(vars(I.get_config(two)), vars(I.get_config(0)))

    # References.
    three = I.create(reqrefs=True)
    I.incref(three)
    I.incref(three)
    I.decref(three)
    print(three in dict(I.list_all()))
    I.decref(three)
    print(three in dict(I.list_all()), attempt(I.decref, three))

    try:
        1 / 0
    except ZeroDivisionError as raised:
        print(I.capture_exception(raised).formatted, isinstance(I.capture_exception(raised), types.SimpleNamespace))

    I.exec(one, "import atexit, os; atexit.register(os.write, %d, b'the end')" % write)
    print(I.destroy(one), os.read(read, 10), attempt(I.destroy, one), I.destroy(two), I.list_all())


if __name__ == "__main__":
    # A function that is no plain code is looked for in this file, by the other interpreter.
    main()
