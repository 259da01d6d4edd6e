"""What `sysconfig` tells of this build. No C compiler made it, and nothing lies beside the program, so there is little:
what tools ask for to name files and folders, and to run the compiler of the system."""

import sys

_triplet = sys.implementation._multiarch
_version = "%d.%d" % sys.version_info[:2]
# Not CPython's: its extension modules cannot be loaded, and must not be taken for ours.
_abi = "%s-%s" % (sys.implementation.cache_tag, _triplet)
_prefix = sys.base_prefix
_library = "%s/%s" % (_prefix, sys.platlibdir)
_include = "%s/include/python%s" % (_prefix, _version)
_flags = "-fno-strict-overflow -Wsign-compare -DNDEBUG -O2 -Wall"

build_time_vars = {
    "ABIFLAGS": "",
    "AR": "ar",
    "ARFLAGS": "rcs",
    "BINDIR": _prefix + "/bin",
    "BINLIBDEST": "%s/python%s" % (_library, _version),
    "BLDSHARED": "cc -shared",
    "BUILD_GNU_TYPE": _triplet,
    "CC": "cc",
    "CCSHARED": "-fPIC",
    "CFLAGS": _flags,
    "CONFIG_ARGS": "",
    "CONFINCLUDEPY": _include,
    "CXX": "c++",
    "EXE": "",
    "EXT_SUFFIX": "." + _abi + ".so",
    "HAVE_FORK": 1,
    "HAVE_GETRANDOM": 1,
    "HOST_GNU_TYPE": _triplet,
    "INCLUDEPY": _include,
    "LDCXXSHARED": "c++ -shared",
    "LDFLAGS": "",
    "LDSHARED": "cc -shared",
    "LDVERSION": _version,
    "LIBDEST": "%s/python%s" % (_library, _version),
    "LIBDIR": _prefix + "/lib",
    "LIBPL": "%s/python%s/config-%s-%s" % (_library, _version, _version, _triplet),
    "MACHDEP": "linux",
    "MULTIARCH": _triplet,
    "OPT": _flags,
    "PGO_PROF_USE_FLAG": "",
    "PYTHONFRAMEWORK": "",
    "PYTHONFRAMEWORKPREFIX": "",
    "PY_CFLAGS": _flags,
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "Py_TRACE_REFS": 0,
    "SCRIPTDIR": _library,
    "SHELL": "/bin/sh",
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_VOID_P": 8,
    "SOABI": _abi,
    "TEST_MODULES": "no",
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "VERSION": _version,
    "WHEEL_PKG_DIR": "",
    "WITH_DOC_STRINGS": 1,
    "abs_builddir": _prefix,
    "abs_srcdir": _prefix,
    "exec_prefix": sys.base_exec_prefix,
    "prefix": _prefix,
}
