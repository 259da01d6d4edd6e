# A generator expression's own variable lives in a cell when a lambda or another generator expression inside captures it.
print(all(any(k == m for k in [1]) for m in [1]))
print([f() for f in list((lambda: m) for m in [1, 2])])
def nested(s): return list(list(k + m for k in s) for m in s)
print(nested([1, 2]))
def deep(s): return [list(x) for x in ((a + b + c for c in s) for a in s for b in s)]
print(deep([0, 1]))
def filters(s): return list(m for m in s if any(k > m for k in s))
print(filters([3, 1, 2]))
def unpacked(s): return [f() for f in ((lambda: (a, b)) for a, (b, *c) in s)]
print(unpacked([(1, (2, 3)), (4, (5,))]))
def walrus(s):
    made = list((lambda: (x, last)) for x in s if (last := x) or True)
    return [f() for f in made], last
print(walrus([1, 2, 3]))
def keys(s): return sorted(s, key=lambda x: sum(1 for y in s if (lambda: y < x)()))
print(keys([3, 1, 2]))
class C:
    items = [1, 2]
    made = list((lambda: i) for i in items)
print([f() for f in C.made])
def hot(n):
    total = 0
    for i in range(n):
        total += sum(f() + g for f in ((lambda: m + i) for m in (1, 2)) for g in (i for i in (1,)))
    return total
print(hot(200))
async def asynchronous(): return [f async for f in ((lambda: m) for m in [1])]
print(eval("[f() for f in ((lambda: m) for m in [7])]"), eval("[f() for f in ((lambda: m) for m in q)]", {"q": [8]}))
g = ((lambda: m) for m in [1, 2])
a = next(g)
print(a(), a.__closure__[0].cell_contents)
b = next(g)
print(a(), b(), a.__code__.co_freevars)
