# Recursive functions, which have traces of their own: results, limits, errors, and changes under way.
import sys


def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


print(fibonacci(19), ackermann(2, 30), is_even(400), [is_odd(n) for n in range(6)])


def endless(n):
    return endless(n + 1) + 1


for _ in range(3):
    try:
        endless(0)
    except RecursionError as error:
        print("RecursionError", str(error).startswith("maximum recursion depth exceeded"))


def depth(n):
    return 0 if n == 0 else depth(n - 1) + 1


sys.setrecursionlimit(5000)
print(depth(4000), sum(depth(n) for n in range(300)))


class Leaf(Exception):
    pass


def search(node, wanted):
    if node is None:
        return 0
    if node[0] == wanted:
        raise Leaf(wanted)
    return search(node[1], wanted) + search(node[2], wanted) + 1


def build(n):
    return (n, build(n - 1), build(n - 2)) if n > 0 else None


tree = build(11)
found = 0
for n in range(60):
    try:
        found += search(tree, n)
    except Leaf as leaf:
        found -= leaf.args[0]
print(found)


def scaled(n, factor=3):
    if n == 0:
        return factor
    return scaled(n - 1, factor) + 1


print(sum(scaled(n % 20) for n in range(400)))
scaled.__defaults__ = (5,)
print(sum(scaled(n % 20) for n in range(400)))


def count(n):
    global count
    if n == 0:
        return 0
    if n == 333:
        count = lambda m: m * 1000
    return count(n - 1) + 1


print(count(400))
print(fibonacci(12.5), fibonacci(True))


class Node:
    deaths = 0

    def __init__(self, left, right):
        self.left, self.right = left, right

    def __del__(self):
        Node.deaths += 1


def make(n):
    return Node(make(n - 1), make(n - 1)) if n else Node(None, None)


def size(node):
    return 0 if node is None else size(node.left) + size(node.right) + 1


print([size(make(n)) for n in range(9)], Node.deaths)
