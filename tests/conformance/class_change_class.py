# Assigning __class__ in the middle of a hot loop.
class Cat:
    legs = 4

    def __init__(self, name):
        self.name = name

    def speak(self):
        return "meow " + self.name


class Dog:
    legs = 3

    def speak(self):
        return "woof, " + self.name


class Slotted:
    __slots__ = ("name",)


pet = Cat("Tom")
total = 0
for i in range(1000):
    total += len(pet.speak()) * pet.legs
    if i == 400:
        pet.__class__ = Dog
    if i == 800:
        pet.__class__ = Cat
print(total, pet.speak(), isinstance(pet, Cat))
pets = [Cat(str(i)) for i in range(10)]
total = 0
for i in range(600):
    animal = pets[i % 10]
    total += len(animal.speak())
    if i % 7 == 0:
        animal.__class__ = Dog if type(animal) is Cat else Cat
print(total, [type(p).__name__[0] for p in pets])
for target in (Slotted, int, 5):
    try:
        pet.__class__ = target
    except TypeError as error:
        print(error)
try:
    (5).__class__ = Cat
except TypeError as error:
    print(error)
