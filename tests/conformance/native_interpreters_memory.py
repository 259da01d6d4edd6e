# Interpreters that come and go give their memory back, and memory that one lends to another stays where it is.
# modes: off on
import _interpreters as I

CODE = """
class Node:
    def __init__(self, other):
        self.other = other
nodes = [Node(None) for _ in range(2000)]
for node in nodes:
    node.other = nodes
table = {number: 'x' * 2000 for number in range(100)}
total = 0
for number in range(3000):
    total += number
"""


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


for round in range(60):
    number = I.create()
    assert I.exec(number, CODE) is None
    I.destroy(number)
    if round == 20:
        before = resident()
print("grown by less than 40 MB:", resident() - before < 40 << 20)

lender = bytearray(b"abcdef")
one, two = I.create(), I.create()
I.set___main___attrs(one, {"view": memoryview(lender)[::2]})
print(I.exec(one, "assert bytes(view) == b'ace' and view.strides == (2,); view[0] = 65; part = view[1:]"), lender)
print(I.call(one, lambda v: bytes(v[1:]), (memoryview(b"xyz"),)))
try:
    lender.extend(b"more")
except BufferError as refused:
    print(refused)
I.exec(one, "del view, part")
for _ in range(3):
    pass
lender.extend(b"more")
print(lender)
for turn in range(50):
    view, _ = I.call(two, lambda: memoryview(bytes(range(10))))
    assert bytes(view) == bytes(range(10))
    I.set___main___attrs(one, {"view": view})
    assert I.exec(one, "assert view[9] == 9") is None
del view
I.destroy(one)
I.destroy(two)
print(len(I.list_all()))
