"""The profiler in native code, used as `profile` is: statements and calls, `python -m cProfile [-o file] [-s order] program`."""

# Written here because the crate that the library comes from has no `_lsprof`, and so leaves this file out.
import _lsprof
import importlib.machinery
import importlib.util
import io
import profile as _slow

__all__ = ["run", "runctx", "Profile"]


def run(statement, filename=None, sort=-1):
    return _slow._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _slow._Utils(Profile).runctx(statement, globals, locals, filename, sort)


run.__doc__ = _slow.run.__doc__
runctx.__doc__ = _slow.runctx.__doc__


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    Counts calls and measures how long they take, by a fast clock or by the
    timer. If what the timer gives are integers, the unit says how many
    seconds one of them stands for.
    """

    def print_stats(self, sort=-1):
        from pstats import Stats
        order = sort if isinstance(sort, tuple) else (sort,)
        Stats(self).strip_dirs().sort_stats(*order).print_stats()

    def dump_stats(self, file):
        import marshal
        with open(file, "wb") as stream:
            self.create_stats()
            marshal.dump(self.stats, stream)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        # In the form of pstats: for each function the primitive calls, all calls, the time in itself, the time with what it
        # called, and the same by callers.
        rows = self.getstats()
        self.stats = {}
        by_callers = {}
        for row in rows:
            callers = by_callers[id(row.code)] = {}
            primitive = row.callcount - row.reccallcount
            self.stats[label(row.code)] = primitive, row.callcount, row.inlinetime, row.totaltime, callers
        for row in rows:
            caller = label(row.code)
            for call in row.calls or ():
                callers = by_callers.get(id(call.code))
                if callers is None:
                    continue
                # The order of the first two is the other way round here than above, as it is in CPython's files.
                figures = call.callcount, call.callcount - call.reccallcount, call.inlinetime, call.totaltime
                if caller in callers:
                    figures = tuple(map(sum, zip(figures, callers[caller])))
                callers[caller] = figures

    def run(self, cmd):
        import __main__
        namespace = __main__.__dict__
        return self.runctx(cmd, namespace, namespace)

    def runctx(self, cmd, globals, locals):
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def label(code):
    """How pstats names a function: by file, line and name; native code is told by its text alone."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _parser():
    from optparse import OptionParser
    from pstats import Stats
    parser = OptionParser(usage="cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...")
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", default=None, help="Save stats to <outfile>")
    parser.add_option("-s", "--sort", dest="sort", default=2, choices=sorted(Stats.sort_arg_dict_default),
                      help="Sort order when printing to stdout, based on pstats.Stats class")
    parser.add_option("-m", dest="module", action="store_true", default=False, help="Profile a library module")
    return parser


def _module_to_run(name):
    """The code that runs a module as the program, and its namespace."""
    import runpy
    return "run_module(modname, run_name='__main__')", {"run_module": runpy.run_module, "modname": name}


def _file_to_run(path):
    """The code of a file, and the namespace of a new module `__main__`, which importing that name gives, too."""
    import os
    import sys
    sys.path.insert(0, os.path.dirname(path))
    with io.open_code(path) as stream:
        code = compile(stream.read(), path, "exec")
    spec = importlib.machinery.ModuleSpec(name="__main__", loader=None, origin=path)
    module = sys.modules["__main__"] = importlib.util.module_from_spec(spec)
    module.__dict__.update(__spec__=None, __file__=path, __name__="__main__", __package__=None, __cached__=None)
    return code, module.__dict__


def main():
    import os
    import sys
    parser = _parser()
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, arguments = parser.parse_args()
    sys.argv[:] = arguments
    if options.outfile is not None:
        # The program may change the folder.
        options.outfile = os.path.abspath(options.outfile)
    if not arguments:
        parser.print_usage()
        return parser
    code, namespace = (_module_to_run if options.module else _file_to_run)(arguments[0])
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as error:
        # Nothing more is to be written when the interpreter ends.
        sys.stdout = None
        sys.exit(error.errno)
    return parser


if __name__ == "__main__":
    main()
