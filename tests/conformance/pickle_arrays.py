# Arrays in pickles: of every type code and protocol, of subclasses, and those of other machines.
import array
import collections.abc
import copy
import pickle
import warnings

warnings.simplefilter("ignore")


class Own(array.array):
    pass


own = Own("i", [1, 2])
own.name = "kept"
for code in array.typecodes:
    items = "häß\U00010400" if code in "uw" else [1.5, -2.0] if code in "fd" else [0, 1, 100]
    made = array.array(code, items)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(made, protocol))
        assert again == made and again.typecode == code, (code, protocol)
    print(code, made.__reduce_ex__(4)[1][1:], made.__reduce_ex__(2)[1])
for protocol in 2, 5:
    again = pickle.loads(pickle.dumps(own, protocol))
    print(type(again).__name__, again, again.name, copy.deepcopy(own) == own)

rebuild = array._array_reconstructor
for number in range(22):
    size = (1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 8, 8, 2, 2, 4, 4)[number]
    one = bytes(size - 1) + b"\x41" if number % 2 and number > 1 else b"\x41" + bytes(size - 1)
    code = "f" if 14 <= number < 18 else "u" if number >= 18 else "i"
    print(number, rebuild(array.array, code, number, one * 2))
for arguments in (
    (int, "i", 0, b""), (1, "i", 0, b""), (array.array, "x", 0, b""), (array.array, "ii", 0, b""), (array.array, "i", 22, b""),
    (array.array, "i", -1, b""), (array.array, "i", 8, b"123"), (array.array, "i", 9, b"123"), (array.array, "i", 8, "text"),
    (array.array, "b", 8, b"\0\1\0\0"), (array.array,),
):
    try:
        print(rebuild(*arguments))
    except Exception as error:
        print(type(error).__name__, error)
print(issubclass(array.array, collections.abc.MutableSequence))

# Their iterators, and files.
walk = iter(array.array("i", [1, 2, 3]))
next(walk)
print(walk.__reduce__()[1:], list(pickle.loads(pickle.dumps(walk))), list(copy.copy(walk)), list(walk), walk.__reduce__()[1:])
walk = iter(array.array("i", [1, 2, 3]))
walk.__setstate__(-5), print(next(walk)), walk.__setstate__(100), print(list(walk))


class File:
    def __init__(self, data=b""):
        self.data = data

    def write(self, block):
        print("write", type(block).__name__, len(block))

    def read(self, count):
        print("read", count)
        return self.data[:count]


big = array.array("i", range(40000))
big.tofile(File())
small = array.array("h")
small.fromfile(File(b"\1\0\2\0\3\0"), 2)
print(small)
for data, count in (b"\1\0", 2), (b"\1\0\2", 2), (b"", 0), (b"", -1), ("text", 2), (b"", "x"):
    try:
        print(small.fromfile(File(data), count), small)
    except Exception as error:
        print(type(error).__name__, error, small)
