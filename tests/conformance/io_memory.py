# BytesIO, StringIO and IncrementalNewlineDecoder.
import _io


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


stream = _io.BytesIO(b"abc\ndef\nlast")
print(list(stream), stream.read(), stream.tell(), stream.seek(2), stream.read(3), stream.readline(), stream.readline(2))
print(stream.seek(0), stream.readlines(), stream.seek(0), stream.readlines(5), stream.seek(-3, 2), stream.read1(2))
print(stream.seek(2), stream.write(b"ZZZ"), stream.getvalue(), stream.seek(20), stream.write(b"far"), stream.getvalue())
print(stream.truncate(4), stream.getvalue(), stream.tell(), stream.read(), stream.seek(0), stream.truncate())
stream.writelines([b"one", bytearray(b"two"), memoryview(b"three")])
print(stream.getvalue(), stream.getbuffer().tobytes(), stream.readable(), stream.writable(), stream.seekable(), stream.isatty())
view = stream.getbuffer()
view[:3] = b"ONE"
print(stream.getvalue(), stream.seek(0), stream.read(5))
for action, arguments in (
    (stream.write, (b"x",)), (stream.truncate, (1,)), (stream.close, ()), (stream.__init__, ()),
):
    refused(action, *arguments)
view.release()
target = bytearray(4)
print(stream.seek(0), stream.readinto(target), target, stream.write(b"more"), stream.getvalue())
state = stream.__getstate__()
other = _io.BytesIO()
other.__setstate__(state)
print(state, other.getvalue(), other.tell())
refused(other.__setstate__, 5)
refused(other.__setstate__, (b"", -1, None))
refused(other.__setstate__, (b"", "x", None))
refused(other.__setstate__, (b"", 0, 5))
for arguments in ((-1,), (0, 5), ("x",), (2**70,), (-5, 1)):
    refused(stream.seek, *arguments)
refused(stream.truncate, -1)
refused(stream.truncate, "x")
refused(stream.write, "text")
refused(stream.read, "x")
refused(stream.readinto, b"constant")
refused(_io.BytesIO, "text")
stream.close()
for method in ("read", "getvalue", "getbuffer", "tell", "__next__", "readable", "flush"):
    refused(getattr(stream, method))
whole = b"shared" * 10
print(_io.BytesIO(whole).getvalue() is whole, _io.BytesIO(initial_bytes=whole).read() is whole)

stream = _io.StringIO("abc\ndéf\nlast")
print(list(stream), stream.read(), stream.tell(), stream.seek(2), stream.read(3), stream.readline(), stream.readline(2))
print(stream.seek(2), stream.write("ZZ€"), stream.getvalue(), stream.seek(20), stream.write("\U0001F600"), ascii(stream.getvalue()))
print(stream.truncate(4), stream.getvalue(), stream.seek(0), stream.truncate(), repr(stream.getvalue()))
for newline in (None, "", "\n", "\r", "\r\n"):
    stream = _io.StringIO("a\nb\rc\r\nd", newline=newline)
    print(repr(newline), stream.readlines(), repr(stream.getvalue()), stream.newlines)
    stream.seek(0)
    print(repr(stream.readline(1)), repr(stream.readline()), stream.write("x\ny"), repr(stream.getvalue()))
for arguments in ((-1,), (1, 1), (1, 2), (0, 5), ("x",)):
    refused(stream.seek, *arguments)
print(stream.seek(0, 2), stream.line_buffering, stream.encoding, stream.errors)
refused(stream.truncate, -2)
refused(stream.write, b"x")
refused(stream.write, 5)
refused(_io.StringIO, 5)
refused(_io.StringIO, "", "x")
refused(_io.StringIO, "", 5)
state = stream.__getstate__()
other = _io.StringIO()
other.__setstate__(state)
print(state, repr(other.getvalue()), other.tell())
refused(other.__setstate__, ("", "\n", -1, None))
refused(other.__setstate__, 5)
stream.close()
for method in ("read", "getvalue", "tell", "__next__", "__iter__", "readable"):
    refused(getattr(stream, method))
refused(_io.StringIO.__new__(_io.StringIO).read)

decoder = _io.IncrementalNewlineDecoder(None, translate=True)
print([decoder.decode(text) for text in ("a\r", "\nb\n", "\r", "c", "\r")], decoder.getstate(), decoder.newlines)
print(repr(decoder.decode("", final=True)), decoder.reset(), decoder.newlines, decoder.getstate())
decoder = _io.IncrementalNewlineDecoder(None, translate=False)
print([decoder.decode(text) for text in ("a\r", "\nb\n", "é\r", "c")], decoder.newlines)
decoder.setstate((b"", 1))
print(repr(decoder.decode("x")))
refused(decoder.setstate, 5)
refused(decoder.setstate, (1, 2, 3))
refused(decoder.decode, b"x")


def hot():
    total = 0
    for count in range(100):
        stream = _io.StringIO()
        for number in range(30):
            stream.write("text é\n" if number % 7 == 0 else "text\n")
        stream.seek(0)
        for line in stream:
            total += len(line)
        stream = _io.BytesIO()
        for number in range(30):
            stream.write(b"bytes\n")
        stream.seek(0)
        while line := stream.readline():
            total += len(line)
    return total


print(hot())
