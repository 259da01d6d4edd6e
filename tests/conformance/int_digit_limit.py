# The limit on decimal digits of conversions between int and str.
import sys


def attempt(function):
    try:
        return function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


big = 10 ** 5000
print(sys.get_int_max_str_digits(), sys.flags.int_max_str_digits, sys.int_info.default_max_str_digits)
print(attempt(lambda: str(big)))
print(attempt(lambda: repr(-big)))
print(attempt(lambda: f"{big}"))
print(attempt(lambda: f"{big:d}"))
print(attempt(lambda: "%d" % big))
print(attempt(lambda: int("1" * 4301)))
print(attempt(lambda: len(str(10 ** 4299))))
print(attempt(lambda: int("1" * 4300) % 1000))
print(attempt(lambda: int("_".join("1" * 4301))))
print(attempt(lambda: len(hex(big))), attempt(lambda: int("f" * 5000, 16).bit_length()))
print(attempt(lambda: int("7" * 5000, 7)))
for limit in 639, 1, -1, 2 ** 40, 2 ** 80, "x", 1.5, None:
    print(limit, attempt(lambda: sys.set_int_max_str_digits(limit)), sys.get_int_max_str_digits())
print(attempt(lambda: sys.set_int_max_str_digits()), attempt(lambda: sys.set_int_max_str_digits(maxdigits=640)))
print(sys.get_int_max_str_digits(), sys.flags.int_max_str_digits)
print(attempt(lambda: str(10 ** 640)), len(str(10 ** 639)))
print(attempt(lambda: int("1" * 641)))
sys.set_int_max_str_digits(0)
print(len(str(big)), int("1" * 6000) % 1000, sys.get_int_max_str_digits())
print(attempt(lambda: sys.get_int_max_str_digits(1)))
sys.set_int_max_str_digits(5000)
print(attempt(lambda: str(big)), attempt(lambda: len(str(big // 10))))
