# Objects as bytes and back: every type, sharing, versions, errors.
import marshal


class Writer:
    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += data
        return len(data)


class Reader:
    def __init__(self, data):
        self.data = data

    def read(self, count):
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def readinto(self, buffer):
        taken = self.read(len(buffer))
        buffer[:len(taken)] = taken
        return len(taken)


def attempt(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


values = [
    None, True, False, ..., StopIteration,
    0, 1, -1, 2**31 - 1, -2**31, 2**31, 2**45, -2**45, 2**64 + 12345, -(10**40), 1 << 300,
    0.0, -0.0, 1.5, 1e300, float("inf"), -2.25e-10, 1j, -1.5 + 2j,
    b"", b"bytes \x00\xff", "", "text", "a_name", "\xe9t\xe9", "\u20ac", "\U0001f600", "\ud800 alone", "x" * 300, "\xe9" * 300,
    (), (1,), (1, "two", 3.0), tuple(range(300)), [], [1, [2, [3]]], {}, {"a": 1, (1, 2): [None]},
    set(), {1}, frozenset([3]), slice(1, None, 2),
]
for value in values:
    data = marshal.dumps(value)
    back = marshal.loads(data)
    same = type(back) is type(value) and (back == value or back != back) and repr(back) == repr(value)
    print(repr(value)[:60], len(data), data[:1].hex()[1:], same)

# The bytes of plain values are CPython's.
for value in [(1, 2.5, b"x"), [True, None, 2**40], {"\xe9": -7}, "\ud800", 1 << 100, ()]:
    for version in range(6):
        print(version, bytes(byte & 0x7F for byte in marshal.dumps(value, version)))

shared = ["shared"]
back = marshal.loads(marshal.dumps([shared, shared, (shared,)]))
print(back, back[0] is back[1], back[2][0] is back[0])
loop = []
loop.append(loop)
back = marshal.loads(marshal.dumps(loop))
print(back, back[0] is back)
print(marshal.loads(marshal.dumps({3, 1, 2})) == {1, 2, 3}, marshal.loads(marshal.dumps(bytearray(b"ba"))))
print(marshal.version)


def f(a, b=2, *c, d=4, **e):
    """A text."""
    return [a, b, c, d, e, (lambda: a)()]


code = marshal.loads(marshal.dumps(f.__code__))
g = type(f)(code, globals(), "g", (20,))
g.__kwdefaults__ = {"d": 40}
print(g(1), g(1, 2, 3, d=5, k=6), code.co_name, code.co_varnames)
nested = marshal.loads(marshal.dumps((f.__code__, f.__code__)))
print(nested[0] is nested[1])
module = compile("x = 1\nclass C:\n    y = x + 1\nprint(C.y)\n", "<made>", "exec")
for _ in range(3):
    exec(marshal.loads(marshal.dumps(module)), {})

print(attempt(marshal.dumps, object()))
print(attempt(marshal.dumps, [lambda: 0]))
print(attempt(marshal.dumps, slice(1), 4))
print(attempt(marshal.dumps, f.__code__, allow_code=False))
print(attempt(marshal.loads, marshal.dumps(f.__code__), allow_code=False))
deep = []
for _ in range(3000):
    deep = [deep]
print(attempt(marshal.dumps, deep))
print(attempt(marshal.loads, b"[\x01\x00\x00\x00" * 3000 + b"N"))
for data in [b"", b"i\x00", b"?", b"\x00", b"r\x05\x00\x00\x00", b"0", b"(\x01\x00\x00\x000", b"[\xff\xff\xff\xff", b"s\x05\x00\x00\x00ab",
             b"l\x01\x00\x00\x00\x00\x00", b"l\x01\x00\x00\x00\xff\xff", b"{00", b"<\x01\x00\x00\x00[\x00\x00\x00\x00"]:
    print(data, attempt(marshal.loads, data))
print(attempt(marshal.loads, "text"))
print(attempt(marshal.loads, b"N trailing"))

writer = Writer()
for value in [1, "two", [3.0]]:
    marshal.dump(value, writer)
reader = Reader(writer.data)
print([marshal.load(reader) for _ in range(3)], attempt(marshal.load, reader))

total = 0
for n in range(2000):
    total += len(marshal.loads(marshal.dumps((n, str(n), [n] * 3))))
print(total)
