# print: sep, end, file, flush, many types, errors.
import sys

print()
print("a", "b", sep="")
print(1, 2, 3, sep=", ", end="!\n")
print(None, True, 1.0, 1e100, b"x", "é😀", [None, "q"], (1,), {}, set(), ..., NotImplemented, sep="|")
print("no newline", end="")
print(sep="x")
print(*[], end="empty\n")
print(*range(5), sep=None, end=None)
print("flushed", flush=True, file=None)
sys.stdout.write("direct\n")


class Sink:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)


sink = Sink()
print("to", "sink", file=sink)
for i in range(500):
    print(i, end=" " if i % 10 else "\n", file=sink)
print(len(sink.parts), sink.parts[:5], len("".join(sink.parts)))


class Loud:
    def __str__(self):
        print("(inside)", end="")
        return "loud"


print("x", Loud(), "y")
saved = sys.stdout
sys.stdout = sink
print("captured")
sys.stdout = saved
print(sink.parts[-2:])
for arguments in ({"sep": 5}, {"end": 1}, {"bad": 1}):
    try:
        print("x", **arguments)
    except TypeError as error:
        print(error)
