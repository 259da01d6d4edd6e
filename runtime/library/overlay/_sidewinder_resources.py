"""Files of the embedded library as `importlib.resources` shows them: nothing of them need be in a folder."""

import _imp
import contextlib
import io
import pathlib
import tempfile
from importlib.resources import as_file
from importlib.resources.abc import Traversable, TraversableResources


class LibraryFile(Traversable):
    """A file or folder of the library, by its place below the library's folder."""

    def __init__(self, path):
        self._path = path

    @property
    def name(self):
        return self._path.rpartition("/")[2]

    def is_file(self):
        return _imp._library_file(self._path) is not None

    def is_dir(self):
        return any(self.iterdir())

    def iterdir(self):
        prefix = self._path + "/" if self._path else ""
        inside = (path[len(prefix):] for path in _imp._library_files() if path.startswith(prefix))
        for name in dict.fromkeys(path.partition("/")[0] for path in inside):
            yield LibraryFile(prefix + name)

    def joinpath(self, *names):
        parts = [part for name in (self._path, *names) for part in str(name).split("/") if part not in ("", ".")]
        return LibraryFile("/".join(parts))

    def __truediv__(self, name):
        return self.joinpath(name)

    def read_bytes(self):
        data = _imp._library_file(self._path)
        if data is None:
            raise FileNotFoundError(self._path)
        return data

    def read_text(self, encoding=None, errors="strict"):
        return self.read_bytes().decode(encoding or "utf-8", errors)

    def open(self, mode="r", *arguments, **options):
        stream = io.BytesIO(self.read_bytes())
        return stream if "b" in mode else io.TextIOWrapper(stream, *arguments, **options)

    def __repr__(self):
        return f"LibraryFile({self._path!r})"


@as_file.register(LibraryFile)
@contextlib.contextmanager
def _in_folder(resource):
    """A file or folder of that name for as long as it is needed: some look at the name."""
    with tempfile.TemporaryDirectory() as folder:
        yield _write(pathlib.Path(folder, resource.name), resource)


def _write(target, resource):
    if resource.is_file():
        target.write_bytes(resource.read_bytes())
    else:
        target.mkdir()
        for inner in resource.iterdir():
            _write(target / inner.name, inner)
    return target


class LibraryReader(TraversableResources):
    """The resources of a package of the library."""

    def __init__(self, path):
        self._path = path

    def files(self):
        return LibraryFile(self._path)
