# Eight threads change shared dicts, lists and counters; no count is lost. With an argument: for so many seconds.
import _thread
import sys
import time


class Counter:
    def __init__(self):
        self.total = 0
        self.by_name = {}

    def add(self, name):
        self.total += 1
        self.by_name[name] = self.by_name.get(name, 0) + 1


class Failing(Exception):
    pass


def numbers(limit):
    for number in range(limit):
        yield number, limit - number


def work(thread, rounds):
    own = []
    for step in range(rounds):
        with lock:
            counter.add(step % 10)
            table[step % 40] = table.get(step % 40, 0) + 1
        # One operation each, which no other thread can interrupt.
        items.append(thread)
        marks[thread, step] = step
        own.append(Counter())
        own[-1].other = own[0]
        try:
            if step % 9 == 4:
                raise Failing(step)
        except Failing as failure:
            local = failure.args[0]
        else:
            local = sum(first * second for first, second in numbers(step % 6))
        if len(own) > 30:
            own.clear()
        results[thread] = results.get(thread, 0) + (local >= 0)
        del marks[thread, step]


def threads_and_self(count, function, *arguments):
    done = [_thread.allocate_lock() for _ in range(count)]

    def run(number):
        try:
            function(number, *arguments)
        finally:
            done[number].release()

    for number, ended in enumerate(done):
        ended.acquire()
        _thread.start_new_thread(run, (number,))
    function(count, *arguments)
    for ended in done:
        ended.acquire()


seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0
lock = _thread.allocate_lock()
begin, repetitions = time.monotonic(), 0
sys.setswitchinterval(0.0005)
while repetitions < 2 or time.monotonic() < begin + seconds:
    repetitions += 1
    counter, table, items, marks, results = Counter(), {}, [], {}, {}
    threads_and_self(8, work, 400)
    assert counter.total == 9 * 400, counter.total
    assert counter.by_name == {name: 360 for name in range(10)}, counter.by_name
    assert sum(table.values()) == 9 * 400, table
    assert len(items) == 9 * 400 and all(items.count(thread) == 400 for thread in range(9))
    assert marks == {} and results == {thread: 400 for thread in range(9)}, results
print("counted")
