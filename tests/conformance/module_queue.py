# SimpleQueue: order, limits of waiting, threads, and queues that are used while they are used.
import _queue
import gc
import queue
import threading
import weakref


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


class Derived(_queue.SimpleQueue):
    pass


class WithInit(_queue.SimpleQueue):
    def __init__(self, name, *, size):
        self.name, self.size = name, size


q = _queue.SimpleQueue()
print(q.empty(), q.qsize(), queue.Empty is _queue.Empty, queue.SimpleQueue is _queue.SimpleQueue)
q.put(1)
q.put(item=2, block=False, timeout="ignored")
q.put_nowait(3)
q.put_nowait(item=None)
print(q.empty(), q.qsize(), q.get(), q.get(block=True), q.get_nowait(), q.get(True, 1), q.empty())
refused(q.get, False)
refused(q.get_nowait)
refused(q.get, 0, "ignored")
refused(q.get, timeout=0)
refused(q.get, True, 0.001)
refused(q.get, timeout=-1)
refused(q.get, timeout=-0.5)
refused(q.get, timeout="a")
refused(q.get, timeout=[])
refused(q.get, timeout=float("nan"))
refused(q.get, timeout=1e300)
refused(q.get, timeout=10**30)
refused(q.put)
refused(q.put, 1, 2, 3, 4)
refused(_queue.SimpleQueue, 1)
refused(_queue.SimpleQueue, a=1)
refused(Derived, 1)
print(WithInit("name", size=3).size, _queue.SimpleQueue[int], Derived().qsize())
print(_queue.Empty.__mro__[1].__name__, _queue.Empty.__module__, q.get.__text_signature__, q.put.__text_signature__)

# Hot, in one thread.
total = 0
for number in range(2000):
    q.put(number)
    if number % 3:
        total += q.get()
print(total, q.qsize())
while not q.empty():
    total += q.get_nowait()
print(total)


# Threads: each item arrives once.
def work(source, target):
    while (item := source.get()) is not None:
        target.put(item * item)
    target.put(None)


source, target = queue.SimpleQueue(), queue.SimpleQueue()
threads = [threading.Thread(target=work, args=(source, target)) for _ in range(4)]
for thread in threads:
    thread.start()
for number in range(500):
    source.put(number)
for _ in threads:
    source.put(None)
results, ends = [], 0
while ends < 4:
    item = target.get(timeout=10)
    if item is None:
        ends += 1
    else:
        results.append(item)
for thread in threads:
    thread.join()
print(sorted(results) == [number * number for number in range(500)], target.empty())


# A finalizer that puts an item into the queue whose item dies.
class Puts:
    def __init__(self, target):
        self.target = target

    def __del__(self):
        self.target.put("from a finalizer")


q.put(Puts(q))
q.get()
print(q.get_nowait())

# A queue that holds itself is collected.
q.put(q)
reference = weakref.ref(q)
del q
gc.collect()
print(reference() is None)

# The module over it.
bounded = queue.Queue(2)
bounded.put(1)
bounded.put(2)
try:
    bounded.put_nowait(3)
except queue.Full as error:
    print("full", repr(error))
print(bounded.get(), bounded.get(), queue.PriorityQueue().empty(), queue.LifoQueue().qsize())
# modes: native
