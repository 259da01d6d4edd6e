# FileIO, buffers and text over real files: every way to open, read, write and move.
import _io
import posix

path = f"/tmp/sidewinder-io-{posix.getpid()}"


def refused(action, *arguments, **keywords):
    try:
        action(*arguments, **keywords)
    except Exception as error:
        print(type(error).__name__, str(error).replace(path, "PATH"))
    else:
        print("no error")


def shown(value):
    return repr(value).replace(path, "PATH")


with open(path, "w", encoding="utf-8") as file:
    print(file.write("héllo\nworld\r\nlast"), file.encoding, file.errors, file.newlines, file.mode)
    print(shown(file), shown(file.buffer), shown(file.buffer.raw), file.line_buffering, file.write_through)
print(file.closed, shown(file))
for newline in (None, "", "\n", "\r", "\r\n"):
    with open(path, newline=newline, encoding="utf-8") as file:
        print(newline, file.readlines(), file.newlines)
with open(path, "rb") as file:
    print(file.read(3), file.peek(4)[:4], file.readline(), file.tell(), file.seek(-2, 2), file.read())
    target = bytearray(4)
    print(file.seek(0), file.readinto(target), target, file.readinto1(target), target, file.read1(2))
    print(list(file), file.read(), file.readline())
with open(path, "r+", encoding="utf-8") as file:
    print(file.read(4), file.tell(), file.seek(0), file.read(), file.seek(0, 2), file.write("X"))
    print(file.seek(0), file.read(2), file.tell(), file.readline(), file.truncate(3), file.seek(0), file.read())
with open(path, "wb", 0) as file:
    print(shown(file), file.write(b"abc"), file.tell(), file.seek(1), file.write(b"Z"), file.truncate(), file.truncate(1))
with open(path, "ab+") as file:
    print(file.tell(), file.write(b"more"), file.seek(0), file.read(), file.mode)
with open(path, "w+", encoding="latin-1", newline="\r\n") as file:
    file.writelines(["é\n", "two\n"])
    file.seek(0)
    print(file.readlines(), file.buffer.seek(0), file.buffer.read())
refused(open, path, "x")
for arguments in (
    (path + "-absent",), (path, "rz"), (path, "rbt"), (path, "rw"), (path, "w+x"), (path, "rr"), (path, ""),
    (path, "r", 0), (path, "rb", -1, "utf8"), (path, "rb", -1, None, "strict"), (path, "rb", -1, None, None, "\n"),
    (path, "r", -1, None, None, "x"), (-1,), ("/",), (3.5,), ("a\0b",), (None,), (path, "r", -1, None, None, None, False),
):
    refused(open, *arguments)
refused(open, path, "r", encoding="no-such-encoding")
raw = _io.FileIO(path)
print(shown(raw), raw.readall()[:5], raw.mode, raw.closefd, raw.seekable(), raw.isatty(), raw.readable(), raw.writable())
refused(raw.write, b"x")
refused(raw.truncate, 0)
refused(raw.seek, 0, 7)
raw.close()
print(shown(raw), raw.closed)
for method in ("read", "readall", "fileno", "seekable", "readable", "writable", "tell", "isatty"):
    refused(getattr(raw, method))
for mode in ("x", "r", "w", "a", "r+", "w+", "a+"):
    if mode == "x":
        posix.unlink(path)
    raw = _io.FileIO(path, mode)
    print(raw.mode, raw.readable(), raw.writable())
    raw.close()
raw = _io.FileIO(path, "w", opener=lambda name, flags: posix.open(name, flags, 0o600))
print(raw.write(b"opened"), shown(raw))
raw.close()
refused(_io.FileIO, path, "w", opener=lambda name, flags: "x")
refused(_io.FileIO, path, "w", opener=lambda name, flags: -2)
file = open(path, "wb")
refused(file.read)
file.close()
refused(file.write, b"x")
refused(file.flush)
refused(file.tell)
text = open(path)
refused(text.write, "x")
text.close()
for method in ("read", "readline", "tell", "flush", "seekable", "__next__", "__enter__"):
    refused(getattr(text, method))


def hot():
    total = 0
    for count in range(60):
        with open(path, "w") as file:
            for number in range(40):
                print(number, "line", file=file)
        with open(path) as file:
            for line in file:
                total += len(line)
        with open(path, "rb") as file:
            while line := file.readline():
                total += len(line)
    return total


print(hot())
posix.unlink(path)
