"""A package that reexports."""
from .inner import work
from .inner import deeper as reexported
from ..constants import PUBLIC as parent_public

order = ["package"]
