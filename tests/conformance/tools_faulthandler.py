# faulthandler: where threads are, now, later and at a signal; what it refuses.
# modes: native
import faulthandler
import os
import re
import signal
import sys
import tempfile
import threading
import time
import warnings

file = tempfile.TemporaryFile("w+")


def show():
    """What was written, without what differs from run to run."""
    file.seek(0)
    text = file.read()
    file.seek(0)
    file.truncate()
    text = re.sub(r"0x[0-9a-f]{16}( \[.*?\])?", "IDENTIFIER", text)
    text = re.sub(r'"[^"]*/', '"…/', text)
    # A stress mode has a thread of its own. Where the standard library is, is its own affair.
    text = re.sub(r'Thread IDENTIFIER \(.*\n(  File "<companion>".*\n)+\n', "", text)
    text = re.sub(r'  File "…/threading.py", line \d+ in (\w+)', r"  \1", text)
    print(text, end="")
    print("--")


def inner(all_threads):
    faulthandler.dump_traceback(file, all_threads)


def outer(count):
    if count:
        return outer(count - 1)
    inner(False)
    inner(all_threads=True)


outer(2)
show()

# A very long name, and one that is not ASCII.
name = "x" * 600
exec(f"def {name}(): faulthandler.dump_traceback(file, False)\ndef größe𐐀(): {name}()\ngröße𐐀()")
show()


def deep(count):
    deep(count - 1) if count else faulthandler.dump_traceback(file, all_threads=False)


deep(150)
file.seek(0)
print(len(file.read().splitlines()))
file.seek(0)
file.truncate()


# Hot code: the frames that a trace has are seen, too.
def hot(count):
    total = 0
    for i in range(count):
        total += step(i, count)
    return total


def step(i, count):
    if i == count - 1:
        faulthandler.dump_traceback(file, all_threads=False)
    return i & 3


print(hot(3000))
show()

# Faults.
print(faulthandler.is_enabled(), faulthandler.disable())
print(faulthandler.enable(file), faulthandler.is_enabled(), faulthandler.enable(file=file, all_threads=False))
print(faulthandler.disable(), faulthandler.is_enabled(), faulthandler.disable())


def dies(how, all_threads):
    """The report of a child that dies by a fault, and by which signal it does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if not child:
        faulthandler.enable(file, all_threads)
        how()
        os._exit(1)
    _, status = os.waitpid(child, 0)
    file.seek(0)
    text = re.sub(r"\n\nCurrent thread's C stack.*", "", file.read(), flags=re.S) + "\n"
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
    print(signal.Signals(os.WTERMSIG(status)).name)
    show()


for how in faulthandler._sigsegv, faulthandler._sigfpe, faulthandler._sigabrt, faulthandler._read_null:
    dies(how, True)
dies(lambda: faulthandler._sigsegv(True), False)
dies(lambda: os.kill(os.getpid(), signal.SIGBUS), False)

# Another thread.
ready, done = threading.Event(), threading.Event()


def waits():
    ready.set()
    done.wait()


thread = threading.Thread(target=waits)
thread.start()
ready.wait()
time.sleep(0.05)
inner(True)
done.set()
thread.join()
show()


# A loop that runs is seen in the middle.
def loops(limit):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        pass


faulthandler.dump_traceback_later(0.05, file=file)
loops(0.4)
faulthandler.cancel_dump_traceback_later()
file.seek(0)
text = file.read()
print(text.splitlines()[0], " in loops\n" in text, text.endswith(" in <module>\n"))
file.seek(0)
file.truncate()
faulthandler.dump_traceback_later(timeout=100, repeat=True, file=file, exit=True)
faulthandler.cancel_dump_traceback_later()
faulthandler.cancel_dump_traceback_later()
show()


# Signals.
def sends(number):
    os.kill(os.getpid(), number)


faulthandler.register(signal.SIGUSR1, file=file, all_threads=False)
sends(signal.SIGUSR1)
show()
signal.signal(signal.SIGUSR2, lambda number, frame: print("handler", number == signal.SIGUSR2))
faulthandler.register(signal.SIGUSR2, file, True, chain=True)
sends(signal.SIGUSR2)
print(faulthandler.unregister(signal.SIGUSR2), faulthandler.unregister(signal.SIGUSR2))
sends(signal.SIGUSR2)
show()
print(faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(40))

# What is refused.
for call in (
    lambda: faulthandler.enable("file"),
    lambda: faulthandler.enable(-1),
    lambda: faulthandler.enable(10**20),
    lambda: faulthandler.dump_traceback(type("F", (), {"fileno": lambda self: "x"})()),
    lambda: faulthandler.dump_traceback_later(0),
    lambda: faulthandler.dump_traceback_later(1e30),
    lambda: faulthandler.dump_traceback_later("1"),
    lambda: faulthandler.dump_traceback_later(float("nan")),
    lambda: faulthandler.register(signal.SIGSEGV),
    lambda: faulthandler.register(signal.SIGKILL),
    lambda: faulthandler.register(0),
    lambda: faulthandler.unregister(1000),
):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
stderr, sys.stderr = sys.stderr, None
try:
    faulthandler.enable()
except RuntimeError as error:
    print(error)
sys.stderr = stderr
