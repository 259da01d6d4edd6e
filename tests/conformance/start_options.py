"""What options of the command line and variables of the environment set, and how wrong ones are refused."""
# modes: off on
import os
import subprocess
import sys


def run(options, *arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))}
    environment.update({"PYTHON" + name: value for name, value in variables.items()})
    done = subprocess.run([sys.executable, *options.split(), *arguments], env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True)
    shown = (done.stdout + done.stderr).decode().strip().replace(sys.executable, "python")
    print(options, *variables.items(), "|", done.returncode, shown)


FLAGS = "import sys; print(*sys.flags, *sys.warnoptions, *sys._xoptions.items())"
run("", "-c", FLAGS)
run("-bbBddiOsSqREt", "-c", FLAGS)
run("-b -IP -W error -Wi -W error -Xutf8 -X a=b=c -X d", "-c", FLAGS)
run("-OO -X dev -X utf8=0 -X int_max_str_digits=0 -X warn_default_encoding", "-c", FLAGS)
GIVEN = dict(DEBUG="3", OPTIMIZE="x", DONTWRITEBYTECODE="1", NOUSERSITE="0", SAFEPATH="0", DEVMODE="1", UTF8="1",
             HASHSEED="0", INTMAXSTRDIGITS="1000", WARNINGS="error,ignore,error", WARNDEFAULTENCODING="1")
run("-Wd", "-c", FLAGS, **GIVEN)
run("-E", "-c", FLAGS, **GIVEN)

for options in ["-X utf8=2", "-X int_max_str_digits=5", "-X cpu_count=0", "-X importtime=3", "-X gil=0",
                "-X frozen_modules=x", "-X thread_inherit_context=x", "-X tracemalloc=x"]:
    run(options, "-c", "print(1)")
run("", "-c", "print(1)", HASHSEED="-1")
run("", "-c", "print(1)", UTF8="x")
run("", "-c", "print(1)", _CPU_COUNT="x")
for options in ["-X", "--check-hash-based-pycs=never", "--check-hash-based-pycs what", "-Wa:b:c:d:e:f -Wwhat -c 1"]:
    run(options)

CHECKS = """import os, sys
print(os.cpu_count(), sys.pycache_prefix, sys.dont_write_bytecode, sys.orig_argv[1:3], sys.argv)
print(*[(s.encoding, s.errors, s.line_buffering, s.write_through) for s in (sys.stdin, sys.stdout, sys.stderr)])
try: str(b'')
except BytesWarning as e: print(e)
try: b'' == ''
except BytesWarning as e: print(e)
def f(): return 1 / 0
f()
"""
run("-X cpu_count=77 -X pycache_prefix=/nowhere -B -u -bb -X no_debug_ranges", "-c", CHECKS, "-a", "b", IOENCODING="cp437")
run("", "-c", CHECKS, _CPU_COUNT="78", PYCACHEPREFIX="/somewhere", DONTWRITEBYTECODE="1", IOENCODING=":replace")
run("-Werror", "-c", "import warnings\nwarnings.warn('x')", IOENCODING="ascii:ignore")
