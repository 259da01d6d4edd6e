# Sorting is stable, also with reverse and keys; objects with only __lt__.
pairs = [(i * 7 % 5, i) for i in range(40)]
by_first = sorted(pairs, key=lambda p: p[0])
backwards = sorted(pairs, key=lambda p: p[0], reverse=True)
print(by_first[:10], backwards[:10])
print(all(x[1] < y[1] for x, y in zip(by_first, by_first[1:]) if x[0] == y[0]), all(x[1] < y[1] for x, y in zip(backwards, backwards[1:]) if x[0] == y[0]))


class Item:
    compared = 0

    def __init__(self, rank, name):
        self.rank, self.name = rank, name

    def __lt__(self, other):
        Item.compared += 1
        return self.rank < other.rank


items = [Item(i * 31 % 17, i) for i in range(100)]
ordered = sorted(items)
print([x.name for x in ordered[:12]], Item.compared > 100)
total = 0
for i in range(60):
    data = [((k * i) % 7, k) for k in range(20)]
    data.sort(key=lambda p: p[0])
    for position, (rank, k) in enumerate(data):
        total = (total * 31 + rank * position + k) % 1000003
print(total)
words = "the quick brown fox jumps over the lazy dog".split()
print(sorted(words, key=len), sorted(words, key=lambda w: (-len(w), w)), sorted(words, key=str.upper, reverse=True)[:3])
data = list(range(200)) + list(range(100, 300)) + list(range(50, 0, -1))
data.sort()
print(data[:4], data[-4:], sum(data), data == sorted(reversed(data)))
print(sorted([1.0, 1, True]), sorted([True, 1, 1.0]), sorted([0.0, -0.0]), sorted([-0.0, 0.0]))
