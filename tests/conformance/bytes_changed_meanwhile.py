# Arguments of bytearray's methods that change it while they are asked for their memory.


def attempt(function, *arguments):
    try:
        result = function(*arguments)
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print(result)


class Lender:
    def __init__(self, act, content=b"A"):
        self.act, self.content = act, content

    def __buffer__(self, flags):
        self.act()
        return memoryview(self.content)


for name in ("find", "rfind", "index", "count", "split", "rsplit", "__contains__"):
    array = bytearray(b"A")
    attempt(getattr(array, name), Lender(array.clear))

array = bytearray(b"xyz")


def items():
    array.clear()
    yield b"a"


attempt(array.join, items())
print(array)

# What is lent goes to the place where the end was.
array = bytearray(b"x" * 10)
array.extend(Lender(lambda: array.extend(b"y" * 4), b"ABC"))
print(array)
array.extend(Lender(lambda: array.__delitem__(slice(3, None)), b"DEF"))
print(array)

# A list that is joined may change under the items' own code.
items = [b"a", Lender(lambda: items.clear()), b"c"]
attempt(b"-".join, items)
items = [b"a", Lender(lambda: items.__setitem__(2, b"z"), b"x"), b"c"]
attempt(b"-".join, items)

# Extended slices without bytes are taken out; nothing is when somebody holds the memory.
array = bytearray(range(10))
array[1:-1:2] = b""
print(list(array))
view = memoryview(array)
attempt(array.__setitem__, slice(0, 4, 2), b"")
view.release()


def growing():
    for number in range(3):
        yield number
        print(list(grown))


grown = bytearray()
grown.__init__(growing())
print(grown, grown.__alloc__() > len(grown))
print(repr(bytearray(b"'")), repr(bytearray(b"'\"")), repr(bytes(b"'")))
print(b"%b|%s" % (memoryview(b"abc"), memoryview(b"abcdef")[::2]))
