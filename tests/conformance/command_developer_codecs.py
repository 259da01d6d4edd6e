# In the mode for developers, names of encodings and error handlers are looked up even where nobody needs them.
# modes: off
import subprocess
import sys

PROGRAM = """
for number, call in enumerate([
    lambda: str(b"", errors="Boom"),
    lambda: str(b"", "utf8", "Boom"),
    lambda: str(b"", "nope"),
    lambda: b"".decode("nope"),
    lambda: b"x".decode("nope"),
    lambda: "".encode(errors="Boom"),
    lambda: "".encode("nope"),
    lambda: "x".encode("ascii", "Boom"),
    lambda: bytes("", "ascii", "Boom"),
    lambda: bytearray("", "ascii", "Boom"),
    lambda: b"".decode("ascii", "Boom"),
    lambda: bytearray(b"").decode(errors="surrogateescape"),
    lambda: str(memoryview(b""), "latin1", errors="Boom"),
]):
    try:
        print(number, repr(call()))
    except LookupError as error:
        print(number, error)
"""
for options in [[], ["-X", "dev"]]:
    print(subprocess.run([sys.executable, *options, "-c", PROGRAM], capture_output=True, text=True).stdout)
done = subprocess.run([sys.executable, "-c", r"import sys; sys.exit('surrogates: \udcff')"], capture_output=True)
print(done.returncode, done.stderr)
