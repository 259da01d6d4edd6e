"""Calls with arguments before a starred one, with lists and mappings, their messages and the order in which they iterate."""


class Mapping:
    def __init__(self, items):
        self.items = items

    def keys(self):
        return self.items.keys()

    def __getitem__(self, key):
        return self.items[key]


def anything(*a, **k):
    return a, k


def three(a, b=2, *, c=3):
    return a, b, c


def defaults(a, b=2, c=3):
    return a, b, c


print(anything(1, *(2, 3), **{"x": 1}), anything(1, *[2], **Mapping({"z": 5})), anything(1, 2, **Mapping({"q": 1})))
print(three(1, *[7], c=1), three(*[1], **{"c": 9}), defaults(*(1,)), defaults(1, *[5]), defaults(*[], **{"a": 4}))
for source in """anything(1, *5)|anything(*5)|anything(1, **5)|anything(1, *[2], **3)|anything(1, **{1: 2})|three(1, *(2, 3))
three(*(1, 2, 3))|three(1, **{'a': 2})|anything(1, *(i for i in range(3)), **{'u': 3})|print(1, *[2, 3], sep='-')
anything(1, 2, 3, *'ab')|anything(1, *[2], *[3], x=1, **{'y': 2})|anything(1, *[2], x=1, **{'x': 2})|three(1, 2, 3, **{})
anything(**{'a': 1}, **{'a': 2})|[].append(*[1, 2])|int(*['12'], **{'base': 8})|anything(1, *None)|defaults(1, **{'d': 1})
defaults(**{'a': 1, 'b': 5})""".replace("\n", "|").split("|"):
    try:
        print(source, eval(source))
    except Exception as error:
        print(source, type(error).__name__, error)


class Built(*(int,), **{}):
    pass


print(Built.__mro__[1])


def order():
    log = []

    def items(name):
        log.append(name)
        yield 1

    def value(name):
        log.append(name)
        return 2
    anything(0, *items("first"), x=value("then"))
    anything(*items("last"), x=value("before"))
    keywords = {}
    anything(0, *items("alone"), **keywords)
    return log


print(order())


def hot(n):
    total = 0
    for i in range(n):
        a, k = anything(i, *[1, 2][:i % 3], **({"a": i} if i % 5 else {}))
        total += len(a) + k.get("a", 1) + sum(defaults(*(i, i)[:1 + i % 2])) + three(*[i], **{"c": i})[2]
    return total


print(hot(600))
