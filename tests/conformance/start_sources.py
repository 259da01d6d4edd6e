"""What can be run: files, folders, archives, compiled files, modules, standard input, a text."""
# modes: off on
import os
import py_compile
import subprocess
import sys
import tempfile
import zipfile


def run(*arguments, text=b""):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run([sys.executable, *arguments], input=text, env=environment, capture_output=True, cwd=folder)
    shown = (done.stdout + done.stderr).decode(errors="backslashreplace").strip()
    print(*arguments, "|", done.returncode, shown.replace(sys.executable, "python").replace(folder, "{folder}"))


REPORT = """import sys
print(__name__, sys.argv, sys.path[0], globals().get("__file__"), __spec__ and __spec__.name, type(__loader__).__name__)
"""


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


with tempfile.TemporaryDirectory() as folder:
    folder = os.path.realpath(folder)
    write("script.py", REPORT)
    write("package/__init__.py", "print('made', __name__)\n")
    write("package/__main__.py", REPORT)
    write("package/part.py", REPORT)
    write("empty/nothing", "")
    with zipfile.ZipFile(os.path.join(folder, "archive"), "w") as archive:
        archive.writestr("__main__.py", REPORT)
    with zipfile.ZipFile(os.path.join(folder, "without"), "w") as archive:
        archive.writestr("other.py", REPORT)
    run("script.py", "a", "-b")
    run("./script.py")
    run("--", "script.py", "a")
    write("safe.py", "import os, sys; print(os.path.dirname(__file__) in sys.path)\n")
    run("safe.py")
    run("-P", "safe.py")
    run("package", "a")
    run("package/")
    run("archive", "a")
    for missing in ["empty", "without", "nowhere.py", "nowhere/nothing.py"]:
        run(missing)
    run("-m", "package", "a", "-b")
    run("-mpackage.part", "a")
    run("-m", "script", "a")
    for missing in ["nowhere", "package.nowhere", "empty", "sys", "script.part"]:
        run("-m", missing)
    run("-c", REPORT, "a", "-b")
    run("-c", "\n    if True:\n        print('indented')\n    ")
    run(text=REPORT.encode())
    run("-", "a", "-b", text=REPORT.encode())
    run(text=b"print(1")
    run(text=b"1/0")
    py_compile.compile(os.path.join(folder, "script.py"), os.path.join(folder, "compiled.pyc"))
    run("compiled.pyc", "a")
    run("compiled.pyc")
    write("broken.pyc", b"never compiled")
    run("broken.pyc")
    write("first_line.py", "not Python\nimport sys\nprint(sys._getframe().f_lineno)\n")
    run("-x", "first_line.py")
    write("latin.py", b"# coding: latin-1\nprint(ascii('\xe9'))\n")
    run("latin.py")
    write("marked.py", b"\xef\xbb\xbfprint('marked')\r\nprint('ends')\r")
    run("marked.py")
    for status in ["None", "3", "260", "-1", "True", "2**80", "'text'", "(1, 2)"]:
        run("-c", f"raise SystemExit({status})")
    run(b"\xff.py")
