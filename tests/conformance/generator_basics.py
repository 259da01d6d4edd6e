# Generators: laziness, state, exhaustion, generator expressions, infinite ones.
log = []


def count(n):
    log.append("start")
    for i in range(n):
        yield i
    log.append("end")


g = count(3)
print(log, next(g), log, list(g), log, next(g, "exhausted"), type(g).__name__, iter(g) is g)


def naturals():
    n = 0
    while True:
        yield n
        n += 1


def take(iterator, n):
    return [next(iterator) for _ in range(n)]


def sieve():
    primes = []
    for n in naturals():
        if n > 1 and all(n % p for p in primes):
            primes.append(n)
            yield n


print(take(naturals(), 5), take(sieve(), 30)[-1], sum(count(1500)))
squares = (i * i for i in range(1000) if i % 3 == 0)
print(next(squares), next(squares), sum(squares), sum(squares))
total = 0
for a, b in zip(naturals(), count(700)):
    total += a * b
print(total, sum(x * y for x in count(20) for y in count(x)), any(x > 5 for x in naturals()), max(count(50)), 7 in naturals())


def fib(limit):
    a, b = 0, 1
    while a < limit:
        yield a
        a, b = b, a + b


print(sum(fib(1 << 64)), list(fib(30)), len(list(fib(10 ** 60))))
n = 5
lazy = (n + i for i in range(n))
n = 100
print(list(lazy))
