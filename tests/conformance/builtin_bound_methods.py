# Methods of builtin types that are taken without being called.
def shown(value):
    return repr(value).split(" at 0x")[0]


class MyList(list):
    pass


class Shaped(dict):
    def __init__(self):
        self.name = "shaped"


for value, names in (
    ([], "append pop __len__ __add__"), (MyList(), "append"), ({}, "get items"), (Shaped(), "get"), ("x", "join upper"),
    (1, "bit_length __add__"), (1.5, "hex"), (set(), "add"), (b"", "join"), ((), "index"), (range(3), "count"),
    (iter([]), "__next__ __length_hint__"), (object(), "__repr__ __reduce__"), (dict, "fromkeys __call__ mro"), (int, "from_bytes"),
    (ValueError("x"), "add_note"), (len, "__call__"),
):
    for name in names.split():
        for _ in range(3):
            method = getattr(value, name)
        print(type(value).__name__, name, shown(method), type(method), method.__name__, method.__self__ is value)


def hot(items):
    kinds = set()
    for number in range(3000):
        method = items.append
        method(number)
        kinds.add(type(method))
    return len(items), sorted(kind.__name__ for kind in kinds), shown(method), method.__qualname__


print(hot([]))
print(hot(MyList()))


def hot_shaped(mapping):
    for number in range(3000):
        method = mapping.setdefault
        method(number % 10, number)
        name = mapping.name
    return len(mapping), type(method).__name__, shown(method), name


print(hot_shaped(Shaped()))
items = []
print(items.append == items.append, items.append is items.append, items.append == [].append, items.append != items.pop)
print(hash(items.append) == hash(items.append))
print([].append.__self__, "text".upper.__qualname__, {}.get.__doc__.splitlines()[0])
try:
    items.append(1, 2)
except TypeError as error:
    print(error)
append = items.append
for wrong in (lambda: append(), lambda: append(1, 2), lambda: append(object=1)):
    try:
        wrong()
    except TypeError as error:
        print(error)
print(isinstance([].append, type(len)), callable([].append), type([].append).__name__)
print(repr({}.get.__text_signature__), repr([].append.__text_signature__), repr(len.__text_signature__), len.__doc__)
