# InterpreterPoolExecutor: tasks run in interpreters of their own, and exceptions come back.
# modes: off on
from concurrent.futures import InterpreterPoolExecutor
from concurrent import interpreters


def power(base, exponent=2):
    return base ** exponent


def fail(text):
    raise ValueError(text)


def prepare(value):
    import builtins
    builtins.prepared = value


def prepared():
    import builtins
    return builtins.prepared


with InterpreterPoolExecutor(max_workers=3) as pool:
    print(list(pool.map(pow, range(20), [3] * 20)))
    print(pool.submit(lambda x: [x, {x: x}], "a").result())
    try:
        pool.submit(int, "no number").result()
    except ValueError as raised:
        print(repr(raised), type(raised.__cause__).__name__)
    print(pool.submit(sum, range(100000)).result())
with InterpreterPoolExecutor(max_workers=2, initializer=exec, initargs=("import builtins; builtins.mark = 7",)) as pool:
    print(pool.submit(eval, "mark").result())
print(len(interpreters.list_all()))
