"""asyncio, queues, threads and contexts: nanoseconds for each task or item.

usage: INTERPRETER tasks.py [NAME ...]
"""
import asyncio
import contextvars
import queue
import threading

from measure import report

N = 300
LOOP = asyncio.new_event_loop()


async def nothing():
    pass


async def yielding():
    await asyncio.sleep(0)


async def make_tasks():
    for _ in range(N):
        await asyncio.create_task(nothing())


async def gather():
    await asyncio.gather(*[yielding() for _ in range(N)])


async def group():
    async with asyncio.TaskGroup() as tasks:
        for _ in range(N):
            tasks.create_task(yielding())


async def through_queue():
    waiting = asyncio.Queue(10)

    async def produce():
        for i in range(N):
            await waiting.put(i)

    producer = asyncio.create_task(produce())
    for _ in range(N):
        await waiting.get()
    await producer


async def locked():
    lock = asyncio.Lock()
    for _ in range(N):
        async with lock:
            pass


async def futures():
    for _ in range(N):
        future = LOOP.create_future()
        LOOP.call_soon(future.set_result, None)
        await future


async def limited():
    for _ in range(N):
        async with asyncio.timeout(10):
            await yielding()


def items(made):
    for i in range(N):
        made.put(i)
    for _ in range(N):
        made.get()


def with_lock(lock=threading.Lock()):
    for _ in range(N):
        with lock:
            pass


VARIABLE = contextvars.ContextVar("VARIABLE", default=0)


def variables():
    for i in range(N):
        VARIABLE.set(i)
        VARIABLE.get()


report({
    "asyncio: tasks": (N, lambda: LOOP.run_until_complete(make_tasks())),
    "asyncio: gather": (N, lambda: LOOP.run_until_complete(gather())),
    "asyncio: group": (N, lambda: LOOP.run_until_complete(group())),
    "asyncio: queue": (N, lambda: LOOP.run_until_complete(through_queue())),
    "asyncio: lock": (N, lambda: LOOP.run_until_complete(locked())),
    "asyncio: futures": (N, lambda: LOOP.run_until_complete(futures())),
    "asyncio: timeout": (N, lambda: LOOP.run_until_complete(limited())),
    "queue: Queue": (N, lambda: items(queue.Queue())),
    "queue: SimpleQueue": (N, lambda: items(queue.SimpleQueue())),
    "queue: PriorityQueue": (N, lambda: items(queue.PriorityQueue())),
    "threading: lock": (N, with_lock),
    "threading: start and join": (1, lambda: [t := threading.Thread(target=int), t.start(), t.join()]),
    "contextvars: set and get": (N, lambda: contextvars.copy_context().run(variables)),
})
