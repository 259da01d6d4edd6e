# A pipeline of generators in a hot loop, abandoned in the middle, with types that change.
def source(n):
    for i in range(n):
        yield i if i < n - 50 else i / 2


def keep(items, divisor):
    for item in items:
        if item % divisor:
            yield item


def pairs(items):
    for item in items:
        try:
            yield item, next(items)
        except StopIteration:
            return
        except RuntimeError:
            return


def running(items):
    total = 0
    for item in items:
        total += item
        yield total


print(sum(running(keep(source(900), 3))))
taken = 0
pipeline = running(keep(source(2000), 7))
for value in pipeline:
    taken += 1
    if value > 100000:
        break
print(taken, value, next(pipeline), next(pipeline))
print([p for p in pairs(iter(range(7)))], sum(a * b for a, b in pairs(source(600))))


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right

    def insert(self, value):
        side = "left" if value < self.value else "right"
        child = getattr(self, side)
        if child:
            child.insert(value)
        else:
            setattr(self, side, Tree(value))


tree = Tree(50)
for i in range(150):
    tree.insert(i * 37 % 101)
values = list(tree)
print(len(values), values == sorted(values), sum(tree), next(iter(tree)))
