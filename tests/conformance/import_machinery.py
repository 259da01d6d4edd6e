# What importlib does over files: packages, namespaces, tracebacks, compiled files, the frozen and builtin finders.
import os
import sys

root = f"/tmp/import-machinery-{os.getpid()}"


def write(name, text):
    path = f"{root}/{name}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
    os.write(fd, text.encode())
    os.close(fd)


def remove(path):
    for name in os.listdir(path):
        inner = f"{path}/{name}"
        if os.path.isdir(inner):
            remove(inner)
        else:
            os.unlink(inner)
    os.rmdir(path)


def shown(value):
    return str(value).replace(root, "ROOT")


write("pkg/__init__.py", "VALUE = 1\n")
write("pkg/sub.py", "from . import VALUE\nfrom .other import NAME\n")
write("pkg/other.py", "NAME = __name__, __package__, __spec__.parent\n")
write("ns/inner/leaf.py", "X = 3\n")
write("broken.py", "def fail():\n    raise KeyError('bad')\nfail()\n")
write("wrong.py", "x = = 1\n")
write("latin.py", "# coding: latin-1\ntext = '\xe9'\n")
sys.path.insert(0, root)
try:
    import pkg.sub
    import ns.inner.leaf

    print(shown(pkg), shown(pkg.sub), ns.inner.leaf.X, pkg.sub.NAME, list(map(shown, ns.__path__)))
    print(shown(pkg.__spec__.origin), pkg.__spec__.loader.__class__.__name__, pkg.__file__ == pkg.__spec__.origin)
    print(sys.modules["ns"].__spec__.origin, ns.__file__ if hasattr(ns, "__file__") else "no file")
    import latin

    print(latin.text)
    for name in ["broken", "wrong", "absent", "pkg.absent", "sys.x", "", "pkg..sub"]:
        try:
            __import__(name)
        except Exception as error:
            frames = []
            entry = error.__traceback__
            while entry:
                frames.append((os.path.basename(entry.tb_frame.f_code.co_filename), entry.tb_lineno))
                entry = entry.tb_next
            print(name, type(error).__name__, shown(error), frames[1:], name in sys.modules)
    for level, name, names in [(1, "sub", ()), (1, "", ("sub",)), (2, "", ())]:
        try:
            print(shown(__import__(name, {"__package__": "pkg"}, None, names, level)))
        except ImportError as error:
            print(error)
    try:
        __import__("sub", {"__name__": "m", "__package__": ""}, None, (), 1)
    except ImportError as error:
        print(error)
    try:
        __import__("sub", {}, None, (), 1)
    except KeyError as error:
        print(error)

    # Compiled files are written, and read again.
    sys.dont_write_bytecode = False
    for _ in range(3):
        del sys.modules["pkg"]
        import pkg
        print(len(os.listdir(f"{root}/pkg/__pycache__")), pkg.VALUE, os.path.basename(pkg.__cached__).count("314"))

    import importlib
    import importlib.util

    write("pkg/other.py", "NAME = 'a new one'\n")
    sys.path_importer_cache.clear()
    print(importlib.reload(sys.modules["pkg.other"]).NAME)
    spec = importlib.util.spec_from_file_location("elsewhere", f"{root}/pkg/other.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.NAME, module.__name__, spec.loader.get_source("elsewhere"), end="")

    for name in ["sys", "os", "math", "keyword", "json.decoder"]:
        spec = importlib.util.find_spec(name.partition(".")[0])
        print(name, spec.name, spec.has_location, spec.origin if not spec.has_location else os.path.basename(spec.origin))
    import keyword

    print(keyword.__loader__.get_source("keyword")[:40].splitlines()[0])
    print([finder.__name__ for finder in sys.meta_path], "math" in sys.stdlib_module_names, "sys" in sys.builtin_module_names)

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name.startswith("made_"):
                return importlib.util.spec_from_loader(name, Finder)

        @staticmethod
        def create_module(spec):
            return None

        @staticmethod
        def exec_module(module):
            module.value = len(module.__name__)

    sys.meta_path.append(Finder)
    import made_up

    print(made_up.value, made_up.__loader__ is Finder)
    sys.modules["gone"] = None
    try:
        import gone
    except ImportError as error:
        print(error, error.name)

    # Hot: statements over modules that are there.
    def hot(n):
        total = 0
        for _ in range(n):
            import math
            from pkg import VALUE
            import os.path as path
            total += VALUE + math.floor(1.5) + len(path.sep)
        return total

    print(hot(5000))
finally:
    remove(root)
