# Arithmetic dunders, reflected ones, in-place ones, NotImplemented and subclass priority.
class Money:
    def __init__(self, cents):
        self.cents = cents

    def __add__(self, other):
        if isinstance(other, Money):
            return Money(self.cents + other.cents)
        if isinstance(other, int):
            return Money(self.cents + other)
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        return Money(self.cents - other.cents) if isinstance(other, Money) else NotImplemented

    def __rsub__(self, other):
        return "rsub" if isinstance(other, str) else NotImplemented

    def __mul__(self, k):
        return Money(self.cents * k)

    def __iadd__(self, other):
        self.cents += 1000
        return self

    def __neg__(self):
        return Money(-self.cents)

    def __repr__(self):
        return f"Money({self.cents})"


class Euro(Money):
    def __radd__(self, other):
        return "euro first"


m = Money(5)
print(m + m, m + 1, 1 + m, sum([m, m]), -m, m * 3, "x" - m, m + Euro(1), Euro(1) + m)
n = m
n += 1
print(m, n is m)
total = Money(0)
for i in range(700):
    total = total + Money(i) + i if i % 2 else 1 + total - Money(i // 2)
print(total)
for action in (lambda: m + "a", lambda: "a" + m, lambda: m - 1, lambda: 1 - m, lambda: 2 * m, lambda: m / 2, lambda: ~m, lambda: +m, lambda: m ** 2,
               lambda: m @ m, lambda: m << 1, lambda: m < m, lambda: divmod(m, 1), lambda: m & 1, lambda: [] + m):
    try:
        print(action())
    except TypeError as error:
        print(error)
