# The generator behind random: sequences, states, seeds of every kind, and what it refuses.
import _random
import random


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


class Index:
    def __index__(self):
        return 3


class Derived(_random.Random):
    pass


class WithInit(_random.Random):
    def __init__(self, *arguments, **keywords):
        self.given = arguments, keywords


for seed in (0, 1, -1, 2**31, 2**32, 2**64 - 1, 2**64, -(10**50), True, 1.5, "text", (1, 2), b""):
    try:
        generator = _random.Random(seed if not isinstance(seed, (str, bytes, tuple)) else len(seed))
    except Exception as error:
        print(type(error).__name__, error)
        continue
    print(seed, generator.random(), [generator.getrandbits(count) for count in (0, 1, 7, 31, 32, 33, 64, 65, 200)])

# Hot: sequences come out alike however often they are asked for.
generator = _random.Random(12345)
total = 0.0
for _ in range(3000):
    total += generator.random()
print(total)
state = generator.getstate()
print(len(state), state[-1], hash(state), [type(word).__name__ for word in state[-2:]])
first = [generator.getrandbits(40) for _ in range(700)]
generator.setstate(state)
print(first == [generator.getrandbits(40) for _ in range(700)], first[-1])

refused(_random.Random, 1, 2)
refused(_random.Random, seed=1)
refused(_random.Random, [])
refused(Derived, seed=1)
refused(Derived, 1, 2)
print(WithInit(1, 2, three=3).given, Derived(7).random() == _random.Random(7).random())
print(_random.Random.__new__(_random.Random).random())
refused(generator.seed, [])
refused(generator.getrandbits, -1)
refused(generator.getrandbits, 2**64)
refused(generator.getrandbits, 2**63)
refused(generator.getrandbits, "a")
refused(generator.getrandbits, 1.0)
print(generator.getrandbits(Index()) < 8)
for state in (
    [], (), (-1,) * 625, (2**64,) * 625, ("a",) * 625, (Index(),) * 625, (1,) * 624 + ("a",),
    (1,) * 624 + (625,), (1,) * 624 + (-1,), (1,) * 624 + (2**70,), (2**40 + 5,) * 624 + (Index(),),
):
    refused(generator.setstate, state)
print(generator.getstate()[:2], generator.getstate()[-1])
refused(setattr, generator, "attribute", 1)
print(_random.Random.seed.__text_signature__, _random.Random.getrandbits.__text_signature__)

a, b = _random.Random(), _random.Random(None)
print(a.getrandbits(200) != b.getrandbits(200))

# The module over it.
random.seed(42)
print(random.random(), random.randint(1, 100), random.uniform(2, 3), random.choice("abcdef"), random.getrandbits(70))
items = list(range(20))
random.shuffle(items)
print(items, random.sample(range(1000), 5), random.choices("xyz", weights=[1, 2, 3], k=8))
print(random.gauss(0, 1), random.expovariate(2), random.betavariate(2, 3), random.gammavariate(2, 1), random.vonmisesvariate(1, 2))
print(random.triangular(), random.lognormvariate(0, 1), random.paretovariate(3), random.weibullvariate(1, 2), random.binomialvariate(10, 0.3))
saved = random.getstate()
values = [random.randrange(10**30) for _ in range(3)]
random.setstate(saved)
print(values == [random.randrange(10**30) for _ in range(3)], values)
# modes: native
