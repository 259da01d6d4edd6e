# import forms of modules beside the script; attributes set through the module are seen everywhere.
import helpers.counter
import helpers.counter as short
from helpers import counter, constants
from helpers.constants import *
from helpers.counter import increment as inc, value as copied

print(helpers.counter is short is counter, short.__name__, helpers.__name__, inc is counter.increment, counter.loaded)
for i in range(1000):
    inc()
    if i == 600:
        counter.step = 10
    if i == 800:
        short.value = 0
print(counter.value, copied, short.get(), helpers.counter.value)
print(PUBLIC, constants.PUBLIC, "_private" in globals(), constants._private, HIDDEN if "HIDDEN" in globals() else "HIDDEN is not in __all__")
total = 0
for i in range(600):
    total += constants.PUBLIC + counter.get()
    if i == 300:
        constants.PUBLIC = 1000
print(total, PUBLIC)
import sys
print("helpers.counter" in sys.modules, sys.modules["helpers"] is helpers, __name__, type(helpers).__name__, helpers.constants.__doc__)
for i in range(300):
    import helpers.constants as again
    from helpers.counter import step
print(again is constants, step)
