"""Unpacked aliases: they copy, their iterator pickles, and a repr survives arguments that change it."""

import copy
import pickle
from types import GenericAlias

for alias in next(iter(tuple[int])), next(iter(tuple[int, ...])), tuple[str, *tuple[int, ...]], list[*tuple[int]]:
    print(alias, copy.copy(alias) == alias, copy.deepcopy(alias) == alias)
    print(pickle.loads(pickle.dumps(alias)) == alias, alias.__unpacked__)

iterator = iter(tuple[int])
print(type(iterator).__name__, iterator.__reduce__())
print(list(iterator), list(iterator))
print(iterator.__reduce__())


class Zap:
    def __init__(self, container):
        self.container = container

    def __getattr__(self, name):
        if name == "__origin__":
            self.container.clear()
            return None
        if name == "__args__":
            return ()
        raise AttributeError(name)


for _ in range(300):
    items = []
    items.append(Zap(items))
    shown = repr(GenericAlias(list, (items,)))
print(len(items), "Zap object" in shown)

print(set(dir(list)) <= set(dir(list[int])), sorted(set(dir(list[int])) - set(dir(list))))
