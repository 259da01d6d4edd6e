from . import circular_a

name = "b"
seen = hasattr(circular_a, "name")


def both():
    return name + circular_a.name
