# Float formatting with every presentation type.
x = 1234.56789
print(f"{x:.2f} {x:10.3f}| {x:<12.1f}| {x:^12.1f}| {x:+.0f} {x:012.2f} {x:,.2f} {x:_.1f} {x:e} {x:.3E} {x:g} {x:.3g}")
print(f"{0.000012345:g} {1e20:g} {100000:g} {1000000.0:g} {0.5:%} {0.12345:.1%} {1.0:#.0f} {3.0:.0f} {2.5:.0f}")
print("%f %.3f %10.2f| %-10.2f| %+.1f %e %g %s %r %5.1f%%" % (x, x, x, x, x, x, x, x, x, 45.67))
print(f"{float('nan'):8} {float('inf'):+} {float('-inf'):f} {float('nan'):.2f} {-0.0:.1f} {-0.0:g} {-0.04:.1f} {-0.04:z.1f}")
print(f"{1e15} {1e16} {1e16:.1f} {1.0:} {1.5:20} {1e100:.0f}")
print(format(1.1, ".30f"), format(2.0 ** -30, ".40g"), f"{123.456:.0e}", f"{1e-7:f}")
length = 0
for i in range(500):
    length += len(f"{i * 1.1:.3f}") + len("%g" % (i / 7)) + len(format(i * 1e5, ",.1f")) + len(str(i / 3))
print(length)
width, precision = 12, 4
print(f"[{x:{width}.{precision}f}] [{x:>{width}}] [{x!r:>{width + 4}}] [{x!s:.6}]")
print("%*.*f|" % (10, 2, x))
for spec in ("d", "x", "s", ".2c"):
    try:
        format(1.5, spec)
    except ValueError as error:
        print(error)
