# Classes, functions and closures that a hot loop used die with their last reference.
import gc
import weakref


def use_class():
    class Local:
        def __init__(self, x):
            self.x = x

        def step(self):
            return self.x + 1

    total = 0
    for i in range(800):
        total += Local(i).step()
    return total, weakref.ref(Local), weakref.ref(Local.step)


total, class_reference, method_reference = use_class()
gc.collect()
print(total, class_reference(), method_reference())


def use_function():
    def helper(x):
        return x * 2

    cell = []
    total = 0
    for i in range(800):
        total += helper(i) + (lambda y: y + len(cell))(i)
    return total, weakref.ref(helper)


total, function_reference = use_function()
print(total, function_reference())


class Token:
    def __del__(self):
        print("token dies")


def use_global():
    global shared, token_function

    def token_function(x, token=Token()):
        return x
    shared = Token()
    total = 0
    for i in range(500):
        total += token_function(i)
        if shared is None:
            total += 1
    return total


print(use_global())
shared = None
token_function = None
print("both gone")


class Patched:
    def f(self):
        return 1


old = weakref.ref(Patched.f)
p = Patched()
print(sum(p.f() for _ in range(600)))
Patched.f = lambda self: 2
print(old(), sum(p.f() for _ in range(600)))
import sys
import helpers.package.sibling as sibling
module_total = sum(sibling.factor for _ in range(500))
reference = weakref.ref(sibling)
del sys.modules["helpers.package.sibling"], sys.modules["helpers.package.inner"].sibling, sys.modules["helpers.package"].sibling
del sibling
gc.collect()
print(module_total, reference())
