"""The interactive loop, from a pipe and on a terminal."""
# modes: off on
import os
import pty
import subprocess
import sys

environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
environment.update(PYTHON_BASIC_REPL="1", TERM="dumb", NO_COLOR="1")


def run(text, *options, **variables):
    done = subprocess.run([sys.executable, "-q", "-i", *options], input=text, env=environment | variables,
                          capture_output=True, text=True)
    print(text.encode(), options, "|", done.returncode)
    print(done.stdout + done.stderr)


run("1 + 1\n_ * 2\nNone\n'text'\n")
run("def f(a):\n    return a\n\nf(3)\nfor i in range(2):\n    i\n\n\n# nothing\n")
run("if 1:\n  2\nelse:\n  3\n\nclass A:\n  def f(self):\n    return 1\n\n  def g(self): return 2\n\nA().g()\n")
run("x = (1,\n2)\nx\n'''a\nb'''\ny = 1 + \\\n2\ny\n")
run("1/0\ndef f(): raise ValueError(7)\n\nf()\nimport sys\nsys.last_exc\n")
run("1 +\n2\n  3\nif 1:\nx\ndef f(:\n@\nprint(5)\n")
run("x = (\n")
run("if 1:\n  2\n")
run("from __future__ import annotations\ndef f(a: nowhere): pass\n\nf.__annotations__\n")
run("import sys\nsys.ps1 = 'now: '\nsys.ps2 = 'on: '\nif 1:\n  2\n\nsys.exit(3)\n4\n")
run("raise SystemExit('gone')\n")
run("x\n", "-c", "x = 5")
run("x\n", "-c", "x = 6; 1/0")
run("x\n", "-c", "raise SystemExit(4)")
run("import sys; sys.displayhook = lambda value: print('shown', value)\n3\n_\n")
run("1\n", PYTHONSTARTUP="/nowhere/at/all.py")


def session(*lines):
    """What a terminal shows; each line waits for the next prompt."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-q"], environment)
    shown = b""

    def read(until):
        nonlocal shown
        while True:
            try:
                part = os.read(terminal, 1000)
            except OSError:
                return
            shown += part
            if not part or shown.endswith(until):
                return

    read(b">>> ")
    for line, until in lines:
        os.write(terminal, line)
        read(until)
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(shown.decode().replace("\r", ""))
    print("status", status)


FIRST, NEXT = b"\n>>> ", b"\n... "
END = b"\0"
session((b"1 + 2\n", FIRST), (b"if _:\n", NEXT), (b"  'yes'\n", NEXT), (b"\n", FIRST), (b"x\n", FIRST), (b"exit\n", FIRST),
        (b"exit(2)\n", END))
session((b"7\n", FIRST), (b"\x04", END))
