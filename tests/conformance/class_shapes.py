# Instances of one class with attributes set in different order and number, in a hot loop.
class Bag:
    pass


def make(i):
    bag = Bag()
    if i % 2:
        bag.a = i
        bag.b = 2
    else:
        bag.b = 2
        bag.a = i
    if i % 3 == 0:
        bag.c = "c"
    return bag


total = 0
for i in range(1000):
    bag = make(i)
    total += bag.a - bag.b
    if hasattr(bag, "c"):
        del bag.a
        bag.a = 5
        total += bag.a
    total += len(bag.__dict__)
print(total, list(make(3).__dict__), list(make(6).__dict__))
wide = Bag()
for i in range(300):
    setattr(wide, "f" + str(i), i)
print(sum(getattr(wide, "f" + str(i)) for i in range(300)), len(vars(wide)), list(vars(wide))[-1])
for i in range(0, 300, 2):
    delattr(wide, "f" + str(i))
print(len(vars(wide)), wide.f1, hasattr(wide, "f0"))
first = Bag()
first.value = 1
alias = first
for i in range(500):
    alias.value += i
    first.value ^= 1
    if i == 250:
        alias.__dict__["value"] = 3
print(first.value, alias.value)


class Node:
    def __init__(self, value, following=None):
        self.value = value
        self.following = following


chain = None
for i in range(500):
    chain = Node(i, chain)
total = 0
while chain is not None:
    total = (total * 3 + chain.value) % 10007
    chain = chain.following
print(total)
