# Metaclasses: __new__, __init__, __call__, __prepare__, attributes, keyword arguments, instance checks.
class Meta(type):
    log = []

    @classmethod
    def __prepare__(mcls, name, bases, **kwargs):
        mcls.log.append(("prepare", name, kwargs))
        return {"injected": 1}

    def __new__(mcls, name, bases, namespace, **kwargs):
        namespace["tag"] = name.lower()
        return super().__new__(mcls, name, bases, namespace)

    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace)
        cls.count = 0

    def __call__(cls, *args):
        cls.count += 1
        return super().__call__(*args)

    def __len__(cls):
        return cls.count

    def __instancecheck__(cls, instance):
        return instance == 5 or super().__instancecheck__(instance)

    @property
    def shout(cls):
        return cls.__name__.upper()


class A(metaclass=Meta, option=True):
    def __init__(self, x=0):
        self.x = x


class B(A):
    pass


total = 0
for i in range(500):
    total += A(i).x + (B if i % 2 else A)(1).x
print(total, len(A), len(B), A.tag, B.tag, A.injected, A.shout, type(B).__name__, isinstance(5, A), isinstance(6, A), Meta.log)
print(hasattr(A(), "shout"), type("Dynamic", (A,), {"y": 2}).y, type(type("T", (), {})()).__name__)


class Other(type):
    pass


try:
    class Conflict(A, metaclass=Other, ):
        pass
except TypeError as error:
    print(error)
try:
    type("X", (), {}, z=1)
except TypeError as error:
    print(error)
