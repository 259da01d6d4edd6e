# The TypeError messages for wrong calls.
def none():
    pass


def two(a, b):
    pass


def three(a, b, c=1):
    pass


def keyword(*, k, j):
    pass


def posonly(a, /, b):
    pass


class C:
    def __init__(self, x):
        pass

    def method(self, a):
        pass

    @staticmethod
    def static(a):
        pass


o = C(1)
five = 5
nothing = None
calls = [lambda: none(1), lambda: none(1, 2), lambda: none(x=1), lambda: two(), lambda: two(1), lambda: two(1, 2, 3), lambda: three(), lambda: three(1, 2, 3, 4),
         lambda: two(1, a=2), lambda: two(1, 2, c=3), lambda: keyword(), lambda: keyword(k=1), lambda: keyword(1, k=2, j=3), lambda: posonly(a=1, b=2),
         lambda: posonly(1, 2, 3, b=4), lambda: C(), lambda: C(1, 2), lambda: o.method(), lambda: o.method(1, 2), lambda: C.method(), lambda: C.static(),
         lambda: two(**{"a": 1, "z": 2, "b": 3}), lambda: two(*five), lambda: two(**five), lambda: two(**{1: 2}), lambda: two(a=1, **{"a": 2}),
         lambda: (lambda x: x)(), lambda: five(), lambda: o(), lambda: nothing(), lambda: len(), lambda: len(1, 2), lambda: len(x=1), lambda: [].append(1, 2)]
for round in range(20):
    for call in calls:
        try:
            call()
            print("no error")
        except TypeError as error:
            if round == 19:
                print(error)
