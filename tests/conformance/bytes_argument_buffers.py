"""Arguments of bytes methods that are buffers, and buffers that are held while they are looked at."""


def show(function, *arguments):
    try:
        print(function(*arguments))
    except BaseException as error:
        print(type(error).__name__, error)


view = memoryview(b"xy")
print(b"xyabyx".strip(view), b"axyb".split(view), b"axyb".partition(view)[::2], str(view, "ascii"))
print(bytes.fromhex("6162"), bytearray.fromhex("61 62"))
show(bytes.fromhex, b"6162")
show(bytes.fromhex, 5)
show(int, memoryview(b"12"), 10)


class Index:
    def __init__(self, data):
        self.data = data

    def __index__(self):
        self.data.clear()
        return 3


for name in ("find", "count", "index", "rfind"):
    data = bytearray(b"abc" * 5)
    show(getattr(data, name), b"b", Index(data))
data = bytearray(b"%d")
print(data % 5)


class Text:
    def __init__(self, data):
        self.data = data

    def __bytes__(self):
        self.data.clear()
        return b"x"


data = bytearray(b"%b%b")
show(lambda: data % (Text(data), b"y"))
