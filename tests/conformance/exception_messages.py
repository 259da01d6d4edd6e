# Messages of the common built-in errors.
class C:
    pass


def unbound():
    print(local)
    local = 1


def deleted():
    x = 1
    del x
    return x


empty, five, text, none = [], 5, "text", None
actions = [lambda: {}["k"], lambda: {}[(1, "a")], lambda: empty[0], lambda: (1,)[2], lambda: text[10], lambda: five.attr, lambda: C.attr, lambda: C().attr,
           lambda: none.attr, lambda: undefined_name, unbound, deleted, lambda: 1 / 0, lambda: 1 // 0, lambda: 1 % 0, lambda: 1.0 / 0, lambda: 2 ** -1 // 0,
           lambda: five + text, lambda: text + five, lambda: none + 1, lambda: five[0], lambda: five(), lambda: -text, lambda: len(five), lambda: iter(five),
           lambda: [*five], lambda: five < text, lambda: five in five, lambda: int("x"), lambda: float("x"), lambda: chr(-1), lambda: ord("ab"), lambda: [].pop(),
           lambda: {}.popitem(), lambda: set().pop(), lambda: next(iter([])), lambda: "%d" % text, lambda: text.nope(), lambda: [1, 2].index(3), lambda: abs(text),
           lambda: sum([text]), lambda: sorted([1, text]), lambda: max([]), lambda: range(0.5), lambda: isinstance(1, 1), lambda: getattr(five, "q"), lambda: hash([]),
           lambda: empty[text], lambda: {}[empty], lambda: bytes([300]), lambda: "a".join([1]), lambda: type("A", 5, {}), lambda: round(text), lambda: divmod(1, 0)]
count = 0
for round_number in range(8):
    for action in actions:
        try:
            action()
            print("no error")
        except Exception as error:
            count += len(str(error))
            if round_number == 0:
                print(f"{type(error).__name__}: {error}")
print(count)
