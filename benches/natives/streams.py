"""Streams and sockets: nanoseconds for each operation.

usage: INTERPRETER streams.py [NAME ...]
"""
import io
import socket
import tempfile

from measure import report

N = 1000
LINES = [f"line number {i} of the file, with some text\n" for i in range(N)]
TEXT = "".join(LINES)
DATA = TEXT.encode()
FILE = tempfile.NamedTemporaryFile("wb")
FILE.write(DATA)
FILE.flush()
LEFT, RIGHT = socket.socketpair()


def write_text():
    stream = io.StringIO()
    for line in LINES:
        stream.write(line)
    return stream.getvalue()


def write_bytes():
    stream = io.BytesIO()
    for _ in range(N):
        stream.write(b"some bytes")
    return stream.getvalue()


def read_bytes():
    stream = io.BytesIO(DATA)
    while stream.read(40):
        pass


def text_lines():
    with open(FILE.name) as stream:
        for line in stream:
            pass


def binary_lines():
    with open(FILE.name, "rb") as stream:
        for line in stream:
            pass


def whole():
    with open(FILE.name, encoding="utf-8") as stream:
        return stream.read()


def write_file():
    with open("/dev/null", "w") as stream:
        for line in LINES:
            stream.write(line)


def print_lines():
    with open("/dev/null", "w") as stream:
        for i in range(N):
            print("line", i, file=stream)


def exchange():
    for _ in range(100):
        LEFT.send(b"some bytes to send")
        RIGHT.recv(100)


def exchange_much(data=bytes(60000)):
    LEFT.sendall(data)
    left = len(data)
    while left:
        left -= len(RIGHT.recv(65536))


report({
    "io: StringIO write": (N, write_text),
    "io: StringIO lines": (N, lambda: [line for line in io.StringIO(TEXT)]),
    "io: BytesIO write": (N, write_bytes),
    "io: BytesIO read": (N, read_bytes),
    "io: BytesIO lines": (N, lambda: [line for line in io.BytesIO(DATA)]),
    "io: text file by line": (N, text_lines),
    "io: binary file by line": (N, binary_lines),
    "io: text file at once": (1, whole),
    "io: text file written": (N, write_file),
    "io: print to a file": (N, print_lines),
    "io: open and close": (1, lambda: open("/dev/null").close()),
    "socket: send and receive": (100, exchange),
    "socket: much at once": (1, exchange_much),
})
