# Temporaries die right after their last use, inside one expression.
class A:
    def __init__(self, name="A"):
        self.name = name

    def __del__(self):
        print("del", self.name, end="; ")

    def method(self, other=None):
        return 5

    def me(self):
        return self


def f(a):
    return "f"


def drop(a):
    a = None
    return "dropped"


def show(*args):
    print("show", args)


print(f(A("first")), "second argument")
print(A("x").method(), "after method")
show(f(A("one")), f(A("two")), drop(A("three")))
print(A("left").method() + A("right").method())
print([f(A(i)) for i in range(3)])
if A("condition").name:
    print("in if")
A("chain").me().me().method()
print("statement ended")
x = A("kept") and 1
print("x", x)
print((A("tuple"), 7)[1], [A("list"), 8][1], {"k": A("dict")}["k"].name)
for _ in range(2):
    A("loop").method(A("argument"))
    print("|")
while A("while").name == "other":
    pass
print(f"{A('fstring').name} done")
(lambda a: print("lambda body"))(A("lambda"))
assert A("assert").method() == 5
print("end")
