import atexit
import sys

sys.unraisablehook = lambda it: print("ignored:", it.err_msg[:38], it.object, repr(it.exc_value))


def attempt(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except Exception as error:
        return type(error).__name__, str(error)


print(attempt(atexit.register, 3), atexit.register(print, "last", end="!\n") is print, atexit._ncallbacks())


@atexit.register
def bad():
    1 / 0


@atexit.register
def more():
    print("registers more")
    atexit.register(print, "more")


class Equal:
    def __call__(self):
        print("never called")

    def __eq__(self, other):
        return True


print(atexit.unregister(3), atexit._ncallbacks())
atexit.register(Equal())
print(atexit._ncallbacks(), atexit.unregister(Equal()), atexit._ncallbacks())
atexit.register(print, "cleared")
print(atexit._clear(), atexit._ncallbacks())
atexit.register(print, "now")
print(atexit._run_exitfuncs(), atexit._ncallbacks())
atexit.register(print, "last", end="!\n")
atexit.register(bad)
atexit.register(more)
for i in range(300):
    atexit.register(print, i)
    atexit.unregister(print)
atexit.register(print, "end", sep="")
raise SystemExit(3)
