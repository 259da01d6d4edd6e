# Simple types of ctypes, arrays and pointers: values, conversions, what is kept alive, buffers, errors.
# modes: native
import pickle
from ctypes import *
import _ctypes


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)


for kind in (c_byte, c_ubyte, c_short, c_ushort, c_int, c_uint, c_long, c_ulong, c_longlong, c_size_t):
    print(kind.__name__, kind(-1).value, kind(2**70 + 300).value, sizeof(kind), alignment(kind), kind.__ctype_be__)
for kind in (c_float, c_double, c_longdouble, c_double_complex, c_float_complex):
    print(kind(1.1), kind(-2).value, sizeof(kind), bool(kind()), bool(kind(1)))
print(c_char(b"x"), c_char(65).value, c_wchar("\U0001f600"), c_bool([]), c_bool("a"), py_object(print).value is print)
print(c_char_p(b"text").value, c_char_p().value, c_wchar_p("wide \u4e2d").value, c_void_p(0).value, c_void_p(7))
for action in (
    lambda: c_int("1"), lambda: c_int(1.5), lambda: c_int(1, 2), lambda: c_double("1"), lambda: c_char("a"),
    lambda: c_char(b"ab"), lambda: c_char(bytearray(b"ab")), lambda: c_char(256), lambda: c_wchar(1), lambda: c_wchar("ab"),
    lambda: c_char_p(1.5), lambda: c_wchar_p(b"x"), lambda: c_void_p("x"), lambda: py_object().value,
    lambda: delattr(c_int(), "value"), lambda: hash(c_int()), lambda: _ctypes._SimpleCData(), lambda: c_double_complex("1"),
):
    attempt(action)


class Meters(c_double):
    pass


print(Meters(2).value, Meters.from_param(Meters(3)).value, type(repr(Meters(1))), Meters.__ctype_be__ is c_double.__ctype_be__)

# Types that cannot be.
for letter in ("ab", 3, "!", "X"):
    attempt(lambda: type("T", (_ctypes._SimpleCData,), {"_type_": letter}))
attempt(lambda: type("T", (_ctypes._SimpleCData,), {}))
attempt(lambda: type("T", (Array,), {"_type_": c_int}))
attempt(lambda: type("T", (Array,), {"_length_": 3}))
attempt(lambda: type("T", (Array,), {"_length_": -3, "_type_": c_int}))
attempt(lambda: type("T", (Array,), {"_length_": "3", "_type_": c_int}))
attempt(lambda: type("T", (Array,), {"_length_": 3, "_type_": int}))
attempt(lambda: c_int * -1)
attempt(lambda: c_int * 1.5)
attempt(lambda: c_int * 2**62)
attempt(lambda: c_long * 2**62)
attempt(lambda: Array())
attempt(lambda: POINTER(int))
attempt(lambda: Structure.from_address(0))

# Arrays.
Five = c_int * 5
print(Five is c_int * 5, Five is 5 * c_int, Five.__name__, Five._length_, Five._type_, len(Five()), sizeof(Five))
five = Five(*range(5))
five[-1] = 40
five[1:3] = (10, 20)
print(list(five), five[1:4], five[::-2], five[9:])
for action in (
    lambda: five[5], lambda: five["a"], lambda: five.__setitem__(5, 1), lambda: five.__delitem__(0),
    lambda: five.__setitem__(slice(0, 2), [1]), lambda: five.__setitem__(0, "x"), lambda: Five(*range(6)),
):
    attempt(action)
grid = (c_short * 3 * 2)((1, 2, 3), (4, 5, 6))
print([list(row) for row in grid], _ctypes.buffer_info(grid), memoryview(grid).shape, memoryview(grid).format)
print(memoryview(grid).tobytes(), memoryview(five).cast("B").tolist())
text = create_string_buffer(b"hello", 10)
print(text.value, text.raw, text[1:4], text[::2], len(text))
text.value = b"ab"
print(text.raw, bytes(text))
text.raw = b"0123456789"
print(text.value)
wide = create_unicode_buffer("w\u00efde", 8)
print(repr(wide.value), repr(wide[1:3]), wide[0])
for action in (
    lambda: setattr(text, "value", b"x" * 11), lambda: setattr(text, "value", "x"), lambda: setattr(text, "raw", b"x" * 11),
    lambda: setattr(wide, "value", "x" * 9), lambda: setattr(wide, "value", b"x"), lambda: delattr(text, "raw"),
    lambda: delattr(text, "value"),
):
    attempt(action)

# Pointers.
number = c_int(7)
to_number = pointer(number)
print(to_number.contents, to_number[0], bool(to_number), bool(POINTER(c_int)()), POINTER(c_int) is POINTER(c_int))
to_number[0] = 8
to_number.contents.value += 1
print(number, POINTER(c_int).__name__, POINTER(None) is c_void_p, c_int.__pointer_type__ is POINTER(c_int))
to_array = cast(five, POINTER(c_int))
print(to_array[:5], to_array[4:0:-2], to_array[3], to_array.contents)
to_text = cast(text, POINTER(c_char))
print(to_text[:4], to_text[3:0:-1], cast(text, c_char_p).value, cast(None, c_char_p).value, cast(text, c_void_p).value == addressof(text))
to_array.contents = c_int(99)
print(to_array[0], to_array._objects["1"])
for action in (
    lambda: POINTER(c_int)()[0], lambda: POINTER(c_int)().contents, lambda: to_array[:], lambda: to_array["x"],
    lambda: to_array[::-1], lambda: to_array[:3:0], lambda: POINTER(c_int)(3), lambda: POINTER(c_int)(1, 2),
    lambda: delattr(to_array, "contents"), lambda: to_array.__delitem__(0), lambda: cast(1, int), lambda: cast(1, c_int),
    lambda: pointer(3), lambda: _ctypes._Pointer(), lambda: c_long.from_address("x"),
):
    attempt(action)


class Later(_ctypes._Pointer):
    pass


attempt(lambda: Later())
Later.set_type(c_int)
print(Later(c_int(3)).contents)

# What is kept.
print(c_char_p(b"kept")._objects, c_int(3)._objects, len(five._objects), (c_char_p * 2)(b"a", b"b")._objects)
names = (c_char_p * 3)(b"x", b"y", b"z")
names[1] = None
print(names[:], list(names), names._b_base_, names._b_needsfree_, grid[1]._b_base_ is grid, grid[1]._b_needsfree_)

# Memory of others.
memory = bytearray(b"\1\0\0\0\2\0\0\0rest")
pair = (c_int * 2).from_buffer(memory)
pair[0] = 0x41424344
print(memory, list(pair), list((c_int * 2).from_buffer_copy(memory, 4)), c_int.from_buffer(memory, 4).value)
attempt(lambda: memory.extend(b"more"))
for action in (
    lambda: c_int.from_buffer(b"1234"), lambda: c_int.from_buffer(memory, 10), lambda: c_int.from_buffer(memory, -1),
    lambda: c_int.from_buffer_copy(b"123"), lambda: c_int.from_buffer(3), lambda: c_int.from_buffer(memoryview(memory)[::2]),
):
    attempt(action)
del pair
print(c_int.from_address(addressof(number)).value, string_at(text, 3), wstring_at(wide), memoryview_at(five, 8).tolist())
print(memmove(text, b"zz", 2) == addressof(text), memset(addressof(text) + 2, 0, 1) == addressof(text) + 2, text.value)

# Sizes.
resize(text, 20)
print(sizeof(text), len(text), text.raw[:3], sizeof(c_char * 10))
small = c_short(5)
resize(small, 100)
print(small.value, sizeof(small))
for action in (
    lambda: resize(small, 1), lambda: resize(3, 4), lambda: resize(grid[0], 100), lambda: sizeof(3), lambda: alignment(3),
    lambda: addressof(3), lambda: byref(3), lambda: sizeof(Structure),
):
    attempt(action)

# Arguments.
print(c_int.from_param(3), c_char.from_param(b"'"), c_char.from_param(b"c"), c_double.from_param(1.5), c_short.from_param(-2))
print(c_char_p.from_param(None), byref(number)._obj is number, c_void_p.from_param(0), c_longlong.from_param(2**40))


class Wrapped:
    _as_parameter_ = 12


print(c_int.from_param(Wrapped()), c_void_p.from_param(Wrapped()))
for action in (
    lambda: c_int.from_param("x"), lambda: c_char_p.from_param(1), lambda: c_wchar_p.from_param(b"x"),
    lambda: c_void_p.from_param(1.5), lambda: POINTER(c_int).from_param(3), lambda: POINTER(c_int).from_param(byref(c_short())),
    lambda: Five.from_param(3),
):
    attempt(action)

for value in (c_int(5), c_double(1.5), c_wchar("x")):
    copy = pickle.loads(pickle.dumps(value))
    print(type(copy).__name__, bytes(copy) == bytes(value))
attempt(lambda: pickle.dumps(c_char_p(b"x")))
attempt(lambda: pickle.dumps(to_array))

total = 0
for index in range(2000):
    number.value = index
    five[index % 5] = number.value + 1
    total += five[index % 5] + to_array[0]
print(total)
