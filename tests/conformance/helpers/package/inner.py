from . import sibling


def work(x):
    return sibling.factor * x


deeper = __package__
