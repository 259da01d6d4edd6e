# A dict whose other keys have their own equality: asked in the middle of a trace.
class K:
    def __init__(self, v): self.v = v
    def __hash__(self): return hash(self.v)
    def __eq__(self, o):
        global log
        log += 1
        return self.v == o
log = 0
d = {K(5): 'five', 'a': 1, 7: 2}
def run(n):
    t = 0
    for i in range(n):
        k = 5 if i % 3 == 0 else 7
        if k in d: t += 1
        d[k] = i
        t += len(str(d.get(k, 0))) + (d[k] or 0)
        d['a'] = t
    return t, log
print(run(3000))
del d[5]
print(sorted(map(str, d.values())))
