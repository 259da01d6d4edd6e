# gc.get_threshold and gc.set_threshold.
import gc

print(gc.get_threshold())
for arguments in (5,), (700, 3), (1, 2, 3), (), ("x",), (1, 2, 3, 4), (2000, 10, 10):
    try:
        print(arguments, gc.set_threshold(*arguments))
    except TypeError as error:
        print(arguments, error)
    print(gc.get_threshold())
print(gc.isenabled())
