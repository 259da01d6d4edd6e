"""Writes `src/signatures.txt`: the text signatures of builtin types, their methods and functions, as CPython has them.

    python3.14 signatures.py > src/signatures.txt

A line has the full name and the signature, with a tab between; the lines are in order. Natives of the older form, of which
`inspect.signature` would know nothing, are looked up there.
"""

import builtins
import importlib
import sys
import types

# Modules whose functions have the older form; of the others, the types alone.
FUNCTIONS = ["builtins", "sys", "gc"]
TYPES = ["_io", "_pickle", "_thread", "_random", "_struct", "_csv", "_json", "_socket", "select", "collections", "functools"]


def kinds():
    """The types of which methods are told, without those that only a test or a debugger meets."""
    found = {value for value in [*vars(builtins).values(), *vars(types).values()] if isinstance(value, type)}
    found |= {type(iter(value)) for value in ([], (), {}, set(), "", b"", bytearray(), range(0), {}.items(), {}.values())}
    found |= {type(reversed([])), type(reversed({})), type({}.keys()), type({}.values()), type({}.items())}
    return [kind for kind in found if not kind.__flags__ & (1 << 9) and kind.__module__ in ("builtins", "types")]


def rows():
    for kind in kinds():
        yield kind.__name__, kind
        for name, value in vars(kind).items():
            if name != "__new__" and name != "__class_getitem__":
                yield f"{kind.__name__}.{name}", getattr(kind, name) if isinstance(value, staticmethod) else value
    for name in FUNCTIONS:
        for function, value in vars(importlib.import_module(name)).items():
            if isinstance(value, types.BuiltinFunctionType):
                yield (function if name == "builtins" else f"{name}.{function}"), value
    for name in TYPES:
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and value.__module__ != "builtins":
                yield f"{value.__module__}.{value.__name__}", value


table = {}
for name, value in rows():
    signature = getattr(value, "__text_signature__", None)
    if signature is not None and not isinstance(value, types.FunctionType):
        table[name] = " ".join(signature.split())
for name in sorted(table):
    sys.stdout.write(f"{name}\t{table[name]}\n")
