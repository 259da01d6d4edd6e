# del of names, items, attributes, slices, nested targets, in hot loops.
a, b, c = 1, [1, 2, 3, 4], {"k": 1, "l": 2}
del a, b[0], c["k"]
print(b, c, "a" in globals())
del (b[0], c["l"]), b[-1:]
print(b, c)


class A:
    pass


o = A()
total = 0
for i in range(800):
    o.x = i
    b.append(i)
    c[i] = i
    if i % 2:
        del o.x, b[-1]
    if i % 3:
        del c[i]
    total += hasattr(o, "x") + len(b) + len(c)
print(total)


def local(rounds):
    missing = 0
    for i in range(rounds):
        x = i
        if i % 100 == 99:
            del x
        try:
            missing += x * 0
        except UnboundLocalError:
            missing += 1
    return missing


print(local(900))


def outer():
    captured = 1

    def inner():
        return captured
    del captured
    try:
        inner()
    except NameError as error:
        print(error)
    captured = 2
    return inner()


print(outer())
for make in (lambda: c.__delitem__("absent"), lambda: b.__delitem__(10 ** 6), lambda: delattr(o, "nope"), lambda: "abc".__delitem__):
    try:
        make()
    except (KeyError, IndexError, AttributeError) as error:
        print(type(error).__name__, error)
try:
    t = (1, 2)
    del t[0]
except TypeError as error:
    print(error)


class Log:
    def __delitem__(self, key):
        print("delitem", key)

    def __delattr__(self, name):
        print("delattr", name)


log = Log()
del log[1:2, "x"], log.attribute, log[...]
