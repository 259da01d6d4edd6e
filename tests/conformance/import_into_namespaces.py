# What the import statement stores where, and which function it calls.
import builtins


def show(*items):
    print(*items)


# `import *` stores where the code's names are, which need not be the globals.
globals_, locals_ = {}, {}
exec("from math import *", globals_, locals_)
show("sin" in globals_, "sin" in locals_)


class Namespace(dict):
    def __setitem__(self, key, value):
        if key == "pi":
            show("stored", key)
        super().__setitem__(key, value)


exec("from math import *", {}, Namespace())


# A function of Python's own takes the place of `__import__`.
def load():
    import os
    return os


real = builtins.__import__
builtins.__import__ = lambda *arguments: arguments[0]
try:
    for _ in range(50):
        found = load()
    show(found)
finally:
    builtins.__import__ = real
show(load().__name__)

# Names of `__all__` and of a module are strings.
import sys
import types

module = types.ModuleType("odd")
module.__all__ = [b"name"]
sys.modules["odd"] = module
try:
    exec("from odd import *", {})
except TypeError as error:
    show(error)
del module.__all__
module.__dict__[b"name"] = 1
try:
    exec("from odd import *", {})
except TypeError as error:
    show(error)

# A module that is being imported says so, and what hides it.
specification = types.SimpleNamespace(_initializing=True, has_location=False, origin=None)
module = types.ModuleType("half")
module.__spec__ = specification
sys.modules["half"] = module
try:
    module.name
except AttributeError as error:
    show(error)
specification._initializing = False
specification._uninitialized_submodules = ["name"]
try:
    module.name
except AttributeError as error:
    show(error)

# Attributes of modules are those of objects, too, and their classes may have slots.
show(object.__getattribute__(sys, "platform") == sys.platform)


class Slotted(types.ModuleType):
    __slots__ = ("a", "b")


slotted = Slotted("slotted")
try:
    slotted.a
except AttributeError as error:
    show(error)
slotted.a, slotted.c = 1, 2
show(slotted.a, slotted.c, sorted(name for name in vars(slotted) if not name.startswith("__")))
object.__setattr__(slotted, "d", 3)
show(slotted.d)
