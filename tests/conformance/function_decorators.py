# Decorators: order, arguments, classes as decorators, wrapping methods.
log = []


def tag(name):
    log.append("make " + name)

    def decorate(function):
        log.append("apply " + name)

        def wrapper(*args, **kwargs):
            return (name, function(*args, **kwargs))
        return wrapper
    return decorate


@tag("outer")
@tag("inner")
def f(x, y=1):
    return x + y


print(log, f(1), f(1, y=5))


class Memo:
    def __init__(self, function):
        self.function = function
        self.cache = {}

    def __call__(self, n):
        if n not in self.cache:
            self.cache[n] = self.function(n)
        return self.cache[n]


@Memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), len(fib.cache))
total = 0
for i in range(600):
    total += fib(i % 30) + f(i)[1][1]
print(total)


def twice(function):
    def wrapper(self, x):
        return function(self, function(self, x))
    return wrapper


class C:
    @twice
    def grow(self, x):
        return x * 3 + 1


c = C()
print(sum(c.grow(i) for i in range(300)))


@(lambda cls: [cls, cls.__name__])
class D:
    pass


print(D[1], isinstance(D[0](), D[0]))
