"""Exceptions as objects: made again, pickled, changed while they are shown."""
import copy
import pickle
import sys
import types


def show(function, *arguments):
    try:
        print(function(*arguments))
    except BaseException as error:
        print(type(error).__name__, error)


error = ImportError("text", name="a", path="b")
print(error.name, error.path, error.msg)
again = pickle.loads(pickle.dumps(error))
print(again.name, again.path, again.msg, again.args)
error.__init__("other")
print(error.name, error.path, error.msg)
show(lambda: ImportError("text", odd=1))

missing = AttributeError("text", name="n", obj=3)
again = pickle.loads(pickle.dumps(missing))
print(again.args, again.name)
again = copy.copy(missing)
print(again.args, again.name)

bad = UnicodeEncodeError("ascii", "abcd", 1, 3, "why")
print(bad)
bad.object = ""
print(bad, bad.start, bad.end)
bad = UnicodeDecodeError("ascii", b"abcd", 1, 2, "why")
print(bad)
bad.start, bad.end = -5, 500
print(bad.start, bad.end, bad)

inner = [ValueError(1), TypeError(2)]
group = ExceptionGroup("g", inner)
inner.append(KeyError(3))
print(repr(group), group.exceptions)


class Odd(list):
    def __iter__(self):
        return iter([OSError("x")])


show(lambda: repr(ExceptionGroup("g", Odd([ValueError(1)]))))

frame = sys._getframe()
entry = types.TracebackType(None, frame, 1, 2)
print(entry.tb_next, entry.tb_lineno, entry.tb_frame is frame, dir(entry))
show(types.TracebackType, None, 1, 2, 3)
show(types.TracebackType, 1, frame, 2, 3)
