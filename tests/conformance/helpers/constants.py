"""Some constants."""

__all__ = ["PUBLIC", "tuple_of_names"]

PUBLIC = 7
HIDDEN = 8
_private = 9
tuple_of_names = ("a", "b")
