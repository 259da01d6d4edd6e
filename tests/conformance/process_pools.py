# Processes that multiprocessing forks: pools, queues, pipes, locks, semaphores, conditions, executors, managers.
# modes: off on
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory


def square(number):
    return number * number


def fail(number):
    raise ValueError(number)


def fill(queue, count):
    for number in range(count):
        queue.put({"number": number, "text": "x" * number})
    queue.put(None)


def add(memory, lock, rounds):
    for _ in range(rounds):
        with lock:
            memory.buf[0] += 1


def answer(connection):
    while (question := connection.recv()) is not None:
        connection.send((question, os.getppid() == PARENT))
    connection.close()


def take(lock, connection):
    connection.send((lock.acquire(timeout=0.01), lock.acquire(block=False)))


PARENT = os.getpid()
context = multiprocessing.get_context("fork")

with context.Pool(2) as pool:
    print(pool.map(square, range(200))[-3:], sorted(pool.imap_unordered(square, range(5))))
    print(pool.apply_async(square, (12,)).get(timeout=30), pool.starmap(pow, [(2, 3), (3, 4)]))
    try:
        pool.apply(fail, (7,))
    except ValueError as error:
        print("raised there:", error.args)

queue = context.Queue()
filler = context.Process(target=fill, args=(queue, 4))
filler.start()
print(list(iter(queue.get, None)))
filler.join()
print(filler.exitcode, filler.is_alive())

lock = context.Lock()
memory = shared_memory.SharedMemory(create=True, size=16)
adders = [context.Process(target=add, args=(memory, lock, 50)) for _ in range(3)]
for adder in adders:
    adder.start()
for adder in adders:
    adder.join()
print(memory.buf[0], bytes(memory.buf[1:4]))
memory.close()
memory.unlink()

ours, theirs = context.Pipe()
other = context.Process(target=answer, args=(theirs,))
other.start()
for question in ("one", 2, [3.5]):
    ours.send(question)
    print(ours.recv())
ours.send(None)
other.join()
print(other.exitcode)

# Taken here, it is taken for others; given back too often, it refuses.
print(lock, lock.acquire(), lock)
ours, theirs = context.Pipe()
other = context.Process(target=take, args=(lock, theirs))
other.start()
print(ours.recv())
other.join()
lock.release()
try:
    lock.release()
except ValueError as error:
    print("ValueError:", error)

recursive = context.RLock()
with recursive, recursive:
    print(recursive)
try:
    recursive.release()
except AssertionError as error:
    print("AssertionError:", error)
taken = []
with recursive:
    thread = threading.Thread(target=lambda: taken.append(recursive.acquire(timeout=0.01)))
    thread.start()
    thread.join()
print(taken)

bounded = context.BoundedSemaphore(2)
print(bounded.acquire(), bounded.acquire(), bounded.acquire(False), bounded.get_value())
bounded.release()
bounded.release()
try:
    bounded.release()
except ValueError as error:
    print("ValueError:", error)
print(bounded._semlock.maxvalue, bounded._semlock.kind, bounded._semlock._is_zero(), type(bounded._semlock).SEM_VALUE_MAX)

event = context.Event()
print(event.wait(0.01), event.is_set())
event.set()
print(event.wait(1))

with ProcessPoolExecutor(2, mp_context=context) as executor:
    print(list(executor.map(square, range(8))), executor.submit(fail, 3).exception())

with context.Manager() as manager:
    shared, items = manager.dict(a=1), manager.list([1, 2])
    other = context.Process(target=shared.update, args=({"b": 2},))
    other.start()
    other.join()
    items.append(3)
    print(dict(shared), list(items))
