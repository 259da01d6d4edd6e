# Two instructions that are done at once must leave behind what later ones still read.
x = [1, 2, 3]
x[1:2] *= 2
x[1:2] += [1]
print(x)
def slices(n):
    y = list(range(10))
    for i in range(n):
        y[1:3] += [i]
        y[:2] = y[1:3] = [i, i + 1]
        y[::2] = y[::2]
        if len(y) > 12: del y[5:]
        s = slice(1, 3)
        y[s] = [i]
        a = y[s]
        y[s] += a
    return y, s
print(slices(100))
def named(n):
    y = [5, 6, 7, 8]
    for i in range(n):
        part = y[(k := slice(1, 3))]
        y[(m := slice(0, 1))] = [i]
        text = "abcdef"[(k2 := slice(2, 4))]
    return part, k, m, text, k2, y
print(named(100))
def pairs(a, b, n):
    out = []
    for _ in range(n):
        for p in zip(a, b):
            x, y = p
            out.append(p)
        for q in enumerate(a):
            x, y = q
            out.append(q)
        for r in enumerate(g for g in a):
            x, y = r
            out.append((r, x, y))
    return out[-6:], p, q, r, len(out)
print(pairs([1, 2], [3, 4], 60))
def swapped(n):
    for p in zip(range(n), range(n)):
        p, q = p
    return p, q
print(swapped(50))
def same(n):
    for p in enumerate(range(n)):
        q, p = p
    return p, q
print(same(50))
def counted(n):
    r = range(n)
    it = iter(r)
    total = 0
    for i in (s := range(n)): total += i + len(s)
    for i in r: total += len(r)
    return total, next(it), s
print(counted(60))
def augmented(n):
    d = {}
    t = [0] * 5
    for i in range(n):
        t[i % 3:i % 3 + 1] += [i]
        t[(lambda: slice(0, 2))()] *= 1
        d[i % 5, i % 2] = d.get((i % 5, i % 2), 0)
        d[i % 5, i % 2] += i
        del t[5:]
    return t, d
print(augmented(100))
class Log:
    def __getitem__(self, key): return [key]
    def __setitem__(self, key, value): self.last = key, value
def objects(n):
    log = Log()
    for i in range(n):
        log[i:i + 1] += [i]
        log[i:i + 1, ...] += [i]
    return log.last
print(objects(80))
