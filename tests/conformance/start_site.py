"""The module site at the start: environments, .pth files, customisation, places."""
# modes: off on
import os
import subprocess
import sys
import tempfile

VERSION = "python%d.%d" % sys.version_info[:2]


def run(program, *arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment.update(variables, PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, cwd="/")
    return (done.stdout + done.stderr).strip().replace(folder, "{folder}").replace(sys.base_prefix, "{base}")


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


with tempfile.TemporaryDirectory() as folder:
    folder = os.path.realpath(folder)
    home = os.path.dirname(os.path.realpath(sys.executable))
    packages = f"place/lib/{VERSION}/site-packages"
    write("place/pyvenv.cfg", f"home = {home}\ninclude-system-site-packages = false\n")
    os.makedirs(os.path.join(folder, "place/bin"))
    program = os.path.join(folder, "place/bin/python")
    os.symlink(os.path.realpath(sys.executable), program)
    write(f"{packages}/extra.pth", "# a comment\n../more\nnowhere\nimport sys; sys.from_pth = 1\n\n")
    write(f"place/lib/{VERSION}/more/found.py", "print('found', __file__)\n")
    write("own/sitecustomize.py", "import sys; print('customised', sys.argv)\n")
    print(run(program, "-c", """
import sys
print(sys.prefix, sys.exec_prefix, sys.base_prefix == sys.base_exec_prefix != sys.prefix, sys.executable)
print([path for path in sys.path if "place" in path], sys.from_pth)
import found
"""))
    print(run(program, "-S", "-c", "import sys; print('site' in sys.modules, hasattr(sys, 'from_pth'), 'exit' in dir(__builtins__))"))
    print(run(program, "-I", "-c", "import sys; print(sys.from_pth, sys.flags.isolated, sys.path[0] != '')"))
    print(run(program, "-c", "pass", PYTHONPATH=os.path.join(folder, "own")))
    print(run(program, "-I", "-c", "print('isolated')", PYTHONPATH=os.path.join(folder, "own")))
    write("own/sitecustomize.py", "raise ValueError('wrong')\n")
    print(run(program, "-c", "print('goes on')", PYTHONPATH=os.path.join(folder, "own")))
    print(run(program, "-m", "site", "--user-base", HOME=folder))
    print(run(program, "-c", """
import site, sys
print(site.ENABLE_USER_SITE, site.PREFIXES, site.getuserbase(), site.getusersitepackages())
print(exit, quit, sep='; ')
""", HOME=folder))
    write(f"{packages}/broken.pth", "import no_such_module\nmissing\n")
    print(*run(program, "-c", "print('goes on')").splitlines()[-4:], sep="\n")
print("site" in sys.modules, exit, callable(help), callable(license))
