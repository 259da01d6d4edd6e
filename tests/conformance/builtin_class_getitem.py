# Type arguments of builtin types: `T[...]` by `__class_getitem__`.
def numbers():
    yield 1

generator = type(numbers())
for kind in (list, dict, tuple, set, frozenset, enumerate, generator, staticmethod, classmethod):
    alias = kind[int]
    print(alias, alias.__origin__ is kind, alias.__args__, kind[int, str].__args__)

class Box(staticmethod):
    pass

print(Box[int].__origin__ is Box, staticmethod[int](len).__func__ is len)
found = 0
for kind in [list, generator, classmethod] * 50:
    found += kind[int].__origin__ is kind
print(found)
for kind in (int, slice, property):
    try:
        kind[int]
    except TypeError as error:
        print(error)
