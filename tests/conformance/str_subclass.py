# A str subclass with extra behaviour, also where exact strings are expected.
class Tag(str):
    def __new__(cls, text, mark="!"):
        self = super().__new__(cls, text + mark)
        self.mark = mark
        return self

    def shout(self):
        return self.upper() + self.mark

    def __eq__(self, other):
        return str.__eq__(self, other) or other == "any"

    def __hash__(self):
        return str.__hash__(self)


tag = Tag("go", "?")
print(tag, repr(tag), len(tag), tag.shout(), type(tag + "x").__name__, type(tag[:]).__name__, type(str(tag)).__name__)
print(tag == "go?", tag == "any", "any" == tag, tag != "go?", {"go?": 1}[tag], tag in ["any"], isinstance(tag, str))
total = 0
for i in range(400):
    item = Tag(str(i)) if i % 2 else str(i)
    total += len(item) + (item == "any") + len("<" + item + ">")
print(total, "-".join([tag, Tag("x")]), f"{tag:>6}", "%s" % tag, tag.mark, int(Tag("12", "")))


class Plain(str):
    def __str__(self):
        return "plain"


print(str(Plain("x")), f"{Plain('x')}", "%s" % Plain("x"), Plain("x") + "", "".join([Plain("x")]), repr(Plain("x")))
