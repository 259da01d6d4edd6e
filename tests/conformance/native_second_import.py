# modes: native
"""Native modules that are imported a second time: exceptions and singletons that were known before stay what they are."""
import copy
import functools
import mmap
import sys

FIRST = {}
for name, attribute in [("_struct", "error"), ("_csv", "Error"), ("termios", "error"), ("_functools", "Placeholder")]:
    FIRST[name] = __import__(name)
    sys.modules.pop(name)
    __import__(name)

try:
    FIRST["_struct"].pack("b", 1000)
except FIRST["_struct"].error as error:
    print("struct:", error)
try:
    list(FIRST["_csv"].reader(['"a']  * 2, strict=True))
except FIRST["_csv"].Error as error:
    print("csv:", error)
try:
    FIRST["termios"].tcgetattr(10**6)
except FIRST["termios"].error as error:
    print("termios:", error)
Placeholder = FIRST["_functools"].Placeholder
print(type(Placeholder)() is Placeholder)
try:
    type(Placeholder)(1)
except TypeError as error:
    print(error)

# Parts of calls: their tuple is one object, and is plain; so is the dict.
class Tuple(tuple):
    pass


class Dict(dict):
    pass


part = functools.partial(lambda *args, **kwargs: (type(args), type(kwargs), args, kwargs), [1], a=2)
print(part.args is part.args, copy.copy(part).args is part.args)
part.__setstate__((part.func, Tuple((1, 2)), Dict(b=3), None))
print(type(part.args), type(part.keywords), part())
part.keywords[1] = 2
try:
    part()
except TypeError as error:
    print(error)

# `__dict__` of objects of builtin types can be replaced, but not deleted.
class Derived(functools.partial):
    pass


class Plain:
    pass


for thing in (part, Derived(hex), Exception(), functools.lru_cache(int), Plain()):
    try:
        del thing.__dict__
        print("deleted")
    except TypeError as error:
        print(error)
    thing.__dict__ = {"x": 1}
    print(thing.x)

# Mappings of memory: what looks at no bytes works where they may not be touched, and behind their end.
with mmap.mmap(-1, 2 * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=0) as guard:
    print(len(guard) == 2 * mmap.PAGESIZE, guard.tell())
with mmap.mmap(-1, 2 * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as mapping:
    mapping.seek(2 * mmap.PAGESIZE)
    mapping.resize(mmap.PAGESIZE)
    print(mapping.read(), mapping.readline())
