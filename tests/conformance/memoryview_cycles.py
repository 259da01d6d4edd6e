# Views in cycles are collected; views that an index gives up are noticed.
import gc
import weakref


class Source(bytearray):
    pass


class Mark:
    pass


source, mark = Source(b"abc"), Mark()
source.view, source.mark = memoryview(source), mark
dead = weakref.ref(mark)
del source, mark
gc.collect()
print(dead())


class Holder:
    def __init__(self, source):
        self.view = memoryview(source)


class Lender:
    def __buffer__(self, flags):
        return memoryview(b"lent")


lender, mark = Lender(), Mark()
lender.mark, dead = mark, weakref.ref(mark)
lender.view = memoryview(lender)[1:]
del lender, mark
gc.collect()
print(dead())

view = memoryview(bytearray(8))


class Index:
    def __index__(self):
        view.release()
        return 2


for act in (lambda: view[Index()], lambda: view.__setitem__(Index(), 1), lambda: view.__setitem__(0, Index())):
    view = memoryview(bytearray(8))
    try:
        act()
    except ValueError as error:
        print(error)

# Any byte that is not nought is true.
print(memoryview(b"\0\2\0").cast("?") == memoryview(b"\0\4\0").cast("?"))


class Keeper:
    def __buffer__(self, flags):
        return memoryview(content)

    def __release_buffer__(self, view):
        self.view = view


content, keeper = bytearray(b"hello"), Keeper()
with memoryview(keeper) as view:
    print(view.tobytes())
print(keeper.view.tobytes())
try:
    content.clear()
except BufferError as error:
    print(error)
keeper.view.release()
content.clear()
print(content)
