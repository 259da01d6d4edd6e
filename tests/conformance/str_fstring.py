# f-strings: nested specs, conversions, =, quotes within, lambda and dict inside.
width, precision, value = 10, 3, 3.14159265
name = "Ann"
print(f"{value:{width}.{precision}f}|{name!r:>{width}}|{name:*^{width - 2}}|{value!s:.4}")
print(f"{value = :.2f} {name=} {width + 1 = } {name=!s} {name = !s:>5}")
print(f"{'nested ' + f'{name + f"-{width}"}'} {"same quotes"} {{braces}} {{{name}}}")
print(f"{(lambda x: x * 2)(5)} {({'a': 1})['a']} {[i for i in range(3)]} {name[0]} {name.upper()} {1 if width else 2}")
print(f"multi {
    width
    + 1
} line", f'{"é😀":>4}|', rf"\d{width}\n", f"\x41{width}\t|", f"{width:}", f"{None} {True}")
total = 0
for i in range(800):
    text = f"{i}:{i * 0.5:.2f}:{i:>{i % 7}}:{name if i % 2 else width!r}"
    total = (total * 3 + len(text) + ord(text[-1])) % 1000003
print(total)


class Loud:
    def __format__(self, spec):
        return f"spec({spec})"

    def __str__(self):
        return "str"

    def __repr__(self):
        return "repr"


loud = Loud()
print(f"{loud} {loud:abc} {loud!s} {loud!r:>6} {loud!s:{width - 4}}| {loud:{name}{width}}")
try:
    f"{name:d}"
except ValueError as error:
    print(error)
try:
    f"{[1]:>5}"
except TypeError as error:
    print(error)
