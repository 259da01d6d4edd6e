# += in a loop must not change other names of the same string.
def build(n):
    text = ""
    held = []
    for i in range(n):
        text += chr(97 + i % 26)
        if i % 100 == 0:
            held.append(text)
    return text, held


text, held = build(1000)
print(len(text), text[:30], text[-5:], [len(item) for item in held], held[1][:8])
first = "start"
second = first
for i in range(300):
    second += str(i % 10)
print(first, len(second), second[:12])


class Box:
    pass


box = Box()
box.text = "x"
alias = box.text
for i in range(200):
    box.text += "é" if i == 150 else "y"
    if i == 100:
        middle = box.text
print(alias, len(middle), len(box.text), middle == "x" + "y" * 101, box.text.count("é"))
table = {"k": ""}
for i in range(200):
    table["k"] += "😀" if i == 120 else "z"
print(len(table["k"]), table["k"][118:123])
text = "ab"
text += text
text += text + text
print(text, "a" + "β" + "😀", "a" * 3 + "" * 5 + "b" * -1)
for make in (lambda: "a" + 1, lambda: 1 + "a", lambda: "a" * 1.0, lambda: "a" * "b", lambda: "a" + b"b"):
    try:
        make()
    except TypeError as error:
        print(error)
