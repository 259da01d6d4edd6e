"""Deprecated ways that still work, each with its warning."""
import operator
import warnings


class I(int): pass
class F(float): pass
class C(complex): pass


def having(name, result):
    return type("X", (), {name: lambda self, *rest: result})()


def attempt(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try: result = call()
        except Exception as e: result = (type(e).__name__, str(e))
    print(result, *((w.category.__name__, str(w.message)) for w in caught))


for result in [I(3), True, "a"]:
    attempt(lambda: int(having("__int__", result)))
    attempt(lambda: operator.index(having("__index__", result)))
    attempt(lambda: [1, 2, 3, 4][having("__index__", result)])
for result in [F(3), "a"]:
    attempt(lambda: float(having("__float__", result)))
for result in [C(3), "a"]:
    attempt(lambda: complex(having("__complex__", result)))
print(operator.index(True), type(operator.index(True)))
for number in [True, False]:
    attempt(lambda: ~number)
    attempt(lambda: number.__invert__())


def g(): yield 1
async def ag(): yield 1
async def co(): pass


attempt(lambda: g().throw(ValueError, "x", None))
attempt(lambda: g().throw(ValueError))
attempt(lambda: g().throw(int, 5))
attempt(lambda: ag().athrow(ValueError, "x").close())
attempt(lambda: co().throw(ValueError, "x"))
attempt(lambda: setattr(lambda: 0, "__code__", g.__code__))
attempt(lambda: type("A", (), {1: 2}).__name__)


class Odd(Exception):
    def __new__(cls, *rest): return cls


try: g().throw(Odd)
except TypeError as e: print(e)

# Numbers that touch a keyword, hot ones too.
for source in ["0xfor 1", "9in [9]", "1.if 2else 3", "1jand 2", "0b1or 2", "[1for x in 'a']", "7is 7", "[(1, 2) (3)]", "[t'' (3)]"]:
    attempt(lambda: compile(source, "<s>", "eval") and source)
for i in range(3000):
    operator.index(having("__index__", 3))
