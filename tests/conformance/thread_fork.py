# A process that forks in the middle of hot loops: parent and child both go on, and compile more.
import _thread
import posix


def make(number):
    # Code of its own each time, so that there is always something to compile.
    names = {}
    exec(
        f"def work(n):\n    total = 0\n    for i in range(n):\n        total += i * {number % 7}\n"
        f"        if i % 3 == 1:\n            total ^= i\n    return total\n",
        names,
    )
    return names["work"]


def known(number, n):
    total = 0
    for i in range(n):
        total += i * (number % 7)
        if i % 3 == 1:
            total ^= i
    return total


def child(number):
    for other in range(3):
        if make(number + other)(2000) != known(number + other, 2000):
            posix._exit(1)
    ended = _thread.allocate_lock()
    ended.acquire()
    _thread.start_new_thread(ended.release, ())
    ended.acquire()
    posix._exit(42)


bad = 0
for number in range(200):
    work = make(number)
    work(1500)
    process = posix.fork()
    if process == 0:
        child(number)
    if work(2000) != known(number, 2000):
        bad += 1
    status = posix.waitpid(process, 0)[1]
    if posix.waitstatus_to_exitcode(status) != 42:
        bad += 1
print("failures:", bad)
