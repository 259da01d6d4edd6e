# Attribute, slot and cell replacement drops the old value at once; order against the new.
class A:
    def __init__(self, name):
        print("make", name, end="; ")
        self.name = name

    def __del__(self):
        print("del", self.name, end="; ")


class Slotted:
    __slots__ = ("x",)


class Plain:
    pass


for kind in (Slotted, Plain):
    o = kind()
    o.x = A(1)
    o.x = A(2)
    del o.x
    o.x = A(3)
    o = None
    print(kind.__name__)


def cells():
    value = A("cell 1")

    def read():
        return value.name
    value = A("cell 2")
    print(read(), end="; ")
    del read
    value = None


cells()
print()


class Linked:
    count = 0

    def __init__(self, following):
        self.following = following

    def __del__(self):
        Linked.count += 1


head = None
for i in range(2000):
    head = Linked(head)
head = None
print(Linked.count)
head = None
for i in range(30000):
    head = (head, i)
head = None
nest = []
for i in range(30000):
    nest = [nest]
del nest
print("deep structures are gone")
x = [A("old")]
x[0] = x[0].name
print(x)
y = A("first")
y = y.name + "!"
print(y)


class Seen:
    def __del__(self):
        print("slot is", table.get("k", "absent") is None, end="; ")


table = {"k": Seen()}
table["k"] = None
table["k"] = Seen()
table["k"] = None
print()
