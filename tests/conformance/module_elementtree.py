# xml.etree.ElementTree: elements and their children, builders, parsers with targets and events, and what is refused.
# modes: native
import copy
import gc
import io
import pickle
import warnings
import xml.etree.ElementTree as ET


def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)


def tags(element):
    return [child.tag for child in element]


Element = ET.Element
print(Element.__name__, Element.__module__, ET.ParseError.__mro__[1:3])

# Elements.
element = Element("a", {"x": "1"}, y="2")
print(element.attrib, element.text, element.tail, len(element), element.get("x"), element.get("z", "none"), element.keys(), element.items())
element.set("w", "3")
element.text = "text"
print(repr(element).split(" at ")[0], element.attrib, Element("b", attrib={"q": "1"}, tag="t").attrib)
for tag in "bcdbe":
    ET.SubElement(element, tag, {"tag": tag}, number=str(len(element))).text = tag * 2
print(tags(element), element[0].attrib, element[-1].tag, tags(element[1:4]), tags(element[::-2]))
print(element.find("b").attrib, element.findtext("c"), element.findtext("nothing", "default"), len(element.findall("b")))
print(tags(element.iterfind("b")), element.find("./d").tag, element.find("{*}e").tag, element.find("x"), element.findall("*")[2].tag)
element[1:3] = [Element("x")]
print(tags(element))
element[::2] = [Element("1"), Element("2")]
print(tags(element))
del element[::2]
element.insert(0, Element("first"))
element.insert(-1, Element("before"))
element.insert(99, Element("end"))
element[0] = Element("new")
element.append(Element("appended"))
element.extend([Element("f"), Element("g")])
print(tags(element))
removed = element[1]
element.remove(removed)
del element[-1]
print(tags(element), [found.tag for found in element.iter()], [found.tag for found in element.iter("f")], list(element.itertext()))

for call in (lambda: Element(), lambda: Element("a", 1), lambda: Element("a", attrib=1), lambda: Element("a", {}, 1),
             lambda: element.append(1), lambda: element.extend(1), lambda: element.extend([1]), lambda: element.insert(0, 1),
             lambda: element[99], lambda: element["a"], lambda: element.__setitem__(99, Element("a")),
             lambda: element.__setitem__(slice(0, 1), [1]), lambda: element.__setitem__(slice(0, 1), 1),
             lambda: element.__setitem__(slice(None, None, 2), [removed]), lambda: element.__delitem__(99),
             lambda: element.remove(removed), lambda: element.remove(1), lambda: element.makeelement("a", 1),
             lambda: ET.SubElement(1, "a"), lambda: ET.SubElement(element), lambda: ET.SubElement(element, "k", 1),
             lambda: delattr(element, "tag"), lambda: setattr(element, "attrib", 1), lambda: setattr(element, "other", 1),
             lambda: element.__setstate__(1), lambda: element.__setstate__({}), lambda: element.__setstate__({"tag": "a", "_children": 1}),
             lambda: Element("a").__deepcopy__(1), lambda: ET._set_factories(1, None)):
    attempt(call)

# Copies and pickles.
shallow, deep, pickled = copy.copy(element), copy.deepcopy(element), pickle.loads(pickle.dumps(element))
print(shallow[0] is element[0], deep[0] is element[0], ET.tostring(deep) == ET.tostring(element) == ET.tostring(pickled))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(bool(element), bool(Element("empty")), str(caught[0].message))
element.clear()
print(element.attrib, len(element), element.text, element.tag)


class Own(Element):
    pass


own = Own("own")
own.extra = 1
print(type(own.makeelement("a", {})).__name__, type(copy.deepcopy(own)).__name__)
deepest = Element("deep")
for _ in range(30_000):
    outer = Element("deep")
    outer.append(deepest)
    deepest = outer
del deepest, outer
ring = Element("ring")
ring.append(ring)
ring.text = ring
del ring
print(gc.collect() > 0)

# Builders.
builder = ET.TreeBuilder()
attempt(lambda: builder.end("a"))
builder.data("ignored")
builder.start("a", {"k": "v"})
builder.data("one")
builder.data("two")
builder.start("b", {})
builder.end("b")
builder.data("tail")
builder.comment("comment")
builder.data("more")
builder.end("a")
print(ET.tostring(builder.close()))
attempt(lambda: builder.start("second", {}))
attempt(lambda: builder.start("second", 1))
builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
parser = ET.XMLParser(target=builder)
parser.feed("<a>t<!--c-->u<?pi d?>v<b>w</b>x</a>")
tree = parser.close()
print(ET.tostring(tree), [found.tag if isinstance(found.tag, str) else found.tag.__name__ for found in tree.iter()], list(tree.itertext()))
builder = ET.TreeBuilder(lambda tag, attributes: [tag, attributes])
print(builder.start("a", {}), builder.start("b", {"x": "y"}), builder.end("b"))

# Documents.
document = """<?xml version="1.0"?>
<!DOCTYPE root [<!ENTITY own "expanded &amp; more"><!ATTLIST item kind CDATA "usual">]>
<root xmlns="urn:one" xmlns:p="urn:two" p:at="1" plain="é">
  text &own; &lt;&#65;<![CDATA[<raw>]]>
  <item>first</item>tail<item kind="other"/><p:item/>
</root>"""
tree = ET.fromstring(document)
print([(found.tag, found.attrib, found.text, found.tail) for found in tree.iter()])
print(ET.fromstring(document.encode("utf-16")).attrib, ET.XML("<a>\u20ac\U0001f600</a>").text)
same = ET.fromstring("<r>" + "<item key='v'/>" * 3 + "</r>")
print(same[0].tag is same[1].tag, list(same[0].attrib)[0] is list(same[1].attrib)[0])
for wrong in ("<a>", "<a></b>", "<a/><b/>", "", "<a>&undefined;</a>", '<!DOCTYPE a SYSTEM "x"><a>&undefined;</a>',
              '<!DOCTYPE a [<!ENTITY e SYSTEM "file">]><a>&e;</a>', "<a b='1' b='2'/>", 5, "<a>\n<b   c='1' d='2&undefined;'/></a>",
              '<!DOCTYPE a [<!ENTITY e "&f;">]><a b="1&e;"/>', '<!DOCTYPE a [<!ENTITY e SYSTEM "x">]><a b="1&e;"/>', "<a  b='1&#0;'/>",
              "<![CDATA[before]]><a/>"):
    attempt(lambda: ET.fromstring(wrong))
try:
    ET.fromstring("<a>\n<b></a>")
except ET.ParseError as error:
    print(error.code, error.position, error.msg)
parser = ET.XMLParser()
parser.entity["name"] = "value"
parser.feed('<!DOCTYPE a SYSTEM "x"><a>1&name;2')
parser.feed(b"</a>")
print(parser.close().text, type(parser.target).__name__, parser.version.split()[0])
attempt(lambda: parser.feed("<more/>"))
attempt(lambda: ET.XMLParser.__new__(ET.XMLParser).feed("a"))
attempt(lambda: ET.XMLParser(encoding="nothing").feed(b"<a/>"))
print(ET.parse(io.StringIO("<a><b/></a>")).getroot()[0].tag, ET.parse(io.BytesIO(b"<a>\xe4</a>"), ET.XMLParser(encoding="latin-1")).getroot().text)


class Target:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: print(name, arguments)


parser = ET.XMLParser(target=Target())
parser.feed('<?xml version="1.0"?><!DOCTYPE r PUBLIC "pub" "sys"><!--c--><?p d?><r xmlns="u" xmlns:p="v" p:a="1" b="2">t<p:x/>é</r>')
parser.close()


class Raises:
    def start(self, tag, attributes):
        raise KeyError(tag)


attempt(lambda: ET.XMLParser(target=Raises()).feed("<a/>"))


class Old(ET.XMLParser):
    def doctype(self, *arguments):
        print("never")


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    Old().feed('<!DOCTYPE r SYSTEM "s"><r/>')
    print(caught[0].message)

# Events.
events = ["start", "end", "start-ns", "end-ns", "comment", "pi"]
for name, found in ET.iterparse(io.BytesIO(b'<a xmlns="u" xmlns:q="z"><!--c--><b>t</b>tail<?pi x?></a>'), events):
    print(name, (found.tag if isinstance(found.tag, str) else found.tag.__name__, found.text) if hasattr(found, "tag") else found)
pull = ET.XMLPullParser(["end"])
for piece in ("<a><b>1</b>", "<b>2", "</b><c/></a>"):
    pull.feed(piece)
    print([(name, found.tag, found.text) for name, found in pull.read_events()])
attempt(lambda: ET.XMLParser()._setevents([], ["nothing"]))
attempt(lambda: ET.XMLParser()._setevents([], [1]))
attempt(lambda: ET.XMLParser(target=Target())._setevents([], ["end"]))

# Many.
big = ET.fromstring("<r>" + "".join(f"<i n='{number}'>{number}<j/></i>" for number in range(500)) + "</r>")
print(sum(int(found.get("n")) for found in big), len(list(big.iter("j"))), len("".join(big.itertext())), len(ET.tostring(big)))
