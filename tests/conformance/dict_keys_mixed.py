# Keys of many types, equal keys of different type, and user-defined keys with collisions.
class Key:
    compared = 0

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return len(self.name) % 2

    def __eq__(self, other):
        Key.compared += 1
        return isinstance(other, Key) and self.name == other.name

    def __repr__(self):
        return f"Key({self.name})"


d = {1: "int", "1": "str", (1,): "tuple", None: "none", 2.5: "float", b"1": "bytes", frozenset([1]): "set", int: "type"}
d[True] = "bool"
d[1.0] = "float one"
print(d, len(d), d[1], d[frozenset({1})], d[int])
keys = {}
for i in range(300):
    keys[Key("k" * (i % 6))] = i
print(keys, Key.compared > 300, Key("kk") in keys, Key("no") in keys)
del keys[Key("")]
print(len(keys))
mixed = {}
pool = [0, "a", 1.5, (1, 2), None, True, b"b", "é"]
for i in range(800):
    key = pool[i % 8] if i > 300 else i % 10
    mixed[key] = mixed.get(key, 0) + 1
print(mixed)


class Bad:
    __hash__ = None


class Explodes:
    def __hash__(self):
        raise RuntimeError("no hash today")


for key in (Bad(), [], {}, set(), Explodes(), slice([])):
    try:
        d[key]
    except (TypeError, RuntimeError) as error:
        print(type(error).__name__, error)
