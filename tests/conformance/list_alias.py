# Two names for one list, inner lists shared, and += against + .
a = [1, 2]
b = a
c = a[:]
b.append(3)
a += [4]
a = a + [5]
print(a, b, c, a is b)
grid = [[0] * 3] * 3
grid[0][1] = 7
print(grid, grid[0] is grid[2])
grid = [[0] * 3 for _ in range(3)]
grid[0][1] = 7
print(grid)


def shuffle_through(first, second, rounds):
    total = 0
    for i in range(rounds):
        first[i % 4] = i
        total += second[i % 4]
        second[(i + 1) % 4] += 1
        total -= first[(i + 1) % 4]
    return total


data = [0, 1, 2, 3]
print(shuffle_through(data, data, 1000), data)
print(shuffle_through([0, 1, 2, 3], [0, 1, 2, 3], 1000))
row = [0]
table = {"row": row, "rows": [row, row]}
for i in range(500):
    table["row"][0] += 1
    table["rows"][i & 1][0] += row[0] % 2
print(row, table["rows"][0] is table["rows"][1])


def default_list(item, into=[]):
    into.append(item)
    return into


for i in range(300):
    result = default_list(i)
print(len(result), result[:3], default_list.__defaults__[0] is result)
