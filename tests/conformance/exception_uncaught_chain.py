# An uncaught chain: context and cause are printed in order.
def read(table, key):
    try:
        return table[key]
    except KeyError as error:
        raise LookupError(f"nothing under {key!r}") from error


def load(keys):
    for key in keys:
        try:
            read({1: 2}, key)
        except LookupError:
            return [key][1]


print(load([1] * 300))
try:
    load([1, 2])
finally:
    print("finally runs before the report")
