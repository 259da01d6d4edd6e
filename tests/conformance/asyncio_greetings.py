# A coroutine that waits before it prints, awaited between two lines of its caller.
# modes: off checked on sync threshold-1 gc-7 cut-60 switch-7
import asyncio


async def greet_after(delay, msg):
    await asyncio.sleep(delay)
    print(msg)


async def main():
    print("Start")
    await greet_after(0.02, "Hello")
    await greet_after(0.01, "World")
    print("End")


asyncio.run(main())


# Several at once end in the order of their delays; results come in the order of the calls.
async def value_after(delay, value):
    await asyncio.sleep(delay)
    print("after", value)
    return value


async def together():
    values = await asyncio.gather(value_after(0.09, 1), value_after(0.05, 2), value_after(0.01, 3))
    print(values)
    task = asyncio.create_task(value_after(0.01, "task"), name="own name")
    print(task.get_name(), task.done(), asyncio.current_task() is not task)
    print(await task, task.done(), task.result())


asyncio.run(together())


# Failures, cancellations, time limits.
async def failing():
    await asyncio.sleep(0)
    raise ValueError("wrong")


async def patient(log):
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError as error:
        log.append(error.args)
        raise


async def troubled():
    try:
        await failing()
    except ValueError as error:
        print("caught", error)
    print(await asyncio.gather(failing(), asyncio.sleep(0, "slept"), return_exceptions=True))
    log = []
    task = asyncio.create_task(patient(log))
    await asyncio.sleep(0)
    print(task.cancel("because"), task.cancelling())
    try:
        await task
    except asyncio.CancelledError as error:
        print("cancelled", error.args, log, task.cancelled())
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
    except TimeoutError:
        print("too late")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing())
            other = group.create_task(patient(log))
    except* ValueError as errors:
        print(errors.exceptions, other.cancelled(), len(log))
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda done: print("done", done.result()))
    future.set_result(5)
    print(await future, future.done())
    try:
        future.set_result(6)
    except asyncio.InvalidStateError as error:
        print(type(error).__name__, error)


asyncio.run(troubled())


# Queues between tasks, locks, threads.
async def producing(queue):
    for number in range(300):
        await queue.put(number)
    await queue.put(None)


async def consuming(queue):
    total = 0
    while (number := await queue.get()) is not None:
        total += number
    return total


async def working():
    queue = asyncio.Queue(maxsize=3)
    results = await asyncio.gather(producing(queue), consuming(queue))
    print(results)
    lock, order = asyncio.Lock(), []

    async def locked(name):
        async with lock:
            order.append(name)
            await asyncio.sleep(0)
            order.append(name)

    await asyncio.gather(*map(locked, "abc"))
    print("".join(order))
    print(await asyncio.to_thread(sum, [1, 2, 3]))

    async def counting():
        for number in range(3):
            await asyncio.sleep(0)
            yield number

    print([number async for number in counting()])


asyncio.run(working())


# What is told before anything runs.
try:
    asyncio.get_running_loop()
except RuntimeError as error:
    print(error)
