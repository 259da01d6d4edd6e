# A comprehension in a module or class body: its variables, while it runs, are all that `locals()` and `f_locals` have.
import sys

y = 0
numbers = [1, 2]
print([sorted(locals()) for x in numbers])
print([locals()["x"] for x in numbers], [vars()["x"] for x in numbers], ["x" in dir() for x in numbers])
print([eval("x") for x in numbers])
[exec("y = x") for x in numbers]
print(y, "x" in globals())
print([globals() is locals() for x in numbers], globals() is locals())
dicts = [locals() for x in "ab"]
print(dicts, dicts[0] is dicts[1])
proxies = [sys._getframe().f_locals for x in "ab"]
print(type(proxies[0]).__name__, [sorted(proxy) for proxy in proxies])
print([sys._getframe().f_locals["x"] for x in numbers])
print([sorted(locals()) for x in numbers for second in "a"][0], [[sorted(locals()) for x in "c"] for x in numbers])
print([(lambda: x)() + len(locals()) for x in numbers])
frame = sys._getframe()
print([frame.f_locals.__setitem__("x", 9) or x for x in numbers])
print("x" in [frame.f_locals for a in [0]][0])
print({x: sorted(locals()) for x in "k"}, {len(locals()) for x in numbers})
print([list(locals()) == ["q"] for _ in [1]], list(locals() is globals() for _ in [1]))


class Body:
    own = 1
    print([locals()["x"] for x in [1, 2]])
    print(["own" in locals() for x in [1]], "own" in locals())
    [exec("own = x") for x in [5]]
    print(own)
    print([sys._getframe().f_locals["x"] for x in [7]])


exec("print([sorted(locals()) for x in [1]], sorted(locals()))", {"a": 1}, {"k": 1})
print(eval("[sorted(locals()) for x in [1]]", {}, {"k": 1}))


def inside():
    own = 1
    print([sorted(locals()) for x in [1]], sorted(locals()))
    frame = sys._getframe()
    print([frame.f_locals.__setitem__("x", 9) or x for x in [3]])
    own = [[own for own in [sys._getframe().f_locals["own"]]] for own in "ab"]
    return own


for _ in range(60):
    result = inside() if _ == 0 else None
    found = [[locals()["x"] for x in numbers] for _ in "a"]
print(result, found)
