import collections

# Subclasses of dict: __missing__, overridden __getitem__ and __setitem__.
class Counter(dict):
    def __missing__(self, key):
        return 0


class Default(dict):
    def __missing__(self, key):
        value = self[key] = [key]
        return value


class Logged(dict):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.log = []

    def __setitem__(self, key, value):
        self.log.append(key)
        super().__setitem__(key, value)

    def __getitem__(self, key):
        return ("got", super().__getitem__(key))


counter = Counter()
for i in range(1000):
    counter[i % 13 if i % 2 else "even"] += 1
print(dict(counter), counter["none"], counter.get("none"), "none" in counter, len(counter))
default = Default()
for i in range(300):
    default[i % 5].append(i)
print({key: len(value) for key, value in default.items()}, default[9], sorted(default))
logged = Logged({"x": 1})
logged["a"] = 5
logged.update(b=6)
logged.setdefault("c", 7)
print(logged.log, logged["a"], logged.get("a"), logged, isinstance(logged, dict), logged == {"x": 1, "a": 5, "b": 6, "c": 7})
try:
    logged["zz"]
except KeyError as error:
    print(repr(error), error.args)
print(dict(logged), {**logged}, [*logged.values()])

first, second = collections.defaultdict(), collections.defaultdict(int)
print(first == second, first != second, first == {}, {} == second, collections.defaultdict(list, a=1) == second)
try:
    hash(first)
except TypeError as error:
    print(error)


def factory():
    calls.append(len(calls) + 1)
    mine = calls[-1]
    if mine == 1:
        nested["key"]
    return mine


calls = []
nested = collections.defaultdict(factory)
print(nested["key"], calls)
