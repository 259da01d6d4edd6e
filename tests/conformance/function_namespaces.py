"""Code with namespaces that are no plain dicts, and the set of annotations under another value."""
import types


def show(function, *arguments):
    try:
        print(function(*arguments))
    except BaseException as error:
        print(type(error).__name__, error)


class Names(dict):
    def __missing__(self, name):
        return name.upper()


class Mapping:
    def __init__(self, items):
        self.items = items

    def __getitem__(self, name):
        return self.items[name]


show(eval, "missing", {}, Names())
show(eval, "missing", {"__builtins__": Mapping({"missing": 7})})
show(eval, "missing", {"__builtins__": Mapping({})})
show(exec, "class A: pass", {"__builtins__": {}})
show(exec, "import foo", {"__builtins__": {}})
show(exec, "class A: pass", {"__builtins__": {"__build_class__": lambda *a: 1 / 0}})


def annotations(source):
    names = {}
    exec(source, names)
    return sorted(name for name in names if name != "__builtins__")


show(annotations, "__conditional_annotations__ = 3\nif True:\n  x: int")
show(annotations, "__conditional_annotations__ = []\nif True:\n  x: int")
show(annotations, "class X:\n  __conditional_annotations__ = 42\n  x: int\n")

module = types.ModuleType("m")
print(module.__annotate__, module.__annotations__)
for value in (None, lambda f: {"x": int}, lambda f: 42, 3):
    try:
        module.__annotate__ = value
        print(module.__annotations__)
    except TypeError as error:
        print(error)
module.__annotations__ = {1: 2}
print(module.__annotate__, module.__annotations__)
