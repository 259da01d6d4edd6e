"""Numbers at the edges of their representations: states of long ranges, bytes, marshal, struct."""

import marshal
import struct

for state in 3, -5, 2**80, 0:
    iterator = iter(range(2**70, 2**70 + 6))
    iterator.__setstate__(state)
    print(state, [number - 2**70 for number in iterator])
iterator = iter(range(2**70, 2**70 - 50, -7))
next(iterator)
iterator.__setstate__(2)
print([number - 2**70 for number in iterator])
for wrong in "a", 1.0, None, True:
    try:
        iter(range(2**70, 2**70 + 6)).__setstate__(wrong)
    except TypeError as e:
        print(e)


class Bytes:
    def __init__(self, content):
        self.content = content

    def __bytes__(self):
        return self.content


print(int.from_bytes(Bytes(b"\x01\x02"), "big"), int.from_bytes(Bytes(b"\xff"), "little", signed=True))
for wrong in Bytes(1), "a", 5:
    try:
        print(int.from_bytes(wrong, "big"))
    except TypeError as e:
        print(e)

number = 1e-25
for _ in range(200):
    for value in number, -number, complex(number, -number):
        assert marshal.loads(marshal.dumps(value)) == value == marshal.loads(marshal.dumps(value, 1))
    number *= 37.5
for number in 0, 1, -1, 2**63 - 1, -(2**63), 2**40 + 7:
    print(marshal.loads(b"I" + number.to_bytes(8, "little", signed=True)))

for letter in "Pefdqb":
    for value in 2**2000, 2**64, -(2**128), 1e300:
        try:
            print(letter, len(struct.pack(letter, value)))
        except (struct.error, OverflowError) as e:
            print(letter, type(e).__name__, e)
