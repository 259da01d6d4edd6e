# Many instructions of every kind run on a small native stack: none of them may leave anything on it.
import _thread

ROUNDS = 40_000


class Thing:
    kind = "thing"

    def __init__(self, x):
        self.x = x

    def method(self, a, b=2):
        return a + b

    @property
    def double(self):
        return self.x * 2

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return True


def plain(a, b=1, *rest, c=3, **names):
    return a + b + c + len(rest) + len(names)


def numbers(n):
    total, text, thing = 0, "abc", Thing(3)
    items, table = [1, 2, 3], {"a": 1}
    for i in range(n):
        total += i * 2 - i // 3 + (i % 7) ** 2
        total ^= (i << 2) & 255 | i >> 1
        half = i / 2.0 + 1.5
        if half > 10.0 and i != 5 or not i:
            total -= 1
        a, b = i, -i
        a, b = b, ~a
        total += items[1] + table["a"] + len(text)
        items[0] = i
        table["b"] = i
        del table["b"]
        total += thing.x + thing.method(1) + thing.double
        thing.x = i & 7
        thing.y = i
        del thing.y
        total += plain(1) + plain(1, 2) + plain(1, c=4) + plain(*items) + plain(1, d=2)
        total += i in (1, 2, 3)
        total += 1 if text is None else 2
        total += sum([x for x in items if x]) > 3
        if text == "abd" or Thing.kind != "thing":
            break
    return total


def jumps(n):
    global marker
    count, text = 0, ""
    for i in range(n):
        try:
            if i & 1:
                raise ValueError(i)
            count += 1
        except ValueError as error:
            count += len(error.args)
        finally:
            count += 2
        with Thing(i) as thing:
            count += thing.x & 1
            if i & 3 == 0:
                raise KeyError
        match i & 3:
            case 0:
                count += 1
            case 1 | 2:
                count += 2
            case _:
                marker = i
        function = lambda x: x + i
        count += function(1)
        text = f"{i}{count!r:>12}"[:4]
        count += len(text) + len({i, 1}) + len((i, *text)) + len({**{"k": 1}})
        while count % 3:
            count += 1
    return count, marker


def generators(n):
    def inner(n):
        got = 0
        for i in range(n):
            got = (yield i) or got
        return got

    def outer(n):
        return (yield from inner(n))

    return sum(outer(n)) + sum(x for x in inner(n))


def run(lock):
    try:
        for function in (numbers, jumps, generators):
            print(function.__name__, function(ROUNDS))
    finally:
        lock.release()


_thread.stack_size(1 << 20)
done = _thread.allocate_lock()
done.acquire()
_thread.start_new_thread(run, (done,))
done.acquire()
