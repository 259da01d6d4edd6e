# What tools find by dis, whatever the bytecode is: names, constants, jumps, places, where generators rest.
# modes: native
import dis
import opcode
import sys
import types

OPERATIONS = {"LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL", "IMPORT_NAME", "IMPORT_FROM", "STORE_ATTR", "DELETE_ATTR"}


def uses(code):
    """What a code block does with names, in the order of the instructions."""
    found = []
    for instruction in dis.get_instructions(code):
        if instruction.opname in OPERATIONS and (instruction.opname, instruction.argval) not in found:
            found.append((instruction.opname, instruction.argval))
    return found


def names(a):
    global stored, gone
    import os.path
    from sys import argv as arguments
    stored = len(a)
    del gone
    a.attribute = print(arguments, os)
    del a.attribute
    return [unknown for _ in a]


print(uses(names))
many = "global " + ", ".join(f"g{i}" for i in range(600)) + "\n    "
many = "def many(x):\n    " + many + "\n    ".join(f"g{i} = x" for i in range(600)) + "\n    return len(x)"
namespace = {}
exec(many, namespace)
found = uses(namespace["many"])
print(len(found), found[0], found[300], found[-2], found[-1])


def jumps(x):
    total = 0
    for i in range(x):
        if i % 3 == 0 and i:
            continue
        while total < i:
            total += 1
        try:
            total //= i - 1
        except ZeroDivisionError as error:
            total -= 1 if error else 2
    return total if total else None


long = "def long(x):\n    while x:\n        x -= 1\n" + "        x = x + 1 - 1\n" * 200 + "    return x"
exec(long, namespace)
for code in jumps.__code__, namespace["long"].__code__, names.__code__:
    instructions = list(dis.get_instructions(code))
    offsets = {instruction.offset for instruction in instructions}
    starts = {instruction.start_offset for instruction in instructions}
    targets = dis.findlabels(code.co_code)
    print(bool(targets) == (code is not names.__code__), starts >= set(targets), all(o % 2 == 0 for o in offsets))
    first = instructions[0]
    print(first.opname, first.arg, first.offset, opcode.opname[code.co_code[0]], code.co_code[1])
    lines = [line for _, line in dis.findlinestarts(code) if line is not None]
    lines = {line - code.co_firstlineno for line in lines}
    print(sorted(lines) if len(lines) < 20 else len(lines))
    print(len(list(code.co_positions())) * 2 == len(code.co_code), list(code.co_lines())[-1][1] == len(code.co_code))
print(namespace["long"](3), jumps(20))

# The instruction that has failed.
def fails(x):
    y = x + 1
    return [y, len(x.missing
                   .attribute)]


try:
    fails(1)
except AttributeError as error:
    entry = error.__traceback__.tb_next
    code, offset = entry.tb_frame.f_code, entry.tb_lasti
    found = [i for i in dis.get_instructions(code) if i.offset == offset]
    positions = found[0].positions
    print(len(found), found[0].opname, found[0].argval, positions.lineno - code.co_firstlineno, positions[2:])
    print(list(code.co_positions())[offset // 2] == tuple(positions))


# Where a trace function sees frames: what coverage tools look at.
def generator(n):
    for i in range(n):
        got = yield i
    return got


def traced():
    values = generator(2)
    next(values)
    next(values)
    return list(values)


events = []


def trace(frame, event, argument):
    code = frame.f_code
    if code.co_name in ("generator", "traced"):
        name = opcode.opname[code.co_code[frame.f_lasti]]
        rest = code.co_code[frame.f_lasti + 2:frame.f_lasti + 3]
        yields = bool(rest) and opcode.opname[rest[0]] == "RESUME"
        if event == "call":
            events.append((code.co_name, event, name, code.co_code[frame.f_lasti + 1] > 0))
        elif event == "return":
            events.append((code.co_name, event, name, yields))
    return trace


sys.settrace(trace)
traced()
sys.settrace(None)
for event in events:
    print(*event)

# Constants and variables.
def constants(a, *, b):
    c = [1.5, "text", b"bytes", 10**30, a, b]
    return lambda: c


loaded = [i.argval for i in dis.get_instructions(constants) if i.opcode in opcode.hasconst]
print([value for value in (1.5, "text", b"bytes", 10**30) if value in loaded])
variables = {i.argval for i in dis.get_instructions(constants) if i.opcode in opcode.haslocal or i.opcode in opcode.hasfree}
print(variables >= {"c"}, constants.__code__.co_cellvars, constants.__code__.co_varnames)
inner = [value for value in constants.__code__.co_consts if isinstance(value, types.CodeType)]
print([code.co_freevars for code in inner])
text = dis.Bytecode(jumps).dis()
print("FOR_ITER" in text, "RETURN_VALUE" in text, "ZeroDivisionError" in text, "ExceptionTable" in text)
