# repr of nested and recursive lists, equality and copying of nested lists.
items = [1, [2, [3, "x"]], (4,), {"k": [5]}]
items.append(items)
print(items)
print(items[4] is items, items[4][4][1][1])
table = {}
table["self"] = table
print(table)
pair = ([],)
pair[0].append(pair)
print(pair)
deep = []
for _ in range(50):
    deep = [deep]
print(repr(deep).count("["))
matrix = [[i * j for j in range(12)] for i in range(12)]
trace = 0
for _ in range(20):
    for i in range(12):
        row = matrix[i]
        for j in range(12):
            row[j] = (row[j] + matrix[j][i]) % 1009
        trace += matrix[i][i]
print(trace, matrix[3][:5])
print([[1, 2], [3]] == [[1, 2], [3]], [*[1, 2], *(3, 4)], [[]] * 2)
