# Who is asked, how often and in which order, when methods of operators and comparisons answer NotImplemented.
calls = []


def methods(names):
    def make(name):
        def method(self, other):
            calls.append(f"{type(self).__name__}.{name}")
            return NotImplemented
        method.__name__ = name
        return method
    return {name: make(name) for name in names.split()}


BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "truediv": lambda a, b: a / b,
    "floordiv": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
    "pow": lambda a, b: a ** b,
    "matmul": lambda a, b: a @ b,
    "lshift": lambda a, b: a << b,
    "rshift": lambda a, b: a >> b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
}
COMPARE = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}
BRANCH = {
    "lt": lambda a, b: 1 if a < b else 2,
    "le": lambda a, b: 1 if a <= b else 2,
    "eq": lambda a, b: 1 if a == b else 2,
    "ne": lambda a, b: 1 if a != b else 2,
    "gt": lambda a, b: 1 if not a > b else 2,
    "ge": lambda a, b: 1 if not a >= b else 2,
}


def report(title, function, a, b):
    calls.clear()
    try:
        result = function(a, b)
    except TypeError as error:
        result = error
    print(title, type(a).__name__, type(b).__name__, calls, result)


for name, function in BINARY.items():
    both = f"__{name}__ __r{name}__"
    A = type("A", (), methods(both))
    B = type("B", (), methods(both))
    Plain = type("Plain", (), {})
    Child = type("Child", (A,), {})
    Override = type("Override", (A,), methods(f"__r{name}__"))
    OnlyLeft = type("OnlyLeft", (A,), methods(f"__{name}__"))
    OnlyRight = type("OnlyRight", (), methods(f"__r{name}__"))
    OnlyForward = type("OnlyForward", (), methods(f"__{name}__"))
    Number = type("Number", (int,), methods(both))
    pairs = [
        (A(), A()), (A(), B()), (A(), Plain()), (Plain(), A()), (A(), 1), (1, A()), (A(), Child()), (Child(), A()),
        (A(), Override()), (Override(), A()), (Override(), Override()), (A(), OnlyLeft()), (A(), OnlyRight()),
        (OnlyRight(), OnlyRight()), (OnlyForward(), OnlyForward()), (OnlyForward(), OnlyRight()),
        (A(), OnlyForward()), (A(), Number(3)), (Number(3), A()), (Number(3), 4), (4, Number(3)),
    ]
    for a, b in pairs:
        report(name, function, a, b)

for table in COMPARE, BRANCH:
    for name, function in table.items():
        every = " ".join(f"__{other}__" for other in COMPARE)
        A = type("A", (), methods(every))
        B = type("B", (), methods(every))
        One = type("One", (), methods(f"__{name}__"))
        Plain = type("Plain", (), {})
        Child = type("Child", (A,), {})
        Override = type("Override", (A,), methods(every))
        Number = type("Number", (int,), methods(every))
        pairs = [
            (A(), B()), (A(), One()), (One(), A()), (One(), One()), (A(), Child()), (Child(), A()),
            (A(), Override()), (Override(), A()), (A(), 1), (1, A()), (Number(3), 3), (3, Number(3)),
            (A(), Plain()), (Plain(), A()),
        ]
        same = A()
        for a, b in pairs + [(same, same)]:
            calls.clear()
            try:
                result = function(a, b)
            except TypeError as error:
                result = error
            print(name, type(a).__name__, type(b).__name__, calls, result)


class Asked:
    def __init__(self):
        self.asked = 0

    def __add__(self, other):
        self.asked += 1
        return NotImplemented

    def __eq__(self, other):
        self.asked += 1
        return NotImplemented

    def __lt__(self, other):
        self.asked += 1
        return NotImplemented


class Answers:
    def __init__(self):
        self.asked = 0

    def __radd__(self, other):
        self.asked += 1
        return self.asked

    def __eq__(self, other):
        self.asked += 1
        return self.asked % 2 == 0

    def __gt__(self, other):
        self.asked += 1
        return self.asked % 3 == 0


def hot(left, right):
    total = equal = less = 0
    for _ in range(3000):
        total += left + right
        if left == right:
            equal += 1
        if left < right:
            less += 1
    return total, equal, less


left, right = Asked(), Answers()
print(hot(left, right), left.asked, right.asked)


def hot_error(left):
    count = 0
    for _ in range(2000):
        try:
            left + 1
        except TypeError:
            count += 1
        if left == 1:
            count += 1000
    return count


left = Asked()
print(hot_error(left), left.asked)
