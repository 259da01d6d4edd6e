"""A stand-in for pyperf: the few names that pyperformance's plain benchmarks use.

It imports `sys` and `time` only, so that a young VM can run the benchmark files
unchanged. It spawns no worker and calibrates nothing: the caller chooses the loops,
so that every interpreter does the same work, and judges the printed values itself.

Output, one line each:
  value: NAME WALL_NANOSECONDS CPU_NANOSECONDS    of one value, for all its loops
  result: NAME TEXT                               what the benchmark returned
  state: NAME TEXT                                lists of numbers in its module, after
Only the `value:` lines differ from run to run.
"""

import sys
import time

perf_counter = time.perf_counter


def python_implementation():
    return sys.implementation.name.lower()


class Namespace:
    """Parsed options, as attributes."""

    def __repr__(self):
        return "Namespace(%r)" % self.__dict__


class Option:
    def __init__(self, name, type, default, nargs, choices):
        self.is_positional = not name.startswith("-")
        self.name = name
        self.destination = name.lstrip("-").replace("-", "_")
        self.type = type
        self.nargs = nargs
        self.choices = choices
        self.default = default

    def convert(self, text):
        value = text if self.type is None else self.type(text)
        if self.choices is not None and value not in self.choices:
            fail("%s: %r is not one of %s" % (self.name, text, ", ".join(self.choices)))
        return value


def fail(message):
    print("error: " + message, file=sys.stderr)
    sys.exit(2)


class ArgumentParser:
    """The part of argparse that the benchmark files use."""

    def __init__(self):
        self.options = []

    def add_argument(self, *names, type=None, default=None, help=None, nargs=None,
                     choices=None, metavar=None):
        # Of a short and a long name, the long one (the last) names the attribute.
        option = Option(names[-1], type, default, nargs, choices)
        option.names = names
        self.options.append(option)
        return option

    def parse_args(self, arguments=None):
        waiting = list(sys.argv[1:] if arguments is None else arguments)
        namespace = Namespace()
        for option in self.options:
            setattr(namespace, option.destination, option.default)
        positional = [option for option in self.options if option.is_positional]
        while waiting:
            word = waiting.pop(0)
            if not word.startswith("-"):
                if not positional:
                    fail("unexpected argument %r" % word)
                option = positional.pop(0)
                setattr(namespace, option.destination, option.convert(word))
                continue
            name, equals, text = word.partition("=")
            option = self.find(name)
            if not equals:
                if not waiting:
                    fail("%s needs a value" % name)
                text = waiting.pop(0)
            setattr(namespace, option.destination, option.convert(text))
        for option in positional:
            if option.nargs != "?":
                fail("%s is missing" % option.name)
        return namespace

    def find(self, name):
        for option in self.options:
            if name in option.names and not option.is_positional:
                return option
        fail("unknown option %r" % name)


def is_number(value):
    return isinstance(value, (int, float))


def is_numbers(value):
    """Whether it consists of numbers only, in lists and tuples at any depth."""
    if isinstance(value, (list, tuple)):
        return all([is_numbers(item) for item in value])
    return is_number(value)


class Runner:
    def __init__(self, values=None, warmups=None, processes=None, loops=0,
                 min_time=None, metadata=None, show_name=True, program_args=None,
                 add_cmdline_args=None):
        self.metadata = {} if metadata is None else dict(metadata)
        self.argparser = ArgumentParser()
        self.argparser.add_argument("--loops", type=int, default=loops or 1)
        self.argparser.add_argument("--values", type=int, default=values or 5)
        self.args = None

    def parse_args(self, arguments=None):
        if self.args is None:
            self.args = self.argparser.parse_args(arguments)
        return self.args

    def bench_func(self, name, function, *arguments, inner_loops=None, metadata=None):
        options = self.parse_args()
        loops = range(options.loops)
        result = None
        for _ in range(options.values):
            wall, cpu = time.perf_counter_ns(), time.process_time_ns()
            for _ in loops:
                result = function(*arguments)
            self.show_value(name, time.perf_counter_ns() - wall, time.process_time_ns() - cpu)
        print("result:", name, repr(result))
        self.show_state(name)

    def bench_time_func(self, name, time_function, *arguments, inner_loops=None, metadata=None):
        options = self.parse_args()
        for _ in range(options.values):
            # The wall time is the benchmark's own, which leaves its preparation out;
            # the CPU time has to include that.
            cpu = time.process_time_ns()
            seconds = time_function(options.loops, *arguments)
            self.show_value(name, int(seconds * 1e9), time.process_time_ns() - cpu)
        # What it returns is a time, so only the state it leaves can be compared.
        self.show_state(name)

    def show_value(self, name, wall, cpu):
        print("value:", name, wall, cpu)

    def show_state(self, name):
        """Print the module's containers of numbers, which some benchmarks update."""
        module = sys.modules["__main__"]
        for key in sorted(module.__dict__):
            value = module.__dict__[key]
            if isinstance(value, (list, tuple)) and not key.startswith("_") and is_numbers(value):
                print("state: %s %s %r" % (name, key, value))
