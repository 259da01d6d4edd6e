# __del__ runs at once when a loop drops, replaces or rebinds an object.
log = []


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


for i in range(4):
    x = Loud(i)
    log.append("made %d" % i)
del x
print(log)
log.clear()
for i in range(3):
    Loud(i)
    log.append("after %d" % i)
print(log)
log.clear()
x = Loud("a")
x = Loud("b")
x = None
items = [Loud("list1"), Loud("list2")]
items[0] = Loud("list3")
items.pop()
log.append("popped")
items = None
print(log)
log.clear()
holder = {}
for i in range(1000):
    holder["key"] = Loud(i)
    if i % 250 == 249:
        log.append("still alive %d" % i)
print(len(log), log[-3:], log[245:255])
log.clear()
previous = None
for i in range(900):
    current = Loud(i)
    previous, current = current, previous
    if i == 5:
        print(log)
print(len(log), log[-1])
del previous, current
print(log[-2:])
