# __init_subclass__, __class_getitem__, class keyword arguments.
class Plugin:
    registry = {}

    def __init_subclass__(cls, /, key=None, **kwargs):
        super().__init_subclass__(**kwargs)
        Plugin.registry[key or cls.__name__] = cls

    def __class_getitem__(cls, item):
        return (cls.__name__, item)

    def run(self, x):
        return x


class Double(Plugin, key="double"):
    def run(self, x):
        return 2 * x


class Square(Plugin):
    def run(self, x):
        return x * x


print(sorted(Plugin.registry), Plugin[int] == ("Plugin", int), Double[1, 2])
total = 0
for i in range(800):
    if i == 500:
        class Triple(Plugin, key="double"):
            def run(self, x):
                return 3 * x
    total += Plugin.registry["double"]().run(i) - Plugin.registry["Square"]().run(i % 9)
print(total)
try:
    class Bad(Plugin, unknown=1):
        pass
except TypeError as error:
    print(error)
total = 0
for i in range(300):
    class Local:
        value = i

        def get(self):
            return self.value + i
    total += Local().get()
print(total, Local.__name__, Local.__qualname__)
