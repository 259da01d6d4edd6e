# All list methods and their errors.
items = [3, 1, 2]
items.append(5)
items.extend((7, 8))
items.insert(1, 9)
items.insert(-100, 0)
items.insert(100, 99)
print(items, items.index(9), items.count(1), items.pop(), items.pop(0), items.pop(-2), items)
items.remove(9)
items.sort()
items.reverse()
copy = items.copy()
items.clear()
print(items, copy, copy is items, copy + [1], copy * 2, 2 * [0], [] * 5, [1] * -1, 3 in copy, 4 not in copy)
total = 0
stack = []
for i in range(1500):
    stack.append(i)
    if i % 3 == 0:
        total += stack.pop()
    if i % 50 == 49:
        stack.insert(0, -i)
        total += stack.pop(0) + stack.index(stack[-1])
print(total, len(stack), sum(stack))
for make in (lambda: [].pop(), lambda: [1].pop(5), lambda: [1].remove(2), lambda: [1].index(2), lambda: [1][1], lambda: [1].__getitem__("a"),
             lambda: [1] + (2,), lambda: [1] * "a", lambda: [1].index(1, 1), lambda: [1].extend(5), lambda: [1].append()):
    try:
        make()
    except (IndexError, ValueError, TypeError) as error:
        print(type(error).__name__, error)
try:
    items[3] = 1
except IndexError as error:
    print(error)
