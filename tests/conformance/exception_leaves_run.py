# An exception that leaves the outermost frame of a run of the interpreter, from instructions that try a short way first.
def shown(f, *a, **k):
    try: return f(*a, **k)
    except Exception as e: return type(e).__name__, str(e)
for f, a in ((int, "x"), (float, "x"), (int, ""), (int, float("nan")), (int, float("inf")), (float, ""), (int, "9" * 5000)):
    print(shown(sorted, [a], key=lambda s: f(s)))
    print(shown(list, map(lambda s: f(s), [a, a])))
print(shown(eval, "int('q')"), shown(eval, "float('q')"), shown(eval, "chr(-1)"), shown(eval, "ord('ab')"))
class N:
    def __add__(self, other): return NotImplemented
    def __lt__(self, other): return NotImplemented
    def __eq__(self, other): return NotImplemented
    def __len__(self): return -1
    def __getitem__(self, key): raise KeyError(key)
    def __next__(self): raise OSError("next")
    def __iter__(self): return self
    def __bool__(self): raise ValueError("bool")
    def __contains__(self, item): raise TypeError("contains")
    def __call__(self): raise ZeroDivisionError("called")
    def __setattr__(self, name, value): raise AttributeError("no " + name)
    def __setitem__(self, key, value): raise IndexError(key)
    def __format__(self, spec): raise ValueError("format")
    @property
    def p(self): raise NameError("property")
class Raises(N):
    def __add__(self, other): raise ArithmeticError("add")
    def __lt__(self, other): raise ArithmeticError("lt")
    def __eq__(self, other): raise ArithmeticError("eq")
    def __len__(self): raise ArithmeticError("len")
class Long:
    def __len__(self): return 1 << 70
class Text:
    def __len__(self): return "3"
class Answer:
    def __lt__(self, other): return Raises()
n, r, long, text, answer = N(), Raises(), Long(), Text(), Answer()
TEXTS = ["n + n", "n < n", "n == 1", "len(n)", "n[1]", "next(n)", "[i for i in n]", "not n", "1 in n", "n()", "n.p", "f'{n}'",
    "r + n", "r < n", "r == n", "len(r)", "len(long)", "len(text)", "1 if answer < 1 else 2", "1 if r < 1 else 2", "n and 1",
    "list(i for i in n)", "sum(1 // 0 for i in [1])", "any(1 // 0 for i in [1])", "min(1 // 0 for i in [1])",
    "set([] for i in [1])", "' '.join(1 // 0 for i in [1])", "tuple(1 // 0 for i in [1])", "dict(x for x in [1])",
    "[a for a, b in zip([1], n)]", "[a for a, b in enumerate(n)]", "[a for a, b in enumerate(1 // 0 for i in [1])]",
    "max(1, 'a')", "abs('a')", "{}.get([])", "isinstance(1, 2)", "range('a')", "tuple(3)", "[][1:2:0]", "(lambda: 1 // 0)()"]
def once(source): return shown(eval, source)
for source in TEXTS: print(source, "->", once(source))
def hot(source, count):
    caught = 0
    for i in range(count):
        try: eval(source)
        except Exception: caught += 1
    return caught
print([hot(source, 40) for source in TEXTS])
def through_map(f, count):
    caught = 0
    for i in range(count):
        try: list(map(f, [i]))
        except Exception: caught += 1
    return caught
class Setter:
    def __setattr__(self, name, value): raise AttributeError(name)
s = Setter()
def store(x): s.value = x
def store_item(x): n[x] = x
def compare(x):
    if n < x: return 1
    return 2
def truth(x): return 1 if n else 2
def init(x): return Bad()
class Bad:
    def __init__(self): return 5
print([through_map(f, 60) for f in (store, store_item, compare, truth, init, lambda x: n + x, lambda x: len(n), lambda x: int("x"), lambda x: n.p)])
class Finalized:
    def __del__(self): int("in del")
int("end")
