"""Path entry hooks: the embedded library in its folder, and zip files without loading their importer too early."""

import _imp
import sys
import posix
import _frozen_importlib_external as external


class LibraryLoader(external.SourceFileLoader):
    """Loads a module of the embedded library. Its path is where CPython has the file; here nothing need be there."""

    def get_code(self, fullname):
        return _imp._library_code(self.name, self.path)

    def get_source(self, fullname):
        return _imp._get_source(self.name)

    def get_data(self, path):
        root = sys._stdlib_dir + "/"
        data = _imp._library_file(path[len(root):]) if path.startswith(root) else None
        return super().get_data(path) if data is None else data

    def get_resource_reader(self, fullname):
        from _sidewinder_resources import LibraryReader
        return LibraryReader(self.path.rpartition("/")[0][len(sys._stdlib_dir) + 1:])

    def path_stats(self, path):
        if path == self.path:
            return {"mtime": 0, "size": len(_imp._get_source(self.name).encode())}
        return super().path_stats(path)

    def set_data(self, path, data, *, _mode=0o666):
        """Compiled files are not written: the code is in the program."""


class LibraryFinder:
    """Finds the library's modules in one of its folders: that of the packages' names before the dots."""

    def __init__(self, path):
        root = sys._stdlib_dir
        if root is None or path != root and not path.startswith(root + "/"):
            raise ImportError("not a folder of the library", path=path)
        package = path[len(root) + 1:].replace("/", ".")
        if package and not _imp._find_library(package):
            raise ImportError("not a package of the library", path=path)
        self.path = path
        self._files = None
        self._package = package
        self._prefix = package + "." if package else ""

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition(".")[2]
        is_package = _imp._find_library(self._prefix + tail)
        if is_package is None:
            return self._others().find_spec(fullname, target)
        place = f"{self.path}/{tail}"
        file = place + ("/__init__.py" if is_package else ".py")
        return external.spec_from_file_location(
            fullname,
            file,
            loader=LibraryLoader(self._prefix + tail, file),
            submodule_search_locations=[place] if is_package else None,
        )

    def _others(self):
        """The finder of what somebody has put into the folder, if it is there at all."""
        if self._files is None:
            self._files = external.FileFinder(self.path, *external._get_supported_file_loaders())
        return self._files

    def invalidate_caches(self):
        if self._files is not None:
            self._files.invalidate_caches()

    def iter_modules(self, prefix=""):
        """What `pkgutil` lists."""
        for name in _imp._library_names(self._package):
            yield prefix + name, _imp._find_library(self._prefix + name)

    def __repr__(self):
        return f"LibraryFinder({self.path!r})"


def zip_hook(path):
    """Gives files to `zipimport`."""
    place = path
    while place:
        try:
            mode = posix.stat(place).st_mode
        except (OSError, ValueError):
            place = place.rpartition("/")[0]
            continue
        if mode & 0o170000 == 0o100000:
            from zipimport import zipimporter
            return zipimporter(path)
        break
    raise ImportError("not a zip file", path=path)


def install():
    """Puts the hooks in front of that for folders."""
    sys.path_hooks[:0] = [zip_hook, LibraryFinder]
