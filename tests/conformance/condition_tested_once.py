# How often `and`, `or`, `not` and `if` ask for the truth of a value.
log = []
class V:
    def __init__(self, name, truth): self.name, self.truth = name, truth
    def __bool__(self): log.append(self.name); return self.truth
    def __lt__(self, other): log.append(self.name + "<"); return self
    def __repr__(self): return self.name
SOURCES = """a and b or c
a or b and c or d
(a or b) and c
a and (b or c) and d
not (a and b) or c
(not a and b) or c
1 if a and b or c else 2
(a if b else c) or d
((a and b) if c else (b and d)) or e
((a or b) if c else (b or d)) and e
(a < b < c) or d
a < b and c or d
(w := a and b) or c
a and b and c or d and e
((a and b) or (c and d)) and e
(a or b) and (c or d) or e
not a or not b and not c
[a and b or c][0]
(lambda: a and b or c)()
f'{a and b or c}'
not not (a or b)
(a and 1) or (b and 2)""".split("\n")
for source in SOURCES:
    code = compile(source, "s", "eval")
    out = []
    for bits in range(32):
        values = {name: V(name, bool(bits >> i & 1)) for i, name in enumerate("abcde")}
        log.clear()
        result = eval(code, dict(values))
        out.append(repr(result) + ":" + "".join(log))
    print(source, "|", " ".join(out[:12] + out[-3:]))
def statements(a, b, c):
    r = []
    if a and b or c: r.append(1)
    while not (a or b) and c: r.append(2); break
    assert a and b or c or True
    r += [x for x in [1] if a and b or c]
    r.append(a and b or c)
    return r
for bits in range(8):
    log.clear()
    print(statements(*(V(name, bool(bits >> i & 1)) for i, name in enumerate("abc"))), "".join(log))
def hot(n):
    total = 0
    for i in range(n):
        a, b, c = V("a", i % 2 == 0), V("b", i % 3 == 0), V("c", i % 5 == 0)
        r = a and b or c
        total += (r is a) + 2 * (r is b) + 4 * (r is c)
    return total
log.clear(); print(hot(200), len(log))
