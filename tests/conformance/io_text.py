# TextIOWrapper: encodings, chunks, ends of lines, positions.
import _io


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


def wrapper(data, chunk=None, **keywords):
    stream = _io.TextIOWrapper(_io.BytesIO(data), **keywords)
    if chunk:
        stream._CHUNK_SIZE = chunk
    return stream


for encoding in ("utf-8", "latin-1", "ascii", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"):
    raw = _io.BytesIO()
    stream = _io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace", newline="\n")
    stream.write("añ\nb")
    stream.write("c€\U0001F600\r\nz")
    stream.flush()
    data = raw.getvalue()
    print(encoding, data)
    for chunk in (1, 2, 3, 7, 100):
        stream = wrapper(data, chunk, encoding=encoding)
        print(ascii([stream.read(1), stream.read(2), stream.readline(), stream.readline(3), stream.read()]), end=" ")
        stream.seek(0)
        print(ascii(stream.readlines()))
for newline in (None, "", "\n", "\r", "\r\n"):
    for chunk in (1, 2, 5, 100):
        stream = wrapper(b"ab\r\ncd\nef\rgh\r", chunk, encoding="ascii", newline=newline)
        print(repr(newline), chunk, stream.readlines(), stream.newlines)
        stream.seek(0)
        print([stream.readline(limit) for limit in (1, 2, 3, 0, 4)], repr(stream.read()))
    raw = _io.BytesIO()
    stream = _io.TextIOWrapper(raw, encoding="ascii", newline=newline)
    print(stream.write("a\nb\r\nc"), stream.writelines(["d\n", "e"]), stream.flush(), raw.getvalue())
for encoding in ("utf-8", "utf-16", "latin-1"):
    data = "zéro\nunité\r\ndeux€\n".encode(encoding, "replace")
    for chunk in (1, 3, 8, 100):
        stream = wrapper(data, chunk, encoding=encoding)
        places = []
        while True:
            place = stream.tell()
            character = stream.read(1)
            if not character:
                break
            places.append((place, character))
        for place, character in places[::-1]:
            stream.seek(place)
            if stream.read(1) != character or stream.tell() < 0:
                print("lost", encoding, chunk, place, character)
        print(encoding, chunk, len(places), stream.seek(0, 2), stream.tell())
stream = wrapper(b"one\ntwo\n", encoding="ascii")
next(stream)
refused(stream.tell)
print(list(stream), stream.tell())
for arguments in ((1, 1), (1, 2), (-1,), (0, 5), ("x",)):
    refused(stream.seek, *arguments)
print(stream.seek(0, 1), stream.seek(4), stream.read())
stream = wrapper(b"\xff\xfeabc\x80", encoding="utf-8", errors="surrogateescape")
print(ascii(stream.read()), stream.errors)
refused(wrapper(b"\xff\xfeabc", encoding="utf-8").read)
refused(wrapper(b"ab\xe2\x82", encoding="utf-8").read)
refused(wrapper(b"ab\xe2\x82", 1, encoding="utf-8").readline)
stream = wrapper(b"", encoding="ascii")
refused(stream.write, "é")
refused(stream.write, b"x")
refused(stream.write, 5)
print(stream.write(""), stream.buffer.getvalue())
raw = _io.BytesIO()
stream = _io.TextIOWrapper(raw, encoding="ascii", line_buffering=True)
print(stream.write("abc"), raw.getvalue(), stream.write("d\ne"), raw.getvalue(), stream.line_buffering)
stream.reconfigure(line_buffering=False, write_through=True)
print(stream.write("f"), raw.getvalue(), stream.line_buffering, stream.write_through)
stream.reconfigure(encoding="utf-8", errors="replace", newline="\r\n")
print(stream.write("é\n"), raw.getvalue(), stream.encoding, stream.errors)
stream = wrapper(b"abc\n", encoding="ascii")
stream.read(1)
refused(stream.reconfigure, encoding="utf-8")
refused(stream.reconfigure, newline="\n")
print(stream.reconfigure(line_buffering=True), stream.reconfigure())
refused(_io.TextIOWrapper, _io.BytesIO(), newline="x")
refused(_io.TextIOWrapper, _io.BytesIO(), encoding=5)
refused(_io.TextIOWrapper, _io.BytesIO(), errors=5)
refused(_io.TextIOWrapper, _io.BytesIO(), newline=5)
refused(_io.TextIOWrapper)
refused(_io.TextIOWrapper, 5)
refused(_io.TextIOWrapper.__new__(_io.TextIOWrapper).read)
raw = stream.detach()
refused(stream.read)
refused(stream.detach)
refused(lambda: stream.closed)
stream = wrapper(b"x", encoding="ascii")
stream.mode = "r"
print(stream, stream.readable(), stream.writable(), stream.seekable(), stream.isatty(), stream.close(), stream.closed)
for method in ("read", "readline", "tell", "flush", "__next__"):
    refused(getattr(stream, method))
refused(stream.write, "x")


class Odd:
    closed = False

    def __init__(self, answer):
        self.answer = answer

    def readable(self):
        return True

    writable = seekable = lambda self: False

    def read(self, size=-1):
        return self.answer

    def flush(self):
        pass

    close = flush


for answer in (5, "text", None, bytearray(b"")):
    refused(_io.TextIOWrapper(Odd(answer), encoding="ascii").read, 1)
    refused(_io.TextIOWrapper(Odd(answer), encoding="ascii").read)
    refused(_io.TextIOWrapper(Odd(answer), encoding="ascii").readline)


class Lines(_io.TextIOWrapper):
    def readline(self, size=-1):
        return super().readline(size).upper()


print(list(Lines(_io.BytesIO(b"a\nb\n"), encoding="ascii")))


def hot():
    total = 0
    for count in range(60):
        raw = _io.BytesIO()
        stream = _io.TextIOWrapper(raw, encoding="utf-8")
        for number in range(40):
            print(number, "ligne é" if number % 9 == 0 else "line", file=stream)
        stream.seek(0)
        for line in stream:
            total += len(line)
    return total


print(hot())
