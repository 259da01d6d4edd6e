"""Methods found by `super` in hot loops: many types at one place, classes that change, what is no method."""


class Root:
    def name(self, suffix=""):
        return "root" + suffix

    @classmethod
    def made(cls):
        return cls.__name__

    @staticmethod
    def fixed():
        return 7

    value = property(lambda self: 3)


class Left(Root):
    def name(self, suffix=""):
        return "left<" + super().name(suffix)


class Right(Root):
    def name(self, suffix=""):
        return "right<" + super().name(suffix)


class Both(Left, Right):
    def name(self, suffix="!"):
        return "both<" + super().name(suffix)

    def others(self):
        return super().made(), super().fixed(), super().value, super(Left, self).name("?")

    def __init__(self):
        super().__init__()

    @classmethod
    def made(cls):
        return "own " + super().made()


many = [type(f"Kind{k}", (Both,), {}) for k in range(40)]


def hot(n):
    seen = {}
    for i in range(n):
        kind = (Left, Both, Right)[i % 3] if i < n // 2 else many[i % 40]
        text = kind().name()
        seen[text] = seen.get(text, 0) + 1
        if i == n // 3:
            Right.name = lambda self, suffix="": "changed" + suffix
        if i == n // 2:
            del Left.name
    return seen


print(hot(900))
both = Both()
print([both.others() for _ in range(300)][-1], Both.made(), many[3].made())


def given(super, n):
    class Odd(Root):
        def name(self):
            return super(Odd, self).name()
    return [Odd().name() for _ in range(n)][-1]


class Fake:
    def __init__(self, *arguments):
        self.arguments = arguments

    def name(self):
        return len(self.arguments)


print(given(super, 200), given(Fake, 200))
for bad in (lambda: super(Left, 1).name(), lambda: super(Left, Right()).name(), lambda: super(1, Left()).name()):
    try:
        bad()
    except TypeError as error:
        print(error)


class Empty(Root):
    def missing(self):
        return super().missing()


for _ in range(3):
    try:
        Empty().missing()
    except AttributeError as error:
        print(error)
