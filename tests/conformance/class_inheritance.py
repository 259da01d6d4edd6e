# Inheritance, method resolution order, super with and without arguments, diamonds.
class A:
    def who(self):
        return ["A"]

    def name(self):
        return type(self).__name__


class B(A):
    def who(self):
        return ["B"] + super().who()


class C(A):
    def who(self):
        return ["C"] + super(C, self).who()


class D(B, C):
    def who(self):
        return ["D"] + super().who()


print(D().who(), [c.__name__ for c in D.__mro__], D.__bases__ == (B, C), D().name(), D.mro() == list(D.__mro__))
total = 0
objects = [A(), B(), C(), D()]
for i in range(800):
    total += len(objects[i % 4].who()) * (i % 3 + 1)
print(total, isinstance(D(), C), issubclass(D, A), issubclass(A, D), issubclass(B, (C, A)), isinstance(1, (str, int)))
try:
    class E(A, B):
        pass
except TypeError as error:
    print(error)
try:
    class F(A, A):
        pass
except TypeError as error:
    print(error)
try:
    class G(5):
        pass
except TypeError as error:
    print(error)
try:
    class H(bool):
        pass
except TypeError as error:
    print(error)
print(A.__subclasses__() == [B, C], A.__base__ is object, super(B, D()).who(), type(super(B, D())).__name__)
