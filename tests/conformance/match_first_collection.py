"""A class with both kinds of bases is matched as the first of them says; views of mappings."""
import collections
import collections.abc
import copy
import types


class Plain:
    pass


class One(collections.UserDict, collections.abc.Sequence):
    pass


class Two(Plain, collections.UserDict, list):
    pass


class Three(collections.UserList, dict):
    pass


def kind(value):
    match value:
        case [*_]:
            return "sequence"
        case {}:
            return "mapping"


print(kind(One()), kind(Two()), kind(Three()), kind(Plain()))

view = types.MappingProxyType({})
try:
    view |= {}
except TypeError as error:
    print(error)
print(types.MappingProxyType[int, str])


class Names(types.SimpleNamespace):
    made = False

    def __new__(cls):
        return 5 if cls.made else super().__new__(cls)


names = Names()
Names.made = True
try:
    copy.replace(names)
except TypeError as error:
    print(error)
