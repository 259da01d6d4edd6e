"""Weak references, and containers that hold their keys, values or elements weakly."""

from _weakref import (
    CallableProxyType,
    ProxyType,
    ReferenceType,
    getweakrefcount,
    getweakrefs,
    proxy,
    ref,
)

ProxyTypes = (ProxyType, CallableProxyType)

__all__ = [
    "ref", "proxy", "getweakrefcount", "getweakrefs", "WeakKeyDictionary", "ReferenceType", "ProxyType",
    "CallableProxyType", "ProxyTypes", "WeakValueDictionary", "WeakSet", "WeakMethod", "finalize",
]

_missing = object()


class KeyedRef(ref):
    """A reference to a value that knows the key it is stored under."""

    __slots__ = ("key",)

    def __new__(type, value, callback, key):
        self = ref.__new__(type, value, callback)
        self.key = key
        return self

    def __init__(self, value, callback, key):
        super().__init__(value, callback)


class WeakMethod(ref):
    """A reference to a bound method that lives as long as its receiver and function do."""

    __slots__ = ("_function", "_kind", "_alive", "__weakref__")

    def __new__(cls, method, callback=None):
        try:
            receiver, function = method.__self__, method.__func__
        except AttributeError:
            raise TypeError(f"argument should be a bound method, not {type(method)}") from None

        def died(_):
            self = own()
            if self is not None and self._alive:
                self._alive = False
                if callback is not None:
                    callback(self)

        self = ref.__new__(cls, receiver, died)
        self._function = ref(function, died)
        self._kind = type(method)
        self._alive = True
        own = ref(self)
        return self

    def __init__(self, method, callback=None):
        pass

    def __call__(self):
        receiver, function = super().__call__(), self._function()
        if receiver is None or function is None:
            return None
        return self._kind(function, receiver)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if not self._alive or not other._alive:
            return self is other
        return ref.__eq__(self, other) and self._function == other._function

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = ref.__hash__


class _WeakMapping:
    """What both weak dictionaries share: everything that follows from items, reading, writing and deleting."""

    def __contains__(self, key):
        return self.get(key, _missing) is not _missing

    def __iter__(self):
        for key, _ in self.items():
            yield key

    keys = __iter__

    def values(self):
        for _, value in self.items():
            yield value

    def __eq__(self, other):
        if not isinstance(other, (dict, _WeakMapping)):
            return NotImplemented
        return dict(self.items()) == dict(other.items())

    __hash__ = None

    def pop(self, key, default=_missing):
        value = self.get(key, _missing)
        if value is not _missing:
            del self[key]
            return value
        if default is _missing:
            raise KeyError(key)
        return default

    def popitem(self):
        for key, value in self.items():
            del self[key]
            return key, value
        raise KeyError("dictionary is empty")

    def setdefault(self, key, default=None):
        value = self.get(key, _missing)
        if value is _missing:
            self[key] = value = default
        return value

    def update(self, other=None, /, **keywords):
        if other is not None:
            pairs = other.items() if hasattr(other, "items") else other
            for key, value in pairs:
                self[key] = value
        for key, value in keywords.items():
            self[key] = value

    def clear(self):
        self.data.clear()

    def copy(self):
        made = type(self)()
        made.update(self)
        return made

    __copy__ = copy

    def __or__(self, other):
        if not hasattr(other, "items"):
            return NotImplemented
        made = self.copy()
        made.update(other)
        return made

    def __ror__(self, other):
        if not hasattr(other, "items"):
            return NotImplemented
        made = type(self)()
        made.update(other)
        made.update(self)
        return made

    def __ior__(self, other):
        self.update(other)
        return self

    def __repr__(self):
        return f"<{type(self).__name__} at {id(self):#x}>"


class WeakValueDictionary(_WeakMapping):
    """A mapping whose entries vanish when their values die."""

    def __init__(self, other=(), /, **keywords):
        data = {}

        def remove(reference):
            if data.get(reference.key) is reference:
                del data[reference.key]

        self.data = data
        self._remove = remove
        self.update(other, **keywords)

    def __getitem__(self, key):
        value = self.data[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        self.data[key] = KeyedRef(value, self._remove, key)

    def __delitem__(self, key):
        del self.data[key]

    def __len__(self):
        return len(self.data)

    def get(self, key, default=None):
        reference = self.data.get(key)
        value = None if reference is None else reference()
        return default if value is None else value

    def items(self):
        for key, reference in list(self.data.items()):
            value = reference()
            if value is not None:
                yield key, value

    def itervaluerefs(self):
        yield from list(self.data.values())

    def valuerefs(self):
        return list(self.data.values())


class WeakKeyDictionary(_WeakMapping):
    """A mapping whose entries vanish when their keys die."""

    def __init__(self, other=None):
        data = {}

        def remove(reference):
            data.pop(reference, None)

        self.data = data
        self._remove = remove
        self.update(other)

    def __getitem__(self, key):
        return self.data[ref(key)]

    def __setitem__(self, key, value):
        self.data[ref(key, self._remove)] = value

    def __delitem__(self, key):
        del self.data[ref(key)]

    def __len__(self):
        return len(self.data)

    def __contains__(self, key):
        try:
            return ref(key) in self.data
        except TypeError:
            return False

    def get(self, key, default=None):
        return self.data.get(ref(key), default)

    def items(self):
        for reference, value in list(self.data.items()):
            key = reference()
            if key is not None:
                yield key, value

    def keyrefs(self):
        return list(self.data)


class WeakSet:
    """A set whose elements vanish when they die."""

    def __init__(self, data=None):
        elements = set()
        self.data = elements
        self._remove = elements.discard
        if data is not None:
            self.update(data)

    def __iter__(self):
        for reference in list(self.data):
            element = reference()
            if element is not None:
                yield element

    def __len__(self):
        return len(self.data)

    def __contains__(self, element):
        try:
            return ref(element) in self.data
        except TypeError:
            return False

    def add(self, element):
        self.data.add(ref(element, self._remove))

    def discard(self, element):
        self.data.discard(ref(element))

    def remove(self, element):
        self.data.remove(ref(element))

    def pop(self):
        while self.data:
            element = self.data.pop()()
            if element is not None:
                return element
        raise KeyError("pop from empty WeakSet")

    def clear(self):
        self.data.clear()

    def copy(self):
        return type(self)(self)

    def update(self, other):
        for element in other:
            self.add(element)

    def union(self, other):
        made = self.copy()
        made.update(other)
        return made

    __or__ = union

    def __ior__(self, other):
        self.update(other)
        return self

    def intersection(self, other):
        other = set(other)
        return type(self)(element for element in self if element in other)

    __and__ = intersection

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def intersection_update(self, other):
        other = set(other)
        for element in list(self):
            if element not in other:
                self.discard(element)

    def difference(self, other):
        other = set(other)
        return type(self)(element for element in self if element not in other)

    __sub__ = difference

    def difference_update(self, other):
        for element in list(other):
            self.discard(element)

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def symmetric_difference(self, other):
        return type(self)(set(self) ^ set(other))

    __xor__ = symmetric_difference

    def symmetric_difference_update(self, other):
        for element in list(other):
            (self.discard if element in self else self.add)(element)

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def issubset(self, other):
        return set(self) <= set(other)

    __le__ = issubset

    def __lt__(self, other):
        return set(self) < set(other)

    def issuperset(self, other):
        return set(self) >= set(other)

    __ge__ = issuperset

    def __gt__(self, other):
        return set(self) > set(other)

    def isdisjoint(self, other):
        return set(self).isdisjoint(other)

    def __eq__(self, other):
        if not isinstance(other, WeakSet):
            return NotImplemented
        return self.data == other.data

    __hash__ = None

    def __repr__(self):
        return repr(self.data)


class finalize:
    """Calls a function once, when an object dies."""

    __slots__ = ("_key", "__weakref__")
    _registry = {}

    def __init__(self, obj, func, /, *args, **kwargs):
        registry = finalize._registry
        key = object()

        def died(_):
            entry = registry.pop(key, None)
            if entry is not None:
                entry[1](*entry[2], **entry[3])

        self._key = key
        registry[key] = (ref(obj, died), func, args, kwargs)

    def __call__(self, _=None):
        entry = self._registry.pop(self._key, None)
        if entry is not None:
            return entry[1](*entry[2], **entry[3])

    def detach(self):
        entry = self._registry.pop(self._key, None)
        return None if entry is None else self._parts(entry)

    def peek(self):
        entry = self._registry.get(self._key)
        return None if entry is None else self._parts(entry)

    @staticmethod
    def _parts(entry):
        obj = entry[0]()
        return None if obj is None else (obj, entry[1], entry[2], entry[3] or {})

    @property
    def alive(self):
        return self._key in self._registry
