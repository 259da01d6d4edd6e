# Template strings: texts, interpolations, and the two types.
x, y, width = 5, "text", ">10"
Template = type(t"")
Interpolation = type(t"{x}".interpolations[0])


def show(value):
    try:
        print(repr(value()))
    except (TypeError, ValueError, AttributeError, NameError) as error:
        print(type(error).__name__, error)


for value in (
    lambda: t"",
    lambda: t"a",
    lambda: t"{x}",
    lambda: t"{ x }",
    lambda: t"{x!r:>{x}}b{x}",
    lambda: t"{x=}",
    lambda: t"{x = }",
    lambda: t"{x=!s}",
    lambda: t"{x=:5}",
    lambda: t"{ x + 1   !r}",
    lambda: t"a{{b}}{x}",
    lambda: t"a" t"b{x}" t"c",
    lambda: rt"\n{x}",
    lambda: t"{x:{width}{x!r}z}",
    lambda: t"""{
 x
}""",
    lambda: t"{(x)}{(x + 1)}",
    lambda: t'{"a"}{x,}{[i for i in range(3)]}',
    lambda: t"\u00e9\x41{x}",
    lambda: list(t"a{x}b{x}{x}"),
    lambda: t"a{x}b".strings,
    lambda: t"a{x}".values,
    lambda: t"{x}" + t"b{x}",
    lambda: t"a" + "b",
    lambda: "a" + t"b",
    lambda: t"a" == t"a",
    lambda: Template("a", "b", Interpolation(1), "c"),
    lambda: Template(),
    lambda: Template(3),
    lambda: Template(a=3),
    lambda: Template(Interpolation(1), Interpolation(2)),
    lambda: Interpolation(),
    lambda: Interpolation(1, "x", "s", "z"),
    lambda: Interpolation(1, conversion="q"),
    lambda: Interpolation(1, "x", 3),
    lambda: Interpolation(1, 3),
    lambda: Interpolation(1, format_spec=3),
    lambda: Interpolation.__match_args__,
    lambda: t"{x}".interpolations[0].__reduce__(),
    lambda: setattr(t"", "strings", 1),
    lambda: setattr(Interpolation(1), "value", 1),
    lambda: Template[int],
    lambda: Interpolation[int],
    lambda: type("X", (Template,), {}),
    lambda: Interpolation(1) == Interpolation(1),
    lambda: t"a".__add__(3),
    lambda: len(t""),
    lambda: type(iter(t"")).__name__,
    lambda: t"{undefined}",
    lambda: (Template.__module__, Template.__qualname__, Template.__doc__, Interpolation.__name__),
):
    show(value)


def render(template):
    parts = []
    for item in template:
        if isinstance(item, str):
            parts.append(item)
            continue
        match item:
            case Interpolation(value, expression, "r", format_spec):
                parts.append(format(repr(value), format_spec))
            case Interpolation(value, expression, None, format_spec):
                parts.append(format(value, format_spec))
    return "".join(parts)


def hot():
    total = 0
    for i in range(300):
        total += len(render(t"{i}: {y!r:>8} {i * 2:05}"))
    return total


print(render(t"{x}: {y!r:>8} {x * 2:05}"), hot())


def order():
    seen = []

    def note(value):
        seen.append(value)
        return value

    t"{note(1):{note(2)}}{note(3)}"
    return seen


print(order())
print([t"{i}" for i in range(2)])
for source in ("t'a' f'b'", "'a' t'b'", "t'a' b'b'", "t'{x!z}'", "t'}'"):
    try:
        compile(source, "<s>", "exec")
        print("fine")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset)
