# Functions of the C library through ctypes: arguments, results, callbacks, errors, threads.
# modes: native
import ctypes.util
import os
import threading
import uuid
from ctypes import *
import _ctypes

libc = CDLL(None, use_errno=True)
libm = CDLL(ctypes.util.find_library("m"))


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, str(error).split(": ")[-1])


print(libc.strlen(b"hello"), libc.abs(-3), libc.abs(c_int(-4)), libc["abs"](-5), libc.abs.__name__, libc.toupper(ord("x")))
libm.pow.argtypes = c_double, c_double
libm.pow.restype = c_double
print(libm.pow(2, 10), libm.pow.argtypes, libm.pow.restype)
libm.sqrtf.argtypes = [c_float]
libm.sqrtf.restype = c_float
print(libm.sqrtf(2.25))
libc.strchr.restype = c_char_p
libc.strchr.argtypes = c_char_p, c_char
print(libc.strchr(b"abcdef", b"d"), libc.strchr(b"abcdef", b"x"))
libc.wcslen.argtypes = [c_wchar_p]
print(libc.wcslen("w\u00efde"), libc.wcslen(create_unicode_buffer("wide text")))
libc.strtol.argtypes = c_char_p, POINTER(c_char_p), c_int
libc.strtol.restype = c_long
end = c_char_p()
print(libc.strtol(b"123abc", byref(end), 10), end.value, libc.strtol(b"-ff", None, 16))


class Quotient(Structure):
    _fields_ = [("quotient", c_int), ("remainder", c_int)]


class LongQuotient(Structure):
    _fields_ = [("quotient", c_long), ("remainder", c_long)]


libc.div.restype = Quotient
libc.ldiv.restype = LongQuotient
libc.ldiv.argtypes = c_long, c_long
result = libc.div(17, 5)
print(result.quotient, result.remainder, (lambda r: (r.quotient, r.remainder))(libc.ldiv(-(10**12), 7)))

# Variadic functions.
buffer = create_string_buffer(80)
libc.snprintf.argtypes = c_char_p, c_size_t, c_char_p
print(libc.snprintf(buffer, 80, b"%s %d %.2f %c", b"text", 42, c_double(1.5), 65), buffer.value)

# Callbacks.
Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
libc.qsort.restype = None
libc.qsort.argtypes = c_void_p, c_size_t, c_size_t, Compare
numbers = (c_int * 300)(*((index * 7919) % 1009 for index in range(300)))
calls = 0


@Compare
def compare(left, right):
    global calls
    calls += 1
    return left[0] - right[0]


libc.qsort(numbers, len(numbers), sizeof(c_int), compare)
print(list(numbers) == sorted(numbers), calls > 300, compare(pointer(c_int(3)), pointer(c_int(1))))

for result_type, value in ((c_byte, -2), (c_ushort, 65535), (c_longlong, -(2**60)), (c_float, 1.25), (c_double, 1e300), (c_bool, 1)):
    echo = CFUNCTYPE(result_type, result_type)(lambda value: value)
    print(result_type.__name__, echo(value))
Many = CFUNCTYPE(c_double, *[c_int, c_double] * 7)
print(Many(lambda *values: sum(values))(*range(14)))
print(CFUNCTYPE(c_int, Quotient)(lambda quotient: quotient.quotient * 100 + quotient.remainder)(Quotient(5, 7)))
print(CFUNCTYPE(py_object, py_object)(lambda value: [value])({"a": 1}))
print(CFUNCTYPE(None)(lambda: 3)(), CFUNCTYPE(c_void_p, c_void_p)(lambda value: value)(None))


def unraisable(report):
    print(report.err_msg.split(" <")[0], type(report.exc_value).__name__, report.exc_value)


os.sys.unraisablehook = unraisable
CFUNCTYPE(c_int, c_int)(lambda value: 1 // value)(0)
CFUNCTYPE(c_int)(lambda: "text")()

# Parameters with flags.
prototype = CFUNCTYPE(c_char_p, c_char_p, c_int)
find = prototype(("strchr", libc), ((1, "text"), (1, "character", ord("l"))))
print(find(b"hello"), find(text=b"hello", character=ord("e")), find(b"hello", ord("o")))
attempt(lambda: find())
attempt(lambda: find(b"x", 1, 2))
prototype = CFUNCTYPE(c_double, c_double, POINTER(c_int))
split = prototype(("frexp", libm), ((1, "value"), (2, "exponent")))
print(split(10.0))
split.errcheck = lambda result, function, arguments: (result, arguments[0], arguments[1].value)
print(split(10.0))
for flags in (3, ((1,),), (("x",), (1,)), ((1,), (8 + 4,)), ((2, "out"), (1,))):
    attempt(lambda: prototype(("frexp", libm), flags))

# Results that are checked.
libc.abs.errcheck = lambda result, function, arguments: (result, arguments)
print(libc.abs(-6))
del libc.abs.errcheck
libc.abs.restype = lambda number: f"<{number}>"
print(libc.abs(-7))


class Checked(c_int):
    def _check_retval_(value):
        return value.value + 1000


libc.abs.restype = Checked
print(libc.abs(-8))
libc.abs.restype = c_int

# The number of the last error.
set_errno(0)
print(libc.close(-1), os.strerror(get_errno()), set_errno(5), get_errno())
print(libc.chdir(b"/no such folder"), get_errno() == 2)

# Errors.
for action in (
    lambda: libc.no_such_function, lambda: c_int.in_dll(libc, "no_such_variable"), lambda: CDLL("libnothing.so.9"),
    lambda: libc.strlen(1.5), lambda: libc.abs(2**70), lambda: libm.pow("x", 1), lambda: libm.pow(1), lambda: libc.abs(*[0] * 1025),
    lambda: setattr(libc.abs, "argtypes", 3), lambda: setattr(libc.abs, "argtypes", [3]), lambda: setattr(libc.abs, "restype", 3),
    lambda: setattr(libc.abs, "errcheck", 3), lambda: CFUNCTYPE(c_int)(3.5), lambda: CFUNCTYPE(Quotient)(len),
    lambda: _ctypes.CFuncPtr(len), lambda: type("F", (_ctypes.CFuncPtr,), {}), lambda: _ctypes.dlsym(libc._handle, "nothing"),
    lambda: pythonapi.PyNoSuchFunction, lambda: CFUNCTYPE(c_int)(("abs", 3)), lambda: CFUNCTYPE(c_int)((3, libc)),
    lambda: CFUNCTYPE(c_int)(("abs",)),
):
    attempt(action)
print(bool(CFUNCTYPE(c_int)()), bool(libc.abs), CFUNCTYPE(c_int, c_int)(cast(libc.abs, c_void_p).value)(-9))
environ = POINTER(c_char_p).in_dll(libc, "environ")
print(bool(environ), isinstance(environ[0], bytes))
print(_ctypes.call_function(cast(libc.abs, c_void_p).value, (-11,)))

# Calls release the GIL, and callbacks on threads of the program take it.
event = threading.Event()
libc.usleep.argtypes = [c_uint]
thread = threading.Thread(target=lambda: (libc.usleep(20000), event.set()))
thread.start()
print(event.is_set(), event.wait(10))
thread.join()

# Threads that the program did not start.
seen = []


@CFUNCTYPE(c_void_p, c_void_p)
def start(argument):
    seen.append((argument, threading.get_ident() != threading.main_thread().ident, sum(range(100))))
    return argument + 1


libc.pthread_create.argtypes = POINTER(c_ulong), c_void_p, CFUNCTYPE(c_void_p, c_void_p), c_void_p
libc.pthread_join.argtypes = c_ulong, POINTER(c_void_p)
for argument in (1, 20, 300):
    handle, result = c_ulong(), c_void_p()
    print(libc.pthread_create(byref(handle), None, start, argument), libc.pthread_join(handle, byref(result)), result.value)
print(seen, threading.active_count())
print(ctypes.util.find_library("c"), ctypes.util.find_library("no such library"), len(str(uuid.uuid1())))

total = 0
for index in range(3000):
    total += libc.abs(-index)
print(total)
