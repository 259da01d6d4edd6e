# fib, ackermann, hanoi, permutations, mutual recursion.
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def hanoi(n, a, b, c):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


def permutations(items):
    if not items:
        return [[]]
    return [[x] + rest for i, x in enumerate(items) for rest in permutations(items[:i] + items[i + 1:])]


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def gcd(a, b):
    return a if b == 0 else gcd(b, a % b)


def flatten(x):
    return sum((flatten(y) for y in x), []) if isinstance(x, list) else [x]


print(fib(17), ackermann(2, 9), hanoi(9, "a", "b", "c"), len(permutations([1, 2, 3, 4, 5])), permutations(["a", "b", "c"])[3])
print(even(300), odd(301), even(7), sum(gcd(i, 360) for i in range(400)), flatten([1, [2, [3, [4]], 5]]))
factorial = lambda n: 1 if n == 0 else n * factorial(n - 1)
print(factorial(50), (lambda f: f(f, 10))(lambda f, n: n and n + f(f, n - 1)))


class Tree:
    def __init__(self, depth):
        self.children = [Tree(depth - 1), Tree(depth - 1)] if depth else []

    def size(self):
        return 1 + sum(child.size() for child in self.children)

    def depth(self):
        return 1 + max((child.depth() for child in self.children), default=0)


print(Tree(7).size(), Tree(5).depth())
