# Buffers over raw streams in Python: what they ask of them, and what they say when they get something else.
import _io


class Source(_io._RawIOBase):
    def __init__(self, data, step=3):
        self.data = data
        self.step = step
        self.asked = []

    def readable(self):
        return True

    def readinto(self, buffer):
        count = min(len(buffer), len(self.data), self.step)
        self.asked.append(len(buffer))
        buffer[:count] = self.data[:count]
        self.data = self.data[count:]
        return count


class Sink(_io._RawIOBase):
    def __init__(self, step=1000):
        self.parts = []
        self.step = step

    def writable(self):
        return True

    def write(self, data):
        if self.step is None:
            return None
        part = bytes(data[: self.step])
        self.parts.append(part)
        return len(part)


def refused(action, *arguments):
    try:
        print(action(*arguments))
    except Exception as error:
        written = getattr(error, "characters_written", None) if isinstance(error, BlockingIOError) else None
        print(type(error).__name__, error, written, repr(error.__cause__))


print(Source(b"hello world").read(), Source(b"hello world").readall(), Source(b"hello").read(2))
for size in (1, 2, 4, 100):
    raw = Source(b"line one\nline two\nrest")
    reader = _io.BufferedReader(raw, size)
    print(reader.readline(), reader.read(4), reader.peek(), reader.read1(10), reader.read1(), reader.read(), raw.asked)
reader = _io.BufferedReader(Source(b"a\nb\nc"))
print(list(reader), reader.read(), reader.readline(5))
target = bytearray(7)
reader = _io.BufferedReader(Source(b"0123456789", 4), 4)
print(reader.readinto(target), target, reader.readinto1(target), target, reader.readable())
refused(reader.read, -2)
refused(reader.write, b"x")
refused(reader.seek, 0)
refused(_io.BufferedReader, Sink())
refused(_io.BufferedWriter, Source(b""))
refused(_io.BufferedReader, Source(b""), 0)
refused(_io.BufferedReader, Source(b""), -5)
for size in (1, 4, 8, 100):
    raw = Sink()
    writer = _io.BufferedWriter(raw, size)
    for part in (b"abc", b"defghijklm", b"", b"no", bytearray(b"pq")):
        writer.write(part)
    print(raw.parts, writer.flush(), raw.parts)
raw = Sink(2)
writer = _io.BufferedWriter(raw, 4)
print(writer.write(b"123456789"), raw.parts, writer.flush(), raw.parts)
raw = Sink(None)
writer = _io.BufferedWriter(raw, 4)
refused(writer.write, b"12")
refused(writer.write, b"345")
refused(writer.write, b"6789")
refused(writer.flush)
raw.step = 100
print(writer.flush(), raw.parts)


class Wrong(_io._RawIOBase):
    def __init__(self, answer):
        self.answer = answer

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, buffer):
        return self.answer

    def write(self, data):
        return self.answer


for answer in (-1, 100000000, "x", None):
    refused(_io.BufferedReader(Wrong(answer), 10).read, 5)
    refused(_io.BufferedReader(Wrong(answer), 10).read1)
    refused(_io.BufferedReader(Wrong(answer), 10).readline)
for answer in (-1, 100000000):
    writer = _io.BufferedWriter(Wrong(answer), 2)
    refused(writer.write, b"12345")
    writer.detach


class Again(Sink):
    def write(self, data):
        try:
            self.stream.write(b"more")
        except RuntimeError as error:
            print(str(error)[:24])
        return super().write(data)


raw = Again()
raw.stream = _io.BufferedWriter(raw, 4)
raw.stream.write(b"0123456")
raw.stream.flush()
reader = _io.BufferedReader(Source(b"x"))
raw = reader.detach()
refused(reader.read)
refused(reader.detach)
refused(lambda: reader.closed)
refused(_io.BufferedReader.__new__(_io.BufferedReader).read)
pair = _io.BufferedRWPair(Source(b"input\n"), sink := Sink())
print(pair.readline(), pair.write(b"out"), pair.flush(), sink.parts, pair.readable(), pair.writable(), pair.isatty())
refused(pair.seek, 0)
print(pair.close(), pair.closed)
memory = _io.BytesIO(b"0123456789")
both = _io.BufferedRandom(memory, 4)
print(both.read(2), both.write(b"XY"), both.tell(), both.read(2), both.seek(-3, 1), both.write(b"Z"), both.flush())
print(memory.getvalue(), both.truncate(6), both.seek(0), both.read())


class Closing(_io._IOBase):
    def close(self):
        if not self.closed:
            print("closing")
        super().close()


Closing()
print(Closing().__enter__().closed)
stream = _io._IOBase()
for method in ("seek", "fileno", "truncate", "_checkReadable", "_checkWritable", "_checkSeekable"):
    refused(getattr(stream, method), *((0,) if method == "seek" else ()))
print(stream.seekable(), stream.readable(), stream.isatty(), stream.close(), stream.closed)
refused(stream.flush)
refused(stream.isatty)
refused(iter, stream)
for base in (_io._RawIOBase, _io._BufferedIOBase, _io._TextIOBase):
    for method in ("read", "write", "detach", "readline"):
        if hasattr(base, method):
            refused(getattr(base(), method), *((b"",) if method == "write" else ()))


def hot():
    total = 0
    for count in range(80):
        reader = _io.BufferedReader(_io.BytesIO(b"some line\nmore\n" * 10), 16)
        for line in reader:
            total += len(line)
        writer = _io.BufferedWriter(memory := _io.BytesIO(), 16)
        for number in range(30):
            writer.write(b"abcdef")
        writer.flush()
        total += len(memory.getvalue())
    return total


print(hot())
