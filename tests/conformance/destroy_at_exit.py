# Objects alive at the end: module globals are destroyed after the last statement.
class A:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


kept = A("global")
total = 0
for i in range(500):
    total += len(kept.name)
print(total)
print("last statement")
