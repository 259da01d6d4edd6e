# Destruction order of the elements of lists, tuples, dicts, sets and nested objects.
class A:
    def __init__(self, name, *held):
        self.name = name
        self.held = held

    def __del__(self):
        print(self.name, end=" ")


def end(label):
    print("<-", label)


items = [A(1), A(2), A(3)]
items.clear()
end("list.clear")
items = [A(1), A(2), A(3)]
del items
end("del list")
items = [A(1), A(2), A(3), A(4)]
items[1:3] = []
end("slice")
items = None
end("rest")
t = (A(1), A(2))
t = None
end("tuple")
d = {A("k1"): A("v1"), A("k2"): A("v2")}
d.clear()
end("dict.clear")
d = {1: A("v1"), 2: A("v2")}
d[1] = A("v3")
end("replaced")
del d
end("dict")
s = {A("only")}
s.pop()
end("set.pop")
items = [A(1, A("1b")), A(2, A("2b"))]
items.clear()
end("nested")
a = A("outer", A("middle", A("inner")))
a = None
end("chain")
items = [A(i) for i in range(5)]
items[:] = items[2:]
end("front cut")
items.sort(key=lambda x: -x.name)
items.pop(0)
end("pop")
del items[0], items[0]
end("dels")


class Holder:
    pass


h = Holder()
h.x = A("x")
h.y = A("y")
h.z = A("z")
h = None
end("attributes")
items = [[A(i)] for i in range(3)]
while items:
    items.pop(len(items) // 2)
end("middle first")
