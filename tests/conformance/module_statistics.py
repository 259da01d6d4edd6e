# The inverse of the normal distribution function.
import _statistics
import math

inverse = _statistics._normal_dist_inv_cdf


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


total = 0.0
for step in range(1, 2000):
    total += inverse(step / 2000, 1.5, 0.25) * step
print(total)
for part in (1e-320, 1e-300, 1e-17, 1e-12, 1e-5, 0.074, 0.075, 0.3, 0.5, 0.9, 0.925, 0.926, 0.99999, 1 - 2**-53):
    print(part, inverse(part, 0, 1), inverse(part, -3.5, 2))
for arguments in ((0, 0, 1), (1, 0, 1), (-0.5, 0, 1), (2, 0, 1), ("a", 0, 1), (0.5, None, 1), (0.5, 1), (0.5, 1, 2, 3)):
    refused(inverse, *arguments)
print(inverse(0.5, 3, 0), inverse(0.1, 3, -1), inverse(math.nan, 0, 1), inverse(0.25, math.inf, 1))
# modes: native
