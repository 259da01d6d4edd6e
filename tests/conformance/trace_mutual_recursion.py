# Calls that a trace makes rather than inlines, to functions with other names and caches than the caller's.
class Leaf:
    def __init__(self, weight):
        self.weight = weight

    def total(self, walker):
        walker.leaves += 1
        return self.weight

    def label(self):
        return "leaf"


class Branch:
    def __init__(self, first, second):
        self.first = first
        self.second = second

    def total(self, walker):
        walker.branches += 1
        left = walker.visit(self.first)
        right = walker.visit(self.second)
        return left + right + len(self.label())

    def label(self):
        return "branch"


class Walker:
    def __init__(self):
        self.leaves = 0
        self.branches = 0
        self.visited = 0
        self.names = {}

    def visit(self, node):
        self.visited += 1
        found = node.total(self)
        name = node.label()
        self.names[name] = self.names.get(name, 0) + 1
        return found


def tree(depth):
    if depth == 0:
        return Leaf(1)
    return Branch(tree(depth - 1), tree(depth - 2) if depth > 1 else Leaf(depth))


for depth in (3, 9, 13):
    walker = Walker()
    print(walker.visit(tree(depth)), walker.visited, walker.leaves, walker.branches, sorted(walker.names.items()))


class Parser:
    """Rules that call each other: sum, product, atom."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def sum(self):
        value = self.product()
        while self.at < len(self.text) and self.text[self.at] in "+-":
            sign = self.text[self.at]
            self.at += 1
            other = self.product()
            value = value + other if sign == "+" else value - other
        return value

    def product(self):
        value = self.atom()
        while self.at < len(self.text) and self.text[self.at] == "*":
            self.at += 1
            value = value * self.atom() % 1009
        return value

    def atom(self):
        if self.text[self.at] == "(":
            self.at += 1
            value = self.sum()
            assert self.text[self.at] == ")", self.at
            self.at += 1
            return value
        start = self.at
        while self.at < len(self.text) and self.text[self.at].isdigit():
            self.at += 1
        if start == self.at:
            raise SyntaxError(f"number expected at {start}")
        return int(self.text[start:self.at])


def nested(depth):
    return f"({nested(depth - 1)}+2)*3-(1*{depth})" if depth else "7"


print([Parser(nested(depth)).sum() for depth in range(0, 40, 3)])
outcomes = []
for depth in range(60):
    text = nested(depth % 25)
    if depth % 7 == 3:
        text = text.replace("7", "", 1)
    try:
        outcomes.append(Parser(text).sum())
    except (SyntaxError, AssertionError, IndexError) as error:
        outcomes.append(str(error))
print(outcomes)


def ping(n, log):
    if n == 0:
        return log.append("end") or 0
    log.append("ping")
    return pong(n - 1, log) + 1


def pong(n, log):
    size = len(log)
    if n == 0:
        log.extend(("end", "of", "pong"))
        return size
    return ping(n - 1, log) - 1 + max(size, n) % 2


for n in (10, 201, 301):
    log = []
    print(ping(n, log), len(log), log[-1], log.count("ping"))
