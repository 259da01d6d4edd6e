# Properties: getter, setter, deleter, read-only, inheritance, replacement in a hot loop.
class Celsius:
    def __init__(self, degrees):
        self._degrees = degrees
        self.reads = 0

    @property
    def degrees(self):
        "The temperature."
        self.reads += 1
        return self._degrees

    @degrees.setter
    def degrees(self, value):
        if value < -273:
            raise ValueError(f"too cold: {value}")
        self._degrees = value

    @degrees.deleter
    def degrees(self):
        self._degrees = 0

    fahrenheit = property(lambda self: self._degrees * 9 / 5 + 32)


t = Celsius(20)
for i in range(800):
    t.degrees = t.degrees + i % 3 - 1
    t.degrees += 1
    if i % 200 == 199:
        del t.degrees
print(t.degrees, t.reads, t.fahrenheit, Celsius.degrees.__doc__, type(Celsius.degrees).__name__)
try:
    for i in range(500):
        t.degrees -= 2
except ValueError as error:
    print(error, i)
for action in (lambda: setattr(t, "fahrenheit", 1), lambda: delattr(t, "fahrenheit"), lambda: property().__get__(t)):
    try:
        action()
    except AttributeError as error:
        print(error)


class Other(Celsius):
    @Celsius.degrees.getter
    def degrees(self):
        return -1


print(Other(5).degrees, Other(5).fahrenheit)
total = 0
for i in range(600):
    total += t.fahrenheit
    if i == 400:
        Celsius.fahrenheit = property(lambda self: 1)
    if i == 500:
        Celsius.fahrenheit = 0.5
print(total)
