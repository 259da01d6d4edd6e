# Structures and unions of ctypes: where fields lie, bits, the other order of bytes, anonymous fields, inheritance.
# modes: native
import _ctypes
from ctypes import *


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)


class Point(Structure):
    _fields_ = [("x", c_int), ("y", c_int)]


class Mixed(Structure):
    _fields_ = [("a", c_char), ("b", c_double), ("c", c_short), ("d", Point), ("e", c_char * 5), ("f", c_wchar * 3)]


print(Point.x, Point.y, sizeof(Point), alignment(Point), sizeof(Mixed), [getattr(Mixed, name).offset for name in "abcdef"])
print(_ctypes.buffer_info(Mixed), memoryview(Mixed()).format)
mixed = Mixed(b"q", 2.5, -3, (4, 5), b"text", "wo")
print(mixed.a, mixed.b, mixed.c, mixed.d.x, mixed.d.y, mixed.e, mixed.f, bytes(mixed)[:24])
mixed.d = Point(y=9)
mixed.d.x = 8
inner = mixed.d
inner.y += 1
print(mixed.d.x, mixed.d.y, inner._b_base_ is mixed)
for action in (
    lambda: setattr(mixed, "e", b"too long"), lambda: setattr(mixed, "e", "text"), lambda: setattr(mixed, "f", "long text"),
    lambda: setattr(mixed, "d", 3), lambda: setattr(mixed, "d", (1, 2, 3)), lambda: setattr(mixed, "d", ("x",)),
    lambda: setattr(mixed, "c", "x"), lambda: delattr(mixed, "c"), lambda: Point(1, 2, 3), lambda: Point(1, x=1),
    lambda: setattr(mixed, "d", c_int(3)), lambda: setattr(Point.x, "name", "z"), lambda: Point.x.__get__(3),
    lambda: Structure(), lambda: Union(),
):
    attempt(action)
point = Point(1, 2)
point.more = "an attribute"
print(point.__dict__, Point.__doc__, Point.__mro__)


# Bits.
class Bits(Structure):
    _fields_ = [("a", c_int, 3), ("b", c_uint, 5), ("c", c_short, 16), ("d", c_ulonglong, 40), ("e", c_bool, 1)]


bits = Bits(-1, 31, -5, 2**39 + 1)
print(bits.a, bits.b, bits.c, bits.d, bits.e, sizeof(Bits), bytes(bits))
print(Bits.a, Bits.d, Bits.b.size, Bits.b.bit_size, Bits.b.bit_offset, Bits.b.byte_size, Bits.b.is_bitfield)
bits.a = 9
bits.b = 40
bits.d -= 2**40
print(bits.a, bits.b, bits.d)
for kind, size in ((c_float, 3), (c_char, 1), (c_int, 0), (c_int, 33), (c_void_p, 1), (Point, 1)):
    attempt(lambda: type("T", (Structure,), {"_fields_": [("a", kind, size)]}))


# The other order.
class Big(BigEndianStructure):
    _fields_ = [("a", c_short), ("b", c_int), ("c", c_double), ("d", c_uint, 4), ("e", c_uint, 12), ("f", c_long * 2)]


big = Big(1, 2, 1.5, 3, 4, (5, 6))
print(bytes(big), big.a, big.b, big.c, big.d, big.e, list(big.f), memoryview(big).format)
attempt(lambda: type("T", (BigEndianStructure,), {"_fields_": [("a", c_char_p)]}))


class Either(Union):
    _fields_ = [("whole", c_uint), ("parts", c_ubyte * 4), ("real", c_float)]


either = Either(0x01020304)
print(list(either.parts), sizeof(Either), memoryview(either).format)
either.real = 1.0
print(hex(either.whole))


# Anonymous fields.
class Named(Structure):
    class Inner(Union):
        class Deep(Structure):
            _fields_ = [("low", c_short), ("high", c_short)]

        _anonymous_ = ["deep"]
        _fields_ = [("whole", c_int), ("deep", Deep)]

    _anonymous_ = ["inner"]
    _fields_ = [("tag", c_int), ("inner", Inner)]


named = Named(tag=1, whole=0x00050003)
print(named.low, named.high, Named.high, Named.inner.is_anonymous)
named.high = 7
print(hex(named.inner.whole))
attempt(lambda: type("T", (Structure,), {"_anonymous_": ["y"], "_fields_": [("x", c_int)]}))
attempt(lambda: type("T", (Structure,), {"_anonymous_": ["x"], "_fields_": [("x", c_int)]}))


# Inheritance, packing, order of definition.
class Solid(Point):
    _fields_ = [("z", c_int)]


class Same(Solid):
    pass


print(sizeof(Solid), Solid.z, Solid(1, 2, 3).z, Same(1, 2, z=4).z, Same.x)
attempt(lambda: setattr(Point, "_fields_", [("x", c_int)]))


class Tight(Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("a", c_byte), ("b", c_long), ("c", c_short)]


class Wide(Structure):
    _align_ = 32
    _fields_ = [("a", c_byte)]


print(sizeof(Tight), Tight.b, sizeof(Wide), alignment(Wide))
attempt(lambda: type("T", (Structure,), {"_pack_": -1, "_layout_": "ms", "_fields_": []}))


class Node(Structure):
    pass


Node._fields_ = [("value", c_int), ("next", POINTER(Node))]
chain = None
for value in (3, 2, 1):
    chain = Node(value, pointer(chain) if chain else None)
seen = []
while True:
    seen.append(chain.value)
    if not chain.next:
        break
    chain = chain.next.contents
print(seen)
attempt(lambda: setattr(Node, "_fields_", [("again", c_int)]))


class Self(Structure):
    pass


attempt(lambda: setattr(Self, "_fields_", [("x", Self)]))
for fields in ([("x", int)], [("x",)], [(1, c_int)], 3, [("x", c_int, "y")]):
    attempt(lambda: type("T", (Structure,), {"_fields_": fields}))

# Objects that a structure keeps.


class Keeper(Structure):
    _fields_ = [("name", c_char_p), ("items", POINTER(c_int)), ("object", py_object)]


keeper = Keeper(b"name", (c_int * 2)(5, 6), [1, 2])
print(keeper.name, keeper.items[:2], keeper.object, sorted(keeper._objects))
keeper.items = None
print(bool(keeper.items))
attempt(lambda: setattr(keeper, "items", (c_long * 2)()))

array = (Point * 3)((1, 2), (3, 4))
array[2] = Point(5, 6)
print([(item.x, item.y) for item in array], array[1]._b_base_ is array)
for index in range(1000):
    point.x += index
    array[index % 3].y += point.x & 3
print(point.x, [item.y for item in array])
