# An uncaught custom error with a module prefix rule, a multi-line message and notes.
class ConfigError(Exception):
    """A custom error."""

    def __str__(self):
        return "first line\nsecond line"


def check(value):
    if value > 500:
        error = ConfigError(value)
        error.add_note("value was " + str(value))
        error.add_note("second note\nwith two lines")
        raise error
    return value


total = 0
for i in range(1000):
    total += check(i)
