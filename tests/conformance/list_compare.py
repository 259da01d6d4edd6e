# Lexicographic comparison, identity shortcuts, comparisons that run Python code.
print([1, 2] < [1, 3], [1, 2] < [1, 2, 0], [] < [0], [2] > [1, 9], [1, 2] == [1.0, 2], [1] != [1], [[1], 2] <= [[1], 2])
calls = 0


class Number:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        global calls
        calls += 1
        return self.value == other.value

    def __lt__(self, other):
        global calls
        calls += 10
        return self.value < other.value


left = [Number(i % 5) for i in range(10)]
right = [Number(i % 5) for i in range(10)]
print(left == right, calls, left == left, calls, left < right, calls)
right[7].value = 99
print(left == right, left < right, calls, right[7] in left, left.count(Number(0)), left.index(Number(3)), calls)
count = 0
for i in range(400):
    if [i % 3, i % 5] < [i % 4, i % 2]:
        count += 1
    if [Number(i)] == [Number(i)]:
        count += 1
print(count, calls)
for make in (lambda: [1] < ["a"], lambda: [1] < (1,), lambda: [None] > [1]):
    try:
        make()
    except TypeError as error:
        print(error)
print([1, "a"] < [2, 3], [1, 2] == (1, 2))
