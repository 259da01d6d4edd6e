# An unknown keyword: the message names the closest one there is.
def tell(f):
    try: f()
    except TypeError as e: print(e)
def foo(first, second, third): pass
def add(*, a, bluch): pass
def only(first, /, *, second): pass
def many(a, b, c, *rest, option=1, other=2): pass
class C:
    def __init__(self, width, height): pass
    def method(self, value): pass
for f in (lambda: foo(fist=1), lambda: add(bluchin=1, a=1), lambda: "a".split(maxsplt=1), lambda: foo(1, 2, 3, frist=3), lambda: foo(zzz=1), lambda: print(spe=1), lambda: int("1", bse=3), lambda: sorted([1], rev=1), lambda: dict.fromkeys([1], valu=2), lambda: (1).to_bytes(lenght=2), lambda: foo(first=1, secon=2, third=3), lambda: sum([1], strt=3),
    lambda: only(1, secnd=2), lambda: only(fist=1, second=2), lambda: many(1, 2, 3, optoin=1), lambda: many(1, 2, 3, 4, OPTION=1), lambda: C(widht=1), lambda: C(1, 2).method(valeu=1), lambda: (lambda abc: 1)(acb=1),
    lambda: print(sepp=1), lambda: print(fil=1), lambda: complex(rael=1), lambda: complex(imga=1), lambda: str(b"a", encodng="u"), lambda: bytes("a", encdoing="u"), lambda: max(1, 2, kye=1), lambda: min([1], defualt=1), lambda: zip([1], strct=1), lambda: property(fgte=1), lambda: enumerate([1], strat=1), lambda: round(1.5, ndigit=1), lambda: "a".encode(erors="x"), lambda: ImportError(nam=1), lambda: foo(a_very_long_name_that_is_longer_than_forty_letters=1)):
    tell(f)
def hot(n):
    seen = set()
    for i in range(n):
        try: foo(1, 2, thrid=i)
        except TypeError as e: seen.add(str(e))
    return seen
print(hot(60))
