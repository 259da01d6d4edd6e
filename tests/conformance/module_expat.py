"""The parser of XML: events, positions, entities, encodings, namespaces, errors."""
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.handler import ContentHandler
import xml.sax

HANDLERS = [name for name in dir(expat.ParserCreate()) if name.endswith("Handler") and "Default" not in name]


PLACED = ["StartElementHandler", "EndElementHandler", "CharacterDataHandler", "CommentHandler", "ProcessingInstructionHandler"]


def show(data, names=HANDLERS, external="", **options):
    parser = expat.ParserCreate(**options)

    def tell(name):
        def handler(*arguments):
            # Where declarations are told is nobody's promise.
            place = (parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex)
            print("  ", name, arguments, *place[:3 if name in PLACED else 1])
            if name == "ExternalEntityRefHandler":
                inner = parser.ExternalEntityParserCreate(arguments[0])
                inner.Parse(external, True)
            return 1
        return handler

    for name in names:
        setattr(parser, name, tell(name))
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
    for piece in data if isinstance(data, list) else [data]:
        try:
            parser.Parse(piece)
        except expat.ExpatError as error:
            print("  ", error, error.code, error.lineno, error.offset, parser.ErrorByteIndex)
            return
    try:
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        print("  ", error, error.code)


print("document")
show('<?xml version="1.0" encoding="utf-8" standalone="no"?>\n<!-- c -->\n<?go on ?>\n<a b="1" c=\'x\ty&#65;&lt;\'>text\r\nä &amp;'
     '<b/><![CDATA[<raw>]]]>]]&gt;</a>\n<?end?>')
print("declarations")
show('<!DOCTYPE r PUBLIC "-//X//Y" "r.dtd" [<!ENTITY e "v<b>&#38;amp;</b>"> <!ENTITY % p "<!ENTITY q \'1\'>"> %p;'
     '<!ENTITY x SYSTEM "x.xml"> <!ENTITY pic SYSTEM "p.gif" NDATA gif> <!NOTATION gif PUBLIC "gif">'
     '<!ELEMENT r (a|(b,c+)*)?> <!ELEMENT a (#PCDATA|b)*> <!ELEMENT b EMPTY>'
     '<!ATTLIST r k (one|two) "one" n NMTOKENS #REQUIRED f CDATA #FIXED " z ">]><r n="  a  b ">&e;&q;&x;</r>',
     external="<!ELEMENT c ANY>")
print("namespaces")
show('<a xmlns="urn:d" xmlns:p="urn:p" p:x="1" y="2"><p:b xmlns=""/></a>', namespace_separator="!")
print("default")
show('<!DOCTYPE r [<!ENTITY e "v">]>\n<r>a&e;&u;<!-- c --><?p i?></r>', ["DefaultHandler"])
show('<!DOCTYPE r [<!ENTITY e "v">]>\n<r>a&e;<!-- c --><?p i?></r>', ["DefaultHandlerExpand"])
print("encodings")
show("<a>\u00e4\u20ac</a>".encode("utf-16-le"), ["CharacterDataHandler"])
show('<?xml version="1.0" encoding="iso-8859-1"?><a>\u00e4</a>'.encode("latin-1"), ["CharacterDataHandler"])
show('<?xml version="1.0" encoding="cp1252"?><a>\u20ac</a>'.encode("cp1252"), ["CharacterDataHandler"])
print("pieces")
show([bytes([byte]) for byte in '<a b="\u00e4">x]]y<!-- z --></a>'.encode()], ["StartElementHandler", "CharacterDataHandler"])
print("errors")
for text in ["", "x", "<a>", "<a></b>", "<a b='1' b='2'/>", "<a>&u;</a>", "<a>&#0;</a>", "<a b='<'/>", "<a/><b/>", "<a/>x", "<a>]]></a>",
             "<a\x01/>", "<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>", "<a><!-- -- --></a>", "<a b=1/>", "<1/>", "<a><![CDATA[x", "<?xml version=1?><a/>",
             " <?xml version='1.0'?><a/>", "<a x:y='1'/>", "<!DOCTYPE a [<!FOO>]><a/>", "foo<", "<a", "<a>&#xZ;</a>"]:
    print(repr(text))
    show(text, [])
show("<x:a/>", [], namespace_separator=" ")
show("<a xmlns:xml='urn:x'/>", [], namespace_separator=" ")
laughs = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
show(f'<!DOCTYPE a [<!ENTITY e0 "haha{"ha" * 100}">{laughs}]><a>&e9;</a>', [])

print("buffers, names")
parser = expat.ParserCreate()
parser.buffer_text, parser.ordered_attributes, parser.specified_attributes = True, True, True
parser.CharacterDataHandler = lambda text: print(repr(text))
parser.StartElementHandler = lambda name, attributes: print(name, attributes)
parser.Parse('<!DOCTYPE a [<!ATTLIST a z CDATA "0">]><a y="1" x="2">one\ntwo &lt; three<b/>four</a>', True)
print(expat.ErrorString(5), expat.errors.codes["unclosed token"], expat.errors.messages[7])


class Own(Exception):
    pass


def fail(*arguments):
    raise Own(arguments)


parser = expat.ParserCreate()
parser.StartElementHandler = fail
try:
    parser.Parse("<a><b/></a>", True)
except Own as error:
    print("raised", error)

print("others")
root = ElementTree.fromstring("<r a='1'><x>t</x>tail<y><z/></y></r>")
print([(element.tag, element.attrib, element.text, element.tail) for element in root.iter()], ElementTree.tostring(root))


class Counter(ContentHandler):
    counts = {}

    def startElement(self, name, attributes):
        self.counts[name] = self.counts.get(name, 0) + len(attributes) + 1


xml.sax.parseString("<r>" + "<i k='v'/>" * 500 + "</r>", Counter())
print(Counter.counts)
# modes: native
