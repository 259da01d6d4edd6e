"""Runs the cases of one test module and writes what became of each to a file: `python -m cases MODULE FILE`.

A line of the file has the case (its class and method), the outcome (`passed`, `failed` or `skipped`), seconds and the
last line of the reason, with tabs between. The last line is `end`: without it, the process died on the way. A case with
subtests counts once. `tests/cpython/run` starts this.
"""

import sys
import time
import types
import unittest

# Resources of `test.support` that cases may use: all but the network, sound, windows and other versions of Python.
RESOURCES = ["bigmem", "console", "cpu", "curses", "decimal", "largefile", "subprocess", "tzdata", "walltime"]

# Test modules that need an extension module of CPython's at their import, though few of their cases do: the extension
# modules, and what is taken from them.
ABSENT = {
    "test.test_bytes": {"_testlimitedcapi": ["sequence_getitem", "sequence_setitem", "sequence_delitem"]},
    "test.test_class": {"_testinternalcapi": ["has_inline_values"]},
    "test.test_import": {"_testmultiphase": []},
    "test.test_importlib": {"_testmultiphase": []},
}

def absent(module, names):
    """In place of an extension module that only CPython has: whoever calls a function of it is skipped."""
    def make(name):
        def function(*arguments, **keywords):
            raise unittest.SkipTest(f"{module}.{name} is one of CPython's test extensions")
        return function

    result = types.ModuleType(module)
    for name in names:
        setattr(result, name, make(name))
    return result


class Report(unittest.TextTestResult):
    """Writes a line for each case, beside what `unittest -v` prints."""

    def __init__(self, module, file):
        stream = unittest.runner._WritelnDecorator(sys.stderr)
        super().__init__(stream, descriptions=False, verbosity=2)
        self.module, self.file = module, file
        self.outcome, self.why, self.start = "passed", "", time.perf_counter()

    def startTest(self, test):
        self.outcome, self.why, self.start = "passed", "", time.perf_counter()
        super().startTest(test)

    def stopTest(self, test):
        super().stopTest(test)
        # A case may have an attribute of its own by that name.
        self.write(unittest.TestCase.id(test) if isinstance(test, unittest.TestCase) else test.id())
        if self.outcome == "skipped":
            # A case that is skipped in the middle of its `setUp` has left its tool to those that follow.
            for tool in range(6):
                sys.monitoring.free_tool_id(tool)

    def write(self, case):
        case = case.replace("(" + self.module + ".", "(").removeprefix(self.module).lstrip(".") or "doctest"
        case = " ".join(case.split())
        why = " ".join(self.why.split())[:300]
        print(case, self.outcome, f"{time.perf_counter() - self.start:.1f}", why, sep="\t", file=self.file, flush=True)

    def note(self, outcome, test, why):
        if outcome == "failed" or self.outcome == "passed":
            self.outcome, self.why = outcome, why
        if isinstance(test, unittest.suite._ErrorHolder):
            self.write(test.id())
            self.outcome, self.why = "passed", ""

    def failed(self, test, error):
        self.note("failed", test, f"{error[0].__name__}: {error[1]}")

    def addError(self, test, err):
        super().addError(test, err)
        self.failed(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.failed(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        # A subtest that is skipped leaves the others; so does the case that has it.
        if not isinstance(test, unittest.case._SubTest):
            self.note("skipped", test, reason)

    def addUnexpectedSuccess(self, test):
        # What CPython itself does not get right counts for nobody.
        super().addUnexpectedSuccess(test)


def main():
    module, path = sys.argv[1:3]
    with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
        sys.argv[:] = ["python -m unittest", "-v", module]
        from test import support
        support.use_resources = RESOURCES
        support.verbose = True
        for name, names in ABSENT.get(module, {}).items():
            sys.modules[name] = absent(name, names)
        result = Report(module, file)
        result.startTestRun()
        try:
            suite = unittest.defaultTestLoader.loadTestsFromName(module)
        except unittest.SkipTest as skip:
            # CPython, too, skips a whole module so.
            result.outcome, result.why = "skipped", str(skip)
            result.write("*")
        else:
            suite(result)
        result.stopTestRun()
        result.printErrors()
        print("end", file=file, flush=True)


if __name__ == "__main__":
    main()
