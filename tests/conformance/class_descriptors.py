# Data and non-data descriptors, __set_name__, lookups on the class.
class Typed:
    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        self.name = name
        self.owner = owner.__name__

    def __get__(self, instance, owner):
        if instance is None:
            return self
        return instance.__dict__.get(self.name, self.kind())

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.owner}.{self.name} must be {self.kind.__name__}")
        instance.__dict__[self.name] = value


class Cached:
    def __init__(self, function):
        self.function = function
        self.runs = 0

    def __get__(self, instance, owner=None):
        self.runs += 1
        value = self.function(instance)
        instance.__dict__[self.function.__name__] = value
        return value


class Record:
    count = Typed(int)
    text = Typed(str)

    @Cached
    def expensive(self):
        return 1000


record = Record()
total = 0
for i in range(700):
    record.count = record.count + i % 5
    total += record.expensive
    if i % 100 == 0:
        del record.__dict__["expensive"]
print(record.count, total, repr(record.text), Record.count.name, Record.__dict__["expensive"].runs)
try:
    for i in range(400):
        record.count = i if i < 350 else "text"
except TypeError as error:
    print(error, record.count)
record.__dict__["count"] = "shadow is ignored"
print(record.count, vars(record)["count"], record.__dict__.keys())
Record.count = 7
print(record.count)
