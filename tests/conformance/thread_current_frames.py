# sys._current_frames and sys._current_exceptions: where all threads are, and what they handle.
import sys
import threading
import traceback

ready, done = threading.Event(), threading.Event()


def outer(error):
    try:
        raise error
    except ValueError:
        inner()


def inner():
    ready.set()
    done.wait()


thread = threading.Thread(target=outer, args=(ValueError("text"),))
thread.start()
ready.wait()


def look(count):
    for _ in range(count):
        frames, exceptions = sys._current_frames(), sys._current_exceptions()
    return frames, exceptions


for count in 1, 300:
    frames, exceptions = look(count)
    own, other = threading.get_ident(), thread.ident
    print(len({own, other} & set(frames)), frames[own] is sys._getframe(), frames[own].f_code.co_name)
    names = [entry.name for entry in traceback.extract_stack(frames[other])]
    print(names[names.index("outer"):][:2], names[:3])
    print(exceptions[own], repr(exceptions[other]))
try:
    raise KeyError(1)
except KeyError as error:
    print(sys._current_exceptions()[own] is error)
done.set()
thread.join()
del frames, exceptions
print(other in sys._current_frames())
