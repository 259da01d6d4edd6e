from . import circular_b

name = "a"


def both():
    return name + circular_b.name
