# Tracebacks that a program makes keep the offset and the line that they are given; warnings of a source that goes on.
import codeop
import gc
import pickle
import sys
import types
import warnings
import weakref

frame = sys._getframe()
for arguments in [(1 << 40, 2), (1, 1 << 40), (1 << 70, 1), (-5, 3), (2, 7), (7, 0), (True, 3), ("a", 1), (1, None)]:
    try:
        made = types.TracebackType(None, frame, *arguments)
        print(arguments, made.tb_lasti, made.tb_lineno, made.tb_next)
    except (TypeError, OverflowError) as error:
        print(arguments, type(error).__name__, error)

compiler = codeop.Compile()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        compiler("'\\e' + (", "<input>", "single")
    except SyntaxError as error:
        print(type(error).__name__, error.msg)
    print([str(warning.message) for warning in caught])


class Data(bytes):
    pass


data = Data(b"foo")
data.cycle = pickle.PickleBuffer(data)
gone = weakref.ref(data.cycle)
del data
gc.collect()
print(gone())
