# Repeated growth by pieces whose width changes: 1-byte, then 2-byte, then 4-byte characters.
def grow(pieces, rounds):
    text = ""
    snapshots = []
    for i in range(rounds):
        text += pieces[i * len(pieces) // rounds]
        if i % 200 == 0:
            snapshots.append(text)
    return text, snapshots


text, snapshots = grow(["a", "é", "β", "😀"], 800)
print(len(text), [len(s) for s in snapshots], text[0] + text[250] + text[450] + text[650], snapshots[1] == "a" * 200 + "é")
print(text.find("😀"), text.rfind("a"), text.count("β"), len(text.encode()), text[199:201], text[599:601])


class Writer:
    def __init__(self):
        self.text = ""
        self.depth = 0

    def line(self, content):
        self.text += "  " * self.depth + content + "\n"
        return self

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, *details):
        self.depth -= 1


writer = Writer()
writer.line("start")
for i in range(200):
    with writer:
        writer.line(f"item {i}")
        if i % 50 == 0:
            with writer:
                writer.line("deep")
print(len(writer.text), writer.text[:40].split("\n"), writer.text.count("deep"))
parts = []
held = "x"
for i in range(400):
    other = held
    held += "y"
    if len(other) != i + 1:
        print("aliased", i)
    parts.append(held[-1] + other[0])
print(len(held), "".join(parts)[:6], held == "x" + "y" * 400)
