# __eq__ and __hash__ decide sets and dicts; changing them in a hot loop is seen.
class Key:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __eq__(self, other):
        return isinstance(other, Key) and (self.a, self.b) == (other.a, other.b)

    def __hash__(self):
        return hash((self.a, self.b))


table = {}
for i in range(900):
    key = Key(i % 5, str(i % 3))
    table[key] = table.get(key, 0) + i
print(len(table), table[Key(2, "1")], Key(9, "") in table, sorted(table.values())[:4])
unique = {Key(i % 4, 0) for i in range(200)}
print(len(unique), Key(3, 0) in unique)
found = 0
for i in range(600):
    found += Key(i % 6, 0) in unique
    if i == 400:
        Key.__hash__ = lambda self: 0
print(found)
Key.__eq__ = object.__eq__
print(Key(3, 0) in unique, len({Key(1, 1), Key(1, 1)}))


class NoHash:
    def __eq__(self, other):
        return True


class Inherited(NoHash):
    __hash__ = object.__hash__


try:
    hash(NoHash())
except TypeError as error:
    print(error)
print(isinstance(hash(Inherited()), int), NoHash.__hash__, NoHash() == 5, 5 == NoHash(), [1, 2] == [NoHash(), NoHash()])


class BadHash:
    def __hash__(self):
        return "x"


class BigHash:
    def __hash__(self):
        return 1 << 100


try:
    {BadHash()}
except TypeError as error:
    print(error)
print(hash(BigHash()) == hash(1 << 100))
