# super() in methods, class methods, properties and __init__ chains.
class Base:
    count = 0

    def __init__(self, x):
        self.x = x

    @classmethod
    def make(cls, x):
        return cls(x)

    @property
    def value(self):
        return self.x

    def scale(self, k):
        return self.x * k


class Middle(Base):
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y

    @classmethod
    def make(cls, x):
        instance = super().make.__func__(lambda v: cls(v, v + 1), x)
        return instance

    @property
    def value(self):
        return super().value + self.y

    def scale(self, k):
        return super().scale(k) + self.y


class Leaf(Middle):
    def scale(self, k):
        scale = super().scale
        return scale(k) * 2

    def nested(self):
        return [super(Leaf, self).scale(i) for i in range(3)]

    def closure(self):
        def inner():
            return super(Leaf, self).value
        return inner()


leaf = Leaf(2, 3)
total = 0
for i in range(700):
    total += leaf.scale(i) + leaf.value + Leaf(i, 1).scale(2)
print(total, leaf.nested(), leaf.closure(), type(Middle.make(5)).__name__, Middle.make(5).value)


class Broken(Base):
    def bad(self):
        return super().missing

    def none():
        return super()


for action in (lambda: Broken(1).bad(), Broken.none, lambda: super(Leaf, Base(1)), lambda: super().x):
    try:
        action()
    except (AttributeError, RuntimeError, TypeError) as error:
        print(type(error).__name__, error)
