# Names of Tangut ideographs in literals of every kind, and beside other escapes.
print(ascii("\N{TANGUT IDEOGRAPH-17000}"), ascii("a\N{tangut ideograph-187F7}\N{TANGUT IDEOGRAPH-18D08}b\udc80\x41"))
x = 5
print(ascii(f"{x}\N{TANGUT IDEOGRAPH-17001}{{{x}}}\N{GREEK THREE OBOLS SIGN}"), ascii("\N{GREEK THREE OBOLS SIGN}"))
print(ascii(r"\N{TANGUT IDEOGRAPH-17000}"), "\\N{TANGUT IDEOGRAPH-17000}", rb"\N{TANGUT IDEOGRAPH-17000}")  # \N{TANGUT IDEOGRAPH-17000}
print(ascii("""one
\N{TANGUT IDEOGRAPH-17002} \
two""" "\N{TANGUT IDEOGRAPH-17003}" r"\N"))
for text in ["TANGUT IDEOGRAPH-16FFF", "TANGUT IDEOGRAPH-187F8", "TANGUT IDEOGRAPH-1700", "TANGUT IDEOGRAPH-017000", "TANGUT IDEOGRAPH-+7000"]:
    for source in (f"x = '\\N{{{text}}}'", f"x = '\\N{{TANGUT IDEOGRAPH-17000}}\\N{{{text}}}'"):
        try:
            exec(source)
        except SyntaxError as error:
            print(error, error.offset, error.end_offset, error.text)
names = {f"TANGUT IDEOGRAPH-{point:X}": chr(point) for point in range(0x17000, 0x17040)}
print(all(eval(f"'\\N{{{name}}}'") == value for name, value in names.items()))
