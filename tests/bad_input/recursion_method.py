# Unbounded recursion through a special method, after a hot loop has used it without trouble.
class Deep:
    def __init__(self, depth):
        self.depth = depth

    def __len__(self):
        return 0 if self.depth == 0 else len(Deep(self.depth - 1))


for i in range(500):
    len(Deep(i % 7))
print("so far so good")
print(len(Deep(-1)))
