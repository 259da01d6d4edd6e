"""XML: nanoseconds for each element, best of several rounds.

usage: INTERPRETER xml_documents.py [NAME ...]
"""
import xml.etree.ElementTree as ElementTree
from xml.parsers import expat

from measure import report

COUNT = 500
PLAIN = "<all>" + "<item/>" * COUNT + "</all>"
RICH = "<all>" + "".join(
    f'<item id="{i}" kind="some">\n  text &amp; <b>more</b> of it {i}\n</item>' for i in range(COUNT)) + "</all>"
NAMED = '<a:all xmlns:a="urn:a" xmlns="urn:b">' + "<a:item a:x='1'/>" * COUNT + "</a:all>"


def parse(text, names=(), **options):
    parser = expat.ParserCreate(**options)
    for name in names:
        setattr(parser, name, lambda *arguments: None)
    parser.Parse(text, True)


HANDLERS = ("StartElementHandler", "EndElementHandler", "CharacterDataHandler")
TREE = ElementTree.fromstring(RICH)
OPERATIONS = {
    "parse plain, no functions": lambda: parse(PLAIN),
    "parse rich, no functions": lambda: parse(RICH),
    "parse plain": lambda: parse(PLAIN, HANDLERS),
    "parse rich": lambda: parse(RICH, HANDLERS),
    "parse namespaces": lambda: parse(NAMED, HANDLERS, namespace_separator=" "),
    "tree of rich": lambda: ElementTree.fromstring(RICH),
    "text of a tree": lambda: ElementTree.tostring(TREE),
    "walk a tree": lambda: sum(1 for _ in TREE.iter()),
}


report({f"xml: {name}": (COUNT, call) for name, call in OPERATIONS.items()})
